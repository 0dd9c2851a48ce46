//! The records of an input in either format, from any place on.

use std::path::Path;

use anyhow::Context as _;
use clap::ValueEnum;
use event::Limits;

use super::fields::Renames;
use super::lines::Lines;
use super::piece::{Piece, Place};
use super::rows::{Rows, pass};
use super::source::Source;
use crate::refusal::Refusal;

/// How an input is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One JSON object on each line
    Ndjson,
    /// A header and one event in each row
    Csv,
}

impl Format {
    /// The word for it on the command line.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }

    /// By the name of the input, or else by how it begins.
    pub(super) fn guess(input: &Path, head: &[u8]) -> Self {
        let name = input.to_string_lossy().to_lowercase();
        let name = name.trim_end_matches(".gz").trim_end_matches(".zst");
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        let begins_as_json = || matches!(text(head).first(), Some(b'{' | b'[') | None);
        if ends(&[".csv", ".tsv"]) {
            return Self::Csv;
        }
        if ends(&[".ndjson", ".jsonl", ".json"]) || begins_as_json() {
            return Self::Ndjson;
        }
        Self::Csv
    }
}

fn text(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start()
}

/// The records of one input.
pub(super) enum Records {
    Lines(Lines),
    Rows(Box<Rows>),
}

/// How records are cut out.
pub(super) struct Cutting<'a> {
    pub(super) format: Format,
    pub(super) renames: Renames,
    pub(super) limits: &'a Limits,
    pub(super) record_bytes_max: usize,
}

impl Records {
    /// The records of `source` that begin at `place` or behind it.
    pub(super) fn open(mut source: Source, place: Place, how: Cutting<'_>) -> anyhow::Result<Self> {
        if matches!(source.head[..], [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
            return Err(Refusal::new("not_utf8", "the input is UTF-16, not UTF-8")
                .hint("convert it first: `iconv -f UTF-16 -t UTF-8`")
                .into());
        }
        let doing = "read the input";
        let (records, there) = match how.format {
            Format::Ndjson => {
                check_lines(&source.head, &how.renames)?;
                let there = pass(&mut source.bytes, place.offset).context(doing)?;
                let max = how.record_bytes_max;
                let lines = Lines::new(source.bytes, place, max, how.limits, how.renames);
                (Self::Lines(lines), there)
            }
            Format::Csv => {
                let limits = Limits {
                    event_bytes_max: how.record_bytes_max,
                    ..how.limits.clone()
                };
                let mut rows = Rows::open(source.bytes, &source.head, &limits, &how.renames)?;
                let there = place.offset == 0 || rows.skip_to(place).context(doing)?;
                (Self::Rows(Box::new(rows)), there)
            }
        };
        if there {
            Ok(records)
        } else {
            Err(shorter(place).into())
        }
    }

    /// The next record.
    pub(super) fn next(&mut self) -> std::io::Result<Option<Piece>> {
        match self {
            Self::Lines(lines) => lines.next(),
            Self::Rows(rows) => rows.next(),
        }
    }

    /// Where the next record begins.
    pub(super) const fn place(&self) -> Place {
        match self {
            Self::Lines(lines) => lines.place(),
            Self::Rows(rows) => rows.place(),
        }
    }
}

fn check_lines(head: &[u8], renames: &Renames) -> Result<(), Refusal> {
    if text(head).starts_with(b"[") {
        let refusal = Refusal::new(
            "not_lines",
            "the input is one JSON array, not lines of JSON",
        );
        return Err(refusal.hint("put each event on a line of its own: `jq -c '.[]'`"));
    }
    match renames.nested() {
        Some(to) => Err(Refusal::usage(format!("`{to}` is not a field of a line"))
            .hint("only the columns of a CSV file can become properties by --map")),
        None => Ok(()),
    }
}

fn shorter(place: Place) -> Refusal {
    let message = format!(
        "the input ends before byte `{}`, where it was left",
        place.offset
    );
    Refusal::new("input_shorter", message)
        .hint("remove the state file to begin again with what there is now")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_told_by_name_and_else_by_the_beginning() {
        let check = |name: &str, head: &str, expected| {
            assert_eq!(
                Format::guess(Path::new(name), head.as_bytes()),
                expected,
                "{name} {head}"
            );
        };
        check("-", "{\"event\":1}", Format::Ndjson);
        check("-", "\u{feff} \n{", Format::Ndjson);
        check("-", "event,time", Format::Csv);
        check("-", "", Format::Ndjson);
        check("A.CSV.gz", "{", Format::Csv);
        check("a.jsonl.zst", "event,time", Format::Ndjson);
        check("a.log", "event,time", Format::Csv);
    }
}
