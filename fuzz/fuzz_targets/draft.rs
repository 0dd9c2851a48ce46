//! Arbitrary bytes as an event and as a document: what is accepted is accepted again unchanged, and
//! by another reader of JSON.
#![no_main]

use event::{Draft, Event, Json, Limits, ProjectId, Received, Source, check, sanitise};
use ids::{Timestamp, Uuid};
use libfuzzer_sys::fuzz_target;

const NOW: Timestamp = Timestamp::from_unix_ms(1_795_329_704_170);

fuzz_target!(|bytes: &[u8]| {
    // Small enough for inputs of a fuzzer to reach them.
    let limits = Limits {
        event_bytes_max: 2048,
        keys_max: 20,
        depth_max: 8,
        string_bytes_max: 100,
        key_bytes_max: 20,
        number_bytes_max: 40,
        name_chars_max: 20,
        id_bytes_max: 30,
        user_agent_bytes_max: 50,
        rejection_input_bytes_max: 100,
        ..Limits::DEFAULT
    };
    match sanitise(bytes, &limits) {
        Ok(found) => agrees(&found.json, &limits),
        Err(fault) => assert!(fault.position <= bytes.len() && !fault.message.is_empty()),
    }
    let agent = String::from_utf8_lossy(bytes);
    let received = Received {
        at: NOW,
        ip: None,
        user_agent: Some(&agent),
        source: Source::Import,
    };
    let project = ProjectId::from_uuid(Uuid::MAX);
    let make_id = |time: Option<Timestamp>| Uuid::at(time.unwrap_or(NOW));
    let checked = Draft::read(7, bytes, &limits)
        .and_then(|draft| check(&draft, project, &received, &limits, make_id));
    match checked {
        Ok(checked) => is_within(&checked.event, &limits),
        Err(rejection) => {
            assert!(rejection.index == 7 && !rejection.message.is_empty());
            assert!(rejection.input.len() <= limits.rejection_input_bytes_max);
            assert!(!rejection.input.contains('\0'));
        }
    }
});

/// A canonical document stays as it is, whoever reads it.
fn agrees(json: &Json, limits: &Limits) {
    let text = json.as_str();
    assert!(text.len() <= limits.event_bytes_max);
    let again = sanitise(text.as_bytes(), limits).expect("accepted before");
    assert!(again.json == *json && !again.changed);
    serde_json::from_str::<serde_json::Value>(text).expect("JSON");
}

fn is_within(event: &Event, limits: &Limits) {
    assert!(event.name.as_str().chars().count() <= limits.name_chars_max);
    assert!(!event.name.as_str().trim().is_empty());
    for id in [&event.user_id, &event.anonymous_id].into_iter().flatten() {
        assert!(!id.is_empty() && id.len() <= limits.id_bytes_max && !id.contains('\0'));
    }
    let agent = event.user_agent.as_deref().unwrap_or_default();
    assert!(agent.len() <= limits.user_agent_bytes_max && !agent.contains('\0'));
    assert!(event.timestamp >= event::EARLIEST);
    assert!(event.properties.is_object());
    agrees(&event.properties, &Limits::NONE);
    if let Some(context) = &event.context {
        assert!(context.is_object());
        agrees(context, &Limits::NONE);
    }
}
