//! Partitioned tables and their partitions: keys of the whole and of its parts at once.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "partitioned",
    outcome: Outcome::Refuse("leave the table out; its keys can be moved when it is rebuilt"),
    sql: "
        SELECT DISTINCT pg_describe_object('pg_class'::regclass, owner.oid, 0),
            'the key of a partitioned table must be made on every partition at once'
        FROM swap JOIN pg_class AS owner ON owner.oid = swap.relid
        WHERE owner.relkind = 'p' OR owner.relispartition
        ORDER BY 1",
};
