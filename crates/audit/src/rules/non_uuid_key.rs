//! Finds keys of other generators than UUIDs': text that databases have no type for.

use schema::{Column, Dialect, Generator, TypeKind};

use crate::{Confidence, Context, Finding, Findings, Rule, Seen, Severity, names};

pub(crate) const RULE: Rule = Rule {
    name: "non-uuid-key",
    severity: Severity::Low,
    summary: "the key is a CUID, ULID, NanoID or KSUID, stored as text",
    page: include_str!("../../../../docs/rules/non-uuid-key.md"),
    check,
};

/// A generator of identifiers that are no UUIDs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Cuid,
    Cuid2,
    Ulid,
    Nanoid,
    Ksuid,
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Self::Cuid => "CUID of version 1",
            Self::Cuid2 => "CUID of version 2",
            Self::Ulid => "ULID",
            Self::Nanoid => "NanoID",
            Self::Ksuid => "KSUID",
        }
    }

    /// Whether two values may differ in nothing but the case of a letter.
    fn needs_case(self) -> bool {
        matches!(self, Self::Nanoid | Self::Ksuid)
    }
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        let Some(column) = seen.key_column().filter(|it| seen.root(it).is_none()) else {
            continue;
        };
        let form = declared(column).map(|form| (form, Confidence::High));
        let form = form.or_else(|| Some((by_width(seen, column)?, Confidence::Low)));
        findings
            .extend(form.map(|(form, confidence)| finding(seen, column, form).at_most(confidence)));
    }
}

fn declared(column: &Column) -> Option<Form> {
    match &column.default.as_ref()?.generator {
        Generator::Cuid { version: 1 } => Some(Form::Cuid),
        Generator::Cuid { .. } => Some(Form::Cuid2),
        Generator::Ulid => Some(Form::Ulid),
        Generator::Nanoid { .. } => Some(Form::Nanoid),
        _ => None,
    }
}

/// Of a key without a default, a width that only one generator has.
fn by_width(seen: Seen<'_>, column: &Column) -> Option<Form> {
    let is_id = names::words(&column.name)
        .last()
        .is_some_and(|word| word == "id");
    let TypeKind::Text {
        length: Some(length),
        fixed: true,
    } = seen.stored_type(column).kind
    else {
        return None;
    };
    match length {
        _ if !is_id || column.default.is_some() => None,
        25 => Some(Form::Cuid),
        26 => Some(Form::Ulid),
        27 => Some(Form::Ksuid),
        _ => None,
    }
}

fn finding(seen: Seen<'_>, column: &Column, form: Form) -> Finding {
    let name = seen.declared(column);
    let dialect = seen.subject.schema.dialect;
    // Their usual collations take `aB` and `Ab` for the same.
    let folds_case = matches!(dialect, Dialect::MySql | Dialect::SqlServer) && form.needs_case();
    let severity = match form {
        _ if folds_case => Severity::High,
        Form::Cuid => Severity::Medium,
        _ => RULE.severity,
    };
    let breaks = match form {
        _ if folds_case => {
            "The usual collation ignores case, so two ids that differ in case only \
             are one key: an insert fails, or a look-up returns somebody else's row."
        }
        Form::Cuid => {
            "Its author has deprecated it: 41 of its bits are random, the rest tells when and on \
             which machine it was made and counts upwards; and as text it takes 26 bytes in the \
             row and in every index instead of 16."
        }
        Form::Ulid => {
            "As text it takes 27 bytes in the row and in every index instead of 16, and \
             under a collation of a language its order is no longer that of time."
        }
        Form::Cuid2 | Form::Nanoid => {
            "It is random, so new rows fall anywhere in the index, and as text it is compared by \
             collation and takes 22 to 25 bytes instead of 16."
        }
        Form::Ksuid => {
            "As text it takes 28 bytes in the row and in every index instead of 16, and \
             its order is that of time only under a collation by bytes (`C`)."
        }
    };
    let mut finding = seen
        .finding(&RULE, column, form.name())
        .severity(severity)
        .message(format!("`{name}` is a {}, stored as text", form.name()))
        .breaks(breaks)
        .fix(fix(seen, form, folds_case));
    finding.facts.dependents = seen.dependents(column);
    finding
}

fn fix(seen: Seen<'_>, form: Form, folds_case: bool) -> String {
    if folds_case {
        let collation = match seen.subject.schema.dialect {
            Dialect::MySql => "utf8mb4_0900_bin",
            _ => "Latin1_General_BIN2",
        };
        return format!(
            "Give the column the collation `{collation}` now, and new tables UUIDv7 keys."
        );
    }
    match form {
        Form::Ulid => "A ULID is 128 bits, as a UUID is: `idshift id convert` turns one into the \
             other, so that the values stay and the column becomes 16 bytes."
            .to_owned(),
        _ => "Give new tables UUIDv7 keys in a native column. Existing keys may stay: they are \
             unique, and moving them is worth it only for what they take."
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, prisma, script, sql};
    use schema::Dialect;

    const NAME: &str = "non-uuid-key";

    #[test]
    fn finds() {
        let model = |default: &str| {
            prisma(&format!(
                "model A {{\n  id String @id @default({default})\n  x String\n}}"
            ))
        };
        check(NAME, model("cuid()"), &["medium A.id"]);
        check(NAME, model("cuid(2)"), &["low A.id"]);
        check(NAME, model("ulid()"), &["low A.id"]);
        check(NAME, model("nanoid()"), &["low A.id"]);
        check(
            NAME,
            sql("CREATE TABLE a (id char(26) PRIMARY KEY, x text);"),
            &["low a.id"],
        );
    }

    #[test]
    fn case_matters_where_the_collation_ignores_it() {
        let mysql = "datasource db {\n  provider = \"mysql\"\n}
model A {\n  id String @id @default(nanoid())\n}
model B {\n  id String @id @default(cuid(2))\n}";
        check(NAME, prisma(mysql), &["high A.id", "low B.id"]);
        let ksuid = script(Dialect::MySql, "CREATE TABLE a (id char(27) PRIMARY KEY);");
        check(NAME, ksuid, &["high a.id"]);
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            sql("CREATE TABLE a (id uuid PRIMARY KEY, ref char(26));
                CREATE TABLE b (code char(26) PRIMARY KEY);
                CREATE TABLE c (id char(26) PRIMARY KEY DEFAULT 'x');
                CREATE TABLE d (id varchar(255) PRIMARY KEY);"),
            &[],
        );
        check(
            NAME,
            prisma("model A {\n  id String @id @default(uuid(7)) @db.Uuid\n}"),
            &[],
        );
    }
}
