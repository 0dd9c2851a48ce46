//! `cargo xtask tidy`: the rules of the house that neither the compiler nor clippy knows.
//!
//! A check is a pure function from the tree of files to findings. Each has a file of its own, with
//! a test that proves that it can fail; one test here runs all of them on the real tree.

mod budgets;
mod commands;
mod dependencies;
mod figures;
mod headings;
mod imports;
mod links;
mod machine_paths;
mod manifest;
mod markdown;
mod module_docs;
mod pages;
mod panics;
mod source;
mod tree;
mod unsafe_code;

use std::fmt;

use anyhow::{Context as _, Result, bail};

use crate::runner::{self, Runner};
use crate::{Command, unexpected};
use manifest::Manifest;
use tree::Tree;

pub(crate) const COMMAND: Command = Command {
    name: "tidy",
    usage: "",
    summary: "check the crate map, budgets and documents",
    run,
};

/// One rule.
struct Check {
    name: &'static str,
    find: fn(&Tree) -> Vec<Finding>,
}

const CHECKS: [Check; 11] = [
    Check {
        name: "imports follow the crate map",
        find: imports::find,
    },
    Check {
        name: "dependencies are few and reasoned",
        find: dependencies::find,
    },
    Check {
        name: "functions, files and lines are short",
        find: budgets::find,
    },
    Check {
        name: "nothing unwraps, every expect says why",
        find: panics::find,
    },
    Check {
        name: "unsafe code is listed and proven",
        find: unsafe_code::find,
    },
    Check {
        name: "modules begin with a sentence",
        find: module_docs::find,
    },
    Check {
        name: "pages and things come in pairs",
        find: pages::find,
    },
    Check {
        name: "documented commands exist",
        find: commands::find,
    },
    Check {
        name: "headings have a text",
        find: headings::find,
    },
    Check {
        name: "links lead somewhere",
        find: links::find,
    },
    Check {
        name: "no machine's own paths",
        find: machine_paths::find,
    },
];

/// One place where a rule is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    path: String,
    /// From 1.
    line: usize,
    message: String,
}

impl Finding {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

fn run(arguments: &[String]) -> Result<()> {
    match arguments.first() {
        Some(argument) => Err(unexpected(argument, &COMMAND)),
        None => check(&Runner::new()),
    }
}

/// Runs all checks on the workspace and prints what they found.
pub(crate) fn check(runner: &Runner) -> Result<()> {
    let tree = Tree::load(runner.root())?;
    let mut count = 0;
    for check in &CHECKS {
        let findings = (check.find)(&tree);
        count += findings.len();
        let mark = if findings.is_empty() { "ok  " } else { "FAIL" };
        runner::say(format_args!("{mark} {}", check.name))?;
        for finding in findings {
            runner::say(format_args!("     {finding}"))?;
        }
    }
    runner::say(format_args!("\n{}", figures::of(&tree)))?;
    if count > 0 {
        bail!("tidy found {count} places to mend");
    }
    Ok(())
}

/// The features of one crate, without `default`.
pub(crate) fn features(runner: &Runner, folder: &str) -> Result<Vec<String>> {
    let path = runner.root().join(folder).join("Cargo.toml");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("failed to read `{}`", path.display()))?;
    let manifest = Manifest::parse(&format!("{folder}/Cargo.toml"), &text)
        .map_err(|finding| anyhow::anyhow!("{finding}"))?;
    Ok(manifest.features)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        let tree = Tree::load(Runner::new().root()).unwrap();
        assert!(
            tree.sources().len() > 10,
            "the walk must have found the sources"
        );
        let findings: Vec<String> = CHECKS
            .iter()
            .flat_map(|check| (check.find)(&tree))
            .map(|finding| finding.to_string())
            .collect();
        assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    }

    #[test]
    fn the_core_of_ids_has_features_to_check_alone() {
        let features = features(&Runner::new(), "crates/ids").unwrap();
        assert!(features.contains(&"std".to_owned()), "{features:?}");
        assert!(!features.contains(&"default".to_owned()), "{features:?}");
    }
}
