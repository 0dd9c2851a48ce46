//! What cannot be read or written is told, and everything stays as it was.

use super::{AGENT, Folder, RULES};
use crate::run::run;

#[test]
fn rules_that_cannot_be_read_stop_everything() {
    for text in [
        "",
        "{",
        "[]",
        "{\"skills\": []}",
        "{\"skills\": {},}",
        "// notes\n{}",
    ] {
        let folder = Folder::new();
        folder.write(RULES, text);
        let before = folder.files();
        for command in ["install", "uninstall", "check"] {
            let told = folder.skill(&[command]).refused();
            assert!(
                told.contains("skill-rules.json` as rules of skills: "),
                "{text}: {told}"
            );
            assert!(told.contains("hint: mend it by hand"), "{told}");
        }
        assert_eq!(folder.files(), before, "{text}");
    }
}

#[test]
fn programs_are_told_in_json() {
    let folder = Folder::new();
    folder.write(RULES, "{");
    let ran = folder.skill(&["install", "--json"]);
    assert_eq!(ran.status, 1);
    assert_eq!(ran.json()[0]["error"]["code"], "failed");
}

#[test]
fn a_folder_where_a_file_belongs_is_told() {
    let folder = Folder::new();
    folder.write(&format!("{AGENT}/inside"), "");
    let before = folder.files();
    let told = folder.skill(&["install"]).refused();
    assert!(told.contains("id-creation-audit.md`: "), "{told}");
    assert_eq!(folder.files(), before);
}

#[test]
fn a_file_where_a_folder_belongs_is_told() {
    let folder = Folder::new();
    folder.write("agents", "a file");
    let told = folder.skill(&["install"]).refused();
    assert!(told.starts_with("error: failed to read `"), "{told}");
    assert_eq!(folder.names(), ["agents"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_may_not_be_written_to_is_told() {
    // Not even root makes a folder here.
    let ran = run(&["skill", "install", "--dir", "/sys/idshift"]);
    let told = ran.refused();
    assert!(
        told.starts_with("error: failed to create `/sys/idshift/skills"),
        "{told}"
    );
    assert!(told.contains("--dir"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_told() {
    let folder = Folder::new();
    folder.write("skills/x", "");
    std::os::unix::fs::symlink("/nowhere/rules.json", folder.path.join(RULES)).unwrap();
    let told = folder.skill(&["install"]).refused();
    assert!(
        told.contains("a link to `/nowhere/rules.json`, which is gone"),
        "{told}"
    );
}

/// A limit on the size of files stands in for a full disk, which a test cannot make.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_without_room_leaves_the_old_file_and_no_draft() {
    use std::process::Command;

    let folder = Folder::new();
    folder.write(AGENT, "mine");
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" skill install --dir \"$1\"";
    let ran = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_idshift")])
        .arg(&folder.path)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(1), "{told}");
    assert!(
        told.contains("failed to write") && told.contains("make room"),
        "{told}"
    );
    assert_eq!(folder.read(AGENT), "mine");
    assert_eq!(folder.names(), [AGENT], "no draft was left");
}
