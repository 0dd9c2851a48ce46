//! What is said at the end of an import.

use std::io;

use serde::Serialize;

use super::tally::Tally;
use crate::console::{Console, STRONG};

/// The result of an import.
pub(super) struct Report<'a> {
    /// The input as it was given.
    pub(super) input: &'a str,
    /// The project's slug.
    pub(super) project: &'a str,
    /// `ndjson` or `csv`.
    pub(super) format: &'static str,
    /// Nothing was stored.
    pub(super) dry_run: bool,
    /// The input was read to its end.
    pub(super) complete: bool,
    /// The line from which this run went on, from 1; none if it began at the beginning.
    pub(super) resumed_at_line: Option<u64>,
    /// Over all runs.
    pub(super) tally: &'a Tally,
}

#[derive(Serialize)]
struct Summary<'a> {
    input: &'a str,
    project: &'a str,
    format: &'a str,
    dry_run: bool,
    complete: bool,
    resumed_at_line: Option<u64>,
    records: u64,
    stored: u64,
    duplicates: u64,
    rejected: u64,
    rejections: Vec<OfOneCode<'a>>,
}

#[derive(Serialize)]
struct OfOneCode<'a> {
    code: &'a str,
    count: u64,
    line: u64,
    field: Option<&'a str>,
    message: &'a str,
}

impl Report<'_> {
    /// Prints it: one object for programs, a few lines for people.
    pub(super) fn print(&self, console: &mut Console) -> io::Result<()> {
        if console.json() {
            return console.write_json(&self.summary());
        }
        let strong = console.style(STRONG);
        let (input, project, tally) = (self.input, self.project, self.tally);
        let records = tally.records();
        console.line(format_args!(
            "{strong}{input}{strong:#} into {project}: {records} records"
        ))?;
        let stored = if self.dry_run {
            "would be stored"
        } else {
            "stored"
        };
        console.line(format_args!("  {} {stored}", tally.stored))?;
        if !self.dry_run {
            console.line(format_args!("  {} there before", tally.duplicates))?;
        }
        console.line(format_args!("  {} rejected", tally.refused()))?;
        for (code, rejected) in &tally.rejected {
            let (count, line, message) = (rejected.count, rejected.line, &rejected.message);
            console.line(format_args!(
                "    {count} {code}, first in line {line}: {message}"
            ))?;
        }
        Ok(())
    }

    fn summary(&self) -> Summary<'_> {
        let of_one = self
            .tally
            .rejected
            .iter()
            .map(|(code, rejected)| OfOneCode {
                code,
                count: rejected.count,
                line: rejected.line,
                field: rejected.field.as_deref(),
                message: &rejected.message,
            });
        Summary {
            input: self.input,
            project: self.project,
            format: self.format,
            dry_run: self.dry_run,
            complete: self.complete,
            resumed_at_line: self.resumed_at_line,
            records: self.tally.records(),
            stored: self.tally.stored,
            duplicates: self.tally.duplicates,
            rejected: self.tally.refused(),
            rejections: of_one.collect(),
        }
    }
}
