//! Reads one column or constraint of a table. The one module that knows `sqlparser`.

use sqlparser::ast::{
    ColumnDef, ColumnOption, CreateTable, ForeignKeyConstraint, Ident, IndexColumn,
    ReferentialAction, Statement, TableConstraint,
};
use sqlparser::dialect::{Dialect as Language, MySqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use super::Element;
use crate::sql::change::Constraint;
use crate::sql::cursor::Cursor;
use crate::sql::{Code, data_type, names};
use crate::{
    Action, Column, Default, Dialect, Generator, Index, IndexPart, Key, Reference, Side, Span,
    Type, TypeKind,
};

/// Reads the text between two commas of a table's declaration.
///
/// Refuses with what the parser expected, a fragment.
pub(super) fn read(part: &Code<'_>) -> Result<Element, String> {
    let language: &dyn Language = match part.dialect {
        Dialect::MySql => &MySqlDialect {},
        _ => &SQLiteDialect {},
    };
    let table = match parse(language, part.text) {
        Ok(table) => table,
        Err(why) => {
            let retried = free_type(part).ok_or_else(|| why.clone())?;
            let table = parse(language, &retried.untyped).map_err(|_| why)?;
            let column = table.columns.into_iter().next();
            let column = column.ok_or_else(|| "it declares nothing".to_owned())?;
            return Ok(column_of(part, &column, Some(&retried.written)));
        }
    };
    if let Some(column) = table.columns.into_iter().next() {
        return Ok(column_of(part, &column, None));
    }
    let constraint = table.constraints.into_iter().next();
    let constraint = constraint.ok_or_else(|| "it declares nothing".to_owned())?;
    Ok(Element::Constraint(constraint_of(part, &constraint)))
}

fn parse(language: &dyn Language, element: &str) -> Result<CreateTable, String> {
    let statement = format!("CREATE TABLE t ({element})");
    let parsed = Parser::new(language).try_with_sql(&statement);
    match parsed.and_then(|mut parser| parser.parse_statement()) {
        Ok(Statement::CreateTable(table)) => Ok(table),
        Ok(_) => Err("it is no part of a table".to_owned()),
        Err(error) => Err(plain(&error.to_string())),
    }
}

/// A column without its type, and the type.
struct Untyped {
    untyped: String,
    written: String,
}

/// SQLite takes any words for a type; the parser does not.
fn free_type(part: &Code<'_>) -> Option<Untyped> {
    const ENDS: [&str; 12] = [
        "CONSTRAINT",
        "PRIMARY",
        "NOT",
        "NULL",
        "UNIQUE",
        "CHECK",
        "DEFAULT",
        "COLLATE",
        "REFERENCES",
        "GENERATED",
        "AS",
        "FOREIGN",
    ];
    let mut cursor = Cursor::new(part);
    let is_end = |word: &str| ENDS.iter().any(|end| word.eq_ignore_ascii_case(end));
    if part.dialect != Dialect::Sqlite || cursor.peek().is_none_or(is_end) {
        return None;
    }
    cursor.advance();
    let (name_end, start) = (cursor.taken_to(), cursor.position());
    while cursor.peek().is_some_and(|word| !is_end(word)) {
        cursor.advance();
    }
    let end = cursor.taken_to().max(start);
    Some(Untyped {
        untyped: [part.text.get(..name_end)?, " ", part.text.get(end..)?].concat(),
        written: part.text.get(start..end)?.to_owned(),
    })
}

/// The parser's message without its own positions, which are those of a statement made up here.
fn plain(message: &str) -> String {
    let message = message.trim_start_matches("sql parser error: ");
    let end = message.find(" at Line").unwrap_or(message.len());
    let mut characters = message[..end].chars();
    let first = characters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(characters).collect()
}

fn column_of(part: &Code<'_>, definition: &ColumnDef, written: Option<&str>) -> Element {
    let span = part.whole();
    let name = definition.name.value.clone();
    let written = written.map_or_else(|| definition.data_type.to_string(), str::to_owned);
    let mut column = Column::new(name.clone(), type_of(part.dialect, &written, span), span);
    let written_name = definition.name.to_string();
    column.name_span = part.span(0, written_name.len().min(part.text.len()));
    let mut constraints = Vec::new();
    if written.eq_ignore_ascii_case("serial") && part.dialect == Dialect::MySql {
        column.data_type = data_type::read(part.dialect, "bigint unsigned", span);
        column.data_type.declared = written;
        column.default = Some(counted("serial", span));
        column.nullable = false;
        constraints.push(Constraint::Unique(key(None, vec![name.clone()], span)));
    }
    for option in &definition.options {
        let constraint_name = option.name.as_ref();
        match &option.option {
            ColumnOption::NotNull => column.nullable = false,
            ColumnOption::Default(value) => {
                column.default = Some(default(part.dialect, value.to_string(), span));
            }
            ColumnOption::Generated { .. } => column.computed = true,
            ColumnOption::PrimaryKey(_) => {
                let columns = vec![name.clone()];
                constraints.push(Constraint::PrimaryKey(key(constraint_name, columns, span)));
            }
            ColumnOption::Unique(_) => {
                let columns = vec![name.clone()];
                constraints.push(Constraint::Unique(key(constraint_name, columns, span)));
            }
            ColumnOption::ForeignKey(it) => {
                let mut reference = reference(part, it);
                reference.columns = vec![name.clone()];
                // MySQL reads a reference in a column's line, and does nothing about it.
                reference.constraint = part.dialect != Dialect::MySql;
                constraints.push(Constraint::Reference(reference));
            }
            ColumnOption::DialectSpecific(tokens) => {
                let words: Vec<String> = tokens.iter().map(ToString::to_string).collect();
                let words = words.concat().to_ascii_uppercase();
                if matches!(words.as_str(), "AUTO_INCREMENT" | "AUTOINCREMENT") {
                    column.default = Some(counted(&words, span));
                }
            }
            _ => {}
        }
    }
    Element::Column(Box::new(column), constraints)
}

/// SQLite takes any words for a type and goes by what they hold, as its documentation says.
fn type_of(dialect: Dialect, written: &str, span: Span) -> Type {
    let mut found = data_type::read(dialect, written, span);
    if dialect == Dialect::Sqlite && found.kind == TypeKind::Other {
        let lower = found.name.to_ascii_lowercase();
        let holds = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        found.kind = if holds(&["int"]) {
            TypeKind::Integer {
                bits: 64,
                unsigned: false,
            }
        } else if holds(&["char", "clob", "text"]) {
            TypeKind::Text {
                length: None,
                fixed: false,
            }
        } else if holds(&["real", "floa", "doub"]) {
            TypeKind::Float
        } else {
            TypeKind::Other
        };
    }
    found
}

/// `MySQL`'s `uuid()` is of version 1; a default of SQLite is what the expression says.
fn default(dialect: Dialect, text: String, span: Span) -> Default {
    let mut generator = Generator::of_expression(&text);
    if dialect == Dialect::Sqlite && matches!(generator, Generator::Uuid { .. }) {
        // SQLite has no such function of its own: which version it makes is not known.
        generator = Generator::Uuid { version: None };
    }
    Default {
        generator,
        side: Side::Database,
        text,
        span,
    }
}

fn counted(text: &str, span: Span) -> Default {
    Default {
        generator: Generator::Autoincrement,
        side: Side::Database,
        text: text.to_owned(),
        span,
    }
}

fn key(name: Option<&Ident>, columns: Vec<String>, span: Span) -> Key {
    Key {
        name: name.map(|name| name.value.clone()),
        columns,
        span,
    }
}

fn constraint_of(part: &Code<'_>, constraint: &TableConstraint) -> Constraint {
    let span = part.whole();
    let index = |name: Option<&Ident>, columns: &[IndexColumn], method: Option<&str>| {
        Constraint::Index(Index {
            name: name.map(|name| name.value.clone()),
            parts: parts(part.dialect, columns),
            unique: false,
            method: method.map(str::to_owned),
            predicate: None,
            span,
        })
    };
    match constraint {
        TableConstraint::PrimaryKey(it) => {
            let columns = column_names(part.dialect, &it.columns);
            Constraint::PrimaryKey(key(it.name.as_ref(), columns, span))
        }
        TableConstraint::Unique(it) => {
            let columns = column_names(part.dialect, &it.columns);
            let name = it.name.as_ref().or(it.index_name.as_ref());
            Constraint::Unique(key(name, columns, span))
        }
        TableConstraint::ForeignKey(it) => Constraint::Reference(reference(part, it)),
        TableConstraint::Index(it) => index(it.name.as_ref(), &it.columns, None),
        TableConstraint::FulltextOrSpatial(it) => {
            let method = if it.fulltext { "fulltext" } else { "spatial" };
            index(it.opt_index_name.as_ref(), &it.columns, Some(method))
        }
        TableConstraint::Check(it) => Constraint::Other {
            name: it.name.as_ref().map(|name| name.value.clone()),
        },
        _ => Constraint::Other { name: None },
    }
}

fn reference(part: &Code<'_>, it: &ForeignKeyConstraint) -> Reference {
    let values = |names: &[Ident]| names.iter().map(|name| name.value.clone()).collect();
    Reference {
        name: it
            .name
            .as_ref()
            .or(it.index_name.as_ref())
            .map(|name| name.value.clone()),
        columns: values(&it.columns),
        table: names::name(part.dialect, &it.foreign_table.to_string()),
        target_columns: values(&it.referred_columns),
        on_delete: action(it.on_delete.as_ref()),
        on_update: action(it.on_update.as_ref()),
        constraint: true,
        span: part.whole(),
    }
}

fn action(action: Option<&ReferentialAction>) -> Action {
    match action {
        Some(ReferentialAction::Cascade) => Action::Cascade,
        Some(ReferentialAction::Restrict) => Action::Restrict,
        Some(ReferentialAction::SetNull) => Action::SetNull,
        Some(ReferentialAction::SetDefault) => Action::SetDefault,
        Some(ReferentialAction::NoAction) | None => Action::NoAction,
    }
}

fn parts(dialect: Dialect, columns: &[IndexColumn]) -> Vec<IndexPart> {
    columns
        .iter()
        .map(|column| index_part(dialect, &column.column.expr.to_string()))
        .collect()
}

fn column_names(dialect: Dialect, columns: &[IndexColumn]) -> Vec<String> {
    let parts = parts(dialect, columns).into_iter();
    let names = parts.map(|part| match part {
        IndexPart::Column(name) | IndexPart::Expression(name) => name,
    });
    names.collect()
}

/// A column, with its length and order left out, or an expression.
pub(super) fn index_part(dialect: Dialect, text: &str) -> IndexPart {
    let mut text = text.trim();
    for order in [" asc", " desc"] {
        let cut = text.len().saturating_sub(order.len());
        if text
            .get(cut..)
            .is_some_and(|end| end.eq_ignore_ascii_case(order))
        {
            text = text[..cut].trim_end();
        }
    }
    // `name(10)` is the first ten characters of the column.
    let is_digits = |length: &str| !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit());
    let prefix = text
        .strip_suffix(')')
        .and_then(|inner| inner.rsplit_once('('));
    if let Some((column, _)) = prefix.filter(|(_, length)| is_digits(length)) {
        text = column.trim_end();
    }
    let is_quoted =
        |open: char, close: char| text.len() > 1 && text.starts_with(open) && text.ends_with(close);
    let is_plain = text
        .chars()
        .all(|c| c.is_alphanumeric() || c == '_' || c == '$');
    if is_plain || is_quoted('`', '`') || is_quoted('"', '"') || is_quoted('[', ']') {
        IndexPart::Column(names::identifier(dialect, text))
    } else {
        IndexPart::Expression(text.to_owned())
    }
}
