//! Prepared transactions: they hold their locks until somebody ends them.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "prepared-transaction",
    outcome: Outcome::Tell,
    sql: "
        SELECT 'prepared transaction ' || prepared.gid,
            'It has waited since ' || to_char(prepared.prepared AT TIME ZONE 'UTC',
                'YYYY-MM-DD HH24:MI:SS') || ' UTC: what it has locked stays locked until it ends.'
        FROM pg_prepared_xacts AS prepared
        WHERE prepared.database = current_database() AND EXISTS (SELECT FROM swap)
        ORDER BY 1",
};
