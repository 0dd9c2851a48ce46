//! Whether what should be unique among projects is unique.

use serde_json::json;
use store::{Census, Repeated, Store};

use super::database::failed;
use super::finding::Finding;

const CHECK: &str = "projects";

/// Counts projects and looks for what is there twice.
pub(super) async fn check(store: &Store) -> Vec<Finding> {
    match store.registry().census().await {
        Ok(census) => findings(&census),
        Err(error) => vec![failed(CHECK, &error)],
    }
}

fn findings(census: &Census) -> Vec<Finding> {
    let Census {
        projects,
        unique_ids,
        unique_slugs,
        ..
    } = census;
    let counts = format!("{projects} in all, {unique_ids} by id, {unique_slugs} by slug");
    let damaged = unique_ids != projects || unique_slugs != projects;
    let first = if damaged {
        let message = format!(
            "some are there twice: {counts}{}",
            named(&census.repeated_slugs)
        );
        Finding::problem(CHECK, message).hint("the database is damaged: restore a backup")
    } else {
        Finding::ok(CHECK, format!("all are unique: {counts}"))
    };
    let repeated = |values: &[Repeated]| {
        values
            .iter()
            .map(|value| json!({ "value": value.value, "projects": value.projects }))
            .collect::<Vec<_>>()
    };
    let first = first.details(json!({
        "projects": projects,
        "unique_ids": unique_ids,
        "unique_slugs": unique_slugs,
        "repeated_slugs": repeated(&census.repeated_slugs),
        "repeated_names": repeated(&census.repeated_names),
    }));
    let names = (!census.repeated_names.is_empty()).then(|| {
        let message = format!("some share a name{}", named(&census.repeated_names));
        Finding::warning(CHECK, message).hint("`analyticsbot project rename` tells them apart")
    });
    let none = (*projects == 0).then(|| {
        Finding::warning(CHECK, "there is none, so nobody can send events")
            .hint("`analyticsbot project add NAME` makes one")
    });
    [Some(first), names, none].into_iter().flatten().collect()
}

fn named(values: &[Repeated]) -> String {
    let first = values
        .iter()
        .take(3)
        .map(|value| format!("`{}` {} times", value.value, value.projects));
    let first = first.collect::<Vec<_>>().join(", ");
    if first.is_empty() {
        first
    } else {
        format!(": {first}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    fn states(census: &Census) -> Vec<State> {
        findings(census)
            .iter()
            .map(|finding| finding.state)
            .collect()
    }

    #[test]
    fn what_is_there_twice_is_found() {
        let sound = Census {
            projects: 2,
            unique_ids: 2,
            unique_slugs: 2,
            repeated_names: Vec::new(),
            repeated_slugs: Vec::new(),
        };
        assert_eq!(states(&sound), [State::Ok]);
        assert!(
            findings(&sound)[0]
                .message
                .contains("2 in all, 2 by id, 2 by slug")
        );
        let twice = vec![Repeated {
            value: "Shop".to_owned(),
            projects: 2,
        }];
        let named = Census {
            repeated_names: twice.clone(),
            ..sound.clone()
        };
        assert_eq!(states(&named), [State::Ok, State::Warning]);
        let ids = Census {
            unique_ids: 1,
            ..sound.clone()
        };
        assert_eq!(states(&ids), [State::Problem]);
        let slugs = Census {
            unique_slugs: 1,
            repeated_slugs: twice,
            ..sound.clone()
        };
        assert!(findings(&slugs)[0].message.ends_with("`Shop` 2 times"));
        let none = Census {
            projects: 0,
            unique_ids: 0,
            unique_slugs: 0,
            ..sound
        };
        assert_eq!(states(&none), [State::Ok, State::Warning]);
    }
}
