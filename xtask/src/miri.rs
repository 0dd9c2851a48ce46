//! `cargo xtask miri`: runs the tests of `ids` in an interpreter that notices undefined behaviour.

use anyhow::{Result, bail};

use crate::Command;
use crate::runner::{self, Runner};

pub(crate) const COMMAND: Command = Command {
    name: "miri",
    usage: "[ARGUMENT...]",
    summary: "run the tests of `ids` under Miri (nightly)",
    run,
};

fn run(arguments: &[String]) -> Result<()> {
    let mut runner = Runner::new();
    if !runner.has(&["+nightly", "miri"]) {
        bail!(
            "Miri is not installed\nhint: rustup toolchain install nightly --component miri \
             --component rust-src"
        );
    }
    if runner::variable("MIRIFLAGS").is_none() {
        // The generators read the clock and the system's entropy, which isolation would refuse.
        runner.set("MIRIFLAGS", "-Zmiri-disable-isolation");
    }
    runner::run(
        runner
            .cargo(&[
                "+nightly",
                "miri",
                "test",
                "--package",
                "ids",
                "--lib",
                "--features",
                "testing,serde",
            ])
            .args(arguments),
    )
}
