//! Finds blank nodes with labels in stored documents.

use schema::Span;
use schema::documents::{IdForm, Node};

use super::nodes;
use crate::{Context, Finding, Findings, Rule, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "json-ld-blank-id",
    severity: Severity::Medium,
    summary: "an `@id` is a blank node's label, which means something in one document only",
    page: include_str!("../../../../docs/rules/json-ld-blank-id.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    nodes::per_file(context, &RULE, look, tell, findings);
}

fn look(node: &Node) -> Option<(Span, String)> {
    let id = nodes::own_id(node).filter(|id| id.form == IdForm::Blank)?;
    Some((id.span, "renamed whenever it is read".to_owned()))
}

fn tell(finding: Finding, faults: &[(Span, String)]) -> Finding {
    finding
        .message(format!(
            "a stored document names {} by labels of blank nodes",
            nodes::count(faults.len(), "thing")
        ))
        .breaks(
            "Any processor may rename them, so another document cannot refer to these things, \
             `_:b0` of two files are different things, and loading one file twice makes two of \
             each.",
        )
        .fix(
            "Replace each label by `urn:uuid:` and a UUIDv7, once, in the stored file; or leave \
             the `@id` out of things that nothing refers to.",
        )
}

#[cfg(test)]
mod tests {
    use crate::rules::trial::check_document;

    const NAME: &str = "json-ld-blank-id";

    #[test]
    fn finds() {
        check_document(
            NAME,
            r#"{"@context": {}, "@id": "_:b0", "x": 1}"#,
            &["medium a.jsonld"],
        );
    }

    #[test]
    fn leaves_alone() {
        // A reference to one is told where the node is described.
        check_document(
            NAME,
            r#"{"@context": {}, "@id": "https://a.example/", "x": {"@id": "_:b0"}}"#,
            &[],
        );
        check_document(
            NAME,
            r#"{"@context": {}, "@id": "https://a.example/_:b0", "x": 1}"#,
            &[],
        );
    }
}
