//! Whether a text column holds UUIDs and nothing else.

use tokio_postgres::Client;

use crate::Error;
use crate::census::Name;
use crate::name::quoted;

/// Stops at the first value that is none; a table of UUIDs is read whole, because a cast that
/// fails half way would be found out too late.
pub(super) async fn all_uuids(client: &Client, table: &Name, column: &str) -> Result<bool, Error> {
    let column = quoted(column);
    let sql = format!(
        "-- plan.all_uuids
        SELECT EXISTS (SELECT FROM {table}) AND NOT EXISTS (
            SELECT FROM {table} WHERE {column}::text !~* \
         '^[0-9a-f]{{8}}-([0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}}\\s*$')"
    );
    let doing = format!("read `{table}`");
    let row = client
        .query_one(&sql, &[])
        .await
        .map_err(Error::database(doing))?;
    Ok(row.get(0))
}
