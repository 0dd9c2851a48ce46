//! What real clients sent: `shared/captures` beside the checkout, if it is there, holds their
//! requests, as lists of `{"request":{"path","headers","body_base64"?,"body_json"}}`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use intake::{Body, Config, Intake, Refused, Shape};
use serde_json::Value;

use crate::fake::{Fake, make_id, project, received};

/// Clients whose bodies have our shape: events, or a batch of events. The others send forms, or
/// name their lists otherwise; they get routes of their own.
const OURS: [&str; 4] = ["jitsu", "posthog", "rudder", "segment"];

fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures");
    beside.is_dir().then_some(beside)
}

/// The requests of one file that carry JSON, as they went over the wire.
fn requests(file: &Path) -> Vec<(Vec<u8>, Value)> {
    let text = std::fs::read_to_string(file).unwrap();
    let all: Vec<Value> = serde_json::from_str(&text).unwrap();
    let request = |one: &Value| {
        let request = &one["request"];
        let path = request["path"].as_str().unwrap();
        let json = request["body_json"].clone();
        if json.is_null() || json.get("form_data").is_some() || path.starts_with("/flags") {
            return None;
        }
        let wire = match request["body_base64"].as_str() {
            // Where the recorder masked an address inside the encoded text, it is no more what it
            // was: the same content is compressed anew.
            Some(text) => STANDARD.decode(text).unwrap_or_else(|_| gzip(&json)),
            None => serde_json::to_vec(&json).unwrap(),
        };
        Some((wire, json))
    };
    all.iter().filter_map(request).collect()
}

fn gzip(json: &Value) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder
        .write_all(&serde_json::to_vec(json).unwrap())
        .unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn every_event_of_real_clients_is_stored_or_refused_with_a_reason() {
    let Some(folder) = folder() else {
        println!("SKIPPED: no captured requests beside the checkout");
        return;
    };
    let (mut taken, mut compressed) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let ours = OURS.iter().any(|client| name.starts_with(client));
        for (wire, json) in requests(&file) {
            // Another project each time: clients repeat themselves from one capture to the next.
            let fake = Fake::open();
            let (intake, committers) = Intake::new(fake.clone(), Config::default(), make_id());
            for committer in committers {
                tokio::spawn(committer.run());
            }
            let body = Body {
                bytes: &wire,
                claimed: None,
            };
            let answer = match intake.accept(project(1), &body, &received()).await {
                Ok(answer) => answer,
                Err(Refused::Body(rejection)) if !ours => {
                    assert!(!rejection.message.is_empty(), "{name}");
                    continue;
                }
                Err(refused) => panic!("{name}: {refused}"),
            };
            let batch = json.get("batch").and_then(Value::as_array);
            let expected = batch.map_or((Shape::One, 1), |batch| (Shape::Several, batch.len()));
            assert_eq!((answer.shape, answer.verdicts.len()), expected, "{name}");
            if !ours {
                assert_eq!(answer.totals().rejected, expected.1, "{name}: {answer:?}");
                continue;
            }
            assert_eq!(answer.totals().rejected, 0, "{name}: {answer:?}");
            taken += answer.totals().stored;
            compressed += usize::from(wire.starts_with(b"\x1f\x8b"));
        }
    }
    assert!(
        taken > 50 && compressed > 5,
        "{taken} events, {compressed} compressed requests"
    );
}
