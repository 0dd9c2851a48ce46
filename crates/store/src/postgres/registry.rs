//! Projects, keys and providers.

use event::ProjectId;
use ids::{Timestamp, Uuid};
use tokio_postgres::Row;

use super::Database;
use super::lease::Values;
use super::moment::Moment;
use super::rows::{self, Columns};
use crate::page::rows as count;
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
    let values: Values<'_> = &[
        &project.id,
        &project.name,
        &project.slug,
        &Moment(project.created_at),
        &project.archived_at.map(Moment),
    ];
    let created = database
        .reader(doing)
        .await?
        .query(CREATE_PROJECT, values)
        .await;
    created.map(drop).map_err(|error| match error {
        Error::Conflict { field: "slug", .. } => Error::Conflict {
            doing,
            field: "slug",
            value: project.slug,
        },
        Error::Conflict { field, .. } => Error::Conflict {
            doing,
            field,
            value: project.id.to_string(),
        },
        other => other,
    })
}

/// One project.
pub(crate) async fn project(database: &Database, id: ProjectId) -> Result<Option<Project>, Error> {
    one(database, ("read a project", PROJECT), &[&id], rows::project).await
}

/// Projects in the order of ids.
pub(crate) async fn projects(
    database: &Database,
    after: Option<ProjectId>,
    limit: usize,
) -> Result<Vec<Project>, Error> {
    let limit = count(limit.min(database.config().page_rows_max));
    all(
        database,
        ("list projects", PROJECTS),
        &[&after, &limit],
        rows::project,
    )
    .await
}

/// Renames or archives a project.
pub(crate) async fn change_project(
    database: &Database,
    id: ProjectId,
    change: Change,
) -> Result<Option<Project>, Error> {
    let doing = "change a project";
    match change {
        Change::Rename(name) => {
            one(
                database,
                (doing, RENAME_PROJECT),
                &[&id, &name],
                rows::project,
            )
            .await
        }
        Change::Archive(at) => {
            one(
                database,
                (doing, ARCHIVE_PROJECT),
                &[&id, &Moment(at)],
                rows::project,
            )
            .await
        }
    }
}

/// Adds a key to a project.
pub(crate) async fn create_key(
    database: &Database,
    key: ApiKey,
    digest: Digest,
) -> Result<bool, Error> {
    let doing = "create a key";
    let values: Values<'_> = &[
        &key.project_id,
        &key.id,
        &key.kind.as_str(),
        &key.name,
        &key.hint,
        &&digest[..],
        &Moment(key.created_at),
        &key.revoked_at.map(Moment),
    ];
    let created = database
        .reader(doing)
        .await?
        .query_one(CREATE_KEY, values)
        .await;
    created
        .map(|row| row.is_some())
        .map_err(|error| match error {
            Error::Conflict { field: "id", .. } => Error::Conflict {
                doing,
                field: "id",
                value: key.id.to_string(),
            },
            other => other,
        })
}

/// The keys of a project.
pub(crate) async fn keys(database: &Database, project_id: ProjectId) -> Result<Vec<ApiKey>, Error> {
    let limit = count(database.config().page_rows_max);
    all(
        database,
        ("list keys", KEYS),
        &[&project_id, &limit],
        rows::key,
    )
    .await
}

/// Ends a key.
pub(crate) async fn revoke_key(
    database: &Database,
    project_id: ProjectId,
    id: Uuid,
    at: Timestamp,
) -> Result<Option<ApiKey>, Error> {
    let named = ("revoke a key", REVOKE_KEY);
    one(database, named, &[&project_id, &id, &Moment(at)], rows::key).await
}

/// The working key that has a digest.
pub(crate) async fn key_of(database: &Database, digest: Digest) -> Result<Option<ApiKey>, Error> {
    one(
        database,
        ("look up a key", KEY_OF),
        &[&&digest[..]],
        rows::key,
    )
    .await
}

/// Configures a provider.
pub(crate) async fn put_provider(database: &Database, provider: Provider) -> Result<bool, Error> {
    let values: Values<'_> = &[
        &provider.project_id,
        &provider.id,
        &provider.kind,
        &provider.name,
        &provider.enabled,
        &provider.settings.as_str(),
        &Moment(provider.created_at),
    ];
    let mut lease = database.reader("configure a provider").await?;
    lease
        .query_one(PUT_PROVIDER, values)
        .await
        .map(|row| row.is_some())
}

/// Counts projects.
pub(crate) async fn census(database: &Database) -> Result<Census, Error> {
    let doing = "count projects";
    let limit = count(database.config().census_rows_max);
    let totals = one(database, (doing, CENSUS), &[], |row, doing| {
        let columns = Columns::of(row, doing, "analytics_projects");
        let number = |name| columns.get::<i64>(name).map(i64::unsigned_abs);
        Ok((
            number("projects")?,
            number("unique_ids")?,
            number("unique_slugs")?,
        ))
    });
    let (projects, unique_ids, unique_slugs) = totals.await?.unwrap_or_default();
    Ok(Census {
        projects,
        unique_ids,
        unique_slugs,
        repeated_names: all(database, (doing, REPEATED_NAMES), &[&limit], repeated).await?,
        repeated_slugs: all(database, (doing, REPEATED_SLUGS), &[&limit], repeated).await?,
    })
}

fn repeated(row: &Row, doing: &'static str) -> Result<Repeated, Error> {
    let columns = Columns::of(row, doing, "analytics_projects");
    let projects: i64 = columns.get("projects")?;
    Ok(Repeated {
        value: columns.get("value")?,
        projects: projects.unsigned_abs(),
    })
}

/// What an operation is called, and its statement.
type Named = (&'static str, &'static str);

/// Reads a row from each row of a statement.
type Read<T> = fn(&Row, &'static str) -> Result<T, Error>;

async fn one<T>(
    database: &Database,
    named: Named,
    values: Values<'_>,
    read: Read<T>,
) -> Result<Option<T>, Error> {
    all(database, named, values, read)
        .await
        .map(|rows| rows.into_iter().next())
}

async fn all<T>(
    database: &Database,
    (doing, statement): Named,
    values: Values<'_>,
    read: Read<T>,
) -> Result<Vec<T>, Error> {
    let rows = database
        .reader(doing)
        .await?
        .query(statement, values)
        .await?;
    rows.iter().map(|row| read(row, doing)).collect()
}

const CREATE_PROJECT: &str = "-- registry.create_project
    INSERT INTO analytics_projects (id, name, slug, created_at, archived_at)
    VALUES ($1, $2, $3, $4, $5)";

const PROJECT: &str = "-- registry.project
    SELECT id, name, slug, created_at, archived_at FROM analytics_projects WHERE id = $1";

const PROJECTS: &str = "-- registry.projects
    SELECT id, name, slug, created_at, archived_at FROM analytics_projects
    WHERE $1::uuid IS NULL OR id > $1
    ORDER BY id
    LIMIT $2";

const RENAME_PROJECT: &str = "-- registry.rename_project
    UPDATE analytics_projects SET name = $2 WHERE id = $1
    RETURNING id, name, slug, created_at, archived_at";

const ARCHIVE_PROJECT: &str = "-- registry.archive_project
    UPDATE analytics_projects SET archived_at = coalesce(archived_at, $2) WHERE id = $1
    RETURNING id, name, slug, created_at, archived_at";

const CREATE_KEY: &str = "-- registry.create_key
    INSERT INTO api_keys (project_id, id, kind, name, hint, digest, created_at, revoked_at)
    SELECT $1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::bytea, $7::timestamptz,
        $8::timestamptz
    WHERE EXISTS (SELECT 1 FROM analytics_projects WHERE id = $1)
    RETURNING id";

const KEYS: &str = "-- registry.keys
    SELECT id, project_id, kind, name, hint, created_at, revoked_at FROM api_keys
    WHERE project_id = $1
    ORDER BY id DESC
    LIMIT $2";

const REVOKE_KEY: &str = "-- registry.revoke_key
    UPDATE api_keys SET revoked_at = coalesce(revoked_at, $3)
    WHERE project_id = $1 AND id = $2
    RETURNING id, project_id, kind, name, hint, created_at, revoked_at";

const KEY_OF: &str = "-- registry.key_of
    SELECT k.id, k.project_id, k.kind, k.name, k.hint, k.created_at, k.revoked_at
    FROM api_keys k
    JOIN analytics_projects p ON p.id = k.project_id
    WHERE k.digest = $1 AND k.revoked_at IS NULL AND p.archived_at IS NULL";

const PUT_PROVIDER: &str = "-- registry.put_provider
    INSERT INTO provider_configs (project_id, id, kind, name, enabled, settings, created_at)
    SELECT $1::uuid, $2::uuid, $3::text, $4::text, $5::boolean, $6::text::jsonb, $7::timestamptz
    WHERE EXISTS (SELECT 1 FROM analytics_projects WHERE id = $1)
    ON CONFLICT (project_id, id) DO UPDATE SET
        kind = excluded.kind,
        name = excluded.name,
        enabled = excluded.enabled,
        settings = excluded.settings
    RETURNING id";

const CENSUS: &str = "-- registry.census
    SELECT
        count(id) AS projects,
        count(DISTINCT id) AS unique_ids,
        count(DISTINCT slug) AS unique_slugs
    FROM analytics_projects";

const REPEATED_NAMES: &str = "-- registry.repeated_names
    SELECT name AS value, count(id) AS projects FROM analytics_projects
    GROUP BY name
    HAVING count(id) > 1
    -- Byte order, as in SQLite, whatever the database's collation.
    ORDER BY count(id) DESC, name COLLATE \"C\"
    LIMIT $1";

const REPEATED_SLUGS: &str = "-- registry.repeated_slugs
    SELECT slug AS value, count(id) AS projects FROM analytics_projects
    GROUP BY slug
    HAVING count(id) > 1
    ORDER BY count(id) DESC, slug COLLATE \"C\"
    LIMIT $1";
