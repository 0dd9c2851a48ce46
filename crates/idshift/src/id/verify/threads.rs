//! The check of order across threads.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Builder, ScopedJoinHandle};

use ids::Uuid;

use super::Verdict;
use super::source::{Failed, Source, distinct, in_order, thousands};

const THREADS: usize = 8;

/// Ids that each thread makes while the others do the same.
const BURST: usize = 4_096;

/// How often the last id goes round all threads.
const ROUNDS: usize = 250;

/// What the thread of this number is started with; a function so that a test can make it fail.
type Settings = dyn Fn(usize) -> Builder;

/// All ids made at once differ, each thread sees its own rise, and an id is greater than one that
/// was handed over before it was made.
pub(super) fn threads(source: &impl Source) -> Verdict {
    let settings = |_| Builder::new();
    burst(source, &settings)?;
    hand_over(source, &settings)?;
    let (made, handed) = (thousands(THREADS * BURST), thousands(THREADS * ROUNDS));
    Ok(format!("{made} differ, {handed} in order"))
}

fn burst(source: &impl Source, settings: &Settings) -> Result<(), Failed> {
    let work = |start: &Receiver<()>| -> Result<Vec<Uuid>, Failed> {
        let mut ids = Vec::with_capacity(BURST);
        if start.recv().is_err() {
            // Not every thread could be started, which is what fails the check.
            return Ok(ids);
        }
        for _ in 0..BURST {
            ids.push(source.one()?);
        }
        in_order(&ids)?;
        Ok(ids)
    };
    let made = thread::scope(|scope| {
        // Released together, or the first would be done before the last begins. No barrier: it
        // would wait for ever for a thread that cannot be started.
        let mut signals = Vec::new();
        let mut threads = Vec::new();
        for index in 0..THREADS {
            let (signal, start) = sync_channel(1);
            let thread = settings(index).spawn_scoped(scope, move || work(&start));
            threads.push(thread.map_err(not_started)?);
            signals.push(signal);
        }
        for signal in signals {
            signal.send(()).map_err(|error| Failed(error.to_string()))?;
        }
        threads
            .into_iter()
            .map(join)
            .collect::<Result<Vec<_>, Failed>>()
    })?;
    distinct(made.concat())
}

fn hand_over(source: &impl Source, settings: &Settings) -> Result<(), Failed> {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..THREADS).map(|_| sync_channel(1)).unzip();
    senders[0]
        .send(Uuid::NIL)
        .map_err(|error| Failed(error.to_string()))?;
    // Each thread sends to the next one, the last to the first.
    let next = senders[1..].iter().chain(&senders[..1]).cloned();
    let ring: Vec<_> = receivers.into_iter().zip(next).collect();
    // The threads alone hold senders now, so one that stops ends the others as well.
    drop(senders);
    let hops = thread::scope(|scope| {
        let start = |(index, (receiver, next))| {
            settings(index)
                .spawn_scoped(scope, move || pass_on(source, &receiver, &next))
                .map_err(not_started)
        };
        let threads: Vec<_> = ring
            .into_iter()
            .enumerate()
            .map(start)
            .collect::<Result<_, Failed>>()?;
        threads.into_iter().map(join).sum::<Result<usize, Failed>>()
    })?;
    match hops {
        hops if hops == THREADS * ROUNDS => Ok(()),
        hops => Failed::because(format_args!("only {hops} hand-overs came about")),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "`map_err` hands the error over"
)]
fn not_started(error: io::Error) -> Failed {
    Failed(format!("failed to start a thread: {error}"))
}

/// Takes an id over, makes one, hands that on; gives the number of times.
fn pass_on(
    source: &impl Source,
    receiver: &Receiver<Uuid>,
    next: &SyncSender<Uuid>,
) -> Result<usize, Failed> {
    for round in 0..ROUNDS {
        let Ok(taken) = receiver.recv() else {
            return Ok(round);
        };
        let id = source.one()?;
        in_order(&[taken, id])?;
        if next.send(id).is_err() {
            // The neighbour has made its rounds, or failed and says so itself.
            return Ok(round + 1);
        }
    }
    Ok(ROUNDS)
}

fn join<T>(thread: ScopedJoinHandle<'_, Result<T, Failed>>) -> Result<T, Failed> {
    match thread.join() {
        Ok(made) => made,
        Err(_) => Failed::because("a thread panicked"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::broken::{Failing, PerThread, Racing, Scattered};
    use super::super::source::OfProcess;
    use super::*;

    fn usual(_: usize) -> Builder {
        Builder::new()
    }

    #[test]
    fn a_thread_that_cannot_be_started_fails_the_check_and_holds_nobody_up() {
        for last in [0, 3, THREADS - 1] {
            // A stack that no address space has room for.
            let starved = move |index| match Builder::new() {
                builder if index == last => builder.stack_size(1 << (usize::BITS - 4)),
                builder => builder,
            };
            for ended in [burst(&OfProcess, &starved), hand_over(&OfProcess, &starved)] {
                let Failed(why) = ended.unwrap_err();
                assert!(why.starts_with("failed to start a thread: "), "{why}");
            }
        }
    }

    #[test]
    fn the_sequence_of_the_process_holds_across_threads() {
        assert!(threads(&OfProcess).is_ok());
    }

    #[test]
    fn an_id_that_two_threads_get_is_seen() {
        let error = burst(&Racing::default(), &usual).unwrap_err();
        assert!(error.0.contains("came after") || error.0.contains("were there before"));
    }

    #[test]
    fn order_only_within_each_thread_is_not_enough() {
        assert_eq!(burst(&PerThread, &usual), Ok(()));
        assert!(
            hand_over(&PerThread, &usual)
                .unwrap_err()
                .0
                .contains("came after")
        );
    }

    #[test]
    fn random_ids_and_a_failing_source_are_seen() {
        assert!(threads(&Scattered::default()).is_err());
        assert!(threads(&Failing).unwrap_err().0.contains("random bytes"));
        assert!(
            hand_over(&Failing, &usual)
                .unwrap_err()
                .0
                .contains("random bytes")
        );
    }
}
