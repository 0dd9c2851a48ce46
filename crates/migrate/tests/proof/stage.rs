//! A database with a fixture in it, and the commands of the migration: the only file that calls it.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use connect::Target;
use migrate::plan::{self, Made, Options};
use migrate::run::{self, Control, Event, Until, Verdict};
use migrate::{Error, Plan};
use testkit::Database;
use tokio::task::JoinHandle;
use tokio_postgres::Client;

use crate::fixture::{Expect, Fixture};

/// Roles that fixtures grant to; they belong to the server, so every stage may find them there.
const ROLES: &str = "
DO $$ BEGIN CREATE ROLE rig_reader LOGIN; EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE rig_owner LOGIN; EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL; END $$";

/// A throwaway database.
pub(crate) struct Stage {
    pub(crate) client: Client,
    pub(crate) target: Target,
    pub(crate) url: String,
    programs: PathBuf,
    _task: JoinHandle<()>,
    _database: Database<'static>,
}

/// Which end of a run is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// None but its own.
    Never,
    /// Before or after the statement of this number, from 1.
    At(usize),
}

impl Stage {
    /// A database with the schema and the data; none where tests run without PostgreSQL.
    pub(crate) async fn of(fixture: &Fixture) -> Option<Self> {
        let server = testkit::postgres_or_skip()?;
        let database = server.database(&fixture.name).expect("a database");
        let url = database.url();
        let owner = Target::parse(&url, "rig", CONNECT_WAIT).expect("a URL");
        let (client, task) = owner.open().await.expect("a connection");
        let sql = "SELECT setting FROM pg_config WHERE name = 'BINDIR'";
        let programs: String = client.query_one(sql, &[]).await.expect("a folder").get(0);
        let said = |error| panic!("{}: {error:?}", fixture.name);
        client.batch_execute(ROLES).await.unwrap_or_else(said);
        for sql in [&fixture.schema, &fixture.data] {
            client.batch_execute(sql).await.unwrap_or_else(said);
        }
        // What the migration proves does not need the disk; its speed is measured elsewhere.
        let unsynced = "RESET ROLE; RESET ALL; SET synchronous_commit = off";
        client.batch_execute(unsynced).await.unwrap_or_else(said);
        let sql = format!(
            "ALTER DATABASE \"{}\" SET synchronous_commit = off",
            database.name()
        );
        client.batch_execute(&sql).await.unwrap_or_else(said);
        for setting in &fixture.expect.settings {
            let sql = format!("ALTER DATABASE \"{}\" SET {setting}", database.name());
            client.batch_execute(&sql).await.unwrap_or_else(said);
        }
        let user = fixture.expect.user.as_deref().unwrap_or("postgres");
        let target = url.replace("//postgres@", &format!("//{user}@"));
        let target = Target::parse(&target, "idshift", CONNECT_WAIT).expect("a URL");
        let programs = PathBuf::from(programs);
        Some(Self {
            client,
            target,
            url,
            programs,
            _task: task,
            _database: database,
        })
    }

    /// A plan with these answers.
    pub(crate) async fn plan(&self, expect: &Expect, answered: bool) -> Result<Made, Error> {
        let mut options = Options {
            tables: expect.tables.clone().unwrap_or_else(|| expect.keys.clone()),
            all_auto_increment: expect.all,
            zone: expect.zone.clone(),
            ..Options::default()
        };
        if expect.all {
            options.tables.clear();
        }
        options.choices.strict = expect.strict;
        if let Some(bytes) = expect.materialized_bytes_max {
            options.choices.materialized_bytes_max = bytes;
        }
        if answered {
            options.choices.answers.clone_from(&expect.answers);
        }
        let (client, _task) = self.target.open().await?;
        plan::make(&client, &options).await
    }

    /// Applies the plan.
    pub(crate) async fn apply(&self, plan: &Plan, until: Until, stop: Stop) -> Result<(), Error> {
        let mut points = Points { seen: 0, stop };
        run::apply(&self.target, plan, until, &mut |event| points.pass(event)).await
    }

    /// The number of points of a whole run.
    pub(crate) async fn points(&self, plan: &Plan) -> Result<usize, Error> {
        let mut points = Points {
            seen: 0,
            stop: Stop::Never,
        };
        run::apply(&self.target, plan, Until::End, &mut |event| {
            points.pass(event)
        })
        .await?;
        Ok(points.seen)
    }

    pub(crate) async fn rollback(&self, stop: Stop) -> Result<(), Error> {
        let mut points = Points { seen: 0, stop };
        run::rollback(&self.target, &mut |event| points.pass(event)).await
    }

    pub(crate) async fn contract(&self, stop: Stop) -> Result<(), Error> {
        let mut points = Points { seen: 0, stop };
        run::contract(&self.target, false, &mut |event| points.pass(event)).await
    }

    /// What the migration's own checks find amiss.
    pub(crate) async fn verify(&self) -> Vec<String> {
        match run::verify(&self.target).await {
            Err(error) => vec![format!("verify: {error}")],
            Ok(checks) => {
                let failed = checks
                    .into_iter()
                    .filter(|check| check.verdict == Verdict::Failed);
                failed.map(|check| format!("verify: {check:?}")).collect()
            }
        }
    }

    /// The schema as `pg_dump -s` prints it.
    pub(crate) fn dump(&self) -> String {
        let mut command = Command::new(self.programs.join("pg_dump"));
        let output = command
            .args(["--schema-only", "--no-sync", &self.url])
            .output();
        let output = output.expect("pg_dump starts");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        // Newer minor versions guard the script with a random word.
        let lines = text.lines().filter(|line| !line.starts_with('\\'));
        lines.collect::<Vec<_>>().join("\n")
    }

    pub(crate) async fn run(&self, sql: &str) -> Result<(), String> {
        let done = self.client.batch_execute(sql).await;
        done.map_err(|error| format!("{sql}\n{error:?}"))
    }
}

/// How long a connection may take.
const CONNECT_WAIT: Duration = Duration::from_secs(10);

/// Counts the moments before and after statements, and stops at one.
struct Points {
    seen: usize,
    stop: Stop,
}

impl Points {
    fn pass(&mut self, event: &Event<'_>) -> Control {
        if matches!(event, Event::Before(_) | Event::After(_)) {
            self.seen += 1;
            if self.stop == Stop::At(self.seen) {
                return Control::Stop;
            }
        }
        Control::Continue
    }
}

/// An error with what it hides: refusals by situation and object.
pub(crate) fn told(error: &Error) -> String {
    match error {
        Error::Refused(refusals) => {
            let each = refusals
                .iter()
                .map(|r| format!("{}: {}", r.situation, r.object));
            format!("refused: {}", each.collect::<Vec<_>>().join("; "))
        }
        other => format!("{other}"),
    }
}
