//! An application that goes on writing while keys move, and keeps a ledger of what it was told is
//! committed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use postgres::error::SqlState;
use postgres::{Client, SimpleQueryMessage};

use crate::clock::Stopwatch;
use crate::facts::{AGENT, TOUCHED};

/// What goes on around the writer.
#[derive(Clone, Copy)]
pub(crate) enum Phase {
    Quiet,
    Apply,
    Cutover,
}

impl Phase {
    pub(crate) const ALL: [(Self, &'static str); 3] = [
        (Self::Quiet, "before"),
        (Self::Apply, "while `apply` runs"),
        (Self::Cutover, "while `cutover` runs"),
    ];
}

/// A thread that writes without a pause.
pub(crate) struct Writer {
    phase: Arc<AtomicUsize>,
    writes: Arc<Writes>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Ledger>>,
}

/// How many transactions are committed; None once there will be no more.
struct Writes {
    count: Mutex<Option<usize>>,
    changed: Condvar,
}

impl Writes {
    /// Changes the count and wakes whoever waits. A count is right at any time, so that a panic of
    /// the other side does no harm.
    fn change(&self, change: impl FnOnce(Option<usize>) -> Option<usize>) {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        *count = change(*count);
        self.changed.notify_all();
    }
}

/// Says that there will be no more, however the writer ends.
struct End(Arc<Writes>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.change(|_| None);
    }
}

/// What the writer was told is committed.
#[derive(Default)]
pub(crate) struct Ledger {
    /// Events more than before, of each project.
    pub(crate) projects: BTreeMap<String, i64>,
    /// Waiting deliveries more than before.
    pub(crate) pending: i64,
    /// Its own events that are there, by number.
    pub(crate) own: BTreeMap<u64, Own>,
    pub(crate) inserted: i64,
    pub(crate) updated: i64,
    pub(crate) deleted: i64,
    /// Transactions that the server broke off as the standard allows, and that were run again.
    pub(crate) repeated: u32,
    waits: [Vec<Duration>; 3],
}

/// One of its own events.
pub(crate) struct Own {
    /// What the last update put into it.
    pub(crate) value: u64,
    /// Deliveries that wait.
    pending: i64,
    project: String,
}

/// An event that was there before; the application finds it by what it says.
struct Known {
    project: String,
    slug: String,
    timestamp: String,
}

impl Writer {
    /// Starts writing.
    pub(crate) fn start(client: Client) -> Self {
        let phase = Arc::new(AtomicUsize::new(Phase::Quiet as usize));
        let writes = Arc::new(Writes {
            count: Mutex::new(Some(0)),
            changed: Condvar::new(),
        });
        let stop = Arc::new(AtomicBool::new(false));
        let (at, count, ended) = (Arc::clone(&phase), Arc::clone(&writes), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            let _end = End(Arc::clone(&count));
            let mut desk = Desk::new(client)?;
            let mut turn = 0;
            // Relaxed everywhere: nothing else is read on the strength of these.
            while !ended.load(Ordering::Relaxed) {
                let phase = at.load(Ordering::Relaxed);
                let clock = Stopwatch::start();
                desk.turn(turn)?;
                desk.ledger.waits[phase].push(clock.elapsed());
                turn += 1;
                count.change(|count| Some(count? + 1));
            }
            Ok(desk.ledger)
        });
        Self {
            phase,
            writes,
            stop,
            thread,
        }
    }

    /// From now on waits count for this phase.
    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.store(phase as usize, Ordering::Relaxed);
    }

    /// Waits until so many more transactions are committed, or the writer has failed.
    pub(crate) fn pass(&self, writes: usize) {
        let count = self.writes.count.lock();
        let count = count.unwrap_or_else(PoisonError::into_inner);
        let Some(end) = count.map(|count| count + writes) else {
            return;
        };
        let is_short = |count: &mut Option<usize>| count.is_some_and(|count| count < end);
        let waited = self.writes.changed.wait_while(count, is_short);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// Ends it; an error if any write was refused.
    pub(crate) fn stop(self) -> Result<Ledger> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread
            .join()
            .map_err(|_| anyhow!("the writer failed"))?
    }
}

impl Ledger {
    /// Transactions, the one in the middle, 99 of 100, and the longest, of a phase.
    pub(crate) fn waits(&self, phase: Phase) -> (usize, [Duration; 3]) {
        let mut waits = self.waits[phase as usize].clone();
        waits.sort_unstable();
        let at = |percent: usize| {
            let last = waits.len().saturating_sub(1);
            waits.get(last * percent / 100).copied().unwrap_or_default()
        };
        (waits.len(), [at(50), at(99), at(100)])
    }

    /// The longest wait of all.
    pub(crate) fn longest(&self) -> Duration {
        let all = Phase::ALL.iter().map(|(phase, _)| self.waits(*phase).1[2]);
        all.max().unwrap_or_default()
    }

    /// Events more than before.
    pub(crate) fn events(&self) -> i64 {
        self.projects.values().sum()
    }
}

/// Where the writer works.
struct Desk {
    client: Client,
    ledger: Ledger,
    slugs: Vec<String>,
    known: Vec<Known>,
    next: u64,
}

impl Desk {
    fn new(mut client: Client) -> Result<Self> {
        let slugs = client.query("SELECT slug FROM analytics_projects ORDER BY slug", &[])?;
        let known = format!(
            "SELECT DISTINCT e.project_id::text, p.slug, e.timestamp::text
             FROM events e JOIN analytics_projects p ON p.id = e.project_id
             WHERE e.event_name = '{TOUCHED}' LIMIT 2000"
        );
        let known = client.query(&known, &[])?;
        let known = known.iter().map(|row| Known {
            project: row.get(0),
            slug: row.get(1),
            timestamp: row.get(2),
        });
        Ok(Self {
            slugs: slugs.iter().map(|row| row.get(0)).collect(),
            known: known.collect(),
            client,
            ledger: Ledger::default(),
            next: 0,
        })
    }

    /// One transaction; which, depends on its number.
    fn turn(&mut self, turn: u64) -> Result<()> {
        // A number between those that are there, not always the oldest.
        let own = self
            .ledger
            .own
            .keys()
            .copied()
            .nth(self.ledger.own.len() / 3);
        match (turn % 10, own) {
            (3, Some(number)) => self.update_own(number, turn),
            (5, Some(number)) => self.settle(number),
            (7, Some(number)) => self.delete_own(number),
            (4 | 8, _) if !self.known.is_empty() => self.update_known(turn),
            (9, _) if turn % 40 == 9 && !self.known.is_empty() => self.delete_known(),
            (9, _) => self.take_back(),
            _ => self.insert(),
        }
    }

    fn insert(&mut self) -> Result<()> {
        let number = self.next;
        self.next += 1;
        let slugs = u64::try_from(self.slugs.len()).context("too many projects")?;
        let at = usize::try_from(number % slugs).context("too many projects")?;
        let slug = self.slugs[at].clone();
        let pending = self.run(&insert_sql(number, &slug))?;
        *self.ledger.projects.entry(slug.clone()).or_default() += 1;
        self.ledger.pending += pending;
        self.ledger.inserted += 1;
        let own = Own {
            value: 0,
            pending,
            project: slug,
        };
        self.ledger.own.insert(number, own);
        Ok(())
    }

    fn update_own(&mut self, number: u64, value: u64) -> Result<()> {
        let sql = format!(
            "UPDATE events SET properties = '{{\"value\": {value}}}'
             WHERE user_id = 'writer-{number}' AND user_agent = '{AGENT}'"
        );
        self.ledger.updated += self.run(&sql)?;
        if let Some(own) = self.ledger.own.get_mut(&number) {
            own.value = value;
        }
        Ok(())
    }

    /// Deliveries of an event are done.
    fn settle(&mut self, number: u64) -> Result<()> {
        let sql = format!(
            "UPDATE event_queue SET status = 'delivered', attempts = attempts + 1
             WHERE status = 'pending' AND event_id IN (
                SELECT id FROM events
                WHERE user_id = 'writer-{number}' AND user_agent = '{AGENT}')"
        );
        let settled = self.run(&sql)?;
        self.ledger.updated += settled;
        self.ledger.pending -= settled;
        if let Some(own) = self.ledger.own.get_mut(&number) {
            own.pending -= settled;
        }
        Ok(())
    }

    /// An event of its own goes, and with it its deliveries.
    fn delete_own(&mut self, number: u64) -> Result<()> {
        let sql = format!(
            "DELETE FROM events WHERE user_id = 'writer-{number}' AND user_agent = '{AGENT}'"
        );
        self.ledger.deleted += self.run(&sql)?;
        if let Some(own) = self.ledger.own.remove(&number) {
            self.ledger.pending -= own.pending;
            *self.ledger.projects.entry(own.project).or_default() -= 1;
        }
        Ok(())
    }

    /// An event that was there before is changed.
    fn update_known(&mut self, turn: u64) -> Result<()> {
        let at = usize::try_from(turn / 2).context("too many turns")? % self.known.len();
        let known = &self.known[at];
        let sql = format!(
            "UPDATE events SET properties = properties || '{{\"seen\": {turn}}}' WHERE {}",
            known.condition()
        );
        self.ledger.updated += self.run(&sql)?;
        Ok(())
    }

    /// An event that was there before goes, after its deliveries.
    fn delete_known(&mut self) -> Result<()> {
        let Some(known) = self.known.pop() else {
            return Ok(());
        };
        let condition = known.condition();
        let sql = format!(
            "DELETE FROM event_queue WHERE status <> 'pending'
                AND event_id IN (SELECT id FROM events WHERE {condition});
             DELETE FROM event_queue
                WHERE event_id IN (SELECT id FROM events WHERE {condition});
             DELETE FROM events WHERE {condition}"
        );
        let counts = self.run_all(&sql)?;
        let [_, pending, events] = counts[..] else {
            return Err(anyhow!("three statements gave {} counts", counts.len()));
        };
        self.ledger.pending -= pending;
        self.ledger.deleted += events;
        *self.ledger.projects.entry(known.slug).or_default() -= events;
        Ok(())
    }

    /// A transaction that is rolled back leaves nothing.
    fn take_back(&mut self) -> Result<()> {
        let insert = insert_sql(u64::MAX, &self.slugs[0]);
        self.run_all(&format!("BEGIN; {insert}; ROLLBACK"))
            .map(drop)
    }

    /// Runs one statement; the number of its rows.
    fn run(&mut self, sql: &str) -> Result<i64> {
        Ok(self.run_all(sql)?.first().copied().unwrap_or_default())
    }

    /// Runs statements as one transaction, again if the server broke it off; the rows of each.
    fn run_all(&mut self, sql: &str) -> Result<Vec<i64>> {
        loop {
            match self.client.simple_query(sql) {
                Ok(messages) => return counts(&messages),
                Err(error) if is_repeatable(&error) => {
                    self.ledger.repeated += 1;
                    self.client.batch_execute("ROLLBACK")?;
                }
                Err(error) => {
                    let context = format!("the application's write was refused: `{sql}`");
                    return Err(error).context(context);
                }
            }
        }
    }
}

impl Known {
    fn condition(&self) -> String {
        let (project, timestamp) = (&self.project, &self.timestamp);
        format!(
            "project_id = '{project}' AND timestamp = '{timestamp}' AND event_name = '{TOUCHED}'"
        )
    }
}

/// An event and its deliveries, in one statement.
fn insert_sql(number: u64, slug: &str) -> String {
    format!(
        "WITH added AS (
            INSERT INTO events (project_id, user_id, event_name, properties, user_agent,
                                timestamp)
            SELECT id, 'writer-{number}', 'page_view', '{{\"value\": 0}}', '{AGENT}', now()
            FROM analytics_projects WHERE slug = '{slug}'
            RETURNING id, project_id)
         INSERT INTO event_queue (event_id, provider_id)
         SELECT a.id, p.id FROM added a JOIN provider_configs p USING (project_id)
         WHERE p.enabled"
    )
}

fn counts(messages: &[SimpleQueryMessage]) -> Result<Vec<i64>> {
    let counts = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::CommandComplete(rows) => Some(*rows),
        _ => None,
    });
    counts
        .map(|rows| i64::try_from(rows).context("too many rows"))
        .collect()
}

/// What every application has to expect of every database.
fn is_repeatable(error: &postgres::Error) -> bool {
    let repeatable = [
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
    ];
    error.code().is_some_and(|code| repeatable.contains(code))
}
