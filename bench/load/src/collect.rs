//! Measures the server row by row, in rounds that take turns with the floors.

pub mod json;
pub mod report;
pub mod rows;

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::client::{self, Target};
use crate::feed::{Feed, scatter};
use crate::floor::{bare::Bare, commit, disk};
use crate::options::{Collect, Store};
use crate::sample::Sample;
use crate::server::Server;
use crate::{Result, wrk};
use rows::Row;

/// Sent before a row is measured.
const WARM_UP: Duration = Duration::from_millis(500);
/// A floor needs less time than a row: it does one thing.
const FLOOR_SHARE: u32 = 3;
/// The bare server knows no keys.
const NO_KEY: &str = "wk_none";

/// What came of one store.
pub struct Outcome {
    pub store: Store,
    pub rows: Vec<Measured>,
    /// One commit for each event, and one append with `fdatasync`: one sample for each round.
    pub commits: Vec<Sample>,
    pub appends: Vec<Sample>,
    pub peak_bytes: u64,
    /// Events that the server acknowledged, and that are in its table after its end.
    pub acknowledged: u64,
    pub stored: u64,
    /// Requests a second of the bare server by `wrk` and by this load generator, round by round.
    pub generators: Vec<(f64, f64)>,
}

/// One row's samples, one for each round.
pub struct Measured {
    pub row: Row,
    pub ours: Vec<Sample>,
    pub bare: Vec<Sample>,
}

/// Measures one store: the rows, the floors between them, then memory and what is stored.
///
/// # Errors
///
/// If a server does not start or ends, or a floor cannot be measured.
pub fn measure(store: Store, options: &Collect) -> Result<Outcome> {
    let folder = tempfile::Builder::new()
        .prefix("analyticsbot-bench-")
        .tempdir()?;
    match store {
        Store::Sqlite => {
            let path = folder.path().join("analyticsbot.db");
            let mut floor = commit::Sqlite::open(folder.path())?;
            let rig = Rig {
                store,
                options,
                folder: folder.path(),
                database: path.to_str().ok_or("a folder that is no text")?,
            };
            rig.measure(|time| floor.measure(time), || count_in_file(&path))
        }
        Store::Postgres => {
            let server = testkit::Postgres::start()?;
            let ours = server.database("collect")?;
            let theirs = server.database("floor")?;
            let mut floor = commit::Postgres::open(&theirs.url())?;
            let rig = Rig {
                store,
                options,
                folder: folder.path(),
                database: &ours.url(),
            };
            rig.measure(|time| floor.measure(time), || count_on_server(&ours.url()))
        }
    }
}

/// What the measurements of one store have in common.
struct Rig<'a> {
    store: Store,
    options: &'a Collect,
    folder: &'a Path,
    database: &'a str,
}

impl Rig<'_> {
    fn measure(
        &self,
        mut commit: impl FnMut(Duration) -> Result<Sample>,
        count: impl Fn() -> Result<u64>,
    ) -> Result<Outcome> {
        let server = Server::start(&self.options.server, self.database, self.folder)?;
        let bare = Bare::start()?;
        let wanted = |row: &Row| row.name.contains(&self.options.row);
        let mut outcome = Outcome {
            store: self.store,
            rows: rows::ALL
                .into_iter()
                .filter(wanted)
                .map(Measured::of)
                .collect(),
            commits: Vec::new(),
            appends: Vec::new(),
            peak_bytes: 0,
            acknowledged: 0,
            stored: 0,
            generators: Vec::new(),
        };
        let mut feed = Feed::new(run_number(), self.options.named);
        for round in 1..=self.options.rounds {
            eprintln!(
                "{}: round {round} of {}",
                self.store.word(),
                self.options.rounds
            );
            for measured in &mut outcome.rows {
                let ours = self.ours(&server, measured.row, &mut feed)?;
                outcome.acknowledged += ours.acknowledged;
                measured.ours.push(ours);
                measured
                    .bare
                    .push(self.bare(&bare, measured.row, &mut feed)?);
            }
            let floor_time = self.options.time / FLOOR_SHARE;
            outcome.commits.push(commit(floor_time)?);
            outcome
                .appends
                .push(disk::append_and_sync(self.folder, floor_time)?);
            if self.options.wrk {
                outcome.generators.push(self.generators(&bare, &mut feed)?);
            }
        }
        outcome.peak_bytes = server.peak_bytes()?;
        server.stop()?;
        outcome.stored = count()?;
        Ok(outcome)
    }

    fn ours(&self, server: &Server, row: Row, feed: &mut Feed) -> Result<Sample> {
        timed(
            || server.cpu(),
            || client::drive(&server.target, &row.load(WARM_UP, self.options.time), feed),
        )
    }

    fn bare(&self, bare: &Bare, row: Row, feed: &mut Feed) -> Result<Sample> {
        let target = Target {
            address: bare.address,
            key: NO_KEY.to_owned(),
        };
        timed(
            || bare.cpu(),
            || client::drive(&target, &row.load(WARM_UP, self.options.time), feed),
        )
    }

    /// The bare server by `wrk`, and by this load generator right after it.
    fn generators(&self, bare: &Bare, feed: &mut Feed) -> Result<(f64, f64)> {
        let mut body = Vec::new();
        feed.body(1, &mut body);
        let theirs = wrk::requests_per_second(bare.address, self.folder, &body, self.options.time)?;
        let row = rows::named("clients-64").ok_or("the row of 64 clients is gone")?;
        Ok((theirs, self.bare(bare, row, feed)?.events_per_second()))
    }
}

impl Measured {
    fn of(row: Row) -> Self {
        Self {
            row,
            ours: Vec::new(),
            bare: Vec::new(),
        }
    }
}

/// Adds the processor time that a measurement took on both sides.
fn timed(
    server_cpu: impl Fn() -> Result<Duration>,
    measure: impl FnOnce() -> Result<Sample>,
) -> Result<Sample> {
    let own = || crate::machine::cpu_of(std::process::id());
    let (server_before, own_before) = (server_cpu()?, own()?);
    let mut sample = measure()?;
    sample.server_cpu = server_cpu()?.saturating_sub(server_before);
    sample.client_cpu = own()?.saturating_sub(own_before);
    Ok(sample)
}

fn count_in_file(path: &Path) -> Result<u64> {
    let connection = rusqlite::Connection::open(path)?;
    let count: i64 = connection.query_row("SELECT count(*) FROM events", (), |row| row.get(0))?;
    Ok(u64::try_from(count)?)
}

fn count_on_server(url: &str) -> Result<u64> {
    let mut client = postgres::Client::connect(url, postgres::NoTls)?;
    let row = client.query_one("SELECT count(*) FROM events", &[])?;
    Ok(u64::try_from(row.get::<_, i64>(0))?)
}

/// Another number for each run, so that no run repeats another's client ids.
fn run_number() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    scatter(since.map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(0)))
}
