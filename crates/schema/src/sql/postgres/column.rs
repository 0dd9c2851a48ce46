//! Reads a column's declaration: type, default, nullability, and the constraints in its line.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use super::Reader;
use crate::sql::change::Constraint;
use crate::sql::data_type;
use crate::{Column, Default, Dialect, Generator, Side, Span, Type};

impl Reader<'_> {
    pub(super) fn column_of_table(self, it: &ast::Column) -> Option<(Column, Vec<Constraint>)> {
        let clauses = it.clauses().filter_map(|clause| match clause {
            ast::ColumnClause::ColumnConstraint(it) => Some(it.syntax().clone()),
            _ => None,
        });
        let name = it.name()?;
        let head = Head {
            name: name.syntax(),
            data_type: it.ty(),
            whole: it.syntax(),
        };
        Some(self.column(&head, clauses))
    }

    pub(super) fn column_of_action(self, it: &ast::AddColumn) -> Option<(Column, Vec<Constraint>)> {
        let clauses = it
            .constraints()
            .map(|constraint| constraint.syntax().clone());
        let name = it.column_name()?;
        let head = Head {
            name: name.syntax(),
            data_type: it.ty(),
            whole: it.syntax(),
        };
        Some(self.column(&head, clauses))
    }

    fn column(
        self,
        head: &Head<'_>,
        clauses: impl Iterator<Item = SyntaxNode>,
    ) -> (Column, Vec<Constraint>) {
        let data_type = self.data_type(head.data_type.as_ref(), self.span(head.whole));
        let mut column = Column::new(self.identifier(head.name), data_type, self.span(head.whole));
        column.name_span = self.span(head.name);
        if let Some(default) = of_serial(&column.data_type) {
            column.default = Some(default);
            column.nullable = false;
        }
        let mut constraints = Vec::new();
        for clause in clauses {
            self.clause(&clause, &mut column, &mut constraints);
        }
        (column, constraints)
    }

    fn clause(self, clause: &SyntaxNode, column: &mut Column, constraints: &mut Vec<Constraint>) {
        if let Some(it) = ast::DefaultConstraint::cast(clause.clone()) {
            column.default = it.expr().map(|expr| self.default(expr.syntax()));
        } else if let Some(it) = ast::GeneratedConstraint::cast(clause.clone()) {
            match it.generated_as() {
                Some(ast::GeneratedAs::GeneratedIdentity(it)) => {
                    column.default = Some(self.identity(it.syntax(), it.generated_when().as_ref()));
                    column.nullable = false;
                }
                Some(ast::GeneratedAs::GeneratedStored(_)) => column.computed = true,
                None => {}
            }
        } else if ast::NotNullConstraint::can_cast(clause.kind()) {
            column.nullable = false;
        } else if !ast::NullConstraint::can_cast(clause.kind()) {
            constraints.extend(self.constraint(clause, Some(&column.name)));
        }
    }

    pub(super) fn data_type(self, it: Option<&ast::Type>, span: Span) -> Type {
        match it {
            Some(it) => {
                let span = self.span(it.syntax());
                data_type::read(Dialect::PostgreSql, self.part(it.syntax()), span)
            }
            None => data_type::read(Dialect::PostgreSql, "", span),
        }
    }

    pub(super) fn default(self, expression: &SyntaxNode) -> Default {
        let text = self.part(expression).to_owned();
        Default {
            generator: Generator::of_expression(&text),
            side: Side::Database,
            text,
            span: self.span(expression),
        }
    }

    pub(super) fn identity(self, node: &SyntaxNode, when: Option<&ast::GeneratedWhen>) -> Default {
        let always = matches!(when, Some(ast::GeneratedWhen::GeneratedAlways(_)));
        Default {
            generator: Generator::Identity { always },
            side: Side::Database,
            text: self.part(node).to_owned(),
            span: self.span(node),
        }
    }
}

/// The nodes that every declaration of a column has.
struct Head<'a> {
    name: &'a SyntaxNode,
    data_type: Option<ast::Type>,
    whole: &'a SyntaxNode,
}

/// `serial` is not a type but an integer with a sequence of its own.
fn of_serial(data_type: &Type) -> Option<Default> {
    let declared = data_type.declared.to_ascii_lowercase();
    let serials = [
        "serial",
        "bigserial",
        "smallserial",
        "serial2",
        "serial4",
        "serial8",
    ];
    serials.contains(&declared.as_str()).then(|| Default {
        generator: Generator::Serial,
        side: Side::Database,
        text: data_type.declared.clone(),
        span: data_type.span,
    })
}
