//! The wish to stop: SIGINT (Ctrl-C) or SIGTERM; a second one ends the process at once.

use std::future::Future;
use std::io;

#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};

/// What a shell reports of a program that Ctrl-C ended: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

/// Resolves when the process is asked to stop. From this call on a first signal ends nothing by
/// itself; from then on the next one does.
///
/// # Errors
/// When the operating system takes no more handlers.
pub(crate) fn requested() -> io::Result<impl Future<Output = ()> + Send> {
    let mut signals = Signals::listen()?;
    Ok(async move {
        signals.next().await;
        tokio::spawn(async move {
            signals.next().await;
            give_up();
        });
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the second signal means now, whatever is still going on"
)]
fn give_up() -> ! {
    std::process::exit(INTERRUPTED)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(not(unix))]
impl Signals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
