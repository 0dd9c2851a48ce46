//! `idshift rules`: lists what an audit looks for.

use std::fmt::Write as _;

use audit::{Rule, Severity};
use clap::Args;
use serde::Serialize;

use crate::Outcome;
use crate::console::{BAD, Console, DIM, STRONG, WARNING};
use crate::table::{Cell, Table};

/// The arguments of `idshift rules`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  idshift rules
  idshift rules --json
  idshift explain auto-increment-key")]
pub(crate) struct Arguments {
    /// Print the index of the rules' pages as Markdown
    #[arg(long)]
    markdown: bool,
}

/// A rule as a line of JSON.
#[derive(Serialize)]
struct Line {
    rule: &'static str,
    severity: Severity,
    summary: &'static str,
}

/// Lists the rules, the worst first.
pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let rules = sorted();
    if console.json() {
        for rule in rules {
            console.write_json(&Line {
                rule: rule.name,
                severity: rule.severity,
                summary: rule.summary,
            })?;
        }
    } else if arguments.markdown {
        console.write(index(&rules).as_bytes())?;
    } else {
        let mut table = Table::new(["rule".into(), "severity".into(), "what it finds".into()]);
        for rule in rules {
            let style = console.style(match rule.severity {
                Severity::Critical | Severity::High => BAD,
                Severity::Medium => WARNING,
                Severity::Low | Severity::Info => DIM,
            });
            table.push([
                Cell::styled(rule.name, console.style(STRONG)),
                Cell::styled(rule.severity.name(), style),
                rule.summary.into(),
            ]);
        }
        let columns = console.columns();
        table.draw(console.out(), columns)?;
        console.line(format_args!(
            "idshift explain RULE tells why, and what to do"
        ))?;
    }
    Ok(Outcome::Fine)
}

/// The worst first; of equals, in the order of the catalogue.
fn sorted() -> Vec<&'static Rule> {
    let mut rules: Vec<&'static Rule> = audit::rules().iter().collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.severity));
    rules
}

/// The index of the pages, `docs/rules/README.md`.
fn index(rules: &[&Rule]) -> String {
    let mut text = String::from(
        "# Rules of `idshift audit`\n\n\
         Each page says what the rule finds, what breaks and when, how to fix it and when to\n\
         leave it. `idshift explain RULE` shows the same page in the terminal. This index is\n\
         written by `idshift rules --markdown`.\n\n\
         | rule | severity | what it finds |\n|---|---|---|\n",
    );
    for rule in rules {
        let Rule {
            name,
            severity,
            summary,
            ..
        } = rule;
        let row = format_args!("| [{name}]({name}.md) | {severity} | {summary} |");
        writeln!(text, "{row}").expect("a string takes any text");
    }
    text
}
