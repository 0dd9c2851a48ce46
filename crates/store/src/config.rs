//! Every limit and waiting time of the store, with its default.

use std::time::Duration;

/// Limits of a store. Nothing in it is unbounded; beyond a limit the error is the one named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Events of one [`append`](crate::Journal::append), refusals of one
    /// [`reject`](crate::Journal::reject): 10,000. Beyond: [`Error::TooMany`](crate::Error).
    pub batch_rows_max: usize,
    /// Operations waiting for a connection: 1,024 for reads and as many for writes. Beyond:
    /// [`Error::Busy`](crate::Error).
    pub waiting_max: usize,
    /// Rows of one page or of one [`follow`](crate::Journal::follow): 1,000. More is cut to it.
    pub page_rows_max: usize,
    /// Rows looked at for one page, where a filter matches few: 50,000. The page then comes shorter
    /// and says where to go on.
    pub scan_rows_max: usize,
    /// Refusals kept for each project: 10,000. Beyond: the oldest go.
    pub refusals_kept_max: usize,
    /// Names and slugs that a [`census`](crate::Registry::census) lists: 100.
    pub census_rows_max: usize,
    /// Keys of one column that [`examine`](crate::Store::examine) looks at, at each end: 10,000.
    pub examine_rows_max: usize,
    /// Waiting for another process's lock: 5 s. Beyond: [`Error::Busy`](crate::Error).
    pub lock_wait: Duration,
    /// Of SQLite only.
    pub sqlite: Sqlite,
    /// Of PostgreSQL only.
    pub postgres: Postgres,
}

/// Limits of a SQLite file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sqlite {
    /// Reading threads, each with a connection: 2.
    pub readers: usize,
    /// Page cache of the writing connection: 32 MiB. Each reader has an eighth of it.
    pub cache_bytes_max: usize,
    /// Size of the write-ahead log at which a checkpoint begins, beside the commits: 4 MiB. It
    /// grows further while the checkpoint runs, and while a reader holds an older state.
    pub wal_bytes: usize,
    /// From a failed write to the attempt to open the file again: 1 s. Until one succeeds, writes
    /// end with [`Error::Unavailable`](crate::Error).
    pub recover_wait: Duration,
    /// Size of the database file: 256 GiB. Beyond: [`Error::Full`](crate::Error).
    pub file_bytes_max: u64,
}

/// Limits of the connections to PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Postgres {
    /// Connections that append: 1. More only helps where the server has cores to spare.
    pub writers: usize,
    /// Connections for everything else: 4.
    pub connections_max: usize,
    /// Opening a connection: 5 s. Beyond: [`Error::Unavailable`](crate::Error).
    pub connect_wait: Duration,
    /// Waiting for a free connection: 5 s. Beyond: [`Error::Busy`](crate::Error).
    pub pool_wait: Duration,
    /// One statement, measured by the server: 10 s. Beyond: [`Error::Busy`](crate::Error).
    pub statement_time: Duration,
    /// One operation, measured here, in case that the server does not answer at all: 15 s. Beyond:
    /// [`Error::Unavailable`](crate::Error), and the connection is given up.
    pub answer_wait: Duration,
    /// A transaction in which nothing happens, measured by the server: 10 s.
    pub idle_in_transaction: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            batch_rows_max: 10_000,
            waiting_max: 1_024,
            page_rows_max: 1_000,
            scan_rows_max: 50_000,
            refusals_kept_max: 10_000,
            census_rows_max: 100,
            examine_rows_max: 10_000,
            lock_wait: Duration::from_secs(5),
            sqlite: Sqlite::default(),
            postgres: Postgres::default(),
        }
    }
}

impl Default for Sqlite {
    fn default() -> Self {
        Self {
            readers: 2,
            cache_bytes_max: 32 << 20,
            wal_bytes: 4 << 20,
            recover_wait: Duration::from_secs(1),
            file_bytes_max: 256 << 30,
        }
    }
}

impl Default for Postgres {
    fn default() -> Self {
        Self {
            writers: 1,
            connections_max: 4,
            connect_wait: Duration::from_secs(5),
            pool_wait: Duration::from_secs(5),
            statement_time: Duration::from_secs(10),
            answer_wait: Duration::from_secs(15),
            idle_in_transaction: Duration::from_secs(10),
        }
    }
}
