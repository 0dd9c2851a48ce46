//! The check of order across threads.

use std::sync::Barrier;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, ScopedJoinHandle};

use ids::Uuid;

use super::Verdict;
use super::source::{Failed, Source, distinct, in_order, thousands};

const THREADS: usize = 8;

/// Ids that each thread makes while the others do the same.
const BURST: usize = 4_096;

/// How often the last id goes round all threads.
const ROUNDS: usize = 250;

/// All ids made at once differ, each thread sees its own rise, and an id is greater than one that
/// was handed over before it was made.
pub(super) fn threads(source: &impl Source) -> Verdict {
    burst(source)?;
    hand_over(source)?;
    let (made, handed) = (thousands(THREADS * BURST), thousands(THREADS * ROUNDS));
    Ok(format!("{made} differ, {handed} in order"))
}

fn burst(source: &impl Source) -> Result<(), Failed> {
    // Started together, or the first would be done before the last begins.
    let start = Barrier::new(THREADS);
    let work = || -> Result<Vec<Uuid>, Failed> {
        let mut ids = Vec::with_capacity(BURST);
        start.wait();
        for _ in 0..BURST {
            ids.push(source.one()?);
        }
        in_order(&ids)?;
        Ok(ids)
    };
    let made = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(join)
            .collect::<Result<Vec<_>, Failed>>()
    })?;
    distinct(made.concat())
}

fn hand_over(source: &impl Source) -> Result<(), Failed> {
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
        let threads: Vec<_> = ring
            .into_iter()
            .map(|(receiver, next)| scope.spawn(move || pass_on(source, &receiver, &next)))
            .collect();
        threads.into_iter().map(join).sum::<Result<usize, Failed>>()
    })?;
    match hops {
        hops if hops == THREADS * ROUNDS => Ok(()),
        hops => Failed::because(format_args!("only {hops} hand-overs came about")),
    }
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

    #[test]
    fn the_sequence_of_the_process_holds_across_threads() {
        assert!(threads(&OfProcess).is_ok());
    }

    #[test]
    fn an_id_that_two_threads_get_is_seen() {
        let error = burst(&Racing::default()).unwrap_err();
        assert!(error.0.contains("came after") || error.0.contains("were there before"));
    }

    #[test]
    fn order_only_within_each_thread_is_not_enough() {
        assert_eq!(burst(&PerThread), Ok(()));
        assert!(hand_over(&PerThread).unwrap_err().0.contains("came after"));
    }

    #[test]
    fn random_ids_and_a_failing_source_are_seen() {
        assert!(threads(&Scattered::default()).is_err());
        assert!(threads(&Failing).unwrap_err().0.contains("random bytes"));
        assert!(hand_over(&Failing).unwrap_err().0.contains("random bytes"));
    }
}
