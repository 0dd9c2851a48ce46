//! What waits, by project, and whose turn it is. No waiting in here: the buffer's state between two
//! looks at it.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use event::{Event, ProjectId};
use store::{Outcome, Refusal};
use tokio::sync::oneshot::{self, Receiver, Sender};
use tokio::time::Instant;

use super::counts::count;
use super::{Committed, Config, Counts, Failure, Unaccepted};

#[derive(Debug)]
pub(super) struct Lanes {
    config: Config,
    /// Of projects that have something accepted and not answered.
    projects: HashMap<ProjectId, Lane>,
    /// The projects that have requests to be committed, each once, in the order of their turns.
    turns: VecDeque<ProjectId>,
    /// The project whose turn it is was passed over by the last group.
    passed_over: bool,
    refusals: VecDeque<Refusal>,
    closed: bool,
    committers: usize,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Lane {
    queue: VecDeque<Request>,
    /// Of all its requests that are not answered.
    events: usize,
    bytes: usize,
}

/// A request that no commit has taken yet.
#[derive(Debug)]
struct Request {
    events: Vec<Event>,
    waiter: Waiter,
}

/// Who waits for the outcomes of a request.
#[derive(Debug)]
pub(super) struct Waiter {
    project_id: ProjectId,
    events: usize,
    bytes: usize,
    since: Instant,
    answer: Sender<Committed>,
}

impl Waiter {
    pub(super) const fn events(&self) -> usize {
        self.events
    }

    pub(super) fn answer(self, result: Result<Vec<Outcome>, Failure>, times: Times) {
        let committed = Committed {
            result,
            wait: times.begun.saturating_duration_since(self.since),
            commit: times.commit,
        };
        // Who went away does not want to know; its events are stored all the same.
        drop(self.answer.send(committed));
    }
}

/// When a commit was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) begun: Instant,
    pub(super) commit: Duration,
}

/// The requests of one commit: their events one after the other, and who waits for them, in the
/// same order.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) events: Vec<Event>,
    pub(super) waiters: Vec<Waiter>,
}

impl Group {
    fn push(&mut self, request: Request) {
        self.waiters.push(request.waiter);
        if self.events.is_empty() {
            // A request by itself is not copied.
            self.events = request.events;
        } else {
            self.events.extend(request.events);
        }
    }
}

/// What a committer is to do.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) group: Option<Group>,
    pub(super) refusals: Vec<Refusal>,
    /// Something is left for another committer.
    pub(super) more: bool,
    /// Nothing is left, and nothing will come.
    pub(super) ended: bool,
}

impl Lanes {
    pub(super) fn new(config: Config, committers: usize) -> Self {
        Self {
            config,
            projects: HashMap::new(),
            turns: VecDeque::new(),
            passed_over: false,
            refusals: VecDeque::new(),
            closed: false,
            committers,
            counts: Counts::default(),
        }
    }

    /// Takes a request's events, which are there `since`, or refuses them at once.
    pub(super) fn put(
        &mut self,
        project_id: ProjectId,
        events: Vec<Event>,
        bytes: usize,
        since: Instant,
    ) -> Result<Receiver<Committed>, Unaccepted> {
        if self.closed {
            return Err(Unaccepted::Closed);
        }
        let count = events.len();
        if !self.has_room(project_id, count, bytes) {
            self.counts.refused_busy += 1;
            return Err(Unaccepted::Busy {
                retry_after: self.config.retry_after,
            });
        }
        let (answer, answered) = oneshot::channel();
        self.counts.waiting_events += count;
        self.counts.waiting_bytes += bytes;
        let lane = self.projects.entry(project_id).or_default();
        lane.events += count;
        lane.bytes += bytes;
        if lane.queue.is_empty() {
            self.turns.push_back(project_id);
        }
        let waiter = Waiter {
            project_id,
            events: count,
            bytes,
            since,
            answer,
        };
        lane.queue.push_back(Request { events, waiter });
        Ok(answered)
    }

    /// Where nothing waits, any request fits: it was within the limits of a request, and it would
    /// never fit better.
    fn has_room(&self, project_id: ProjectId, events: usize, bytes: usize) -> bool {
        let fits = |waiting: usize, more: usize, max: usize| waiting == 0 || waiting + more <= max;
        let (all, config) = (&self.counts, &self.config);
        let lane = self.projects.get(&project_id);
        fits(all.waiting_events, events, config.waiting_events_max)
            && fits(all.waiting_bytes, bytes, config.waiting_bytes_max)
            && lane.is_none_or(|lane| {
                fits(lane.events, events, config.project_events_max)
                    && fits(lane.bytes, bytes, config.project_bytes_max)
            })
    }

    pub(super) fn reject(&mut self, mut refusals: Vec<Refusal>) {
        let room = self
            .config
            .waiting_refusals_max
            .saturating_sub(self.refusals.len());
        // Those that come after the last commit wait for nothing.
        let room = if self.committers == 0 { 0 } else { room };
        self.counts.refusals_lost += count(refusals.len().saturating_sub(room));
        refusals.truncate(room);
        self.refusals.extend(refusals);
    }

    pub(super) fn take(&mut self) -> Work {
        let group = self.group();
        let refusals = self.refusals.len().min(self.config.commit_refusals_max);
        let refusals: Vec<_> = self.refusals.drain(..refusals).collect();
        let more = !self.turns.is_empty() || !self.refusals.is_empty();
        let idle = group.waiters.is_empty() && refusals.is_empty();
        Work {
            group: (!group.waiters.is_empty()).then_some(group),
            refusals,
            more,
            ended: idle && self.closed,
        }
    }

    /// Whole requests, up to a group's size. Who was passed over by the last group is first, with
    /// one request of any size. Then each project gives, round by round, what is within an equal
    /// share of the room that is left; when no share holds a request, one that the room holds.
    ///
    /// So small requests go before large ones, but no project is passed over twice: when it was,
    /// it is first in the next group, and a request larger than a group is alone in its own.
    fn group(&mut self) -> Group {
        let mut group = Group::default();
        if self.passed_over {
            self.give(&mut group);
        }
        let next = self.turns.front().copied();
        while self.round(&mut group, Portion::Share) || self.round(&mut group, Portion::Request) {}
        if group.waiters.is_empty() {
            self.give(&mut group);
        }
        let gave = |project_id| group.waiters.iter().any(|w| w.project_id == project_id);
        self.passed_over = next
            .is_some_and(|project_id| self.turns.front() == Some(&project_id) && !gave(project_id));
        group
    }

    /// Moves one request of the project whose turn it is into the group, whatever its size.
    fn give(&mut self, group: &mut Group) {
        let Some(project_id) = self.turns.pop_front() else {
            return;
        };
        let lane = self.projects.get_mut(&project_id);
        let Some(queue) = lane.map(|lane| &mut lane.queue) else {
            return;
        };
        if let Some(request) = queue.pop_front() {
            group.push(request);
        }
        if !queue.is_empty() {
            self.turns.push_back(project_id);
        }
    }

    /// Lets each project give its portion, until the group is full. Who gave goes behind who had
    /// nothing that fits. Tells whether anybody gave.
    fn round(&mut self, group: &mut Group, portion: Portion) -> bool {
        if self.turns.is_empty() {
            return false;
        }
        let max = self.config.commit_events_max.max(1);
        let room = max.saturating_sub(group.events.len());
        let share = room / self.turns.len();
        let (mut gave, mut passed) = (VecDeque::new(), VecDeque::new());
        let before = group.waiters.len();
        while group.events.len() < max {
            let room = max - group.events.len();
            let Some(project_id) = self.turns.pop_front() else {
                break;
            };
            let Some(lane) = self.projects.get_mut(&project_id) else {
                continue;
            };
            let taken = match portion {
                Portion::Share => lane.give(share.max(1).min(room), usize::MAX, group),
                Portion::Request => lane.give(room, 1, group),
            };
            if taken == 0 {
                passed.push_back(project_id);
            } else if !lane.queue.is_empty() {
                gave.push_back(project_id);
            }
        }
        passed.append(&mut self.turns);
        passed.append(&mut gave);
        self.turns = passed;
        group.waiters.len() > before
    }

    /// Notes the end of a commit: with its outcomes, or none because it failed.
    pub(super) fn settle(
        &mut self,
        waiters: &[Waiter],
        outcomes: Option<&[Outcome]>,
        commit: Duration,
    ) {
        self.counts.commit_seconds.add(commit);
        match outcomes {
            None => self.fail(waiters),
            Some(outcomes) => self.counts.committed(outcomes),
        }
        for waiter in waiters {
            self.leave_lane(waiter);
        }
    }

    fn fail(&mut self, waiters: &[Waiter]) {
        self.counts.commits_failed += 1;
        let events = waiters.iter().map(|waiter| count(waiter.events));
        self.counts.failed += events.sum::<u64>();
    }

    /// A request is about to be answered: what it held is free.
    fn leave_lane(&mut self, waiter: &Waiter) {
        self.counts.waiting_events -= waiter.events;
        self.counts.waiting_bytes -= waiter.bytes;
        if let Some(lane) = self.projects.get_mut(&waiter.project_id) {
            lane.events -= waiter.events;
            lane.bytes -= waiter.bytes;
            if lane.events == 0 {
                self.projects.remove(&waiter.project_id);
            }
        }
    }

    pub(super) fn kept(&mut self, kept: usize, of: usize) {
        self.counts.refusals_kept += count(kept);
        self.counts.refusals_lost += count(of.saturating_sub(kept));
    }

    pub(super) fn close(&mut self) {
        self.closed = true;
    }

    pub(super) fn is_open(&self) -> bool {
        !self.closed
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            waiting_refusals: self.refusals.len(),
            ..self.counts
        }
    }

    /// A committer ends, having `in_hand`. The last one closes the door behind it. Returns all who
    /// are to be told.
    pub(super) fn leave(&mut self, mut in_hand: Vec<Waiter>) -> Vec<Waiter> {
        self.committers -= 1;
        if !in_hand.is_empty() {
            self.fail(&in_hand);
        }
        if self.committers == 0 {
            self.closed = true;
            self.turns.clear();
            let queues = self.projects.values_mut().map(|lane| &mut lane.queue);
            let requests = queues.flat_map(|queue| queue.drain(..));
            in_hand.extend(requests.map(|request| request.waiter));
            self.counts.refusals_lost += count(self.refusals.len());
            self.refusals.clear();
        }
        for waiter in &in_hand {
            self.leave_lane(waiter);
        }
        in_hand
    }
}

/// What a project may give in one round.
#[derive(Clone, Copy)]
enum Portion {
    /// Requests within its share of the room.
    Share,
    /// One request.
    Request,
}

impl Lane {
    /// Moves up to `requests_max` requests of together up to `events_max` events into the group;
    /// gives the number of requests.
    fn give(&mut self, events_max: usize, requests_max: usize, group: &mut Group) -> usize {
        let (mut room, mut given) = (events_max, 0);
        while given < requests_max {
            let fits = |request: &mut Request| request.events.len() <= room;
            let Some(request) = self.queue.pop_front_if(fits) else {
                break;
            };
            room -= request.events.len();
            given += 1;
            group.push(request);
        }
        given
    }
}

/// What an event takes in memory, about: itself and its texts.
pub(super) fn bytes_of(event: &Event) -> usize {
    let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    size_of::<Event>()
        + event.name.as_str().len()
        + event.properties.as_str().len()
        + event.context.as_ref().map_or(0, |json| json.as_str().len())
        + optional(&event.user_id)
        + optional(&event.anonymous_id)
        + optional(&event.original_timestamp)
        + optional(&event.user_agent)
}
