//! Finds things in JSON-LD that have a type and no identifier.

use schema::Span;
use schema::documents::Node;

use super::nodes;
use crate::{Context, Finding, Findings, Rule, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "json-ld-node-without-id",
    severity: Severity::Low,
    summary: "a thing in JSON-LD has a type and no `@id`",
    page: include_str!("../../../../docs/rules/json-ld-node-without-id.md"),
    check,
};

/// Types whose things are values: they belong to the thing around them and are never referred to.
const VALUES: &[&str] = &[
    "postaladdress",
    "geocoordinates",
    "geoshape",
    "quantitativevalue",
    "monetaryamount",
    "offer",
    "aggregateoffer",
    "aggregaterating",
    "rating",
    "contactpoint",
    "listitem",
    "propertyvalue",
    "openinghoursspecification",
    "entrypoint",
    "searchaction",
    "readaction",
    "interactioncounter",
    "unitpricespecification",
    "pricespecification",
    "proof",
    "datetimedescription",
    "duration",
    "credentialstatus",
    "credentialschema",
    "imageobject",
    "itemlist",
    "breadcrumblist",
    "answer",
    "question",
    "howtostep",
    "speakablespecification",
    "nutritioninformation",
    "virtuallocation",
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    nodes::per_file(context, &RULE, look, tell, findings);
}

fn look(node: &Node) -> Option<(Span, String)> {
    let kind = node.types.first()?;
    let bare = kind.rsplit(['/', '#', ':']).next().unwrap_or(kind);
    let is_value = VALUES.contains(&bare.to_ascii_lowercase().as_str())
        || bare.ends_with("Proof")
        || bare.ends_with("Signature");
    let found = node.in_context && node.id.is_none() && !is_value;
    // The first line of the node is enough to find it.
    let start = node.span.start as usize;
    found.then(|| {
        (
            Span::new(node.span.file, start, start + 1),
            format!("a `{bare}` without `@id`"),
        )
    })
}

fn tell(finding: Finding, faults: &[(Span, String)]) -> Finding {
    finding
        .message(format!(
            "{} in JSON-LD without `@id`",
            nodes::count(faults.len(), "thing")
        ))
        .breaks(
            "Each time the document is read, these become new things: a store that loads it twice \
             has them twice, nothing can refer to them, and two versions cannot be compared.",
        )
        .fix(
            "Give each thing that lasts an `@id`: its own `https://` address if it has one, \
             otherwise `urn:uuid:` and a UUIDv7 that is stored with it.",
        )
}

#[cfg(test)]
mod tests {
    use crate::rules::trial::{check_document, found_in_documents};

    const NAME: &str = "json-ld-node-without-id";

    #[test]
    fn finds() {
        let text = r#"{"@context": "https://schema.org", "@type": "Person", "name": "Ada",
            "worksFor": {"@type": "Organization", "name": "B"}}"#;
        check_document(NAME, text, &["low a.jsonld"]);
        let finding = found_in_documents(NAME, &[("a.jsonld", text)]).remove(0);
        assert!(
            finding.message.starts_with("2 things"),
            "{}",
            finding.message
        );
    }

    #[test]
    fn leaves_alone() {
        for text in [
            r#"{"@context": "https://schema.org", "@id": "https://a.example/1", "@type": "Person",
                "address": {"@type": "PostalAddress", "streetAddress": "x"}}"#,
            r#"{"type": "Person", "name": "no linked data"}"#,
        ] {
            check_document(NAME, text, &[]);
        }
    }
}
