//! Colour is for terminals, unless the environment says otherwise.

use std::process::Stdio;

use crate::run::{OLD_ID, command};

fn out(variables: &[(&str, &str)]) -> String {
    let mut command = command(&["id", "inspect", OLD_ID]);
    command.envs(variables.iter().copied()).stdin(Stdio::null());
    let output = command.output().expect("cargo built the program");
    String::from_utf8(output.stdout).expect("all output is UTF-8")
}

#[test]
fn a_pipe_gets_none() {
    assert!(!out(&[]).contains('\u{1b}'));
    assert!(!out(&[("NO_COLOR", "1")]).contains('\u{1b}'));
    assert!(!out(&[("CLICOLOR_FORCE", "0")]).contains('\u{1b}'));
}

#[test]
fn it_can_be_forced_and_covers_the_same_text() {
    let coloured = out(&[("CLICOLOR_FORCE", "1")]);
    assert!(
        coloured.contains("\u{1b}[1mUUID version 7\u{1b}[0m"),
        "{coloured:?}"
    );
    let mut plain = String::new();
    for (at, part) in coloured.split('\u{1b}').enumerate() {
        let text = if at == 0 {
            part
        } else {
            part.split_once('m').unwrap().1
        };
        plain.push_str(text);
    }
    assert_eq!(plain, out(&[]));
}

#[test]
fn no_color_wins() {
    assert!(!out(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).contains('\u{1b}'));
}
