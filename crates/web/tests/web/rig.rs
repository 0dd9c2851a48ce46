//! A server on a database of its own, and a client that writes bytes as they are.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use event::{Event, ProjectId};
use ids::{Timestamp, Uuid};
use intake::batch::Commit;
use intake::{Intake, MakeId};
use store::{
    ApiKey, Cut, EventFilter, Journal, KeyKind, Location, Outcome, Project, Refusal, Store,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use web::{App, Config, Key, Parts, Report};

/// 2026-11-18T09:46:40Z: the moment at which tests begin.
pub(crate) const START_MS: i64 = 1_795_000_000_000;

/// An event of this moment panics: a defect, for the tests that look for defects.
pub(crate) const PLANTED: (&str, i64) = ("2001-02-03T04:05:06.789Z", 981_173_106_789);

/// What a commit says.
pub(crate) type End = fn() -> Result<Vec<Outcome>, store::Error>;

/// What happens in the place of a commit.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    Ends(End),
    Hangs,
}

/// A journal with faults.
struct Faulty {
    journal: Journal,
    fault: Arc<Mutex<Option<Fault>>>,
}

impl Commit for Faulty {
    async fn append(&self, events: Vec<Event>) -> Result<Vec<Outcome>, store::Error> {
        let fault = *self.fault.lock().unwrap();
        match fault {
            None => self.journal.append(events).await,
            Some(Fault::Ends(end)) => end(),
            Some(Fault::Hangs) => std::future::pending().await,
        }
    }

    async fn reject(&self, refusals: Vec<Refusal>) -> Result<usize, store::Error> {
        self.journal.reject(refusals).await
    }
}

/// A server that runs until the test ends.
pub(crate) struct Rig {
    pub(crate) store: Store,
    pub(crate) port: u16,
    /// Turned by hand.
    pub(crate) clock_ms: Arc<AtomicI64>,
    pub(crate) intake: Arc<Intake>,
    pub(crate) fault: Arc<Mutex<Option<Fault>>>,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Report>,
    location: Location,
    home: Arc<Home>,
}

pub(crate) enum Home {
    /// The test's own.
    Elsewhere,
    Folder(#[expect(dead_code, reason = "kept for its destructor")] tempfile::TempDir),
    Database(#[expect(dead_code, reason = "kept for its destructor")] testkit::Database<'static>),
}

/// A tenant and its key.
pub(crate) struct Tenant {
    pub(crate) id: ProjectId,
    pub(crate) key: Key,
    pub(crate) key_id: Uuid,
}

fn make_id() -> MakeId {
    Box::new(|time| {
        let time = time.unwrap_or(Timestamp::from_unix_ms(START_MS));
        assert_ne!(time.unix_ms(), PLANTED.1, "as the test planted it");
        Uuid::at(time)
    })
}

impl Rig {
    pub(crate) async fn start() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("data.db"));
        let home = Arc::new(Home::Folder(folder));
        Self::over(location, home, config, intake::Config::default()).await
    }

    pub(crate) async fn postgres(check: &str) -> Option<Self> {
        let database = testkit::postgres_or_skip()?.database(check).unwrap();
        let location = Location::parse(&database.url());
        let home = Arc::new(Home::Database(database));
        let (config, limits) = (Config::default(), intake::Config::default());
        Some(Self::over(location, home, config, limits).await)
    }

    /// A server whose buffer takes so many events.
    pub(crate) async fn with_buffer(waiting_events_max: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("data.db"));
        let home = Arc::new(Home::Folder(folder));
        let mut limits = intake::Config::default();
        limits.batch.waiting_events_max = waiting_events_max;
        Self::over(location, home, Config::default(), limits).await
    }

    pub(crate) async fn over(
        location: Location,
        home: Arc<Home>,
        config: Config,
        limits: intake::Config,
    ) -> Self {
        let now = Timestamp::from_unix_ms(START_MS);
        let store = Store::open(&location, &store::Config::default(), now)
            .await
            .unwrap();
        let fault = Arc::new(Mutex::new(None));
        let faulty = Faulty {
            journal: store.journal(),
            fault: Arc::clone(&fault),
        };
        let (intake, committers) = Intake::new(faulty, limits, make_id());
        for committer in committers {
            tokio::spawn(committer.run());
        }
        let intake = Arc::new(intake);
        let clock_ms = Arc::new(AtomicI64::new(START_MS));
        let clock = Arc::clone(&clock_ms);
        let app = App::new(Parts {
            intake: Arc::clone(&intake),
            journal: store.journal(),
            registry: store.registry(),
            clock: Box::new(move || Timestamp::from_unix_ms(clock.load(Ordering::Relaxed))),
            make_id: make_id(),
            config,
            more_metrics: Some(Box::new(|text| text.push_str("more 1\n"))),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(web::run(listener, app, async {
            // A rig that is dropped stops as well.
            let _ = stopped.await;
        }));
        let stop = Some(stop);
        Self {
            store,
            port,
            clock_ms,
            intake,
            fault,
            stop,
            running,
            location,
            home,
        }
    }

    /// The same database behind a new server.
    pub(crate) async fn restart(self, config: Config) -> Self {
        let (location, home) = (self.location.clone(), Arc::clone(&self.home));
        self.stop().await;
        Self::over(location, home, config, intake::Config::default()).await
    }

    /// What gives the order to stop, for who cannot have the rig.
    pub(crate) fn stop_order(&mut self) -> oneshot::Sender<()> {
        self.stop.take().unwrap()
    }

    /// Gives the order to stop.
    pub(crate) fn order_stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Stops, if that was not ordered yet, and waits for the end.
    pub(crate) async fn stop(mut self) -> Report {
        if let Some(stop) = self.stop.take() {
            stop.send(()).unwrap();
        }
        let report = self.running.await.unwrap();
        self.intake.close();
        report
    }

    /// A project with a write key.
    pub(crate) async fn tenant(&self, slug: &str) -> Tenant {
        let id = ProjectId::from_uuid(Uuid::now_v7());
        let created_at = Timestamp::from_unix_ms(START_MS);
        let (name, slug, archived_at) = (slug.to_owned(), slug.to_owned(), None);
        let project = Project {
            id,
            name,
            slug,
            created_at,
            archived_at,
        };
        self.store.registry().create_project(project).await.unwrap();
        let (key, key_id) = self.key(id, KeyKind::Write).await;
        Tenant { id, key, key_id }
    }

    pub(crate) async fn key(&self, project_id: ProjectId, kind: KeyKind) -> (Key, Uuid) {
        let id = Uuid::now_v7();
        let random = || Uuid::new_v4().unwrap().to_bytes();
        let entropy = [random(), random()].concat();
        let key = Key::make(kind, entropy.try_into().unwrap());
        let (name, hint) = (String::new(), key.hint().to_owned());
        let created_at = Timestamp::from_unix_ms(START_MS);
        let revoked_at = None;
        let row = ApiKey {
            id,
            project_id,
            kind,
            name,
            hint,
            created_at,
            revoked_at,
        };
        let created = self
            .store
            .registry()
            .create_key(row, key.digest())
            .await
            .unwrap();
        assert!(created);
        (key, id)
    }

    /// The names of the stored events of a project, in their own order.
    pub(crate) async fn stored(&self, project_id: ProjectId) -> Vec<String> {
        let cut = Cut {
            before: None,
            limit: 1_000,
        };
        let page = self
            .store
            .journal()
            .events(project_id, EventFilter::default(), cut)
            .await;
        let events = page.unwrap().events.into_iter();
        let mut names: Vec<_> = events.map(|event| event.name.as_str().to_owned()).collect();
        names.sort();
        names
    }

    pub(crate) async fn connect(&self) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        Client {
            stream,
            read: Vec::new(),
        }
    }

    /// One request on a connection of its own.
    pub(crate) async fn send(&self, request: &[u8]) -> Answer {
        let mut client = self.connect().await;
        client.write(request).await;
        client.answer().await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        self.send(request.as_bytes()).await
    }

    /// `POST /api/events` with the tenant's key.
    pub(crate) async fn post(&self, tenant: &Tenant, body: impl AsRef<[u8]>) -> Answer {
        let headers = format!("Authorization: Bearer {}\r\n", tenant.key.as_str());
        self.send(&post("/api/events", &headers, body.as_ref()))
            .await
    }
}

/// A request as bytes; each header ends with CR LF.
pub(crate) fn post(target: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// One connection.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

/// What a client got.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// 0 if the connection ended without one.
    pub(crate) status: u16,
    /// The head, names in lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code of a refusal.
    pub(crate) fn code(&self) -> String {
        let code = self.json()["error"]["code"].as_str().map(str::to_owned);
        code.unwrap_or_else(|| panic!("no code: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }
}

impl Client {
    /// A server that has answered may have closed: what it says is what counts.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// The next answer.
    pub(crate) async fn answer(&mut self) -> Answer {
        let mut head = None;
        loop {
            let end = self.read.windows(4).position(|four| four == b"\r\n\r\n");
            if let (None, Some(end)) = (&head, end) {
                let text = String::from_utf8(self.read.drain(..end + 4).collect()).unwrap();
                if text.starts_with("HTTP/1.1 100") {
                    continue;
                }
                head = Some(text.to_lowercase());
            }
            if let Some(head) = &head {
                let status = head[9..12].parse().unwrap();
                let mut answer = Answer {
                    status,
                    head: head.clone(),
                    ..Answer::default()
                };
                let length = answer
                    .header("content-length")
                    .map_or(0, |text| text.parse().unwrap());
                if self.read.len() >= length {
                    let body = self.read.drain(..length).collect();
                    answer.body = String::from_utf8(body).unwrap();
                    return answer;
                }
            }
            if !self.more().await {
                return Answer::default();
            }
        }
    }

    async fn more(&mut self) -> bool {
        let mut piece = [0; 4096];
        let count = self.stream.read(&mut piece).await.unwrap_or(0);
        self.read.extend_from_slice(&piece[..count]);
        count > 0
    }

    /// Whether the connection is closed, once all is read.
    pub(crate) async fn is_closed(&mut self) -> bool {
        self.read.is_empty() && !self.more().await
    }
}
