//! What rules look at: pictures with their texts, and the answers that several rules need.

use schema::{Column, Name, Reference, Schema, Sequence, Source, Span, Table, Type};

use crate::code::Call;
use crate::keys::{Keys, Kind, Role};
use crate::{Confidence, Document, Edit, Finding, KeyFact, Lines, Place, Rule, tools};

/// A picture, and the sources that it was drawn from, which its spans index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drawn {
    /// The picture.
    pub schema: Schema,
    /// Its sources, in the order in which the reader was given them; none for a live database.
    pub sources: Vec<Source>,
}

/// What the owner has decided about identifiers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// The version that every UUID key must have: `[policy] keys = "v7"`.
    pub keys: Option<u8>,
}

/// Everything that rules look at.
#[derive(Debug)]
pub struct Context<'a> {
    /// The pictures, each with its look-up tables.
    pub subjects: Vec<Subject<'a>>,
    /// The calls that make identifiers in the code beside them.
    pub code: &'a [Call],
    /// The JSON documents beside them.
    pub documents: &'a [Document],
    /// What the owner has decided.
    pub policy: &'a Policy,
}

impl<'a> Context<'a> {
    /// Builds the look-up tables, in one pass over everything.
    #[must_use]
    pub fn new(drawn: &'a [Drawn], policy: &'a Policy) -> Self {
        let subjects = drawn.iter().map(Subject::new).collect();
        Self {
            subjects,
            code: &[],
            documents: &[],
            policy,
        }
    }

    /// With the code beside the schemas.
    #[must_use]
    pub fn with_code(self, code: &'a [Call]) -> Self {
        Self { code, ..self }
    }

    /// With the JSON documents beside the schemas.
    #[must_use]
    pub fn with_documents(self, documents: &'a [Document]) -> Self {
        Self { documents, ..self }
    }

    /// Every table that the owner can change: declared, and not kept by a tool.
    pub fn tables(&self) -> impl Iterator<Item = Seen<'_>> {
        self.subjects.iter().flat_map(Subject::tables)
    }

    /// The other tables, each with the tool that keeps it.
    pub(crate) fn tables_of_tools(&self) -> Vec<(String, &'static str)> {
        let tables = self.subjects.iter().flat_map(|it| &it.schema.tables);
        let kept = |table: &Table| Some((table.name.to_string(), tools::keeper(&table.name)?));
        tables.filter_map(kept).collect()
    }
}

/// One picture with its texts and its look-up tables.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The picture.
    pub schema: &'a Schema,
    /// Its sources.
    pub sources: &'a [Source],
    keys: Keys<'a>,
    lines: Vec<Lines>,
}

impl<'a> Subject<'a> {
    fn new(drawn: &'a Drawn) -> Self {
        let lines = drawn.sources.iter().map(|it| Lines::new(it.text()));
        Self {
            schema: &drawn.schema,
            sources: &drawn.sources,
            keys: Keys::new(&drawn.schema),
            lines: lines.collect(),
        }
    }

    /// Every table that the owner can change, but for partitions: what is said about a table holds
    /// for its partitions, which may be hundreds.
    pub fn tables(&self) -> impl Iterator<Item = Seen<'_>> {
        let all = (0..self.schema.tables.len()).map(|index| self.seen(index));
        let whole = all.filter(|seen| seen.table.partition_of.is_none());
        whole.filter(|seen| tools::keeper(&seen.table.name).is_none())
    }

    fn seen(&self, index: usize) -> Seen<'_> {
        Seen {
            subject: self,
            table: &self.schema.tables[index],
            index,
        }
    }

    /// The sequence that fills a column of a table, by its owner or by the column's default.
    #[must_use]
    pub fn sequence(&self, table: &Table, column: &Column) -> Option<&'a Sequence> {
        self.keys.sequence(table, column)
    }

    /// The table of this name, as [`Schema::table`] finds it, in one step.
    #[must_use]
    pub fn table(&self, name: &Name) -> Option<Seen<'_>> {
        self.keys.table(name).map(|index| self.seen(index))
    }

    /// The place of a span.
    #[must_use]
    pub fn place(&self, span: Span, label: impl Into<String>) -> Place {
        let file = span.file as usize;
        if let (Some(source), Some(lines)) = (self.sources.get(file), self.lines.get(file)) {
            return lines.place(source, span.range(), label);
        }
        let path = self.schema.files.get(file).cloned().unwrap_or_default();
        Place::without_text(path, label)
    }

    /// The text of a span; empty if no text declares it.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        let source = self.sources.get(span.file as usize);
        source.map_or("", |source| source.part(span))
    }

    /// An edit of the bytes of a span; None where there is no text, or where the file holds bytes
    /// that are no UTF-8 and cannot be written back.
    #[must_use]
    pub fn edit(&self, span: Span, replacement: impl Into<String>) -> Option<Edit> {
        let source = self.sources.get(span.file as usize)?;
        source.damaged_at().is_none().then(|| Edit {
            path: source.path().to_owned(),
            span: span.range(),
            replacement: replacement.into(),
        })
    }
}

/// A table as rules see it: with everything around it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The picture that it is in.
    pub subject: &'a Subject<'a>,
    /// The table.
    pub table: &'a Table,
    index: usize,
}

impl<'a> Seen<'a> {
    /// What a column's values are: made by itself, or taken over from the key that it refers to.
    #[must_use]
    pub fn kind(&self, column: &Column) -> Kind {
        self.subject.keys.kind(self.index, column)
    }

    /// The column at the end of the chain of references that begins at this one, if that is
    /// another one.
    #[must_use]
    pub fn root(&self, column: &'a Column) -> Option<(Seen<'a>, &'a Column)> {
        let (index, root) = self.subject.keys.root(self.index, column);
        let elsewhere = index != self.index || root.name != column.name;
        elsewhere.then(|| (self.subject.seen(index), root))
    }

    /// The columns that identify a row, of this table or another: those of the primary key, and
    /// those that refer to others.
    pub fn id_columns(&self) -> impl Iterator<Item = &'a Column> + use<'a> {
        let table = self.table;
        let identifies = move |column: &&Column| {
            table.is_key(&column.name) || table.references_of(&column.name).next().is_some()
        };
        table.columns.iter().filter(identifies)
    }

    /// The type below domains: what the database stores.
    #[must_use]
    pub fn stored_type(&self, column: &'a Column) -> &'a Type {
        self.subject.schema.stored_type(&column.data_type)
    }

    /// The only column of the primary key.
    #[must_use]
    pub fn key_column(&self) -> Option<&'a Column> {
        let key = self.table.primary_key.as_ref()?;
        let [name] = key.columns.as_slice() else {
            return None;
        };
        self.table.column(name)
    }

    /// What the table is for, as far as its shape tells.
    #[must_use]
    pub fn role(&self) -> Role {
        Role::of(self.table, self.subject.keys.referrers(self.index).len())
    }

    /// The references to this table, each with the table that it comes from.
    pub fn referrers(&self) -> impl Iterator<Item = (Seen<'a>, &'a Reference)> + use<'a> {
        let subject = self.subject;
        let pairs = subject.keys.referrers(self.index).iter();
        pairs.map(move |(index, reference)| (subject.seen(*index), *reference))
    }

    /// The table that a reference of this one leads to; None if no source declares it.
    #[must_use]
    pub fn target(&self, reference: &Reference) -> Option<Seen<'a>> {
        self.subject.table(&reference.table)
    }

    /// The columns that refer to this one, as `table.column`, by their names in the database.
    #[must_use]
    pub fn dependents(&self, column: &Column) -> Vec<String> {
        let mut found = Vec::new();
        for (from, reference) in self.referrers() {
            let pairs = reference.columns.iter().zip(&reference.target_columns);
            let own = pairs.filter(|(_, target)| **target == column.name);
            found.extend(own.map(|(name, _)| format!("{}.{name}", from.name())));
        }
        found
    }

    /// The table as findings name it: by its name in the database, the namespace in front unless
    /// it is the one that a bare name means.
    #[must_use]
    pub fn name(&self) -> String {
        let name = &self.table.name;
        match name.schema.as_deref() {
            None | Some("public" | "dbo") => name.name.clone(),
            Some(_) => name.to_string(),
        }
    }

    /// The column as findings name it: `table.column`, by its names in the database.
    #[must_use]
    pub fn object(&self, column: &Column) -> String {
        format!("{}.{}", self.name(), column.name)
    }

    /// The column as its declaration names it, such as `Event.projectId` for a Prisma model.
    #[must_use]
    pub fn declared(&self, column: &Column) -> String {
        format!("{}.{}", self.table.declared_name(), column.declared_name())
    }

    /// The place of a column's declaration.
    #[must_use]
    pub fn place(&self, column: &Column, label: impl Into<String>) -> Place {
        self.subject.place(column.span, label)
    }

    /// A finding about a column, at its declaration, as sure as the reader is of the table.
    #[must_use]
    pub fn finding(&self, rule: &Rule, column: &Column, label: impl Into<String>) -> Finding {
        let finding = Finding::new(rule, self.object(column), self.place(column, label));
        self.known(finding)
    }

    /// A finding about the table, at its name, as sure as the reader is of the table.
    #[must_use]
    pub fn table_finding(&self, rule: &Rule, label: impl Into<String>) -> Finding {
        let place = self.subject.place(self.table.name_span, label);
        self.known(Finding::new(rule, self.name(), place))
    }

    fn known(&self, finding: Finding) -> Finding {
        let mut finding = finding.at_most(Confidence::from(self.table.confidence));
        finding.facts.rows = self.table.rows_estimate;
        finding.facts.bytes = self.table.bytes;
        finding
    }

    pub(crate) fn key_fact(&self) -> Option<KeyFact> {
        let mut columns = self.table.key_columns();
        let first = columns.next()?;
        let alone = columns.next().is_none();
        Some(KeyFact {
            table: self.name(),
            objects: self.table.key_columns().map(|it| self.object(it)).collect(),
            kind: alone.then(|| self.kind(first)),
            declared: first.data_type.declared.clone(),
            clean: false,
        })
    }
}
