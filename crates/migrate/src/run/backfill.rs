//! Fills the rows of a table, batch by batch, in the order of a key.
//!
//! One connection reads the next batch while the other one writes this one. A batch is one
//! transaction with its place in the journal. What a trigger has filled meanwhile stays: a column
//! is only written where it is empty, judged by the row as it is when the batch has locked it.

mod batch;
mod read;
mod statements;
mod times;
mod walk;

use std::time::Duration;

use ids::Uuid;
use tokio::time::Instant;
use tokio_postgres::Statement;

use super::Event;
use super::engine::{Engine, is_busy};
use super::pace::Pace;
use crate::Error;
use crate::journal::{self, Progress};
use crate::mint::{self, Mint, Order};
use crate::plan::{Plan, Table, Time, Value};
use crate::session::Session;
use crate::step::Pass;
use batch::Written;
use statements::{Select, Sql};
use times::Times;
use walk::Walk;

/// How often the state of standbys and the wish to pause are asked for.
const HEALTH_PERIOD: Duration = Duration::from_secs(1);

/// How long a held backfill waits before it asks again.
const HELD_PAUSE: Duration = Duration::from_secs(1);

/// A batch commits without waiting for the disk: its journal row goes with it, so that a crash of
/// the server loses both or none. Plans other than by index would read the table for each batch.
const FILL_SETTINGS: &str = "SET synchronous_commit = off; SET enable_hashjoin = off; \
    SET enable_mergejoin = off; SET enable_seqscan = off; SET jit = off";
const FILL_RESET: &str = "RESET synchronous_commit; RESET enable_hashjoin; RESET enable_mergejoin; \
    RESET enable_seqscan; RESET jit; SET lock_timeout = 0";
/// Not even the `RESET` is allowed to a role that may not set it.
const SILENCE: &str = "SET session_replication_role = replica";
const SILENCE_RESET: &str = "RESET session_replication_role";

/// One row as it was read.
struct Row {
    /// Its key, column by column as text.
    key: Vec<String>,
    /// Its key as a number, where it is one.
    number: Option<i64>,
    /// Its time, in microseconds since 1970.
    time: Option<i64>,
    /// The second choice, where that is none.
    otherwise: Option<i64>,
}

/// One walk in the making.
struct Filler<'a> {
    plan: &'a Plan,
    table: &'a Table,
    step: u32,
    walk: Walk,
    first: Option<Statement>,
    next: Option<Statement>,
    update: Statement,
    progress: Progress,
    mint: Option<Mint>,
    times: Times,
    pace: Pace,
    since_vacuum: u64,
    health_at: Instant,
}

impl Engine<'_> {
    /// Walks the table once and fills what is empty.
    pub(super) async fn fill(&mut self, plan: &Plan, step: u32, pass: &Pass) -> Result<(), Error> {
        let known = journal::progress(&self.session.client, step).await?;
        self.walk(plan, step, pass, known).await
    }

    /// Fills what a walk has missed: rows of transactions that could not see the new keys.
    pub(super) async fn sweep(&mut self, plan: &Plan, step: u32, pass: &Pass) -> Result<(), Error> {
        self.walk(plan, step, pass, None).await
    }

    async fn walk(
        &mut self,
        plan: &Plan,
        step: u32,
        pass: &Pass,
        known: Option<Progress>,
    ) -> Result<(), Error> {
        let reader = Session::open(self.target).await?;
        let mut filler = Filler::prepare(self, &reader, plan, (step, pass), known).await?;
        self.execute(FILL_SETTINGS).await?;
        let timeout = plan.settings.lock_timeout_ms;
        self.execute(&format!("SET lock_timeout = {timeout}"))
            .await?;
        if plan.settings.silent {
            self.execute(SILENCE).await?;
        }
        filler.run(self, &reader).await?;
        if plan.settings.silent {
            self.execute(SILENCE_RESET).await?;
        }
        self.execute(FILL_RESET).await
    }
}

impl<'a> Filler<'a> {
    async fn prepare(
        engine: &Engine<'_>,
        reader: &Session,
        plan: &'a Plan,
        (step, pass): (u32, &Pass),
        known: Option<Progress>,
    ) -> Result<Self, Error> {
        let table = &plan.tables[pass.table];
        let doing = || Error::database(format!("prepare filling {}", table.name));
        let walk = Walk::of(&reader.client, table).await?;
        let started = engine.started_us().await?;
        let sql = Sql::new(plan, table, pass, &walk, started);
        let progress = match known {
            Some(progress) => progress,
            None => Progress {
                bound: walk.bound(&reader.client, table).await?,
                ..Progress::default()
            },
        };
        let by_key = !walk.by_place();
        let first = sql.select(&walk, Select::First);
        let next = sql.select(&walk, Select::Next);
        let prepared = async |wanted: bool, sql: &str| {
            if !wanted {
                return Ok(None);
            }
            reader.client.prepare(sql).await.map(Some).map_err(doing())
        };
        let first_time = match sql.first_time(&walk) {
            Some(sql) => reader.client.query_opt(&sql, &[]).await.map_err(doing())?,
            None => None,
        };
        let first_time = first_time.and_then(|row| row.get::<_, Option<i64>>(0));
        let update = engine
            .session
            .client
            .prepare(&sql.update)
            .await
            .map_err(doing())?;
        Ok(Self {
            plan,
            table,
            step,
            first: prepared(by_key, &first).await?,
            next: prepared(true, &next).await?,
            update,
            mint: mint_of(table, pass, &progress, (started, first_time))?,
            progress,
            times: Times::new(&sql, &walk),
            pace: Pace::new(plan.settings.batch_rows, plan.settings.rows_per_second),
            walk,
            since_vacuum: 0,
            health_at: Instant::now(),
        })
    }

    /// Reads the next batch while this one is written.
    async fn run(&mut self, engine: &mut Engine<'_>, reader: &Session) -> Result<(), Error> {
        let mut cursor = self.progress.last_key.clone();
        let mut batch = self.read(reader, cursor.as_deref()).await?;
        while let Some((rows, reached)) = batch {
            self.health(engine).await?;
            let (values, tick) = self.values(reader, cursor.as_deref(), &rows).await?;
            cursor = Some(reached.clone());
            let start = Instant::now();
            let (written, next) = tokio::join!(
                self.write(engine, &rows, &values, (reached, tick)),
                self.read(reader, cursor.as_deref())
            );
            let progress = written?;
            batch = next?;
            self.written(engine, progress, rows.len(), start.elapsed())
                .await?;
        }
        Ok(())
    }

    /// New keys for rows, and the tick that the next batch goes on from.
    async fn values(
        &mut self,
        reader: &Session,
        cursor: Option<&[String]>,
        rows: &[Row],
    ) -> Result<(Vec<Uuid>, u64), Error> {
        let Some(mut mint) = self.mint else {
            return Ok((Vec::new(), self.progress.last_tick));
        };
        let times = self.times.of(&reader.client, cursor, rows).await?;
        let values: Result<Vec<Uuid>, ids::Error> = times
            .into_iter()
            .map(|time| mint::id(mint.next(time)))
            .collect();
        Ok((values?, mint.last()))
    }

    /// After a batch: keeps the place, tells, vacuums, and waits if it is too fast.
    async fn written(
        &mut self,
        engine: &mut Engine<'_>,
        written: Written,
        rows: usize,
        took: Duration,
    ) -> Result<(), Error> {
        let tick = written.progress.last_tick;
        self.progress = written.progress;
        if let Some(mint) = &mut self.mint {
            mint.go_on_from(tick);
        }
        if written.blocked > 0 {
            self.pace.blocked();
        }
        let rows_total = self.table.rows.max(self.progress.rows);
        engine.tell(&Event::Batch {
            table: &self.table.name,
            rows: self.progress.rows,
            rows_total,
        })?;
        self.pace.filled(rows as u64, took).await;
        self.since_vacuum += rows as u64;
        let limit = self.plan.settings.vacuum_rows;
        if limit > 0 && self.since_vacuum >= limit {
            self.since_vacuum = 0;
            self.vacuum(engine).await?;
        }
        Ok(())
    }

    /// Makes the space of old versions usable again. Somebody else's vacuum serves as well.
    async fn vacuum(&self, engine: &mut Engine<'_>) -> Result<(), Error> {
        let vacuum = format!("VACUUM (SKIP_LOCKED) {}", self.table.name);
        match engine.execute(&vacuum).await {
            Err(error) if is_busy(&error) => Ok(()),
            other => other,
        }
    }

    /// Waits while somebody asked for a pause, or a standby is too far behind.
    async fn health(&mut self, engine: &mut Engine<'_>) -> Result<(), Error> {
        if self.health_at.elapsed() < HEALTH_PERIOD {
            return Ok(());
        }
        let sql = "-- backfill.health
            SELECT (SELECT paused FROM \"idshift\".\"run\"),
                   coalesce((SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn))::bigint
                             FROM pg_stat_replication), 0)";
        loop {
            self.health_at = Instant::now();
            let doing = Error::database("ask how the standbys are");
            let row = engine
                .session
                .client
                .query_one(sql, &[])
                .await
                .map_err(doing)?;
            let behind = row.get::<_, i64>(1).max(0).unsigned_abs();
            let reason = if row.get(0) {
                "`idshift migrate resume` lets it go on".to_owned()
            } else if behind > self.plan.settings.replication_lag_bytes_max {
                format!("a standby is {behind} bytes behind")
            } else {
                return Ok(());
            };
            engine.tell(&Event::Paused { reason: &reason })?;
            tokio::time::sleep(HELD_PAUSE).await;
        }
    }
}

/// The mint of a pass, if it fills a key.
fn mint_of(
    table: &Table,
    pass: &Pass,
    progress: &Progress,
    (now_us, first_us): (u64, Option<i64>),
) -> Result<Option<Mint>, Error> {
    let minted = pass
        .columns
        .iter()
        .find_map(|&column| match &table.columns[column].value {
            Value::Mint { order, time } => Some((*order, time)),
            _ => None,
        });
    let Some((order, time)) = minted else {
        return Ok(None);
    };
    let floor = match time {
        Time::Floor { at } => floor_us(at)?,
        Time::Column { .. } | Time::Parent { .. } => first_us
            .and_then(|us| u64::try_from(us).ok())
            .map_or(now_us, |us| us.min(now_us)),
    };
    let order = if matches!(time, Time::Floor { .. }) {
        Order::Id
    } else {
        order
    };
    Ok(Some(Mint::new(order, progress.last_tick, now_us, floor)))
}

/// Microseconds since 1970 of a moment in RFC 3339, UTC.
fn floor_us(at: &str) -> Result<u64, Error> {
    walk::moment_us(at).ok_or_else(|| {
        Error::Plan(format!(
            "the moment is `{at}`, expected the form `2025-01-31T12:00:00Z`"
        ))
    })
}

impl Engine<'_> {
    /// When the run began, in microseconds since 1970: ids of rows that were there before are not
    /// later, those of triggers are.
    async fn started_us(&self) -> Result<u64, Error> {
        let sql = "-- backfill.started
            SELECT (extract(epoch FROM started_at) * 1000000)::bigint FROM \"idshift\".\"run\"";
        let doing = Error::database("read the journal");
        let row = self
            .session
            .client
            .query_one(sql, &[])
            .await
            .map_err(doing)?;
        Ok(row.get::<_, i64>(0).unsigned_abs())
    }
}
