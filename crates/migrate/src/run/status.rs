//! How far a migration is.

use crate::Error;
use crate::census::Name;
use crate::journal::{self, State};
use crate::plan::Plan;
use crate::session::Session;
use crate::step::{Action, Step};

/// How far a migration is.
#[derive(Clone, Debug)]
pub struct Status {
    /// Its plan.
    pub plan: Plan,
    /// Which way it goes.
    pub state: State,
    /// Whether the backfill is held.
    pub paused: bool,
    /// When it began, RFC 3339.
    pub started_at: String,
    /// Its steps, and whether each is done.
    pub steps: Vec<(Step, bool)>,
    /// The walks that were begun.
    pub filling: Vec<Filling>,
}

/// One walk over a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filling {
    /// The step.
    pub step: u32,
    /// The table.
    pub table: Name,
    /// Rows filled.
    pub rows: u64,
    /// Rows that there are, about.
    pub rows_total: u64,
}

/// Reads the journal; none if no migration is under way. Writes nothing.
///
/// # Errors
/// What the server said.
pub async fn status(target: &connect::Target) -> Result<Option<Status>, Error> {
    let session = Session::open(target).await?;
    let Some(journal) = journal::read(&session.client).await? else {
        return Ok(None);
    };
    let mut filling = Vec::new();
    let steps = crate::steps(&journal.plan);
    for step in &steps {
        let Action::Fill(pass) = &step.action else {
            continue;
        };
        let table = &journal.plan.tables[pass.table];
        if let Some(progress) = journal::progress(&session.client, step.number).await? {
            filling.push(Filling {
                step: step.number,
                table: table.name.clone(),
                rows: progress.rows,
                rows_total: table.rows,
            });
        }
    }
    let done = |step: &Step| journal.done.contains(&step.number);
    Ok(Some(Status {
        state: journal.state,
        paused: journal.paused,
        started_at: journal.started_at.clone(),
        steps: steps
            .into_iter()
            .map(|step| (step.clone(), done(&step)))
            .collect(),
        plan: journal.plan.clone(),
        filling,
    }))
}
