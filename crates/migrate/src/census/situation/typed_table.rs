//! Tables of a type: they have its columns and no others.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "typed-table",
    outcome: Outcome::Refuse("turn it into an ordinary table with ALTER TABLE ... NOT OF"),
    sql: "
        SELECT DISTINCT pg_describe_object('pg_class'::regclass, owner.oid, 0),
            'it is a table of the type ' || owner.reloftype::regtype::text
                || ', which has no place for another column'
        FROM swap JOIN pg_class AS owner ON owner.oid = swap.relid
        WHERE owner.reloftype <> 0
        ORDER BY 1",
};
