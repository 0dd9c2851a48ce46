//! Act 3: the plan, a file to read before anything is written.

use anyhow::Result;

use crate::facts::{Facts, Form};
use crate::program::Shown;
use crate::stage::DATABASE;
use crate::story::Story;

/// What a reviewer reads first: from a line that begins so, up to one that does, in this order.
const PARTS: [(&str, &str); 4] = [
    ("# A migration", "# backfill"),
    ("# cut-over", "[settings]"),
    ("name = \"id\"", "[[table.index]]"),
    ("[[foreign_key]]", "validated"),
];

pub(crate) fn play(story: &mut Story<'_>) -> Result<()> {
    story.narrator.act("The plan")?;
    story.narrator.text(
        "It is made from the catalog of the live database, and nothing is written to that. What \
         cannot be moved safely would be refused here, by name.",
    )?;
    let words = [
        "idshift",
        "migrate",
        "plan",
        "--all-auto-increment",
        "--database",
        DATABASE,
        "--output",
        "plan.toml",
    ];
    story.stage.must(&words, Shown::ALL, story.narrator)?;
    story.narrator.text(
        "The file is what `apply` executes: each step with the strongest lock that it takes, \
         where each row's time comes from, which views, indexes and triggers are carried over. \
         It can be edited, reviewed, kept beside the code. Parts of it:",
    )?;
    parts(story)?;
    let schema = story.stage.dump(DATABASE, "planned.sql")? == story.stage.read("before.sql")?;
    let rows = Facts::read(&mut story.stage.connect(DATABASE)?, Form::Legacy)? == story.before;
    story.check(
        "planning writes nothing",
        schema && rows,
        "Schema dump and digests of all rows are the same before and after `plan`.".to_owned(),
    )
}

/// Shows parts of the plan, and how much is between them.
fn parts(story: &mut Story<'_>) -> Result<()> {
    story.narrator.command("less plan.toml")?;
    let plan = story.stage.read("plan.toml")?;
    let mut rest: Vec<&str> = plan.lines().collect();
    for (begin, end) in PARTS {
        let find = |lines: &[&str], start: &str| {
            let found = lines.iter().position(|line| line.starts_with(start));
            found.unwrap_or(lines.len())
        };
        let begin = find(&rest, begin);
        if begin > 0 {
            story.narrator.cut(begin)?;
        }
        rest.drain(..begin);
        let end = find(&rest, end);
        for line in rest.drain(..end) {
            story.narrator.output(line)?;
        }
    }
    story.narrator.cut(rest.len())?;
    Ok(story.narrator.gap()?)
}
