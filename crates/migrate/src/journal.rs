//! The journal in the database: the plan, what is done of it, and how far each backfill is.
//!
//! Its rows are written in the transactions that they tell of, so that journal and tables cannot
//! disagree.

use tokio_postgres::{Client, GenericClient};

use crate::{Error, Plan};

/// What the journal is made of.
pub(crate) const CREATE: &str = r#"
CREATE SCHEMA "idshift";
COMMENT ON SCHEMA "idshift" IS 'idshift: a migration of keys; `idshift migrate status` tells more';
CREATE TABLE "idshift"."run" (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    plan text NOT NULL,
    state text NOT NULL DEFAULT 'forward'
        CHECK (state IN ('forward', 'swapped', 'reverting', 'undoing', 'contracting')),
    paused boolean NOT NULL DEFAULT false,
    started_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE "idshift"."step" (
    number integer PRIMARY KEY,
    name text NOT NULL,
    -- The beginning of the transaction: of the cut-over, when its locks were asked for.
    began_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE "idshift"."progress" (
    step integer PRIMARY KEY,
    last_key text[],
    bound text[],
    last_tick bigint NOT NULL,
    rows bigint NOT NULL,
    batches bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 10)
"#;

/// Which way the migration goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Towards the cut-over.
    Forward,
    /// The new columns have the names.
    Swapped,
    /// On the way back from there.
    Reverting,
    /// The new columns are being taken away.
    Undoing,
    /// The old columns are being taken away.
    Contracting,
}

impl State {
    /// As the journal writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Swapped => "swapped",
            Self::Reverting => "reverting",
            Self::Undoing => "undoing",
            Self::Contracting => "contracting",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        let all = [
            Self::Forward,
            Self::Swapped,
            Self::Reverting,
            Self::Undoing,
            Self::Contracting,
        ];
        all.into_iter().find(|state| state.word() == word)
    }
}

/// What the journal says.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    pub(crate) plan: Plan,
    pub(crate) state: State,
    pub(crate) paused: bool,
    /// The numbers of the steps that are done.
    pub(crate) done: Vec<u32>,
    pub(crate) started_at: String,
}

/// How far one backfill is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The last key, column by column as text; none before the first batch.
    pub(crate) last_key: Option<Vec<String>>,
    /// The greatest key when the walk began; none where there was no row.
    pub(crate) bound: Option<Vec<String>>,
    pub(crate) last_tick: u64,
    pub(crate) rows: u64,
    pub(crate) batches: u64,
}

/// Reads the journal; none if there is no migration.
pub(crate) async fn read(client: &Client) -> Result<Option<Journal>, Error> {
    let doing = || Error::database("read the journal");
    let there = "SELECT to_regclass('\"idshift\".\"run\"') IS NOT NULL";
    if !client
        .query_one(there, &[])
        .await
        .map_err(doing())?
        .get::<_, bool>(0)
    {
        return Ok(None);
    }
    let sql = "-- journal.read
        SELECT plan, state, paused, to_char(started_at AT TIME ZONE 'UTC',
                   'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
               ARRAY(SELECT number FROM \"idshift\".\"step\" ORDER BY number)
        FROM \"idshift\".\"run\"";
    let Some(row) = client.query_opt(sql, &[]).await.map_err(doing())? else {
        return Ok(None);
    };
    let word: &str = row.get(1);
    let state = State::parse(word).ok_or_else(|| {
        let next = "use the version of idshift that started the migration";
        Error::state(format!("read the journal: its state is `{word}`"), next)
    })?;
    let done: Vec<i32> = row.get(4);
    Ok(Some(Journal {
        plan: Plan::parse(row.get(0))?,
        state,
        paused: row.get(2),
        started_at: row.get(3),
        done: done
            .into_iter()
            .filter_map(|number| u32::try_from(number).ok())
            .collect(),
    }))
}

/// The statement that records a step as done.
pub(crate) fn done(number: u32, name: &str) -> String {
    let name = crate::name::literal(name);
    format!(
        "INSERT INTO \"idshift\".\"step\" (number, name) VALUES ({number}, {name}) \
         ON CONFLICT (number) DO NOTHING"
    )
}

/// The statement that sets the state.
pub(crate) fn set_state(state: State) -> String {
    format!("UPDATE \"idshift\".\"run\" SET state = '{}'", state.word())
}

/// How far the backfill of a step is; none before it began.
pub(crate) async fn progress(client: &Client, step: u32) -> Result<Option<Progress>, Error> {
    let sql = "-- journal.progress
        SELECT last_key, bound, last_tick, rows, batches FROM \"idshift\".\"progress\"
        WHERE step = $1";
    let number = step.cast_signed();
    let doing = Error::database("read the journal");
    let row = client.query_opt(sql, &[&number]).await.map_err(doing)?;
    Ok(row.map(|row| Progress {
        last_key: row.get(0),
        bound: row.get(1),
        last_tick: row.get::<_, i64>(2).unsigned_abs(),
        rows: row.get::<_, i64>(3).unsigned_abs(),
        batches: row.get::<_, i64>(4).unsigned_abs(),
    }))
}

/// Records how far the backfill of a step is.
pub(crate) async fn record(
    client: &impl GenericClient,
    step: u32,
    progress: &Progress,
) -> Result<(), tokio_postgres::Error> {
    let sql = "-- journal.record
        INSERT INTO \"idshift\".\"progress\" (step, last_key, bound, last_tick, rows, batches)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (step) DO UPDATE SET last_key = $2, last_tick = $4, rows = $5, batches = $6,
            changed_at = clock_timestamp()";
    let number = step.cast_signed();
    let tick = progress.last_tick.cast_signed();
    let (rows, batches) = (progress.rows.cast_signed(), progress.batches.cast_signed());
    client
        .execute(
            sql,
            &[
                &number,
                &progress.last_key,
                &progress.bound,
                &tick,
                &rows,
                &batches,
            ],
        )
        .await
        .map(|_| ())
}
