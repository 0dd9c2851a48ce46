//! Keys, references and exclusions over a column that moves.

use super::graph::{Object, class};
use super::walk::Walk;
use super::{Dependent, Error};

/// Accounts for keys and references, which other steps move, and refuses what these cannot.
pub(super) async fn take(walk: &mut Walk<'_>) -> Result<(), Error> {
    let oids = walk.pending(class::CONSTRAINT);
    for held in load(walk, &oids).await? {
        walk.claim(Object::new(class::CONSTRAINT, held.oid));
        match held.kind.as_str() {
            "p" => add(walk, &held, "primary-key"),
            "u" => add(walk, &held, "unique"),
            // Since 18 a constraint of its own; its statement is part of the column's.
            "n" => {}
            "f" => reference(walk, &held),
            "x" => walk.refuse(
                "exclusion",
                held.object,
                "an exclusion constraint can be built neither concurrently nor unproven",
                "drop the constraint for the move, and create it in a maintenance window",
            ),
            "t" => walk.refuse(
                "constraint-trigger",
                held.object,
                "it is a constraint trigger whose columns cannot be exchanged",
                "drop the trigger for the move",
            ),
            other => {
                let reason = format!("it is a constraint of the unknown kind `{other}`");
                walk.refuse("unknown", held.object, reason, "drop the constraint");
            }
        }
    }
    Ok(())
}

struct Constraint {
    oid: u32,
    kind: String,
    object: String,
    /// Table and constraint, as they are written in an answer.
    name: String,
    owner: String,
    deferrable: bool,
    valid: bool,
    /// Pairs of which one column moves and the other does not, as text.
    torn: Vec<String>,
    temporal: bool,
}

async fn load(walk: &Walk<'_>, oids: &[u32]) -> Result<Vec<Constraint>, Error> {
    let sql = "-- census.constraints
        WITH swap AS (
            SELECT relid, attnum
            FROM unnest($2::oid[], $3::int2[]) AS swap(relid, attnum)
        )
        SELECT held.oid, held.contype::text,
            pg_describe_object('pg_constraint'::regclass, held.oid, 0),
            pg_get_userbyid(owner.relowner)::text, held.condeferrable,
            held.convalidated, held.contype <> 'x' AND held.conexclop IS NOT NULL,
            ARRAY(
                SELECT COALESCE(here.attname, '?') || ' refers to '
                    || held.confrelid::regclass::text || '.' || COALESCE(there.attname, '?')
                FROM unnest(held.conkey, held.confkey) AS pair(here, there)
                LEFT JOIN pg_attribute AS here
                    ON here.attrelid = held.conrelid AND here.attnum = pair.here
                LEFT JOIN pg_attribute AS there
                    ON there.attrelid = held.confrelid AND there.attnum = pair.there
                WHERE held.contype = 'f'
                    AND ((held.conrelid, pair.here) IN (SELECT relid, attnum FROM swap))
                        <> ((held.confrelid, pair.there) IN (SELECT relid, attnum FROM swap))
            ),
            held.conrelid::regclass::text || '.' || held.conname
        FROM pg_constraint AS held
        JOIN pg_class AS owner ON owner.oid = held.conrelid
        WHERE held.oid = ANY($1)
        ORDER BY held.oid";
    let (tables, attnums) = walk.columns();
    let rows = walk.client.query(sql, &[&oids, &tables, &attnums]).await?;
    let constraints = rows.iter().map(|row| Constraint {
        oid: row.get(0),
        kind: row.get(1),
        object: row.get(2),
        owner: row.get(3),
        deferrable: row.get(4),
        valid: row.get(5),
        temporal: row.get(6),
        torn: row.get(7),
        name: row.get(8),
    });
    Ok(constraints.collect())
}

fn reference(walk: &mut Walk<'_>, held: &Constraint) {
    if !held.torn.is_empty() {
        let reason = format!("only one side moves: {}", held.torn.join(", "));
        let next = "move both sides, or drop the reference";
        walk.refuse("unmoved-reference", &held.object, reason, next);
        return;
    }
    if !held.valid {
        let text = "the reference was never validated: rows may refer to nothing".to_owned();
        let values = vec![
            (
                "keep",
                "rows that refer to nothing get no reference; it stays unproven".to_owned(),
            ),
            (
                "validate",
                "refuse to finish while a row refers to nothing".to_owned(),
            ),
        ];
        walk.answer(
            ("unvalidated-reference", &held.name),
            &held.object,
            text,
            values,
        );
    }
    add(walk, held, "foreign-key");
}

fn add(walk: &mut Walk<'_>, held: &Constraint, kind: &str) {
    if held.temporal {
        let reason = "it forbids overlaps, which is an exclusion and cannot be built concurrently";
        walk.refuse(
            "exclusion",
            &held.object,
            reason,
            "drop the constraint for the move",
        );
        return;
    }
    if held.deferrable {
        let text = "It can be checked at the end of a transaction: a row may come before the row \
                    that it refers to.";
        walk.note("deferrable", &held.object, text);
    }
    let dependent = Dependent {
        kind: kind.to_owned(),
        object: held.object.clone(),
        owner: held.owner.clone(),
        ..Dependent::default()
    };
    walk.add(vec![Object::new(class::CONSTRAINT, held.oid)], dependent);
}
