//! Where the time of an event creation went: into its span, and into a warning if it was long.

use std::time::Duration;

use intake::{Answer, Refused};
use tracing::Span;

use crate::access::Opened;
use crate::app::Shared;

/// Notes an answer of the intake; `read` is how long the key and the body took.
///
/// The time that a slow client takes for its body is told but does not make the creation slow.
pub(super) fn note(
    shared: &Shared,
    opened: &Opened,
    answer: &Result<Answer, Refused>,
    read: Duration,
) {
    let (parts, events) = match answer {
        Ok(answer) => (answer.parts, answer.verdicts.len()),
        Err(Refused::Failed { parts, .. }) => (*parts, 0),
        Err(_) => return,
    };
    let span = Span::current();
    if !span.is_disabled() {
        let us = |part: Duration| u64::try_from(part.as_micros()).unwrap_or(u64::MAX);
        span.record("project", tracing::field::display(opened.project_id.uuid()));
        span.record("events", events);
        span.record("decode_us", us(parts.decode));
        span.record("wait_us", us(parts.wait));
        span.record("commit_us", us(parts.commit));
    }
    if parts.total() <= shared.config.slow_creation {
        return;
    }
    let before = shared.counts.slow();
    if shared.slow_lines.take((), 1).is_err() {
        return;
    }
    let ms = |part: Duration| part.as_secs_f64() * 1_000.0;
    let current = crate::current();
    tracing::warn!(
        target: "web::slow",
        request_id = current.map(|current| tracing::field::display(current.request_id)),
        trace_id = current.map(|current| tracing::field::display(current.trace_id)),
        project = %opened.project_id.uuid(),
        events,
        total_ms = ms(parts.total() + read),
        read_ms = ms(read),
        decode_ms = ms(parts.decode),
        wait_ms = ms(parts.wait),
        commit_ms = ms(parts.commit),
        slow_before = before,
        "slow event creation"
    );
}
