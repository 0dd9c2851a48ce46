//! Each limit of rate is tripped, told with a code and a time, and over by then.

use std::sync::atomic::Ordering;

use web::{Config, Rate};

use crate::rig::{Rig, START_MS, post};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

fn rated(rate: Rate) -> Config {
    let trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    Config {
        rate,
        trusted_proxies,
        ..Config::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_sends_too_much_waits_alone() {
    let rate = Rate {
        key_events_per_second: 1,
        key_burst_events: 3,
        ..Rate::default()
    };
    let rig = Rig::with(rated(rate)).await;
    let (shop, other) = (rig.tenant("shop").await, rig.tenant("other").await);
    let batch = r#"[{"event":"a"},{"event":"b"},{"event":"c"},{"event":"d"}]"#;
    assert_eq!(rig.post(&shop, batch).await.status, 200);
    let answer = rig.post(&shop, r#"{"event":"e"}"#).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (429, "rate_limited_key")
    );
    assert_eq!(answer.header("retry-after"), Some("2"));
    assert_eq!(rig.post(&other, r#"{"event":"e"}"#).await.status, 201);
    assert_eq!(rig.stored(shop.id).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_sends_too_much_waits_alone() {
    let rate = Rate {
        address_requests_per_second: 1,
        address_burst_requests: 2,
        ..Rate::default()
    };
    let rig = Rig::with(rated(rate)).await;
    let shop = rig.tenant("shop").await;
    let from = async |address: &str| {
        let key = shop.key.as_str();
        let headers = format!("X-Write-Key: {key}\r\nX-Forwarded-For: 1.1.1.1, {address}\r\n");
        rig.send(&post("/api/events", &headers, b"{\"event\":\"a\"}"))
            .await
    };
    assert_eq!(from("203.0.113.1").await.status, 201);
    assert_eq!(from("203.0.113.1").await.status, 201);
    let answer = from("203.0.113.1").await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (429, "rate_limited_address")
    );
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(from("203.0.113.2").await.status, 201);
    assert_eq!(rig.stored(shop.id).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_is_for_a_day_and_outlives_a_restart() {
    let config = rated(Rate {
        project_events_per_day: 3,
        ..Rate::default()
    });
    let rig = Rig::with(config.clone()).await;
    let (shop, other) = (rig.tenant("shop").await, rig.tenant("other").await);
    // The second is stored only once: a duplicate is free.
    let batch = r#"[{"event":"a"},{"event":"b","messageId":"1"},{"event":"b","messageId":"1"}]"#;
    assert_eq!(rig.post(&shop, batch).await.status, 200);
    assert_eq!(rig.post(&shop, r#"{"event":"c"}"#).await.status, 201);
    let left_s = (DAY_MS - START_MS.rem_euclid(DAY_MS)) / 1_000;
    let check = async |rig: &Rig| {
        let answer = rig.post(&shop, r#"{"event":"d"}"#).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (429, "quota_exceeded")
        );
        assert_eq!(
            answer.header("retry-after"),
            Some(left_s.to_string().as_str())
        );
    };
    check(&rig).await;
    assert_eq!(rig.post(&other, r#"{"event":"d"}"#).await.status, 201);

    let rig = rig.restart(config).await;
    // The sum is asked for with the project's first request, which may pass before it is there.
    let mut passed = 0;
    while rig.post(&shop, r#"{"event":"d"}"#).await.status == 201 {
        passed += 1;
        assert!(passed < 1_000, "the sum was never asked for");
    }
    check(&rig).await;
    rig.clock_ms.fetch_add(left_s * 1_000, Ordering::Relaxed);
    assert_eq!(rig.post(&shop, r#"{"event":"d"}"#).await.status, 201);
}
