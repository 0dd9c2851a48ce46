//! What rules about code share: calls outside tests, one finding for each file that holds some.

use std::collections::BTreeMap;

use super::group;
use crate::code::{Call, is_test};
use crate::{Confidence, Context, Finding, Rule};

/// The calls that a rule is about, by file, in the order of paths. Tests make no rows that stay.
pub(super) fn by_file<'a>(
    context: &Context<'a>,
    is_found: impl Fn(&Call) -> bool,
) -> BTreeMap<&'a str, Vec<&'a Call>> {
    let mut files: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in context.code.iter().filter(|call| is_found(call)) {
        if !is_test(&call.place.path) {
            files.entry(&call.place.path).or_default().push(call);
        }
    }
    files
}

/// One finding about some calls: at the first, with the others beside it. Code is read from its
/// words, so that it is likely at most.
pub(super) fn finding(rule: &Rule, object: &str, calls: &[&Call]) -> Option<Finding> {
    let (first, others) = calls.split_first()?;
    let mut place = first.place.clone();
    place.label = label(first);
    let finding = Finding::new(rule, object, place).at_most(Confidence::Medium);
    let places = others.iter().map(|call| {
        let mut place = call.place.clone();
        place.label = label(call);
        place
    });
    Some(group::with_places(finding, places))
}

fn label(call: &Call) -> String {
    match &call.near {
        Some(name) => format!("for `{name}`"),
        None => call.kind.name().to_owned(),
    }
}

/// The name that gets the value of the first call.
pub(super) fn name(calls: &[&Call]) -> String {
    let named = calls.iter().find_map(|call| call.near.clone());
    named.unwrap_or_else(|| "id".to_owned())
}

/// `once` or `in 3 places`.
pub(super) fn times(calls: &[&Call]) -> String {
    match calls.len() {
        1 => "once".to_owned(),
        many => format!("in {many} places"),
    }
}
