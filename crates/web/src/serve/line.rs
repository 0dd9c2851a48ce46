//! What the bytes, the requests and the clock of one connection tell each other.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use crate::Config;

/// What a connection waits for, which decides how long it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The first byte of a request.
    Idle,
    /// The rest of a head.
    Head,
    /// The rest of a body.
    Body,
    /// The answer: this is our time, not the client's.
    Answer,
    /// The end: telling why, and letting the client read it.
    End,
}

/// Waits of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waits {
    header: Duration,
    body: Duration,
    idle: Duration,
    total: Duration,
}

/// From the end of a connection to its being dropped, so that the client reads why.
const END_WAIT: Duration = Duration::from_secs(2);

/// How long an idle connection stays open after the order to stop: its client may have sent a
/// request that is on its way, and closing would leave it without an answer.
const LAST_CALL: Duration = Duration::from_millis(100);

/// One connection's state. All of it is written by the one task of the connection, but for the
/// order to stop; so relaxed loads and stores are enough, and the waker's lock publishes the order.
#[derive(Debug)]
pub(crate) struct Line {
    waits: Waits,
    began: Instant,
    phase: AtomicU8,
    /// Microseconds from `began`, as all times here.
    deadline_us: AtomicU64,
    request_began_us: AtomicU64,
    expired: AtomicBool,
    stopping: AtomicBool,
    dropping: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

const PHASES: [Phase; 5] = [
    Phase::Idle,
    Phase::Head,
    Phase::Body,
    Phase::Answer,
    Phase::End,
];

impl Waits {
    pub(super) const fn of(config: &Config) -> Self {
        Self {
            header: config.header_wait,
            body: config.body_wait,
            idle: config.idle_wait,
            total: config.total_wait,
        }
    }
}

impl Line {
    /// A connection that was opened now. Its first request has no more time than a head has.
    pub(super) fn open(waits: Waits) -> Self {
        let line = Self {
            waits,
            began: Instant::now(),
            phase: AtomicU8::new(0),
            deadline_us: AtomicU64::new(0),
            request_began_us: AtomicU64::new(0),
            expired: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            dropping: AtomicBool::new(false),
            waker: Mutex::default(),
        };
        line.enter(Phase::Idle, line.now_us(), waits.header);
        line
    }

    pub(super) fn await_request(&self) {
        self.enter(Phase::Idle, self.now_us(), self.waits.idle);
    }

    pub(super) fn begin_head(&self) {
        let now = self.now_us();
        self.request_began_us.store(now, Ordering::Relaxed);
        self.enter(Phase::Head, now, self.waits.header);
    }

    pub(super) fn begin_body(&self) {
        let total = self.total_us();
        self.enter(Phase::Body, self.now_us(), self.waits.body);
        self.deadline_us.fetch_min(total, Ordering::Relaxed);
    }

    pub(super) fn begin_answer(&self) {
        self.phase.store(Phase::Answer as u8, Ordering::Relaxed);
        self.deadline_us.store(self.total_us(), Ordering::Relaxed);
    }

    pub(super) fn begin_last_call(&self) {
        self.enter(Phase::End, self.now_us(), LAST_CALL);
    }

    pub(super) fn begin_end(&self) {
        self.enter(Phase::End, self.now_us(), END_WAIT);
    }

    fn enter(&self, phase: Phase, now_us: u64, wait: Duration) {
        self.phase.store(phase as u8, Ordering::Relaxed);
        let deadline = now_us.saturating_add(us(wait));
        self.deadline_us.store(deadline, Ordering::Relaxed);
    }

    pub(crate) fn phase(&self) -> Phase {
        PHASES[usize::from(self.phase.load(Ordering::Relaxed))]
    }

    /// When the phase is over.
    pub(super) fn deadline(&self) -> Instant {
        self.began + Duration::from_micros(self.deadline_us.load(Ordering::Relaxed))
    }

    /// The phase took too long. What is under way has a moment to say so, once; false the second
    /// time.
    pub(super) fn expire(&self) -> bool {
        let first = !self.expired.swap(true, Ordering::Relaxed);
        if first {
            let deadline = self.now_us().saturating_add(us(END_WAIT));
            self.deadline_us.store(deadline, Ordering::Relaxed);
        }
        first
    }

    /// Whether the phase took too long.
    pub(crate) fn is_expired(&self) -> bool {
        self.expired.load(Ordering::Relaxed)
    }

    /// From outside: answer what was begun, then end.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.wake();
    }

    /// From outside: end now.
    pub(super) fn drop_now(&self) {
        self.dropping.store(true, Ordering::Relaxed);
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = &*self.waker.lock().unwrap_or_else(PoisonError::into_inner) {
            waker.wake_by_ref();
        }
    }

    /// Whom [`stop`](Self::stop) wakes: the connection's task, which stays the same.
    pub(super) fn listen(&self, waker: &Waker) {
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker.clone());
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    pub(super) fn is_dropping(&self) -> bool {
        self.dropping.load(Ordering::Relaxed)
    }

    fn total_us(&self) -> u64 {
        let began = self.request_began_us.load(Ordering::Relaxed);
        began.saturating_add(us(self.waits.total))
    }

    fn now_us(&self) -> u64 {
        us(self.began.elapsed())
    }
}

/// Whole microseconds; what does not fit is 584,000 years away.
fn us(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX >> 1)
}
