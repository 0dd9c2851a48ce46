//! New key values: version 7 ids that carry their row's own time and keep the old order.
//!
//! The layout is that of [`ids`]: 48 bits of milliseconds, 12 of fraction, 6 of counter, 56 random.
//! Time, fraction and counter are one number, the *tick*; the next tick is the row's time, or the
//! last one plus one, whichever is greater. So the order of the new keys is the order in which the
//! rows were walked, and no row is made younger than it is by more than the rows before it demand.

use ids::Uuid;

/// Ticks to the millisecond: 12 bits of fraction, 6 of counter.
pub const TICKS_PER_MS: u64 = 1 << 18;

/// The bits of an id that are random.
const RANDOM_MASK: u128 = (1 << 56) - 1;

/// The first tick of a moment, in microseconds since 1970.
#[must_use]
pub fn tick_of_us(us: u64) -> u64 {
    let fraction = us % 1000 * 4096 / 1000;
    (us / 1000) * TICKS_PER_MS + fraction * 64
}

/// The id of a tick, with fresh random bits.
///
/// # Errors
/// If the operating system gives no random bytes.
pub fn id(tick: u64) -> Result<Uuid, ids::Error> {
    let random = Uuid::new_v4()?.to_u128() & RANDOM_MASK;
    let (ms, below) = (
        u128::from(tick / TICKS_PER_MS),
        u128::from(tick % TICKS_PER_MS),
    );
    let (fraction, counter) = (below >> 6, below & 63);
    let high = ms << 16 | 0x7000 | fraction;
    Ok(Uuid::from_u128(
        high << 64 | 1 << 63 | counter << 56 | random,
    ))
}

/// The tick that an id of this layout was made of.
#[must_use]
pub fn tick_of(id: Uuid) -> Option<u64> {
    let fields = id.v7_fields()?;
    Some(fields.unix_ms * TICKS_PER_MS + u64::from(fields.sub_ms) * 64 + u64::from(fields.counter))
}

/// Whose order the new keys follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// That of the old keys: a row whose time is before its predecessor's gets that one's.
    Id,
    /// That of the rows' own times, whatever the old keys say.
    Time,
}

/// Hands out the ticks of one table, row by row in the order of the walk.
#[derive(Clone, Copy, Debug)]
pub struct Mint {
    order: Order,
    last: u64,
    now_us: u64,
    floor_us: u64,
}

impl Mint {
    /// Goes on behind the tick `last` (0 at the start). Rows of the future are taken back to
    /// `now_us`, rows before `floor_us` or without a time follow their predecessor.
    #[must_use]
    pub fn new(order: Order, last: u64, now_us: u64, floor_us: u64) -> Self {
        Self {
            order,
            last,
            now_us,
            floor_us,
        }
    }

    /// The tick of the next row, whose own time is `us` since 1970, if it has one.
    pub fn next(&mut self, us: Option<i64>) -> u64 {
        let us = us.and_then(|us| u64::try_from(us).ok());
        let own = us.map_or(0, |us| tick_of_us(us.min(self.now_us)));
        let tick = match self.order {
            // Rows without a time have nothing to follow but their predecessor.
            Order::Time if us.is_some() => own,
            Order::Id | Order::Time => own.max(self.last + 1),
        };
        let tick = if tick < TICKS_PER_MS && us.is_none() {
            tick_of_us(self.floor_us)
        } else {
            tick
        };
        self.last = tick;
        tick
    }

    /// Goes on behind another tick.
    pub(crate) fn go_on_from(&mut self, tick: u64) {
        self.last = tick;
    }

    /// The last tick handed out, 0 before the first.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_gives_back_its_tick() {
        for tick in [
            0,
            63,
            64,
            TICKS_PER_MS - 1,
            tick_of_us(1_763_510_089_715_123) + 5,
        ] {
            assert_eq!(tick_of(id(tick).unwrap()), Some(tick));
        }
    }

    #[test]
    fn ticks_follow_the_rows_and_never_fall_in_the_order_of_ids() {
        let mut mint = Mint::new(Order::Id, 0, 9_000_000, 1_000_000);
        let ticks: Vec<u64> = [
            Some(2_000_000),
            Some(1_000_000),
            None,
            Some(-5),
            Some(99_000_000),
        ]
        .into_iter()
        .map(|us| mint.next(us))
        .collect();
        let second = tick_of_us(2_000_000);
        assert_eq!(
            ticks,
            [
                second,
                second + 1,
                second + 2,
                second + 3,
                tick_of_us(9_000_000)
            ]
        );
    }

    #[test]
    fn in_the_order_of_time_each_row_keeps_its_own() {
        let mut mint = Mint::new(Order::Time, 0, 9_000_000, 1_000_000);
        assert_eq!(mint.next(Some(2_000_000)), tick_of_us(2_000_000));
        assert_eq!(mint.next(Some(1_500_000)), tick_of_us(1_500_000));
        assert_eq!(mint.next(None), tick_of_us(1_500_000) + 1);
    }

    #[test]
    fn rows_without_any_time_start_at_the_floor() {
        let mut mint = Mint::new(Order::Id, 0, 9_000_000, 1_000_000);
        assert_eq!(mint.next(None), tick_of_us(1_000_000));
        assert_eq!(mint.next(None), tick_of_us(1_000_000) + 1);
    }
}
