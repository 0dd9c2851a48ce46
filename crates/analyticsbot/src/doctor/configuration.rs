//! Whether the configuration is right, and where it comes from.

use serde_json::json;

use super::finding::Finding;
use crate::context::Context;
use crate::settings::{FILE_DEFAULT, Origin};

const CHECK: &str = "configuration";

/// Checks the configuration.
pub(super) fn check(context: &Context) -> Finding {
    if let Some(refusal) = &context.misconfigured {
        let finding = Finding::problem(CHECK, refusal.message());
        return match refusal.advice() {
            Some(hint) => finding.hint(hint),
            None => finding,
        };
    }
    let settings = &context.settings;
    let count = |origin| {
        settings
            .origins
            .values()
            .filter(|found| **found == origin)
            .count()
    };
    let file = match &settings.file {
        Some(path) => format!("{} sets {}", path.display(), count(Origin::File)),
        None => format!("no {FILE_DEFAULT} here"),
    };
    let (variables, flags) = (count(Origin::Environment), count(Origin::Flag));
    let message = format!("{file}; variables set {variables}, flags {flags}");
    let details = json!({ "file": settings.file, "set": settings.origins });
    Finding::ok(CHECK, message).details(details)
}
