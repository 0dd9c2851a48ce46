//! Finds pairs of columns that hold the keys of several tables: one names the table, one the row.

use schema::{Column, TypeKind};

use crate::{Confidence, Context, Finding, Findings, Kind, Rule, Seen, Severity, names};

pub(crate) const RULE: Rule = Rule {
    name: "polymorphic-reference",
    severity: Severity::Medium,
    summary: "two columns refer to any of several tables, so that no constraint can hold them",
    page: include_str!("../../../../docs/rules/polymorphic-reference.md"),
    check,
};

/// What pairs are called that can point at anything, beside words such as `commentable`.
const ROLES: &[&str] = &[
    "owner",
    "subject",
    "target",
    "resource",
    "entity",
    "object",
    "item",
    "source",
    "parent",
    "actor",
    "record",
    "model",
    "reference",
    "ref",
    "related",
    "context",
    "causer",
    "recipient",
    "sender",
    "attached",
    "content",
    "linked",
    "assignee",
    "reporter",
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        for id in &seen.table.columns {
            findings.extend(type_of(seen, id).map(|kind| finding(seen, id, kind)));
        }
    }
}

/// The column that says which table an id is of.
fn type_of<'a>(seen: Seen<'a>, id: &Column) -> Option<&'a Column> {
    let mut words = names::words(&id.name);
    if !matches!(words.pop()?.as_str(), "id" | "uuid")
        || seen.table.references_of(&id.name).next().is_some()
    {
        return None;
    }
    let role = words.last()?;
    let known = ROLES.contains(&role.as_str())
        || (role.len() > 5 && (role.ends_with("able") || role.ends_with("ible")));
    let stem = words.join("_");
    // Django says `content_type_id` and `object_id`.
    let wanted = [
        format!("{stem}_type"),
        format!("{stem}_kind"),
        format!("{stem}_model"),
    ];
    let is_type = |column: &&Column| {
        let name = names::snake(&column.name);
        let named = wanted.contains(&name) || (stem == "object" && name == "content_type_id");
        named
            && matches!(
                column.data_type.kind,
                TypeKind::Text { .. } | TypeKind::Enum | TypeKind::Other | TypeKind::Integer { .. }
            )
    };
    known.then(|| seen.table.columns.iter().find(is_type))?
}

fn finding(seen: Seen<'_>, id: &Column, kind: &Column) -> Finding {
    let (name, of) = (seen.declared(id), seen.declared(kind));
    let numbers = matches!(seen.kind(id), Kind::Integer | Kind::Sequential);
    let breaks = if numbers {
        "A wrong type still finds a row, because each table has a row 1001; a deleted target \
         leaves its rows behind, and changing one target's keys to UUIDs needs a second column \
         here."
    } else {
        "A deleted target leaves its rows behind, a type that is misspelt or renamed finds \
         nothing, and no database notices either."
    };
    seen.finding(&RULE, id, "which row")
        .at_most(Confidence::Medium)
        .message(format!(
            "`{name}` holds keys of several tables, and `{of}` says of which"
        ))
        .breaks(breaks)
        .fix(
            "With few targets: a nullable column with a foreign key for each, and a CHECK that one \
             is set. With many: a table that all targets refer to, and one reference to it. Until \
             then, a job that counts the rows without a target.",
        )
        .related(seen.place(kind, "which table"))
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, found, prisma, sql};

    const NAME: &str = "polymorphic-reference";

    #[test]
    fn finds() {
        check(
            NAME,
            sql(
                "CREATE TABLE comments (id uuid PRIMARY KEY, commentable_type text, \
                 commentable_id bigint);",
            ),
            &["medium comments.commentable_id"],
        );
        check(
            NAME,
            prisma(
                "enum Kind {\n  A\n  B\n}\nmodel Role {\n  id Int @id\n  resourceType Kind\n  \
                 resourceId String\n}",
            ),
            &["medium Role.resourceId"],
        );
        check(
            NAME,
            sql("CREATE TABLE tags (id uuid PRIMARY KEY, content_type_id int, object_id int);"),
            &["medium tags.object_id"],
        );
    }

    #[test]
    fn numbers_are_told_to_be_worse() {
        let drawn = |id: &str| {
            sql(&format!(
                "CREATE TABLE t (id uuid PRIMARY KEY, owner_type text, owner_id {id});"
            ))
        };
        assert!(found(NAME, drawn("int"))[0].breaks.contains("1001"));
        assert!(!found(NAME, drawn("uuid"))[0].breaks.contains("1001"));
    }

    #[test]
    fn leaves_alone() {
        // A held reference with a type of its own, the type of a thing, a document of a person.
        check(
            NAME,
            sql("CREATE TABLE users (id uuid PRIMARY KEY, name text);
                CREATE TABLE a (id uuid PRIMARY KEY, owner_id uuid REFERENCES users,
                    owner_type text);
                CREATE TABLE b (id uuid PRIMARY KEY, event_type text, event_id uuid);
                CREATE TABLE c (id uuid PRIMARY KEY, document_type text, document_id text);"),
            &[],
        );
    }
}
