//! Identity columns: they stay integers, and go on counting on the old column.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "identity",
    outcome: Outcome::Tell,
    sql: "
        SELECT pg_describe_object('pg_class'::regclass, swap.relid, swap.attnum),
            'It is GENERATED ' || CASE attribute.attidentity WHEN 'a' THEN 'ALWAYS'
                ELSE 'BY DEFAULT' END || ' AS IDENTITY, and goes on counting on the old column.'
        FROM swap
        JOIN pg_attribute AS attribute
            ON attribute.attrelid = swap.relid AND attribute.attnum = swap.attnum
        WHERE attribute.attidentity <> ''
        ORDER BY 1",
};
