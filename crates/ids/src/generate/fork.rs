//! A stamp of the process that a `fork` changes, for the price of one load.
//!
//! Asking for the process id is a system call, 130 ns where an id costs 35; and a handler of
//! `pthread_atfork` is passed over by a bare `clone`. Linux can clear a page of memory in the
//! child (`MADV_WIPEONFORK`, since 4.14): the stamp lives in such a page.
#![allow(unsafe_code, reason = "mapping the page, and reading it")]

/// Equal within one process, different in each child that it forks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp(u64);

impl Stamp {
    /// The stamp of no process.
    pub(crate) const NONE: Self = Self(0);
}

/// The stamp of this process.
#[inline]
pub(crate) fn stamp() -> Stamp {
    #[cfg(all(target_os = "linux", not(miri)))]
    return wiped::stamp();
    #[cfg(not(all(target_os = "linux", not(miri))))]
    return by_process_id();
}

/// Where there is no such page: systems other than Linux, kernels before 4.14, and Miri. A child
/// with its parent's process id, as two nested namespaces can have, is not noticed here.
#[cold]
fn by_process_id() -> Stamp {
    // Apart from the small numbers of `wiped`, should one process meet both.
    Stamp(1 << 63 | u64::from(std::process::id()))
}

#[cfg(all(target_os = "linux", not(miri)))]
mod wiped {
    use std::ptr;
    use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

    use super::{Stamp, by_process_id};

    /// The word in the page; null before the first call, and for ever where it cannot be had.
    static WORD: AtomicPtr<AtomicU64> = AtomicPtr::new(ptr::null_mut());

    /// Stamps given out in this process and its ancestors. Ordinary memory, so a child goes on
    /// counting where its parent was, and no child meets a stamp that a copied keystream holds.
    static GIVEN: AtomicU64 = AtomicU64::new(0);

    #[inline]
    pub(super) fn stamp() -> Stamp {
        let word = WORD.load(Ordering::Acquire);
        if !word.is_null() {
            // SAFETY: `word` came from `map`: a page that stays mapped for the life of the process
            // and, being private, of each child, page-aligned and so aligned for the atomic, which
            // is valid for every bit pattern, the kernel's zeroes among them. Acquire sees the
            // pointer only after the page was there.
            let stamp = unsafe { &*word }.load(Ordering::Relaxed);
            if stamp != 0 {
                return Stamp(stamp);
            }
        }
        renew(word)
    }

    /// In the first call ever, or the first in a child.
    #[cold]
    fn renew(word: *mut AtomicU64) -> Stamp {
        let word = if word.is_null() { install() } else { word };
        if word.is_null() {
            return by_process_id();
        }
        let mine = GIVEN.fetch_add(1, Ordering::Relaxed) + 1;
        // SAFETY: as in `stamp`. Threads of a child may meet here: the first one's stamp counts.
        let word = unsafe { &*word };
        match word.compare_exchange(0, mine, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => Stamp(mine),
            Err(theirs) => Stamp(theirs),
        }
    }

    /// Puts a fresh page in place, or takes the one that another thread put there meanwhile.
    fn install() -> *mut AtomicU64 {
        let mapped = map();
        if mapped.is_null() {
            return mapped;
        }
        match WORD.compare_exchange(ptr::null_mut(), mapped, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => mapped,
            Err(theirs) => {
                // SAFETY: `mapped` is our own page of this size, and nobody has seen it.
                unsafe { libc::munmap(mapped.cast(), PAGE_BYTES) };
                theirs
            }
        }
    }

    /// The kernel rounds up to whole pages, whatever their size is.
    const PAGE_BYTES: usize = 4096;

    /// A zeroed page that the kernel clears in a child, or null where it cannot.
    fn map() -> *mut AtomicU64 {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: asks for new memory at an address of the kernel's choice; touches no other.
        let page = unsafe { libc::mmap(ptr::null_mut(), PAGE_BYTES, protection, flags, -1, 0) };
        if page == libc::MAP_FAILED {
            return ptr::null_mut();
        }
        // SAFETY: `page` is the mapping made above, whole, and only ours.
        let advise = |advice| unsafe { libc::madvise(page, PAGE_BYTES, advice) } == 0;
        // Emulators that say yes to any advice and follow none would also say yes to nonsense.
        if !advise(libc::MADV_WIPEONFORK) || advise(-1) {
            // SAFETY: as above; nobody has seen the page.
            unsafe { libc::munmap(page, PAGE_BYTES) };
            return ptr::null_mut();
        }
        page.cast()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(all(target_os = "linux", not(miri)))]
    #[test]
    fn the_kernel_gives_a_page_that_it_wipes() {
        assert_ne!(stamp(), by_process_id(), "the slow way is in use");
    }

    #[test]
    fn threads_of_one_process_share_its_stamp() {
        let mine = stamp();
        assert_ne!(mine, Stamp::NONE);
        let others: Vec<_> = (0..8).map(|_| std::thread::spawn(stamp)).collect();
        assert!(
            others
                .into_iter()
                .all(|thread| thread.join().is_ok_and(|theirs| theirs == mine))
        );
    }
}
