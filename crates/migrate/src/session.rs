//! One connection as the migration uses it.

use tokio::task::JoinHandle;
use tokio_postgres::Client;

use crate::Error;

/// Settings under which statements of ours mean the same in every database: names are qualified,
/// nothing of the session's defaults cuts a long statement short.
const SETTINGS: &str = "SET search_path = pg_catalog; SET statement_timeout = 0; \
    SET idle_in_transaction_session_timeout = 0; SET lock_timeout = 0; \
    SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = off; \
    SET client_min_messages = warning; SET timezone = 'UTC'; SET datestyle = 'ISO'";

/// A connection, and the task that moves its bytes. Dropping it ends both.
pub(crate) struct Session {
    pub(crate) client: Client,
    task: JoinHandle<()>,
}

impl Session {
    /// Connects.
    pub(crate) async fn open(target: &connect::Target) -> Result<Self, Error> {
        let (client, task) = target.open().await?;
        let session = Self { client, task };
        let doing = "set up the connection";
        session
            .client
            .batch_execute(SETTINGS)
            .await
            .map_err(Error::database(doing))?;
        Ok(session)
    }
}

impl Drop for Session {
    /// An open transaction ends with the connection, as it would if the process were killed.
    fn drop(&mut self) {
        self.task.abort();
    }
}
