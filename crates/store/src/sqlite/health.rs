//! Whether the file takes writes, and when to open it again after the disk has failed.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::Error;

/// What writes are told. Shared by the threads of one store.
#[derive(Debug)]
pub(super) struct Health {
    /// None while the file is sound.
    failure: Mutex<Option<Failure>>,
    recover_wait: Duration,
    /// The newest position that was acknowledged: what must be there after opening again.
    acknowledged: AtomicI64,
}

#[derive(Debug)]
struct Failure {
    why: String,
    /// Whether the file itself is damaged: then opening it again mends nothing.
    is_damage: bool,
    /// None until the first write after the failure: the thread that failed has no clock.
    retry_at: Option<Instant>,
}

/// What to do with a write.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Do it.
    Sound,
    /// Open the file again first.
    Recover,
    /// Refuse it, saying why.
    Refuse(String),
}

impl Health {
    pub(super) const fn new(recover_wait: Duration) -> Self {
        Self {
            failure: Mutex::new(None),
            recover_wait,
            acknowledged: AtomicI64::new(0),
        }
    }

    /// Notes what a write or a checkpoint ended with, if the file or its handle is spoilt by it.
    /// After a failed `fsync` the kernel may have dropped the pages, and a second one would succeed
    /// without them: nothing may be written through that handle again.
    pub(super) fn note<T>(&self, result: &Result<T, Error>) -> bool {
        let is_damage = match result {
            Err(Error::Unavailable { .. }) => false,
            Err(Error::Corrupt { .. }) => true,
            _ => return false,
        };
        let why = match result {
            Err(Error::Unavailable { why, .. }) => why.clone(),
            Err(error) => error.to_string(),
            Ok(_) => return false,
        };
        let mut failure = self.lock();
        let retry_at = failure.as_ref().and_then(|earlier| earlier.retry_at);
        *failure = Some(Failure {
            why,
            is_damage,
            retry_at,
        });
        true
    }

    /// What to do with a write that was asked for at `now`.
    pub(super) fn verdict(&self, now: Instant) -> Verdict {
        let mut failure = self.lock();
        let Some(failure) = failure.as_mut() else {
            return Verdict::Sound;
        };
        let is_due = failure.retry_at.is_some_and(|at| now >= at);
        if is_due || failure.retry_at.is_none() {
            failure.retry_at = Some(now + self.recover_wait);
        }
        if is_due && !failure.is_damage {
            return Verdict::Recover;
        }
        let then = if failure.is_damage {
            "restore a backup"
        } else {
            "the file will be opened again"
        };
        Verdict::Refuse(format!("an earlier write failed: {}; {then}", failure.why))
    }

    /// The file was opened again, and a commit went through.
    pub(super) fn recovered(&self) {
        *self.lock() = None;
    }

    /// Why no writes are taken. None while they are.
    pub(super) fn failure(&self) -> Option<String> {
        self.lock().as_ref().map(|failure| failure.why.clone())
    }

    pub(super) fn acknowledge(&self, position: i64) {
        // Relaxed: written and read by the writing thread alone.
        self.acknowledged.store(position, Ordering::Relaxed);
    }

    pub(super) fn acknowledged(&self) -> i64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Failure>> {
        // Each change is one assignment: a panic leaves nothing half done.
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_secs(1);

    fn unavailable() -> Result<(), Error> {
        Err(Error::Unavailable {
            doing: "append events",
            why: "disk I/O error".to_owned(),
        })
    }

    #[test]
    fn a_failed_file_is_opened_again_after_a_wait_and_not_sooner() {
        let health = Health::new(WAIT);
        let now = Instant::now();
        assert_eq!(health.verdict(now), Verdict::Sound);
        assert!(!health.note(&Ok(())));
        assert!(!health.note(&Err::<(), _>(Error::Full { doing: "x" })));
        assert_eq!(health.verdict(now), Verdict::Sound, "full is not broken");
        assert!(health.note(&unavailable()));
        assert_eq!(health.failure().as_deref(), Some("disk I/O error"));
        let refused = |at| matches!(health.verdict(at), Verdict::Refuse(_));
        assert!(refused(now));
        assert!(refused(now + WAIT / 2), "the wait is not begun anew");
        assert_eq!(health.verdict(now + WAIT), Verdict::Recover);
        // That failed as well: once more after the wait.
        assert!(health.note(&unavailable()));
        assert!(refused(now + WAIT + WAIT / 2));
        assert_eq!(health.verdict(now + WAIT * 2), Verdict::Recover);
        health.recovered();
        assert_eq!(health.verdict(now + WAIT * 2), Verdict::Sound);
        assert_eq!(health.failure(), None);
    }

    #[test]
    fn a_damaged_file_is_not_opened_again() {
        let health = Health::new(WAIT);
        let damage = Err::<(), _>(Error::Corrupt {
            doing: "append events",
            table: "the file",
            column: "malformed".to_owned(),
            row: String::new(),
        });
        assert!(health.note(&damage));
        let now = Instant::now();
        for waits in [0, 1, 2, 9] {
            let verdict = health.verdict(now + WAIT * waits);
            assert!(matches!(verdict, Verdict::Refuse(_)), "{verdict:?}");
        }
    }
}
