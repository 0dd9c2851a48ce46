//! Connections as they come: each gets a task and a place, or is told that there is none.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};

use super::connection;
use super::line::{Line, Waits};
use crate::app::App;
use crate::code::Code;
use crate::reply::Problem;
use crate::service::last_words;

/// A pause after an error of `accept`, such as no free file descriptor: it does not go away by
/// asking again at once.
const PAUSE: Duration = Duration::from_millis(50);

/// Between two warnings about such errors.
const WARNING_INTERVAL: Duration = Duration::from_secs(1);

/// Connections beyond the limit that are being told so. Beyond these, they are closed in silence.
const TURNED_AWAY_MAX: usize = 64;

/// How long a connection that is turned away may take to read so.
const TURN_AWAY_WAIT: Duration = Duration::from_secs(1);

/// Takes what `next` accepts, for ever.
pub(super) async fn accept<F>(mut next: impl FnMut() -> F, app: &Arc<App>)
where
    F: Future<Output = io::Result<(TcpStream, SocketAddr)>>,
{
    let turned_away = Arc::new(Semaphore::new(TURNED_AWAY_MAX));
    let mut failures = Failures::default();
    loop {
        match next().await {
            Ok((stream, peer)) => {
                if let Err(error) = welcome(stream, peer, app, &turned_away) {
                    tracing::debug!(%error, "connection lost while it was opened");
                }
            }
            // The client's doing: a pause would let one client hold up all.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {
                tracing::debug!(%error, "connection lost while it was opened");
            }
            Err(error) => {
                app.shared.counts.accept_failed();
                failures.note(&error);
                sleep(PAUSE).await;
            }
        }
    }
}

/// Failures to accept of which nothing was said yet.
#[derive(Default)]
struct Failures {
    count: u64,
    told_at: Option<Instant>,
}

impl Failures {
    fn note(&mut self, error: &io::Error) {
        self.count += 1;
        let told = self.told_at.map(|at| at.elapsed());
        if told.is_some_and(|age| age < WARNING_INTERVAL) {
            return;
        }
        tracing::warn!(%error, failures = self.count, "accepting connections failed");
        (self.count, self.told_at) = (0, Some(Instant::now()));
    }
}

fn welcome(
    stream: TcpStream,
    peer: SocketAddr,
    app: &Arc<App>,
    turned_away: &Arc<Semaphore>,
) -> io::Result<()> {
    // Answers are small and whole: waiting for more of them only costs time.
    stream.set_nodelay(true)?;
    let app = Arc::clone(app);
    let config = &app.shared.config;
    let line = Arc::new(Line::open(Waits::of(config)));
    if let Some(place) = app.shared.connections.enter(&line, config.connections_max) {
        let place = Place { app, place };
        tokio::spawn(async move {
            let app = Arc::clone(&place.app);
            connection::serve(stream, line, app, peer.ip()).await;
            drop(place);
        });
    } else if let Ok(turn) = Arc::clone(turned_away).try_acquire_owned() {
        tokio::spawn(async move {
            let told = timeout(TURN_AWAY_WAIT, turn_away(stream, &app)).await;
            drop((told, turn));
        });
    }
    Ok(())
}

/// A place among the open connections, given back however its task ends.
struct Place {
    app: Arc<App>,
    place: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.app.shared.connections.leave(self.place);
    }
}

/// Says that there are too many connections, and reads a little, so that the client reads it.
async fn turn_away(mut stream: TcpStream, app: &App) -> io::Result<()> {
    let message = "too many connections are open";
    let problem = Problem::new(Code::TooManyConnections, message);
    let problem = problem.retry_after(Duration::from_secs(1)).close();
    stream.write_all(&last_words(&app.shared, &problem)).await?;
    stream.shutdown().await?;
    let mut forgotten = [0; 1024];
    while stream.read(&mut forgotten).await? > 0 {}
    Ok(())
}
