//! What waits, by project, and whose turn it is. No waiting in here: the buffer's state between two
//! looks at it.

use std::collections::{HashMap, VecDeque};
use std::vec;

use event::{Event, ProjectId};
use store::{Outcome, Refusal};
use tokio::sync::oneshot::{self, Receiver, Sender};

use super::counts::count;
use super::{Config, Counts, Failure, Unaccepted};

type Outcomes = Result<Vec<Outcome>, Failure>;

/// Names a request.
type Ticket = u64;

#[derive(Debug)]
pub(super) struct Lanes {
    config: Config,
    /// Of projects that have something accepted and not answered.
    projects: HashMap<ProjectId, Lane>,
    /// The projects that have events to be committed, each once, in the order of their turns.
    turns: VecDeque<ProjectId>,
    /// Requests that are not answered.
    requests: HashMap<Ticket, Request>,
    next_ticket: Ticket,
    refusals: VecDeque<Refusal>,
    closed: bool,
    committers: usize,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Lane {
    queue: VecDeque<Queued>,
    /// Of all its requests that are not answered.
    events: usize,
    bytes: usize,
}

/// The events of a request that no commit has taken yet.
#[derive(Debug)]
struct Queued {
    ticket: Ticket,
    events: vec::IntoIter<Event>,
}

#[derive(Debug)]
struct Request {
    project_id: ProjectId,
    waiter: Sender<Outcomes>,
    /// By the place of the event; None while its commit is not through.
    outcomes: Vec<Option<Outcome>>,
    missing: usize,
    bytes: usize,
}

/// Events of one request in a group: `count` of them, the first being the request's `at`-th.
#[derive(Debug)]
pub(super) struct Part {
    ticket: Ticket,
    at: usize,
    count: usize,
}

/// The events of one commit, part by part.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) parts: Vec<Part>,
    pub(super) events: Vec<Event>,
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

/// Somebody's outcomes, to be sent when the lock is free again.
#[derive(Debug)]
pub(super) struct Answer {
    waiter: Sender<Outcomes>,
    outcomes: Outcomes,
}

impl Answer {
    pub(super) fn send(self) {
        // Who went away does not want to know; its events are stored all the same.
        drop(self.waiter.send(self.outcomes));
    }
}

impl Lanes {
    pub(super) fn new(config: Config, committers: usize) -> Self {
        Self {
            config,
            projects: HashMap::new(),
            turns: VecDeque::new(),
            requests: HashMap::new(),
            next_ticket: 0,
            refusals: VecDeque::new(),
            closed: false,
            committers,
            counts: Counts::default(),
        }
    }

    /// Takes a request's events, or refuses them at once.
    pub(super) fn put(
        &mut self,
        project_id: ProjectId,
        events: Vec<Event>,
    ) -> Result<Receiver<Outcomes>, Unaccepted> {
        if self.closed {
            return Err(Unaccepted::Closed);
        }
        let bytes = events.iter().map(bytes_of).sum();
        if !self.has_room(project_id, events.len(), bytes) {
            self.counts.refused_busy += 1;
            return Err(Unaccepted::Busy {
                retry_after: self.config.retry_after,
            });
        }
        let (waiter, answer) = oneshot::channel();
        let (ticket, missing) = (self.next_ticket, events.len());
        self.next_ticket += 1;
        self.counts.waiting_events += missing;
        self.counts.waiting_bytes += bytes;
        let lane = self.projects.entry(project_id).or_default();
        lane.events += missing;
        lane.bytes += bytes;
        if lane.queue.is_empty() {
            self.turns.push_back(project_id);
        }
        lane.queue.push_back(Queued {
            ticket,
            events: events.into_iter(),
        });
        let outcomes = vec![None; missing];
        let request = Request {
            project_id,
            waiter,
            outcomes,
            missing,
            bytes,
        };
        self.requests.insert(ticket, request);
        Ok(answer)
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
        let idle = group.events.is_empty() && refusals.is_empty();
        Work {
            group: (!group.events.is_empty()).then_some(group),
            refusals,
            more,
            ended: idle && self.closed,
        }
    }

    /// Round by round, each project that waits gives an equal share of what the group still has
    /// room for, at least one event; who has more left goes to the end.
    fn group(&mut self) -> Group {
        let mut group = Group::default();
        let mut room = self.config.commit_events_max.max(1);
        while room > 0 && !self.turns.is_empty() {
            let share = (room / self.turns.len()).max(1);
            for _ in 0..self.turns.len() {
                let share = share.min(room);
                let Some(project_id) = self.turns.pop_front() else {
                    break;
                };
                if share == 0 {
                    self.turns.push_front(project_id);
                    break;
                }
                room -= self.share(project_id, share, &mut group);
            }
        }
        group
    }

    /// Moves up to `share` events of a project into the group and returns how many.
    fn share(&mut self, project_id: ProjectId, share: usize, group: &mut Group) -> usize {
        let Some(lane) = self.projects.get_mut(&project_id) else {
            return 0;
        };
        let before = group.events.len();
        while let Some(queued) = lane.queue.front_mut() {
            let room = share - (group.events.len() - before);
            let count = queued.events.len().min(room);
            if count == 0 {
                break;
            }
            let total = self
                .requests
                .get(&queued.ticket)
                .map_or(0, |r| r.outcomes.len());
            let at = total.saturating_sub(queued.events.len());
            group.parts.push(Part {
                ticket: queued.ticket,
                at,
                count,
            });
            group.events.extend(queued.events.by_ref().take(count));
            if queued.events.len() == 0 {
                lane.queue.pop_front();
            }
        }
        if !lane.queue.is_empty() {
            self.turns.push_back(project_id);
        }
        group.events.len() - before
    }

    /// Notes the result of a commit, and returns the answers that are complete with it.
    pub(super) fn settle(&mut self, parts: &[Part], result: Outcomes) -> Vec<Answer> {
        let outcomes = match result {
            Ok(outcomes) => outcomes,
            Err(failure) => return self.fail(parts, &failure),
        };
        self.counts.committed(outcomes.len());
        for outcome in &outcomes {
            match outcome {
                Outcome::Stored(_) => self.counts.stored += 1,
                Outcome::Duplicate(_) => self.counts.duplicates += 1,
                Outcome::NoProject => self.counts.no_project += 1,
            }
        }
        let mut outcomes = outcomes.into_iter();
        let mut answers = Vec::new();
        for part in parts {
            let own = outcomes.by_ref().take(part.count);
            // Not there: another part of the request failed, and its waiter was told.
            let Some(request) = self.requests.get_mut(&part.ticket) else {
                own.for_each(drop);
                continue;
            };
            for (place, outcome) in request.outcomes.iter_mut().skip(part.at).zip(own) {
                *place = Some(outcome);
            }
            request.missing -= part.count;
            if request.missing == 0 {
                answers.extend(self.end(part.ticket, None));
            }
        }
        answers
    }

    fn fail(&mut self, parts: &[Part], failure: &Failure) -> Vec<Answer> {
        self.counts.commits_failed += 1;
        self.counts.failed += parts.iter().map(|part| count(part.count)).sum::<u64>();
        parts
            .iter()
            .filter_map(|part| self.end(part.ticket, Some(failure)))
            .collect()
    }

    /// Ends a request: with its outcomes, or with a failure, in which case what no commit has taken
    /// of it is forgotten, because its sender is told to send it again.
    fn end(&mut self, ticket: Ticket, failure: Option<&Failure>) -> Option<Answer> {
        let request = self.requests.remove(&ticket)?;
        let events = request.outcomes.len();
        self.counts.waiting_events -= events;
        self.counts.waiting_bytes -= request.bytes;
        if let Some(lane) = self.projects.get_mut(&request.project_id) {
            lane.events -= events;
            lane.bytes -= request.bytes;
            if failure.is_some() && !lane.queue.is_empty() {
                lane.queue.retain(|queued| queued.ticket != ticket);
                if lane.queue.is_empty() {
                    self.turns
                        .retain(|project_id| *project_id != request.project_id);
                }
            }
            if lane.events == 0 {
                self.projects.remove(&request.project_id);
            }
        }
        let outcomes = match failure {
            Some(failure) => Err(failure.clone()),
            None => Ok(request.outcomes.into_iter().flatten().collect()),
        };
        Some(Answer {
            waiter: request.waiter,
            outcomes,
        })
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

    /// A committer ends, having `parts` in its hands. The last one closes the door behind it.
    pub(super) fn leave(&mut self, parts: &[Part]) -> Vec<Answer> {
        self.committers -= 1;
        let mut answers = Vec::new();
        if !parts.is_empty() {
            answers = self.fail(parts, &Failure::Ended);
        }
        if self.committers == 0 {
            self.closed = true;
            let tickets: Vec<_> = self.requests.keys().copied().collect();
            let ended = tickets
                .into_iter()
                .filter_map(|ticket| self.end(ticket, Some(&Failure::Ended)));
            answers.extend(ended);
            self.counts.refusals_lost += count(self.refusals.len());
            self.refusals.clear();
        }
        answers
    }
}

/// What an event takes in memory, about: itself and its texts.
fn bytes_of(event: &Event) -> usize {
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
