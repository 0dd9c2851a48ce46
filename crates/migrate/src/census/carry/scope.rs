//! Which columns hold keys, and which column a variable of an expression is.

use std::cell::RefCell;
use std::collections::HashMap;

use super::{Analysis, Carry, Why};
use crate::census::node::{Node, Struct};

/// What columns of tables and views hold, by relation and column number.
#[derive(Debug, Default)]
pub(crate) struct Relations {
    columns: HashMap<u32, HashMap<i16, Carry>>,
}

impl Relations {
    /// Says what a column holds.
    pub(crate) fn set(&mut self, relation: u32, column: i16, carry: Carry) {
        if carry != Carry::Free {
            self.columns
                .entry(relation)
                .or_default()
                .insert(column, carry);
        }
    }

    /// What a column holds.
    pub(crate) fn column(&self, relation: u32, column: i16) -> Carry {
        let columns = self.columns.get(&relation);
        columns
            .and_then(|columns| columns.get(&column))
            .copied()
            .unwrap_or_default()
    }

    /// Whether any column of a relation holds keys.
    pub(crate) fn has(&self, relation: u32) -> bool {
        self.columns.contains_key(&relation)
    }
}

/// One entry of a query's FROM list, with what its columns hold.
#[derive(Debug)]
pub(crate) enum Source<'a> {
    /// A table or view.
    Relation(u32),
    /// A join, or the groups of a query: each column is an expression over the others.
    Expressions(&'a [Node<'a>]),
    /// Anything else, by its columns.
    Columns(Vec<Carry>),
}

/// What a query's variables can mean.
#[derive(Debug, Default)]
pub(crate) struct Scope<'a> {
    pub(super) sources: Vec<Source<'a>>,
    /// Common tables of this query: what their columns hold.
    pub(super) common: HashMap<String, Vec<Carry>>,
    /// What the columns of the sub-query hold whose comparison is being read.
    pub(super) compared: RefCell<Vec<Carry>>,
    pub(super) outer: Option<&'a Scope<'a>>,
}

impl<'a> Scope<'a> {
    /// The scope of an expression of a table's own: a check, a policy, a condition. In the
    /// condition of a trigger, `OLD` and `NEW` are the first two sources.
    pub(crate) fn of_table(table: u32) -> Self {
        Self {
            sources: vec![Source::Relation(table), Source::Relation(table)],
            ..Self::default()
        }
    }

    /// What a variable holds.
    pub(super) fn variable(&self, to: &Analysis<'_>, node: &Struct<'_>) -> Result<Carry, Why> {
        let up: usize = node.number("varlevelsup");
        let scope = self.up(up)?;
        let place: usize = node.number("varno");
        let column: i16 = node.number("varattno");
        let source = place
            .checked_sub(1)
            .and_then(|place| scope.sources.get(place));
        match source {
            None => Err("is hidden behind a variable of an unknown kind".to_owned()),
            Some(source) => scope.column(to, source, column),
        }
    }

    fn column(&self, to: &Analysis<'_>, source: &Source<'_>, column: i16) -> Result<Carry, Why> {
        let index = usize::try_from(column)
            .ok()
            .and_then(|column| column.checked_sub(1));
        match (source, index) {
            (Source::Relation(relation), None) if column == 0 && to.relations.has(*relation) => {
                Err("is part of a whole row, which gets another column".to_owned())
            }
            (Source::Relation(relation), _) => Ok(to.relations.column(*relation, column)),
            (Source::Expressions(columns), Some(index)) => match columns.get(index) {
                Some(expression) => to.expression(expression, self),
                None => Ok(Carry::Free),
            },
            (Source::Expressions(columns), None) => {
                for expression in *columns {
                    if to.expression(expression, self)? != Carry::Free {
                        return Ok(Carry::Row);
                    }
                }
                Ok(Carry::Free)
            }
            (Source::Columns(columns), Some(index)) => {
                Ok(columns.get(index).copied().unwrap_or_default())
            }
            (Source::Columns(columns), None) => {
                let free = columns.iter().all(|&carry| carry == Carry::Free);
                Ok(if free { Carry::Free } else { Carry::Row })
            }
        }
    }

    /// What a parameter holds: the sub-query's column in a comparison with one, else nothing.
    pub(super) fn parameter(&self, node: &Struct<'_>) -> Carry {
        /// `PARAM_SUBLINK`
        const OF_SUBLINK: u32 = 2;
        let column: usize = node.number("paramid");
        let of_sublink = node.number::<u32>("paramkind") == OF_SUBLINK;
        let column = column.checked_sub(1).filter(|_| of_sublink);
        let compared = self.compared.borrow();
        column
            .and_then(|column| compared.get(column))
            .copied()
            .unwrap_or_default()
    }

    /// The scope some levels further out.
    pub(super) fn up(&self, levels: usize) -> Result<&Scope<'a>, Why> {
        let mut scope = self;
        for _ in 0..levels {
            scope = scope
                .outer
                .ok_or_else(|| "is hidden behind a variable of an unknown level".to_owned())?;
        }
        Ok(scope)
    }
}
