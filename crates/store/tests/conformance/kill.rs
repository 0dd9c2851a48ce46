//! A process that appends is killed: what it acknowledged is there.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use event::ProjectId;
use ids::Uuid;
use store::{Config, Location, Scope, Store};

use crate::follow::follow_all;
use crate::rig::{Rig, at, event_at, project};

const CYCLES: usize = 3;

/// Kills until one is seen; a control that needs more luck than this is broken.
const CONTROL_CYCLES_MAX: usize = 50;

pub(crate) async fn what_was_acknowledged_survives_a_kill(rig: &Rig) {
    let store = rig.open().await;
    let project_id = project(&store, "a").await;
    for acknowledgements in 1..=CYCLES {
        let acked = run_and_kill(rig, project_id, "after", acknowledgements * 7);
        assert_eq!(missing(rig, &store, &acked).await, 0);
        // And the next start is not in the way of anything.
        let next = rig.open().await;
        crate::rig::store_all(&next, &[event_at(project_id, 0)]).await;
    }
    // The control: a process that acknowledges before the commit must be caught.
    for _ in 0..CONTROL_CYCLES_MAX {
        let acked = run_and_kill(rig, project_id, "before", 3);
        if missing(rig, &store, &acked).await > 0 {
            return;
        }
    }
    panic!("this check does not see an event that was acknowledged and lost");
}

async fn missing(rig: &Rig, store: &Store, acked: &BTreeSet<Uuid>) -> usize {
    assert!(!acked.is_empty(), "the process did not run");
    let there: BTreeSet<_> = follow_all(rig, &store.journal(), Scope::Everything, 1_000)
        .await
        .into_iter()
        .collect();
    acked.difference(&there).count()
}

/// Starts a process that appends, kills it after so many acknowledgements, returns all of them.
fn run_and_kill(
    rig: &Rig,
    project_id: ProjectId,
    when: &str,
    acknowledgements: usize,
) -> BTreeSet<Uuid> {
    let location = match &rig.location {
        Location::Sqlite(path) => path.display().to_string(),
        Location::Postgres(url) => url.clone(),
    };
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["kill::appender", "--exact", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let line = format!("{location} {project_id} {when}\n");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(line.as_bytes())
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acked = BTreeSet::new();
    let mut seen = 0;
    while let Some(Ok(line)) = lines.next() {
        let Some((_, ids)) = line.split_once("acked ") else {
            continue;
        };
        acked.extend(ids.split(' ').filter_map(|id| Uuid::parse(id).ok()));
        seen += 1;
        if seen == acknowledgements {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    acked
}

/// Not a check: the process that is killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by `what_was_acknowledged_survives_a_kill`"]
async fn appender() {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    let words: Vec<_> = line.split_whitespace().collect();
    // Run by hand, without the line on its input, it does nothing.
    let [location, project_id, when] = words[..] else {
        return;
    };
    let project_id = ProjectId::parse(project_id).unwrap();
    let location = Location::parse(location);
    let store = Store::open(&location, &Config::default(), at(0))
        .await
        .unwrap();
    let mut stdout = std::io::stdout();
    loop {
        let batch: Vec<_> = (0..20).map(|us| event_at(project_id, us)).collect();
        let ids: Vec<_> = batch.iter().map(|event| event.id.to_string()).collect();
        let acknowledgement = format!("acked {}\n", ids.join(" "));
        if when == "before" {
            stdout.write_all(acknowledgement.as_bytes()).unwrap();
        }
        store.journal().append(batch).await.unwrap();
        if when == "after" {
            stdout.write_all(acknowledgement.as_bytes()).unwrap();
        }
    }
}
