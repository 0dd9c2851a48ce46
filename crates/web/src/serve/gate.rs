//! The bytes between the socket and the parser: whole, unambiguous heads, and then exactly the
//! bytes of their bodies.
//!
//! The parser asks for bytes; the gate gives it a head only when all of it is there and
//! [`inspect`] has nothing against it. What is wrong before that, the parser never sees: for it the
//! connection ends, and in its shutdown the gate tells the client why. So a client that is slow or
//! odd costs a buffer and nothing else.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::chunks::Chunks;
use super::head::{Framing, HEAD_BYTES_MAX, Search, inspect};
use super::line::{Line, Phase};
use crate::code::Code;
use crate::reply::Problem;

/// What a connection that waits holds; it grows while there is more to read.
const BUFFER_BYTES: usize = 2 << 10;
/// What it grows to: a head, with room to see that it is too large, or a piece of a body.
const BUFFER_BYTES_MAX: usize = HEAD_BYTES_MAX * 2;
/// What is read and forgotten behind an answer that came before the end of the body, so that the
/// client reads the answer and not that the connection was reset.
const FORGOTTEN_BYTES_MAX: usize = 4 << 20;

/// One connection's bytes. `R` makes the last words of the connection from what is wrong.
pub(super) struct Gate<S, R> {
    stream: S,
    line: Arc<Line>,
    refuse: R,
    buffer: Vec<u8>,
    /// The bytes that were read and not given on: `buffer[start..end]`.
    start: usize,
    end: usize,
    place: Place,
    search: Search,
    refused: Option<Problem>,
    ending: Ending,
}

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// A head that is not all there.
    Before,
    /// A head that may pass, so many bytes of it left.
    Head { left: usize, framing: Framing },
    /// A body.
    Length { left: u64 },
    /// A body in chunks.
    Chunked(Chunks),
    /// Behind damaged chunks: nobody knows where the body ends.
    Broken,
}

/// How far the end of the connection is.
#[derive(Debug)]
enum Ending {
    Open,
    /// Closed at the order to stop, but for a request that is on its way.
    LastCall,
    Telling {
        words: Vec<u8>,
        written: usize,
    },
    Closing {
        forget: bool,
    },
    Forgetting {
        left: usize,
    },
    Closed,
}

impl<S, R> Gate<S, R>
where
    S: AsyncRead + AsyncWrite + Unpin,
    R: Fn(&Problem) -> Vec<u8>,
{
    pub(super) fn new(stream: S, line: Arc<Line>, refuse: R) -> Self {
        Self {
            stream,
            line,
            refuse,
            buffer: vec![0; BUFFER_BYTES],
            start: 0,
            end: 0,
            place: Place::Before,
            search: Search::default(),
            refused: None,
            ending: Ending::Open,
        }
    }

    /// Reads what there is; false at the end of the stream.
    fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.end == self.buffer.len() && self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end == self.buffer.len() {
            let room = (self.buffer.len() * 2).min(BUFFER_BYTES_MAX);
            self.buffer.resize(room, 0);
        }
        let mut into = ReadBuf::new(&mut self.buffer[self.end..]);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut into))?;
        let count = into.filled().len();
        self.end += count;
        Poll::Ready(Ok(count > 0))
    }

    /// Waits for a whole head that may pass; false if there will be none.
    fn poll_head(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        if self.line.phase() == Phase::Answer {
            // The parser asks for the next head, so the answer before it is written.
            self.line.await_request();
        }
        loop {
            if self.refused.is_some() || self.line.is_expired() {
                return Poll::Ready(Ok(false));
            }
            if self.start < self.end && self.line.phase() == Phase::Idle {
                self.line.begin_head();
            }
            let inspected = match self.search.end(&self.buffer[self.start..self.end]) {
                // An empty line before a request, which RFC 9112, section 2.2 says to pass over.
                Ok(Some(2)) => {
                    self.start += 2;
                    self.search = Search::default();
                    continue;
                }
                Ok(Some(left)) => {
                    let head = &self.buffer[self.start..self.start + left];
                    inspect(head).map(|framing| Some(Place::Head { left, framing }))
                }
                Ok(None) => Ok(None),
                Err(problem) => Err(problem),
            };
            match inspected {
                Ok(Some(place)) => {
                    self.place = place;
                    self.search = Search::default();
                    return Poll::Ready(Ok(true));
                }
                Ok(None) if ready!(self.poll_fill(context))? => {}
                Ok(None) => return Poll::Ready(Ok(false)),
                Err(problem) => self.refused = Some(problem),
            }
        }
    }

    /// How many of the bytes that are there may pass now, at most `room`.
    fn pass(&mut self, room: usize) -> io::Result<usize> {
        let there = (self.end - self.start).min(room);
        let count = match &mut self.place {
            Place::Before => 0,
            Place::Head { left, framing } => {
                let count = there.min(*left);
                *left -= count;
                if *left == 0 {
                    self.place = match *framing {
                        Framing::Length(left) => Place::Length { left },
                        Framing::Chunked => Place::Chunked(Chunks::START),
                    };
                }
                count
            }
            Place::Length { left } => {
                let count = usize::try_from(*left).map_or(there, |left| there.min(left));
                *left -= u64::try_from(count).unwrap_or(u64::MAX);
                count
            }
            Place::Chunked(chunks) => {
                let bytes = &self.buffer[self.start..self.start + there];
                let Ok(count) = chunks.advance(bytes) else {
                    self.place = Place::Broken;
                    return Err(broken());
                };
                count
            }
            Place::Broken => return Err(broken()),
        };
        if matches!(
            self.place,
            Place::Length { left: 0 } | Place::Chunked(Chunks::Done)
        ) {
            self.place = Place::Before;
            self.line.begin_answer();
        }
        Ok(count)
    }

    /// What the client must be told at the end, if anything.
    fn last_words(&mut self) -> Option<Problem> {
        let has_begun = matches!(self.place, Place::Before) && self.start < self.end;
        let because = |code, message| Some(Problem::new(code, message).close());
        if self.refused.is_some() {
            self.refused.take()
        } else if !has_begun {
            None
        } else if self.line.is_stopping() {
            let message = "the server is stopping; nothing of this was taken";
            let problem = Problem::new(Code::Stopping, message);
            Some(
                problem
                    .retry_after(std::time::Duration::from_secs(1))
                    .close(),
            )
        } else if self.line.is_expired() {
            let message = "the head of the request took too long";
            because(Code::RequestTimeout, message)
        } else {
            let message = "the request ended within its head";
            because(Code::MalformedRequest, message)
        }
    }

    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            match &mut self.ending {
                Ending::Open if self.line.is_stopping() && self.line.phase() == Phase::Idle => {
                    self.line.begin_last_call();
                    self.ending = Ending::LastCall;
                }
                Ending::Open | Ending::LastCall => {
                    let unread = !matches!(self.place, Place::Before);
                    let is_called = matches!(self.ending, Ending::LastCall);
                    if is_called && self.start == self.end && !self.line.is_expired() {
                        ready!(self.poll_fill(context))?;
                    }
                    self.line.begin_end();
                    self.ending = match self.last_words() {
                        None => Ending::Closing { forget: unread },
                        Some(problem) => {
                            let words = (self.refuse)(&problem);
                            Ending::Telling { words, written: 0 }
                        }
                    };
                }
                Ending::Telling { words, written } if *written == words.len() => {
                    self.ending = Ending::Closing { forget: true };
                }
                Ending::Telling { words, written } => {
                    let rest = &words[*written..];
                    *written += ready!(Pin::new(&mut self.stream).poll_write(context, rest))?;
                }
                Ending::Closing { forget } => {
                    ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
                    let left = FORGOTTEN_BYTES_MAX;
                    self.ending = if *forget {
                        Ending::Forgetting { left }
                    } else {
                        Ending::Closed
                    };
                }
                Ending::Forgetting { left } => {
                    let mut into = ReadBuf::new(&mut self.buffer);
                    ready!(Pin::new(&mut self.stream).poll_read(context, &mut into))?;
                    match into.filled().len() {
                        0 => self.ending = Ending::Closed,
                        count if count >= *left => self.ending = Ending::Closed,
                        count => *left -= count,
                    }
                }
                Ending::Closed => return Poll::Ready(Ok(())),
            }
        }
    }
}

fn broken() -> io::Error {
    let why = "the chunks of the body are damaged, or have extensions or trailers";
    io::Error::new(io::ErrorKind::InvalidData, why)
}

impl<S, R> Read for Gate<S, R>
where
    S: AsyncRead + AsyncWrite + Unpin,
    R: Fn(&Problem) -> Vec<u8> + Unpin,
{
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut out: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if matches!(this.place, Place::Before) {
            if !ready!(this.poll_head(context))? {
                return Poll::Ready(Ok(()));
            }
        } else if this.start == this.end && !ready!(this.poll_fill(context))? {
            return Poll::Ready(Ok(()));
        }
        // Two rounds for what usually comes at once: a head and its body.
        for round in 0..2 {
            let start = this.start;
            match this.pass(out.remaining()) {
                Ok(count) => {
                    out.put_slice(&this.buffer[start..start + count]);
                    this.start += count;
                }
                // It comes again, when the parser has had the head and asks for the body.
                Err(_) if round > 0 => break,
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        if this.line.phase() == Phase::Head && !matches!(this.place, Place::Head { .. }) {
            this.line.begin_body();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S, R> Write for Gate<S, R>
where
    S: AsyncRead + AsyncWrite + Unpin,
    R: Fn(&Problem) -> Vec<u8> + Unpin,
{
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_end(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }
}
