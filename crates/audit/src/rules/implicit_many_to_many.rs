//! Finds the join tables that Prisma makes by itself over keys that are counted upwards.

use schema::{Origin, Reference};

use crate::{Context, Finding, Findings, Kind, Rule, Seen, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "implicit-many-to-many",
    severity: Severity::Low,
    summary: "a join table that no file declares holds auto-increment keys",
    page: include_str!("../../../../docs/rules/implicit-many-to-many.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context
        .tables()
        .filter(|it| it.table.origin == Origin::Implied)
    {
        // One of the two ends is enough to move the table; the first counts as the cause.
        let numbered = seen
            .table
            .references
            .iter()
            .find(|it| is_numbered(seen, it));
        findings.extend(numbered.and_then(|reference| finding(seen, reference)));
    }
}

fn is_numbered(seen: Seen<'_>, reference: &Reference) -> bool {
    let target = seen.target(reference);
    let key = target.and_then(|target| Some((target, target.key_column()?)));
    key.is_some_and(|(target, key)| target.kind(key) == Kind::Sequential)
}

fn finding(seen: Seen<'_>, reference: &Reference) -> Option<Finding> {
    let target = seen.target(reference)?;
    let key = target.key_column()?;
    let table = &seen.table.name.name;
    let name = target.declared(key);
    let ends: Vec<&str> = seen
        .table
        .columns
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    let finding = seen
        .table_finding(&RULE, format!("makes the table `{table}`"))
        .message(format!(
            "the relation makes a table `{table}` ({}) that no file declares, with numbers of \
             `{name}`",
            ends.join(", ")
        ))
        .breaks(format!(
            "When the keys of `{}` move to UUIDs, `{table}` has to move in the same step under the \
             same names, and a search of the schema does not find it.",
            target.table.declared_name()
        ))
        .fix(format!(
            "It moves with `{name}`. If rows of the relation need a date or a role one day, write \
             the join table out as a model with `@@id` over both references first."
        ))
        .related(target.place(key, "the key that it holds"))
        .caused_by(target.object(key));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, found, prisma};

    const NAME: &str = "implicit-many-to-many";

    fn schema(id: &str) -> String {
        format!(
            "model Post {{\n  id {id}\n  tags Tag[]\n}}\n\
             model Tag {{\n  id {id}\n  posts Post[]\n}}"
        )
    }

    #[test]
    fn finds() {
        let text = schema("Int @id @default(autoincrement())");
        check(NAME, prisma(&text), &["low _PostToTag"]);
        let finding = found(NAME, prisma(&text)).remove(0);
        assert_eq!(finding.caused_by.as_deref(), Some("Post.id"));
    }

    #[test]
    fn leaves_alone() {
        let text = schema("String @id @default(uuid(7)) @db.Uuid");
        check(NAME, prisma(&text), &[]);
        let explicit = "model A {\n  id Int @id @default(autoincrement())\n  ab AB[]\n}\n\
            model AB {\n  aId Int @id\n  a A @relation(fields: [aId], references: [id])\n}";
        check(NAME, prisma(explicit), &[]);
    }
}
