//! What rules share that tell one fact about many tables in one finding.

use crate::{Finding, Place, Subject};

/// The most other places that a finding names; of any beyond it, the message tells the number.
pub(super) const PLACES_MAX: usize = 20;

/// The name under which a finding is about all of a picture: its first file, which stays as lines
/// and tables come and go.
pub(super) fn object(subject: &Subject<'_>) -> String {
    let first = subject.schema.files.first();
    first.cloned().unwrap_or_else(|| "database".to_owned())
}

/// Adds the other places, as many as are shown.
pub(super) fn with_places(mut finding: Finding, places: impl Iterator<Item = Place>) -> Finding {
    for place in places.take(PLACES_MAX) {
        finding = finding.related(place);
    }
    finding
}

/// Names in a sentence: the first few, and how many more there are.
pub(super) fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(NAMES_MAX)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len().saturating_sub(NAMES_MAX) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The most names in a sentence.
const NAMES_MAX: usize = 4;

/// A singular of English, as far as names of tables go.
pub(super) fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["sses", "xes", "ches", "shes"] {
        if name.ends_with(ending) {
            return name[..name.len() - 2].to_owned();
        }
    }
    let plural = name.ends_with('s') && !name.ends_with("ss") && !name.ends_with("us");
    name[..name.len() - usize::from(plural)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_are_undone() {
        for (plural, one) in [
            ("users", "user"),
            ("categories", "category"),
            ("boxes", "box"),
            ("addresses", "address"),
            ("status", "status"),
            ("address", "address"),
            ("person", "person"),
            ("s", ""),
        ] {
            assert_eq!(singular(plural), one);
        }
    }

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = ["a", "b", "c", "d", "e", "f"].map(str::to_owned).to_vec();
        assert_eq!(listed(&names[..2]), "`a`, `b`");
        assert_eq!(listed(&names), "`a`, `b`, `c`, `d` and 2 more");
    }
}
