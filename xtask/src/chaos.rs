//! `cargo xtask chaos`: the faults of the tests, on the release build, for as long as asked.

use anyhow::{Context as _, Result, bail};

use crate::runner::{self, Runner};
use crate::{Command, unexpected};

pub(crate) const COMMAND: Command = Command {
    name: "chaos",
    usage: "kill|postgres|disk|fsync [OPTION...]",
    summary: "kill, starve and pause the server: nothing is lost",
    run,
};

/// The options, for who asks for a fault without knowing them.
const OPTIONS: &str = "options: --store sqlite|postgres (of `kill`; both if none is named),
         --cycles N (of `kill`, `postgres`), --seed S (repeats a run)";

/// One kind of fault, and the test that it is.
struct Fault {
    name: &'static str,
    test: &'static str,
    /// The options that it takes.
    options: &'static [&'static str],
}

const FAULTS: [Fault; 4] = [
    Fault {
        name: "kill",
        test: "by_hand::kill",
        options: &["--store", "--cycles", "--seed"],
    },
    Fault {
        name: "postgres",
        test: "by_hand::postgres",
        options: &["--cycles", "--seed"],
    },
    Fault {
        name: "disk",
        test: "disk::a_full_disk_refuses_events_and_nothing_else",
        options: &[],
    },
    Fault {
        name: "fsync",
        test: "sync::a_failed_sync_is_never_acknowledged",
        options: &[],
    },
];

/// What the tests read.
fn variable_of(option: &str) -> Option<&'static str> {
    match option {
        "--store" => Some("ANALYTICSBOT_CHAOS_STORE"),
        "--cycles" => Some("ANALYTICSBOT_CHAOS_CYCLES"),
        "--seed" => Some("ANALYTICSBOT_CHAOS_SEED"),
        _ => None,
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let (fault, settings) = parse(arguments)?;
    let test = [
        "test",
        "--release",
        "--package",
        "analyticsbot",
        "--test",
        "chaos",
        "--",
    ];
    let mut command = Runner::new().cargo(&test);
    command.args(["--exact", fault.test, "--include-ignored", "--nocapture"]);
    runner::run(command.envs(settings))
}

/// The fault, and the environment that its test reads.
fn parse(arguments: &[String]) -> Result<(&'static Fault, Vec<(&'static str, String)>)> {
    let (name, rest) = arguments.split_first().context(format!(
        "no fault is named\nhint: cargo xtask chaos {}\n{OPTIONS}",
        COMMAND.usage
    ))?;
    let fault = FAULTS.iter().find(|fault| fault.name == name);
    let fault = fault.ok_or_else(|| unexpected(name, &COMMAND))?;
    let mut settings = Vec::new();
    let mut rest = rest.iter();
    while let Some(option) = rest.next() {
        let variable = variable_of(option).filter(|_| fault.options.contains(&option.as_str()));
        let Some(variable) = variable else {
            bail!("unexpected argument `{option}` of `chaos {name}`\nhint: {OPTIONS}");
        };
        let value = rest.next();
        let value = value.with_context(|| format!("option `{option}` needs a value"))?;
        check(option, value)?;
        settings.push((variable, value.clone()));
    }
    Ok((fault, settings))
}

/// Refuses here what would only make the test panic.
fn check(option: &str, value: &str) -> Result<()> {
    let is_right = match option {
        "--store" => matches!(value, "sqlite" | "postgres"),
        "--cycles" => value.parse::<u64>().is_ok_and(|cycles| cycles > 0),
        _ => value.parse::<u64>().is_ok(),
    };
    if !is_right {
        bail!("`{option}` cannot be `{value}`\nhint: {OPTIONS}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<(&'static str, Vec<(&'static str, String)>)> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&words).map(|(fault, settings)| (fault.name, settings))
    }

    #[test]
    fn options_become_the_environment_of_the_test() {
        let (name, settings) = parsed("kill --store postgres --cycles 7").unwrap();
        assert_eq!(name, "kill");
        let expected = [
            ("ANALYTICSBOT_CHAOS_STORE", "postgres".to_owned()),
            ("ANALYTICSBOT_CHAOS_CYCLES", "7".to_owned()),
        ];
        assert_eq!(settings, expected);
        assert_eq!(parsed("disk").unwrap().1.len(), 0);
    }

    #[test]
    fn what_a_fault_does_not_take_is_refused() {
        for line in [
            "",
            "fire",
            "disk --cycles 3",
            "kill --cycles",
            "kill --cycles 0",
            "kill --store mysql",
            "postgres --store sqlite",
            "kill --seed x",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }
}
