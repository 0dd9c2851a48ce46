//! Finds the models and fields that stand for a plan's tables and columns.

use schema::prisma::{Attribute, Block, BlockKind, Document, ExpressionKind, Field};

use crate::Plan;
use crate::plan::{Column, Table};

/// The schema beside the plan.
pub(super) struct Models<'a> {
    pub(super) documents: &'a [Document],
    pub(super) plan: &'a Plan,
    /// The name of the datasource, with which native types begin.
    prefix: &'a str,
}

/// A field whose column moves.
pub(super) struct Moved<'a> {
    pub(super) block: &'a Block,
    pub(super) field: &'a Field,
    pub(super) column: &'a Column,
    pub(super) prefix: &'a str,
}

impl<'a> Models<'a> {
    pub(super) fn new(documents: &'a [Document], plan: &'a Plan) -> Self {
        let mut models = Self {
            documents,
            plan,
            prefix: "db",
        };
        models.prefix = models.datasource().map_or("db", |block| &block.name.text);
        models
    }

    /// The datasource, if one of the files has it.
    pub(super) fn datasource(&self) -> Option<&'a Block> {
        self.blocks()
            .find(|block| block.kind == BlockKind::Datasource)
    }

    pub(super) fn prefix(&self) -> &'a str {
        self.prefix
    }

    pub(super) fn blocks(&self) -> impl Iterator<Item = &'a Block> + use<'a> {
        self.documents.iter().flat_map(Document::blocks)
    }

    pub(super) fn models(&self) -> impl Iterator<Item = &'a Block> + use<'a> {
        self.blocks().filter(|block| block.kind == BlockKind::Model)
    }

    /// The model or view of this name in the schema.
    pub(super) fn named(&self, name: &str) -> Option<&'a Block> {
        let kinds = [BlockKind::Model, BlockKind::View];
        self.blocks()
            .find(|block| kinds.contains(&block.kind) && block.name.text == name)
    }

    /// The table that a model stands for, if columns of it move.
    pub(super) fn table(&self, block: &Block) -> Option<&'a Table> {
        if block.kind != BlockKind::Model {
            return None;
        }
        let name = mapped(block.attribute("map"), &block.name.text);
        let schema = block
            .attribute("schema")
            .and_then(|it| it.string("map", Some(0)));
        let mut tables = self
            .plan
            .tables
            .iter()
            .filter(|table| table.name.name == name);
        if let Some(schema) = schema {
            return tables.find(|table| table.name.schema == schema);
        }
        // Without `@@schema` the connection decides; `public` unless only one can be meant.
        let tables: Vec<&Table> = tables.collect();
        match tables.as_slice() {
            [one] => Some(*one),
            many => many
                .iter()
                .copied()
                .find(|table| table.name.schema == "public"),
        }
    }

    /// What the plan says about a field; none if its column stays.
    pub(super) fn moved<'b>(&'b self, block: &'b Block, field: &'b Field) -> Option<Moved<'b>> {
        // A relation has no column, whatever its name.
        if self.named(&field.data_type.name.text).is_some() {
            return None;
        }
        let name = mapped(field.attribute("map"), &field.name.text);
        let column = self.table(block)?.column(name)?;
        Some(Moved {
            block,
            field,
            column,
            prefix: self.prefix,
        })
    }
}

/// The name in the database.
pub(super) fn mapped<'a>(map: Option<&'a Attribute>, name: &'a str) -> &'a str {
    map.and_then(|map| map.string("name", Some(0)))
        .unwrap_or(name)
}

/// Whether an attribute is a native type: `@db.Uuid`, behind the name of the datasource.
pub(super) fn is_native(attribute: &Attribute, prefix: &str) -> bool {
    let head = attribute.name.text.split_once('.').map(|(head, _)| head);
    head.is_some_and(|head| head == prefix || head == "db")
}

/// The names of fields in `fields: [a, b]`.
pub(super) fn listed<'a>(attribute: &'a Attribute, name: &str) -> Vec<&'a str> {
    let Some(ExpressionKind::Array(values)) = attribute.argument(name, None).map(|it| &it.kind)
    else {
        return Vec::new();
    };
    let names = values.iter().filter_map(|value| match &value.kind {
        ExpressionKind::Path(name) | ExpressionKind::Function(name, _) => Some(name.as_str()),
        _ => None,
    });
    names.collect()
}
