//! Reads the lines of a blueprint: `$table->foreignId('user_id')->constrained();`.

mod drop;
mod words;

use std::ops::Range;

use super::super::code::{Arguments, Code};
use super::super::migration;
use super::super::rails::words::plural;
use super::super::stage::{Draft, Field, Stage, action, database, index, key, reference};
use super::super::types;
use crate::sql::change::{Change, Constraint, ObjectKind};
use words::{SEVERAL, TYPES};

use crate::{Dialect, Generator, Key, Name, Reference, Type};

/// Lines that change no column, key or reference.
const WITHOUT_EFFECT: [&str; 12] = [
    "engine",
    "charset",
    "collation",
    "comment",
    "fullText",
    "fulltext",
    "spatialIndex",
    "rawIndex",
    "temporary",
    "innoDb",
    "dropFullText",
    "dropSpatialIndex",
];

/// Reads the lines of a body into a new table, or applies them to one that is there.
pub(super) fn read(
    stage: &mut Stage,
    code: &Code<'_>,
    (draft, is_new): (&mut Draft, bool),
    (variable, body): (&str, Range<usize>),
) {
    let mut blueprint = Blueprint {
        stage,
        code,
        draft,
        is_new,
    };
    let mut at = body.start;
    while at < body.end {
        if !code.is(at, variable) || !code.is(at + 1, "->") {
            at += 1;
            continue;
        }
        let start = at;
        while at < body.end && !code.is(at, ";") {
            at = code.after(at);
        }
        blueprint.line(&(start..at.min(body.end)));
    }
}

/// The calls of one line: their names, and what they are given.
type Chain<'a> = Vec<(&'a str, usize, Arguments)>;

struct Blueprint<'a> {
    stage: &'a mut Stage,
    code: &'a Code<'a>,
    draft: &'a mut Draft,
    is_new: bool,
}

impl<'a> Blueprint<'a> {
    fn chain(&self, line: &Range<usize>) -> Chain<'a> {
        let code = self.code;
        let mut chain = Vec::new();
        let mut at = line.start;
        while at < line.end {
            if code.is(at + 1, "(") && matches!(code.text(at.wrapping_sub(1)), "->" | "?->") {
                chain.push((code.text(at), at, code.arguments(at + 1)));
            }
            at = code.after(at);
        }
        chain
    }

    fn line(&mut self, line: &Range<usize>) {
        let code = self.code;
        let chain = self.chain(line);
        let Some((word, _, items)) = chain.first() else {
            // A property, such as `$table->engine = 'InnoDB'`.
            return;
        };
        let text = |number| {
            items
                .positional(number)
                .and_then(|it| code.string(&it.value))
        };
        if let Some((_, columns)) = SEVERAL.iter().find(|(name, _)| name == word) {
            for (kind, ending, nullable) in *columns {
                let stem = text(0)
                    .filter(|_| ending.starts_with('_'))
                    .unwrap_or_default();
                let name = match (ending.starts_with('_'), stem.is_empty()) {
                    (true, true) => return self.stage.unknown(code, line, "it names no relation"),
                    (true, false) => format!("{stem}{ending}"),
                    (false, _) => (*ending).to_owned(),
                };
                let data_type = self.data_type(kind, &Arguments::default(), line);
                let mut field = Field::new(name, data_type, code.span(line));
                field.column.nullable = *nullable;
                self.add(field);
            }
            return;
        }
        match *word {
            "primary" | "unique" | "index" => self.group(word, items, line),
            "foreign" => self.foreign(&chain, line),
            word if word.starts_with("drop") || word == "removeColumn" => {
                self.drop(word, items, line);
            }
            "renameColumn" => {
                if let (Some(from), Some(to)) = (text(0), text(1)) {
                    let name = self.draft.name.clone();
                    self.stage.rename_column(&name, &from, &to, code.span(line));
                }
            }
            "rename" => {
                if let Some(to) = text(0) {
                    let name = self.draft.name.clone();
                    self.stage
                        .rename_table(name, migration::dotted(&to), code.span(line));
                }
            }
            "renameIndex" => {
                if let (Some(from), Some(to)) = (text(0), text(1)) {
                    let (kind, name, to) = (ObjectKind::Index, Name::new(from), Name::new(to));
                    self.stage
                        .change(Change::Rename { kind, name, to }, code.span(line));
                }
            }
            word if WITHOUT_EFFECT.contains(&word) => {}
            _ => self.column(&chain, line),
        }
    }

    fn data_type(&self, word: &str, items: &Arguments, line: &Range<usize>) -> Type {
        let dialect = self.stage.dialect;
        let span = self.code.span(line);
        let Some(found) = types::find(TYPES, dialect, word, span) else {
            return Type::new(dialect, word, &[], span);
        };
        let numbers: Vec<&str> = (items.0.iter())
            .map(|it| self.code.written(&it.value))
            .filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()))
            .collect();
        let takes = matches!(word, "string" | "char" | "decimal" | "ulid");
        if takes && !numbers.is_empty() && dialect != Dialect::Sqlite {
            return types::with_arguments(dialect, &found, &numbers);
        }
        found
    }

    fn column(&mut self, chain: &Chain<'_>, line: &Range<usize>) {
        let code = self.code;
        let Some((word, name)) = self.named(chain, line) else {
            self.draft.complete = false;
            return;
        };
        let (_, at, items) = &chain[0];
        let call = |name: &str| chain.iter().skip(1).find(|(it, ..)| *it == name);
        let is_on = |name: &str| {
            let item = call(name).map(|(.., items)| items.positional(0));
            item.is_some_and(|it| it.is_none_or(|it| code.word(&it.value) != Some("false")))
        };
        let mut data_type = self.data_type(&word, items, line);
        if call("unsigned").is_some() && self.stage.dialect == Dialect::MySql {
            let name = format!("{} unsigned", data_type.name);
            data_type = Type::new(Dialect::MySql, &name, &[], data_type.span);
        }
        let mut field = Field::new(&*name, data_type.declared_as(word.clone()), code.span(line));
        let name_at = items.positional(0).map(|it| code.span(&it.value));
        field.column.name_span = name_at.unwrap_or(code.span_of(*at));
        field.column.nullable = is_on("nullable");
        let computes = ["storedAs", "virtualAs", "generatedAs"];
        field.column.computed = computes.iter().any(|it| call(it).is_some());
        self.default(&mut field, chain);
        let counts = word == "id" || word.ends_with("ncrements");
        if counts || call("autoIncrement").is_some() {
            field = field.counted(self.stage.dialect).key();
        }
        if call("primary").is_some() {
            field = field.key();
        }
        field.unique = is_on("unique");
        field.reference = self.constrained(&name, chain, line);
        if let Some((.., items)) = call("index") {
            let index_name = items.positional(0).and_then(|it| code.string(&it.value));
            self.indexed(index(index_name, &[name], false, code.span(line)));
        }
        if call("change").is_some() {
            let (table, name) = (self.draft.name.clone(), field.column.name.clone());
            return self.stage.replace_field(&table, &name, field);
        }
        self.add(field);
    }

    /// The word for the column's type, and its name; what has neither is reported.
    fn named(&mut self, chain: &Chain<'_>, line: &Range<usize>) -> Option<(String, String)> {
        let code = self.code;
        let (word, _, items) = &chain[0];
        let mut word = (*word).to_owned();
        let text = |number| {
            items
                .positional(number)
                .and_then(|it| code.string(&it.value))
        };
        let mut name = text(0);
        if word == "addColumn" {
            word = name.take().unwrap_or_default();
            name = text(1);
        }
        let usual = match word.as_str() {
            "id" => Some("id".to_owned()),
            "uuid" | "ulid" | "ipAddress" | "macAddress" => Some(snake(&word)),
            "foreignIdFor" => model(code, items).map(|it| format!("{}_id", snake(&it))),
            _ => None,
        };
        let name = match word.as_str() {
            "foreignIdFor" => text(1).or(usual),
            _ if items.0.is_empty() => usual,
            _ => name,
        };
        let is_known = TYPES.iter().any(|(known, _)| *known == word);
        let why = if is_known {
            "the column has no plain name"
        } else {
            "it is no line that is known"
        };
        let Some(name) = name.filter(|_| is_known) else {
            self.stage.unknown(code, line, why);
            return None;
        };
        Some((word, name))
    }

    fn default(&self, field: &mut Field, chain: &Chain<'_>) {
        let code = self.code;
        let call = |name: &str| chain.iter().find(|(it, ..)| *it == name);
        if let Some((_, at, _)) = call("useCurrent") {
            let span = code.span_of(*at);
            field.column.default = Some(database(Generator::Now, "useCurrent()", span));
        }
        let Some(item) = call("default").and_then(|(.., items)| items.positional(0)) else {
            return;
        };
        let written = code.written(&item.value);
        let inner = item.value.clone().find_map(|at| code.string_at(at));
        let generator = match (code.string(&item.value), inner) {
            (Some(text), _) => Generator::Literal(text),
            // `DB::raw('...')` and `new Expression('...')`.
            (None, Some(text)) => Generator::of_expression(&text),
            (None, None) => Generator::Literal(written.to_owned()),
        };
        if written != "null" {
            field.column.default = Some(database(generator, written, code.span(&item.value)));
        }
    }

    /// `->constrained('users')`, `->references('id')->on('users')`.
    fn constrained(
        &mut self,
        column: &str,
        chain: &Chain<'_>,
        line: &Range<usize>,
    ) -> Option<Reference> {
        let code = self.code;
        let call = |name: &str| {
            chain
                .iter()
                .find(|(it, ..)| *it == name)
                .map(|(.., items)| items)
        };
        let text = |items: &Arguments, name: &str, number| {
            let item = items.named(name).or_else(|| items.positional(number))?;
            code.string(&item.value)
        };
        let (table, target) = if let Some(items) = call("constrained") {
            let guessed = || match call("foreignIdFor").and_then(|items| model(code, items)) {
                Some(model) => plural(&snake(&model)),
                None => plural(column.strip_suffix("_id").unwrap_or(column)),
            };
            let target = text(items, "column", 1).unwrap_or_else(|| "id".to_owned());
            (
                text(items, "table", 0).unwrap_or_else(guessed),
                vec![target],
            )
        } else {
            let table = text(call("on")?, "table", 0)?;
            let target = call("references").and_then(|items| items.positional(0));
            (
                table,
                target
                    .and_then(|it| code.strings(&it.value))
                    .unwrap_or_default(),
            )
        };
        let made = reference(
            &[column.to_owned()],
            migration::dotted(&table),
            &target,
            code.span(line),
        );
        Some(Reference {
            on_delete: on(chain, code, "Delete"),
            on_update: on(chain, code, "Update"),
            ..made
        })
    }

    fn foreign(&mut self, chain: &Chain<'_>, line: &Range<usize>) {
        let code = self.code;
        let columns = chain[0]
            .2
            .positional(0)
            .and_then(|it| code.strings(&it.value));
        let found = columns.and_then(|columns| {
            let first = columns.first().cloned().unwrap_or_default();
            Some((self.constrained(&first, chain, line)?, columns))
        });
        let Some((found, columns)) = found else {
            return self
                .stage
                .unknown(code, line, "it names no plain columns and table");
        };
        let name = chain[0]
            .2
            .positional(1)
            .and_then(|it| code.string(&it.value));
        let found = Reference {
            name,
            columns,
            ..found
        };
        if self.is_new {
            return self.draft.references.push(found);
        }
        let (name, span) = (self.draft.name.clone(), found.span);
        self.stage
            .constrain(&name, Constraint::Reference(found), span);
    }

    fn group(&mut self, word: &str, items: &Arguments, line: &Range<usize>) {
        let code = self.code;
        let Some(columns) = items.positional(0).and_then(|it| code.strings(&it.value)) else {
            return self.stage.unknown(code, line, "it names no plain columns");
        };
        let span = code.span(line);
        let name = items.positional(1).and_then(|it| code.string(&it.value));
        if word == "index" {
            return self.indexed(index(name, &columns, false, span));
        }
        let made = Key {
            name,
            ..key(&columns, span)
        };
        let constraint = match (word, self.is_new) {
            ("primary", true) => return self.draft.primary_key = Some(made),
            ("primary", false) => Constraint::PrimaryKey(made),
            (_, true) => return self.draft.uniques.push(made),
            (_, false) => Constraint::Unique(made),
        };
        let name = self.draft.name.clone();
        self.stage.constrain(&name, constraint, span);
    }

    fn indexed(&mut self, found: crate::Index) {
        if self.is_new {
            self.draft.indexes.push(found);
        } else {
            let name = self.draft.name.clone();
            self.stage.index(&name, found);
        }
    }

    fn add(&mut self, field: Field) {
        if self.is_new {
            self.draft.fields.push(field);
        } else {
            let name = self.draft.name.clone();
            self.stage.add_field(&name, field, false);
        }
    }
}

/// `onDelete('cascade')` and `cascadeOnDelete()`.
fn on(chain: &Chain<'_>, code: &Code<'_>, event: &str) -> crate::Action {
    let spoken = chain.iter().find_map(|(word, _, items)| {
        if let Some(verb) = word
            .strip_suffix(event)
            .and_then(|it| it.strip_suffix("On"))
        {
            return action(if verb == "null" { "set null" } else { verb });
        }
        let item = items
            .positional(0)
            .filter(|_| word.strip_prefix("on") == Some(event))?;
        action(&code.string(&item.value)?)
    });
    spoken.unwrap_or_default()
}

/// The class of `User::class`.
fn model(code: &Code<'_>, items: &Arguments) -> Option<String> {
    let range = &items.positional(0)?.value;
    let last = range
        .clone()
        .rev()
        .find(|at| code.is_word(*at) && !code.is(*at, "class"))?;
    Some(code.text(last).to_owned())
}

/// `UserGroup` to `user_group`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (at, character) in name.char_indices() {
        if character.is_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
    }
    snake
}
