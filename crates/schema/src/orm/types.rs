//! Looks up what each database makes of a mapper's own word for a type.

use crate::{Dialect, Span, Type, sql};

/// A mapper's word, and the type that PostgreSQL, `MySQL` and SQLite get for it.
pub(super) type Row = (&'static str, [&'static str; 3]);

/// The type of a word that the table holds. Where the database is not known, it is PostgreSQL's,
/// which says most.
pub(super) fn find(rows: &[Row], dialect: Dialect, word: &str, span: Span) -> Option<Type> {
    let (_, names) = rows.iter().find(|(name, _)| *name == word)?;
    let name = match dialect {
        Dialect::MySql => names[1],
        Dialect::Sqlite => names[2],
        _ => names[0],
    };
    Some(sql::type_of(known(dialect), name, span).declared_as(word))
}

/// The dialect whose names types have where the sources do not say one.
pub(super) fn known(dialect: Dialect) -> Dialect {
    match dialect {
        Dialect::Unknown => Dialect::PostgreSql,
        known => known,
    }
}

/// The same type with its length or precision.
pub(super) fn with_arguments(dialect: Dialect, found: &Type, arguments: &[&str]) -> Type {
    let dialect = known(dialect);
    let made = Type::new(dialect, &found.name, arguments, found.span);
    Type {
        list: found.list,
        ..made
    }
    .declared_as(found.declared.clone())
}
