//! When each step was done, as the journal says.

use serde::Serialize;
use tokio_postgres::Client;

use crate::plan::Plan;
use crate::step::{Action, Phase, Step};
use crate::{Error, steps};

/// A step and its times.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepFacts {
    /// From 1.
    pub number: u32,
    /// What it does.
    pub name: String,
    #[serde(skip)]
    pub(super) phase: Phase,
    /// Whether it is the cut-over.
    pub cutover: bool,
    /// When it was done, RFC 3339; none if it is not.
    pub done_at: Option<String>,
    /// Seconds since the step before was done, or since the migration began: stops and waits are
    /// in it.
    pub seconds: Option<f64>,
    /// Seconds that its transaction took, where the journal has it: for the cut-over, the longest
    /// that anybody waited.
    pub held_seconds: Option<f64>,
    /// Rows that it filled.
    pub rows: Option<u64>,
}

fn blank(step: Step) -> StepFacts {
    StepFacts {
        number: step.number,
        name: step.name,
        phase: step.phase,
        cutover: matches!(step.action, Action::Cutover { .. }),
        done_at: None,
        seconds: None,
        held_seconds: None,
        rows: None,
    }
}

/// The steps of a plan that nobody has begun.
pub(super) fn planned(plan: &Plan) -> Vec<StepFacts> {
    steps(plan).into_iter().map(blank).collect()
}

/// The steps with what the journal has of them.
pub(super) async fn done(client: &Client, plan: &Plan) -> Result<Vec<StepFacts>, Error> {
    // A journal of an earlier version of the form has no beginnings of steps.
    let sql = "-- report.steps
        SELECT s.number,
               to_char(s.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
               extract(epoch FROM s.finished_at - coalesce(
                   lag(s.finished_at) OVER (ORDER BY s.number), r.started_at))::float8,
               extract(epoch FROM s.finished_at
                   - (to_jsonb(s) ->> 'began_at')::timestamptz)::float8,
               p.rows
        FROM \"idshift\".\"step\" s
        CROSS JOIN \"idshift\".\"run\" r
        LEFT JOIN \"idshift\".\"progress\" p ON p.step = s.number";
    let doing = Error::database("read the journal");
    let rows = client.query(sql, &[]).await.map_err(doing)?;
    let mut facts = planned(plan);
    for row in rows {
        let number = row.get::<_, i32>(0).unsigned_abs();
        let Some(step) = facts.iter_mut().find(|step| step.number == number) else {
            continue;
        };
        step.done_at = row.get(1);
        step.seconds = row.get(2);
        step.held_seconds = row.get(3);
        step.rows = row.get::<_, Option<i64>>(4).map(i64::unsigned_abs);
    }
    Ok(facts)
}
