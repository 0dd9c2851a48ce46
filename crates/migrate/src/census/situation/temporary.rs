//! Temporary tables: gone before the move ends.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "temporary",
    outcome: Outcome::Refuse("leave the table out"),
    sql: "
        SELECT DISTINCT pg_describe_object('pg_class'::regclass, owner.oid, 0),
            'it goes with the session that made it'
        FROM swap JOIN pg_class AS owner ON owner.oid = swap.relid
        WHERE owner.relpersistence = 't'
        ORDER BY 1",
};
