//! Holds a running backfill, and lets it go on.

use crate::Error;
use crate::session::Session;

/// Sets whether the backfill is held; a run that is under way sees it between two batches.
///
/// # Errors
/// [`Error::State`] if there is no migration.
pub async fn set_paused(target: &connect::Target, paused: bool) -> Result<(), Error> {
    let session = Session::open(target).await?;
    if crate::journal::read(&session.client).await?.is_none() {
        return Err(super::engine::no_migration());
    }
    let sql = "UPDATE \"idshift\".\"run\" SET paused = $1";
    let doing = Error::database("write the journal");
    session
        .client
        .execute(sql, &[&paused])
        .await
        .map(|_| ())
        .map_err(doing)
}
