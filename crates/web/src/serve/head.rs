//! The head of a request, looked at before it is parsed: complete, within limits, unambiguous.
//!
//! The parser behind it forgives much: both a length and chunks (the length is forgotten), a length
//! twice, two hosts or none, `gzip, chunked`, line ends without CR. A proxy in front may read such
//! a request in another way than we do, and then somebody else's request begins in the middle of
//! this one. So whatever RFC 9112 lets two readers understand differently is refused here.

use hyper::Uri;

use crate::code::Code;
use crate::reply::Problem;

/// A head, its request line included: 16 KiB. Beyond: 431.
pub(super) const HEAD_BYTES_MAX: usize = 16 << 10;
/// Header lines: 100. Beyond: 431.
const HEADERS_MAX: usize = 100;
/// The target of a request, its query included: 8 KiB. Beyond: 414.
const TARGET_BYTES_MAX: usize = 8 << 10;

/// How the end of a body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// By the last chunk.
    Chunked,
}

/// Looks for the end of a head in bytes that come bit by bit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Search {
    /// Bytes looked at.
    seen: usize,
    /// Where the line begins in which the search goes on.
    line: usize,
}

impl Search {
    /// The length of the head at the beginning of `bytes`, which are those of the call before and
    /// more. None if it has no end yet.
    pub(super) fn end(&mut self, bytes: &[u8]) -> Result<Option<usize>, Problem> {
        while let Some(found) = bytes[self.seen..].iter().position(|byte| *byte == b'\n') {
            let at = self.seen + found;
            if at == self.line || bytes[at - 1] != b'\r' {
                return Err(malformed("a line ends without CR"));
            }
            let is_empty = at - self.line == 1;
            (self.seen, self.line) = (at + 1, at + 1);
            if is_empty {
                return Ok(Some(at + 1));
            }
            if at >= HEAD_BYTES_MAX {
                return Err(too_large());
            }
        }
        self.seen = bytes.len();
        match bytes.len() {
            HEAD_BYTES_MAX.. if self.line == 0 => Err(too_long()),
            HEAD_BYTES_MAX.. => Err(too_large()),
            _ => Ok(None),
        }
    }
}

/// Looks at a whole head, its empty line included.
///
/// # Errors
/// What the client is told; the connection cannot be used any more.
pub(super) fn inspect(head: &[u8]) -> Result<Framing, Problem> {
    let mut lines = head
        .split(|byte| *byte == b'\n')
        .map(|line| &line[..line.len().max(1) - 1]);
    let is_old = request_line(lines.next().unwrap_or_default())?;
    let mut found = Found::default();
    for line in lines {
        if line.is_empty() {
            break;
        }
        found.header(line)?;
    }
    found.framing(is_old)
}

/// Whether it is HTTP/1.0.
fn request_line(line: &[u8]) -> Result<bool, Problem> {
    let mut words = line.split(|byte| *byte == b' ');
    let (method, target, version) = (words.next(), words.next(), words.next());
    let (Some(method), Some(target), Some(version), None) = (method, target, version, words.next())
    else {
        return Err(malformed("the request line has not three words"));
    };
    if method.is_empty() || !method.iter().all(|byte| is_token(*byte)) || method == b"CONNECT" {
        return Err(malformed("the method is not one of HTTP, or is CONNECT"));
    }
    if target.len() > TARGET_BYTES_MAX {
        return Err(too_long());
    }
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/?=&%._~-:+,@".contains(byte);
    let begins = |scheme: &[u8]| target.starts_with(scheme);
    let is_path = begins(b"/") && target.iter().all(is_plain);
    let is_form = begins(b"/") || begins(b"http://") || begins(b"https://") || target == b"*";
    if !is_path && (!is_form || Uri::try_from(target).is_err()) {
        return Err(malformed("the target is not a path or an address"));
    }
    match version {
        b"HTTP/1.1" => Ok(false),
        b"HTTP/1.0" => Ok(true),
        _ if version.starts_with(b"HTTP/") => {
            let message = "this server speaks HTTP/1.1";
            Err(Problem::new(Code::UnsupportedVersion, message).close())
        }
        _ => Err(malformed("the request line does not end with a version")),
    }
}

/// The lines that matter, as far as they are read.
#[derive(Default)]
struct Found {
    headers: usize,
    hosts: usize,
    length: Option<u64>,
    chunked: bool,
}

/// Headers on whose exact bytes something depends.
const STRICT: [&[u8]; 8] = [
    b"authorization",
    b"connection",
    b"content-encoding",
    b"content-length",
    b"host",
    b"transfer-encoding",
    b"x-forwarded-for",
    b"x-write-key",
];

impl Found {
    fn header(&mut self, line: &[u8]) -> Result<(), Problem> {
        self.headers += 1;
        if self.headers > HEADERS_MAX {
            let message = format!("the request has more than {HEADERS_MAX} header lines");
            return Err(Problem::new(Code::TooManyHeaders, message).close());
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = line.split_at(colon.unwrap_or(0));
        if name.is_empty() || !name.iter().all(|byte| is_token(*byte)) {
            return Err(malformed("a header line has no name, or is folded"));
        }
        let value = value[1..].trim_ascii();
        if value
            .iter()
            .any(|byte| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f)
        {
            return Err(malformed("a header holds a control character"));
        }
        let is = |other: &&[u8]| name.eq_ignore_ascii_case(other);
        // Most names are told by their length alone.
        let strict = STRICT
            .iter()
            .find(|other| other.len() == name.len() && is(other));
        let Some(strict) = strict else { return Ok(()) };
        if !value.is_ascii() {
            return Err(malformed("a header that matters holds bytes beyond ASCII"));
        }
        match *strict {
            b"host" => self.host(value),
            b"content-length" => self.length(value),
            b"transfer-encoding" => self.coding(value),
            _ => Ok(()),
        }
    }

    fn host(&mut self, value: &[u8]) -> Result<(), Problem> {
        self.hosts += 1;
        let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_:[]%~".contains(byte);
        if self.hosts > 1 || !value.iter().all(fits) {
            return Err(ambiguous(
                "the request has more than one host, or a host that is none",
            ));
        }
        Ok(())
    }

    fn length(&mut self, value: &[u8]) -> Result<(), Problem> {
        if self.length.is_some() || self.chunked {
            return Err(ambiguous("the request tells the length of its body twice"));
        }
        let digits = core::str::from_utf8(value).unwrap_or_default();
        let is_number = value.iter().all(u8::is_ascii_digit);
        self.length = digits.parse().ok().filter(|_| is_number);
        match self.length {
            Some(_) => Ok(()),
            None => Err(ambiguous("the length of the body is not a number")),
        }
    }

    fn coding(&mut self, value: &[u8]) -> Result<(), Problem> {
        if self.length.is_some() || self.chunked {
            return Err(ambiguous("the request tells the length of its body twice"));
        }
        self.chunked = value.eq_ignore_ascii_case(b"chunked");
        if self.chunked {
            return Ok(());
        }
        Err(ambiguous("the transfer encoding is not `chunked` alone"))
    }

    fn framing(&self, is_old: bool) -> Result<Framing, Problem> {
        if self.chunked && is_old {
            return Err(ambiguous("HTTP/1.0 has no transfer encodings"));
        }
        if self.hosts == 0 && !is_old {
            return Err(malformed("the request has no host"));
        }
        match self.length {
            _ if self.chunked => Ok(Framing::Chunked),
            length => Ok(Framing::Length(length.unwrap_or(0))),
        }
    }
}

/// RFC 9110, section 5.6.2.
const fn is_token(byte: u8) -> bool {
    TOKEN[byte as usize]
}

/// A look instead of seven comparisons for each byte of each name.
const TOKEN: [bool; 256] = {
    let (mut table, mut byte) = ([false; 256], 0_u8);
    while byte < 0x80 {
        table[byte as usize] = is_token_by_rule(byte);
        byte += 1;
    }
    table
};

const fn is_token_by_rule(byte: u8) -> bool {
    matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
        || byte.is_ascii_alphanumeric()
}

/// Two readers may understand it differently.
fn ambiguous(message: &'static str) -> Problem {
    Problem::new(Code::AmbiguousRequest, message).close()
}

/// It is not HTTP/1.1.
pub(super) fn malformed(message: &'static str) -> Problem {
    Problem::new(Code::MalformedRequest, message).close()
}

fn too_long() -> Problem {
    let message = format!("the target has more than {TARGET_BYTES_MAX} bytes, which is the limit");
    Problem::new(Code::UriTooLong, message).close()
}

fn too_large() -> Problem {
    let message = format!("the head has more than {HEAD_BYTES_MAX} bytes, which is the limit");
    Problem::new(Code::HeadTooLarge, message).close()
}
