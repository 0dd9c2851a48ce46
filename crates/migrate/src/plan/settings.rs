//! How fast a migration may be and how careful it is; each limit has a name and a default.

use serde::{Deserialize, Serialize};

/// The settings of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Rows that one transaction of the backfill rewrites.
    pub batch_rows: u32,
    /// Rows a second that the backfill may rewrite; 0 is no limit.
    pub rows_per_second: u32,
    /// How long a statement may wait for a lock. Everybody who comes later waits behind it, so
    /// this is also the longest that the migration makes others wait.
    pub lock_timeout_ms: u32,
    /// How often a lock is tried for before the run gives up and says who holds it.
    pub lock_attempts: u32,
    /// Bytes that a standby may lag behind before the backfill pauses.
    pub replication_lag_bytes_max: u64,
    /// Rewritten rows after which a table is vacuumed, so that the space of old versions is used
    /// again; 0 leaves it to autovacuum.
    pub vacuum_rows: u64,
    /// Whether the backfill keeps the triggers of the tables silent
    /// (`session_replication_role = replica`).
    pub silent: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            batch_rows: 5_000,
            rows_per_second: 0,
            lock_timeout_ms: 100,
            lock_attempts: 600,
            replication_lag_bytes_max: 64 << 20,
            vacuum_rows: 500_000,
            silent: true,
        }
    }
}
