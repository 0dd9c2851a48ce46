//! Runs a program as somebody types it, and shows what it prints while it runs.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, PipeReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::clock::Stopwatch;
use crate::narrator::Narrator;

/// How much of the output is shown.
#[derive(Clone, Copy)]
pub(crate) struct Shown {
    /// Lines from the beginning.
    pub(crate) head: usize,
    /// Lines before the end.
    pub(crate) tail: usize,
}

impl Shown {
    pub(crate) const ALL: Self = Self {
        head: usize::MAX,
        tail: 0,
    };
}

/// How a program ended.
pub(crate) struct Ended {
    pub(crate) success: bool,
    /// Everything that it printed, on either stream.
    pub(crate) lines: Vec<String>,
    pub(crate) took: Duration,
}

/// Starts a program with both of its streams in one pipe, so that lines keep their order.
pub(crate) fn start(mut command: Command) -> Result<(Child, BufReader<PipeReader>)> {
    let (reader, writer) = std::io::pipe().context("failed to make a pipe")?;
    command.stdin(Stdio::null());
    command.stdout(writer.try_clone().context("failed to share a pipe")?);
    command.stderr(writer);
    let name = command.get_program().display().to_string();
    let child = command.spawn();
    // The command holds our ends of the pipe, which would never close.
    drop(command);
    let child = child.with_context(|| format!("failed to start `{name}`"))?;
    Ok((child, BufReader::new(reader)))
}

/// Runs a program to its end and shows what it prints.
pub(crate) fn run(command: Command, shown: Shown, narrator: &mut Narrator) -> Result<Ended> {
    let clock = Stopwatch::start();
    let (mut child, output) = start(command)?;
    let mut lines = Vec::new();
    let mut held: VecDeque<String> = VecDeque::new();
    let mut cut = 0;
    for line in output.lines() {
        let line = line.context("failed to read what a program prints")?;
        if lines.len() < shown.head {
            narrator.output(&line)?;
        } else {
            held.push_back(line.clone());
            if held.len() > shown.tail {
                held.pop_front();
                cut += 1;
            }
        }
        lines.push(line);
    }
    if cut > 0 {
        narrator.cut(cut)?;
    }
    for line in held {
        narrator.output(&line)?;
    }
    let status = child.wait().context("failed to wait for a program")?;
    Ok(Ended {
        success: status.success(),
        lines,
        took: clock.elapsed(),
    })
}

/// The output of a program that must succeed.
pub(crate) fn output(mut command: Command) -> Result<String> {
    let name = command.get_program().display().to_string();
    let output = command
        .output()
        .with_context(|| format!("failed to start `{name}`"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{name}` failed: {}: {}", output.status, said.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{name}` printed no UTF-8"))
}
