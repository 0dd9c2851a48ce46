//! Finds columns that are too narrow or too wide for the identifiers that fill them.

use schema::{Column, Generator, TypeKind};

use crate::{Context, Finding, Findings, Rule, Seen, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "wrong-native-type",
    severity: Severity::High,
    summary: "a column's width does not fit the identifiers that its default makes",
    page: include_str!("../../../../docs/rules/wrong-native-type.md"),
    check,
};

/// A UUID: text with and without hyphens, and bytes.
const HYPHENATED: u32 = 36;
const SIMPLE: u32 = 32;
const BYTES: u32 = 16;

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        for column in &seen.table.columns {
            findings.extend(finding(seen, column));
        }
    }
}

/// What is made for the column, and how many characters of text that is.
fn made(column: &Column) -> Option<(&'static str, u32)> {
    match &column.default.as_ref()?.generator {
        Generator::Uuid { .. } => Some(("UUIDs", HYPHENATED)),
        Generator::Cuid { version: 1 } => Some(("CUIDs", 25)),
        Generator::Cuid { .. } => Some(("CUIDs of version 2", 24)),
        Generator::Ulid => Some(("ULIDs", 26)),
        Generator::Nanoid { length } => Some(("NanoIDs", length.unwrap_or(21))),
        _ => None,
    }
}

/// What is wrong with a width.
struct Wrong {
    severity: Severity,
    message: String,
    breaks: String,
    fix: String,
}

fn wrong(seen: Seen<'_>, column: &Column) -> Option<Wrong> {
    let (what, needs) = made(column)?;
    let declared = &column.data_type.declared;
    match seen.stored_type(column).kind {
        TypeKind::Text {
            length: Some(has), ..
        } if has < needs => Some(Wrong {
            severity: Severity::High,
            message: format!("holds {has} characters (`{declared}`), and {what} have {needs}"),
            breaks: if what == "UUIDs" && has == SIMPLE {
                "Every insert fails or, in a MySQL that is not strict, is cut short, unless \
                 something on the way takes the hyphens out."
                    .to_owned()
            } else {
                "Every insert fails or, in a MySQL that is not strict, is cut short, and the next \
                 row of the same first characters is refused as a duplicate."
                    .to_owned()
            },
            fix: format!("Make it {needs} characters wide, or better a native UUID."),
        }),
        TypeKind::Text {
            length: Some(has),
            fixed: true,
        } if has > needs => Some(Wrong {
            severity: Severity::Low,
            message: format!(
                "is padded to {has} characters (`{declared}`), and {what} have {needs}"
            ),
            breaks: "Each value is filled up with blanks, which some drivers return and others \
                     cut, so that the same id differs between two programs."
                .to_owned(),
            fix: format!("Make it {needs} characters wide, or better a native UUID."),
        }),
        TypeKind::Binary {
            length: Some(has), ..
        } if what == "UUIDs" && has != BYTES => Some(Wrong {
            severity: if has < BYTES {
                Severity::High
            } else {
                Severity::Low
            },
            message: format!("holds {has} bytes (`{declared}`), and a UUID has {BYTES}"),
            breaks: match has {
                HYPHENATED => "36 bytes are a UUID's text: it is compared by case, takes more \
                               than twice the room, and matches no column that holds the 16 bytes."
                    .to_owned(),
                ..BYTES => "Every insert fails or is cut short.".to_owned(),
                _ => "Values of other lengths are accepted, and fixed columns are filled with \
                      zeros, so that one id has two values."
                    .to_owned(),
            },
            fix: format!("Make it {BYTES} bytes: `BINARY({BYTES})`."),
        }),
        _ => None,
    }
}

fn finding(seen: Seen<'_>, column: &Column) -> Option<Finding> {
    let found = wrong(seen, column)?;
    let name = seen.declared(column);
    Some(
        seen.finding(&RULE, column, "the width does not fit")
            .severity(found.severity)
            .message(format!("`{name}` {}", found.message))
            .breaks(found.breaks)
            .fix(found.fix),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, prisma, sql};

    const NAME: &str = "wrong-native-type";

    fn mysql(field: &str) -> crate::Drawn {
        let datasource = "datasource db {\n  provider = \"mysql\"\n}";
        prisma(&format!("{datasource}\nmodel A {{\n  {field}\n}}"))
    }

    #[test]
    fn finds() {
        check(
            NAME,
            mysql("id String @id @default(uuid()) @db.Char(32)"),
            &["high A.id"],
        );
        check(
            NAME,
            mysql("id String @id @default(cuid()) @db.VarChar(20)"),
            &["high A.id"],
        );
        check(
            NAME,
            mysql("id String @id @default(nanoid(30)) @db.VarChar(21)"),
            &["high A.id"],
        );
        check(
            NAME,
            mysql("id String @id @default(ulid()) @db.Char(36)"),
            &["low A.id"],
        );
        check(
            NAME,
            mysql("id String @id @default(uuid()) @db.Char(40)"),
            &["low A.id"],
        );
        check(
            NAME,
            sql("CREATE TABLE a (id varchar(16) PRIMARY KEY DEFAULT gen_random_uuid());"),
            &["high a.id"],
        );
    }

    #[test]
    fn finds_bytes_of_another_width() {
        let mut drawn =
            mysql("id Bytes @id @default(dbgenerated(\"(uuid_to_bin(uuid()))\")) @db.Binary(36)");
        check(NAME, drawn.clone(), &["low A.id"]);
        drawn =
            mysql("id Bytes @id @default(dbgenerated(\"(uuid_to_bin(uuid()))\")) @db.Binary(12)");
        check(NAME, drawn, &["high A.id"]);
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            mysql("id String @id @default(uuid()) @db.Char(36)"),
            &[],
        );
        check(
            NAME,
            mysql("id String @id @default(uuid()) @db.VarChar(64)"),
            &[],
        );
        check(
            NAME,
            mysql("id String @id @default(nanoid()) @db.VarChar(21)"),
            &[],
        );
        check(NAME, mysql("id String @id @default(cuid())"), &[]);
        check(
            NAME,
            mysql("id Bytes @id @default(dbgenerated(\"(uuid_to_bin(uuid()))\")) @db.Binary(16)"),
            &[],
        );
        check(NAME, sql("CREATE TABLE a (code char(2) PRIMARY KEY);"), &[]);
    }
}
