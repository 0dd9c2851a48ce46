//! Unlogged tables: emptied by a crash, also in the middle of the move.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "unlogged",
    outcome: Outcome::Tell,
    sql: "
        SELECT DISTINCT pg_describe_object('pg_class'::regclass, owner.oid, 0),
            'It is unlogged: a crash of the server empties it, and its part of the move with it.'
        FROM swap JOIN pg_class AS owner ON owner.oid = swap.relid
        WHERE owner.relpersistence = 'u'
        ORDER BY 1",
};
