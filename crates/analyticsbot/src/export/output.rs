//! Where an export goes: standard output, or a file that is there whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Bytes written in one go.
const BUFFER_BYTES: usize = 256 * 1024;

/// A file in the making, under another name beside its own. Dropped before its end, it is gone.
pub(super) struct NewFile {
    file: BufWriter<File>,
    aside: PathBuf,
    path: PathBuf,
    finished: bool,
}

impl NewFile {
    /// Begins a file that will be at `path`.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let mut name = path.as_os_str().to_owned();
        // With the process's number, so that two exports to one name do not mix.
        name.push(format!(".{}.part", std::process::id()));
        let aside = PathBuf::from(name);
        let file = BufWriter::with_capacity(BUFFER_BYTES, File::create(&aside)?);
        Ok(Self {
            file,
            aside,
            path: path.to_owned(),
            finished: false,
        })
    }

    /// Puts the file where it belongs, in place of the one that was there.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        fs::rename(&self.aside, &self.path)?;
        self.finished = true;
        Ok(())
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.finished {
            // What cannot be removed is named as what it is, a part.
            fs::remove_file(&self.aside).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.csv");
        let names = || fs::read_dir(folder.path()).unwrap().count();
        let mut file = NewFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        assert!(!path.exists());
        drop(file);
        assert_eq!(names(), 0);
        fs::write(&path, "before").unwrap();
        let mut file = NewFile::create(&path).unwrap();
        file.write_all(b"whole").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"before");
        file.finish().unwrap();
        assert_eq!((fs::read(&path).unwrap(), names()), (b"whole".to_vec(), 1));
    }
}
