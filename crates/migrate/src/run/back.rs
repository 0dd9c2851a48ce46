//! The way back, from anywhere before the contraction.

use super::Watch;
use super::engine::Engine;
use crate::journal::{self, State};
use crate::step::{Phase, Step};
use crate::{Error, steps};

/// Takes the migration back; afterwards the schema is what it was, and so is the data, but for
/// what the application changed itself.
///
/// # Errors
/// [`Error::State`] after [`contract`](super::contract) has begun, or if there is no migration.
pub async fn rollback<'a>(
    target: &'a connect::Target,
    watch: &'a mut Watch<'a>,
) -> Result<(), Error> {
    let mut engine = Engine::open(target, watch).await?;
    let journal = engine.journal().await?;
    let plan = &journal.plan;
    match journal.state {
        State::Forward => engine.execute(&journal::set_state(State::Undoing)).await?,
        State::Undoing => {}
        State::Swapped | State::Reverting => {
            // The rest of the forward steps: the indexes on which the old keys will stand.
            let settle: Vec<Step> = steps::steps(plan)
                .into_iter()
                .filter(|step| step.phase == Phase::Settle)
                .collect();
            let record = |step: &Step| Some(journal::done(step.number, &step.name));
            engine.run(plan, &settle, &journal.done, record).await?;
            engine
                .execute(&journal::set_state(State::Reverting))
                .await?;
            let undoing = journal::set_state(State::Undoing);
            let swapped = |step: &Step| (step.phase == Phase::Cutover).then(|| undoing.clone());
            engine.run(plan, &steps::revert(plan), &[], swapped).await?;
        }
        State::Contracting => {
            let next = "restore a backup, or go on with `idshift migrate contract`";
            return Err(Error::state("roll back: old columns were dropped", next));
        }
    }
    engine.run(plan, &steps::undo(plan), &[], |_| None).await
}
