//! Finds primary keys that mean something, and that change when what they mean does.

use schema::{Column, TypeKind};

use crate::{Confidence, Context, Finding, Findings, Rule, Seen, Severity, names};

pub(crate) const RULE: Rule = Rule {
    name: "natural-key",
    severity: Severity::Medium,
    summary: "the primary key is a fact about the row, which may change or be erased",
    page: include_str!("../../../../docs/rules/natural-key.md"),
    check,
};

/// Last words of names that say what a person can be reached or known by: laws ask to erase them.
const PERSONAL: &[&str] = &[
    "email",
    "mail",
    "phone",
    "telephone",
    "mobile",
    "ssn",
    "passport",
];

/// Last words of names of facts that people change.
const CHANGING: &[&str] = &[
    "username", "login", "nickname", "handle", "slug", "name", "title", "url", "domain",
    "hostname", "path", "label", "address", "plate",
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        let own = seen.key_column().filter(|column| is_own_fact(seen, column));
        findings.extend(own.and_then(|column| finding(seen, column)));
    }
}

/// Text that was chosen by nobody's generator and that refers to nothing.
fn is_own_fact(seen: Seen<'_>, column: &Column) -> bool {
    let is_text = matches!(seen.stored_type(column).kind, TypeKind::Text { .. });
    is_text && column.default.is_none() && seen.table.references_of(&column.name).next().is_none()
}

/// What is known about a fact by its name.
enum Fact {
    Personal,
    Changing,
}

fn fact(column: &Column) -> Option<Fact> {
    let words = names::words(&column.name);
    let last = words.last()?.as_str();
    if PERSONAL.contains(&last) || words.iter().any(|word| word == "email") {
        return Some(Fact::Personal);
    }
    CHANGING.contains(&last).then_some(Fact::Changing)
}

/// Names of settings, flags and the like do not change: code asks for them by that name.
fn is_register(seen: Seen<'_>) -> bool {
    let words = names::words(&seen.table.name.name);
    let registers = [
        "setting",
        "settings",
        "config",
        "configs",
        "configuration",
        "option",
        "options",
        "flag",
        "flags",
        "feature",
        "features",
        "enum",
        "enums",
        "parameter",
        "parameters",
        "cache",
        "lock",
        "locks",
        "migration",
        "migrations",
        "role",
        "roles",
        "permission",
        "permissions",
        "counter",
        "counters",
        "metadata",
        "property",
        "properties",
        "variable",
        "variables",
    ];
    words.iter().any(|word| registers.contains(&word.as_str()))
}

fn finding(seen: Seen<'_>, column: &Column) -> Option<Finding> {
    let fact = fact(column)?;
    let dependents = seen.dependents(column);
    let name = seen.declared(column);
    let copies = match dependents.len() {
        0 => "logs, URLs and caches".to_owned(),
        1 => format!("`{}`, logs and URLs", dependents[0]),
        many => format!("{many} columns of other tables, logs and URLs"),
    };
    let (severity, breaks) = match fact {
        Fact::Personal => (
            if dependents.is_empty() {
                Severity::Medium
            } else {
                Severity::High
            },
            format!(
                "When the person changes or erases it, the row becomes another row: it has to be \
                 rewritten wherever it was copied to ({copies})."
            ),
        ),
        Fact::Changing if is_register(seen) => return None,
        Fact::Changing => (
            if dependents.is_empty() {
                Severity::Low
            } else {
                Severity::Medium
            },
            format!(
                "When it changes, the row becomes another row: it has to be rewritten wherever it \
                 was copied to ({copies})."
            ),
        ),
    };
    let mut finding = seen
        .finding(&RULE, column, "a fact about the row")
        .severity(severity)
        .at_most(Confidence::Medium)
        .message(format!(
            "`{name}` is the primary key, and a fact that may change"
        ))
        .breaks(breaks)
        .fix(format!(
            "Give the table a UUIDv7 key, let other tables refer to that, and keep `{name}` as a \
             unique column."
        ));
    finding.facts.dependents = dependents;
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, prisma, sql};

    const NAME: &str = "natural-key";

    #[test]
    fn finds() {
        check(
            NAME,
            sql("CREATE TABLE users (email text PRIMARY KEY, x text);
                CREATE TABLE posts (id uuid PRIMARY KEY, author text REFERENCES users, x text);
                CREATE TABLE pages (slug varchar(200) PRIMARY KEY, x text);"),
            &["high users.email", "low pages.slug"],
        );
        check(
            NAME,
            prisma(
                "model User {\n  userName String @id @map(\"username\")\n  posts Post[]\n}
model Post {\n  id String @id @default(uuid(7)) @db.Uuid\n  by String
  user User @relation(fields: [by], references: [userName])\n}",
            ),
            &["medium User.username"],
        );
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            sql(
                "CREATE TABLE countries (code char(2) PRIMARY KEY, name text);
                CREATE TABLE settings (name text PRIMARY KEY, value text);
                CREATE TABLE users (id uuid PRIMARY KEY, email text UNIQUE);
                CREATE TABLE user_mails (email text, user_id uuid REFERENCES users,
                    PRIMARY KEY (email, user_id));
                CREATE TABLE sessions (id text PRIMARY KEY, x text);",
            ),
            &[],
        );
    }
}
