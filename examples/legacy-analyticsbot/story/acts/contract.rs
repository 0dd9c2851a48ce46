//! Acts 7 and 8: the report for whoever decides, and the old columns go.

use anyhow::Result;

use crate::program::{self, Shown};
use crate::stage::DATABASE;
use crate::story::Story;

/// An old key that somebody may have in a bookmark.
const BOOKMARK: i32 = 42;

pub(crate) fn play(story: &mut Story<'_>) -> Result<()> {
    report(story)?;
    story.narrator.act("Nobody looks back")?;
    story.narrator.text(
        "Days later, when the new application runs well, the old columns, the triggers and the \
         journal go. `--keep-lookup` keeps a table of old and new keys for links that are out in \
         the world.",
    )?;
    let key = BOOKMARK.to_string();
    let lookup = [
        "idshift",
        "migrate",
        "lookup",
        "events",
        &key,
        "--database",
        DATABASE,
    ];
    let known = program::output(story.stage.command(&lookup))?;
    let words = [
        "idshift",
        "migrate",
        "contract",
        "--keep-lookup",
        "--yes",
        "--database",
        DATABASE,
    ];
    story
        .stage
        .must(&words, Shown { head: 3, tail: 3 }, story.narrator)?;
    let left = "SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
          AND NOT a.attisdropped
          AND (a.attname ~ '__(old|new)$' OR a.atttypid = 'int4'::regtype
               AND a.attname ~ '(^|_)id$')";
    let triggers = "SELECT count(*) FROM pg_trigger
        WHERE NOT tgisinternal AND tgname LIKE '%idshift%'";
    let mut client = story.stage.connect(DATABASE)?;
    let left: i64 = client.query_one(left, &[])?.get(0);
    let triggers: i64 = client.query_one(triggers, &[])?.get(0);
    story.check(
        "nothing left behind",
        left == 0 && triggers == 0,
        format!("{left} columns with old or integer keys are left, and {triggers} triggers."),
    )?;
    story.narrator.gap()?;
    let found = story.stage.must(&lookup, Shown::ALL, story.narrator)?;
    let found = found.lines.join("\n");
    story.check(
        "old links still lead there",
        found.starts_with(&key) && found.len() > 36 && found == known.trim(),
        format!(
            "`lookup` finds the event that was number {BOOKMARK}, as it did before `contract`."
        ),
    )
}

/// Rows of the table in which the report measures keys, at most.
const MEASURED_ROWS: u32 = 200_000;

/// What the migration was, for whoever decides that there is no way back any more.
fn report(story: &mut Story<'_>) -> Result<()> {
    story.narrator.act("The report")?;
    story.narrator.text(
        "What was moved, what it cost and what is still to do, as Markdown to keep. It can \
         measure on this server what keys of each kind cost:",
    )?;
    let rows = story.stage.options.rows.min(MEASURED_ROWS).to_string();
    let words = [
        "idshift",
        "migrate",
        "report",
        "--measure",
        &rows,
        "--output",
        "report.md",
        "--database",
        DATABASE,
    ];
    story.stage.must(&words, Shown::ALL, story.narrator)?;
    let report = story.stage.read("report.md")?;
    let measured = report
        .lines()
        .skip_while(|line| !line.starts_with("| key |"));
    for line in measured.take_while(|line| line.starts_with('|')) {
        story.narrator.output(line)?;
    }
    story.narrator.gap()?;
    let parts = [
        "Before and after",
        "Indexes",
        "Checklist",
        "Way back",
        "Next",
    ];
    let has = |part: &&&str| report.contains(&format!("\n## {part}\n"));
    let found = parts.iter().filter(has).count();
    story.check(
        "the report is complete",
        found == parts.len() && report.contains("| state | cut over"),
        format!(
            "{found} of {} parts are in it, and the state: cut over.",
            parts.len()
        ),
    )
}
