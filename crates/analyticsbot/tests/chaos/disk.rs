//! The disk fills up under load: events are refused with a word on when to try again, reads go on,
//! and the server takes events again by itself when there is space.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tokio::time::Instant;

use crate::client::{Answer, Client, Target};
use crate::kill::Honesty;
use crate::ledger::Ledger;
use crate::load::{event, outcomes, settle};
use crate::outage::wait;
use crate::place::Place;
use crate::server::Start;

/// The whole disk, and what takes it up until space is made.
const DISK_MIB: usize = 24;
const BALLAST_MIB: usize = 8;
/// Larger than any event of the other rigs, so that the disk is full soon.
const FILLER_BYTES: usize = 16 << 10;
/// More than the disk holds.
const EVENTS_MAX: u64 = 3_000;
/// From the moment when there is space to the next acknowledgement.
const RECOVERY_MAX: Duration = Duration::from_secs(5);

#[test]
fn a_full_disk_refuses_events_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(folder.path()) else {
        return;
    };
    fs::write(disk.ballast(), vec![0; BALLAST_MIB << 20]).unwrap();
    let place = Place::file_in(&disk.folder);
    let database = place.database();
    let start = Start {
        database: &database,
        folder: folder.path(),
        under: &[],
        key: None,
    };
    let mut server = start.run();
    let mut ledger = Ledger::default();
    let refusal = fill(&server.target, &mut ledger).expect("the disk holds less");
    assert_eq!(refusal.status, 503, "{refusal:?}");
    assert!(refusal.retry_after.is_some(), "{refusal:?}");
    assert!(server.is_running());
    reads_go_on(&server.target, &database);

    fs::remove_file(disk.ballast()).unwrap();
    let recovery = recovery(&server.target, &mut ledger);
    assert!(
        recovery < RECOVERY_MAX,
        "events are taken again after {recovery:?}"
    );
    settle(&server.target, &mut ledger);
    let (acked, attempted) = (ledger.acked(), ledger.attempted());
    println!("{acked} events acknowledged of {attempted} sent, recovery {recovery:?}");
    assert_eq!(ledger.violations(&place.stored()), [""; 0]);
    server.kill();
}

/// The control: a server that says that it took what did not fit.
#[test]
fn a_server_that_answers_before_the_commit_is_caught() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(folder.path()) else {
        return;
    };
    let place = Place::file_in(&disk.folder);
    let database = place.database();
    let start = Start {
        database: &database,
        folder: folder.path(),
        under: &[],
        key: None,
    };
    let mut server = start.run();
    let lying = Honesty::Lying.target_of(&server.target);
    let mut ledger = Ledger::default();
    assert!(fill(&lying, &mut ledger).is_none());
    server.kill();
    let caught = ledger.violations(&place.stored()).join("; ");
    assert!(caught.contains("was acknowledged and is lost"), "{caught}");
}

/// Sends more events than the disk holds, or until one is not taken.
fn fill(target: &Target, ledger: &mut Ledger) -> Option<Answer> {
    let mut client = Client::new(target);
    for id in 1..EVENTS_MAX {
        let mut body = event(id);
        body["properties"]["filler"] = "x".repeat(FILLER_BYTES).into();
        let answer = client.post(&body.to_string()).unwrap();
        ledger.record(id, outcomes(Some(&answer), 1)[0]);
        if answer.status != 201 {
            return Some(answer);
        }
    }
    None
}

fn reads_go_on(target: &Target, database: &str) {
    let mut client = Client::new(target);
    assert_eq!(client.get("/healthz").unwrap().status, 200);
    assert_eq!(client.get("/metrics").unwrap().status, 200);
    assert_eq!(client.get("/readyz").unwrap().status, 503);
    let output = Command::new(env!("CARGO_BIN_EXE_analyticsbot"))
        .args(["events", "list", "--json", "--database", database])
        .env_clear()
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(output.stdout.len() > FILLER_BYTES, "{said}");
}

fn recovery(target: &Target, ledger: &mut Ledger) -> Duration {
    let begun = Instant::now();
    let mut client = Client::new(target);
    let mut id = EVENTS_MAX;
    loop {
        id += 1;
        let answer = client.post(&event(id).to_string());
        let status = answer.as_ref().map_or(0, |answer| answer.status);
        ledger.record(id, outcomes(answer.ok().as_ref(), 1)[0]);
        if status == 201 || begun.elapsed() > 2 * RECOVERY_MAX {
            return begun.elapsed();
        }
        wait(Duration::from_millis(20));
    }
}

/// A small disk of its own; gone when the value is dropped.
struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// None, said loudly, where nobody may mount.
    #[expect(clippy::print_stderr, reason = "a skipped test says so loudly")]
    fn mount(parent: &Path) -> Option<Self> {
        let folder = parent.join("disk");
        fs::create_dir(&folder).unwrap();
        let size = format!("size={DISK_MIB}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "analyticsbot-chaos"])
            .arg(&folder)
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self { folder }),
            other => {
                eprintln!("SKIPPED the full disk: nothing can be mounted here: {other:?}");
                None
            }
        }
    }

    /// A file that takes space away.
    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a server that is just being killed may hold a file.
        let ended = Command::new("umount").arg("-l").arg(&self.folder).status();
        assert!(ended.is_ok() || std::thread::panicking(), "{ended:?}");
    }
}
