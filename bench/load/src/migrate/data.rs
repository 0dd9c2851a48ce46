//! The tables whose keys move: a large one with a child, and twenty small ones that refer to each
//! other.

use postgres::{Client, NoTls};
use testkit::Postgres;

use crate::Result;

/// The large table, and how the tables that are read and written are found: by `reference`, which
/// does not move, so that the same statements work before and after.
pub(super) const LARGE: &str = "orders";

/// Rows of the large table for each row of its child.
const ROWS_PER_CHILD: u64 = 5;

pub(super) const SMALL_TABLES: u64 = 20;
pub(super) const SMALL_ROWS: u64 = 1_000;

/// The row that a session left open has changed; nobody else touches it.
pub(super) const HELD_ROW: u64 = SMALL_ROWS / 2;

/// A database of its own.
pub(super) struct Database {
    pub(super) url: String,
    pub(super) client: Client,
}

impl Database {
    /// Makes one as a copy of `seed`, or an empty one.
    pub(super) fn create(server: &Postgres, name: &str, seed: Option<&str>) -> Result<Self> {
        let from = seed.map_or_else(String::new, |seed| {
            // Copied as files: a copy through the log would be followed by a checkpoint's writes.
            let how = if server.version() >= 15 {
                " STRATEGY file_copy"
            } else {
                ""
            };
            format!(" TEMPLATE {seed}{how}")
        });
        Client::connect(&server.url(), NoTls)?
            .batch_execute(&format!("CREATE DATABASE {name}{from}"))?;
        let url = format!("postgres://postgres@127.0.0.1:{}/{name}", server.port());
        let mut client = Client::connect(&url, NoTls)?;
        client.batch_execute("CHECKPOINT")?;
        Ok(Self { url, client })
    }

    /// Drops one, whoever is still connected.
    pub(super) fn drop(server: &Postgres, name: &str) -> Result<()> {
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        Ok(Client::connect(&server.url(), NoTls)?.batch_execute(&drop)?)
    }

    /// Bytes of all files.
    pub(super) fn bytes(&mut self) -> Result<u64> {
        self.number("SELECT pg_database_size(current_database())")
    }

    /// Bytes of write-ahead log that the server has ever written.
    pub(super) fn log_position(&mut self) -> Result<u64> {
        self.number("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")
    }

    pub(super) fn number(&mut self, sql: &str) -> Result<u64> {
        Ok(u64::try_from(
            self.client.query_one(sql, &[])?.get::<_, i64>(0),
        )?)
    }
}

/// How a row is called whose key nobody but the database knows.
pub(super) fn reference(row: u64) -> String {
    format!("A-{row:09}")
}

/// The large table of about 300 bytes a row with two indexes beside its key's, and its child.
pub(super) fn load_large(client: &mut Client, rows: u64) -> Result<()> {
    let children = (rows / ROWS_PER_CHILD).max(1);
    client.batch_execute(&format!(
        "CREATE TABLE {LARGE} (
            id serial PRIMARY KEY,
            reference text NOT NULL,
            customer text NOT NULL,
            status text NOT NULL,
            amount_cents bigint NOT NULL,
            note text NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL
        );
        INSERT INTO {LARGE}
            (reference, customer, status, amount_cents, note, created_at, updated_at)
        SELECT 'A-' || lpad(n::text, 9, '0'), 'customer-' || lpad((n % 20011)::text, 8, '0'),
               'shipped', n % 100000, repeat('note ', 38), t, t
        FROM generate_series(1, {rows}) n,
             LATERAL (SELECT now() - ({rows} - n) * interval '20 s' AS t) AS at;
        CREATE UNIQUE INDEX orders_reference ON {LARGE} (reference);
        CREATE INDEX orders_customer ON {LARGE} (customer, created_at);
        CREATE TABLE order_lines (
            id serial PRIMARY KEY,
            order_id integer NOT NULL REFERENCES {LARGE} (id),
            product text NOT NULL,
            quantity integer NOT NULL
        );
        INSERT INTO order_lines (order_id, product, quantity)
        SELECT n * {ROWS_PER_CHILD} % {rows} + 1, 'product', 1
        FROM generate_series(1, {children}) n;
        CREATE INDEX order_lines_order ON order_lines (order_id)"
    ))?;
    Ok(client.batch_execute("VACUUM ANALYZE")?)
}

/// Each of the small tables refers to the one before it and to itself.
pub(super) fn load_small(client: &mut Client) -> Result<()> {
    for table in 1..=SMALL_TABLES {
        let before = (table - 1).max(1);
        client.batch_execute(&format!(
            "CREATE TABLE small_{table} (
                id serial PRIMARY KEY,
                reference text NOT NULL UNIQUE,
                status text NOT NULL,
                owner_id integer NOT NULL REFERENCES small_{before} (id),
                parent_id integer REFERENCES small_{table} (id),
                created_at timestamptz NOT NULL DEFAULT now()
            );
            INSERT INTO small_{table} (reference, status, owner_id, parent_id)
            SELECT 'A-' || lpad(n::text, 9, '0'), 'new', n, nullif(n / 2, 0)
            FROM generate_series(1, {SMALL_ROWS}) n;
            CREATE INDEX small_{table}_owner ON small_{table} (owner_id)"
        ))?;
    }
    Ok(client.batch_execute("VACUUM ANALYZE")?)
}
