//! Remembers findings that are known, so that only new ones count.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Finding;

/// The version of the file's form.
const FORM: u32 = 1;

/// A longer file is refused.
pub const FILE_BYTES_MAX: usize = 64 << 20;

/// Known findings, by what they are about: lines may move, and files be named from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    idshift_baseline: u32,
    findings: Vec<Entry>,
}

/// One known finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The rule's name.
    pub rule: String,
    /// What it is about.
    pub object: String,
    /// The file that declares it.
    pub file: String,
    /// How often.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub count: usize,
}

impl Entry {
    fn line(&self) -> String {
        let json = serde_json::to_string(self).expect("texts and a number are JSON");
        format!("    {json}")
    }
}

fn once() -> usize {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_once(count: &usize) -> bool {
    *count == 1
}

/// Findings sorted by whether a baseline knows them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Those that it does not know.
    pub new: Vec<Finding>,
    /// Those that it knows.
    pub known: Vec<Finding>,
    /// What it knows and nobody found.
    pub stale: Vec<Entry>,
}

impl Baseline {
    /// The baseline that knows exactly these.
    #[must_use]
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut counts: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
        for it in findings {
            *counts
                .entry((it.rule, &it.object, &it.primary.path))
                .or_default() += 1;
        }
        let entry = |((rule, object, file), count): ((&str, &str, &str), usize)| Entry {
            rule: rule.to_owned(),
            object: object.to_owned(),
            file: file.to_owned(),
            count,
        };
        Self {
            idshift_baseline: FORM,
            findings: counts.into_iter().map(entry).collect(),
        }
    }

    /// Reads the text of a baseline.
    ///
    /// # Errors
    ///
    /// If it is none, or one of another version: a fragment that fits after "failed to".
    pub fn parse(text: &str) -> Result<Self, String> {
        let found: Self =
            serde_json::from_str(text).map_err(|why| format!("read it as a baseline: {why}"))?;
        if found.idshift_baseline != FORM {
            let other = found.idshift_baseline;
            return Err(format!(
                "read it as a baseline: version {other}, expected {FORM}"
            ));
        }
        Ok(found)
    }

    /// The text of the file: one finding on each line, sorted, so that versions of it compare well.
    #[must_use]
    pub fn text(&self) -> String {
        let lines: Vec<String> = self.findings.iter().map(Entry::line).collect();
        let form = self.idshift_baseline;
        if lines.is_empty() {
            return format!("{{\n  \"idshift_baseline\": {form},\n  \"findings\": []\n}}\n");
        }
        let lines = lines.join(",\n");
        format!("{{\n  \"idshift_baseline\": {form},\n  \"findings\": [\n{lines}\n  ]\n}}\n")
    }

    /// How many findings it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.findings.iter().map(|entry| entry.count).sum()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Sorts findings by whether they are known. `ran` tells which rules were asked for: what
    /// others found before is not stale.
    #[must_use]
    pub fn compare(&self, findings: Vec<Finding>, ran: impl Fn(&str) -> bool) -> Compared {
        let mut left: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        let about = |rule: &str, object: &str| format!("{rule} {object}");
        for entry in &self.findings {
            let about = about(&entry.rule, &entry.object);
            left.entry(about).or_default().push(entry.clone());
        }
        let mut compared = Compared::default();
        for finding in findings {
            let entries = left.get_mut(&about(finding.rule, &finding.object));
            let known = entries.and_then(|entries| {
                entries
                    .iter_mut()
                    .find(|it| it.count > 0 && same_file(&it.file, &finding.primary.path))
            });
            if let Some(entry) = known {
                entry.count -= 1;
                compared.known.push(finding);
            } else {
                compared.new.push(finding);
            }
        }
        let stale = left.into_values().flatten();
        compared.stale = stale.filter(|it| it.count > 0 && ran(&it.rule)).collect();
        compared.stale.sort();
        compared
    }
}

/// Whether two paths may be the same file, seen from different folders.
fn same_file(a: &str, b: &str) -> bool {
    let (long, short) = if a.len() < b.len() { (b, a) } else { (a, b) };
    long.strip_suffix(short)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Place, rules};

    fn finding(object: &str, file: &str) -> Finding {
        Finding::new(&rules()[0], object, Place::without_text(file, ""))
    }

    #[test]
    fn a_file_reads_as_it_was_written() {
        let findings = [
            finding("b.id", "x"),
            finding("a.id", "x"),
            finding("a.id", "x"),
        ];
        let baseline = Baseline::of(&findings);
        assert_eq!(baseline.len(), 3);
        let text = baseline.text();
        assert_eq!(Baseline::parse(&text), Ok(baseline));
        assert_eq!(text.lines().count(), 7, "{text}");
        let empty = Baseline::of(&[]);
        assert_eq!(Baseline::parse(&empty.text()), Ok(empty));
    }

    #[test]
    fn other_files_are_refused() {
        for text in [
            "",
            "[]",
            "{\"idshift_baseline\":2,\"findings\":[]}",
            "{\"findings\":[]}",
        ] {
            let error = Baseline::parse(text).unwrap_err();
            assert!(error.starts_with("read it as a baseline: "), "{error}");
        }
    }

    #[test]
    fn only_what_is_new_is_new() {
        let baseline = Baseline::of(&[finding("a.id", "db/x.sql"), finding("gone.id", "y.sql")]);
        // Once more than before, once from another folder, once in another file.
        let now = vec![
            finding("a.id", "repo/db/x.sql"),
            finding("a.id", "db/x.sql"),
            finding("a.id", "db/other.sql"),
        ];
        let found = baseline.compare(now, |_| true);
        assert_eq!((found.known.len(), found.new.len()), (1, 2));
        assert_eq!(found.stale.len(), 1);
        assert_eq!(found.stale[0].object, "gone.id");
        let partial = baseline.compare(Vec::new(), |_| false);
        assert_eq!(partial.stale, []);
    }
}
