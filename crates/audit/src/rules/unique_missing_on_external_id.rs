//! Finds other systems' identifiers that may be stored twice.

use schema::{Column, TypeKind};

use crate::{Confidence, Context, Finding, Findings, Rule, Seen, Severity, names};

pub(crate) const RULE: Rule = Rule {
    name: "unique-missing-on-external-id",
    severity: Severity::Medium,
    summary: "another system's id of a row may be stored twice",
    page: include_str!("../../../../docs/rules/unique-missing-on-external-id.md"),
    check,
};

/// Names that say "this row, as somebody else calls it".
const OF_THE_ROW: &[&str] = &[
    "external_id",
    "ext_id",
    "foreign_id",
    "remote_id",
    "idempotency_key",
    "dedup_key",
    "dedupe_key",
    "firebase_uid",
    "auth0_id",
    "clerk_id",
    "clerk_user_id",
    "supabase_user_id",
    "cognito_sub",
    "oauth_sub",
];

/// Systems whose ids people keep, as the first word of a name.
const SYSTEMS: &[&str] = &[
    "stripe",
    "paypal",
    "github",
    "gitlab",
    "google",
    "facebook",
    "apple",
    "twitter",
    "discord",
    "telegram",
    "slack",
    "shopify",
    "salesforce",
    "hubspot",
    "zendesk",
    "intercom",
    "twilio",
    "twitch",
    "spotify",
    "linkedin",
    "microsoft",
    "steam",
    "plaid",
    "paddle",
    "chargebee",
    "razorpay",
    "braintree",
    "adyen",
    "xero",
    "quickbooks",
    "mailchimp",
    "asana",
    "jira",
    "notion",
    "openai",
    "auth0",
    "clerk",
    "okta",
    "workos",
];

/// Words for whoever has an account: other systems call all of them users or customers.
const PERSONS: &[&str] = &[
    "user",
    "customer",
    "account",
    "member",
    "person",
    "profile",
    "team",
    "organization",
    "organisation",
    "org",
    "company",
    "workspace",
    "tenant",
    "player",
    "contact",
    "subscriber",
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        for column in &seen.table.columns {
            if is_of_the_row(seen, column) && !is_guarded(seen, &column.name) {
                findings.push(finding(seen, column));
            }
        }
    }
}

/// Whether the column names this very row, and not something that many rows belong to.
fn is_of_the_row(seen: Seen<'_>, column: &Column) -> bool {
    let kind = seen.stored_type(column).kind;
    let fits = matches!(
        kind,
        TypeKind::Text { .. } | TypeKind::Integer { .. } | TypeKind::Uuid
    );
    if !fits || column.data_type.list {
        return false;
    }
    let words = names::words(&column.name);
    if OF_THE_ROW.contains(&words.join("_").as_str()) {
        return !is_record_of_others(seen);
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let table = names::words(seen.table.declared_name());
    let Some(table) = table
        .last()
        .map(|word| word.strip_suffix('s').unwrap_or(word))
    else {
        return false;
    };
    match words.as_slice() {
        [system, "id"] => SYSTEMS.contains(system) && PERSONS.contains(&table),
        [system, middle @ .., "id"] if !middle.is_empty() && SYSTEMS.contains(system) => {
            let thing = middle[middle.len() - 1];
            thing == table || (PERSONS.contains(&thing) && PERSONS.contains(&table))
        }
        _ => false,
    }
}

/// Rows that tell what happened to other rows repeat those rows' ids.
fn is_record_of_others(seen: Seen<'_>) -> bool {
    let words = names::words(&seen.table.name.name);
    let records = [
        "event", "log", "history", "audit", "attempt", "snapshot", "archive",
    ];
    let names = |word: &String| records.contains(&word.strip_suffix('s').unwrap_or(word));
    words.iter().any(names)
}

/// Whether a key, a unique constraint or a unique index holds the column, alone or with others.
fn is_guarded(seen: Seen<'_>, name: &str) -> bool {
    let table = seen.table;
    let mut uniques = table.uniques.iter();
    let mut indexes = table.indexes.iter().filter(|index| index.unique);
    table.is_key(name)
        || table.references_of(name).next().is_some()
        || uniques.any(|key| key.columns.iter().any(|it| it == name))
        || indexes.any(|index| index.parts.iter().any(|part| holds(part, name)))
}

/// An expression such as `lower(external_id)` guards its column as well.
fn holds(part: &schema::IndexPart, name: &str) -> bool {
    match part {
        schema::IndexPart::Column(column) => column == name,
        schema::IndexPart::Expression(text) => text.contains(name),
    }
}

fn finding(seen: Seen<'_>, column: &Column) -> Finding {
    let name = seen.declared(column);
    // One that may be left out is often a note of the user's, which nobody looks up.
    let is_note = column.nullable && OF_THE_ROW.contains(&names::snake(&column.name).as_str());
    let (severity, confidence) = if is_note {
        (Severity::Low, Confidence::Low)
    } else {
        (RULE.severity, Confidence::Medium)
    };
    seen.finding(&RULE, column, "nothing keeps it unique")
        .severity(severity)
        // A name tells what the column is for.
        .at_most(confidence)
        .message(format!(
            "`{name}` is another system's id of the row, and no constraint keeps it unique"
        ))
        .breaks(
            "Two webhooks or retries that arrive together both find no row and both insert one; \
             from then on each look-up by it returns either.",
        )
        .fix(fix(seen, column))
}

fn fix(seen: Seen<'_>, column: &Column) -> String {
    let table = names::quoted(&seen.table.name.name);
    let field = column.declared_name();
    let tenant = seen.table.columns.iter().find(|it| {
        let name = names::snake(&it.name);
        [
            "tenant_id",
            "project_id",
            "organization_id",
            "workspace_id",
            "team_id",
            "account_id",
        ]
        .contains(&name.as_str())
    });
    match (&seen.table.model, tenant) {
        (Some(_), Some(tenant)) => format!(
            "Look for repeats, then add `@@unique([{}, {field}])` and insert with an upsert.",
            tenant.declared_name()
        ),
        (Some(_), None) => {
            "Look for repeats, then add `@unique` to it and insert with an upsert.".to_owned()
        }
        (None, tenant) => {
            let first = tenant.map_or(String::new(), |it| names::quoted(&it.name) + ", ");
            format!(
                "Look for repeats, then `CREATE UNIQUE INDEX ON {table} ({first}{})` and insert \
                 with `ON CONFLICT`.",
                names::quoted(&column.name)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, found, prisma, sql};

    const NAME: &str = "unique-missing-on-external-id";

    #[test]
    fn finds() {
        check(
            NAME,
            sql("CREATE TABLE users (id uuid PRIMARY KEY,
                    stripe_customer_id text, github_id bigint);
                CREATE TABLE orders (id uuid PRIMARY KEY, external_id text NOT NULL);
                CREATE TABLE notes (id uuid PRIMARY KEY, external_id text);"),
            &[
                "medium users.stripe_customer_id",
                "medium users.github_id",
                "medium orders.external_id",
                "low notes.external_id",
            ],
        );
        let drawn = prisma(
            "model Order {\n  id String @id @default(uuid(7)) @db.Uuid\n  projectId String @db.Uuid
  externalId String\n}",
        );
        let finding = found(NAME, drawn).remove(0);
        assert!(
            finding
                .fix
                .text
                .contains("@@unique([projectId, externalId])"),
            "{finding:?}"
        );
    }

    #[test]
    fn leaves_alone() {
        check(
            NAME,
            sql(
                "CREATE TABLE users (id uuid PRIMARY KEY, tenant_id uuid, stripe_id text UNIQUE,
                    external_id text, github_id text, UNIQUE (tenant_id, external_id));
                CREATE UNIQUE INDEX ON users (lower(github_id));
                CREATE TABLE payments (id uuid PRIMARY KEY, stripe_customer_id text,
                    stripe_price_id text, google_drive_file_id text);
                CREATE TABLE order_events (id uuid PRIMARY KEY, idempotency_key text NOT NULL);
                CREATE TABLE other (external_id text PRIMARY KEY);",
            ),
            &[],
        );
    }
}
