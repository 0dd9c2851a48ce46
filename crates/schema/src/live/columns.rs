//! Reads the columns of tables, with their types and defaults.

use tokio_postgres::{Row, Transaction};

use super::{Error, NOWHERE, Reader, failed};
use crate::{Column, Default, Dialect, Generator, Side, sql};

const DOING: &str = "the columns";

pub(super) async fn read(transaction: &Transaction<'_>, reader: &mut Reader) -> Result<(), Error> {
    let rows = transaction.query(COLUMNS, &[&reader.oids()]).await;
    for row in rows.map_err(failed(DOING))? {
        let table: u32 = row.try_get(0).map_err(failed(DOING))?;
        let column = column(&row)?;
        let Some(&place) = reader.places.get(&table) else {
            continue;
        };
        reader.schema.tables[place].columns.push(column);
    }
    Ok(())
}

/// A column of a row: its name, type, whether it may not be null, and what fills it.
pub(super) fn column(row: &Row) -> Result<Column, Error> {
    let text = |index| row.try_get::<_, String>(index).map_err(failed(DOING));
    let data_type = sql::type_of(Dialect::PostgreSql, &text(2)?, NOWHERE);
    let mut column = Column::new(text(1)?, data_type, NOWHERE);
    column.nullable = !row.try_get::<_, bool>(3).map_err(failed(DOING))?;
    column.computed = !text(6)?.is_empty();
    let default = row
        .try_get::<_, Option<String>>(4)
        .map_err(failed(DOING))?
        .filter(|_| !column.computed);
    let owns_sequence: bool = row.try_get(7).map_err(failed(DOING))?;
    let identity = text(5)?;
    column.default = match identity.as_str() {
        "a" => Some(identity_of(true)),
        "d" => Some(identity_of(false)),
        _ => default.map(|text| default_of(text, owns_sequence)),
    };
    Ok(column)
}

fn identity_of(always: bool) -> Default {
    let when = if always { "ALWAYS" } else { "BY DEFAULT" };
    Default {
        generator: Generator::Identity { always },
        side: Side::Database,
        text: format!("GENERATED {when} AS IDENTITY"),
        span: NOWHERE,
    }
}

/// The next value of a sequence that belongs to the column is what `serial` stands for.
fn default_of(text: String, owns_sequence: bool) -> Default {
    let generator = match Generator::of_expression(&text) {
        Generator::Sequence { .. } if owns_sequence => Generator::Serial,
        Generator::Sequence { name: Some(name) } => Generator::Sequence {
            name: Some(name.strip_prefix("public.").unwrap_or(&name).to_owned()),
        },
        other => other,
    };
    Default {
        generator,
        side: Side::Database,
        text,
        span: NOWHERE,
    }
}

const COLUMNS: &str = "-- live.columns
    SELECT
        a.attrelid,
        a.attname::text,
        format_type(a.atttypid, a.atttypmod),
        a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid),
        a.attidentity::text,
        a.attgenerated::text,
        -- The default draws from a sequence, and that goes away with the column.
        EXISTS (
            SELECT
            FROM pg_depend uses
            JOIN pg_depend owned
                ON owned.classid = 'pg_class'::regclass
                AND owned.objid = uses.refobjid
                AND owned.refclassid = 'pg_class'::regclass
                AND owned.refobjid = a.attrelid
                AND owned.refobjsubid = a.attnum
                AND owned.deptype = 'a'
            WHERE uses.classid = 'pg_attrdef'::regclass
                AND uses.objid = d.oid
                AND uses.refclassid = 'pg_class'::regclass
        )
    FROM pg_attribute a
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum";
