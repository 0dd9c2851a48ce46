//! The plug is pulled at points of a run: before and after every statement.

use migrate::Error;
use migrate::run::Until;

use crate::fixture::Fixture;
use crate::journey::{self, apply, apply_until, swapped};
use crate::oracle::Oracle;
use crate::stage::{Stage, Stop, told};

/// At every `step`th point: stopped and rolled back, then stopped and gone on with. The schema and
/// the data must be the same after each way back, so that one database serves for all of them.
///
/// # Errors
/// The first point at which something is not as it must be.
pub(crate) async fn on_the_way(fixture: &Fixture, first: usize, step: usize) -> Result<(), String> {
    let Some(stage) = Stage::of(fixture).await else {
        return Ok(());
    };
    let oracle = Oracle::note(&stage, fixture).await?;
    let plan = journey::plan(&stage, fixture).await?;
    let points = stage.points(&plan).await.map_err(|error| told(&error))?;
    back(&stage, &oracle).await?;
    for point in (first..=points).step_by(step) {
        let at = |fault: String| format!("stopped at point {point} of {points}: {fault}");
        let plan = journey::plan(&stage, fixture).await.map_err(at)?;
        apply_until(&stage, &plan, Stop::At(point))
            .await
            .map_err(at)?;
        back(&stage, &oracle).await.map_err(at)?;
        let plan = journey::plan(&stage, fixture).await.map_err(at)?;
        apply_until(&stage, &plan, Stop::At(point))
            .await
            .map_err(at)?;
        apply(&stage, &plan, Until::End).await.map_err(at)?;
        swapped(&stage, &oracle, false).await.map_err(at)?;
        killed_back(&stage, point, step).await.map_err(at)?;
        oracle.untouched(&stage).await.map_err(at)?;
    }
    Ok(())
}

async fn back(stage: &Stage, oracle: &Oracle) -> Result<(), String> {
    match stage.rollback(Stop::Never).await {
        Ok(()) => {}
        // Stopped before there was a journal.
        Err(Error::State { what, .. }) if what.contains("no journal") => {}
        Err(error) => return Err(format!("rollback: {}", told(&error))),
    }
    oracle
        .untouched(stage)
        .await
        .map_err(|fault| format!("after the rollback {fault}"))
}

/// Rolls back, itself stopped again and again, each time further on.
async fn killed_back(stage: &Stage, point: usize, step: usize) -> Result<(), String> {
    let mut moment = 1 + point % 23;
    loop {
        match stage.rollback(Stop::At(moment)).await {
            Ok(()) => return Ok(()),
            Err(Error::Stopped { .. }) => moment += 17 + step,
            // The last stop was behind the last statement.
            Err(Error::State { what, .. }) if what.contains("no journal") => return Ok(()),
            Err(error) => return Err(format!("rollback: {}", told(&error))),
        }
    }
}

/// The contraction stopped at every `step`th point, and gone on with.
pub(crate) async fn at_the_end(fixture: &Fixture, first: usize, step: usize) -> Result<(), String> {
    let mut point = first;
    loop {
        let Some(stage) = Stage::of(fixture).await else {
            return Ok(());
        };
        let oracle = Oracle::note(&stage, fixture).await?;
        let plan = journey::plan(&stage, fixture).await?;
        apply(&stage, &plan, Until::End).await?;
        let at = |fault: String| format!("contraction stopped at point {point}: {fault}");
        let stopped = match stage.contract(Stop::At(point)).await {
            Ok(()) => false,
            Err(Error::Stopped { .. }) => true,
            Err(error) => return Err(at(told(&error))),
        };
        match stage.contract(Stop::Never).await {
            Ok(()) => {}
            Err(Error::State { what, .. }) if what.contains("no journal") => {}
            Err(error) => return Err(at(told(&error))),
        }
        oracle.rows(&stage.client, false).await.map_err(at)?;
        oracle.schema(&stage).await.map_err(at)?;
        if !stopped {
            return Ok(());
        }
        point += step;
    }
}

#[tokio::test]
async fn a_run_that_was_killed_goes_on_to_the_same_end() {
    let fixture = Fixture::named("graph");
    on_the_way(&fixture, 17, 61)
        .await
        .unwrap_or_else(|fault| panic!("{fault}"));
}

#[tokio::test]
async fn a_contraction_that_was_killed_goes_on_to_the_same_end() {
    let fixture = Fixture::named("graph");
    at_the_end(&fixture, 11, 24)
        .await
        .unwrap_or_else(|fault| panic!("{fault}"));
}

/// The control: a run that was killed and is not gone on with must be found out.
#[tokio::test]
async fn a_run_that_is_not_gone_on_with_is_noticed() {
    let fixture = Fixture::named("graph");
    let Some(stage) = Stage::of(&fixture).await else {
        return;
    };
    let oracle = Oracle::note(&stage, &fixture).await.expect("noted");
    let plan = journey::plan(&stage, &fixture).await.expect("a plan");
    apply_until(&stage, &plan, Stop::At(40))
        .await
        .expect("stopped");
    let rows = swapped(&stage, &oracle, false).await;
    assert!(rows.expect_err("old keys").contains("not of version 7"));
    assert!(
        oracle
            .schema(&stage)
            .await
            .expect_err("new columns")
            .contains("schema: ")
    );
    assert!(
        oracle
            .untouched(&stage)
            .await
            .expect_err("new columns")
            .contains("the schema changed")
    );
}
