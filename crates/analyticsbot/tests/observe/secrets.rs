//! Planted secrets, looked for in everything that the server says: log, metrics, answers, exports.

use std::process::Stdio;

use crate::rig::{Request, Server};
use crate::run::{command, start};

/// Looks like a mail address; only the part before the sign is looked for.
const EMAIL: &str = "Canary0Mail@example.com";

const KEY: &str = "wk_Canary0WriteCanary0WriteCanary0WriteCanary0Write";

const ADMIN_KEY: &str = "ak_Canary0AdminCanary0AdminCanary0AdminCanary0Admin";

const PASSWORD: &str = "Canary0Password";

#[test]
fn no_secret_is_in_logs_metrics_answers_or_exports() {
    for format in ["text", "json"] {
        let (collector, sentry) = (Server::start(Vec::new()), Server::start(Vec::new()));
        let dsn = format!("http://k3y@127.0.0.1:{}/1", sentry.port());
        let server = start(&[
            ("ANALYTICSBOT_LOG_FORMAT", format),
            ("ANALYTICSBOT_LOG_LEVEL", "trace"),
            ("ANALYTICSBOT_TELEMETRY_OTLP_ENDPOINT", &collector.url("")),
            ("ANALYTICSBOT_SENTRY_DSN", &dsn),
        ]);
        let key = server.key.clone();
        let body = format!(r#"{{"event":"a","user_id":"{EMAIL}","properties":{{"m":"{EMAIL}"}}}}"#);
        let mut said = vec![server.event(&[], &body).body];
        for given in [KEY, ADMIN_KEY] {
            let bearer = format!("Authorization: Bearer {given}");
            said.push(server.send("POST /api/events", &[&bearer], &body).body);
            let inside = format!(r#"{{"writeKey":"{given}","event":7,"email":"{EMAIL}"}}"#);
            said.push(server.send("POST /api/events", &[], &inside).body);
            let line = format!("POST /api/events?write_key={given}");
            said.push(server.send(&line, &[], &body).body);
            said.push(server.send(&format!("GET /{given}/{EMAIL}"), &[], "").body);
        }
        // Cut in the middle: what a parser says of it must not quote it.
        said.push(server.event(&[], &body[..body.len() - 20]).body);
        said.push(server.metrics());
        let ended = server.stop();
        assert!(
            ended.log.lines().count() > said.len(),
            "a log at level trace: {}",
            ended.log
        );
        said.push(ended.log);
        let sent: Vec<_> = collector.rest().into_iter().chain(sentry.rest()).collect();
        assert!(!sent.is_empty(), "spans are exported");
        said.extend(sent.into_iter().map(|Request { head, body }| head + &body));
        for text in said {
            assert!(!text.contains("Canary0"), "{text}");
            assert!(!text.contains(&key), "the real key: {text}");
        }
    }
}

#[test]
fn the_password_of_a_database_is_not_in_what_a_failed_start_says() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("postgres://ana:{PASSWORD}@127.0.0.1:1/events");
    let mut command = command(&folder, &[("ANALYTICSBOT_LOG_LEVEL", "trace")]);
    let ran = command
        .args(["--database", &url])
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(1));
    let said = String::from_utf8(ran.stdout).unwrap() + &String::from_utf8(ran.stderr).unwrap();
    assert!(
        said.contains("open the store"),
        "it says what failed: {said}"
    );
    assert!(!said.contains(PASSWORD), "{said}");
}
