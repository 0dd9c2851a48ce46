//! What is remembered of an import, so that it goes on where it was: a small file, replaced whole.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::piece::Place;
use super::source::Head;
use super::tally::Tally;
use crate::refusal::Refusal;

/// The form of the file; another one is not read.
const VERSION: u32 = 1;

/// How far an import has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    version: u32,
    /// What is imported, and how.
    pub(super) job: Job,
    /// Its size when it was last read, if it is a file.
    pub(super) size: Option<u64>,
    /// Plain bytes of it that are done.
    pub(super) offset: u64,
    /// Lines of it that are done.
    pub(super) line: u64,
    /// Bytes of the file of rejects that belong to them.
    pub(super) reject_bytes: u64,
    /// What became of them.
    pub(super) tally: Tally,
}

/// What must be the same when an import goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Job {
    /// The path as it was given, or `-`.
    pub(super) input: String,
    /// How it begins.
    pub(super) head: Head,
    /// The id of the project.
    pub(super) project_id: String,
    /// `ndjson` or `csv`.
    pub(super) format: String,
    /// What was given as `--map`.
    pub(super) maps: Vec<String>,
}

impl State {
    /// Nothing is done yet.
    pub(super) fn new(job: Job, size: Option<u64>) -> Self {
        Self {
            version: VERSION,
            job,
            size,
            offset: 0,
            line: 0,
            reject_bytes: 0,
            tally: Tally::default(),
        }
    }

    /// Where to go on.
    pub(super) const fn place(&self) -> Place {
        Place {
            offset: self.offset,
            line: self.line,
        }
    }

    /// Reads the file. None if it is not there.
    pub(super) fn read(path: &Path) -> anyhow::Result<Option<Self>> {
        let doing = || format!("read the state file `{}`", path.display());
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(doing),
        };
        let state: Option<Self> = serde_json::from_slice(&text).ok();
        match state.filter(|state| state.version == VERSION) {
            Some(state) => Ok(Some(state)),
            None => Err(unreadable(path).into()),
        }
    }

    /// Replaces the file, so that there is the old one or the new one at any moment.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let write = || -> io::Result<()> {
            let aside = aside(path);
            let mut file = File::create(&aside)?;
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            file.write_all(b"\n")?;
            file.sync_data()?;
            fs::rename(&aside, path)
        };
        write().with_context(|| format!("write the state file `{}`", path.display()))
    }
}

/// Where the state of importing `input` into the project with this slug is kept: beside it.
pub(super) fn beside(input: &Path, slug: &str) -> PathBuf {
    let mut name = input.as_os_str().to_owned();
    name.push(format!(".{slug}.import-state"));
    PathBuf::from(name)
}

fn aside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn unreadable(path: &Path) -> Refusal {
    let message = format!("`{}` is not the state of an import", path.display());
    Refusal::new("bad_state", message)
        .hint("remove it to begin again: what is stored already is found out and not stored twice")
}

/// The import that the file tells of is not this one.
pub(super) fn of_another(path: &Path, what: &str) -> Refusal {
    let message = format!(
        "`{}` is the state of another import: {what}",
        path.display()
    );
    Refusal::new("other_state", message)
        .hint("remove it to begin again, or name another one with --state")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_back_and_anything_else_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = beside(&folder.path().join("a.ndjson"), "shop");
        assert!(path.ends_with("a.ndjson.shop.import-state"));
        assert_eq!(State::read(&path).unwrap(), None);
        let job = Job {
            input: "a.ndjson".to_owned(),
            head: Head {
                bytes: 3,
                sha256: "00".to_owned(),
            },
            project_id: "p".to_owned(),
            format: "csv".to_owned(),
            maps: vec!["a=b".to_owned()],
        };
        let mut state = State::new(job, Some(9));
        for offset in [0, 7] {
            state.offset = offset;
            state.write(&path).unwrap();
            assert_eq!(State::read(&path).unwrap().as_ref(), Some(&state));
        }
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
        let text = fs::read_to_string(&path).unwrap();
        for bad in ["", "{}", &text.replace("\"version\": 1", "\"version\": 2")] {
            fs::write(&path, bad).unwrap();
            assert!(State::read(&path).is_err(), "{bad}");
        }
    }
}
