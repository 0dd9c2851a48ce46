//! Draws tables of classes: what they inherit, embed and refer to.

use std::collections::{HashMap, HashSet};

use super::super::code::Code;
use super::super::stage::{Draft, Field, Stage, index, key, reference};
use super::super::types;
use super::classes::{Annotation, Class, Member, find};
use super::words::TYPES;
use crate::{Dialect, Key, Name, Origin, Span, Type};

/// How often classes may inherit or embed.
const DEPTH_MAX: usize = 8;

/// Draws the tables of all entities; returns the names of those whose annotations name them.
pub(super) fn tables(
    stage: &mut Stage,
    codes: &[Code<'_>],
    classes: &[Class],
    is_spring: bool,
) -> HashSet<Name> {
    let names = classes.iter().enumerate();
    let places = names.map(|(at, class)| (class.name.clone(), at)).collect();
    let mut pen = Pen {
        stage,
        codes,
        classes,
        places,
        subclasses: HashMap::new(),
        is_spring,
        sure: HashSet::new(),
    };
    pen.subclasses = pen.find_subclasses();
    for class in classes
        .iter()
        .filter(|class| find(&class.annotations, "Entity").is_some())
    {
        pen.entity(class);
    }
    pen.sure
}

fn is_entity(class: &Class) -> bool {
    find(&class.annotations, "Entity").is_some()
}

pub(super) struct Pen<'a> {
    pub(super) stage: &'a mut Stage,
    pub(super) codes: &'a [Code<'a>],
    classes: &'a [Class],
    places: HashMap<String, usize>,
    /// The classes whose rows are in the table of another.
    subclasses: HashMap<String, Vec<usize>>,
    is_spring: bool,
    sure: HashSet<Name>,
}

impl<'a> Pen<'a> {
    fn class(&self, name: &str) -> Option<&'a Class> {
        self.places.get(name).and_then(|at| self.classes.get(*at))
    }

    fn find_subclasses(&self) -> HashMap<String, Vec<usize>> {
        let mut found = HashMap::<String, Vec<usize>>::new();
        for (at, class) in self.classes.iter().enumerate() {
            let (root, _) = self.root(class);
            if is_entity(class) && !std::ptr::eq(root, class) {
                found.entry(root.name.clone()).or_default().push(at);
            }
        }
        found
    }

    pub(super) fn text(
        &self,
        class: &Class,
        annotation: &Annotation,
        name: &str,
    ) -> Option<String> {
        let text = self.codes[class.code].string(&annotation.items.named(name)?.value)?;
        (!text.is_empty()).then_some(text)
    }

    /// Spring's way to name things, or the class's own words.
    fn named(&self, text: &str) -> String {
        if !self.is_spring {
            return text.to_owned();
        }
        let mut named = String::new();
        let mut before = false;
        for character in text.chars() {
            if character.is_uppercase() && before {
                named.push('_');
            }
            before = character.is_lowercase() || character.is_ascii_digit();
            named.extend(character.to_lowercase());
        }
        named
    }

    /// The class whose table an entity's rows are in: the root of a hierarchy, unless tables are
    /// joined or each class has its own.
    fn root(&self, class: &'a Class) -> (&'a Class, Option<&'a Class>) {
        let mut root = class;
        let mut parent = None;
        for _ in 0..DEPTH_MAX {
            let base = root.base.as_deref().and_then(|name| self.class(name));
            match base.filter(|base| is_entity(base)) {
                Some(base) => {
                    parent = parent.or(Some(base));
                    root = base;
                }
                None => break,
            }
        }
        let strategy = find(&root.annotations, "Inheritance");
        let written = strategy.map_or("", |it| self.codes[root.code].written(&it.range));
        if written.contains("JOINED") {
            (class, parent)
        } else if written.contains("TABLE_PER_CLASS") {
            (class, None)
        } else {
            (root, None)
        }
    }

    fn table_name(&self, class: &'a Class) -> (Name, bool) {
        let (class, _) = self.root(class);
        let table = find(&class.annotations, "Table");
        let of = |name: &str| table.and_then(|it| self.text(class, it, name));
        let entity = find(&class.annotations, "Entity").and_then(|it| self.text(class, it, "name"));
        let is_sure = of("name").is_some();
        let name = of("name").or(entity).unwrap_or_else(|| class.name.clone());
        (Name::within(of("schema"), self.named(&name)), is_sure)
    }

    fn entity(&mut self, class: &'a Class) {
        let (root, parent) = self.root(class);
        if !std::ptr::eq(root, class) {
            return;
        }
        let code = &self.codes[class.code];
        let (name, is_sure) = self.table_name(class);
        if is_sure {
            self.sure.insert(name.clone());
        }
        let mut draft = Draft::new(name, code.span(&class.range), code.span_of(class.name_at));
        draft.model = Some(class.name.clone());
        if let Some(parent) = parent {
            self.joined(&mut draft, class, parent);
        }
        let mut extra = Vec::new();
        self.members(&mut draft, class, (&mut extra, 0));
        // A hierarchy in one table holds the fields of all its classes.
        let subclasses = self
            .subclasses
            .get(&class.name)
            .cloned()
            .unwrap_or_default();
        for subclass in subclasses.into_iter().filter_map(|at| self.classes.get(at)) {
            for member in &subclass.members {
                self.member(&mut draft, subclass, member, (&mut extra, 0));
            }
        }
        self.keys(&mut draft, class);
        self.stage.create(draft);
        for draft in extra {
            self.stage.create(draft);
        }
    }

    /// The key of a joined subclass refers to its parent's.
    fn joined(&self, draft: &mut Draft, class: &Class, parent: &'a Class) {
        let span = self.codes[class.code].span_of(class.name_at);
        let (name, data_type) = self.key_of(parent, span, 0);
        let (table, _) = self.table_name(parent);
        let target = [name.clone()];
        let mut field = Field::new(name, data_type, span).key();
        field.reference = Some(reference(&target, table, &target, span));
        draft.fields.push(field);
    }

    /// The members of a class, those that it inherits first.
    fn members(
        &mut self,
        draft: &mut Draft,
        class: &'a Class,
        (extra, depth): (&mut Vec<Draft>, usize),
    ) {
        if depth > DEPTH_MAX {
            return;
        }
        let base = class.base.as_deref().and_then(|name| self.class(name));
        let passes = |base: &&Class| find(&base.annotations, "Entity").is_none();
        if let Some(base) = base.filter(passes) {
            self.members(draft, base, (extra, depth + 1));
        }
        for member in &class.members {
            self.member(draft, class, member, (extra, depth));
        }
    }

    fn member(
        &mut self,
        draft: &mut Draft,
        class: &'a Class,
        member: &'a Member,
        (extra, depth): (&mut Vec<Draft>, usize),
    ) {
        let has = |name: &str| find(&member.annotations, name);
        if has("Transient").is_some() || depth > DEPTH_MAX {
            return;
        }
        let embeds = has("Embedded").is_some() || has("EmbeddedId").is_some();
        let embedded = self.class(&member.kind);
        let is_embeddable =
            embedded.is_some_and(|it| find(&it.annotations, "Embeddable").is_some());
        if let Some(embedded) = embedded.filter(|_| embeds || is_embeddable) {
            let before = draft.fields.len();
            self.members(draft, embedded, (extra, depth + 1));
            if has("EmbeddedId").is_some() {
                for field in &mut draft.fields[before..] {
                    field.primary = true;
                    field.column.nullable = false;
                }
            }
            return;
        }
        if has("ManyToOne").or_else(|| has("OneToOne")).is_some() {
            let field = self.reference(class, member);
            draft.fields.extend(field);
        } else if has("ManyToMany").is_some() {
            extra.extend(self.join_table(class, member));
        } else if let Some(list) = has("OneToMany") {
            if list.items.named("mappedBy").is_none() {
                let why = "its column or table is not looked for";
                self.stage
                    .unknown(&self.codes[class.code], &member.range, why);
            }
        } else if has("ElementCollection").is_some() {
            let why = "its table is not looked for";
            self.stage
                .unknown(&self.codes[class.code], &member.range, why);
        } else if has("Formula").is_none() {
            let field = self.column(class, member);
            draft.fields.push(field);
        }
    }

    fn column(&mut self, class: &Class, member: &Member) -> Field {
        let code = &self.codes[class.code];
        let has = |name: &str| find(&member.annotations, name);
        let column = has("Column");
        let text = |name: &str| column.and_then(|it| self.text(class, it, name));
        let name = text("name").unwrap_or_else(|| member.name.clone());
        let data_type = self.data_type(class, member);
        let mut field = Field::new(self.named(&name), data_type, code.span(&member.range));
        field.column.field = Some(member.name.clone());
        field.column.name_span = code.span_of(member.name_at);
        let option = |name: &str| {
            let item = column.and_then(|it| it.items.named(name));
            item.and_then(|it| code.word(&it.value))
        };
        let must = ["NotNull", "NonNull", "NotBlank", "NotEmpty"];
        field.column.nullable = member.may_be_null
            && option("nullable") != Some("false")
            && !must.iter().any(|it| has(it).is_some());
        field.unique = option("unique") == Some("true");
        field.column.default = self.generated(class, member);
        let is_key = has("Id").is_some();
        if is_key { field.key() } else { field }
    }

    /// The column and type of a class's key.
    fn key_of(&self, class: &'a Class, span: Span, depth: usize) -> (String, Type) {
        let unknown = || ("id".to_owned(), Type::new(Dialect::Unknown, "", &[], span));
        if depth > DEPTH_MAX {
            return unknown();
        }
        let own = class
            .members
            .iter()
            .find(|it| find(&it.annotations, "Id").is_some());
        let Some(member) = own else {
            let base = class.base.as_deref().and_then(|name| self.class(name));
            return base.map_or_else(unknown, |base| self.key_of(base, span, depth + 1));
        };
        let column = find(&member.annotations, "Column");
        let name = column.and_then(|it| self.text(class, it, "name"));
        let name = self.named(&name.unwrap_or_else(|| member.name.clone()));
        let found = types::find(TYPES, self.stage.dialect, &member.kind, span);
        (
            name,
            found.unwrap_or_else(|| Type::new(Dialect::Unknown, &member.kind, &[], span)),
        )
    }

    /// `@ManyToOne @JoinColumn(name = "author_id") Author author`.
    fn reference(&mut self, class: &Class, member: &Member) -> Option<Field> {
        let code = &self.codes[class.code];
        let has = |name: &str| find(&member.annotations, name);
        if has("OneToOne").is_some_and(|it| it.items.named("mappedBy").is_some()) {
            return None;
        }
        let span = code.span(&member.range);
        let target = self.class(&member.kind);
        let (key_name, data_type) = if let Some(target) = target {
            self.key_of(target, span, 0)
        } else {
            let why = "its class is in none of the files";
            self.stage.unknown(code, &member.range, why);
            ("id".to_owned(), Type::new(Dialect::Unknown, "", &[], span))
        };
        let join = has("JoinColumn");
        let text = |name: &str| join.and_then(|it| self.text(class, it, name));
        let name = text("name").unwrap_or_else(|| format!("{}_{key_name}", member.name));
        let name = self.named(&name);
        let mut field = Field::new(&*name, data_type.declared_as(member.kind.clone()), span);
        field.column.field = Some(member.name.clone());
        field.column.name_span = code.span_of(member.name_at);
        let relation = has("ManyToOne").or_else(|| has("OneToOne"));
        let is = |annotation: Option<&Annotation>, option: &str, word: &str| {
            let item = annotation.and_then(|it| it.items.named(option));
            item.is_some_and(|it| code.word(&it.value) == Some(word))
        };
        field.column.nullable = !is(relation, "optional", "false")
            && !is(join, "nullable", "false")
            && has("NotNull").is_none();
        field.unique =
            has("OneToOne").is_some() && has("MapsId").is_none() || is(join, "unique", "true");
        if let Some(target) = target {
            let (table, _) = self.table_name(target);
            let to = text("referencedColumnName").unwrap_or(key_name);
            field.reference = Some(reference(&[name], table, &[to], span));
        }
        let is_key = has("Id").is_some() || has("MapsId").is_some();
        Some(if is_key { field.key() } else { field })
    }

    /// `@ManyToMany @JoinTable(name = "book_tags", joinColumns = @JoinColumn(name = "book_id"))`.
    fn join_table(&mut self, class: &'a Class, member: &Member) -> Option<Draft> {
        let code = &self.codes[class.code];
        let many = find(&member.annotations, "ManyToMany")?;
        if many.items.named("mappedBy").is_some() {
            return None;
        }
        let target = member.item.as_deref().and_then(|name| self.class(name));
        let Some(target) = target else {
            self.stage
                .unknown(code, &member.range, "its class is in none of the files");
            return None;
        };
        let span = code.span(&member.range);
        let ((own, _), (other, _)) = (self.table_name(class), self.table_name(target));
        let join = find(&member.annotations, "JoinTable");
        let name = join.and_then(|it| self.text(class, it, "name"));
        let name = name.map(|it| self.named(&it));
        let name = name.unwrap_or_else(|| format!("{}_{}", own.name, other.name));
        let mut draft = Draft::new(
            Name::within(own.schema.clone(), name),
            span,
            code.span_of(member.name_at),
        );
        draft.origin = Origin::Implied;
        let sides = [
            (class, own, class.name.as_str(), "joinColumns"),
            (target, other, member.name.as_str(), "inverseJoinColumns"),
        ];
        for (end, table, stem, option) in sides {
            let (key_name, data_type) = self.key_of(end, span, 0);
            let item = join.and_then(|it| it.items.named(option));
            let named = item.and_then(|it| it.value.clone().find_map(|at| code.string_at(at)));
            let name = self.named(&named.unwrap_or_else(|| format!("{stem}_{key_name}")));
            let mut field = Field::new(&*name, data_type, span);
            // A list may hold the same twice, so only sets have a key.
            field.primary = matches!(member.kind.as_str(), "Set" | "MutableSet");
            field.column.nullable = false;
            field.reference = Some(reference(&[name], table, &[key_name], span));
            draft.fields.push(field);
        }
        Some(draft)
    }

    /// `@Table(uniqueConstraints = ..., indexes = ...)`.
    fn keys(&self, draft: &mut Draft, class: &Class) {
        let code = &self.codes[class.code];
        let Some(table) = find(&class.annotations, "Table") else {
            return;
        };
        for at in table.range.clone() {
            let items = code.arguments(at + 1);
            let text = |name: &str| items.named(name).and_then(|it| code.string(&it.value));
            let span = code.span(&(at..code.after(at + 1)));
            if code.is(at, "UniqueConstraint") {
                let columns = items
                    .named("columnNames")
                    .and_then(|it| code.strings(&it.value));
                let unnamed = key(&columns.unwrap_or_default(), span);
                draft.uniques.push(Key {
                    name: text("name"),
                    ..unnamed
                });
            } else if code.is(at, "Index") {
                let columns = text("columnList").unwrap_or_default();
                let columns = columns
                    .split(',')
                    .filter_map(|it| it.split_whitespace().next());
                let columns: Vec<String> = columns.map(str::to_owned).collect();
                let item = items.named("unique");
                let is_unique = item.is_some_and(|it| code.word(&it.value) == Some("true"));
                draft
                    .indexes
                    .push(index(text("name"), &columns, is_unique, span));
            }
        }
    }
}
