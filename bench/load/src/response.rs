//! Finds the end of an HTTP response and its status: as little as a load generator needs.

/// What the bytes so far are.
#[derive(Debug, PartialEq, Eq)]
pub enum Response<'a> {
    /// More has to come.
    Partial,
    Complete {
        status: u16,
        body: &'a [u8],
    },
    /// Not HTTP/1.1 with a length, which is all that is read here.
    Unreadable(&'static str),
}

/// Reads one response at the start of `bytes`.
#[must_use]
pub fn read(bytes: &[u8]) -> Response<'_> {
    let Some(head_bytes) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Response::Partial;
    };
    let head = &bytes[..head_bytes];
    let Some(status) = status(head) else {
        return Response::Unreadable("no HTTP/1.1 status line");
    };
    let Some(length) = content_length(head) else {
        return Response::Unreadable("no Content-Length");
    };
    match bytes[head_bytes + 4..].get(..length) {
        Some(body) => Response::Complete { status, body },
        None => Response::Partial,
    }
}

fn status(head: &[u8]) -> Option<u16> {
    let digits = head.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn content_length(head: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let line = head
        .split(|&byte| byte == b'\n')
        .find(|line| line.len() > NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME))?;
    let value = std::str::from_utf8(&line[NAME.len()..]).ok()?;
    value.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_complete_when_its_last_byte_is_there() {
        let whole = b"HTTP/1.1 201 Created\r\nServer: x\r\ncontent-LENGTH: 5\r\n\r\nhello";
        for end in 0..whole.len() {
            assert_eq!(read(&whole[..end]), Response::Partial, "{end}");
        }
        let body: &[u8] = b"hello";
        assert_eq!(read(whole), Response::Complete { status: 201, body });
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let check = |bytes: &[u8], expected| {
            assert_eq!(read(bytes), Response::Unreadable(expected));
        };
        check(b"SSH-2.0\r\n\r\n", "no HTTP/1.1 status line");
        check(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "no Content-Length",
        );
    }
}
