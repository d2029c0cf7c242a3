//! Which tracks may be near a point: cubes of earth-centred space, so that neither the poles nor
//! the antimeridian are special.
//!
//! Tracks lie in layers by how far a gate of theirs may reach until the next sweep, each layer
//! with cubes of its own size: a query goes far only for those few whose gates are wide. Cubes
//! hash into a fixed number of buckets. What a query needs of a track stands in the bucket itself,
//! side by side, so that a query reads memory in order and touches no track.

use crate::outline::{Outline, REACH_MAX_M};
use geodesy::Ecef;
use surveillance::Time;

/// How far gates of a layer reach at most from where its cubes hold their tracks, and the edge of
/// its cubes, metres. Gates of the last reach no farther than [`REACH_MAX_M`] by definition.
const LAYERS: [(f64, f64); 3] = [(1_500.0, 4_000.0), (3_000.0, 8_000.0), (REACH_MAX_M, 12_000.0)];
/// Plots measured within this of the last sweep meet gates within their layer's reach, seconds.
const FRESH_S: f64 = 2.0;
const BUCKETS: usize = 1 << 16;
const NONE: u32 = u32::MAX;

#[derive(Debug)]
pub(crate) struct Grid {
    buckets: Vec<Vec<Entry>>,
    /// Bucket and place in it, by slot; [`NONE`] where the slot is not held.
    places: Vec<(u32, u32)>,
    /// Of each layer, how many tracks it holds.
    held: [u32; LAYERS.len()],
    /// When the sweep last moved all tracks to where they were expected.
    swept: Option<Time>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    cube: Cube,
    slot: u32,
    outline: Outline,
}

/// Three coordinates of twenty bits in edges of its layer, and the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cube(u64);

impl Grid {
    pub(crate) fn new() -> Self {
        Self {
            buckets: vec![Vec::new(); BUCKETS],
            places: Vec::new(),
            held: [0; LAYERS.len()],
            swept: None,
        }
    }

    /// Puts a slot at a point, or moves it there, with its outline: the point is where the outline
    /// expects it at its own time.
    pub(crate) fn place(&mut self, slot: u32, at: Ecef, outline: Outline) {
        let away_s = self.away_s(&outline);
        let layer = layer_of(outline.widest_m(away_s, away_s));
        self.put(Entry { cube: Cube::around(at, layer), slot, outline });
    }

    /// The sweep begins: all tracks will be moved to where they are expected at `now`.
    pub(crate) fn sweep(&mut self, now: Time) {
        self.swept = Some(now);
    }

    /// Moves a slot to where it is expected by the sweep, its outline as it was.
    pub(crate) fn shift(&mut self, slot: u32, at: Ecef) {
        let (bucket, place) = self.places[slot as usize];
        if bucket == NONE {
            return;
        }
        let Entry { cube, outline, .. } = self.buckets[bucket as usize][place as usize];
        let layer = layer_of(outline.widest_m(self.away_s(&outline), FRESH_S));
        let next = Cube::around(at, layer);
        if cube != next {
            self.put(Entry { cube: next, slot, outline });
        }
    }

    /// How far a plot's time may be from an outline's, seconds, if it is within [`FRESH_S`] of the
    /// sweep.
    fn away_s(&self, outline: &Outline) -> f64 {
        let since_s = self.swept.map_or(0.0, |swept| outline.time.seconds_since(swept).abs());
        since_s + FRESH_S
    }

    fn put(&mut self, entry: Entry) {
        let slot = entry.slot;
        let bucket = entry.cube.bucket() as u32;
        if slot as usize >= self.places.len() {
            self.places.resize(slot as usize + 1, (NONE, 0));
        }
        let (held, place) = self.places[slot as usize];
        if held == bucket {
            let old = &mut self.buckets[bucket as usize][place as usize];
            self.held[old.cube.layer()] -= 1;
            self.held[entry.cube.layer()] += 1;
            *old = entry;
            return;
        }
        self.remove(slot);
        self.held[entry.cube.layer()] += 1;
        let entries = &mut self.buckets[bucket as usize];
        self.places[slot as usize] = (bucket, entries.len() as u32);
        entries.push(entry);
    }

    pub(crate) fn remove(&mut self, slot: u32) {
        let (bucket, place) = self.places[slot as usize];
        if bucket == NONE {
            return;
        }
        let entries = &mut self.buckets[bucket as usize];
        let removed = entries.swap_remove(place as usize);
        self.held[removed.cube.layer()] -= 1;
        if let Some(moved) = entries.get(place as usize) {
            self.places[moved.slot as usize].1 = place;
        }
        self.places[slot as usize] = (NONE, 0);
    }

    /// Slots whose gates may hold a plot measured at `time` that is in doubt by `doubt_m`, among
    /// others, in an order that depends on past calls alone.
    pub(crate) fn gates(
        &self,
        at: Ecef,
        time: Time,
        doubt_m: f64,
        mut found: impl FnMut(u32, &Outline),
    ) {
        let fresh = self.swept.is_some_and(|swept| time.seconds_since(swept).abs() <= FRESH_S);
        for (layer, (reach_m, _)) in LAYERS.into_iter().enumerate() {
            let reach_m = if fresh { reach_m } else { REACH_MAX_M };
            self.in_layer(layer, at, doubt_m + reach_m, &mut found);
        }
    }

    /// Slots in cubes that a ball touches, in an order that depends on past calls alone.
    pub(crate) fn near(&self, at: Ecef, radius_m: f64, mut found: impl FnMut(u32, &Outline)) {
        for layer in 0..LAYERS.len() {
            self.in_layer(layer, at, radius_m, &mut found);
        }
    }

    fn in_layer(
        &self,
        layer: usize,
        at: Ecef,
        radius_m: f64,
        found: &mut impl FnMut(u32, &Outline),
    ) {
        if self.held[layer] == 0 {
            return;
        }
        let edge_m = LAYERS[layer].1;
        let centre = [at.x_m, at.y_m, at.z_m].map(|v| v / edge_m);
        let radius = radius_m / edge_m;
        let low = centre.map(|v| (v - radius).floor() as i32);
        let high = centre.map(|v| (v + radius).floor() as i32);
        // how far a slice of cubes is from the centre on one axis, squared
        let off2 = |axis: usize, index: i32| {
            let off = (f64::from(index) - centre[axis])
                .max(centre[axis] - f64::from(index) - 1.0)
                .max(0.0);
            off * off
        };
        let radius2 = radius * radius;
        for x in low[0]..=high[0] {
            let left_x = radius2 - off2(0, x);
            for y in low[1]..=high[1] {
                let left_y = left_x - off2(1, y);
                for z in low[2]..=high[2] {
                    if off2(2, z) > left_y {
                        continue;
                    }
                    let cube = Cube::new([x, y, z], layer);
                    for entry in &self.buckets[cube.bucket()] {
                        if entry.cube == cube {
                            found(entry.slot, &entry.outline);
                        }
                    }
                }
            }
        }
    }
}

/// The narrowest layer for gates so wide.
fn layer_of(widest_m: f64) -> usize {
    LAYERS.iter().position(|(reach_m, _)| widest_m <= *reach_m).unwrap_or(LAYERS.len() - 1)
}

impl Cube {
    fn new(indices: [i32; 3], layer: usize) -> Self {
        let [x, y, z] = indices.map(|v| v as u64 & 0xf_ffff);
        Self(x | (y << 20) | (z << 40) | ((layer as u64) << 60))
    }

    fn around(at: Ecef, layer: usize) -> Self {
        let edge_m = LAYERS[layer].1;
        Self::new([at.x_m, at.y_m, at.z_m].map(|v| (v / edge_m).floor() as i32), layer)
    }

    fn layer(self) -> usize {
        (self.0 >> 60) as usize
    }

    fn bucket(self) -> usize {
        (self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize & (BUCKETS - 1)
    }
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

    /// Tracks of all kinds, swept or not, plots before and after the sweep: a query finds every
    /// track whose gate reaches the plot, as looking at each of them does.
    #[test]
    fn a_query_misses_no_gate_that_looking_at_every_track_finds() {
        let start = Time::from_unix_nanos(1_700_000_000_000_000_000);
        let mut seed = 1_u64;
        let mut draw = |span: f64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((seed >> 33) as f64 / (1_u64 << 31) as f64 - 0.5) * span
        };
        let mut grid = Grid::new();
        let outlines: Vec<Outline> = (0..2_000)
            .map(|_| Outline {
                position: [6.3e6 + draw(1e4), draw(8e4), draw(8e4)],
                velocity: [draw(100.0) as f32, draw(600.0) as f32, draw(600.0) as f32],
                time: start.plus_seconds(draw(16.0)),
                reach_m: draw(2_000.0).abs() as f32 + 20.0,
                growth_mps: draw(200.0).abs() as f32,
                ..Outline::default()
            })
            .collect();
        for (slot, outline) in outlines.iter().enumerate() {
            grid.place(slot as u32, outline.predicted(outline.time), *outline);
        }
        grid.sweep(start);
        for (slot, outline) in outlines.iter().enumerate() {
            grid.shift(slot as u32, outline.predicted(start));
        }
        let mut gates = 0;
        for _ in 0..2_000 {
            let at = Ecef { x_m: 6.3e6 + draw(1e4), y_m: draw(8e4), z_m: draw(8e4) };
            let time = start.plus_seconds(draw(4.0));
            let mut found = Vec::new();
            grid.gates(at, time, 500.0, |slot, _| found.push(slot));
            for (slot, outline) in outlines.iter().enumerate() {
                // the last layer reaches from where the sweep saw a track, not from where it is
                let narrow = outline.widest_m(grid.away_s(outline), FRESH_S) <= LAYERS[1].0;
                if narrow && outline.reaches(at, time, 500.0).is_some() {
                    gates += 1;
                    assert!(found.contains(&(slot as u32)), "{outline:?} at {time:?}");
                }
            }
        }
        assert!(gates > 500, "{gates}");
    }
}
