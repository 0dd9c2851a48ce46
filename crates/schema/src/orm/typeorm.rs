//! Reads `TypeORM`'s migrations, or where there are none its entities.

mod entities;
mod object;

use std::ops::Range;

use super::code::{Argument, Arguments, Code};
use super::migration::{self, Call};
use super::stage::Stage;
use super::token;
use crate::sql::change::{Change, Constraint, ObjectKind, TableChange};
use crate::{Confidence, Dialect, Name, Schema, Source};

/// Methods of the query runner that are understood.
const TAKEN: [&str; 27] = [
    "query",
    "createTable",
    "dropTable",
    "renameTable",
    "addColumn",
    "addColumns",
    "dropColumn",
    "dropColumns",
    "renameColumn",
    "changeColumn",
    "createForeignKey",
    "createForeignKeys",
    "dropForeignKey",
    "dropForeignKeys",
    "createIndex",
    "createIndices",
    "dropIndex",
    "dropIndices",
    "createPrimaryKey",
    "dropPrimaryKey",
    "createUniqueConstraint",
    "createUniqueConstraints",
    "dropUniqueConstraint",
    "createSchema",
    "dropSchema",
    "createCheckConstraint",
    "dropCheckConstraint",
];

/// Methods that change no column, key or reference.
const WITHOUT_EFFECT: [&str; 8] = [
    "getTable",
    "hasTable",
    "hasColumn",
    "startTransaction",
    "commitTransaction",
    "rollbackTransaction",
    "createSchema",
    "dropSchema",
];

/// Reads migrations in the order of their names. If no file holds one, entities are read instead,
/// with [`Confidence::Low`].
#[must_use]
pub fn read(files: &[Source]) -> Schema {
    let dialect = dialect(files);
    let mut stage = Stage::new(dialect, files);
    let codes: Vec<Code<'_>> = migration::in_order(files, &[".ts", ".js"])
        .into_iter()
        .map(|(file, source)| Code::new(&token::JAVASCRIPT, file, source))
        .collect();
    let migrations = codes
        .iter()
        .filter_map(|code| Some((code, migration::up(code)?)));
    let migrations: Vec<_> = migrations.collect();
    for code in &codes {
        stage.damage(code);
    }
    if migrations.is_empty() {
        entities::read(&mut stage, &codes);
        return stage.finish(Confidence::Low);
    }
    for (code, up) in migrations {
        let mut reader = Migration {
            stage: &mut stage,
            code,
        };
        for call in migration::calls(code, up.body.clone(), |name| TAKEN.contains(&name)) {
            reader.call(call, &up.receiver);
        }
    }
    stage.finish(Confidence::Medium)
}

/// `MySQL` quotes names with backticks, and has words of its own.
fn dialect(files: &[Source]) -> Dialect {
    let holds = |words: &[&str]| {
        let has = |source: &Source| words.iter().any(|word| source.text().contains(word));
        files.iter().any(has)
    };
    if holds(&[
        "AUTO_INCREMENT",
        "ENGINE=InnoDB",
        "type: 'mysql'",
        "type: \"mysql\"",
        "CREATE TABLE \\`",
    ]) {
        Dialect::MySql
    } else if holds(&[
        "AUTOINCREMENT",
        "type: 'sqlite'",
        "type: \"sqlite\"",
        "better-sqlite3",
    ]) {
        Dialect::Sqlite
    } else {
        Dialect::PostgreSql
    }
}

struct Migration<'a> {
    stage: &'a mut Stage,
    code: &'a Code<'a>,
}

impl Migration<'_> {
    fn call(&mut self, call: Call, receiver: &str) {
        let code = self.code;
        let range = migration::whole(code, call);
        let method = code.text(call.method);
        if !TAKEN.contains(&method) {
            if migration::is_on(code, call, receiver) && !WITHOUT_EFFECT.contains(&method) {
                self.stage
                    .unknown(code, &range, "it is no method that is known");
            }
            return;
        }
        let items = code.arguments(call.open);
        if method == "query" {
            return self.stage.script(code, call.open + 1);
        }
        if method == "createTable" {
            return match items
                .positional(0)
                .and_then(|it| object::members(code, &it.value))
            {
                Some(members) => self.create_table(&members, &range),
                None => self
                    .stage
                    .unknown(code, &range, "the table is no plain object"),
            };
        }
        let table = items.positional(0).and_then(|it| code.string(&it.value));
        match table {
            _ if WITHOUT_EFFECT.contains(&method) || method.ends_with("CheckConstraint") => {}
            Some(table) => self.on_table(method, migration::dotted(&table), &items, &range),
            None => self
                .stage
                .unknown(code, &range, "the table has no plain name"),
        }
    }

    fn create_table(&mut self, members: &Arguments, range: &Range<usize>) {
        match object::table(self.stage, self.code, members, range) {
            Some(draft) => self.stage.create(draft),
            None => self
                .stage
                .unknown(self.code, range, "the table has no plain name"),
        }
    }

    fn on_table(&mut self, method: &str, table: Name, items: &Arguments, range: &Range<usize>) {
        let code = self.code;
        let span = code.span(range);
        let text = |number| {
            items
                .positional(number)
                .and_then(|it| code.string(&it.value))
        };
        // `addColumns('t', [a, b])` is `addColumn` for each.
        let second = items.positional(1);
        let listed = second.filter(|it| code.is(it.value.start, "["));
        let each = match listed.and_then(|it| code.list(&it.value)) {
            Some(list) => list.0,
            None => second.cloned().into_iter().collect::<Vec<Argument>>(),
        };
        match (method, text(1)) {
            ("dropTable", _) => self.stage.drop_table(table, true, span),
            ("renameTable", Some(to)) => {
                self.stage.rename_table(table, migration::dotted(&to), span);
            }
            ("renameColumn", Some(from)) => match self.new_name(items) {
                Some(to) => self.stage.rename_column(&table, &from, &to, span),
                None => self.stage.unknown(code, range, "the new name is not plain"),
            },
            ("addColumn" | "addColumns", _) => {
                for item in each {
                    if let Some(field) = object::column(self.stage, code, &item) {
                        self.stage.add_field(&table, field, false);
                    }
                }
            }
            ("changeColumn", Some(name)) => {
                let field = items
                    .positional(2)
                    .and_then(|it| object::column(self.stage, code, it));
                if let Some(field) = field {
                    self.stage.replace_field(&table, &name, field);
                }
            }
            ("dropColumn" | "dropColumns", _) => {
                for item in each {
                    let Some(name) = code.string(&item.value) else {
                        let why = "the column has no plain name";
                        self.stage.unknown(code, &item.whole, why);
                        continue;
                    };
                    self.stage.drop_column(&table, &name, false, span);
                }
            }
            ("dropPrimaryKey", _) => self.stage.alter(&table, TableChange::DropPrimaryKey, span),
            ("createPrimaryKey", _) => {
                let columns = second
                    .and_then(|it| code.strings(&it.value))
                    .unwrap_or_default();
                let made = super::stage::key(&columns, span);
                self.stage
                    .constrain(&table, Constraint::PrimaryKey(made), span);
            }
            (method, name) if method.starts_with("drop") => {
                self.drop(&table, name, (method, range));
            }
            _ => self.constrain(&table, method, &each),
        }
    }

    fn new_name(&self, items: &Arguments) -> Option<String> {
        let item = items.positional(2)?;
        let of_object = || {
            let members = object::members(self.code, &item.value)?;
            self.code.string(&members.named("name")?.value)
        };
        self.code.string(&item.value).or_else(of_object)
    }

    fn constrain(&mut self, table: &Name, method: &str, each: &[Argument]) {
        let code = self.code;
        for item in each {
            let Some(members) = object::members(code, &item.value) else {
                self.stage
                    .unknown(code, &item.whole, "it is no plain object");
                continue;
            };
            let span = code.span(&item.whole);
            let constraint = match method {
                _ if method.starts_with("createForeign") => {
                    Constraint::Reference(object::reference_of(code, &members, span))
                }
                _ if method.starts_with("createUnique") => {
                    Constraint::Unique(object::key_of(code, &members, span))
                }
                _ => {
                    let found = object::index_of(code, &members, span);
                    self.stage.index(table, found);
                    continue;
                }
            };
            self.stage.constrain(table, constraint, span);
        }
    }

    fn drop(&mut self, table: &Name, name: Option<String>, (method, range): (&str, &Range<usize>)) {
        let span = self.code.span(range);
        match name {
            Some(name) if method.starts_with("dropInd") => {
                let (kind, name) = (ObjectKind::Index, Name::new(name));
                let change = Change::Drop {
                    kind,
                    name,
                    if_exists: true,
                    cascade: false,
                };
                self.stage.change(change, span);
            }
            Some(name) => {
                let change = TableChange::DropConstraint {
                    name,
                    if_exists: true,
                };
                self.stage.alter(table, change, span);
            }
            None => self
                .stage
                .unknown(self.code, range, "the name is not plain"),
        }
    }
}
