//! Runs one throwaway server until its standard input closes, and prints its connection string.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the output of a program"
)]

use std::error::Error;
use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: failed to {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let server = testkit::Postgres::start()?;
    println!("{}", server.url());
    io::copy(&mut io::stdin().lock(), &mut io::sink())?;
    Ok(())
}
