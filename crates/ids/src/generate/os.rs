//! What the operating system is asked directly: the wall clock, on the hot path of every id.
#![allow(
    unsafe_code,
    reason = "one call of the C library with a pointer to a local"
)]

use std::time::Duration;

/// The time since 1970; zero before.
///
/// The standard library's `SystemTime` asks the same, and to give a `Duration` subtracts the epoch,
/// which is zero, with all checks: 5 ns more where one read of the clock takes 22.
#[cfg(all(target_os = "linux", not(miri)))]
#[inline]
pub(crate) fn unix_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a valid `timespec` for the whole call, which writes it and keeps nothing.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &raw mut time) } != 0;
    // It fails only for a clock that does not exist; this one always does. Zero would then be
    // caught as a clock set back.
    match (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec)) {
        (Ok(seconds), Ok(ns)) if !failed => Duration::new(seconds, ns),
        _ => Duration::ZERO,
    }
}

/// The time since 1970; zero before.
#[cfg(not(all(target_os = "linux", not(miri))))]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks for the time"
)]
pub(crate) fn unix_time() -> Duration {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default()
}
