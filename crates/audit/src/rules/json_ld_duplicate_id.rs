//! Finds things in JSON-LD that are described twice under one identifier.

use std::collections::BTreeMap;

use schema::documents::{IdForm, Node};

use super::{group, nodes};
use crate::{Confidence, Context, Document, Finding, Findings, Rule, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "json-ld-duplicate-id",
    severity: Severity::Medium,
    summary: "two descriptions in JSON-LD have the same `@id`",
    page: include_str!("../../../../docs/rules/json-ld-duplicate-id.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let mut by_id: BTreeMap<&str, Vec<(&Document, &Node)>> = BTreeMap::new();
    for document in context.documents {
        for node in document.nodes() {
            if let Some(id) = whole_id(node) {
                by_id.entry(id).or_default().push((document, node));
            }
        }
    }
    // By the file that has the first of them, so that a file that was copied whole is one finding.
    let mut by_file: BTreeMap<&str, Vec<Vec<(&Document, &Node)>>> = BTreeMap::new();
    for places in by_id.into_values().filter(|places| places.len() > 1) {
        by_file
            .entry(&places[0].0.read.path)
            .or_default()
            .push(places);
    }
    findings.extend(
        by_file
            .into_iter()
            .filter_map(|(path, ids)| finding(path, &ids)),
    );
}

/// The id of a node that says what it is: descriptions without a type may well come in parts.
fn whole_id(node: &Node) -> Option<&str> {
    let id = nodes::own_id(node).filter(|_| !node.types.is_empty())?;
    match id.form {
        IdForm::Absolute => Some(&id.value),
        IdForm::Compact => Some(id.expanded.as_ref().unwrap_or(&id.value)),
        _ => None,
    }
}

fn finding(path: &str, ids: &[Vec<(&Document, &Node)>]) -> Option<Finding> {
    let places = ids.first()?;
    let (document, first) = places.first()?;
    let id = first.id.as_ref()?;
    let many = match ids.len() {
        1 => format!("`{}` is described {} times", id.value, places.len()),
        ids => format!(
            "{ids} `@id`s are described more than once, `{}` among them",
            id.value
        ),
    };
    let finding = Finding::new(&RULE, path, document.place(id.span, "described here"))
        .at_most(Confidence::Medium)
        .message(many)
        .breaks(
            "A processor takes them for one thing and merges what both say: two names, two prices, \
             two states, without an error and without a way back.",
        )
        .fix(
            "If they are two things, give one a new id (`urn:uuid:` and a UUIDv7). If they are \
             one, keep one description, and refer to it elsewhere with `{\"@id\": ...}` alone.",
        );
    let others = ids.iter().flat_map(|places| places.iter().skip(1));
    let others = others.filter_map(|(document, node)| {
        Some(document.place(node.id.as_ref()?.span, "described again"))
    });
    Some(group::with_places(finding, others))
}

#[cfg(test)]
mod tests {
    use crate::rules::trial::{check_document, found_in_documents};

    const NAME: &str = "json-ld-duplicate-id";
    const ADA: &str =
        r#"{"@context": {}, "@id": "https://a.example/ada", "@type": "Person", "x": 1}"#;

    #[test]
    fn finds() {
        let text = r#"{"@context": {}, "@graph": [
            {"@id": "https://a.example/1", "@type": "A", "x": 1},
            {"@id": "https://a.example/1", "@type": "B", "x": 2}]}"#;
        check_document(NAME, text, &["medium a.jsonld"]);
        let found = found_in_documents(NAME, &[("a.jsonld", ADA), ("b.jsonld", ADA)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].related[0].path, "b.jsonld");
    }

    #[test]
    fn leaves_alone() {
        let text = r#"{"@context": {}, "@graph": [
            {"@id": "https://a.example/1", "@type": "A", "knows": {"@id": "https://a.example/1"}},
            {"@id": "https://a.example/2", "@type": "A", "x": 2}]}"#;
        check_document(NAME, text, &[]);
        let found = found_in_documents(NAME, &[("a.jsonld", ADA), ("tests/b.jsonld", ADA)]);
        assert_eq!(found, []);
    }
}
