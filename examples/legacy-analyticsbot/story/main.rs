//! Tells on a terminal how AnalyticsBot's keys became UUIDs: every command of the way, on a
//! database that is written to meanwhile, and the checks that nothing was lost.

mod acts;
mod checks;
mod clock;
mod facts;
mod narrator;
mod program;
mod server;
mod stage;
mod story;
mod writer;

#[cfg(test)]
mod tests;

use std::process::ExitCode;

use clap::Parser;

use narrator::Narrator;

/// Tells how `AnalyticsBot`'s keys became UUIDs, on a database made for it
#[derive(Clone, Parser)]
#[command(name = "cargo xtask story")]
pub(crate) struct Options {
    /// Events to begin with
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1000..))]
    rows: u32,

    /// A server to use instead of a private one: the URL of any of its databases, of a superuser
    #[arg(long, value_name = "URL")]
    database: Option<String>,

    /// Break rows on purpose: the checks must notice
    #[arg(long)]
    spoil: bool,
}

fn main() -> ExitCode {
    let mut narrator = Narrator::new(Box::new(anstream::stdout()));
    let told = stage::Stage::by_hand(&Options::parse())
        .and_then(|stage| story::tell(stage, &mut narrator))
        .and_then(|checks| checks.table(&mut narrator));
    match told {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Whoever no longer reads does not miss it.
            narrator.problem(&format!("{error:#}")).ok();
            ExitCode::FAILURE
        }
    }
}
