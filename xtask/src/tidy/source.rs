//! What the checks need to know of one Rust file: its functions, its tokens, what of it is test.

use std::ops::RangeInclusive;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, ImplItemFn, Item, ItemFn, ItemImpl, Meta, Signature, TraitItemFn};

/// One Rust file.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: String,
    pub(super) lines: Vec<String>,
    pub(super) functions: Vec<Function>,
    /// All tokens in the order of the text, those of macros and attributes included.
    pub(super) tokens: Vec<Token>,
    /// The line and reason of the first thing that is not Rust.
    pub(super) refusal: Option<(usize, String)>,
    /// Lines of items that exist in tests only.
    test_lines: Vec<RangeInclusive<usize>>,
    /// Inside `impl Trait for`, while the file is read.
    in_trait_impl: bool,
}

/// One function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    /// Line of the signature, from 1.
    pub(super) line: usize,
    /// Lines from the signature to the closing brace.
    pub(super) lines: usize,
    /// Parameters, `self` included, as clippy counts them: none where a trait decides.
    pub(super) parameters: usize,
}

/// One token, or one bracket of a group.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) text: String,
    /// From 1.
    pub(super) line: usize,
}

impl Source {
    /// Reads a file; one that does not parse has a `refusal` and nothing else to find.
    pub(super) fn parse(path: &str, text: &str) -> Self {
        let mut source = Self {
            path: path.to_owned(),
            lines: text.lines().map(str::to_owned).collect(),
            functions: Vec::new(),
            tokens: Vec::new(),
            refusal: None,
            test_lines: Vec::new(),
            in_trait_impl: false,
        };
        match (syn::parse_file(text), text.parse::<TokenStream>()) {
            (Ok(file), Ok(stream)) => {
                if file.attrs.iter().any(is_test) || is_test_path(path) {
                    source.test_lines.push(1..=source.lines.len());
                }
                source.visit_file(&file);
                source.flatten(stream);
            }
            (Err(error), _) => {
                source.refusal = Some((error.span().start().line, error.to_string()));
            }
            (_, Err(error)) => {
                source.refusal = Some((error.span().start().line, error.to_string()));
            }
        }
        source
    }

    /// Whether a line, from 1, belongs to tests.
    pub(super) fn is_test(&self, line: usize) -> bool {
        self.test_lines.iter().any(|lines| lines.contains(&line))
    }

    /// The text of a line, from 1.
    pub(super) fn line(&self, number: usize) -> &str {
        number
            .checked_sub(1)
            .and_then(|index| self.lines.get(index))
            .map_or("", String::as_str)
    }

    fn add_function(&mut self, signature: &Signature, block: &Block) {
        let line = signature.span().start().line;
        let end = block.brace_token.span.close().end().line;
        self.functions.push(Function {
            name: signature.ident.to_string(),
            line,
            lines: end - line + 1,
            parameters: if self.in_trait_impl {
                0
            } else {
                signature.inputs.len()
            },
        });
    }

    fn add_test(&mut self, attributes: &[Attribute], lines: proc_macro2::Span) {
        if attributes.iter().any(is_test) {
            self.test_lines.push(lines.start().line..=lines.end().line);
        }
    }

    fn flatten(&mut self, stream: TokenStream) {
        for tree in stream {
            match tree {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    self.push(open, group.span_open());
                    self.flatten(group.stream());
                    self.push(close, group.span_close());
                }
                other => self.push(&other.to_string(), other.span()),
            }
        }
    }

    fn push(&mut self, text: &str, span: proc_macro2::Span) {
        self.tokens.push(Token {
            text: text.to_owned(),
            line: span.start().line,
        });
    }
}

impl<'ast> Visit<'ast> for Source {
    fn visit_item(&mut self, item: &'ast Item) {
        self.add_test(attributes(item), item.span());
        visit::visit_item(self, item);
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.add_function(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_item_impl(&mut self, block: &'ast ItemImpl) {
        let outside = std::mem::replace(&mut self.in_trait_impl, block.trait_.is_some());
        visit::visit_item_impl(self, block);
        self.in_trait_impl = outside;
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.add_test(&function.attrs, function.span());
        self.add_function(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if let Some(block) = &function.default {
            self.add_function(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

/// The attributes of the kinds of item that are ever made for tests alone.
fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Files whose every line is test code, by the place that they have.
fn is_test_path(path: &str) -> bool {
    path.ends_with("/tests.rs")
        || ["tests/", "benches/", "fuzz/"]
            .iter()
            .any(|folder| path.starts_with(folder) || path.contains(&format!("/{folder}")))
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`, `#[cfg(all(test, ...))]`.
fn is_test(attribute: &Attribute) -> bool {
    let path = attribute.path();
    if path
        .segments
        .last()
        .is_some_and(|segment| segment.ident == "test")
    {
        return true;
    }
    let Meta::List(list) = &attribute.meta else {
        return false;
    };
    let condition = list.tokens.to_string().replace(' ', "");
    path.is_ident("cfg")
        && !condition.contains("not(")
        && condition
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word == "test")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r"//! Doc.

pub fn outer(a: u8, b: u8) -> u8 {
    fn inner() {}
    a + b
}

trait Shape {
    fn area(&self) -> f64;
    fn twice(
        &self,
    ) -> f64 {
        2.0 * self.area()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn works() { assert_eq!(super::outer(1, 2), 3); }
}

#[cfg(not(test))]
fn shipped() {}
";

    #[test]
    fn functions_are_measured() {
        let source = Source::parse("crates/a/src/lib.rs", TEXT);
        assert_eq!(source.refusal, None);
        let found: Vec<_> = source
            .functions
            .iter()
            .map(|f| (f.name.as_str(), f.line, f.lines, f.parameters))
            .collect();
        assert_eq!(
            found,
            [
                ("outer", 3, 4, 2),
                ("inner", 4, 1, 0),
                ("twice", 10, 5, 1),
                ("works", 20, 1, 0),
                ("shipped", 24, 1, 0),
            ]
        );
    }

    #[test]
    fn tests_are_told_from_code() {
        let source = Source::parse("crates/a/src/lib.rs", TEXT);
        let tests: Vec<usize> = (1..=source.lines.len())
            .filter(|&line| source.is_test(line))
            .collect();
        assert_eq!(tests, [17, 18, 19, 20, 21]);
        assert!(Source::parse("crates/a/tests/b.rs", TEXT).is_test(3));
        assert!(Source::parse("crates/a/src/b/tests.rs", TEXT).is_test(3));
        assert!(Source::parse("crates/a/src/b.rs", "#![cfg(test)]\nfn a() {}").is_test(2));
    }

    #[test]
    fn tokens_inside_macros_have_their_lines() {
        let source = Source::parse("a.rs", "fn a() {\n    assert!(b(\n        c.unwrap()));\n}");
        let token = source
            .tokens
            .iter()
            .find(|token| token.text == "unwrap")
            .unwrap();
        assert_eq!(token.line, 3);
    }

    #[test]
    fn what_is_not_rust_is_refused_at_its_line() {
        let source = Source::parse("a.rs", "fn a() {}\nfn fn\n");
        assert_eq!(source.refusal.as_ref().map(|(line, _)| *line), Some(2));
    }
}
