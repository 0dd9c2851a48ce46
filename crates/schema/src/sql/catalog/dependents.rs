//! Finds the views that go away with what their queries use.

use super::super::Code;
use super::super::cursor::Cursor;
use super::Catalog;
use crate::{Name, View};

impl Catalog {
    /// `DROP ... CASCADE` of a table or view: views that use it go, and views that use those.
    pub(super) fn drop_dependents(&mut self, name: &Name) {
        let mut gone = vec![name.clone()];
        while let Some(name) = gone.pop() {
            let views = std::mem::take(&mut self.schema.views);
            let is_user = |view: &View| self.uses(view, &name, None);
            let (out, rest): (Vec<View>, Vec<View>) = views.into_iter().partition(is_user);
            self.schema.views = rest;
            gone.extend(out.into_iter().map(|view| view.name));
        }
    }

    /// `DROP COLUMN ... CASCADE`.
    pub(super) fn drop_dependents_of(&mut self, table: &Name, column: &str) {
        let views = self.schema.views.iter();
        let users = views.filter(|view| self.uses(view, table, Some(column)));
        let users: Vec<Name> = users.map(|view| view.name.clone()).collect();
        for name in users {
            self.schema.views.retain(|view| view.name != name);
            self.drop_dependents(&name);
        }
    }

    /// Whether the query reads from the table and, if one is given, may mention the column. The
    /// query is not resolved: a name behind `FROM`, `JOIN` or a comma counts.
    fn uses(&self, view: &View, table: &Name, column: Option<&str>) -> bool {
        let Some(query) = &view.query else {
            return false;
        };
        let mut cursor = Cursor::new(&Code {
            dialect: self.schema.dialect,
            text: query,
            file: view.span.file,
            start: 0,
        });
        let (mut reads, mut mentions) = (false, column.is_none());
        let mut before = String::new();
        while let Some(word) = cursor.peek() {
            let word = word.to_ascii_uppercase();
            let Some(parts) = cursor.parts() else {
                cursor.advance();
                // All columns, but not a count of rows.
                mentions |= word == "*" && before != "(";
                before = word;
                continue;
            };
            mentions |= parts.last().map(String::as_str) == column;
            if matches!(before.as_str(), "FROM" | "JOIN" | "," | "ONLY" | "(") {
                let found = super::names::of_parts(parts);
                reads |= self.placed(found) == *table;
            }
            before = word;
        }
        reads && mentions
    }
}
