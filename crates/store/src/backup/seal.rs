//! The last bytes of a backup: a mark and a digest of everything before, so that a file that was
//! cut off or changed in any bit is known for one.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::Digest;

const MARK: &[u8; 8] = b"ANBTBKP1";

/// The mark and the digest. SQLite does not mind bytes behind the pages that its header counts.
const SEAL_BYTES: u64 = 8 + 32;

/// The file is read in pieces of this size.
const PIECE_BYTES: usize = 256 << 10;

/// What a seal says of its file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    /// Every byte is as it was written.
    Whole,
    /// There is no mark at the end: it was cut off, or is no backup.
    Missing,
    /// The bytes are not those that were sealed.
    Broken,
}

/// Appends the seal and syncs the file.
pub(super) fn seal(path: &Path) -> std::io::Result<()> {
    let bytes = fs::metadata(path)?.len();
    let digest = digest_of(path, bytes)?;
    let mut file = OpenOptions::new().append(true).open(path)?;
    file.write_all(MARK)?;
    file.write_all(&digest)?;
    file.sync_all()
}

/// Reads the whole file.
pub(super) fn look(path: &Path) -> std::io::Result<Sealed> {
    let mut file = File::open(path)?;
    let Some(bytes) = file.metadata()?.len().checked_sub(SEAL_BYTES) else {
        return Ok(Sealed::Missing);
    };
    file.seek(SeekFrom::Start(bytes))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    let Some(digest) = end.strip_prefix(MARK) else {
        return Ok(Sealed::Missing);
    };
    if digest_of(path, bytes)? == digest {
        Ok(Sealed::Whole)
    } else {
        Ok(Sealed::Broken)
    }
}

fn digest_of(path: &Path, bytes: u64) -> std::io::Result<Digest> {
    let mut rest = BufReader::new(File::open(path)?).take(bytes);
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match rest.read(&mut piece)? {
            0 => return Ok(hash.finalize().into()),
            filled => hash.update(&piece[..filled]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_and_every_length_is_held() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, b"some bytes").unwrap();
        assert_eq!(look(&path).unwrap(), Sealed::Missing);
        seal(&path).unwrap();
        assert_eq!(look(&path).unwrap(), Sealed::Whole);
        let whole = fs::read(&path).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, changed).unwrap();
            assert_ne!(look(&path).unwrap(), Sealed::Whole, "bit {bit}");
        }
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            assert_ne!(look(&path).unwrap(), Sealed::Whole, "{length} bytes");
        }
    }
}
