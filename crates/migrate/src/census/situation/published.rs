//! Tables that are published while somebody follows: subscribers need the columns first.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "published",
    outcome: Outcome::Ask(&[(
        "ready",
        "the subscribers have the new columns, or need not follow",
    )]),
    sql: "
        SELECT DISTINCT pg_describe_object('pg_class'::regclass, swap.relid, 0),
            'it is published by ' || published.pubname
                || ' and a logical slot of this database exists: subscribers need the new columns',
            swap.relid::regclass::text
        FROM swap
        JOIN pg_class AS owner ON owner.oid = swap.relid
        JOIN pg_namespace AS space ON space.oid = owner.relnamespace
        JOIN pg_publication_tables AS published
            ON published.schemaname = space.nspname AND published.tablename = owner.relname
        WHERE EXISTS (
            SELECT FROM pg_replication_slots AS slot
            WHERE slot.slot_type = 'logical' AND slot.database = current_database()
        )
        ORDER BY 1, 2",
};
