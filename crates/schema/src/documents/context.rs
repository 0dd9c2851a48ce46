//! Keeps what the contexts so far say of keys: which are keywords under other names, what is a map
//! and what is a literal.

use std::collections::HashMap;
use std::rc::Rc;

use super::json::{Kind, Value};

/// Contexts of other servers that are known to call `@id` `id` and `@type` `type`: by the beginning
/// of their address, behind the scheme.
const KNOWN: [&str; 7] = [
    "schema.org",
    "www.w3.org/ns/activitystreams",
    "www.w3.org/ns/credentials/",
    "www.w3.org/2018/credentials/",
    "www.w3.org/ns/did/",
    "w3id.org/security/",
    "geojson.org/geojson-ld/",
];

/// How deep contexts may hold contexts.
const CONTEXTS_MAX: usize = 16;

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    Id,
    Type,
    Context,
    /// Holds nodes, and is no property: `@graph`, `@included`, `@list`, `@set`.
    Nodes,
    /// Holds properties of the same node, or of others that point to it: `@nest`, `@reverse`.
    Properties,
    /// Marks a literal.
    Value,
    /// Says nothing here.
    Other,
}

/// What an object under a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A node.
    Node,
    /// A map from indexes, languages or types to nodes.
    Map,
    /// A map from identifiers to nodes.
    MapOfIds,
    /// A literal, whatever it looks like.
    Literal,
}

/// What a context says of one term.
#[derive(Clone)]
struct Term<'a> {
    /// What it stands for, as written.
    target: Option<String>,
    shape: Shape,
    /// The context of what is under it, or of nodes of this type.
    context: Option<&'a Value<'a>>,
}

/// What holds at one place of a document. Cheap to copy: most objects declare nothing.
#[derive(Clone, Default)]
pub(super) struct Scope<'a> {
    terms: Rc<HashMap<String, Term<'a>>>,
    /// Whether there is a context at all.
    pub(super) is_active: bool,
    pub(super) has_base: bool,
    /// Whether any property may have a meaning: by a vocabulary, or by a context elsewhere.
    is_open: bool,
}

impl<'a> Scope<'a> {
    /// The scope below a `@context`. Calls back with each address that leads elsewhere.
    pub(super) fn with(
        &self,
        context: &'a Value<'a>,
        elsewhere: &mut dyn FnMut(&'a Value<'a>, &str),
    ) -> Self {
        let mut scope = self.clone();
        scope.apply(context, elsewhere, 0);
        scope
    }

    fn apply(
        &mut self,
        context: &'a Value<'a>,
        elsewhere: &mut dyn FnMut(&'a Value<'a>, &str),
        depth: usize,
    ) {
        if depth == CONTEXTS_MAX {
            return;
        }
        match &context.kind {
            Kind::Plain("null") => *self = Self::default(),
            Kind::Plain(_) => {}
            Kind::Array(items) => {
                for item in items {
                    self.apply(item, elsewhere, depth + 1);
                }
            }
            Kind::Text(address) => {
                self.is_active = true;
                self.is_open = true;
                let behind_scheme = address.split_once("://").map_or("", |(_, rest)| rest);
                let bare = behind_scheme
                    .strip_prefix("www.schema.")
                    .map(|_| "schema.org");
                let place = bare.unwrap_or(behind_scheme);
                if KNOWN.iter().any(|known| place.starts_with(known)) {
                    self.alias("id", "@id");
                    self.alias("type", "@type");
                } else {
                    elsewhere(context, address);
                }
            }
            Kind::Object(members) => {
                self.is_active = true;
                for member in members {
                    self.declare(&member.key, &member.value, elsewhere);
                }
            }
        }
    }

    fn declare(
        &mut self,
        key: &str,
        value: &'a Value<'a>,
        elsewhere: &mut dyn FnMut(&'a Value<'a>, &str),
    ) {
        match key {
            "@base" => self.has_base = value.text().is_some(),
            "@vocab" => self.is_open |= value.text().is_some(),
            "@import" => {
                if let Some(address) = value.text() {
                    self.is_open = true;
                    elsewhere(value, address);
                }
            }
            key if key.starts_with('@') => {}
            key if value.is_null() => {
                Rc::make_mut(&mut self.terms).remove(key);
            }
            key => {
                let target = value.text().or_else(|| value.member("@id")?.text());
                let term = Term {
                    target: target.map(str::to_owned),
                    shape: shape(value),
                    context: value.member("@context"),
                };
                Rc::make_mut(&mut self.terms).insert(key.to_owned(), term);
            }
        }
    }

    fn alias(&mut self, key: &str, keyword: &str) {
        let term = Term {
            target: Some(keyword.to_owned()),
            shape: Shape::Node,
            context: None,
        };
        Rc::make_mut(&mut self.terms).insert(key.to_owned(), term);
    }

    /// What a key means; None for a property.
    pub(super) fn keyword(&self, key: &str) -> Option<Keyword> {
        let target = if key.starts_with('@') {
            key
        } else {
            self.terms.get(key)?.target.as_deref()?
        };
        Some(match target {
            "@id" => Keyword::Id,
            "@type" => Keyword::Type,
            "@context" => Keyword::Context,
            "@graph" | "@included" | "@list" | "@set" => Keyword::Nodes,
            "@nest" | "@reverse" => Keyword::Properties,
            "@value" => Keyword::Value,
            target if target.starts_with('@') => Keyword::Other,
            _ => return None,
        })
    }

    /// Whether a property means anything: one that no context declares is dropped by JSON-LD, with
    /// all that is under it.
    pub(super) fn declares(&self, key: &str) -> bool {
        self.is_open || self.terms.contains_key(key) || key.contains(':')
    }

    pub(super) fn shape(&self, key: &str) -> Shape {
        self.terms.get(key).map_or(Shape::Node, |term| term.shape)
    }

    /// The context that comes with a property or type.
    pub(super) fn context_of(&self, key: &str) -> Option<&'a Value<'a>> {
        self.terms.get(key)?.context
    }

    /// What the prefix of a compact IRI stands for, and what is behind it.
    pub(super) fn prefix<'t>(&self, text: &'t str) -> Option<(&str, &'t str)> {
        let (prefix, rest) = text.split_once(':')?;
        // `a://b` is never compact (JSON-LD 1.1 API, section 5.2.2).
        if rest.starts_with("//") {
            return None;
        }
        let target = self.terms.get(prefix)?.target.as_deref()?;
        Some((target, rest))
    }
}

/// What is under a term that is declared so.
fn shape(definition: &Value<'_>) -> Shape {
    let is_json = definition.member("@type").and_then(Value::text) == Some("@json");
    if is_json {
        return Shape::Literal;
    }
    let containers = definition
        .member("@container")
        .map_or(&[][..], Value::items);
    let mut shape = Shape::Node;
    for container in containers.iter().filter_map(Value::text) {
        match container {
            "@id" => shape = Shape::MapOfIds,
            "@index" | "@type" | "@language" if shape == Shape::Node => shape = Shape::Map,
            _ => {}
        }
    }
    shape
}
