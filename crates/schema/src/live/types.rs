//! Reads the user's own types: enumerations, domains and composite types.

use tokio_postgres::Transaction;

use super::names::name;
use super::{Error, NOWHERE, Reader, columns, failed};
use crate::{Composite, Dialect, Domain, Enum, Name, sql};

const DOING: &str = "the types";

pub(super) async fn read(transaction: &Transaction<'_>, reader: &mut Reader) -> Result<(), Error> {
    let mut composites = Vec::<u32>::new();
    let rows = transaction.query(TYPES, &[&reader.namespaces]).await;
    for row in rows.map_err(failed(DOING))? {
        let text = |index| row.try_get::<_, String>(index).map_err(failed(DOING));
        let name: Name = name(text(1)?, text(2)?);
        match text(3)?.as_str() {
            "e" => reader.schema.enums.push(Enum {
                name,
                model: None,
                values: row.try_get(5).map_err(failed(DOING))?,
                span: NOWHERE,
            }),
            "d" => reader.schema.domains.push(Domain {
                name,
                base: sql::type_of(Dialect::PostgreSql, &text(4)?, NOWHERE),
                span: NOWHERE,
            }),
            _ => {
                composites.push(row.try_get(0).map_err(failed(DOING))?);
                reader.schema.composites.push(Composite {
                    name,
                    fields: Vec::new(),
                    span: NOWHERE,
                });
            }
        }
    }
    let rows = transaction.query(FIELDS, &[&composites]).await;
    for row in rows.map_err(failed(DOING))? {
        let oid: u32 = row.try_get(0).map_err(failed(DOING))?;
        let field = columns::column(&row)?;
        if let Some(place) = composites.iter().position(|it| *it == oid) {
            reader.schema.composites[place].fields.push(field);
        }
    }
    Ok(())
}

const TYPES: &str = "-- live.types
    SELECT
        t.typrelid,
        n.nspname::text,
        t.typname::text,
        t.typtype::text,
        format_type(t.typbasetype, t.typtypmod),
        ARRAY(
            SELECT e.enumlabel::text
            FROM pg_enum e
            WHERE e.enumtypid = t.oid
            ORDER BY e.enumsortorder
        )
    FROM pg_type t
    JOIN pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_class c ON c.oid = t.typrelid
    -- Every table has a type of its rows, which is not meant.
    WHERE (t.typtype IN ('e', 'd') OR t.typtype = 'c' AND c.relkind = 'c')
        AND t.typnamespace = ANY ($1)
        AND NOT EXISTS (
            SELECT FROM pg_depend d
            WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
        )
    ORDER BY t.oid";

const FIELDS: &str = "-- live.fields
    SELECT
        a.attrelid,
        a.attname::text,
        format_type(a.atttypid, a.atttypmod),
        a.attnotnull,
        NULL::text,
        a.attidentity::text,
        a.attgenerated::text,
        false
    FROM pg_attribute a
    WHERE a.attrelid = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum";
