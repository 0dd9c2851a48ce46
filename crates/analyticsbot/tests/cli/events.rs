//! `analyticsbot events`.

use crate::rig::{Home, on_each_store};

#[test]
fn events_are_listed_by_user_name_and_time_newest_first() {
    on_each_store(|home| {
        home.project("Shop");
        for (name, user, time) in [
            ("Seen", "u1", "2026-11-20"),
            ("Paid", "u1", "2026-11-21"),
            ("Paid", "u2", "2026-11-22"),
        ] {
            home.run(&["send", name, "--user", user, "--time", time])
                .fine();
        }
        for (filter, expected) in [
            (&[][..], &["Paid u2", "Paid u1", "Seen u1"][..]),
            (&["--name", "Paid"], &["Paid u2", "Paid u1"]),
            (&["--user", "u1"], &["Paid u1", "Seen u1"]),
            (&["--since", "2026-11-21"], &["Paid u2", "Paid u1"]),
            (&["--until", "2026-11-21"], &["Seen u1"]),
            (&["--limit", "1"], &["Paid u2"]),
            (&["--limit", "0"], &[]),
            (&["--name", "Gone"], &[]),
        ] {
            let listed = home
                .run(&[&["events", "list", "--json"], filter].concat())
                .json();
            let found: Vec<String> = listed
                .iter()
                .map(|event| format!("{} {}", event["event"], event["user_id"]).replace('"', ""))
                .collect();
            assert_eq!(found, expected, "{filter:?}");
        }
    });
}

#[test]
fn a_list_goes_on_over_short_pages() {
    let home = Home::new();
    home.project("Shop");
    std::fs::write(
        home.path().join("analyticsbot.toml"),
        "[database]\npage_rows_max = 2\nscan_rows_max = 3\n",
    )
    .unwrap();
    for index in 0..7 {
        let name = if index == 0 { "rare" } else { "common" };
        let time = format!("2026-11-22T10:00:0{index}Z");
        home.run(&["send", name, "--time", &time]).fine();
    }
    assert_eq!(home.run(&["events", "list", "--json"]).json().len(), 7);
    let rare = home
        .run(&["events", "list", "--name", "rare", "--json"])
        .json();
    assert_eq!(rare.len(), 1, "behind pages on which nothing fits");
}

#[test]
fn an_event_is_found_by_either_form_of_its_id() {
    let home = Home::new();
    home.project("Shop");
    let id = home.run(&["send", "Paid", "--user", "u1"]).fine();
    let shown = home.run(&["events", "show", id.trim()]).fine();
    let typed = shown
        .lines()
        .find_map(|line| line.strip_prefix("typed id"))
        .unwrap();
    assert_eq!(home.run(&["events", "show", typed.trim()]).fine(), shown);
    assert!(shown.contains("properties   none"), "{shown}");
    let unknown = home.run(&["events", "show", "019a9964-77f3-7479-bc9f-50ff6ea646f1"]);
    assert!(unknown.refused().contains("events rejected"));
    home.run(&["events", "show", "nonsense"]).misused();
}

#[test]
fn with_nothing_to_show_it_says_where_to_look() {
    let home = Home::new();
    home.project("Shop");
    let listed = home.run(&["events", "list"]);
    assert!(listed.err.contains("events rejected"), "{}", listed.err);
    let rejected = home.run(&["events", "rejected"]);
    assert!(
        rejected.err.contains("nothing was refused"),
        "{}",
        rejected.err
    );
}
