//! Runs the real server and looks at what it says of itself: log, metrics, traces, reports.

mod metrics;
#[expect(dead_code, reason = "the unit tests ask for more kinds of answers")]
#[path = "../../src/observe/rig.rs"]
mod rig;
mod run;
mod secrets;
mod streams;
mod telemetry;
