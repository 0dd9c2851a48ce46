//! How far an import is, while it runs: a bar on a terminal, else a line every few seconds.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::console::Console;

/// Between two pictures of the bar.
const REDRAW: Duration = Duration::from_millis(200);

/// Between two lines where nobody watches.
const LINE: Duration = Duration::from_secs(5);

/// Characters of the bar.
const BAR_CELLS: u64 = 24;

/// What is shown.
pub(super) struct Progress {
    read: Arc<AtomicU64>,
    size: Option<u64>,
    started: Instant,
    /// What was read before the start: looking for the place where to go on costs no time to speak
    /// of, and is no rate.
    read_before: u64,
    shown: Instant,
    drawn: bool,
}

impl Progress {
    /// Of an input of `size` bytes, of which `read` counts those that were read.
    pub(super) fn new(read: Arc<AtomicU64>, size: Option<u64>) -> Self {
        let now = Instant::now();
        Self {
            read_before: read.load(Ordering::Relaxed),
            read,
            size,
            started: now,
            shown: now,
            drawn: false,
        }
    }

    /// Time since the start.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Shows that this run has done so many records, if it is time.
    pub(super) fn show(&mut self, console: &mut Console, records: u64) -> io::Result<()> {
        let terminal = console.err_is_terminal();
        let pause = if terminal { REDRAW } else { LINE };
        if self.shown.elapsed() < pause {
            return Ok(());
        }
        self.shown = Instant::now();
        let text = self.text(records);
        if !terminal {
            return console.note(&text);
        }
        self.drawn = true;
        write!(console.err(), "\r\x1b[K{text}")
    }

    /// Takes the bar away.
    pub(super) fn clear(&mut self, console: &mut Console) -> io::Result<()> {
        if self.drawn {
            write!(console.err(), "\r\x1b[K")?;
            self.drawn = false;
        }
        Ok(())
    }

    fn text(&self, records: u64) -> String {
        let elapsed = self.elapsed();
        let rate = per_second(records, elapsed);
        let read = self.read.load(Ordering::Relaxed);
        let Some(size) = self.size.filter(|size| *size > 0) else {
            return format!("{records} records, {rate}/s");
        };
        let done = read.min(size);
        let cells = usize::try_from(done * BAR_CELLS / size).unwrap_or_default();
        let all = usize::try_from(BAR_CELLS).unwrap_or_default();
        let bar = format!("{}{}", "#".repeat(cells), "-".repeat(all - cells));
        let percent = done * 100 / size;
        let left = match per_second(read - self.read_before, elapsed) {
            0 => String::new(),
            rate => format!(", {} s left", (size - done).div_ceil(rate)),
        };
        format!("[{bar}] {percent} %, {records} records, {rate}/s{left}")
    }
}

/// A rate in whole units.
pub(super) fn per_second(count: u64, elapsed: Duration) -> u64 {
    let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    count.saturating_mul(1000) / ms.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_picture_has_share_rate_and_rest() {
        let read = Arc::new(AtomicU64::new(1_000));
        let progress = Progress::new(read.clone(), Some(5_000));
        tokio::time::advance(Duration::from_secs(2)).await;
        read.store(2_500, Ordering::Relaxed);
        let text = progress.text(300);
        let bar = "[############------------] 50 %, 300 records, 150/s, 4 s left";
        assert_eq!(text, bar);
        let unknown = Progress::new(read, None);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(unknown.text(7), "7 records, 7/s");
    }
}
