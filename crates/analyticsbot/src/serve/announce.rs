//! What the server says when it is ready: where it is, and what to type next.

use std::io;

use serde::Serialize;

use super::Begun;
use crate::console::{DIM, HINT, STRONG};
use crate::context::Context;

/// What programs read: one line.
#[derive(Serialize)]
struct Line<'a> {
    url: &'a str,
    database: String,
    version: &'static str,
    project: Option<Named<'a>>,
    write_key: Option<&'a str>,
}

#[derive(Serialize)]
struct Named<'a> {
    id: String,
    slug: &'a str,
    name: &'a str,
}

/// Says that the server is ready.
pub(super) fn announce(begun: &Begun, context: &mut Context) -> io::Result<()> {
    let database = context.settings.database.shown();
    if context.console.json() {
        let only = match &begun.projects[..] {
            [project] => Some(project),
            _ => None,
        };
        let project = begun.first.as_ref().map(|first| &first.project).or(only);
        context.console.write_json(&Line {
            url: &begun.url,
            database,
            version: env!("CARGO_PKG_VERSION"),
            project: project.map(|project| Named {
                id: project.id.uuid().to_string(),
                slug: &project.slug,
                name: &project.name,
            }),
            write_key: begun.first.as_ref().map(|first| first.key.key.as_str()),
        })?;
    } else {
        say(begun, &database, context)?;
    }
    context.console.flush()
}

fn say(begun: &Begun, database: &str, context: &mut Context) -> io::Result<()> {
    let [tail, add_key, add_project] =
        ["tail", "key add", "project add NAME"].map(|words| context.command(words));
    let console = &mut context.console;
    let (dim, strong) = (console.style(DIM), console.style(STRONG));
    let url = &begun.url;
    let version = env!("CARGO_PKG_VERSION");
    console.line(format_args!(
        "{strong}AnalyticsBot {version}{strong:#} on {strong}{url}{strong:#}"
    ))?;
    console.line(format_args!("{dim}database  {dim:#}{database}"))?;
    match (&begun.first, &begun.projects[..]) {
        (Some(first), _) => {
            let (name, slug) = (&first.project.name, &first.project.slug);
            let key = first.key.key.as_str();
            console.line(format_args!("{dim}project   {dim:#}{name} ({slug}), new"))?;
            lines(console, "Send a first event:", &curl(url, key))?;
            lines(console, "See it arrive, in another terminal:", &[tail])?;
            console.line(format_args!(""))?;
            console.line(format_args!(
                "{dim}The key is not shown again; `key add {slug}` makes another.{dim:#}"
            ))
        }
        (None, []) => lines(console, "There is no project yet:", &[add_project]),
        (None, projects) => {
            let count = projects.len();
            let names: Vec<&str> = projects
                .iter()
                .map(|project| &*project.slug)
                .take(3)
                .collect();
            let more = if count > names.len() { ", ..." } else { "" };
            let names = names.join(", ");
            console.line(format_args!(
                "{dim}projects  {dim:#}{count} ({names}{more})"
            ))?;
            let slug = &projects[0].slug;
            let add_key = add_key.replacen("key add", &format!("key add {slug}"), 1);
            lines(
                console,
                "Keys are stored as digests and not shown again. Another one:",
                &[add_key],
            )?;
            lines(console, "See events arrive, in another terminal:", &[tail])
        }
    }
}

/// The request that stores a first event, as it is pasted into a shell.
fn curl(url: &str, key: &str) -> [String; 3] {
    [
        format!("curl {url}/api/events \\"),
        format!("  -H 'X-Write-Key: {key}' \\"),
        r#"  -d '{"event":"Signed Up","user_id":"u1","properties":{"plan":"pro"}}'"#.to_owned(),
    ]
}

fn lines(console: &mut crate::console::Console, head: &str, commands: &[String]) -> io::Result<()> {
    let hint = console.style(HINT);
    console.line(format_args!("\n{head}\n"))?;
    for command in commands {
        console.line(format_args!("  {hint}{command}{hint:#}"))?;
    }
    Ok(())
}
