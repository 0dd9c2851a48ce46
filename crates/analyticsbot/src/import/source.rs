//! The input as one stream of plain bytes: a file or standard input, expanded if it is compressed.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use sha2::{Digest as _, Sha256};

/// Bytes at the beginning by which an input is known again.
const HEAD_BYTES: usize = 64 * 1024;

/// Bytes read in one go.
const BUFFER_BYTES: usize = 256 * 1024;

/// The largest window that a zstd file may ask for: what `zstd --long` uses without a number.
const ZSTD_WINDOW_BYTES_MAX: u64 = 128 << 20;

/// The argument that stands for standard input.
pub(super) const STDIN: &str = "-";

/// An input that is open.
pub(super) struct Source {
    /// The plain bytes, from the first.
    pub(super) bytes: Box<dyn BufRead + Send>,
    /// The first [`HEAD_BYTES`] of them, or all.
    pub(super) head: Vec<u8>,
    /// How far the file itself was read.
    pub(super) read: Arc<AtomicU64>,
    /// The size of the file itself, if it is one.
    pub(super) size: Option<u64>,
}

/// By what an input is known again: its size may grow, its beginning stays.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Head {
    /// How many bytes the digest is of.
    pub(super) bytes: usize,
    /// SHA-256 in hexadecimal digits.
    pub(super) sha256: String,
}

impl Source {
    /// Opens a file, or standard input for `-`.
    pub(super) fn open(input: &Path) -> io::Result<Self> {
        if input.as_os_str() == STDIN {
            return Self::over(io::stdin(), None);
        }
        let file = File::open(input)?;
        let metadata = file.metadata()?;
        let size = metadata.is_file().then_some(metadata.len());
        Self::over(file, size)
    }

    fn over(raw: impl Read + Send + 'static, size: Option<u64>) -> io::Result<Self> {
        let read = Arc::new(AtomicU64::new(0));
        let raw = Counted {
            raw,
            read: read.clone(),
        };
        let (magic, raw) = peek(raw, 4)?;
        let raw = BufReader::with_capacity(BUFFER_BYTES, raw);
        let plain: Box<dyn Read + Send> = match magic[..] {
            [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(raw)),
            [0x28, 0xb5, 0x2f, 0xfd] => Box::new(ZstdFrames::new(raw)),
            _ => Box::new(raw),
        };
        let (head, plain) = peek(plain, HEAD_BYTES)?;
        Ok(Self {
            bytes: Box::new(BufReader::with_capacity(BUFFER_BYTES, plain)),
            head,
            read,
            size,
        })
    }

    /// By what it is known.
    pub(super) fn head(&self) -> Head {
        head_of(&self.head)
    }

    /// Whether it begins as the one with this head did.
    pub(super) fn begins_with(&self, head: &Head) -> bool {
        let bytes = self.head.get(..head.bytes);
        bytes.is_some_and(|bytes| head_of(bytes) == *head)
    }
}

fn head_of(bytes: &[u8]) -> Head {
    let digest = Sha256::digest(bytes);
    Head {
        bytes: bytes.len(),
        sha256: hexadecimal(&digest),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    let digits = bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    digits.collect()
}

/// A reader and what was read of it already.
type Peeked<R> = Chain<Cursor<Vec<u8>>, R>;

/// The first `count` bytes, and a reader of all.
fn peek<R: Read>(mut reader: R, count: usize) -> io::Result<(Vec<u8>, Peeked<R>)> {
    let mut head = Vec::new();
    reader.by_ref().take(count as u64).read_to_end(&mut head)?;
    Ok((head.clone(), Cursor::new(head).chain(reader)))
}

/// Counts what goes through.
struct Counted<R> {
    raw: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.read(buffer)?;
        // A figure for a progress bar: nothing is ordered by it.
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Expands zstd frames one behind the other; the decoder itself stops at the end of the first.
enum ZstdFrames<R: BufRead> {
    Between(Option<R>),
    Within(Box<StreamingDecoder<R, FrameDecoder>>),
}

impl<R: BufRead> ZstdFrames<R> {
    fn new(raw: R) -> Self {
        Self::Between(Some(raw))
    }

    /// Begins the next frame; false at the end.
    fn begin(&mut self) -> io::Result<bool> {
        let Self::Between(raw) = self else {
            return Ok(true);
        };
        let Some(mut raw) = raw.take() else {
            return Ok(false);
        };
        if raw.fill_buf()?.is_empty() {
            return Ok(false);
        }
        let mut frame = FrameDecoder::new();
        frame.set_max_window_size(ZSTD_WINDOW_BYTES_MAX);
        let decoder = StreamingDecoder::new_with_decoder(raw, frame).map_err(io::Error::other)?;
        *self = Self::Within(Box::new(decoder));
        Ok(true)
    }
}

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.begin()? {
            let Self::Within(decoder) = self else {
                break;
            };
            let read = decoder.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Self::Within(decoder) = std::mem::replace(self, Self::Between(None)) else {
                break;
            };
            let (raw, frame) = decoder.into_parts();
            let counted = frame.get_calculated_checksum();
            if frame
                .get_checksum_from_data()
                .is_some_and(|written| Some(written) != counted)
            {
                return Err(io::Error::other(
                    "the check sum of a zstd frame does not fit",
                ));
            }
            *self = Self::Between(Some(raw));
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        compress_to_vec(bytes, CompressionLevel::Fastest)
    }

    fn read(raw: Vec<u8>) -> io::Result<(Vec<u8>, Head)> {
        let mut source = Source::over(Cursor::new(raw), None)?;
        let mut plain = Vec::new();
        source.bytes.read_to_end(&mut plain)?;
        Ok((plain, source.head()))
    }

    #[test]
    fn a_compressed_input_is_the_same_input() {
        let text: Vec<u8> = (0..40_000).flat_map(|n: u32| n.to_be_bytes()).collect();
        let (front, back) = text.split_at(90_000);
        for raw in [
            text.clone(),
            gzip(&text),
            [gzip(front), gzip(back)].concat(),
            zstd(&text),
            [zstd(front), zstd(back)].concat(),
        ] {
            let (plain, head) = read(raw).unwrap();
            assert!(plain == text);
            assert_eq!(
                (head.bytes, head),
                (HEAD_BYTES, head_of(&text[..HEAD_BYTES]))
            );
        }
        assert_eq!(read(Vec::new()).unwrap().0, b"");
    }

    #[test]
    fn a_damaged_input_is_an_error() {
        for raw in [gzip(&vec![7; 500_000]), zstd(&vec![7; 500_000])] {
            let cut = raw[..raw.len() / 2].to_vec();
            assert!(read(cut).is_err());
            let mut bent = raw;
            let last = bent.len() - 2;
            bent[last] ^= 0x55;
            assert!(read(bent).is_err());
        }
    }

    #[test]
    fn an_input_that_grew_is_known_again() {
        let source = |bytes: &[u8]| Source::over(Cursor::new(bytes.to_vec()), None).unwrap();
        let head = source(b"one\ntwo\n").head();
        assert!(source(b"one\ntwo\nthree\n").begins_with(&head));
        assert!(!source(b"one\ntwx\nthree\n").begins_with(&head));
        assert!(!source(b"one\ntw").begins_with(&head));
    }
}
