//! The buffer's promises as one check, and three buffers that break one each: the check must see
//! it.

use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use event::{Event, ProjectId};
use intake::batch::{Buffer, Config};
use store::Outcome;

use crate::fake::{Fake, Running, Step, events, project, settle};

type Answer = Pin<Box<dyn Future<Output = Result<Vec<Outcome>, String>> + Send>>;
type Append = Box<dyn Fn(Arc<Buffer>, ProjectId, Vec<Event>) -> Answer>;

async fn honest(
    buffer: Arc<Buffer>,
    project: ProjectId,
    events: Vec<Event>,
) -> Result<Vec<Outcome>, String> {
    let taken = buffer
        .append(project, events)
        .await
        .map_err(|error| error.to_string())?;
    taken.result.map_err(|error| error.to_string())
}

/// Five requests over three commits, the second of which fails.
async fn check(append: Append) -> Result<(), &'static str> {
    let fake = Fake::default();
    fake.script([Step::Succeed, Step::Fail, Step::Succeed]);
    let running = Running::over(
        &fake,
        Config {
            commit_events_max: 2,
            ..Config::default()
        },
    );
    let mut answers = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        let events = events(project(1), name, 1);
        answers.push(tokio::spawn(append(
            Arc::clone(&running.buffer),
            project(1),
            events,
        )));
        settle().await;
    }
    if answers.iter().any(tokio::task::JoinHandle::is_finished) {
        return Err("answered before the commit");
    }
    fake.let_through(3).await;
    if !answers.iter().all(tokio::task::JoinHandle::is_finished) {
        return Err("somebody was not answered");
    }
    let mut stored = Vec::new();
    for answer in answers {
        stored.push(answer.await.unwrap().is_ok());
    }
    if stored != [true, false, false, true, true] {
        return Err("somebody has another's result");
    }
    Ok(())
}

#[tokio::test]
async fn the_buffer_keeps_its_promises() {
    let append: Append =
        Box::new(|buffer, project, events| Box::pin(honest(buffer, project, events)));
    assert_eq!(check(append).await, Ok(()));
}

#[tokio::test]
async fn control_an_answer_before_the_commit_is_seen() {
    let append: Append = Box::new(|buffer, project, events| {
        let outcomes = events
            .iter()
            .map(|event| Outcome::Stored(event.id))
            .collect();
        tokio::spawn(honest(buffer, project, events));
        Box::pin(async { Ok(outcomes) })
    });
    assert_eq!(check(append).await, Err("answered before the commit"));
}

#[tokio::test]
async fn control_one_error_for_all_is_seen() {
    let failed = Arc::new(AtomicBool::new(false));
    let append: Append = Box::new(move |buffer, project, events| {
        let failed = Arc::clone(&failed);
        Box::pin(async move {
            let result = honest(buffer, project, events).await;
            if failed.fetch_or(result.is_err(), Ordering::Relaxed) {
                return Err("an error of somebody's".to_owned());
            }
            result
        })
    });
    assert_eq!(check(append).await, Err("somebody has another's result"));
}

#[tokio::test]
async fn control_a_lost_waiter_is_seen() {
    let count = AtomicUsize::new(0);
    let append: Append = Box::new(move |buffer, project, events| {
        let lost = count.fetch_add(1, Ordering::Relaxed) == 3;
        Box::pin(async move {
            let result = honest(buffer, project, events).await;
            if lost { pending().await } else { result }
        })
    });
    assert_eq!(check(append).await, Err("somebody was not answered"));
}
