//! Finds links between documents that lead nowhere.

use super::Finding;
use super::markdown;
use super::tree::Tree;

pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.with_extension("md") {
        for (line, target) in markdown::links(text) {
            if let Err(message) = follow(tree, path, target) {
                findings.push(Finding::new(path, line, message));
            }
        }
        findings.extend(mentions(tree, path, text));
    }
    findings
}

/// Files and folders of the project that a page names in code marks, and that are not there.
fn mentions(tree: &Tree, page: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for name in line.split('`').skip(1).step_by(2) {
            let ours = ["crates/", "xtask/", "docs/", "bench/", "fuzz/"];
            let is_path = ours.iter().any(|folder| name.starts_with(folder))
                && !name.contains(|c: char| "<>*{} ".contains(c));
            if is_path && !tree.has(name.trim_end_matches('/')) {
                let message = format!("`{name}` is no file or folder");
                findings.push(Finding::new(page, at + 1, message));
            }
        }
    }
    findings
}

fn follow(tree: &Tree, page: &str, target: &str) -> Result<(), String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return Ok(());
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = if file.is_empty() {
        page.to_owned()
    } else {
        resolve(page, file).ok_or_else(|| format!("`{target}` leads out of the project"))?
    };
    if !tree.has(&file) {
        return Err(format!("`{target}` leads to no file"));
    }
    let Some(text) = tree
        .text(&file)
        .filter(|_| !anchor.is_empty() && is_page(&file))
    else {
        return Ok(());
    };
    let exists = markdown::headings(text)
        .iter()
        .any(|heading| markdown::anchor(heading.title) == anchor);
    if exists {
        Ok(())
    } else {
        Err(format!("`{target}` leads to no heading of `{file}`"))
    }
}

fn is_page(file: &str) -> bool {
    std::path::Path::new(file)
        .extension()
        .is_some_and(|extension| extension == "md")
}

/// The path from the root that a relative link on a page means; None if it climbs too high.
fn resolve(page: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = match link.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => page.split('/').collect(),
    };
    // The page's own name.
    parts.pop();
    for part in link
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
    {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(link: &str) -> Vec<String> {
        let text = format!("# A page\n\nSee [this]({link}).\n");
        let tree = Tree::of(&[
            ("docs/a.md", &text),
            ("docs/b.md", "# Second `x`\n"),
            ("c.rs", ""),
        ]);
        find(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn links_that_lead_somewhere_are_fine() {
        for link in [
            "b.md",
            "./b.md#second-x",
            "../c.rs",
            "../docs",
            "/c.rs",
            "#a-page",
            "https://x.org/y",
        ] {
            assert_eq!(check(link), [""; 0], "{link}");
        }
    }

    #[test]
    fn files_that_a_page_names_are_there() {
        let check = |name: &str| {
            let text = format!("# A page\n\nSee `{name}`.\n");
            let tree = Tree::of(&[("docs/a.md", &text), ("crates/ids/src/lib.rs", "")]);
            find(&tree)
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        for name in [
            "crates/ids/src/lib.rs",
            "crates/ids/",
            "docs/<name>.md",
            "cargo test",
        ] {
            assert_eq!(check(name), [""; 0], "{name}");
        }
        let gone = "docs/a.md:3: `crates/ids/src/gone.rs` is no file or folder";
        assert_eq!(check("crates/ids/src/gone.rs"), [gone]);
    }

    #[test]
    fn links_that_lead_nowhere_are_found() {
        assert_eq!(check("x.md"), ["docs/a.md:3: `x.md` leads to no file"]);
        assert_eq!(check("c.rs"), ["docs/a.md:3: `c.rs` leads to no file"]);
        assert_eq!(
            check("#gone"),
            ["docs/a.md:3: `#gone` leads to no heading of `docs/a.md`"]
        );
        assert_eq!(
            check("b.md#third"),
            ["docs/a.md:3: `b.md#third` leads to no heading of `docs/b.md`"]
        );
        assert_eq!(
            check("../../d"),
            ["docs/a.md:3: `../../d` leads out of the project"]
        );
    }
}
