//! The names by which an application speaks of what moves.

use std::collections::BTreeSet;

use schema::Source;

use crate::Plan;
use crate::plan::Value;

/// Names of tables and of columns that move, as code of any style writes them.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Tables in small letters, each with the key that the database issued.
    tables: Vec<(String, Option<String>)>,
    /// Names of columns and fields, in small letters and without underscores.
    keys: BTreeSet<String>,
}

impl Names {
    /// The names of a plan, and of the fields of a Prisma schema that stand for its columns.
    #[must_use]
    pub fn new(plan: &Plan, prisma: &[Source]) -> Self {
        let mut names = Self::default();
        for table in &plan.tables {
            let issued = table.columns.iter().find(|column| {
                matches!(column.value, Value::Mint { .. })
                    && column.issued
                    && column.default.is_none()
            });
            let issued = issued.map(|column| column.name.to_ascii_lowercase());
            names
                .tables
                .push((table.name.name.to_ascii_lowercase(), issued));
            for column in &table.columns {
                names.keys.insert(plain(&column.name));
                // `event.id` of `events` is an `eventId` elsewhere.
                if matches!(column.value, Value::Mint { .. }) {
                    let one = plain(&table.name.name);
                    let one = one.strip_suffix('s').unwrap_or(&one);
                    names.keys.insert(format!("{one}{}", plain(&column.name)));
                }
            }
        }
        names.keys.extend(fields(plan, prisma));
        names
    }

    /// Whether a word is the name of a column that moves.
    #[must_use]
    pub fn is_key(&self, word: &str) -> bool {
        self.keys.contains(&plain(word))
    }

    /// Whether a word is the name of a table that moves.
    pub(super) fn is_table(&self, word: &str) -> bool {
        let word = word.to_ascii_lowercase();
        self.tables.iter().any(|(table, _)| *table == word)
    }

    /// The key that the database used to issue for a table.
    pub(super) fn issued(&self, table: &str) -> Option<&str> {
        let table = table.to_ascii_lowercase();
        let found = self.tables.iter().find(|(name, _)| *name == table);
        found.and_then(|(_, issued)| issued.as_deref())
    }
}

fn plain(name: &str) -> String {
    name.chars()
        .filter(|it| *it != '_')
        .flat_map(char::to_lowercase)
        .collect()
}

/// Fields by the tables of the picture, which has both names of each.
fn fields(plan: &Plan, prisma: &[Source]) -> Vec<String> {
    let picture = schema::prisma::read(prisma);
    let mut fields = Vec::new();
    for table in &plan.tables {
        let drawn = picture
            .tables
            .iter()
            .filter(|it| it.name.name == table.name.name);
        for column in drawn.flat_map(|it| &it.columns) {
            if table.column(&column.name).is_some() {
                fields.extend(column.field.as_deref().map(plain));
            }
        }
    }
    fields
}
