//! What was done is counted, by project and by reason.

use web::{Config, Network};

use crate::rig::Rig;

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_those_of_what_was_sent() {
    let rig = Rig::start().await;
    let shop = rig.tenant("shop").await;
    rig.post(
        &shop,
        r#"[{"event":"a","messageId":"1"},{"event":"a","messageId":"1"}]"#,
    )
    .await;
    rig.post(&shop, r#"{"event":""}"#).await;
    rig.post(&shop, "{").await;
    rig.send(b"POST /api/events HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}")
        .await;
    rig.send(b"nonsense\r\n\r\n").await;
    let page = rig.get("/metrics").await;
    assert_eq!(
        page.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let project = shop.id.uuid();
    for line in [
        format!("analyticsbot_events_accepted_total{{project=\"{project}\"}} 1"),
        format!("analyticsbot_events_duplicate_total{{project=\"{project}\"}} 1"),
        format!(
            "analyticsbot_events_rejected_total{{project=\"{project}\",code=\"missing_name\"}} 1"
        ),
        format!(
            "analyticsbot_events_rejected_total{{project=\"{project}\",code=\"invalid_json\"}} 1"
        ),
        "analyticsbot_http_answers_total{status=\"200\"} 1".to_owned(),
        "analyticsbot_http_answers_total{status=\"422\"} 1".to_owned(),
        "analyticsbot_http_refused_total{status=\"401\",code=\"missing_key\"} 1".to_owned(),
        "analyticsbot_http_refused_total{status=\"400\",code=\"malformed_request\"} 1".to_owned(),
        "analyticsbot_commits_total 1".to_owned(),
        "analyticsbot_commit_seconds_count 1".to_owned(),
        "analyticsbot_commit_events_bucket{le=\"2\"} 1".to_owned(),
        "analyticsbot_buffer_events 0".to_owned(),
        "analyticsbot_key_cache_misses_total 1".to_owned(),
        "analyticsbot_key_cache_hits_total 2".to_owned(),
        "more 1".to_owned(),
    ] {
        assert!(
            page.body.lines().any(|found| found == line),
            "{line} is not in\n{}",
            page.body
        );
    }
    assert!(!page.body.contains(shop.key.as_str()));
    let named = page.body.lines().filter(|line| !line.starts_with('#'));
    for line in named.filter(|line| !line.starts_with("more")) {
        let name = line.split(['{', ' ']).next().unwrap();
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| name.strip_suffix(end));
        let help = format!("# HELP {} ", family.unwrap_or(name));
        assert!(page.body.contains(&help), "{line} has no help");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_for_the_networks_that_are_named() {
    let network = |text: &str| -> Network { text.parse().unwrap() };
    let proxy = vec![network("127.0.0.1")];
    let far = vec![network("10.0.0.0/8")];
    let near = Config::default().metrics_networks;
    let from = |address: &str| format!("X-Forwarded-For: {address}\r\n");
    for (trusted_proxies, metrics_networks, header, status) in [
        (&[][..], &near, String::new(), 200),
        (&[], &far, String::new(), 404),
        // A proxy on this machine makes nobody a neighbour.
        (&[], &near, from("203.0.113.9"), 404),
        (&[], &near, from("127.0.0.1"), 404),
        (&[], &near, "Via: 1.1 proxy\r\n".to_owned(), 404),
        (&proxy, &near, from("203.0.113.9"), 404),
        (&proxy, &near, from("127.0.0.1, 203.0.113.9"), 404),
        (&proxy, &far, from("10.1.2.3"), 200),
        (&proxy, &far, String::new(), 404),
    ] {
        let config = Config {
            trusted_proxies: trusted_proxies.to_vec(),
            metrics_networks: metrics_networks.clone(),
            ..Config::default()
        };
        let rig = Rig::with(config).await;
        let get = async |path: &str| {
            let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n{header}\r\n");
            rig.send(request.as_bytes()).await
        };
        let (page, nothing) = (get("/metrics").await, get("/nothing").await);
        assert_eq!(
            page.status, status,
            "{trusted_proxies:?} {metrics_networks:?} {header}"
        );
        if status == 404 {
            let error = |body: &serde_json::Value| body["error"]["message"].clone();
            assert_eq!(error(&page.json()), error(&nothing.json()));
        }
    }
}
