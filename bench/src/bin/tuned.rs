//! The child of `ids`: answers for the cases that need the peers' faster options.

use std::process::ExitCode;

fn main() -> ExitCode {
    match bench::tuned::serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
