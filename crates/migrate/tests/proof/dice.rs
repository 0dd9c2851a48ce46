//! Numbers that look random and come again with the same seed.

/// SplitMix64, whose constants are those of its paper.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub(crate) fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    /// A place in a list of so many; 0 in an empty one.
    pub(crate) fn place(&mut self, count: usize) -> usize {
        let sides = u64::try_from(count.max(1)).expect("a list has fewer");
        usize::try_from(self.below(sides)).expect("it is below a count")
    }
}
