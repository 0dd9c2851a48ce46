//! How many events projects send in a day: the day, and the numbers to add.

use std::collections::BTreeMap;

use event::ProjectId;
use ids::Timestamp;

use crate::time::to_us;

const US_PER_DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// Days that are kept behind the one that is counted.
const DAYS_KEPT: i32 = 400;

/// No count is larger: two of them can be added, and JSON readers have it exactly.
pub(crate) const EVENTS_MAX: i64 = 1 << 53;

/// A day in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// The day that a moment lies in.
    #[must_use]
    pub fn of(moment: Timestamp) -> Self {
        // 64 bits of microseconds are at most 107 million days.
        let days = to_us(moment).div_euclid(US_PER_DAY);
        Self(i32::try_from(days).unwrap_or(i32::MAX))
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn unix_days(self) -> i32 {
        self.0
    }
}

/// What to add on one day: each project once, in the order of ids, so that two who count the same
/// projects wait for each other in the same order.
#[derive(Debug)]
pub(crate) struct Usage {
    pub(crate) day: i32,
    /// Days before this one are forgotten.
    pub(crate) first_day_kept: i32,
    pub(crate) project_ids: Vec<ProjectId>,
    pub(crate) events: Vec<i64>,
}

impl Usage {
    pub(crate) fn of(Day(day): Day, deltas: Vec<(ProjectId, u64)>) -> Self {
        let mut sums: BTreeMap<ProjectId, i64> = BTreeMap::new();
        for (project_id, events) in deltas {
            let events = i64::try_from(events).unwrap_or(i64::MAX);
            let sum = sums.entry(project_id).or_default();
            *sum = sum.saturating_add(events).min(EVENTS_MAX);
        }
        let (project_ids, events) = sums.into_iter().unzip();
        Self {
            day,
            first_day_kept: day.saturating_sub(DAYS_KEPT),
            project_ids,
            events,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        let check = |ms: i64, day| {
            assert_eq!(Day::of(Timestamp::from_unix_ms(ms)).unix_days(), day);
        };
        check(0, 0);
        check(-1, -1);
        check(86_399_999, 0);
        check(86_400_000, 1);
        check(1_763_510_089_715, 20_410);
    }

    #[test]
    fn a_project_named_twice_is_one_sum_with_a_limit() {
        let [a, b] = [1, 2].map(|ms| ProjectId::from_uuid(ids::Uuid::first_of(ms).unwrap()));
        let usage = Usage::of(Day(0), vec![(b, 1), (a, 2), (b, 3), (a, u64::MAX)]);
        assert_eq!(usage.project_ids, [a, b]);
        assert_eq!(usage.events, [EVENTS_MAX, 4]);
    }
}
