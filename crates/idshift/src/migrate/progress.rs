//! Tells how far a run is: a line that changes on a terminal, a line now and then elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use migrate::run::{Control, Event};
use serde::Serialize;

use super::stop::Stop;
use crate::Outcome;
use crate::clock::Stopwatch;
use crate::console::Console;

/// How often a line is written that stays.
const LINE_PERIOD: Duration = Duration::from_secs(10);

/// How often the line on a terminal changes.
const REDRAW_PERIOD: Duration = Duration::from_millis(100);

/// Cells of the bar.
const BAR_CELLS: u64 = 24;

/// What is known of the run.
pub(super) struct Progress {
    json: bool,
    terminal: bool,
    start: Stopwatch,
    /// Since the walk that is under way began, and its rows at that time.
    walk: Option<(Stopwatch, u64)>,
    told: Duration,
    steps: u32,
    held: Option<Duration>,
    waited: Option<String>,
}

/// The end of a run, for programs.
#[derive(Serialize)]
struct End {
    done: bool,
    steps: u32,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cutover_ms: Option<f64>,
}

impl Progress {
    pub(super) fn new(json: bool) -> Self {
        Self {
            json,
            terminal: io::stderr().is_terminal(),
            start: Stopwatch::start(),
            walk: None,
            told: Duration::ZERO,
            steps: 0,
            held: None,
            waited: None,
        }
    }

    /// Takes an event; the answer is to stop if somebody asked for it. In the middle of a
    /// transaction too: it is then as if it had not begun.
    pub(super) fn tell(&mut self, event: &Event<'_>, stop: &Stop) -> Control {
        match event {
            Event::Step { step, total } => {
                self.steps += 1;
                self.walk = None;
                self.line(&format!("[{}/{total}] {}", step.number, step.name));
            }
            Event::Batch {
                table,
                rows,
                rows_total,
            } => {
                let (since, before) = self.walk.get_or_insert_with(|| (Stopwatch::start(), *rows));
                let seconds = since.elapsed().as_secs_f64().max(0.001);
                #[expect(clippy::cast_precision_loss, reason = "a rate needs no 53 bits")]
                let rate = whole((*rows - *before) as f64 / seconds);
                let text = filling(&table.to_string(), (*rows, *rows_total), rate);
                self.change(&text);
            }
            Event::Waiting { attempt, holders } => self.waiting(*attempt, holders),
            Event::Paused { reason } => self.change(&format!("held: {reason}")),
            Event::CutOver { waited, held } => {
                self.held = Some(*held);
                let (waited, held) = (ms(*waited), ms(*held));
                let text = format!("all tables were locked for {held:.1} ms, after {waited:.1} ms");
                self.line(&text);
            }
            Event::Before(_) | Event::After(_) => {}
        }
        // Between statements, not after one: what was done and recorded is never told as undone.
        if stop.asked() && !matches!(event, Event::After(_)) {
            return Control::Stop;
        }
        Control::Continue
    }

    fn waiting(&mut self, attempt: u32, holders: &str) {
        // The first attempts fail all the time on a busy table; who is in the way is said once.
        if attempt < 5 || self.waited.as_deref() == Some(holders) {
            return;
        }
        self.waited = Some(holders.to_owned());
        let who = if holders.is_empty() {
            "somebody who is gone"
        } else {
            holders
        };
        self.line(&format!(
            "attempt {attempt} at a lock that others hold:\n{who}"
        ));
    }

    /// A line that stays.
    fn line(&mut self, text: &str) {
        self.told = self.start.elapsed();
        let clear = if self.terminal { "\r\u{1b}[K" } else { "" };
        // Whoever does not see it misses nothing.
        writeln!(io::stderr(), "{clear}{text}").ok();
    }

    /// A line that the next one replaces.
    fn change(&mut self, text: &str) {
        let now = self.start.elapsed();
        let period = if self.terminal {
            REDRAW_PERIOD
        } else {
            LINE_PERIOD
        };
        if now.saturating_sub(self.told) < period {
            return;
        }
        self.told = now;
        if self.terminal {
            let mut err = io::stderr();
            write!(err, "\r\u{1b}[K{text}")
                .and_then(|()| err.flush())
                .ok();
        } else {
            writeln!(io::stderr(), "{text}").ok();
        }
    }

    /// Says that the run is done, and what comes next, if anything does.
    pub(super) fn end(self, next: &str, console: &mut Console) -> anyhow::Result<Outcome> {
        let seconds = self.start.elapsed().as_secs_f64();
        if self.json {
            console.write_json(&End {
                done: true,
                steps: self.steps,
                seconds,
                cutover_ms: self.held.map(ms),
            })?;
        } else {
            console.line(format_args!("done: {} steps in {seconds:.1} s", self.steps))?;
            if !next.is_empty() {
                console.line(format_args!("next: {next}"))?;
            }
        }
        Ok(Outcome::Fine)
    }
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// `"public"."events" [=====>    ] 41 % 1200000 of 2900000 rows, 64000 rows/s, 27 s left`
fn filling(table: &str, (rows, total): (u64, u64), rate: u64) -> String {
    let total = total.max(rows).max(1);
    let cells = usize::try_from(rows * BAR_CELLS / total).unwrap_or_default();
    let rest = usize::try_from(BAR_CELLS).unwrap_or_default() - cells;
    let percent = rows * 100 / total;
    let left = (total - rows).checked_div(rate);
    let left = left.map_or_else(String::new, |seconds| format!(", {seconds} s left"));
    format!(
        "{table} [{}{}] {percent} % {rows} of {total} rows, {rate} rows/s{left}",
        "=".repeat(cells),
        " ".repeat(rest),
    )
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate of rows is positive and far below 2^64"
)]
fn whole(rate: f64) -> u64 {
    rate as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_says_how_far_and_how_long() {
        assert_eq!(
            filling("t", (50, 100), 10),
            "t [============            ] 50 % 50 of 100 rows, 10 rows/s, 5 s left"
        );
        assert_eq!(
            filling("t", (7, 0), 0),
            format!("t [{}] 100 % 7 of 7 rows, 0 rows/s", "=".repeat(24))
        );
    }
}
