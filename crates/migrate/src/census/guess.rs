//! Columns that might hold keys without saying so: candidates by name, and a look at a few values.

use std::collections::HashMap;

use tokio_postgres::Row;

use super::walk::Walk;
use super::{Error, Name, Swap};
use crate::name::quoted;

/// So many columns are looked at; a guess is no reason to read a whole database.
const CANDIDATES_MAX: usize = 200;

/// A column that might hold keys.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) table: Name,
    pub(super) column: String,
    /// The key that it might hold: its place among the swaps.
    pub(super) swap: usize,
}

/// What a sample of a column's values held.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) values: i64,
    /// How many of them are keys that exist.
    pub(super) keys: i64,
}

impl Candidate {
    /// As it is written in an answer.
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.table.plain(), self.column)
    }

    /// As the server would describe it.
    pub(super) fn object(&self) -> String {
        format!("column {} of table {}", self.column, self.table.plain())
    }
}

/// Columns of ordinary tables that do not move and belong to no reference.
pub(super) struct Unbound {
    pub(super) table: Name,
    pub(super) column: String,
    /// As `format_type` prints it, without a length.
    pub(super) type_name: String,
    pub(super) relation: u32,
}

/// All of them whose type may hold a key: numbers, texts, arrays of these, JSON.
pub(super) async fn unbound(walk: &Walk<'_>) -> Result<Vec<Unbound>, Error> {
    let sql = "-- census.unbound_columns
        SELECT owner.oid, space.nspname, owner.relname, attribute.attname,
            format_type(attribute.atttypid, NULL)
        FROM pg_attribute AS attribute
        JOIN pg_class AS owner ON owner.oid = attribute.attrelid
        JOIN pg_namespace AS space ON space.oid = owner.relnamespace
        WHERE owner.relkind = 'r' AND attribute.attnum > 0 AND NOT attribute.attisdropped
            AND space.nspname NOT IN ('pg_catalog', 'information_schema', 'idshift')
            AND space.nspname NOT LIKE 'pg\\_%'
            AND format_type(attribute.atttypid, NULL) IN (
                'smallint', 'integer', 'bigint', 'text', 'character varying',
                'integer[]', 'bigint[]', 'text[]', 'character varying[]', 'json', 'jsonb'
            )
            AND has_column_privilege(owner.oid, attribute.attnum, 'SELECT')
            AND (owner.oid, attribute.attnum)
                NOT IN (SELECT * FROM unnest($1::oid[], $2::int2[]))
            AND NOT EXISTS (
                SELECT FROM pg_constraint AS held
                WHERE held.conrelid = owner.oid AND held.contype = 'f'
                    AND attribute.attnum = ANY(held.conkey)
            )
        ORDER BY space.nspname, owner.relname, attribute.attnum";
    let (tables, attnums) = walk.columns();
    let rows = walk.client.query(sql, &[&tables, &attnums]).await?;
    let unbound = |row: &Row| Unbound {
        relation: row.get(0),
        table: Name::new(row.get::<_, String>(1), row.get::<_, String>(2)),
        column: row.get(3),
        type_name: row.get(4),
    };
    Ok(rows.iter().map(unbound).collect())
}

/// The candidates among columns: those whose name is made from a table's and its key's.
pub(super) fn candidates<'c>(
    swaps: &[Swap],
    columns: &'c [Unbound],
    parts: impl Fn(&'c Unbound) -> Option<(&'c str, &'c str)>,
) -> Vec<Candidate> {
    let references = Names::of_references(swaps);
    let mut found = Vec::new();
    for column in columns {
        let Some((name, type_name)) = parts(column) else {
            continue;
        };
        let mut places = references.of(name).iter();
        if let Some(&swap) = places.find(|&&swap| alike(type_name, &swaps[swap].old_type)) {
            found.push(Candidate {
                table: column.table.clone(),
                column: column.column.clone(),
                swap,
            });
        }
    }
    found.truncate(CANDIDATES_MAX);
    found
}

/// Swaps by what their tables or the references to them might be called.
pub(super) struct Names {
    places: HashMap<String, Vec<usize>>,
}

impl Names {
    /// By the name of a reference: `user_id`, `usersId`, `UserID`.
    pub(super) fn of_references(swaps: &[Swap]) -> Self {
        Self::by(swaps, |table, swap| {
            format!("{table}{}", plain(&swap.column))
        })
    }

    /// By the name of a table in the plural or in the singular: `User`, `users`.
    pub(super) fn of_tables(swaps: &[Swap]) -> Self {
        Self::by(swaps, |table, _| table)
    }

    fn by(swaps: &[Swap], name: impl Fn(String, &Swap) -> String) -> Self {
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, swap) in swaps.iter().enumerate() {
            for table in singulars(&swap.table.name) {
                places.entry(name(table, swap)).or_default().push(place);
            }
        }
        Self { places }
    }

    /// The swaps that a name might mean, by their places. Of `App\Models\User` and `Shop::User`
    /// the last part counts.
    pub(super) fn of(&self, name: &str) -> &[usize] {
        let name = name.rsplit(['\\', ':', '.']).next().unwrap_or(name);
        self.places.get(&plain(name)).map_or(&[], Vec::as_slice)
    }
}

/// A name without what differs between ways of writing.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What one row of a table might be called.
fn singulars(table: &str) -> Vec<String> {
    let table = plain(table);
    let mut names = Vec::new();
    if let Some(stem) = table.strip_suffix("ies") {
        names.push(format!("{stem}y"));
    }
    names.extend(
        ["es", "s"]
            .iter()
            .filter_map(|end| table.strip_suffix(end).map(str::to_owned)),
    );
    names.push(table);
    names
}

/// Whether values of two types can be compared: both numbers, or both texts.
pub(super) fn alike(one: &str, other: &str) -> bool {
    let number = |name: &str| matches!(name, "smallint" | "integer" | "bigint");
    let text = |name: &str| matches!(name, "text" | "character varying");
    let base = other.split('(').next().unwrap_or(other);
    number(one) && number(base) || text(one) && text(base)
}

/// How many of the first values of an expression over a table are keys; nothing if no rows may be
/// read, or the key's own table may not be.
pub(super) async fn sample(
    walk: &Walk<'_>,
    from: &str,
    value: &str,
    swap: &Swap,
) -> Result<Option<Sample>, Error> {
    let rows = walk.choices.sample_rows;
    let sql = "-- census.may_read
        SELECT has_column_privilege($1::oid, $2::int2, 'SELECT')";
    let allowed: bool = walk
        .client
        .query_one(sql, &[&swap.table_oid, &swap.attnum])
        .await?
        .get(0);
    if rows == 0 || !allowed {
        return Ok(None);
    }
    let (parent, key) = (&swap.table, quoted(&swap.column));
    let sql = format!(
        "-- census.sample
        SELECT count(*), count(*) FILTER (
            WHERE EXISTS (SELECT FROM {parent} AS parent WHERE parent.{key} = sampled.value)
        )
        FROM (SELECT {value} AS value FROM (SELECT * FROM {from} LIMIT {rows}) AS part) AS sampled
        WHERE sampled.value IS NOT NULL"
    );
    let row = walk.client.query_one(&sql, &[]).await?;
    Ok(Some(Sample {
        values: row.get(0),
        keys: row.get(1),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swap(table: &str) -> Swap {
        Swap {
            table_oid: 1,
            table: Name::new("public", table),
            column: "id".to_owned(),
            attnum: 1,
            old_type: "integer".to_owned(),
            new_type: "uuid".to_owned(),
            new_column: "id__new".to_owned(),
        }
    }

    #[test]
    fn names_of_columns_tell_their_table() {
        for (name, table, expected) in [
            ("user_id", "users", true),
            ("userId", "User", true),
            ("UserID", "users", true),
            ("categoryId", "categories", true),
            ("box_id", "boxes", true),
            ("id", "users", false),
            ("order_id", "users", false),
            ("superuser_id", "users", false),
        ] {
            let found = !Names::of_references(&[swap(table)]).of(name).is_empty();
            assert_eq!(found, expected, "{name} of {table}");
        }
    }

    #[test]
    fn names_of_types_tell_their_table() {
        for (name, expected) in [
            ("User", true),
            (r"App\Models\User", true),
            ("Shop::User", true),
            ("Order", false),
        ] {
            let found = !Names::of_tables(&[swap("users")]).of(name).is_empty();
            assert_eq!(found, expected, "{name}");
        }
    }
}
