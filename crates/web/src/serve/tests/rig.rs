//! A server over pipes, whose commits go as the test says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use event::{Event, ProjectId};
use ids::{Timestamp, Uuid};
use intake::Intake;
use intake::batch::Commit;
use store::{ApiKey, KeyKind, Location, Outcome, Project, Refusal, Store};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::time::{Instant, sleep};

use crate::app::App;
use crate::serve::connection;
use crate::serve::line::{Line, Waits};
use crate::{Config, Key, Parts};

const NOW: Timestamp = Timestamp::from_unix_ms(1_795_000_000_000);

/// How commits go.
#[derive(Clone, Copy, Debug)]
pub(super) enum Commits {
    Never,
    After(Duration),
    Failing,
}

struct Fake(Arc<Mutex<Commits>>);

impl Commit for Fake {
    async fn append(&self, events: Vec<Event>) -> Result<Vec<Outcome>, store::Error> {
        let how = *self.0.lock().unwrap();
        match how {
            Commits::Never => std::future::pending().await,
            Commits::After(wait) => sleep(wait).await,
            Commits::Failing => {
                let (doing, why) = ("append events", "as the test says".to_owned());
                return Err(store::Error::Unavailable { doing, why });
            }
        }
        Ok(events
            .iter()
            .map(|event| Outcome::Stored(event.id))
            .collect())
    }

    async fn reject(&self, refusals: Vec<Refusal>) -> Result<usize, store::Error> {
        Ok(refusals.len())
    }
}

/// A server, and a key that it remembers: from then on it needs nothing that is outside of this
/// thread, so the clock can be stopped.
pub(super) struct Rig {
    pub(super) app: Arc<App>,
    pub(super) key: Key,
    pub(super) project_id: ProjectId,
    pub(super) commits: Arc<Mutex<Commits>>,
    _folder: tempfile::TempDir,
}

impl Rig {
    pub(super) async fn with(commits: Commits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("data.db"));
        let store = Store::open(&location, &store::Config::default(), NOW)
            .await
            .unwrap();
        let make_id = || -> intake::MakeId { Box::new(|_| Uuid::at(NOW)) };
        let commits = Arc::new(Mutex::new(commits));
        let fake = Fake(Arc::clone(&commits));
        let (intake, committers) = Intake::new(fake, intake::Config::default(), make_id());
        for committer in committers {
            tokio::spawn(committer.run());
        }
        let app = App::new(Parts {
            intake: Arc::new(intake),
            journal: store.journal(),
            registry: store.registry(),
            clock: Box::new(|| NOW),
            make_id: make_id(),
            config: Config::default(),
            more_metrics: None,
        });
        let project_id = ProjectId::from_uuid(Uuid::MAX);
        let key = create(&store, project_id).await;
        let opened = app
            .shared
            .access
            .open(key.as_str(), |digest| app.shared.registry.key_of(digest))
            .await;
        assert!(opened.unwrap().is_some());
        Self {
            app: Arc::new(app),
            key,
            project_id,
            commits,
            _folder: folder,
        }
    }

    /// `POST /api/events` with the key in the head.
    pub(super) fn post(&self, headers: &str, body: &str) -> String {
        let (key, length) = (self.key.as_str(), body.len());
        format!(
            "POST /api/events HTTP/1.1\r\nHost: a\r\nX-Write-Key: {key}\r\n{headers}\
             Content-Length: {length}\r\n\r\n{body}"
        )
    }

    /// All that is answered to `request`, after which nothing more is sent.
    pub(super) async fn send(&self, request: impl AsRef<[u8]>) -> String {
        let mut client = connect(&self.app);
        client.write_all(request.as_ref()).await.unwrap();
        client.shutdown().await.unwrap();
        until_closed(&mut client).await.0
    }
}

async fn create(store: &Store, id: ProjectId) -> Key {
    let key = Key::make(KeyKind::Write, [1; 32]);
    let project = Project {
        id,
        name: "Shop".to_owned(),
        slug: "shop".to_owned(),
        created_at: NOW,
        archived_at: None,
    };
    store.registry().create_project(project).await.unwrap();
    let row = ApiKey {
        id: Uuid::MAX,
        project_id: id,
        kind: KeyKind::Write,
        name: String::new(),
        hint: key.hint().to_owned(),
        created_at: NOW,
        revoked_at: None,
    };
    let created = store.registry().create_key(row, key.digest()).await;
    assert!(created.unwrap());
    key
}

pub(super) fn connect(app: &Arc<App>) -> DuplexStream {
    let (client, server) = duplex(1 << 20);
    let line = Arc::new(Line::open(Waits::of(&app.shared.config)));
    let peer = "127.0.0.1".parse().unwrap();
    tokio::spawn(connection::serve(server, line, Arc::clone(app), peer));
    client
}

/// All that comes until the connection ends, and after how long that was.
pub(super) async fn until_closed(client: &mut DuplexStream) -> (String, Duration) {
    let (began, mut text) = (Instant::now(), Vec::new());
    client.read_to_end(&mut text).await.unwrap();
    (String::from_utf8(text).unwrap(), began.elapsed())
}

pub(super) fn status(text: &str) -> &str {
    text.get(9..12).unwrap_or_default()
}
