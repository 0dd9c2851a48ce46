//! Tables that inherit columns, or pass them on.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "inheritance",
    outcome: Outcome::Refuse("detach the child with NO INHERIT, or leave the table out"),
    sql: "
        SELECT DISTINCT pg_describe_object('pg_class'::regclass, swap.relid, 0),
            'columns are inherited: ' || link.inhrelid::regclass::text || ' is a child of '
                || link.inhparent::regclass::text
        FROM swap
        JOIN pg_inherits AS link ON swap.relid IN (link.inhrelid, link.inhparent)
        JOIN pg_class AS child ON child.oid = link.inhrelid
        WHERE NOT child.relispartition
        ORDER BY 1, 2",
};
