//! Reads Entity Framework Core's model snapshot (`*ModelSnapshot.cs`), which its tools write.

mod words;

use std::collections::HashMap;
use std::ops::Range;

use super::code::{Arguments, Code};
use super::stage::{Draft, Field, Stage, action, database, index, key, reference, typed};
use super::token;
use super::types;
use crate::{Confidence, Dialect, Generator, Key, Name, Reference, Schema, Source, Span, Type};
use words::TYPES;

/// What marks the database in a snapshot, before what may stand in any.
const MARKS: [(&str, Dialect); 5] = [
    ("Npgsql", Dialect::PostgreSql),
    ("SqlServer", Dialect::SqlServer),
    ("MySql", Dialect::MySql),
    ("HasColumnType(\"INTEGER\")", Dialect::Sqlite),
    ("HasColumnType(\"TEXT\")", Dialect::Sqlite),
];

/// Calls on an entity that change no column, key or reference.
const WITHOUT_EFFECT: [&str; 12] = [
    "HasData",
    "Navigation",
    "HasDiscriminator",
    "HasAnnotation",
    "HasComment",
    "HasQueryFilter",
    "UseTpcMappingStrategy",
    "UseTptMappingStrategy",
    "UseTphMappingStrategy",
    "HasCheckConstraint",
    "HasTrigger",
    "HasChangeTrackingStrategy",
];

/// Reads the snapshots; each is the whole model of one context.
#[must_use]
pub fn read(files: &[Source]) -> Schema {
    let marked = |(mark, dialect): &(&str, Dialect)| {
        let has = files.iter().any(|source| source.text().contains(mark));
        has.then_some(*dialect)
    };
    let dialect = MARKS.iter().find_map(marked).unwrap_or_default();
    let mut stage = Stage::new(dialect, files);
    for (file, source) in (0..).zip(files) {
        let code = Code::new(&token::CSHARP, file, source);
        stage.damage(&code);
        let mut snapshot = Snapshot {
            stage: &mut stage,
            code: &code,
            entities: Vec::new(),
            places: HashMap::new(),
        };
        snapshot.read();
    }
    stage.finish(Confidence::High)
}

/// A class and its table.
struct Entity {
    class: String,
    draft: Draft,
    /// Each property's column.
    columns: Vec<(String, String)>,
    has_table: bool,
    /// The class whose table it shares.
    base: Option<String>,
    /// Relations, which lead to classes that may come later.
    relations: Vec<Relation>,
}

struct Relation {
    properties: Vec<String>,
    target: String,
    target_properties: Vec<String>,
    name: Option<String>,
    on_delete: crate::Action,
    span: Span,
}

struct Snapshot<'a> {
    stage: &'a mut Stage,
    code: &'a Code<'a>,
    entities: Vec<Entity>,
    places: HashMap<String, usize>,
}

impl Snapshot<'_> {
    fn read(&mut self) {
        let code = self.code;
        let mut at = 0;
        while at < code.len() {
            let is_entity = code.is(at, "Entity") && code.is(at + 1, "(");
            match code.close(at + 1).filter(|_| is_entity) {
                Some(close) => {
                    self.entity(at..close + 1);
                    at = close;
                }
                None => at += 1,
            }
        }
        self.finish();
    }

    /// `modelBuilder.Entity("Shop.Book", b => { ... })`; relations come in a second one.
    fn entity(&mut self, range: Range<usize>) {
        let code = self.code;
        let items = code.arguments(range.start + 1);
        let class = items
            .positional(0)
            .and_then(|it| Some((code.string(&it.value)?, it)));
        let Some((class, item)) = class else {
            return self
                .stage
                .unknown(code, &range, "the entity has no plain name");
        };
        let known = self.places.get(&class).copied();
        let place = known.unwrap_or_else(|| {
            self.places.insert(class.clone(), self.entities.len());
            let short = class.rsplit(['.', '+']).next().unwrap_or(&class);
            let name = Name::new(short);
            let mut draft = Draft::new(name, code.span(&range), code.span(&item.value));
            draft.model = Some(short.to_owned());
            self.entities.push(Entity {
                draft,
                class,
                columns: Vec::new(),
                has_table: true,
                base: None,
                relations: Vec::new(),
            });
            self.entities.len() - 1
        });
        let open = range.clone().find(|at| code.is(*at, "{"));
        if let Some(open) = open {
            self.body(place, open);
        }
    }

    /// The statements of a block.
    fn body(&mut self, place: usize, open: usize) {
        let code = self.code;
        let Some(close) = code.close(open) else {
            return;
        };
        let mut start = open + 1;
        let mut at = start;
        while at < close {
            if code.is(at, ";") {
                self.statement(place, start..at);
                start = at + 1;
            }
            at = code.after(at);
        }
    }

    fn statement(&mut self, place: usize, range: Range<usize>) {
        let code = self.code;
        let calls = calls(code, &range);
        let Some((first, items)) = calls.first() else {
            return;
        };
        let name = code.text(*first);
        // `NpgsqlPropertyBuilderExtensions.UseIdentityByDefaultColumn(b.Property<int>("Id"))`
        if code.text(range.start).ends_with("BuilderExtensions") {
            return self.extension(place, (name, items), &range);
        }
        match name {
            "Property" => self.property(place, &calls, &range),
            "HasKey" => {
                let made = self.key(place, &calls, &range);
                self.entities[place].draft.primary_key = Some(made);
            }
            "HasAlternateKey" => {
                let made = self.key(place, &calls, &range);
                self.entities[place].draft.uniques.push(made);
            }
            "HasIndex" => self.index(place, &calls, &range),
            "ToTable" => self.place_table(place, items),
            "ToView" | "ToSqlQuery" | "HasNoKey" | "ToFunction" => {
                self.entities[place].has_table &= name == "HasNoKey";
            }
            "HasBaseType" => {
                let base = items.positional(0).and_then(|it| code.string(&it.value));
                self.entities[place].base = base;
            }
            "HasOne" => self.relation(place, &calls, &range),
            word if WITHOUT_EFFECT.contains(&word) => {}
            "Ignore" | "HasMany" | "ComplexProperty" => {}
            _ => self
                .stage
                .unknown(code, &range, "it is no call that is known"),
        }
    }

    /// Ways of a database to fill a property.
    fn extension(&mut self, place: usize, call: (&str, &Arguments), range: &Range<usize>) {
        let code = self.code;
        let (name, _) = call;
        let property = range.clone().find(|at| code.is(*at, "Property"));
        let property = property.and_then(|at| {
            let open = (at..range.end).find(|at| code.is(*at, "("))?;
            code.string_at(open + 1)
        });
        let generator = match name {
            "UseIdentityAlwaysColumn" => Generator::Identity { always: true },
            "UseIdentityByDefaultColumn" => Generator::Identity { always: false },
            "UseIdentityColumn" | "UseMySqlIdentityColumn" => Generator::Autoincrement,
            "UseSerialColumn" => Generator::Serial,
            "UseHiLo" | "UseSequence" => Generator::Sequence { name: None },
            _ => return,
        };
        let entity = &mut self.entities[place];
        let column = property.map(|name| entity.column(&name));
        let field = entity
            .draft
            .fields
            .iter_mut()
            .find(|it| Some(&it.column.name) == column.as_ref());
        if let Some(field) = field {
            field.column.default = Some(database(generator, name, code.span(range)));
        }
    }

    fn property(&mut self, place: usize, calls: &[(usize, Arguments)], range: &Range<usize>) {
        let code = self.code;
        let call = |name: &str| calls.iter().find(|(at, _)| code.is(*at, name));
        let text = |name: &str| {
            let (_, items) = call(name)?;
            code.string(&items.positional(0)?.value)
        };
        let Some(name) = text("Property") else {
            return self
                .stage
                .unknown(code, range, "the property has no plain name");
        };
        let open = range
            .clone()
            .find(|at| code.is(*at, "<"))
            .unwrap_or(range.start);
        let close = (open..range.end)
            .find(|at| code.is(*at, ">"))
            .unwrap_or(open);
        let clr: String = (open + 1..close).map(|at| code.text(at)).collect();
        let bare = clr.trim_end_matches('?');
        let type_span = code.span(&(open..close + 1));
        let dialect = self.stage.dialect;
        let declared = text("HasColumnType");
        let data_type = match &declared {
            Some(text) => typed(dialect, text, type_span).0,
            None => types::find(TYPES, dialect, bare, type_span)
                .unwrap_or_else(|| Type::new(dialect, bare, &[], type_span)),
        };
        let is_reference_type = matches!(bare, "string" | "byte[]") || bare.ends_with("[]");
        let column_name = text("HasColumnName").unwrap_or_else(|| name.clone());
        let mut field = Field::new(
            &*column_name,
            data_type.declared_as(clr.clone()),
            code.span(range),
        );
        field.column.field = Some(name.clone());
        field.column.nullable =
            clr.ends_with('?') || is_reference_type && call("IsRequired").is_none();
        field.column.computed = call("HasComputedColumnSql").is_some();
        let default = ["HasDefaultValueSql", "HasDefaultValue"]
            .iter()
            .find_map(|it| call(it));
        if let Some((at, items)) = default {
            let written = items.positional(0).map_or("", |it| code.written(&it.value));
            let text = items.positional(0).and_then(|it| code.string(&it.value));
            let generator = match text {
                Some(text) if code.is(*at, "HasDefaultValueSql") => Generator::of_expression(&text),
                Some(text) => Generator::Literal(text),
                None => Generator::Literal(written.to_owned()),
            };
            field.column.default = Some(database(generator, written, code.span_of(*at)));
        } else if call("ValueGeneratedOnAdd").is_some()
            && field.column.data_type.is_integer()
            && dialect != Dialect::PostgreSql
        {
            let span = code.span(range);
            let text = "ValueGeneratedOnAdd()";
            field.column.default = Some(database(Generator::Autoincrement, text, span));
        }
        let entity = &mut self.entities[place];
        entity.columns.push((name, column_name));
        entity.draft.fields.push(field);
    }

    fn strings(&self, items: &Arguments) -> Vec<String> {
        let items = items.0.iter().filter_map(|it| self.code.strings(&it.value));
        items.flatten().collect()
    }

    fn key(&self, place: usize, calls: &[(usize, Arguments)], range: &Range<usize>) -> Key {
        let names = calls
            .first()
            .map(|(_, items)| self.strings(items))
            .unwrap_or_default();
        let entity = &self.entities[place];
        let columns: Vec<String> = names.iter().map(|it| entity.column(it)).collect();
        let unnamed = key(&columns, self.code.span(range));
        Key {
            name: self.text_of(calls, "HasName"),
            ..unnamed
        }
    }

    fn text_of(&self, calls: &[(usize, Arguments)], name: &str) -> Option<String> {
        let (_, items) = calls.iter().find(|(at, _)| self.code.is(*at, name))?;
        self.code.string(&items.positional(0)?.value)
    }

    fn index(&mut self, place: usize, calls: &[(usize, Arguments)], range: &Range<usize>) {
        let code = self.code;
        let names = calls
            .first()
            .map(|(_, items)| self.strings(items))
            .unwrap_or_default();
        let entity = &self.entities[place];
        let columns: Vec<String> = names.iter().map(|it| entity.column(it)).collect();
        let is_unique = calls.iter().any(|(at, _)| code.is(*at, "IsUnique"));
        let name = self
            .text_of(calls, "HasDatabaseName")
            .or_else(|| self.text_of(calls, "HasName"));
        let mut found = index(name, &columns, is_unique, code.span(range));
        found.predicate = self.text_of(calls, "HasFilter");
        self.entities[place].draft.indexes.push(found);
    }

    /// `ToTable("Books", "shop", t => ...)`, `ToTable((string)null)`.
    fn place_table(&mut self, place: usize, items: &Arguments) {
        let code = self.code;
        let text = |number| {
            items
                .positional(number)
                .and_then(|it| code.string(&it.value))
        };
        let entity = &mut self.entities[place];
        match text(0) {
            Some(name) => {
                let own = match self.stage.dialect {
                    Dialect::SqlServer => "dbo",
                    _ => "public",
                };
                let schema = text(1).filter(|it| it != own);
                entity.draft.name = Name::within(schema, name);
                entity.draft.name_span = items
                    .positional(0)
                    .map_or(entity.draft.name_span, |it| code.span(&it.value));
            }
            None => entity.has_table = false,
        }
    }

    fn relation(&mut self, place: usize, calls: &[(usize, Arguments)], range: &Range<usize>) {
        let code = self.code;
        let call = |name: &str| {
            calls
                .iter()
                .find(|(at, _)| code.is(*at, name))
                .map(|(_, it)| it)
        };
        let Some(target) = self.text_of(calls, "HasOne") else {
            return;
        };
        let mut properties = call("HasForeignKey")
            .map(|it| self.strings(it))
            .unwrap_or_default();
        let is_one_to_one = call("WithOne").is_some();
        // Of one-to-one relations the first text names the dependent class.
        if is_one_to_one && properties.len() > 1 {
            properties.remove(0);
        }
        let mut target_properties = call("HasPrincipalKey")
            .map(|it| self.strings(it))
            .unwrap_or_default();
        if is_one_to_one && target_properties.len() > properties.len() {
            target_properties.remove(0);
        }
        let on_delete = call("OnDelete").and_then(|it| it.positional(0));
        let on_delete = on_delete.and_then(|it| action(code.text(it.value.end - 1)));
        let relation = Relation {
            properties,
            target,
            target_properties,
            name: self.text_of(calls, "HasConstraintName"),
            on_delete: on_delete.unwrap_or_default(),
            span: code.span(range),
        };
        self.entities[place].relations.push(relation);
    }

    /// Classes of one hierarchy share a table unless they name their own; relations are led to
    /// tables.
    fn finish(&mut self) {
        for at in 0..self.entities.len() {
            let found = self.entities[at].relations.iter();
            let references = found
                .filter_map(|it| self.reference(&self.entities[at], it))
                .collect();
            self.entities[at].draft.references = references;
        }
        let mut entities: Vec<Entity> = std::mem::take(&mut self.entities);
        for at in (0..entities.len()).rev() {
            let Some(base) = entities[at].base.clone() else {
                continue;
            };
            let Some(to) = self.places.get(&base).copied().filter(|to| *to != at) else {
                continue;
            };
            if entities[at].draft.primary_key.is_none() && !entities[at].names_table() {
                let draft = &mut entities[at].draft;
                let (fields, references) = (
                    std::mem::take(&mut draft.fields),
                    std::mem::take(&mut draft.references),
                );
                let indexes = std::mem::take(&mut draft.indexes);
                entities[at].has_table = false;
                let shared = &mut entities[to].draft;
                shared.fields.extend(fields);
                shared.references.extend(references);
                shared.indexes.extend(indexes);
            }
        }
        for entity in entities.into_iter().filter(|it| it.has_table) {
            self.stage.create(entity.draft);
        }
    }

    fn reference(&self, from: &Entity, relation: &Relation) -> Option<Reference> {
        let place = self.places.get(&relation.target)?;
        let target = self.entities.get(*place)?;
        let columns = |entity: &Entity, names: &[String]| -> Vec<String> {
            names.iter().map(|it| entity.column(it)).collect()
        };
        let own = columns(from, &relation.properties);
        let other = columns(target, &relation.target_properties);
        let made = reference(&own, target.draft.name.clone(), &other, relation.span);
        Some(Reference {
            name: relation.name.clone(),
            on_delete: relation.on_delete,
            ..made
        })
    }
}

impl Entity {
    /// The column of a property.
    fn column(&self, property: &str) -> String {
        let found = self.columns.iter().find(|(name, _)| name == property);
        found.map_or(property, |(_, column)| column).to_owned()
    }

    /// Whether the snapshot gives it a table of its own.
    fn names_table(&self) -> bool {
        let short = self.class.rsplit(['.', '+']).next().unwrap_or(&self.class);
        self.draft.name.name != short
    }
}

/// The calls of a chain, with what is in their parentheses: `b.Property<int>("Id").IsRequired()`.
fn calls(code: &Code<'_>, range: &Range<usize>) -> Vec<(usize, Arguments)> {
    let mut found = Vec::new();
    let mut name = None;
    let mut at = range.start;
    while at < range.end {
        if code.is_word(at) && (at == range.start || code.is(at - 1, ".")) {
            name = Some(at);
        }
        if code.is(at, "(")
            && let Some(name) = name.take()
        {
            found.push((name, code.arguments(at)));
        }
        at = code.after(at);
    }
    found
}
