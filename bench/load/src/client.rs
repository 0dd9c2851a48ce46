//! Sends requests over many connections from one thread, and times the answers.
//!
//! One thread, `epoll`, one `write` and one `read` for each request, a response parser that looks
//! for the status and the length: on two cores the client takes from the server what it uses.

mod connection;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;

use crate::Result;
use crate::feed::{Feed, scatter};
use crate::sample::Sample;
use connection::{Connection, Progress};

/// How long answers are waited for after the last request was due.
const GRACE: Duration = Duration::from_secs(10);

/// Events that one call of the kernel may report.
const REPORTS_MAX: usize = 512;

/// Where the requests go.
#[derive(Debug, Clone)]
pub struct Target {
    pub address: SocketAddr,
    /// The write key.
    pub key: String,
}

/// When requests are sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// Each connection sends its next request when it has the answer to the last one.
    Closed,
    /// Requests are due at random moments, whether or not earlier ones were answered: independent
    /// arrivals (a Poisson process) at this mean rate. Latency counts from the moment a request is
    /// due, so that a server that stalls cannot hide behind a client that waits for it.
    Open { per_second: f64 },
}

/// What is sent.
#[derive(Debug, Clone)]
pub struct Load {
    pub connections: usize,
    /// Events of one request.
    pub events: usize,
    pub pace: Pace,
    /// Sent, but not measured, before the measured time.
    pub warm_up: Duration,
    pub time: Duration,
}

/// Sends a load and measures.
///
/// # Errors
///
/// If a connection cannot be opened. What a server answers is never an error here: it is counted.
pub fn drive(target: &Target, load: &Load, feed: &mut Feed) -> Result<Sample> {
    // The kernel may else delay a wake-up by 50 us, to save power.
    rustix::thread::set_current_timer_slack(NonZeroU64::new(1))?;
    let mut drive = Drive::start(target, load, feed)?;
    match load.pace {
        Pace::Closed => drive.send_on_every_connection()?,
        Pace::Open { .. } => drive.idle.extend(0..load.connections),
    }
    drive.run()?;
    Ok(drive.sample)
}

struct Drive<'a> {
    target: &'a Target,
    load: &'a Load,
    feed: &'a mut Feed,
    epoll: OwnedFd,
    connections: Vec<Connection>,
    sample: Sample,
    measured_from: Instant,
    end: Instant,
    /// Connections with a request on the way.
    busy: usize,
    /// Of an open loop: connections without one, and when the next requests are due.
    idle: Vec<usize>,
    due: VecDeque<Instant>,
    next_arrival: Instant,
    arrivals: u64,
}

impl<'a> Drive<'a> {
    fn start(target: &'a Target, load: &'a Load, feed: &'a mut Feed) -> Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut connections = Vec::with_capacity(load.connections);
        for index in 0..load.connections {
            let connection = Connection::open(target.address)?;
            watch(&epoll, &connection, index)?;
            connections.push(connection);
        }
        let start = Instant::now();
        let measured_from = start + load.warm_up;
        let mut sample = Sample::new()?;
        sample.time = load.time;
        Ok(Self {
            target,
            load,
            feed,
            epoll,
            connections,
            sample,
            measured_from,
            end: measured_from + load.time,
            busy: 0,
            idle: Vec::new(),
            due: VecDeque::new(),
            next_arrival: start,
            arrivals: 0,
        })
    }

    fn send_on_every_connection(&mut self) -> Result<()> {
        (0..self.connections.len()).try_for_each(|index| self.send(index, Instant::now()))
    }

    /// Sends the next request on a connection; `due` is when it should have been sent.
    fn send(&mut self, index: usize, due: Instant) -> Result<()> {
        self.busy += 1;
        let connection = &mut self.connections[index];
        connection.begin(due);
        let (events, key) = (self.load.events, self.target.key.as_str());
        connection.fill(key, |body| self.feed.body(events, body));
        if connection.flush().is_err() {
            self.lost(index)?;
        }
        Ok(())
    }

    fn run(&mut self) -> Result<()> {
        let mut reports = Vec::with_capacity(REPORTS_MAX);
        loop {
            let now = Instant::now();
            let is_over = now >= self.end;
            if is_over && (self.busy == 0 && self.due.is_empty() || now >= self.end + GRACE) {
                break;
            }
            if !is_over {
                self.take_arrivals(now)?;
            }
            let timeout = self.time_to_wait(now)?;
            epoll::wait(&self.epoll, spare_capacity(&mut reports), Some(&timeout))?;
            for report in reports.drain(..) {
                let data = report.data;
                let index = usize::try_from(data.u64()).expect("set by `watch` from a usize");
                self.serve(index)?;
            }
        }
        let unanswered = self.busy + self.due.len();
        for _ in 0..unanswered {
            self.sample.fail("no answer");
        }
        Ok(())
    }

    fn time_to_wait(&self, now: Instant) -> Result<Timespec> {
        let mut until = if now < self.end {
            self.end
        } else {
            self.end + GRACE
        };
        if self.is_open() && now < self.end {
            until = until.min(self.next_arrival);
        }
        Ok(Timespec::try_from(until.saturating_duration_since(now))?)
    }

    fn is_open(&self) -> bool {
        matches!(self.load.pace, Pace::Open { .. })
    }

    /// Hands requests that are due to idle connections; where there is none, they wait.
    fn take_arrivals(&mut self, now: Instant) -> Result<()> {
        let Pace::Open { per_second } = self.load.pace else {
            return Ok(());
        };
        while self.next_arrival <= now {
            let due = self.next_arrival;
            if let Some(index) = self.idle.pop() {
                self.send(index, due)?;
            } else {
                self.sample.waited += 1;
                self.due.push_back(due);
            }
            self.arrivals += 1;
            self.next_arrival += gap(self.arrivals, per_second);
        }
        Ok(())
    }

    /// Moves a connection on as far as it goes.
    fn serve(&mut self, index: usize) -> Result<()> {
        match self.connections[index].serve() {
            Progress::Waiting => Ok(()),
            Progress::Lost => self.lost(index),
            Progress::Unreadable(why) => {
                self.sample.fail(why);
                self.reopen(index)
            }
            Progress::Answered { status, stored } => {
                self.answered(index, status, stored);
                self.go_on(index)
            }
        }
    }

    fn answered(&mut self, index: usize, status: u16, stored: Option<u64>) {
        let now = Instant::now();
        self.busy -= 1;
        let events = self.load.events as u64;
        if !(200..300).contains(&status) {
            self.sample.fail(format!("HTTP {status}"));
            return;
        }
        if let Some(count) = stored.filter(|&count| count != events) {
            self.sample.acknowledged += count;
            self.sample.fail(format!("HTTP {status}, not all stored"));
            return;
        }
        self.sample.acknowledged += events;
        if now >= self.measured_from && now < self.end {
            self.sample.requests += 1;
            self.sample.events += events;
        }
        let due = self.connections[index].due();
        if due >= self.measured_from && due < self.end {
            self.sample.record(now.saturating_duration_since(due));
        }
    }

    /// Lets a connection send what is next, if there is anything.
    fn go_on(&mut self, index: usize) -> Result<()> {
        let now = Instant::now();
        if !self.is_open() {
            return if now < self.end {
                self.send(index, now)
            } else {
                Ok(())
            };
        }
        if let Some(due) = self.due.pop_front() {
            return self.send(index, due);
        }
        self.idle.push(index);
        Ok(())
    }

    fn lost(&mut self, index: usize) -> Result<()> {
        self.sample.fail("connection closed");
        self.reopen(index)
    }

    fn reopen(&mut self, index: usize) -> Result<()> {
        let was_busy = self.connections[index].is_busy();
        let connection = Connection::open(self.target.address)?;
        watch(&self.epoll, &connection, index)?;
        // Dropping the old one takes it out of the set.
        self.connections[index] = connection;
        if was_busy {
            self.busy -= 1;
            self.go_on(index)?;
        }
        Ok(())
    }
}

fn watch(epoll: &OwnedFd, connection: &Connection, index: usize) -> Result<()> {
    let flags = epoll::EventFlags::IN | epoll::EventFlags::OUT | epoll::EventFlags::ET;
    let data = epoll::EventData::new_u64(index as u64);
    Ok(epoll::add(epoll, connection, data, flags)?)
}

/// The time between two independent arrivals: exponentially distributed, the same in every run.
fn gap(arrival: u64, per_second: f64) -> Duration {
    // 53 random bits and a half: never 0, of which there is no logarithm.
    let share = ((scatter(arrival) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
    Duration::from_secs_f64(-share.ln() / per_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_come_at_the_mean_rate() {
        let total: Duration = (0..100_000).map(|arrival| gap(arrival, 5_000.0)).sum();
        let rate = 100_000.0 / total.as_secs_f64();
        assert!((4_950.0..5_050.0).contains(&rate), "{rate}");
    }
}
