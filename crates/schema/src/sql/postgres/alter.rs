//! Reads the actions of `ALTER TABLE`.

use squawk_syntax::ast::{self, AstNode};

use super::Reader;
use crate::sql::change::{Change, TableChange};

impl Reader<'_> {
    pub(super) fn alter_table(self, it: &ast::AlterTable) -> Vec<Change> {
        let Some(relation) = it.table_relation_name() else {
            return Vec::new();
        };
        let Some(table) = relation.table_name_ref() else {
            return Vec::new();
        };
        let table = self.name(&table);
        let only = |change| match relation.only_token() {
            Some(_) => TableChange::Only(Box::new(change)),
            None => change,
        };
        let if_exists = it.if_exists().is_some();
        let changes = it.actions().flat_map(|action| {
            let users = self.users(&action);
            users.into_iter().chain(self.action(action))
        });
        let changes = changes.map(|change| Change::AlterTable {
            table: table.clone(),
            if_exists,
            change: Box::new(only(change)),
        });
        changes.collect()
    }

    /// `DROP COLUMN ... CASCADE` takes views along.
    fn users(self, action: &ast::AlterTableAction) -> Option<TableChange> {
        let ast::AlterTableAction::DropColumn(it) = action else {
            return None;
        };
        let text = self.part(it.syntax()).to_ascii_uppercase();
        let column = self.identifier(it.column_name_ref()?.syntax());
        text.ends_with("CASCADE")
            .then_some(TableChange::DropUsers { column })
    }

    fn action(self, action: ast::AlterTableAction) -> Option<TableChange> {
        Some(match action {
            ast::AlterTableAction::AddColumn(it) => {
                let (column, constraints) = self.column_of_action(&it)?;
                TableChange::AddColumn {
                    column,
                    constraints,
                    if_not_exists: it.if_not_exists().is_some(),
                }
            }
            ast::AlterTableAction::DropColumn(it) => TableChange::DropColumn {
                name: self.identifier(it.column_name_ref()?.syntax()),
                if_exists: it.if_exists().is_some(),
            },
            ast::AlterTableAction::RenameColumn(it) => TableChange::RenameColumn {
                from: self.identifier(it.column_name_ref()?.syntax()),
                to: self.identifier(it.column_name()?.syntax()),
            },
            ast::AlterTableAction::AddConstraint(it) => {
                TableChange::AddConstraint(self.constraint(it.constraint()?.syntax(), None)?)
            }
            ast::AlterTableAction::DropConstraint(it) => TableChange::DropConstraint {
                name: self.identifier(it.constraint_name_ref()?.syntax()),
                if_exists: it.if_exists().is_some(),
            },
            ast::AlterTableAction::RenameConstraint(it) => TableChange::RenameConstraint {
                from: self.identifier(it.constraint_name_ref()?.syntax()),
                to: self.identifier(it.constraint_name()?.syntax()),
            },
            ast::AlterTableAction::TableRenameTo(it) => {
                TableChange::Rename(self.name(&it.table_name()?))
            }
            ast::AlterTableAction::SetSchema(it) => {
                TableChange::MoveTo(self.identifier(it.schema_ref()?.syntax()))
            }
            ast::AlterTableAction::AlterColumn(it) => {
                let column = self.identifier(it.column_name_ref()?.syntax());
                self.alter_column(column, it.option()?)?
            }
            ast::AlterTableAction::AttachPartition(it) => {
                TableChange::Attach(self.name(&it.table_name_ref()?))
            }
            ast::AlterTableAction::DetachPartition(it) => {
                TableChange::Detach(self.name(&it.table_name_ref()?))
            }
            // Owners, triggers, storage: a change of a table that does not show, though
            // the table is there.
            _ => TableChange::Nothing,
        })
    }

    fn alter_column(self, column: String, option: ast::AlterColumnOption) -> Option<TableChange> {
        Some(match option {
            ast::AlterColumnOption::SetType(it) => {
                let data_type = self.data_type(Some(&it.ty()?), self.span(it.syntax()));
                TableChange::SetType { column, data_type }
            }
            ast::AlterColumnOption::SetDefault(it) => TableChange::SetDefault {
                column,
                default: Some(self.default(it.expr()?.syntax())),
            },
            ast::AlterColumnOption::DropDefault(_) | ast::AlterColumnOption::DropIdentity(_) => {
                TableChange::SetDefault {
                    column,
                    default: None,
                }
            }
            ast::AlterColumnOption::AddGenerated(it) => TableChange::SetDefault {
                column,
                default: Some(self.identity(it.syntax(), it.generated_when().as_ref())),
            },
            ast::AlterColumnOption::SetNotNull(_) => TableChange::SetNullable {
                column,
                nullable: false,
            },
            ast::AlterColumnOption::DropNotNull(_) => TableChange::SetNullable {
                column,
                nullable: true,
            },
            _ => TableChange::Nothing,
        })
    }
}
