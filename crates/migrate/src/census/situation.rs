//! Situations that one question to the catalog finds: one file each, listed once.

mod backfill_trigger;
mod column_order;
mod domain;
mod event_trigger;
mod extension;
mod foreign_table;
mod identity;
mod inheritance;
mod logical_slot;
mod long_transaction;
mod no_key;
mod not_a_table;
mod other_database;
mod overflow;
mod partition_key;
mod partitioned;
mod prepared_transaction;
mod published;
mod row_type;
mod schema_privilege;
mod subscription;
mod table_owner;
mod temporary;
mod typed_table;
mod unlogged;
mod wraparound;

use super::Error;
use super::walk::Walk;

/// One situation.
struct Situation {
    /// Stable: `partitioned`, ...
    name: &'static str,
    /// What follows from it.
    outcome: Outcome,
    /// A query over `swap(relid, attnum)`, the columns that move: object and text of each
    /// case, and for a question the name under which it is answered.
    sql: &'static str,
}

/// What follows from a situation.
enum Outcome {
    /// Impossible; the text is the reason, this is what to do.
    Refuse(&'static str),
    /// Somebody decides; the text is the question, these are the answers.
    Ask(&'static [(&'static str, &'static str)]),
    /// Good to know; the text is a sentence.
    Tell,
}

const SITUATIONS: [Situation; 26] = [
    not_a_table::SITUATION,
    partition_key::SITUATION,
    partitioned::SITUATION,
    inheritance::SITUATION,
    typed_table::SITUATION,
    row_type::SITUATION,
    foreign_table::SITUATION,
    temporary::SITUATION,
    extension::SITUATION,
    table_owner::SITUATION,
    schema_privilege::SITUATION,
    domain::SITUATION,
    published::SITUATION,
    identity::SITUATION,
    overflow::SITUATION,
    no_key::SITUATION,
    unlogged::SITUATION,
    backfill_trigger::SITUATION,
    prepared_transaction::SITUATION,
    long_transaction::SITUATION,
    wraparound::SITUATION,
    logical_slot::SITUATION,
    subscription::SITUATION,
    event_trigger::SITUATION,
    other_database::SITUATION,
    column_order::SITUATION,
];

/// Looks for every situation.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let (tables, attnums) = walk.columns();
    for situation in &SITUATIONS {
        let sql = format!(
            "-- census.{}
            WITH swap AS (
                SELECT relid, attnum
                FROM unnest($1::oid[], $2::int2[]) AS swap(relid, attnum)
            )
            {}",
            situation.name, situation.sql
        );
        for row in walk.client.query(&sql, &[&tables, &attnums]).await? {
            let (object, text): (String, String) = (row.get(0), row.get(1));
            match situation.outcome {
                Outcome::Refuse(next) => walk.refuse(situation.name, object, text, next),
                Outcome::Tell => walk.note(situation.name, object, text),
                Outcome::Ask(values) => {
                    let values = values
                        .iter()
                        .map(|&(value, means)| (value, means.to_owned()));
                    let name: String = row.get(2);
                    walk.answer((situation.name, &name), &object, text, values.collect());
                }
            }
        }
    }
    Ok(())
}
