//! Writes the report as Markdown that people keep.

mod plan;

use std::fmt::Write as _;

use super::measure::BATCH_ROWS;
use super::{Report, Stage, TableFacts};
use crate::step::Phase;

/// Steps that are listed; the others are counted.
const STEPS_MAX: usize = 300;

pub(super) fn render(report: &Report) -> String {
    let mut text = head(report);
    text.push_str(&tables(report));
    text.push_str(&indexes(report));
    text.push_str(&measured(report));
    text.push_str(&steps(report));
    text.push_str(&plan::checklist(report));
    text.push_str(&plan::rollback(report));
    text.push_str(&plan::next(report));
    text
}

fn head(report: &Report) -> String {
    let stage = match report.stage {
        Stage::Planned => "planned, not begun",
        Stage::Forward => "under way to the cut-over",
        Stage::Swapped => "cut over; the old columns are kept for the way back",
        Stage::Back => "on the way back",
        Stage::Contracting => "cut over; the old columns are being dropped",
        Stage::Contracted => "finished: the journal is gone and all columns are uuid",
        Stage::Unclear => {
            "not clear: there is no journal, and the types of the columns do not tell"
        }
    };
    let (tables, keys) = (report.tables.len(), report.foreign_keys);
    let columns: usize = report.tables.iter().map(|table| table.columns.len()).sum();
    let began = report
        .started_at
        .as_deref()
        .unwrap_or("not known: there is no journal");
    format!(
        "# Migration of keys in `{}`\n\n\
         | | |\n|---|---|\n\
         | state | {stage} |\n\
         | moved | {columns} columns of {tables} tables, {keys} foreign keys, {} other objects |\n\
         | planned | {} |\n\
         | began | {began} |\n\
         | this report | {}, PostgreSQL {} |\n\n",
        report.database, report.dependents, report.planned_at, report.read_at, report.server
    )
}

fn tables(report: &Report) -> String {
    let mut text = "## Before and after\n\nRows are estimates of the server. ".to_owned();
    text.push_str(match report.stage {
        Stage::Planned => "Nothing has changed yet.\n\n",
        Stage::Contracted => "The space of dropped columns is used again as rows change.\n\n",
        _ => "Sizes of now count old and new columns.\n\n",
    });
    text.push_str(
        "| table | columns | rows, planned | rows, now | size, planned | size, now |\n\
         |---|---|--:|--:|--:|--:|\n",
    );
    for table in &report.tables {
        let rows = table
            .rows_now
            .map_or_else(|| "not known".to_owned(), |it| it.to_string());
        let _ = writeln!(
            text,
            "| {} | {} | {} | {rows} | {} | {} |",
            code(&table.name),
            columns(table),
            table.rows_before,
            bytes(Some(table.bytes_before)),
            bytes(table.bytes_now),
        );
    }
    text.push('\n');
    text
}

fn columns(table: &TableFacts) -> String {
    let shown = table.columns.iter().map(|column| {
        let now = column.now.as_deref().unwrap_or("gone");
        format!("{}: {} planned, {now} now", code(&column.name), column.from)
    });
    shown.collect::<Vec<_>>().join("<br>")
}

fn indexes(report: &Report) -> String {
    let mut text = "## Indexes\n\nAn index on uuid is larger than one on integers: 16 bytes a key \
        instead of 4 or 8. The old one may be swollen by years of use; the new one is freshly \
        built.\n\n| table | index | on old columns | on new columns |\n|---|---|--:|--:|\n"
        .to_owned();
    let mut both = (0, 0);
    for table in &report.tables {
        for index in &table.indexes {
            if let (Some(old), Some(new)) = (index.old_bytes, index.new_bytes) {
                both = (both.0 + old, both.1 + new);
            }
            let (old, new) = (bytes(index.old_bytes), bytes(index.new_bytes));
            let _ = writeln!(
                text,
                "| {} | {} | {old} | {new} |",
                code(&table.name),
                code(&index.name)
            );
        }
    }
    if both.0 > 0 {
        let (old, new) = (bytes(Some(both.0)), bytes(Some(both.1)));
        let _ = writeln!(text, "| together, where both are there | | {old} | {new} |");
    }
    text.push('\n');
    text
}

fn measured(report: &Report) -> String {
    let mut text = "## Keys measured on this server\n\n".to_owned();
    let Some(first) = report.measured.first() else {
        text.push_str("Not measured: `idshift migrate report --measure` does.\n\n");
        return text;
    };
    let _ = write!(
        text,
        "{} rows of about 130 bytes into a temporary table with a primary key, {} at a time. A \
         temporary table writes no WAL and has no other index, so a real one is slower; keys out \
         of order cost more the less of the index fits into memory.\n\n\
         | key | rows a second | index | bytes a key |\n|---|--:|--:|--:|\n",
        first.rows, BATCH_ROWS
    );
    for kind in &report.measured {
        let _ = writeln!(
            text,
            "| {} | {:.0} | {} | {} |",
            kind.key,
            kind.rows_per_second(),
            bytes(Some(kind.index_bytes)),
            kind.index_bytes / u64::from(kind.rows.max(1)),
        );
    }
    text.push('\n');
    text
}

fn steps(report: &Report) -> String {
    let mut text = "## Steps\n\n".to_owned();
    if report.started_at.is_none() {
        let _ = writeln!(
            text,
            "{} steps. Their times are not known: there is no journal.\n",
            report.steps.len()
        );
        return text;
    }
    text.push_str(&cutover(report));
    text.push_str(
        "Times are those since the step before was done: stops and waits are in them.\n\n\
         | | step | done | seconds | rows | rows a second |\n|--:|---|---|--:|--:|--:|\n",
    );
    for step in report.steps.iter().take(STEPS_MAX) {
        let done = step.done_at.as_deref().unwrap_or("open");
        let took = step
            .seconds
            .map_or_else(String::new, |seconds| format!("{seconds:.3}"));
        let rows = step.rows.map_or_else(String::new, |rows| rows.to_string());
        let _ = writeln!(
            text,
            "| {} | {} | {done} | {took} | {rows} | {} |",
            step.number,
            code(&step.name),
            rate(step.rows, step.seconds),
        );
    }
    let more = report.steps.len().saturating_sub(STEPS_MAX);
    if more > 0 {
        let _ = writeln!(text, "\n{more} more steps are not listed.");
    }
    text.push('\n');
    text
}

#[expect(clippy::cast_precision_loss, reason = "a rate is shown to the row")]
fn rate(rows: Option<u64>, seconds: Option<f64>) -> String {
    match (rows, seconds) {
        (Some(rows), Some(seconds)) if seconds > 0.0 => format!("{:.0}", rows as f64 / seconds),
        _ => String::new(),
    }
}

fn cutover(report: &Report) -> String {
    let Some(step) = report.steps.iter().find(|step| step.cutover) else {
        return String::new();
    };
    let Some(at) = &step.done_at else {
        return "The cut-over is still to come.\n\n".to_owned();
    };
    match step.held_seconds {
        Some(held) => format!(
            "The cut-over was done at {at}; its transaction took {:.1} ms. Attempts before it that \
             did not get their locks made others wait for at most {} ms each and are not \
             counted.\n\n",
            held * 1_000.0,
            report.lock_timeout_ms
        ),
        None => format!(
            "The cut-over was done at {at}. How long it held its locks is not recorded.\n\n"
        ),
    }
}

/// A name within a cell.
fn code(name: &str) -> String {
    format!("`{}`", name.replace('`', "'").replace('|', "\\|"))
}

/// Bytes as people read them.
#[expect(
    clippy::cast_precision_loss,
    reason = "one digit behind the point is shown"
)]
fn bytes(bytes: Option<u64>) -> String {
    let Some(bytes) = bytes else {
        return "not there".to_owned();
    };
    let mut rest = bytes as f64;
    for unit in ["B", "KiB", "MiB", "GiB"] {
        if rest < 1024.0 {
            return if unit == "B" {
                format!("{bytes} B")
            } else {
                format!("{rest:.1} {unit}")
            };
        }
        rest /= 1024.0;
    }
    format!("{rest:.1} TiB")
}

/// Whether everything up to a phase is done, as a box of a list.
fn tick(report: &Report, phase: Phase) -> char {
    let known = report.started_at.is_some();
    let finished = report.stage == Stage::Contracted;
    if finished || (known && report.is_done(phase)) {
        'x'
    } else {
        ' '
    }
}
