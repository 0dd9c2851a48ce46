//! From a plan to the cut-over, from wherever an earlier run stopped.

use super::engine::Engine;
use super::{Watch, late};
use crate::catalog;
use crate::journal::{self, Journal, State};
use crate::name::literal;
use crate::plan::{Plan, fingerprint};
use crate::step::{Phase, Step};
use crate::{Error, census, steps};

/// Where a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    /// New columns are there, kept filled by triggers.
    Expand,
    /// All rows are filled.
    Backfill,
    /// Everything is ready for the cut-over.
    Ready,
    /// The cut-over is done, and the way back is prepared.
    End,
}

impl Until {
    /// Whether a step of a phase is still to be run. Passes and indexes take turns, group by
    /// group, so that the backfill ends with its last pass.
    fn includes(self, step: &Step, last_pass: u32) -> bool {
        match self {
            Self::Expand => step.phase == Phase::Expand,
            Self::Backfill => step.number <= last_pass,
            Self::Ready => step.phase <= Phase::Ready,
            Self::End => true,
        }
    }
}

/// Begins the migration, or goes on with it.
///
/// # Errors
/// [`Error::State`] if the journal holds another plan or is on the way back;
/// [`Error::Refused`] if the catalog is not the one of the plan; [`Error::Stopped`] as asked.
pub async fn apply<'a>(
    target: &'a connect::Target,
    plan: &Plan,
    until: Until,
    watch: &'a mut Watch<'a>,
) -> Result<(), Error> {
    let mut engine = Engine::open(target, watch).await?;
    let done = if let Some(journal) = journal::read(&engine.session.client).await? {
        resumed(&journal, plan)?
    } else {
        check(&engine, plan).await?;
        begin(&mut engine, plan).await?;
        Vec::new()
    };
    forward(&mut engine, plan, &done, until).await
}

/// The rest of the migration, with the plan that the journal holds.
///
/// # Errors
/// As [`apply`].
pub async fn cutover<'a>(
    target: &'a connect::Target,
    watch: &'a mut Watch<'a>,
) -> Result<(), Error> {
    let mut engine = Engine::open(target, watch).await?;
    let journal = engine.journal().await?;
    let done = resumed(&journal, &journal.plan)?;
    forward(&mut engine, &journal.plan, &done, Until::End).await
}

async fn forward(
    engine: &mut Engine<'_>,
    plan: &Plan,
    done: &[u32],
    until: Until,
) -> Result<(), Error> {
    let all = steps(plan);
    let last_pass = all
        .iter()
        .filter(|step| step.phase == Phase::Backfill)
        .map(|s| s.number);
    let last_pass = last_pass.max().unwrap_or_default();
    let wanted: Vec<Step> = all
        .into_iter()
        .filter(|step| until.includes(step, last_pass))
        .collect();
    let swapping = |step: &Step| step.phase == Phase::Cutover && !done.contains(&step.number);
    if wanted.iter().any(swapping) {
        return in_two(engine, plan, &wanted, done).await;
    }
    engine.run(plan, &wanted, done, recorded).await
}

/// Everything before the cut-over; then a last look at what hangs on the columns; then the rest.
async fn in_two(
    engine: &mut Engine<'_>,
    plan: &Plan,
    wanted: &[Step],
    done: &[u32],
) -> Result<(), Error> {
    let before: Vec<Step> = wanted
        .iter()
        .filter(|step| step.phase < Phase::Cutover)
        .cloned()
        .collect();
    engine.run(plan, &before, done, recorded).await?;
    let catalog = catalog::read(&engine.session.client).await?;
    late::check(&engine.session.client, plan, &catalog).await?;
    let mut done = done.to_vec();
    done.extend(before.iter().map(|step| step.number));
    engine.run(plan, wanted, &done, recorded).await
}

/// The statement that records a step.
#[expect(
    clippy::unnecessary_wraps,
    reason = "other lists of steps are not recorded"
)]
fn recorded(step: &Step) -> Option<String> {
    let done = journal::done(step.number, &step.name);
    Some(match step.phase {
        Phase::Cutover => format!("{done};\n{}", journal::set_state(State::Swapped)),
        _ => done,
    })
}

fn resumed(journal: &Journal, plan: &Plan) -> Result<Vec<u32>, Error> {
    match journal.state {
        State::Forward | State::Swapped => {}
        State::Reverting | State::Undoing => {
            let next = "`idshift migrate rollback` finishes it";
            return Err(Error::state("apply: a rollback was begun", next));
        }
        State::Contracting => {
            let next = "`idshift migrate contract` finishes it";
            return Err(Error::state("apply: the contraction was begun", next));
        }
    }
    // How fast and how careful may be changed on the way.
    let same = Plan {
        settings: plan.settings.clone(),
        ..journal.plan.clone()
    } == *plan;
    if same {
        return Ok(journal.done.clone());
    }
    let next = "apply the plan that the migration began with, or `idshift migrate rollback` first";
    Err(Error::state(
        "apply: a migration with another plan is under way",
        next,
    ))
}

/// Nothing may have changed since the plan was made.
async fn check(engine: &Engine<'_>, plan: &Plan) -> Result<(), Error> {
    let client = &engine.session.client;
    let refusals = census::environment(client).await?;
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    let catalog = catalog::read(client).await?;
    if fingerprint(plan, &catalog) != plan.fingerprint {
        let next = "make a new plan with `idshift migrate plan`";
        return Err(Error::state(
            "apply: the tables changed since the plan was made",
            next,
        ));
    }
    late::check(client, plan, &catalog).await
}

async fn begin(engine: &mut Engine<'_>, plan: &Plan) -> Result<(), Error> {
    let plan = literal(&plan.render());
    let insert = format!("INSERT INTO \"idshift\".\"run\" (plan) VALUES ({plan})");
    engine
        .execute(&format!("BEGIN;\n{};\n{insert};\nCOMMIT", journal::CREATE))
        .await
}
