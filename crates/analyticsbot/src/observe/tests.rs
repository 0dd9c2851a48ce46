//! The whole of it: what the program says on one side, what a collector, Sentry and the log get on
//! the other.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::Value as Json;

use super::rig::{Answer, Server};
use super::*;
use crate::secret::Secret;

/// A log that a test reads.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Written {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// What the log holds after `say` was said under this configuration, and the metrics.
fn said(config: &Config, origin: Origin, say: impl FnOnce()) -> (String, String) {
    let log = Written::default();
    let (subscriber, guard) = build(config, origin, log.clone(), false).unwrap();
    let metrics = guard.metrics();
    tracing::subscriber::with_default(subscriber, || {
        say();
        drop(guard);
    });
    let mut counted = String::new();
    metrics(&mut counted);
    (log.text(), counted)
}

fn config(level: &str, collector: Option<&str>, dsn: &str) -> Config {
    let mut config = Config::default();
    config.log.level = level.to_owned();
    config.telemetry.otlp_endpoint = collector.map(str::to_owned);
    config.sentry.dsn = Secret::new(dsn);
    config
}

/// A request as `web` spells it.
fn request(sampled: Option<bool>, status: u64) {
    let span = tracing::debug_span!(
        target: "web::request",
        "request",
        "http.request.method" = "POST",
        "http.route" = "/api/events",
        request_id = "r1",
        trace_id = "0af7651916cd43dd8448eb211c80319c",
        parent_id = sampled.map(|_| "b7ad6b7169203331"),
        sampled = tracing::field::Empty,
        "http.response.status_code" = tracing::field::Empty,
    );
    // Known only after the span is there.
    span.record("sampled", sampled);
    span.in_scope(|| {
        tracing::debug_span!(target: "web::work", "commit", events = 3).in_scope(|| {});
    });
    span.record("http.response.status_code", status);
}

#[test]
fn a_collector_gets_what_the_caller_sampled() {
    let server = Server::start(Vec::new());
    let config = config("info", Some(&server.url("")), "");
    let (log, counted) = said(&config, Origin::of_test(), || {
        request(Some(true), 503);
        request(Some(false), 200);
    });
    assert_eq!(log, "", "spans are below the level of the log");
    let sent = server.request();
    assert!(
        sent.head.starts_with("POST /v1/traces HTTP/1.1\r\n"),
        "{}",
        sent.head
    );
    assert!(
        sent.head.contains("content-type: application/json"),
        "{}",
        sent.head
    );
    let body: Json = serde_json::from_str(&sent.body).unwrap();
    let resource = &body["resourceSpans"][0]["resource"]["attributes"][0];
    assert_eq!(resource["value"]["stringValue"], "analyticsbot");
    let spans = &body["resourceSpans"][0]["scopeSpans"][0]["spans"];
    let (commit, request) = (&spans[0], &spans[1]);
    assert_eq!(
        (&commit["name"], &commit["kind"]),
        (&"commit".into(), &1.into())
    );
    assert_eq!(commit["parentSpanId"], request["spanId"]);
    assert_eq!(request["name"], "POST /api/events");
    assert_eq!(request["parentSpanId"], "b7ad6b7169203331");
    assert_eq!(request["traceId"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(request["startTimeUnixNano"], "1763510089715000000");
    assert_eq!(
        (&request["kind"], &request["status"]["code"]),
        (&2.into(), &2.into())
    );
    let attributes = request["attributes"].to_string();
    assert!(attributes.contains(r#"{"key":"request_id","value":{"stringValue":"r1"}}"#));
    assert!(
        attributes.contains(r#"{"key":"http.response.status_code","value":{"intValue":"503"}}"#)
    );
    assert_eq!(
        spans.as_array().unwrap().len(),
        2,
        "the other trace was not sampled"
    );
    assert!(
        counted.contains("telemetry_spans_exported_total 2"),
        "{counted}"
    );
    assert!(server.rest().is_empty());
}

#[test]
fn a_collector_that_is_down_costs_spans_and_nothing_else() {
    let config = config("info", Some(&Server::nowhere()), "");
    let (_, counted) = said(&config, Origin::of_test(), || {
        for _ in 0..10_000 {
            request(Some(true), 200);
        }
    });
    assert!(
        counted.contains("telemetry_spans_exported_total 0"),
        "{counted}"
    );
    assert!(
        counted.contains("telemetry_spans_dropped_total 20000"),
        "{counted}"
    );
}

#[test]
fn a_collector_that_recovers_gets_the_same_spans_again() {
    let server = Server::start(vec![Answer::status(503).header("Retry-After: 0")]);
    let config = config("info", Some(&server.url("")), "");
    let log = Written::default();
    let (subscriber, guard) = build(&config, Origin::of_test(), log, false).unwrap();
    tracing::subscriber::with_default(subscriber, || request(Some(true), 200));
    let (first, second) = (server.request(), server.request());
    assert_eq!(first.body, second.body);
    drop(guard);
}

#[test]
fn sentry_gets_errors_without_what_is_not_on_the_list() {
    let server = Server::start(Vec::new());
    let dsn = format!("http://k3y@127.0.0.1:{}/42", server.port());
    let (log, counted) = said(&config("off", None, &dsn), Origin::of_test(), || {
        tracing::warn!("no error");
        tracing::error!(
            request_id = "r1",
            code = "unavailable",
            error = "no space",
            user = "ana",
            "failed"
        );
    });
    assert_eq!(log, "");
    let sent = server.request();
    assert!(
        sent.head.starts_with("POST /api/42/envelope/ HTTP/1.1\r\n"),
        "{}",
        sent.head
    );
    assert!(
        sent.head
            .to_lowercase()
            .contains("x-sentry-auth: sentry sentry_version=7")
    );
    let lines: Vec<Json> = sent
        .body
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [head, item, event] = &lines[..] else {
        panic!("an envelope of one item: {}", sent.body);
    };
    assert_eq!(head["event_id"], event["event_id"]);
    let length = sent.body.lines().nth(2).map(str::len);
    assert_eq!(
        item["length"]
            .as_u64()
            .and_then(|length| length.try_into().ok()),
        length
    );
    assert_eq!(
        (&event["level"], &event["tags"]["request_id"]),
        (&"error".into(), &"r1".into())
    );
    assert_eq!(event["exception"]["values"][0]["value"], "no space");
    assert!(
        !sent.body.contains("ana\""),
        "`user` is not on the list: {}",
        sent.body
    );
    assert!(counted.contains("sentry_reports_sent_total 1"), "{counted}");
}

#[test]
fn an_error_in_a_loop_is_reported_five_times() {
    let server = Server::start(Vec::new());
    let dsn = format!("http://k3y@127.0.0.1:{}/42", server.port());
    let (_, counted) = said(&config("off", None, &dsn), Origin::of_test(), || {
        (0..100).for_each(|_| tracing::error!("again"));
        tracing::error!("another place is not limited by it");
    });
    assert_eq!(server.rest().len(), 6);
    assert!(counted.contains("sentry_reports_sent_total 6"), "{counted}");
    assert!(
        counted.contains("sentry_reports_dropped_total 95"),
        "{counted}"
    );
}

#[test]
fn a_sentry_that_asks_for_a_pause_is_left_alone() {
    let server = Server::start(vec![Answer::status(429).header("Retry-After: 600")]);
    let dsn = format!("http://k3y@127.0.0.1:{}/42", server.port());
    let log = Written::default();
    let (subscriber, guard) =
        build(&config("info", None, &dsn), Origin::of_test(), log, false).unwrap();
    let metrics = guard.metrics();
    tracing::subscriber::with_default(subscriber, || {
        tracing::error!("first");
        server.request();
        tracing::error!("second");
        let began = Instant::now();
        drop(guard);
        assert!(began.elapsed() < FLUSH_TIME_MAX + Duration::from_secs(1));
    });
    assert!(server.rest().is_empty(), "nothing comes within the pause");
    let mut counted = String::new();
    metrics(&mut counted);
    assert!(counted.contains("sentry_reports_sent_total 0"), "{counted}");
    assert!(
        counted.contains("sentry_reports_dropped_total 2"),
        "{counted}"
    );
}

#[test]
fn a_collector_that_never_answers_does_not_hold_the_end() {
    // A listener whose connections nobody takes.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let began = Instant::now();
    let (log, _) = said(
        &config("info", Some(&address), ""),
        Origin::of_test(),
        || {
            request(Some(true), 200);
        },
    );
    assert!(began.elapsed() < FLUSH_TIME_MAX + Duration::from_secs(1));
    assert!(
        log.contains("what was not exported in time is lost"),
        "{log}"
    );
}

#[test]
fn a_line_names_the_request_of_its_task() {
    let origin = Origin {
        request: || {
            let id = Uuid::from_u128(7);
            TraceId::from_uuid(id).map(|trace_id| Request {
                request_id: id,
                trace_id,
            })
        },
        ..Origin::of_test()
    };
    let (log, _) = said(&config("info", None, ""), origin, || {
        tracing::info!("from the task");
        tracing::info!(request_id = "r1", "from itself");
    });
    let id = "00000000-0000-0000-0000-000000000007";
    let trace = "00000000000000000000000000000007";
    assert!(
        log.contains(&format!("from the task request_id={id} trace_id={trace}\n")),
        "{log}"
    );
    assert!(log.contains("from itself request_id=r1\n"), "{log}");
}

#[test]
fn a_span_is_a_line_at_its_own_level_when_it_ends() {
    let (log, _) = said(
        &config("info,web=debug", None, ""),
        Origin::of_test(),
        || request(None, 201),
    );
    let lines: Vec<&str> = log.lines().collect();
    assert!(
        lines[0].contains("DEBUG web::work: commit events=3 duration_us="),
        "{log}"
    );
    assert!(lines[1].contains("http.response.status_code=201"), "{log}");
    assert!(
        lines[1].ends_with("request_id=r1 trace_id=0af7651916cd43dd8448eb211c80319c"),
        "{log}"
    );
}

#[test]
fn secrets_are_in_nothing_that_leaves_the_process() {
    let (collector, sentry) = (Server::start(Vec::new()), Server::start(Vec::new()));
    let dsn = format!("http://k3y@127.0.0.1:{}/42", sentry.port());
    let say = || {
        let key = "wk_Canary0Canary0Canary0";
        let url = "postgres://ana:Canary0Canary0@db/x";
        tracing::debug_span!(target: "web::request", "request", sampled = true, key, url);
        let error = anyhow::anyhow!("no `{url}` for {key}");
        tracing::error!(?error, "to Canary0Canary0@x.org");
        tracing::error!("in the text: {key}, {url}");
    };
    for format in [Format::Text, Format::Json] {
        let mut config = config("trace", Some(&collector.url("")), &dsn);
        config.log.format = format;
        let (log, counted) = said(&config, Origin::of_test(), say);
        assert_eq!(
            log.lines().filter(|line| line.contains("[key]")).count(),
            3,
            "{log}"
        );
        let sent = collector.rest().into_iter().chain(sentry.rest());
        let sent: Vec<String> = sent.map(|request| request.head + &request.body).collect();
        assert_eq!(sent.len(), 3, "one export of spans, two reports");
        let all = sent.concat() + &log + &counted;
        assert!(!all.contains("Canary0"), "{all}");
    }
}

#[test]
fn a_panic_is_one_line_and_one_report_and_the_thread_goes_on() {
    let server = Server::start(Vec::new());
    let dsn = format!("http://k3y@127.0.0.1:{}/42", server.port());
    let (log, _) = said(&config("info", None, &dsn), Origin::of_test(), || {
        // The hook is the process's; a test that fails meanwhile is still a failed test.
        let before = std::panic::take_hook();
        panics::install();
        let caught = std::panic::catch_unwind(|| panic!("no room for wk_Canary0Canary0"));
        std::panic::set_hook(before);
        assert!(caught.is_err());
        tracing::info!("still here");
    });
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(
        lines[0].contains("ERROR panic: panicked location="),
        "{log}"
    );
    assert!(lines[0].contains("src/observe/tests.rs:"), "{log}");
    assert!(lines[0].contains("panic=\"no room for wk_[key]\""), "{log}");
    let sent = server.request();
    let event: Json = serde_json::from_str(sent.body.lines().nth(2).unwrap()).unwrap();
    assert_eq!(event["level"], "fatal");
    assert_eq!(
        event["exception"]["values"][0]["value"],
        "no room for wk_[key]"
    );
    assert_eq!(event["fingerprint"][0], event["extra"]["location"]);
}

#[test]
fn without_an_export_the_span_of_a_request_is_not_made() {
    let everything = tracing_subscriber::registry();
    let metadata = tracing::subscriber::with_default(everything, || {
        tracing::debug_span!(target: "web::request", "request").metadata()
    });
    let metadata = metadata.expect("nothing is filtered there");
    // The answer that is cached for this place in the code, so that it then costs a branch.
    let disabled = |config: &Config| {
        let log = Written::default();
        let (subscriber, _guard) = build(config, Origin::of_test(), log, false).unwrap();
        subscriber.register_callsite(metadata).is_never()
    };
    let sentry = format!("{}42", Server::nowhere().replace("://", "://k3y@"));
    assert!(disabled(&config("info", None, "")));
    assert!(disabled(&config("info,store=trace", None, &sentry)));
    assert!(!disabled(&config("info,web=debug", None, "")));
    assert!(!disabled(&config("off", Some(&Server::nowhere()), "")));
}

/// Spans and reports over TLS; those for a server that nobody trusts are counted as dropped.
#[test]
fn exports_over_https_reach_only_who_is_trusted() {
    let (Some(right), Some(other)) = (testkit::authority_or_skip(), testkit::authority_or_skip())
    else {
        return;
    };
    let issued = right.issue("IP:127.0.0.1").unwrap();
    for (root, [taken, dropped]) in [(right.root(), [1, 0]), (other.root(), [0, 1])] {
        let [collector, sentry] = [(); 2].map(|()| Server::start_with_tls(Vec::new(), &issued));
        let dsn = format!("https://k3y@127.0.0.1:{}/42", sentry.port());
        let address = format!("https://127.0.0.1:{}", collector.port());
        let mut config = config("off", Some(&address), &dsn);
        let root = Some(root.to_str().unwrap().to_owned());
        config.telemetry.root_certificates.clone_from(&root);
        config.sentry.root_certificates = root;
        let (_, counted) = said(&config, Origin::of_test(), || {
            request(Some(true), 200);
            tracing::error!("once");
        });
        for line in [
            // The request and the work in it.
            format!("telemetry_spans_exported_total {}", 2 * taken),
            format!("telemetry_spans_dropped_total {}", 2 * dropped),
            format!("sentry_reports_sent_total {taken}"),
            format!("sentry_reports_dropped_total {dropped}"),
        ] {
            assert!(counted.contains(&line), "{line}: {counted}");
        }
        for server in [collector, sentry] {
            assert_eq!(server.rest().is_empty(), taken == 0);
        }
    }
}
