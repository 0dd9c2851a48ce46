//! A panic becomes one event of level error: where, in which thread, and what it said.
//!
//! The thread or task that panicked ends; the others go on. The event is logged and reported like
//! every other error, by queues that the panic cannot hurt.

use std::panic::{self, PanicHookInfo};
use std::thread;

/// The target of the event.
pub(super) const TARGET: &str = "panic";

/// Says it on all threads from now on, in place of the standard library's lines.
pub(super) fn install() {
    panic::set_hook(Box::new(report));
}

fn report(info: &PanicHookInfo<'_>) {
    let location = info.location().map(ToString::to_string).unwrap_or_default();
    let thread = thread::current();
    tracing::error!(
        target: TARGET,
        location,
        thread = thread.name().unwrap_or("unnamed"),
        panic = info.payload_as_str().unwrap_or("a value that is no text"),
        "panicked"
    );
}
