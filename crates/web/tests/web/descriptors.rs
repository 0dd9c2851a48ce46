//! A process without a free file descriptor takes no connections, and takes them again when it has.

use std::process::Command;

use crate::rig::{Rig, post};

/// Descriptors of the child process: enough for a server and a few clients of it.
const DESCRIPTORS: usize = 64;

#[test]
fn connections_wait_until_there_is_a_descriptor() {
    let ended = Command::new("sh")
        .args(["-c", "ulimit -n \"$0\" && exec \"$@\""])
        .arg(DESCRIPTORS.to_string())
        .arg(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "descriptors::with_few_descriptors",
            "--nocapture",
        ])
        .output()
        .unwrap();
    let (said, erred) = (
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr),
    );
    assert!(
        ended.status.success() && said.contains("1 passed"),
        "{said}\n{erred}"
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs in a process of its own with few descriptors, started by the test above"]
async fn with_few_descriptors() {
    let rig = Rig::start().await;
    let shop = rig.tenant("shop").await;
    let headers = format!("X-Write-Key: {}\r\n", shop.key.as_str());
    let request = post("/api/events", &headers, b"{\"event\":\"a\"}");
    let mut before = rig.connect().await;
    before.write(&request).await;
    assert_eq!(before.answer().await.status, 201);
    // The clients live in this process as well: each connection takes two descriptors, until the
    // last one goes to a client and there is none for the server.
    let mut clients = Vec::new();
    while let Ok(stream) = tokio::net::TcpStream::connect(("127.0.0.1", rig.port)).await {
        clients.push(stream);
        assert!(clients.len() < DESCRIPTORS, "there is no limit");
    }
    let failures = async |client: &mut crate::rig::Client| {
        client
            .write(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
            .await;
        let page = client.answer().await.body;
        let mut lines = page.lines();
        let line = lines.find_map(|line| line.strip_prefix("analyticsbot_accept_failures_total "));
        line.unwrap().parse::<u64>().unwrap()
    };
    // Who is connected goes on.
    let mut looks = 0;
    while failures(&mut before).await == 0 {
        looks += 1;
        assert!(looks < 100_000, "accepting never failed");
    }
    before.write(&request).await;
    assert_eq!(before.answer().await.status, 201);
    drop(clients);
    assert_eq!(rig.send(&request).await.status, 201);
    assert_eq!(rig.stored(shop.id).await.len(), 3);
}
