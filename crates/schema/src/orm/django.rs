//! Reads Django's migrations, which `makemigrations` writes itself, in the order of their
//! dependencies.

mod fields;
mod operations;
mod order;
mod render;
mod state;

use super::code::Code;
use super::token;
use crate::{Dialect, ProblemKind, Schema, Source, Span};
use state::State;

/// What the settings say that changes what migrations mean.
struct Settings {
    dialect: Dialect,
    /// The class of keys that Django adds; None is not said.
    auto_field: Option<String>,
    /// `AUTH_USER_MODEL`: application and model.
    user: Option<(String, String)>,
}

/// Reads the migrations of all applications. A `settings.py` among the files says which database it
/// is, and which keys join tables get.
#[must_use]
pub fn read(files: &[Source]) -> Schema {
    let codes = (0..).zip(files);
    let codes: Vec<Code<'_>> = codes
        .map(|(file, source)| Code::new(&token::PYTHON, file, source))
        .collect();
    let settings = settings(files, &codes);
    let mut state = State::new(settings);
    for (file, source) in (0..).zip(files) {
        if let Some(at) = source.damaged_at() {
            let message = format!("read byte {at}: it is no UTF-8");
            let span = Span::new(file, at, at + 1);
            state.note(span, ProblemKind::Encoding, message);
        }
    }
    let migrations = files.iter().zip(&codes);
    let migrations = migrations.filter_map(|(source, code)| order::Migration::find(source, code));
    for migration in order::in_order(migrations.collect(), &mut state) {
        state.damage(migration.code);
        operations::apply(&mut state, &migration);
    }
    render::picture(state, files)
}

fn settings(files: &[Source], codes: &[Code<'_>]) -> Settings {
    let mut found = Settings {
        dialect: Dialect::Unknown,
        auto_field: None,
        user: None,
    };
    for (source, code) in files.iter().zip(codes) {
        if !source.path().contains("settings") && !source.path().ends_with("apps.py") {
            if source.text().contains("django.contrib.postgres") {
                found.dialect = Dialect::PostgreSql;
            }
            continue;
        }
        for at in 0..code.len() {
            match code.text(at) {
                "DEFAULT_AUTO_FIELD" if code.is(at + 1, "=") => {
                    let class = code.string_at(at + 2);
                    found.auto_field =
                        class.and_then(|it| it.rsplit('.').next().map(str::to_owned));
                }
                "AUTH_USER_MODEL" if code.is(at + 1, "=") => {
                    let model = code.string_at(at + 2);
                    found.user = model.and_then(|it| {
                        let (app, model) = it.split_once('.')?;
                        Some((app.to_owned(), model.to_owned()))
                    });
                }
                _ => {
                    let engine = code.string_at(at).and_then(|it| engine(&it));
                    found.dialect = engine.unwrap_or(found.dialect);
                }
            }
        }
    }
    found
}

/// The database of a `DATABASES` entry.
fn engine(text: &str) -> Option<Dialect> {
    let (_, backend) = text.split_once(".backends.")?;
    match backend {
        "postgresql" | "postgresql_psycopg2" | "postgis" => Some(Dialect::PostgreSql),
        "mysql" => Some(Dialect::MySql),
        "sqlite3" | "spatialite" => Some(Dialect::Sqlite),
        _ => None,
    }
}
