//! Reads the snapshots that Drizzle keeps beside its migrations (`meta/0003_snapshot.json`).

use std::collections::BTreeMap;

use super::code::{Argument, Arguments, Code};
use super::stage::{Draft, Field, Stage, action, database, index, key, reference, typed};
use super::token;
use crate::sql::change::Change;
use crate::sql::natural;
use crate::{
    Confidence, Dialect, Enum, Generator, IndexPart, Key, Name, ProblemKind, Reference, Schema,
    Source, View,
};

/// Reads the newest snapshot of each folder; the older ones are its past.
#[must_use]
pub fn read(files: &[Source]) -> Schema {
    let mut newest = BTreeMap::<&str, (u32, &Source)>::new();
    for (file, source) in (0..).zip(files) {
        let path = source.path();
        if !path.ends_with("snapshot.json") {
            continue;
        }
        let folder = path.rfind(['/', '\\']).map_or("", |at| &path[..at]);
        let place = newest.entry(folder).or_insert((file, source));
        if natural(place.1.path(), path).is_lt() {
            *place = (file, source);
        }
    }
    let codes = newest.into_values();
    let codes: Vec<Code<'_>> = codes
        .map(|(file, source)| Code::new(&token::JSON, file, source))
        .collect();
    let dialect = codes.first().map_or(Dialect::Unknown, dialect);
    let mut stage = Stage::new(dialect, files);
    for code in &codes {
        stage.damage(code);
        Snapshot {
            stage: &mut stage,
            code,
        }
        .read();
    }
    stage.finish(Confidence::High)
}

fn dialect(code: &Code<'_>) -> Dialect {
    let root = code.arguments(0);
    let word = root.named("dialect").and_then(|it| code.string(&it.value));
    match word.as_deref() {
        Some("postgresql" | "postgres" | "pg") => Dialect::PostgreSql,
        Some("cockroach") => Dialect::CockroachDb,
        Some("mysql" | "singlestore") => Dialect::MySql,
        Some("sqlite" | "turso") => Dialect::Sqlite,
        Some("mssql") => Dialect::SqlServer,
        _ => Dialect::Unknown,
    }
}

struct Snapshot<'a> {
    stage: &'a mut Stage,
    code: &'a Code<'a>,
}

impl Snapshot<'_> {
    fn read(&mut self) {
        let root = self.code.arguments(0);
        if root.named("tables").is_none() {
            let span = self.code.span_of(0);
            let message = "find `tables`: the snapshot has none, its form may be newer";
            return self.stage.note(span, ProblemKind::Unknown, message);
        }
        for (_, members) in self.objects(&root, "enums") {
            self.enumeration(&members);
        }
        for (item, members) in self.objects(&root, "tables") {
            self.table(&item, &members);
        }
        for (item, members) in self.objects(&root, "views") {
            self.view(&item, &members);
        }
    }

    /// The members of an object that are objects themselves.
    fn objects(&self, parent: &Arguments, name: &str) -> Vec<(Argument, Arguments)> {
        let list = parent.named(name).and_then(|it| self.code.list(&it.value));
        let items = list.unwrap_or_default().0.into_iter();
        let objects = items.filter_map(|item| {
            let members = self.code.list(&item.value)?;
            Some((item, members))
        });
        objects.collect()
    }

    fn text(&self, members: &Arguments, name: &str) -> Option<String> {
        self.code.string(&members.named(name)?.value)
    }

    fn is_true(&self, members: &Arguments, name: &str) -> bool {
        let item = members.named(name);
        item.is_some_and(|it| self.code.word(&it.value) == Some("true"))
    }

    fn texts(&self, members: &Arguments, name: &str) -> Vec<String> {
        let list = members
            .named(name)
            .and_then(|it| self.code.strings(&it.value));
        list.unwrap_or_default()
    }

    fn name(&self, members: &Arguments) -> Option<Name> {
        Some(in_schema(
            self.text(members, "schema"),
            &self.text(members, "name")?,
        ))
    }

    fn enumeration(&mut self, members: &Arguments) {
        let Some(name) = self.name(members) else {
            return;
        };
        let values = match members.named("values") {
            // Older snapshots list them as an object of equal keys and values.
            Some(item) if self.code.is(item.value.start, "{") => {
                let list = self.code.list(&item.value).unwrap_or_default().0;
                list.into_iter().filter_map(|it| it.name).collect()
            }
            _ => self.texts(members, "values"),
        };
        let span = members.0.first().map(|it| self.code.span(&it.whole));
        let Some(span) = span else { return };
        let change = Change::CreateEnum(Enum {
            name,
            model: None,
            values,
            span,
        });
        self.stage.change(change, span);
    }

    fn view(&mut self, item: &Argument, members: &Arguments) {
        let Some(name) = self.name(members) else {
            return;
        };
        let span = self.code.span(&item.whole);
        let view = View {
            name,
            model: None,
            materialized: self.is_true(members, "materialized"),
            columns: Vec::new(),
            query: self.text(members, "definition"),
            span,
        };
        self.stage.change(Change::CreateView(view), span);
    }

    fn table(&mut self, item: &Argument, members: &Arguments) {
        let Some(name) = self.name(members) else {
            return self
                .stage
                .unknown(self.code, &item.whole, "the table has no name");
        };
        let name_span = members.named("name").map(|it| self.code.span(&it.value));
        let span = self.code.span(&item.whole);
        let mut draft = Draft::new(name, span, name_span.unwrap_or(span));
        for (item, members) in self.objects(members, "columns") {
            draft.fields.extend(self.column(&item, &members));
        }
        for (item, members) in self.objects(members, "compositePrimaryKeys") {
            draft.primary_key = Some(self.key(&item, &members));
        }
        for (item, members) in self.objects(members, "uniqueConstraints") {
            draft.uniques.push(self.key(&item, &members));
        }
        for (item, members) in self.objects(members, "foreignKeys") {
            draft.references.push(self.reference(&item, &members));
        }
        for (item, members) in self.objects(members, "indexes") {
            self.index(&mut draft, &item, &members);
        }
        self.stage.create(draft);
    }

    fn column(&mut self, item: &Argument, members: &Arguments) -> Option<Field> {
        let code = self.code;
        let declared = members
            .named("type")
            .and_then(|it| Some((code.string(&it.value)?, it)));
        let (Some(name), Some((text, at))) = (self.text(members, "name"), declared) else {
            self.stage
                .unknown(code, &item.whole, "the column has no name and type");
            return None;
        };
        let dialect = self.stage.dialect;
        let (data_type, counter) = typed(dialect, &text, code.span(&at.value));
        let mut field = Field::new(name, data_type, code.span(&item.whole));
        let column = &mut field.column;
        column.data_type.schema = self.text(members, "typeSchema").filter(|it| it != "public");
        column.name_span = code.span(&(item.whole.start..item.whole.start + 1));
        column.nullable = !self.is_true(members, "notNull");
        column.computed = members
            .named("generated")
            .is_some_and(|it| !code.is(it.value.start, "null"));
        field.primary = self.is_true(members, "primaryKey");
        let of = |name: &str| {
            members
                .named(name)
                .filter(|it| !code.is(it.value.start, "null"))
        };
        let default = of("default").map(|it| {
            let text = code.string(&it.value);
            let text = text.unwrap_or_else(|| code.written(&it.value).to_owned());
            database(Generator::of_expression(&text), &text, code.span(&it.value))
        });
        let identity = of("identity").map(|it| {
            let always = code.written(&it.value).contains("\"always\"");
            database(
                Generator::Identity { always },
                "identity",
                code.span(&it.whole),
            )
        });
        let flag = of("autoincrement").filter(|it| code.word(&it.value) == Some("true"));
        let automatic = flag.map(|it| {
            let span = code.span(&it.whole);
            database(Generator::Autoincrement, code.written(&it.whole), span)
        });
        let column = &mut field.column;
        column.default = automatic.or(identity).or(counter).or(default);
        Some(field)
    }

    fn key(&self, item: &Argument, members: &Arguments) -> Key {
        let unnamed = key(&self.texts(members, "columns"), self.code.span(&item.whole));
        Key {
            name: self.text(members, "name"),
            ..unnamed
        }
    }

    fn reference(&self, item: &Argument, members: &Arguments) -> Reference {
        let span = self.code.span(&item.whole);
        let to = self.text(members, "tableTo").unwrap_or_default();
        let table = in_schema(self.text(members, "schemaTo"), &to);
        let target = self.texts(members, "columnsTo");
        let on = |name| self.text(members, name).and_then(|it| action(&it));
        Reference {
            name: self.text(members, "name"),
            on_delete: on("onDelete").unwrap_or_default(),
            on_update: on("onUpdate").unwrap_or_default(),
            ..reference(&self.texts(members, "columnsFrom"), table, &target, span)
        }
    }

    fn index(&self, draft: &mut Draft, item: &Argument, members: &Arguments) {
        let list = members
            .named("columns")
            .and_then(|it| self.code.list(&it.value));
        let parts = list.unwrap_or_default().0.into_iter().filter_map(|part| {
            // MySQL's and SQLite's are names, PostgreSQL's objects.
            if let Some(name) = self.code.string(&part.value) {
                return Some(IndexPart::Column(name));
            }
            let members = self.code.list(&part.value)?;
            let text = self.text(&members, "expression")?;
            Some(if self.is_true(&members, "isExpression") {
                IndexPart::Expression(text)
            } else {
                IndexPart::Column(text)
            })
        });
        let span = self.code.span(&item.whole);
        let is_unique = self.is_true(members, "isUnique");
        let mut found = index(self.text(members, "name"), &[], is_unique, span);
        found.parts = parts.collect();
        found.method = self.text(members, "method").filter(|it| it != "btree");
        found.predicate = self.text(members, "where");
        draft.indexes.push(found);
    }
}

/// The default namespace is named `public`, or not at all.
fn in_schema(schema: Option<String>, name: &str) -> Name {
    let schema = schema.filter(|it| !it.is_empty() && it != "public");
    Name::within(schema, name)
}
