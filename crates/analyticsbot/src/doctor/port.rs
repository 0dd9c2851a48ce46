//! Whether HTTP can be served where it should be, or is served there already.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::finding::Finding;
use crate::context::Context;

const CHECK: &str = "port";

/// Who listens has so long to say who it is.
const ANSWER_WAIT: Duration = Duration::from_secs(2);

/// The beginning of its answer is enough.
const ANSWER_BYTES_MAX: u64 = 64;

/// Tries the address.
pub(super) async fn check(context: &Context) -> Vec<Finding> {
    let address = context.settings.server.listen;
    let first = match TcpListener::bind(address).await {
        Ok(_) => Finding::ok(CHECK, format!("{address} is free")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            let asked = tokio::time::timeout(ANSWER_WAIT, is_ours(reachable(address)));
            taken(address, matches!(asked.await, Ok(Ok(true))))
        }
        Err(error) => Finding::problem(CHECK, format!("failed to listen on {address}: {error}"))
            .hint("name another address in `server.listen`"),
    };
    let open = (!address.ip().is_loopback()).then(|| {
        let message = format!("{address} can be reached by others, over plain HTTP");
        Finding::warning(CHECK, message).hint("put a proxy with TLS before it")
    });
    [Some(first), open].into_iter().flatten().collect()
}

fn taken(address: SocketAddr, is_ours: bool) -> Finding {
    if is_ours {
        return Finding::ok(CHECK, format!("{address} is served and healthy"));
    }
    Finding::problem(CHECK, format!("another program listens on {address}"))
        .hint("stop it, or name another port in `server.listen`")
}

/// Where an address that stands for all of them is reached from here.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Asks whoever listens whether it is healthy.
async fn is_ours(address: SocketAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream
        .take(ANSWER_BYTES_MAX)
        .read_to_end(&mut answer)
        .await?;
    Ok(answer.starts_with(b"HTTP/1.1 200"))
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    #[tokio::test]
    async fn who_listens_is_asked() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        for (answer, expected) in [
            ("HTTP/1.1 200 OK\r\n\r\n", State::Ok),
            ("SSH-2.0-OpenSSH\r\n", State::Problem),
        ] {
            let served = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                // To the end, or closing would reset the connection.
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    request.push(stream.read_u8().await.unwrap());
                }
                assert!(request.starts_with(b"GET /healthz HTTP/1.1\r\nHost: "));
                stream.write_all(answer.as_bytes()).await.unwrap();
            };
            let (ours, ()) = tokio::join!(is_ours(address), served);
            assert_eq!(taken(address, ours.unwrap()).state, expected);
        }
    }

    #[test]
    fn an_address_that_stands_for_all_is_reached_at_home() {
        for (address, expected) in [
            ("0.0.0.0:1", "127.0.0.1:1"),
            ("[::]:1", "[::1]:1"),
            ("10.0.0.1:1", "10.0.0.1:1"),
        ] {
            let (address, expected) = (address.parse().unwrap(), expected.parse().unwrap());
            assert_eq!(reachable(address), expected);
        }
    }
}
