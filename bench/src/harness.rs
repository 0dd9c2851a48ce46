//! Runs all cases in turn, round after round.
//!
//! One round takes one batch of every case, so that whatever else the machine does falls on all
//! alike; the 10th percentile of the rounds is the figure that ratios are taken from.

use crate::Result;
use crate::case::{Build, Case};
use crate::tuned::Child;

/// A group of cases that do the same.
pub struct Table {
    /// Names the group in keys and filters.
    pub key: &'static str,
    pub title: &'static str,
    /// Headings of the cases' notes.
    pub columns: &'static [&'static str],
    pub cases: Vec<Case>,
}

/// How a case is named outside its table: `TABLE/CASE`.
#[must_use]
pub fn key_of(table: &Table, case: &Case) -> String {
    format!("{}/{}", table.key, case.name)
}

/// Takes `rounds` samples of every case; those of the other build from `child`.
///
/// # Errors
///
/// If the child stops or answers with anything but a figure.
pub fn measure(tables: &mut [Table], rounds: usize, mut child: Option<Child>) -> Result<()> {
    // The round before the first finds the size of each batch and warms up; it is not kept.
    for round in 0..=rounds {
        for table in tables.iter_mut() {
            for at in 0..table.cases.len() {
                let key = key_of(table, &table.cases[at]);
                let case = &mut table.cases[at];
                let sample = match (case.build, &mut child) {
                    (Build::Plain, _) => case.batch(),
                    (Build::Tuned, Some(child)) => child.sample(&key)?,
                    (Build::Tuned, None) => continue,
                };
                if round > 0 {
                    case.samples.push(sample);
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_round_adds_a_sample_to_each_case_of_this_build() {
        let cases = vec![Case::new("here", |i| i), Case::new("there", |i| i).tuned()];
        let mut tables = [Table {
            key: "t",
            title: "T",
            columns: &[],
            cases,
        }];
        measure(&mut tables, 3, None).expect("no child is asked");
        assert_eq!(tables[0].cases[0].samples.len(), 3);
        assert_eq!(tables[0].cases[1].samples.len(), 0);
    }
}
