//! Finds identifiers in JSON-LD that end with a counted number.

use schema::Span;
use schema::documents::{IdForm, Node};

use super::nodes;
use crate::{Context, Finding, Findings, Rule, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "json-ld-sequential-id",
    severity: Severity::Medium,
    summary: "an `@id` ends with a number that was counted",
    page: include_str!("../../../../docs/rules/json-ld-sequential-id.md"),
    check,
};

/// Longer numbers are not counted one by one: timestamps, phone numbers, other systems' ids.
const DIGITS_MAX: usize = 9;
/// Schemes and hosts whose numbers are given out by somebody who keeps them stable.
const REGISTRIES: &[&str] = &[
    "doi.org",
    "orcid.org",
    "isni.org",
    "viaf.org",
    "urn:isbn",
    "urn:issn",
    "urn:oid",
    "geonames.org",
    "pubmed",
    "d-nb.info",
    "musicbrainz.org",
    "imdb.com",
    "doi:",
    "tel:",
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    nodes::per_file(context, &RULE, look, tell, findings);
}

fn look(node: &Node) -> Option<(Span, String)> {
    let id = nodes::own_id(node)?;
    let is_name = matches!(
        id.form,
        IdForm::Absolute | IdForm::Compact | IdForm::Relative
    );
    let whole = id.expanded.as_deref().unwrap_or(&id.value);
    let last = whole
        .rsplit(['/', '#', ':', '=', '-', '_'])
        .next()
        .unwrap_or(whole);
    let counted =
        (1..=DIGITS_MAX).contains(&last.len()) && last.bytes().all(|byte| byte.is_ascii_digit());
    let part = whole.len() > last.len();
    // A hyphen before a number may be part of a UUID or a date.
    let by_hyphen =
        part && whole[..whole.len() - last.len()].ends_with('-') && whole.matches('-').count() > 1;
    let is_year = last.len() == 4 && (last.starts_with("19") || last.starts_with("20"));
    let registered = REGISTRIES.iter().any(|it| whole.contains(it));
    let found = is_name && part && counted && !by_hyphen && !is_year && !registered;
    found.then(|| (id.span, format!("`{last}` was counted")))
}

fn tell(finding: Finding, faults: &[(Span, String)]) -> Finding {
    finding
        .message(format!(
            "{} with a counted number",
            nodes::count(faults.len(), "`@id` ends")
        ))
        .breaks(
            "A published identifier is for good: two databases, or one that is restored, give the \
             same number to different things, and readers can walk through all of them by \
             counting.",
        )
        .fix(
            "Mint ids from UUIDv7, as `https://host/things/<uuid>` or `urn:uuid:<uuid>`, and keep \
             the old addresses as redirects and as `owl:sameAs` or `schema:sameAs`.",
        )
}

#[cfg(test)]
mod tests {
    use crate::rules::trial::check_document;

    const NAME: &str = "json-ld-sequential-id";

    #[test]
    fn finds() {
        for id in [
            "https://a.example/users/42",
            "https://a.example/#item-7",
            "urn:x:user:1001",
            "things/3",
        ] {
            let text = format!(r#"{{"@context": {{}}, "@id": "{id}", "x": 1}}"#);
            check_document(NAME, &text, &["medium a.jsonld"]);
        }
    }

    #[test]
    fn leaves_alone() {
        for id in [
            "https://a.example/users/ada",
            "urn:uuid:0190a6e4-0000-7000-8000-000000000000",
            "https://doi.org/10.1000/182",
            "https://a.example/reports/2024",
            "https://a.example/2024-05-01",
        ] {
            let text = format!(r#"{{"@context": {{}}, "@id": "{id}", "x": 1}}"#);
            check_document(NAME, &text, &[]);
        }
        // Somebody else's thing, which is only referred to.
        let text =
            r#"{"@context": {}, "@id": "https://a.example/", "x": {"@id": "https://b.example/9"}}"#;
        check_document(NAME, text, &[]);
    }
}
