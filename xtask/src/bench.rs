//! `cargo xtask bench`: runs the benchmark, a package of its own with its own lock file.

use anyhow::Result;

use crate::runner::{self, Runner};
use crate::{Command, unexpected};

pub(crate) const COMMAND: Command = Command {
    name: "bench",
    usage: "[ids] [ARGUMENT...]",
    summary: "measure `ids` beside other crates and the machine",
    run,
};

/// The programs of the package, the first of which is meant if none is named.
const PROGRAMS: [&str; 1] = ["ids"];

fn run(arguments: &[String]) -> Result<()> {
    let (program, rest) = match arguments.split_first() {
        Some((first, rest)) if PROGRAMS.contains(&first.as_str()) => (first.as_str(), rest),
        Some((first, _)) if !first.starts_with('-') => return Err(unexpected(first, &COMMAND)),
        _ => (PROGRAMS[0], arguments),
    };
    let runner = Runner::new();
    let mut command = runner.cargo(&["run", "--release", "--manifest-path", "bench/Cargo.toml"]);
    runner::run(command.args(["--bin", program, "--"]).args(rest))
}
