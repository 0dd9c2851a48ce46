//! Vacuum against wraparound: it does not yield to anybody who waits for the table.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "wraparound",
    outcome: Outcome::Tell,
    sql: "
        SELECT DISTINCT pg_describe_object('pg_class'::regclass, owner.oid, 0),
            'It is being vacuumed against wraparound: statements that need its locks wait for the '
                || 'end of that.'
        FROM swap
        JOIN pg_class AS owner ON owner.oid = swap.relid
        JOIN pg_locks AS lock
            ON lock.relation = owner.oid AND lock.locktype = 'relation' AND lock.granted
        JOIN pg_stat_activity AS session ON session.pid = lock.pid
        WHERE session.query LIKE 'autovacuum:%to prevent wraparound%'
        ORDER BY 1",
};
