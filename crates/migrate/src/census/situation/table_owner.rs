//! Tables of other roles: only their owner may add a column.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "table-owner",
    outcome: Outcome::Refuse("run as a member of the role that owns it, or as a superuser"),
    sql: "
        SELECT DISTINCT pg_describe_object('pg_class'::regclass, owner.oid, 0),
            'it belongs to the role `' || pg_get_userbyid(owner.relowner)
                || '`, of which we are no member'
        FROM swap JOIN pg_class AS owner ON owner.oid = swap.relid
        WHERE NOT pg_has_role(owner.relowner, 'USAGE')
        ORDER BY 1",
};
