//! Finds the files of the Prisma schema, where Prisma looks for them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::refusal::Refusal;

/// More files than this are no schema.
const FILES_MAX: usize = 5_000;

/// Folders below the schema's that are entered.
const DEPTH_MAX: usize = 16;

/// Where a schema lies if nobody says so.
const USUAL: [&str; 3] = ["prisma/schema", "prisma", "schema.prisma"];

/// The files of one schema, in order.
pub(super) fn find(given: Option<&Path>) -> anyhow::Result<Vec<PathBuf>> {
    if let Some(path) = given {
        return below(path);
    }
    for path in of_package().into_iter().chain(USUAL.map(PathBuf::from)) {
        if path.exists() {
            let files = below(&path)?;
            if !files.is_empty() {
                return Ok(files);
            }
        }
    }
    let text = "failed to find a Prisma schema below this folder";
    Err(Refusal::new("failed", text)
        .hint("name it: `--schema prisma/schema.prisma`")
        .into())
}

/// `"prisma": {"schema": "..."}` of `package.json`.
fn of_package() -> Option<PathBuf> {
    // Without the file, or with one that is not understood, the usual places are looked at.
    let text = fs::read_to_string("package.json").ok()?;
    let package: Value = serde_json::from_str(&text).ok()?;
    Some(PathBuf::from(
        package.get("prisma")?.get("schema")?.as_str()?,
    ))
}

fn below(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if path.is_dir() {
        collect(path, 0, &mut files)?;
        files.sort();
    } else {
        files.push(path.to_path_buf());
    }
    Ok(files)
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let failed = |error: std::io::Error| {
        let folder = folder.display();
        Refusal::new("failed", format!("failed to read `{folder}`: {error}"))
    };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(failed)?);
        if kind.is_dir() && depth < DEPTH_MAX && entry.file_name() != "node_modules" {
            collect(&path, depth + 1, files)?;
        } else if kind.is_file() && path.extension().is_some_and(|it| it == "prisma") {
            files.push(path);
        }
        if files.len() > FILES_MAX {
            let folder = folder.display();
            let text = format!("failed to read `{folder}`: more than {FILES_MAX} schema files");
            return Err(Refusal::new("failed", text)
                .hint("name a folder with `--schema`")
                .into());
        }
    }
    Ok(())
}
