//! `cargo xtask bench migrate`: measures the migration of keys. Never fails for being slow.

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use load::Result;
use load::machine::Machine;
use load::migrate;
use load::options::{MIGRATE_HELP, Migrate};

fn main() -> ExitCode {
    let options = match Migrate::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("error: {error}\nhint: `cargo xtask bench migrate --help` lists the options");
            return ExitCode::from(2);
        }
    };
    if options.help {
        print!("{MIGRATE_HELP}");
        return ExitCode::SUCCESS;
    }
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Migrate) -> Result<()> {
    let machine = Machine::read(&std::env::temp_dir())?;
    eprint!("{}", machine.text());
    let outcome = migrate::measure(options)?;
    let text = if options.json {
        format!("{}\n", outcome.json(&machine))
    } else {
        outcome.text(&machine)
    };
    stdout().write_all(text.as_bytes())?;
    Ok(())
}
