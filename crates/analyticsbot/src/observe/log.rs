//! Events, and spans as they end, become lines on standard error.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::Instant;
use tracing::field::Visit;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::fields::{Fields, Value};
use super::line::Line;
use super::queue::Queue;
use super::{Format, Origin, TARGET};

/// Lines that may wait for standard error: a few megabytes, some seconds of a busy log.
pub(super) const WAITING_LINES_MAX: usize = 8192;

/// Lines that are written with one call.
const LINES_AT_ONCE: usize = 256;

/// Turns what the program says into lines for a queue.
#[derive(Clone)]
pub(super) struct Log {
    pub(super) lines: Arc<Queue<String>>,
    pub(super) format: Format,
    pub(super) colour: bool,
    pub(super) origin: Origin,
}

/// What is kept of a span until it ends.
struct Open {
    began: Instant,
    fields: Fields,
}

impl Log {
    fn render(&self, level: Level, target: &str, fields: &Fields) -> String {
        let time = (self.origin.now)();
        let line = Line {
            time,
            level,
            target,
            fields,
        };
        line.render(self.format, self.colour)
    }

    fn push(&self, level: Level, target: &str, mut fields: Fields) {
        self.origin.add_request(&mut fields);
        self.lines.push(self.render(level, target, &fields));
    }

    /// Writes what comes, and says what did not: a log with silent holes is read wrongly.
    fn write_to(&self, mut out: impl Write) {
        let mut reported = 0;
        while let Some(taken) = self.lines.take(LINES_AT_ONCE, Duration::ZERO) {
            let mut text = taken.concat();
            let dropped = self.lines.dropped();
            if dropped > reported {
                text.push_str(&self.hole(dropped - reported));
            }
            match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
                Ok(()) => {
                    self.lines.count_done(taken.len());
                    reported = dropped;
                }
                // Closed, or its disk is full. There is nowhere to say so but in the next line
                // that gets through, and in the metric.
                Err(_) => self.lines.count_dropped(taken.len()),
            }
        }
    }

    /// The line that stands for `count` lines that nobody will read.
    fn hole(&self, count: u64) -> String {
        let fields = Fields {
            message: "lines of the log were dropped".to_owned(),
            others: vec![("count", Value::Unsigned(count))],
            ..Fields::default()
        };
        self.render(Level::WARN, TARGET, &fields)
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Log {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            let began = Instant::now();
            span.extensions_mut().insert(Open { began, fields });
        }
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(open) = span.extensions_mut().get_mut::<Open>()
        {
            record.record(&mut open.fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields as &mut dyn Visit);
        let metadata = event.metadata();
        self.push(*metadata.level(), metadata.target(), fields);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        let Some(Open { began, mut fields }) = span.extensions_mut().remove() else {
            return;
        };
        let us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        span.name().clone_into(&mut fields.message);
        fields.others.push(("duration_us", Value::Unsigned(us)));
        self.push(*span.metadata().level(), span.metadata().target(), fields);
    }
}

/// Standard error, apart from the standard library's: that one has a lock, and while a line waits
/// in a pipe that nobody reads, every other writer would wait with it.
///
/// # Errors
/// When the process has no file descriptor left.
pub(super) fn stream() -> anyhow::Result<impl Write + Send + 'static> {
    let stream = io::stderr().as_fd().try_clone_to_owned();
    Ok(File::from(
        stream.context("open standard error a second time")?,
    ))
}

/// Whether lines on standard error may be coloured.
pub(super) fn takes_colour() -> bool {
    let choice = anstream::AutoStream::choice(&io::stderr());
    io::stderr().is_terminal() && choice != anstream::ColorChoice::Never
}

/// Starts the thread that writes the lines of `log` to `out` until their queue is closed.
///
/// # Errors
/// When the system has no thread left.
pub(super) fn start(log: Log, out: impl Write + Send + 'static) -> io::Result<()> {
    let builder = thread::Builder::new().name("log".to_owned());
    builder.spawn(move || log.write_to(out)).map(drop)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// A stream whose writes each wait for a verdict of the test.
    struct Slow {
        verdicts: mpsc::Receiver<bool>,
        written: mpsc::SyncSender<String>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if !self.verdicts.recv().unwrap_or(false) {
                return Err(io::Error::from(io::ErrorKind::StorageFull));
            }
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            self.written.send(text).unwrap();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    type Rig = (Log, mpsc::SyncSender<bool>, mpsc::Receiver<String>);

    fn slow(waiting_max: usize) -> Rig {
        let log = Log {
            lines: Arc::new(Queue::new(waiting_max)),
            format: Format::Text,
            colour: false,
            origin: Origin::of_test(),
        };
        let (verdict, verdicts) = mpsc::sync_channel(0);
        let (written, writes) = mpsc::sync_channel(99);
        start(log.clone(), Slow { verdicts, written }).unwrap();
        (log, verdict, writes)
    }

    /// What the lines about holes add up to.
    fn holes(text: &str) -> u64 {
        let counts = text
            .lines()
            .filter_map(|line| line.split_once("dropped count="));
        counts.map(|(_, count)| count.parse::<u64>().unwrap()).sum()
    }

    #[test]
    fn a_stream_that_stands_still_costs_lines_and_no_waiting() {
        let (log, verdict, writes) = slow(10);
        // More than the queue and the writer hold together; each push returns.
        for number in 0..1000 {
            log.lines.push(format!("{number}\n"));
        }
        let dropped = log.lines.dropped();
        assert!(dropped >= 1000 - 2 * 10, "{dropped}");
        log.lines.close();
        // The thread may be done after one; then nobody takes the second verdict.
        verdict.send(true).ok();
        verdict.send(true).ok();
        assert!(log.lines.wait_empty(Duration::from_mins(1)));
        let text: String = writes.try_iter().collect();
        assert_eq!(holes(&text), dropped, "{text}");
    }

    #[test]
    fn what_a_full_disk_swallowed_is_said_when_there_is_room_again() {
        let (log, verdict, writes) = slow(10);
        log.lines.push("lost\n".to_owned());
        verdict.send(false).unwrap();
        log.lines.push("kept\n".to_owned());
        verdict.send(true).unwrap();
        log.lines.close();
        assert!(log.lines.wait_empty(Duration::from_mins(1)));
        let text: String = writes.try_iter().collect();
        assert!(text.starts_with("kept\n"), "{text}");
        assert_eq!(
            (holes(&text), log.lines.done(), log.lines.dropped()),
            (1, 1, 1)
        );
    }
}
