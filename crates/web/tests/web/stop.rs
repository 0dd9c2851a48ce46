//! The order to stop: what was begun is answered, what comes is refused, and it ends in time.

use std::time::Duration;

use web::{Config, Report};

use crate::rig::{Rig, post};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_is_answered_and_idle_connections_are_closed() {
    let mut rig = Rig::start().await;
    let shop = rig.tenant("shop").await;
    let headers = format!("X-Write-Key: {}\r\n", shop.key.as_str());
    let request = post("/api/events", &headers, b"{\"event\":\"a\"}");
    let mut idle = rig.connect().await;
    idle.write(&request).await;
    assert_eq!(idle.answer().await.status, 201);
    let (mut begun, mut half) = (rig.connect().await, rig.connect().await);
    begun
        .write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    half.write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    assert_eq!(
        (begun.answer().await.status, half.answer().await.status),
        (200, 200)
    );
    // All but the last byte of a body, and all but the last of a head.
    begun.write(&request[..request.len() - 1]).await;
    half.write(&request[..30]).await;
    // Its answer proves that the server has read what was written before.
    rig.post(&shop, "{\"event\":\"b\"}").await;
    rig.order_stop();
    assert!(idle.is_closed().await);
    let refused = half.answer().await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "stopping"));
    begun.write(&request[request.len() - 1..]).await;
    let answer = begun.answer().await;
    assert_eq!(
        (answer.status, answer.header("connection")),
        (201, Some("close"))
    );
    assert!(begun.is_closed().await);
    let (id, store) = (shop.id, rig.store.clone());
    let report = rig.stop().await;
    assert_eq!(report.dropped, 0, "{report:?}");
    let (filter, cut) = (
        store::EventFilter::default(),
        store::Cut {
            before: None,
            limit: 10,
        },
    );
    assert_eq!(
        store
            .journal()
            .events(id, filter, cut)
            .await
            .unwrap()
            .events
            .len(),
        3
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_end_is_dropped_and_counted() {
    // Short and real: sockets do not know the clock that a test stops.
    let config = Config {
        stop_wait: Duration::from_millis(100),
        ..Config::default()
    };
    let rig = Rig::with(config).await;
    let shop = rig.tenant("shop").await;
    let headers = format!("X-Write-Key: {}\r\n", shop.key.as_str());
    let request = post("/api/events", &headers, b"{\"event\":\"a\"}");
    let mut begun = rig.connect().await;
    begun
        .write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    assert_eq!(begun.answer().await.status, 200);
    begun.write(&request[..request.len() - 1]).await;
    rig.post(&shop, "{\"event\":\"b\"}").await;
    let report = tokio::time::timeout(Duration::from_secs(5), rig.stop())
        .await
        .unwrap();
    assert!(matches!(report, Report { dropped: 1, .. }), "{report:?}");
}

/// Events that clients send without a pause, each on one connection, until theirs ends.
async fn send_until_closed(rig: &Rig, request: &[u8]) -> (usize, usize) {
    let (mut stored, mut client) = (0, rig.connect().await);
    loop {
        client.write(request).await;
        let answer = client.answer().await;
        stored += usize::from(answer.status == 201);
        match answer.status {
            // The last one that this connection answers.
            201 | 503 if answer.header("connection") == Some("close") => return (stored, 0),
            201 => {}
            // Closed as the request was on its way: nobody has read it.
            0 => return (stored, 1),
            status => panic!("{status}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_is_answered_also_while_connections_are_closed() {
    let mut unread = 0;
    for round in 0..10 {
        let mut rig = Rig::start().await;
        let shop = rig.tenant("shop").await;
        let headers = format!("X-Write-Key: {}\r\n", shop.key.as_str());
        let request = post("/api/events", &headers, b"{\"event\":\"a\"}");
        let order = rig.stop_order();
        let clients = async {
            let send = || send_until_closed(&rig, &request);
            tokio::join!(
                send(),
                send(),
                send(),
                send(),
                send(),
                send(),
                send(),
                send()
            )
        };
        let stopping = async {
            let began = rig.intake.counts().batch.commits;
            while rig.intake.counts().batch.commits < began + 5 + round {
                tokio::task::yield_now().await;
            }
            order.send(()).unwrap();
        };
        let (sent, ()) = tokio::join!(clients, stopping);
        let sent = [
            sent.0, sent.1, sent.2, sent.3, sent.4, sent.5, sent.6, sent.7,
        ];
        let answered: usize = sent.iter().map(|(stored, _)| stored).sum();
        unread += sent.iter().map(|(_, unread)| unread).sum::<usize>();
        assert_eq!(
            rig.stored(shop.id).await.len(),
            answered,
            "stored without an answer"
        );
        assert_eq!(rig.stop().await.dropped, 0);
    }
    // They send at once: on their way for longer than the last call is only who was held up.
    assert!(
        unread < 10,
        "{unread} of the last requests of 80 connections were not answered"
    );
    println!("{unread} of the last requests of 80 connections came too late to be read");
}
