//! Draws the picture of a parsed Prisma schema.

mod attributes;
mod column;

use std::collections::HashMap;

use super::relations;
use super::tree::{Block, BlockKind, Document, ExpressionKind};
use crate::problem::quote;
use crate::{
    Composite, Dialect, Enum, Name, Problem, ProblemKind, Schema, Source, Span, Table, View,
};

/// Reads all files of one Prisma schema: one file, or those of a folder, in any order.
#[must_use]
pub fn read(sources: &[Source]) -> Schema {
    let parse = |(file, source)| Document::parse(source, u32::try_from(file).unwrap_or(u32::MAX));
    let documents: Vec<Document> = sources.iter().enumerate().map(parse).collect();
    let mut reader = Reader::new(&documents);
    reader.schema.files = sources.iter().map(|it| it.path().to_owned()).collect();
    for (file, source) in (0..).zip(sources) {
        if let Some(at) = source.damaged_at() {
            let message = format!("read byte {at}: it is no UTF-8");
            reader.problem(Span::new(file, at, at + 1), ProblemKind::Encoding, message);
        }
    }
    for block in documents.iter().flat_map(Document::blocks) {
        reader.block(block);
    }
    relations::draw(&mut reader);
    let mut schema = reader.schema;
    let syntax = documents.into_iter().flat_map(|document| document.problems);
    schema.problems.extend(syntax);
    schema.problems.sort_by_key(|problem| problem.span);
    schema
}

/// What the reader knows while it draws.
pub(super) struct Reader<'a> {
    pub(super) schema: Schema,
    /// Models, views, types and enumerations by name; the first of a name.
    pub(super) blocks: HashMap<&'a str, &'a Block>,
    /// The place of each model's table in the picture.
    pub(super) tables: HashMap<&'a str, usize>,
    /// Models and views, in order.
    pub(super) models: Vec<&'a Block>,
    /// What native types begin with: the name of the datasource.
    datasource: &'a str,
    /// Whether the database holds references: `relationMode = "prisma"` leaves it to the client.
    pub(super) constraints: bool,
}

impl<'a> Reader<'a> {
    fn new(documents: &'a [Document]) -> Self {
        let all = || documents.iter().flat_map(Document::blocks);
        let source = all().find(|block| block.kind == BlockKind::Datasource);
        let text = |key| match source?.property(key).map(|value| &value.kind) {
            Some(ExpressionKind::String(text)) => Some(text.as_str()),
            // Early versions of 4 took a list of providers.
            Some(ExpressionKind::Array(values)) => match values.first().map(|it| &it.kind) {
                Some(ExpressionKind::String(text)) => Some(text.as_str()),
                _ => None,
            },
            _ => None,
        };
        let dialect = text("provider").map_or(Dialect::Unknown, dialect_of);
        let mode = text("relationMode").or_else(|| text("referentialIntegrity"));
        let mut reader = Self {
            schema: Schema::new(dialect, Vec::new()),
            blocks: HashMap::new(),
            tables: HashMap::new(),
            models: Vec::new(),
            datasource: source.map_or("db", |block| &block.name.text),
            constraints: mode != Some("prisma") && dialect != Dialect::MongoDb,
        };
        if let Some(unknown) = text("provider").filter(|_| dialect == Dialect::Unknown)
            && let Some(value) = source.and_then(|block| block.property("provider"))
        {
            let message = format!("read the datasource: unknown provider {}", quote(unknown));
            reader.problem(value.span, ProblemKind::Unknown, message);
        }
        for block in all() {
            reader.register(block);
        }
        reader
    }

    fn register(&mut self, block: &'a Block) {
        if matches!(block.kind, BlockKind::Datasource | BlockKind::Generator) {
            return;
        }
        if self.blocks.contains_key(block.name.text.as_str()) {
            let message = format!("read {}: it is declared twice", quote(&block.name.text));
            self.problem(block.name.span, ProblemKind::Unresolved, message);
            return;
        }
        self.blocks.insert(&block.name.text, block);
        if matches!(block.kind, BlockKind::Model | BlockKind::View) {
            self.models.push(block);
        }
    }

    fn block(&mut self, block: &'a Block) {
        let first = self.blocks.get(block.name.text.as_str());
        if first.is_none_or(|first| first.span != block.span) {
            return;
        }
        match block.kind {
            BlockKind::Model => self.table(block),
            BlockKind::View => self.view(block),
            BlockKind::Type => {
                let composite = Composite {
                    name: name_of(block),
                    fields: self.columns(block),
                    span: block.span,
                };
                self.schema.composites.push(composite);
            }
            BlockKind::Enum => self.enumeration(block),
            BlockKind::Datasource | BlockKind::Generator => {}
        }
    }

    fn table(&mut self, block: &'a Block) {
        let mut table = Table::new(name_of(block), block.span);
        table.model = Some(block.name.text.clone());
        table.name_span = block.name.span;
        table.columns = self.columns(block);
        self.keys(block, &mut table);
        self.implied_sequences(&table);
        self.tables
            .insert(&block.name.text, self.schema.tables.len());
        self.schema.tables.push(table);
    }

    fn view(&mut self, block: &'a Block) {
        let view = View {
            name: name_of(block),
            model: Some(block.name.text.clone()),
            materialized: false,
            columns: self.columns(block),
            query: None,
            span: block.span,
        };
        self.schema.views.push(view);
    }

    fn enumeration(&mut self, block: &Block) {
        let values = block.variants().map(|variant| {
            let map = variant.attributes.iter().find(|it| it.name.text == "map");
            let mapped = map.and_then(|map| map.string("name", Some(0)));
            mapped.unwrap_or(&variant.name.text).to_owned()
        });
        let enumeration = Enum {
            name: name_of(block),
            model: Some(block.name.text.clone()),
            values: values.collect(),
            span: block.span,
        };
        self.schema.enums.push(enumeration);
    }

    /// The table of a model; None for views.
    pub(super) fn table_of(&self, model: &Block) -> Option<&Table> {
        let at = *self.tables.get(model.name.text.as_str())?;
        self.schema.tables.get(at)
    }

    /// Whether the name is a model or view, so that a field of this type is a relation.
    pub(super) fn model(&self, name: &str) -> Option<&'a Block> {
        let block = *self.blocks.get(name)?;
        matches!(block.kind, BlockKind::Model | BlockKind::View).then_some(block)
    }

    pub(super) fn problem(&mut self, span: Span, kind: ProblemKind, message: impl Into<String>) {
        self.schema.problems.push(Problem::new(span, kind, message));
    }
}

/// The name in the database of a model, view or enumeration.
pub(super) fn name_of(block: &Block) -> Name {
    let text = |attribute| block.attribute(attribute)?.string("name", Some(0));
    let schema = block
        .attribute("schema")
        .and_then(|it| it.string("map", Some(0)));
    Name::within(
        schema.map(str::to_owned),
        text("map").unwrap_or(&block.name.text),
    )
}

fn dialect_of(provider: &str) -> Dialect {
    match provider {
        "postgresql" | "postgres" | "prisma+postgres" => Dialect::PostgreSql,
        "cockroachdb" => Dialect::CockroachDb,
        "mysql" => Dialect::MySql,
        "sqlite" => Dialect::Sqlite,
        "sqlserver" => Dialect::SqlServer,
        "mongodb" => Dialect::MongoDb,
        _ => Dialect::Unknown,
    }
}
