//! Reads Rails' `schema.rb`, which Active Record writes itself, line by line.

pub(super) mod words;

use std::ops::Range;

use super::code::{Arguments, Code};
use super::stage::{Draft, Field, Stage, action, database, index, key, reference};
use super::token;
use super::types;
use crate::sql::change::Constraint;
use crate::{
    Confidence, Dialect, Enum, Generator, Name, Reference, Schema, Source, Span, Type, View,
};
use words::{TYPES, plural, singular};

/// What a `schema.rb` says besides tables that changes no table.
const WITHOUT_TABLES: [&str; 9] = [
    "enable_extension",
    "create_schema",
    "create_function",
    "create_trigger",
    "add_check_constraint",
    "validate_foreign_key",
    "create_extension",
    "create_policy",
    "end",
];

/// Reads each file as a schema of its own database; tables of all are in one picture.
#[must_use]
pub fn read(files: &[Source]) -> Schema {
    let dialect = dialect(files);
    let mut reader = Rails {
        stage: Stage::new(dialect, files),
    };
    for (file, source) in (0..).zip(files) {
        if super::has_ending(source, &["rb"]) {
            reader.file(&Code::new(&token::RUBY, file, source));
        }
    }
    reader.stage.finish(Confidence::High)
}

/// What the files betray of their database: the adapter in `database.yml`, or what only one has.
fn dialect(files: &[Source]) -> Dialect {
    let holds = |words: &[&str]| {
        let has = |source: &Source| words.iter().any(|word| source.text().contains(word));
        files.iter().any(has)
    };
    if holds(&[
        "enable_extension",
        "adapter: postgresql",
        "adapter: postgis",
        "t.jsonb",
        "t.uuid",
    ]) {
        Dialect::PostgreSql
    } else if holds(&[
        "ENGINE=",
        "charset: \"",
        "adapter: mysql2",
        "adapter: trilogy",
        "unsigned: ",
    ]) {
        Dialect::MySql
    } else if holds(&["adapter: sqlite3"]) {
        Dialect::Sqlite
    } else {
        Dialect::Unknown
    }
}

struct Rails {
    stage: Stage,
}

impl Rails {
    fn file(&mut self, code: &Code<'_>) {
        self.stage.damage(code);
        let mut at = 0;
        while at < code.len() {
            let end = code.line_end(at).max(at + 1);
            let is_frame = code.is(at, "ActiveRecord") || code.is(at, "end");
            if is_frame {
                at = (at + 1..end)
                    .find(|it| code.is(*it, "do"))
                    .map_or(end, |it| it + 1);
                // A block that is closed was passed by with its line.
                continue;
            }
            self.statement(code, at..end);
            at = end;
        }
    }

    fn statement(&mut self, code: &Code<'_>, line: Range<usize>) {
        let word = code.text(line.start);
        let rest = arguments_of(code, &line);
        match word {
            "create_table" => self.create_table(code, &line, &rest),
            "add_foreign_key" => self.foreign_key(code, &line, &rest),
            "add_index" => self.add_index(code, &line, &rest),
            "create_enum" => self.create_enum(code, &line, &rest),
            "create_view" => self.create_view(code, &line, &rest),
            "execute" => self.stage.script(code, line.start + 1),
            word if WITHOUT_TABLES.contains(&word) => {}
            _ => self
                .stage
                .unknown(code, &line, "it is no statement of a schema.rb"),
        }
    }

    fn create_table(&mut self, code: &Code<'_>, line: &Range<usize>, rest: &Arguments) {
        let named = rest
            .positional(0)
            .and_then(|it| Some((code.string(&it.value)?, it)));
        let Some((name, item)) = named else {
            return self
                .stage
                .unknown(code, line, "the table has no plain name");
        };
        let head_end = (line.clone())
            .find(|at| code.is(*at, "do"))
            .unwrap_or(line.end);
        let name_span = code.span(&item.value);
        let mut draft = Draft::new(table_name(&name), code.span(line), name_span);
        self.key(code, &mut draft, rest);
        if let Some(close) = code.close(head_end) {
            let mut at = head_end + 1;
            // `|t|`
            if code.is(at, "|") {
                at += 3;
            }
            while at < close {
                let end = code.line_end(at).clamp(at + 1, close);
                self.column(code, &mut draft, at..end);
                at = end;
            }
        }
        self.stage.create(draft);
    }

    /// A table without a word about its key has `id`, which the database counts.
    fn key(&mut self, code: &Code<'_>, draft: &mut Draft, rest: &Arguments) {
        let names = rest
            .named("primary_key")
            .map(|it| (code.strings(&it.value), code.span(&it.whole)));
        let names = names.and_then(|(names, span)| Some((names?, span)));
        if let Some((names, span)) = names.as_ref().filter(|(names, _)| names.len() > 1) {
            draft.primary_key = Some(key(names, *span));
            return;
        }
        let name = names.and_then(|(names, _)| names.into_iter().next());
        let name = name.unwrap_or_else(|| "id".to_owned());
        let id = rest.named("id");
        if id.is_some_and(|it| code.word(&it.value) == Some("false")) {
            return;
        }
        let span = id.map_or(draft.name_span, |it| code.span(&it.whole));
        let options = id.and_then(|it| code.list(&it.value));
        let options = options.as_ref().unwrap_or(rest);
        let word = match id {
            Some(it) => code.string(&it.value).or_else(|| {
                let word = options.named("type")?;
                code.string(&word.value)
            }),
            None => None,
        };
        // Before Rails 5.1, whose dumps say `force: true`, keys had 32 bits.
        let is_old = rest
            .named("force")
            .is_some_and(|it| code.word(&it.value) == Some("true"));
        let usual = if is_old { "integer" } else { "bigint" };
        let word = word.unwrap_or_else(|| usual.to_owned());
        let data_type = self.data_type(code, &word, options, span);
        let mut field = Field::new(name, data_type, span).key();
        let has_default = options.named("default").is_some();
        if has_default {
            Self::default(code, &mut field, options);
        } else if field.column.data_type.is_integer() {
            field = field.counted(self.stage.dialect);
        } else if word == "uuid" && self.stage.dialect == Dialect::PostgreSql {
            let text = "gen_random_uuid()";
            let generator = Generator::Uuid { version: Some(4) };
            field.column.default = Some(database(generator, text, span));
        }
        draft.fields.push(field);
    }

    /// One line of a table's block.
    fn column(&mut self, code: &Code<'_>, draft: &mut Draft, line: Range<usize>) {
        if !code.are(line.start + 1, &["."]) || !code.is_word(line.start + 2) {
            return self.stage.unknown(code, &line, "it is no line of a table");
        }
        let word = code.text(line.start + 2);
        let rest = arguments_of(code, &(line.start + 2..line.end));
        let span = code.span(&line);
        match word {
            "index" | "unique_constraint" => {
                let Some(item) = rest.positional(0) else {
                    return self.stage.unknown(code, &line, "it names no columns");
                };
                let columns = code.strings(&item.value).unwrap_or_default();
                let name = named_string(code, &rest, "name");
                if word == "unique_constraint" {
                    let unnamed = key(&columns, span);
                    draft.uniques.push(crate::Key { name, ..unnamed });
                    return;
                }
                let mut found = index(name, &columns, is_true(code, &rest, "unique"), span);
                found.method = named_string(code, &rest, "using");
                found.method = found.method.filter(|it| it != "btree");
                found.predicate = named_string(code, &rest, "where");
                draft.indexes.push(found);
            }
            "check_constraint" | "exclusion_constraint" | "comment" => {}
            "timestamps" => {
                for name in ["created_at", "updated_at"] {
                    let data_type = self.data_type(code, "datetime", &rest, span);
                    let mut field = Field::new(name, data_type, span);
                    field.column.nullable = false;
                    draft.fields.push(field);
                }
            }
            "references" | "belongs_to" => self.references(code, draft, &rest, span),
            _ => self.plain_column(code, draft, word, (&rest, &line)),
        }
    }

    fn plain_column(
        &mut self,
        code: &Code<'_>,
        draft: &mut Draft,
        word: &str,
        (rest, line): (&Arguments, &Range<usize>),
    ) {
        let mut word = word.to_owned();
        let number = usize::from(word == "column");
        if number == 1 {
            word = rest
                .positional(1)
                .and_then(|it| code.string(&it.value))
                .unwrap_or_default();
        }
        let options = ["type", "enum_type"];
        let typed = options
            .iter()
            .find_map(|name| named_string(code, rest, name));
        if let Some(declared) = typed.filter(|_| word == "virtual" || word == "enum") {
            word = declared;
        }
        let name = rest
            .positional(0)
            .and_then(|it| Some((code.string(&it.value)?, it)));
        let Some((name, item)) = name.filter(|_| !word.is_empty()) else {
            return self.stage.unknown(code, line, "it declares no column");
        };
        let data_type = self.data_type(code, &word, rest, code.span_of(line.start + 2));
        let mut field = Field::new(name, data_type, code.span(line));
        field.column.name_span = code.span(&item.value);
        field.column.nullable = may_be_null(code, rest);
        field.column.computed = rest.named("as").is_some();
        field.primary = is_true(code, rest, "primary_key");
        Self::default(code, &mut field, rest);
        if matches!(word.as_str(), "serial" | "bigserial" | "primary_key") {
            field = field.counted(self.stage.dialect);
        }
        draft.fields.push(field);
    }

    /// `t.references "user"`, which dumps spell out but people do not.
    fn references(&mut self, code: &Code<'_>, draft: &mut Draft, rest: &Arguments, span: Span) {
        let Some(name) = rest.positional(0).and_then(|it| code.string(&it.value)) else {
            return;
        };
        let word = named_string(code, rest, "type").unwrap_or_else(|| "bigint".to_owned());
        let data_type = self.data_type(code, &word, &Arguments::default(), span);
        let mut field = Field::new(format!("{name}_id"), data_type, span);
        field.column.nullable = may_be_null(code, rest);
        if let Some(key) = rest
            .named("foreign_key")
            .filter(|it| code.word(&it.value) != Some("false"))
        {
            let options = code.list(&key.value).unwrap_or_default();
            let table = named_string(code, &options, "to_table").unwrap_or_else(|| plural(&name));
            field.reference = Some(reference(
                &[format!("{name}_id")],
                table_name(&table),
                &[],
                span,
            ));
        }
        draft.fields.push(field);
        if rest.named("polymorphic").is_some() {
            let data_type = self.data_type(code, "string", &Arguments::default(), span);
            draft
                .fields
                .push(Field::new(format!("{name}_type"), data_type, span));
        }
    }

    fn default(code: &Code<'_>, field: &mut Field, options: &Arguments) {
        let Some(item) = options.named("default") else {
            return;
        };
        let span = code.span(&item.value);
        let written = code.written(&item.value);
        if written == "nil" {
            return;
        }
        let generator = if code.is(item.value.start, "->") {
            let text = (item.value.clone()).find_map(|at| code.string_at(at));
            Generator::of_expression(text.as_deref().unwrap_or(written))
        } else {
            let text = code.string(&item.value);
            Generator::Literal(text.unwrap_or_else(|| written.to_owned()))
        };
        field.column.default = Some(database(generator, written, span));
    }

    fn data_type(&self, code: &Code<'_>, word: &str, options: &Arguments, span: Span) -> Type {
        let dialect = self.stage.dialect;
        let number = |name| options.named(name).map(|it| code.written(&it.value));
        let limit = number("limit");
        let is_unsigned = is_true(code, options, "unsigned");
        let word = match (word, limit) {
            ("integer", Some("8")) => "bigint",
            ("integer", Some("1" | "2")) if dialect != Dialect::MySql => "smallint",
            ("integer", Some("1")) => "tinyint",
            ("integer", Some("2")) => "smallint",
            ("integer", Some("3")) if dialect == Dialect::MySql => "mediumint",
            (word, _) => word,
        };
        let unsigned = format!("unsigned_{word}");
        let looked_up = if is_unsigned { unsigned.as_str() } else { word };
        let Some(found) = types::find(TYPES, dialect, looked_up, span) else {
            let name = crate::sql::type_of(types::known(dialect), word, span);
            return Type {
                list: is_true(code, options, "array"),
                ..name
            };
        };
        let arguments: Vec<&str> = match word {
            "string" | "binary" | "bit" => limit.into_iter().collect(),
            "decimal" | "numeric" => number("precision")
                .into_iter()
                .chain(number("scale"))
                .collect(),
            _ => Vec::new(),
        };
        let mut found = if arguments.is_empty() || found.name == "bytea" {
            found
        } else {
            types::with_arguments(dialect, &found, &arguments)
        };
        found.list = is_true(code, options, "array");
        found
    }

    fn foreign_key(&mut self, code: &Code<'_>, line: &Range<usize>, rest: &Arguments) {
        let table = |number| {
            rest.positional(number)
                .and_then(|it| code.string(&it.value))
        };
        let (Some(from), Some(to)) = (table(0), table(1)) else {
            return self.stage.unknown(code, line, "it names no two tables");
        };
        let span = code.span(line);
        let strings = |name: &str| rest.named(name).and_then(|it| code.strings(&it.value));
        let columns = strings("column").unwrap_or_else(|| vec![format!("{}_id", singular(&to))]);
        let target = strings("primary_key").unwrap_or_default();
        let made = reference(&columns, table_name(&to), &target, span);
        let on = |name| named_string(code, rest, name).and_then(|it| action(&it));
        let found = Reference {
            name: named_string(code, rest, "name"),
            on_delete: on("on_delete").unwrap_or_default(),
            on_update: on("on_update").unwrap_or_default(),
            ..made
        };
        self.stage
            .constrain(&table_name(&from), Constraint::Reference(found), span);
    }

    fn add_index(&mut self, code: &Code<'_>, line: &Range<usize>, rest: &Arguments) {
        let table = rest.positional(0).and_then(|it| code.string(&it.value));
        let columns = rest.positional(1).and_then(|it| code.strings(&it.value));
        let (Some(table), Some(columns)) = (table, columns) else {
            return self
                .stage
                .unknown(code, line, "it names no table and columns");
        };
        let name = named_string(code, rest, "name");
        let found = index(
            name,
            &columns,
            is_true(code, rest, "unique"),
            code.span(line),
        );
        self.stage.index(&table_name(&table), found);
    }

    fn create_enum(&mut self, code: &Code<'_>, line: &Range<usize>, rest: &Arguments) {
        let name = rest.positional(0).and_then(|it| code.string(&it.value));
        let values = rest.positional(1).and_then(|it| code.strings(&it.value));
        let (Some(name), Some(values)) = (name, values) else {
            return self.stage.unknown(code, line, "it lists no values");
        };
        let span = code.span(line);
        let (name, model) = (table_name(&name), None);
        let change = crate::sql::change::Change::CreateEnum(Enum {
            name,
            model,
            values,
            span,
        });
        self.stage.change(change, span);
    }

    fn create_view(&mut self, code: &Code<'_>, line: &Range<usize>, rest: &Arguments) {
        let Some(name) = rest.positional(0).and_then(|it| code.string(&it.value)) else {
            return self.stage.unknown(code, line, "the view has no plain name");
        };
        let span = code.span(line);
        let view = View {
            name: table_name(&name),
            model: None,
            materialized: is_true(code, rest, "materialized"),
            columns: Vec::new(),
            query: named_string(code, rest, "sql_definition"),
            span,
        };
        self.stage
            .change(crate::sql::change::Change::CreateView(view), span);
    }
}

/// What follows the first word, up to a block.
fn arguments_of(code: &Code<'_>, line: &Range<usize>) -> Arguments {
    if code.is(line.start + 1, "(") && code.close(line.start + 1).is_some() {
        return code.arguments(line.start + 1);
    }
    let block = (line.clone()).find(|at| code.is(*at, "do") && code.close(*at).is_some());
    code.split(line.start + 1..block.unwrap_or(line.end).max(line.start + 1))
}

fn named_string(code: &Code<'_>, items: &Arguments, name: &str) -> Option<String> {
    code.string(&items.named(name)?.value)
}

fn may_be_null(code: &Code<'_>, items: &Arguments) -> bool {
    let item = items.named("null");
    item.is_none_or(|it| code.word(&it.value) != Some("false"))
}

fn is_true(code: &Code<'_>, items: &Arguments, name: &str) -> bool {
    let item = items.named(name);
    item.is_some_and(|it| code.word(&it.value) == Some("true"))
}

/// `schema.table` names both.
fn table_name(text: &str) -> Name {
    match text.split_once('.') {
        Some((schema, name)) if schema != "public" => Name::within(Some(schema.to_owned()), name),
        Some((_, name)) => Name::new(name),
        None => Name::new(text),
    }
}
