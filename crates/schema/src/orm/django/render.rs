//! Draws the picture of the models' tables as they are in the end.

use super::super::stage::{index, key, reference};
use super::super::types;
use super::fields::{Field, Shape, TYPES};
use super::state::{Group, Model, State};
use crate::{
    Column, Default, Dialect, Generator, Key, Name, Origin, ProblemKind, Schema, Side, Source,
    Span, Table, Type,
};

/// How many references may be followed to find a key's type.
const STEPS_MAX: usize = 16;

/// Django's own applications, whose migrations are not among the files: their keys are 32 bits.
const OWN_APPS: [&str; 4] = ["auth", "contenttypes", "sites", "admin"];

/// Draws all tables.
pub(super) fn picture(mut state: State, files: &[Source]) -> Schema {
    let paths = files.iter().map(|source| source.path().to_owned());
    let mut schema = Schema::new(state.settings.dialect, paths.collect());
    let mut problems = std::mem::take(&mut state.problems);
    let mut pen = Pen {
        state: &state,
        problems: &mut problems,
    };
    for model in state.models.iter().filter(|model| model.has_table) {
        let table = pen.table(model);
        schema.tables.push(table);
        let many = model
            .fields
            .iter()
            .filter(|it| it.shape == Shape::ManyToMany { through: false });
        schema
            .tables
            .extend(many.filter_map(|field| pen.join_table(model, field)));
    }
    problems.sort_by_key(|problem| problem.span);
    schema.problems = problems;
    schema
}

struct Pen<'a> {
    state: &'a State,
    problems: &'a mut Vec<crate::Problem>,
}

impl Pen<'_> {
    fn dialect(&self) -> Dialect {
        self.state.settings.dialect
    }

    fn table(&mut self, model: &Model) -> Table {
        let mut table = Table::new(table_name(&model.table_name()), model.span);
        table.name_span = model.name_span;
        table.model = Some(model.name.clone());
        for field in &model.fields {
            self.field(&mut table, field);
        }
        let columns = |group: &Group| -> Vec<String> {
            let name = |name: &String| model.field(name).map_or(name.clone(), Field::column_name);
            group.fields.iter().map(name).collect()
        };
        let composite = model.fields.iter().find(|it| !it.parts.is_empty());
        if let Some(names) = composite.map(|it| &it.parts) {
            // The parts are named as attributes: `book_id` for the field `book`.
            let name = |name: &String| {
                let stem = name.strip_suffix("_id").unwrap_or(name);
                let field = model.field(name).or_else(|| model.field(stem));
                field.map_or(name.clone(), Field::column_name)
            };
            table.primary_key = Some(key(
                &names.iter().map(name).collect::<Vec<_>>(),
                model.name_span,
            ));
        }
        for group in &model.uniques {
            if let Some(condition) = &group.condition {
                let mut partial = index(group.name.clone(), &columns(group), true, group.span);
                partial.predicate = Some(condition.clone());
                table.indexes.push(partial);
            } else {
                let unnamed = key(&columns(group), group.span);
                table.uniques.push(Key {
                    name: group.name.clone(),
                    ..unnamed
                });
            }
        }
        for group in &model.indexes {
            let mut found = index(group.name.clone(), &columns(group), false, group.span);
            found.predicate.clone_from(&group.condition);
            table.indexes.push(found);
        }
        table
    }

    fn field(&mut self, table: &mut Table, field: &Field) {
        if !matches!(field.shape, Shape::Column | Shape::ForeignKey { .. }) {
            return;
        }
        let name = field.column_name();
        let data_type = self.data_type(field);
        let mut column = Column::new(&*name, data_type, field.span);
        column.field = Some(field.name.clone());
        column.nullable = field.nullable && !field.primary;
        column.name_span = field.name_span;
        column.computed = field.class == "GeneratedField";
        column.default = field.default.clone().or_else(|| self.counter(field));
        table.columns.push(column);
        let columns = [name];
        let is_unique = field.unique || field.shape == Shape::ForeignKey { unique: true };
        if field.primary {
            table.primary_key = Some(key(&columns, field.span));
        } else if is_unique {
            table.uniques.push(key(&columns, field.span));
        } else if field.indexed || field.shape == (Shape::ForeignKey { unique: false }) {
            table.indexes.push(index(None, &columns, false, field.span));
        }
        if let (Shape::ForeignKey { .. }, Some(target)) = (field.shape, &field.target) {
            let (name, target_key) = self.target(target, field.to.as_deref());
            let mut found = reference(&columns, name, &target_key, field.span);
            found.constraint = field.constraint;
            table.references.push(found);
        }
    }

    /// Since Django 4.1 a counted key of PostgreSQL is an identity; before, it was a serial.
    fn counter(&self, field: &Field) -> Option<Default> {
        let generator = match self.dialect() {
            Dialect::PostgreSql => Generator::Identity { always: false },
            _ => Generator::Autoincrement,
        };
        field.is_counted().then(|| Default {
            generator,
            side: Side::Database,
            text: field.class.clone(),
            span: field.type_span,
        })
    }

    /// The table that a field leads to, and the column there.
    fn target(
        &self,
        (app, name): &(String, String),
        to_field: Option<&str>,
    ) -> (Name, Vec<String>) {
        let Some(model) = self.state.model(app, name) else {
            let table = match (app.as_str(), name.to_lowercase()) {
                ("contenttypes", model) if model == "contenttype" => {
                    "django_content_type".to_owned()
                }
                ("sites", model) if model == "site" => "django_site".to_owned(),
                (app, model) => format!("{app}_{model}"),
            };
            return (Name::new(table), vec!["id".to_owned()]);
        };
        let field = match to_field {
            Some(name) => model.field(name),
            None => model.fields.iter().find(|field| field.primary),
        };
        let columns = field.map(Field::column_name).into_iter().collect();
        (table_name(&model.table_name()), columns)
    }

    fn data_type(&mut self, field: &Field) -> Type {
        let span = field.type_span;
        let declared = field.declared.clone();
        let mut found = field.clone();
        for _ in 0..STEPS_MAX {
            let Some(target) = found.target.clone() else {
                break;
            };
            let Some(other) = self.state.model(&target.0, &target.1) else {
                return self.foreign_type(&target, span).declared_as(declared);
            };
            let field = match &found.to {
                Some(name) => other.field(name),
                None => other.fields.iter().find(|field| field.primary),
            };
            match field {
                Some(next) => found = next.clone(),
                None => break,
            }
        }
        let class = found.item.as_deref().unwrap_or(&found.class);
        let dialect = self.dialect();
        let Some(known) = types::find(TYPES, dialect, class, span) else {
            if found.class != "GeneratedField" && found.target.is_none() {
                let message = format!("read a field: `{class}` is none that is known");
                self.problems
                    .push(crate::Problem::new(span, ProblemKind::Unknown, message));
            }
            return Type::of_user(Name::new(class), crate::TypeKind::Other, span)
                .declared_as(declared);
        };
        let arguments: Vec<&str> = found.arguments.iter().map(String::as_str).collect();
        let mut made = if arguments.is_empty() || found.item.is_some() {
            known
        } else {
            types::with_arguments(dialect, &known, &arguments)
        };
        made.list = found.item.is_some();
        made.declared_as(declared)
    }

    /// The key of a model that no file declares.
    fn foreign_type(&mut self, (app, name): &(String, String), span: Span) -> Type {
        if !OWN_APPS.contains(&app.as_str()) {
            let message = format!("find model `{app}.{name}`: no migration creates it");
            self.problems
                .push(crate::Problem::new(span, ProblemKind::Unresolved, message));
            return Type::new(Dialect::Unknown, "", &[], span);
        }
        let class = "AutoField";
        let found = types::find(TYPES, self.dialect(), class, span);
        found.unwrap_or_else(|| Type::new(Dialect::Unknown, class, &[], span))
    }

    /// The table of a many-to-many field: a key that Django adds, and both ends.
    fn join_table(&mut self, model: &Model, field: &Field) -> Option<Table> {
        let target = field.target.as_ref()?;
        let usual = || format!("{}_{}", model.table_name(), field.name);
        let name = field.join_table.clone().unwrap_or_else(usual);
        let mut table = Table::new(table_name(&name), field.span);
        table.origin = Origin::Implied;
        table.name_span = field.name_span;
        let own = model.name.to_lowercase();
        let other = target.1.to_lowercase();
        let is_same = own == other && model.app.eq_ignore_ascii_case(&target.0);
        let sides = if is_same {
            [format!("from_{own}_id"), format!("to_{other}_id")]
        } else {
            [format!("{own}_id"), format!("{other}_id")]
        };
        let auto = self.state.settings.auto_field.clone();
        let auto = auto.or_else(|| counted_class(model));
        let mut id = field.clone();
        id.class = auto.unwrap_or_else(|| "AutoField".to_owned());
        id.target = None;
        id.arguments.clear();
        let mut column = Column::new("id", self.data_type(&id), field.span);
        column.nullable = false;
        column.default = self.counter(&id);
        table.columns.push(column);
        table.primary_key = Some(key(&["id".to_owned()], field.span));
        let ends = [(model.app.clone(), model.name.clone()), target.clone()];
        for (side, end) in sides.iter().zip(ends) {
            let mut referring = field.clone();
            referring.target = Some(end.clone());
            referring.to = None;
            let mut column = Column::new(&**side, self.data_type(&referring), field.span);
            column.nullable = false;
            table.columns.push(column);
            let columns = [side.clone()];
            let (name, target_key) = self.target(&end, None);
            table
                .references
                .push(reference(&columns, name, &target_key, field.span));
            table.indexes.push(index(None, &columns, false, field.span));
        }
        table.uniques.push(key(&sides, field.span));
        Some(table)
    }
}

/// Where no settings are among the files, the key that the application's models have.
fn counted_class(model: &Model) -> Option<String> {
    let key = model.fields.iter().find(|field| field.is_counted());
    key.map(|field| field.class.clone())
}

/// `schema"."table` is how namespaces are reached.
fn table_name(text: &str) -> Name {
    let bare = text.trim_matches('"');
    match bare.split_once("\".\"") {
        Some((schema, name)) => Name::within(Some(schema.to_owned()), name),
        None => Name::new(bare),
    }
}
