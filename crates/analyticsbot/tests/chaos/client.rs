//! One client on one connection: sends a body, reads the whole answer or none of it.

use std::io::{BufRead as _, BufReader, Error, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// No answer takes longer: the server's own deadlines are shorter.
const ANSWER_WAIT: Duration = Duration::from_secs(40);

/// Where a server listens, and the key that it knows.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) key: String,
}

/// An answer that came to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: String,
}

/// A connection that is opened when it is needed.
pub(crate) struct Client {
    target: Target,
    stream: Option<BufReader<TcpStream>>,
}

impl Client {
    pub(crate) fn new(target: &Target) -> Self {
        Self {
            target: target.clone(),
            stream: None,
        }
    }

    /// Posts events.
    ///
    /// # Errors
    ///
    /// If there was no whole answer: the events may be stored or not.
    pub(crate) fn post(&mut self, body: &str) -> Result<Answer, Error> {
        let head = format!(
            "POST /api/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Content-Length: {}\r\n\r\n",
            self.target.key,
            body.len()
        );
        self.exchange(&(head + body))
    }

    /// Asks for a page.
    ///
    /// # Errors
    ///
    /// If there was no whole answer.
    pub(crate) fn get(&mut self, path: &str) -> Result<Answer, Error> {
        self.exchange(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
    }

    fn exchange(&mut self, request: &str) -> Result<Answer, Error> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(self.target.address)?,
        };
        stream.get_mut().write_all(request.as_bytes())?;
        let (answer, stays_open) = read(&mut stream)?;
        self.stream = stays_open.then_some(stream);
        Ok(answer)
    }
}

fn connect(address: SocketAddr) -> Result<BufReader<TcpStream>, Error> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(ANSWER_WAIT))?;
    Ok(BufReader::new(stream))
}

fn read(stream: &mut BufReader<TcpStream>) -> Result<(Answer, bool), Error> {
    let status = line(stream)?;
    let status = status.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.ok_or(ErrorKind::InvalidData)?;
    let (mut length, mut retry_after, mut stays_open) = (0, None, true);
    loop {
        let header = line(stream)?.to_ascii_lowercase();
        match header.split_once(": ") {
            None => break,
            Some(("content-length", value)) => {
                length = value.parse().map_err(|_| ErrorKind::InvalidData)?;
            }
            Some(("retry-after", value)) => retry_after = Some(value.to_owned()),
            Some(("connection", "close")) => stays_open = false,
            Some(_) => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let body = String::from_utf8(body).map_err(|_| ErrorKind::InvalidData)?;
    let answer = Answer {
        status,
        retry_after,
        body,
    };
    Ok((answer, stays_open))
}

fn line(stream: &mut BufReader<TcpStream>) -> Result<String, Error> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}
