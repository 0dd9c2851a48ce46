//! What a generator does when the clock does not keep up with it, or jumps.

use std::time::Duration;

use super::clock::Clock;
use super::tick::{self, Tick};
use crate::Error;

/// The bounds of a generator and what it does at them.
///
/// Where the clock stands still or steps back, a generator goes on from its newest id, so its ids
/// lie ahead of the clock until the clock has caught up. `ahead_max` bounds that lead, whatever it
/// came from. Asked for an id beyond it, a generator waits or fails (`overrun`). A lead that is
/// longer still, by a second (or by `ahead_max` again, if that is less), can only come from a clock
/// that was set back: then `rollback` decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How far ahead of the clock an id may lie. 10 s by default; taken as 1 ms below that, as
    /// 1 h above.
    pub ahead_max: Duration,
    /// When ids were asked for faster than the clock ticks (262,144 a millisecond), for so long
    /// that the lead is used up.
    pub overrun: Overrun,
    /// When the clock was set back so far that the newest id lies more than `ahead_max` and a
    /// second ahead of it. Smaller steps back are held.
    pub rollback: Rollback,
}

/// What to do when the newest id lies `ahead_max` ahead because many were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overrun {
    /// Wait until the clock has come near enough. A clock that stands still ends in the error.
    Wait,
    /// Return [`Error::Overrun`] at once.
    Error,
}

/// What to do when the clock was set back beyond `ahead_max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rollback {
    /// Follow the clock: the next id is less than the last, once, and counted in `restarts`. A
    /// clock that was wrongly ahead for a while, and is set right, must not leave its error in ids
    /// for ever.
    Restart,
    /// Return [`Error::ClockBack`] until the clock is back within the bound: for those to whom
    /// order is worth more than service. `restart` ends it at once.
    Error,
}

impl Policy {
    /// 10 s; wait; restart.
    pub const DEFAULT: Self = Self {
        ahead_max: Duration::from_secs(10),
        overrun: Overrun::Wait,
        rollback: Rollback::Restart,
    };

    /// The bound in ticks, from 1 ms to 1 h.
    pub(crate) const fn ahead_ticks_max(&self) -> Tick {
        const LEAST: Tick = tick::TICKS_PER_MS;
        const MOST: Tick = 3_600_000 * tick::TICKS_PER_MS;
        match tick::ticks(self.ahead_max) {
            ..LEAST => LEAST,
            ticks @ LEAST..=MOST => ticks,
            _ => MOST,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A clock and the policy towards it: decides which tick comes next, owns no order itself.
#[derive(Debug)]
pub(crate) struct Pacer<C> {
    pub(crate) clock: C,
    policy: Policy,
    ahead_ticks_max: Tick,
    jump_ticks: Tick,
}

/// Ticks that nobody else gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reserved {
    /// The first of them.
    pub(crate) first: Tick,
    /// The clock's own reading, which tells the age of a seed; `first` may lie ahead of it.
    pub(crate) now: Tick,
}

/// The ticks to reserve, and whether order is given up for them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Next {
    pub(crate) reserved: Reserved,
    pub(crate) restarted: bool,
}

/// A reading further than this past the newest id is confirmed before it is believed: 1 s, or the
/// lead's bound if that is less. Idle generators pay three more clock reads for their next id.
const JUMP_TICKS: Tick = 1000 * tick::TICKS_PER_MS;

/// The newest tick of a generator that has made no id: so chosen that [`Pacer::usual`] finds every
/// reading of a clock unusual, and the first of all is confirmed too. It lies beyond what a clock
/// can read, and what an id can run ahead of that (`tick`).
pub(crate) const UNSTARTED: Tick = Tick::MAX - JUMP_TICKS - 1;

/// How often a generator waits for a clock before it calls it broken.
const WAITS_MAX: u32 = 1000;

impl<C: Clock> Pacer<C> {
    pub(crate) const fn new(clock: C, policy: Policy) -> Self {
        let ahead_ticks_max = policy.ahead_ticks_max();
        // Believing a reading that lies further off than the bound would end in a rollback.
        let jump_ticks = if ahead_ticks_max < JUMP_TICKS {
            ahead_ticks_max
        } else {
            JUMP_TICKS
        };
        Self {
            clock,
            policy,
            ahead_ticks_max,
            jump_ticks,
        }
    }

    /// The next tick, if the clock's reading `now` is unremarkable: at most 1 s past `last`, and
    /// not so far behind that `count` ticks would pass the bound. `None` sends the caller to
    /// [`propose`](Self::propose).
    ///
    /// `count` is at most [`super::bulk::CHUNK`], which is less than any bound.
    #[inline]
    pub(crate) fn usual(&self, last: Tick, now: Option<Tick>, count: u64) -> Option<Reserved> {
        let now = now?;
        // One comparison for both sides, shifted so that the allowed range begins at zero. No true
        // difference wraps into it: ticks end two hours before 64 bits do (`tick`), the lead is at
        // most one, so `last` and `now` are never within 1 s of each other "around the corner".
        let behind_max = self.ahead_ticks_max - count;
        let shifted = now.wrapping_sub(last).wrapping_add(behind_max);
        (shifted <= behind_max + self.jump_ticks).then(|| Reserved {
            first: now.max(last + 1),
            now,
        })
    }

    /// The next tick after `last` in every case; waits if the policy says so.
    ///
    /// Reads the clock after the caller has read `last`: so if the clock stands behind `last` by
    /// more than the bound, it was set back after that id was made. A reading from before could
    /// merely be old, if its thread was not scheduled for a while.
    #[cold]
    pub(crate) fn propose(&self, last: Tick, count: u64) -> Result<Next, Error> {
        for _ in 0..WAITS_MAX {
            let now = self.confirmed(last)?;
            if now > last || last == UNSTARTED {
                return Ok(Next {
                    reserved: Reserved { first: now, now },
                    restarted: false,
                });
            }
            let bound = now + self.ahead_ticks_max;
            if last + count <= bound {
                return Ok(Next {
                    reserved: Reserved {
                        first: last + 1,
                        now,
                    },
                    restarted: false,
                });
            }
            // Our own lead never passes the bound, so this much more is the clock's doing.
            if last > bound + self.jump_ticks {
                return self.rolled_back(last, now);
            }
            match self.policy.overrun {
                Overrun::Error => break,
                Overrun::Wait => self.clock.wait(tick::duration(last + count - bound)),
            }
        }
        let ahead = (last + count).saturating_sub(self.now()?);
        Err(Error::Overrun {
            ahead: tick::duration(ahead),
        })
    }

    fn rolled_back(&self, last: Tick, now: Tick) -> Result<Next, Error> {
        match self.policy.rollback {
            Rollback::Restart => Ok(Next {
                reserved: Reserved { first: now, now },
                restarted: true,
            }),
            Rollback::Error => Err(Error::ClockBack {
                by: tick::duration(last - now),
            }),
        }
    }

    /// A reading that one wrong answer of the clock cannot spoil. One that lies near `last` is
    /// taken as it is. Of any other, two more are taken, and the middle one counts: of three, one
    /// wrong one is never in the middle, and a clock that was really set says the same thrice.
    fn confirmed(&self, last: Tick) -> Result<Tick, Error> {
        let first = self.now();
        if first.is_ok_and(|now| now.abs_diff(last) <= self.jump_ticks) {
            return first;
        }
        let mut readings = [first, self.now(), self.now()];
        // A reading that is no tick is later than all that are.
        readings.sort_unstable_by_key(|reading| reading.unwrap_or(Tick::MAX));
        readings[1]
    }

    #[inline]
    pub(crate) fn now(&self) -> Result<Tick, Error> {
        tick::of_clock(self.clock.now()).ok_or(Error::ClockRange)
    }

    /// How far `last` lies ahead of the clock.
    pub(crate) fn ahead(&self, last: Tick) -> Duration {
        if last == UNSTARTED {
            return Duration::ZERO;
        }
        // A clock that cannot be read as a tick is past the year 4199: nothing is ahead of it.
        self.now().map_or(Duration::ZERO, |now| {
            tick::duration(last.saturating_sub(now))
        })
    }
}
