//! The rules of a foreign key: what it matches, what it does, when it looks.

use serde::{Deserialize, Serialize};

use crate::name;

/// Everything of a foreign key but its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Whether all columns must be NULL together (`MATCH FULL`).
    pub match_full: bool,
    /// `NO ACTION`, `RESTRICT`, `CASCADE`, `SET NULL` or `SET DEFAULT`.
    pub on_delete: String,
    /// The columns that `SET NULL` and `SET DEFAULT` touch, if not all (PostgreSQL 15).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub set_columns: Vec<String>,
    /// As `on_delete`.
    pub on_update: String,
    /// Whether the check can wait for the end of the transaction.
    pub deferrable: bool,
    /// Whether it waits unless told otherwise.
    pub deferred: bool,
}

impl Rules {
    /// The rules as SQL, with the names that columns have at the time.
    pub(crate) fn sql<'a>(&'a self, column: impl Fn(&'a str) -> &'a str) -> String {
        let mut sql = String::new();
        if self.match_full {
            sql.push_str(" MATCH FULL");
        }
        for (when, action) in [("UPDATE", &self.on_update), ("DELETE", &self.on_delete)] {
            if action != "NO ACTION" {
                sql.extend([" ON ", when, " ", action]);
            }
        }
        // ON DELETE stands last, so that its columns follow it.
        if !self.set_columns.is_empty() {
            let columns = self.set_columns.iter().map(|name| column(name));
            sql.extend([" (", &name::list(columns), ")"]);
        }
        if self.deferrable {
            sql.push_str(" DEFERRABLE");
        }
        if self.deferred {
            sql.push_str(" INITIALLY DEFERRED");
        }
        sql
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_written_as_sql_takes_them() {
        let rules = Rules {
            match_full: true,
            on_delete: "SET NULL".to_owned(),
            set_columns: vec!["parent".to_owned()],
            on_update: "CASCADE".to_owned(),
            deferrable: true,
            deferred: true,
        };
        let sql = rules.sql(|name| {
            if name == "parent" {
                "parent__new"
            } else {
                name
            }
        });
        assert_eq!(
            sql,
            " MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL (\"parent__new\") \
             DEFERRABLE INITIALLY DEFERRED"
        );
    }
}
