//! `idshift skill`: what is written, what stays, and what is refused.

mod kept;
mod refused;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::run::{Ran, run};

const SKILL: &str = "skills/id-generation-best-practices/SKILL.md";
const RULES: &str = "skills/skill-rules.json";
const AGENT: &str = "agents/id-creation-audit.md";

/// An assistant's folder of one test.
struct Folder {
    /// Removes the folder with the test.
    _root: TempDir,
    path: PathBuf,
}

impl Folder {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a test may write");
        Self {
            path: root.path().join("assistant"),
            _root: root,
        }
    }

    /// Runs `idshift skill` with its folder.
    fn skill(&self, arguments: &[&str]) -> Ran {
        let dir = self.path.to_str().expect("made of plain letters");
        run(&[&["skill"], arguments, &["--dir", dir]].concat())
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path.join(name)).expect("the test asks for what is there")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path.join(name);
        let folder = path.parent().expect("it is joined to a folder");
        fs::create_dir_all(folder).expect("a test may write");
        fs::write(path, text).expect("a test may write");
    }

    /// Every file with its bytes, by its path from the folder.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.path.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.expect("a folder that can be read").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&self.path).expect("found below it");
                    let name = name.to_string_lossy().replace('\\', "/");
                    found.push((name, fs::read(&path).expect("it was just listed")));
                }
            }
        }
        found.sort();
        found
    }

    fn names(&self) -> Vec<String> {
        self.files().into_iter().map(|(name, _)| name).collect()
    }
}

fn actions(ran: &Ran) -> Vec<String> {
    let report = ran.json().remove(0);
    let changes = report["changes"].as_array().expect("a list");
    let action = |change: &serde_json::Value| change["action"].as_str().expect("a word").to_owned();
    changes.iter().map(action).collect()
}

#[test]
fn it_writes_three_files_and_a_second_time_none() {
    let folder = Folder::new();
    let ran = folder.skill(&["install", "--json"]);
    assert_eq!(actions(&ran), ["create", "create", "create"]);
    assert_eq!(folder.names(), [AGENT, SKILL, RULES]);
    let before = folder.files();
    let ran = folder.skill(&["install", "--json"]);
    assert_eq!(actions(&ran), ["keep", "keep", "keep"]);
    assert_eq!(folder.files(), before);
    assert!(
        folder
            .skill(&["install"])
            .fine()
            .lines()
            .all(|line| line.starts_with("unchanged"))
    );
}

#[test]
fn what_it_writes_is_what_assistants_read() {
    let folder = Folder::new();
    folder.skill(&["install"]).fine();
    let skill = folder.read(SKILL);
    assert!(skill.starts_with("---\nname: id-generation-best-practices\ndescription: "));
    assert!(skill.contains("- **yes**: "), "the questions are there");
    let agent = folder.read(AGENT);
    assert!(agent.contains("idshift audit --format json"));
    for rule in audit::rules() {
        assert!(agent.contains(&format!("`{}`", rule.name)), "{}", rule.name);
    }
    let rules: serde_json::Value = serde_json::from_str(&folder.read(RULES)).unwrap();
    let entry = &rules["skills"]["id-generation-best-practices"];
    for (field, value) in [
        ("type", "domain"),
        ("enforcement", "suggest"),
        ("priority", "medium"),
    ] {
        assert_eq!(entry[field], value);
    }
    let keywords = entry["promptTriggers"]["keywords"].as_array().unwrap();
    assert_eq!(keywords.len(), 32);
    let patterns = entry["promptTriggers"]["intentPatterns"]
        .as_array()
        .unwrap();
    assert!(
        patterns
            .iter()
            .any(|it| it == "(create|generate|make).*?(id|uuid|identifier)")
    );
    let paths = entry["fileTriggers"]["pathPatterns"].as_array().unwrap();
    for path in ["**/prisma/schema.prisma", "**/migrations/**/*.sql"] {
        assert!(paths.iter().any(|it| it == path), "{path}");
    }
}

#[test]
fn check_passes_only_on_what_would_be_installed() {
    let folder = Folder::new();
    assert!(
        folder
            .skill(&["check"])
            .refused()
            .contains("3 of 3 files differ")
    );
    assert_eq!(folder.names(), [""; 0], "a check writes nothing");
    folder.skill(&["install"]).fine();
    assert_eq!(folder.skill(&["check"]).fine().matches("same").count(), 3);
    folder.write(SKILL, "changed");
    for arguments in [&["check"][..], &["install", "--check"]] {
        let ran = folder.skill(arguments);
        assert!(ran.out.contains("different"), "{}", ran.out);
        assert!(ran.refused().contains("1 of 3 files differ"));
    }
    assert_eq!(
        actions(&folder.skill(&["check", "--json"])),
        ["update", "keep", "keep"]
    );
    assert_eq!(folder.read(SKILL), "changed");
}

#[test]
fn a_dry_run_tells_and_does_nothing() {
    let folder = Folder::new();
    let told = folder.skill(&["install", "--dry-run"]).fine();
    assert_eq!(told.matches("would create ").count(), 3, "{told}");
    assert_eq!(folder.names(), [""; 0]);
    folder.skill(&["install"]).fine();
    folder.write(AGENT, "mine");
    let before = folder.files();
    let told = folder.skill(&["install", "--dry-run"]).fine();
    assert!(
        told.contains("would update") && told.contains("keeping a backup"),
        "{told}"
    );
    let told = folder.skill(&["uninstall", "--dry-run"]).fine();
    assert_eq!(told.matches("would remove ").count(), 3, "{told}");
    assert_eq!(folder.files(), before);
}

#[test]
fn uninstalling_leaves_nothing_behind() {
    let folder = Folder::new();
    folder.skill(&["install"]).fine();
    let ran = folder.skill(&["uninstall", "--json"]);
    assert_eq!(actions(&ran), ["remove", "remove", "remove"]);
    assert_eq!(folder.names(), [""; 0]);
    assert!(
        !Path::new(&folder.path.join(SKILL))
            .parent()
            .unwrap()
            .exists()
    );
    assert_eq!(
        actions(&folder.skill(&["uninstall", "--json"])),
        ["keep", "keep", "keep"]
    );
}

#[test]
fn without_a_folder_it_is_the_home_of_the_user() {
    let home = tempfile::tempdir().unwrap();
    let mut install = crate::run::command(&["skill", "install"]);
    let ran = install.env("HOME", home.path()).output().unwrap();
    assert!(ran.status.success());
    assert!(home.path().join(".claude").join(AGENT).exists());
}
