//! What the checks look at: a source of ids, and a generator on a clock that a check turns.
//!
//! Both are traits so that the tests can put a broken one in the place of ours and see each check
//! fail.

use std::fmt;
use std::io;
use std::time::Duration;

use ids::{Error, ManualClock, Policy, Process, Uuid};

/// Why a check failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failed(pub(super) String);

impl Failed {
    /// A failure with this reason.
    pub(super) fn because<T>(why: impl fmt::Display) -> Result<T, Self> {
        Err(Self(why.to_string()))
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(format!("failed to {error}"))
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<jiff::Error> for Failed {
    fn from(error: jiff::Error) -> Self {
        Self(error.to_string())
    }
}

/// A source of ids that threads share.
pub(super) trait Source: Sync {
    /// One id.
    fn one(&self) -> Result<Uuid, Error>;

    /// So many ids in one call, 1 to 10,000.
    fn bulk(&self, count: usize) -> Result<Vec<Uuid>, Error>;
}

/// The sequence of this process, which everyone uses.
pub(super) struct OfProcess;

impl Source for OfProcess {
    fn one(&self) -> Result<Uuid, Error> {
        Uuid::try_now_v7()
    }

    fn bulk(&self, count: usize) -> Result<Vec<Uuid>, Error> {
        ids::v7s(count)
    }
}

/// A generator whose clock the check turns.
pub(super) trait Clocked {
    /// One id.
    fn one(&mut self) -> Result<Uuid, Error>;

    /// How often order was given up.
    fn restarts(&self) -> u64;

    /// How far the newest id lies ahead of the clock.
    fn ahead(&self) -> Duration;
}

/// Makes a generator on a clock, with a policy.
pub(super) type Make = dyn for<'c> Fn(&'c ManualClock, Policy) -> Box<dyn Clocked + 'c>;

/// Ours on a clock turned by hand.
pub(super) fn manual(clock: &ManualClock, policy: Policy) -> Box<dyn Clocked + '_> {
    Box::new(Process::with(clock, policy))
}

impl Clocked for Process<&ManualClock> {
    fn one(&mut self) -> Result<Uuid, Error> {
        self.generate()
    }

    fn restarts(&self) -> u64 {
        Process::restarts(self)
    }

    fn ahead(&self) -> Duration {
        self.ahead_of_clock()
    }
}

/// Fails at the first id that is not greater than the one before it.
pub(super) fn in_order(ids: &[Uuid]) -> Result<(), Failed> {
    match ids.windows(2).find(|pair| pair[0] >= pair[1]) {
        Some(pair) => Failed::because(format_args!("`{}` came after `{}`", pair[1], pair[0])),
        None => Ok(()),
    }
}

/// A number with a comma after each three digits.
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Fails if an id is there twice.
pub(super) fn distinct(mut ids: Vec<Uuid>) -> Result<(), Failed> {
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    match count - ids.len() {
        0 => Ok(()),
        twice => Failed::because(format_args!("{twice} of {count} ids were there before")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let check = |number, expected: &str| assert_eq!(thousands(number), expected);
        check(0, "0");
        check(999, "999");
        check(1_000, "1,000");
        check(1_234_567, "1,234,567");
    }
}
