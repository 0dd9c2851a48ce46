//! `idshift` as a child process, watched step by step.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::data::Database;
use crate::{Result, machine};

/// Between two looks at the processes.
const LOOK: Duration = Duration::from_millis(50);

/// What a run of `apply` has cost.
#[derive(Default)]
pub(super) struct Run {
    pub(super) steps: Vec<Step>,
    pub(super) time: Duration,
    pub(super) peak_bytes: u64,
    /// How long all tables were locked, where the run went that far.
    pub(super) cutover_ms: Option<f64>,
}

/// One step, by what the program calls it.
pub(super) struct Step {
    pub(super) name: String,
    pub(super) time: Duration,
    /// Processor time of the server's processes that serve the program, and of the program.
    pub(super) server_cpu: Duration,
    pub(super) own_cpu: Duration,
}

impl Run {
    /// The first step that fills that table: the ones after it fill what the first has left.
    pub(super) fn fill(&self, table: &str) -> Option<&Step> {
        let name = format!("fill \"public\".\"{table}\"");
        self.steps.iter().find(|step| step.name == name)
    }
}

/// Makes a plan, with the arguments that choose the tables.
pub(super) fn plan(program: &Path, url: &str, file: &Path, choice: &[&str]) -> Result<()> {
    let output = Command::new(program)
        .args(["migrate", "plan", "--database", url, "--output"])
        .arg(file)
        .args(choice)
        .output()
        .map_err(|error| format!("failed to start `{}`: {error}", program.display()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("failed to make a plan: {said}").into())
}

/// Runs a plan up to a phase; `told` hears the name of each step as it begins.
pub(super) fn apply(
    program: &Path,
    database: &mut Database,
    (plan, until): (&Path, &str),
    mut told: impl FnMut(&str) -> Result<()>,
) -> Result<Run> {
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(["migrate", "apply", "--yes", "--json", "--until", until])
        .args(["--database", &database.url])
        .arg(plan)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("failed to start `{}`: {error}", program.display()))?;
    let lines = lines(&mut child)?;
    let mut watch = Watch::new(child.id());
    let mut run = Run::default();
    let mut said = String::new();
    loop {
        match lines.recv_timeout(LOOK) {
            Ok(line) => {
                said.push_str(&line);
                said.push('\n');
                if let Some(name) = step_of(&line) {
                    watch.look(database, &mut run);
                    told(name)?;
                    watch.begin(&mut run, name);
                }
            }
            Err(RecvTimeoutError::Timeout) => watch.look(database, &mut run),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    watch.end(&mut run);
    run.time = begun.elapsed();
    let mut output = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut output)?;
    }
    if !child.wait()?.success() {
        return Err(format!("failed to apply the plan: {output}{said}").into());
    }
    let done: Value = serde_json::from_str(output.trim())?;
    run.cutover_ms = done["cutover_ms"].as_f64();
    Ok(run)
}

/// What the program tells, line by line, until it ends.
fn lines(child: &mut Child) -> Result<Receiver<String>> {
    let (sender, receiver) = mpsc::channel();
    let stderr = child.stderr.take().ok_or("the program is mute")?;
    thread::spawn(move || {
        for line in BufReader::new(stderr)
            .lines()
            .map_while(std::io::Result::ok)
        {
            // Nobody listens any more only after an error, which was told.
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    Ok(receiver)
}

/// `fill "public"."orders"` of `[7/40] fill "public"."orders"`.
fn step_of(line: &str) -> Option<&str> {
    let (number, name) = line.strip_prefix('[')?.split_once("] ")?;
    number.contains('/').then_some(name)
}

/// The processes of a run: the program, and the server's for its connections.
struct Watch {
    pid: u32,
    servers: Vec<(u32, Duration)>,
    begun: Instant,
    server_before: Duration,
    own_before: Duration,
    own: Duration,
}

impl Watch {
    fn new(pid: u32) -> Self {
        Self {
            pid,
            servers: Vec::new(),
            begun: Instant::now(),
            server_before: Duration::ZERO,
            own_before: Duration::ZERO,
            own: Duration::ZERO,
        }
    }

    /// Processes that are gone keep what was last seen of them.
    fn look(&mut self, database: &mut Database, run: &mut Run) {
        let sql = "SELECT pid FROM pg_stat_activity WHERE application_name = 'idshift'
                   AND datname = current_database()";
        for row in database.client.query(sql, &[]).unwrap_or_default() {
            let pid = row.get::<_, i32>(0).unsigned_abs();
            if !self.servers.iter().any(|(known, _)| *known == pid) {
                self.servers.push((pid, Duration::ZERO));
            }
        }
        for (pid, cpu) in &mut self.servers {
            *cpu = running(*pid).unwrap_or(*cpu);
        }
        self.own = machine::cpu_of(self.pid).unwrap_or(self.own);
        let peak = machine::peak_bytes_of(self.pid).unwrap_or_default();
        run.peak_bytes = run.peak_bytes.max(peak);
    }

    fn server(&self) -> Duration {
        self.servers.iter().map(|(_, cpu)| *cpu).sum()
    }

    fn begin(&mut self, run: &mut Run, name: &str) {
        self.end(run);
        run.steps.push(Step {
            name: name.to_owned(),
            time: Duration::ZERO,
            server_cpu: Duration::ZERO,
            own_cpu: Duration::ZERO,
        });
        self.begun = Instant::now();
        (self.server_before, self.own_before) = (self.server(), self.own);
    }

    fn end(&mut self, run: &mut Run) {
        if let Some(step) = run.steps.last_mut() {
            step.time = self.begun.elapsed();
            step.server_cpu = self.server().saturating_sub(self.server_before);
            step.own_cpu = self.own.saturating_sub(self.own_before);
        }
    }
}

/// Processor time of a process with one thread, as the server's are, in the scheduler's
/// nanoseconds.
fn running(pid: u32) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{pid}/schedstat")).ok()?;
    let nanoseconds = text.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_told_from_other_lines() {
        assert_eq!(
            step_of("[7/40] fill \"public\".\"orders\""),
            Some("fill \"public\".\"orders\"")
        );
        assert_eq!(step_of("all tables were locked for 3.0 ms"), None);
        assert_eq!(step_of("[====    ] 41 %"), None);
    }

    #[test]
    fn a_busy_process_has_used_time() {
        assert!(running(std::process::id()).is_some());
        assert!(running(u32::MAX).is_none());
    }
}
