//! Runs one step after the other, with locks tried for and never waited for long.

use std::time::Duration;

use tokio_postgres::error::SqlState;

use super::{Control, Event, Watch};
use crate::journal::{self, Journal};
use crate::plan::Plan;
use crate::session::Session;
use crate::step::{Action, Step};
use crate::{Error, steps};

/// The advisory lock that one run holds: "idshift" in ASCII.
const RUN_LOCK: i64 = 0x6964_7368_6966_7400;

/// How long a run waits for another one to end: one that was killed leaves its server process
/// behind until that has finished its statement.
const RUN_LOCK_ATTEMPTS: u32 = 40;
const RUN_LOCK_PAUSE: Duration = Duration::from_millis(250);

/// How often a table is filled again when a check finds unfilled rows.
const SWEEPS_MAX: u32 = 8;

/// The longest pause between two attempts at a lock; the first ones are shorter.
const PAUSE_MAX_MS: u64 = 500;

/// A run in the making.
pub(super) struct Engine<'a> {
    pub(super) target: &'a connect::Target,
    pub(super) session: Session,
    pub(super) watch: &'a mut Watch<'a>,
    /// The step that is being run, for messages.
    pub(super) step: u32,
}

impl<'a> Engine<'a> {
    /// Connects, and takes care that this is the only run.
    pub(super) async fn open(
        target: &'a connect::Target,
        watch: &'a mut Watch<'a>,
    ) -> Result<Self, Error> {
        let session = Session::open(target).await?;
        let mut engine = Self {
            target,
            session,
            watch,
            step: 0,
        };
        engine.take_run_lock().await?;
        // Lets a waiting ALTER TABLE send autovacuum away before it gives up. Only a superuser
        // may; for others autovacuum is waited for.
        let sql = "DO $$ BEGIN SET deadlock_timeout = '50ms'; \
                   EXCEPTION WHEN insufficient_privilege THEN NULL; END $$";
        let doing = Error::database("set up the connection");
        engine
            .session
            .client
            .batch_execute(sql)
            .await
            .map_err(doing)?;
        Ok(engine)
    }

    async fn take_run_lock(&mut self) -> Result<(), Error> {
        let sql = "SELECT pg_try_advisory_lock($1)";
        for attempt in 1..=RUN_LOCK_ATTEMPTS {
            let doing = Error::database("take the lock of the run");
            let row = self
                .session
                .client
                .query_one(sql, &[&RUN_LOCK])
                .await
                .map_err(doing)?;
            if row.get(0) {
                return Ok(());
            }
            let holders = "another run of idshift".to_owned();
            self.tell(&Event::Waiting { attempt, holders })?;
            tokio::time::sleep(RUN_LOCK_PAUSE).await;
        }
        let next = "wait for it to end; `idshift migrate status` shows how far it is";
        Err(Error::state("start: another run is in progress", next))
    }

    /// The journal; an error if there is none.
    pub(super) async fn journal(&self) -> Result<Journal, Error> {
        journal::read(&self.session.client)
            .await?
            .ok_or_else(no_migration)
    }

    pub(super) fn tell(&mut self, event: &Event<'_>) -> Result<(), Error> {
        match (self.watch)(event) {
            Control::Continue => Ok(()),
            Control::Stop => Err(Error::Stopped { step: self.step }),
        }
    }

    /// Sends one statement.
    pub(super) async fn execute(&mut self, sql: &str) -> Result<(), Error> {
        self.tell(&Event::Before(sql))?;
        let doing = || Error::database(format!("run `{}`", excerpt(sql)));
        self.session
            .client
            .batch_execute(sql)
            .await
            .map_err(doing())?;
        self.tell(&Event::After(sql))
    }

    /// Runs the steps of a list that are not in `done`; each is recorded by `record`.
    pub(super) async fn run(
        &mut self,
        plan: &Plan,
        list: &[Step],
        done: &[u32],
        record: impl Fn(&Step) -> Option<String>,
    ) -> Result<(), Error> {
        for step in list.iter().filter(|step| !done.contains(&step.number)) {
            self.step = step.number;
            self.tell(&Event::Step {
                step,
                total: list.len(),
            })?;
            self.one(plan, step, record(step)).await?;
        }
        Ok(())
    }

    async fn one(&mut self, plan: &Plan, step: &Step, record: Option<String>) -> Result<(), Error> {
        match &step.action {
            Action::Transaction(statements) => {
                return self.transaction(plan, statements, record.as_deref()).await;
            }
            Action::Cutover { lock, statements } => {
                return self
                    .cut_over(plan, lock, statements, record.as_deref())
                    .await;
            }
            Action::Validate { sql, table } => {
                self.validate(plan, step.number, sql, *table).await?;
            }
            Action::Index { sql, index } => self.index(sql, index).await?,
            Action::Again { undo, sql } => {
                self.execute(undo).await?;
                self.execute(sql).await?;
            }
            Action::Plain(sql) => self.execute(sql).await?,
            Action::Fill(pass) => self.fill(plan, step.number, pass).await?,
        }
        match record {
            Some(record) => self.execute(&record).await,
            None => Ok(()),
        }
    }

    /// A short transaction, again and again until its locks can be had without making others wait.
    async fn transaction(
        &mut self,
        plan: &Plan,
        statements: &[String],
        record: Option<&str>,
    ) -> Result<(), Error> {
        let timeout = plan.settings.lock_timeout_ms;
        let mut whole = vec![format!("SET LOCAL lock_timeout = {timeout}")];
        whole.extend_from_slice(statements);
        whole.extend(record.map(str::to_owned));
        for attempt in 1..=plan.settings.lock_attempts {
            self.execute("BEGIN").await?;
            match self.all(&whole).await {
                Ok(()) => return self.execute("COMMIT").await,
                Err(error) => self.again(plan, attempt, error).await?,
            }
        }
        Err(self.locked_out(plan).await)
    }

    async fn all(&mut self, statements: &[String]) -> Result<(), Error> {
        for statement in statements {
            self.execute(statement).await?;
        }
        Ok(())
    }

    /// After a failed attempt: rolls back, and says who is in the way if it was a lock; hands any
    /// other error on.
    pub(super) async fn again(
        &mut self,
        plan: &Plan,
        attempt: u32,
        error: Error,
    ) -> Result<(), Error> {
        // A stop is as if the process ended here: nothing more is sent.
        if matches!(error, Error::Stopped { .. }) {
            return Err(error);
        }
        let doing = Error::database("roll back");
        self.session
            .client
            .batch_execute("ROLLBACK")
            .await
            .map_err(doing)?;
        if !is_busy(&error) {
            return Err(error);
        }
        let holders = self.holders(plan).await?;
        self.tell(&Event::Waiting { attempt, holders })?;
        tokio::time::sleep(pause(attempt)?).await;
        Ok(())
    }

    /// The sessions that hold locks on tables of the plan.
    pub(super) async fn holders(&self, plan: &Plan) -> Result<String, Error> {
        let tables: Vec<String> = plan
            .tables
            .iter()
            .map(|table| table.name.to_string())
            .collect();
        let sql = "-- run.holders
            SELECT string_agg(format('pid %s, user %s, %s, %s for %s s: %s', a.pid, a.usename,
                coalesce(nullif(a.application_name, ''), 'unnamed'), a.state,
                round(extract(epoch FROM clock_timestamp() - a.xact_start)), left(a.query, 80)),
                E'\\n' ORDER BY a.xact_start)
            FROM pg_stat_activity a
            WHERE a.pid <> pg_backend_pid() AND a.pid IN (
                SELECT pid FROM pg_locks
                WHERE granted AND relation IN (SELECT to_regclass(t) FROM unnest($1::text[]) t))";
        let doing = Error::database("ask who holds locks");
        let row = self
            .session
            .client
            .query_one(sql, &[&tables])
            .await
            .map_err(doing)?;
        Ok(row.get::<_, Option<String>>(0).unwrap_or_default())
    }

    pub(super) async fn locked_out(&self, plan: &Plan) -> Error {
        let holders = match self.holders(plan).await {
            Ok(holders) => holders,
            Err(error) => return error,
        };
        let times = plan.settings.lock_attempts;
        let what = format!("get a lock in {times} attempts; in the way: `{holders}`");
        Error::state(
            what,
            "end these sessions, or wait, then run the same command again",
        )
    }

    /// Runs a statement that reads a whole table; fills rows that it finds unfilled.
    async fn validate(
        &mut self,
        plan: &Plan,
        number: u32,
        sql: &str,
        table: usize,
    ) -> Result<(), Error> {
        for _ in 0..SWEEPS_MAX {
            match self.execute(sql).await {
                Err(error) if code(&error) == Some(&SqlState::CHECK_VIOLATION) => {
                    for pass in steps::passes_of(plan, table) {
                        self.sweep(plan, number, &pass).await?;
                    }
                }
                other => return other,
            }
        }
        self.execute(sql).await
    }
}

/// What is said where no migration is.
pub(super) fn no_migration() -> Error {
    let next = "`idshift migrate plan` makes a plan, `idshift migrate apply` begins";
    Error::state(
        "find a migration in this database: there is no journal",
        next,
    )
}

/// A pause that grows with the attempts, and is different for everybody.
fn pause(attempt: u32) -> Result<Duration, Error> {
    let longest = PAUSE_MAX_MS.min(20 * u64::from(attempt));
    let random = ids::Uuid::new_v4()?.to_u128() & 0xffff;
    let random = u64::try_from(random).expect("16 bits fit in 64");
    Ok(Duration::from_millis(
        longest / 2 + longest * random / 0x1_0000,
    ))
}

pub(super) fn code(error: &Error) -> Option<&SqlState> {
    match error {
        Error::Database { source, .. } => source.code(),
        _ => None,
    }
}

/// Whether the same may succeed in a moment.
pub(super) fn is_busy(error: &Error) -> bool {
    let busy = [
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::QUERY_CANCELED,
        SqlState::OBJECT_IN_USE,
    ];
    code(error).is_some_and(|code| busy.contains(code))
}

/// The beginning of a statement, for messages.
fn excerpt(sql: &str) -> String {
    const CHARACTERS_MAX: usize = 120;
    let line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= CHARACTERS_MAX {
        return line;
    }
    line.chars()
        .take(CHARACTERS_MAX)
        .chain("...".chars())
        .collect()
}
