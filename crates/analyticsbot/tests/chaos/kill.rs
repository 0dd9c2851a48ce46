//! `kill -9` at random moments: what was acknowledged is stored once, and the next start is quick.

use std::path::Path;
use std::time::Duration;

use crate::client::Target;
use crate::dice::Dice;
use crate::ledger::Ledger;
use crate::load::{Load, OnLoss, settle};
use crate::lying;
use crate::place::Place;
use crate::plan::Plan;
use crate::server::{Server, Start};

/// Kills until the control is caught; one that needs more is broken.
const CONTROL_CYCLES_MAX: u64 = 20;

#[test]
fn sqlite_keeps_what_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::file_in(folder.path());
    run(&place, folder.path(), &Plan::of_a_test(20), Honesty::Honest).unwrap();
}

#[test]
fn postgres_keeps_what_it_acknowledged() {
    let Some(server) = testkit::postgres_or_skip() else {
        return;
    };
    let database = server.database("chaos_kill").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Postgres(database.url());
    run(&place, folder.path(), &Plan::of_a_test(10), Honesty::Honest).unwrap();
}

#[test]
fn a_server_that_answers_before_the_commit_is_caught() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::file_in(folder.path());
    let plan = Plan {
        look_every: 1,
        ..Plan::of_a_test(CONTROL_CYCLES_MAX)
    };
    let caught = run(&place, folder.path(), &plan, Honesty::Lying).unwrap_err();
    assert!(caught.contains("was acknowledged and is lost"), "{caught}");
}

/// Who answers the clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Honesty {
    Honest,
    /// A proxy that acknowledges what it has not handed on yet.
    Lying,
}

impl Honesty {
    /// Where clients of a server send their events.
    pub(crate) fn target_of(self, server: &Target) -> Target {
        match self {
            Self::Honest => server.clone(),
            Self::Lying => Target {
                address: lying::in_front_of(server.address),
                ..server.clone()
            },
        }
    }
}

/// Starts, loads and kills the server again and again.
///
/// # Errors
///
/// The broken promises, with the seed that repeats the run.
pub(crate) fn run(
    place: &Place,
    folder: &Path,
    plan: &Plan,
    honesty: Honesty,
) -> Result<(), String> {
    println!("seed {}", plan.seed);
    let mut run = Run {
        place,
        folder,
        plan,
        honesty,
        ledger: Ledger::default(),
        dice: Dice::new(plan.seed),
        key: None,
        slowest: Duration::ZERO,
    };
    for cycle in 1..=plan.cycles {
        run.cycle(cycle)?;
    }
    let _survivor = run.start(plan.cycles)?;
    run.look(plan.cycles)?;
    let (acked, attempted) = (run.ledger.acked(), run.ledger.attempted());
    println!(
        "{} kills: {acked} events acknowledged of {attempted} sent, slowest start {} ms",
        plan.cycles,
        run.slowest.as_millis()
    );
    // A rig that stores nothing proves nothing.
    assert!(acked > usize::try_from(plan.cycles).unwrap());
    Ok(())
}

struct Run<'a> {
    place: &'a Place,
    folder: &'a Path,
    plan: &'a Plan,
    honesty: Honesty,
    ledger: Ledger,
    dice: Dice,
    /// The first start tells it.
    key: Option<String>,
    slowest: Duration,
}

impl Run<'_> {
    /// Holds a server that is just started to its promises, then loads and kills it.
    fn cycle(&mut self, cycle: u64) -> Result<(), String> {
        let mut server = self.start(cycle)?;
        if cycle.is_multiple_of(self.plan.look_every) {
            self.look(cycle)?;
        }
        let target = self.honesty.target_of(&server.target);
        let load = Load::start(&target, self.plan.seed, cycle, OnLoss::End);
        let lived = load.lives_for(self.dice.up_to(self.plan.moment_max));
        server.kill();
        load.finish(&mut self.ledger);
        if lived {
            return Ok(());
        }
        Err(self.failure(cycle, "the server closed every connection by itself"))
    }

    /// Starts the server, in time, and sends again what nobody knows about.
    fn start(&mut self, cycle: u64) -> Result<Server, String> {
        let start = Start {
            database: &self.place.database(),
            folder: self.folder,
            under: &[],
            key: self.key.as_deref(),
        };
        let server = start.run();
        self.key = Some(server.target.key.clone());
        self.slowest = self.slowest.max(server.ready_after);
        if server.ready_after > self.plan.ready_max {
            return Err(self.failure(cycle, &format!("ready after {:?}", server.ready_after)));
        }
        settle(&server.target, &mut self.ledger);
        Ok(server)
    }

    fn look(&self, cycle: u64) -> Result<(), String> {
        let violations = self.ledger.violations(&self.place.stored());
        if violations.is_empty() {
            return Ok(());
        }
        Err(self.failure(cycle, &violations.join("; ")))
    }

    fn failure(&self, cycle: u64, what: &str) -> String {
        format!("seed {}, cycle {cycle}: {what}", self.plan.seed)
    }
}
