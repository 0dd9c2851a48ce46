//! What a run is asked for: by a test, or by hand through the environment.

use std::time::Duration;

/// Set by `cargo xtask chaos`.
const SEED_VARIABLE: &str = "ANALYTICSBOT_CHAOS_SEED";
const CYCLES_VARIABLE: &str = "ANALYTICSBOT_CHAOS_CYCLES";
const STORE_VARIABLE: &str = "ANALYTICSBOT_CHAOS_STORE";

/// How long a run goes on, and how hard it is.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) cycles: u64,
    /// A fault comes at some moment up to this after the clients have started.
    pub(crate) moment_max: Duration,
    /// A server that takes longer to be ready has failed.
    pub(crate) ready_max: Duration,
    /// Cycles from one look at all that is stored to the next.
    pub(crate) look_every: u64,
}

impl Plan {
    /// What the test command runs, beside other tests: short, and patient with a slow start.
    pub(crate) fn of_a_test(cycles: u64) -> Self {
        Self {
            seed: seed(),
            cycles,
            moment_max: Duration::from_millis(250),
            ready_max: Duration::from_secs(20),
            look_every: 5,
        }
    }

    /// What somebody runs by hand, on a machine that does nothing else.
    pub(crate) fn by_hand(cycles: u64) -> Self {
        let cycles = variable(CYCLES_VARIABLE).map_or(cycles, |text| text.parse().unwrap());
        Self {
            seed: seed(),
            cycles,
            moment_max: Duration::from_secs(1),
            ready_max: Duration::from_secs(2),
            look_every: 20,
        }
    }
}

/// Whether a store is meant, by hand: `sqlite`, `postgres`, or both if none is named.
pub(crate) fn is_wanted(store: &str) -> bool {
    variable(STORE_VARIABLE).is_none_or(|wanted| wanted == store)
}

/// The seed that was asked for, else another one for each run.
fn seed() -> u64 {
    match variable(SEED_VARIABLE) {
        Some(text) => text.parse().unwrap(),
        None => ids::Uuid::now_v7()
            .as_bytes()
            .iter()
            .fold(0, |seed, &byte| seed.rotate_left(7) ^ u64::from(byte)),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a run by hand is configured by its environment"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
