//! Other sessions of the database: what they do all the time, and how long they had to wait.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use postgres::{Client, NoTls, Statement};

use super::data::{HELD_ROW, LARGE, SMALL_ROWS, SMALL_TABLES, reference};
use crate::Result;
use crate::feed::scatter;
use crate::sample::Sample;

/// The load's sessions: enough to keep two processors and the disk busy.
const CLIENTS: u64 = 4;
/// Sessions that do little, but all the time: with hundreds of statements a second, none that has
/// to wait stays unseen.
const PROBES: u64 = 2;
const PROBE_PAUSE: Duration = Duration::from_millis(2);

/// What sessions do, again and again. Each statement gets the reference of a row.
pub(super) struct Work {
    statements: Vec<String>,
    rows: u64,
    sessions: u64,
    pause: Duration,
    /// Whether all statements are one transaction, or each is one of its own in turn.
    together: bool,
}

impl Work {
    /// Short reads and updates of the large table and its child.
    pub(super) fn probe_large(rows: u64) -> Self {
        Self {
            statements: vec![
                format!("SELECT amount_cents FROM {LARGE} WHERE reference = $1"),
                format!("UPDATE {LARGE} SET status = 'paid' WHERE reference = $1"),
                format!(
                    "SELECT sum(quantity) FROM order_lines l JOIN {LARGE} o ON o.id = l.order_id \
                     WHERE o.reference = $1"
                ),
                format!(
                    "UPDATE order_lines SET quantity = quantity + 1 \
                     WHERE order_id = (SELECT id FROM {LARGE} WHERE reference = $1)"
                ),
            ],
            rows,
            sessions: PROBES,
            pause: PROBE_PAUSE,
            together: false,
        }
    }

    /// The same for the small tables.
    pub(super) fn probe_small() -> Self {
        let statements = (1..=SMALL_TABLES).flat_map(|table| {
            [
                format!("SELECT status FROM small_{table} WHERE reference = $1"),
                format!("UPDATE small_{table} SET status = 'paid' WHERE reference = $1"),
            ]
        });
        Self {
            statements: statements.collect(),
            rows: SMALL_ROWS,
            sessions: PROBES,
            pause: PROBE_PAUSE,
            together: false,
        }
    }

    /// What `pgbench` does: an update, a read and an insert in a transaction, without a pause.
    pub(super) fn load(rows: u64) -> Self {
        Self {
            statements: vec![
                format!(
                    "UPDATE {LARGE} SET amount_cents = amount_cents + 1, updated_at = now() \
                     WHERE reference = $1"
                ),
                format!("SELECT status, note FROM {LARGE} WHERE reference = $1"),
                format!(
                    "INSERT INTO order_lines (order_id, product, quantity) \
                     SELECT id, 'product', 1 FROM {LARGE} WHERE reference = $1"
                ),
            ],
            rows,
            sessions: CLIENTS,
            pause: Duration::ZERO,
            together: true,
        }
    }
}

/// What sessions have met since they were last asked.
pub(super) struct Seen {
    /// Latencies of statements; requests are transactions.
    pub(super) sample: Sample,
    pub(super) longest: Duration,
}

impl Seen {
    fn new() -> Result<Self> {
        Ok(Self {
            sample: Sample::new()?,
            longest: Duration::ZERO,
        })
    }

    pub(super) fn per_second(&self) -> f64 {
        self.sample.requests as f64 / self.sample.time.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    pub(super) fn longest_ms(&self) -> f64 {
        self.longest.as_secs_f64() * 1e3
    }
}

/// What the threads share.
struct Shared {
    seen: Mutex<Seen>,
    stopped: AtomicBool,
    random: AtomicU64,
}

/// Sessions at work, until they are stopped.
pub(super) struct Traffic {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<std::result::Result<(), String>>>,
    since: Instant,
}

impl Traffic {
    pub(super) fn start(url: &str, work: Work) -> Result<Self> {
        let shared = Arc::new(Shared {
            seen: Mutex::new(Seen::new()?),
            stopped: AtomicBool::new(false),
            random: AtomicU64::new(1),
        });
        let work = Arc::new(work);
        let mut threads = Vec::new();
        for _ in 0..work.sessions {
            let client = Client::connect(url, NoTls)?;
            let (shared, work) = (Arc::clone(&shared), Arc::clone(&work));
            let session = move || run(client, &work, &shared).map_err(|error| error.to_string());
            threads.push(thread::spawn(session));
        }
        let since = Instant::now();
        Ok(Self {
            shared,
            threads,
            since,
        })
    }

    /// What was met since the last call; a wait counts when it is over.
    pub(super) fn take(&mut self) -> Result<Seen> {
        let mut seen = self.shared.lock();
        let mut taken = std::mem::replace(&mut *seen, Seen::new()?);
        taken.sample.time = self.since.elapsed();
        self.since = Instant::now();
        Ok(taken)
    }

    /// Waits for the last statements, too.
    pub(super) fn stop(mut self) -> Result<Seen> {
        self.shared.stopped.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().map_err(|_| "a session has panicked")??;
        }
        self.take()
    }
}

impl Drop for Traffic {
    /// For the way out with an error.
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    /// A panic of another thread ends the run elsewhere; the figures are whole in any case.
    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn row(&self, rows: u64) -> String {
        let row = scatter(self.random.fetch_add(1, Ordering::Relaxed)) % rows + 1;
        reference(if row == HELD_ROW { row + 1 } else { row })
    }
}

fn run(mut client: Client, work: &Work, shared: &Shared) -> Result<()> {
    let prepared = work.statements.iter().map(|sql| client.prepare(sql));
    let statements: Vec<Statement> = prepared.collect::<std::result::Result<_, _>>()?;
    let mut turn = 0;
    while !shared.stopped.load(Ordering::Relaxed) {
        let row = shared.row(work.rows);
        let one = std::slice::from_ref(&statements[turn % statements.len()]);
        turn += 1;
        let done = if work.together {
            client
                .batch_execute("BEGIN")
                .and_then(|()| each(&mut client, &statements, &row, shared))
                .and_then(|()| client.batch_execute("COMMIT"))
        } else {
            each(&mut client, one, &row, shared)
        };
        match done {
            Ok(()) => shared.lock().sample.requests += 1,
            Err(error) if client.is_closed() => return Err(error.into()),
            Err(error) => {
                let what = error.as_db_error().map_or("error", |e| e.message());
                shared.lock().sample.fail(what);
                client.batch_execute("ROLLBACK")?;
            }
        }
        thread::sleep(work.pause);
    }
    Ok(())
}

fn each(
    client: &mut Client,
    statements: &[Statement],
    row: &String,
    shared: &Shared,
) -> std::result::Result<(), postgres::Error> {
    for statement in statements {
        let begun = Instant::now();
        let done = client.execute(statement, &[row]);
        let took = begun.elapsed();
        let mut seen = shared.lock();
        seen.sample.record(took);
        seen.longest = seen.longest.max(took);
        drop(seen);
        done?;
    }
    Ok(())
}
