//! Reads the rows of the next batch.

use super::statements::Sql;
use super::walk::Walk;
use super::{Filler, Row};
use crate::Error;
use crate::session::Session;

impl Filler<'_> {
    /// The rows behind `cursor`, and how far they reach; none at the end of the walk.
    pub(super) async fn read(
        &self,
        reader: &Session,
        cursor: Option<&[String]>,
    ) -> Result<Option<(Vec<Row>, Vec<String>)>, Error> {
        let Some(bound) = self.progress.bound.as_deref() else {
            return Ok(None);
        };
        let limit = i64::from(self.pace.rows());
        let client = &reader.client;
        let rows = if self.walk.by_place() {
            return self.read_by_place(reader, cursor, bound).await;
        } else if let (Some(cursor), Some(next)) = (cursor, &self.next) {
            client.query(next, &[&bound, &limit, &cursor]).await
        } else if let Some(first) = &self.first {
            client.query(first, &[&bound, &limit]).await
        } else {
            return Ok(None);
        };
        let rows = rows.map_err(Error::database(format!("read {}", self.table.name)))?;
        let rows: Vec<Row> = rows.iter().map(Sql::row).collect();
        let reached = rows.last().map(|row| row.key.clone());
        Ok(reached.map(|reached| (rows, reached)))
    }

    /// The same by place on disk: some pages of the table, and which page comes next. A stretch
    /// without empty rows still moves the walk on.
    async fn read_by_place(
        &self,
        reader: &Session,
        cursor: Option<&[String]>,
        bound: &[String],
    ) -> Result<Option<(Vec<Row>, Vec<String>)>, Error> {
        let page = |at: Option<&[String]>| -> Result<u64, Error> {
            let Some(text) = at.and_then(|at| at.first()) else {
                return Ok(0);
            };
            text.parse()
                .map_err(|_| Error::Plan(format!("the journal's page is `{text}`")))
        };
        let (from, end) = (page(cursor)?, page(Some(bound))?);
        if from >= end {
            return Ok(None);
        }
        let to = (from + Walk::pages_of(self.pace.rows(), self.table.rows, end)).min(end);
        let places = [format!("({from},0)"), format!("({to},0)")];
        let Some(next) = &self.next else {
            return Ok(None);
        };
        let rows = reader.client.query(next, &[&places[0], &places[1]]).await;
        let rows = rows.map_err(Error::database(format!("read {}", self.table.name)))?;
        let rows = rows.iter().map(Sql::row).collect();
        Ok(Some((rows, vec![to.to_string()])))
    }
}
