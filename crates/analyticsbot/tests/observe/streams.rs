//! A standard error that is full, closed or not read: no request notices.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use crate::run::{command, start_as};

/// Enough lines at level trace for a pipe of 64 KiB, several times.
const REQUESTS: usize = 1500;

/// What a pipe holds, with the last page not quite full.
const PIPE_BYTES: usize = 60 << 10;

/// Serves with this standard error until it is told to stop; the lines that the log lost before.
fn serve_with(stderr: Stdio) -> u64 {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = command(&folder, &[("ANALYTICSBOT_LOG_LEVEL", "trace")]);
    command.stderr(stderr);
    let server = start_as(command, folder);
    for _ in 0..REQUESTS {
        assert_eq!(server.event(&[], r#"{"event":"a"}"#).status, 201);
    }
    let metrics = server.metrics();
    assert_eq!(server.stop().status, Some(0));
    let name = "analyticsbot_log_lines_dropped_total ";
    let lost = metrics.lines().find_map(|line| line.strip_prefix(name));
    lost.expect("it is always there").parse().expect("a number")
}

#[test]
fn a_log_on_a_full_disk_fails_no_request_and_is_counted() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    assert!(serve_with(full.into()) > 0);
}

#[test]
fn a_log_whose_reader_went_away_fails_no_request_and_is_counted() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert!(serve_with(writer.into()) > 0);
}

#[test]
fn a_log_that_nobody_reads_fails_no_request() {
    let (mut reader, writer) = std::io::pipe().unwrap();
    serve_with(writer.into());
    let mut held = Vec::new();
    reader.read_to_end(&mut held).unwrap();
    // The control: so much was there, unread, that whoever writes by himself had stood still.
    assert!(held.len() >= PIPE_BYTES, "{}", held.len());
}

#[test]
fn a_log_in_order_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    assert_eq!(serve_with(File::create(&log).unwrap().into()), 0);
    let text = std::fs::read_to_string(log).unwrap();
    assert!(text.lines().count() >= REQUESTS, "a line for each request");
    assert!(!text.contains("were dropped"));
}
