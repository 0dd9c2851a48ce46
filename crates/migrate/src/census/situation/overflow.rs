//! Sequences near their end: the move must finish before they reach it.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "overflow",
    outcome: Outcome::Tell,
    sql: "
        SELECT pg_describe_object('pg_class'::regclass, sequence.seqrelid, 0),
            'It has given out ' || round(used.part * 100) || ' % of what '
                || format_type(attribute.atttypid, attribute.atttypmod)
                || ' holds: the move must finish before it is at the end.'
        FROM swap
        JOIN pg_attribute AS attribute
            ON attribute.attrelid = swap.relid AND attribute.attnum = swap.attnum
        JOIN pg_depend AS owned
            ON owned.refclassid = 'pg_class'::regclass AND owned.refobjid = swap.relid
            AND owned.refobjsubid = swap.attnum AND owned.classid = owned.refclassid
            AND owned.deptype IN ('a', 'i')
        JOIN pg_sequence AS sequence ON sequence.seqrelid = owned.objid
        CROSS JOIN LATERAL (
            SELECT pg_sequence_last_value(sequence.seqrelid)::numeric / least(
                sequence.seqmax,
                CASE attribute.atttypid
                    WHEN 'int2'::regtype THEN 32767
                    WHEN 'int4'::regtype THEN 2147483647
                    ELSE 9223372036854775807
                END
            ) AS part
        ) AS used
        WHERE has_sequence_privilege(sequence.seqrelid, 'USAGE, SELECT')
            AND used.part > 0.8
        ORDER BY 1",
};
