//! Who sent a request: the peer, or whom a trusted proxy names.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use hyper::HeaderMap;

/// A network of addresses, such as `10.0.0.0/8` or `fd00::/8`; an address by itself is a network
/// of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    prefix_bits: u8,
}

/// Why a text is not a [`Network`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("read the network `{text}`: expected an address such as `10.0.0.0/8`")]
pub struct NetworkError {
    text: String,
}

impl FromStr for Network {
    type Err = NetworkError;

    /// Reads `address/bits` or `address`. Bits behind the prefix are dropped.
    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let error = || NetworkError {
            text: text.chars().take(64).collect(),
        };
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| error())?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match bits {
            Some(bits) => bits.parse().map_err(|_| error())?,
            None => bits_max,
        };
        if prefix_bits > bits_max {
            return Err(error());
        }
        let first = masked(address, prefix_bits);
        Ok(Self { first, prefix_bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix_bits)
    }
}

impl Network {
    /// This machine.
    pub(crate) const LOOPBACK: [Self; 2] = [
        Self {
            first: IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)),
            prefix_bits: 8,
        },
        Self {
            first: IpAddr::V6(Ipv6Addr::LOCALHOST),
            prefix_bits: 128,
        },
    ];

    /// Whether `address` is in it. An IPv4 address that is written as IPv6 is what it is as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.first.is_ipv4() == address.is_ipv4() && masked(address, self.prefix_bits) == self.first
    }
}

/// The first address of the network of `address`.
pub(crate) fn masked(address: IpAddr, prefix_bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(prefix_bits.into()));
            IpAddr::V4((address.to_bits() & mask.unwrap_or(0)).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(prefix_bits.into()));
            IpAddr::V6((address.to_bits() & mask.unwrap_or(0)).into())
        }
    }
}

/// The address of the client of a request with these headers.
pub(crate) fn of_request(headers: &HeaderMap, peer: IpAddr, trusted: &[Network]) -> IpAddr {
    if trusted.is_empty() {
        return peer.to_canonical();
    }
    let lines = headers.get_all("x-forwarded-for").iter();
    let lines: Vec<_> = lines.filter_map(|line| line.to_str().ok()).collect();
    client(peer, lines.iter().copied(), trusted)
}

/// [`of_request`], for whom it must be certain: None if a proxy passed the request on and all that
/// is known is the proxy, which is not trusted or does not say.
pub(crate) fn certain(headers: &HeaderMap, peer: IpAddr, trusted: &[Network]) -> Option<IpAddr> {
    let passed_on = ["forwarded", "via", "x-forwarded-for"];
    let is_passed_on = passed_on.iter().any(|name| headers.contains_key(*name));
    let client = of_request(headers, peer, trusted);
    (!is_passed_on || client != peer.to_canonical()).then_some(client)
}

/// The address of the client: `peer`, unless it is a trusted proxy; then the right-most address of
/// `forwarded`, the values of all `X-Forwarded-For` lines in order, that is not one as well.
///
/// What stands left of it may be anybody's invention. A text there that is no address ends the
/// search at the last proxy that could be read.
pub(crate) fn client<'a>(
    peer: IpAddr,
    forwarded: impl DoubleEndedIterator<Item = &'a str>,
    trusted: &[Network],
) -> IpAddr {
    let is_trusted = |address| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    if trusted.is_empty() || !is_trusted(client) {
        return client;
    }
    for text in forwarded.rev().flat_map(|line| line.rsplit(',')) {
        let Some(address) = address_of(text.trim()) else {
            return client;
        };
        client = address.to_canonical();
        if !is_trusted(client) {
            return client;
        }
    }
    client
}

/// An address as proxies write it: with a port or without, in brackets or without.
fn address_of(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    match bare {
        Some((address, _)) => address.parse().ok(),
        None => text.parse().ok().or_else(|| {
            let with_port: std::net::SocketAddr = text.parse().ok()?;
            Some(with_port.ip())
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    #[test]
    fn networks_are_read_and_refused() {
        for (text, printed) in [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("192.0.2.7", "192.0.2.7/32"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("fd00::1/8", "fd00::/8"),
            ("::1", "::1/128"),
        ] {
            assert_eq!(network(text).to_string(), printed, "{text}");
        }
        for bad in [
            "",
            "10.0.0.0/33",
            "fd00::/129",
            "10.0.0.0/",
            "localhost",
            "10.0.0/8",
        ] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_network_contains_what_shares_its_prefix() {
        for (of, address, expected) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/8", "::ffff:10.2.3.4", true),
            ("0.0.0.0/0", "255.1.2.3", true),
            ("0.0.0.0/0", "::1", false),
            ("fd00::/8", "fdff::1", true),
            ("::1", "::2", false),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(network(of).contains(address), expected, "{of} {address}");
        }
    }

    #[test]
    fn only_a_trusted_proxy_names_the_client() {
        let trusted = [network("10.0.0.0/8"), network("fd00::/8")];
        let check = |peer: &str, forwarded: &[&str], expected: &str| {
            let peer = peer.parse().unwrap();
            let found = client(peer, forwarded.iter().copied(), &trusted);
            assert_eq!(found.to_string(), expected, "{peer} {forwarded:?}");
        };
        check("192.0.2.1", &["203.0.113.9"], "192.0.2.1");
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["203.0.113.9"], "203.0.113.9");
        // What the client wrote itself stands to the left and is never reached.
        check(
            "10.0.0.1",
            &["1.2.3.4, 203.0.113.9, 10.0.0.2"],
            "203.0.113.9",
        );
        check(
            "10.0.0.1",
            &["1.2.3.4", "203.0.113.9", "10.0.0.2"],
            "203.0.113.9",
        );
        check("10.0.0.1", &["10.0.0.3,10.0.0.2"], "10.0.0.3");
        check("10.0.0.1", &["1.2.3.4, unknown, 10.0.0.2"], "10.0.0.2");
        check("::ffff:10.0.0.1", &["[2001:db8::7]:4711"], "2001:db8::7");
        check("fd00::1", &["203.0.113.9:8080"], "203.0.113.9");
        let peer = "10.0.0.1".parse().unwrap();
        assert_eq!(client(peer, ["203.0.113.9"].into_iter(), &[]), peer);
    }

    #[test]
    fn whom_a_proxy_hides_is_nobody() {
        let proxy = [network("127.0.0.1")];
        let check = |trusted: &[Network], header: &'static str, value, expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header, hyper::header::HeaderValue::from_static(value));
            let found = certain(&headers, Ipv4Addr::LOCALHOST.into(), trusted);
            let found = found.map(|address| address.to_string());
            assert_eq!(found.as_deref(), expected, "{trusted:?} {header}: {value}");
        };
        for trusted in [&[][..], &proxy] {
            check(trusted, "host", "a", Some("127.0.0.1"));
            check(trusted, "via", "1.1 a", None);
            check(trusted, "forwarded", "for=127.0.0.2", None);
            check(trusted, "x-forwarded-for", "127.0.0.1", None);
            check(trusted, "x-forwarded-for", "unknown", None);
        }
        check(&[], "x-forwarded-for", "203.0.113.9", None);
        check(
            &proxy,
            "x-forwarded-for",
            "203.0.113.9",
            Some("203.0.113.9"),
        );
    }
}
