//! Keys on a clock turned by hand, and a store that says what the test wants.

use std::cell::Cell;
use std::future::ready;

use ids::Timestamp;
use tokio::time::advance;

use super::*;

/// A store that says the same until it is told otherwise, and counts how often it is asked.
struct Says {
    kind: Cell<Option<KeyKind>>,
    fails: Cell<bool>,
    asked: Cell<usize>,
}

impl Says {
    fn a_write_key() -> Self {
        Self {
            kind: Cell::new(Some(KeyKind::Write)),
            fails: Cell::new(false),
            asked: Cell::new(0),
        }
    }

    async fn open(&self, access: &Access, text: &str) -> Result<bool, store::Error> {
        let ask = |_| {
            self.asked.set(self.asked.get() + 1);
            let doing = "look up a key";
            let why = "as the test says".to_owned();
            ready(if self.fails.get() {
                Err(store::Error::Unavailable { doing, why })
            } else {
                Ok(self.kind.get().map(row))
            })
        };
        access.open(text, ask).await.map(|opened| opened.is_some())
    }
}

fn row(kind: KeyKind) -> ApiKey {
    ApiKey {
        id: Uuid::MAX,
        project_id: ProjectId::from_uuid(Uuid::MAX),
        kind,
        name: String::new(),
        hint: String::new(),
        created_at: Timestamp::from_unix_ms(0),
        revoked_at: None,
    }
}

fn key(number: u8) -> String {
    Key::make(KeyKind::Write, [number; 32]).as_str().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_revoked_key_stops_within_five_seconds() {
    let (access, store) = (Access::new(Keys::default()), Says::a_write_key());
    assert!(store.open(&access, &key(1)).await.unwrap());
    store.kind.set(None);
    advance(Duration::from_millis(4_999)).await;
    assert!(store.open(&access, &key(1)).await.unwrap());
    assert_eq!(store.asked.get(), 1);
    advance(Duration::from_millis(1)).await;
    assert!(!store.open(&access, &key(1)).await.unwrap());
    assert_eq!(store.asked.get(), 2);
    // And one that is made works within the same time.
    store.kind.set(Some(KeyKind::Write));
    assert!(!store.open(&access, &key(1)).await.unwrap());
    advance(Duration::from_secs(5)).await;
    assert!(store.open(&access, &key(1)).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_good_key_works_for_a_minute_without_the_store() {
    let (access, store) = (Access::new(Keys::default()), Says::a_write_key());
    assert!(store.open(&access, &key(1)).await.unwrap());
    store.kind.set(None);
    assert!(!store.open(&access, &key(2)).await.unwrap());
    store.fails.set(true);
    advance(Duration::from_secs(59)).await;
    assert!(store.open(&access, &key(1)).await.unwrap());
    // A key that was not good is not taken for good, nor for bad.
    assert!(store.open(&access, &key(2)).await.is_err());
    assert!(store.open(&access, &key(3)).await.is_err());
    advance(Duration::from_secs(1)).await;
    assert!(store.open(&access, &key(1)).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn keys_of_nobody_cost_little() {
    let config = Keys {
        remembered_max: 10,
        ..Keys::default()
    };
    let (access, store) = (Access::new(config), Says::a_write_key());
    for text in [
        "",
        "wk_",
        "WRITEKEY",
        &key(1)[..51],
        &key(1).replace("wk_", "ak_"),
    ] {
        assert!(!store.open(&access, text).await.unwrap(), "{text}");
    }
    let admin = Key::make(KeyKind::Admin, [1; 32]);
    assert!(!store.open(&access, admin.as_str()).await.unwrap());
    assert_eq!((store.asked.get(), access.counts().entries), (0, 0));
    store.kind.set(Some(KeyKind::Admin));
    for number in 0..100 {
        assert!(!store.open(&access, &key(number)).await.unwrap());
        assert!(access.counts().entries <= 10);
    }
}

#[tokio::test(start_paused = true)]
async fn few_are_looked_up_at_one_time() {
    let config = Keys {
        lookups_max: 2,
        ..Keys::default()
    };
    let access = Access::new(config);
    let (asking, most) = (Cell::new(0), Cell::new(0));
    let open = async |number| {
        let ask = async |_| {
            asking.set(asking.get() + 1);
            most.set(asking.get().max(most.get()));
            tokio::time::sleep(Duration::from_millis(10)).await;
            asking.set(asking.get() - 1);
            Ok(None)
        };
        access.open(&key(number), ask).await.unwrap()
    };
    tokio::join!(
        open(1),
        open(2),
        open(3),
        open(4),
        open(5),
        open(1),
        open(1)
    );
    // Three that ask for the same key ask once, if they wait for a turn.
    assert_eq!((most.get(), access.counts().misses), (2, 5));
}
