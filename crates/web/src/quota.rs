//! How many events each project sent today: counted here, added up in the store.
//!
//! Each process counts for itself and asks the store for the sum every [`FLUSH_INTERVAL`], so with
//! several processes, and in the first moments of a new one, a project may exceed its quota by what
//! it sends in that time.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use event::ProjectId;
use ids::Timestamp;
use store::Day;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::app::Shared;

/// Between two looks at the sum in the store.
const FLUSH_INTERVAL: Duration = Duration::from_secs(5);

/// Projects of one call of the store: far fewer than it takes.
const FLUSHED_AT_ONCE: usize = 100;

/// Counts events by day and project.
#[derive(Debug, Default)]
pub(crate) struct Quota {
    days: Mutex<Days>,
    /// Rung for a project whose sum is not known yet, and at the end.
    bell: Notify,
    ended: AtomicBool,
}

type Days = BTreeMap<Day, HashMap<ProjectId, Used>>;

#[derive(Clone, Copy, Debug, Default)]
struct Used {
    /// As the store knows it.
    stored: u64,
    /// What the store has not confirmed: it counts here until it does.
    untold: u64,
}

impl Quota {
    /// Whether the project may send more of its `max` on the day of `now`; the error is how long it
    /// must wait: to the end of the day.
    pub(crate) fn check(
        &self,
        project_id: ProjectId,
        now: Timestamp,
        max: u64,
    ) -> Result<(), Duration> {
        let mut days = self.lock();
        let today = days.entry(Day::of(now)).or_default();
        let used = today.entry(project_id).or_insert_with(|| {
            self.bell.notify_one();
            Used::default()
        });
        if used.stored.saturating_add(used.untold) < max {
            return Ok(());
        }
        Err(to_midnight(now))
    }

    /// The project sent so many on the day of `now`.
    pub(crate) fn add(&self, project_id: ProjectId, now: Timestamp, events: u64) {
        let mut days = self.lock();
        let today = days.entry(Day::of(now)).or_default();
        today.entry(project_id).or_default().untold += events;
    }

    /// Has [`keep`] tell what is left, and return.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.bell.notify_one();
    }

    /// Tells the store what it does not know, and learns the sums. Only one at a time: what is
    /// under way counts as untold.
    ///
    /// # Errors
    /// The first of the store's. What it did not confirm is told the next time.
    async fn flush<F>(
        &self,
        now: Timestamp,
        tell: impl Fn(Day, Vec<(ProjectId, u64)>) -> F,
    ) -> Result<(), store::Error>
    where
        F: Future<Output = Result<Vec<(ProjectId, u64)>, store::Error>>,
    {
        let today = Day::of(now);
        for (day, deltas) in self.untold(today) {
            for part in deltas.chunks(FLUSHED_AT_ONCE) {
                let sums = tell(day, part.to_vec()).await?;
                self.confirm(day, part, &sums);
            }
        }
        self.lock().retain(|day, _| *day >= today);
        Ok(())
    }

    /// What is to be told. Of today, every project: also one that sent nothing here may have sent
    /// elsewhere.
    fn untold(&self, today: Day) -> Vec<(Day, Vec<(ProjectId, u64)>)> {
        let days = self.lock();
        let of_day = |(day, projects): (&Day, &HashMap<ProjectId, Used>)| {
            let told = projects
                .iter()
                .filter(|(_, used)| used.untold > 0 || *day == today);
            (*day, told.map(|(id, used)| (*id, used.untold)).collect())
        };
        days.iter().map(of_day).collect()
    }

    fn confirm(&self, day: Day, told: &[(ProjectId, u64)], sums: &[(ProjectId, u64)]) {
        let mut days = self.lock();
        let projects = days.entry(day).or_default();
        for (project_id, events) in told {
            let used = projects.entry(*project_id).or_default();
            used.untold = used.untold.saturating_sub(*events);
        }
        for (project_id, sum) in sums {
            projects.entry(*project_id).or_default().stored = *sum;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Days> {
        // Nothing under the lock panics half-way through a change.
        self.days.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Flushes every few seconds, until the [end](Quota::end) and then once more.
pub(crate) async fn keep(shared: Arc<Shared>) {
    let quota = &shared.quota;
    loop {
        let is_last = quota.ended.load(Ordering::Acquire);
        let tell = |day, deltas| shared.registry.count_usage(day, deltas);
        if let Err(error) = quota.flush((shared.clock)(), tell).await {
            tracing::warn!(%error, "counting the events of the day failed; trying again");
        }
        if is_last {
            return;
        }
        // A sum that is not known yet is asked for at once.
        let _ = timeout(FLUSH_INTERVAL, quota.bell.notified()).await;
    }
}

/// From `now` to the end of its day in UTC.
fn to_midnight(now: Timestamp) -> Duration {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    let left = DAY_MS - now.unix_ms().rem_euclid(DAY_MS);
    Duration::from_millis(left.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::future::{Ready, ready};

    use super::*;
    use ids::Uuid;

    #[test]
    fn a_project_has_its_quota_for_one_day() {
        let quota = Quota::default();
        let project = ProjectId::from_uuid(Uuid::MAX);
        // A second before midnight.
        let now = Timestamp::from_unix_ms(1_795_391_999_000);
        let check = |now| {
            quota
                .check(project, now, 10)
                .map_err(|wait| wait.as_millis())
        };
        assert_eq!(check(now), Ok(()));
        quota.add(project, now, 9);
        assert_eq!(check(now), Ok(()));
        quota.add(project, now, 1);
        assert_eq!(check(now), Err(1_000));
        let other = ProjectId::from_uuid(Uuid::NIL);
        assert_eq!(quota.check(other, now, 10), Ok(()));
        assert_eq!(check(Timestamp::from_unix_ms(1_795_392_000_000)), Ok(()));
    }

    /// A store that adds up, or fails at a call.
    #[derive(Default)]
    struct Adds {
        sums: RefCell<BTreeMap<(Day, ProjectId), u64>>,
        calls: Cell<usize>,
        fails_at: Cell<Option<usize>>,
    }

    impl Adds {
        fn tell(
            &self,
            day: Day,
            deltas: Vec<(ProjectId, u64)>,
        ) -> Ready<Result<Vec<(ProjectId, u64)>, store::Error>> {
            self.calls.set(self.calls.get() + 1);
            if self.fails_at.get() == Some(self.calls.get()) {
                let doing = "count usage";
                return ready(Err(store::Error::Full { doing }));
            }
            let mut sums = self.sums.borrow_mut();
            let added = deltas.into_iter().map(|(project_id, events)| {
                let sum = sums.entry((day, project_id)).or_default();
                *sum += events;
                (project_id, *sum)
            });
            ready(Ok(added.collect()))
        }

        fn total(&self) -> u64 {
            self.sums.borrow().values().sum()
        }
    }

    /// A second before midnight, and midnight.
    const MIDNIGHT: Timestamp = Timestamp::from_unix_ms(1_795_392_000_000);
    const BEFORE: Timestamp = Timestamp::from_unix_ms(1_795_391_999_000);

    #[tokio::test]
    async fn a_store_that_fails_delays_the_sums_and_loses_and_doubles_nothing() {
        let (quota, store) = (Quota::default(), Adds::default());
        let projects = (0..250_u128).map(|n| ProjectId::from_uuid(Uuid::from_u128(n)));
        for project in projects {
            quota.add(project, BEFORE, 2);
        }
        // Three calls, of which the second fails; then the day is over, and the second fails again.
        for (now, fails_at, calls, added) in [
            (BEFORE, 2, 2, 500),
            (MIDNIGHT, 4, 4, 501),
            (MIDNIGHT, 0, 6, 502),
        ] {
            store.fails_at.set(Some(fails_at));
            let flushed = quota.flush(now, |day, deltas| store.tell(day, deltas));
            let is_told = flushed.await.is_ok();
            assert_eq!((is_told, store.calls.get()), (fails_at == 0, calls));
            let untold: u64 = quota
                .lock()
                .values()
                .flat_map(HashMap::values)
                .map(|used| used.untold)
                .sum();
            assert_eq!((store.total() + untold, untold == 0), (added, is_told));
            quota.add(ProjectId::from_uuid(Uuid::MAX), now, 1);
        }
    }

    #[tokio::test]
    async fn a_day_that_is_over_is_told_and_forgotten() {
        let (quota, store) = (Quota::default(), Adds::default());
        let project = ProjectId::from_uuid(Uuid::MAX);
        quota.add(project, BEFORE, 7);
        quota.add(project, MIDNIGHT, 5);
        for _ in 0..3 {
            let flushed = quota.flush(MIDNIGHT, |day, deltas| store.tell(day, deltas));
            flushed.await.unwrap();
            let of = |now| store.sums.borrow().get(&(Day::of(now), project)).copied();
            assert_eq!((of(BEFORE), of(MIDNIGHT)), (Some(7), Some(5)));
            assert_eq!(
                quota.lock().keys().copied().collect::<Vec<_>>(),
                [Day::of(MIDNIGHT)]
            );
        }
        // What others sent counts as well.
        store
            .sums
            .borrow_mut()
            .insert((Day::of(MIDNIGHT), project), 9);
        assert_eq!(quota.check(project, MIDNIGHT, 9), Ok(()));
        let flushed = quota.flush(MIDNIGHT, |day, deltas| store.tell(day, deltas));
        flushed.await.unwrap();
        assert!(quota.check(project, MIDNIGHT, 9).is_err());
    }

    #[tokio::test]
    async fn what_is_under_way_to_the_store_counts() {
        let (quota, store) = (Quota::default(), Adds::default());
        let project = ProjectId::from_uuid(Uuid::MAX);
        quota.add(project, BEFORE, 10);
        let flushed = quota.flush(BEFORE, |day, deltas| {
            assert!(quota.check(project, BEFORE, 10).is_err());
            quota.add(project, BEFORE, 3);
            store.tell(day, deltas)
        });
        flushed.await.unwrap();
        assert!(quota.check(project, BEFORE, 13).is_err());
        assert_eq!(quota.check(project, BEFORE, 14), Ok(()));
        assert_eq!(store.total(), 10);
    }
}
