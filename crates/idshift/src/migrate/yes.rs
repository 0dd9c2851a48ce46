//! Asks before something that others will notice.

use std::io::{self, BufRead, Write};

use clap::Args;

use crate::console::Console;
use crate::refusal::Refusal;

/// The argument that answers beforehand.
#[derive(Args)]
pub(super) struct Yes {
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Yes {
    /// Asks a person; refuses where there is none and nobody said `--yes`.
    pub(super) fn ask(&self, what: &str, console: &mut Console) -> anyhow::Result<()> {
        if self.yes {
            return Ok(());
        }
        if !console.input_is_terminal() {
            let why = "nobody is there to be asked";
            return Err(Refusal::usage(why).hint("add `--yes`").into());
        }
        write!(io::stderr(), "{what}. Go on? [y/N] ")?;
        let mut answer = String::new();
        if let Some(mut input) = console.take_input() {
            input.read_line(&mut answer)?;
        }
        if matches!(answer.trim(), "y" | "Y" | "yes") {
            return Ok(());
        }
        Err(Refusal::new("declined", "failed to go on: the answer was not yes").into())
    }
}
