//! Triggers of others that run when rows are filled in.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "backfill-trigger",
    outcome: Outcome::Tell,
    sql: "
        SELECT DISTINCT
            pg_describe_object('pg_trigger'::regclass, trigger.oid, 0),
            'It runs on UPDATE, and so on each row that is filled in, unless the role may set '
                || 'session_replication_role.'
        FROM swap JOIN pg_trigger AS trigger ON trigger.tgrelid = swap.relid
        WHERE NOT trigger.tgisinternal AND trigger.tgtype & 16 <> 0
            AND trigger.tgenabled IN ('O', 'A') AND trigger.tgattr::text = ''
        ORDER BY 1",
};
