//! Reads files, replaces them whole or not at all, and keeps what was there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::refusal::Refusal;

/// Bytes of a file that is read; no file of these comes near.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Backups of one file in one second.
const BACKUPS_MAX: u32 = 100;

/// The file's bytes; None if there is none.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, Refusal> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return dangling(path).map(|()| None);
        }
        Err(error) => return Err(failed("read", path, &error)),
    };
    let mut bytes = Vec::new();
    let limit = FILE_BYTES_MAX + 1;
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| failed("read", path, &error))?;
    if bytes.len() as u64 == limit {
        let path = path.display();
        let message = format!("failed to read `{path}`: it is longer than {FILE_BYTES_MAX} bytes");
        return Err(Refusal::new("failed", message));
    }
    Ok(Some(bytes))
}

/// Refuses a link that leads nowhere: what it was meant to lead to is not ours to guess.
fn dangling(path: &Path) -> Result<(), Refusal> {
    match fs::read_link(path) {
        Err(_) => Ok(()),
        Ok(target) => {
            let (path, target) = (path.display(), target.display());
            let message =
                format!("failed to read `{path}`: it is a link to `{target}`, which is gone");
            Err(Refusal::new("failed", message).hint("remove the link, or bring back its target"))
        }
    }
}

/// Puts `bytes` in the place of the file, in one step: a reader sees the old ones or the new ones,
/// also after a crash. Behind a link it is the link's target that changes.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Refusal> {
    let told = |error: io::Error| failed("write", path, &error);
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| failed("create", folder, &error))?;
    // A file that is there is found behind its links; a new one is where it is named.
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let draft = place.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = drafted(&draft, &place, bytes).and_then(|()| fs::rename(&draft, &place));
    if written.is_err() {
        // The reason is told; a draft that cannot be removed is told by its name, `.tmp`.
        fs::remove_file(&draft).ok();
    }
    written.map_err(told)?;
    settle(&place).map_err(told)
}

fn drafted(draft: &Path, place: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(draft)?;
    if let Ok(known) = fs::metadata(place) {
        file.set_permissions(known.permissions())?;
    }
    file.write_all(bytes)?;
    file.sync_all()
}

/// Writes the folder's entry to the disk, where that can be asked for.
fn settle(place: &Path) -> io::Result<()> {
    match place.parent() {
        Some(folder) if cfg!(unix) && !folder.as_os_str().is_empty() => {
            File::open(folder)?.sync_all()
        }
        _ => Ok(()),
    }
}

/// Copies the file to one beside it whose name ends with `.backup-` and the time.
pub(super) fn back_up(path: &Path, stamp: &str) -> Result<PathBuf, Refusal> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    for count in 1..=BACKUPS_MAX {
        let number = if count == 1 {
            String::new()
        } else {
            format!("-{count}")
        };
        let backup = path.with_file_name(format!("{name}.backup-{stamp}{number}"));
        if fs::symlink_metadata(&backup).is_ok() {
            continue;
        }
        let bytes = read(path)?.unwrap_or_default();
        write(&backup, &bytes)?;
        return Ok(backup);
    }
    let path = path.display();
    let message = format!("failed to back up `{path}`: {BACKUPS_MAX} backups in one second");
    Err(Refusal::new("failed", message))
}

/// Removes the file, and the folder if `with_folder` and nothing else is in it.
pub(super) fn remove(path: &Path, with_folder: bool) -> Result<(), Refusal> {
    fs::remove_file(path).map_err(|error| failed("remove", path, &error))?;
    let Some(folder) = path.parent().filter(|_| with_folder) else {
        return Ok(());
    };
    match fs::remove_dir(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        Err(error) => Err(failed("remove", folder, &error)),
    }
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Refusal {
    let path = path.display();
    let refusal = Refusal::new("failed", format!("failed to {what} `{path}`: {error}"));
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            refusal.hint("name a folder that you may write to with `--dir`")
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            refusal.hint("make room and run it again: this file was left as it was")
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => {
            refusal.hint("a file stands where a folder is wanted, or the other way round")
        }
        _ => refusal,
    }
}
