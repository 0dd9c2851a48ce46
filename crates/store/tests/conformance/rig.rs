//! A database for one check, and what to put into it.

use event::{Event, EventName, Json, Limits, ProjectId, Source, client_event_id, sanitise};
use ids::{Timestamp, Uuid};
use store::{Config, Cursor, Journal, Location, Outcome, Project, Provider, Store};

/// 2025-11-18T23:54:49.715Z: the moment at which tests begin.
pub(crate) const START_MS: i64 = 1_763_510_089_715;

/// About a minute of looks.
const LOOKS_MAX: usize = 200_000;

/// A database that goes when the check does.
pub(crate) struct Rig {
    pub(crate) location: Location,
    pub(crate) config: Config,
    _home: Home,
}

/// What holds the data; dropped with the rig.
#[expect(dead_code, reason = "kept for its destructor")]
enum Home {
    Folder(tempfile::TempDir),
    Database(testkit::Database<'static>),
    /// Somewhere else.
    Elsewhere,
}

pub(crate) fn sqlite() -> Rig {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("data.db"));
    Rig {
        location,
        config: Config::default(),
        _home: Home::Folder(folder),
    }
}

pub(crate) fn postgres(check: &str) -> Option<Rig> {
    let database = testkit::postgres_or_skip()?.database(check).unwrap();
    let location = Location::parse(&database.url());
    Some(Rig {
        location,
        config: Config::default(),
        _home: Home::Database(database),
    })
}

impl Rig {
    /// A database that the check itself looks after.
    pub(crate) fn at(location: Location) -> Self {
        Self {
            location,
            config: Config::default(),
            _home: Home::Elsewhere,
        }
    }

    pub(crate) async fn open(&self) -> Store {
        self.open_with(&self.config).await
    }

    pub(crate) async fn open_with(&self, config: &Config) -> Store {
        Store::open(&self.location, config, at(0)).await.unwrap()
    }

    /// The first column of the first row, past every door.
    pub(crate) async fn number(&self, statement: &str) -> i64 {
        match &self.location {
            Location::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path).unwrap();
                connection
                    .query_row(statement, (), |row| row.get(0))
                    .unwrap()
            }
            Location::Postgres(url) => client(url)
                .await
                .query_one(statement, &[])
                .await
                .unwrap()
                .get(0),
        }
    }

    /// Waits until everything that is stored can be followed. The tests share a server, and a
    /// transaction of another test's holds up the stream until it ends. Each look is a round trip.
    pub(crate) async fn settle(&self, journal: &Journal) {
        let stored = "SELECT coalesce(max(commit_position), 0) FROM events";
        let newest = Cursor::parse(&format!("{}.0", self.number(stored).await)).unwrap();
        for _ in 0..LOOKS_MAX {
            if journal.head().await.unwrap() >= newest {
                return;
            }
        }
        panic!("a transaction holds up the stream for ever");
    }

    /// Changes rows past every door.
    pub(crate) async fn change(&self, statement: &str) {
        match &self.location {
            Location::Sqlite(path) => {
                rusqlite::Connection::open(path)
                    .unwrap()
                    .execute_batch(statement)
                    .unwrap();
            }
            Location::Postgres(url) => client(url).await.batch_execute(statement).await.unwrap(),
        }
    }
}

pub(crate) async fn client(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}

/// `us` microseconds after the start.
pub(crate) fn at(us: i64) -> Timestamp {
    Timestamp::from_unix_ns((i128::from(START_MS) * 1_000 + i128::from(us)) * 1_000)
}

/// An id whose time is `us` microseconds after the start, different at each call.
pub(crate) fn id_at(us: i64) -> Uuid {
    Uuid::at(at(us)).unwrap()
}

pub(crate) fn json(text: &str) -> Json {
    sanitise(text.as_bytes(), &Limits::DEFAULT).unwrap().json
}

/// A plain event.
pub(crate) fn event_at(project_id: ProjectId, us: i64) -> Event {
    Event {
        id: id_at(us),
        project_id,
        name: EventName::from_stored("Signed Up".to_owned()).unwrap(),
        user_id: Some("user-1".to_owned()),
        anonymous_id: None,
        timestamp: at(us),
        received_at: at(us + 1),
        original_timestamp: None,
        properties: json(r#"{"plan":"pro","seats":3}"#),
        context: None,
        user_agent: None,
        ip_address: None,
        canonical_id: None,
        source: Source::Import,
    }
}

/// An event that its client gave an id.
pub(crate) fn named_event_at(project_id: ProjectId, us: i64, name: &str) -> Event {
    let canonical_id = Some(client_event_id(project_id, name));
    Event {
        canonical_id,
        ..event_at(project_id, us)
    }
}

/// Creates a project; its slug is the text.
pub(crate) async fn project(store: &Store, slug: &str) -> ProjectId {
    let id = ProjectId::from_uuid(id_at(0));
    let project = Project {
        id,
        name: format!("Project {slug}"),
        slug: slug.to_owned(),
        created_at: at(0),
        archived_at: None,
    };
    store.registry().create_project(project).await.unwrap();
    id
}

pub(crate) fn provider(project_id: ProjectId, enabled: bool) -> Provider {
    Provider {
        id: id_at(0),
        project_id,
        kind: "webhook".to_owned(),
        name: "Ours".to_owned(),
        enabled,
        settings: json(r#"{"url":"https://example.com/hook"}"#),
        created_at: at(0),
    }
}

/// Appends what must all be stored.
pub(crate) async fn store_all(store: &Store, events: &[Event]) {
    let stored: Vec<_> = events
        .iter()
        .map(|event| Outcome::Stored(event.id))
        .collect();
    assert_eq!(
        store.journal().append(events.to_vec()).await.unwrap(),
        stored
    );
}
