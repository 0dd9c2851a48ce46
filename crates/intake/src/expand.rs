//! A body as it came over the wire to plain bytes: which compression it is, and how far it may
//! grow.
//!
//! What the bytes are decides, not what the headers say: browsers that send by `sendBeacon` cannot
//! set a `Content-Encoding`, proxies take bodies apart and leave the header on. The claim only
//! breaks ties between raw deflate and brotli, which have no mark of their own.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use brotli_decompressor::{BrotliDecoderParameter, Decompressor};
use event::{Code, Limits, Rejection, cut};
use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

/// The largest window that a zstd frame may ask for: what RFC 9659, section 3 lets a server expect.
/// Beyond, the frame is refused before the window is there.
pub const ZSTD_WINDOW_BYTES_MAX: u64 = 8 << 20;

/// Input that brotli's decoder reads ahead.
const READ_AHEAD_BYTES: usize = 4 << 10;

/// A request's body as it came.
#[derive(Clone, Copy, Debug, Default)]
pub struct Body<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// The `Content-Encoding` that the client claims, as it wrote it.
    pub claimed: Option<&'a str>,
}

/// A compression that a body may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// RFC 1952, one or more members.
    Gzip,
    /// RFC 8878, one or more frames.
    Zstd,
    /// RFC 1950: what HTTP calls `deflate`.
    Zlib,
    /// RFC 1951 alone: what some clients send as `deflate`.
    Deflate,
    /// RFC 7932.
    Brotli,
}

impl Encoding {
    /// Its name in messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Zlib => "zlib",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
        }
    }
}

/// Why expanding ended early.
#[derive(Debug)]
pub enum Stop {
    /// There is more than the limit.
    TooLarge,
    /// These bytes are not this encoding, or not all of it is there.
    Broken(io::Error),
}

/// The plain bytes of a body: borrowed if they came so.
///
/// # Errors
/// [`Code::BodyTooLarge`], as sent or expanded; [`Code::InvalidEncoding`] if the body is compressed
/// but damaged, cut off, or compressed twice, or if it is no text and claims a compression that it
/// does not have.
pub fn expand<'a>(body: &Body<'a>, limits: &Limits) -> Result<Cow<'a, [u8]>, Rejection> {
    let (bytes, wire_max) = (body.bytes, limits.body_wire_bytes_max);
    let refused = |code, message| Err(refusal(body, limits, code, message));
    if bytes.len() > wire_max {
        let message = format!(
            "the body has `{}` bytes, the limit is {wire_max}",
            bytes.len()
        );
        return refused(Code::BodyTooLarge, message);
    }
    let expanded = match marked(bytes) {
        Some(encoding) => {
            let mut out = Vec::new();
            match inflate(encoding, bytes, limits.body_bytes_max, &mut out) {
                Ok(()) => out,
                Err(Stop::Broken(error)) => {
                    let name = encoding.as_str();
                    let message = format!("the body begins as `{name}` but is damaged: {error}");
                    return refused(Code::InvalidEncoding, message);
                }
                Err(Stop::TooLarge) => return refused(Code::BodyTooLarge, too_large(limits)),
            }
        }
        None => match unmarked(body, limits) {
            None => match unknown(body) {
                None => return Ok(Cow::Borrowed(bytes)),
                Some(message) => return refused(Code::InvalidEncoding, message),
            },
            Some(Ok(out)) => out,
            Some(Err(())) => return refused(Code::BodyTooLarge, too_large(limits)),
        },
    };
    if let Some(inner) = marked(&expanded).filter(|_| !is_json(&expanded)) {
        let name = inner.as_str();
        let message = format!("the body is compressed twice: it expands to `{name}`");
        return refused(Code::InvalidEncoding, message);
    }
    Ok(Cow::Owned(expanded))
}

/// What to say of a body that claims a compression, and is neither one that is known nor text.
fn unknown(body: &Body<'_>) -> Option<String> {
    let claimed = body.claimed?.trim();
    let is_text = is_json(body.bytes) || core::str::from_utf8(body.bytes).is_ok();
    if is_text || matches!(claimed, "" | "identity") {
        return None;
    }
    let (claimed, known) = (
        cut(claimed.as_bytes(), CLAIM_BYTES_MAX),
        "gzip, deflate, br and zstd",
    );
    let claimed = claimed.escape_debug();
    Some(format!(
        "the body claims to be `{claimed}` but is none of {known}, nor text"
    ))
}

/// How much of a claim a message shows.
const CLAIM_BYTES_MAX: usize = 32;

fn too_large(limits: &Limits) -> String {
    let max = limits.body_bytes_max;
    format!("the body expands to more than {max} bytes, which is the limit")
}

fn refusal(body: &Body<'_>, limits: &Limits, code: Code, message: String) -> Rejection {
    let input = cut(body.bytes, limits.rejection_input_bytes_max);
    Rejection {
        index: 0,
        code,
        field: None,
        message,
        input,
    }
}

/// The encoding whose mark `bytes` begin with. No JSON text begins so.
fn marked(bytes: &[u8]) -> Option<Encoding> {
    match bytes {
        [0x1f, 0x8b, ..] => Some(Encoding::Gzip),
        // The second is a skippable frame (RFC 8878, section 3.1.2), before one that holds
        // something.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Encoding::Zstd),
        // RFC 1950, section 2.2: method 8, a window of at most 32 KiB, no dictionary, a check sum.
        // A text may begin like this (`8`, `H`, `X`, `h`, `x`), but no text that we take.
        [cmf, flags, ..]
            if cmf & 0x0f == 8
                && cmf >> 4 <= 7
                && flags & 0x20 == 0
                && (u16::from(*cmf) << 8 | u16::from(*flags)) % 31 == 0 =>
        {
            Some(Encoding::Zlib)
        }
        _ => None,
    }
}

/// Tries the encodings without a mark. None: it is not compressed. The error: it is, and too large.
///
/// Brotli often begins with `[` (its header says "22 bits of window, last block"), so a beginning
/// like that of JSON settles it only where the rest is text and nothing else is claimed.
fn unmarked(body: &Body<'_>, limits: &Limits) -> Option<Result<Vec<u8>, ()>> {
    let bytes = body.bytes;
    let claims = |name: &str| {
        let claimed = body.claimed.unwrap_or_default();
        claimed
            .split(',')
            .any(|word| word.trim().eq_ignore_ascii_case(name))
    };
    let says_so = claims("br") || claims("deflate");
    let is_text = || is_json(bytes) && core::str::from_utf8(bytes).is_ok();
    if bytes.is_empty() || (!says_so && is_text()) {
        return None;
    }
    let order = if claims("br") {
        [Encoding::Brotli, Encoding::Deflate]
    } else {
        [Encoding::Deflate, Encoding::Brotli]
    };
    for encoding in order {
        // Whatever these bytes are, a wrong guess seldom makes JSON of the first of them: it costs
        // a page, not the limit.
        let mut out = Vec::new();
        let begins = inflate(encoding, bytes, PROBE_BYTES, &mut out);
        if matches!(begins, Err(Stop::Broken(_))) || !is_json(&out) {
            continue;
        }
        out.clear();
        match inflate(encoding, bytes, limits.body_bytes_max, &mut out) {
            Ok(()) => return Some(Ok(out)),
            Err(Stop::TooLarge) => return Some(Err(())),
            Err(Stop::Broken(_)) => {}
        }
    }
    None
}

/// How much of a guess is looked at before the rest is expanded.
const PROBE_BYTES: usize = 512;

/// Whether `bytes` begin as an object or an array does, a byte order mark and white space aside.
fn is_json(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    matches!(text.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// Expands `bytes` onto `out` until they end or `out` has one byte more than `bytes_max`: then it
/// stops. Beside `out`, which holds at most twice the limit while it grows, a decoder holds its
/// window: 32 KiB, for brotli up to 16 MiB, for zstd up to [`ZSTD_WINDOW_BYTES_MAX`].
///
/// # Errors
/// See [`Stop`].
pub fn inflate(
    encoding: Encoding,
    bytes: &[u8],
    bytes_max: usize,
    out: &mut Vec<u8>,
) -> Result<(), Stop> {
    match encoding {
        Encoding::Gzip => {
            let mut rest = bytes;
            // RFC 1952, section 2.2: members follow each other.
            while !rest.is_empty() {
                rest = member(GzDecoder::new(rest), bytes_max, out)?.into_inner();
            }
            Ok(())
        }
        Encoding::Zlib => ends(member(ZlibDecoder::new(bytes), bytes_max, out)?.into_inner()),
        Encoding::Deflate => ends(member(DeflateDecoder::new(bytes), bytes_max, out)?.into_inner()),
        Encoding::Brotli => {
            let mut decoder = Decompressor::new(bytes, READ_AHEAD_BYTES);
            // An extension with windows up to 1 GiB, which RFC 7932 does not have.
            decoder.set_parameter(BrotliDecoderParameter::BROTLI_DECODER_PARAM_LARGE_WINDOW, 0);
            let mut decoder = member(decoder, bytes_max, out)?;
            // Asked again after its end, it tells of bytes that it has read ahead and not used.
            decoder.read(&mut [0]).map_err(Stop::Broken)?;
            ends(decoder.into_inner())
        }
        Encoding::Zstd => {
            let mut rest = bytes;
            while !rest.is_empty() {
                rest = zstd_frame(rest, bytes_max, out)?;
            }
            Ok(())
        }
    }
}

/// Reads all that `decoder` gives, up to the limit.
fn member<R: Read>(mut decoder: R, bytes_max: usize, out: &mut Vec<u8>) -> Result<R, Stop> {
    // One more than the limit: the byte that shows that there is more.
    let room = bytes_max.saturating_add(1).saturating_sub(out.len());
    let mut bounded = decoder
        .by_ref()
        .take(u64::try_from(room).unwrap_or(u64::MAX));
    bounded.read_to_end(out).map_err(Stop::Broken)?;
    if out.len() > bytes_max {
        Err(Stop::TooLarge)
    } else {
        Ok(decoder)
    }
}

/// Refuses what is behind the end.
fn ends(mut rest: &[u8]) -> Result<(), Stop> {
    // A slice is its own buffer and reads without error.
    match rest.fill_buf() {
        Ok([]) => Ok(()),
        Ok(more) => Err(broken(format!("`{}` bytes follow its end", more.len()))),
        Err(error) => Err(Stop::Broken(error)),
    }
}

fn broken(why: impl Into<String>) -> Stop {
    Stop::Broken(io::Error::new(io::ErrorKind::InvalidData, why.into()))
}

/// Expands the first frame of `bytes` and returns what is behind it.
fn zstd_frame<'a>(bytes: &'a [u8], bytes_max: usize, out: &mut Vec<u8>) -> Result<&'a [u8], Stop> {
    if let [0x50..=0x5f, 0x2a, 0x4d, 0x18, rest @ ..] = bytes {
        let skipped = rest.split_first_chunk::<4>().and_then(|(length, rest)| {
            rest.get(usize::try_from(u32::from_le_bytes(*length)).ok()?..)
        });
        return skipped.ok_or_else(|| broken("a skippable frame is cut off"));
    }
    let mut frame = FrameDecoder::new();
    frame.set_max_window_size(ZSTD_WINDOW_BYTES_MAX);
    let decoder = StreamingDecoder::new_with_decoder(bytes, frame)
        .map_err(|error| broken(error.to_string()))?;
    let (rest, frame) = member(decoder, bytes_max, out)?.into_parts();
    let (written, counted) = (
        frame.get_checksum_from_data(),
        frame.get_calculated_checksum(),
    );
    if written.is_some() && written != counted {
        return Err(broken("its check sum does not fit"));
    }
    Ok(rest)
}

#[cfg(test)]
mod tests;
