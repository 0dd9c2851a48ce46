//! `idshift audit`: finds what makes identifiers below the given paths and in a database, and
//! reports what will break.

mod live;
mod output;
mod settings;

use std::path::PathBuf;

use ::audit::discover::{self, Found};
use ::audit::{Choice, Severity, assess};
use clap::{Args, ValueEnum};

use self::output::Wanted;
use self::settings::Settings;
use crate::Outcome;
use crate::console::{Console, Progress};
use crate::refusal::Refusal;

/// The arguments of `idshift audit`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  idshift audit
  idshift audit prisma/schema.prisma --fail-on critical
  idshift audit --format sarif --output audit.sarif
  idshift audit --database postgres://reader@db.example/shop --sample-rows 1000
  idshift audit --write-baseline idshift-baseline.json
  idshift audit --baseline idshift-baseline.json --also github=-

Exit status:
  0  nothing at or above the threshold
  1  a finding at or above it
  2  the command line, the configuration or the baseline is wrong
  3  something that should have been read could not be, or there was nothing to read")]
pub(crate) struct Arguments {
    /// Files and folders to look through [default: the current folder, if no database is given]
    paths: Vec<PathBuf>,

    /// A PostgreSQL database to read, as a URL
    #[arg(long, value_name = "URL")]
    database: Option<String>,

    /// A file that holds that URL, so that no list of processes shows it
    #[arg(long, value_name = "FILE", conflicts_with = "database")]
    database_file: Option<PathBuf>,

    /// Rows of each key column that are looked at in a database, for the versions that they hold
    #[arg(long, value_name = "N", default_value_t = 0)]
    sample_rows: u32,

    /// The form of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// The file to write it to, instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Another report beside it, as often as wanted; `-` is standard output
    #[arg(long, value_name = "FORMAT=FILE", value_parser = output::wanted)]
    also: Vec<Wanted>,

    /// The severity from which findings fail
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::High)]
    fail_on: FailOn,

    /// Only what this file does not know counts
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Write what is found to such a file, and end with status 0
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,

    /// Only this rule, as often as wanted
    #[arg(long, value_name = "RULE")]
    rule: Vec<String>,

    /// Not this rule, as often as wanted
    #[arg(long, value_name = "RULE")]
    skip: Vec<String>,

    /// The configuration [default: the nearest idshift.toml above the first path]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Draw every finding, and list what was passed by
    #[arg(long, short)]
    verbose: bool,
}

/// The forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, in the terminal
    Text,
    /// For programs
    Json,
    /// For editors and code scanning: SARIF 2.1.0
    Sarif,
    /// For people who are sent the report
    Markdown,
    /// For the annotations of GitHub's workflows
    Github,
    /// For build servers that show tests
    Junit,
}

/// The severities to fail on, and none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Critical,
    High,
    Medium,
    Low,
    Info,
    Never,
}

impl FailOn {
    fn severity(self) -> Option<Severity> {
        match self {
            Self::Critical => Some(Severity::Critical),
            Self::High => Some(Severity::High),
            Self::Medium => Some(Severity::Medium),
            Self::Low => Some(Severity::Low),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

/// Looks, judges and reports.
pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let settings = Settings::read(arguments)?;
    let found = find(arguments, &settings)?;
    if found.is_empty() {
        return Err(nothing(&settings, &found).into());
    }
    for what in &found.unreadable {
        console.warn(&Refusal::unread(format!("failed to {what}")))?;
    }
    let outcome = assess(&found, &settings.config, &settings.choice);
    if let Some(file) = &arguments.write_baseline {
        return settings::write_baseline(file, &outcome, console);
    }
    let fail_on = arguments.fail_on.severity();
    let input = ::audit::report::Input {
        found: &found,
        outcome: &outcome,
        fail_on,
        version: env!("CARGO_PKG_VERSION"),
    };
    output::write(arguments, &input, console)?;
    Ok(if !found.unreadable.is_empty() {
        Outcome::Unread
    } else if fail_on.is_some_and(|threshold| outcome.fails_at(threshold)) {
        Outcome::Refused
    } else {
        Outcome::Fine
    })
}

/// Everything that is to be judged.
fn find(arguments: &Arguments, settings: &Settings) -> anyhow::Result<Found> {
    let progress = Progress::new();
    progress.say("looking through the files");
    let mut found = discover::discover(&settings.paths, &settings.exclude)
        .map_err(|error| settings::refused(&error.into()))?;
    if let Some(url) = &settings.database {
        progress.say("reading the database");
        let (place, schema) = live::read(url, arguments.sample_rows)?;
        found.add_live(&place, schema);
    }
    Ok(found)
}

/// Why there is nothing to judge.
fn nothing(settings: &Settings, found: &Found) -> Refusal {
    if let [first, rest @ ..] = found.unreadable.as_slice() {
        let more = match rest.len() {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        return Refusal::unread(format!("failed to {first}{more}"));
    }
    let paths: Vec<String> = settings
        .paths
        .iter()
        .map(|it| it.display().to_string())
        .collect();
    let seen = match found.files_seen {
        0 => "there is no file".to_owned(),
        1 => "the one file there is of no known kind".to_owned(),
        many => format!("none of the {many} files there is of a known kind"),
    };
    let text = format!(
        "failed to find anything to audit in `{}`: {seen}",
        paths.join("`, `")
    );
    Refusal::unread(text).hint(
        "Prisma schemas, SQL, mappers' files, JSON-LD and source code are looked for; hidden and \
         ignored files and folders of tests are read only if they are named",
    )
}

/// The rules by their names.
fn choice(arguments: &Arguments) -> Result<Choice, Refusal> {
    let named = |names: &[String]| -> Result<Vec<&'static str>, Refusal> {
        let rules = names.iter().map(|name| ::audit::config::rule_named(name));
        let names = rules.map(|rule| rule.map(|rule| rule.name));
        names
            .collect::<Result<_, _>>()
            .map_err(|error| settings::refused(&error))
    };
    Ok(Choice {
        only: named(&arguments.rule)?,
        skip: named(&arguments.skip)?,
        baseline: None,
    })
}
