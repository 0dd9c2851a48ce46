//! A progress bar on the terminal, beside the work that it shows.

use std::future::Future;
use std::io::{self, Write as _};
use std::pin::pin;
use std::time::Duration;

use store::Progress;
use tokio::sync::watch;

use crate::console::Console;

/// Between two pictures of the bar.
const REDRAW: Duration = Duration::from_millis(200);

/// Characters of the bar.
const CELLS: u64 = 24;

/// What is drawn.
pub(super) struct Bar {
    progress: watch::Receiver<Progress>,
}

impl Bar {
    /// A bar, and what it is to be told by.
    pub(super) fn new() -> (Self, impl FnMut(Progress) + Send + 'static) {
        let (sender, progress) = watch::channel(Progress::default());
        let tell = move |progress| {
            sender.send_replace(progress);
        };
        (Self { progress }, tell)
    }

    /// Draws until the work is done; nothing, where nobody looks.
    pub(super) async fn beside<T>(
        self,
        work: impl Future<Output = T>,
        console: &mut Console,
    ) -> io::Result<T> {
        if !console.err_is_terminal() {
            return Ok(work.await);
        }
        let mut work = pin!(work);
        let mut redraw = tokio::time::interval(REDRAW);
        loop {
            tokio::select! {
                done = &mut work => {
                    write!(console.err(), "\r\x1b[K")?;
                    return Ok(done);
                }
                _ = redraw.tick() => {
                    let text = text(*self.progress.borrow());
                    write!(console.err(), "\r\x1b[K{text}")?;
                }
            }
        }
    }
}

fn text(Progress { rows, rows_total }: Progress) -> String {
    let share = |of: u64| rows.min(rows_total) * of / rows_total.max(1);
    let cells = usize::try_from(share(CELLS)).unwrap_or_default();
    let rest = usize::try_from(CELLS).unwrap_or_default() - cells;
    let (done, open) = ("#".repeat(cells), "-".repeat(rest));
    format!(
        "[{done}{open}] {} %, {rows} of {rows_total} rows",
        share(100)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_from_nothing_to_all() {
        let check = |rows, rows_total, expected: &str| {
            assert_eq!(text(Progress { rows, rows_total }), expected);
        };
        check(0, 0, "[------------------------] 0 %, 0 of 0 rows");
        check(1, 2, "[############------------] 50 %, 1 of 2 rows");
        check(7, 7, "[########################] 100 %, 7 of 7 rows");
    }
}
