//! Any requests, projects, commits that fail, callers that go away, and an end at any moment: what
//! became of each request is held against what the journal saw. Three planted faults must be seen.

use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use event::Event;
use ids::Uuid;
use intake::batch::{Buffer, Commit, Committed, Config, Unaccepted, buffer};
use proptest::prelude::*;
use store::{Error, Outcome, Refusal};
use tokio::time::{sleep, timeout};

use crate::fake::{events, project};

const COMMIT_EVENTS_MAX: usize = 10;

#[derive(Clone, Debug)]
struct Request {
    after_ms: u64,
    project: u128,
    events: usize,
    /// When its caller goes away.
    patience_ms: Option<u64>,
}

#[derive(Clone, Debug)]
struct Plan {
    requests: Vec<Request>,
    /// Of each commit in turn: how long it takes, and whether it fails.
    commits: Vec<(u64, bool)>,
    close_after_ms: u64,
}

fn plan() -> impl Strategy<Value = Plan> {
    let request = (
        0..60_u64,
        0..4_u128,
        1..25_usize,
        prop::option::weighted(0.2, 0..40_u64),
    );
    let request = request.prop_map(|(after_ms, project, events, patience_ms)| Request {
        after_ms,
        project,
        events,
        patience_ms,
    });
    let commit = (1..20_u64, prop::bool::weighted(0.3));
    let plan = (
        prop::collection::vec(request, 1..30),
        prop::collection::vec(commit, 1..8),
        30..90_u64,
    );
    plan.prop_map(|(requests, commits, close_after_ms)| Plan {
        requests,
        commits,
        close_after_ms,
    })
}

/// The ids of each commit, and whether it succeeded.
type Seen = Vec<(Vec<Uuid>, bool)>;

/// A journal that takes its time and fails as planned.
#[derive(Clone, Debug)]
struct Planned {
    commits: Vec<(u64, bool)>,
    seen: Arc<Mutex<Seen>>,
}

impl Commit for Planned {
    async fn append(&self, events: Vec<Event>) -> Result<Vec<Outcome>, Error> {
        let ids: Vec<_> = events.iter().map(|event| event.id).collect();
        let (took_ms, fails) = self.commits[self.seen.lock().unwrap().len() % self.commits.len()];
        self.seen.lock().unwrap().push((ids.clone(), !fails));
        sleep(Duration::from_millis(took_ms)).await;
        let doing = "append events";
        let stored = ids.into_iter().map(Outcome::Stored).collect();
        if fails {
            Err(Error::Full { doing })
        } else {
            Ok(stored)
        }
    }

    async fn reject(&self, refusals: Vec<Refusal>) -> Result<usize, Error> {
        Ok(refusals.len())
    }
}

type Answer = Result<Committed, Unaccepted>;
type Append =
    fn(Arc<Buffer>, u128, Vec<Event>, usize) -> Pin<Box<dyn Future<Output = Answer> + Send>>;

/// What became of one request.
struct End {
    project: u128,
    /// The place in the order in which requests came.
    came: usize,
    ids: Vec<Uuid>,
    /// None: its caller went away.
    answer: Option<Answer>,
}

async fn run(plan: &Plan, append: Append) -> Result<(), String> {
    let config = Config {
        commit_events_max: COMMIT_EVENTS_MAX,
        waiting_events_max: 120,
        project_events_max: 60,
        ..Config::default()
    };
    let journal = Planned {
        commits: plan.commits.clone(),
        seen: Arc::default(),
    };
    let (buffer, committers) = buffer(journal.clone(), config);
    let committers: Vec<_> = committers
        .into_iter()
        .map(|c| tokio::spawn(c.run()))
        .collect();
    let (buffer, order) = (Arc::new(buffer), Arc::new(AtomicUsize::new(0)));
    let tasks = plan.requests.iter().cloned().map(|request| {
        let (buffer, order) = (Arc::clone(&buffer), Arc::clone(&order));
        tokio::spawn(async move {
            sleep(Duration::from_millis(request.after_ms)).await;
            let events = events(project(request.project), "e", request.events);
            let ids = events.iter().map(|event| event.id).collect();
            let came = order.fetch_add(1, Ordering::Relaxed);
            let answer = append(buffer, request.project, events, came);
            let answer = match request.patience_ms {
                Some(ms) => timeout(Duration::from_millis(ms), answer).await.ok(),
                None => Some(answer.await),
            };
            End {
                project: request.project,
                came,
                ids,
                answer,
            }
        })
    });
    let tasks: Vec<_> = tasks.collect();
    sleep(Duration::from_millis(plan.close_after_ms)).await;
    buffer.close();
    let mut ends = Vec::new();
    for task in tasks {
        // Far longer than all commits together.
        let end = timeout(Duration::from_mins(10), task).await;
        ends.push(end.map_err(|_| "somebody was never answered")?.unwrap());
    }
    for committer in committers {
        let ended = timeout(Duration::from_mins(10), committer).await;
        ended.map_err(|_| "a committer does not end")?.unwrap();
    }
    let counts = buffer.counts();
    if (counts.waiting_events, counts.waiting_bytes) != (0, 0) {
        return Err(format!("something is left: {counts:?}"));
    }
    ends.sort_by_key(|end| end.came);
    let seen = journal.seen.lock().unwrap().clone();
    judge(&ends, &seen)
}

fn judge(ends: &[End], seen: &Seen) -> Result<(), String> {
    let mut last = [None; 4];
    let mut requests_of = vec![0; seen.len()];
    for end in ends {
        let holds = |(ids, _): &(Vec<Uuid>, bool)| ids.iter().any(|id| end.ids.contains(id));
        let groups: Vec<_> = (0..seen.len()).filter(|at| holds(&seen[*at])).collect();
        let group = match groups[..] {
            [] => None,
            [group] => Some(group),
            _ => return Err("a request is in several commits".to_owned()),
        };
        let taken = group.map(|group| seen[group].1);
        let fits = match (&end.answer, taken) {
            (
                Some(Ok(Committed {
                    result: Ok(outcomes),
                    ..
                })),
                Some(true),
            ) => {
                let own = end.ids.iter().map(|id| Outcome::Stored(*id));
                outcomes.iter().copied().eq(own)
            }
            (Some(Ok(Committed { result: Err(_), .. })), Some(false))
            | (Some(Err(_)), None)
            | (None, _) => true,
            _ => false,
        };
        if !fits {
            return Err(format!(
                "not its own answer: {:?}, in a commit: {taken:?}",
                end.answer
            ));
        }
        let Some(group) = group else { continue };
        let ids = &seen[group].0;
        let at = ids.iter().position(|id| *id == end.ids[0]);
        let whole = at.and_then(|at| ids.get(at..at + end.ids.len()));
        if whole != Some(&end.ids[..]) {
            return Err("a request is not whole".to_owned());
        }
        requests_of[group] += 1;
        let lane = usize::try_from(end.project).unwrap();
        if last[lane] > Some((group, at)) {
            return Err("a project's requests are out of order".to_owned());
        }
        last[lane] = Some((group, at));
    }
    for ((ids, _), requests) in seen.iter().zip(requests_of) {
        if ids.len() > COMMIT_EVENTS_MAX && requests > 1 {
            return Err(format!(
                "a commit of `{requests}` requests has `{}` events",
                ids.len()
            ));
        }
    }
    Ok(())
}

fn block_on(plan: &Plan, append: Append) -> Result<(), String> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(run(plan, append))
}

fn honest(
    buffer: Arc<Buffer>,
    number: u128,
    events: Vec<Event>,
    _: usize,
) -> Pin<Box<dyn Future<Output = Answer> + Send>> {
    Box::pin(async move { buffer.append(project(number), events).await })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn everyone_is_told_once_what_became_of_the_own_request(plan in plan()) {
        prop_assert_eq!(block_on(&plan, honest), Ok(()));
    }
}

/// What the judge says of the first plan that shows a fault.
fn complaint(append: Append) -> String {
    let plan = Plan {
        requests: (0..12)
            .map(|at| Request {
                after_ms: at,
                project: u128::from(at % 3),
                events: 2,
                patience_ms: None,
            })
            .collect(),
        commits: vec![(4, false), (4, true)],
        close_after_ms: 90,
    };
    assert_eq!(block_on(&plan, honest), Ok(()), "the plan itself is fine");
    block_on(&plan, append).unwrap_err()
}

#[test]
fn control_a_request_in_two_commits_is_seen() {
    let found = complaint(|buffer, number, mut events, came| {
        Box::pin(async move {
            let second = events.split_off(1);
            let first = honest(Arc::clone(&buffer), number, events, came).await?;
            let mut second = honest(buffer, number, second, came).await?;
            if let (Ok(one), Ok(two)) = (first.result, &mut second.result) {
                two.splice(0..0, one);
            }
            Ok(second)
        })
    });
    assert_eq!(found, "a request is in several commits");
}

#[test]
fn control_outcomes_in_another_order_are_seen() {
    let found = complaint(|buffer, number, events, came| {
        Box::pin(async move {
            let mut answer = honest(buffer, number, events, came).await?;
            answer.result = answer
                .result
                .map(|outcomes| outcomes.into_iter().rev().collect());
            Ok(answer)
        })
    });
    assert!(found.starts_with("not its own answer"), "{found}");
}

#[test]
fn control_a_waiter_that_is_forgotten_is_seen() {
    let found = complaint(|buffer, number, events, came| {
        Box::pin(async move {
            let answer = honest(buffer, number, events, came).await;
            if came == 7 { pending().await } else { answer }
        })
    });
    assert_eq!(found, "somebody was never answered");
}
