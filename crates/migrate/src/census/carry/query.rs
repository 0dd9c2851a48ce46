//! Queries within stored expressions: views, sub-queries, common tables, unions.

use super::scope::{Scope, Source};
use super::{Analysis, Carry, Why};
use crate::census::node::{Node, Struct};

/// Kinds of entries of a FROM list (`RTEKind`), the same numbers in every version.
mod kind {
    pub(super) const RELATION: u32 = 0;
    pub(super) const SUBQUERY: u32 = 1;
    pub(super) const JOIN: u32 = 2;
    pub(super) const FUNCTION: u32 = 3;
    pub(super) const VALUES: u32 = 5;
    pub(super) const COMMON: u32 = 6;
    pub(super) const GROUP: u32 = 9;
}

/// Kinds of sub-queries in expressions (`SubLinkType`).
const SUBLINK_EXPR: u32 = 4;
const SUBLINK_ARRAY: u32 = 6;

/// Fields of a query that hold expressions, beside its targets.
const CLAUSES: [&str; 7] = [
    "jointree",
    "havingQual",
    "limitOffset",
    "limitCount",
    "returningList",
    "onConflict",
    "mergeActionList",
];

/// `CMD_SELECT`
const SELECT: u32 = 1;

impl Analysis<'_> {
    /// What the columns of a query's result hold.
    ///
    /// # Errors
    ///
    /// What happens to a key in it that cannot happen to a UUID.
    pub(crate) fn query(
        &self,
        query: &Struct<'_>,
        outer: Option<&Scope<'_>>,
    ) -> Result<Vec<Carry>, Why> {
        let mut scope = Scope {
            outer,
            ..Scope::default()
        };
        for common in query.field("cteList").items() {
            if let Some(common) = common.as_struct() {
                self.common(common, &mut scope)?;
            }
        }
        for entry in query.field("rtable").items() {
            let source = match entry.as_struct() {
                Some(entry) => self.source(entry, &scope)?,
                None => Source::Columns(Vec::new()),
            };
            scope.sources.push(source);
        }
        for clause in CLAUSES {
            self.clause(query.field(clause), &scope)?;
        }
        union(query.field("setOperations"), &scope)?;
        let columns = self.targets(query, &scope)?;
        windows(query, &columns)?;
        if query.number::<u32>("commandType") != SELECT {
            self.writes(query, &scope)?;
        }
        Ok(columns)
    }

    /// Conditions of joins and of the query: every expression below.
    fn clause(&self, node: &Node<'_>, scope: &Scope<'_>) -> Result<(), Why> {
        match node.as_struct() {
            Some(from) if matches!(from.name, "FROMEXPR" | "JOINEXPR") => {
                for part in ["fromlist", "larg", "rarg", "quals"] {
                    match from.field(part) {
                        Node::List(items) => {
                            items.iter().try_for_each(|item| self.clause(item, scope))?;
                        }
                        other => self.clause(other, scope)?,
                    }
                }
                Ok(())
            }
            Some(reference) if reference.name == "RANGETBLREF" => Ok(()),
            _ => self.expression(node, scope).map(|_| ()),
        }
    }

    fn targets(&self, query: &Struct<'_>, scope: &Scope<'_>) -> Result<Vec<Carry>, Why> {
        let mut columns = Vec::new();
        for target in query.field("targetList").items() {
            let carry = self.expression(target, scope)?;
            if !target
                .as_struct()
                .is_some_and(|target| target.is("resjunk"))
            {
                columns.push(carry);
            }
        }
        Ok(columns)
    }

    /// What INSERT and UPDATE put into a column must be what the column holds.
    fn writes(&self, query: &Struct<'_>, scope: &Scope<'_>) -> Result<(), Why> {
        let target: usize = query.number("resultRelation");
        let Some(Source::Relation(relation)) = target
            .checked_sub(1)
            .and_then(|target| scope.sources.get(target))
        else {
            return Ok(());
        };
        for entry in query.field("targetList").items() {
            let Some(entry) = entry.as_struct() else {
                continue;
            };
            let given = self.expression(entry.field("expr"), scope)?;
            if given != self.relations.column(*relation, entry.number("resno")) {
                return Err("is written from, or to, a value that stays as it is".to_owned());
            }
        }
        Ok(())
    }

    fn common(&self, common: &Struct<'_>, scope: &mut Scope<'_>) -> Result<(), Why> {
        let (Node::Word(name), Some(query)) = (
            common.field("ctename"),
            common.field("ctequery").as_struct(),
        ) else {
            return Err("is in a common table of an unknown form".to_owned());
        };
        if common.is("cterecursive") {
            // The first arm does not refer to the table itself, and says what its columns hold.
            let first = leftmost(query.field("setOperations"))
                .and_then(|place| query.field("rtable").items().get(place - 1))
                .and_then(|entry| entry.as_struct()?.field("subquery").as_struct());
            let columns = first.map_or(Ok(Vec::new()), |first| {
                let between = Scope {
                    outer: Some(&*scope),
                    ..Scope::default()
                };
                self.query(first, Some(&between))
            })?;
            scope.common.insert((*name).to_owned(), columns);
        }
        let columns = self.query(query, Some(&*scope))?;
        scope.common.insert((*name).to_owned(), columns);
        Ok(())
    }

    fn source<'b>(&self, entry: &'b Struct<'b>, scope: &Scope<'_>) -> Result<Source<'b>, Why> {
        match entry.number::<u32>("rtekind") {
            kind::RELATION => {
                self.expression(entry.field("tablesample"), scope)?;
                Ok(Source::Relation(entry.number("relid")))
            }
            kind::SUBQUERY => match entry.field("subquery").as_struct() {
                Some(query) => self.query(query, Some(scope)).map(Source::Columns),
                None => Err("is in a sub-query of an unknown form".to_owned()),
            },
            kind::JOIN => Ok(Source::Expressions(entry.field("joinaliasvars").items())),
            kind::GROUP => Ok(Source::Expressions(entry.field("groupexprs").items())),
            kind::FUNCTION => self.functions(entry, scope),
            kind::VALUES => self.values_lists(entry, scope),
            kind::COMMON => {
                let Node::Word(name) = entry.field("ctename") else {
                    return Err("is in a common table without a name".to_owned());
                };
                let scope = scope.up(entry.number("ctelevelsup"))?;
                match scope.common.get(*name) {
                    Some(columns) => Ok(Source::Columns(columns.clone())),
                    None => Err("is in a common table that is not there".to_owned()),
                }
            }
            _ => {
                for value in entry.values() {
                    if self.expression(value, scope)? != Carry::Free {
                        return Err("is in a FROM list in an unknown way".to_owned());
                    }
                }
                Ok(Source::Columns(Vec::new()))
            }
        }
    }

    fn functions<'b>(&self, entry: &Struct<'_>, scope: &Scope<'_>) -> Result<Source<'b>, Why> {
        let mut columns = Vec::new();
        for function in entry.field("functions").items() {
            if let Some(function) = function.as_struct() {
                columns.push(self.expression(function.field("funcexpr"), scope)?);
            }
        }
        Ok(Source::Columns(columns))
    }

    fn values_lists<'b>(&self, entry: &Struct<'_>, scope: &Scope<'_>) -> Result<Source<'b>, Why> {
        let mut columns: Option<Vec<Carry>> = None;
        for row in entry.field("values_lists").items() {
            let row = row
                .items()
                .iter()
                .map(|value| self.expression(value, scope));
            let row = row.collect::<Result<Vec<_>, Why>>()?;
            if columns.as_ref().is_some_and(|columns| *columns != row) {
                return Err("is mixed in VALUES with values that stay as they are".to_owned());
            }
            columns = Some(row);
        }
        Ok(Source::Columns(columns.unwrap_or_default()))
    }

    /// A query within an expression.
    pub(super) fn sublink(&self, node: &Struct<'_>, scope: &Scope<'_>) -> Result<Carry, Why> {
        let Some(query) = node.field("subselect").as_struct() else {
            return Err("is in a sub-query of an unknown form".to_owned());
        };
        let columns = self.query(query, Some(scope))?;
        let first = columns.first().copied().unwrap_or_default();
        // The variables of the comparison are of this scope, its parameters are the sub-query's.
        let around = scope.compared.replace(columns);
        let compared = self.expression(node.field("testexpr"), scope);
        scope.compared.replace(around);
        compared?;
        match (node.number::<u32>("subLinkType"), first) {
            (SUBLINK_EXPR, carry) => Ok(carry),
            (SUBLINK_ARRAY, Carry::Key) => Ok(Carry::Keys),
            (SUBLINK_ARRAY, Carry::Keys | Carry::Row) => {
                Err("is put into an array of arrays or rows".to_owned())
            }
            _ => Ok(Carry::Free),
        }
    }
}

/// The first arm of a union, by its place in the FROM list.
fn leftmost(node: &Node<'_>) -> Option<usize> {
    let node = node.as_struct()?;
    if node.name == "RANGETBLREF" {
        node.field("rtindex").number()
    } else {
        leftmost(node.field("larg"))
    }
}

/// A distance between keys (`RANGE 5 PRECEDING`) has no meaning among UUIDs.
fn windows(query: &Struct<'_>, columns: &[Carry]) -> Result<(), Why> {
    let by_distance = query.field("windowClause").items().iter().any(|window| {
        window.as_struct().is_some_and(|window| {
            window.number::<u32>("startInRangeFunc") != 0
                || window.number::<u32>("endInRangeFunc") != 0
        })
    });
    if by_distance && columns.contains(&Carry::Key) {
        return Err("is in a query with a window that measures distances".to_owned());
    }
    Ok(())
}

/// The arms of a union must hold keys in the same columns.
fn union(node: &Node<'_>, scope: &Scope<'_>) -> Result<Vec<Carry>, Why> {
    let Some(node) = node.as_struct() else {
        return Ok(Vec::new());
    };
    if node.name == "RANGETBLREF" {
        let place: usize = node.number("rtindex");
        return match place
            .checked_sub(1)
            .and_then(|place| scope.sources.get(place))
        {
            Some(Source::Columns(columns)) => Ok(columns.clone()),
            _ => Err("is in a union of an unknown form".to_owned()),
        };
    }
    let left = union(node.field("larg"), scope)?;
    if left == union(node.field("rarg"), scope)? {
        Ok(left)
    } else {
        Err("is in one arm of a union whose other arm stays as it is".to_owned())
    }
}
