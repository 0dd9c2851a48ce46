//! `cargo xtask bench collect`: measures the server. Never fails for being slow.

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use load::Result;
use load::collect::{self, json, report};
use load::floor::bare;
use load::machine::Machine;
use load::options::{COLLECT_HELP, Collect};

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(bare::ARGUMENT) {
        return ended(bare::serve());
    }
    let options = match Collect::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("error: {error}\nhint: `cargo xtask bench collect --help` lists the options");
            return ExitCode::from(2);
        }
    };
    if options.help {
        print!("{COLLECT_HELP}");
        return ExitCode::SUCCESS;
    }
    ended(run(&options))
}

fn ended(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Collect) -> Result<()> {
    let machine = Machine::read(&std::env::temp_dir())?;
    eprint!("{}", machine.text());
    let mut outcomes = Vec::new();
    for &store in &options.stores {
        outcomes.push(collect::measure(store, options)?);
    }
    let text = if options.json {
        format!("{}\n", json::json(&machine, options, &outcomes))
    } else {
        report::text(&machine, options, &outcomes)
    };
    stdout().write_all(text.as_bytes())?;
    Ok(())
}
