//! `analyticsbot completions`: prints the completion script of a shell.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::Outcome;
use crate::console::Console;

/// The arguments of `analyticsbot completions`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  analyticsbot completions bash > ~/.local/share/bash-completion/completions/analyticsbot
  analyticsbot completions zsh > ~/.zfunc/_analyticsbot
  analyticsbot completions fish > ~/.config/fish/completions/analyticsbot.fish")]
pub(crate) struct Arguments {
    /// The shell to print for
    shell: Shell,
}

/// Prints the script.
pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut command = crate::Arguments::command();
    // Generated into memory first: the generator panics when a write fails, as on a closed pipe.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "analyticsbot", &mut script);
    console.out().write_all(&script)?;
    Ok(Outcome::Fine)
}
