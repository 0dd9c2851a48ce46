//! What is noted of a request: its span, its lines, and never its key.

use std::fmt::Write as _;
use std::time::Duration;

use tokio::time::{advance, pause};

use super::log::{Fields, Log};
use super::rig::{Commits, Rig, status};

const EVENT: &str = "{\"event\":\"a\"}";
const SLOW: Commits = Commits::After(Duration::from_millis(25));
const QUICK: Commits = Commits::After(Duration::from_millis(5));

/// The header `name` of an answer.
fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let mut lines = answer.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(found, _)| *found == name).unwrap().1
}

fn number(fields: &Fields, name: &str) -> f64 {
    fields[name].parse().unwrap()
}

#[tokio::test]
async fn a_span_tells_the_request_and_its_parts() {
    let (rig, log) = (Rig::with(SLOW).await, Log::keep());
    pause();
    let answer = rig.send(rig.post("", EVENT)).await;
    let spans = log.requests();
    let [span] = spans.as_slice() else {
        panic!("{spans:?}")
    };
    let project = rig.project_id.uuid().to_string();
    for (name, expected) in [
        ("target", "web::request"),
        ("http.request.method", "POST"),
        ("http.route", "/api/events"),
        ("http.response.status_code", "201"),
        ("request_id", header(&answer, "x-request-id")),
        ("project", &project),
        ("events", "1"),
    ] {
        assert_eq!(span[name], expected, "{name}");
    }
    assert!(
        (25_000.0..28_000.0).contains(&number(span, "commit_us")),
        "{span:?}"
    );
    assert!(
        number(span, "decode_us") < 1.0 && number(span, "wait_us") < 1.0,
        "{span:?}"
    );
    // What is refused has its code, and a path of the client's own is no route.
    rig.send(rig.post("", "{")).await;
    rig.send("GET /wp-admin?a=b HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    let spans = log.requests();
    assert_eq!(spans[0]["error.type"], "invalid_json");
    assert_eq!(spans[1].get("http.route"), None);
    assert_eq!(spans[1]["http.response.status_code"], "404");
    assert!(!log.all().contains("wp-admin"));
    rig.send("BREW /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(log.requests()[0]["http.request.method"], "_OTHER");
}

#[tokio::test]
async fn the_trace_is_the_callers_if_it_has_one() {
    let (rig, log) = (Rig::with(QUICK).await, Log::keep());
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    for (value, expected) in [
        (format!("00-{trace}-{parent}-01"), Some("true")),
        (format!("00-{trace}-{parent}-00"), Some("false")),
        // A later version may have more.
        (format!("01-{trace}-{parent}-01-more"), Some("true")),
        (format!("ff-{trace}-{parent}-01"), None),
        (format!("00-{}-{parent}-01", "0".repeat(32)), None),
        (format!("00-{trace}-{}-01", "0".repeat(16)), None),
        (format!("00-{trace}"), None),
        ("\u{fffd}".to_owned(), None),
    ] {
        let answer = rig
            .send(rig.post(&format!("traceparent: {value}\r\n"), "{"))
            .await;
        let spans = log.requests();
        let lines = log.lines("request refused");
        let (span, line) = (&spans[0], lines.last().unwrap());
        let request_id = header(&answer, "x-request-id");
        let own = request_id.replace('-', "");
        assert_eq!(span.get("sampled").map(String::as_str), expected, "{value}");
        assert_eq!(
            span.get("parent_id").map(String::as_str),
            expected.map(|_| parent),
            "{value}"
        );
        let trace_id = if expected.is_some() { trace } else { &own };
        for noted in [span, line] {
            assert_eq!(
                (&*noted["trace_id"], &*noted["request_id"]),
                (trace_id, request_id)
            );
        }
    }
}

#[tokio::test]
async fn a_slow_creation_is_a_warning_with_its_parts_and_many_are_ten() {
    let (rig, log) = (Rig::with(QUICK).await, Log::keep());
    pause();
    let slow = || log.lines("slow event creation");
    rig.send(rig.post("", EVENT)).await;
    assert!(slow().is_empty(), "{:?}", slow());
    *rig.commits.lock().unwrap() = SLOW;
    let answer = rig.send(rig.post("", EVENT)).await;
    let lines = slow();
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!((&*line["level"], &*line["target"]), ("WARN", "web::slow"));
    assert_eq!(line["request_id"], header(&answer, "x-request-id"));
    assert_eq!((&*line["events"], &*line["slow_before"]), ("1", "0"));
    let parts = ["read_ms", "decode_ms", "wait_ms", "commit_ms"].map(|part| number(line, part));
    assert!((25.0..28.0).contains(&parts[3]), "{line:?}");
    assert!(
        (parts.iter().sum::<f64>() - number(line, "total_ms")).abs() < 0.001,
        "{line:?}"
    );
    // Ten in one second; the others are counted. The waits stay below the five seconds after which
    // the key is asked for again, by a thread that does not know the clock.
    let many = async || {
        for _ in 0..20 {
            rig.send(rig.post("", EVENT)).await;
        }
    };
    advance(Duration::from_secs(1)).await;
    many().await;
    let lines = slow();
    // While they came, half a second passed, and with it the leave for a few more.
    assert!((11..=17).contains(&lines.len()), "{}", lines.len());
    assert_eq!(rig.app.shared.counts.slow_ones(), 21);
    advance(Duration::from_secs(1)).await;
    rig.send(rig.post("", EVENT)).await;
    assert_eq!(slow().last().unwrap()["slow_before"], "21");
}

#[tokio::test]
async fn a_failure_is_one_line_with_its_cause_which_the_client_is_not_told() {
    let (rig, log) = (Rig::with(Commits::Failing).await, Log::keep());
    let answer = rig.send(rig.post("", EVENT)).await;
    assert_eq!(status(&answer), "503");
    assert!(!answer.contains("as the test says"), "{answer}");
    let lines = log.lines("request failed");
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!((&*line["level"], &*line["code"]), ("ERROR", "store_failed"));
    assert!(line["error"].contains("as the test says"), "{line:?}");
    assert_eq!(line["request_id"], header(&answer, "x-request-id"));
}

/// Requests with `key` wherever a client may have put it, rightly and wrongly.
fn with_key(key: &str) -> Vec<String> {
    let post = |target: &str, headers: &str, body: &str| {
        let length = body.len();
        format!(
            "POST {target} HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        )
    };
    let query = format!("/api/events?write_key={key}");
    let header = format!("X-Write-Key: {key}\r\n");
    let in_body = format!("{{\"event\":\"a\",\"writeKey\":\"{key}\"}}");
    vec![
        post("/api/events", &header, EVENT),
        post(&query, "", EVENT),
        post(&query, "", "{"),
        post("/api/events", "", &in_body),
        post("/api/events", "", &in_body.replace("\"a\"", "\"\"")),
        post(
            "/api/events",
            "",
            &format!("[{in_body},{{\"event\":\"{key}\",\"context\":1}}]"),
        ),
        post(&query, "X-Write-Key: other\r\n", EVENT),
        post("/api/events", &format!("Authorization: {key}\r\n"), EVENT),
        post(
            "/api/events",
            &format!("Authorization: Bearer {key} {key}\r\n"),
            EVENT,
        ),
        post(
            "/api/events",
            &format!("X-Write-Key: {key}\u{e9}\r\n"),
            EVENT,
        ),
        post("/api/events", &format!("X-Write-Key: {key}\0\r\n"), EVENT),
        post("/api/events", &format!("Host: {key}\r\n"), EVENT),
        post(
            "/api/events",
            &format!("traceparent: {key}\r\nUser-Agent: {key}\r\n"),
            EVENT,
        ),
        post(&format!("/{key}"), &header, EVENT),
        post(&format!("{query}{}", "a".repeat(9_000)), "", EVENT),
        post(&format!("{key} {query}"), "", EVENT),
        format!("{key} {query} HTTP/1.1\r\nHost: a\r\n\r\n"),
        format!("POST {query} HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{in_body}"),
        format!("GET {query} HTTP/1.1\r\nHost: a\r\n{header}"),
    ]
}

#[tokio::test]
async fn a_key_is_never_said_again() {
    let (rig, log) = (Rig::with(QUICK).await, Log::keep());
    let good = rig.key.as_str().to_owned();
    let unknown = crate::Key::make(store::KeyKind::Write, [2; 32]);
    // What is left of a key without the part that tells it from others in a list.
    let secret = |key: &str| key[11..].to_owned();
    let (mut statuses, mut said) = (Vec::new(), String::new());
    for key in [&*good, unknown.as_str()] {
        for commits in [QUICK, Commits::Failing] {
            *rig.commits.lock().unwrap() = commits;
            for request in with_key(key) {
                let answer = rig.send(&request).await;
                statuses.push(status(&answer).to_owned());
                said.push_str(&answer);
            }
        }
    }
    for expected in ["201", "400", "401", "404", "405", "414", "422", "503"] {
        assert!(
            statuses.iter().any(|status| status == expected),
            "no {expected}: {statuses:?}"
        );
    }
    said.push_str(&rig.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").await);
    write!(said, "{:?}", rig.app).unwrap();
    assert!(said.contains("analyticsbot_events_accepted_total"));
    said.push_str(&log.all());
    for key in [&*good, unknown.as_str()] {
        let line = said.split('}').find(|line| line.contains(&secret(key)));
        assert_eq!(line, None);
    }
    // The rig would see it.
    tracing::trace!(url = format!("/api/events?write_key={good}"), "planted");
    assert!(log.all().contains(&secret(&good)));
}
