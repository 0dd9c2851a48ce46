//! Finds sequences that no column's default takes from: somebody's code draws the numbers.

use schema::{Column, Origin, Sequence, TypeKind};

use crate::{Context, Finding, Findings, Rule, Seen, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "manual-sequence",
    severity: Severity::Medium,
    summary: "a key's numbers are drawn from a sequence by code, not by the column's default",
    page: include_str!("../../../../docs/rules/manual-sequence.md"),
    check,
};

/// Sequences that mappers draw the keys of every table from.
const OF_MAPPERS: &[&str] = &["hibernate_sequence", "entityframeworkhilosequence"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for subject in &context.subjects {
        let loose: Vec<&Sequence> = {
            let all = subject.schema.sequences.iter();
            all.filter(|it| it.origin == Origin::Declared && it.owner.is_none())
                .collect()
        };
        if loose.is_empty() {
            continue;
        }
        for seen in subject.tables() {
            let key = seen
                .key_column()
                .filter(|column| is_bare_number(seen, column));
            let sequence = key.and_then(|column| {
                loose
                    .iter()
                    .find(|it| fills(it, seen, column))
                    .map(|it| (column, *it))
            });
            findings.extend(sequence.map(|(column, it)| finding(seen, column, it)));
        }
    }
}

/// A number without a default, which refers to nothing.
fn is_bare_number(seen: Seen<'_>, column: &Column) -> bool {
    let number = matches!(
        seen.stored_type(column).kind,
        TypeKind::Integer { .. } | TypeKind::Decimal
    );
    number && column.default.is_none() && seen.table.references_of(&column.name).next().is_none()
}

/// Whether the sequence is named after the table, as people and mappers do.
fn fills(sequence: &Sequence, seen: Seen<'_>, column: &Column) -> bool {
    let name = sequence.name.name.to_ascii_lowercase();
    let table = seen.table.name.name.to_ascii_lowercase();
    let singular = table.strip_suffix('s').unwrap_or(&table);
    let key = column.name.to_ascii_lowercase();
    if OF_MAPPERS.contains(&name.as_str()) {
        return true;
    }
    let Some(stem) = name
        .strip_suffix("_seq")
        .or_else(|| name.strip_suffix("_sequence"))
    else {
        return name == format!("seq_{table}") || name == format!("seq_{singular}");
    };
    let stem = stem.strip_suffix(&format!("_{key}")).unwrap_or(stem);
    stem == table || stem == singular
}

fn finding(seen: Seen<'_>, column: &Column, sequence: &Sequence) -> Finding {
    let name = seen.declared(column);
    seen.finding(&RULE, column, "no default: who inserts draws the number")
        // Names tell that the two belong together; no declaration does.
        .at_most(crate::Confidence::Medium)
        .message(format!(
            "`{name}` has no default, and sequence `{}` belongs to no column: code draws its \
             numbers",
            sequence.name
        ))
        .breaks(format!(
            "An insert that brings a number of its own (an import, a fix by hand, a restored \
             backup) leaves `{}` behind, and later inserts fail on duplicate keys.",
            sequence.name
        ))
        .fix(
            "Let the application make a UUIDv7 where it draws the number now. To keep numbers, \
             make the column an identity: the database then owns the sequence, and dumps carry it.",
        )
        .related(seen.subject.place(sequence.span, "the sequence"))
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, sql};

    const NAME: &str = "manual-sequence";

    #[test]
    fn finds() {
        check(
            NAME,
            sql("CREATE SEQUENCE users_id_seq; CREATE SEQUENCE seq_order;
                CREATE TABLE users (id bigint PRIMARY KEY, x text);
                CREATE TABLE orders (id bigint PRIMARY KEY, x text);"),
            &["medium users.id", "medium orders.id"],
        );
        check(
            NAME,
            sql("CREATE SEQUENCE hibernate_sequence;
                CREATE TABLE a (id bigint PRIMARY KEY, x text);"),
            &["medium a.id"],
        );
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            sql(
                "CREATE SEQUENCE invoice_numbers; CREATE SEQUENCE b_seq; CREATE SEQUENCE c_id_seq;
                CREATE TABLE a (id bigint PRIMARY KEY, x text);
                CREATE TABLE b (id bigint PRIMARY KEY DEFAULT nextval('b_seq'), x text);
                CREATE TABLE c (id uuid PRIMARY KEY, x text);
                CREATE TABLE d (id bigserial PRIMARY KEY, x text);",
            ),
            &[],
        );
    }
}
