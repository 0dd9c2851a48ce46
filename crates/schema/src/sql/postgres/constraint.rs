//! Reads constraints: of a table, or in the line of a column.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use super::Reader;
use crate::sql::change::Constraint;
use crate::{Action, Key, Reference};

impl Reader<'_> {
    /// The constraint that a node declares, over the column in whose line it stands, if in one.
    pub(super) fn constraint(self, node: &SyntaxNode, column: Option<&str>) -> Option<Constraint> {
        let own = || {
            column
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<String>>()
        };
        let name = self.constraint_name(node);
        let span = self.span(node);
        if let Some(it) = ast::PrimaryKeyConstraint::cast(node.clone()) {
            if let Some(index) = it.using_index() {
                return self.of_index(&index, true, name);
            }
            let columns = self.columns(it.index_parameters()).unwrap_or_else(own);
            return Some(Constraint::PrimaryKey(Key {
                name,
                columns,
                span,
            }));
        }
        if let Some(it) = ast::UniqueConstraint::cast(node.clone()) {
            if let Some(index) = it.using_index() {
                return self.of_index(&index, false, name);
            }
            let columns = self.columns(it.index_parameters()).unwrap_or_else(own);
            return Some(Constraint::Unique(Key {
                name,
                columns,
                span,
            }));
        }
        if let Some(it) = ast::ReferencesConstraint::cast(node.clone()) {
            let target_columns = it.column().map(|it| self.identifier(it.syntax()));
            let (on_delete, on_update) = actions(it.referential_actions());
            return Some(Constraint::Reference(Reference {
                name,
                columns: own(),
                table: self.name(&it.table()?),
                target_columns: target_columns.into_iter().collect(),
                on_delete,
                on_update,
                constraint: true,
                span,
            }));
        }
        if let Some(it) = ast::ForeignKeyConstraint::cast(node.clone()) {
            let mut lists = node.children().filter_map(ast::ForeignKeyColumnList::cast);
            let columns = lists
                .next()
                .map(|list| self.column_names(list.column_name_refs()));
            let target = lists
                .next()
                .map(|list| self.column_names(list.column_name_refs()));
            let (on_delete, on_update) = actions(it.referential_actions());
            return Some(Constraint::Reference(Reference {
                name,
                columns: columns?,
                table: self.name(&it.table_name_ref()?),
                target_columns: target.unwrap_or_default(),
                on_delete,
                on_update,
                constraint: true,
                span,
            }));
        }
        Some(Constraint::Other { name })
    }

    fn of_index(
        self,
        index: &ast::UsingIndexName,
        primary: bool,
        name: Option<String>,
    ) -> Option<Constraint> {
        Some(Constraint::UsingIndex {
            primary,
            index: self.identifier(index.index_ref()?.syntax()),
            name,
            span: self.span(index.syntax()),
        })
    }

    fn constraint_name(self, node: &SyntaxNode) -> Option<String> {
        let clause = node.children().find_map(ast::ConstraintNameClause::cast)?;
        Some(self.identifier(clause.constraint_name()?.syntax()))
    }

    fn columns(self, parameters: Option<ast::IndexParameters>) -> Option<Vec<String>> {
        let list = parameters?.column_list()?;
        Some(self.column_names(list.column_name_refs()))
    }

    fn column_names(self, names: impl Iterator<Item = ast::ColumnNameRef>) -> Vec<String> {
        names.map(|name| self.identifier(name.syntax())).collect()
    }
}

/// What happens on delete and on update.
fn actions(actions: impl Iterator<Item = ast::ReferentialAction>) -> (Action, Action) {
    let mut found = (Action::NoAction, Action::NoAction);
    for action in actions {
        match action {
            ast::ReferentialAction::OnDeleteAction(it) => {
                found.0 = action_of(it.ref_action().as_ref());
            }
            ast::ReferentialAction::OnUpdateAction(it) => {
                found.1 = action_of(it.ref_action().as_ref());
            }
        }
    }
    found
}

fn action_of(action: Option<&ast::RefAction>) -> Action {
    match action {
        Some(ast::RefAction::Cascade(_)) => Action::Cascade,
        Some(ast::RefAction::Restrict(_)) => Action::Restrict,
        Some(ast::RefAction::SetNullColumns(_)) => Action::SetNull,
        Some(ast::RefAction::SetDefaultColumns(_)) => Action::SetDefault,
        Some(ast::RefAction::NoAction(_)) | None => Action::NoAction,
    }
}
