//! `idshift skill`: gives a coding assistant the guide and the audit, and takes them away again.

mod disk;
mod entry;
mod members;
mod plan;
mod texts;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde::Serialize;

use self::plan::{Action, Step};
use crate::console::{BAD, Console, DIM, GOOD};
use crate::refusal::Refusal;
use crate::{Outcome, clock};

/// The assistant's folder, in the home of whoever runs the command.
const FOLDER: &str = ".claude";

/// The arguments of `idshift skill`.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Write the skill, its rules and the agent
    Install(Install),
    /// Tell whether what is installed is what would be installed
    Check(Folder),
    /// Take away what was installed
    Uninstall(Uninstall),
}

#[derive(Args)]
struct Folder {
    /// The assistant's folder [default: ~/.claude]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

#[derive(Args)]
struct Install {
    #[command(flatten)]
    folder: Folder,
    /// Tell what would be done, and do nothing
    #[arg(long, conflicts_with = "check")]
    dry_run: bool,
    /// As `idshift skill check`
    #[arg(long)]
    check: bool,
}

#[derive(Args)]
struct Uninstall {
    #[command(flatten)]
    folder: Folder,
    /// Tell what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// What became of a file, for programs.
#[derive(Serialize)]
struct Change {
    path: PathBuf,
    action: Action,
    #[serde(skip_serializing_if = "Option::is_none")]
    backup: Option<PathBuf>,
}

/// All files, for programs.
#[derive(Serialize)]
struct Report {
    dir: PathBuf,
    /// Whether the files are now as the actions say.
    applied: bool,
    changes: Vec<Change>,
}

/// Runs a sub-command.
pub(crate) fn run(arguments: Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    match arguments.command {
        None => crate::help(&["skill"]),
        Some(
            Command::Check(folder)
            | Command::Install(Install {
                folder,
                check: true,
                ..
            }),
        ) => check(&folder, console),
        Some(Command::Install(arguments)) => {
            let dir = arguments.folder.path()?;
            let steps = plan::install(&dir)?;
            carry_out(dir, steps, arguments.dry_run, console)
        }
        Some(Command::Uninstall(arguments)) => {
            let dir = arguments.folder.path()?;
            let steps = plan::uninstall(&dir)?;
            carry_out(dir, steps, arguments.dry_run, console)
        }
    }
}

impl Folder {
    fn path(&self) -> Result<PathBuf, Refusal> {
        if let Some(dir) = &self.dir {
            return Ok(dir.clone());
        }
        let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
        let home = home.ok_or_else(|| {
            Refusal::usage("failed to find the home folder")
                .hint("name the assistant's folder with `--dir`")
        })?;
        Ok(home.join(FOLDER))
    }
}

/// Compares what is there with what installing would write.
fn check(folder: &Folder, console: &mut Console) -> anyhow::Result<Outcome> {
    let dir = folder.path()?;
    let steps = plan::install(&dir)?;
    let differing = steps.iter().filter(|step| step.action != Action::Keep);
    let (all, differing) = (steps.len(), differing.count());
    let (good, bad) = (console.style(GOOD), console.style(BAD));
    if console.json() {
        report(
            dir,
            false,
            steps.into_iter().map(|step| (step, None)),
            console,
        )?;
    } else {
        for Step { path, action, .. } in &steps {
            let path = path.display();
            match action {
                Action::Keep => console.line(format_args!("{good}same     {good:#} {path}"))?,
                Action::Create => console.line(format_args!("{bad}missing  {bad:#} {path}"))?,
                _ => console.line(format_args!("{bad}different{bad:#} {path}"))?,
            }
        }
    }
    if differing == 0 {
        return Ok(Outcome::Fine);
    }
    console.summarize(&format!("{differing} of {all} files differ"))?;
    Ok(Outcome::Refused)
}

/// Does what was planned, file by file, and tells it.
fn carry_out(
    dir: PathBuf,
    steps: Vec<Step>,
    dry_run: bool,
    console: &mut Console,
) -> anyhow::Result<Outcome> {
    let now = clock::now().context("read the clock")?;
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut done = Vec::new();
    for step in steps {
        let backup = if dry_run { None } else { apply(&step, &stamp)? };
        if !console.json() {
            tell(&step, backup.as_deref(), dry_run, console)?;
        }
        done.push((step, backup));
    }
    if console.json() {
        report(dir, !dry_run, done.into_iter(), console)?;
    }
    Ok(Outcome::Fine)
}

/// Changes one file, and keeps what a user wrote.
fn apply(step: &Step, stamp: &str) -> Result<Option<PathBuf>, Refusal> {
    if step.action == Action::Keep {
        return Ok(None);
    }
    let backup = step
        .back_up
        .then(|| disk::back_up(&step.path, stamp))
        .transpose()?;
    match &step.bytes {
        Some(bytes) => disk::write(&step.path, bytes)?,
        None => disk::remove(&step.path, step.path.ends_with("SKILL.md"))?,
    }
    Ok(backup)
}

fn tell(
    step: &Step,
    backup: Option<&Path>,
    dry_run: bool,
    console: &mut Console,
) -> std::io::Result<()> {
    let (good, dim) = (console.style(GOOD), console.style(DIM));
    let path = step.path.display();
    if dry_run {
        let word = step.action.planned();
        let kept = if step.back_up {
            ", keeping a backup"
        } else {
            ""
        };
        return console.line(format_args!("would {word} {path}{dim}{kept}{dim:#}"));
    }
    let style = if step.action == Action::Keep {
        dim
    } else {
        good
    };
    let word = step.action.done();
    console.line(format_args!("{style}{word:9}{style:#} {path}"))?;
    match backup {
        Some(backup) => console.line(format_args!("{dim}backup   {dim:#} {}", backup.display())),
        None => Ok(()),
    }
}

fn report(
    dir: PathBuf,
    applied: bool,
    steps: impl Iterator<Item = (Step, Option<PathBuf>)>,
    console: &mut Console,
) -> std::io::Result<()> {
    let change = |(step, backup): (Step, Option<PathBuf>)| Change {
        path: step.path,
        action: step.action,
        backup,
    };
    console.write_json(&Report {
        dir,
        applied,
        changes: steps.map(change).collect(),
    })
}
