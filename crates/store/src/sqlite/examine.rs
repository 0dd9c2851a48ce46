//! Looks at a file through a connection that cannot write.

use std::path::Path;

use rusqlite::Connection;

use super::fault::fault;
use super::{file, migrate};
use crate::examine::{KeyColumn, Schema};
use crate::page::rows as count;
use crate::{Config, Depth, Error, Examination, KeyVersions, Settings, SqliteSettings};

const DOING: &str = "examine the store";

/// Findings of SQLite's own check that are reported.
const FINDINGS_MAX: usize = 100;

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    ANALYTICS_PROJECTS_ID,
    API_KEYS_ID,
    PROVIDER_CONFIGS_ID,
    EVENTS_ID,
    EVENTS_CANONICAL_ID,
    REJECTIONS_ID,
    FOREIGN_KEYS,
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

/// None if there is no file.
pub(crate) async fn examine(
    path: &Path,
    config: &Config,
    depth: Depth,
) -> Result<Option<Examination>, Error> {
    let (path, config) = (path.to_owned(), config.clone());
    let looking = tokio::task::spawn_blocking(move || examine_now(&path, &config, depth));
    looking.await.map_err(|error| Error::Unavailable {
        doing: DOING,
        why: error.to_string(),
    })?
}

fn examine_now(path: &Path, config: &Config, depth: Depth) -> Result<Option<Examination>, Error> {
    let Some(file_bytes) = size_of(path)? else {
        return Ok(None);
    };
    let connection = file::open_to_read(path, config)?;
    file::check_owner(&connection, path)?;
    let schema = Schema::of(migrate::pending_of(&connection, crate::migrations::ALL)?);
    let keys = if schema.found == 0 {
        Vec::new()
    } else {
        keys_of(&connection, config.examine_rows_max)?
    };
    let integrity = match depth {
        Depth::Settings => None,
        Depth::Integrity => Some(findings(&connection)?),
    };
    Ok(Some(Examination {
        schema,
        settings: Settings::Sqlite(settings_of(&connection, path, file_bytes)?),
        keys,
        integrity,
    }))
}

fn size_of(path: &Path) -> Result<Option<u64>, Error> {
    match std::fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::Unavailable {
            doing: DOING,
            why: error.to_string(),
        }),
    }
}

fn settings_of(
    connection: &Connection,
    path: &Path,
    file_bytes: u64,
) -> Result<SqliteSettings, Error> {
    let number = |name| file::pragma::<i64>(connection, name).map(i64::unsigned_abs);
    let synchronous = match number("synchronous")? {
        0 => "off",
        1 => "normal",
        2 => "full",
        _ => "extra",
    };
    Ok(SqliteSettings {
        version: rusqlite::version().to_owned(),
        journal_mode: file::pragma(connection, "journal_mode")?,
        synchronous: synchronous.to_owned(),
        page_bytes: number("page_size")?,
        pages: number("page_count")?,
        free_pages: number("freelist_count")?,
        file_bytes,
        log_bytes: size_of(&file::log_of(path))?.unwrap_or(0),
    })
}

fn keys_of(connection: &Connection, rows_max: usize) -> Result<Vec<KeyVersions>, Error> {
    let look = |column: &KeyColumn| {
        let mut statement = connection.prepare(column.statement)?;
        let keys = statement.query_map([count(rows_max)], |row| row.get(0))?;
        let keys = keys.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(column.count(keys))
    };
    let all: rusqlite::Result<_> = KEYS.iter().map(look).collect();
    all.map_err(fault(DOING))
}

/// What SQLite finds in the pages, and rows that name what is not there.
fn findings(connection: &Connection) -> Result<Vec<String>, Error> {
    let texts = |statement: &str| {
        let mut statement = connection.prepare(statement)?;
        let rows = statement.query_map((), |row| row.get(0))?;
        rows.collect::<rusqlite::Result<Vec<String>>>()
    };
    let check = format!("PRAGMA quick_check({FINDINGS_MAX})");
    let mut found = texts(&check).map_err(fault(DOING))?;
    if found == ["ok"] {
        found = texts(FOREIGN_KEYS).map_err(fault(DOING))?;
    }
    Ok(found)
}

const FOREIGN_KEYS: &str = "-- examine.foreign_keys
    SELECT 'a row of `' || \"table\" || '` names one of `' || parent || '` that is not there'
    FROM pragma_foreign_key_check
    LIMIT 100";

const ANALYTICS_PROJECTS_ID: &str = "-- examine.analytics_projects_id
    SELECT id FROM (
        SELECT id FROM (
            SELECT id FROM analytics_projects
            ORDER BY id LIMIT ?1
        ) AS first
        UNION
        SELECT id FROM (
            SELECT id FROM analytics_projects
            ORDER BY id DESC LIMIT ?1
        ) AS last
    ) AS both_ends";

const API_KEYS_ID: &str = "-- examine.api_keys_id
    SELECT id FROM (
        SELECT id, project_id FROM (
            SELECT id, project_id FROM api_keys
            ORDER BY project_id, id LIMIT ?1
        ) AS first
        UNION
        SELECT id, project_id FROM (
            SELECT id, project_id FROM api_keys
            ORDER BY project_id DESC, id DESC LIMIT ?1
        ) AS last
    ) AS both_ends";

const PROVIDER_CONFIGS_ID: &str = "-- examine.provider_configs_id
    SELECT id FROM (
        SELECT id, project_id FROM (
            SELECT id, project_id FROM provider_configs
            ORDER BY project_id, id LIMIT ?1
        ) AS first
        UNION
        SELECT id, project_id FROM (
            SELECT id, project_id FROM provider_configs
            ORDER BY project_id DESC, id DESC LIMIT ?1
        ) AS last
    ) AS both_ends";

const EVENTS_ID: &str = "-- examine.events_id
    SELECT id FROM (
        SELECT id, commit_position FROM (
            SELECT id, commit_position FROM events
            ORDER BY commit_position LIMIT ?1
        ) AS first
        UNION
        SELECT id, commit_position FROM (
            SELECT id, commit_position FROM events
            ORDER BY commit_position DESC LIMIT ?1
        ) AS last
    ) AS both_ends";

const EVENTS_CANONICAL_ID: &str = "-- examine.events_canonical_id
    SELECT canonical_id FROM (
        SELECT canonical_id, project_id FROM (
            SELECT canonical_id, project_id FROM events
            WHERE canonical_id IS NOT NULL
            ORDER BY project_id, canonical_id LIMIT ?1
        ) AS first
        UNION
        SELECT canonical_id, project_id FROM (
            SELECT canonical_id, project_id FROM events
            WHERE canonical_id IS NOT NULL
            ORDER BY project_id DESC, canonical_id DESC LIMIT ?1
        ) AS last
    ) AS both_ends";

const REJECTIONS_ID: &str = "-- examine.rejections_id
    SELECT id FROM (
        SELECT id, project_id FROM (
            SELECT id, project_id FROM rejections
            ORDER BY project_id, id LIMIT ?1
        ) AS first
        UNION
        SELECT id, project_id FROM (
            SELECT id, project_id FROM rejections
            ORDER BY project_id DESC, id DESC LIMIT ?1
        ) AS last
    ) AS both_ends";
