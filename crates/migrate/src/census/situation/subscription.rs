//! Tables that a subscription fills: its rows come without the new values.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "subscription",
    outcome: Outcome::Tell,
    sql: "
        SELECT DISTINCT pg_describe_object('pg_class'::regclass, swap.relid, 0),
            'The subscription ' || subscription.subname
                || ' fills it: the sync triggers must be ENABLE ALWAYS.'
        FROM swap
        JOIN pg_subscription_rel AS filled ON filled.srrelid = swap.relid
        JOIN pg_subscription AS subscription ON subscription.oid = filled.srsubid
        ORDER BY 1, 2",
};
