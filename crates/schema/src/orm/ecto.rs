//! Reads Ecto's migrations, which people write in Elixir.

mod column;
mod words;

use std::ops::Range;

use super::code::{Arguments, Code};
use super::migration;
use super::stage::{Draft, Field, Stage, index, typed};
use super::token;
use super::types;
use crate::sql::change::{Change, ObjectKind};
use crate::{Confidence, Dialect, Generator, Name, ProblemKind, Schema, Source, Type};
use words::TYPES;

/// What a migration says that changes no column, key or reference.
const WITHOUT_EFFECT: [&str; 10] = [
    "flush",
    "repo",
    "disable_ddl_transaction",
    "IO",
    "Logger",
    "if",
    "unless",
    "case",
    "for",
    "execute_file",
];

/// Reads migrations in the order of their names. Where the configuration is among the files, its
/// `migration_primary_key` holds.
#[must_use]
pub fn read(files: &[Source]) -> Schema {
    let holds = |word: &str| files.iter().any(|source| source.text().contains(word));
    let dialect = if holds("Adapters.MyXQL") {
        Dialect::MySql
    } else if holds("Adapters.SQLite3") {
        Dialect::Sqlite
    } else {
        // The adapter that Ecto comes with.
        Dialect::PostgreSql
    };
    let mut ecto = Ecto {
        stage: Stage::new(dialect, files),
        key: configured(files),
    };
    for (file, source) in migration::in_order(files, &[".exs"]) {
        let code = Code::new(&token::ELIXIR, file, source);
        let is_migration =
            source.text().contains("Ecto.Migration") || source.text().contains("create table");
        if is_migration && !source.path().contains("config") {
            ecto.stage.damage(&code);
            ecto.file(&code);
        }
    }
    ecto.stage.finish(Confidence::Medium)
}

/// The key that a table gets without a word about it.
enum UsualKey {
    /// None at all.
    Absent,
    /// A column of this name and type.
    Column(String, String),
}

impl UsualKey {
    /// Ecto's own choice.
    fn counted() -> Self {
        Self::Column("id".to_owned(), "bigserial".to_owned())
    }
}

/// What `config :app, Repo, migration_primary_key: [type: :uuid]` asks for, or Ecto's own choice.
fn configured(files: &[Source]) -> UsualKey {
    let word = "migration_primary_key";
    let Some(source) = files.iter().find(|it| it.text().contains(word)) else {
        return UsualKey::counted();
    };
    let code = Code::new(&token::ELIXIR, 0, source);
    let Some(at) = (0..code.len()).find(|at| code.is(*at, word)) else {
        return UsualKey::counted();
    };
    if code.is(at + 2, "false") {
        return UsualKey::Absent;
    }
    let items = code.arguments(at + 2);
    let text = |name: &str| code.string(&items.named(name)?.value);
    UsualKey::Column(
        text("name").unwrap_or_else(|| "id".to_owned()),
        text("type").unwrap_or_else(|| "bigserial".to_owned()),
    )
}

struct Ecto {
    stage: Stage,
    key: UsualKey,
}

impl Ecto {
    fn file(&mut self, code: &Code<'_>) {
        let is_up = |at: &usize| {
            code.is(*at, "def")
                && matches!(code.text(at + 1), "change" | "up")
                && code.close(body(code, *at)).is_some()
        };
        let Some(at) = (0..code.len()).find(is_up) else {
            return;
        };
        let open = body(code, at);
        let close = code.close(open).unwrap_or(open);
        let mut at = open + 1;
        while at < close {
            let end = code.line_end(at).clamp(at + 1, close);
            self.statement(code, at..end);
            at = end;
        }
    }

    fn statement(&mut self, code: &Code<'_>, line: Range<usize>) {
        let word = code.text(line.start);
        let next = line.start + 1;
        let is_call = code.is(next, "(") && code.close(next).is_some();
        // `create(index(...))` and `create index(...)` are one.
        let inner = if is_call { next + 1 } else { next };
        let object = code.text(inner);
        let end = code.close(next).filter(|_| is_call).unwrap_or(line.end);
        match (word, object) {
            ("create" | "create_if_not_exists", "table") => {
                let if_not_exists = word != "create";
                self.create_table(code, &line, (inner, if_not_exists));
            }
            ("create" | "create_if_not_exists", "index" | "unique_index") => {
                self.index(code, &line, inner);
            }
            ("create" | "create_if_not_exists" | "drop" | "drop_if_exists", "constraint") => {}
            ("drop" | "drop_if_exists", "table") => {
                if let Some((name, _)) = self.table(code, inner) {
                    self.stage
                        .drop_table(name, word != "drop", code.span(&line));
                }
            }
            ("drop" | "drop_if_exists", "index" | "unique_index") => {
                self.drop_index(code, &line, inner);
            }
            ("alter", "table") => self.alter(code, &line, inner),
            ("rename", "table") => self.rename(code, &line, inner..end),
            ("execute", _) => self.stage.script(code, inner),
            (word, _)
                if WITHOUT_EFFECT.contains(&word) && !code.written(&line).contains("create") => {}
            _ => self
                .stage
                .unknown(code, &line, "it is no statement that is known"),
        }
    }

    /// `table(:users, prefix: "x")` or `table :users`: its name and options.
    fn table(&mut self, code: &Code<'_>, at: usize) -> Option<(Name, Arguments)> {
        let items = call(code, at);
        let item = items.positional(0)?;
        let Some(name) = code.string(&item.value) else {
            self.stage
                .unknown(code, &item.whole, "the table has no plain name");
            return None;
        };
        let prefix = items.named("prefix").and_then(|it| code.string(&it.value));
        Some((
            Name::within(prefix.filter(|it| it != "public"), name),
            items,
        ))
    }

    /// A table has the key `id`, which the database counts, unless told otherwise.
    fn create_table(
        &mut self,
        code: &Code<'_>,
        line: &Range<usize>,
        (at, if_not_exists): (usize, bool),
    ) {
        let Some((name, options)) = self.table(code, at) else {
            return;
        };
        let name_span = options
            .positional(0)
            .map_or(code.span(line), |it| code.span(&it.value));
        let mut draft = Draft::new(name, code.span(line), name_span);
        draft.if_not_exists = if_not_exists;
        let primary_key = options.named("primary_key");
        let is_off = primary_key.is_some_and(|it| code.word(&it.value) == Some("false"));
        let own = primary_key
            .and_then(|it| code.list(&it.value))
            .unwrap_or_default();
        let text = |name: &str| code.string(&own.named(name)?.value);
        let configured = match &self.key {
            UsualKey::Column(name, word) => Some((name.clone(), word.clone())),
            UsualKey::Absent if own.0.is_empty() => None,
            UsualKey::Absent => Some(("id".to_owned(), "bigserial".to_owned())),
        };
        if let Some((name, word)) = configured.filter(|_| !is_off) {
            let word = text("type").unwrap_or(word);
            let data_type = self.data_type(&word, name_span);
            let field = Field::new(text("name").unwrap_or(name), data_type, name_span).key();
            draft.fields.push(self.counted(&word, field));
        }
        let block = (at..line.end).find(|at| code.is(*at, "do"));
        let close = block.and_then(|block| code.close(block));
        let mut at = block.map_or(line.end, |block| block + 1);
        while at < close.unwrap_or(at) {
            let end = code.line_end(at).clamp(at + 1, close.unwrap_or(at + 1));
            self.column(code, &mut draft, at..end);
            at = end;
        }
        self.stage.create(draft);
    }

    fn counted(&self, word: &str, field: Field) -> Field {
        match word {
            "bigserial" | "serial" | "id" => field.counted(self.stage.dialect),
            "identity" => {
                let mut field = field.counted(self.stage.dialect);
                if let Some(default) = &mut field.column.default {
                    default.generator = Generator::Identity { always: false };
                }
                field
            }
            _ => field,
        }
    }

    fn data_type(&self, word: &str, span: crate::Span) -> Type {
        let found = types::find(TYPES, self.stage.dialect, word, span);
        found.unwrap_or_else(|| typed(self.stage.dialect, word, span).0)
    }

    /// One line of `create table`.
    fn column(&mut self, code: &Code<'_>, draft: &mut Draft, line: Range<usize>) {
        match code.text(line.start) {
            "add" | "add_if_not_exists" => {
                let field = self.field(code, &line);
                draft.complete &= field.is_some();
                draft.fields.extend(field);
            }
            "timestamps" => draft.fields.extend(self.timestamps(code, &line)),
            _ => self.stage.unknown(code, &line, "it is no line of a table"),
        }
    }

    fn alter(&mut self, code: &Code<'_>, line: &Range<usize>, at: usize) {
        let Some((table, _)) = self.table(code, at) else {
            return;
        };
        let block = (at..line.end).find(|at| code.is(*at, "do"));
        let Some((block, close)) = block.and_then(|block| Some((block, code.close(block)?))) else {
            return self.stage.unknown(code, line, "it has no block");
        };
        let mut at = block + 1;
        while at < close {
            let end = code.line_end(at).clamp(at + 1, close);
            self.change(code, &table, at..end);
            at = end;
        }
    }

    fn change(&mut self, code: &Code<'_>, table: &Name, line: Range<usize>) {
        let word = code.text(line.start);
        let items = call(code, line.start);
        let name = items.positional(0).and_then(|it| code.string(&it.value));
        match (word, name) {
            ("add" | "add_if_not_exists", _) => {
                if let Some(field) = self.field(code, &line) {
                    self.stage.add_field(table, field, word != "add");
                }
            }
            ("modify", Some(name)) => {
                if let Some(field) = self.field(code, &line) {
                    self.stage.replace_field(table, &name, field);
                }
            }
            ("remove" | "remove_if_exists", Some(name)) => {
                self.stage
                    .drop_column(table, &name, word != "remove", code.span(&line));
            }
            ("timestamps", _) => {
                for field in self.timestamps(code, &line) {
                    self.stage.add_field(table, field, false);
                }
            }
            _ => self.stage.unknown(code, &line, "it is no line of a table"),
        }
    }

    /// `rename table(:a), to: table(:b)`, `rename table(:a), :x, to: :y`.
    fn rename(&mut self, code: &Code<'_>, line: &Range<usize>, range: Range<usize>) {
        let Some((table, _)) = self.table(code, range.start) else {
            return;
        };
        let items = code.split(range);
        let span = code.span(line);
        let to = items.named("to").map(|it| it.value.clone());
        let from = items.positional(1).and_then(|it| code.string(&it.value));
        match (from, to) {
            (Some(from), Some(to)) => {
                if let Some(to) = code.string(&to) {
                    self.stage.rename_column(&table, &from, &to, span);
                }
            }
            (None, Some(to)) if code.is(to.start, "table") => {
                if let Some((to, _)) = self.table(code, to.start) {
                    self.stage.rename_table(table, to, span);
                }
            }
            _ => self
                .stage
                .unknown(code, line, "it renames nothing that is plain"),
        }
    }

    fn index(&mut self, code: &Code<'_>, line: &Range<usize>, at: usize) {
        let items = call(code, at);
        let table = items.positional(0).and_then(|it| code.string(&it.value));
        let columns = items.positional(1).and_then(|it| columns(code, &it.value));
        let (Some(table), Some(columns)) = (table, columns) else {
            return self
                .stage
                .unknown(code, line, "it names no plain table and columns");
        };
        let is_true = items
            .named("unique")
            .is_some_and(|it| code.word(&it.value) == Some("true"));
        let is_unique = is_true || code.is(at, "unique_index");
        let text = |name: &str| code.string(&items.named(name)?.value);
        let mut found = index(text("name"), &columns, is_unique, code.span(line));
        found.predicate = text("where");
        found.method = text("using");
        // The name that Ecto makes: dropping goes by it.
        found.name = found.name.or_else(|| Some(made_name(&table, &columns)));
        let prefix = text("prefix").filter(|it| it != "public");
        self.stage.index(&Name::within(prefix, table), found);
    }

    fn drop_index(&mut self, code: &Code<'_>, line: &Range<usize>, at: usize) {
        let items = call(code, at);
        let name = items.named("name").and_then(|it| code.string(&it.value));
        let made = || {
            let table = code.string(&items.positional(0)?.value)?;
            let columns = columns(code, &items.positional(1)?.value)?;
            Some(made_name(&table, &columns))
        };
        let Some(name) = name.or_else(made) else {
            return self.stage.note(
                code.span(line),
                ProblemKind::Unknown,
                "find the index to drop",
            );
        };
        let (kind, name) = (ObjectKind::Index, Name::new(name));
        let change = Change::Drop {
            kind,
            name,
            if_exists: true,
            cascade: false,
        };
        self.stage.change(change, code.span(line));
    }
}

fn made_name(table: &str, columns: &[String]) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() || c == '_' {
            c
        } else {
            '_'
        }
    };
    let columns: Vec<String> = columns
        .iter()
        .map(|it| it.chars().map(plain).collect())
        .collect();
    format!("{table}_{}_index", columns.join("_"))
}

/// `[:a, "lower(b)", desc: :c]` or `:a`.
fn columns(code: &Code<'_>, range: &Range<usize>) -> Option<Vec<String>> {
    code.strings(range)
}

/// The arguments of a word, with or without parentheses.
fn call(code: &Code<'_>, at: usize) -> Arguments {
    if code.is(at + 1, "(") && code.close(at + 1).is_some() {
        return code.arguments(at + 1);
    }
    let end = code.line_end(at);
    let block = (at..end).find(|at| code.is(*at, "do"));
    code.split(at + 1..block.unwrap_or(end).max(at + 1))
}

/// The `do` of a function.
fn body(code: &Code<'_>, at: usize) -> usize {
    (at..at + HEAD_TOKENS_MAX)
        .find(|at| code.is(*at, "do"))
        .unwrap_or(at)
}

/// The most tokens from `def` to `do`.
const HEAD_TOKENS_MAX: usize = 8;
