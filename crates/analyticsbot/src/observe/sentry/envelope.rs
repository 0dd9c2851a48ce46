//! One report as an envelope: its header, the header of its only item, and the event.
//!
//! Fields are sent only if they are on the list: what somebody adds to a log line for an operator's
//! eyes does not leave the machine by itself.

use serde_json::{Map, Value as Json, json};

use super::super::line::json_fields;
use super::super::panics;
use super::Report;

/// Fields that are sent. None can hold what a client sent.
const SENT: [&str; 16] = [
    "attempt",
    "code",
    "column",
    "count",
    "error",
    "error.type",
    "events",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "location",
    "panic",
    "store",
    "table",
    "thread",
    "total_ms",
];

/// The body of the request that reports it.
pub(super) fn of(report: &Report, environment: &str) -> String {
    let event_id = report.id.simple().to_string();
    let event = event(report, &event_id, environment).to_string();
    let head = json!({"event_id": event_id, "sent_at": report.time.to_string()});
    let item = json!({"type": "event", "length": event.len(), "content_type": "application/json"});
    format!("{head}\n{item}\n{event}\n")
}

fn event(report: &Report, event_id: &str, environment: &str) -> Json {
    let fields = &report.fields;
    let mut extra = json_fields(&fields.others);
    extra.retain(|name, _| SENT.contains(&name.as_str()));
    if report.left_out > 0 {
        extra.insert("left_out".to_owned(), report.left_out.into());
    }
    let is_panic = report.target == panics::TARGET;
    let mut event = json!({
        "event_id": event_id,
        "timestamp": report.time.to_string(),
        "platform": "native",
        "level": if is_panic { "fatal" } else { "error" },
        "logger": report.target,
        "release": concat!("analyticsbot@", env!("CARGO_PKG_VERSION")),
        "environment": environment,
        "fingerprint": [report.place],
        "tags": tags(report),
        "extra": extra,
    });
    let value = fields.text(if is_panic { "panic" } else { "error" });
    match value {
        Some(value) => {
            let kind = if is_panic { "panic" } else { &fields.message };
            event["exception"] = json!({"values": [{
                "type": kind,
                "value": value,
                "mechanism": {"type": if is_panic { "panic" } else { "log" }, "handled": !is_panic},
            }]});
        }
        None => event["logentry"] = json!({"formatted": fields.message}),
    }
    event
}

/// What Sentry can be searched for.
fn tags(report: &Report) -> Map<String, Json> {
    let fields = &report.fields;
    let ids = [
        ("request_id", fields.request_id.as_deref()),
        ("trace_id", fields.trace_id.as_deref()),
        ("code", fields.text("code")),
    ];
    let given = ids
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    given
        .map(|(name, value)| (name.to_owned(), Json::from(value)))
        .collect()
}
