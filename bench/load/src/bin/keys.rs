//! `cargo xtask bench keys`: measures kinds of keys and of JSON columns in PostgreSQL.

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use load::Result;
use load::keys;
use load::machine::Machine;
use load::options::{KEYS_HELP, Keys};

fn main() -> ExitCode {
    let options = match Keys::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("error: {error}\nhint: `cargo xtask bench keys --help` lists the options");
            return ExitCode::from(2);
        }
    };
    if options.help {
        print!("{KEYS_HELP}");
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

fn run(options: &Keys) -> Result<()> {
    let machine = Machine::read(&std::env::temp_dir())?;
    eprint!("{}", machine.text());
    let outcome = keys::measure(options.rows)?;
    let text = if options.json {
        format!("{}\n", outcome.json(&machine))
    } else {
        outcome.text(&machine)
    };
    stdout().write_all(text.as_bytes())?;
    Ok(())
}
