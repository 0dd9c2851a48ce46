//! A bounded queue between the program, which must not wait, and one thread that writes or sends.
//!
//! Whoever pushes never blocks on the other side: a full queue refuses, and the refusal is counted.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What waits for one thread.
#[derive(Debug)]
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    waiting_max: usize,
    done: AtomicU64,
    dropped: AtomicU64,
}

#[derive(Debug)]
struct State<T> {
    waiting: VecDeque<T>,
    /// The thread has taken something and not come back for more.
    busy: bool,
    /// The thread has seen the end.
    ended: bool,
    closed: bool,
}

impl<T> Queue<T> {
    /// A queue of at most `waiting_max` items.
    pub(super) fn new(waiting_max: usize) -> Self {
        Self {
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                busy: false,
                ended: false,
                closed: false,
            }),
            changed: Condvar::new(),
            waiting_max,
            done: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
        }
    }

    /// Takes an item in, or drops and counts it where the queue is full or closed.
    pub(super) fn push(&self, item: T) {
        let mut state = self.lock();
        if state.closed || state.waiting.len() >= self.waiting_max {
            drop(state);
            self.count_dropped(1);
            return;
        }
        state.waiting.push_back(item);
        drop(state);
        self.changed.notify_all();
    }

    /// Waits for an item, then up to `linger` for more, and returns at most `max`. `None` when the
    /// queue is closed and empty.
    pub(super) fn take(&self, max: usize, linger: Duration) -> Option<Vec<T>> {
        let mut state = self.lock();
        state.busy = false;
        self.changed.notify_all();
        let empty = |state: &mut State<T>| state.waiting.is_empty() && !state.closed;
        state = unpoisoned(self.changed.wait_while(state, empty));
        let few = |state: &mut State<T>| state.waiting.len() < max && !state.closed;
        if !linger.is_zero() {
            let waited = self.changed.wait_timeout_while(state, linger, few);
            state = unpoisoned(waited).0;
        }
        if state.waiting.is_empty() {
            state.ended = true;
            self.changed.notify_all();
            return None;
        }
        state.busy = true;
        let count = max.min(state.waiting.len());
        Some(state.waiting.drain(..count).collect())
    }

    /// Waits `pause`, or until the queue is closed.
    pub(super) fn wait_closed(&self, pause: Duration) {
        let state = self.lock();
        let open = |state: &mut State<T>| !state.closed;
        drop(self.changed.wait_timeout_while(state, pause, open));
    }

    /// Refuses what comes from now on; the thread gets what waits and then the end.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Waits at most `limit` for the thread to have dealt with everything. Whether it has.
    pub(super) fn wait_empty(&self, limit: Duration) -> bool {
        let state = self.lock();
        let working =
            |state: &mut State<T>| !state.ended && (state.busy || !state.waiting.is_empty());
        let waited = self.changed.wait_timeout_while(state, limit, working);
        !unpoisoned(waited).1.timed_out()
    }

    /// Whether nothing is taken in any more.
    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Notes that `count` items reached their goal.
    pub(super) fn count_done(&self, count: usize) {
        add(&self.done, count);
    }

    /// Notes that `count` items are lost.
    pub(super) fn count_dropped(&self, count: usize) {
        add(&self.dropped, count);
    }

    /// Items that reached their goal, since the start.
    pub(super) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Items that were lost, since the start.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        unpoisoned(self.state.lock())
    }
}

fn add(counter: &AtomicU64, count: usize) {
    counter.fetch_add(count.try_into().unwrap_or(u64::MAX), Ordering::Relaxed);
}

/// Every change of the state is one assignment or one push: a thread that panicked while it held
/// the lock left it whole.
fn unpoisoned<G>(result: Result<G, PoisonError<G>>) -> G {
    result.unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    #[test]
    fn what_does_not_fit_is_counted() {
        let queue = Queue::new(2);
        for item in 0..5 {
            queue.push(item);
        }
        assert_eq!(queue.dropped(), 3);
        assert_eq!(queue.take(10, Duration::ZERO), Some(vec![0, 1]));
        queue.push(9);
        assert_eq!(queue.dropped(), 3, "there is room again");
    }

    #[test]
    fn a_closed_queue_gives_what_waits_and_then_the_end() {
        let queue = Queue::new(9);
        queue.push('a');
        queue.push('b');
        queue.close();
        queue.push('c');
        assert_eq!(queue.dropped(), 1);
        assert_eq!(queue.take(1, Duration::MAX), Some(vec!['a']));
        assert_eq!(queue.take(9, Duration::MAX), Some(vec!['b']));
        assert!(
            !queue.wait_empty(Duration::from_millis(1)),
            "`b` is in work"
        );
        assert_eq!(queue.take(9, Duration::MAX), None);
        assert!(queue.wait_empty(Duration::ZERO));
    }

    #[test]
    fn whoever_waits_for_the_thread_sees_it_finish() {
        let queue = Arc::new(Queue::new(1000));
        let worker = Arc::clone(&queue);
        let thread = thread::spawn(move || {
            let mut sum = 0;
            while let Some(items) = worker.take(7, Duration::ZERO) {
                worker.count_done(items.len());
                sum += items.iter().sum::<u64>();
            }
            sum
        });
        (1..=1000).for_each(|item| queue.push(item));
        queue.close();
        assert!(queue.wait_empty(Duration::from_mins(1)));
        assert_eq!(queue.done() + queue.dropped(), 1000);
        assert!(thread.join().unwrap() > 0);
    }
}
