//! `idshift id canonical`: the id that always belongs to a key.

use std::fmt;
use std::str::FromStr;

use clap::Args;
use ids::{
    NAMESPACE_EVENT, NAMESPACE_PROJECT, NAMESPACE_PROVIDER, NAMESPACE_USER, Uuid, canonical_id,
    canonical_id_of_parts, namespaces,
};
use serde::Serialize;

use crate::Outcome;
use crate::console::Console;
use crate::input::{ItemError, Items};
use crate::refusal::Refusal;

/// What stands between the parts of a key on a line of input.
const PART_SEPARATOR: char = '\t';

/// The arguments of `idshift id canonical`.
#[derive(Args)]
#[command(after_help = "\
Namespaces: user, project, event and provider are AnalyticsBot's; dns, url, oid and x500 are the
RFC's; any UUID is one of your own.

Reads standard input, one key on each line, where a KEY is `-` or none is given. With --parts, the
parts of a line are separated by tabs.

Examples:
  idshift id canonical user alice@example.com
  idshift id canonical --parts 019a9964-77f3-7479-bc9f-50ff6ea646f1 tenant-7 order-12
  cut -d, -f1 users.csv | idshift id canonical user -")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct Arguments {
    /// What kind of thing the keys name
    #[arg(value_name = "NAMESPACE")]
    namespace: Namespace,

    /// Keys, or - for standard input
    #[arg(value_name = "KEY")]
    keys: Vec<String>,

    /// Make one id of all keys, each written with its length: ("a", "bc") is not ("ab", "c")
    #[arg(long)]
    parts: bool,

    /// Use SHA-256 and version 8, where SHA-1 is not allowed
    #[arg(long, conflicts_with = "parts")]
    sha256: bool,

    /// Take an empty key as it is, instead of refusing it
    #[arg(long)]
    allow_empty: bool,

    /// Leave out the warnings about namespaces
    #[arg(long, short)]
    quiet: bool,
}

/// A namespace, and how it was named.
#[derive(Clone, Debug)]
struct Namespace {
    id: Uuid,
    name: String,
}

impl FromStr for Namespace {
    type Err = NamespaceError;

    fn from_str(text: &str) -> Result<Self, NamespaceError> {
        let id = match text {
            "user" | "dns" => NAMESPACE_USER,
            "project" | "url" => NAMESPACE_PROJECT,
            "event" | "oid" => NAMESPACE_EVENT,
            "provider" => NAMESPACE_PROVIDER,
            "x500" => namespaces::X500,
            _ => Uuid::parse(text).map_err(|_| NamespaceError)?,
        };
        Ok(Self {
            id,
            name: text.to_owned(),
        })
    }
}

/// The text names no namespace.
#[derive(Debug)]
struct NamespaceError;

impl fmt::Display for NamespaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "no such namespace\n  hint: user, project, event, provider, dns, url, oid, x500 or a \
             UUID",
        )
    }
}

impl std::error::Error for NamespaceError {}

impl Namespace {
    /// What to know before ids of this namespace are relied on.
    fn caution(&self) -> Option<Refusal> {
        let own = "for keys of a new system, make a namespace of your own: `idshift id new`";
        if self.id == NAMESPACE_PROVIDER {
            let text = format!("`{}` is a namespace that RFC 9562 says not to use", self.id);
            return Some(Refusal::new("discouraged", text).hint(own));
        }
        let reserved_for = match self.name.as_str() {
            "dns" | "url" | "oid" | "x500" => return None,
            _ if self.id == NAMESPACE_USER => "domain names",
            _ if self.id == NAMESPACE_PROJECT => "URLs",
            _ if self.id == NAMESPACE_EVENT => "object identifiers",
            _ if self.id == namespaces::X500 => "X.500 names",
            _ => return None,
        };
        let text = format!(
            "RFC 9562 reserves the namespace `{}` for {reserved_for}",
            self.name
        );
        Some(Refusal::new("reserved", text).hint(own))
    }
}

/// One id for programs.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    key: Key<'a>,
    id: &'a str,
}

/// What an id was made from.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Key<'a> {
    /// One text.
    Key(&'a str),
    /// Several, each with its length.
    Parts(&'a [&'a str]),
}

/// Writes one id for each key, or one for all parts.
pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> anyhow::Result<Outcome> {
    if !arguments.quiet
        && let Some(caution) = arguments.namespace.caution()
    {
        console.warn(&caution)?;
    }
    let items = Items::keys(&arguments.keys);
    if !arguments.parts {
        return items.for_each(console, |console, key| {
            arguments.write(Key::Key(key), console)
        });
    }
    match arguments.keys.as_slice() {
        [] => {}
        [only] if only == "-" => {}
        keys if keys.iter().any(|key| key == "-") => {
            let refusal = Refusal::usage("with `--parts`, `-` stands alone");
            return Err(refusal
                .hint("pipe whole keys in, their parts separated by tabs")
                .into());
        }
        keys => {
            let parts: Vec<&str> = keys.iter().map(String::as_str).collect();
            arguments.write(Key::Parts(&parts), console)?;
            return Ok(Outcome::Fine);
        }
    }
    items.for_each(console, |console, line| {
        let parts: Vec<&str> = line.split(PART_SEPARATOR).collect();
        arguments.write(Key::Parts(&parts), console)
    })
}

impl Arguments {
    fn write(&self, key: Key<'_>, console: &mut Console) -> Result<(), ItemError> {
        let id = self.id(key)?.hyphenated();
        if console.json() {
            console.write_json(&Line { key, id: &id })?;
        } else {
            console.line(format_args!("{id}"))?;
        }
        Ok(())
    }

    fn id(&self, key: Key<'_>) -> Result<Uuid, Refusal> {
        let namespace = self.namespace.id;
        match key {
            Key::Key("") | Key::Parts([""]) if !self.allow_empty => {
                Err(Refusal::new("empty_key", "the key is empty")
                    .hint("every empty key has the same id; `--allow-empty` if that is meant"))
            }
            Key::Key(key) if self.sha256 => Ok(Uuid::new_v8_sha256(namespace, key.as_bytes())),
            Key::Key(key) => Ok(canonical_id(namespace, key)),
            Key::Parts(parts) => {
                let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
                Ok(canonical_id_of_parts(namespace, &parts))
            }
        }
    }
}
