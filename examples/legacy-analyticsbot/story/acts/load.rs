//! Act 1: the database as it was, with rows that make a migration hard.

use anyhow::{Context as _, Result};

use crate::clock::Stopwatch;
use crate::facts::{Facts, Form, grouped};
use crate::narrator::Narrator;
use crate::stage::{DATABASE, Stage};

pub(crate) fn play(stage: &Stage, narrator: &mut Narrator) -> Result<Facts> {
    narrator.text(&format!(
        "Everything below happens on {}. DATABASE_URL is its database `legacy`. All files are in \
         {}. What is shown as psql, less or curl is done by this program itself, so that nobody \
         has to install them; all else is run as it is shown.",
        stage.place()?,
        stage.folder.display()
    ))?;
    narrator.act("The database as it was")?;
    narrator.text(
        "Projects had UUIDs from the start; events, providers and the delivery queue have numbers \
         that PostgreSQL counts, and the queue refers to the other two by number. A view, a \
         partial index and triggers hang on them. The rows are what makes it hard: keys with \
         gaps, rows stored out of order, 1 % without a time of storage, several in one \
         millisecond, clients that live in 1970.",
    )?;
    let rows = stage.options.rows;
    narrator.command("psql --file legacy.sql \"$DATABASE_URL\"")?;
    let load = "--file load.sql \"$DATABASE_URL\"";
    narrator.command(&format!("PGOPTIONS='-c legacy.rows={rows}' psql {load}"))?;
    let clock = Stopwatch::start();
    let before = load_rows(stage, rows)?;
    narrator.gap()?;
    let mut table = vec![vec!["rows of".to_owned(), "count".to_owned()]];
    for (name, count) in [
        ("projects", i64::try_from(before.projects.len())?),
        ("events", before.events),
        ("deliveries that wait", before.pending),
    ] {
        table.push(vec![name.to_owned(), grouped(count)]);
    }
    narrator.table(&table, true)?;
    stage.dump(DATABASE, "before.sql")?;
    stage.make_copy()?;
    narrator.text(&format!(
        "That took {:.1} s. A copy is set aside, COPY_URL, for what nobody wants to try on the \
         original: a process that is killed, and the way back.",
        clock.elapsed().as_secs_f64()
    ))?;
    Ok(before)
}

/// Runs the two files, as psql would. The connection is closed before the copy is made.
fn load_rows(stage: &Stage, rows: u32) -> Result<Facts> {
    let mut client = stage.connect(DATABASE)?;
    client
        .batch_execute(&stage.read("legacy.sql")?)
        .context("failed to run `legacy.sql`")?;
    client.batch_execute(&format!("SET legacy.rows = {rows}"))?;
    client
        .batch_execute(&stage.read("load.sql")?)
        .context("failed to run `load.sql`")?;
    Facts::read(&mut client, Form::Legacy)
}
