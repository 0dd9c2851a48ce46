//! Draws the relations of a Prisma schema: references, and the join tables behind pairs of lists.

use super::lower::{Reader, name_of};
use super::tree::{Arity, Attribute, Block, BlockKind, Expression, ExpressionKind, Field};
use crate::problem::quote;
use crate::{
    Action, Column, Confidence, Dialect, Index, IndexPart, Key, Name, Origin, ProblemKind,
    Reference, Table,
};

/// One end of a relation: a field whose type is a model.
#[derive(Clone, Copy)]
struct End<'a> {
    model: &'a Block,
    field: &'a Field,
    target: &'a Block,
}

impl<'a> End<'a> {
    fn attribute(&self) -> Option<&'a Attribute> {
        self.field.attribute("relation")
    }

    /// The name by which both ends find each other where there are several between two models.
    fn name(&self) -> Option<&'a str> {
        self.attribute()?
            .string("name", Some(0))
            .filter(|name| !name.is_empty())
    }

    /// The list of fields that hold the reference, on the end that has one.
    fn fields(&self) -> Option<&'a Expression> {
        self.attribute()?.argument("fields", None)
    }

    fn is_list(&self) -> bool {
        self.field.data_type.arity == Arity::List
    }

    fn is_other_end_of(&self, other: &Self) -> bool {
        self.model.span == other.target.span
            && self.target.span == other.model.span
            && self.field.span != other.field.span
            && self.name() == other.name()
    }
}

/// Adds references and join tables to the tables that are already drawn.
pub(super) fn draw(reader: &mut Reader<'_>) {
    let models = reader.models.clone();
    let mut ends = Vec::new();
    for model in models {
        for field in model.fields() {
            if let Some(target) = reader.model(&field.data_type.name.text) {
                ends.push(End {
                    model,
                    field,
                    target,
                });
            }
        }
    }
    // Ends by the model that they lead to, so that the other end is looked for among few.
    let mut into = std::collections::HashMap::<u64, Vec<End<'_>>>::new();
    for end in &ends {
        into.entry(place(end.target)).or_default().push(*end);
    }
    for end in &ends {
        let candidates = into.get(&place(end.model)).map_or(&[][..], Vec::as_slice);
        let other = candidates
            .iter()
            .find(|other| other.is_other_end_of(end))
            .copied();
        draw_end(reader, *end, other);
    }
}

/// A number that only this block has.
fn place(block: &Block) -> u64 {
    u64::from(block.span.file) << 32 | u64::from(block.span.start)
}

fn draw_end<'a>(reader: &mut Reader<'a>, end: End<'a>, other: Option<End<'a>>) {
    if let Some(fields) = end.fields() {
        draw_reference(reader, end, fields);
    }
    let Some(other) = other else {
        let message = format!(
            "find the other end of {} in {}",
            quote(&end.field.name.text),
            quote(&end.target.name.text)
        );
        return reader.problem(end.field.span, ProblemKind::Unresolved, message);
    };
    let both_lists = end.is_list() && other.is_list();
    let neither_refers = end.fields().is_none() && other.fields().is_none();
    // Each pair is met twice; the end that becomes column A draws the table.
    if both_lists && neither_refers && is_first(&end, &other) && has_join_tables(reader) {
        draw_join_table(reader, end, other);
    }
}

/// MongoDB keeps both lists in the documents.
fn has_join_tables(reader: &Reader<'_>) -> bool {
    reader.schema.dialect != Dialect::MongoDb
}

fn is_first(end: &End<'_>, other: &End<'_>) -> bool {
    let key = |end: &End<'_>| (end.model.name.text.clone(), end.field.name.text.clone());
    key(end) < key(other)
}

fn draw_reference<'a>(reader: &mut Reader<'a>, end: End<'a>, fields: &'a Expression) {
    if end.model.kind == BlockKind::View {
        return;
    }
    let columns = reader.columns_of(end.model, fields);
    let target_name = name_of(end.target);
    let target_columns = match end
        .attribute()
        .and_then(|it| it.argument("references", None))
    {
        Some(list) => reader.columns_of(end.target, list),
        None => reader
            .schema
            .table(&target_name)
            .map_or_else(Vec::new, key_of),
    };
    let dialect = reader.schema.dialect;
    let constraint = reader.constraints && end.target.kind == BlockKind::Model;
    let at = reader.tables.get(end.model.name.text.as_str());
    let Some(table) = at.and_then(|at| reader.schema.tables.get_mut(*at)) else {
        return;
    };
    let nullable = |column: &String| table.column(column).is_some_and(|it| it.nullable);
    let on_delete = if columns.iter().all(nullable) {
        Action::SetNull
    } else if dialect == Dialect::SqlServer {
        Action::NoAction
    } else {
        Action::Restrict
    };
    let attribute = end.attribute();
    let map = attribute.and_then(|it| it.string("map", None));
    table.references.push(Reference {
        name: map.map(str::to_owned),
        columns,
        table: target_name,
        target_columns,
        on_delete: action(attribute, "onDelete").unwrap_or(on_delete),
        on_update: action(attribute, "onUpdate").unwrap_or(Action::Cascade),
        constraint,
        span: end.field.span,
    });
}

fn key_of(table: &Table) -> Vec<String> {
    let key = table.primary_key.as_ref();
    key.map_or_else(Vec::new, |key| key.columns.clone())
}

fn action(attribute: Option<&Attribute>, name: &str) -> Option<Action> {
    let ExpressionKind::Path(path) = &attribute?.argument(name, None)?.kind else {
        return None;
    };
    Some(match path.as_str() {
        "Cascade" => Action::Cascade,
        "Restrict" => Action::Restrict,
        "SetNull" => Action::SetNull,
        "SetDefault" => Action::SetDefault,
        "NoAction" => Action::NoAction,
        _ => return None,
    })
}

/// `_AToB` with columns A and B: the database's side of two lists that point at each other.
fn draw_join_table<'a>(reader: &mut Reader<'a>, first: End<'a>, second: End<'a>) {
    let (a, b) = (first.model, second.model);
    let default = format!("{}To{}", a.name.text, b.name.text);
    let name = format!("_{}", first.name().unwrap_or(&default));
    let schema = name_of(a).schema;
    let span = first.field.span;
    let mut table = Table::new(Name::within(schema, name), span);
    table.origin = Origin::Implied;
    table.confidence = Confidence::High;
    for (column, end) in [("A", first), ("B", second)] {
        let target_name = name_of(end.model);
        let Some(target) = reader.table_of(end.model) else {
            continue;
        };
        let key: Vec<&Column> = target.key_columns().collect();
        let [key] = key.as_slice() else {
            let message = format!(
                "draw the join table of {}: {} has no key of one column",
                quote(&end.field.name.text),
                quote(&end.model.name.text)
            );
            reader.problem(end.field.span, ProblemKind::Unresolved, message);
            continue;
        };
        let mut drawn = Column::new(column, key.data_type.clone(), end.field.span);
        drawn.nullable = false;
        table.references.push(Reference {
            name: None,
            columns: vec![column.to_owned()],
            table: target_name,
            target_columns: vec![key.name.clone()],
            on_delete: Action::Cascade,
            on_update: Action::Cascade,
            constraint: reader.constraints,
            span: end.field.span,
        });
        table.columns.push(drawn);
    }
    // Version 6 made the pair the primary key; before, it was a unique index. Both are unique.
    table.uniques.push(Key {
        name: None,
        columns: vec!["A".to_owned(), "B".to_owned()],
        span,
    });
    table.indexes.push(Index {
        name: Some(format!("{}_B_index", table.name.name)),
        parts: vec![IndexPart::Column("B".to_owned())],
        unique: false,
        method: None,
        predicate: None,
        span,
    });
    reader.schema.tables.push(table);
}
