//! A journal that commits when the test says so, and what tests need to put something into it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use event::{Draft, Event, Limits, ProjectId, Received, Source, check};
use ids::{Timestamp, Uuid};
use intake::MakeId;
use intake::batch::{Buffer, Commit, Committed, Config, Unaccepted, buffer};
use store::{Error, Outcome, Refusal};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// What the next commit does; without one it succeeds.
#[derive(Debug)]
pub(crate) enum Step {
    Succeed,
    Fail,
    Miscount,
    Panic,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Fake(Arc<State>);

#[derive(Debug)]
struct State {
    /// A commit takes one and does not give it back.
    permits: Semaphore,
    script: Mutex<VecDeque<Step>>,
    begun: Mutex<Vec<Vec<Event>>>,
    stored: Mutex<Vec<Event>>,
    refusals: Mutex<Vec<Refusal>>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            permits: Semaphore::new(0),
            script: Mutex::default(),
            begun: Mutex::default(),
            stored: Mutex::default(),
            refusals: Mutex::default(),
        }
    }
}

impl Fake {
    /// Commits are through at once.
    pub(crate) fn open() -> Self {
        let fake = Self::default();
        fake.0.permits.add_permits(1 << 20);
        fake
    }

    pub(crate) fn script(&self, steps: impl IntoIterator<Item = Step>) {
        self.0.script.lock().unwrap().extend(steps);
    }

    /// Lets so many commits through, and everything happen that follows.
    pub(crate) async fn let_through(&self, commits: usize) {
        self.0.permits.add_permits(commits);
        settle().await;
    }

    /// The names of the events of each commit that was begun.
    pub(crate) fn begun(&self) -> Vec<Vec<String>> {
        let name = |event: &Event| event.name.as_str().to_owned();
        let begun = self.0.begun.lock().unwrap();
        begun
            .iter()
            .map(|group| group.iter().map(name).collect())
            .collect()
    }

    pub(crate) fn sizes(&self) -> Vec<usize> {
        self.begun().iter().map(Vec::len).collect()
    }

    pub(crate) fn stored(&self) -> Vec<Event> {
        self.0.stored.lock().unwrap().clone()
    }

    pub(crate) fn refusals(&self) -> Vec<Refusal> {
        self.0.refusals.lock().unwrap().clone()
    }
}

impl Commit for Fake {
    async fn append(&self, events: Vec<Event>) -> Result<Vec<Outcome>, Error> {
        self.0.begun.lock().unwrap().push(events.clone());
        self.0
            .permits
            .acquire()
            .await
            .expect("never closed")
            .forget();
        let step = self
            .0
            .script
            .lock()
            .unwrap()
            .pop_front()
            .unwrap_or(Step::Succeed);
        match step {
            Step::Fail => {
                return Err(Error::Full {
                    doing: "append events",
                });
            }
            Step::Panic => panic!("as the script says"),
            Step::Miscount => return Ok(Vec::new()),
            Step::Succeed => {}
        }
        let mut stored = self.0.stored.lock().unwrap();
        let mut known: HashMap<_, _> = stored
            .iter()
            .filter_map(|event| Some(((event.project_id, event.canonical_id?), event.id)))
            .collect();
        let outcome = |event: Event| {
            let key = event.canonical_id.map(|id| (event.project_id, id));
            if let Some(id) = key.and_then(|key| known.get(&key).copied()) {
                return Outcome::Duplicate(id);
            }
            known.extend(key.map(|key| (key, event.id)));
            let id = event.id;
            stored.push(event);
            Outcome::Stored(id)
        };
        Ok(events.into_iter().map(outcome).collect())
    }

    async fn reject(&self, refusals: Vec<Refusal>) -> Result<usize, Error> {
        let count = refusals.len();
        self.0.refusals.lock().unwrap().extend(refusals);
        Ok(count)
    }
}

/// Runs what can run. The tests have one thread and wait for nothing outside, so this is all.
pub(crate) async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

pub(crate) const NOW: Timestamp = Timestamp::from_unix_ms(1_795_000_000_000);

pub(crate) fn project(number: u128) -> ProjectId {
    ProjectId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn received() -> Received<'static> {
    Received {
        at: NOW,
        ip: None,
        user_agent: None,
        source: Source::Command,
    }
}

/// Ids that differ from each other, of the moment asked for or of [`NOW`].
pub(crate) fn make_id() -> MakeId {
    Box::new(|time| Uuid::at(time.unwrap_or(NOW)))
}

/// `count` events of a project, named `{name}0`, `{name}1` and so on.
pub(crate) fn events(project: ProjectId, name: &str, count: usize) -> Vec<Event> {
    let event = |number| {
        let json = format!("{{\"event\":\"{name}{number}\"}}");
        let draft = Draft::read(0, json.as_bytes(), &Limits::DEFAULT).unwrap();
        let make_id = |_: Option<Timestamp>| Uuid::at(NOW);
        check(&draft, project, &received(), &Limits::DEFAULT, make_id)
            .unwrap()
            .event
    };
    (0..count).map(event).collect()
}

pub(crate) type Answered = JoinHandle<Result<Committed, Unaccepted>>;

/// A buffer with its committers running.
pub(crate) struct Running {
    pub(crate) buffer: Arc<Buffer>,
    pub(crate) committers: Vec<JoinHandle<()>>,
}

impl Running {
    pub(crate) fn over(fake: &Fake, config: Config) -> Self {
        let (buffer, committers) = buffer(fake.clone(), config);
        let committers = committers
            .into_iter()
            .map(|each| tokio::spawn(each.run()))
            .collect();
        Self {
            buffer: Arc::new(buffer),
            committers,
        }
    }

    /// Begins to append, and lets happen what follows.
    pub(crate) async fn append(&self, project: ProjectId, events: Vec<Event>) -> Answered {
        let buffer = Arc::clone(&self.buffer);
        let answered = tokio::spawn(async move { buffer.append(project, events).await });
        settle().await;
        answered
    }
}

/// How many were stored by an answer that is there already.
pub(crate) async fn stored(answered: Answered) -> Result<usize, String> {
    assert!(answered.is_finished(), "not answered");
    let outcomes = answered
        .await
        .unwrap()
        .map_err(|e| e.to_string())?
        .result
        .map_err(|e| e.to_string())?;
    Ok(outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::Stored(_)))
        .count())
}
