//! What the figures were taken on, and which versions of the peers.

use std::fs;

const LOCK: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock"));

const PEERS: [&str; 10] = [
    "uuid",
    "uuid7",
    "fast-uuid-v7",
    "ulid",
    "uuid-simd",
    "scru128",
    "mti",
    "type-safe-id",
    "sha1",
    "chacha20",
];

/// What the figures depend on besides the code.
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    pub kernel: String,
    /// Name and version.
    pub peers: Vec<(&'static str, String)>,
}

impl Machine {
    /// Reads what this machine tells of itself; `unknown` where it does not.
    #[must_use]
    pub fn read() -> Self {
        let unknown = || "unknown".to_owned();
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpuinfo
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease");
        Self {
            processor: model.map_or_else(unknown, str::to_owned),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: kernel.map_or_else(|_| unknown(), |text| text.trim().to_owned()),
            peers: PEERS.iter().map(|&name| (name, version(name))).collect(),
        }
    }
}

/// The version that the lock file names for a crate of which it holds one version.
fn version(name: &str) -> String {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let found = LOCK
        .split_once(&entry)
        .and_then(|(_, rest)| rest.split_once('"'));
    found.map_or_else(|| "unknown".to_owned(), |(version, _)| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_peer_has_a_version() {
        for (name, version) in Machine::read().peers {
            assert!(
                version.starts_with(|c: char| c.is_ascii_digit()),
                "{name}: `{version}`"
            );
        }
    }
}
