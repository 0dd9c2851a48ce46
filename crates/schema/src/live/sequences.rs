//! Reads sequences: whose they are, how far they have come and where they end.

use tokio_postgres::{Row, Transaction};

use super::names::name;
use super::{Error, NOWHERE, Reader, failed};
use crate::{Name, Origin, ProblemKind, Sequence};

const DOING: &str = "the sequences";

pub(super) async fn read(transaction: &Transaction<'_>, reader: &mut Reader) -> Result<(), Error> {
    let rows = transaction.query(SEQUENCES, &[&reader.namespaces]).await;
    let mut unseen = Vec::new();
    for row in rows.map_err(failed(DOING))? {
        let sequence = sequence(&row)?;
        if !row.try_get::<_, bool>(9).map_err(failed(DOING))? {
            unseen.push(sequence.name.to_string());
        }
        reader.schema.sequences.push(sequence);
    }
    if let Some(first) = unseen.first() {
        let message = format!(
            "read the position of {} sequences, `{first}` first: this role needs SELECT on them",
            unseen.len()
        );
        reader.note(ProblemKind::Denied, message);
    }
    Ok(())
}

fn sequence(row: &Row) -> Result<Sequence, Error> {
    let text = |index| row.try_get::<_, String>(index).map_err(failed(DOING));
    let number = |index| row.try_get(index).map_err(failed(DOING));
    let column: Option<String> = row.try_get(8).map_err(failed(DOING))?;
    let owner: Option<(Name, String)> = match column {
        Some(column) => Some((name(text(6)?, text(7)?), column)),
        None => None,
    };
    Ok(Sequence {
        name: name(text(0)?, text(1)?),
        origin: match owner {
            Some(_) => Origin::Implied,
            None => Origin::Declared,
        },
        owner,
        data_type: Some(text(2)?),
        last_value: number(3)?,
        max_value: number(4)?,
        increment: number(5)?,
        span: NOWHERE,
    })
}

const SEQUENCES: &str = "-- live.sequences
    SELECT
        n.nspname::text,
        c.relname::text,
        format_type(s.seqtypid, NULL),
        CASE WHEN seen.may THEN pg_sequence_last_value(c.oid) END,
        s.seqmax,
        s.seqincrement,
        tn.nspname::text,
        t.relname::text,
        a.attname::text,
        seen.may
    FROM pg_sequence s
    JOIN pg_class c ON c.oid = s.seqrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (
        SELECT has_sequence_privilege(c.oid, 'SELECT, USAGE')
            -- A standby has no files of these.
            AND NOT (pg_is_in_recovery() AND c.relpersistence <> 'p') AS may
    ) AS seen
    LEFT JOIN pg_depend d
        ON d.classid = 'pg_class'::regclass
        AND d.objid = c.oid
        AND d.refclassid = 'pg_class'::regclass
        AND d.refobjsubid > 0
        AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_class t ON t.oid = d.refobjid
    LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE c.relnamespace = ANY ($1)
        AND c.relpersistence <> 't'
        AND NOT EXISTS (
            SELECT FROM pg_depend e
            WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'
        )
    ORDER BY c.oid";
