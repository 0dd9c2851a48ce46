//! Whether the disk has room, and who else may read the data.

use std::io;
use std::path::Path;

use serde_json::json;

use super::database::bytes_rounded;
use super::finding::Finding;

/// Less is a problem: it is gone in minutes.
const FREE_BYTES_MIN: u64 = 256 << 20;

/// Less is a warning.
const FREE_BYTES_LOW: u64 = 2 << 30;

/// Looks at the folder of a SQLite file.
pub(super) fn check(file: &Path) -> Vec<Finding> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // The folder is made by the first start: until then the disk is that of the one above it.
    let there = folder
        .ancestors()
        .find(|folder| folder.is_dir())
        .unwrap_or(Path::new("."));
    vec![disk(there), permissions(file, folder)]
}

fn disk(folder: &Path) -> Finding {
    match free_bytes(folder) {
        Ok(free) => of_free(free),
        Err(error) => {
            let message = format!("failed to ask how much is free: {error}");
            Finding::warning("disk", message)
        }
    }
}

fn of_free(free: u64) -> Finding {
    let message = format!("{} free", bytes_rounded(free));
    let hint = "make room, or move the database to a larger disk";
    let finding = match free {
        0..FREE_BYTES_MIN => Finding::problem("disk", message).hint(hint),
        FREE_BYTES_MIN..FREE_BYTES_LOW => Finding::warning("disk", message).hint(hint),
        _ => Finding::ok("disk", message),
    };
    finding.details(json!({ "free_bytes": free }))
}

#[cfg(unix)]
fn free_bytes(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    // For everybody, not for the administrator alone.
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_folder: &Path) -> io::Result<u64> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The file if it is there, else its folder, else nothing to say yet.
#[cfg(unix)]
fn permissions(file: &Path, folder: &Path) -> Finding {
    use rustix::fs::{Access, access};
    use std::os::unix::fs::PermissionsExt;
    let check = "permissions";
    let there = [file, folder].into_iter().find(|path| path.exists());
    let Some(path) = there else {
        return Finding::ok(check, "the folder will be made for its owner alone");
    };
    let shown = path.display();
    for path in [file, folder] {
        if path.exists() && access(path, Access::READ_OK | Access::WRITE_OK).is_err() {
            return Finding::problem(check, format!("`{}` cannot be written to", path.display()))
                .hint(
                    "run it as the owner of the data, or give the folder to the user it runs as",
                );
        }
    }
    // Whoever cannot enter the folder cannot read what is in it.
    let mode = |path: &Path| {
        path.metadata()
            .map(|metadata| metadata.permissions().mode())
    };
    match (mode(path), mode(folder)) {
        (Ok(file_mode), Ok(folder_mode)) if file_mode & folder_mode & 0o007 != 0 => {
            let message = format!("everybody on this machine can read `{shown}`");
            Finding::warning(check, message).hint(format!("chmod 700 {}", folder.display()))
        }
        (Ok(_), Ok(_)) => Finding::ok(check, format!("`{shown}` is its owner's")),
        (Err(error), _) | (_, Err(error)) => {
            Finding::problem(check, format!("failed to look at `{shown}`: {error}"))
        }
    }
}

#[cfg(not(unix))]
fn permissions(_file: &Path, _folder: &Path) -> Finding {
    Finding::ok("permissions", "not checked on this system")
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    #[test]
    fn little_room_is_a_warning_and_none_a_problem() {
        for (free, expected) in [
            (0, State::Problem),
            (FREE_BYTES_MIN, State::Warning),
            (FREE_BYTES_LOW, State::Ok),
        ] {
            assert_eq!(of_free(free).state, expected, "{free}");
        }
        assert!(free_bytes(Path::new("/")).unwrap() > 0);
    }
}
