//! What rules about JSON-LD share: the nodes of each file, one finding for each file.

use schema::Span;
use schema::documents::{IdForm, Node, NodeId};

use super::group;
use crate::{Confidence, Context, Document, Finding, Findings, Rule};

/// One finding for each file that holds nodes that a rule is about. `look` gives the place of the
/// fault and what to say there; `tell` completes the finding, given how many there are.
pub(super) fn per_file(
    context: &Context<'_>,
    rule: &Rule,
    look: impl Fn(&Node) -> Option<(Span, String)>,
    tell: impl Fn(Finding, &[(Span, String)]) -> Finding,
    findings: &mut Findings,
) {
    for document in context.documents {
        let faults: Vec<(Span, String)> = document.nodes().filter_map(&look).collect();
        if let Some(finding) = finding(rule, document, &faults) {
            findings.push(tell(finding, &faults));
        }
    }
}

fn finding(rule: &Rule, document: &Document, faults: &[(Span, String)]) -> Option<Finding> {
    let (first, others) = faults.split_first()?;
    let place = document.place(first.0, first.1.clone());
    let finding = Finding::new(rule, document.read.path.clone(), place).at_most(Confidence::Medium);
    let places = others
        .iter()
        .map(|(span, label)| document.place(*span, label.clone()));
    Some(group::with_places(finding, places))
}

/// The id of a node that the file describes, and does not merely refer to.
pub(super) fn own_id(node: &Node) -> Option<&NodeId> {
    node.id.as_ref().filter(|_| !node.is_reference)
}

/// Whether a relative id is no path at all: a bare UUID, number or word.
pub(super) fn is_bare(id: &NodeId) -> bool {
    id.form == IdForm::Relative && !id.value.contains(['/', '#', '?', '.'])
}

/// `1 node` or `3 nodes`.
pub(super) fn count(many: usize, what: &str) -> String {
    let plural = if many == 1 { "" } else { "s" };
    format!("{many} {what}{plural}")
}
