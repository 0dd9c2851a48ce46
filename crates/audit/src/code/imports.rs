//! Follows names to the libraries that they were imported from.

use std::collections::HashMap;

use super::language::Family;
use super::lexer::TokenKind;
use super::makers;
use super::tokens::Tokens;

/// What a name of this file stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Imported<'a> {
    pub(super) module: &'static str,
    /// What of the library it is; empty for all of it.
    pub(super) export: &'a str,
}

pub(super) type Imports<'a> = HashMap<&'a str, Imported<'a>>;

/// The longest list of imported names that is read.
const NAMES_TOKENS_MAX: usize = 100;

/// The names of a file that come from libraries that make identifiers.
pub(super) fn read<'a>(tokens: &Tokens<'a>) -> Imports<'a> {
    let mut imports = Imports::new();
    match tokens.family {
        Family::JavaScript => {
            for at in of_kind(tokens, TokenKind::Text) {
                if let Some(module) = makers::module(tokens.family, tokens.part(at)) {
                    javascript(tokens, at, module, &mut imports);
                }
            }
        }
        Family::Go => {
            for at in of_kind(tokens, TokenKind::Text) {
                if let Some(module) = makers::module(tokens.family, tokens.part(at)) {
                    let named = at > 0 && !tokens.is_first(at) && tokens.word(at - 1) != "import";
                    let alias = if named { tokens.word(at - 1) } else { "" };
                    let name = if alias.is_empty() {
                        go_name(module)
                    } else {
                        alias
                    };
                    imports.insert(name, Imported { module, export: "" });
                }
            }
        }
        Family::Python => {
            for at in of_kind(tokens, TokenKind::Word) {
                if tokens.part(at) == "import" {
                    python(tokens, at, &mut imports);
                }
            }
        }
        _ => {}
    }
    imports
}

fn of_kind<'t>(tokens: &'t Tokens<'_>, kind: TokenKind) -> impl Iterator<Item = usize> + 't {
    (0..tokens.len()).filter(move |at| tokens.kind(*at) == Some(kind))
}

/// The name by which a package of Go is used: the last part of its path, without decorations.
fn go_name(module: &'static str) -> &'static str {
    let last = module.rsplit('/').next().unwrap_or(module);
    let last = last.strip_prefix("go-").unwrap_or(last);
    match last {
        "go.uuid" => "uuid",
        "nanoid" => "gonanoid",
        other => other,
    }
}

/// `import a, { b as c } from 'module'` and `const { b: c } = require('module')`.
fn javascript<'a>(tokens: &Tokens<'a>, at: usize, module: &'static str, imports: &mut Imports<'a>) {
    if at == 0 {
        return;
    }
    if tokens.word(at - 1) == "from" {
        let least = at.saturating_sub(NAMES_TOKENS_MAX);
        let import = (least..at).rev().find(|&it| tokens.word(it) == "import");
        if let Some(import) = import {
            names(tokens, import + 1, at - 1, module, imports);
        }
        return;
    }
    let is_call =
        at >= 2 && tokens.is(at - 1, "(") && matches!(tokens.word(at - 2), "require" | "import");
    if !is_call {
        return;
    }
    let export = if tokens.is(at + 2, ".") {
        tokens.word(at + 3)
    } else {
        ""
    };
    let mut before = at - 2;
    if before > 0 && tokens.word(before - 1) == "await" {
        before -= 1;
    }
    if before < 2 || !tokens.is(before - 1, "=") {
        return;
    }
    match tokens.partner(before - 2) {
        Some(open) => names(tokens, open, before - 1, module, imports),
        None => {
            imports.insert(tokens.word(before - 2), Imported { module, export });
        }
    }
}

/// The names between `import` and `from`, or within the braces of a destructuring.
fn names<'a>(
    tokens: &Tokens<'a>,
    start: usize,
    end: usize,
    module: &'static str,
    imports: &mut Imports<'a>,
) {
    let mut braces = false;
    let mut at = start;
    while at < end {
        let word = tokens.word(at);
        if tokens.is(at, "{") {
            braces = true;
        } else if tokens.is(at, "*") || word == "as" || word == "type" {
            // The name follows.
        } else if !word.is_empty() {
            let renamed = tokens.word(at + 1) == "as" || tokens.is(at + 1, ":");
            let local = if renamed { tokens.word(at + 2) } else { word };
            let export = if braces && word != "default" {
                word
            } else {
                ""
            };
            imports.insert(local, Imported { module, export });
            at += if renamed { 2 } else { 0 };
        }
        at += 1;
    }
}

/// `import a as b` and `from a import b as c`, from the word `import` on.
fn python<'a>(tokens: &Tokens<'a>, import: usize, imports: &mut Imports<'a>) {
    if tokens.is_first(import) {
        let mut at = import + 1;
        while at < tokens.len() && !tokens.is_first(at) {
            let name = tokens.word(at);
            let alias = if tokens.word(at + 1) == "as" {
                tokens.word(at + 2)
            } else {
                name
            };
            if let Some(module) = makers::module(tokens.family, name) {
                imports.insert(alias, Imported { module, export: "" });
            }
            at += 1;
        }
        return;
    }
    let least = import.saturating_sub(8);
    let Some(from) = (least..import).rev().find(|&it| tokens.word(it) == "from") else {
        return;
    };
    let path = tokens.range(from).end..tokens.range(import).start;
    let path = tokens.text.get(path).unwrap_or_default().trim();
    let Some(module) = makers::module(tokens.family, path) else {
        return;
    };
    let brackets = tokens.is(import + 1, "(");
    let mut at = import + 1;
    while at < tokens.len().min(import + NAMES_TOKENS_MAX) {
        if tokens.is(at, ")") || (!brackets && tokens.is_first(at)) {
            break;
        }
        let export = tokens.word(at);
        let renamed = tokens.word(at + 1) == "as";
        if !export.is_empty() {
            let local = if renamed { tokens.word(at + 2) } else { export };
            imports.insert(local, Imported { module, export });
        }
        at += if renamed { 3 } else { 1 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Language;

    fn check(language: Language, text: &str, expected: &[&str]) {
        let imports = read(&Tokens::new(language, text));
        let mut found: Vec<String> = imports
            .iter()
            .map(|(name, it)| format!("{name} = {}:{}", it.module, it.export))
            .collect();
        found.sort();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn names_lead_to_libraries() {
        use Language::{Go, JavaScript, Python, TypeScript};
        check(
            TypeScript,
            "import { v4 as uuidv4, v5 } from 'uuid'",
            &["uuidv4 = uuid:v4", "v5 = uuid:v5"],
        );
        check(TypeScript, "import * as u from \"uuid\";", &["u = uuid:"]);
        check(
            TypeScript,
            "import c, { randomUUID } from 'node:crypto'",
            &["c = node:crypto:", "randomUUID = node:crypto:randomUUID"],
        );
        check(
            JavaScript,
            "const { v4: id } = require('uuid')",
            &["id = uuid:v4"],
        );
        check(
            JavaScript,
            "const id = require('uuid').v4",
            &["id = uuid:v4"],
        );
        check(
            JavaScript,
            "var id = require('uuid/v4');",
            &["id = uuid/v4:"],
        );
        check(JavaScript, "import x from 'react'; f('uuid')", &[]);
        check(Python, "import os, uuid as u\n", &["u = uuid:"]);
        check(
            Python,
            "from uuid import (UUID,\n uuid4 as make)\n",
            &["UUID = uuid:UUID", "make = uuid:uuid4"],
        );
        check(
            Go,
            "import (\n\t\"fmt\"\n\tid \"github.com/gofrs/uuid/v5\"\n)",
            &["id = github.com/gofrs/uuid:"],
        );
        check(
            Go,
            "import \"github.com/satori/go.uuid\"",
            &["uuid = github.com/satori/go.uuid:"],
        );
    }
}
