//! Extensions through which other databases read tables: they leave no trace here.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "other-database",
    outcome: Outcome::Tell,
    sql: "
        SELECT 'extension ' || extension.extname,
            'Foreign tables over the tables that move, here or elsewhere, must be declared again.'
        FROM pg_extension AS extension
        WHERE extension.extname IN ('postgres_fdw', 'dblink') AND EXISTS (SELECT FROM swap)
        ORDER BY 1",
};
