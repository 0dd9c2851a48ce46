//! Every limit and waiting time of the HTTP face, with its default.

use std::time::Duration;

use crate::client::Network;

/// Limits of the HTTP face. Beyond each of them there is one documented answer.
///
/// Limits of a body and of the events in it are [`event::Limits`]; those of what waits for the
/// store, [`intake::batch::Config`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Connections open at one time: 4,096. Beyond: 503 and the connection is closed, so that a
    /// balancer tries another instance at once, where a wait in the backlog would tell it nothing.
    pub connections_max: usize,
    /// From the first byte of a request, and from the opening of a connection, to the end of its
    /// head: 5 s. Beyond: 408.
    pub header_wait: Duration,
    /// From the end of the head to the end of the body: 15 s. Beyond: 408.
    pub body_wait: Duration,
    /// Without a byte between two requests of a connection: 60 s. Beyond: it is closed.
    pub idle_wait: Duration,
    /// From the first byte of a request to its answer: 30 s. Beyond: 503, which says that the
    /// events may be stored.
    pub total_wait: Duration,
    /// From the order to stop to the last answer: 8 s. It leaves [`run`](crate::run) one more to
    /// write the day's counts, and the caller another to commit what was taken and be gone within
    /// ten. Beyond: what is still open is dropped, and counted in the [`Report`](crate::Report).
    pub stop_wait: Duration,
    /// How old the proof of a commit behind `/readyz` may be: 1 s, so that probes cannot load the
    /// store.
    pub ready_age_max: Duration,
    /// An event creation that takes longer is a warning with its parts: 10 ms.
    pub slow_creation: Duration,
    /// Keys and the rate of requests.
    pub keys: Keys,
    /// How much each key, address and project may send.
    pub rate: Rate,
    /// Peers whose `X-Forwarded-For` is believed: nobody.
    pub trusted_proxies: Vec<Network>,
    /// Clients that may read `/metrics`, which names projects: this machine, `127.0.0.0/8` and
    /// `::1/128`. For all others there is no such route, nor for whom a proxy hides.
    pub metrics_networks: Vec<Network>,
}

/// How keys are looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// How long the store's word on a key counts: 5 s. A revoked key stops working within it.
    pub fresh: Duration,
    /// How long a key that was good goes on working while the store cannot be asked: 60 s.
    pub stale: Duration,
    /// Keys remembered: 10,000, the unknown ones included. Beyond: the oldest go.
    pub remembered_max: usize,
    /// Looks into the store at one time: 8. Beyond, requests with keys that are not remembered
    /// wait for a turn.
    pub lookups_max: usize,
}

/// How much is too much: each is a steady rate and what may come at once. Beyond: 429.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Events a second of one write key: 1,000,000. Beyond: `rate_limited_key`.
    pub key_events_per_second: u64,
    /// Events of one write key at once: 2,000,000.
    pub key_burst_events: u64,
    /// Requests a second of one address, or of one IPv6 network of 64 bits: 200,000. Beyond:
    /// `rate_limited_address`.
    pub address_requests_per_second: u64,
    /// Requests of one address at once: 400,000.
    pub address_burst_requests: u64,
    /// Events of one project in one day of UTC: 1,000,000,000. Beyond: `quota_exceeded`.
    pub project_events_per_day: u64,
    /// Keys and addresses remembered: 100,000 of each. Beyond: those that sent longest ago go.
    pub remembered_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            connections_max: 4_096,
            header_wait: Duration::from_secs(5),
            body_wait: Duration::from_secs(15),
            idle_wait: Duration::from_mins(1),
            total_wait: Duration::from_secs(30),
            stop_wait: Duration::from_secs(8),
            ready_age_max: Duration::from_secs(1),
            slow_creation: Duration::from_millis(10),
            keys: Keys::default(),
            rate: Rate::default(),
            trusted_proxies: Vec::new(),
            metrics_networks: Network::LOOPBACK.to_vec(),
        }
    }
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            fresh: Duration::from_secs(5),
            stale: Duration::from_mins(1),
            remembered_max: 10_000,
            lookups_max: 8,
        }
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            key_events_per_second: 1_000_000,
            key_burst_events: 2_000_000,
            address_requests_per_second: 200_000,
            address_burst_requests: 400_000,
            project_events_per_day: 1_000_000_000,
            remembered_max: 100_000,
        }
    }
}
