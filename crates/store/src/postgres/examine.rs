//! Looks at a server and a database in one transaction that cannot write.

use super::fault::fault;
use super::moment::Moment;
use super::{migrate, server};
use crate::examine::{KeyColumn, Schema};
use crate::page::rows as count;
use crate::{Config, Error, Examination, KeyVersions, PostgresSettings, Settings};
use tokio_postgres::{Row, Transaction};

const DOING: &str = "examine the store";

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    SETTINGS,
    ANALYTICS_PROJECTS_ID,
    API_KEYS_ID,
    PROVIDER_CONFIGS_ID,
    EVENTS_ID,
    EVENTS_CANONICAL_ID,
    REJECTIONS_ID,
];

const KEYS: [KeyColumn; 6] = [
    KeyColumn {
        table: "analytics_projects",
        column: "id",
        expected: 7,
        statement: ANALYTICS_PROJECTS_ID,
    },
    KeyColumn {
        table: "api_keys",
        column: "id",
        expected: 7,
        statement: API_KEYS_ID,
    },
    KeyColumn {
        table: "provider_configs",
        column: "id",
        expected: 7,
        statement: PROVIDER_CONFIGS_ID,
    },
    KeyColumn {
        table: "events",
        column: "id",
        expected: 7,
        statement: EVENTS_ID,
    },
    KeyColumn {
        table: "events",
        column: "canonical_id",
        expected: 5,
        statement: EVENTS_CANONICAL_ID,
    },
    KeyColumn {
        table: "rejections",
        column: "id",
        expected: 7,
        statement: REJECTIONS_ID,
    },
];

/// What a server says of itself and of its database.
pub(crate) async fn examine(url: &str, config: &Config) -> Result<Examination, Error> {
    let target = server::target(url, config)?;
    let mut client = server::connect(&target, config).await?;
    let looking = client.build_transaction().read_only(true).start();
    let transaction = looking.await.map_err(fault(DOING))?;
    let row = transaction
        .query_one(SETTINGS, &[])
        .await
        .map_err(fault(DOING))?;
    let applied = migrate::applied(&transaction).await?;
    let pending = crate::migrations::pending(
        crate::migrations::ALL,
        crate::migrations::Dialect::Postgres,
        &applied,
    )?;
    let schema = Schema::of(pending);
    let keys = if schema.found == 0 {
        Vec::new()
    } else {
        keys_of(&transaction, config.examine_rows_max).await?
    };
    Ok(Examination {
        schema,
        settings: Settings::Postgres(settings_of(&row).map_err(fault(DOING))?),
        keys,
        integrity: None,
    })
}

fn settings_of(row: &Row) -> Result<PostgresSettings, tokio_postgres::Error> {
    let number = |name| row.try_get::<_, i64>(name).map(i64::unsigned_abs);
    let small = |name| number(name).map(|found| u32::try_from(found).unwrap_or(u32::MAX));
    let Moment(clock) = row.try_get("clock")?;
    Ok(PostgresSettings {
        version: row.try_get("version")?,
        fsync: row.try_get("fsync")?,
        synchronous_commit: row.try_get("synchronous_commit")?,
        full_page_writes: row.try_get("full_page_writes")?,
        data_checksums: row.try_get("data_checksums")?,
        max_connections: small("max_connections")?,
        connections: small("connections")?,
        database_bytes: number("database_bytes")?,
        clock,
        is_standby: row.try_get("is_standby")?,
        encoding: row.try_get("encoding")?,
    })
}

async fn keys_of(
    transaction: &Transaction<'_>,
    rows_max: usize,
) -> Result<Vec<KeyVersions>, Error> {
    let mut all = Vec::with_capacity(KEYS.len());
    for column in KEYS {
        let rows = transaction
            .query(column.statement, &[&count(rows_max)])
            .await
            .map_err(fault(DOING))?;
        let keys: Result<Vec<_>, _> = rows.iter().map(|row| row.try_get(0)).collect();
        all.push(column.count(keys.map_err(fault(DOING))?));
    }
    Ok(all)
}

const SETTINGS: &str = "-- examine.settings
    SELECT
        current_setting('server_version') AS version,
        current_setting('fsync') AS fsync,
        current_setting('synchronous_commit') AS synchronous_commit,
        current_setting('full_page_writes') AS full_page_writes,
        current_setting('data_checksums') AS data_checksums,
        current_setting('max_connections')::bigint AS max_connections,
        (SELECT count(pid) FROM pg_stat_activity WHERE backend_type = 'client backend')
            AS connections,
        pg_database_size(current_database()) AS database_bytes,
        clock_timestamp() AS clock,
        pg_is_in_recovery() AS is_standby,
        current_setting('server_encoding') AS encoding";

const ANALYTICS_PROJECTS_ID: &str = "-- examine.analytics_projects_id
    SELECT id FROM (
        SELECT id FROM (
            SELECT id FROM analytics_projects
            ORDER BY id LIMIT $1
        ) AS first
        UNION
        SELECT id FROM (
            SELECT id FROM analytics_projects
            ORDER BY id DESC LIMIT $1
        ) AS last
    ) AS both_ends";

const API_KEYS_ID: &str = "-- examine.api_keys_id
    SELECT id FROM (
        SELECT id, project_id FROM (
            SELECT id, project_id FROM api_keys
            ORDER BY project_id, id LIMIT $1
        ) AS first
        UNION
        SELECT id, project_id FROM (
            SELECT id, project_id FROM api_keys
            ORDER BY project_id DESC, id DESC LIMIT $1
        ) AS last
    ) AS both_ends";

const PROVIDER_CONFIGS_ID: &str = "-- examine.provider_configs_id
    SELECT id FROM (
        SELECT id, project_id FROM (
            SELECT id, project_id FROM provider_configs
            ORDER BY project_id, id LIMIT $1
        ) AS first
        UNION
        SELECT id, project_id FROM (
            SELECT id, project_id FROM provider_configs
            ORDER BY project_id DESC, id DESC LIMIT $1
        ) AS last
    ) AS both_ends";

const EVENTS_ID: &str = "-- examine.events_id
    SELECT id FROM (
        SELECT id, commit_position, commit_ordinal FROM (
            SELECT id, commit_position, commit_ordinal FROM events
            ORDER BY commit_position, commit_ordinal LIMIT $1
        ) AS first
        UNION
        SELECT id, commit_position, commit_ordinal FROM (
            SELECT id, commit_position, commit_ordinal FROM events
            ORDER BY commit_position DESC, commit_ordinal DESC LIMIT $1
        ) AS last
    ) AS both_ends";

const EVENTS_CANONICAL_ID: &str = "-- examine.events_canonical_id
    SELECT canonical_id FROM (
        SELECT canonical_id, project_id FROM (
            SELECT canonical_id, project_id FROM events
            WHERE canonical_id IS NOT NULL
            ORDER BY project_id, canonical_id LIMIT $1
        ) AS first
        UNION
        SELECT canonical_id, project_id FROM (
            SELECT canonical_id, project_id FROM events
            WHERE canonical_id IS NOT NULL
            ORDER BY project_id DESC, canonical_id DESC LIMIT $1
        ) AS last
    ) AS both_ends";

const REJECTIONS_ID: &str = "-- examine.rejections_id
    SELECT id FROM (
        SELECT id, project_id FROM (
            SELECT id, project_id FROM rejections
            ORDER BY project_id, id LIMIT $1
        ) AS first
        UNION
        SELECT id, project_id FROM (
            SELECT id, project_id FROM rejections
            ORDER BY project_id DESC, id DESC LIMIT $1
        ) AS last
    ) AS both_ends";
