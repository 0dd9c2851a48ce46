//! The file of refused records: NDJSON, in the order of the input, cut back to what is certain when
//! an import goes on.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::piece::Reject;

/// The file, open at its end.
pub(super) struct Rejects {
    file: File,
    bytes: u64,
}

impl Rejects {
    /// Opens the file and cuts it back to its first `bytes`; creates it if it is not there.
    pub(super) fn open(path: &Path, bytes: u64) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        // It may be shorter: somebody took it away.
        let bytes = file.metadata()?.len().min(bytes);
        file.set_len(bytes)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self { file, bytes })
    }

    /// Appends lines, so that they are on disk before anything says that they are.
    pub(super) fn append(&mut self, rejects: &[Reject]) -> io::Result<u64> {
        if rejects.is_empty() {
            return Ok(self.bytes);
        }
        let mut text = Vec::new();
        for reject in rejects {
            serde_json::to_writer(&mut text, reject)?;
            text.push(b'\n');
        }
        self.file.write_all(&text)?;
        self.file.sync_data()?;
        self.bytes += text.len() as u64;
        Ok(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reject(line: u64) -> Reject {
        Reject {
            line,
            code: "missing_name",
            field: None,
            message: "the event has no name".to_owned(),
            input: "{}".to_owned(),
        }
    }

    #[test]
    fn what_is_not_certain_is_cut_off_and_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rejects");
        let mut first = Rejects::open(&path, 99).unwrap();
        let certain = first.append(&[reject(1)]).unwrap();
        first.append(&[reject(2), reject(3)]).unwrap();
        let mut second = Rejects::open(&path, certain).unwrap();
        let bytes = second.append(&[reject(2)]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!((text.len() as u64, text.lines().count()), (bytes, 2));
        assert!(
            text.starts_with(r#"{"line":1,"code":"missing_name","field":null,"#),
            "{text}"
        );
    }
}
