//! Reads and writes the files of a schema: a backup first, then each file in one piece.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use migrate::prisma::Rewrite;
use schema::Source;

use super::source;
use crate::refusal::Refusal;

/// What a backup is called: the file's name and this.
const SUFFIX: &str = ".before-idshift";

/// What a file is called until it is whole.
const PARTIAL: &str = ".idshift-partial";

/// A file that was written.
pub(super) struct Written {
    pub(super) path: String,
    /// What the file was is kept here.
    pub(super) backup: Option<String>,
}

/// Reads the files.
pub(super) fn read(files: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
    files.iter().map(|file| one(file)).collect()
}

/// Reads the backups that there are.
pub(super) fn backups(files: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
    let backups = files.iter().map(|file| beside(file, SUFFIX));
    backups
        .filter(|backup| backup.exists())
        .map(|backup| one(&backup))
        .collect()
}

fn one(file: &Path) -> anyhow::Result<Source> {
    let bytes = fs::read(file).map_err(failed("read", file))?;
    source(&shown(file), bytes)
}

fn shown(file: &Path) -> String {
    file.display().to_string()
}

fn failed<'a>(what: &'a str, file: &'a Path) -> impl FnOnce(io::Error) -> Refusal + 'a {
    move |error| {
        let file = file.display();
        Refusal::new("failed", format!("failed to {what} `{file}`: {error}"))
    }
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(file.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}

/// Writes all files that change. On the way there each is kept as it was; on the way back, what was
/// kept goes once the file is the same again.
pub(super) fn write(
    files: &[PathBuf],
    rewrite: &Rewrite,
    back: bool,
) -> anyhow::Result<Vec<Written>> {
    let changed = files
        .iter()
        .zip(&rewrite.files)
        .filter_map(|(file, rewritten)| rewritten.text.as_deref().map(|text| (file, text)));
    let changed: Vec<(&PathBuf, &str)> = changed.collect();
    if !back {
        // All of them before the first file changes.
        for (file, _) in &changed {
            keep(file)?;
        }
    }
    let mut written = Vec::new();
    for (file, text) in changed {
        replace(file, text.as_bytes())?;
        let backup = beside(file, SUFFIX);
        if back && fs::read(&backup).is_ok_and(|kept| kept == text.as_bytes()) {
            fs::remove_file(&backup).map_err(failed("remove", &backup))?;
        }
        let backup = backup.exists().then(|| shown(&backup));
        written.push(Written {
            path: shown(file),
            backup,
        });
    }
    Ok(written)
}

/// Keeps a file as it is. What was kept earlier is never written over.
fn keep(file: &Path) -> anyhow::Result<()> {
    let bytes = fs::read(file).map_err(failed("read", file))?;
    let backup = beside(file, SUFFIX);
    match fs::read(&backup) {
        Ok(kept) if kept == bytes => Ok(()),
        Ok(_) => {
            let (file, backup) = (file.display(), backup.display());
            let text = format!("failed to keep `{file}`: `{backup}` is there, with another text");
            let hint = "move that file away; it is the schema before an earlier rewriting";
            Err(Refusal::new("failed", text).hint(hint).into())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => replace(&backup, &bytes),
        Err(error) => Err(failed("read", &backup)(error).into()),
    }
}

/// Puts a whole file in the place of another, with its rights; whoever reads sees one of the two.
fn replace(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    // A link stays one: what it leads to is replaced.
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf());
    let partial = beside(&file, PARTIAL);
    let write = || -> io::Result<()> {
        let mut out = File::create(&partial)?;
        out.write_all(bytes)?;
        if let Ok(there) = fs::metadata(&file) {
            out.set_permissions(there.permissions())?;
        }
        out.sync_all()?;
        fs::rename(&partial, &file)
    };
    Ok(write().map_err(failed("write", &file))?)
}
