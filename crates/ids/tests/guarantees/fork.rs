//! After a fork, parent and children never make the same id, nor draw the same random bits.
#![cfg(target_os = "linux")]
#![expect(unsafe_code, reason = "fork, _exit and waitpid have no safe form")]

use std::collections::HashSet;
use std::io::{Read, Write, pipe};

use ids::{Keystream, Local, ManualClock, Policy, Uuid};

const CHILDREN: usize = 20;
const IDS: usize = 1000;

/// Forks, lets the child make ids, and returns them to the parent.
///
/// The child does what is safe in the copy of one thread of many: it makes ids in an array, writes
/// them to a pipe and leaves, without allocating, locking or unwinding.
fn in_child(make: &mut impl FnMut(&mut [Uuid])) -> Vec<Uuid> {
    let (mut reader, mut writer) = pipe().expect("a pipe");
    // SAFETY: the child below calls nothing but what its documentation says, then `_exit`.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "fork failed");
    if child == 0 {
        let mut ids = [Uuid::NIL; IDS];
        make(&mut ids);
        let sent = ids.iter().all(|id| writer.write_all(id.as_bytes()).is_ok());
        // SAFETY: ends this process at once; there is nothing to unwind or to flush.
        unsafe { libc::_exit(i32::from(!sent)) };
    }
    drop(writer);
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).expect("the child's ids");
    let mut status = 0;
    // SAFETY: waits for our own child; `status` is valid for the call.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    assert_eq!(status, 0, "the child failed");
    bytes
        .as_chunks::<16>()
        .0
        .iter()
        .map(|id| Uuid::from_bytes(*id))
        .collect()
}

/// How many ids, and how many random tails, stand in more than one process.
fn repeats(mut make: impl FnMut(&mut [Uuid])) -> (usize, usize) {
    let mut all = Vec::new();
    for _ in 0..CHILDREN {
        // Before, so that there is a stream to copy; after, so that the parent goes on with it.
        let mut before = [Uuid::NIL; 10];
        make(&mut before);
        all.extend(in_child(&mut make));
        let mut after = [Uuid::NIL; IDS];
        make(&mut after);
        all.extend(after);
    }
    let tail = |id: &Uuid| id.v7_fields().expect("version 7").random;
    let ids: HashSet<_> = all.iter().collect();
    let tails: HashSet<_> = all.iter().map(tail).collect();
    (all.len() - ids.len(), all.len() - tails.len())
}

#[test]
fn the_process_wide_generator_is_fork_safe() {
    let singly = |out: &mut [Uuid]| out.fill_with(Uuid::now_v7);
    // 40,000 tails of 56 bits: the chance of one pair is 1 in 90 million.
    assert_eq!(repeats(singly), (0, 0));
    assert_eq!(repeats(|out| ids::fill_v7(out).expect("entropy")), (0, 0));
}

#[test]
fn a_local_generator_is_fork_safe() {
    let mut local = Local::new();
    assert_eq!(repeats(|out| local.fill(out).expect("entropy")), (0, 0));
}

#[test]
fn the_control_a_stream_that_does_not_notice_the_fork_repeats() {
    let clock = ManualClock::at(1_763_510_089_715);
    let mut local = Local::with(&clock, Keystream::repeatable([7; 32]), Policy::DEFAULT);
    let (ids, tails) = repeats(|out| local.fill(out).expect("repeatable"));
    assert_eq!((ids, tails), (CHILDREN * IDS, CHILDREN * IDS));
}
