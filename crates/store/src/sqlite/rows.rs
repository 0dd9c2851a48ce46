//! Rows of SQLite as the types of the doors, and back.

use event::{Code, Event, EventName, Json, ProjectId, Rejection, Source};
use ids::Uuid;
use rusqlite::Row;
use rusqlite::types::FromSql;

use crate::time::from_us;
use crate::{ApiKey, Error, KeyKind, Project, Refusal};

/// One row of a table, for an operation.
pub(super) struct Columns<'a> {
    row: &'a Row<'a>,
    doing: &'static str,
    table: &'static str,
}

impl<'a> Columns<'a> {
    pub(super) const fn of(row: &'a Row<'a>, doing: &'static str, table: &'static str) -> Self {
        Self { row, doing, table }
    }

    pub(super) fn get<T: FromSql>(&self, column: &'static str) -> Result<T, Error> {
        self.row.get(column).map_err(|_| self.corrupt(column))
    }

    fn moment(&self, column: &'static str) -> Result<ids::Timestamp, Error> {
        self.get(column).map(from_us)
    }

    /// A text that is read as something else.
    fn read<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(String) -> Option<T>,
    ) -> Result<T, Error> {
        read(self.get(column)?).ok_or_else(|| self.corrupt(column))
    }

    /// The same, where there may be none.
    fn read_some<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(String) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let text: Option<String> = self.get(column)?;
        text.map(|text| read(text).ok_or_else(|| self.corrupt(column)))
            .transpose()
    }

    fn corrupt(&self, column: &'static str) -> Error {
        Error::Corrupt {
            doing: self.doing,
            table: self.table,
            column: column.to_owned(),
            row: self
                .row
                .get::<_, Uuid>("id")
                .map_or_else(|_| String::new(), |id| id.to_string()),
        }
    }
}

pub(super) fn event(row: &Row<'_>, doing: &'static str) -> Result<Event, Error> {
    let columns = Columns::of(row, doing, "events");
    Ok(Event {
        id: columns.get("id")?,
        project_id: columns.get("project_id")?,
        name: columns.read("event_name", EventName::from_stored)?,
        user_id: columns.get("user_id")?,
        anonymous_id: columns.get("anonymous_id")?,
        timestamp: columns.moment("timestamp")?,
        received_at: columns.moment("received_at")?,
        original_timestamp: columns.get("original_timestamp")?,
        properties: columns.read("properties", |text| Json::from_stored(&text).ok())?,
        context: columns.read_some("context", |text| Json::from_stored(&text).ok())?,
        user_agent: columns.get("user_agent")?,
        ip_address: columns.read_some("ip_address", |text| text.parse().ok())?,
        canonical_id: columns.get("canonical_id")?,
        source: columns.read("source", |text| Source::parse(&text).ok())?,
    })
}

pub(super) fn refusal(row: &Row<'_>, doing: &'static str) -> Result<Refusal, Error> {
    let columns = Columns::of(row, doing, "rejections");
    let index: i64 = columns.get("input_index")?;
    Ok(Refusal {
        id: columns.get("id")?,
        project_id: columns.get("project_id")?,
        received_at: columns.moment("received_at")?,
        source: columns.read("source", |text| Source::parse(&text).ok())?,
        rejection: Rejection {
            index: usize::try_from(index).map_err(|_| columns.corrupt("input_index"))?,
            code: columns.read("code", |text| Code::parse(&text))?,
            field: columns.get("field")?,
            message: columns.get("message")?,
            input: columns.get("input")?,
        },
    })
}

pub(super) fn project(row: &Row<'_>, doing: &'static str) -> Result<Project, Error> {
    let columns = Columns::of(row, doing, "analytics_projects");
    Ok(Project {
        id: columns.get::<ProjectId>("id")?,
        name: columns.get("name")?,
        slug: columns.get("slug")?,
        created_at: columns.moment("created_at")?,
        archived_at: columns.get::<Option<i64>>("archived_at")?.map(from_us),
    })
}

pub(super) fn key(row: &Row<'_>, doing: &'static str) -> Result<ApiKey, Error> {
    let columns = Columns::of(row, doing, "api_keys");
    Ok(ApiKey {
        id: columns.get("id")?,
        project_id: columns.get("project_id")?,
        kind: columns.read("kind", |text| KeyKind::parse(&text))?,
        name: columns.get("name")?,
        hint: columns.get("hint")?,
        created_at: columns.moment("created_at")?,
        revoked_at: columns.get::<Option<i64>>("revoked_at")?.map(from_us),
    })
}
