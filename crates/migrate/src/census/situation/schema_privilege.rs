//! Schemas in which nothing may be created: an index needs a place there.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "schema-privilege",
    outcome: Outcome::Refuse("GRANT CREATE ON SCHEMA to the role that runs the move"),
    sql: "
        SELECT DISTINCT 'schema ' || space.nspname,
            'its tables get indexes, and we may create none in it'
        FROM swap
        JOIN pg_class AS owner ON owner.oid = swap.relid
        JOIN pg_namespace AS space ON space.oid = owner.relnamespace
        WHERE NOT has_schema_privilege(space.oid, 'CREATE')
        ORDER BY 1",
};
