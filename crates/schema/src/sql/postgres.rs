//! PostgreSQL's grammar for tables and indexes. The one module that knows `squawk-syntax`.

mod alter;
mod column;
mod constraint;

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode, SourceFile};

use super::change::{Change, Constraint, How, Like, NewTable, TableChange};
use super::{Code, Grammar, names};
use crate::{Dialect, Index, IndexPart, Name, Problem, ProblemKind, Span};

/// The grammar.
pub(super) struct Postgres;

impl Grammar for Postgres {
    fn changes(&self, text: &Code<'_>) -> (Vec<Change>, Vec<Problem>) {
        let parse = SourceFile::parse(text.text);
        let errors = parse.errors();
        // The parser goes on behind an error; the first says what is wrong with the statement.
        let problems = errors.first().map(|error| {
            let range = error.range();
            let (start, end) = (usize::from(range.start()), usize::from(range.end()));
            let message = format!("read a statement: {}", plain(error.message()));
            Problem::new(text.span(start, end), ProblemKind::Syntax, message)
        });
        let statements = parse.tree().stmts();
        let reader = Reader { text };
        let changes = statements.flat_map(|statement| reader.statement(statement));
        (changes.collect(), problems.into_iter().collect())
    }
}

/// A message as a fragment: without a capital and a full stop.
fn plain(message: &str) -> String {
    let mut characters = message.trim_end_matches('.').chars();
    let first = characters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(characters).collect()
}

/// Reads the nodes of one statement's tree.
#[derive(Clone, Copy)]
struct Reader<'a> {
    text: &'a Code<'a>,
}

impl<'a> Reader<'a> {
    fn statement(self, statement: ast::Stmt) -> Vec<Change> {
        match statement {
            ast::Stmt::CreateTable(it) => self.create_table(&it).into_iter().collect(),
            ast::Stmt::CreateForeignTable(it) => {
                let header = Header {
                    name: it.table_name(),
                    list: it.table_arg_list(),
                    if_not_exists: it.if_not_exists().is_some(),
                    temporary: false,
                };
                self.new_table(&header, Vec::new(), false)
                    .into_iter()
                    .collect()
            }
            ast::Stmt::CreateTableAs(it) => {
                let header = Header {
                    name: it.table_name(),
                    list: it.table_arg_list(),
                    if_not_exists: it.if_not_exists().is_some(),
                    temporary: self.is_temporary(it.persistence()),
                };
                self.new_table(&header, Vec::new(), true)
                    .into_iter()
                    .collect()
            }
            ast::Stmt::AlterTable(it) => self.alter_table(&it),
            ast::Stmt::CreateIndex(it) => self.create_index(&it).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn create_table(self, it: &ast::CreateTable) -> Option<Change> {
        let inherited = it.inherits();
        let parents = inherited.iter().flat_map(ast::Inherits::table_name_refs);
        let mut like: Vec<Like> = parents
            .map(|parent| Like {
                table: self.name(&parent),
                how: How::Child,
            })
            .collect();
        if let Some(parent) = it.partition_of().and_then(|it| it.table_name_ref()) {
            like.push(Like {
                table: self.name(&parent),
                how: How::Partition,
            });
        }
        let header = Header {
            name: it.table_name(),
            list: it.table_arg_list(),
            if_not_exists: it.if_not_exists().is_some(),
            temporary: self.is_temporary(it.persistence()),
        };
        self.new_table(&header, like, it.of_type().is_some())
    }

    fn new_table(self, header: &Header, mut like: Vec<Like>, incomplete: bool) -> Option<Change> {
        let name = header.name.as_ref()?;
        let mut columns = Vec::new();
        let mut constraints = Vec::new();
        for argument in header.list.iter().flat_map(ast::TableArgList::args) {
            match argument {
                ast::TableArg::Column(it) => {
                    if let Some((column, inline)) = self.column_of_table(&it) {
                        columns.push(column);
                        constraints.extend(inline);
                    }
                }
                ast::TableArg::LikeClause(it) => like.extend(self.like(&it)),
                ast::TableArg::TableConstraint(it) => {
                    constraints.extend(self.constraint(it.syntax(), None));
                }
            }
        }
        Some(Change::CreateTable(Box::new(NewTable {
            name: self.name(name),
            if_not_exists: header.if_not_exists,
            temporary: header.temporary,
            columns,
            constraints,
            like,
            incomplete,
            span: self.text.whole(),
            name_span: self.span(name.syntax()),
        })))
    }

    fn like(self, it: &ast::LikeClause) -> Option<Like> {
        let table = self.name(&it.relation_name_ref()?);
        let options = self.part(it.syntax()).to_ascii_uppercase();
        // The last word on a thing holds.
        let includes = |what: &str| {
            let last = |verb: &str| {
                let all = options.rfind(&format!("{verb}CLUDING ALL"));
                all.max(options.rfind(&format!("{verb}CLUDING {what}")))
            };
            last("IN") > last("EX")
        };
        Some(Like {
            table,
            how: How::Copy {
                defaults: includes("DEFAULTS"),
                indexes: includes("INDEXES"),
            },
        })
    }

    fn is_temporary(self, persistence: Option<ast::Persistence>) -> bool {
        let text = persistence.map(|it| self.part(it.syntax()).to_ascii_uppercase());
        text.is_some_and(|text| text.contains("TEMP"))
    }

    fn create_index(self, it: &ast::CreateIndex) -> Option<Change> {
        let relation = it.table_relation_name()?;
        let table = self.name(&relation.table_name_ref()?);
        let items = it.partition_item_list()?;
        let parts = items
            .partition_items()
            .filter_map(|item| self.index_part(&item));
        let name = it.index().map(|index| self.identifier(index.syntax()));
        let method = it.using_method().and_then(|it| it.access_method_ref());
        let predicate = it.where_clause().and_then(|it| it.expr());
        let index = Index {
            name,
            parts: parts.collect(),
            unique: it.unique_token().is_some(),
            method: method.map(|it| self.identifier(it.syntax())),
            predicate: predicate.map(|it| self.part(it.syntax()).to_owned()),
            span: self.text.whole(),
        };
        if relation.only_token().is_none() {
            return Some(Change::CreateIndex { table, index });
        }
        let added = TableChange::AddConstraint(Constraint::Index(index));
        Some(Change::AlterTable {
            table,
            if_exists: false,
            change: Box::new(TableChange::Only(Box::new(added))),
        })
    }

    fn index_part(self, item: &ast::PartitionItem) -> Option<IndexPart> {
        let text = self.part(item.expr()?.syntax());
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let is_quoted = text.starts_with('"') && text.ends_with('"');
        Some(if is_quoted || text.chars().all(is_name) {
            IndexPart::Column(names::identifier(Dialect::PostgreSql, text))
        } else {
            IndexPart::Expression(text.to_owned())
        })
    }

    /// The text of a node, without blanks around it.
    fn part(self, node: &SyntaxNode) -> &'a str {
        let range = node.text_range();
        let text = self
            .text
            .text
            .get(usize::from(range.start())..usize::from(range.end()));
        text.unwrap_or_default().trim()
    }

    fn span(self, node: &SyntaxNode) -> Span {
        let range = node.text_range();
        self.text.span(range.start().into(), range.end().into())
    }

    fn name(self, node: &impl AstNode) -> Name {
        names::name(Dialect::PostgreSql, self.part(node.syntax()))
    }

    fn identifier(self, node: &SyntaxNode) -> String {
        names::identifier(Dialect::PostgreSql, self.part(node))
    }
}

/// What the forms of `CREATE TABLE` have in common.
struct Header {
    name: Option<ast::TableName>,
    list: Option<ast::TableArgList>,
    if_not_exists: bool,
    temporary: bool,
}
