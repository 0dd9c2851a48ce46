//! `idshift migrate prisma`: files, backups, refusals, places in the code, and Prisma's own word.

mod files;
mod places;
mod validator;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::run::{Ran, command, run_in};

/// A copy of `examples/prisma-shop`.
struct Shop(tempfile::TempDir);

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a system has temporary folders");
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/prisma-shop");
        for file in ["plan.toml", "prisma/schema.prisma", "src/orders.ts"] {
            let copy = folder.path().join(file);
            fs::create_dir_all(copy.parent().expect("a folder")).expect("the folder is ours");
            fs::copy(example.join(file), copy).expect("the example is a part of the project");
        }
        Self(folder)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    fn write(&self, file: &str, text: &str) {
        fs::create_dir_all(self.path(file).parent().expect("a folder")).expect("ours");
        fs::write(self.path(file), text).expect("ours");
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut whole = vec!["migrate", "prisma", "plan.toml"];
        whole.extend_from_slice(arguments);
        run_in(command(&whole).current_dir(self.0.path()))
    }

    /// What a run that must end well says to programs.
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.run(&[&["--json"], arguments].concat());
        assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
        serde_json::from_str(&ran.out).expect("one object")
    }
}
