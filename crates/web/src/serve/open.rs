//! Which connections are open: to count them, to limit them, to tell them to stop.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::line::Line;

/// The connections that are open.
#[derive(Debug, Default)]
pub(crate) struct Open {
    lines: Mutex<Lines>,
    /// Rung when one leaves after the order to stop.
    left: Notify,
}

#[derive(Debug, Default)]
struct Lines {
    next: u64,
    open: HashMap<u64, Arc<Line>>,
    stopping: bool,
}

impl Open {
    /// The place of a connection that may be open. None if there are `max` already.
    pub(super) fn enter(&self, line: &Arc<Line>, max: usize) -> Option<u64> {
        let mut lines = self.lock();
        if lines.open.len() >= max {
            return None;
        }
        let place = lines.next;
        lines.next += 1;
        lines.open.insert(place, Arc::clone(line));
        Some(place)
    }

    /// A connection has ended.
    pub(super) fn leave(&self, place: u64) {
        let mut lines = self.lock();
        lines.open.remove(&place);
        if lines.stopping {
            self.left.notify_one();
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.lock().open.len()
    }

    /// Whether the order to stop was given.
    pub(crate) fn is_stopping(&self) -> bool {
        self.lock().stopping
    }

    /// Tells all of them to end after the request that they are in; gives how many there are.
    pub(super) fn stop(&self) -> usize {
        let mut lines = self.lock();
        lines.stopping = true;
        for line in lines.open.values() {
            line.stop();
        }
        lines.open.len()
    }

    /// Waits until none is left, after the order to stop.
    pub(super) async fn ended(&self) {
        while self.count() > 0 {
            // It keeps one ring for us, so that none is missed between the look and the wait.
            self.left.notified().await;
        }
    }

    /// Ends all of them now; gives how many there were.
    pub(super) fn drop_all(&self) -> usize {
        let lines = self.lock();
        for line in lines.open.values() {
            line.drop_now();
        }
        lines.open.len()
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        // Nothing under the lock panics half-way through a change.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
