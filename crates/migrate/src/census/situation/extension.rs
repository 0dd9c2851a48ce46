//! Tables that an extension owns: its scripts count on their columns.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "extension-table",
    outcome: Outcome::Refuse("leave the table out"),
    sql: "
        SELECT DISTINCT pg_describe_object('pg_class'::regclass, swap.relid, 0),
            'it belongs to the extension ' || extension.extname
        FROM swap
        JOIN pg_depend AS owned
            ON owned.classid = 'pg_class'::regclass AND owned.objid = swap.relid
            AND owned.deptype = 'e'
        JOIN pg_extension AS extension ON extension.oid = owned.refobjid
        ORDER BY 1",
};
