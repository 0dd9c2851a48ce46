//! `idshift migrate prisma`: rewrites the Prisma schema, and shows what else has to change.

mod application;
mod disk;
mod places;
mod show;

use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use migrate::Plan;
use migrate::application::{Found, Names};
use migrate::prisma::{Change, Goal, KeyDefault, Obstacle, Rewrite};
use schema::Source;
use serde::Serialize;

use crate::Outcome;
use crate::console::Console;
use crate::refusal::Refusal;
use disk::Written;

/// The arguments of `idshift migrate prisma`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  idshift migrate prisma plan.toml --dry-run
  idshift migrate prisma plan.toml --schema prisma/schema --default none
  idshift migrate prisma plan.toml --back")]
pub(super) struct Arguments {
    /// The plan
    #[arg(value_name = "PLAN")]
    plan: PathBuf,

    /// The schema, or the folder that its files are in [default: where Prisma looks for it]
    #[arg(long, value_name = "PATH")]
    schema: Option<PathBuf>,

    /// Who makes new keys
    #[arg(long, value_enum, default_value = "uuid7")]
    default: Maker,

    /// Go back to the types before the migration, after a rollback
    #[arg(long)]
    back: bool,

    #[command(flatten)]
    look: Look,

    /// Where to look for code that has to change
    #[arg(long, value_name = "PATH", default_value = ".")]
    code: Vec<PathBuf>,

    /// Do not look for code that has to change
    #[arg(long)]
    no_code: bool,
}

/// Ways of looking only.
#[derive(Args)]
struct Look {
    /// Write nothing; fail if something would change
    #[arg(long)]
    check: bool,

    /// Write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Who makes new keys.
#[derive(Clone, Copy, ValueEnum)]
enum Maker {
    /// Prisma's client, by `@default(uuid(7))`
    Uuid7,
    /// The application: no default is written
    None,
}

/// Everything that was done, as one object.
#[derive(Serialize)]
struct Json<'a> {
    files: Vec<JsonFile<'a>>,
    changes: &'a [Change],
    notes: &'a [String],
    application: &'a [Found],
}

#[derive(Serialize)]
struct JsonFile<'a> {
    path: &'a str,
    changes: bool,
    written: bool,
    backup: Option<String>,
}

/// What stands in the way, as one object.
#[derive(Serialize)]
struct Refused<'a> {
    refused: &'a [Obstacle],
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let plan = plan(&arguments.plan)?;
    let files = places::find(arguments.schema.as_deref())?;
    let sources = disk::read(&files)?;
    let backups = disk::backups(&files)?;
    let goal = match (arguments.back, arguments.default) {
        (true, _) => Goal::Back(&backups),
        (false, Maker::Uuid7) => Goal::Uuid(KeyDefault::Uuid7),
        (false, Maker::None) => Goal::Uuid(KeyDefault::None),
    };
    let rewrite = match migrate::prisma::rewrite(&plan, &sources, goal) {
        Ok(rewrite) => rewrite,
        Err(obstacles) => return refused(&obstacles, console),
    };
    let written = if arguments.look.check || arguments.look.dry_run {
        Vec::new()
    } else {
        disk::write(&files, &rewrite, arguments.back)?
    };
    // On the way back the code is what it was before.
    let found = if arguments.no_code || arguments.back {
        None
    } else {
        let names = Names::new(&plan, &sources);
        Some(application::look(&arguments.code, &names, console)?)
    };
    let application = found.as_deref().unwrap_or_default();
    if console.json() {
        console.write_json(&json(&rewrite, &written, application))?;
    } else {
        show::rewrite(&sources, &rewrite, &written, console)?;
        if let Some(found) = &found {
            show::application(found, console)?;
        }
    }
    if arguments.look.check && !rewrite.changes.is_empty() {
        let count = rewrite.changes.len();
        console.summarize(&format!("{count} fields are not as the plan makes them"))?;
        return Ok(Outcome::Refused);
    }
    Ok(Outcome::Fine)
}

fn plan(path: &PathBuf) -> anyhow::Result<Plan> {
    let text = fs::read_to_string(path).map_err(|error| {
        let path = path.display();
        Refusal::new("failed", format!("failed to read `{path}`: {error}"))
    })?;
    Ok(Plan::parse(&text)?)
}

fn json<'a>(rewrite: &'a Rewrite, written: &[Written], application: &'a [Found]) -> Json<'a> {
    let files = rewrite.files.iter().map(|file| {
        let done = written.iter().find(|it| it.path == file.path);
        JsonFile {
            path: &file.path,
            changes: file.text.is_some(),
            written: done.is_some(),
            backup: done.and_then(|it| it.backup.clone()),
        }
    });
    Json {
        files: files.collect(),
        changes: &rewrite.changes,
        notes: &rewrite.notes,
        application,
    }
}

fn refused(obstacles: &[Obstacle], console: &mut Console) -> anyhow::Result<Outcome> {
    if console.json() {
        console.write_json(&Refused { refused: obstacles })?;
    } else {
        for it in obstacles {
            let place = format!("{}:{}:{}", it.path, it.line, it.column);
            let text = format!("{place}: failed to {}", it.message);
            console.fail(&Refusal::new("refused", text).hint(it.hint.clone()))?;
        }
    }
    let places = if obstacles.len() == 1 {
        "place"
    } else {
        "places"
    };
    let count = obstacles.len();
    console.summarize(&format!(
        "the schema cannot be rewritten because of {count} {places}; nothing was written"
    ))?;
    Ok(Outcome::Refused)
}

/// A source that was read for rewriting or looking through.
fn source(path: &str, bytes: Vec<u8>) -> anyhow::Result<Source> {
    Ok(Source::new(path, bytes)
        .map_err(|error| Refusal::new("failed", format!("failed to {error}")))?)
}
