//! The check of uniqueness across a fork.

use ids::Uuid;

use super::Verdict;
use super::fork::{Child, IDS_PER_CHILD};
use super::source::{Failed, Source, distinct, in_order, thousands};

/// Children that go on from the same moment of their parent.
const CHILDREN: usize = 4;

/// No child repeats an id of its parent, of a sibling, or the random part of one.
pub(super) fn fork(source: &impl Source) -> Verdict {
    let several = || {
        (0..IDS_PER_CHILD)
            .map(|_| source.one())
            .collect::<Result<Vec<_>, _>>()
    };
    // Made before the fork too: an untouched generator has no state that a child could repeat.
    let mut ids = several()?;
    let children: Vec<Child> = (0..CHILDREN)
        .map(|_| Child::start(|| source.one()))
        .collect::<Result<_, _>>()?;
    ids.extend(several()?);
    in_order(&ids)?;
    for child in children {
        let made = child.finish()?;
        in_order(&made)?;
        ids.extend(made);
    }
    let count = thousands(ids.len());
    // Different times could hide that the random stream was repeated.
    let random = |id: &Uuid| Uuid::from_u128(id.to_u128() & ((1 << 56) - 1));
    let parts: Vec<Uuid> = ids.iter().map(random).collect();
    distinct(ids)?;
    distinct(parts).map_err(|Failed(why)| Failed(format!("random parts: {why}")))?;
    Ok(format!("{count} ids, no random part twice"))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use ids::Error;

    use super::super::broken::Failing;
    use super::super::source::OfProcess;
    use super::*;

    #[test]
    fn the_sequence_of_the_process_survives_a_fork() {
        assert!(fork(&OfProcess).unwrap().starts_with("1,536 ids"));
    }

    /// A stream from a seed, which a fork copies; its time is a counter or the real one.
    struct Seeded {
        state: AtomicU64,
        real_time: bool,
    }

    impl Source for Seeded {
        fn one(&self) -> Result<Uuid, Error> {
            let state = self.state.fetch_add(1, Ordering::Relaxed);
            let random = u128::from(state.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8);
            let time = if self.real_time {
                Uuid::try_now_v7()?
            } else {
                Uuid::first_of(state)?
            };
            Ok(Uuid::from_u128(time.to_u128() >> 56 << 56 | random))
        }

        fn bulk(&self, count: usize) -> Result<Vec<Uuid>, Error> {
            (0..count).map(|_| self.one()).collect()
        }
    }

    #[test]
    fn a_copied_stream_is_seen_in_the_ids_and_behind_different_times() {
        let seeded = |real_time| Seeded {
            state: AtomicU64::new(1),
            real_time,
        };
        let error = fork(&seeded(false)).unwrap_err();
        assert_eq!(error.0, "1024 of 1536 ids were there before");
        let error = fork(&seeded(true)).unwrap_err();
        assert_eq!(error.0, "random parts: 1024 of 1536 ids were there before");
    }

    #[test]
    fn a_failing_source_is_seen() {
        assert!(fork(&Failing).is_err());
    }
}
