//! Reads keys, unique constraints and references.

use std::collections::HashMap;

use tokio_postgres::{Row, Transaction};

use super::names::name;
use super::{Error, NOWHERE, Reader, failed};
use crate::{Action, Key, Reference};

const DOING: &str = "the constraints";

/// How deep partitions are followed; each level is a table of its own.
const PARTITION_LEVELS_MAX: usize = 64;

pub(super) async fn read(transaction: &Transaction<'_>, reader: &mut Reader) -> Result<(), Error> {
    let rows = transaction.query(CONSTRAINTS, &[&reader.oids()]).await;
    let rows = rows.map_err(failed(DOING))?;
    let mut origins = HashMap::new();
    for row in &rows {
        let origin = Origin::of(row)?;
        origins.insert(origin.oid, origin);
    }
    for row in &rows {
        let origin = Origin::of(row)?;
        let Some(&place) = reader.places.get(&origin.table) else {
            continue;
        };
        let text = |index| row.try_get::<_, String>(index).map_err(failed(DOING));
        let key = || -> Result<Key, Error> {
            Ok(Key {
                name: Some(text(2)?),
                columns: row.try_get(4).map_err(failed(DOING))?,
                span: NOWHERE,
            })
        };
        let table = &mut reader.schema.tables[place];
        match text(3)?.as_str() {
            "p" => table.primary_key = Some(key()?),
            "u" => table.uniques.push(key()?),
            _ if is_declared(origin, &origins) => table.references.push(reference(row)?),
            _ => {}
        }
    }
    Ok(())
}

/// Which constraint it is, and of which it is a copy.
#[derive(Clone, Copy)]
struct Origin {
    oid: u32,
    table: u32,
    target: u32,
    /// 0 if it is no copy.
    parent: u32,
}

impl Origin {
    fn of(row: &Row) -> Result<Self, Error> {
        let number = |index| row.try_get::<_, u32>(index).map_err(failed(DOING));
        Ok(Self {
            oid: number(0)?,
            table: number(1)?,
            target: number(11)?,
            parent: number(10)?,
        })
    }
}

/// A reference to a partitioned table has a copy for each partition there, which nobody declared.
/// The copies that a partition has of its parent's references are its own.
fn is_declared(origin: Origin, all: &HashMap<u32, Origin>) -> bool {
    let mut below = origin;
    for _ in 0..PARTITION_LEVELS_MAX {
        let Some(above) = all.get(&below.parent) else {
            break;
        };
        if above.table == below.table || above.target != below.target {
            return false;
        }
        below = *above;
    }
    true
}

fn reference(row: &Row) -> Result<Reference, Error> {
    let text = |index| row.try_get::<_, String>(index).map_err(failed(DOING));
    Ok(Reference {
        name: Some(text(2)?),
        columns: row.try_get(4).map_err(failed(DOING))?,
        table: name(text(5)?, text(6)?),
        target_columns: row.try_get(7).map_err(failed(DOING))?,
        on_delete: action(&text(8)?),
        on_update: action(&text(9)?),
        constraint: row.try_get(12).map_err(failed(DOING))?,
        span: NOWHERE,
    })
}

fn action(letter: &str) -> Action {
    match letter {
        "r" => Action::Restrict,
        "c" => Action::Cascade,
        "n" => Action::SetNull,
        "d" => Action::SetDefault,
        _ => Action::NoAction,
    }
}

const CONSTRAINTS: &str = "-- live.constraints
    SELECT
        k.oid,
        k.conrelid,
        k.conname::text,
        k.contype::text,
        ARRAY(
            SELECT a.attname::text
            FROM unnest(k.conkey) WITH ORDINALITY AS own (number, place)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = own.number
            ORDER BY own.place
        ),
        coalesce(n.nspname::text, ''),
        coalesce(c.relname::text, ''),
        ARRAY(
            SELECT a.attname::text
            FROM unnest(k.confkey) WITH ORDINALITY AS other (number, place)
            JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = other.number
            ORDER BY other.place
        ),
        k.confdeltype::text,
        k.confupdtype::text,
        k.conparentid,
        k.confrelid,
        -- From version 18 a reference may be declared and not held.
        coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
    FROM pg_constraint k
    LEFT JOIN pg_class c ON c.oid = k.confrelid
    LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.conrelid = ANY ($1) AND k.contype IN ('p', 'u', 'f')
    ORDER BY k.oid";
