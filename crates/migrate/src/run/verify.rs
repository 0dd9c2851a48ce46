//! Whether old and new columns say the same, and everything is as the journal says; only reads.

mod catalog;
mod rows;

use tokio_postgres::Client;

use crate::Error;
use crate::journal::{self, State};
use crate::session::Session;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What it is, stable: `filled`, `order`, ...
    pub name: &'static str,
    /// The table, column or object.
    pub object: String,
    /// What came out.
    pub verdict: Verdict,
    /// Numbers and names, as a lowercase fragment.
    pub detail: String,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Fine,
    /// Not yet, as the migration is not that far.
    Pending,
    /// Worth knowing, and no fault.
    Note,
    /// Not as it should be.
    Failed,
}

/// Looks at everything within one snapshot. Without a migration, only for what one left behind.
///
/// # Errors
/// What the server said.
pub async fn verify(target: &connect::Target) -> Result<Vec<Check>, Error> {
    let session = Session::open(target).await?;
    let client = &session.client;
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off";
    client
        .batch_execute(begin)
        .await
        .map_err(Error::database("begin to verify"))?;
    let checks = checks(client).await;
    client
        .batch_execute("COMMIT")
        .await
        .map_err(Error::database("end verifying"))?;
    checks
}

async fn checks(client: &Client) -> Result<Vec<Check>, Error> {
    let Some(journal) = journal::read(client).await? else {
        return catalog::leftovers(client).await;
    };
    let swapped = !matches!(journal.state, State::Forward | State::Undoing);
    let mut checks = Vec::new();
    for table in &journal.plan.tables {
        checks.extend(rows::of_table(client, &journal, table, swapped).await?);
    }
    for key in &journal.plan.foreign_keys {
        checks.extend(rows::of_key(client, &journal, key, swapped).await?);
    }
    checks.extend(catalog::objects(client, &journal, swapped).await?);
    Ok(checks)
}
