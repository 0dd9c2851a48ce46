//! The socket on which HTTP is served.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::refusal::Refusal;

/// Listens on an address, and says under which URL.
///
/// # Errors
/// When that is not possible, with what to do.
pub(super) async fn listen(address: SocketAddr) -> anyhow::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| refusal(address, &error))?;
    let bound = listener.local_addr()?;
    Ok((listener, format!("http://{bound}")))
}

/// Says what to know of an address that others can reach.
pub(super) fn caution(address: SocketAddr) {
    if !address.ip().is_loopback() {
        tracing::warn!(
            %address,
            "others can reach this address over plain HTTP: put a proxy with TLS before it, and \
             name that in `server.trusted_proxies`"
        );
    }
}

fn refusal(address: SocketAddr, error: &io::Error) -> Refusal {
    let (ip, port) = (address.ip(), address.port());
    let next = SocketAddr::new(ip, port.checked_add(1).unwrap_or(0));
    let elsewhere = SocketAddr::new(ip, 8080);
    let (code, why, hint) = match error.kind() {
        io::ErrorKind::AddrInUse => (
            "port_taken",
            "another program listens there".to_owned(),
            format!("is AnalyticsBot running already? Another port: --listen {next}"),
        ),
        io::ErrorKind::PermissionDenied => (
            "port_forbidden",
            "ports below 1024 are for administrators".to_owned(),
            format!("take a higher one: --listen {elsewhere}"),
        ),
        io::ErrorKind::AddrNotAvailable => (
            "no_address",
            "this machine has no such address".to_owned(),
            format!("an address of this machine, or 127.0.0.1: --listen 127.0.0.1:{port}"),
        ),
        _ => (
            "listen",
            error.to_string(),
            format!("try another port: --listen {next}"),
        ),
    };
    Refusal::new(code, format!("failed to listen on `{address}`: {why}")).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_advice() {
        let address: SocketAddr = "127.0.0.1:80".parse().unwrap();
        for (kind, expected) in [
            (io::ErrorKind::AddrInUse, "--listen 127.0.0.1:81"),
            (io::ErrorKind::PermissionDenied, "--listen 127.0.0.1:8080"),
            (io::ErrorKind::AddrNotAvailable, "--listen 127.0.0.1:80"),
            (io::ErrorKind::Other, "--listen 127.0.0.1:81"),
        ] {
            let refusal = refusal(address, &io::Error::from(kind));
            assert!(refusal.advice().unwrap().ends_with(expected), "{refusal:?}");
        }
    }
}
