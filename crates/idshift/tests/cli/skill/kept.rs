//! What a user wrote is never lost.

use std::fs;

use super::{AGENT, Folder, RULES, SKILL};

/// Rules as a user has them: entries around, an odd layout, and numbers that must not be rounded.
const USERS: &str = "{\n   \"version\": \"1.0\",\n   \"skills\": {\n      \
                     \"b\": {\"type\" :\"domain\"},\n\n      \
                     \"a\": {\"x\": 1.0, \"y\": 12345678901234567890123}\n   },\n   \
                     \"notes\": {}\n}\n";

#[test]
fn other_entries_keep_every_byte_through_installing_and_uninstalling() {
    let folder = Folder::new();
    folder.write(RULES, USERS);
    folder.write("agents/mine.md", "mine");
    let before = folder.files();
    folder.skill(&["install"]).fine();
    let merged = folder.read(RULES);
    let added = merged.find("\n      \"id-generation-best-practices\": {\n         \"type\"");
    assert!(added.is_some(), "as its neighbours are indented: {merged}");
    let (head, tail) = USERS.split_at(USERS.find("\n   },\n   \"notes\"").unwrap());
    assert!(
        merged.starts_with(head) && merged.ends_with(tail),
        "{merged}"
    );
    folder.skill(&["uninstall"]).fine();
    assert_eq!(folder.files(), before, "no backup was needed");
}

#[test]
fn what_differs_is_copied_before_it_is_written() {
    let folder = Folder::new();
    folder.skill(&["install"]).fine();
    let changed = folder.read(RULES).replace("\"medium\"", "\"high\"");
    folder.write(SKILL, "my skill");
    folder.write(RULES, &changed);
    folder.write(AGENT, "my agent");
    let told = folder.skill(&["install"]).fine();
    assert_eq!(told.matches("backup ").count(), 3, "{told}");
    let backups: Vec<String> = folder
        .files()
        .into_iter()
        .filter(|(name, _)| name.contains(".backup-"))
        .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
        .collect();
    assert_eq!(backups, ["my agent", "my skill", &*changed]);
    folder.skill(&["check"]).fine();
}

#[test]
fn uninstalling_keeps_what_a_user_changed() {
    let folder = Folder::new();
    folder.skill(&["install"]).fine();
    folder.write(SKILL, "my skill");
    let told = folder.skill(&["uninstall"]).fine();
    assert!(told.contains("SKILL.md.backup-"), "{told}");
    let names = folder.names();
    assert_eq!(names.len(), 1, "{names:?}");
    assert_eq!(folder.read(&names[0]), "my skill");
}

#[test]
fn two_backups_in_one_second_are_two_files() {
    let folder = Folder::new();
    for text in ["one", "two", "three"] {
        folder.write(AGENT, text);
        folder.skill(&["install"]).fine();
    }
    let texts: Vec<Vec<u8>> = folder
        .files()
        .into_iter()
        .filter(|(name, _)| name.contains(".backup-"))
        .map(|(_, bytes)| bytes)
        .collect();
    assert_eq!(texts.len(), 3);
    for text in ["one", "two", "three"] {
        assert!(texts.iter().any(|bytes| bytes == text.as_bytes()), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn behind_a_link_the_target_changes_and_the_link_stays() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = Folder::new();
    folder.write("dotfiles/rules.json", USERS);
    let target = folder.path.join("dotfiles/rules.json");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    fs::create_dir_all(folder.path.join("skills")).unwrap();
    symlink("../dotfiles/rules.json", folder.path.join(RULES)).unwrap();
    folder.skill(&["install"]).fine();
    assert!(
        fs::symlink_metadata(folder.path.join(RULES))
            .unwrap()
            .is_symlink()
    );
    assert!(
        fs::read_to_string(&target)
            .unwrap()
            .contains("id-generation-best-practices")
    );
    let mode = fs::metadata(&target).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(
        folder.names().len(),
        4,
        "no draft was left: {:?}",
        folder.names()
    );
}
