//! `analyticsbot init`: writes a configuration file with every setting and its default.

use std::fs::OpenOptions;
use std::io::{self, Write};

use clap::Args;

use crate::Outcome;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::settings::{FILE_DEFAULT, file};

/// The arguments of `analyticsbot init`.
#[derive(Args)]
#[command(after_help = "\
Every line is behind a comment sign, so the file changes nothing until it is edited.

Examples:
  analyticsbot init
  analyticsbot init --config /etc/analyticsbot.toml
  analyticsbot init --stdout | less")]
pub(crate) struct Arguments {
    /// Print it instead
    #[arg(long)]
    stdout: bool,
}

/// Writes the file, if there is none.
pub(crate) fn run(arguments: &Arguments, context: &mut Context) -> anyhow::Result<Outcome> {
    let text = file();
    if arguments.stdout {
        context.console.out().write_all(text.as_bytes())?;
        return Ok(Outcome::Fine);
    }
    let given = context.settings.given.config.clone();
    let path = given.as_deref().unwrap_or(FILE_DEFAULT);
    write_new(path, &text).map_err(|error| refusal(path, &error))?;
    context.console.line(format_args!("{path}"))?;
    if given.is_none() {
        context
            .console
            .note("it is read by every command that is started in this folder")?;
    } else {
        context
            .console
            .note("name it again with --config, or in ANALYTICSBOT_CONFIG")?;
    }
    Ok(Outcome::Fine)
}

/// For its owner alone: passwords will be written into it.
fn write_new(path: &str, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

fn refusal(path: &str, error: &io::Error) -> Refusal {
    if error.kind() == io::ErrorKind::AlreadyExists {
        return Refusal::new(
            "exists",
            format!("`{path}` is there already, and was left as it is"),
        )
        .hint("--stdout shows what would be written");
    }
    Refusal::new("failed", format!("failed to write `{path}`: {error}"))
}
