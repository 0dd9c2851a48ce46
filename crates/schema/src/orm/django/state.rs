//! The models as the migrations so far have left them.

use std::collections::HashMap;

use super::super::code::Code;
use super::Settings;
use super::fields::Field;
use crate::{Problem, ProblemKind, Span};

/// Application and model, as Django compares them: without case.
pub(super) type ModelId = (String, String);

/// One model.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) app: String,
    pub(super) name: String,
    /// `db_table`; None is the usual name.
    pub(super) table: Option<String>,
    /// Whether Django makes a table for it: not for proxies and unmanaged models.
    pub(super) has_table: bool,
    pub(super) fields: Vec<Field>,
    pub(super) uniques: Vec<Group>,
    pub(super) indexes: Vec<Group>,
    pub(super) span: Span,
    pub(super) name_span: Span,
}

/// Fields that are unique or indexed together.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) name: Option<String>,
    pub(super) fields: Vec<String>,
    /// `unique_together` and `index_together`, which are replaced as a whole.
    pub(super) together: bool,
    /// The condition, as written: what is unique only partly is an index.
    pub(super) condition: Option<String>,
    pub(super) span: Span,
}

impl Model {
    /// The table's name in the database.
    pub(super) fn table_name(&self) -> String {
        let usual = || format!("{}_{}", self.app, self.name.to_lowercase());
        // `schema"."table` is how people reach other namespaces; it stays as it is.
        self.table.clone().unwrap_or_else(usual)
    }

    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// All models, and what went wrong.
pub(super) struct State {
    pub(super) settings: Settings,
    pub(super) models: Vec<Model>,
    places: HashMap<ModelId, usize>,
    pub(super) problems: Vec<Problem>,
}

impl State {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            models: Vec::new(),
            places: HashMap::new(),
            problems: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, span: Span, kind: ProblemKind, message: impl Into<String>) {
        self.problems.push(Problem::new(span, kind, message));
    }

    pub(super) fn damage(&mut self, code: &Code<'_>) {
        for (span, what) in &code.damage {
            self.note(*span, ProblemKind::Syntax, format!("read on: {what}"));
        }
    }

    fn place(&self, app: &str, name: &str) -> Option<usize> {
        let id = (app.to_lowercase(), name.to_lowercase());
        self.places.get(&id).copied()
    }

    pub(super) fn model(&self, app: &str, name: &str) -> Option<&Model> {
        self.place(app, name).and_then(|at| self.models.get(at))
    }

    /// A model to change. One that no migration creates is reported.
    pub(super) fn model_mut(&mut self, app: &str, name: &str, span: Span) -> Option<&mut Model> {
        let Some(at) = self.place(app, name) else {
            let message = format!("find model `{app}.{name}`: no migration creates it");
            self.note(span, ProblemKind::Unresolved, message);
            return None;
        };
        self.models.get_mut(at)
    }

    pub(super) fn create(&mut self, model: Model) {
        if self.place(&model.app, &model.name).is_some() {
            let message = format!("create model `{}`: it is there already", model.name);
            return self.note(model.name_span, ProblemKind::Unresolved, message);
        }
        let id = (model.app.to_lowercase(), model.name.to_lowercase());
        self.places.insert(id, self.models.len());
        self.models.push(model);
    }

    pub(super) fn delete(&mut self, app: &str, name: &str, span: Span) {
        let id = (app.to_lowercase(), name.to_lowercase());
        if let Some(model) = self.model_mut(app, name, span) {
            // The places of the others stand.
            model.has_table = false;
            model.fields.clear();
            self.places.remove(&id);
        }
    }

    /// Renames a model, and every field that leads to it.
    pub(super) fn rename(&mut self, app: &str, (from, to): (&str, &str), span: Span) {
        let Some(model) = self.model_mut(app, from, span) else {
            return;
        };
        to.clone_into(&mut model.name);
        let fields = self.models.iter_mut().flat_map(|model| &mut model.fields);
        for target in fields.filter_map(|field| field.target.as_mut()) {
            if target.0.eq_ignore_ascii_case(app) && target.1.eq_ignore_ascii_case(from) {
                to.clone_into(&mut target.1);
            }
        }
        let app = app.to_lowercase();
        if let Some(at) = self.places.remove(&(app.clone(), from.to_lowercase())) {
            self.places.insert((app, to.to_lowercase()), at);
        }
    }
}
