//! `cargo xtask fuzz`: feeds arbitrary bytes to the parsers, for a while.

use std::num::NonZeroU32;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::runner::{self, Runner};
use crate::{Command, unexpected};

pub(crate) const COMMAND: Command = Command {
    name: "fuzz",
    usage: "[TARGET] [--seconds N]",
    summary: "run the fuzz targets, 60 s each",
    run,
};

const SECONDS_DEFAULT: NonZeroU32 = NonZeroU32::new(60).expect("sixty is not zero");

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    /// One target, or all.
    target: Option<String>,
    /// The fuzzer takes zero for "no end".
    seconds: NonZeroU32,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            target: None,
            seconds: SECONDS_DEFAULT,
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            if argument == "--seconds" {
                let value = rest.next().context("`--seconds` needs a number")?;
                options.seconds = value
                    .parse()
                    .with_context(|| format!("failed to read `{value}` as a number of seconds"))?;
            } else if argument.starts_with('-') || options.target.is_some() {
                return Err(unexpected(argument, &COMMAND));
            } else {
                options.target = Some(argument.clone());
            }
        }
        Ok(options)
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let mut runner = Runner::new();
    let known = targets(&runner.root().join("fuzz/fuzz_targets"))?;
    let chosen = match &options.target {
        None => known,
        Some(target) if known.contains(target) => vec![target.clone()],
        Some(target) => {
            bail!(
                "no fuzz target `{target}`\nhint: there are {}",
                known.join(", ")
            )
        }
    };
    if !runner.has(&["fuzz"]) {
        bail!("cargo-fuzz is not installed\nhint: cargo install cargo-fuzz");
    }
    // The flags for coverage are named unstable, but every compiler has them. Address sanitizing
    // would need a standard library of its own; in code this safe the fuzzer looks for panics.
    runner.set("RUSTC_BOOTSTRAP", "1");
    let limit = format!("-max_total_time={}", options.seconds);
    for target in &chosen {
        let run = ["fuzz", "run", "--sanitizer", "none", target, "--", &limit];
        runner::run(&mut runner.cargo(&run))?;
    }
    Ok(())
}

/// The names of the targets: one file, one target.
fn targets(folder: &Path) -> Result<Vec<String>> {
    let entries = folder
        .read_dir()
        .with_context(|| format!("failed to list the fuzz targets in `{}`", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs")
            && let Some(name) = path.file_stem().and_then(|name| name.to_str())
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Options> {
        Options::parse(
            &words
                .iter()
                .map(|&word| word.to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn a_target_and_a_time_may_be_given() {
        assert_eq!(
            parse(&[]).unwrap(),
            Options {
                target: None,
                seconds: SECONDS_DEFAULT
            }
        );
        let expected = Options {
            target: Some("parse".to_owned()),
            seconds: NonZeroU32::new(5).unwrap(),
        };
        assert_eq!(parse(&["parse", "--seconds", "5"]).unwrap(), expected);
        assert!(parse(&["--seconds"]).is_err());
        assert!(parse(&["--seconds", "soon"]).is_err());
        assert!(parse(&["--seconds", "0"]).is_err());
        assert!(parse(&["parse", "format"]).is_err());
    }

    #[test]
    fn targets_are_the_files_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["parse.rs", "inspect.rs", "notes.md"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(targets(folder.path()).unwrap(), ["inspect", "parse"]);
    }
}
