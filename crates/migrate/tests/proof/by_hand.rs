//! Everything, for as long as it takes: `cargo xtask chaos migrate`.

use crate::dice::Dice;
use crate::fixture::{self, Fixture};
use crate::journey::Depth;
use crate::situations::{known, verdict};
use crate::writers::{BACK_KNOWN_FAILURE, Way, under_writers};
use crate::{journey, kills, process};

/// The fixture that is meant; all of them if none is named.
const FIXTURE_VARIABLE: &str = "MIGRATE_CHAOS_FIXTURE";
/// Repeats the dice of a run.
const SEED_VARIABLE: &str = "MIGRATE_CHAOS_SEED";

/// Runs under writers, each with a seed of its own.
const WRITER_RUNS: u64 = 10;

/// Moments at which a process is killed.
const PROCESS_KILLS: usize = 20;

/// Points of a small migration, and so the latest moment to kill one.
const PROCESS_POINTS: u64 = 120;

#[expect(
    clippy::disallowed_methods,
    reason = "what is run by hand is told by variables"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes hours: `cargo xtask chaos migrate`"]
async fn migrate() {
    let seed = variable(SEED_VARIABLE).map_or(1, |seed| seed.parse().expect("a number"));
    let wanted = variable(FIXTURE_VARIABLE);
    println!("seed {seed}");
    let mut fixtures = fixture::all();
    fixtures.retain(|fixture| wanted.as_ref().is_none_or(|wanted| *wanted == fixture.name));
    assert!(!fixtures.is_empty(), "there is no fixture of this name");
    let mut faults = Vec::new();
    for (number, fixture) in fixtures.iter().enumerate() {
        let outcome = everything(fixture, number, seed).await;
        match verdict(fixture, outcome) {
            Ok(()) => println!("{}: fine", fixture.name),
            Err(fault) => {
                println!("{}: {fault}", fixture.name);
                faults.push(fixture.name.clone());
            }
        }
    }
    if wanted.is_none_or(|wanted| wanted == "live") {
        for run in seed..seed + WRITER_RUNS {
            for (way, failure) in [(Way::There, None), (Way::Back, BACK_KNOWN_FAILURE)] {
                let outcome = known(failure, under_writers(way, run).await);
                println!("writers {way:?}, seed {run}: {outcome:?}");
                faults.extend(outcome.err());
            }
        }
    }
    assert!(faults.is_empty(), "{faults:?}");
}

/// Every point of a fixture, and some real kills.
async fn everything(fixture: &Fixture, number: usize, seed: u64) -> Result<(), String> {
    journey::whole(fixture, number, Depth::Whole).await?;
    if !fixture.is_handled() {
        return Ok(());
    }
    kills::on_the_way(fixture, 1, 1).await?;
    if fixture.expect.contract_refused.is_empty() {
        kills::at_the_end(fixture, 1, 1).await?;
    }
    if fixture.name == "graph" {
        let mut dice = Dice::new(seed);
        let moments = (0..PROCESS_KILLS).map(|_| 1 + dice.below(PROCESS_POINTS));
        let moments: Vec<usize> = moments.map(|m| usize::try_from(m).unwrap_or(1)).collect();
        process::killed_at(fixture, &moments).await?;
    }
    Ok(())
}
