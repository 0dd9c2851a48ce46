//! Gathers what is known of a migration: from its plan, its journal and the catalog.
//!
//! Nothing is made up: what the database no longer knows, such as the size of an index that is
//! gone, is none, and the text says so.

mod markdown;
mod measure;
mod sizes;
mod times;

use serde::Serialize;
use tokio_postgres::Client;

pub use measure::{MEASURE_ROWS_MAX, Measured};
pub use sizes::{ColumnFacts, IndexFacts, TableFacts};
pub use times::StepFacts;

use crate::Error;
use crate::journal::{self, State};
use crate::plan::Plan;
use crate::session::Session;
use crate::step::Phase;

/// What is known of a migration.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The database's name.
    pub database: String,
    /// The server's version.
    pub server: String,
    /// When it was read, by the server's clock, RFC 3339.
    pub read_at: String,
    /// When the plan was made.
    pub planned_at: String,
    /// How far it is.
    pub stage: Stage,
    /// When it began; none without a journal.
    pub started_at: Option<String>,
    /// The tables of the plan.
    pub tables: Vec<TableFacts>,
    /// References between columns that move.
    pub foreign_keys: usize,
    /// Other objects that are made again in the cut-over.
    pub dependents: usize,
    /// The longest that one attempt at a lock makes others wait, in milliseconds.
    pub lock_timeout_ms: u32,
    /// All steps; without a journal none of them has a time.
    pub steps: Vec<StepFacts>,
    /// What a measurement with a scratch table gave, if one was asked for.
    pub measured: Vec<Measured>,
}

/// How far a migration is, as journal and catalog tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// There is no journal, and the columns have their old types.
    Planned,
    /// On the way to the cut-over.
    Forward,
    /// The new columns have the names; the old ones are there too.
    Swapped,
    /// On the way back.
    Back,
    /// The old columns are being dropped.
    Contracting,
    /// There is no journal, and the columns have their new types.
    Contracted,
    /// There is no journal, and the columns' types do not tell.
    Unclear,
}

/// Reads everything; writes nothing unless a measurement is asked for, which fills a temporary
/// table with so many rows, at most [`MEASURE_ROWS_MAX`], some times.
///
/// # Errors
/// [`Error::State`] if there is neither a journal nor a plan; what the server said.
pub async fn gather(
    target: &connect::Target,
    plan: Option<Plan>,
    measure_rows: Option<u32>,
) -> Result<Report, Error> {
    let session = Session::open(target).await?;
    let client = &session.client;
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    client
        .batch_execute(begin)
        .await
        .map_err(Error::database("begin to read"))?;
    let report = facts(client, plan).await;
    client
        .batch_execute("COMMIT")
        .await
        .map_err(Error::database("end reading"))?;
    let mut report = report?;
    if let Some(rows) = measure_rows {
        report.measured = measure::measure(client, rows.min(MEASURE_ROWS_MAX)).await?;
    }
    Ok(report)
}

async fn facts(client: &Client, plan: Option<Plan>) -> Result<Report, Error> {
    let journal = journal::read(client).await?;
    let state = journal.as_ref().map(|journal| journal.state);
    let started_at = journal.as_ref().map(|journal| journal.started_at.clone());
    // The journal's plan is the one that was applied.
    let Some(plan) = journal.map(|journal| journal.plan).or(plan) else {
        let next = "name the plan's file as well: `idshift migrate report plan.toml`";
        return Err(Error::state("find a migration: there is no journal", next));
    };
    let sql = "-- report.server
        SELECT current_database(), current_setting('server_version'),
               to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
    let doing = Error::database("ask which database this is");
    let row = client.query_one(sql, &[]).await.map_err(doing)?;
    let swapped = matches!(
        state,
        Some(State::Swapped | State::Reverting | State::Contracting)
    );
    let mut tables = Vec::new();
    for table in &plan.tables {
        tables.push(sizes::table(client, table, state.is_none(), swapped).await?);
    }
    let steps = match state {
        Some(_) => times::done(client, &plan).await?,
        None => times::planned(&plan),
    };
    Ok(Report {
        database: row.get(0),
        server: row.get(1),
        read_at: row.get(2),
        planned_at: plan.made_at.clone(),
        stage: stage(state, &tables),
        started_at,
        tables,
        foreign_keys: plan.foreign_keys.len(),
        dependents: plan.dependents.len(),
        lock_timeout_ms: plan.settings.lock_timeout_ms,
        steps,
        measured: Vec::new(),
    })
}

fn stage(state: Option<State>, tables: &[TableFacts]) -> Stage {
    match state {
        Some(State::Forward) => Stage::Forward,
        Some(State::Swapped) => Stage::Swapped,
        Some(State::Reverting | State::Undoing) => Stage::Back,
        Some(State::Contracting) => Stage::Contracting,
        None => {
            let mut columns = tables.iter().flat_map(|table| &table.columns);
            let is = |column: &ColumnFacts, name: &str| column.now.as_deref() == Some(name);
            // Random UUIDs have the same type before and after.
            if columns.clone().all(|column| column.from == "uuid") {
                Stage::Unclear
            } else if columns.clone().all(|column| is(column, &column.from)) {
                Stage::Planned
            } else if columns.all(|column| is(column, "uuid")) {
                Stage::Contracted
            } else {
                Stage::Unclear
            }
        }
    }
}

impl Report {
    /// The report as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::render(self)
    }

    /// Whether all steps up to and with this phase are done.
    fn is_done(&self, phase: Phase) -> bool {
        self.steps
            .iter()
            .filter(|step| step.phase <= phase)
            .all(|step| step.done_at.is_some())
    }
}
