//! One connection of the load generator: at most one request on the way.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use rustix::fd::{AsFd, BorrowedFd};

use crate::response::{self, Response};

/// Room for one read; an answer to a thousand events is longer and makes the buffer grow.
const READ_BYTES: usize = 16 << 10;

pub(super) struct Connection {
    stream: TcpStream,
    body: Vec<u8>,
    out: Vec<u8>,
    written: usize,
    read: Vec<u8>,
    filled: usize,
    /// When the request on the way should have been sent; None if there is none.
    due: Option<Instant>,
    last_due: Instant,
}

/// How far a connection came.
pub(super) enum Progress {
    Waiting,
    Answered {
        status: u16,
        /// How many events an answer to several says are stored.
        stored: Option<u64>,
    },
    /// The server has closed it.
    Lost,
    Unreadable(&'static str),
}

impl Connection {
    pub(super) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream,
            body: Vec::new(),
            out: Vec::new(),
            written: 0,
            read: vec![0; READ_BYTES],
            filled: 0,
            due: None,
            last_due: Instant::now(),
        })
    }

    pub(super) fn is_busy(&self) -> bool {
        self.due.is_some()
    }

    /// When the last request should have been sent.
    pub(super) fn due(&self) -> Instant {
        self.last_due
    }

    pub(super) fn begin(&mut self, due: Instant) {
        self.due = Some(due);
        self.last_due = due;
    }

    /// Writes the request into the buffer.
    pub(super) fn fill(&mut self, key: &str, body: impl FnOnce(&mut Vec<u8>)) {
        self.body.clear();
        body(&mut self.body);
        self.out.clear();
        self.written = 0;
        write!(
            self.out,
            "POST /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.body.len()
        )
        .expect("writing to memory cannot fail");
        self.out.extend_from_slice(&self.body);
    }

    /// Sends as much as the kernel takes.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        while self.written < self.out.len() {
            match self.stream.write(&self.out[self.written..]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => self.written += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Sends and receives as much as the kernel lets it.
    pub(super) fn serve(&mut self) -> Progress {
        if self.flush().is_err() {
            return Progress::Lost;
        }
        loop {
            if self.filled == self.read.len() {
                self.read.resize(2 * self.filled, 0);
            }
            let room = self.read.len() - self.filled;
            match self.stream.read(&mut self.read[self.filled..]) {
                Ok(0) => return Progress::Lost,
                Ok(count) => {
                    self.filled += count;
                    // All was read: the kernel will tell of more.
                    if count < room {
                        return self.answer();
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return self.answer(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Progress::Lost,
            }
        }
    }

    /// Looks whether the answer is complete.
    fn answer(&mut self) -> Progress {
        let progress = match response::read(&self.read[..self.filled]) {
            Response::Partial => return Progress::Waiting,
            Response::Unreadable(why) => return Progress::Unreadable(why),
            Response::Complete { status, body } => Progress::Answered {
                status,
                stored: stored(body),
            },
        };
        self.filled = 0;
        self.due = None;
        progress
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// The count at the head of an answer to several events: `{"stored":20,...`.
fn stored(body: &[u8]) -> Option<u64> {
    let digits = body.strip_prefix(br#"{"stored":"#)?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_of_stored_events_is_read() {
        assert_eq!(stored(br#"{"stored":20,"duplicates":0}"#), Some(20));
        assert_eq!(stored(br#"{"id":"x","status":"stored"}"#), None);
        assert_eq!(stored(b""), None);
    }
}
