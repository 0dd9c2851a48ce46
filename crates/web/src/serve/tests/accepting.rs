//! Connections that cannot be accepted.

use std::cell::Cell;
use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, pause, timeout};

use super::log::Log;
use super::rig::{Commits, Rig};
use crate::serve::accept::accept;

/// EMFILE of Linux and of BSD.
const TOO_MANY_OPEN_FILES: i32 = 24;

type Accepted = io::Result<(TcpStream, SocketAddr)>;

/// Three seconds in which every attempt fails.
async fn fail(rig: &Rig, error: impl Fn() -> Option<io::Error>) {
    let next = || -> std::pin::Pin<Box<dyn Future<Output = Accepted>>> {
        match error() {
            Some(error) => Box::pin(async { Err(error) }),
            None => Box::pin(pending()),
        }
    };
    let ended = timeout(Duration::from_millis(2_990), accept(next, &rig.app)).await;
    assert!(ended.is_err(), "the loop gave up");
}

#[tokio::test]
async fn failures_are_said_once_a_second_with_their_number() {
    let (rig, log) = (Rig::with(Commits::Never).await, Log::keep());
    pause();
    let error = || Some(io::Error::from_raw_os_error(TOO_MANY_OPEN_FILES));
    fail(&rig, error).await;
    let failed = rig.app.shared.counts.accepts_failed();
    assert!((50..=60).contains(&failed), "one in 50 ms: {failed}");
    let lines = log.lines("accepting connections failed");
    let said: Vec<u64> = lines
        .iter()
        .map(|line| line["failures"].parse().unwrap())
        .collect();
    assert_eq!((said.len(), said[0]), (3, 1), "{said:?}");
    assert!(
        said[1..].iter().all(|count| (15..=20).contains(count)),
        "{said:?}"
    );
    assert!(lines.iter().all(|line| line["level"] == "WARN"));
}

#[tokio::test]
async fn a_client_that_gives_up_holds_up_nobody() {
    let (rig, log) = (Rig::with(Commits::Never).await, Log::keep());
    pause();
    let (left, began) = (Cell::new(100), Instant::now());
    fail(&rig, || {
        assert!(began.elapsed() < Duration::from_millis(50), "a pause");
        left.set(left.get() - 1);
        (left.get() >= 0).then(|| io::ErrorKind::ConnectionAborted.into())
    })
    .await;
    assert_eq!(
        (left.get(), rig.app.shared.counts.accepts_failed()),
        (-1, 0)
    );
    assert!(log.lines("accepting connections failed").is_empty());
}
