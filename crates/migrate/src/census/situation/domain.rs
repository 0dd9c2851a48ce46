//! Keys whose type is a domain: what the domain checks is not checked of a UUID.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "domain",
    outcome: Outcome::Ask(&[("bare", "the successor is a plain uuid, without its checks")]),
    sql: "
        SELECT pg_describe_object('pg_class'::regclass, swap.relid, swap.attnum),
            'its type is the domain ' || type.oid::regtype::text,
            swap.relid::regclass::text || '.' || attribute.attname
        FROM swap
        JOIN pg_attribute AS attribute
            ON attribute.attrelid = swap.relid AND attribute.attnum = swap.attnum
        JOIN pg_type AS type ON type.oid = attribute.atttypid
        WHERE type.typtype = 'd'
        ORDER BY 1",
};
