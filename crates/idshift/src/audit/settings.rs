//! Reads what an audit goes by: configuration, baseline, the database's address.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ::audit::baseline::{self, Baseline};
use ::audit::config::{self, Config, ConfigError};
use ::audit::discover::Exclude;
use ::audit::{Choice, Outcome as Assessed};

use super::Arguments;
use crate::Outcome;
use crate::console::Console;
use crate::refusal::Refusal;

/// A longer file is no connection string.
const URL_BYTES_MAX: usize = 64 << 10;

/// What the arguments lead to.
pub(super) struct Settings {
    pub(super) paths: Vec<PathBuf>,
    pub(super) config: Config,
    pub(super) exclude: Exclude,
    pub(super) choice: Choice,
    pub(super) database: Option<String>,
}

impl Settings {
    pub(super) fn read(arguments: &Arguments) -> anyhow::Result<Self> {
        let database = match &arguments.database_file {
            Some(file) => Some(bounded(file, URL_BYTES_MAX)?.trim().to_owned()),
            None => arguments.database.clone(),
        };
        let mut paths = arguments.paths.clone();
        if paths.is_empty() && database.is_none() {
            paths.push(PathBuf::from("."));
        }
        let file = match &arguments.config {
            Some(file) => Some(file.clone()),
            None => nearest(paths.first().map_or(Path::new("."), PathBuf::as_path)),
        };
        let config = match &file {
            Some(file) => configuration(file)?,
            None => Config::default(),
        };
        let folder = file
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new("."));
        let exclude = Exclude {
            folder: std::path::absolute(Path::new(".").join(folder))?,
            patterns: config.exclude.clone(),
        };
        let mut choice = super::choice(arguments)?;
        if let Some(file) = &arguments.baseline {
            let text = bounded(file, baseline::FILE_BYTES_MAX)?;
            let known = Baseline::parse(&text).map_err(|why| {
                let shown = file.display();
                Refusal::usage(format!("failed to {why} (`{shown}`)"))
                    .hint("`idshift audit --write-baseline FILE` writes one")
            })?;
            choice.baseline = Some(known);
        }
        Ok(Self {
            paths,
            config,
            exclude,
            choice,
            database,
        })
    }
}

/// The nearest configuration above a path, within its repository.
fn nearest(path: &Path) -> Option<PathBuf> {
    // A path that is not there is reported when it is read.
    let start = path.canonicalize().ok()?;
    for folder in start.ancestors() {
        let file = folder.join(config::FILE_NAME);
        if file.is_file() {
            // Shorter for people, where it lies in the current folder.
            let current = std::env::current_dir().and_then(|it| it.canonicalize());
            let below = current
                .ok()
                .and_then(|it| file.strip_prefix(it).ok().map(PathBuf::from));
            return Some(below.unwrap_or(file));
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

fn configuration(file: &Path) -> Result<Config, Refusal> {
    let text = bounded(file, config::FILE_BYTES_MAX)?;
    Config::parse(&text).map_err(|error| {
        let error = ConfigError {
            message: format!("{} (`{}`)", error.message, file.display()),
            ..error
        };
        refused(&error)
    })
}

/// A configuration that is not accepted, as the command line tells it.
pub(super) fn refused(error: &ConfigError) -> Refusal {
    let refusal = Refusal::usage(format!("failed to {error}"));
    match &error.hint {
        Some(hint) => refusal.hint(hint.clone()),
        None => refusal,
    }
}

/// The text of a file of at most this many bytes that was named on the command line.
fn bounded(file: &Path, bytes_max: usize) -> Result<String, Refusal> {
    let fail = |why: &dyn std::fmt::Display| {
        Refusal::usage(format!("failed to read `{}`: {why}", file.display()))
    };
    let open = |file: &Path| -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(bytes_max)
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        fs::File::open(file)?.take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = open(file).map_err(|why| fail(&why))?;
    if bytes.len() > bytes_max {
        return Err(fail(&format!("it has more than {bytes_max} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| fail(&"it is not UTF-8"))
}

/// Writes what counts, and what the last baseline knew and is still there.
pub(super) fn write_baseline(
    file: &Path,
    outcome: &Assessed,
    console: &mut Console,
) -> anyhow::Result<Outcome> {
    let baseline = Baseline::of(outcome.findings.iter().chain(&outcome.known));
    fs::write(file, baseline.text()).map_err(|why| {
        Refusal::new(
            "failed",
            format!("failed to write `{}`: {why}", file.display()),
        )
    })?;
    let known = match baseline.len() {
        1 => "1 finding".to_owned(),
        many => format!("{many} findings"),
    };
    let shown = file.display();
    if console.json() {
        console.write_json(&serde_json::json!({
            "baseline": shown.to_string(),
            "findings": baseline.len(),
        }))?;
    } else {
        console.line(format_args!("{known} in `{shown}`, known from now on"))?;
        console.line(format_args!("next: idshift audit --baseline {shown}"))?;
    }
    Ok(Outcome::Fine)
}
