//! `idshift id verify`.

use crate::run::run;

const CHECKS: [&str; 12] = [
    "generation",
    "uniqueness",
    "time order",
    "speed",
    "bulk",
    "index order",
    "threads",
    "fork",
    "clock 3 s back",
    "clock set back",
    "future spike",
    "overflow",
];

#[test]
fn every_check_passes_and_is_drawn() {
    let out = run(&["id", "verify"]).fine();
    for check in CHECKS {
        assert!(out.contains(&format!("│ ✓ │ {check} ")), "{check}: {out}");
    }
    assert!(out.ends_with("all 12 checks passed\n"), "{out}");
    assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
}

#[test]
fn programs_get_each_check_with_its_result() {
    let ran = run(&["id", "verify", "--json"]);
    assert_eq!(ran.status, 0, "{}", ran.out);
    let report = &ran.json()[0];
    assert_eq!(report["passed"], 12);
    assert_eq!(report["failed"], 0);
    let checks = report["checks"].as_array().unwrap();
    for (check, name) in checks.iter().zip(CHECKS) {
        assert_eq!(check["name"], name);
        assert_eq!(check["passed"], true);
        assert!(!check["result"].as_str().unwrap().is_empty());
    }
    assert_eq!(checks.len(), CHECKS.len());
}
