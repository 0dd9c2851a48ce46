//! Opens a file again after the disk has failed, so that nothing rests on what may not be on disk.
//!
//! After a failed `fsync` the kernel may count pages as written that are not, and a new handle
//! still reads them from its memory. So the log is written again, byte for byte, and synced:
//! whatever the next commit stands on has then been through an `fsync` that succeeded. Pages of the
//! file itself need nothing of the kind: a checkpoint counts as done when the file was synced, and
//! what it has not done is in the log.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::append::{LAST_POSITION, READY};
use super::fault::fault;
use super::file;
use crate::{Config, Error};

const DOING: &str = "open the store again";

/// The log is rewritten in pieces of this size.
const PIECE_BYTES: usize = 256 << 10;

/// A writing connection that has committed, to a file that has everything up to `acknowledged`.
pub(super) fn reopen(path: &Path, config: &Config, acknowledged: i64) -> Result<Connection, Error> {
    let mut connection = file::open_to_write(path, config)?;
    // Nobody, in whatever process, adds to the log or begins it again while it is rewritten.
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(fault(DOING))?;
    rewrite(&file::log_of(path)).map_err(|error| Error::Unavailable {
        doing: DOING,
        why: error.to_string(),
    })?;
    let last: i64 = transaction
        .query_row(LAST_POSITION, (), |row| row.get(0))
        .map_err(fault(DOING))?;
    if last < acknowledged {
        return Err(Error::Corrupt {
            doing: DOING,
            table: "journal_state",
            column: "last_position".to_owned(),
            row: format!("{last}, but {acknowledged} was acknowledged"),
        });
    }
    transaction.execute(READY, ()).map_err(fault(DOING))?;
    transaction.commit().map_err(fault(DOING))?;
    Ok(connection)
}

/// Writes a file's bytes over themselves and syncs them. A crash midway changes nothing.
fn rewrite(path: &Path) -> std::io::Result<()> {
    let mut file = match OpenOptions::new().read(true).write(true).open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    let mut piece = vec![0; PIECE_BYTES];
    let mut at = 0;
    loop {
        file.seek(SeekFrom::Start(at))?;
        let bytes = read_piece(&mut file, &mut piece)?;
        if bytes == 0 {
            return file.sync_all();
        }
        file.seek(SeekFrom::Start(at))?;
        file.write_all(&piece[..bytes])?;
        at += bytes as u64;
    }
}

/// As many bytes as there are, up to a piece.
fn read_piece(file: &mut File, piece: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < piece.len() {
        match file.read(&mut piece[filled..])? {
            0 => break,
            bytes => filled += bytes,
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rewritten_file_has_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        rewrite(&path).unwrap();
        assert!(!path.exists(), "nothing is made of nothing");
        for size in [0, 1, PIECE_BYTES - 1, PIECE_BYTES, 2 * PIECE_BYTES + 7] {
            let bytes: Vec<u8> = (0..=250).cycle().take(size).collect();
            std::fs::write(&path, &bytes).unwrap();
            rewrite(&path).unwrap();
            assert!(std::fs::read(&path).unwrap() == bytes, "{size} bytes");
        }
    }
}
