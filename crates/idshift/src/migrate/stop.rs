//! Ctrl-C: the run ends at the next point where nothing is half done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether somebody asked to stop.
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// From now on a first Ctrl-C is remembered; a second one ends the process at once, which loses
    /// nothing either: the journal knows where to go on.
    pub(super) fn listen() -> Self {
        let asked = Arc::new(AtomicBool::new(false));
        let set = Arc::clone(&asked);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                // Relaxed: nothing else is read on the strength of it.
                set.store(true, Ordering::Relaxed);
            }
            if tokio::signal::ctrl_c().await.is_ok() {
                give_up();
            }
        });
        Self(asked)
    }

    pub(super) fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a shell reports of a program that Ctrl-C ended: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

#[expect(
    clippy::disallowed_methods,
    reason = "the second signal means now, whatever is still going on"
)]
fn give_up() -> ! {
    std::process::exit(INTERRUPTED)
}
