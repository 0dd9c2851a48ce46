//! The control: a server that answers before the commit, made of a proxy and the real server.

use std::io::{BufRead as _, BufReader, Error, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// What the proxy tells every client, at once.
const ANSWER: &[u8] = b"HTTP/1.1 201 Created\r\nContent-Length: 19\r\n\r\n{\"status\":\"stored\"}";

/// Listens in front of a server. Each request is acknowledged first and handed on then.
pub(crate) fn in_front_of(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    // It ends with the process; each connection ends with its client or with the server.
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            if let Ok(upstream) = TcpStream::connect(server) {
                std::thread::spawn(move || drop(relay(client, upstream)));
            }
        }
    });
    address
}

fn relay(client: TcpStream, upstream: TcpStream) -> Result<(), Error> {
    let (mut client, mut upstream) = (BufReader::new(client), BufReader::new(upstream));
    loop {
        let request = message(&mut client)?;
        client.get_mut().write_all(ANSWER)?;
        upstream.get_mut().write_all(&request)?;
        message(&mut upstream)?;
    }
}

/// Reads a head and the body that it announces.
fn message(stream: &mut BufReader<TcpStream>) -> Result<Vec<u8>, Error> {
    let (mut bytes, mut body_bytes) = (Vec::new(), 0);
    loop {
        let start = bytes.len();
        if stream.read_until(b'\n', &mut bytes)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let line = String::from_utf8_lossy(&bytes[start..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            body_bytes = value.trim().parse().map_err(|_| ErrorKind::InvalidData)?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let head_bytes = bytes.len();
    bytes.resize(head_bytes + body_bytes, 0);
    stream.read_exact(&mut bytes[head_bytes..])?;
    Ok(bytes)
}
