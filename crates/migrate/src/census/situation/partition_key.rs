//! Columns by which a table is partitioned: ranges of integers mean nothing to UUIDs.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "partition-key",
    outcome: Outcome::Refuse("partition by a time, or by ranges of UUIDv7, before the move"),
    sql: "
        SELECT pg_describe_object('pg_class'::regclass, swap.relid, swap.attnum),
            'the table is partitioned by it: '
                || pg_get_partkeydef(swap.relid)
        FROM swap JOIN pg_partitioned_table AS parted ON parted.partrelid = swap.relid
        WHERE swap.attnum = ANY(parted.partattrs::int2[])
            OR EXISTS (
                SELECT FROM pg_depend AS used
                WHERE used.classid = 'pg_class'::regclass AND used.objid = swap.relid
                    AND used.objsubid = swap.attnum AND used.refobjid = swap.relid
                    AND used.refclassid = used.classid AND used.refobjsubid = 0
                    AND used.deptype = 'i'
            )
        ORDER BY 1",
};
