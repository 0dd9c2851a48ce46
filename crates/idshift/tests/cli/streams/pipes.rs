//! Readers that go away, writers that are slow, and outputs that are full.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;

use crate::run::{OLD_ID, command, start};

#[test]
fn a_reader_that_has_seen_enough_ends_the_program_quietly() {
    for arguments in [
        &["id", "new", "--count", "1000000000000"][..],
        &["id", "new", "--count", "1000000000000", "--json"],
        &["id", "new", "--count", "1000000000000", "--format", "ulid"],
    ] {
        let mut child = start(&mut command(arguments));
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert!(line.len() > 26, "{line}");
        drop(reader);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(output.stderr, b"");
    }
}

#[test]
fn a_line_is_answered_before_the_next_one_comes() {
    for arguments in [
        &["id", "inspect", "-"][..],
        &["id", "convert", "--to", "int", "--json"],
    ] {
        let mut child = start(&mut command(arguments));
        let mut writer = child.stdin.take().unwrap();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        for _ in 0..3 {
            writeln!(writer, "{OLD_ID}").unwrap();
            // Would wait for ever if the answer stayed in a buffer.
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            assert!(line.contains(OLD_ID), "{line}");
        }
        drop(writer);
        let mut rest = String::new();
        reader.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
        assert!(child.wait().unwrap().success());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    for arguments in [
        &["id", "new"][..],
        &["id", "verify"],
        &["completions", "bash"],
        &[],
        &["id"],
        &["--help"],
        &["id", "new", "--help"],
        &["--version"],
    ] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = command(arguments)
            .stdin(Stdio::null())
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(
            err.contains("error: failed to write the output: No space left"),
            "{err}"
        );
    }
}

#[cfg(unix)]
#[test]
fn an_input_that_cannot_be_read_is_an_error() {
    let directory = std::fs::File::open(env!("CARGO_MANIFEST_DIR")).unwrap();
    let output = command(&["id", "inspect", "-"])
        .stdin(directory)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(
        err.starts_with("error: failed to read standard input: "),
        "{err}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_for_programs_too() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = command(&["id", "new", "--json"])
        .stdout(full)
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("No space left"), "{err}");
}

#[test]
fn results_and_refusals_keep_their_order_in_one_stream() {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut child = command(&["id", "convert", "--to", "int", "0x1", "x", "0x3"])
        .stdout(writer.try_clone().unwrap())
        .stderr(writer)
        .spawn()
        .unwrap();
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let starts: Vec<&str> = text.lines().map(|line| &line[..1]).collect();
    assert_eq!(starts, ["1", "e", "3", "e"], "{text}");
}
