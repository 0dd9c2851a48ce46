//! Act 4: the new keys, filled and swapped in while an application goes on writing.

use std::time::Duration;

use anyhow::Result;
use postgres::Client;

use crate::facts::{AGENT, Facts, Form, Keys, grouped};
use crate::program::Shown;
use crate::stage::{DATABASE, Stage};
use crate::story::Story;
use crate::writer::{Ledger, Phase, Writer};

/// Transactions of the application before anything else goes on, to compare with.
const QUIET_WRITES: usize = 300;
/// And after the cut-over, so that new keys are written as well.
const LATER_WRITES: usize = 100;

/// Each table, and where the time of a row is.
const TABLES: [(&str, &str); 3] = [
    ("events", "COALESCE(created_at, timestamp)"),
    ("provider_configs", "created_at"),
    ("event_queue", "created_at"),
];

/// Of 100 keys, those that must carry the time of their row; 2 of 100 rows were stored out of
/// order, and get the time of the row before them.
const TIMELY_PERCENT_MIN: i64 = 95;

pub(crate) fn play(story: &mut Story<'_>) -> Result<()> {
    story
        .narrator
        .act("New keys, while the application writes")?;
    story.narrator.text(
        "From here on an application inserts, updates and deletes without a pause, one \
         transaction after the other, and notes what it was told is committed. It finds rows by \
         what they say, and takes keys as they come.",
    )?;
    let writer = Writer::start(story.stage.connect(DATABASE)?);
    writer.pass(QUIET_WRITES);
    writer.enter(Phase::Apply);
    story.narrator.text(
        "`apply` adds columns beside the old ones, has triggers keep them filled, fills the rows \
         that were there in batches, and builds indexes, checks and references of the new columns \
         online. It can be stopped, killed and run again at any point.",
    )?;
    let words = [
        "idshift",
        "migrate",
        "apply",
        "plan.toml",
        "--database",
        DATABASE,
    ];
    let shown = Shown { head: 8, tail: 4 };
    let ended = story.stage.must(&words, shown, story.narrator)?;
    let seconds = ended.took.as_secs_f64();
    let total = grouped(rows_total(&mut story.stage.connect(DATABASE)?)?);
    story
        .checks
        .figure("apply", format!("{seconds:.1} s for {total} rows"));
    story.stage.dump(DATABASE, "ready.sql")?;
    verify(story, "verify before the cut-over")?;
    story.narrator.text(
        "Applications still see numbers. The cut-over is one short transaction: the new columns \
         take the names, and views, partial indexes and triggers follow. Old keys stay beside \
         them, kept filled, for the way back.",
    )?;
    writer.enter(Phase::Cutover);
    let words = [
        "idshift",
        "migrate",
        "cutover",
        "--yes",
        "--database",
        DATABASE,
    ];
    let ended = story.stage.must(&words, Shown::ALL, story.narrator)?;
    let held = ended
        .lines
        .iter()
        .find_map(|line| line.split_once("locked for "));
    if let Some((_, held)) = held {
        story
            .checks
            .figure("all tables locked, once", held.to_owned());
    }
    writer.pass(LATER_WRITES);
    let ledger = writer.stop();
    waits(story, ledger)?;
    if story.stage.options.spoil {
        spoil(&story.stage)?;
    }
    verify(story, "verify after the cut-over")?;
    let mut client = story.stage.connect(DATABASE)?;
    rows(story, &mut client)?;
    keys(story, &mut client)
}

fn rows_total(client: &mut Client) -> Result<i64> {
    let sql = "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM provider_configs)
        + (SELECT count(*) FROM event_queue)";
    Ok(client.query_one(sql, &[])?.get(0))
}

/// What the tool finds itself; it only reads.
fn verify(story: &mut Story<'_>, name: &'static str) -> Result<()> {
    let words = ["idshift", "migrate", "verify", "--database", DATABASE];
    let shown = Shown { head: 4, tail: 3 };
    let ended = story.stage.run(&words, shown, story.narrator)?;
    let fine = ended.lines.iter().filter(|line| line.starts_with("fine"));
    let (fine, all) = (fine.count(), ended.lines.len());
    let held = ended.success && fine > 0;
    story.check(
        name,
        held,
        format!("`verify` calls {fine} of {all} points fine."),
    )?;
    story.narrator.gap()?;
    Ok(())
}

/// How long the application waited, and that nothing was refused.
fn waits(story: &mut Story<'_>, ledger: Result<Ledger>) -> Result<()> {
    let ledger = match ledger {
        Ok(ledger) => ledger,
        Err(error) => return story.check("no write refused", false, format!("{error:#}")),
    };
    let ms = |wait: Duration| format!("{:.1} ms", wait.as_secs_f64() * 1000.0);
    let heads = [
        "the application",
        "transactions",
        "median",
        "99 %",
        "longest",
    ];
    let mut table = vec![heads.map(str::to_owned).to_vec()];
    for (phase, name) in Phase::ALL {
        let (count, waits) = ledger.waits(phase);
        let mut row = vec![name.to_owned(), grouped(i64::try_from(count)?)];
        row.extend(waits.map(ms));
        table.push(row);
    }
    story.narrator.table(&table, true)?;
    story
        .checks
        .figure("longest wait of the application", ms(ledger.longest()));
    let (inserted, updated) = (grouped(ledger.inserted), grouped(ledger.updated));
    let (deleted, repeated) = (grouped(ledger.deleted), ledger.repeated);
    story.check(
        "no write refused",
        ledger.inserted > 0 && ledger.updated > 0 && ledger.deleted > 0,
        format!(
            "{inserted} events inserted, {updated} rows updated, {deleted} events deleted; none \
             was refused, {repeated} transactions had to be repeated."
        ),
    )?;
    story.ledger = ledger;
    story.narrator.gap()?;
    Ok(())
}

/// Rows, by SQL that knows nothing of the migration.
fn rows(story: &mut Story<'_>, client: &mut Client) -> Result<()> {
    story
        .narrator
        .text("And without trust in the tool, by SQL of its own:")?;
    let after = Facts::read(client, Form::Legacy)?;
    let before = story.before.clone();
    let (rows, links) = (grouped(before.content.rows), grouped(before.links.rows));
    story.check(
        "rows untouched",
        (&after.content, &after.past) == (&before.content, &before.past),
        format!(
            "The digest of the {rows} events that the application left alone is the same, and of \
             their deliveries, `updated_at` included."
        ),
    )?;
    story.check(
        "references lead to the same rows",
        after.links == before.links,
        format!(
            "{links} waiting deliveries, joined with their event and provider: same digest of \
             what the three rows say."
        ),
    )?;
    let own = "SELECT substr(user_id, 8)::numeric::text, COALESCE(properties ->> 'value', 'none')
        FROM events WHERE user_agent = $1 ORDER BY substr(user_id, 8)::numeric";
    let found = client.query(own, &[&AGENT])?;
    let found: Vec<(String, String)> = found.iter().map(|row| (row.get(0), row.get(1))).collect();
    let noted = story.ledger.own.iter();
    let noted: Vec<(String, String)> = noted
        .map(|(number, own)| (number.to_string(), own.value.to_string()))
        .collect();
    let count = noted.len();
    story.check(
        "what the application wrote is there",
        found == noted,
        format!("Its {count} events are there with the last value that it put into each."),
    )
}

/// Keys: of version 7, in the old order; and the pairs of the references.
fn keys(story: &mut Story<'_>, client: &mut Client) -> Result<()> {
    let (mut rows, mut wrong, mut unordered, mut timely) = (0, 0, 0, 0);
    for (table, time) in TABLES {
        let keys = Keys::read(client, table, ("id__old", "id"), time)?;
        rows += keys.rows;
        wrong += keys.wrong;
        unordered += keys.unordered;
        timely += keys.timely;
    }
    story.check(
        "keys are UUIDv7 in the old order",
        wrong == 0 && unordered == 0,
        format!(
            "Of {} keys {wrong} are no UUIDv7, and {unordered} sort before the row with the next \
             lower old number.",
            grouped(rows)
        ),
    )?;
    let (carry, all) = (grouped(timely), grouped(rows));
    story.check(
        "keys carry the time of their rows",
        timely * 100 >= rows * TIMELY_PERCENT_MIN,
        format!(
            "{carry} of {all} carry it to the millisecond; the others were stored out of order, \
             and carry that of the row before them."
        ),
    )
}

/// What a broken migration would leave, for the run whose checks must fail.
fn spoil(stage: &Stage) -> Result<()> {
    let mut client = stage.connect(DATABASE)?;
    client.batch_execute(&format!(
        "SET session_replication_role = replica;
         -- A delivery of another event.
         UPDATE event_queue SET event_id = (SELECT max(id::text)::uuid FROM events
             WHERE user_agent IS DISTINCT FROM '{AGENT}')
         WHERE id = (SELECT q.id FROM event_queue q JOIN events e ON e.id = q.event_id
             WHERE q.status = 'pending' AND e.event_name <> 'app_error'
               AND e.user_agent IS DISTINCT FROM '{AGENT}' ORDER BY q.id LIMIT 1);
         -- A key of version 4.
         UPDATE events SET id = gen_random_uuid() WHERE id = (SELECT id FROM events
             WHERE id NOT IN (SELECT event_id FROM event_queue) ORDER BY id LIMIT 1);
         -- A write that is lost, and an event that is.
         UPDATE events SET properties = '{{}}' WHERE id = (SELECT id FROM events
             WHERE user_agent = '{AGENT}' ORDER BY id LIMIT 1);
         DELETE FROM events WHERE id = (SELECT id FROM events
             WHERE event_name = 'click' AND id NOT IN (SELECT event_id FROM event_queue)
             ORDER BY id DESC LIMIT 1);"
    ))?;
    Ok(())
}
