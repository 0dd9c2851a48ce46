//! The files that checks look at, read once.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::source::Source;

/// Folders that hold what is built, fetched or found, wherever they are.
const SKIPPED: [&str; 5] = ["target", "node_modules", "corpus", "artifacts", "coverage"];

/// Hidden folders that belong to the project.
const HIDDEN: [&str; 3] = [".cargo", ".ci", ".config"];

/// All files of the project, by their path from its root, with `/` between the parts.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The text of those that are read; None for the others.
    files: BTreeMap<String, Option<String>>,
    sources: OnceCell<Vec<Source>>,
}

impl Tree {
    /// Reads the Rust, Markdown and TOML files below `root` and notes the names of the others.
    pub(super) fn load(root: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            let context = || format!("failed to read `{}`", folder.display());
            for entry in folder.read_dir().with_context(context)? {
                let entry = entry.with_context(context)?;
                let name = entry.file_name().to_string_lossy().into_owned();
                let path = entry.path();
                if path.is_dir() {
                    let at_root = folder == root;
                    if !is_skipped(&name, at_root) {
                        folders.push(path);
                    }
                    continue;
                }
                let short = path.strip_prefix(root).expect("the walk began at `root`");
                let text = if is_read(&name) {
                    let context = || format!("failed to read `{}`", path.display());
                    Some(fs::read_to_string(&path).with_context(context)?)
                } else {
                    None
                };
                files.insert(short.to_string_lossy().replace('\\', "/"), text);
            }
        }
        Ok(Self {
            files,
            sources: OnceCell::new(),
        })
    }

    /// A tree of these files, for tests of checks.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned())));
        Self {
            files: files.collect(),
            sources: OnceCell::new(),
        }
    }

    /// Whether there is a file or a folder of this name.
    pub(super) fn has(&self, path: &str) -> bool {
        let below = format!("{}/", path.trim_end_matches('/'));
        path.is_empty()
            || self.files.contains_key(path)
            || self.files.keys().any(|file| file.starts_with(&below))
    }

    /// The text of one file, if there is such a file and it is one that is read.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// The paths of all files.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Path and text of the files with this extension.
    pub(super) fn with_extension(&self, extension: &str) -> impl Iterator<Item = (&str, &str)> {
        let ending = format!(".{extension}");
        self.files
            .iter()
            .filter(move |(path, _)| path.ends_with(&ending))
            .filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// The Rust files, parsed.
    pub(super) fn sources(&self) -> &[Source] {
        self.sources.get_or_init(|| {
            self.with_extension("rs")
                .map(|(path, text)| Source::parse(path, text))
                .collect()
        })
    }
}

fn is_skipped(folder: &str, at_root: bool) -> bool {
    let hidden = folder.starts_with('.') && !HIDDEN.contains(&folder);
    hidden || SKIPPED.contains(&folder) || (at_root && folder == "data")
}

fn is_read(file: &str) -> bool {
    Path::new(file)
        .extension()
        .is_some_and(|extension| extension == "rs" || extension == "md" || extension == "toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_walk_reads_what_is_ours_and_skips_what_is_built() {
        let root = tempfile::tempdir().unwrap();
        let files = [
            "a.md",
            "src/a.rs",
            "src/data/b.rs",
            "data/c.md",
            "target/d.rs",
            ".git/e.toml",
            "f.png",
        ];
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        }
        let tree = Tree::load(root.path()).unwrap();
        let paths: Vec<&str> = tree.paths().collect();
        assert_eq!(paths, ["a.md", "f.png", "src/a.rs", "src/data/b.rs"]);
        assert_eq!(tree.text("src/a.rs"), Some("text"));
        assert_eq!(tree.text("f.png"), None);
        assert!(tree.has("src") && tree.has("src/data/") && tree.has("f.png"));
        assert!(!tree.has("sr") && !tree.has("target"));
    }
}
