//! What was done, what is to be done, and the way back from where the migration is.

use std::fmt::Write as _;

use super::tick;
use crate::report::{Report, Stage};
use crate::step::Phase;

pub(super) fn checklist(report: &Report) -> String {
    let mut text = "## Checklist\n\nBoxes are ticked by what the journal and the catalog say; the \
        others are for people.\n\n"
        .to_owned();
    let facts = [
        (
            Phase::Expand,
            "New columns are there and triggers keep them filled",
        ),
        (Phase::Backfill, "All rows are filled"),
        (
            Phase::Ready,
            "Indexes and foreign keys of the new columns are built and proven",
        ),
        (Phase::Cutover, "The new columns have the names"),
        (Phase::Settle, "What follows the cut-over is done"),
    ];
    let _ = writeln!(text, "- [ ] A backup exists and was restored once");
    for (phase, what) in facts {
        let _ = writeln!(text, "- [{}] {what}", tick(report, phase));
        if phase == Phase::Ready {
            text.push_str("- [ ] `idshift migrate verify` found no fault before the cut-over\n");
            text.push_str("- [ ] A release that takes UUIDs for keys is ready\n");
        }
    }
    text.push_str("- [ ] The mapper's schema is rewritten (`idshift migrate prisma`)\n");
    text.push_str("- [ ] Pools were reconnected, so that no prepared statement is from before\n");
    text.push_str("- [ ] `idshift migrate verify` found no fault after the cut-over\n");
    let contracted = if report.stage == Stage::Contracted {
        'x'
    } else {
        ' '
    };
    let _ = writeln!(text, "- [{contracted}] The old columns are dropped\n");
    text
}

pub(super) fn rollback(report: &Report) -> String {
    let way = match report.stage {
        Stage::Planned => "Nothing was written; there is nothing to take back.",
        Stage::Forward => {
            "`idshift migrate rollback` drops triggers, indexes and new columns. Nobody but the \
             migration uses them; no row is changed."
        }
        Stage::Swapped => {
            "`idshift migrate rollback` gives the old columns their names back in one short \
             transaction. Rows written since the cut-over have an old key too and keep their \
             links. `idshift migrate prisma --back` takes the schema back. This way ends with \
             `idshift migrate contract`."
        }
        Stage::Back => "It is under way: `idshift migrate rollback` finishes it.",
        Stage::Contracting => "There is none any more: old columns are already being dropped.",
        Stage::Contracted => {
            "There is none any more but a backup: the old columns are dropped. Old keys can be \
             looked up if `contract` was told to keep them."
        }
        Stage::Unclear => "Not known: compare the plan with the database first.",
    };
    format!("## Way back\n\n{way}\n\n")
}

pub(super) fn next(report: &Report) -> String {
    let steps: &[&str] = match report.stage {
        Stage::Planned => &["Read the plan.", "`idshift migrate apply`"],
        Stage::Forward if !report.is_done(Phase::Ready) => &["`idshift migrate apply` goes on."],
        Stage::Forward => &[
            "`idshift migrate verify`",
            "`idshift migrate prisma --dry-run` shows what the application has to change.",
            "`idshift migrate cutover`",
        ],
        Stage::Swapped if !report.is_done(Phase::Settle) => {
            &["`idshift migrate cutover` finishes."]
        }
        Stage::Swapped => &[
            "`idshift migrate prisma`, and release the application.",
            "`idshift migrate verify`",
            "Wait until nobody uses old keys; then `idshift migrate contract`.",
        ],
        Stage::Back => &["`idshift migrate rollback` finishes."],
        Stage::Contracting => &["`idshift migrate contract` finishes."],
        Stage::Contracted => &["`VACUUM` the tables when there is time."],
        Stage::Unclear => &["`idshift migrate plan` makes a plan of how things are."],
    };
    let mut text = "## Next\n\n".to_owned();
    for (number, step) in (1..).zip(steps) {
        let _ = writeln!(text, "{number}. {step}");
    }
    text
}
