//! Finds the programs of a PostgreSQL server on this machine.
//!
//! `xtask` compiles this very file as well, so that the command that installs what is missing and
//! the tests that need it agree about where it is looked for. It therefore uses `std` only.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest major version that the product supports.
pub(crate) const VERSION_MIN: u32 = 13;

/// The environment variable that names the folder of the programs and ends the search.
pub(crate) const FOLDER_VARIABLE: &str = "TESTKIT_POSTGRES_BIN";

/// All that a throwaway server needs; they come in one folder.
const NAMES: [&str; 4] = ["postgres", "initdb", "createdb", "dropdb"];

/// The programs of one PostgreSQL installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Programs {
    /// The folder that holds `postgres`, `initdb`, `createdb` and `dropdb`.
    pub(crate) folder: PathBuf,
    /// The major version, such as 15.
    pub(crate) version: u32,
}

/// Where to look.
#[derive(Debug, Clone, Default)]
pub(crate) struct Search {
    /// The folder somebody named. If there is one, no other is looked at.
    pub(crate) named: Option<PathBuf>,
    /// The value of `PATH`.
    pub(crate) path: OsString,
    /// Folders whose children belong to one version each: `/usr/lib/postgresql` holds `15`, `17`;
    /// `/usr` holds `pgsql-15`, `pgsql-17`.
    pub(crate) parents: Vec<PathBuf>,
}

impl Search {
    /// The search that the environment of this process asks for.
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are configured by their environment"
    )]
    pub(crate) fn of_this_machine() -> Self {
        Self {
            named: std::env::var_os(FOLDER_VARIABLE)
                .filter(|folder| !folder.is_empty())
                .map(PathBuf::from),
            path: std::env::var_os("PATH").unwrap_or_default(),
            parents: vec![PathBuf::from("/usr/lib/postgresql"), PathBuf::from("/usr")],
        }
    }

    /// The first installation that is complete and new enough, else why there is none.
    pub(crate) fn find(&self) -> Result<Programs, String> {
        if let Some(folder) = &self.named {
            return installation(folder).map_err(|why| {
                format!(
                    "`{}`, which {FOLDER_VARIABLE} names: {why}",
                    folder.display()
                )
            });
        }
        let mut refused = Vec::new();
        for folder in std::env::split_paths(&self.path).chain(self.installed()) {
            if !folder.join("postgres").is_file() {
                continue;
            }
            match installation(&folder) {
                Ok(programs) => return Ok(programs),
                Err(why) => refused.push(format!("; `{}`: {why}", folder.display())),
            }
        }
        Err(format!(
            "no PostgreSQL {VERSION_MIN} or later in PATH, /usr/lib/postgresql/*/bin or \
             /usr/pgsql-*/bin{}",
            refused.concat(),
        ))
    }

    /// The `bin` folders of the versions below `parents`, newest first.
    fn installed(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for parent in &self.parents {
            // A parent that does not exist is the usual case: it belongs to another distribution.
            for child in fs::read_dir(parent).into_iter().flatten().flatten() {
                let name = child.file_name();
                let name = name.to_string_lossy();
                if let Ok(version) = name.strip_prefix("pgsql-").unwrap_or(&name).parse::<u32>() {
                    found.push((version, child.path().join("bin")));
                }
            }
        }
        found.sort();
        found.into_iter().rev().map(|(_, folder)| folder).collect()
    }
}

/// Holds one folder against what is needed.
fn installation(folder: &Path) -> Result<Programs, String> {
    let postgres = folder.join("postgres");
    // A folder on `PATH` may hold links to some of the programs: the real one holds them all.
    let real = postgres
        .canonicalize()
        .map_err(|error| format!("no `postgres` in it: {error}"))?;
    let folder = real.parent().unwrap_or(folder);
    if let Some(name) = NAMES.iter().find(|name| !folder.join(name).is_file()) {
        return Err(format!("no `{name}` in it"));
    }
    let output = Command::new(&real)
        .arg("--version")
        .output()
        .map_err(|error| format!("`postgres` does not run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = major_version(&text)
        .ok_or_else(|| format!("`postgres --version` says `{}`", text.trim()))?;
    if version < VERSION_MIN {
        return Err(format!("version {version} is older than {VERSION_MIN}"));
    }
    Ok(Programs {
        folder: folder.to_owned(),
        version,
    })
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` is 15; `17beta1` is 17.
fn major_version(text: &str) -> Option<u32> {
    let number = text.split_once("(PostgreSQL) ")?.1;
    let end = number
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(number.len());
    number[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A folder with stand-ins for the programs, of which `postgres` prints the version.
    fn fake(parent: &Path, name: &str, version: &str) -> PathBuf {
        let folder = parent.join(name).join("bin");
        fs::create_dir_all(&folder).unwrap();
        for program in NAMES {
            let text = format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n");
            fs::write(folder.join(program), text).unwrap();
            fs::set_permissions(folder.join(program), fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    #[test]
    fn versions_are_read() {
        assert_eq!(
            major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0)\n"),
            Some(15)
        );
        assert_eq!(major_version("postgres (PostgreSQL) 17beta1"), Some(17));
        assert_eq!(major_version("postgres (PostgreSQL) x"), None);
        assert_eq!(major_version("mysqld 8.0"), None);
    }

    #[test]
    fn the_newest_installed_version_is_found() {
        let root = tempfile::tempdir().unwrap();
        fake(root.path(), "9", "9.6.24");
        fake(root.path(), "14", "14.2");
        let newest = fake(root.path(), "pgsql-16", "16.1");
        let search = Search {
            parents: vec![root.path().to_owned()],
            ..Search::default()
        };
        assert_eq!(
            search.find(),
            Ok(Programs {
                folder: newest,
                version: 16
            })
        );
    }

    #[test]
    fn path_comes_first_but_not_with_a_version_that_is_too_old() {
        let root = tempfile::tempdir().unwrap();
        let old = fake(root.path(), "old", "12.1");
        let good = fake(root.path(), "good", "13.0");
        fake(root.path(), "18", "18.0");
        let search = Search {
            path: std::env::join_paths([&old, &good]).unwrap(),
            parents: vec![root.path().to_owned()],
            ..Search::default()
        };
        assert_eq!(
            search.find(),
            Ok(Programs {
                folder: good,
                version: 13
            })
        );
    }

    #[test]
    fn the_named_folder_is_the_only_one_looked_at() {
        let root = tempfile::tempdir().unwrap();
        fake(root.path(), "18", "18.0");
        let search = Search {
            named: Some(root.path().join("nowhere")),
            parents: vec![root.path().to_owned()],
            ..Search::default()
        };
        let why = search.find().unwrap_err();
        assert!(
            why.contains("nowhere") && why.contains("no `postgres` in it"),
            "{why}"
        );
    }

    #[test]
    fn the_refusal_names_what_was_found_and_why_it_does_not_do() {
        let root = tempfile::tempdir().unwrap();
        let old = fake(root.path(), "12", "12.9");
        let partial = fake(root.path(), "15", "15.1");
        fs::remove_file(partial.join("initdb")).unwrap();
        let search = Search {
            parents: vec![root.path().to_owned()],
            ..Search::default()
        };
        let why = search.find().unwrap_err();
        assert!(why.contains("no PostgreSQL 13 or later"), "{why}");
        assert!(
            why.contains(&format!("`{}`: version 12 is older", old.display())),
            "{why}"
        );
        assert!(
            why.contains(&format!("`{}`: no `initdb` in it", partial.display())),
            "{why}"
        );
    }
}
