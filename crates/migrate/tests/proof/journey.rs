//! The way of one fixture: refused as it must be, or there and back and there for good.

use migrate::run::Until;
use migrate::{Error, Plan};

use crate::fixture::{Fixture, Refused};
use crate::oracle::Oracle;
use crate::stage::{Stage, Stop, told};

/// How much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// A sample for the test command: of the handled fixtures without a workload every other one
    /// is only planned, and every third one goes the way back.
    Sample,
    /// Everything.
    Whole,
}

impl Depth {
    fn applies(self, fixture: &Fixture, number: usize) -> bool {
        let special = fixture.workload.is_some() || fixture.expect.known_failure.is_some();
        self == Self::Whole || special || number.is_multiple_of(2)
    }

    fn goes_back(self, fixture: &Fixture, number: usize) -> bool {
        let known = fixture.expect.known_failure.is_some();
        self == Self::Whole || known || number.is_multiple_of(3)
    }
}

/// Takes a fixture through everything; `number` chooses where it is killed on the way.
///
/// # Errors
/// The first thing that is not as it must be.
pub(crate) async fn whole(fixture: &Fixture, number: usize, depth: Depth) -> Result<(), String> {
    let Some(stage) = Stage::of(fixture).await else {
        return Ok(());
    };
    let mut oracle = Oracle::note(&stage, fixture).await?;
    if !fixture.is_handled() {
        return refused(&stage, &oracle, fixture).await;
    }
    asked(&stage, fixture).await?;
    if depth.goes_back(fixture, number) {
        there_and_back(&stage, &oracle, fixture, number).await?;
    }
    let plan = plan(&stage, fixture).await?;
    if !depth.applies(fixture, number) {
        return oracle.untouched(&stage).await;
    }
    let twin = work(&stage, &plan, fixture, &mut oracle).await?;
    let worked = twin.is_some();
    apply_until(&stage, &plan, Stop::At(5 + number * 7 % 90)).await?;
    apply(&stage, &plan, Until::End).await?;
    swapped(&stage, &oracle, worked).await?;
    if let Some(twin) = twin {
        phase(&stage, fixture, AFTER).await?;
        phase(&twin, fixture, AFTER).await?;
        oracle.expect_rows_of(&twin).await?;
        swapped(&stage, &oracle, worked).await?;
    }
    contract(&stage, &oracle, fixture, worked).await
}

/// There and back: every other time from behind the cut-over, else from on the way.
async fn there_and_back(
    stage: &Stage,
    oracle: &Oracle,
    fixture: &Fixture,
    number: usize,
) -> Result<(), String> {
    let plan = plan(stage, fixture).await?;
    let points = [usize::MAX, 9, usize::MAX, 67];
    apply_until(stage, &plan, Stop::At(points[number % points.len()])).await?;
    stage
        .rollback(Stop::Never)
        .await
        .map_err(|e| format!("rollback: {}", told(&e)))?;
    oracle
        .untouched(stage)
        .await
        .map_err(|fault| format!("after the rollback {fault}"))
}

/// The plan of a handled fixture.
pub(crate) async fn plan(stage: &Stage, fixture: &Fixture) -> Result<Plan, String> {
    let made = stage.plan(&fixture.expect, true).await;
    let made = made.map_err(|error| format!("plan: {}", told(&error)))?;
    let open: Vec<&String> = made
        .questions
        .iter()
        .map(|asked| &asked.choice.key)
        .collect();
    if !open.is_empty() {
        return Err(format!("questions without an answer: {open:?}"));
    }
    let text = made.plan.render();
    match Plan::parse(&text) {
        Ok(read) if read == made.plan => Ok(read),
        Ok(_) => Err(format!("the plan's file is not the plan:\n{text}")),
        Err(error) => Err(format!("the plan's file cannot be read: {error}\n{text}")),
    }
}

/// Applies to the end, or to where the plug is pulled.
pub(crate) async fn apply_until(stage: &Stage, plan: &Plan, stop: Stop) -> Result<(), String> {
    match stage.apply(plan, Until::End, stop).await {
        Ok(()) | Err(Error::Stopped { .. }) => Ok(()),
        Err(error) => Err(format!("apply: {}", told(&error))),
    }
}

pub(crate) async fn apply(stage: &Stage, plan: &Plan, until: Until) -> Result<(), String> {
    let applied = stage.apply(plan, until, Stop::Never).await;
    applied.map_err(|error| format!("apply until {until:?}: {}", told(&error)))
}

/// After the cut-over.
pub(crate) async fn swapped(stage: &Stage, oracle: &Oracle, worked: bool) -> Result<(), String> {
    let rows = oracle.rows(&stage.client, worked).await;
    rows.map_err(|fault| format!("after the cut-over: {fault}"))?;
    let failed = stage.verify().await;
    if failed.is_empty() {
        Ok(())
    } else {
        Err(failed.join("\n"))
    }
}

/// The contraction, and what must be true then.
async fn contract(
    stage: &Stage,
    oracle: &Oracle,
    fixture: &Fixture,
    worked: bool,
) -> Result<(), String> {
    match (
        stage.contract(Stop::Never).await,
        fixture.expect.contract_refused.as_slice(),
    ) {
        (Ok(()), []) => {}
        (Ok(()), _) => return Err("contract went through".to_owned()),
        (Err(error), []) => return Err(format!("contract: {}", told(&error))),
        (Err(error), expected) => return are_refused(&error, expected),
    }
    let rows = oracle.rows(&stage.client, worked).await;
    rows.map_err(|fault| format!("after the contraction: {fault}"))?;
    oracle
        .schema(stage)
        .await
        .map_err(|fault| format!("after the contraction: {fault}"))
}

/// The questions that are asked while nothing is answered.
async fn asked(stage: &Stage, fixture: &Fixture) -> Result<(), String> {
    if fixture.expect.asks.is_empty() && fixture.expect.answers.is_empty() {
        return Ok(());
    }
    let made = stage.plan(&fixture.expect, false).await;
    let made = made.map_err(|error| format!("plan: {}", told(&error)))?;
    let mut keys: Vec<String> = made
        .questions
        .into_iter()
        .map(|asked| asked.choice.key)
        .collect();
    keys.sort();
    if keys == fixture.expect.asks {
        Ok(())
    } else {
        Err(format!("it asks {keys:?}"))
    }
}

/// A situation that is refused: named, and nothing written.
async fn refused(stage: &Stage, oracle: &Oracle, fixture: &Fixture) -> Result<(), String> {
    match stage.plan(&fixture.expect, true).await {
        Ok(made) => {
            let asked: Vec<_> = made
                .questions
                .iter()
                .map(|asked| &asked.choice.key)
                .collect();
            return Err(format!("nothing is refused; questions: {asked:?}"));
        }
        Err(error) => are_refused(&error, &fixture.expect.refused)?,
    }
    oracle.untouched(stage).await
}

fn are_refused(error: &Error, expected: &[Refused]) -> Result<(), String> {
    let Error::Refused(refusals) = error else {
        return Err(format!("no refusal: {error}"));
    };
    for wanted in expected {
        let found = refusals.iter().any(|refusal| {
            refusal.situation == wanted.situation && refusal.object.contains(&wanted.object)
        });
        if !found {
            let wanted = (&wanted.situation, &wanted.object);
            return Err(format!("{wanted:?} is not in it; {}", told(error)));
        }
    }
    Ok(())
}

/// The number of the phase after the cut-over.
const AFTER: usize = 4;

/// Runs the workload in each phase up to the cut-over, here and on a twin that is not migrated:
/// its rows are what must be there in the end. The twin, if there is a workload.
async fn work(
    stage: &Stage,
    plan: &Plan,
    fixture: &Fixture,
    oracle: &mut Oracle,
) -> Result<Option<Stage>, String> {
    if fixture.workload.is_none() {
        return Ok(None);
    }
    let Some(twin) = Stage::of(fixture).await else {
        return Ok(None);
    };
    for (number, until) in [(1, Until::Expand), (2, Until::Backfill), (3, Until::Ready)] {
        apply(stage, plan, until).await?;
        phase(stage, fixture, number).await?;
        phase(&twin, fixture, number).await?;
    }
    oracle.expect_rows_of(&twin).await?;
    Ok(Some(twin))
}

/// One run of the workload.
async fn phase(stage: &Stage, fixture: &Fixture, number: usize) -> Result<(), String> {
    let Some(workload) = &fixture.workload else {
        return Ok(());
    };
    let done = stage
        .run(&workload.replace("{n}", &number.to_string()))
        .await;
    done.map_err(|fault| format!("phase {number}: {fault}"))
}
