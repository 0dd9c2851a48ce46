//! What real clients sent is taken or refused with a reason: `shared/captures` beside the checkout,
//! if it is there, holds their requests, as lists of `{"request":{"headers","body_base64"?,
//! "body_json"}}`.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::rig::{Rig, post};

/// Clients whose bodies have our shape.
const OURS: [&str; 4] = ["jitsu", "posthog", "rudder", "segment"];

/// What of a client's own headers reaches the server besides what the test sets itself.
const KEPT: [&str; 3] = ["content-type", "content-encoding", "user-agent"];

fn request(one: &Value, key: &str) -> Option<Vec<u8>> {
    let request = &one["request"];
    let json = &request["body_json"];
    let is_flags = request["path"].as_str().unwrap().starts_with("/flags");
    if json.is_null() || json.get("form_data").is_some() || is_flags {
        return None;
    }
    let encoded = request["body_base64"]
        .as_str()
        .and_then(|text| STANDARD.decode(text).ok());
    let body = encoded.unwrap_or_else(|| serde_json::to_vec(json).unwrap());
    let mut headers = format!("X-Write-Key: {key}\r\n");
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        if let Some(value) = value
            .as_str()
            .filter(|_| KEPT.contains(&&*name.to_lowercase()))
        {
            headers.extend([name, ": ", value, "\r\n"]);
        }
    }
    Some(post("/api/events", &headers, &body))
}

#[tokio::test(flavor = "multi_thread")]
async fn real_clients_are_answered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures");
    if !folder.is_dir() {
        println!("SKIPPED: no captured requests beside the checkout");
        return;
    }
    let rig = Rig::start().await;
    let shop = rig.tenant("shop").await;
    let mut taken = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let all: Vec<Value> =
            serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let ours = OURS.iter().any(|client| name.starts_with(client));
        for request in all.iter().filter_map(|one| request(one, shop.key.as_str())) {
            let answer = rig.send(&request).await;
            assert!((200..500).contains(&answer.status), "{name}: {answer:?}");
            if ours {
                assert!(answer.status < 300, "{name}: {answer:?}");
                assert!(
                    answer.json()["rejected"].as_u64().unwrap_or(0) == 0,
                    "{name}"
                );
                taken += 1;
            }
        }
    }
    assert!(taken > 20, "only {taken} requests");
}
