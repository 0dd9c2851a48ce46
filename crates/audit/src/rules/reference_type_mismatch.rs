//! Finds references whose column has another type than the key that it holds.

use schema::{Column, Reference, Type, TypeKind};

use crate::{Context, Finding, Findings, Rule, Seen, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "reference-type-mismatch",
    severity: Severity::High,
    summary: "a reference has another type than the key that it holds",
    page: include_str!("../../../../docs/rules/reference-type-mismatch.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        for reference in &seen.table.references {
            let Some(target) = seen.target(reference) else {
                continue;
            };
            for (own, other) in reference.columns.iter().zip(&reference.target_columns) {
                let columns = (seen.table.column(own), target.table.column(other));
                if let (Some(own), Some(other)) = columns {
                    findings.extend(finding(seen, own, target, other, reference));
                }
            }
        }
    }
}

/// How two types differ.
enum Mismatch {
    /// They hold different things.
    Kind,
    /// The reference is too narrow for some keys.
    Narrow,
}

fn mismatch(own: &Type, other: &Type) -> Option<Mismatch> {
    use TypeKind::{Binary, Integer, Text};
    if own.list {
        return None;
    }
    match (own.kind, other.kind) {
        (TypeKind::Other, _) | (_, TypeKind::Other) => None,
        (
            Integer { bits, unsigned },
            Integer {
                bits: wide,
                unsigned: positive,
            },
        ) => {
            // A signed number of the same width lacks the upper half of an unsigned one.
            let holds = |bits: u8, unsigned: bool| u32::from(bits) * 2 + u32::from(unsigned);
            (holds(bits, unsigned) < holds(wide, positive)).then_some(Mismatch::Narrow)
        }
        (Text { length, .. }, Text { length: other, .. })
        | (Binary { length, .. }, Binary { length: other, .. }) => match (length, other) {
            (Some(own), Some(other)) if own < other => Some(Mismatch::Narrow),
            // Under the shortest text of a UUID nothing fits that the key may hold.
            (Some(own), None) if own < 32 => Some(Mismatch::Narrow),
            _ => None,
        },
        (own, other) => {
            let same = std::mem::discriminant(&own) == std::mem::discriminant(&other);
            (!same).then_some(Mismatch::Kind)
        }
    }
}

fn finding<'a>(
    seen: Seen<'a>,
    own: &'a Column,
    target: Seen<'a>,
    other: &'a Column,
    reference: &Reference,
) -> Option<Finding> {
    let mismatch = mismatch(seen.stored_type(own), target.stored_type(other))?;
    let (name, key) = (seen.declared(own), target.declared(other));
    let (own_type, key_type) = (&own.data_type.declared, &other.data_type.declared);
    let breaks = match mismatch {
        Mismatch::Narrow => format!(
            "The first `{key}` that `{own_type}` cannot hold has no rows that refer to it: each \
             insert of one fails, and no test sees it coming."
        ),
        Mismatch::Kind if reference.constraint => format!(
            "Databases that check types refuse the constraint; the others compare `{own_type}` \
             with `{key_type}` by converting every row, past any index."
        ),
        Mismatch::Kind => "No database can hold this reference, and every join \
            converts one side row by row, past its index, where it does not fail."
            .to_owned(),
    };
    let finding = seen
        .finding(&RULE, own, format!("`{own_type}` here"))
        .message(format!(
            "`{name}` is `{own_type}`, but the key that it holds, `{key}`, is `{key_type}`"
        ))
        .breaks(breaks)
        .fix(format!(
            "Declare `{name}` as `{key_type}`, in the same migration as any change of `{key}`."
        ))
        .related(target.place(other, format!("`{key_type}` there")));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, prisma, script, sql};
    use schema::Dialect;

    const NAME: &str = "reference-type-mismatch";

    #[test]
    fn finds() {
        check(
            NAME,
            sql("CREATE TABLE a (id bigint PRIMARY KEY, x text);
                CREATE TABLE b (id uuid PRIMARY KEY, a_id int REFERENCES a);
                CREATE TABLE c (id varchar(36) PRIMARY KEY, x text);
                CREATE TABLE d (id uuid PRIMARY KEY, c_id varchar(20) REFERENCES c);"),
            &["high b.a_id", "high d.c_id"],
        );
        check(
            NAME,
            prisma(
                "model A {\n  id String @id @db.Uuid\n  b B[]\n}\nmodel B {\n  id String @id\n  \
                 aId String\n  a A @relation(fields: [aId], references: [id])\n}",
            ),
            &["high B.aId"],
        );
        check(
            NAME,
            script(
                Dialect::MySql,
                "CREATE TABLE a (id int unsigned PRIMARY KEY);
                CREATE TABLE b (id int PRIMARY KEY, a_id int,
                    FOREIGN KEY (a_id) REFERENCES a (id));",
            ),
            &["high b.a_id"],
        );
    }

    #[test]
    fn leaves_alone() {
        // A wider reference holds every key; domains are what they rest on.
        check(
            NAME,
            sql("CREATE DOMAIN key AS uuid;
                CREATE TABLE a (id int PRIMARY KEY, k key UNIQUE, c varchar(36) UNIQUE);
                CREATE TABLE b (id uuid PRIMARY KEY, a_id bigint REFERENCES a,
                    a_k uuid REFERENCES a (k), a_c text REFERENCES a (c));"),
            &[],
        );
    }
}
