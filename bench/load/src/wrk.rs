//! Runs `wrk`, the load generator that people know, to hold ours against it.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::Result;

/// Requests a second with 64 connections, all with the same body.
///
/// # Errors
///
/// If `wrk` is not installed, or says nothing that can be read.
pub fn requests_per_second(
    address: SocketAddr,
    folder: &Path,
    body: &[u8],
    time: Duration,
) -> Result<f64> {
    let script = folder.join("wrk.lua");
    let body = std::str::from_utf8(body)?;
    let text = format!(
        "wrk.method = \"POST\"\nwrk.body = [==[{body}]==]\n\
         wrk.headers[\"Content-Type\"] = \"application/json\"\n\
         wrk.headers[\"Authorization\"] = \"Bearer wk_none\"\n"
    );
    std::fs::write(&script, text)?;
    let output = Command::new("wrk")
        .args(["--threads", "1", "--connections", "64", "--duration"])
        .arg(format!("{}s", time.as_secs()))
        .arg("--script")
        .arg(&script)
        .arg(format!("http://{address}/api/events"))
        .output()
        .map_err(|error| format!("failed to start `wrk`: {error}\nhint: apt-get install wrk"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    rate(&said).ok_or_else(|| format!("failed to read what `wrk` said: {said}").into())
}

fn rate(said: &str) -> Option<f64> {
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"));
    line?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read() {
        let said =
            "Running 1s test\n  64 connections\nRequests/sec:  84211.32\nTransfer/sec: 1MB\n";
        assert_eq!(rate(said), Some(84_211.32));
        assert_eq!(rate("unable to connect"), None);
    }
}
