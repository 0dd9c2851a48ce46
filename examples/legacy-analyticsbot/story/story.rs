//! The acts in their order, and what one hands to the next.

use anyhow::Result;

use crate::acts;
use crate::checks::Checks;
use crate::facts::Facts;
use crate::narrator::Narrator;
use crate::stage::Stage;
use crate::writer::Ledger;

/// What is known so far.
pub(crate) struct Story<'a> {
    pub(crate) stage: Stage,
    pub(crate) narrator: &'a mut Narrator,
    pub(crate) checks: Checks,
    /// The rows before anything was done.
    pub(crate) before: Facts,
    /// What the application wrote meanwhile.
    pub(crate) ledger: Ledger,
}

impl Story<'_> {
    /// Tells a comparison and keeps it.
    pub(crate) fn check(&mut self, name: &'static str, held: bool, compared: String) -> Result<()> {
        Ok(self.checks.add(name, held, compared, self.narrator)?)
    }
}

/// Plays the whole story. The checks say how it ended; an error that it could not be ended.
pub(crate) fn tell(stage: Stage, narrator: &mut Narrator) -> Result<Checks> {
    narrator.title("How AnalyticsBot's keys became UUIDs")?;
    let before = acts::load::play(&stage, narrator)?;
    let mut story = Story {
        stage,
        narrator,
        checks: Checks::default(),
        before,
        ledger: Ledger::default(),
    };
    acts::audit::play(&mut story)?;
    acts::plan::play(&mut story)?;
    acts::apply::play(&mut story)?;
    acts::kill::play(&mut story)?;
    acts::prisma::play(&mut story)?;
    acts::contract::play(&mut story)?;
    acts::adopt::play(&mut story)?;
    acts::rollback::play(&mut story)?;
    Ok(story.checks)
}
