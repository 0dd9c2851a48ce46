//! Finds Prisma fields that are filled with UUIDs and stored as text for want of `@db.Uuid`.

use schema::{Column, Dialect, Generator, Side, Span, TypeKind};

use crate::{Context, Edit, Finding, Findings, Rule, Seen, Severity, Subject};

pub(crate) const RULE: Rule = Rule {
    name: "string-uuid-without-native-type",
    severity: Severity::Medium,
    summary: "a Prisma `String @default(uuid())` without `@db.Uuid` becomes a text column",
    page: include_str!("../../../../docs/rules/string-uuid-without-native-type.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for subject in &context.subjects {
        let Some(attribute) = attribute(subject.schema.dialect) else {
            continue;
        };
        let attribute = format!("@{}.{attribute}", datasource(subject));
        for seen in subject.tables().filter(|seen| seen.table.model.is_some()) {
            let columns = seen.table.columns.iter();
            findings.extend(columns.filter_map(|column| finding(seen, column, &attribute)));
        }
    }
}

/// The attribute that makes the column native, without the name of the datasource.
fn attribute(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::PostgreSql | Dialect::CockroachDb => Some("Uuid"),
        Dialect::SqlServer => Some("UniqueIdentifier"),
        _ => None,
    }
}

/// Whether Prisma makes UUIDs for the column and stores them as plain text.
fn is_text_uuid(column: &Column) -> bool {
    let makes = column.default.as_ref().is_some_and(|default| {
        default.side == Side::Application && matches!(default.generator, Generator::Uuid { .. })
    });
    makes && is_plain_text(column)
}

fn is_plain_text(column: &Column) -> bool {
    let is_text = matches!(column.data_type.kind, TypeKind::Text { .. });
    is_text && !column.data_type.list && !column.data_type.declared.contains('@')
}

fn finding(seen: Seen<'_>, column: &Column, attribute: &str) -> Option<Finding> {
    let target = seen.root(column);
    let (decides, key) = target.unwrap_or((seen, column));
    if !is_text_uuid(key) || !is_plain_text(column) {
        return None;
    }
    let (name, dependents) = (seen.declared(column), seen.dependents(column));
    let referred = match dependents.len() {
        0 => String::new(),
        1 => format!("; `{}` has to change with it", dependents[0]),
        many => format!("; {many} columns that refer to it have to change with it"),
    };
    let mut finding = seen
        .finding(
            &RULE,
            column,
            format!("a text column without `{attribute}`"),
        )
        .message(match target {
            None => format!("`{name}` is filled with UUIDs and stored as text{referred}"),
            Some((decides, key)) => format!(
                "`{name}` refers to `{}`, whose UUIDs are stored as text",
                decides.declared(key)
            ),
        })
        .breaks(
            "Each UUID takes 37 bytes in the row and in every index instead of 16, anything that \
             is no UUID is accepted, and joins with native `uuid` columns need casts.",
        )
        .fix(format!(
            "Add `{attribute}`, here and in every field that refers to it. Prisma's own migration \
             would drop the column: make it with `--create-only` and write `ALTER COLUMN ... TYPE \
             uuid USING ...::uuid` instead."
        ))
        .edit(edit(seen, column, attribute));
    finding.facts.dependents = dependents;
    Some(match target {
        Some(_) => finding
            .severity(Severity::Low)
            .caused_by(decides.object(key)),
        None => finding,
    })
}

/// The attribute behind the field. It changes what Prisma generates next, and no data.
fn edit(seen: Seen<'_>, column: &Column, attribute: &str) -> Option<Edit> {
    let end = Span {
        start: column.span.end,
        ..column.span
    };
    seen.subject.edit(end, format!(" {attribute}"))
}

/// The name of the datasource, which native types begin with.
fn datasource<'a>(subject: &Subject<'a>) -> &'a str {
    let texts = subject.sources.iter().map(schema::Source::text);
    let mut lines = texts.flat_map(str::lines).map(str::trim_start);
    let name = lines.find_map(|line| {
        let (name, _) = line.strip_prefix("datasource ")?.split_once('{')?;
        Some(name.trim())
    });
    name.filter(|name| !name.is_empty()).unwrap_or("db")
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, found, prisma};

    const NAME: &str = "string-uuid-without-native-type";

    const TEXT: &str = "model A {
  id String @id @default(uuid()) // the key
  bs B[]
}
model B {
  id  String @id @default(uuid(7)) @db.Uuid
  aId String
  a   A      @relation(fields: [aId], references: [id])
}";

    #[test]
    fn finds() {
        check(NAME, prisma(TEXT), &["medium A.id", "low B.aId"]);
    }

    #[test]
    fn edits_make_a_schema_without_findings() {
        let mut text = TEXT.to_owned();
        let mut edits: Vec<_> = {
            let findings = found(NAME, prisma(TEXT)).into_iter();
            findings.map(|it| it.fix.edit.unwrap()).collect()
        };
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
        for edit in edits {
            text.replace_range(edit.span, &edit.replacement);
        }
        assert!(
            text.contains("@default(uuid()) @db.Uuid // the key"),
            "{text}"
        );
        check(NAME, prisma(&text), &[]);
    }

    #[test]
    fn takes_the_name_of_the_datasource() {
        let drawn = prisma(
            "datasource main {\n  provider = \"sqlserver\"\n}
model A {\n  id String @id @default(uuid())\n}",
        );
        let edit = found(NAME, drawn).remove(0).fix.edit.unwrap();
        assert_eq!(edit.replacement, " @main.UniqueIdentifier");
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            prisma(
                "model A {\n  id String @id @default(uuid()) @db.Uuid\n  x String\n}
model B {\n  id String @id @default(cuid())\n}",
            ),
            &[],
        );
        let mysql = "datasource db {\n  provider = \"mysql\"\n}
model A {\n  id String @id @default(uuid())\n}";
        check(NAME, prisma(mysql), &[]);
    }
}
