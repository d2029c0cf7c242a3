//! Which aircraft can come near each other at all: a grid over earth-centred space, so that no
//! meridian and no pole is special.
//!
//! What an aircraft can reach within the look-ahead is inside a ball about the middle of its
//! way. Each looks for balls not larger than its own in the cells its doubled ball touches, so
//! that each pair is found once and no size of cell can lose one; the size decides speed alone.

/// Edge of a cell, metres: twice the ball of an airliner over two minutes.
const CELL_M: f64 = 40_000.0;

/// What one aircraft can reach.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    /// Middle of its way, earth-centred metres.
    pub(super) middle_m: [f64; 3],
    /// Radius of the ball around it that holds its way and half a separation, metres.
    pub(super) radius_m: f64,
    /// Lowest and highest height it can have, widened by half a separation, metres.
    pub(super) heights_m: [f64; 2],
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    reach: Reach,
    cell: u64,
    index: u32,
}

/// The grid; its memory is used again at each evaluation.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    /// Where each bucket begins in `slots`; one more at the end.
    starts: Vec<u32>,
    slots: Vec<Slot>,
    buckets: Vec<u32>,
}

impl Pairs {
    /// Takes in what every aircraft can reach; an aircraft is known by its place in `reaches`.
    pub(super) fn build(&mut self, reaches: &[Reach]) {
        let size = (reaches.len() * 2).next_power_of_two().max(64);
        let shift = 64 - size.trailing_zeros();
        self.starts.clear();
        self.starts.resize(size + 1, 0);
        self.buckets.clear();
        self.slots.clear();
        for reach in reaches {
            let bucket = bucket_of(cell_of(reach.middle_m.map(cell)), shift);
            self.buckets.push(bucket);
            self.starts[bucket as usize + 1] += 1;
        }
        for at in 1..self.starts.len() {
            self.starts[at] += self.starts[at - 1];
        }
        let empty = Slot {
            reach: Reach { middle_m: [0.0; 3], radius_m: 0.0, heights_m: [0.0; 2] },
            cell: 0,
            index: 0,
        };
        self.slots.resize(reaches.len(), empty);
        // From the last, so that each bucket's aircraft stay in order as its end moves down.
        for (index, reach) in reaches.iter().enumerate().rev() {
            let bucket = self.buckets[index] as usize + 1;
            // `starts[bucket]` is the end of this bucket until all of it is placed.
            self.starts[bucket] -= 1;
            let cell = cell_of(reach.middle_m.map(cell));
            self.slots[self.starts[bucket] as usize] =
                Slot { reach: *reach, cell, index: index as u32 };
        }
        // Each end has become its bucket's beginning: drop the leading zero.
        self.starts.remove(0);
        self.starts.push(reaches.len() as u32);
    }

    /// Gives each pair that can come near each other once, the smaller place first.
    pub(super) fn each(&self, mut pair: impl FnMut(u32, u32)) {
        let shift = 64 - (self.starts.len() - 1).trailing_zeros();
        for slot in &self.slots {
            let reach = &slot.reach;
            let low = reach.middle_m.map(|axis| cell(axis - 2.0 * reach.radius_m));
            let high = reach.middle_m.map(|axis| cell(axis + 2.0 * reach.radius_m));
            for x in low[0]..=high[0] {
                for y in low[1]..=high[1] {
                    for z in low[2]..=high[2] {
                        let cell = cell_of([x, y, z]);
                        let bucket = bucket_of(cell, shift) as usize;
                        let range = self.starts[bucket] as usize..self.starts[bucket + 1] as usize;
                        for other in &self.slots[range] {
                            if other.cell == cell && slot.finds(other) {
                                pair(slot.index.min(other.index), slot.index.max(other.index));
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Slot {
    /// Whether the other is this one's to find, and within reach.
    fn finds(&self, other: &Slot) -> bool {
        let (a, b) = (&self.reach, &other.reach);
        let smaller =
            b.radius_m < a.radius_m || (b.radius_m == a.radius_m && other.index < self.index);
        smaller && can_meet(a, b)
    }
}

/// Whether two can come near each other within the look-ahead.
pub(super) fn can_meet(a: &Reach, b: &Reach) -> bool {
    let [x, y, z] = [0, 1, 2].map(|axis| a.middle_m[axis] - b.middle_m[axis]);
    let reach_m = a.radius_m + b.radius_m;
    a.heights_m[0] <= b.heights_m[1]
        && b.heights_m[0] <= a.heights_m[1]
        && x * x + y * y + z * z <= reach_m * reach_m
}

fn cell(metres: f64) -> i32 {
    (metres * (1.0 / CELL_M)).floor() as i32
}

/// A cell's place as one number: 21 bits an axis hold more than the Earth.
fn cell_of([x, y, z]: [i32; 3]) -> u64 {
    let bits = |axis: i32| u64::from(axis as u32 & 0x1f_ffff);
    bits(x) << 42 | bits(y) << 21 | bits(z)
}

/// Fibonacci hashing: the top bits of a product with 2⁶⁴ over the golden ratio.
fn bucket_of(cell: u64, shift: u32) -> u32 {
    (cell.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> shift) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn reach() -> impl Strategy<Value = Reach> {
        let axis = -150_000.0..150_000.0;
        let radius = prop_oneof![4_000.0..25_000.0, 25_000.0..70_000.0];
        ([axis.clone(), axis.clone(), axis], radius, 0.0..12_000.0, 100.0..3_000.0).prop_map(
            |(middle_m, radius_m, low_m, high_m)| Reach {
                middle_m,
                radius_m,
                heights_m: [low_m, low_m + high_m],
            },
        )
    }

    proptest! {
        #[test]
        fn the_grid_finds_every_pair_that_all_against_all_finds_and_each_once(
            reaches in proptest::collection::vec(reach(), 0..80),
        ) {
            let mut grid = Pairs::default();
            // Twice, so that memory used again is seen to be clean.
            grid.build(&reaches[..reaches.len() / 2]);
            grid.build(&reaches);
            let mut found = BTreeSet::new();
            let mut twice = 0;
            grid.each(|a, b| twice += u32::from(!found.insert((a, b))));
            let mut all = BTreeSet::new();
            for a in 0..reaches.len() {
                for b in a + 1..reaches.len() {
                    if can_meet(&reaches[a], &reaches[b]) {
                        all.insert((a as u32, b as u32));
                    }
                }
            }
            prop_assert_eq!(found, all);
            prop_assert_eq!(twice, 0);
        }
    }
}
