//! `cargo xtask chaos`: the faults of the tests, on the release build, for as long as asked.

use anyhow::{Context as _, Result, bail};

use crate::runner::{self, Runner};
use crate::{Command, unexpected};

pub(crate) const COMMAND: Command = Command {
    name: "chaos",
    usage: "kill|postgres|disk|fsync|migrate [OPTION...]",
    summary: "faults: nothing may be lost",
    run,
};

/// The options, for who asks for a fault without knowing them.
const OPTIONS: &str = "options: --store sqlite|postgres (of `kill`; both if none is named),
         --cycles N (of `kill`, `postgres`), --fixture NAME (of `migrate`; all if none is named),
         --seed S (repeats a run)";

/// One kind of fault, and the test that it is.
struct Fault {
    name: &'static str,
    /// Package and test program.
    program: (&'static str, &'static str),
    test: &'static str,
    /// The options that it takes.
    options: &'static [&'static str],
}

/// The tests of the server.
const SERVER: (&str, &str) = ("analyticsbot", "chaos");

const FAULTS: [Fault; 5] = [
    Fault {
        name: "kill",
        program: SERVER,
        test: "by_hand::kill",
        options: &["--store", "--cycles", "--seed"],
    },
    Fault {
        name: "postgres",
        program: SERVER,
        test: "by_hand::postgres",
        options: &["--cycles", "--seed"],
    },
    Fault {
        name: "disk",
        program: SERVER,
        test: "disk::a_full_disk_refuses_events_and_nothing_else",
        options: &[],
    },
    Fault {
        name: "fsync",
        program: SERVER,
        test: "sync::a_failed_sync_is_never_acknowledged",
        options: &[],
    },
    Fault {
        name: "migrate",
        program: ("migrate", "proof"),
        test: "by_hand::migrate",
        options: &["--fixture", "--seed"],
    },
];

/// What the tests read.
fn variable_of(fault: &Fault, option: &str) -> Option<&'static str> {
    match (fault.name, option) {
        ("migrate", "--fixture") => Some("MIGRATE_CHAOS_FIXTURE"),
        ("migrate", "--seed") => Some("MIGRATE_CHAOS_SEED"),
        (_, "--store") => Some("ANALYTICSBOT_CHAOS_STORE"),
        (_, "--cycles") => Some("ANALYTICSBOT_CHAOS_CYCLES"),
        (_, "--seed") => Some("ANALYTICSBOT_CHAOS_SEED"),
        _ => None,
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let (fault, settings) = parse(arguments)?;
    let (package, program) = fault.program;
    let test = [
        "test",
        "--release",
        "--package",
        package,
        "--test",
        program,
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
        let variable =
            variable_of(fault, option).filter(|_| fault.options.contains(&option.as_str()));
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
        "--fixture" => !value.is_empty(),
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
        let (_, settings) = parsed("migrate --fixture cycle --seed 3").unwrap();
        let expected = [
            ("MIGRATE_CHAOS_FIXTURE", "cycle".to_owned()),
            ("MIGRATE_CHAOS_SEED", "3".to_owned()),
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
            "kill --fixture cycle",
            "migrate --cycles 3",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }
}
