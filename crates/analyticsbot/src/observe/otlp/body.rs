//! The body of one export: `ExportTraceServiceRequest` as JSON.
//!
//! Source: opentelemetry-proto 1.3, `trace.proto` and its JSON mapping: ids as hexadecimal digits,
//! 64-bit integers as texts, enumerations as numbers.

use serde_json::{Value as Json, json};

use super::super::fields::{Fields, Value};
use super::Finished;

/// `SPAN_KIND_INTERNAL` and `SPAN_KIND_SERVER`.
const KINDS: (u8, u8) = (1, 2);

/// `STATUS_CODE_UNSET` and `STATUS_CODE_ERROR`.
const STATUSES: (u8, u8) = (0, 2);

/// The flag of a sampled trace in the low byte of `flags`.
const SAMPLED: u8 = 1;

/// Fields that say the place in the trace, which the span has elsewhere.
const PLACES: [&str; 2] = ["parent_id", "sampled"];

/// The body for these spans of the service.
pub(super) fn of(service: &str, spans: &[Finished]) -> String {
    let version = env!("CARGO_PKG_VERSION");
    json!({"resourceSpans": [{
        "resource": {"attributes": [
            text_attribute("service.name", service),
            text_attribute("service.version", version),
        ]},
        "scopeSpans": [{
            "scope": {"name": "analyticsbot", "version": version},
            "spans": spans.iter().map(span).collect::<Vec<_>>(),
        }],
    }]})
    .to_string()
}

fn span(span: &Finished) -> Json {
    let fields = &span.fields;
    let method = fields.text("http.request.method");
    let name = match (method, fields.text("http.route")) {
        (Some(method), Some(route)) => format!("{method} {route}"),
        // A route that there is not: its path would be a name of its own for each guess.
        (Some(method), None) => method.to_owned(),
        _ => span.name.to_owned(),
    };
    let began = span.began.unix_ns();
    let ended = began.saturating_add_unsigned(span.took.as_nanos());
    let mut json = json!({
        "traceId": span.trace.trace_id.to_string(),
        "spanId": span.trace.span_id.to_string(),
        "flags": SAMPLED,
        "name": name,
        "kind": if method.is_some() { KINDS.1 } else { KINDS.0 },
        "startTimeUnixNano": began.to_string(),
        "endTimeUnixNano": ended.to_string(),
        "attributes": attributes(fields),
        "status": {"code": if is_failed(fields) { STATUSES.1 } else { STATUSES.0 }},
    });
    if let Some(parent_id) = span.trace.parent_id {
        json["parentSpanId"] = parent_id.to_string().into();
    }
    json
}

/// A server's span is failed when the server is at fault; a client's mistake is not its error.
fn is_failed(fields: &Fields) -> bool {
    let status = fields.get("http.response.status_code");
    matches!(status, Some(Value::Unsigned(500..) | Value::Signed(500..)))
}

fn attributes(fields: &Fields) -> Vec<Json> {
    let request_id = fields.request_id.as_deref();
    let request_id = request_id.map(|id| text_attribute("request_id", id));
    let others = fields
        .others
        .iter()
        .filter(|(name, _)| !PLACES.contains(name));
    let others = others.map(|(name, value)| {
        let value = match value {
            Value::Bool(value) => json!({"boolValue": value}),
            Value::Signed(value) => json!({"intValue": value.to_string()}),
            Value::Unsigned(value) => json!({"intValue": value.to_string()}),
            Value::Float(value) => json!({"doubleValue": value}),
            Value::Text(value) => json!({"stringValue": value}),
        };
        json!({"key": name, "value": value})
    });
    request_id.into_iter().chain(others).collect()
}

fn text_attribute(key: &str, value: &str) -> Json {
    json!({"key": key, "value": {"stringValue": value}})
}
