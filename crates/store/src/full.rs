//! Remembers for a while that the disk was full when events came.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::Error;

/// A probe writes so little that a full disk may still take it, where the next events will not fit.
/// For this long their failure is believed rather than the probe; then whoever sends no events to a
/// store that is not ready has to be told that it may be ready again.
const BELIEVED: Duration = Duration::from_secs(5);

/// When the last append failed because the disk was full, if no other succeeded since.
#[derive(Debug, Default)]
pub(crate) struct Full(Mutex<Option<Instant>>);

impl Full {
    /// Takes note of how an append ended.
    pub(crate) fn note<T>(&self, outcome: &Result<T, Error>) {
        let mut since = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(_) => *since = None,
            Err(Error::Full { .. }) => *since = Some(Instant::now()),
            // Says nothing of the disk.
            Err(_) => {}
        }
    }

    /// Fails while the last append is believed.
    pub(crate) fn check(&self, doing: &'static str) -> Result<(), Error> {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if since.is_some_and(|since| since.elapsed() < BELIEVED) {
            return Err(Error::Full { doing });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_full_disk_is_believed_for_a_while_or_until_events_are_stored() {
        let full = Full::default();
        let is_full = || matches!(full.check("test"), Err(Error::Full { doing: "test" }));
        let failed = || Err::<(), _>(Error::Full { doing: "append" });
        assert!(!is_full());
        full.note(&failed());
        assert!(is_full());
        full.note::<()>(&Err(Error::Busy {
            doing: "append",
            why: String::new(),
        }));
        assert!(is_full(), "other failures say nothing of the disk");
        full.note(&Ok(()));
        assert!(!is_full());
        full.note(&failed());
        tokio::time::advance(BELIEVED).await;
        assert!(!is_full());
    }
}
