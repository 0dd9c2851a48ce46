//! Old key to new key, and back.

use ids::Uuid;

use crate::Error;
use crate::journal::{self, State};
use crate::name::quoted;
use crate::plan::Table;
use crate::session::Session;

/// One pair of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The table, as SQL writes it.
    pub table: String,
    /// The old key, as text.
    pub old: String,
    /// The new key; none if the row is not filled yet.
    pub new: Option<Uuid>,
}

/// Finds a row's pair of keys by either of them.
///
/// # Errors
/// [`Error::State`] if there is no migration, or the table is not one of it.
pub async fn lookup(
    target: &connect::Target,
    table: &str,
    key: &str,
) -> Result<Option<Found>, Error> {
    let session = Session::open(target).await?;
    let Some(journal) = journal::read(&session.client).await? else {
        return kept(&session, table, key).await;
    };
    let known = |candidate: &&Table| {
        let name = &candidate.name;
        table == name.name || table == format!("{}.{}", name.schema, name.name)
    };
    let Some(found) = journal.plan.tables.iter().find(known) else {
        let next = "`idshift migrate status` lists the tables";
        return Err(Error::state(
            format!("look up `{key}`: `{table}` does not move"),
            next,
        ));
    };
    let swapped = !matches!(journal.state, State::Forward | State::Undoing);
    let column = found.primary_key().map_or(&found.columns[0], |index| {
        let mut members = index
            .members
            .iter()
            .filter_map(|member| found.column(&member.column));
        members.next().unwrap_or(&found.columns[0])
    });
    let (old, new) = if swapped {
        (quoted(&column.old), quoted(&column.name))
    } else {
        (quoted(&column.name), quoted(&column.new))
    };
    // A UUID may be either: the old key of a table that had them, or the new one.
    let by_new = Uuid::parse(key).is_ok() && column.from != "uuid";
    let (by, kind) = if by_new {
        (&new, "uuid")
    } else {
        (&old, column.from.as_str())
    };
    let sql = format!(
        "-- run.lookup\nSELECT {old}::text, {new} FROM {} WHERE {by} = $1::text::{kind}",
        found.name
    );
    let doing = Error::database(format!("look up `{key}`"));
    let row = session
        .client
        .query_opt(&sql, &[&key])
        .await
        .map_err(doing)?;
    Ok(row.map(|row| Found {
        table: found.name.to_string(),
        old: row.get(0),
        new: row.get(1),
    }))
}

/// The same after the contraction, if it kept the pairs.
async fn kept(session: &Session, table: &str, key: &str) -> Result<Option<Found>, Error> {
    let doing = || Error::database(format!("look up `{key}`"));
    let sql = "-- run.kept
        SELECT c.relname, format_type(a.atttypid, a.atttypmod)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'old'
        WHERE c.relnamespace = to_regnamespace('idshift') AND c.relkind = 'r'
          AND (c.relname = $1 OR split_part(c.relname, '.', 2) = $1)";
    let rows = session
        .client
        .query(sql, &[&table])
        .await
        .map_err(doing())?;
    let [row] = rows.as_slice() else {
        let what = format!("look up `{key}`: no migration is under way, and no pairs are kept");
        let next = "pairs are kept where `idshift migrate contract` is given `--keep-lookup`";
        return Err(Error::state(what, next));
    };
    let (name, kind): (String, String) = (row.get(0), row.get(1));
    let by_new = Uuid::parse(key).is_ok() && kind != "uuid";
    let (by, kind) = if by_new {
        ("new", "uuid")
    } else {
        ("old", kind.as_str())
    };
    let sql = format!(
        "-- run.kept\nSELECT old::text, new FROM \"idshift\".{} WHERE {by} = $1::text::{kind}",
        quoted(&name)
    );
    let row = session
        .client
        .query_opt(&sql, &[&key])
        .await
        .map_err(doing())?;
    Ok(row.map(|row| Found {
        table: name,
        old: row.get(0),
        new: row.get(1),
    }))
}
