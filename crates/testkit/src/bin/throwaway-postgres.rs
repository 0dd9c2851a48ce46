//! Runs one throwaway server until its standard input closes, and prints its connection string.

#![expect(clippy::print_stdout, reason = "the output of a program")]

use std::io;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = testkit::Postgres::start()?;
    println!("{}", server.url());
    io::copy(&mut io::stdin().lock(), &mut io::sink())?;
    Ok(())
}
