//! Slow clients are closed at their deadlines, and delay nobody.

use std::time::Duration;

use web::Config;

use crate::rig::{Rig, post};

/// Short and real: sockets and the store's threads do not know the clock that a test stops. The
/// documented lengths are held, without sockets, by the tests of `serve`.
fn short() -> Config {
    Config {
        header_wait: Duration::from_millis(150),
        body_wait: Duration::from_millis(200),
        idle_wait: Duration::from_millis(250),
        ..Config::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_head_and_a_slow_body_are_told() {
    let rig = Rig::with(short()).await;
    let shop = rig.tenant("shop").await;
    let key = shop.key.as_str();
    let half_body = format!(
        "POST /api/events?write_key={key} HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{{"
    );
    for half in ["P", "POST /api/events HTTP/1.1\r\nHost: a\r\n", &half_body] {
        let mut client = rig.connect().await;
        client.write(half.as_bytes()).await;
        let answer = client.answer().await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (408, "request_timeout"),
            "{half}"
        );
        assert_eq!(answer.header("connection"), Some("close"));
        assert!(client.is_closed().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_connection_is_closed_in_silence() {
    let rig = Rig::with(short()).await;
    let mut silent = rig.connect().await;
    assert!(silent.is_closed().await);
    let mut idle = rig.connect().await;
    idle.write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    assert_eq!(idle.answer().await.status, 200);
    assert!(idle.is_closed().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_delay_nobody() {
    let rig = Rig::start().await;
    let shop = rig.tenant("shop").await;
    let mut slow = Vec::new();
    for number in 0..300 {
        let mut client = rig.connect().await;
        let body = "POST /api/events HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{";
        client
            .write(if number % 2 == 0 {
                b"POST /"
            } else {
                body.as_bytes()
            })
            .await;
        slow.push(client);
    }
    // They have five and fifteen seconds; everybody else is done long before.
    let good = async {
        for _ in 0..20 {
            assert_eq!(rig.post(&shop, "{\"event\":\"a\"}").await.status, 201);
        }
    };
    tokio::time::timeout(Duration::from_secs(4), good)
        .await
        .expect("nobody waits");
    assert_eq!(rig.stored(shop.id).await.len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_limit_are_told_and_room_is_used_again() {
    let rig = Rig::with(Config {
        connections_max: 2,
        ..Config::default()
    })
    .await;
    let shop = rig.tenant("shop").await;
    let (mut one, two) = (rig.connect().await, rig.connect().await);
    one.write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(one.answer().await.status, 200);
    let mut third = rig.connect().await;
    let answer = third.answer().await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (503, "too_many_connections")
    );
    assert!(answer.header("retry-after").is_some());
    drop((one, two));
    let request = post(
        "/api/events",
        &format!("X-Write-Key: {}\r\n", shop.key.as_str()),
        b"{}",
    );
    let mut looks = 0;
    while rig.send(&request).await.status == 503 {
        looks += 1;
        assert!(looks < 10_000, "a connection that ended still counts");
    }
}
