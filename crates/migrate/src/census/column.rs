//! What belongs to a column itself: planner options and security labels. Comments and privileges
//! come with the steps that make the successor.

use super::walk::Walk;
use super::{Dependent, Error};
use crate::name::{literal, quoted};

const SITUATION: &str = "column";

/// States for each successor what the column had.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let sql = "-- census.columns
        SELECT swap.relid, swap.attnum, COALESCE(attribute.attstattarget::int4, -1),
            COALESCE(attribute.attoptions, '{}'),
            pg_get_userbyid(owner.relowner)::text,
            ARRAY(
                SELECT label.provider FROM pg_seclabel AS label
                WHERE label.classoid = 'pg_class'::regclass
                    AND label.objoid = swap.relid AND label.objsubid = swap.attnum
                ORDER BY label.provider
            ),
            ARRAY(
                SELECT label.label FROM pg_seclabel AS label
                WHERE label.classoid = 'pg_class'::regclass
                    AND label.objoid = swap.relid AND label.objsubid = swap.attnum
                ORDER BY label.provider
            ),
            pg_describe_object('pg_class'::regclass, swap.relid, swap.attnum)
        FROM unnest($1::oid[], $2::int2[]) AS swap(relid, attnum)
        JOIN pg_attribute AS attribute
            ON attribute.attrelid = swap.relid AND attribute.attnum = swap.attnum
        JOIN pg_class AS owner ON owner.oid = swap.relid";
    let (tables, attnums) = walk.columns();
    let rows = walk.client.query(sql, &[&tables, &attnums]).await?;
    for row in rows {
        let place: (u32, i16) = (row.get(0), row.get(1));
        let Some(swap) = walk.swap_of(place.0, place.1) else {
            continue;
        };
        let (table, column) = (swap.table.to_string(), quoted(&swap.column));
        let alter = format!("ALTER TABLE {table} ALTER COLUMN {column}");
        let on = format!("COLUMN {table}.{column}");
        let mut create = Vec::new();
        let target: i32 = row.get(2);
        if target >= 0 {
            create.push(format!("{alter} SET STATISTICS {target}"));
        }
        let options: Vec<String> = row.get(3);
        if !options.is_empty() {
            create.push(format!("{alter} SET ({})", options.join(", ")));
        }
        let (providers, labels): (Vec<String>, Vec<String>) = (row.get(5), row.get(6));
        for (provider, label) in providers.iter().zip(&labels) {
            let (provider, label) = (quoted(provider), literal(label));
            create.push(format!("SECURITY LABEL FOR {provider} ON {on} IS {label}"));
        }
        if create.is_empty() {
            continue;
        }
        let dependent = Dependent {
            kind: SITUATION.to_owned(),
            object: row.get(7),
            owner: row.get(4),
            create,
            ..Dependent::default()
        };
        walk.add(Vec::new(), dependent);
    }
    Ok(())
}
