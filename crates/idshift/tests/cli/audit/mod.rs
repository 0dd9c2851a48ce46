//! `idshift audit`, `idshift rules` and `idshift explain`.

mod baseline;
mod discovery;
mod formats;
mod live;
mod pages;
mod status;
mod terminal;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::run::{Ran, command, run_in};

/// A table with a counted key.
pub(crate) const USERS: &str = "CREATE TABLE users (id serial PRIMARY KEY, name text);\n";

/// A table with a key that is as it should be.
pub(crate) const GOOD: &str = "CREATE TABLE notes (id uuid PRIMARY KEY, body text);\n";

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a system has temporary folders");
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    folder
}

pub(crate) fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().expect("a file lies in a folder"))
        .expect("a folder of its own");
    fs::write(file, text).expect("a folder of its own");
}

/// Runs `idshift audit` in a folder.
pub(crate) fn audit(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = command(&["audit"]);
    command.args(arguments).current_dir(folder);
    run_in(&mut command)
}
