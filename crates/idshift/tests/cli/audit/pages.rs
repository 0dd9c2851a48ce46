//! The list of rules and their pages.

use std::path::Path;

use crate::run::run;

fn docs(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/rules")
        .join(path)
}

#[test]
fn the_index_of_pages_is_the_one_that_is_printed() {
    let index = std::fs::read_to_string(docs("README.md")).expect("the index is there");
    assert_eq!(
        run(&["rules", "--markdown"]).fine(),
        index,
        "`idshift rules --markdown` writes it"
    );
}

#[test]
fn every_rule_is_listed_and_explained() {
    let lines = run(&["rules", "--json"]).json();
    let table = run(&["rules"]).fine();
    assert!(lines.len() > 5);
    for line in &lines {
        let name = line["rule"].as_str().unwrap();
        assert!(table.contains(name), "{name}");
        assert!(docs(&format!("{name}.md")).is_file(), "{name}");
        let page = run(&["explain", name]).fine();
        assert!(page.lines().count() > 5, "{page}");
        // An address is never broken, so that it can be opened, nor code, so that it can be run.
        let flows = |line: &&str| !line.contains("https://") && !line.starts_with("    ");
        for line in page.lines().filter(flows) {
            assert!(line.chars().count() <= 100, "{name}: {line}");
        }
        let json = run(&["explain", name, "--json"]).json();
        assert_eq!(json[0]["rule"], name);
        assert!(
            json[0]["markdown"]
                .as_str()
                .is_some_and(|page| page.starts_with("# "))
        );
    }
}

#[test]
fn a_misspelt_rule_is_told_the_nearest() {
    let err = run(&["explain", "suppresion"]).misused();
    assert!(err.contains("did you mean `suppression`?"), "{err}");
    let err = run(&["explain", "zzz"]).misused();
    assert!(err.contains("`idshift rules` lists them"), "{err}");
}
