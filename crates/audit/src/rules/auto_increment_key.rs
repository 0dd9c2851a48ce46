//! Finds primary keys that the database counts upwards.

use schema::{Column, Dialect, Generator};

use crate::{Context, Finding, Findings, Role, Rule, Seen, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "auto-increment-key",
    severity: Severity::Critical,
    summary: "the primary key is a number that the database counts upwards",
    page: include_str!("../../../../docs/rules/auto-increment-key.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        // A reference that is a key as well, as in one-to-one tables, counts for nothing itself.
        let own = seen.key_column().filter(|column| column.is_sequential());
        if let Some(column) = own {
            findings.push(finding(seen, column));
        }
    }
}

fn finding(seen: Seen<'_>, column: &Column) -> Finding {
    let declared = seen.declared(column);
    let dependents = seen.dependents(column);
    let referred = match dependents.len() {
        0 => String::new(),
        1 => format!("; `{}` refers to it", dependents[0]),
        many => format!("; {many} columns refer to it"),
    };
    let (severity, breaks) = weight(seen, column);
    let mut finding = seen
        .finding(&RULE, column, maker(column))
        .severity(severity)
        .message(format!(
            "`{declared}` is counted upwards by the database{referred}"
        ))
        .breaks(breaks)
        .fix(fix(seen));
    for (from, reference) in seen.referrers().take(RELATED_MAX) {
        let place = from.subject.place(reference.span, "refers to it");
        finding = finding.related(place);
    }
    finding.facts.dependents = dependents;
    finding
}

/// The most references that are shown; their number is told in any case.
const RELATED_MAX: usize = 8;

fn maker(column: &Column) -> String {
    let default = column.default.as_ref();
    match default.map(|default| &default.generator) {
        Some(Generator::Serial) => "takes the next number of a sequence".to_owned(),
        Some(Generator::Identity { .. }) => "an identity column: the next number".to_owned(),
        Some(Generator::Sequence { name: Some(name) }) => format!("the next number of `{name}`"),
        _ => "the database counts".to_owned(),
    }
}

/// How bad it is here, and why.
fn weight(seen: Seen<'_>, column: &Column) -> (Severity, String) {
    let is_sequence = column
        .default
        .as_ref()
        .is_some_and(|it| matches!(it.generator, Generator::Sequence { .. }));
    let name = seen.table.declared_name();
    match (seen.role(), seen.subject.schema.dialect) {
        (Role::Join, _) => (
            Severity::Medium,
            format!(
                "Nothing refers to the number of a `{name}` row, so it only costs a sequence and \
                 an index, until two databases are merged and the numbers collide."
            ),
        ),
        (Role::Lookup, _) => (
            Severity::Medium,
            format!(
                "Each environment that fills `{name}` by itself numbers its rows differently, so \
                 that a number in code or in a fixture means another row elsewhere."
            ),
        ),
        (Role::Entity, Dialect::Sqlite) => (
            Severity::High,
            format!(
                "Two devices that write `{name}` offline choose the same numbers, so that their \
                 files cannot be merged."
            ),
        ),
        (Role::Entity, Dialect::CockroachDb) if !is_sequence => (
            Severity::Medium,
            format!(
                "`{name}` keys tell the time and the node of each insert, and exceed what \
                 JavaScript's numbers hold exactly (2^53)."
            ),
        ),
        (Role::Entity, _) => (
            Severity::Critical,
            format!(
                "A second writer (region, shard, merged or restored database) makes the same \
                 `{name}` keys, and anyone who sees one can count the rows and guess the others."
            ),
        ),
    }
}

fn fix(seen: Seen<'_>) -> String {
    let table = &seen.table.name.name;
    match (seen.role(), seen.subject.schema.dialect) {
        (Role::Join, _) => {
            "Make the two references the primary key and drop the number.".to_owned()
        }
        (Role::Lookup, _) => {
            "Refer to the code itself, or give each row a fixed UUID that the seed script names."
                .to_owned()
        }
        (_, Dialect::PostgreSql) => format!(
            "Let the application make a UUIDv7 before the insert. \
             `idshift migrate plan --table {table}` plans the move of the existing rows and of \
             every reference to them while the database stays online."
        ),
        _ => "Let the application make a UUIDv7 before the insert, add it as a second key column, \
              move the references, then drop the number."
            .to_owned(),
    }
}

/// How much this rule's finding about the column weighs; None if it finds nothing there.
pub(super) fn severity(seen: Seen<'_>, column: &Column) -> Option<Severity> {
    let is_key = seen.key_column().is_some_and(|key| key.name == column.name);
    (is_key && column.is_sequential()).then(|| weight(seen, column).0)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, found, prisma, script, sql};
    use schema::Dialect;

    const NAME: &str = "auto-increment-key";

    #[test]
    fn finds() {
        check(
            NAME,
            prisma("model Event {\n  id Int @id @default(autoincrement())\n  name String\n}"),
            &["critical Event.id"],
        );
        check(
            NAME,
            sql("CREATE TABLE a (id bigserial PRIMARY KEY, x text);
                CREATE TABLE b (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, x text);
                CREATE SEQUENCE s;
                CREATE TABLE c (id bigint PRIMARY KEY DEFAULT nextval('s'), x text);"),
            &["critical a.id", "critical b.id", "critical c.id"],
        );
        check(
            NAME,
            script(
                Dialect::MySql,
                "CREATE TABLE a (id int unsigned AUTO_INCREMENT PRIMARY KEY, x text);",
            ),
            &["critical a.id"],
        );
        check(
            NAME,
            script(
                Dialect::Sqlite,
                "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);",
            ),
            &["high a.id"],
        );
    }

    #[test]
    fn weighs_tables_that_only_join_or_list_names_less() {
        check(
            NAME,
            sql(
                "CREATE TABLE users (id uuid PRIMARY KEY, name text, email text);
                CREATE TABLE tags (id serial PRIMARY KEY, name text);
                CREATE TABLE user_tags (id serial PRIMARY KEY,
                    user_id uuid REFERENCES users, tag_id int REFERENCES tags);",
            ),
            &["medium tags.id", "medium user_tags.id"],
        );
    }

    #[test]
    fn names_what_refers_to_it() {
        let drawn = sql("CREATE TABLE a (id serial PRIMARY KEY, x text);
            CREATE TABLE b (id uuid PRIMARY KEY, a_id int REFERENCES a, y text);
            CREATE TABLE c (id uuid PRIMARY KEY, a_id int REFERENCES a, y text);");
        let finding = found(NAME, drawn).remove(0);
        assert_eq!(finding.facts.dependents, ["b.a_id", "c.a_id"]);
        assert_eq!(finding.related.len(), 2);
        assert_eq!(
            finding.message,
            "`a.id` is counted upwards by the database; 2 columns refer to it"
        );
    }

    #[test]
    fn leaves_alone() {
        let none: &[&str] = &[];
        check(
            NAME,
            prisma("model A {\n  id String @id @default(uuid(7)) @db.Uuid\n}"),
            none,
        );
        // A number for people beside a key of another kind, and a key that is a reference.
        check(
            NAME,
            sql("CREATE TABLE a (id uuid PRIMARY KEY, number serial);
                CREATE TABLE b (a_number int PRIMARY KEY, x text);
                CREATE TABLE schema_migrations (id serial PRIMARY KEY, version text);"),
            none,
        );
    }
}
