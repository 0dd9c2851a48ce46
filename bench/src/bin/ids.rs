//! `cargo xtask bench ids`: checks, measures, prints. Never fails for being slow.

use std::io::{IsTerminal as _, Write as _, stdout};
use std::process::ExitCode;

use bench::harness::{Table, key_of, measure};
use bench::machine::Machine;
use bench::options::{HELP, Options};
use bench::tuned::Child;
use bench::{Result, cases, check, json, report};

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("error: {error}\nhint: `cargo xtask bench ids --help` lists the options");
            return ExitCode::from(2);
        }
    };
    if options.help {
        print!("{HELP}");
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

fn run(options: &Options) -> Result<()> {
    check::all()?;
    let mut tables = cases::tables();
    keep(&mut tables, &options.filter);
    eprintln!("results equal the peers'");
    let child = Child::start(&tables)?;
    let count: usize = tables.iter().map(|table| table.cases.len()).sum();
    eprintln!("timing {count} cases in {} rounds", options.rounds);
    measure(&mut tables, options.rounds, child)?;
    let machine = Machine::read();
    let mut out = stdout();
    let text = if options.json {
        format!("{}\n", json::json(&machine, &tables))
    } else {
        report::text(&machine, &tables, out.is_terminal())
    };
    out.write_all(text.as_bytes())?;
    Ok(())
}

/// Drops what does not match; the clock stays, as ratios are taken to it.
fn keep(tables: &mut Vec<Table>, filter: &str) {
    for table in tables.iter_mut() {
        let title = table.title.to_lowercase();
        let keys: Vec<String> = table.cases.iter().map(|case| key_of(table, case)).collect();
        let mut keys = keys.iter();
        table.cases.retain(|_| {
            let key = keys.next().expect("one key was made for each case");
            key == cases::CLOCK || title.contains(filter) || key.to_lowercase().contains(filter)
        });
    }
    tables.retain(|table| !table.cases.is_empty());
}
