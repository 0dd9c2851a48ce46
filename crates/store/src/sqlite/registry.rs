//! Projects, keys and providers.

use event::ProjectId;
use ids::{Timestamp, Uuid};
use rusqlite::{Connection, Params, Row, params};

use super::Database;
use super::fault::{fault, is_taken};
use super::rows;
use crate::page::rows as count;
use crate::time::to_us;
use crate::{ApiKey, Census, Change, Digest, Error, Project, Provider, Repeated};

#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    CREATE_PROJECT,
    PROJECT,
    PROJECTS,
    RENAME_PROJECT,
    ARCHIVE_PROJECT,
    CREATE_KEY,
    KEYS,
    REVOKE_KEY,
    KEY_OF,
    PUT_PROVIDER,
    CENSUS,
    REPEATED_NAMES,
    REPEATED_SLUGS,
];

/// Creates a project.
pub(crate) async fn create_project(database: &Database, project: Project) -> Result<(), Error> {
    let doing = "create a project";
    let job = move |connection: &mut Connection| {
        let row = params![
            project.id,
            project.name,
            project.slug,
            to_us(project.created_at),
            project.archived_at.map(to_us),
        ];
        match change(connection, CREATE_PROJECT, row) {
            Err(error) if is_taken(&error) => {
                let text = error.to_string();
                let (field, value) = if text.contains("analytics_projects.slug") {
                    ("slug", project.slug)
                } else {
                    ("id", project.id.to_string())
                };
                Err(Error::Conflict {
                    doing,
                    field,
                    value,
                })
            }
            other => other.map(drop).map_err(fault(doing)),
        }
    };
    database.write(doing, job).await
}

/// One project.
pub(crate) async fn project(database: &Database, id: ProjectId) -> Result<Option<Project>, Error> {
    let doing = "read a project";
    let job = move |connection: &mut Connection| {
        one(connection, (doing, PROJECT), params![id], rows::project)
    };
    database.read(doing, job).await
}

/// Projects in the order of ids.
pub(crate) async fn projects(
    database: &Database,
    after: Option<ProjectId>,
    limit: usize,
) -> Result<Vec<Project>, Error> {
    let doing = "list projects";
    let limit = limit.min(database.config().page_rows_max);
    let job = move |connection: &mut Connection| {
        let span = params![after, count(limit)];
        all(connection, (doing, PROJECTS), span, rows::project)
    };
    database.read(doing, job).await
}

/// Renames or archives a project.
pub(crate) async fn change_project(
    database: &Database,
    id: ProjectId,
    change: Change,
) -> Result<Option<Project>, Error> {
    let doing = "change a project";
    let job = move |connection: &mut Connection| match change {
        Change::Rename(name) => one(
            connection,
            (doing, RENAME_PROJECT),
            params![id, name],
            rows::project,
        ),
        Change::Archive(at) => one(
            connection,
            (doing, ARCHIVE_PROJECT),
            params![id, to_us(at)],
            rows::project,
        ),
    };
    database.write(doing, job).await
}

/// Adds a key to a project.
pub(crate) async fn create_key(
    database: &Database,
    key: ApiKey,
    digest: Digest,
) -> Result<bool, Error> {
    let doing = "create a key";
    let job = move |connection: &mut Connection| {
        let row = params![
            key.project_id,
            key.id,
            key.kind.as_str(),
            key.name,
            key.hint,
            digest,
            to_us(key.created_at),
            key.revoked_at.map(to_us),
        ];
        match change(connection, CREATE_KEY, row) {
            Err(error) if is_taken(&error) => {
                let is_digest = error.to_string().contains("api_keys.digest");
                let (field, value) = if is_digest {
                    ("digest", String::new())
                } else {
                    ("id", key.id.to_string())
                };
                Err(Error::Conflict {
                    doing,
                    field,
                    value,
                })
            }
            other => other.map(|rows| rows == 1).map_err(fault(doing)),
        }
    };
    database.write(doing, job).await
}

/// The keys of a project.
pub(crate) async fn keys(database: &Database, project_id: ProjectId) -> Result<Vec<ApiKey>, Error> {
    let doing = "list keys";
    let limit = database.config().page_rows_max;
    let job = move |connection: &mut Connection| {
        all(
            connection,
            (doing, KEYS),
            params![project_id, count(limit)],
            rows::key,
        )
    };
    database.read(doing, job).await
}

/// Ends a key.
pub(crate) async fn revoke_key(
    database: &Database,
    project_id: ProjectId,
    id: Uuid,
    at: Timestamp,
) -> Result<Option<ApiKey>, Error> {
    let doing = "revoke a key";
    let job = move |connection: &mut Connection| {
        let row = params![project_id, id, to_us(at)];
        one(connection, (doing, REVOKE_KEY), row, rows::key)
    };
    database.write(doing, job).await
}

/// The working key that has a digest.
pub(crate) async fn key_of(database: &Database, digest: Digest) -> Result<Option<ApiKey>, Error> {
    let doing = "look up a key";
    let job = move |connection: &mut Connection| {
        one(connection, (doing, KEY_OF), params![digest], rows::key)
    };
    database.read(doing, job).await
}

/// Configures a provider.
pub(crate) async fn put_provider(database: &Database, provider: Provider) -> Result<bool, Error> {
    let doing = "configure a provider";
    let job = move |connection: &mut Connection| {
        let row = params![
            provider.project_id,
            provider.id,
            provider.kind,
            provider.name,
            provider.enabled,
            provider.settings.as_str(),
            to_us(provider.created_at),
        ];
        change(connection, PUT_PROVIDER, row)
            .map(|rows| rows == 1)
            .map_err(fault(doing))
    };
    database.write(doing, job).await
}

/// Counts projects.
pub(crate) async fn census(database: &Database) -> Result<Census, Error> {
    let doing = "count projects";
    let limit = count(database.config().census_rows_max);
    let job = move |connection: &mut Connection| {
        let transaction = connection.transaction().map_err(fault(doing))?;
        let counted = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let (projects, unique_ids, unique_slugs): (i64, i64, i64) = transaction
            .query_row(CENSUS, (), counted)
            .map_err(fault(doing))?;
        Ok(Census {
            projects: projects.unsigned_abs(),
            unique_ids: unique_ids.unsigned_abs(),
            unique_slugs: unique_slugs.unsigned_abs(),
            repeated_names: all(&transaction, (doing, REPEATED_NAMES), [limit], repeated)?,
            repeated_slugs: all(&transaction, (doing, REPEATED_SLUGS), [limit], repeated)?,
        })
    };
    database.read(doing, job).await
}

fn repeated(row: &Row<'_>, doing: &'static str) -> Result<Repeated, Error> {
    let projects: i64 = row.get(1).map_err(fault(doing))?;
    let value = row.get(0).map_err(fault(doing))?;
    Ok(Repeated {
        value,
        projects: projects.unsigned_abs(),
    })
}

/// Runs a statement that changes rows; says how many.
fn change(
    connection: &Connection,
    statement: &str,
    values: impl Params,
) -> rusqlite::Result<usize> {
    connection.prepare_cached(statement)?.execute(values)
}

/// What an operation is called, and its statement.
type Named = (&'static str, &'static str);

/// Reads a row from each row of a statement.
type Read<T> = fn(&Row<'_>, &'static str) -> Result<T, Error>;

fn one<T>(
    connection: &Connection,
    named: Named,
    values: impl Params,
    read: Read<T>,
) -> Result<Option<T>, Error> {
    all(connection, named, values, read).map(|rows| rows.into_iter().next())
}

/// Runs a statement to its end, also one that changes rows and returns them: what is left midway
/// is undone.
fn all<T>(
    connection: &Connection,
    (doing, statement): Named,
    values: impl Params,
    read: Read<T>,
) -> Result<Vec<T>, Error> {
    let mut statement = connection.prepare_cached(statement).map_err(fault(doing))?;
    let mut found = statement.query(values).map_err(fault(doing))?;
    let mut list = Vec::new();
    while let Some(row) = found.next().map_err(fault(doing))? {
        list.push(read(row, doing)?);
    }
    Ok(list)
}

const CREATE_PROJECT: &str = "-- registry.create_project
    INSERT INTO analytics_projects (id, name, slug, created_at, archived_at)
    VALUES (?1, ?2, ?3, ?4, ?5)";

const PROJECT: &str = "-- registry.project
    SELECT id, name, slug, created_at, archived_at FROM analytics_projects WHERE id = ?1";

const PROJECTS: &str = "-- registry.projects
    SELECT id, name, slug, created_at, archived_at FROM analytics_projects
    -- A blob of no bytes is before every id.
    WHERE id > coalesce(?1, x'')
    ORDER BY id
    LIMIT ?2";

const RENAME_PROJECT: &str = "-- registry.rename_project
    UPDATE analytics_projects SET name = ?2 WHERE id = ?1
    RETURNING id, name, slug, created_at, archived_at";

const ARCHIVE_PROJECT: &str = "-- registry.archive_project
    UPDATE analytics_projects SET archived_at = coalesce(archived_at, ?2) WHERE id = ?1
    RETURNING id, name, slug, created_at, archived_at";

const CREATE_KEY: &str = "-- registry.create_key
    INSERT INTO api_keys (project_id, id, kind, name, hint, digest, created_at, revoked_at)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
    WHERE EXISTS (SELECT 1 FROM analytics_projects WHERE id = ?1)";

const KEYS: &str = "-- registry.keys
    SELECT id, project_id, kind, name, hint, created_at, revoked_at FROM api_keys
    WHERE project_id = ?1
    ORDER BY id DESC
    LIMIT ?2";

const REVOKE_KEY: &str = "-- registry.revoke_key
    UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?3)
    WHERE project_id = ?1 AND id = ?2
    RETURNING id, project_id, kind, name, hint, created_at, revoked_at";

const KEY_OF: &str = "-- registry.key_of
    SELECT k.id, k.project_id, k.kind, k.name, k.hint, k.created_at, k.revoked_at
    FROM api_keys k
    JOIN analytics_projects p ON p.id = k.project_id
    WHERE k.digest = ?1 AND k.revoked_at IS NULL AND p.archived_at IS NULL";

const PUT_PROVIDER: &str = "-- registry.put_provider
    INSERT INTO provider_configs (project_id, id, kind, name, enabled, settings, created_at)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
    WHERE EXISTS (SELECT 1 FROM analytics_projects WHERE id = ?1)
    ON CONFLICT (project_id, id) DO UPDATE SET
        kind = excluded.kind,
        name = excluded.name,
        enabled = excluded.enabled,
        settings = excluded.settings";

const CENSUS: &str = "-- registry.census
    SELECT count(id), count(DISTINCT id), count(DISTINCT slug) FROM analytics_projects";

const REPEATED_NAMES: &str = "-- registry.repeated_names
    SELECT name, count(id) FROM analytics_projects
    GROUP BY name
    HAVING count(id) > 1
    ORDER BY count(id) DESC, name
    LIMIT ?1";

const REPEATED_SLUGS: &str = "-- registry.repeated_slugs
    SELECT slug, count(id) FROM analytics_projects
    GROUP BY slug
    HAVING count(id) > 1
    ORDER BY count(id) DESC, slug
    LIMIT ?1";
