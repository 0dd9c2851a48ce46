//! `idshift completions`: prints the completion script of a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::Outcome;
use crate::console::Console;

/// The arguments of `idshift completions`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  idshift completions bash > ~/.local/share/bash-completion/completions/idshift
  idshift completions zsh > ~/.zfunc/_idshift
  idshift completions fish > ~/.config/fish/completions/idshift.fish")]
pub(crate) struct Arguments {
    /// The shell to print for
    shell: Shell,
}

/// Prints the script.
pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut command = crate::Arguments::command();
    // Generated into memory first: the generator panics when a write fails, as on a closed pipe.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "idshift", &mut script);
    console.write(&script)?;
    Ok(Outcome::Fine)
}
