//! Logical replication slots: their consumers see keys of another type.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "logical-slot",
    outcome: Outcome::Tell,
    sql: "
        SELECT 'replication slot ' || slot.slot_name::text,
            'Whoever reads it through ' || slot.plugin::text
                || ' gets keys of another type from the cut-over on.'
        FROM pg_replication_slots AS slot
        WHERE slot.slot_type = 'logical' AND slot.database = current_database()
            AND EXISTS (SELECT FROM swap)
        ORDER BY 1",
};
