//! Indexes built without a transaction: what the catalog says decides, not the journal.

use super::engine::Engine;
use crate::Error;
use crate::census::Name;
use crate::name::quoted;

/// How often an index is built again after a failure that may pass.
const ATTEMPTS: u32 = 5;

impl Engine<'_> {
    /// Builds an index unless it is there; one that a cut-off run left invalid is built again.
    pub(super) async fn index(&mut self, sql: &str, index: &Name) -> Result<(), Error> {
        for _ in 0..ATTEMPTS {
            match self.is_valid(index).await? {
                Some(true) => return Ok(()),
                Some(false) => {
                    let drop = format!(
                        "DROP INDEX CONCURRENTLY IF EXISTS {}.{}",
                        quoted(&index.schema),
                        quoted(&index.name)
                    );
                    self.execute(&drop).await?;
                }
                None => {}
            }
            match self.execute(sql).await {
                Err(error) if super::engine::is_busy(&error) => {}
                other => return other,
            }
        }
        let next = "look at the server's log, then run the same command again";
        Err(Error::state(
            format!("build the index `{index}` in {ATTEMPTS} attempts"),
            next,
        ))
    }

    async fn is_valid(&self, index: &Name) -> Result<Option<bool>, Error> {
        let sql = "-- run.is_valid
            SELECT i.indisvalid FROM pg_index i
            JOIN pg_class c ON c.oid = i.indexrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = $2";
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 2] =
            [&index.schema, &index.name];
        let doing = Error::database(format!("look at the index `{index}`"));
        let row = self
            .session
            .client
            .query_opt(sql, &parameters)
            .await
            .map_err(doing)?;
        Ok(row.map(|row| row.get(0)))
    }
}
