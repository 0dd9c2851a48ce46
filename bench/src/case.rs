//! Times one thing in batches of about half a millisecond.
//!
//! What is measured is throughput: the processor may begin an id before the one before it is done,
//! as it may in a loop of the caller's.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Long enough that reading the clock twice (about 50 ns) does not show, short enough that most
/// batches end before the scheduler gives the core away.
const BATCH: Duration = Duration::from_micros(500);

/// Who a case belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Ours,
    /// A published crate.
    Peer,
    /// A published crate that promises what ours does in this table; the fastest is the anchor.
    Rival,
    /// The least that the machine asks for.
    Floor,
}

/// Which build of the peers a case needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    Plain,
    /// With `uuid/fast-rng` and `forkguard/atfork`: run in the child.
    Tuned,
}

type Run = Box<dyn FnMut(u64) -> Duration>;

/// One thing that is timed.
pub struct Case {
    pub name: String,
    pub role: Role,
    pub build: Build,
    /// What the table's columns say of it, one text each.
    pub notes: &'static [&'static str],
    /// Nanoseconds per id, one for each round.
    pub samples: Vec<f64>,
    ids_per_step: u64,
    steps: u64,
    run: Run,
}

impl Case {
    fn with(name: &str, ids_per_step: u64, run: Run) -> Self {
        Self {
            name: name.to_owned(),
            role: Role::Peer,
            build: Build::Plain,
            notes: &[],
            samples: Vec::new(),
            ids_per_step,
            steps: 0,
            run,
        }
    }

    /// Times `step`, which is given the number of the step for choosing its input. It should
    /// return the value itself, without a wrapper that makes it move.
    pub fn new<R>(name: &str, mut step: impl FnMut(usize) -> R + 'static) -> Self {
        Self::with(name, 1, Box::new(move |steps| timed(steps, &mut step)))
    }

    /// Times `fill`, which fills the whole slice; the figure is per element.
    pub fn bulk<T: Clone + 'static>(
        name: &str,
        mut out: Vec<T>,
        mut fill: impl FnMut(&mut [T]) + 'static,
    ) -> Self {
        let ids = out.len() as u64;
        let mut step = move |_| {
            fill(black_box(&mut out));
            black_box(&out);
        };
        Self::with(name, ids, Box::new(move |steps| timed(steps, &mut step)))
    }

    /// Times `step` on two threads together, each with what `setup` gave it; the figure is the
    /// time on the wall per id of both.
    pub fn two_threads<S, R>(name: &str, setup: fn() -> S, step: fn(&mut S) -> R) -> Self
    where
        S: 'static,
        R: 'static,
    {
        Self::with(
            name,
            2,
            Box::new(move |steps| timed_on_two(steps, setup, step)),
        )
    }

    #[must_use]
    pub fn role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    #[must_use]
    pub fn tuned(self) -> Self {
        Self {
            build: Build::Tuned,
            ..self
        }
    }

    #[must_use]
    pub fn notes(self, notes: &'static [&'static str]) -> Self {
        Self { notes, ..self }
    }

    /// Runs one batch and returns its nanoseconds per id; finds the size of a batch at first.
    pub fn batch(&mut self) -> f64 {
        if self.steps == 0 {
            self.steps = self.calibrate();
        }
        let ids = self.steps * self.ids_per_step;
        (self.run)(self.steps).as_nanos() as f64 / ids as f64
    }

    /// The number of steps that fill a batch, from a run that is long enough to tell.
    fn calibrate(&mut self) -> u64 {
        let mut steps = 1;
        loop {
            // The least of three, as one that was interrupted would make every batch too short.
            let took = (0..3)
                .map(|_| (self.run)(steps))
                .min()
                .expect("three runs have a least one");
            if took >= BATCH / 4 {
                let scaled = u128::from(steps) * BATCH.as_nanos() / took.as_nanos();
                return u64::try_from(scaled).unwrap_or(u64::MAX).max(1);
            }
            steps *= 2;
        }
    }

    /// The sample that the share `q` (0 to 1) of all samples does not exceed; none without samples.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let mut sorted = self.samples.clone();
        sorted.sort_by(f64::total_cmp);
        // Nearest rank: the count is small and `q` is at most 1, so the product fits.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small, >= 0"
        )]
        let rank = (q * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).copied()
    }

    /// The figure that ratios are taken from: the 10th percentile, in nanoseconds per id.
    #[must_use]
    pub fn ns(&self) -> Option<f64> {
        self.quantile(0.1)
    }
}

fn timed<R>(steps: u64, step: &mut impl FnMut(usize) -> R) -> Duration {
    let start = Instant::now();
    for i in 0..steps {
        #[expect(clippy::cast_possible_truncation, reason = "only chooses an input")]
        let value = step(i as usize);
        // Seen where it lies. To move it would copy it, and a wide load that follows narrow stores
        // waits for them: 20 ns on some processors, many times what is to be measured.
        black_box(&value);
    }
    start.elapsed()
}

fn timed_on_two<S, R>(steps: u64, setup: fn() -> S, step: fn(&mut S) -> R) -> Duration {
    let ready = AtomicUsize::new(0);
    let work = || {
        let mut state = setup();
        // One step before the start: a generator makes its key at first use.
        black_box(&step(&mut state));
        ready.fetch_add(1, Ordering::AcqRel);
        while ready.load(Ordering::Acquire) < 2 {
            std::hint::spin_loop();
        }
        let start = Instant::now();
        for _ in 0..steps {
            black_box(&step(&mut state));
        }
        (start, Instant::now())
    };
    thread::scope(|scope| {
        let other = scope.spawn(work);
        let (start, end) = work();
        let (other_start, other_end) = other.join().expect("a panic aborts the program");
        end.max(other_end) - start.min(other_start)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_nearest_rank() {
        let mut case = Case::new("x", |i| i);
        assert_eq!(case.quantile(0.5), None);
        case.samples = (1..=20).rev().map(f64::from).collect();
        assert_eq!(case.ns(), Some(2.0));
        assert_eq!(case.quantile(0.5), Some(10.0));
        assert_eq!(case.quantile(0.0), Some(1.0));
        assert_eq!(case.quantile(1.0), Some(20.0));
    }

    #[test]
    fn batches_are_sized_by_what_a_step_takes() {
        let mut case = Case::new("pause", |_| thread::sleep(Duration::from_micros(200)));
        assert!(case.batch() >= 200_000.0);
        assert!((1..=3).contains(&case.steps), "{} steps", case.steps);
    }

    #[test]
    fn bulk_is_counted_per_element() {
        let mut case = Case::bulk("fill", vec![0_u8; 1000], |out| {
            thread::sleep(Duration::from_millis(1));
            out.fill(1);
        });
        let ns = case.batch();
        // Far from the million that one pause is, on any machine that is not standing still.
        assert!((1_000.0..900_000.0).contains(&ns), "{ns} ns per element");
    }

    #[test]
    fn two_threads_count_the_ids_of_both() {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        let pause = |(): &mut ()| {
            CALLS.fetch_add(1, Ordering::Relaxed);
            thread::sleep(Duration::from_millis(1));
        };
        let ns = Case::two_threads("pause", || (), pause).batch();
        // A step is longer than a batch, so the three runs that find the size and the batch each
        // have one step, and the one before the start, on each of two threads.
        assert_eq!(CALLS.load(Ordering::Relaxed), 16);
        // Each id takes a millisecond, two at a time: half of one on the wall.
        assert!(ns >= 500_000.0, "{ns} ns per id");
    }
}
