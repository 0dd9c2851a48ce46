//! `docs/http.md` says what the server does: its requests are sent, its tables are compared.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use web::{Config, ROUTES, codes};

use crate::rig::Rig;

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    std::fs::read_to_string(path.join(name)).expect("the page is part of the project")
}

/// The rows of the tables under a heading, without their heads, as cells.
fn rows<'a>(page: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let mut sections = page.split("\n## ");
    let section = sections.find_map(|section| section.strip_prefix(heading));
    let lines: Vec<&str> = section.expect(heading).lines().collect();
    let is_body = |pair: &&[&str]| pair[0].starts_with('|') && pair[1].starts_with('|');
    let bodies = lines.windows(2).filter(is_body).map(|pair| pair[1]);
    let rows = bodies.filter(|row| !row.starts_with("|---"));
    let cells = |row: &'a str| row.trim_matches('|').split('|').map(str::trim).collect();
    rows.map(cells).collect()
}

fn code(cell: &str) -> &str {
    cell.trim_matches('`')
}

/// Commands after a prompt in blocks of `console`, each with the lines below it.
fn shown(page: &str) -> Vec<(&str, String)> {
    let mut commands: Vec<(&str, String)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            commands.push((command, String::new()));
        } else if let Some((_, output)) = commands.last_mut().filter(|_| inside) {
            output.push_str(line);
            output.push('\n');
        }
    }
    commands
}

/// What a shell prints; None, loudly, where there is no curl.
#[expect(clippy::print_stderr, reason = "a skipped test says so loudly")]
fn output(command: &str, url: &str, key: &str) -> Option<String> {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("SKIPPED the requests of docs/http.md: there is no `curl`");
        return None;
    }
    let mut shell = Command::new("sh");
    let shell = shell.args(["-c", command]).env("NO_PROXY", "*");
    let ran = shell.env("URL", url).env("KEY", key).output();
    Some(String::from_utf8(ran.expect("every system of ours has a shell").stdout).unwrap())
}

/// In one line, without what is new each time: ids and the date.
fn masked(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines().map(str::trim) {
        let mut rest = line;
        while let Some(next) = rest.chars().next() {
            if rest.get(..36).is_some_and(is_id) {
                out.push_str("ID");
                rest = &rest[36..];
            } else if rest.starts_with("date: ") {
                out.push_str("date: DATE");
                break;
            } else {
                out.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    out
}

fn is_id(text: &str) -> bool {
    let fits = |(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => u8::is_ascii_hexdigit(&byte),
    };
    text.bytes().enumerate().all(fits)
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_the_page_are_answered_as_it_says() {
    let rig = Rig::start().await;
    let shop = rig.tenant("shop").await;
    let url = format!("http://127.0.0.1:{}", rig.port);
    let page = page("http.md");
    let commands = shown(&page);
    assert!(commands.len() >= 9, "{} requests", commands.len());
    for (command, expected) in commands {
        let Some(found) = output(command, &url, shop.key.as_str()) else {
            return;
        };
        assert_eq!(masked(&found), masked(&expected), "{command}");
        assert!(!found.is_empty(), "{command}");
    }
    // The event that was sent twice is there once.
    let stored = rig.stored(shop.id).await;
    assert_eq!(
        stored.iter().filter(|name| *name == "Signed Up").count(),
        1,
        "{stored:?}"
    );
}

#[test]
fn ids_and_dates_are_masked_and_nothing_else_is() {
    let id = "01a204e7-5226-7c44-8051-71538ffa4663";
    let check = |text: &str, expected: &str| assert_eq!(masked(text), expected);
    check(
        &format!("{{\"id\":\"{id}\",\n  \"é\":1}}"),
        "{\"id\":\"ID\",\"é\":1}",
    );
    check("date: now\r\nx: y\n", "date: DATEx: y");
    check(&id.replace('-', "0"), &id.replace('-', "0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_routes_and_their_methods_are_those_of_the_program() {
    let rig = Rig::start().await;
    let page = page("http.md");
    let rows = rows(&page, "Routes\n");
    let found: Vec<_> = rows.iter().map(|row| code(row[0])).collect();
    assert_eq!(found, ROUTES);
    for row in rows {
        let request = format!("DELETE {} HTTP/1.1\r\nHost: a\r\n\r\n", code(row[0]));
        let answer = rig.send(request.as_bytes()).await;
        let methods = row[1].replace(['`', ' '], "").to_lowercase();
        let allowed = answer.header("allow").unwrap().replace(' ', "");
        assert_eq!(allowed, methods, "{row:?}");
    }
}

#[test]
fn the_codes_are_those_of_the_program() {
    let page = page("http.md");
    let rows = rows(&page, "Codes\n");
    let found: Vec<(&str, u16)> = rows
        .iter()
        .map(|row| (code(row[0]), row[1].parse().expect("a status")))
        .collect();
    assert_eq!(found, codes().collect::<Vec<_>>());
    for row in rows {
        assert!(
            row.len() == 4 && row.iter().all(|cell| !cell.is_empty()),
            "{row:?}"
        );
    }
}

fn time(length: Duration) -> String {
    match length.as_secs() {
        seconds if seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

fn size(bytes: usize) -> String {
    match bytes {
        bytes if bytes % (1 << 20) == 0 => format!("{} MiB", bytes >> 20),
        bytes => format!("{} KiB", bytes >> 10),
    }
}

/// The settings of the page and the defaults of the program.
fn defaults() -> Vec<(&'static str, String)> {
    let (web, intake) = (Config::default(), intake::Config::default());
    let (limits, waiting, rate) = (intake.limits, intake.batch, web.rate);
    vec![
        (
            "limits.body_wire_bytes_max",
            size(limits.body_wire_bytes_max),
        ),
        ("limits.body_bytes_max", size(limits.body_bytes_max)),
        (
            "limits.batch_events_max",
            limits.batch_events_max.to_string(),
        ),
        (
            "intake.waiting_events_max",
            waiting.waiting_events_max.to_string(),
        ),
        ("intake.waiting_bytes_max", size(waiting.waiting_bytes_max)),
        (
            "intake.project_events_max",
            waiting.project_events_max.to_string(),
        ),
        ("intake.project_bytes_max", size(waiting.project_bytes_max)),
        ("server.connections_max", web.connections_max.to_string()),
        ("server.header_timeout", time(web.header_wait)),
        ("server.body_timeout", time(web.body_wait)),
        ("server.total_timeout", time(web.total_wait)),
        ("server.idle_timeout", time(web.idle_wait)),
        ("server.stop_timeout", time(web.stop_wait)),
        (
            "rate.address_requests_per_second",
            rate.address_requests_per_second.to_string(),
        ),
        (
            "rate.address_burst_requests",
            rate.address_burst_requests.to_string(),
        ),
        (
            "rate.key_events_per_second",
            rate.key_events_per_second.to_string(),
        ),
        ("rate.key_burst_events", rate.key_burst_events.to_string()),
        (
            "rate.project_events_per_day",
            rate.project_events_per_day.to_string(),
        ),
    ]
}

#[test]
fn the_limits_are_those_of_the_program() {
    let page = page("http.md");
    let rows = rows(&page, "Limits\n");
    let set: Vec<_> = rows.iter().filter(|row| row[1] != "none").collect();
    let found: Vec<_> = set
        .iter()
        .map(|row| (code(row[1]), row[2].to_owned()))
        .collect();
    assert_eq!(found, defaults());
    for row in &rows {
        let is_code = codes().any(|(text, _)| text == code(row[3]));
        assert!(is_code || row[3] == "closed", "{row:?}");
    }
    for (text, default) in [("5 s** (`keys.fresh`)", 5), ("60 s after", 60)] {
        assert!(page.contains(text), "{text}");
        let keys = Config::default().keys;
        assert!([keys.fresh, keys.stale].contains(&Duration::from_secs(default)));
    }
}

#[test]
fn each_setting_that_the_page_names_is_one() {
    let (page, reference) = (page("http.md"), page("analyticsbot/configuration.md"));
    let sections = ["server", "limits", "intake", "rate", "keys"];
    let mut count = 0;
    for span in page.split('`').skip(1).step_by(2) {
        let Some((section, key)) = span.split_once('.') else {
            continue;
        };
        if sections.contains(&section) {
            let rows = rows(&reference, &format!("[{section}]\n"));
            assert!(rows.iter().any(|row| code(row[0]) == key), "{span}");
            count += 1;
        }
    }
    assert!(count > 30, "only {count} were found");
}

/// What fits, and what is just beyond, of each limit that cannot be set.
#[tokio::test(flavor = "multi_thread")]
async fn the_limits_of_a_head_are_where_the_page_says() {
    let rig = Rig::start().await;
    let page = page("http.md");
    let rows = rows(&page, "Limits\n");
    let check = async |request: String, status: u16, refusal: &str| {
        let answer = rig.send(request.as_bytes()).await;
        let found = if answer.status < 400 {
            String::new()
        } else {
            answer.code()
        };
        assert_eq!((answer.status, found.as_str()), (status, refusal));
    };
    let head = |rest: &str| format!("GET /healthz HTTP/1.1\r\nHost: a\r\n{rest}\r\n");
    let mut tried = 0;
    for row in rows.iter().filter(|row| row[1] == "none") {
        let kibibytes = row[2].strip_suffix(" KiB").map(str::parse::<usize>);
        let max = kibibytes.map_or_else(|| row[2].parse().unwrap(), |kib| kib.unwrap() << 10);
        match code(row[3]) {
            "head_too_large" => {
                let empty = head("X-A: \r\n").len();
                let filled = |count: usize| head(&format!("X-A: {}\r\n", "b".repeat(count)));
                check(filled(max - empty), 200, "").await;
                check(filled(max + 3 - empty), 431, "head_too_large").await;
            }
            "too_many_headers" => {
                let lines = |count| head(&"X-A: b\r\n".repeat(count));
                check(lines(max - 1), 200, "").await;
                check(lines(max), 431, "too_many_headers").await;
            }
            "uri_too_long" => {
                let target = |count: usize| {
                    head("").replace("/healthz", &format!("/{}", "a".repeat(count - 1)))
                };
                check(target(max), 404, "not_found").await;
                check(target(max + 1), 414, "uri_too_long").await;
            }
            refusal => panic!("nobody has tried where `{refusal}` begins"),
        }
        tried += 1;
    }
    assert_eq!(tried, 3);
}
