//! Act 2: what the audit says of the schema, before anybody thought of a migration.

use anyhow::Result;
use serde_json::Value;

use crate::program::Shown;
use crate::story::Story;

/// The first finding, and what to do first.
const SHOWN: Shown = Shown { head: 20, tail: 6 };

pub(crate) fn play(story: &mut Story<'_>) -> Result<()> {
    story.narrator.act("The audit")?;
    story.narrator.text(
        "It reads the Prisma schema and the SQL beside it, as they are in the repository. Each \
         finding says where, what breaks and when, and what to do. It ends with status 1, so that \
         a build fails on it.",
    )?;
    let words = ["idshift", "audit", ".", "--also", "json=audit.json"];
    let ended = story.stage.run(&words, SHOWN, story.narrator)?;
    let report: Value = serde_json::from_str(&story.stage.read("audit.json")?)?;
    let mut critical = Vec::new();
    let mut following = Vec::new();
    for finding in report["findings"].as_array().into_iter().flatten() {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        if finding["severity"] == "critical" {
            critical.push(text("object"));
        }
        if finding["rule"] == "reference-to-auto-increment" {
            following.push(format!("{} from {}", text("object"), text("caused_by")));
        }
    }
    let expected = ["events.id", "provider_configs.id", "event_queue.id"];
    let held = !ended.success && critical == expected;
    story.check(
        "three critical keys",
        held,
        format!(
            "The critical findings are these three keys: {}.",
            critical.join(", ")
        ),
    )?;
    following.sort();
    let expected = [
        "event_queue.event_id from events.id",
        "event_queue.provider_id from provider_configs.id",
    ];
    story.check(
        "two references follow",
        following == expected,
        format!("Two references follow from them: {}.", following.join(", ")),
    )
}
