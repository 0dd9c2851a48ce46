//! Columns that hold whole rows of a table: its columns cannot change their types.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "row-type",
    outcome: Outcome::Refuse("store the key in place of the row, or drop the column"),
    sql: "
        SELECT DISTINCT
            pg_describe_object('pg_class'::regclass, used.attrelid,
                used.attnum),
            'it holds rows of ' || owner.oid::regclass::text
        FROM swap
        JOIN pg_class AS owner ON owner.oid = swap.relid
        JOIN pg_type AS row_type ON row_type.oid = owner.reltype
        JOIN pg_type AS held
            ON held.oid IN (row_type.oid, row_type.typarray)
            OR held.typbasetype IN (row_type.oid, row_type.typarray)
        JOIN pg_attribute AS used ON used.atttypid = held.oid
        JOIN pg_class AS holder
            ON holder.oid = used.attrelid AND holder.relkind IN ('r', 'p', 'm', 'f', 'c')
        WHERE NOT used.attisdropped
        ORDER BY 1",
};
