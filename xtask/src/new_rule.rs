//! `cargo xtask new-rule`: the file, the page and the two lines of a new rule of the audit.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::runner::{self, Runner};
use crate::{Command, unexpected};

pub(crate) const COMMAND: Command = Command {
    name: "new-rule",
    usage: "NAME",
    summary: "begin a rule of the audit",
    run,
};

/// Longer names do not fit the tables in which rules are listed.
const NAME_CHARACTERS_MAX: usize = 40;

const MODULES: &str = "crates/audit/src/rules.rs";
const CATALOGUE: &str = "crates/audit/src/catalogue.rs";
/// The rule about suppressions is told last.
const LAST_LINE: &str = "    suppress::RULE,\n";

fn run(arguments: &[String]) -> Result<()> {
    let [name] = arguments else {
        return match arguments {
            [] => bail!("no name is given\nhint: cargo xtask new-rule key-of-32-bits"),
            [_, second, ..] => Err(unexpected(second, &COMMAND)),
            [_] => unreachable!("matched above"),
        };
    };
    let written = begin(Runner::new().root(), name)?;
    for path in written {
        runner::say(format_args!("wrote {}", path.display()))?;
    }
    runner::say(format_args!(
        "hint: its tests fail until it finds something; `cargo test -p audit {}`",
        module_of(name)
    ))
}

/// Writes everything or, if the name is not free or not well formed, nothing.
fn begin(root: &Path, name: &str) -> Result<Vec<PathBuf>> {
    check_name(name)?;
    let module = module_of(name);
    let code = root.join(format!("crates/audit/src/rules/{module}.rs"));
    let page = root.join(format!("docs/rules/{name}.md"));
    for path in [&code, &page] {
        if path.exists() {
            bail!("`{}` is there already", path.display());
        }
    }
    let (modules, catalogue) = (root.join(MODULES), root.join(CATALOGUE));
    let new_modules = with_module(&read(&modules)?, &module);
    let new_catalogue = with_rule(&read(&catalogue)?, &module)?;
    let files = [
        (code, code_of(name)),
        (page, page_of(name)),
        (modules, new_modules),
        (catalogue, new_catalogue),
    ];
    for (path, text) in &files {
        fs::write(path, text).with_context(|| format!("failed to write `{}`", path.display()))?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("failed to read `{}`", path.display()))
}

fn check_name(name: &str) -> Result<()> {
    let is_word = |word: &str| {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        !word.is_empty() && word.bytes().all(plain)
    };
    let is_right = name.split('-').all(is_word) && name.starts_with(|c: char| c.is_alphabetic());
    if !is_right || name.len() > NAME_CHARACTERS_MAX {
        bail!(
            "`{name}` is no name of a rule\n\
             hint: words in lower case with hyphens, at most {NAME_CHARACTERS_MAX} characters"
        );
    }
    Ok(())
}

fn module_of(name: &str) -> String {
    name.replace('-', "_")
}

/// The list of modules with one more, in the order of the alphabet.
fn with_module(text: &str, module: &str) -> String {
    let new = format!("pub(crate) mod {module};");
    let at = text
        .lines()
        .position(|line| line.starts_with("pub(crate) mod ") && line > new.as_str());
    let mut lines: Vec<&str> = text.lines().collect();
    lines.insert(at.unwrap_or(lines.len()), &new);
    lines.join("\n") + "\n"
}

fn with_rule(text: &str, module: &str) -> Result<String> {
    let (before, after) = text
        .split_once(LAST_LINE)
        .with_context(|| format!("no line `{}` in `{CATALOGUE}`", LAST_LINE.trim()))?;
    Ok(format!(
        "{before}    of::{module}::RULE,\n{LAST_LINE}{after}"
    ))
}

fn code_of(name: &str) -> String {
    TEMPLATE.replace("{name}", name)
}

fn page_of(name: &str) -> String {
    format!(
        "# {name}\n\n**Medium.** One sentence: what it finds.\n\n\
         ## What it finds\n\n## What breaks, and when\n\n## How to fix it\n\n\
         ## When to ignore it\n\n## Sources\n"
    )
}

const TEMPLATE: &str = r#"//! Finds

use crate::{Context, Findings, Rule, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "{name}",
    severity: Severity::Medium,
    summary: "",
    page: include_str!("../../../../docs/rules/{name}.md"),
    check,
};

fn check(context: &Context<'_>, _findings: &mut Findings) {
    for _seen in context.tables() {}
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, sql};

    const NAME: &str = "{name}";

    #[test]
    fn finds() {
        check(NAME, sql("CREATE TABLE a (id uuid PRIMARY KEY);"), &["medium a.id"]);
    }

    #[test]
    fn leaves_alone() {
        let none: &[&str] = &[];
        check(NAME, sql("CREATE TABLE a (id uuid PRIMARY KEY);"), none);
    }
}
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_begun_once() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(
            MODULES,
            "//! Rules.\n\npub(crate) mod a_key;\npub(crate) mod c_key;\n",
        );
        write(
            CATALOGUE,
            "&[\n    of::c_key::RULE,\n    suppress::RULE,\n];\n",
        );
        write("crates/audit/src/rules/a_key.rs", "");
        write("docs/rules/a-key.md", "");
        let text = |path: &str| fs::read_to_string(root.path().join(path)).unwrap();

        begin(root.path(), "b-key").unwrap();
        let modules = "//! Rules.\n\npub(crate) mod a_key;\npub(crate) mod b_key;\n\
                       pub(crate) mod c_key;\n";
        assert_eq!(text(MODULES), modules);
        let catalogue = "&[\n    of::c_key::RULE,\n    of::b_key::RULE,\n    suppress::RULE,\n];\n";
        assert_eq!(text(CATALOGUE), catalogue);
        assert!(text("crates/audit/src/rules/b_key.rs").contains("name: \"b-key\""));
        assert!(text("docs/rules/b-key.md").starts_with("# b-key\n"));

        let error = begin(root.path(), "b-key").unwrap_err().to_string();
        assert!(error.ends_with("is there already"), "{error}");
        assert_eq!(text(CATALOGUE), catalogue);
    }

    #[test]
    fn names_are_words_with_hyphens() {
        for name in ["key", "key-of-32-bits", "version-1-key"] {
            check_name(name).unwrap();
        }
        for name in [
            "",
            "-",
            "a-",
            "a--b",
            "A",
            "a_b",
            "1-key",
            "../a",
            "ä",
            &"a".repeat(41),
        ] {
            let error = check_name(name).unwrap_err().to_string();
            assert!(error.contains("hint: words in lower case"), "{error}");
        }
    }
}
