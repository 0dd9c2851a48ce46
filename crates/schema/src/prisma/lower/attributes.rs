//! Draws a model's keys and indexes, and reports attributes that it does not know.

use super::Reader;
use super::column::column_name;
use crate::prisma::tree::{Attribute, Block, Expression, ExpressionKind, Field, Member};
use crate::problem::quote;
use crate::{Index, IndexPart, Key, ProblemKind, Table};

/// What a field may carry besides native types.
const OF_FIELDS: [&str; 8] = [
    "id",
    "unique",
    "default",
    "map",
    "relation",
    "updatedAt",
    "ignore",
    "shardKey",
];

/// What a block may carry.
const OF_BLOCKS: [&str; 8] = [
    "id", "unique", "index", "fulltext", "map", "ignore", "schema", "shardKey",
];

impl<'a> Reader<'a> {
    /// Keys and indexes, of the fields and of the block.
    pub(super) fn keys(&mut self, block: &'a Block, table: &mut Table) {
        for member in &block.members {
            match member {
                Member::Field(field) => self.field_keys(field, table),
                Member::Attribute(attribute) => self.block_key(block, attribute, table),
                Member::Property(_) | Member::Variant(_) => {}
            }
        }
    }

    fn field_keys(&mut self, field: &'a Field, table: &mut Table) {
        for attribute in &field.attributes {
            let key = || Key {
                name: attribute.string("map", None).map(str::to_owned),
                columns: vec![column_name(field).to_owned()],
                span: attribute.span,
            };
            match attribute.name.text.as_str() {
                "id" => table.primary_key = Some(key()),
                "unique" => table.uniques.push(key()),
                name if OF_FIELDS.contains(&name) || self.is_native(attribute) => {}
                name => {
                    let message = format!("read attribute {}: it is not known", quote(name));
                    self.problem(attribute.span, ProblemKind::Unknown, message);
                }
            }
        }
    }

    fn block_key(&mut self, block: &'a Block, attribute: &'a Attribute, table: &mut Table) {
        let name = attribute.name.text.as_str();
        if !OF_BLOCKS.contains(&name) {
            let message = format!("read attribute {}: it is not known", quote(name));
            self.problem(attribute.span, ProblemKind::Unknown, message);
        }
        if !matches!(name, "id" | "unique" | "index" | "fulltext") {
            return;
        }
        let columns = self.key_columns(block, attribute);
        let map = attribute.string("map", None).map(str::to_owned);
        let key = Key {
            name: map.clone(),
            columns: columns.clone(),
            span: attribute.span,
        };
        match name {
            "id" => table.primary_key = Some(key),
            "unique" => table.uniques.push(key),
            _ => table.indexes.push(Index {
                // In versions before 4, and on indexes only, `name` was what `map` is now.
                name: map.or_else(|| attribute.string("name", None).map(str::to_owned)),
                parts: columns.into_iter().map(IndexPart::Column).collect(),
                unique: false,
                method: method(attribute),
                predicate: None,
                span: attribute.span,
            }),
        }
    }

    fn key_columns(&mut self, block: &'a Block, attribute: &'a Attribute) -> Vec<String> {
        let Some(fields) = attribute.argument("fields", Some(0)) else {
            let message = format!("read {}: it names no fields", quote(&attribute.name.text));
            self.problem(attribute.span, ProblemKind::Syntax, message);
            return Vec::new();
        };
        self.columns_of(block, fields)
    }

    /// The columns of the fields that a list names.
    pub(in crate::prisma) fn columns_of(
        &mut self,
        block: &Block,
        list: &Expression,
    ) -> Vec<String> {
        let one = std::slice::from_ref(list);
        let fields = match &list.kind {
            ExpressionKind::Array(values) => values.as_slice(),
            _ => one,
        };
        let mut columns = Vec::new();
        for value in fields {
            let (ExpressionKind::Path(path) | ExpressionKind::Function(path, _)) = &value.kind
            else {
                let message = "read a list of fields: expected names";
                self.problem(value.span, ProblemKind::Syntax, message);
                continue;
            };
            // `address.city` leads into an embedded document.
            let (first, rest) = path.split_at(path.find('.').unwrap_or(path.len()));
            if let Some(field) = block.field(first) {
                columns.push(format!("{}{rest}", column_name(field)));
            } else {
                let model = quote(&block.name.text);
                let message = format!("find field {} in {model}", quote(first));
                self.problem(value.span, ProblemKind::Unresolved, message);
            }
        }
        columns
    }
}

fn method(attribute: &Attribute) -> Option<String> {
    if attribute.name.text == "fulltext" {
        return Some("fulltext".to_owned());
    }
    match &attribute.argument("type", None)?.kind {
        ExpressionKind::Path(name) => Some(name.to_ascii_lowercase()),
        _ => None,
    }
}
