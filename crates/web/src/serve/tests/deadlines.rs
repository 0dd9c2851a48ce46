//! The documented deadlines, to the millisecond, on a clock that is turned by hand.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, pause};

use super::rig::{Commits, Rig, connect, status, until_closed};

#[tokio::test]
async fn each_phase_ends_at_its_deadline() {
    let Rig { app, key, .. } = Rig::with(Commits::Never).await;
    pause();
    let key = key.as_str();
    let head = |length| {
        let target = format!("/api/events?write_key={key}");
        format!("POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n")
    };
    let event = "{\"event\":\"a\"}";
    for (sent, code, ms) in [
        // Nothing: as long as a head may take.
        (String::new(), "", 5_000),
        ("P".to_owned(), "408", 5_000),
        (head(99).replace("\r\n\r\n", "\r\n"), "408", 5_000),
        (head(99), "408", 15_000),
        (head(99) + "{", "408", 15_000),
        // The store never commits.
        (head(event.len()) + event, "503", 30_000),
        (
            "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            "200",
            60_000,
        ),
    ] {
        let mut client = connect(&app);
        client.write_all(sent.as_bytes()).await.unwrap();
        let (text, waited) = until_closed(&mut client).await;
        assert_eq!(status(&text), code, "{sent:?} {text}");
        let expected = Duration::from_millis(ms);
        // Timers ring at whole milliseconds, rounded up.
        let late = waited.checked_sub(expected);
        let in_time = late.is_some_and(|late| late < Duration::from_millis(10));
        assert!(in_time, "{sent:?} {waited:?}");
    }
}

#[tokio::test]
async fn bytes_that_trickle_in_buy_no_time() {
    let Rig { app, key, .. } = Rig::with(Commits::Never).await;
    pause();
    let mut client = connect(&app);
    let head = format!(
        "POST /api/events?write_key={} HTTP/1.1\r\nHost: a\r\n",
        key.as_str()
    );
    let began = Instant::now();
    for byte in head.as_bytes() {
        if client.write_all(&[*byte]).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    let (text, _) = until_closed(&mut client).await;
    assert_eq!(status(&text), "408");
}

#[tokio::test]
async fn a_connection_that_is_used_lives_on() {
    let Rig { app, .. } = Rig::with(Commits::Never).await;
    pause();
    let mut client = connect(&app);
    let began = Instant::now();
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(4_900)).await;
        client
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            .await
            .unwrap();
        let mut answer = [0; 1024];
        let count = client.read(&mut answer).await.unwrap();
        assert!(answer[..count].starts_with(b"HTTP/1.1 200"));
        tokio::time::sleep(Duration::from_secs(50)).await;
    }
    assert!(began.elapsed() > Duration::from_mins(9));
}
