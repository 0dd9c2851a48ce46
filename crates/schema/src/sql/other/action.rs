//! Reads the actions of `ALTER TABLE`.

use super::{Element, Reader};
use crate::problem::quote;
use crate::sql::Code;
use crate::sql::change::{Change, ObjectKind, TableChange};
use crate::sql::cursor::Cursor;
use crate::{Default, Generator, Name, Side};

/// First words of actions that change nothing of the picture.
const WITHOUT_EFFECT: [&str; 27] = [
    "ENGINE",
    "AUTO_INCREMENT",
    "COMMENT",
    "CHARSET",
    "CHARACTER",
    "DEFAULT",
    "COLLATE",
    "CONVERT",
    "ROW_FORMAT",
    "ENABLE",
    "DISABLE",
    "LOCK",
    "ALGORITHM",
    "ORDER",
    "FORCE",
    "PARTITION",
    "REMOVE",
    "COALESCE",
    "REORGANIZE",
    "TRUNCATE",
    "ANALYZE",
    "OPTIMIZE",
    "CHECK",
    "REPAIR",
    "DISCARD",
    "IMPORT",
    "STATS_PERSISTENT",
];

impl Reader<'_> {
    pub(super) fn alter_table(&mut self, cursor: &mut Cursor<'_>) -> Option<Vec<Change>> {
        let if_exists = cursor.words(&["IF", "EXISTS"]);
        let table = cursor.name()?;
        let mut changes = Vec::new();
        for (start, end) in cursor.rest_of_list() {
            let part = self.text.part(start, end);
            let mut cursor = Cursor::new(&part);
            let Some(found) = self.action(&mut cursor, &part, &table) else {
                let message = format!("read {}: it is no action that is known", quote(part.text));
                self.problem(&part, message);
                continue;
            };
            for action in found {
                changes.push(match action {
                    Action::OfTable(change) => Change::AlterTable {
                        table: table.clone(),
                        if_exists,
                        change: Box::new(change),
                    },
                    Action::Own(change) => change,
                });
            }
        }
        Some(changes)
    }

    fn action(
        &mut self,
        cursor: &mut Cursor<'_>,
        part: &Code<'_>,
        table: &Name,
    ) -> Option<Vec<Action>> {
        let word = cursor.peek()?.to_ascii_uppercase();
        cursor.advance();
        let one = |change| Some(vec![Action::OfTable(change)]);
        match word.as_str() {
            "ADD" => Some(self.add(cursor, part)),
            "MODIFY" | "CHANGE" => {
                cursor.words(&["COLUMN"]);
                let at = cursor.position();
                let first = cursor.parts()?.pop()?;
                let start = if word == "MODIFY" {
                    at
                } else {
                    cursor.position()
                };
                match self.element(&without_place(&part.part(start, part.text.len())))? {
                    Element::Column(column, constraints) => one(TableChange::ReplaceColumn {
                        name: first,
                        column: *column,
                        constraints,
                    }),
                    Element::Constraint(_) => None,
                }
            }
            "DROP" => dropped(cursor, table).map(|action| vec![action]),
            "RENAME" if cursor.words(&["COLUMN"]) => {
                let from = cursor.parts()?.pop()?;
                cursor.words(&["TO"]);
                let to = cursor.parts()?.pop()?;
                one(TableChange::RenameColumn { from, to })
            }
            "RENAME" if cursor.words(&["INDEX"]) || cursor.words(&["KEY"]) => {
                let kind = ObjectKind::Index;
                let name = cursor.name()?;
                cursor.words(&["TO"]);
                let to = cursor.name()?;
                Some(vec![Action::Own(Change::Rename { kind, name, to })])
            }
            "RENAME" => {
                let _ = cursor.words(&["TO"]) || cursor.words(&["AS"]);
                let first = cursor.name()?;
                // SQLite leaves the word `COLUMN` out.
                if cursor.words(&["TO"]) {
                    let (from, to) = (first.name, cursor.name()?.name);
                    return one(TableChange::RenameColumn { from, to });
                }
                one(TableChange::Rename(first))
            }
            "ALTER" => altered(cursor, part).map(|change| vec![Action::OfTable(change)]),
            word if WITHOUT_EFFECT.contains(&word) => one(TableChange::Nothing),
            _ => None,
        }
    }

    /// `ADD COLUMN a int AFTER b`, `ADD (a int, b int)`, `ADD UNIQUE KEY ...`.
    fn add(&mut self, cursor: &mut Cursor<'_>, part: &Code<'_>) -> Vec<Action> {
        cursor.words(&["COLUMN"]);
        let if_not_exists = cursor.words(&["IF", "NOT", "EXISTS"]);
        if cursor.words(&["PARTITION"]) {
            return vec![Action::OfTable(TableChange::Nothing)];
        }
        let rest = vec![(cursor.position(), part.text.len())];
        let elements = cursor.list().unwrap_or(rest);
        let mut actions = Vec::new();
        for (start, end) in elements {
            let Some(element) = self.element(&without_place(&part.part(start, end))) else {
                continue;
            };
            actions.push(Action::OfTable(match element {
                Element::Column(column, constraints) => TableChange::AddColumn {
                    column: *column,
                    constraints,
                    if_not_exists,
                },
                Element::Constraint(constraint) => TableChange::AddConstraint(constraint),
            }));
        }
        actions
    }
}

/// What an action comes to: a change of the table, or of an index that has a name of its own.
enum Action {
    OfTable(TableChange),
    Own(Change),
}

fn dropped(cursor: &mut Cursor<'_>, table: &Name) -> Option<Action> {
    if cursor.words(&["PRIMARY", "KEY"]) {
        return Some(Action::OfTable(TableChange::DropPrimaryKey));
    }
    if cursor.words(&["INDEX"]) || cursor.words(&["KEY"]) {
        cursor.words(&["IF", "EXISTS"]);
        return Some(Action::Own(Change::DropIndexOf {
            table: table.clone(),
            index: cursor.parts()?.pop()?,
        }));
    }
    let is_constraint = cursor.words(&["FOREIGN", "KEY"]) || cursor.words(&["CONSTRAINT"]);
    let is_check = cursor.words(&["CHECK"]) || cursor.words(&["PARTITION"]);
    let _ = is_constraint || cursor.words(&["COLUMN"]);
    let if_exists = cursor.words(&["IF", "EXISTS"]);
    let name = cursor.parts()?.pop()?;
    Some(Action::OfTable(if is_check {
        TableChange::Nothing
    } else if is_constraint {
        TableChange::DropConstraint { name, if_exists }
    } else {
        TableChange::DropColumn { name, if_exists }
    }))
}

/// `ALTER COLUMN a SET DEFAULT 1`.
fn altered(cursor: &mut Cursor<'_>, part: &Code<'_>) -> Option<TableChange> {
    if cursor.words(&["INDEX"]) || cursor.words(&["CHECK"]) || cursor.words(&["CONSTRAINT"]) {
        return Some(TableChange::Nothing);
    }
    cursor.words(&["COLUMN"]);
    let column = cursor.parts()?.pop()?;
    if cursor.words(&["SET", "DEFAULT"]) {
        let start = cursor.position();
        let text = part.text.get(start..)?.trim().to_owned();
        let default = Default {
            generator: Generator::of_expression(&text),
            side: Side::Database,
            text,
            span: part.span(start, part.text.len()),
        };
        let default = Some(default);
        return Some(TableChange::SetDefault { column, default });
    }
    let default = None;
    let drops = cursor.words(&["DROP", "DEFAULT"]);
    drops.then_some(TableChange::SetDefault { column, default })
}

/// Without `FIRST` or `AFTER column` behind it: the order of columns does not show.
fn without_place<'a>(part: &Code<'a>) -> Code<'a> {
    let mut cursor = Cursor::new(part);
    // A column may have the name of such a word.
    cursor.advance();
    let end = if cursor.seek("AFTER") || cursor.seek("FIRST") {
        cursor.before_taken()
    } else {
        part.text.len()
    };
    part.part(0, end)
}
