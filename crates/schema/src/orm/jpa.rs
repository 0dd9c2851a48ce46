//! Reads classes with annotations of JPA and Hibernate, in Java and Kotlin.

mod classes;
mod column;
mod draw;
mod words;

use super::code::Code;
use super::stage::Stage;
use super::token;
use crate::{Confidence, Dialect, Schema, Source};

/// Reads all classes at once: what one inherits or embeds may stand in another file.
///
/// A table whose name the annotations give has [`Confidence::Medium`], one whose name follows from
/// the class [`Confidence::Low`]: mappers can be told to name things in other ways.
#[must_use]
pub fn read(files: &[Source]) -> Schema {
    let holds = |words: &[&str]| {
        let has = |source: &Source| words.iter().any(|word| source.text().contains(word));
        files.iter().any(has)
    };
    let dialect = if holds(&["jdbc:postgresql", "PostgreSQLDialect"]) {
        Dialect::PostgreSql
    } else if holds(&[
        "jdbc:mysql",
        "jdbc:mariadb",
        "MySQLDialect",
        "MySQL8Dialect",
    ]) {
        Dialect::MySql
    } else if holds(&["jdbc:sqlserver"]) {
        Dialect::SqlServer
    } else {
        Dialect::Unknown
    };
    let mut stage = Stage::new(dialect, files);
    let codes: Vec<Code<'_>> = (0..)
        .zip(files)
        .filter(|(_, source)| super::has_ending(source, &["java", "kt"]))
        .map(|(file, source)| Code::new(&token::JAVA, file, source))
        .collect();
    let mut found = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        stage.damage(code);
        found.extend(classes::read(code, at));
    }
    // Spring names things in lower case with underscores.
    let is_spring = holds(&["org.springframework", "spring.datasource", "spring.jpa"]);
    let sure = draw::tables(&mut stage, &codes, &found, is_spring);
    let mut schema = stage.finish(Confidence::Medium);
    for table in &mut schema.tables {
        if !sure.contains(&table.name) {
            table.confidence = Confidence::Low;
        }
    }
    schema
}
