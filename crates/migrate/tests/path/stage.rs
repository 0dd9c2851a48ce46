//! A database with a schema, and the commands of a migration on it.

use std::process::Command;
use std::time::Duration;

use connect::Target;
use migrate::plan::{Made, Options};
use migrate::run::{self, Check, Control, Event, Until, Verdict};
use migrate::{Error, Plan};
use testkit::{Database, Postgres, postgres_or_skip};
use tokio::task::JoinHandle;
use tokio_postgres::Client;

/// A throwaway database.
pub(crate) struct Stage {
    pub(crate) database: Database<'static>,
    pub(crate) target: Target,
    pub(crate) client: Client,
    _task: JoinHandle<()>,
}

impl Stage {
    /// A database with this schema and data; none where tests run without PostgreSQL.
    pub(crate) async fn new(name: &str, sql: &str) -> Option<Self> {
        let server: &'static Postgres = postgres_or_skip()?;
        let database = server.database(name).expect("a database");
        let target = Target::parse(&database.url(), "idshift-test", Duration::from_secs(10));
        let target = target.expect("a URL");
        let (client, task) = target.open().await.expect("a connection");
        client.batch_execute(sql).await.expect("the schema");
        Some(Self {
            database,
            target,
            client,
            _task: task,
        })
    }

    /// A plan for these tables.
    pub(crate) async fn plan(&self, tables: &[&str]) -> Result<Made, Error> {
        let tables = tables.iter().map(|&table| table.to_owned()).collect();
        self.plan_with(Options {
            tables,
            ..Options::default()
        })
        .await
    }

    pub(crate) async fn plan_with(&self, options: Options) -> Result<Made, Error> {
        let (client, _task) = self.target.open().await.expect("a connection");
        migrate::plan::make(&client, &options).await
    }

    pub(crate) async fn apply(&self, plan: &Plan, until: Until) -> Result<(), Error> {
        run::apply(&self.target, plan, until, &mut |_| Control::Continue).await
    }

    /// Applies and stops at the point of this number; the number of points seen otherwise.
    pub(crate) async fn apply_until_point(&self, plan: &Plan, stop: usize) -> Result<usize, Error> {
        let mut seen = 0;
        let mut watch = |event: &Event<'_>| {
            if !matches!(event, Event::Before(_) | Event::After(_)) {
                return Control::Continue;
            }
            seen += 1;
            if seen == stop {
                Control::Stop
            } else {
                Control::Continue
            }
        };
        run::apply(&self.target, plan, Until::End, &mut watch).await?;
        Ok(seen)
    }

    pub(crate) async fn rollback(&self) -> Result<(), Error> {
        run::rollback(&self.target, &mut |_| Control::Continue).await
    }

    pub(crate) async fn contract(&self, keep_lookup: bool) -> Result<(), Error> {
        run::contract(&self.target, keep_lookup, &mut |_| Control::Continue).await
    }

    /// All checks; panics with those that failed.
    pub(crate) async fn verify(&self) -> Vec<Check> {
        let checks = run::verify(&self.target).await.expect("verified");
        let failed: Vec<&Check> = checks
            .iter()
            .filter(|check| check.verdict == Verdict::Failed)
            .collect();
        assert!(failed.is_empty(), "{failed:#?}");
        checks
    }

    /// The schema as `pg_dump -s` writes it, without what differs from run to run.
    pub(crate) fn dump(&self) -> String {
        let output = Command::new("pg_dump")
            .args(["--schema-only", "--dbname", &self.database.url()])
            .output()
            .expect("pg_dump");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let kept = text.lines().filter(|line| !line.starts_with('\\'));
        kept.collect::<Vec<_>>().join("\n")
    }

    /// One value as text.
    pub(crate) async fn one(&self, sql: &str) -> String {
        let sql = format!("SELECT ({sql})::text");
        let row = self
            .client
            .query_one(&sql, &[])
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e:?}"));
        row.get::<_, Option<String>>(0).unwrap_or_default()
    }

    pub(crate) async fn run(&self, sql: &str) {
        self.client
            .batch_execute(sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// All rows of tables, as text.
    pub(crate) async fn data(&self, tables: &[&str]) -> String {
        let mut all = String::new();
        for table in tables {
            let sql = format!("SELECT string_agg(t::text, E'\\n' ORDER BY t::text) FROM {table} t");
            let row = self.client.query_one(&sql, &[]).await.expect("rows");
            all.push_str(&row.get::<_, Option<String>>(0).unwrap_or_default());
            all.push('\n');
        }
        all
    }
}
