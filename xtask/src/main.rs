//! `cargo xtask`: the commands of the people who work on AnalyticsBot.

#![expect(clippy::print_stderr, reason = "the output of a program")]

mod bench;
mod chaos;
mod ci;
mod fuzz;
mod miri;
mod new_rule;
mod parts;
#[path = "../../crates/testkit/src/programs.rs"]
mod programs;
mod runner;
mod story;
mod test;
mod tidy;

use std::io;
use std::process::ExitCode;

use anyhow::{Result, bail};

/// One sub-command; each is declared in the file that is named for it.
pub(crate) struct Command {
    name: &'static str,
    /// What may follow the name, as the help shows it.
    usage: &'static str,
    summary: &'static str,
    run: fn(&[String]) -> Result<()>,
}

/// All sub-commands, in the order in which the help lists them.
pub(crate) const COMMANDS: [Command; 9] = [
    test::COMMAND,
    ci::COMMAND,
    tidy::COMMAND,
    bench::COMMAND,
    chaos::COMMAND,
    story::COMMAND,
    miri::COMMAND,
    fuzz::COMMAND,
    new_rule::COMMAND,
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        // Nobody reads on. Not everything was checked, so it is no success either.
        Err(error) if is_closed_pipe(&error) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let cause = error.root_cause().downcast_ref::<io::Error>();
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        return runner::say(format_args!("{}", help().trim_end()));
    };
    if matches!(name.as_str(), "help" | "-h" | "--help") {
        return runner::say(format_args!("{}", help().trim_end()));
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        bail!("no sub-command `{name}`\nhint: `cargo xtask` lists them");
    };
    if matches!(rest.first().map(String::as_str), Some("-h" | "--help")) {
        let usage = format!("cargo xtask {} {}", command.name, command.usage);
        return runner::say(format_args!("{}\n\n{}", usage.trim_end(), command.summary));
    }
    (command.run)(rest)
}

fn help() -> String {
    let line = |command: &Command| {
        let call = format!("{} {}", command.name, command.usage);
        format!("  {call:<51}{}\n", command.summary)
    };
    let lines: String = COMMANDS.iter().map(line).collect();
    format!("cargo xtask <command>\n\n{lines}")
}

/// The refusal of an argument, with the command's usage beside it.
pub(crate) fn unexpected(argument: &str, command: &Command) -> anyhow::Error {
    let (name, usage) = (command.name, command.usage);
    anyhow::anyhow!("unexpected argument `{argument}`\nhint: cargo xtask {name} {usage}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_lists_every_command_within_the_width_of_a_terminal() {
        let help = help();
        for command in &COMMANDS {
            assert!(help.contains(&format!("\n  {} ", command.name)), "{help}");
        }
        assert!(help.lines().all(|line| line.len() <= 100), "{help}");
    }

    #[test]
    fn an_unknown_command_is_refused_with_a_hint() {
        let error = run(&["tset".to_owned()]).unwrap_err().to_string();
        assert_eq!(
            error,
            "no sub-command `tset`\nhint: `cargo xtask` lists them"
        );
    }
}
