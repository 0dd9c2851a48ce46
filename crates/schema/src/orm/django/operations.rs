//! Applies a migration's operations to the models.

use std::ops::Range;

use super::super::code::{Argument, Arguments, Code};
use super::fields::Field;
use super::order::Migration;
use super::state::{Group, Model, State};
use crate::problem::quote;
use crate::{ProblemKind, Span};

/// How deep operations may hold others.
const DEPTH_MAX: usize = 4;

/// Operations that change no column, key or reference.
const WITHOUT_EFFECT: [&str; 17] = [
    "RunPython",
    "AlterModelOptions",
    "AlterModelManagers",
    "AlterModelTableComment",
    "AlterOrderWithRespectTo",
    "TrigramExtension",
    "UnaccentExtension",
    "HStoreExtension",
    "CITextExtension",
    "CryptoExtension",
    "BtreeGinExtension",
    "BtreeGistExtension",
    "BloomExtension",
    "CreateExtension",
    "CreateCollation",
    "RemoveCollation",
    "ValidateConstraint",
];

/// Applies all operations of a migration.
pub(super) fn apply(state: &mut State, migration: &Migration<'_>) {
    let Some(open) = migration.operations else {
        let span = migration.code.span_of(0);
        let message = "find the operations: the migration has no plain list of them";
        return state.note(span, ProblemKind::Unknown, message);
    };
    let code = migration.code;
    let mut operations = Operations {
        state,
        code,
        app: &migration.app,
    };
    for item in code.arguments(open).0 {
        operations.operation(&item.value, 0);
    }
}

struct Operations<'a> {
    state: &'a mut State,
    code: &'a Code<'a>,
    app: &'a str,
}

impl Operations<'_> {
    fn operation(&mut self, range: &Range<usize>, depth: usize) {
        let code = self.code;
        let open = range.clone().find(|at| code.is(*at, "("));
        let Some(open) = open.filter(|open| *open > range.start && code.close(*open).is_some())
        else {
            return self.unknown(range, "it is no operation");
        };
        let items = code.arguments(open);
        let span = code.span(range);
        match code.text(open - 1) {
            "CreateModel" => self.create_model(&items, range),
            "DeleteModel" => {
                if let Some(name) = self.text(&items, "name", 0) {
                    self.state.delete(self.app, &name, span);
                }
            }
            "RenameModel" => {
                let (from, to) = (
                    self.text(&items, "old_name", 0),
                    self.text(&items, "new_name", 1),
                );
                if let (Some(from), Some(to)) = (from, to) {
                    self.state.rename(self.app, (&from, &to), span);
                }
            }
            "AlterModelTable" => {
                let table = self.text(&items, "table", 1);
                self.on_model(&items, "name", span, |model| model.table = table);
            }
            "AddField" | "AlterField" => self.set_field(&items, range),
            "RemoveField" => self.remove_field(&items, span),
            "RenameField" => self.rename_field(&items, span),
            "AlterUniqueTogether" => self.alter_together(&items, "unique_together", span),
            "AlterIndexTogether" => self.alter_together(&items, "index_together", span),
            "AddIndex" | "AddIndexConcurrently" => self.add_group(&items, "index"),
            "AddConstraint" | "AddConstraintNotValid" => self.add_group(&items, "constraint"),
            "RemoveIndex" | "RemoveIndexConcurrently" | "RemoveConstraint" => {
                let Some(name) = self.text(&items, "name", 1) else {
                    return;
                };
                self.on_model(&items, "model_name", span, |model| {
                    model.indexes.retain(|it| it.name.as_ref() != Some(&name));
                    model.uniques.retain(|it| it.name.as_ref() != Some(&name));
                });
            }
            "RenameIndex" => {
                let from = self.text(&items, "old_name", usize::MAX);
                let to = self.text(&items, "new_name", usize::MAX);
                self.on_model(&items, "model_name", span, |model| {
                    let renamed = model
                        .indexes
                        .iter_mut()
                        .filter(|it| it.name == from && from.is_some());
                    renamed.for_each(|it| it.name.clone_from(&to));
                });
            }
            "SeparateDatabaseAndState" if depth < DEPTH_MAX => self.separate(&items, depth),
            "RunSQL" => self.run_sql(&items, range),
            word if WITHOUT_EFFECT.contains(&word) => {}
            _ => self.unknown(range, "it is no operation that is known"),
        }
    }

    fn unknown(&mut self, range: &Range<usize>, why: &str) {
        let message = format!("apply {}: {why}", quote(self.code.written(range)));
        self.state
            .note(self.code.span(range), ProblemKind::Unknown, message);
    }

    fn text(&self, items: &Arguments, name: &str, number: usize) -> Option<String> {
        let item = items.named(name).or_else(|| items.positional(number))?;
        self.code.string(&item.value)
    }

    fn on_model(
        &mut self,
        items: &Arguments,
        word: &str,
        span: Span,
        change: impl FnOnce(&mut Model),
    ) {
        let Some(name) = self.text(items, word, 0) else {
            let message = "apply an operation: it names no model";
            return self.state.note(span, ProblemKind::Unknown, message);
        };
        if let Some(model) = self.state.model_mut(self.app, &name, span) {
            change(model);
        }
    }

    fn create_model(&mut self, items: &Arguments, range: &Range<usize>) {
        let code = self.code;
        let name = items.named("name").or_else(|| items.positional(0));
        let fields = items.named("fields").or_else(|| items.positional(1));
        let named = name.and_then(|it| Some((code.string(&it.value)?, code.span(&it.value))));
        let (Some((name, name_span)), Some(fields)) = (named, fields) else {
            return self.unknown(range, "it has no plain name and fields");
        };
        let mut model = Model {
            app: self.app.to_owned(),
            name,
            table: None,
            has_table: true,
            fields: Vec::new(),
            uniques: Vec::new(),
            indexes: Vec::new(),
            span: code.span(range),
            name_span,
        };
        let Some(list) = code.list(&fields.value) else {
            return self.unknown(range, "its fields are no plain list");
        };
        for pair in list.0 {
            let pair_items = code.list(&pair.value).unwrap_or_default().0;
            let found = match pair_items.as_slice() {
                [name, value] => self.field(&model.name, name, value),
                _ => None,
            };
            model.fields.extend(found);
            if pair_items.len() != 2 {
                self.unknown(&pair.whole, "it is no field");
            }
        }
        if let Some(options) = items.named("options").or_else(|| items.positional(2)) {
            self.options(&mut model, &code.list(&options.value).unwrap_or_default());
        }
        self.state.create(model);
    }

    fn field(&mut self, model: &str, name: &Argument, value: &Argument) -> Option<Field> {
        let code = self.code;
        let text = code.string(&name.value);
        let settings = (self.app, &self.state.settings);
        let found = text
            .and_then(|text| Field::read(code, settings, (text, code.span(&name.value)), value));
        let Some(mut field) = found else {
            self.unknown(&(name.whole.start..value.whole.end), "it is no field");
            return None;
        };
        if let Some(target) = field
            .target
            .as_mut()
            .filter(|it| it.1.eq_ignore_ascii_case("self"))
        {
            model.clone_into(&mut target.1);
        }
        Some(field)
    }

    fn options(&mut self, model: &mut Model, options: &Arguments) {
        let code = self.code;
        let is = |name: &str, word: &str| {
            options
                .named(name)
                .is_some_and(|it| code.word(&it.value) == Some(word))
        };
        model.has_table =
            !is("proxy", "True") && !is("managed", "False") && !is("abstract", "True");
        let table = options.named("db_table");
        model.table = table.and_then(|it| code.string(&it.value));
        for name in ["unique_together", "index_together"] {
            if let Some(item) = options.named(name) {
                let groups = self.together(item);
                set_together(model, name, groups);
            }
        }
        for (name, word) in [("indexes", "index"), ("constraints", "constraint")] {
            let list = options.named(name).and_then(|it| code.list(&it.value));
            for item in list.unwrap_or_default().0 {
                let group = self.group(word, &item);
                add_group(model, word, group);
            }
        }
    }

    /// `{('a', 'b')}`, `[['a', 'b']]`, `('a', 'b')`, also as `set([...])`.
    fn together(&self, item: &Argument) -> Vec<Group> {
        let code = self.code;
        let is_call = code.is_word(item.value.start);
        let range = if is_call && item.value.len() > 3 {
            item.value.start + 2..item.value.end - 1
        } else {
            item.value.clone()
        };
        let sets = code.strings(&range).map(|single| vec![single]);
        let sets = sets.unwrap_or_else(|| {
            let list = code.list(&range).unwrap_or_default().0;
            list.iter()
                .filter_map(|it| code.strings(&it.value))
                .collect()
        });
        let sets = sets.into_iter().filter(|fields| !fields.is_empty());
        let groups = sets.map(|fields| Group {
            name: None,
            fields,
            together: true,
            condition: None,
            span: code.span(&item.whole),
        });
        groups.collect()
    }

    fn alter_together(&mut self, items: &Arguments, word: &str, span: Span) {
        let item = items.named(word).or_else(|| items.positional(1));
        let groups = item.map(|item| self.together(item)).unwrap_or_default();
        self.on_model(items, "name", span, |model| {
            set_together(model, word, groups);
        });
    }

    fn add_group(&mut self, items: &Arguments, word: &str) {
        let Some(item) = items.named(word).or_else(|| items.positional(1)) else {
            return;
        };
        let group = self.group(word, item);
        let span = self.code.span(&item.whole);
        self.on_model(items, "model_name", span, |model| {
            add_group(model, word, group);
        });
    }

    /// `models.Index(fields=[...], name=...)` and `models.UniqueConstraint(...)`.
    fn group(&mut self, word: &str, item: &Argument) -> Option<Group> {
        let code = self.code;
        let open = item.value.clone().find(|at| code.is(*at, "("));
        let Some(open) = open.filter(|open| *open > 0) else {
            self.unknown(&item.whole, "it is no index or constraint");
            return None;
        };
        let class = code.text(open - 1);
        if word == "constraint" && class != "UniqueConstraint" {
            return None;
        }
        let items = code.arguments(open);
        let fields = items.named("fields").and_then(|it| code.strings(&it.value));
        let expressions = items.0.iter().filter(|it| it.name.is_none());
        let expressions = || {
            expressions
                .map(|it| code.written(&it.value).to_owned())
                .collect()
        };
        let fields: Vec<String> = fields.unwrap_or_else(expressions);
        let fields = fields
            .iter()
            .map(|it| it.trim_start_matches('-').to_owned());
        let condition = items.named("condition");
        Some(Group {
            name: self.text(&items, "name", usize::MAX),
            fields: fields.collect(),
            together: false,
            condition: condition.map(|it| code.written(&it.value).to_owned()),
            span: code.span(&item.whole),
        })
    }

    fn set_field(&mut self, items: &Arguments, range: &Range<usize>) {
        let code = self.code;
        let span = code.span(range);
        let name = items.named("name").or_else(|| items.positional(1)).cloned();
        let value = items
            .named("field")
            .or_else(|| items.positional(2))
            .cloned();
        let (Some(name), Some(value)) = (name, value) else {
            return self.unknown(range, "it names no field");
        };
        let Some(model) = self.text(items, "model_name", 0) else {
            return self.unknown(range, "it names no model");
        };
        let Some(field) = self.field(&model, &name, &value) else {
            return;
        };
        let Some(model) = self.state.model_mut(self.app, &model, span) else {
            return;
        };
        if let Some(place) = model.fields.iter_mut().find(|it| it.name == field.name) {
            *place = field;
        } else {
            // A key of its own replaces the one that Django added.
            model.fields.retain(|it| !(it.primary && field.primary));
            model.fields.push(field);
        }
    }

    fn remove_field(&mut self, items: &Arguments, span: Span) {
        let Some(name) = self.text(items, "name", 1) else {
            return;
        };
        let mut found = false;
        self.on_model(items, "model_name", span, |model| {
            let before = model.fields.len();
            model.fields.retain(|field| field.name != name);
            found = model.fields.len() < before;
            model.uniques.retain(|it| !it.fields.contains(&name));
            model.indexes.retain(|it| !it.fields.contains(&name));
        });
        if !found {
            let message = format!("remove field `{name}`: no migration adds it");
            self.state.note(span, ProblemKind::Unresolved, message);
        }
    }

    fn rename_field(&mut self, items: &Arguments, span: Span) {
        let (from, to) = (
            self.text(items, "old_name", 1),
            self.text(items, "new_name", 2),
        );
        let (Some(from), Some(to)) = (from, to) else {
            return;
        };
        self.on_model(items, "model_name", span, |model| {
            for field in model.fields.iter_mut().filter(|it| it.name == from) {
                field.name.clone_from(&to);
            }
            let groups = model.uniques.iter_mut().chain(&mut model.indexes);
            for name in groups
                .flat_map(|it| &mut it.fields)
                .filter(|it| **it == from)
            {
                name.clone_from(&to);
            }
            let parts = model.fields.iter_mut().flat_map(|it| &mut it.parts);
            parts
                .filter(|it| **it == from)
                .for_each(|it| it.clone_from(&to));
        });
    }

    /// The models' view is what later migrations build on, so that is what is followed.
    fn separate(&mut self, items: &Arguments, depth: usize) {
        let code = self.code;
        let list = |word, number| {
            let item: Option<&Argument> = items.named(word).or_else(|| items.positional(number));
            item.and_then(|it| code.list(&it.value))
                .unwrap_or_default()
                .0
        };
        for item in list("state_operations", 1) {
            self.operation(&item.value, depth + 1);
        }
    }

    fn run_sql(&mut self, items: &Arguments, range: &Range<usize>) {
        if let Some(list) = items
            .named("state_operations")
            .and_then(|it| self.code.list(&it.value))
        {
            for item in list.0 {
                self.operation(&item.value, DEPTH_MAX);
            }
            return;
        }
        let item = items.named("sql").or_else(|| items.positional(0));
        let text = item.and_then(|it| self.code.string(&it.value));
        if text.is_none_or(|text| crate::sql::may_change_schema(&text)) {
            let message = format!(
                "apply {}: it is SQL of its own",
                quote(self.code.written(range))
            );
            self.state
                .note(self.code.span(range), ProblemKind::NotApplied, message);
        }
    }
}

fn set_together(model: &mut Model, word: &str, groups: Vec<Group>) {
    let place = match word {
        "unique_together" => &mut model.uniques,
        _ => &mut model.indexes,
    };
    place.retain(|group| !group.together);
    place.extend(groups);
}

fn add_group(model: &mut Model, word: &str, group: Option<Group>) {
    match word {
        "constraint" => model.uniques.extend(group),
        _ => model.indexes.extend(group),
    }
}
