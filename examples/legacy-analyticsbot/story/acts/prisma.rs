//! Act 6: the Prisma schema follows, and Prisma itself accepts it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::program::{self, Shown};
use crate::story::Story;

const SCHEMA: &str = "prisma/schema.prisma";
const BACKUP: &str = "prisma/schema.prisma.before-idshift";

/// Prisma's parser and validator, of 6.19: one package without dependencies.
const PACKAGE: &str = "@prisma/prisma-schema-wasm";
const VERSION: &str = "6.19.0-26.2ba551f319ab1df4bc874a89965d8b3641056773";

/// Fails if the schema in the first argument is not valid.
const SCRIPT: &str = "const { validate } = require('@prisma/prisma-schema-wasm');\
    const text = require('fs').readFileSync(process.argv[1], 'utf8');\
    validate(JSON.stringify({ prismaSchema: [['schema.prisma', text]] }));";

pub(crate) fn play(story: &mut Story<'_>) -> Result<()> {
    story.narrator.act("The Prisma schema follows")?;
    story.narrator.text(
        "The schema is rewritten to what the database has now; comments, order and alignment \
         stay. What else in the code has to change is listed beside it.",
    )?;
    let words = ["idshift", "migrate", "prisma", "plan.toml"];
    story.stage.must(&words, Shown::ALL, story.narrator)?;
    let (before, after) = (story.stage.read(BACKUP)?, story.stage.read(SCHEMA)?);
    let changed = changed(&before, &after);
    story.check(
        "only the fields of keys changed",
        changed == Some(5) && before == include_str!("../../prisma/schema.prisma"),
        format!(
            "{} lines differ from the backup, which is the schema that was there: three keys, two \
             references.",
            changed.map_or_else(|| "Too many".to_owned(), |lines| lines.to_string())
        ),
    )?;
    match validator(story)? {
        Some(validator) => validate(story, &validator, &after),
        None => Ok(()),
    }
}

/// Lines that differ in more than blanks; none if there are more or fewer lines.
fn changed(before: &str, after: &str) -> Option<usize> {
    if before.lines().count() != after.lines().count() {
        return None;
    }
    let differ =
        |(before, after): &(&str, &str)| !before.split_whitespace().eq(after.split_whitespace());
    Some(before.lines().zip(after.lines()).filter(differ).count())
}

/// The folder that has Prisma's validator; fetched if a person tells the story.
fn validator(story: &mut Story<'_>) -> Result<Option<PathBuf>> {
    let has = |folder: &Path| folder.join("node_modules").join(PACKAGE).is_dir();
    let Some(kept) = story.stage.validator.clone() else {
        let why = "Prisma's validator: GUIDE_TOOLS names no folder that has it".to_owned();
        return story
            .checks
            .skip(why, story.narrator)
            .map(|()| None)
            .map_err(Into::into);
    };
    if !has(&kept) && story.stage.fetches {
        story.narrator.gap()?;
        story
            .narrator
            .command(&format!("npm install {PACKAGE}@{VERSION}"))?;
        story.narrator.gap()?;
        fs::create_dir_all(&kept).context("failed to make a folder for the validator")?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-save", "--prefix"])
            .arg(&kept);
        // Whether that did it is seen below.
        program::output({
            npm.arg(format!("{PACKAGE}@{VERSION}"));
            npm
        })
        .ok();
    }
    if has(&kept) {
        return Ok(Some(kept));
    }
    let why = format!("Prisma's validator: npm could not install {PACKAGE}");
    story.checks.skip(why, story.narrator)?;
    Ok(None)
}

fn validate(story: &mut Story<'_>, validator: &Path, after: &str) -> Result<()> {
    let check = |file: &str| {
        let mut node = Command::new("node");
        let path = story.stage.folder.join(file);
        node.args(["-e", SCRIPT]).arg(path).current_dir(validator);
        program::output(node)
    };
    let accepted = check(SCHEMA);
    // A reference that was forgotten.
    let broken = after.replacen(
        "String   @map(\"event_id\") @db.Uuid",
        "Int @map(\"event_id\")",
        1,
    );
    fs::write(story.stage.folder.join("broken.prisma"), &broken)
        .context("failed to write `broken.prisma`")?;
    let refused = broken != after && check("broken.prisma").is_err();
    fs::remove_file(story.stage.folder.join("broken.prisma"))
        .context("failed to remove `broken.prisma`")?;
    story.check(
        "Prisma accepts the schema",
        accepted.is_ok() && refused,
        "Prisma's own validator accepts it, and refuses it with one reference left an `Int`."
            .to_owned(),
    )
}
