//! Which tracks may be near a point: cubes of earth-centred space, so that neither the poles nor
//! the antimeridian are special.
//!
//! Cubes hash into a fixed number of buckets. What a query needs of a track stands in the bucket
//! itself, side by side, so that a query reads memory in order and touches no track.

use crate::outline::Outline;
use geodesy::Ecef;

/// Edge of a cube, metres: about the reach of a gate, so that a query visits few of them.
const EDGE_M: f64 = 12_000.0;
const BUCKETS: usize = 1 << 15;
const NONE: u32 = u32::MAX;

#[derive(Debug)]
pub(crate) struct Grid {
    buckets: Vec<Vec<Entry>>,
    /// Bucket and place in it, by slot; [`NONE`] where the slot is not held.
    places: Vec<(u32, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    slot: u32,
    cube: Cube,
    outline: Outline,
}

type Cube = [i32; 3];

impl Grid {
    pub(crate) fn new() -> Self {
        Self { buckets: vec![Vec::new(); BUCKETS], places: Vec::new() }
    }

    /// Puts a slot at a point, or moves it there, with its outline.
    pub(crate) fn place(&mut self, slot: u32, at: Ecef, outline: Outline) {
        let entry = Entry { slot, cube: cube_of(at), outline };
        let bucket = bucket_of(entry.cube) as u32;
        if slot as usize >= self.places.len() {
            self.places.resize(slot as usize + 1, (NONE, 0));
        }
        let (held, place) = self.places[slot as usize];
        if held == bucket {
            self.buckets[bucket as usize][place as usize] = entry;
            return;
        }
        self.remove(slot);
        let entries = &mut self.buckets[bucket as usize];
        self.places[slot as usize] = (bucket, entries.len() as u32);
        entries.push(entry);
    }

    /// Moves a slot to where it is expected by now, its outline as it was.
    pub(crate) fn shift(&mut self, slot: u32, at: Ecef) {
        let (bucket, place) = self.places[slot as usize];
        if bucket == NONE {
            return;
        }
        let Entry { cube, outline, .. } = self.buckets[bucket as usize][place as usize];
        if cube != cube_of(at) {
            self.place(slot, at, outline);
        }
    }

    pub(crate) fn remove(&mut self, slot: u32) {
        let (bucket, place) = self.places[slot as usize];
        if bucket == NONE {
            return;
        }
        let entries = &mut self.buckets[bucket as usize];
        entries.swap_remove(place as usize);
        if let Some(moved) = entries.get(place as usize) {
            self.places[moved.slot as usize].1 = place;
        }
        self.places[slot as usize] = (NONE, 0);
    }

    /// Slots in cubes that a ball touches, in an order that depends on past calls alone.
    pub(crate) fn near(&self, at: Ecef, radius_m: f64, mut found: impl FnMut(u32, &Outline)) {
        let low = cube_of(Ecef {
            x_m: at.x_m - radius_m,
            y_m: at.y_m - radius_m,
            z_m: at.z_m - radius_m,
        });
        let high = cube_of(Ecef {
            x_m: at.x_m + radius_m,
            y_m: at.y_m + radius_m,
            z_m: at.z_m + radius_m,
        });
        for x in low[0]..=high[0] {
            for y in low[1]..=high[1] {
                for z in low[2]..=high[2] {
                    for entry in &self.buckets[bucket_of([x, y, z])] {
                        if entry.cube == [x, y, z] {
                            found(entry.slot, &entry.outline);
                        }
                    }
                }
            }
        }
    }
}

fn cube_of(at: Ecef) -> Cube {
    [at.x_m, at.y_m, at.z_m].map(|v| (v / EDGE_M).floor() as i32)
}

fn bucket_of([x, y, z]: Cube) -> usize {
    let mix = (x as u32).wrapping_mul(0x9e37_79b1)
        ^ (y as u32).wrapping_mul(0x85eb_ca6b)
        ^ (z as u32).wrapping_mul(0xc2b2_ae35);
    ((mix ^ (mix >> 15)) as usize) & (BUCKETS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x_m: f64) -> Ecef {
        Ecef { x_m, y_m: 6.3e6, z_m: -12.0 }
    }

    #[test]
    fn a_slot_is_found_near_its_last_place_only() {
        let mut grid = Grid::new();
        let outline = Outline::default();
        (0..50).for_each(|slot| grid.place(slot, point(f64::from(slot) * 20_000.0), outline));
        grid.place(7, point(900_000.0), outline);
        grid.remove(8);
        let found_near = |x_m: f64| {
            let mut found = Vec::new();
            grid.near(point(x_m), 3_000.0, |slot, _| found.push(slot));
            found.sort_unstable();
            found
        };
        assert_eq!(found_near(140_000.0), []);
        assert_eq!(found_near(160_000.0), []);
        assert_eq!(found_near(180_000.0), [9]);
        assert_eq!(found_near(900_000.0), [7, 45]);
    }
}
