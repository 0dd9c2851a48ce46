//! Questions across tables: who refers to whom, and what a type really is.

use std::collections::HashMap;

use super::{Dialect, Domain, Enum, Name, Reference, Schema, Table, Type, TypeKind};

impl Schema {
    /// An empty picture of these files.
    #[must_use]
    pub fn new(dialect: Dialect, files: Vec<String>) -> Self {
        Self {
            dialect,
            files,
            ..Self::default()
        }
    }

    /// The table of this name. A name without namespace finds the table in any, if there is but
    /// one.
    #[must_use]
    pub fn table(&self, name: &Name) -> Option<&Table> {
        only(self.tables.iter(), name, |table| &table.name)
    }

    /// The enumeration of this name, as [`Schema::table`] finds tables.
    #[must_use]
    pub fn enumeration(&self, name: &Name) -> Option<&Enum> {
        only(self.enums.iter(), name, |it| &it.name)
    }

    /// The domain of this name, as [`Schema::table`] finds tables.
    #[must_use]
    pub fn domain(&self, name: &Name) -> Option<&Domain> {
        only(self.domains.iter(), name, |it| &it.name)
    }

    /// All references that lead to the table, each with the table that it comes from.
    pub fn references_to<'a>(
        &'a self,
        name: &'a Name,
    ) -> impl Iterator<Item = (&'a Table, &'a Reference)> {
        self.tables.iter().flat_map(move |table| {
            let references = table.references.iter();
            let to = references.filter(move |reference| reference.table == *name);
            to.map(move |reference| (table, reference))
        })
    }

    /// The type below domains: what the database stores.
    #[must_use]
    pub fn stored_type<'a>(&'a self, data_type: &'a Type) -> &'a Type {
        let mut found = data_type;
        // A domain can only rest on one that was there before it, so that there are no circles
        // beyond what a damaged source makes up.
        for _ in 0..self.domains.len() {
            let name = found.user_name();
            match self.domain(&name) {
                Some(domain) => found = &domain.base,
                None => break,
            }
        }
        found
    }

    /// The user's own types are known by name only until all are read.
    pub(crate) fn tell_types_apart(&mut self) {
        let mut kinds = HashMap::<Name, TypeKind>::new();
        let schema = &*self;
        kinds.extend(
            schema
                .enums
                .iter()
                .map(|it| (it.name.clone(), TypeKind::Enum)),
        );
        kinds.extend(
            schema
                .composites
                .iter()
                .map(|it| (it.name.clone(), TypeKind::Composite)),
        );
        for domain in &schema.domains {
            let kind = schema.stored_type(&domain.base).kind;
            let name = schema.stored_type(&domain.base).user_name();
            let kind = kinds.get(&name).copied().unwrap_or(kind);
            kinds.insert(domain.name.clone(), kind);
        }
        let bare = kinds.iter().map(|(name, kind)| (name.name.clone(), *kind));
        let bare: HashMap<String, TypeKind> = bare.collect();
        let columns = self.tables.iter_mut().flat_map(|table| &mut table.columns);
        for data_type in columns.map(|column| &mut column.data_type) {
            if data_type.kind != TypeKind::Other {
                continue;
            }
            let exact = kinds.get(&data_type.user_name());
            let found = exact.or_else(|| bare.get(&data_type.name));
            data_type.kind = found.copied().unwrap_or(TypeKind::Other);
        }
    }
}

/// The item of this very name, or the only one of this name in any namespace.
fn only<'a, T>(
    items: impl Iterator<Item = &'a T> + Clone,
    name: &Name,
    name_of: impl Fn(&T) -> &Name,
) -> Option<&'a T> {
    if let Some(exact) = items.clone().find(|item| name_of(item) == name) {
        return Some(exact);
    }
    if name.schema.is_some() {
        return None;
    }
    let mut alike = items.filter(|item| name_of(item).name == name.name);
    let first = alike.next()?;
    alike.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Span;

    fn schema(names: &[(Option<&str>, &str)]) -> Schema {
        let mut schema = Schema::new(Dialect::PostgreSql, Vec::new());
        for (namespace, name) in names {
            let name = Name::within(namespace.map(str::to_owned), *name);
            schema.tables.push(Table::new(name, Span::new(0, 0, 0)));
        }
        schema
    }

    #[test]
    fn a_bare_name_finds_what_is_unambiguous() {
        let schema = schema(&[(Some("a"), "x"), (Some("b"), "x"), (Some("b"), "y")]);
        assert_eq!(schema.table(&Name::new("x")), None);
        let found = schema.table(&Name::new("y")).unwrap();
        assert_eq!(found.name.to_string(), "b.y");
        let other = Name::within(Some("c".to_owned()), "y");
        assert_eq!(schema.table(&other), None);
    }

    #[test]
    fn domains_are_followed_to_the_bottom() {
        let span = Span::new(0, 0, 0);
        let mut schema = schema(&[]);
        for (name, base) in [("id", "uuid"), ("user_id", "id")] {
            schema.domains.push(Domain {
                name: Name::new(name),
                base: Type::new(Dialect::PostgreSql, base, &[], span),
                span,
            });
        }
        let declared = Type::new(Dialect::PostgreSql, "user_id", &[], span);
        assert_eq!(schema.stored_type(&declared).name, "uuid");
    }
}
