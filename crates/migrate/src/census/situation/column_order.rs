//! Where the successor stands: after all other columns.

use super::{Outcome, Situation};

pub(super) const SITUATION: Situation = Situation {
    name: "column-order",
    outcome: Outcome::Tell,
    sql: "
        SELECT 'every table that moves',
            'Its new column is the last one: INSERT and COPY without a list of columns, and '
                || 'readers of SELECT * by place, must name the columns. Statements that were '
                || 'prepared before the cut-over must be prepared again.'
        WHERE EXISTS (SELECT FROM swap)",
};
