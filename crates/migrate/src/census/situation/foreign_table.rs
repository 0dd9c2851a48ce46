//! Foreign tables: their rows are of another database.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "foreign-table",
    outcome: Outcome::Refuse("move the key in the database that holds the table"),
    sql: "
        SELECT DISTINCT pg_describe_object('pg_class'::regclass, owner.oid, 0),
            'its rows are in another database'
        FROM swap JOIN pg_class AS owner ON owner.oid = swap.relid
        WHERE owner.relkind = 'f'
        ORDER BY 1",
};
