//! What is done without a tool: ten steps in one transaction.

use std::time::{Duration, Instant};

use super::data::{Database, LARGE};
use crate::Result;

/// Runs the script; how long it took.
pub(super) fn run(database: &mut Database) -> Result<Duration> {
    let begun = Instant::now();
    database.client.batch_execute(&sql())?;
    Ok(begun.elapsed())
}

/// The first statement locks the table, and the last one lets it go.
fn sql() -> String {
    format!(
        "BEGIN;
        -- 1. columns
        ALTER TABLE {LARGE} ADD COLUMN uuid_id uuid;
        ALTER TABLE order_lines ADD COLUMN uuid_order_id uuid;
        -- 2. keys: version 4
        UPDATE {LARGE} SET uuid_id = gen_random_uuid();
        -- 3. a table of old and new
        CREATE TEMPORARY TABLE orders_map ON COMMIT DROP AS SELECT id, uuid_id FROM {LARGE};
        -- 4. references
        UPDATE order_lines l SET uuid_order_id = m.uuid_id FROM orders_map m
        WHERE m.id = l.order_id;
        -- 5. not null
        ALTER TABLE {LARGE} ALTER COLUMN uuid_id SET NOT NULL;
        ALTER TABLE order_lines ALTER COLUMN uuid_order_id SET NOT NULL;
        -- 6. old constraints
        ALTER TABLE order_lines DROP CONSTRAINT order_lines_order_id_fkey;
        ALTER TABLE {LARGE} DROP CONSTRAINT orders_pkey;
        -- 7. new constraints
        ALTER TABLE {LARGE} ADD CONSTRAINT orders_pkey PRIMARY KEY (uuid_id);
        ALTER TABLE order_lines ADD CONSTRAINT order_lines_order_id_fkey
            FOREIGN KEY (uuid_order_id) REFERENCES {LARGE} (uuid_id);
        -- 8. indexes
        CREATE INDEX order_lines_uuid_order ON order_lines (uuid_order_id);
        -- 9. old columns, and with them the index of the old reference
        ALTER TABLE order_lines DROP COLUMN order_id;
        ALTER TABLE {LARGE} DROP COLUMN id;
        -- 10. names
        ALTER TABLE {LARGE} RENAME COLUMN uuid_id TO id;
        ALTER TABLE order_lines RENAME COLUMN uuid_order_id TO order_id;
        ALTER INDEX order_lines_uuid_order RENAME TO order_lines_order;
        COMMIT"
    )
}
