//! Whether triggers of others can be kept silent while rows are filled.

use tokio_postgres::Client;

use crate::Error;

/// Tries it, in a transaction that is taken back: managed services grant this in ways that no view
/// of the catalog shows.
pub(super) async fn is_allowed(client: &Client) -> Result<bool, Error> {
    let doing = || Error::database("ask whether triggers can be kept silent");
    client
        .batch_execute("BEGIN READ ONLY")
        .await
        .map_err(doing())?;
    let tried = client
        .batch_execute("SET LOCAL session_replication_role = replica")
        .await;
    client.batch_execute("ROLLBACK").await.map_err(doing())?;
    let refused = tokio_postgres::error::SqlState::INSUFFICIENT_PRIVILEGE;
    match tried {
        Ok(()) => Ok(true),
        Err(error) if error.code() == Some(&refused) => Ok(false),
        Err(error) => Err(doing()(error)),
    }
}
