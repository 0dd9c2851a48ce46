//! Tables without a key: rows cannot be told apart to be filled in batches.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "no-key",
    outcome: Outcome::Tell,
    sql: "
        SELECT DISTINCT pg_describe_object('pg_class'::regclass, swap.relid, 0),
            'It has no primary key and no unique key without NULL: rows are filled in by their '
                || 'place in the table.'
        FROM swap JOIN pg_class AS owner ON owner.oid = swap.relid
        WHERE owner.relkind = 'r' AND NOT EXISTS (
            SELECT FROM pg_index AS key
            WHERE key.indrelid = swap.relid AND key.indisunique AND key.indpred IS NULL
                AND key.indexprs IS NULL AND NOT EXISTS (
                    SELECT FROM pg_attribute AS attribute
                    WHERE attribute.attrelid = swap.relid AND NOT attribute.attnotnull
                        AND attribute.attnum = ANY(key.indkey::int2[])
                )
        )
        ORDER BY 1",
};
