//! Act 9: the server of today takes the tables over, and answers with UUIDs.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::clock::Stopwatch;
use crate::facts::{Facts, Form, SENT, grouped};
use crate::program::{self, Shown};
use crate::server::Server;
use crate::stage::{DATABASE, typed};
use crate::story::Story;

/// The project that the event is sent to.
const PROJECT: &str = "acme";

pub(crate) fn play(story: &mut Story<'_>) -> Result<()> {
    story.narrator.act("The server of today takes over")?;
    story.narrator.text(
        "The first start recognises the tables, moves them aside and copies their rows into its \
         own, in one transaction, with the keys that they have now.",
    )?;
    let words = [
        "analyticsbot",
        "serve",
        "--json",
        "--listen",
        "127.0.0.1:0",
        "--database",
        DATABASE,
    ];
    story.narrator.command(&format!("{} &", typed(&words)))?;
    let clock = Stopwatch::start();
    let server = Server::start(&story.stage, &words)?;
    story.narrator.output(&server.ready)?;
    story.narrator.gap()?;
    let took = format!("{:.1} s", clock.elapsed().as_secs_f64());
    story.checks.figure("take-over by the server", took);
    let id = send(story, &server)?;
    let words = ["idshift", "id", "inspect", &id];
    story
        .stage
        .must(&words, Shown { head: 12, tail: 0 }, story.narrator)?;
    let stopped = server.stop()?;
    story.check(
        "the server stops in good order",
        stopped,
        "It ends with status 0.".to_owned(),
    )?;
    story.narrator.gap()?;
    counts(story)
}

/// Sends an event; its id.
fn send(story: &mut Story<'_>, server: &Server) -> Result<String> {
    let words = [
        "analyticsbot",
        "key",
        "add",
        PROJECT,
        "--database",
        DATABASE,
    ];
    story
        .narrator
        .command(&format!("WRITE_KEY=$({})", typed(&words)))?;
    let key = program::output(story.stage.command(&words))?;
    let body = format!("{{\"event\":\"{SENT}\",\"user_id\":\"u1\"}}");
    let url = format!("http://{}/api/events", server.address());
    story.narrator.command(&format!(
        "curl {url} -H \"X-Write-Key: $WRITE_KEY\" \\\n    -d '{body}'"
    ))?;
    let (status, answer) = server.post(key.trim(), &body)?;
    story.narrator.output(&answer)?;
    story.narrator.gap()?;
    let answer: Value = serde_json::from_str(&answer).context("the answer is no JSON")?;
    let id = answer["id"].as_str().unwrap_or_default().to_owned();
    story.check(
        "an event is answered with a UUIDv7",
        status == 201 && id.len() == 36 && id.chars().nth(14) == Some('7'),
        format!("Status {status}, id {id}."),
    )?;
    story.narrator.gap()?;
    Ok(id)
}

/// Before, and what the application wrote, and the one event: that must be what is there.
fn counts(story: &mut Story<'_>) -> Result<()> {
    let mut client = story.stage.connect(DATABASE)?;
    let after = Facts::read(&mut client, Form::Adopted)?;
    let sql = "SELECT count(*) FROM provider_configs c
        JOIN analytics_projects p ON p.id = c.project_id WHERE c.enabled AND p.slug = $1";
    let providers: i64 = client.query_one(sql, &[&PROJECT])?.get(0);
    let (before, ledger) = (&story.before, &story.ledger);
    let mut projects: BTreeMap<String, i64> = before.projects.clone();
    for (slug, more) in &ledger.projects {
        *projects.entry(slug.clone()).or_default() += more;
    }
    *projects.entry(PROJECT.to_owned()).or_default() += 1;
    let rows = [
        ("events", before.events, ledger.events(), 1, after.events),
        (
            "deliveries that wait",
            before.pending,
            ledger.pending,
            providers,
            after.pending,
        ),
    ];
    let heads = [
        "",
        "before",
        "written meanwhile",
        "sent",
        "expected",
        "there",
    ];
    let mut table = vec![heads.map(str::to_owned).to_vec()];
    for (name, before, more, sent, after) in rows {
        let numbers = [before, more, sent, before + more + sent, after].map(grouped);
        table.push([vec![name.to_owned()], numbers.to_vec()].concat());
    }
    story.narrator.table(&table, true)?;
    let same =
        |(_, before, more, sent, after): &(_, i64, i64, i64, i64)| before + more + sent == *after;
    let held = rows.iter().all(same);
    let matching = projects
        .iter()
        .filter(|(slug, count)| after.projects.get(*slug) == Some(count));
    let (matching, all) = (matching.count(), projects.len());
    let equal = projects == after.projects;
    let content = after.content == before.content && after.links == before.links;
    let digested = grouped(after.content.rows);
    story.check(
        "counts agree",
        held,
        "Events and waiting deliveries: as expected.".to_owned(),
    )?;
    story.check(
        "counts of each project agree",
        equal,
        format!("{matching} of {all} projects have as many events as expected."),
    )?;
    story.check(
        "rows arrived as they were",
        content,
        format!(
            "The digest of the {digested} events that nobody touched is that of the beginning, \
             and of the deliveries that wait for them."
        ),
    )
}
