//! Rows of PostgreSQL as the types of the doors.

use std::net::IpAddr;

use event::{Code, Event, EventName, Json, ProjectId, Rejection, Source};
use ids::{Timestamp, Uuid};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use super::moment::Moment;
use crate::{ApiKey, Error, KeyKind, Project, Refusal};

/// One row of a table, for an operation.
pub(super) struct Columns<'a> {
    row: &'a Row,
    doing: &'static str,
    table: &'static str,
}

impl<'a> Columns<'a> {
    pub(super) const fn of(row: &'a Row, doing: &'static str, table: &'static str) -> Self {
        Self { row, doing, table }
    }

    pub(super) fn get<T: FromSql<'a>>(&self, column: &'static str) -> Result<T, Error> {
        self.row.try_get(column).map_err(|_| self.corrupt(column))
    }

    fn moment(&self, column: &'static str) -> Result<Timestamp, Error> {
        self.get(column).map(|Moment(at)| at)
    }

    fn some_moment(&self, column: &'static str) -> Result<Option<Timestamp>, Error> {
        self.get::<Option<Moment>>(column)
            .map(|moment| moment.map(|Moment(at)| at))
    }

    /// A text that is read as something else.
    fn read<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Error> {
        read(self.get(column)?).ok_or_else(|| self.corrupt(column))
    }

    /// The same, where there may be none.
    fn read_some<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let text: Option<&str> = self.get(column)?;
        text.map(|text| read(text).ok_or_else(|| self.corrupt(column)))
            .transpose()
    }

    fn corrupt(&self, column: &'static str) -> Error {
        let row = self.row.try_get::<_, Uuid>("id");
        Error::Corrupt {
            doing: self.doing,
            table: self.table,
            column: column.to_owned(),
            row: row.map_or_else(|_| String::new(), |id| id.to_string()),
        }
    }
}

pub(super) fn event(row: &Row, doing: &'static str) -> Result<Event, Error> {
    let columns = Columns::of(row, doing, "events");
    Ok(Event {
        id: columns.get("id")?,
        project_id: columns.get("project_id")?,
        name: columns.read("event_name", |text| EventName::from_stored(text.to_owned()))?,
        user_id: columns.get("user_id")?,
        anonymous_id: columns.get("anonymous_id")?,
        timestamp: columns.moment("timestamp")?,
        received_at: columns.moment("received_at")?,
        original_timestamp: columns.get("original_timestamp")?,
        properties: columns.read("properties", |text| Json::from_stored(text).ok())?,
        context: columns.read_some("context", |text| Json::from_stored(text).ok())?,
        user_agent: columns.get("user_agent")?,
        ip_address: columns.get::<Option<IpAddr>>("ip_address")?,
        canonical_id: columns.get("canonical_id")?,
        source: columns.read("source", |text| Source::parse(text).ok())?,
    })
}

pub(super) fn refusal(row: &Row, doing: &'static str) -> Result<Refusal, Error> {
    let columns = Columns::of(row, doing, "rejections");
    let index: i32 = columns.get("input_index")?;
    Ok(Refusal {
        id: columns.get("id")?,
        project_id: columns.get("project_id")?,
        received_at: columns.moment("received_at")?,
        source: columns.read("source", |text| Source::parse(text).ok())?,
        rejection: Rejection {
            index: usize::try_from(index).map_err(|_| columns.corrupt("input_index"))?,
            code: columns.read("code", Code::parse)?,
            field: columns.get("field")?,
            message: columns.get("message")?,
            input: columns.get("input")?,
        },
    })
}

pub(super) fn project(row: &Row, doing: &'static str) -> Result<Project, Error> {
    let columns = Columns::of(row, doing, "analytics_projects");
    Ok(Project {
        id: columns.get::<ProjectId>("id")?,
        name: columns.get("name")?,
        slug: columns.get("slug")?,
        created_at: columns.moment("created_at")?,
        archived_at: columns.some_moment("archived_at")?,
    })
}

pub(super) fn key(row: &Row, doing: &'static str) -> Result<ApiKey, Error> {
    let columns = Columns::of(row, doing, "api_keys");
    Ok(ApiKey {
        id: columns.get("id")?,
        project_id: columns.get("project_id")?,
        kind: columns.read("kind", KeyKind::parse)?,
        name: columns.get("name")?,
        hint: columns.get("hint")?,
        created_at: columns.moment("created_at")?,
        revoked_at: columns.some_moment("revoked_at")?,
    })
}
