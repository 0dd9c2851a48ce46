//! Says why a migration's command did not do its work, and what to do next.

use serde::Serialize;

use crate::Outcome;
use crate::console::Console;
use crate::refusal::Refusal;

/// Everything that stands in the way, as one object.
#[derive(Serialize)]
struct Refused<'a> {
    refused: &'a [migrate::census::Refusal],
}

/// Reports the errors of the library; hands others on.
pub(super) fn report(error: anyhow::Error, console: &mut Console) -> anyhow::Result<Outcome> {
    let error = error.downcast::<migrate::Error>()?;
    match error {
        migrate::Error::Refused(refusals) => {
            refused(&refusals, console)?;
            Ok(Outcome::Refused)
        }
        migrate::Error::Stopped { .. } => {
            let stopped = Refusal::new("stopped", error.to_string());
            console.warn(&hinted(stopped, error.hint()))?;
            Ok(Outcome::Stopped)
        }
        error => {
            let code = match error {
                migrate::Error::State { .. } => "state",
                _ => "failed",
            };
            let refusal = Refusal::new(code, format!("failed to {error}"));
            Err(hinted(refusal, error.hint()).into())
        }
    }
}

fn hinted(refusal: Refusal, hint: Option<String>) -> Refusal {
    match hint {
        Some(hint) => refusal.hint(hint),
        None => refusal,
    }
}

fn refused(refusals: &[migrate::census::Refusal], console: &mut Console) -> anyhow::Result<()> {
    if console.json() {
        console.write_json(&Refused { refused: refusals })?;
    } else {
        for refusal in refusals {
            let head = format!(
                "{}: {}: {}",
                refusal.situation, refusal.object, refusal.reason
            );
            console.fail(&Refusal::new("refused", head).hint(refusal.next.clone()))?;
        }
    }
    let count = refusals.len();
    let (objects, stand) = if count == 1 {
        ("object", "stands")
    } else {
        ("objects", "stand")
    };
    console.summarize(&format!(
        "{count} {objects} {stand} in the way; nothing was written"
    ))?;
    Ok(())
}
