//! The long runs, for `cargo xtask chaos`: as many cycles as asked for.

use std::time::Duration;

use testkit::Crash;

use crate::kill::{self, Honesty};
use crate::outage::{self, Fault};
use crate::place::Place;
use crate::plan::{Plan, is_wanted};

const KILLS: u64 = 200;
const OUTAGES: u64 = 30;

#[test]
#[ignore = "takes minutes: `cargo xtask chaos kill` runs it"]
fn kill() {
    let plan = Plan::by_hand(KILLS);
    if is_wanted("sqlite") {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::file_in(folder.path());
        println!("SQLite");
        kill::run(&place, folder.path(), &plan, Honesty::Honest).unwrap();
    }
    if is_wanted("postgres") {
        let server = testkit::Postgres::start().unwrap();
        let database = server.database("chaos_kill").unwrap();
        let folder = tempfile::tempdir().unwrap();
        println!("PostgreSQL");
        let place = Place::Postgres(database.url());
        kill::run(&place, folder.path(), &plan, Honesty::Honest).unwrap();
    }
}

#[test]
#[ignore = "takes minutes: `cargo xtask chaos postgres` runs it"]
fn postgres() {
    let faults = [
        Fault::Crash(Crash::Immediate),
        Fault::Crash(Crash::Killed),
        Fault::Pause(Duration::from_secs(30)),
    ];
    outage::run(&Plan::by_hand(OUTAGES), &faults, Honesty::Honest).unwrap();
}
