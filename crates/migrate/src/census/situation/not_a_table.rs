//! Views and other relations: they have no rows of their own.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "not-a-table",
    outcome: Outcome::Refuse("name the table that the rows come from"),
    sql: "
        SELECT DISTINCT pg_describe_object('pg_class'::regclass, owner.oid, 0), 'it is no table'
        FROM swap JOIN pg_class AS owner ON owner.oid = swap.relid
        WHERE owner.relkind NOT IN ('r', 'p', 'f')
        ORDER BY 1",
};
