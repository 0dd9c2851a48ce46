//! Where a write key may stand, and what does not open anything.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ids::Timestamp;
use store::{Change, KeyKind};
use web::{Config, Keys};

use crate::rig::{Rig, START_MS, post};

const EVENT: &str = r#"{"event":"a"}"#;
const ROUTE: &str = "/api/events";

async fn check(rig: &Rig, request: (&str, &str, &str), status: u16, code: &str) {
    let (target, headers, body) = request;
    let answer = rig.send(&post(target, headers, body.as_bytes())).await;
    assert_eq!(answer.status, status, "{request:?} {answer:?}");
    if status >= 400 {
        assert_eq!(answer.code(), code, "{request:?}");
    }
}

fn bearer(key: &str) -> String {
    format!("Authorization: Bearer {key}\r\n")
}

fn header(key: &str) -> String {
    format!("X-Write-Key: {key}\r\n")
}

fn in_body(key: &str) -> String {
    format!("{{\"event\":\"a\",\"writeKey\":\"{key}\"}}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_found_in_each_place() {
    let rig = Rig::start().await;
    let (shop, other) = (rig.tenant("shop").await, rig.tenant("other").await);
    let (key, wrong) = (shop.key.as_str(), other.key.as_str());
    let basic = |user: &str| format!("Authorization: Basic {}\r\n", STANDARD.encode(user));
    let query = format!("/api/events?a=b&write_key={key}&c=d");
    for (target, headers, body, status) in [
        (ROUTE, bearer(key), EVENT.to_owned(), 201),
        (
            ROUTE,
            bearer(key).replace("Bearer", "bearer"),
            EVENT.to_owned(),
            201,
        ),
        (ROUTE, basic(&format!("{key}:")), EVENT.to_owned(), 201),
        (
            ROUTE,
            basic(&format!("{key}:any:thing")),
            EVENT.to_owned(),
            201,
        ),
        (ROUTE, basic(key), EVENT.to_owned(), 201),
        (ROUTE, header(key), EVENT.to_owned(), 201),
        (&query, String::new(), EVENT.to_owned(), 201),
        (ROUTE, String::new(), in_body(key), 201),
        (
            ROUTE,
            String::new(),
            format!("[{},{EVENT}]", in_body(key)),
            200,
        ),
        (&query, bearer(key) + &header(key), EVENT.to_owned(), 201),
        // The head has it: the body is not asked.
        (ROUTE, header(key), in_body(wrong), 201),
    ] {
        check(&rig, (target, &headers, &body), status, "").await;
    }
    assert!(rig.stored(other.id).await.is_empty());
    assert_eq!(rig.stored(shop.id).await.len(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_opens_nothing_or_two_things_is_refused() {
    let rig = Rig::start().await;
    let (shop, other) = (rig.tenant("shop").await, rig.tenant("other").await);
    let (key, wrong) = (shop.key.as_str(), other.key.as_str());
    let query = format!("/api/events?write_key={key}");
    let twice = format!("{query}&write_key={wrong}");
    for (target, headers, body, status, code) in [
        (
            ROUTE,
            bearer(key) + &header(wrong),
            EVENT,
            400,
            "ambiguous_key",
        ),
        (
            ROUTE,
            bearer(key) + &bearer(wrong),
            EVENT,
            400,
            "ambiguous_key",
        ),
        (&query, header(wrong), EVENT, 400, "ambiguous_key"),
        (&twice, String::new(), EVENT, 400, "ambiguous_key"),
        (ROUTE, String::new(), EVENT, 401, "missing_key"),
        (
            ROUTE,
            "Authorization: Digest x\r\n".to_owned(),
            EVENT,
            401,
            "invalid_key",
        ),
        (
            ROUTE,
            "Authorization: Basic ###\r\n".to_owned(),
            EVENT,
            401,
            "invalid_key",
        ),
        (
            ROUTE,
            "Authorization: Bearer\r\n".to_owned(),
            EVENT,
            401,
            "invalid_key",
        ),
        (ROUTE, header(""), EVENT, 401, "invalid_key"),
        (ROUTE, String::new(), &in_body("nobody"), 401, "invalid_key"),
    ] {
        check(&rig, (target, &headers, body), status, code).await;
    }
    assert!(rig.stored(shop.id).await.is_empty() && rig.stored(other.id).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_revoked_and_archived_are_the_same_answer() {
    let fresh = Duration::ZERO;
    let config = Config {
        keys: Keys {
            fresh,
            ..Keys::default()
        },
        ..Config::default()
    };
    let rig = Rig::with(config).await;
    let (registry, at) = (rig.store.registry(), Timestamp::from_unix_ms(START_MS));
    let (revoked, archived) = (rig.tenant("revoked").await, rig.tenant("archived").await);
    let event = r#"{"event":"a"}"#;
    assert_eq!(rig.post(&revoked, event).await.status, 201);
    assert_eq!(rig.post(&archived, event).await.status, 201);
    registry
        .revoke_key(revoked.id, revoked.key_id, at)
        .await
        .unwrap()
        .unwrap();
    registry
        .change_project(archived.id, Change::Archive(at))
        .await
        .unwrap()
        .unwrap();
    let mut bodies = Vec::new();
    let (admin, _) = rig.key(revoked.id, KeyKind::Admin).await;
    let unknown = web::Key::make(KeyKind::Write, [1; 32]);
    for key in [&revoked.key, &archived.key, &admin, &unknown] {
        let headers = format!("Authorization: Bearer {}\r\n", key.as_str());
        let answer = rig
            .send(&post("/api/events", &headers, event.as_bytes()))
            .await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("www-authenticate"), Some("bearer"));
        assert!(
            !answer.body.contains(key.as_str()),
            "a key is never said back"
        );
        let mut json = answer.json();
        json["error"]["request_id"].take();
        bodies.push(json);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}
