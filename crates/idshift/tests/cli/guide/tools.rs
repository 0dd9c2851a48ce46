//! What the examples need: their blocks, and the programs that run them.
//!
//! Packages are not fetched by a test. `GUIDE_TOOLS` names a folder that has them:
//!
//! ```sh
//! npm install --prefix "$GUIDE_TOOLS" uuid@14 nanoid@5 ulid@3 typescript @types/node \
//!     @prisma/prisma-schema-wasm
//! python3 -m venv "$GUIDE_TOOLS/venv"
//! "$GUIDE_TOOLS/venv/bin/pip" install uuid6 uuid-utils
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The pages, from this package.
const PAGES: &str = "../../docs/guide";

/// A fenced block of a page.
pub(super) struct Block {
    pub(super) page: String,
    /// The word behind the fence: the language.
    pub(super) language: String,
    /// The second word: what it needs, or `no-run`.
    pub(super) needs: String,
    pub(super) text: String,
}

/// All blocks in this language that are to be run.
pub(super) fn blocks(language: &str) -> Vec<Block> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGES);
    let mut pages: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the guide is a part of the project")
        .map(|entry| entry.expect("a folder that can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    let found = pages.iter().flat_map(|path| of_page(path));
    found
        .filter(|block| block.language == language && block.needs != "no-run")
        .collect()
}

fn of_page(path: &Path) -> Vec<Block> {
    let text = fs::read_to_string(path).expect("a page is text");
    let page = path.file_name().expect("a file has a name");
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if let Some(info) = line.strip_prefix("```") {
            inside = !inside;
            if inside {
                let (language, needs) = info.split_once(' ').unwrap_or((info, ""));
                blocks.push(Block {
                    page: page.to_string_lossy().into_owned(),
                    language: language.to_owned(),
                    needs: needs.to_owned(),
                    text: String::new(),
                });
            }
        } else if let Some(block) = blocks.last_mut().filter(|_| inside) {
            block.text.push_str(line);
            block.text.push('\n');
        }
    }
    blocks
}

/// The folder with the packages, if the machine has one.
pub(super) fn folder() -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test asks what the machine has"
    )]
    let folder = std::env::var_os("GUIDE_TOOLS");
    folder.map(PathBuf::from)
}

/// Says what was left out, and why.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(super) fn skip(what: &str, why: &str) {
    eprintln!("SKIPPED: {what}: {why}");
}

/// Runs to a good end, or fails the test with everything that was said.
#[track_caller]
pub(super) fn succeed(command: &mut Command, what: &str) {
    let ran = command.output().expect("it was found before");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr)
    );
    assert!(ran.status.success(), "{what}:\n{said}");
    // Node's `console.assert` tells and goes on.
    assert!(!said.contains("Assertion failed"), "{what}:\n{said}");
}

/// Whether the program can be started.
pub(super) fn has(program: impl AsRef<std::ffi::OsStr>, argument: &str) -> bool {
    let ran = Command::new(program).arg(argument).output();
    ran.is_ok_and(|ran| ran.status.success())
}
