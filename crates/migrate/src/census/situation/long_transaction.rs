//! Transactions that have been open for minutes: indexes and vacuum wait for them.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "long-transaction",
    outcome: Outcome::Tell,
    sql: "
        SELECT 'session ' || session.pid,
            'Its transaction has been open for '
                || round(extract(epoch FROM clock_timestamp() - session.xact_start))
                || ' s: building indexes waits for its end.'
        FROM pg_stat_activity AS session
        WHERE session.datname = current_database()
            AND session.pid <> pg_backend_pid()
            AND session.backend_type = 'client backend'
            AND session.xact_start < clock_timestamp() - interval '1 minute'
            AND EXISTS (SELECT FROM swap)
        ORDER BY session.pid",
};
