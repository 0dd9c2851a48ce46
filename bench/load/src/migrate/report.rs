//! Prints the figures for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::data::{LARGE, SMALL_TABLES};
use super::targets::{
    BACKFILL_ROWS_PER_SECOND, CUTOVER_MS, Figure, LOAD_PERCENT, MEMORY_MIB, WAIT_MS,
};
use super::traffic::Seen;
use super::{Moved, Outcome};
use crate::machine::Machine;
use crate::sample::median;
use crate::table::{self, figure};

const HEAD: [&str; 7] = ["", "", "target", "measured", "ratio", "", "before"];

const LEGEND: &str = "\
longest wait  of any statement of other sessions that read and write the same tables all the time
open          a transaction is left open, with a row of the first and of the last table changed
load          sessions that update, read and insert in transactions, without a pause
before        the same sessions before anything moved
";

impl Outcome {
    /// Everything as text.
    #[must_use]
    pub fn text(&self, machine: &Machine) -> String {
        let mut out = machine.text();
        let _ = writeln!(
            out,
            "PostgreSQL {} with its own settings; {} rows of {} bytes, two more indexes, a child\n\
             \n\
             {LEGEND}",
            self.version,
            figure(self.rows as f64),
            self.row_bytes,
        );
        let mut rows = vec![HEAD.map(str::to_owned).to_vec()];
        rows.extend(self.figures().iter().map(figure_row));
        out.push_str(&table::text(&rows));
        if let Some(moved) = &self.backfill {
            out.push_str(&self.costs(moved));
        }
        if let Some(ms) = median(self.cutovers.iter().map(|one| one.cpu_ms).collect()) {
            let _ = writeln!(
                out,
                "processor time of the cut-over: {ms:.1} ms of the server's"
            );
        }
        out.push_str(&self.beside());
        out.push_str(&self.errors());
        out
    }

    /// Everything as one JSON object.
    #[must_use]
    pub fn json(&self, machine: &Machine) -> Value {
        let figure_json = |figure: &Figure| {
            json!({
                "figure": figure.title,
                "unit": figure.unit,
                "target": figure.target(),
                "measured": figure.measured,
                "met": figure.is_met(),
                "before": figure.before,
            })
        };
        let moved_json = |moved: &Moved| {
            json!({
                "seconds": moved.run.time.as_secs_f64(),
                "longest_wait_ms": moved.during.longest_ms(),
                "bytes_before": moved.bytes_before,
                "bytes_after": moved.bytes_after,
                "log_bytes": moved.log_bytes,
                "errors": moved.during.sample.errors,
                "steps": steps_json(moved),
            })
        };
        json!({
            "processor": machine.processor,
            "cores": machine.cores,
            "kernel": machine.kernel,
            "disk": machine.disk,
            "busy_before": machine.busy,
            "postgresql": self.version,
            "rows": self.rows,
            "row_bytes": self.row_bytes,
            "figures": self.figures().iter().map(figure_json).collect::<Vec<_>>(),
            "cutovers_ms": self.cutovers.iter().map(|one| one.ms).collect::<Vec<_>>(),
            "cutovers_cpu_ms": self.cutovers.iter().map(|one| one.cpu_ms).collect::<Vec<_>>(),
            "idshift": self.backfill.as_ref().map(moved_json),
            "script": self.script.as_ref().map(moved_json),
        })
    }

    fn figures(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        if let Some(moved) = &self.backfill {
            let rate = self.rows_per_second(moved).unwrap_or(f64::NAN);
            let mib = moved.run.peak_bytes as f64 / f64::from(1 << 20);
            let wait = moved.during.longest_ms();
            figures.extend([
                Figure::new("backfill", "rows/s", BACKFILL_ROWS_PER_SECOND, rate),
                Figure::new("memory of idshift", "MiB", MEMORY_MIB, mib),
                Figure::new("longest wait", "ms", WAIT_MS, wait).before(moved.before.longest_ms()),
            ]);
        }
        for idle in &self.idle {
            let seconds = idle.time.as_secs();
            let title = format!("  {} for {seconds} s", idle.stage.title);
            figures.push(Figure::new(title, "ms", WAIT_MS, idle.seen.longest_ms()));
        }
        if let Some(ms) = median(self.cutovers.iter().map(|one| one.ms).collect()) {
            let title = format!("cut-over of {SMALL_TABLES} tables");
            figures.push(Figure::new(title, "ms", CUTOVER_MS, ms));
        }
        if let Some(loaded) = &self.load {
            let share = loaded.during.per_second() / loaded.before.per_second() * 100.0;
            let title = "load during the backfill";
            figures.push(Figure::new(title, "% of before", LOAD_PERCENT, share).before(100.0));
        }
        figures
    }

    fn rows_per_second(&self, moved: &Moved) -> Option<f64> {
        let step = moved.run.fill(LARGE)?;
        Some(self.rows as f64 / step.time.as_secs_f64())
    }

    /// Where the time goes.
    fn costs(&self, moved: &Moved) -> String {
        let Some(step) = moved.run.fill(LARGE) else {
            return String::new();
        };
        let per_row = |time: std::time::Duration| time.as_secs_f64() * 1e6 / self.rows as f64;
        format!(
            "processor time of the backfill for each row: {:.1} us of the server's, {:.1} us of \
             idshift's\n",
            per_row(step.server_cpu),
            per_row(step.own_cpu),
        )
    }

    /// Ours and the script, on the same data.
    fn beside(&self) -> String {
        let named = [
            ("idshift migrate", &self.backfill),
            ("ten steps", &self.script),
        ];
        let head = ["", "longest wait s", "all s", "log MB", "disk MB", "+ MB"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for (name, moved) in named {
            let Some(moved) = moved else { continue };
            let mb = |bytes: u64| figure(bytes as f64 / 1e6);
            rows.push(vec![
                name.to_owned(),
                figure(moved.during.longest.as_secs_f64()),
                figure(moved.run.time.as_secs_f64()),
                mb(moved.log_bytes),
                mb(moved.bytes_after),
                mb(moved.bytes_after.saturating_sub(moved.bytes_before)),
            ]);
        }
        if rows.len() == 1 {
            return String::new();
        }
        format!("\n{}", table::text(&rows))
    }

    /// Whatever other sessions were told instead of what they asked for, and what the load met.
    fn errors(&self) -> String {
        let mut out = String::new();
        if let Some(loaded) = &self.load {
            let line = |seen: &Seen| {
                format!(
                    "{} transactions/s, statements {} ms at p99, {} ms at most",
                    figure(seen.per_second()),
                    figure(seen.sample.quantile_ms(0.99)),
                    figure(seen.longest_ms())
                )
            };
            let rate = loaded
                .run
                .fill(LARGE)
                .map_or(f64::NAN, |step| self.rows as f64 / step.time.as_secs_f64());
            let _ = writeln!(out, "\nload before: {}", line(&loaded.before));
            let _ = writeln!(out, "load during: {}", line(&loaded.during));
            let _ = writeln!(out, "backfill under load: {} rows/s", figure(rate));
        }
        for idle in &self.idle {
            let (name, seconds) = (idle.stage.title, idle.run.time.as_secs_f64());
            let _ = writeln!(out, "{name}: the run took {seconds:.1} s");
        }
        let all = self.backfill.iter().map(|moved| ("idshift", &moved.during));
        let all = all.chain(self.script.iter().map(|moved| ("ten steps", &moved.during)));
        let all = all.chain(self.load.iter().map(|loaded| ("load", &loaded.during)));
        let all = all.chain(self.idle.iter().map(|idle| (idle.stage.title, &idle.seen)));
        for (name, seen) in all {
            for (what, count) in &seen.sample.errors {
                let _ = writeln!(out, "ERROR in {name}: {what}, {count} times");
            }
        }
        out
    }
}

fn steps_json(moved: &Moved) -> Vec<Value> {
    let steps = moved.run.steps.iter().map(|step| {
        json!({
            "step": step.name,
            "seconds": step.time.as_secs_f64(),
            "server_cpu_seconds": step.server_cpu.as_secs_f64(),
            "own_cpu_seconds": step.own_cpu.as_secs_f64(),
        })
    });
    steps.collect()
}

fn figure_row(of: &Figure) -> Vec<String> {
    vec![
        of.title.clone(),
        of.unit.to_owned(),
        figure(of.target()),
        figure(of.measured),
        format!("{:.2} x", of.measured / of.target()),
        if of.is_met() { "met" } else { "MISSED" }.to_owned(),
        of.before.map_or_else(String::new, figure),
    ]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Cutover;
    use super::super::run::{Run, Step};
    use super::*;
    use crate::sample::Sample;

    fn seen(ms: u64) -> Seen {
        Seen {
            sample: Sample::new().unwrap(),
            longest: Duration::from_millis(ms),
        }
    }

    fn moved(wait_ms: u64, seconds: u64) -> Moved {
        let step = Step {
            name: "fill \"public\".\"orders\"".to_owned(),
            time: Duration::from_secs(2),
            server_cpu: Duration::from_secs(1),
            own_cpu: Duration::from_millis(100),
        };
        Moved {
            before: seen(1),
            during: seen(wait_ms),
            run: Run {
                steps: vec![step],
                time: Duration::from_secs(seconds),
                peak_bytes: 20 << 20,
                cutover_ms: Some(4.0),
            },
            bytes_before: 100_000_000,
            bytes_after: 180_000_000,
            log_bytes: 50_000_000,
        }
    }

    fn outcome() -> Outcome {
        Outcome {
            version: 15,
            rows: 100_000,
            row_bytes: 300,
            backfill: Some(moved(90, 5)),
            load: None,
            cutovers: [60.0, 30.0, 70.0]
                .map(|ms| Cutover { ms, cpu_ms: 20.0 })
                .to_vec(),
            idle: Vec::new(),
            script: Some(moved(9_000, 9)),
        }
    }

    #[test]
    fn each_figure_stands_beside_its_target() {
        let figures = outcome().figures();
        let rows: Vec<Vec<String>> = figures.iter().map(figure_row).collect();
        let expected = "\
backfill               rows/s  60,000  50,000  0.83 x  MISSED      
memory of idshift         MiB     100    20.0  0.20 x     met      
longest wait               ms     200    90.0  0.45 x     met  1.00
cut-over of 20 tables      ms    50.0    60.0  1.20 x  MISSED
";
        let trimmed: Vec<&str> = expected.lines().map(str::trim_end).collect();
        assert_eq!(table::text(&rows).lines().collect::<Vec<_>>(), trimmed);
    }

    #[test]
    fn the_script_stands_beside_the_tool() {
        let expected = "
                 longest wait s  all s  log MB  disk MB  + MB
idshift migrate            0.09   5.00    50.0      180  80.0
ten steps                  9.00   9.00    50.0      180  80.0
";
        assert_eq!(outcome().beside(), expected);
    }

    #[test]
    fn errors_of_other_sessions_cannot_be_overlooked() {
        let mut outcome = outcome();
        if let Some(moved) = &mut outcome.backfill {
            moved.during.sample.fail("deadlock detected");
        }
        let text = outcome.errors();
        assert!(
            text.contains("ERROR in idshift: deadlock detected, 1 times"),
            "{text}"
        );
    }
}
