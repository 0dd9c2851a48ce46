//! Act 5: `kill -9` in the middle, on the copy, and the same command again.

use anyhow::{Result, ensure};

use crate::facts::{Facts, Form, Keys, grouped};
use crate::program::Shown;
use crate::stage::{COPY, typed};
use crate::story::Story;

/// The backfill of the copy is slowed down to about so many seconds, so that there is a middle.
const SECONDS: u32 = 4;

pub(crate) fn play(story: &mut Story<'_>) -> Result<()> {
    story.narrator.act("kill -9 in the middle")?;
    story.narrator.text(
        "The copy goes the same way, slowed down, and the process is killed where it hurts: in \
         the backfill of `events`, with a batch under way.",
    )?;
    let plan = [
        "idshift",
        "migrate",
        "plan",
        "--all-auto-increment",
        "--database",
        COPY,
        "--output",
        "copy.toml",
    ];
    story
        .stage
        .must(&plan, Shown { head: 0, tail: 1 }, story.narrator)?;
    let rate = (story.stage.options.rows / SECONDS).to_string();
    let slow = [
        "idshift",
        "migrate",
        "apply",
        "copy.toml",
        "--rows-per-second",
        &rate,
        "--database",
        COPY,
    ];
    let filled = kill(story, &slow)?;
    let status = ["idshift", "migrate", "status", "--database", COPY];
    story
        .stage
        .must(&status, Shown { head: 9, tail: 2 }, story.narrator)?;
    story
        .narrator
        .text("The journal in the database knows the rest. The same command again:")?;
    let again = [
        "idshift",
        "migrate",
        "apply",
        "copy.toml",
        "--database",
        COPY,
    ];
    let ended = story
        .stage
        .must(&again, Shown { head: 2, tail: 3 }, story.narrator)?;
    let first = ended.lines.first().cloned().unwrap_or_default();
    story.check(
        "goes on where it was killed",
        first.contains("fill") && !first.starts_with("[1/"),
        format!("Killed after {filled} rows of `events`; the second run begins with `{first}`."),
    )?;
    same(story)
}

/// Starts `apply`, and kills it when a third of the events is filled.
fn kill(story: &mut Story<'_>, words: &[&str]) -> Result<String> {
    story.narrator.command(&format!("{} &", typed(words)))?;
    let mut child = story.stage.start(words)?;
    let goal = u64::from(story.stage.options.rows / 3);
    let rows = loop {
        let status = ["idshift", "migrate", "status", "--json", "--database", COPY];
        let status = story.stage.json(&status)?;
        let rows = status["filling"][0]["rows"].as_u64().unwrap_or(0);
        if rows >= goal {
            break rows;
        }
        ensure!(
            child.try_wait()?.is_none(),
            "`apply` ended before it could be killed"
        );
    };
    child.kill()?;
    child.wait()?;
    story.narrator.command("kill -9 $!")?;
    story.narrator.gap()?;
    Ok(grouped(rows))
}

/// The end is that of the run that nobody disturbed.
fn same(story: &mut Story<'_>) -> Result<()> {
    let ready = story.stage.dump(COPY, "ready-copy.sql")?;
    story.check(
        "ends the same",
        ready == story.stage.read("ready.sql")?,
        "The schema dump is byte for byte that of the run that nobody killed.".to_owned(),
    )?;
    let mut client = story.stage.connect(COPY)?;
    let rows = Facts::read(&mut client, Form::Legacy)? == story.before;
    let keys = Keys::read(&mut client, "events", ("id", "id__new"), "created_at")?;
    let (wrong, unordered) = (keys.wrong, keys.unordered);
    story.check(
        "no row lost or filled twice",
        rows && wrong == 0 && unordered == 0,
        format!(
            "Digests of all rows are as before; of {} events {wrong} have no UUIDv7, {unordered} \
             are out of order.",
            grouped(keys.rows)
        ),
    )?;
    let words = ["idshift", "migrate", "verify", "--json", "--database", COPY];
    let verified = crate::program::output(story.stage.command(&words));
    let points = verified.as_ref().map_or(0, |text| text.lines().count());
    story.check(
        "verify of the killed run",
        verified.is_ok(),
        format!("`verify` finds nothing amiss in {points} points."),
    )
}
