//! `cargo xtask story`: the migration of AnalyticsBot's own keys, told on the terminal.

use std::path::PathBuf;

use anyhow::Result;

use crate::runner::{self, Runner};
use crate::{Command, parts};

pub(crate) const COMMAND: Command = Command {
    name: "story",
    usage: "[--rows N] [--database URL] [--spoil]",
    summary: "move keys of a database in use, and prove it",
    run,
};

/// What the story runs, and the story itself.
const BUILD: [&str; 9] = [
    "build",
    "--release",
    "--quiet",
    "--package",
    "analyticsbot",
    "--package",
    "idshift",
    "--bins",
    "--examples",
];

fn run(arguments: &[String]) -> Result<()> {
    let runner = Runner::new();
    if !arguments
        .iter()
        .any(|argument| argument.starts_with("--database"))
    {
        parts::provide(&runner, false)?;
    }
    runner::run(&mut runner.cargo(&BUILD))?;
    // Not by `cargo run`: of one package alone it would build with other features, all again.
    let target =
        runner::variable("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    let story = runner
        .root()
        .join(target)
        .join("release/examples/legacy-migration");
    runner::run(
        runner
            .program(&story.to_string_lossy(), &[])
            .args(arguments),
    )
}
