//! Serving: connections are taken until the order to stop, and ended in time after it.

mod accept;
mod chunks;
mod connection;
mod gate;
mod head;
mod line;
mod open;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::app::App;

pub(crate) use line::{Line, Phase};
pub(crate) use open::Open;

/// How a server stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Connections open at the order to stop.
    pub open: usize,
    /// Those of them that had not ended within [`stop_wait`](crate::Config::stop_wait), and were
    /// dropped: requests without an answer.
    pub dropped: usize,
}

/// How long the day's counts may take at the end. Beyond, they are lost: quotas are then counted a
/// little short, and the stop is in time.
const COUNTS_WAIT: Duration = Duration::from_secs(1);

/// Serves on `listener` until `stop` ends, then finishes what was started, refuses what still
/// comes, and returns when the last connection has ended, at the latest after
/// [`stop_wait`](crate::Config::stop_wait) and a second. The caller closes the intake after that.
pub async fn run(listener: TcpListener, app: App, stop: impl Future<Output = ()>) -> Report {
    let app = Arc::new(app);
    let mut counting = tokio::spawn(crate::quota::keep(Arc::clone(&app.shared)));
    {
        let mut accepting = pin!(accept::accept(|| listener.accept(), &app));
        let mut stop = pin!(stop);
        std::future::poll_fn(|context| match stop.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(()),
            Poll::Pending => accepting.as_mut().poll(context),
        })
        .await;
    }
    drop(listener);
    let connections = &app.shared.connections;
    let open = connections.stop();
    let ended = timeout(app.shared.config.stop_wait, connections.ended()).await;
    let dropped = if ended.is_ok() {
        0
    } else {
        connections.drop_all()
    };
    app.shared.quota.end();
    if !matches!(timeout(COUNTS_WAIT, &mut counting).await, Ok(Ok(()))) {
        counting.abort();
        tracing::warn!("counting the last events of the day did not end in time");
    }
    Report { open, dropped }
}

#[cfg(test)]
mod tests;
