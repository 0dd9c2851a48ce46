//! How many rows the next batch takes, and when it may begin.

use std::time::Duration;

use tokio::time::Instant;

/// Rows of a batch are locked until it commits, and whoever wants to write one of them waits so
/// long; the batch size is fitted to this.
const BATCH_TIME_AIM: Duration = Duration::from_millis(80);

/// What a batch is never made smaller than by its duration alone.
const BATCH_ROWS_MIN: u32 = 100;

/// Batch size and speed of one walk.
pub(super) struct Pace {
    rows_max: u32,
    rows: u32,
    rows_per_second: u32,
    start: Instant,
    filled: u64,
}

impl Pace {
    pub(super) fn new(rows_max: u32, rows_per_second: u32) -> Self {
        Self {
            rows_max: rows_max.max(1),
            rows: rows_max.clamp(1, 1_000),
            rows_per_second,
            start: Instant::now(),
            filled: 0,
        }
    }

    /// Rows to take next.
    pub(super) fn rows(&self) -> u32 {
        self.rows
    }

    /// After a batch: fits the size to how long it took, and waits if it was too fast.
    pub(super) async fn filled(&mut self, rows: u64, took: Duration) {
        self.filled += rows;
        if took > BATCH_TIME_AIM {
            self.rows = (self.rows / 2).max(BATCH_ROWS_MIN).min(self.rows_max);
        } else if took < BATCH_TIME_AIM / 2 {
            self.rows = (self.rows + self.rows / 2 + 1).min(self.rows_max);
        }
        if self.rows_per_second > 0 {
            #[expect(clippy::cast_precision_loss, reason = "a duration needs no 53 bits")]
            let due = self.filled as f64 / f64::from(self.rows_per_second);
            tokio::time::sleep_until(self.start + Duration::from_secs_f64(due)).await;
        }
    }

    /// After a batch that met a row that somebody else holds: fewer rows wait together.
    pub(super) fn blocked(&mut self) {
        self.rows = (self.rows / 4).max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn batches_fit_the_time_that_they_take() {
        let mut pace = Pace::new(5_000, 0);
        let first = pace.rows();
        pace.filled(1_000, Duration::from_millis(10)).await;
        assert!(pace.rows() > first);
        pace.filled(1_000, Duration::from_millis(300)).await;
        assert!(pace.rows() < 1_000);
        for _ in 0..20 {
            pace.blocked();
        }
        assert_eq!(pace.rows(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn no_faster_than_asked() {
        let mut pace = Pace::new(1_000, 100);
        let start = Instant::now();
        for _ in 0..5 {
            pace.filled(50, Duration::ZERO).await;
        }
        assert_eq!(start.elapsed(), Duration::from_millis(2_500));
    }
}
