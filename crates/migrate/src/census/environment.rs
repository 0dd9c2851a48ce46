//! Servers and sessions on which no key can be moved.

use tokio_postgres::{Client, SimpleQueryMessage};

use super::walk::version;
use super::{Error, Refusal};

/// The oldest version with all that the move needs.
const VERSION_MIN: i32 = 130_000;

/// How often the session is asked who it is; a pooler that hands out another server between two
/// statements has that many chances to.
const PROBES: u32 = 8;

/// The key of the advisory lock that Prisma holds while it migrates.
const PRISMA_LOCK: i64 = 72_707_369;

/// Servers that speak PostgreSQL's protocol, by a word of what they say they are.
const OTHERS: [(&str, &str); 8] = [
    ("CockroachDB", "CockroachDB"),
    ("-YB-", "YugabyteDB"),
    ("Yugabyte", "YugabyteDB"),
    ("Redshift", "Amazon Redshift"),
    ("DSQL", "Aurora DSQL"),
    ("Greenplum", "Greenplum"),
    ("Materialize", "Materialize"),
    ("CrateDB", "CrateDB"),
];

/// What stands in the way before any table is looked at: another kind of server, an old version, a
/// standby, a session that may only read, a pooler between statements, a missing privilege,
/// another tool at work.
///
/// # Errors
///
/// What the server said.
pub async fn environment(client: &Client) -> Result<Vec<Refusal>, Error> {
    if let Some(refusal) = other_server(client).await? {
        // Nothing else that it says of itself needs to be true.
        return Ok(vec![refusal]);
    }
    let mut refusals = Vec::new();
    refusals.extend(old_version(client).await?);
    refusals.extend(pooler(client).await?);
    refusals.extend(reading_only(client).await?);
    refusals.extend(distributed(client).await?);
    refusals.extend(privileges(client).await?);
    refusals.extend(other_tool(client).await?);
    Ok(refusals)
}

fn refusal(
    situation: &'static str,
    object: impl Into<String>,
    reason: impl Into<String>,
    next: &str,
) -> Refusal {
    Refusal {
        situation,
        object: object.into(),
        reason: reason.into(),
        next: next.to_owned(),
    }
}

async fn other_server(client: &Client) -> Result<Option<Refusal>, Error> {
    // The simple protocol, and no names but these: every such server answers it.
    let messages = client.simple_query("SELECT version()").await?;
    let said = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    Ok(said.and_then(named_otherwise))
}

/// A refusal for what a server says that it is, if that is another kind.
fn named_otherwise(said: &str) -> Option<Refusal> {
    let (_, name) = OTHERS.iter().find(|(word, _)| said.contains(word))?;
    let reason = format!("it is {name}, whose locks and catalogs are its own");
    Some(refusal(
        "other-server",
        format!("server `{name}`"),
        reason,
        "use PostgreSQL 13 or later",
    ))
}

async fn old_version(client: &Client) -> Result<Option<Refusal>, Error> {
    let version = version(client).await?;
    Ok((version < VERSION_MIN).then(|| {
        let object = format!("server version {}", version / 10_000);
        refusal(
            "server-version",
            object,
            "it is older than 13",
            "upgrade the server first",
        )
    }))
}

/// A pooler that changes servers between statements loses locks, settings and the order of steps.
async fn pooler(client: &Client) -> Result<Option<Refusal>, Error> {
    let set = "-- environment.pooler_set
        SELECT pg_catalog.pg_backend_pid(),
            pg_catalog.set_config('idshift.probe', pg_catalog.pg_backend_pid()::text, false)";
    let get = "-- environment.pooler_get
        SELECT pg_catalog.pg_backend_pid(), pg_catalog.current_setting('idshift.probe', true)";
    let mut stable = true;
    let pid: i32 = simple(client, set).await?.0;
    for _ in 0..PROBES {
        let (now, probe) = simple(client, get).await?;
        stable &= now == pid && probe == pid.to_string();
    }
    client.batch_execute("RESET idshift.probe").await?;
    Ok((!stable).then(|| {
        let reason = "each transaction runs in another session: a pooler is in between";
        let next = "connect to the server itself, or to a pool in session mode";
        refusal("pooler", "connection", reason, next)
    }))
}

/// A number and a text by the simple protocol, which prepares nothing that a pooler could lose.
async fn simple(client: &Client, sql: &str) -> Result<(i32, String), Error> {
    let messages = client.simple_query(sql).await?;
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let number = row
        .and_then(|row| row.get(0)?.parse().ok())
        .unwrap_or_default();
    let text = row.and_then(|row| row.get(1)).unwrap_or_default();
    Ok((number, text.to_owned()))
}

async fn reading_only(client: &Client) -> Result<Option<Refusal>, Error> {
    let sql = "-- environment.read_only
        SELECT pg_catalog.pg_is_in_recovery(),
            pg_catalog.current_setting('default_transaction_read_only')::bool";
    let row = client.query_one(sql, &[]).await?;
    if row.get(0) {
        let reason = "it only replays what another server writes";
        return Ok(Some(refusal(
            "standby",
            "server",
            reason,
            "connect to the primary",
        )));
    }
    Ok(row.get::<_, bool>(1).then(|| {
        let reason = "`default_transaction_read_only` is on: transactions may only read";
        let next = "turn it off for the role that runs the move";
        refusal("read-only", "session", reason, next)
    }))
}

/// Extensions that spread tables over servers or parts of their own.
async fn distributed(client: &Client) -> Result<Option<Refusal>, Error> {
    let sql = "-- environment.distributed
        SELECT extname FROM pg_catalog.pg_extension WHERE extname = 'citus'";
    Ok(client.query_opt(sql, &[]).await?.map(|_| {
        let reason = "it changes tables on other servers as well, by rules of its own";
        refusal(
            "distributed",
            "extension citus",
            reason,
            "move the keys with its own means",
        )
    }))
}

async fn privileges(client: &Client) -> Result<Option<Refusal>, Error> {
    let sql = "-- environment.privileges
        SELECT pg_catalog.current_database(),
            pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
            OR EXISTS (
                SELECT FROM pg_catalog.pg_namespace
                WHERE nspname = 'idshift' AND pg_catalog.pg_has_role(nspowner, 'USAGE')
            )";
    let row = client.query_one(sql, &[]).await?;
    let database: String = row.get(0);
    Ok((!row.get::<_, bool>(1)).then(|| {
        let reason = "no schema may be created in it, and the journal needs one";
        let next = "GRANT CREATE ON DATABASE to the role that runs the move";
        refusal(
            "database-privilege",
            format!("database {database}"),
            reason,
            next,
        )
    }))
}

/// Prisma holds an advisory lock while it migrates.
async fn other_tool(client: &Client) -> Result<Option<Refusal>, Error> {
    let sql = "-- environment.other_tool
        SELECT pid FROM pg_catalog.pg_locks
        WHERE locktype = 'advisory' AND granted AND objsubid = 1
            AND (classid::int8 << 32 | objid::int8) = $1
            AND database = (
                SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
            )
        LIMIT 1";
    let row = client.query_opt(sql, &[&PRISMA_LOCK]).await?;
    Ok(row.map(|row| {
        let object = format!("session {}", row.get::<_, i32>(0));
        let reason = "it holds the lock that Prisma takes to migrate";
        refusal("other-migration", object, reason, "let it finish first")
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_servers_are_recognised_by_what_they_say() {
        for (said, expected) in [
            (
                "PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu",
                None,
            ),
            (
                "CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu)",
                Some("server `CockroachDB`"),
            ),
            (
                "PostgreSQL 11.2-YB-2.18.0.0-b0 on x86_64",
                Some("server `YugabyteDB`"),
            ),
            (
                "PostgreSQL 8.0.2 on i686, Redshift 1.0.54321",
                Some("server `Amazon Redshift`"),
            ),
        ] {
            let object = named_otherwise(said).map(|refusal| refusal.object);
            assert_eq!(object.as_deref(), expected, "{said}");
        }
    }
}
