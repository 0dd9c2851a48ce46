//! Guesses from the names of tables and columns what outsiders get to see.

use schema::Column;

use super::group;
use crate::{Role, Seen, names};

/// Things that have a page, a link or a place in an API in most systems.
const SHOWN: &[&str] = &[
    "user",
    "account",
    "customer",
    "client",
    "member",
    "profile",
    "patient",
    "student",
    "employee",
    "organization",
    "organisation",
    "team",
    "company",
    "tenant",
    "workspace",
    "project",
    "order",
    "invoice",
    "payment",
    "subscription",
    "quote",
    "booking",
    "reservation",
    "ticket",
    "case",
    "document",
    "file",
    "attachment",
    "upload",
    "image",
    "photo",
    "video",
    "message",
    "conversation",
    "chat",
    "thread",
    "post",
    "article",
    "page",
    "comment",
    "review",
    "product",
    "listing",
    "offer",
    "shipment",
    "contract",
    "report",
    "survey",
    "form",
    "response",
    "submission",
    "application",
    "contact",
    "lead",
    "event",
];

/// Things about people, or whose moment says something that their owner may not want known.
const PERSONAL: &[&str] = &[
    "user",
    "account",
    "customer",
    "patient",
    "member",
    "student",
    "employee",
    "person",
    "profile",
    "candidate",
    "applicant",
    "child",
    "guest",
    "subscriber",
    "vote",
    "ballot",
    "answer",
    "submission",
    "response",
    "report",
    "complaint",
    "diagnosis",
    "prescription",
];

/// Words of tables that count or record others, and are seen by those who run the system.
const INTERNAL: &[&str] = &[
    "count", "counts", "history", "log", "logs", "stat", "stats", "total", "totals", "daily",
    "hourly", "cache", "backup", "tmp", "temp", "internal", "admin",
];

/// Last words of columns by which a row is known outside instead of by its key.
const PUBLIC: &[&str] = &[
    "uuid",
    "guid",
    "slug",
    "uid",
    "ulid",
    "nanoid",
    "cuid",
    "handle",
    "sqid",
    "hashid",
    "token",
    "permalink",
    "shortcode",
];

/// Whether rows of this table are shown to outsiders in most systems, by its name.
pub(super) fn is_shown(seen: Seen<'_>) -> bool {
    seen.role() == Role::Entity && is_named(seen, SHOWN)
}

/// Whether the rows are about people, by the table's name.
pub(super) fn is_personal(seen: Seen<'_>) -> bool {
    seen.role() == Role::Entity && is_named(seen, PERSONAL)
}

fn is_named(seen: Seen<'_>, things: &[&str]) -> bool {
    let words = names::words(&seen.table.name.name);
    let last = words.last().map(|word| group::singular(word));
    let internal = words.iter().any(|word| INTERNAL.contains(&word.as_str()));
    !internal && last.is_some_and(|last| things.contains(&last.as_str()))
}

/// The column by which rows are known outside.
pub(super) fn public_id(seen: Seen<'_>) -> Option<&Column> {
    let is_public = |column: &&Column| {
        let words = names::words(&column.name);
        let last = words.last().map_or("", String::as_str);
        let marked = words
            .iter()
            .any(|word| matches!(word.as_str(), "public" | "external" | "short"));
        !seen.table.is_key(&column.name)
            && (PUBLIC.contains(&last)
                || (marked && matches!(last, "id" | "key" | "code" | "number")))
    };
    seen.table.columns.iter().find(is_public)
}
