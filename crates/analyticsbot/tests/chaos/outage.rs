//! PostgreSQL crashes, is killed and stops for a while under a server that lives: nothing is lost
//! or stored twice, memory stays bounded, and the server takes events again soon after.

use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use testkit::{Crash, Postgres};
use tokio::time::Instant;

use crate::client::{Client, Target};
use crate::dice::Dice;
use crate::kill::Honesty;
use crate::ledger::{Ledger, Outcome};
use crate::load::{Load, OnLoss, event, outcomes, settle};
use crate::place::Place;
use crate::plan::Plan;
use crate::server::Start;

/// What a server may have resident, whatever piles up while the database is away.
const MEMORY_BYTES_MAX: u64 = 256 << 20;
/// From the moment when the database is back to the next acknowledgement.
const RECOVERY_MAX: Duration = Duration::from_secs(5);
/// Ids of the events by which recovery is seen: apart from those of the clients.
const PROBES: u64 = 1 << 62;

/// What befalls the database.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    Crash(Crash),
    /// Nothing of it moves for so long.
    Pause(Duration),
}

#[test]
fn nothing_is_lost_while_the_database_comes_and_goes() {
    if testkit::postgres_or_skip().is_none() {
        return;
    }
    let faults = [
        Fault::Crash(Crash::Immediate),
        Fault::Pause(Duration::from_secs(1)),
        Fault::Crash(Crash::Killed),
    ];
    run(&Plan::of_a_test(3), &faults, Honesty::Honest).unwrap();
}

/// The control.
#[test]
fn a_server_that_answers_before_the_commit_is_caught() {
    if testkit::postgres_or_skip().is_none() {
        return;
    }
    let faults = [Fault::Crash(Crash::Immediate)];
    let caught = run(&Plan::of_a_test(5), &faults, Honesty::Lying).unwrap_err();
    assert!(caught.contains("was acknowledged and is lost"), "{caught}");
}

/// Lets the faults befall the database in turn, one a cycle.
///
/// # Errors
///
/// The broken promises, with the seed that repeats the run.
pub(crate) fn run(plan: &Plan, faults: &[Fault], honesty: Honesty) -> Result<(), String> {
    println!("seed {}", plan.seed);
    let mut database = Postgres::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Postgres(database.url());
    let mut server = start(&place, folder.path());
    let target = honesty.target_of(&server.target);
    let mut dice = Dice::new(plan.seed);
    let mut ledger = Ledger::default();
    let mut slowest = Duration::ZERO;
    for cycle in 1..=plan.cycles {
        let fault = faults[usize::try_from(cycle - 1).unwrap() % faults.len()];
        let load = Load::start(&target, plan.seed, cycle, OnLoss::GoOn);
        let mut probe = Probe::new(&server.target, PROBES | (cycle << 32));
        assert!(load.lives_for(dice.up_to(plan.moment_max)));
        let lasting = strike(&mut database, fault);
        let recovery = probe.recovery(&mut ledger);
        load.finish(&mut ledger);
        slowest = slowest.max(recovery);
        println!("{cycle}: {fault:?}, away for {lasting:?}, taken again after {recovery:?}");
        let mut broken = ledger.violations(&place.stored());
        if recovery > RECOVERY_MAX {
            broken.push(format!("events are taken again after {recovery:?}"));
        }
        if !server.is_running() {
            broken.push("the server has ended".to_owned());
        }
        if !broken.is_empty() {
            return Err(format!(
                "seed {}, cycle {cycle}: {}",
                plan.seed,
                broken.join("; ")
            ));
        }
    }
    settle(&server.target, &mut ledger);
    let broken = ledger.violations(&place.stored());
    let peak_bytes = server.peak_bytes();
    println!(
        "{} faults: {} events acknowledged of {} sent, slowest recovery {slowest:?}, at most {} \
         MiB",
        plan.cycles,
        ledger.acked(),
        ledger.attempted(),
        peak_bytes >> 20
    );
    assert!(broken.is_empty(), "{broken:?}");
    assert!(peak_bytes < MEMORY_BYTES_MAX, "{peak_bytes} bytes");
    assert!(ledger.acked() > 0);
    Ok(())
}

fn start(place: &Place, folder: &Path) -> crate::server::Server {
    let database = place.database();
    let start = Start {
        database: &database,
        folder,
        under: &[],
        key: None,
    };
    start.run()
}

/// Returns when the database is back, and how long it was away.
fn strike(database: &mut Postgres, fault: Fault) -> Duration {
    let begun = Instant::now();
    match fault {
        Fault::Crash(how) => {
            database.crash(how).unwrap();
            database.restart().unwrap();
        }
        Fault::Pause(time) => {
            let paused = database.pause().unwrap();
            wait(time);
            drop(paused);
        }
    }
    begun.elapsed()
}

/// Sends one event after the other to see when they are taken again.
struct Probe {
    client: Client,
    next: u64,
}

impl Probe {
    fn new(target: &Target, first: u64) -> Self {
        Self {
            client: Client::new(target),
            next: first,
        }
    }

    /// How long it takes until an event is acknowledged; a little more than is allowed at most.
    fn recovery(&mut self, ledger: &mut Ledger) -> Duration {
        let begun = Instant::now();
        loop {
            self.next += 1;
            let answer = self.client.post(&event(self.next).to_string());
            let outcome = outcomes(answer.ok().as_ref(), 1)[0];
            ledger.record(self.next, outcome);
            let so_far = begun.elapsed();
            if outcome == Outcome::Acked || so_far > 2 * RECOVERY_MAX {
                return so_far;
            }
            wait(Duration::from_millis(20));
        }
    }
}

/// Time that belongs to the fault: nothing is waited for that could tell.
pub(crate) fn wait(time: Duration) {
    let (_silent, nothing) = sync_channel::<()>(1);
    assert!(nothing.recv_timeout(time).is_err());
}
