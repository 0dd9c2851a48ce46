//! Writes the reports of an audit to where they were asked for.

use std::fs;
use std::path::{Path, PathBuf};

use ::audit::report::{Input, github, json, junit, markdown, sarif, terminal};
use clap::ValueEnum;

use super::{Arguments, Format};
use crate::console::Console;
use crate::refusal::Refusal;

/// A report, and where it goes; None is standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    format: Format,
    file: Option<PathBuf>,
}

/// Reads `sarif=audit.sarif`.
pub(super) fn wanted(text: &str) -> Result<Wanted, String> {
    let (format, file) = text
        .split_once('=')
        .ok_or("expected FORMAT=FILE, such as `sarif=audit.sarif`")?;
    let format =
        Format::from_str(format, true).map_err(|_| format!("`{format}` is no form of a report"))?;
    if file.is_empty() {
        return Err("the file has no name; `-` is standard output".to_owned());
    }
    let file = (file != "-").then(|| PathBuf::from(file));
    Ok(Wanted { format, file })
}

/// Writes every report that was asked for.
pub(super) fn write(
    arguments: &Arguments,
    input: &Input<'_>,
    console: &mut Console,
) -> anyhow::Result<()> {
    let is_text = arguments.format == Format::Text;
    let first = Wanted {
        format: if console.json() && is_text {
            Format::Json
        } else {
            arguments.format
        },
        file: arguments.output.clone(),
    };
    for report in std::iter::once(&first).chain(&arguments.also) {
        if let Some(file) = &report.file {
            to_file(file, &rendered(report.format, input, plain(arguments)))?;
        } else {
            let options = terminal::Options {
                columns: console.columns(),
                colour: console.coloured(),
                verbose: arguments.verbose,
            };
            console.write(rendered(report.format, input, options).as_bytes())?;
        }
    }
    Ok(())
}

/// Columns of a text report in a file.
const COLUMNS_IN_FILE: usize = 100;

fn plain(arguments: &Arguments) -> terminal::Options {
    terminal::Options {
        columns: COLUMNS_IN_FILE,
        colour: false,
        verbose: arguments.verbose,
    }
}

fn rendered(format: Format, input: &Input<'_>, options: terminal::Options) -> String {
    match format {
        Format::Text => terminal::render(input, options),
        Format::Json => json::render(input),
        Format::Sarif => sarif::render(input),
        Format::Markdown => markdown::render(input),
        Format::Github => github::render(input),
        Format::Junit => junit::render(input),
    }
}

fn to_file(file: &Path, text: &str) -> Result<(), Refusal> {
    fs::write(file, text).map_err(|why| {
        Refusal::new(
            "failed",
            format!("failed to write `{}`: {why}", file.display()),
        )
    })
}
