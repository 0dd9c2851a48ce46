//! What the figures should be.

/// One figure beside its target.
pub(super) struct Figure {
    pub(super) title: String,
    pub(super) unit: &'static str,
    target: Target,
    pub(super) measured: f64,
    /// The same without a migration, where there is such a thing.
    pub(super) before: Option<f64>,
}

/// At least, or at most.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Min(f64),
    Max(f64),
}

pub(super) const BACKFILL_ROWS_PER_SECOND: Target = Target::Min(60_000.0);
pub(super) const MEMORY_MIB: Target = Target::Max(100.0);
pub(super) const WAIT_MS: Target = Target::Max(200.0);
pub(super) const CUTOVER_MS: Target = Target::Max(50.0);
pub(super) const LOAD_PERCENT: Target = Target::Min(60.0);

impl Figure {
    pub(super) fn new(
        title: impl Into<String>,
        unit: &'static str,
        target: Target,
        measured: f64,
    ) -> Self {
        Self {
            title: title.into(),
            unit,
            target,
            measured,
            before: None,
        }
    }

    pub(super) fn before(mut self, before: f64) -> Self {
        self.before = Some(before);
        self
    }

    pub(super) fn target(&self) -> f64 {
        match self.target {
            Target::Min(target) | Target::Max(target) => target,
        }
    }

    pub(super) fn is_met(&self) -> bool {
        match self.target {
            Target::Min(target) => self.measured >= target,
            Target::Max(target) => self.measured <= target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_minimum_and_a_wait_a_maximum() {
        let met = |target, measured| Figure::new("", "", target, measured).is_met();
        assert!(met(BACKFILL_ROWS_PER_SECOND, 60_000.0) && !met(LOAD_PERCENT, 59.9));
        assert!(met(WAIT_MS, 200.0) && !met(CUTOVER_MS, 50.1) && !met(MEMORY_MIB, f64::NAN));
    }
}
