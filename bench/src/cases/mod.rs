//! Everything that is timed, a file for each kind.

mod bulk;
mod floor;
mod format;
mod generate;
mod named;
mod parse;
mod threads;
mod typeid;

use crate::harness::Table;

/// The case that `x clock` is taken to.
pub const CLOCK: &str = "floor/SystemTime::now";

/// What generators promise. Read from the sources of the versions named in the lock file, and the
/// last column also tried: two sides of a fork made ids, and equal ones were counted.
const PROMISES: &[&str] = &["random", "order", "after fork"];

/// All tables, in the order in which they are printed.
#[must_use]
pub fn tables() -> Vec<Table> {
    let kinds = [
        floor::tables(),
        generate::tables(),
        threads::tables(),
        bulk::tables(),
        parse::tables(),
        format::tables(),
        named::tables(),
        typeid::tables(),
    ];
    kinds.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::case::Build;
    use crate::harness::key_of;

    #[test]
    fn keys_are_unique_and_the_clock_is_among_them() {
        let tables = tables();
        let mut keys = HashSet::new();
        for table in &tables {
            for case in &table.cases {
                let key = key_of(table, case);
                assert!(keys.insert(key.clone()), "`{key}` twice");
            }
        }
        assert!(keys.contains(CLOCK));
    }

    #[test]
    fn notes_fit_the_columns() {
        for table in tables() {
            for case in &table.cases {
                assert_eq!(
                    case.notes.len(),
                    table.columns.len(),
                    "{}",
                    key_of(&table, case)
                );
            }
        }
    }

    #[test]
    fn every_case_runs() {
        for mut table in tables() {
            for case in &mut table.cases {
                if case.build == Build::Plain {
                    assert!(case.batch() > 0.0, "{}", case.name);
                }
            }
        }
    }
}
