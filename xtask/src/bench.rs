//! `cargo xtask bench`: builds and runs the measurements, which have a lock file of their own.

use std::path::PathBuf;

use anyhow::Result;

use crate::runner::{self, Runner};
use crate::{Command, unexpected};

pub(crate) const COMMAND: Command = Command {
    name: "bench",
    usage: "ids|collect|keys|migrate [OPTION...]",
    summary: "measure, beside peers and floors",
    run,
};

/// One program of `bench/`, and the package that it is in.
struct Program {
    name: &'static str,
    package: &'static str,
    /// Which of our programs it starts, by the name of the package and of the option.
    starts: Option<(&'static str, &'static str)>,
}

/// The first is meant if none is named.
const PROGRAMS: [Program; 4] = [
    Program {
        name: "ids",
        package: "bench",
        starts: None,
    },
    Program {
        name: "collect",
        package: "load",
        starts: Some(("analyticsbot", "--server")),
    },
    Program {
        name: "keys",
        package: "load",
        starts: None,
    },
    Program {
        name: "migrate",
        package: "load",
        starts: Some(("idshift", "--idshift")),
    },
];

fn run(arguments: &[String]) -> Result<()> {
    let (program, rest) = choose(arguments)?;
    let runner = Runner::new();
    let mut options = rest.to_vec();
    if let Some((package, option)) = program.starts
        && !asks_for_help(rest)
    {
        let started = build(&runner, package)?;
        options.extend([option.to_owned(), started.display().to_string()]);
    }
    let mut command = runner.cargo(&["run", "--release", "--manifest-path", "bench/Cargo.toml"]);
    command.args(["--package", program.package, "--bin", program.name, "--"]);
    runner::run(command.args(options))
}

fn choose(arguments: &[String]) -> Result<(&'static Program, &[String])> {
    match arguments.split_first() {
        Some((first, rest)) if !first.starts_with('-') => {
            let program = PROGRAMS.iter().find(|program| program.name == first);
            let program = program.ok_or_else(|| unexpected(first, &COMMAND))?;
            Ok((program, rest))
        }
        _ => Ok((&PROGRAMS[0], arguments)),
    }
}

fn asks_for_help(options: &[String]) -> bool {
    options
        .iter()
        .any(|option| matches!(option.as_str(), "-h" | "--help"))
}

/// Builds a program as it is shipped, and says where it is.
fn build(runner: &Runner, package: &str) -> Result<PathBuf> {
    runner::run(&mut runner.cargo(&["build", "--release", "--package", package]))?;
    let target =
        runner::variable("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    Ok(runner.root().join(target).join("release").join(package))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(words: &[&str]) -> Result<(&'static str, usize)> {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        choose(&words).map(|(program, rest)| (program.name, rest.len()))
    }

    #[test]
    fn the_program_is_the_first_word_and_ids_if_there_is_none() {
        assert_eq!(chosen(&[]).unwrap(), ("ids", 0));
        assert_eq!(chosen(&["--quick"]).unwrap(), ("ids", 1));
        assert_eq!(chosen(&["collect", "--json"]).unwrap(), ("collect", 1));
        assert_eq!(chosen(&["migrate"]).unwrap(), ("migrate", 0));
        assert!(chosen(&["nothing"]).is_err());
    }
}
