//! The thread behind an export: takes what waits, sends it, tries again within reason.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::TARGET;
use super::outbound::{Goal, Reply};
use super::queue::Queue;

/// How an export gathers and sends.
pub(super) struct Export<T> {
    /// What is sent, for the log: `spans`.
    pub(super) what: &'static str,
    pub(super) queue: Arc<Queue<T>>,
    pub(super) goal: Goal,
    pub(super) content_type: &'static str,
    /// The most that goes into one request.
    pub(super) count_max: usize,
    /// How long the first waits for others.
    pub(super) linger: Duration,
}

/// Requests for one batch, before it is dropped: the next ones want to be sent as well.
const ATTEMPTS_MAX: u32 = 3;

/// Pause after the first failure; doubled after each.
const PAUSE: Duration = Duration::from_secs(1);

impl<T: Send + 'static> Export<T> {
    /// Starts the thread, which ends when the queue is closed and what waited is dealt with.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(super) fn start(self, body: impl Fn(&[T]) -> String + Send + 'static) -> io::Result<()> {
        let builder = thread::Builder::new().name(self.what.to_owned());
        builder.spawn(move || self.run(body)).map(drop)
    }

    fn run(&self, body: impl Fn(&[T]) -> String) {
        let mut failing = false;
        while let Some(batch) = self.queue.take(self.count_max, self.linger) {
            let sent = if failing && self.queue.is_closed() {
                Err("the end of the process".to_owned())
            } else {
                self.send(body(&batch).as_bytes())
            };
            match &sent {
                Ok(()) => self.queue.count_done(batch.len()),
                Err(_) => self.queue.count_dropped(batch.len()),
            }
            // Once when it begins and once when it ends: a collector that is down for a day must
            // not fill the log.
            match (failing, sent) {
                (false, Err(error)) => {
                    let (what, dropped) = (self.what, self.queue.dropped());
                    tracing::warn!(target: TARGET, what, error, dropped, "export fails");
                    failing = true;
                }
                (true, Ok(())) => {
                    let (what, dropped) = (self.what, self.queue.dropped());
                    tracing::info!(target: TARGET, what, dropped, "export works again");
                    failing = false;
                }
                (_, _) => {}
            }
        }
    }

    fn send(&self, body: &[u8]) -> Result<(), String> {
        let mut pause = PAUSE;
        let mut attempt = 1;
        loop {
            let error = match self.goal.post(self.content_type, body) {
                Reply::Taken => return Ok(()),
                Reply::Refused(status) => return Err(format!("status {status}")),
                // Also after the last attempt: the next batch must not come earlier.
                Reply::Later(after) => {
                    self.queue.wait_closed(after);
                    "asked to wait".to_owned()
                }
                Reply::Failed(error) if attempt == ATTEMPTS_MAX => return Err(error),
                Reply::Failed(error) => {
                    self.queue.wait_closed(pause);
                    error
                }
            };
            // The end of the process does not wait for another attempt.
            if attempt == ATTEMPTS_MAX || self.queue.is_closed() {
                return Err(error);
            }
            attempt += 1;
            pause *= 2;
        }
    }
}
