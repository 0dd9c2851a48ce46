//! A column, and what it may hold.

use std::collections::BTreeMap;

use super::{Default, Type};
use crate::Span;

/// A column of a table or view, or a field of a composite type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name in the database.
    pub name: String,
    /// Its name in the code, where a mapper gives it one.
    pub field: Option<String>,
    /// What it holds.
    pub data_type: Type,
    /// Whether it may be null. A list that is never null but may be empty is not nullable.
    pub nullable: bool,
    /// What an insert that leaves it out gets.
    pub default: Option<Default>,
    /// Whether the database computes it from other columns.
    pub computed: bool,
    /// What a sample of its rows holds, if a reader of a live database was asked to take one.
    pub stored: Option<Stored>,
    /// The whole declaration.
    pub span: Span,
    /// Its name in the declaration.
    pub name_span: Span,
}

impl Column {
    /// A nullable column without a default.
    #[must_use]
    pub fn new(name: impl Into<String>, data_type: Type, span: Span) -> Self {
        Self {
            name: name.into(),
            field: None,
            data_type,
            nullable: true,
            default: None,
            computed: false,
            stored: None,
            span,
            name_span: span,
        }
    }

    /// Whether its values are counted upwards by the database.
    #[must_use]
    pub fn is_sequential(&self) -> bool {
        let default = self.default.as_ref();
        default.is_some_and(|default| default.generator.is_sequential())
    }

    /// What people who read the declaration call it.
    #[must_use]
    pub fn declared_name(&self) -> &str {
        self.field.as_deref().unwrap_or(&self.name)
    }
}

/// Which kinds of identifiers a bounded sample of a column's rows holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stored {
    /// Rows read, those with null included.
    pub rows: u64,
    /// UUIDs of each version, the number in their 13th digit; the nil UUID counts as 0.
    pub versions: BTreeMap<u8, u64>,
    /// Values that are no UUID.
    pub others: u64,
}
