//! Requests that real clients sent: each event of them is read as its client means it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use event::{Checked, Code, Draft, Limits, ProjectId, Received, Rejection, Source, check};
use ids::{Timestamp, Uuid};
use serde_json::Value;

/// The recorded requests, or None, said loudly, where they are not.
fn captures_or_skip() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures");
    let Ok(entries) = folder.read_dir() else {
        #[expect(clippy::print_stderr, reason = "a skipped test says so loudly")]
        {
            eprintln!("SKIPPED: no recorded requests in `{}`", folder.display());
        }
        return None;
    };
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "json")
    });
    files.sort();
    Some(files)
}

/// The events of one request, as JSON text each.
fn events(body: &Value) -> Vec<String> {
    let body = body.get("form_data").unwrap_or(body);
    let batch = ["batch", "events"].iter().find_map(|key| body.get(key));
    match batch.unwrap_or(body) {
        Value::Array(events) => events.iter().map(Value::to_string).collect(),
        Value::Object(_) => vec![batch.unwrap_or(body).to_string()],
        _ => Vec::new(),
    }
}

fn read(text: &str) -> Result<Checked, Rejection> {
    let received = Received {
        at: event::parse_time("2026-11-22T07:00:00Z").expect("a time"),
        ip: None,
        user_agent: None,
        source: Source::Import,
    };
    let limits = Limits::DEFAULT;
    let draft = Draft::read(0, text.as_bytes(), &limits)?;
    let project = ProjectId::from_uuid(Uuid::NIL);
    let make_id = |time: Option<Timestamp>| Uuid::at(time.unwrap_or(received.at));
    check(&draft, project, &received, &limits, make_id)
}

#[test]
fn the_events_of_real_clients_are_taken() {
    let Some(files) = captures_or_skip() else {
        return;
    };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a recording");
        let requests: Vec<Value> = serde_json::from_str(&text).expect("a list of requests");
        for request in requests {
            let client = request["client"].as_str().expect("a client").to_owned();
            for text in events(&request["request"]["body_json"]) {
                *counts.entry(judge(&client, &text)).or_default() += 1;
            }
        }
    }
    assert!(
        counts["segment"] >= 40 && counts["posthog"] >= 20 && counts["jitsu"] >= 10,
        "{counts:?}"
    );
    assert!(
        counts["mixpanel"] >= 4 && counts["not ours"] >= 5,
        "{counts:?}"
    );
}

/// Checks one recorded event; tells the family of its format.
fn judge(client: &str, text: &str) -> &'static str {
    let sent: Value = serde_json::from_str(text).expect("recorded JSON");
    let found = read(text);
    if sent.get("event").is_none() && sent.get("type").is_none() {
        // Profiles, feature flags and Amplitude's own names: formats that decoders of their own
        // read, and that are not mistaken for an event here.
        let refusal = found.expect_err(text);
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (Code::MissingName, Some("event"))
        );
        return "not ours";
    }
    let Checked { event, notes } = found.unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"));
    assert!(!notes.sanitised && !notes.sent_at_ignored, "{text}");
    let name = sent.get("event").unwrap_or(&sent["type"]);
    assert_eq!(Some(event.name.as_str()), name.as_str(), "{text}");
    let written = sent
        .get("timestamp")
        .or_else(|| sent.get("originalTimestamp"));
    if let Some(written) = written.and_then(Value::as_str) {
        let written = event::parse_time(written).expect("a client's time");
        let corrected_ms = (event.timestamp.unix_ms() - written.unix_ms()).abs();
        assert!(corrected_ms < 3_600_000, "{text}");
    }
    let properties: Value = serde_json::from_str(event.properties.as_str()).expect("JSON");
    let sent_properties = sent
        .get("properties")
        .cloned()
        .unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    assert_eq!(properties, sent_properties, "{text}");
    let context = event
        .context
        .as_ref()
        .map_or("", |context| context.as_str());
    assert!(!context.contains("WRITEKEY"), "{text}");
    for kept in ["traits", "groupId", "previousId", "$set", "integrations"] {
        let field = format!("\"{kept}\":");
        assert!(
            sent.get(kept).is_none() || context.contains(&field),
            "{text}"
        );
    }
    match client.split('-').next() {
        Some("segment" | "rudder") => {
            assert!(
                event.canonical_id.is_some()
                    && (event.user_id.is_some() || event.anonymous_id.is_some()),
                "{text}"
            );
            "segment"
        }
        Some("jitsu") => {
            assert!(
                event.canonical_id.is_some() && event.anonymous_id.is_some(),
                "{text}"
            );
            "jitsu"
        }
        Some("posthog") => {
            assert!(event.canonical_id.is_some(), "{text}");
            "posthog"
        }
        Some("mixpanel") => "mixpanel",
        other => panic!("a client nobody thought of: {other:?}"),
    }
}
