//! Act 10: the way back, on the copy, after the cut-over and with rows written since.

use anyhow::Result;

use crate::facts::{Facts, Form, LATE_USER};
use crate::program::{self, Shown};
use crate::stage::COPY;
use crate::story::Story;

pub(crate) fn play(story: &mut Story<'_>) -> Result<()> {
    story.narrator.act("The way back")?;
    story.narrator.text(
        "Suppose the new application had failed after the cut-over. On the copy: cut over, write \
         an event and its deliveries under new keys, then take everything back.",
    )?;
    let words = ["idshift", "migrate", "cutover", "--yes", "--database", COPY];
    story
        .stage
        .must(&words, Shown { head: 2, tail: 1 }, story.narrator)?;
    let deliveries = write_late(story)?;
    let words = [
        "idshift",
        "migrate",
        "rollback",
        "--yes",
        "--database",
        COPY,
    ];
    story
        .stage
        .must(&words, Shown { head: 7, tail: 2 }, story.narrator)?;
    if story.stage.options.spoil {
        let mut client = story.stage.connect(COPY)?;
        client.batch_execute("CREATE INDEX forgotten ON events (created_at)")?;
    }
    let back = story.stage.dump(COPY, "back.sql")?;
    story.check(
        "the schema is back",
        back == story.stage.read("before.sql")?,
        "`pg_dump --schema-only` writes byte for byte what it wrote at the beginning.".to_owned(),
    )?;
    let mut client = story.stage.connect(COPY)?;
    let after = Facts::read(&mut client, Form::Legacy)?;
    let before = &story.before;
    let rows = (&after.content, &after.links, &after.past);
    let held = rows == (&before.content, &before.links, &before.past);
    story.check(
        "the rows are back",
        held && after.events == before.events + 1,
        "Digests of all rows are as before; the event written since is one more.".to_owned(),
    )?;
    let sql = "SELECT min(e.id), count(*) FROM events e JOIN event_queue q ON q.event_id = e.id
        WHERE e.user_id = $1";
    let row = client.query_one(sql, &[&LATE_USER])?;
    let (id, found): (Option<i32>, i64) = (row.get(0), row.get(1));
    let id = id.map_or_else(|| "none".to_owned(), |id| id.to_string());
    story.check(
        "rows written since kept their links",
        found == deliveries && deliveries > 0,
        format!("That event has the number {id} now, and {found} of {deliveries} deliveries."),
    )
}

/// What an application of the new kind writes: it makes the key itself.
fn write_late(story: &mut Story<'_>) -> Result<i64> {
    let id = program::output(story.stage.command(&["idshift", "id", "new"]))?;
    let id = id.trim();
    let mut client = story.stage.connect(COPY)?;
    client.batch_execute(&format!(
        "INSERT INTO events (id, project_id, user_id, event_name, timestamp)
         SELECT '{id}', id, '{LATE_USER}', 'page_view', now()
         FROM analytics_projects WHERE slug = 'acme'"
    ))?;
    let sql = format!(
        "INSERT INTO event_queue (event_id, provider_id)
         SELECT '{id}', c.id FROM provider_configs c
         JOIN analytics_projects p ON p.id = c.project_id WHERE p.slug = 'acme' AND c.enabled"
    );
    let deliveries = client.execute(&sql, &[])?;
    story.narrator.text(&format!(
        "(An event with the key {id} and {deliveries} deliveries are written; then:)"
    ))?;
    Ok(i64::try_from(deliveries)?)
}
