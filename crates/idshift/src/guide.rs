//! `idshift guide`: shows which id to take for what, in pages.

mod decision;
mod kinds;
mod pages;

use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value};

pub(crate) use self::pages::{Topic, section, up_to};
use crate::Outcome;
use crate::console::Console;
use crate::markdown::{self, Block};

/// The arguments of `idshift guide`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  idshift guide
  idshift guide prisma
  idshift guide --json | jq .kinds

The same pages are in docs/guide/.")]
pub(crate) struct Arguments {
    /// The page to show; without one, the questions and the table
    #[arg(value_enum)]
    topic: Option<Topic>,
}

/// What `--json` says of the whole guide.
#[derive(Serialize)]
struct Overview {
    decision: decision::Node,
    kinds: Vec<Map<String, Value>>,
    topics: Vec<Named>,
}

/// A topic and the heading of its page.
#[derive(Serialize)]
struct Named {
    topic: &'static str,
    title: String,
}

/// What `--json` says of one page.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    named: Named,
    page: &'static str,
    tables: Vec<Vec<Map<String, Value>>>,
    code: Vec<Code>,
}

#[derive(Serialize)]
struct Code {
    language: String,
    text: String,
}

impl Named {
    fn of(topic: Topic) -> Self {
        let title = match markdown::blocks(topic.page()).into_iter().next() {
            Some(Block::Heading { text, .. }) => text.plain(),
            _ => topic.name().to_owned(),
        };
        Self {
            topic: topic.name(),
            title,
        }
    }
}

/// Shows a page, or the questions and the table.
pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    match (arguments.topic, console.json()) {
        (Some(topic), false) => markdown::print(console, topic.page())?,
        (Some(topic), true) => console.write_json(&shown(topic))?,
        (None, false) => overview(console)?,
        (None, true) => console.write_json(&Overview {
            decision: decision::tree(),
            kinds: kinds::all(),
            topics: Topic::all().map(Named::of).collect(),
        })?,
    }
    Ok(Outcome::Fine)
}

/// The two pages that answer most questions, without where their statements come from, and the
/// names of the others.
fn overview(console: &mut Console) -> anyhow::Result<()> {
    let decision = up_to(Topic::Choose.page(), "Sources");
    let table = up_to(Topic::Table.page(), "Where the figures come from");
    for page in [decision, table] {
        markdown::print(console, page)?;
        console.line(format_args!(""))?;
    }
    let mut more = String::from("## More\n\n");
    for Named { topic, title } in Topic::all().map(Named::of) {
        writeln!(more, "- `idshift guide {topic}`: {title}")?;
    }
    markdown::print(console, &more)?;
    Ok(())
}

fn shown(topic: Topic) -> Shown {
    let mut tables = Vec::new();
    let mut code = Vec::new();
    for block in markdown::blocks(topic.page()) {
        match block {
            Block::Table { header, rows } => tables.push(kinds::records(&header, &rows)),
            Block::Code { language, text } => code.push(Code {
                // What stands behind the language is for the tests.
                language: language.split(' ').next().unwrap_or_default().to_owned(),
                text,
            }),
            _ => {}
        }
    }
    Shown {
        named: Named::of(topic),
        page: topic.page(),
        tables,
        code,
    }
}
