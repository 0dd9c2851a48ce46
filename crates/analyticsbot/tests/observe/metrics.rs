//! The page's table of metrics, and what the running server prints.

use std::collections::BTreeMap;
use std::fs;

use crate::rig::Server;
use crate::run::start;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/observability.md");

#[test]
fn the_page_names_every_metric_and_no_other() {
    let (collector, sentry) = (Server::start(Vec::new()), Server::start(Vec::new()));
    let dsn = format!("http://k3y@127.0.0.1:{}/1", sentry.port());
    let server = start(&[
        ("ANALYTICSBOT_TELEMETRY_OTLP_ENDPOINT", &collector.url("")),
        ("ANALYTICSBOT_SENTRY_DSN", &dsn),
    ]);
    // Stored, a repeat, refused, and refused as a whole: each has families of its own.
    let event = r#"{"event":"a","messageId":"m1"}"#;
    assert_eq!(server.event(&[], event).status, 201);
    assert_eq!(server.event(&[], event).status, 200);
    server.event(&[], r#"[{"event":"a"},{"no":"name"}]"#);
    server.event(&[], "{");
    assert_eq!(
        described(&fs::read_to_string(PAGE).unwrap()),
        printed(&server.metrics())
    );
    assert_eq!(server.stop().status, Some(0));
}

/// Name and type of each row of the table.
fn described(page: &str) -> BTreeMap<String, String> {
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `analyticsbot_"));
    let pair = |row: &str| {
        let mut cells = row
            .split('|')
            .map(|cell| cell.trim().trim_matches('`').to_owned());
        let name = cells.next().expect("a split has a first part");
        (
            format!("analyticsbot_{name}"),
            cells.next().unwrap_or_default(),
        )
    };
    rows.map(pair).collect()
}

/// Name and type of each family.
fn printed(metrics: &str) -> BTreeMap<String, String> {
    let types = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "));
    let pairs = types.filter_map(|line| line.split_once(' '));
    let found: BTreeMap<_, _> = pairs
        .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
        .collect();
    assert!(!found.is_empty(), "{metrics}");
    found
}
