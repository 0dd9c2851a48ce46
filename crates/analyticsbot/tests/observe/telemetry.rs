//! What a collector gets of a request, and what a caller sees when there is none.

use serde_json::Value as Json;

use crate::rig::Server;
use crate::run::start;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

#[test]
fn a_request_of_a_sampled_trace_is_a_span_of_it() {
    let collector = Server::start(Vec::new());
    let server = start(&[
        ("ANALYTICSBOT_TELEMETRY_OTLP_ENDPOINT", &collector.url("")),
        ("ANALYTICSBOT_TELEMETRY_SAMPLE_RATIO", "0"),
    ]);
    let event = r#"{"event":"a"}"#;
    let sampled = format!("traceparent: 00-{TRACE}-b7ad6b7169203331-01");
    let not_sampled = format!("traceparent: 00-{TRACE}-c7ad6b7169203331-00");
    for headers in [vec![sampled.as_str()], vec![&not_sampled], vec![]] {
        assert_eq!(server.event(&headers, event).status, 201);
    }
    assert_eq!(server.stop().status, Some(0));
    let sent = collector.rest();
    assert_eq!(sent.len(), 1, "one export of one span");
    let body: Json = serde_json::from_str(&sent[0].body).unwrap();
    let spans = body["resourceSpans"][0]["scopeSpans"][0]["spans"]
        .as_array()
        .unwrap();
    assert_eq!(spans.len(), 1, "{body}");
    assert_eq!(
        (&spans[0]["traceId"], &spans[0]["name"]),
        (&TRACE.into(), &"POST /api/events".into())
    );
    assert_eq!(spans[0]["parentSpanId"], "b7ad6b7169203331");
}

#[test]
fn without_a_caller_every_trace_of_ours_is_exported() {
    let collector = Server::start(Vec::new());
    let server = start(&[("ANALYTICSBOT_TELEMETRY_OTLP_ENDPOINT", &collector.url(""))]);
    for _ in 0..20 {
        assert_eq!(server.event(&[], r#"{"event":"a"}"#).status, 201);
    }
    assert_eq!(server.stop().status, Some(0));
    let spans = collector
        .rest()
        .iter()
        .map(|sent| sent.body.matches("\"spanId\"").count())
        .sum::<usize>();
    assert_eq!(spans, 20);
}

#[test]
fn a_collector_that_is_down_is_said_once_and_fails_no_request() {
    let server = start(&[("ANALYTICSBOT_TELEMETRY_OTLP_ENDPOINT", &Server::nowhere())]);
    for _ in 0..100 {
        assert_eq!(server.event(&[], r#"{"event":"a"}"#).status, 201);
    }
    let ended = server.stop();
    assert_eq!(ended.status, Some(0));
    assert_eq!(
        ended.log.matches("export fails").count(),
        1,
        "{}",
        ended.log
    );
}
