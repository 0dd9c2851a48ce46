//! A server on SQLite with one project, for measuring: prints its address and its key, and serves
//! until it is killed.
//!
//! `cargo run --release -p web --example collect -- data.db`

use std::future::pending;
use std::sync::Arc;

use event::ProjectId;
use ids::{Clock as _, Process, SystemClock, Timestamp, Uuid};
use intake::Intake;
use store::{ApiKey, KeyKind, Location, Project, Store};
use web::{App, Config, Key, Parts};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("expected the path of a database")?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(&path))
}

fn now() -> Timestamp {
    let ns = SystemClock.now().as_nanos();
    Timestamp::from_unix_ns(i128::try_from(ns).unwrap_or(i128::MAX))
}

fn make_id() -> intake::MakeId {
    Box::new(|time| time.map_or_else(|| Process::global().generate(), Uuid::at))
}

#[expect(clippy::print_stdout, reason = "what it is for")]
async fn serve(path: &str) -> Result<(), Box<dyn std::error::Error>> {
    let location = Location::parse(path);
    let store = Store::open(&location, &store::Config::default(), now()).await?;
    let key = create(&store).await?;
    let config = intake::Config::default();
    let (intake, committers) = Intake::new(store.journal(), config, make_id());
    for committer in committers {
        tokio::spawn(committer.run());
    }
    let app = App::new(Parts {
        intake: Arc::new(intake),
        journal: store.journal(),
        registry: store.registry(),
        clock: Box::new(now),
        make_id: make_id(),
        config: Config::default(),
        more_metrics: None,
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{} {}", listener.local_addr()?, key.as_str());
    web::run(listener, app, pending()).await;
    Ok(())
}

async fn create(store: &Store) -> Result<Key, Box<dyn std::error::Error>> {
    let id = ProjectId::from_uuid(Process::global().generate()?);
    let key = Key::make(
        KeyKind::Write,
        [id.uuid().to_bytes(), id.uuid().to_bytes()].concat()[..].try_into()?,
    );
    let project = Project {
        id,
        name: "Measured".to_owned(),
        slug: id.to_string(),
        created_at: now(),
        archived_at: None,
    };
    store.registry().create_project(project).await?;
    let row = ApiKey {
        id: Process::global().generate()?,
        project_id: id,
        kind: KeyKind::Write,
        name: String::new(),
        hint: key.hint().to_owned(),
        created_at: now(),
        revoked_at: None,
    };
    store.registry().create_key(row, key.digest()).await?;
    Ok(key)
}
