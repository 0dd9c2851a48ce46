//! Event triggers: they run on the statements of the move.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "event-trigger",
    outcome: Outcome::Tell,
    sql: "
        SELECT pg_describe_object('pg_event_trigger'::regclass, trigger.oid, 0),
            'It runs on ' || trigger.evtevent || ', and so on statements of the move.'
        FROM pg_event_trigger AS trigger
        WHERE trigger.evtenabled <> 'D' AND EXISTS (SELECT FROM swap)
        ORDER BY 1",
};
