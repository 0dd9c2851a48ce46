//! Finds identifiers in JSON-LD that are relative to wherever the document is.

use schema::Span;
use schema::documents::{IdForm, Node};

use super::nodes;
use crate::{Context, Finding, Findings, Rule, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "json-ld-relative-id",
    severity: Severity::Medium,
    summary: "an `@id` is relative, and the document does not say to what",
    page: include_str!("../../../../docs/rules/json-ld-relative-id.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    nodes::per_file(context, &RULE, look, tell, findings);
}

fn look(node: &Node) -> Option<(Span, String)> {
    let id = node.id.as_ref()?;
    let found = id.form == IdForm::Relative
        && !id.has_base
        && !nodes::is_bare(id)
        && !id.value.contains(' ');
    found.then(|| {
        (
            id.span,
            "relative to where the document is read from".to_owned(),
        )
    })
}

fn tell(finding: Finding, faults: &[(Span, String)]) -> Finding {
    finding
        .message(format!(
            "{} relative to an address that the document does not name",
            count(faults.len())
        ))
        .breaks(
            "The same file read from another place (a copy, a queue, a database, `http` instead of \
             `https`) is about other things, so that links and merges miss without an error.",
        )
        .fix(
            "Write whole IRIs, or name the base in the document: \
             `\"@context\": {\"@base\": \"https://...\"}`.",
        )
}

fn count(many: usize) -> String {
    if many == 1 {
        "1 `@id` is".to_owned()
    } else {
        format!("{many} `@id`s are")
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::trial::check_document;

    const NAME: &str = "json-ld-relative-id";

    #[test]
    fn finds() {
        check_document(
            NAME,
            r#"{"@context": {}, "@id": "users/ada", "x": 1}"#,
            &["medium a.jsonld"],
        );
        check_document(
            NAME,
            r##"{"@context": {}, "@id": "#me", "x": 1}"##,
            &["medium a.jsonld"],
        );
    }

    #[test]
    fn leaves_alone() {
        for text in [
            r#"{"@context": {"@base": "https://a.example/"}, "@id": "users/ada", "x": 1}"#,
            r#"{"@context": {}, "@id": "https://a.example/users/ada", "x": 1}"#,
            r#"{"@context": {}, "@id": "urn:uuid:0190a6e4-0000-7000-8000-000000000000", "x": 1}"#,
            r#"{"id": "users/ada", "x": 1}"#,
        ] {
            check_document(NAME, text, &[]);
        }
    }
}
