//! How much each key and each address may send: the generic cell rate algorithm (ITU-T I.371).
//!
//! A sender has a debt in time, which it pays off by waiting. What it sends adds to the debt; while
//! the debt leaves no room in the burst, it may not send. How many events a request has is known
//! only at its end, so it is charged then: a sender may overshoot by what it has under way.

use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::client::masked;
use crate::recent::Recent;

/// Limits one kind of sender.
#[derive(Debug)]
pub(crate) struct Limiter<K> {
    began: Instant,
    per_second: u64,
    burst_ns: u64,
    /// Until when each sender is in debt, in nanoseconds from `began`.
    debts: Mutex<Recent<K, u64>>,
}

impl<K: Eq + Hash + Copy> Limiter<K> {
    /// `per_second` for ever, `burst` at once, for the last `remembered_max` senders.
    pub(crate) fn new(per_second: u64, burst: u64, remembered_max: usize) -> Self {
        let per_second = per_second.max(1);
        Self {
            began: Instant::now(),
            per_second,
            burst_ns: cost_ns(burst.max(1), per_second),
            debts: Mutex::new(Recent::new(remembered_max)),
        }
    }

    /// Whether `sender` may send now; the error is how long it must wait.
    pub(crate) fn check(&self, sender: K) -> Result<(), Duration> {
        self.take(sender, 0)
    }

    /// Charges `sender` for `count`, and says whether it may have it; the error is how long it must
    /// wait, and then it was charged nothing.
    pub(crate) fn take(&self, sender: K, count: u64) -> Result<(), Duration> {
        let now = self.now_ns();
        let mut debts = self.debts.lock().unwrap_or_else(PoisonError::into_inner);
        let debt = debts
            .get(sender)
            .map_or(0, |until| until.saturating_sub(now));
        // More than the burst at once waits for the whole of it.
        let needed = cost_ns(count.max(1), self.per_second).min(self.burst_ns);
        if debt.saturating_add(needed) > self.burst_ns {
            return Err(Duration::from_nanos(debt + needed - self.burst_ns));
        }
        if count > 0 {
            let debt = debt.saturating_add(cost_ns(count, self.per_second));
            debts.insert(sender, now.saturating_add(debt));
        }
        Ok(())
    }

    /// Charges `sender` for what it has got already.
    pub(crate) fn charge(&self, sender: K, count: u64) {
        let now = self.now_ns();
        let mut debts = self.debts.lock().unwrap_or_else(PoisonError::into_inner);
        let until = debts.get(sender).map_or(now, |until| now.max(*until));
        debts.insert(
            sender,
            until.saturating_add(cost_ns(count, self.per_second)),
        );
    }

    fn now_ns(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// How long `count` take at this rate, rounded up.
fn cost_ns(count: u64, per_second: u64) -> u64 {
    let ns = (u128::from(count) * 1_000_000_000).div_ceil(u128::from(per_second));
    u64::try_from(ns).unwrap_or(u64::MAX)
}

/// Whom an address stands for: a host of IPv6 has a network of 64 bits to itself, and could be
/// 2^64 senders.
pub(crate) fn sender(address: IpAddr) -> IpAddr {
    if address.is_ipv4() {
        address
    } else {
        masked(address, 64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_the_rate() {
        let limiter = Limiter::new(10, 3, 100);
        let take = || limiter.take("a", 1).map_err(|wait| wait.as_millis());
        assert_eq!([take(), take(), take()], [Ok(()); 3]);
        assert_eq!(take(), Err(100));
        assert_eq!(
            limiter.take("b", 1),
            Ok(()),
            "another sender is not concerned"
        );
        tokio::time::advance(Duration::from_millis(99)).await;
        assert_eq!(take(), Err(101 - 100));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!((take(), take()), (Ok(()), Err(100)));
        tokio::time::advance(Duration::from_hours(1)).await;
        assert_eq!([take(), take(), take()], [Ok(()); 3]);
        assert_eq!(
            take(),
            Err(100),
            "waiting longer saves up no more than the burst"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_had_already_is_paid_off() {
        let limiter = Limiter::new(100, 10, 100);
        limiter.charge("a", 1_000);
        let wait = limiter.check("a").unwrap_err();
        assert_eq!(wait.as_millis(), 10_000 - 100 + 10);
        tokio::time::advance(wait).await;
        assert_eq!(limiter.check("a"), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn over_a_long_time_exactly_the_rate_passes() {
        let limiter = Limiter::new(1_000, 5, 100);
        let mut passed = 0;
        for _ in 0..20_000 {
            passed += u64::from(limiter.take((), 1).is_ok());
            tokio::time::advance(Duration::from_micros(250)).await;
        }
        assert!(
            (5_000..=5_006).contains(&passed),
            "{passed} in five seconds"
        );
    }

    #[test]
    fn a_network_of_64_bits_is_one_sender() {
        let sender = |text: &str| sender(text.parse().unwrap()).to_string();
        assert_eq!(sender("2001:db8::1"), sender("2001:db8::ffff:2"));
        assert_ne!(sender("2001:db8:0:1::1"), sender("2001:db8::1"));
        assert_eq!(sender("192.0.2.7"), "192.0.2.7");
    }
}
