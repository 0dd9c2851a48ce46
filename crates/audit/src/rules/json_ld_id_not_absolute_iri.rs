//! Finds identifiers in JSON-LD that are no IRIs: bare UUIDs, numbers, words.

use schema::Span;
use schema::documents::{IdForm, Node};

use super::nodes;
use crate::{Context, Finding, Findings, Rule, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "json-ld-id-not-absolute-iri",
    severity: Severity::Medium,
    summary: "an `@id` is a bare UUID, a number or a word, and no IRI",
    page: include_str!("../../../../docs/rules/json-ld-id-not-absolute-iri.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    nodes::per_file(context, &RULE, look, tell, findings);
}

fn look(node: &Node) -> Option<(Span, String)> {
    let id = node.id.as_ref()?;
    let label = match id.form {
        IdForm::Relative if id.value.contains(' ') => "an IRI holds no blanks",
        IdForm::Relative if id.has_base || !nodes::is_bare(id) => return None,
        IdForm::Relative if id.value.parse::<ids::Uuid>().is_ok() => "lacks `urn:uuid:` before it",
        IdForm::Relative => "a word, read as a path",
        IdForm::NotText => "is no text",
        IdForm::Keyword => "looks like a keyword, and is left out",
        IdForm::Absolute | IdForm::Compact | IdForm::Blank | IdForm::Empty => return None,
    };
    Some((id.span, label.to_owned()))
}

fn tell(finding: Finding, faults: &[(Span, String)]) -> Finding {
    finding
        .message(format!(
            "{} in `@id` that are no IRIs",
            nodes::count(faults.len(), "value")
        ))
        .breaks(
            "A processor reads each as a path beside the document, or drops it: the UUID turns \
             into `https://wherever/it/was/read/<uuid>`, another one for each place.",
        )
        .fix(
            "Put `urn:uuid:` before a bare UUID. For numbers and words, use the thing's `https://` \
             address, or store a UUIDv7 with it.",
        )
}

#[cfg(test)]
mod tests {
    use crate::rules::trial::{check_document, found_in_documents};

    const NAME: &str = "json-ld-id-not-absolute-iri";

    #[test]
    fn finds() {
        let uuid = r#"{"@context": {}, "@id": "0190a6e4-0000-7000-8000-000000000000", "x": 1}"#;
        check_document(NAME, uuid, &["medium a.jsonld"]);
        let finding = found_in_documents(NAME, &[("a.jsonld", uuid)]).remove(0);
        assert!(finding.primary.label.contains("urn:uuid:"));
        check_document(
            NAME,
            r#"{"@context": {}, "@id": 42, "x": 1}"#,
            &["medium a.jsonld"],
        );
        check_document(
            NAME,
            r#"{"@context": {}, "@id": "Ada Lovelace", "x": 1}"#,
            &["medium a.jsonld"],
        );
    }

    #[test]
    fn leaves_alone() {
        for text in [
            r#"{"@context": {}, "@id": "urn:uuid:0190a6e4-0000-7000-8000-000000000000", "x": 1}"#,
            r#"{"@context": {"ex": "https://a.example/"}, "@id": "ex:1", "x": 1}"#,
            r#"{"@context": {"@base": "https://a.example/"}, "@id": "ada", "x": 1}"#,
        ] {
            check_document(NAME, text, &[]);
        }
    }
}
