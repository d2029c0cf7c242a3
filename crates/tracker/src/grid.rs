//! Which tracks may be near a point: cubes of earth-centred space, so that neither the poles nor
//! the antimeridian are special.
//!
//! Cubes hash into a fixed number of buckets; a bucket is a doubly linked list through per-slot
//! links, so that moving a track allocates nothing. A query may return tracks of another cube that
//! shares the bucket: the caller tests distance anyway.

use geodesy::Ecef;

/// Edge of a cube, metres: about the reach of a gate, so that a query visits few of them.
const EDGE_M: f64 = 12_000.0;
const BUCKETS: usize = 1 << 15;
const NONE: u32 = u32::MAX;

#[derive(Debug)]
pub(crate) struct Grid {
    heads: Vec<u32>,
    links: Vec<Link>,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    cube: Cube,
    next: u32,
    previous: u32,
    held: bool,
}

type Cube = [i32; 3];

impl Grid {
    pub(crate) fn new() -> Self {
        Self { heads: vec![NONE; BUCKETS], links: Vec::new() }
    }

    /// Puts a slot at a point, or moves it there.
    pub(crate) fn place(&mut self, slot: u32, at: Ecef) {
        let cube = cube_of(at);
        let index = slot as usize;
        if index >= self.links.len() {
            let empty = Link { cube, next: NONE, previous: NONE, held: false };
            self.links.resize(index + 1, empty);
        }
        if self.links[index].held {
            if self.links[index].cube == cube {
                return;
            }
            self.remove(slot);
        }
        let bucket = bucket_of(cube);
        let next = self.heads[bucket];
        if next != NONE {
            self.links[next as usize].previous = slot;
        }
        self.heads[bucket] = slot;
        self.links[index] = Link { cube, next, previous: NONE, held: true };
    }

    pub(crate) fn remove(&mut self, slot: u32) {
        let Link { cube, next, previous, held } = self.links[slot as usize];
        if !held {
            return;
        }
        if previous == NONE {
            self.heads[bucket_of(cube)] = next;
        } else {
            self.links[previous as usize].next = next;
        }
        if next != NONE {
            self.links[next as usize].previous = previous;
        }
        self.links[slot as usize].held = false;
    }

    /// Slots in cubes that a ball touches, in an order that depends on past calls alone.
    pub(crate) fn near(&self, at: Ecef, radius_m: f64, mut found: impl FnMut(u32)) {
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
                    let mut slot = self.heads[bucket_of([x, y, z])];
                    while slot != NONE {
                        let link = &self.links[slot as usize];
                        if link.cube == [x, y, z] {
                            found(slot);
                        }
                        slot = link.next;
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
        (0..50).for_each(|slot| grid.place(slot, point(f64::from(slot) * 20_000.0)));
        grid.place(7, point(900_000.0));
        grid.remove(8);
        let found_near = |x_m: f64| {
            let mut found = Vec::new();
            grid.near(point(x_m), 3_000.0, |slot| found.push(slot));
            found.sort_unstable();
            found
        };
        assert_eq!(found_near(140_000.0), []);
        assert_eq!(found_near(160_000.0), []);
        assert_eq!(found_near(180_000.0), [9]);
        assert_eq!(found_near(900_000.0), [7, 45]);
    }
}
