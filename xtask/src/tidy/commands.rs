//! Holds the commands that the documents show against the commands that there are.

use syn::{Item, Meta};

use super::Finding;
use super::manifest::Manifest;
use super::markdown;
use super::tree::Tree;
use crate::COMMANDS;

/// The package that `cargo run` starts without `--package`: the default member.
const DEFAULT_PACKAGE: &str = "analyticsbot";

/// The binaries whose sub-commands are followed.
const BINARIES: [&str; 2] = ["analyticsbot", "idshift"];

/// Documents for people; crates' own pages describe libraries.
fn is_document(path: &str) -> bool {
    matches!(path, "README.md" | "CONTRIBUTING.md") || path.starts_with("docs/")
}

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let (manifests, _) = Manifest::all(tree);
    let packages: Vec<&str> = manifests
        .iter()
        .map(|manifest| manifest.name.as_str())
        .collect();
    let mut findings = Vec::new();
    for (path, text) in tree
        .with_extension("md")
        .filter(|(path, _)| is_document(path))
    {
        for (line, command) in shown(text) {
            if let Err(message) = check(tree, &packages, command) {
                findings.push(Finding::new(path, line, message));
            }
        }
    }
    findings
}

/// The commands in blocks of `sh`, and after a prompt in blocks of `console`.
fn shown(text: &str) -> Vec<(usize, &str)> {
    let lines = markdown::lines(text)
        .into_iter()
        .filter(|line| !line.is_fence);
    lines
        .filter_map(|line| match line.code {
            Some("sh") => Some((line.number, line.text)),
            Some("console") => Some((line.number, line.text.strip_prefix("$ ")?)),
            _ => None,
        })
        .collect()
}

fn check(tree: &Tree, packages: &[&str], command: &str) -> Result<(), String> {
    // The command may be one of a pipe; each part is looked at.
    for part in command.split('|') {
        let words: Vec<&str> = part.split_whitespace().collect();
        match words[..] {
            ["cargo", "xtask", name, ..]
                if !name.starts_with('-') && COMMANDS.iter().all(|known| known.name != name) =>
            {
                return Err(format!("there is no `cargo xtask {name}`"));
            }
            ["cargo", "run", ref rest @ ..] => check_run(tree, packages, rest)?,
            [binary, ref rest @ ..] if BINARIES.contains(&binary) => {
                check_words(tree, binary, rest)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// `cargo run [--release] [-p PACKAGE] [-- WORDS]`.
fn check_run(tree: &Tree, packages: &[&str], words: &[&str]) -> Result<(), String> {
    let end = words
        .iter()
        .position(|&word| word == "--")
        .unwrap_or(words.len());
    let (options, rest) = words.split_at(end);
    let mut package = DEFAULT_PACKAGE;
    for pair in options.windows(2) {
        if matches!(pair[0], "-p" | "--package") {
            package = pair[1];
        }
    }
    if !packages.contains(&package) {
        return Err(format!("there is no package `{package}`"));
    }
    if BINARIES.contains(&package) {
        check_words(tree, package, rest.get(1..).unwrap_or_default())
    } else {
        Ok(())
    }
}

/// Follows the words down the tree of sub-commands. Where a command has none of its own, the rest
/// are its arguments.
fn check_words(tree: &Tree, binary: &str, words: &[&str]) -> Result<(), String> {
    let mut file = format!("crates/{binary}/src/main.rs");
    let mut path = binary.to_owned();
    for word in without_leading_flags(words) {
        if word.starts_with('-') {
            return Ok(());
        }
        let known = subcommands(tree, &file);
        if known.is_empty() {
            return Ok(());
        }
        if known.iter().all(|name| name != word) {
            return Err(format!("there is no `{path} {word}`"));
        }
        path = format!("{path} {word}");
        let module = word.replace('-', "_");
        file = match file.strip_suffix("/main.rs") {
            Some(folder) => format!("{folder}/{module}.rs"),
            None => format!("{}/{module}.rs", file.trim_end_matches(".rs")),
        };
    }
    Ok(())
}

/// Flags before a sub-command are for all of them; some have a value.
fn without_leading_flags<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    match words {
        ["--config" | "--database", _, rest @ ..] => without_leading_flags(rest),
        [flag, rest @ ..] if flag.starts_with('-') => without_leading_flags(rest),
        _ => words,
    }
}

/// The names of the sub-commands that a file declares: the variants of the enum that derives
/// `Subcommand`.
pub(super) fn subcommands(tree: &Tree, path: &str) -> Vec<String> {
    let Some(file) = tree.text(path).and_then(|text| syn::parse_file(text).ok()) else {
        return Vec::new();
    };
    let enums = file.items.iter().filter_map(|item| match item {
        Item::Enum(item) if item.attrs.iter().any(derives_subcommand) => Some(item),
        _ => None,
    });
    let variants = enums.flat_map(|item| &item.variants);
    variants
        .map(|variant| kebab_case(&variant.ident.to_string()))
        .collect()
}

fn derives_subcommand(attribute: &syn::Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else {
        return false;
    };
    list.path.is_ident("derive")
        && list
            .tokens
            .clone()
            .into_iter()
            .any(|token| token.to_string() == "Subcommand")
}

/// `ReadAll` is `read-all`, as clap names it.
fn kebab_case(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(c.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str) -> Vec<String> {
        let readme =
            format!("# Title\n\n```sh\n{line}\n```\n\n```console\n{line}\n$ {line}\n```\n");
        let tree = Tree::of(&[
            ("README.md", &readme),
            (
                "crates/other/README.md",
                "```sh\ncargo xtask nothing\n```\n",
            ),
            ("xtask/Cargo.toml", "[package]\nname = \"xtask\"\n"),
            (
                "crates/idshift/Cargo.toml",
                "[package]\nname = \"idshift\"\n",
            ),
            (
                "crates/idshift/src/main.rs",
                "#[derive(Subcommand)] enum C { Id(A), SelfTest }",
            ),
            (
                "crates/idshift/src/id.rs",
                "#[derive(Clone, Subcommand)] enum C { New(A), Range }",
            ),
            ("crates/idshift/src/id/new.rs", "struct Arguments;"),
            (
                "crates/analyticsbot/Cargo.toml",
                "[package]\nname = \"analyticsbot\"\n",
            ),
            (
                "crates/analyticsbot/src/main.rs",
                "#[derive(Subcommand)] enum C { Serve(A), Key(A) }",
            ),
            (
                "crates/analyticsbot/src/key.rs",
                "#[derive(Subcommand)] enum C { Add(A) }",
            ),
        ]);
        find(&tree).iter().map(ToString::to_string).collect()
    }

    fn twice(message: &str) -> [String; 2] {
        [4, 9].map(|line| format!("README.md:{line}: {message}"))
    }

    #[test]
    fn commands_that_exist_are_fine() {
        for line in [
            "cargo xtask test --without-postgres",
            "cargo xtask",
            "cargo run --release",
            "cargo run -q -p xtask",
            "cargo run --release -- key add shop",
            "cargo run --release -p idshift -- id new --count 5",
            "analyticsbot --database postgres://ana@db/events --json key add shop",
            "analyticsbot key add shop | idshift id new -",
            "idshift id range 2025-01-01 2025-02-01",
            "idshift --json id new 7 | idshift id new -",
            "idshift self-test",
            "git clone https://example.com/cargo/xtask",
            "# cargo xtask nothing",
        ] {
            assert_eq!(check(line), [""; 0], "{line}");
        }
    }

    #[test]
    fn commands_that_do_not_exist_are_found_at_their_lines() {
        let cases = [
            ("cargo xtask tset", "there is no `cargo xtask tset`"),
            ("cargo run -p server", "there is no package `server`"),
            (
                "cargo run -p idshift -- id old",
                "there is no `idshift id old`",
            ),
            ("cargo run -- id", "there is no `analyticsbot id`"),
            (
                "analyticsbot --config a.toml eat",
                "there is no `analyticsbot eat`",
            ),
            ("analyticsbot key eat", "there is no `analyticsbot key eat`"),
            ("idshift audit", "there is no `idshift audit`"),
            ("idshift --json audit", "there is no `idshift audit`"),
            (
                "printf 1 | idshift id old -",
                "there is no `idshift id old`",
            ),
        ];
        for (line, message) in cases {
            assert_eq!(check(line), twice(message), "{line}");
        }
    }
}
