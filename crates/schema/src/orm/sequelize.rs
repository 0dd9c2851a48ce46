//! Reads Sequelize's migrations, which people write in JavaScript or TypeScript.

mod column;

use std::ops::Range;

use super::code::{Argument, Arguments, Code};
use super::migration::{self, Call};
use super::stage::{Draft, Stage, action, index, key, reference};
use super::token;
use crate::sql::change::{Change, Constraint, ObjectKind, TableChange};
use crate::{Confidence, Dialect, Key, Name, Reference, Schema, Source, Span};

/// Methods of the query interface that change no column, key or reference.
const WITHOUT_EFFECT: [&str; 14] = [
    "bulkInsert",
    "bulkUpdate",
    "bulkDelete",
    "describeTable",
    "showAllTables",
    "showIndex",
    "createFunction",
    "dropFunction",
    "createTrigger",
    "dropTrigger",
    "insert",
    "select",
    "rawSelect",
    "tableExists",
];

/// Methods whose arguments hold no other change.
const TAKEN: [&str; 18] = [
    "createTable",
    "addColumn",
    "removeColumn",
    "changeColumn",
    "renameColumn",
    "addConstraint",
    "removeConstraint",
    "addIndex",
    "removeIndex",
    "dropTable",
    "renameTable",
    "query",
    "bulkInsert",
    "bulkUpdate",
    "bulkDelete",
    "createSchema",
    "dropAllTables",
    "dropSchema",
];

/// Reads migrations in the order of their names. A configuration among the files says which
/// database it is.
#[must_use]
pub fn read(files: &[Source]) -> Schema {
    let mut stage = Stage::new(dialect(files), files);
    for (file, source) in migration::in_order(files, &[".js", ".ts", ".cjs", ".mjs"]) {
        let code = Code::new(&token::JAVASCRIPT, file, source);
        stage.damage(&code);
        let Some(up) = migration::up(&code) else {
            continue;
        };
        let mut reader = Sequelize {
            stage: &mut stage,
            code: &code,
        };
        for call in migration::calls(&code, up.body.clone(), |name| TAKEN.contains(&name)) {
            reader.call(call, &up.receiver);
        }
    }
    stage.finish(Confidence::Medium)
}

/// The dialect of a configuration, which is JSON or JavaScript.
fn dialect(files: &[Source]) -> Dialect {
    let words = [
        ("postgres", Dialect::PostgreSql),
        ("mysql", Dialect::MySql),
        ("mariadb", Dialect::MySql),
        ("sqlite", Dialect::Sqlite),
        ("mssql", Dialect::SqlServer),
    ];
    let found = files.iter().find_map(|source| {
        let (_, rest) = source.text().split_once("dialect")?;
        let quoted = rest
            .split(['"', '\'', '`'])
            .find(|it| it.chars().all(char::is_alphabetic) && !it.is_empty())?;
        words
            .iter()
            .find(|(word, _)| *word == quoted)
            .map(|(_, it)| *it)
    });
    found.unwrap_or_default()
}

struct Sequelize<'a> {
    stage: &'a mut Stage,
    code: &'a Code<'a>,
}

impl Sequelize<'_> {
    fn call(&mut self, call: Call, receiver: &str) {
        let code = self.code;
        let items = code.arguments(call.open);
        let range = migration::whole(code, call);
        let method = code.text(call.method);
        if method == "query" {
            return self.stage.script(code, call.open + 1);
        }
        let is_known = TAKEN.contains(&method);
        if !is_known {
            let is_own =
                migration::is_on(code, call, receiver) && !WITHOUT_EFFECT.contains(&method);
            if is_own {
                self.stage
                    .unknown(code, &range, "it is no method that is known");
            }
            return;
        }
        let table = items
            .positional(0)
            .and_then(|it| migration::table_name(code, &it.value));
        match table {
            Some(table) => self.on_table(method, table, &items, &range),
            None if method.starts_with("bulk") => {}
            None => self
                .stage
                .unknown(code, &range, "the table has no plain name"),
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
        match (method, text(1), text(2)) {
            ("createTable", ..) => self.create_table(table, items, range),
            ("dropTable", ..) => self.stage.drop_table(table, true, span),
            ("renameTable", Some(to), _) => {
                self.stage.rename_table(table, migration::dotted(&to), span);
            }
            ("addColumn" | "changeColumn", Some(name), _) => {
                let Some(item) = items.positional(2) else {
                    return self.stage.unknown(code, range, "it declares no column");
                };
                let name_span = items.positional(1).map_or(span, |it| code.span(&it.value));
                let field = column::read(self.stage, code, (&name, name_span), item);
                match field {
                    Some(field) if method == "addColumn" => {
                        self.stage.add_field(&table, field, false);
                    }
                    Some(field) => self.stage.replace_field(&table, &name, field),
                    None => {}
                }
            }
            ("removeColumn", Some(name), _) => self.stage.drop_column(&table, &name, false, span),
            ("renameColumn", Some(from), Some(to)) => {
                self.stage.rename_column(&table, &from, &to, span);
            }
            ("addConstraint", ..) => self.add_constraint(&table, items, range),
            ("addIndex", ..) => self.add_index(&table, items, range),
            ("removeConstraint", Some(name), _) => {
                let change = TableChange::DropConstraint {
                    name,
                    if_exists: true,
                };
                self.stage.alter(&table, change, span);
            }
            ("removeIndex", Some(name), _) => {
                let (kind, name) = (ObjectKind::Index, Name::new(name));
                let change = Change::Drop {
                    kind,
                    name,
                    if_exists: true,
                    cascade: false,
                };
                self.stage.change(change, span);
            }
            ("bulkInsert" | "bulkUpdate" | "bulkDelete" | "createSchema" | "removeIndex", ..) => {}
            _ => self
                .stage
                .unknown(code, range, "its arguments are not plain"),
        }
    }

    fn create_table(&mut self, mut table: Name, items: &Arguments, range: &Range<usize>) {
        let code = self.code;
        let columns = items.positional(1).and_then(|it| code.list(&it.value));
        let options = items.positional(2).and_then(|it| code.list(&it.value));
        let options = options.unwrap_or_default();
        let schema = options
            .named("schema")
            .and_then(|it| code.string(&it.value));
        table.schema = table.schema.or(schema.filter(|it| it != "public"));
        let name_span = items
            .positional(0)
            .map_or(code.span(range), |it| code.span(&it.value));
        let mut draft = Draft::new(table, code.span(range), name_span);
        // `createTable` asks for `IF NOT EXISTS`.
        draft.if_not_exists = true;
        draft.complete = columns.is_some();
        if columns.is_none() {
            self.stage
                .unknown(code, range, "its columns are no plain object");
        }
        for item in columns.unwrap_or_default().0 {
            let Some(name) = item.name.clone() else {
                draft.complete = false;
                self.stage.unknown(code, &item.whole, "it is no column");
                continue;
            };
            let name_span = code.span(&(item.whole.start..item.whole.start + 1));
            let found = column::read(self.stage, code, (&name, name_span), &item);
            draft.complete &= found.is_some();
            draft.fields.extend(found);
        }
        let uniques = options
            .named("uniqueKeys")
            .and_then(|it| code.list(&it.value));
        for item in uniques.unwrap_or_default().0 {
            let members = code.list(&item.value).unwrap_or_default();
            let fields = members
                .named("fields")
                .and_then(|it| code.strings(&it.value));
            let unnamed = key(&fields.unwrap_or_default(), code.span(&item.whole));
            draft.uniques.push(Key {
                name: item.name,
                ..unnamed
            });
        }
        self.stage.create(draft);
    }

    /// `addConstraint('t', { fields: ['a'], type: 'unique' })`, before version 5 with the fields
    /// second and the rest third.
    fn add_constraint(&mut self, table: &Name, items: &Arguments, range: &Range<usize>) {
        let code = self.code;
        let object = |item: &Argument| code.is(item.value.start, "{");
        let options = items.0.iter().rev().find(|it| object(it));
        let options = options
            .and_then(|it| code.list(&it.value))
            .unwrap_or_default();
        let strings = |item: Option<&Argument>| item.and_then(|it| code.strings(&it.value));
        let fields = strings(options.named("fields")).or_else(|| strings(items.positional(1)));
        let kind = options.named("type").and_then(|it| code.string(&it.value));
        let (Some(fields), Some(kind)) = (fields, kind) else {
            return self
                .stage
                .unknown(code, range, "its fields or type are not plain");
        };
        let span = code.span(range);
        let name = options.named("name").and_then(|it| code.string(&it.value));
        let made = Key {
            name: name.clone(),
            ..key(&fields, span)
        };
        let constraint = match kind.to_ascii_lowercase().as_str() {
            "unique" => Constraint::Unique(made),
            "primary key" => Constraint::PrimaryKey(made),
            "foreign key" => match self.reference(&fields, &options, span) {
                Some(found) => Constraint::Reference(Reference { name, ..found }),
                None => return self.stage.unknown(code, range, "its target is not plain"),
            },
            _ => Constraint::Other { name },
        };
        self.stage.constrain(table, constraint, span);
    }

    fn reference(&self, fields: &[String], options: &Arguments, span: Span) -> Option<Reference> {
        let code = self.code;
        let target = code.list(&options.named("references")?.value)?;
        let table = target.named("table").or_else(|| target.named("model"))?;
        let table = migration::table_name(code, &table.value)?;
        let columns = ["field", "fields", "key"]
            .iter()
            .find_map(|it| target.named(it));
        let columns = columns
            .and_then(|it| code.strings(&it.value))
            .unwrap_or_default();
        let on = |name: &str| action(&code.string(&options.named(name)?.value)?);
        Some(Reference {
            on_delete: on("onDelete").unwrap_or_default(),
            on_update: on("onUpdate").unwrap_or_default(),
            ..reference(fields, table, &columns, span)
        })
    }

    fn add_index(&mut self, table: &Name, items: &Arguments, range: &Range<usize>) {
        let code = self.code;
        let options = items.0.iter().rev().find(|it| code.is(it.value.start, "{"));
        let options = options
            .and_then(|it| code.list(&it.value))
            .unwrap_or_default();
        let listed = options.named("fields").or_else(|| items.positional(1));
        let parts = listed
            .and_then(|it| code.list(&it.value))
            .unwrap_or_default()
            .0;
        let column = |part: &Argument| {
            let name = || {
                let members = code.list(&part.value)?;
                let name = members
                    .named("name")
                    .or_else(|| members.named("attribute"))?;
                code.string(&name.value)
            };
            let text = code.string(&part.value).or_else(name);
            text.unwrap_or_else(|| code.written(&part.value).to_owned())
        };
        let columns: Vec<String> = parts.iter().map(column).collect();
        let text = |name: &str| options.named(name).and_then(|it| code.string(&it.value));
        let is_unique = options
            .named("unique")
            .is_some_and(|it| code.word(&it.value) == Some("true"))
            || text("type").is_some_and(|it| it.eq_ignore_ascii_case("unique"));
        let name = text("name").or_else(|| text("indexName"));
        self.stage
            .index(table, index(name, &columns, is_unique, code.span(range)));
    }
}
