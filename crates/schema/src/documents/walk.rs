//! Walks through documents and collects their nodes.

use std::collections::HashSet;

use super::context::{Keyword, Scope, Shape};
use super::json::{Kind, Member, Value};
use super::{Documents, IdForm, Node, NodeId, iri};
use crate::{Problem, ProblemKind, Span};

/// Adds the nodes of all documents of a file.
pub(super) fn nodes(values: &[Value<'_>], found: &mut Documents) {
    let mut walk = Walk {
        found,
        told: HashSet::new(),
    };
    for (number, value) in values.iter().enumerate() {
        let pointer = if values.len() > 1 {
            format!("/{number}")
        } else {
            String::new()
        };
        walk.value(value, &Place::top(pointer));
    }
}

struct Walk<'a> {
    found: &'a mut Documents,
    /// Contexts of other servers that were reported.
    told: HashSet<String>,
}

/// Where a value stands.
struct Place<'a> {
    pointer: String,
    scope: Scope<'a>,
    /// What holds further in, where a type's context does not reach.
    below: Option<Scope<'a>>,
    parent: Option<usize>,
    shape: Shape,
    /// The identifier that a map gives it.
    id: Option<NodeId>,
}

impl Place<'_> {
    fn top(pointer: String) -> Self {
        Self {
            pointer,
            scope: Scope::default(),
            below: None,
            parent: None,
            shape: Shape::Node,
            id: None,
        }
    }

    /// The place of a part of this.
    fn within(&self, key: &str) -> Self {
        let escaped = key.replace('~', "~0").replace('/', "~1");
        Self {
            pointer: format!("{}/{escaped}", self.pointer),
            scope: self.below.as_ref().unwrap_or(&self.scope).clone(),
            below: None,
            parent: self.parent,
            shape: Shape::Node,
            id: None,
        }
    }
}

impl<'v> Walk<'_> {
    fn value(&mut self, value: &'v Value<'v>, place: &Place<'v>) {
        match &value.kind {
            Kind::Array(items) => {
                for (number, item) in items.iter().enumerate() {
                    let mut inner = place.within(&number.to_string());
                    inner.shape = place.shape;
                    inner.id.clone_from(&place.id);
                    self.value(item, &inner);
                }
            }
            Kind::Object(members) => match place.shape {
                Shape::Literal => {}
                Shape::Node => self.object(value, members, place),
                Shape::Map | Shape::MapOfIds => self.map(members, place),
            },
            Kind::Text(_) | Kind::Plain(_) => {}
        }
    }

    /// A map to nodes, whose keys may be their identifiers.
    fn map(&mut self, members: &'v [Member<'v>], place: &Place<'v>) {
        for member in members {
            let mut inner = place.within(&member.key);
            if place.shape == Shape::MapOfIds && member.key != "@none" {
                inner.id = Some(text_id(&place.scope, &member.key, member.key_span));
            }
            self.value(&member.value, &inner);
        }
    }

    fn object(&mut self, value: &'v Value<'v>, members: &'v [Member<'v>], place: &Place<'v>) {
        let (below, scope) = self.scopes_of(members, &place.scope);
        let keyword = |member: &Member<'_>| scope.keyword(&member.key);
        if members.iter().any(|it| keyword(it) == Some(Keyword::Value)) {
            return;
        }
        let mut inner = Place {
            pointer: place.pointer.clone(),
            scope: scope.clone(),
            below,
            parent: place.parent,
            shape: Shape::Node,
            id: None,
        };
        let says = |member: &Member<'_>| match keyword(member) {
            Some(Keyword::Id | Keyword::Type) => true,
            Some(_) => false,
            None => scope.is_active,
        };
        let is_container = members.iter().any(|it| keyword(it) == Some(Keyword::Nodes));
        // Under a context even an object without keys is a node; a container is one only if it
        // says something of itself.
        let is_node = members.iter().any(says)
            || scope.is_active && place.parent.is_some() && !is_container
            || place.id.is_some();
        if is_node {
            inner.parent = Some(self.found.nodes.len());
            let id = members.iter().find(|it| keyword(it) == Some(Keyword::Id));
            let id = id.map(|member| id_of(&scope, &member.value));
            let types = members
                .iter()
                .filter(|it| keyword(it) == Some(Keyword::Type));
            let types = types
                .flat_map(|it| it.value.items())
                .filter_map(Value::text);
            let describes =
                |it: &Member<'_>| !matches!(keyword(it), Some(Keyword::Id | Keyword::Context));
            self.found.nodes.push(Node {
                pointer: place.pointer.clone(),
                is_reference: id.is_some() && !members.iter().any(describes),
                id: id.or_else(|| place.id.clone()),
                types: types.map(str::to_owned).collect(),
                in_context: scope.is_active,
                parent: place.parent,
                span: Span::new(0, value.start, value.end),
            });
        }
        for member in members {
            self.member(member, &inner);
        }
    }

    /// The scope of an object's keys: under its own context, then under those of its types. If
    /// there are such, the scope without them comes first: they reach no further in.
    fn scopes_of(
        &mut self,
        members: &'v [Member<'v>],
        outer: &Scope<'v>,
    ) -> (Option<Scope<'v>>, Scope<'v>) {
        let mut own = outer.clone();
        if let Some(member) = members.iter().find(|member| member.key == "@context") {
            own = self.entered(&own, &member.value);
        }
        let types = members
            .iter()
            .filter(|it| own.keyword(&it.key) == Some(Keyword::Type));
        let types = types
            .flat_map(|it| it.value.items())
            .filter_map(Value::text);
        let contexts: Vec<_> = types.filter_map(|it| own.context_of(it)).collect();
        if contexts.is_empty() {
            return (None, own);
        }
        let mut scope = own.clone();
        for context in contexts {
            scope = self.entered(&scope, context);
        }
        (Some(own), scope)
    }

    /// The scope below a context; reports, once for each, contexts that are elsewhere.
    fn entered(&mut self, scope: &Scope<'v>, context: &'v Value<'v>) -> Scope<'v> {
        scope.with(context, &mut |at, address| {
            if self.told.insert(address.to_owned()) {
                let message = format!("apply the context `{address}`: it is not in the document");
                let span = Span::new(0, at.start, at.end);
                let problem = Problem::new(span, ProblemKind::NotApplied, message);
                self.found.problems.push(problem);
            }
        })
    }

    fn member(&mut self, member: &'v Member<'v>, place: &Place<'v>) {
        let key = member.key.as_ref();
        let mut inner = place.within(key);
        match place.scope.keyword(key) {
            Some(Keyword::Nodes) => self.value(&member.value, &inner),
            // Their keys are properties like the node's own.
            Some(Keyword::Properties) => {
                for item in member.value.items() {
                    for member in item.members() {
                        self.member(member, &inner);
                    }
                }
            }
            Some(_) => {}
            None => {
                if let Some(context) = place.scope.context_of(key) {
                    inner.scope = self.entered(&inner.scope, context);
                }
                inner.shape = place.scope.shape(key);
                // JSON-LD drops what is under it, which may still call itself a node.
                if place.scope.is_active && !place.scope.declares(key) {
                    inner.scope = Scope::default();
                    inner.parent = None;
                }
                self.value(&member.value, &inner);
            }
        }
    }
}

fn id_of(scope: &Scope<'_>, value: &Value<'_>) -> NodeId {
    let span = (value.start, value.end);
    match &value.kind {
        Kind::Text(text) => text_id(scope, text, span),
        Kind::Plain(word) => NodeId {
            value: (*word).to_owned(),
            expanded: None,
            form: if value.is_null() {
                IdForm::Empty
            } else {
                IdForm::NotText
            },
            has_base: scope.has_base,
            span: Span::new(0, span.0, span.1),
        },
        Kind::Object(_) | Kind::Array(_) => NodeId {
            value: String::new(),
            expanded: None,
            form: IdForm::NotText,
            has_base: scope.has_base,
            span: Span::new(0, span.0, span.1),
        },
    }
}

fn text_id(scope: &Scope<'_>, text: &str, (start, end): (usize, usize)) -> NodeId {
    let prefix = scope.prefix(text);
    let expanded = prefix.filter(|(target, _)| iri::is_absolute(target));
    NodeId {
        value: text.to_owned(),
        expanded: expanded.map(|(target, rest)| format!("{target}{rest}")),
        form: match prefix {
            Some(_) => IdForm::Compact,
            None => iri::form(text),
        },
        has_base: scope.has_base,
        span: Span::new(0, start, end),
    }
}
