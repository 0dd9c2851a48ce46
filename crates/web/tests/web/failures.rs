//! A store that fails or a buffer that is full is a 503, which says whether to send it again.

use std::sync::Arc;
use std::time::Duration;

use store::{Error, Location, Outcome};
use testkit::{Crash, Postgres};
use web::{Config, Keys};

use crate::rig::{Answer, End, Fault, Home, Rig, post};

const EVENT: &str = r#"{"event":"a"}"#;
const TWO: &str = r#"[{"event":"a"},{"event":"b"}]"#;
const DOING: &str = "append events";

const NOTHING: &str = "nothing of this was stored";
const PERHAPS: &str = "all of this may be stored";

/// What the store or the committer says, and what the client is told of it.
const FAILURES: [(End, &str); 5] = [
    (
        || {
            Err(Error::Busy {
                doing: DOING,
                why: "a secret".to_owned(),
            })
        },
        NOTHING,
    ),
    (|| Err(Error::Full { doing: DOING }), NOTHING),
    (
        || {
            Err(Error::Failed {
                doing: DOING,
                source: "a secret".into(),
            })
        },
        NOTHING,
    ),
    (
        || {
            Err(Error::Unavailable {
                doing: DOING,
                why: "a secret".to_owned(),
            })
        },
        PERHAPS,
    ),
    // Outcomes that are not those of the events: nobody knows whose they are.
    (|| Ok(Vec::new()), PERHAPS),
];

fn check(answer: &Answer, code: &str, wait: &str, says: &str) {
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (503, code),
        "{answer:?}"
    );
    assert_eq!(answer.header("retry-after"), Some(wait), "{answer:?}");
    let message = answer.json()["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(message.contains(says), "{says}: {message}");
    assert!(!answer.body.contains("secret"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_is_told_with_what_became_of_the_events() {
    let rig = Rig::start().await;
    let shop = rig.tenant("shop").await;
    for (failure, says) in FAILURES {
        *rig.fault.lock().unwrap() = Some(Fault::Ends(failure));
        for body in [EVENT, TWO] {
            check(&rig.post(&shop, body).await, "store_failed", "5", says);
        }
        assert!(rig.stored(shop.id).await.is_empty());
    }
    // The project went while its key was remembered.
    *rig.fault.lock().unwrap() = Some(Fault::Ends(|| Ok(vec![Outcome::NoProject])));
    let answer = rig.post(&shop, EVENT).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "invalid_key")
    );
    *rig.fault.lock().unwrap() = None;
    assert_eq!(rig.post(&shop, EVENT).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_buffer_is_told_at_once() {
    let rig = Rig::with_buffer(1).await;
    let shop = rig.tenant("shop").await;
    *rig.fault.lock().unwrap() = Some(Fault::Hangs);
    let headers = format!("X-Write-Key: {}\r\n", shop.key.as_str());
    let mut first = rig.connect().await;
    first
        .write(&post("/api/events", &headers, EVENT.as_bytes()))
        .await;
    let mut looks = 0;
    while rig.intake.counts().batch.waiting_events == 0 {
        looks += 1;
        assert!(looks < 1_000, "it never came");
        assert_eq!(rig.get("/healthz").await.status, 200);
    }
    let says = "nothing of this was taken";
    check(&rig.post(&shop, EVENT).await, "busy", "1", says);
    // A client that gives up makes no room: its event is under way.
    drop(first);
    check(&rig.post(&shop, EVENT).await, "busy", "1", says);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intake_that_is_closed_is_told_and_is_not_ready() {
    let rig = Rig::start().await;
    let shop = rig.tenant("shop").await;
    assert_eq!(rig.get("/readyz").await.status, 200);
    rig.intake.close();
    let answer = rig.post(&shop, EVENT).await;
    check(&answer, "stopping", "1", "nothing of this was taken");
    assert_eq!(answer.header("connection"), Some("close"));
    let answer = rig.get("/readyz").await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "stopping"));
    assert_eq!(rig.get("/healthz").await.status, 200);
    assert!(rig.stored(shop.id).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_is_told_by_every_route_and_comes_back() {
    if testkit::postgres_or_skip().is_none() {
        return;
    }
    let mut server = Postgres::start().unwrap();
    let config = Config {
        ready_age_max: Duration::ZERO,
        keys: Keys {
            fresh: Duration::ZERO,
            stale: Duration::ZERO,
            ..Keys::default()
        },
        ..Config::default()
    };
    let (location, home) = (Location::parse(&server.url()), Arc::new(Home::Elsewhere));
    let rig = Rig::over(location, home, config, intake::Config::default()).await;
    let shop = rig.tenant("shop").await;
    assert_eq!(rig.get("/readyz").await.status, 200);
    assert_eq!(rig.post(&shop, EVENT).await.status, 201);
    server.crash(Crash::Immediate).unwrap();
    let answer = rig.get("/readyz").await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (503, "store_failed")
    );
    // Without the store nobody knows whose the key is.
    check(
        &rig.post(&shop, EVENT).await,
        "store_failed",
        "5",
        "nothing was stored",
    );
    for path in ["/healthz", "/metrics"] {
        assert_eq!(rig.get(path).await.status, 200, "{path}");
    }
    server.restart().unwrap();
    let mut looks = 0;
    while rig.get("/readyz").await.status != 200 {
        looks += 1;
        assert!(looks < 10_000, "it never came back");
    }
    assert_eq!(rig.post(&shop, EVENT).await.status, 201);
    assert_eq!(rig.stored(shop.id).await.len(), 2);
}
