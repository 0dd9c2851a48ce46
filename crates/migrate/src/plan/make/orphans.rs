//! References to rows that are not there: a foreign key that was never validated may have some.

use tokio_postgres::Client;

use crate::Error;
use crate::census::Refusal;
use crate::name::quoted;
use crate::plan::{ForeignKey, Plan};

/// A refusal for each foreign key with orphans: what their new value should be, nobody can say.
pub(super) async fn refusals(client: &Client, plan: &Plan) -> Result<Vec<Refusal>, Error> {
    let mut refusals = Vec::new();
    for key in plan.foreign_keys.iter().filter(|key| !key.validated) {
        let doing = Error::database(format!("look for orphans of `{}`", key.name));
        let row = client.query_one(&count(key), &[]).await.map_err(doing)?;
        let orphans: i64 = row.get(0);
        if orphans > 0 {
            refusals.push(Refusal {
                situation: "orphans",
                object: format!("{} of {}", key.name, key.table),
                reason: format!(
                    "{orphans} rows refer to rows that are not in {}",
                    key.target
                ),
                next: "delete them, or set their reference to NULL".to_owned(),
            });
        }
    }
    Ok(refusals)
}

fn count(key: &ForeignKey) -> String {
    let pairs = key.columns.iter().zip(&key.target_columns);
    let equal = pairs.map(|(column, to)| format!("p.{} = c.{}", quoted(to), quoted(column)));
    let present = key
        .columns
        .iter()
        .map(|column| format!("c.{} IS NOT NULL", quoted(column)));
    format!(
        "-- plan.orphans
        SELECT count(*) FROM {} c WHERE {} AND NOT EXISTS (SELECT FROM {} p WHERE {})",
        key.table,
        present.collect::<Vec<_>>().join(" AND "),
        key.target,
        equal.collect::<Vec<_>>().join(" AND "),
    )
}
