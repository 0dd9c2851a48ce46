//! What one durable append costs on the disk below the stores.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Result;
use crate::sample::Sample;

/// About an event and its share of a log.
const BYTES: usize = 512;

/// Appends and calls `fdatasync`, one after the other.
///
/// # Errors
///
/// If the disk refuses.
pub fn append_and_sync(folder: &Path, time: Duration) -> Result<Sample> {
    let path = folder.join("disk-floor");
    let mut file = File::create(&path)?;
    let block = [b'x'; BYTES];
    let mut sample = Sample::new()?;
    let start = Instant::now();
    while start.elapsed() < time {
        let begun = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        sample.record(begun.elapsed());
        sample.events += 1;
    }
    sample.time = start.elapsed();
    std::fs::remove_file(&path)?;
    Ok(sample)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_append_is_counted_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let sample = append_and_sync(folder.path(), Duration::from_millis(30)).unwrap();
        assert!(sample.events > 0 && sample.quantile_ms(0.5) > 0.0);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
