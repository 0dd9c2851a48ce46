//! Asks a second binary for the cases that need another build of the peers.
//!
//! Parent and child take turns: a line with the key of a case goes in, one line of JSON with the
//! figure of one batch comes out. So both see the same noise, and never run at the same time.

use std::io::{BufRead, BufReader, Write, stdin, stdout};
use std::path::PathBuf;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::case::Build;
use crate::harness::{Table, key_of};
use crate::{Result, cases};

/// The running second binary.
pub struct Child {
    process: std::process::Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Child {
    /// Builds and starts the second binary, if a case in `tables` needs it.
    ///
    /// # Errors
    ///
    /// If cargo fails or the binary cannot be started.
    pub fn start(tables: &[Table]) -> Result<Option<Self>> {
        let mut cases = tables.iter().flat_map(|table| &table.cases);
        if !cases.any(|case| case.build == Build::Tuned) {
            return Ok(None);
        }
        let binary = build()?;
        let mut process = Command::new(binary)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let asks = process
            .stdin
            .take()
            .ok_or("open the input of the tuned binary")?;
        let answers = process
            .stdout
            .take()
            .ok_or("open the output of the tuned binary")?;
        Ok(Some(Self {
            process,
            asks,
            answers: BufReader::new(answers),
        }))
    }

    /// Has the child run one batch of the case named `key`; nanoseconds per id.
    ///
    /// # Errors
    ///
    /// If the child stops, does not know the case, or answers with anything but a figure.
    pub fn sample(&mut self, key: &str) -> Result<f64> {
        writeln!(self.asks, "{key}")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        let value: Value = serde_json::from_str(&answer)
            .map_err(|e| format!("read the answer of the tuned binary for `{key}`: {e}"))?;
        value["ns"]
            .as_f64()
            .ok_or_else(|| format!("tuned binary answered `{}` for `{key}`", answer.trim()).into())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It holds nothing worth an orderly end, and may already have gone.
        if self.process.kill().is_ok() {
            let _gone = self.process.wait();
        }
    }
}

/// Builds the second binary in a target directory of its own, as a change of features in the
/// first's would rebuild both each time.
fn build() -> Result<PathBuf> {
    eprintln!("building the peers with their faster options");
    let own = std::env::current_exe()?;
    let target = own
        .ancestors()
        .nth(2)
        .ok_or("find the target directory")?
        .join("tuned");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--release",
            "--features",
            "tuned",
            "--bin",
            "tuned",
        ])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .arg("--target-dir")
        .arg(&target)
        .status()
        .map_err(|e| format!("run cargo for the tuned binary: {e}"))?;
    if !status.success() {
        return Err(format!("build the tuned binary: cargo ended with {status}").into());
    }
    Ok(target.join("release").join("tuned"))
}

/// The child's side: answers until its input ends.
///
/// # Errors
///
/// If its input or output fails.
pub fn serve() -> Result<()> {
    let mut tables = cases::tables();
    for key in stdin().lines() {
        writeln!(stdout(), "{}", answer(&mut tables, &key?))?;
    }
    Ok(())
}

fn answer(tables: &mut [Table], key: &str) -> Value {
    for table in tables {
        let named = |case| key_of(table, case) == key;
        let found = table.cases.iter().position(named);
        if let Some(at) = found {
            return json!({ "ns": table.cases[at].batch() });
        }
    }
    json!({ "error": format!("no case `{key}`") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_child_answers_for_cases_that_it_has() {
        let mut tables = cases::tables();
        let known = answer(&mut tables, "floor/SystemTime::now");
        assert!(known["ns"].as_f64().is_some_and(|ns| ns > 0.0), "{known}");
        let unknown = answer(&mut tables, "floor/none");
        assert_eq!(unknown["error"], "no case `floor/none`");
    }
}
