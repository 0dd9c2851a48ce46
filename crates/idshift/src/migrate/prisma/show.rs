//! Shows a rewriting as a diff, and the places in the code group by group.

use migrate::application::{Found, Kind};
use migrate::prisma::{File, Rewrite};
use schema::Source;

use super::disk::Written;
use crate::console::{BAD, Console, DIM, GOOD, STRONG};
use crate::refusal::Refusal;

/// Unchanged lines around changed ones.
const CONTEXT_LINES: usize = 2;

/// Places of one kind that are listed.
const PLACES_MAX: usize = 10;

/// The diff, what somebody should know, and what was written.
pub(super) fn rewrite(
    sources: &[Source],
    rewrite: &Rewrite,
    written: &[Written],
    console: &mut Console,
) -> anyhow::Result<()> {
    for (source, file) in sources.iter().zip(&rewrite.files) {
        if file.text.is_some() {
            diff(source, file, console)?;
        }
    }
    if rewrite.changes.is_empty() {
        console.line(format_args!(
            "the schema is as the plan makes it: nothing to change"
        ))?;
    } else {
        let fields = counted(rewrite.changes.len(), "field");
        let files = rewrite.files.iter().filter(|file| file.text.is_some());
        let files = counted(files.count(), "file");
        let done = if written.is_empty() {
            "to change"
        } else {
            "changed"
        };
        console.line(format_args!("{fields} in {files} {done}"))?;
    }
    for file in written {
        match &file.backup {
            Some(backup) => console.line(format_args!("wrote {}; before: {backup}", file.path))?,
            None => console.line(format_args!("wrote {}", file.path))?,
        }
    }
    for note in &rewrite.notes {
        console.warn(&Refusal::new("note", note.clone()))?;
    }
    Ok(())
}

/// A unified diff; hunks whose surroundings meet are shown as one.
fn diff(source: &Source, file: &File, console: &mut Console) -> anyhow::Result<()> {
    let lines: Vec<&str> = source.text().lines().collect();
    let (bad, good) = (console.style(BAD), console.style(GOOD));
    let (strong, dim) = (console.style(STRONG), console.style(DIM));
    let path = &file.path;
    console.line(format_args!("{strong}--- {path}{strong:#}"))?;
    console.line(format_args!("{strong}+++ {path}{strong:#}"))?;
    let mut at = 0;
    // Lines that were added or lost before the hunk.
    let mut shift = 0_isize;
    while at < file.hunks.len() {
        let first = file.hunks[at].line - 1;
        let start = first.saturating_sub(CONTEXT_LINES);
        let mut body = Vec::new();
        let (mut done, mut grown) = (start, 0_isize);
        loop {
            let hunk = &file.hunks[at];
            body.extend(
                lines[done..hunk.line - 1]
                    .iter()
                    .map(|it| (' ', (*it).to_owned())),
            );
            body.extend(hunk.before.iter().map(|it| ('-', it.clone())));
            body.extend(hunk.after.iter().map(|it| ('+', it.clone())));
            done = hunk.line - 1 + hunk.before.len();
            grown += hunk.after.len().cast_signed() - hunk.before.len().cast_signed();
            at += 1;
            let meets = |next: &migrate::prisma::Hunk| next.line - 1 <= done + 2 * CONTEXT_LINES;
            if !file.hunks.get(at).is_some_and(meets) {
                break;
            }
        }
        let end = lines.len().min(done + CONTEXT_LINES);
        body.extend(lines[done..end].iter().map(|it| (' ', (*it).to_owned())));
        let (old, new) = (end - start, (end - start).cast_signed() + grown);
        let from = (start + 1).cast_signed() + shift;
        console.line(format_args!(
            "{dim}@@ -{},{old} +{from},{new} @@{dim:#}",
            start + 1
        ))?;
        for (sign, line) in body {
            // An empty line that stays is shown without a blank at its end.
            if sign == ' ' && line.is_empty() {
                console.line(format_args!(""))?;
                continue;
            }
            let style = match sign {
                '-' => bad,
                '+' => good,
                _ => anstyle::Style::new(),
            };
            console.line(format_args!("{style}{sign}{line}{style:#}"))?;
        }
        shift += grown;
    }
    Ok(())
}

/// What has to be looked at in the code.
pub(super) fn application(found: &[Found], console: &mut Console) -> anyhow::Result<()> {
    console.line(format_args!(""))?;
    if found.is_empty() {
        console.line(format_args!(
            "no place in the code was found that has to change"
        ))?;
        return Ok(());
    }
    let places = counted(found.len(), "place");
    let strong = console.style(STRONG);
    console.line(format_args!(
        "{strong}{places} in the code to look at{strong:#}"
    ))?;
    for kind in Kind::ALL {
        let all: Vec<&Found> = found.iter().filter(|it| it.kind == kind).collect();
        if all.is_empty() {
            continue;
        }
        let (title, number) = (kind.title(), all.len());
        console.line(format_args!("\n{strong}{title}{strong:#} ({number})"))?;
        console.line(format_args!("  why: {}", kind.why()))?;
        console.line(format_args!("  instead: {}", kind.instead()))?;
        for it in all.iter().take(PLACES_MAX) {
            let dim = console.style(DIM);
            let place = format!("{}:{}:{}", it.path, it.line, it.column);
            console.line(format_args!("  {place}  {dim}{}{dim:#}", it.text))?;
        }
        if number > PLACES_MAX {
            let more = number - PLACES_MAX;
            console.line(format_args!("  and {more} more; `--json` lists all"))?;
        }
    }
    Ok(())
}

/// `1 field`, `2 fields`.
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
