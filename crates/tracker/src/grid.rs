//! Which tracks may be near a point: cells of the sphere, in bands of latitude cut into columns of
//! one width, so that neither the poles nor the antimeridian are special.
//!
//! Two layers. Where few tracks are, all stand in wide cells. Where there are many, those whose
//! place is known well stand in narrow cells, and a query reaches no farther there than they do.
//! Cells hash into a fixed number of buckets. What a query needs of a track stands in the bucket
//! itself, side by side, so that a query reads memory in order and touches no track.

use crate::outline::{Glance, REACH_MAX_M};
use geodesy::Ecef;

/// Edge of a wide cell, metres: about the reach of a gate, so that a query visits few of them.
const WIDE_M: f64 = 12_000.0;
/// Edge of a narrow one.
const NARROW_M: f64 = 4_000.0;
/// A track that reaches no farther than this, where it goes until it is next looked at included,
/// may stand in a narrow cell.
const NARROW_REACH_M: f64 = 3_000.0;
/// Tracks from which narrow cells are used.
const CROWD: usize = 4_000;
/// Mean radius of the earth, metres: only the size of the cells depends on it.
const RADIUS_M: f64 = 6_371_009.0;

#[derive(Debug)]
pub(crate) struct Grid {
    wide: Layer,
    narrow: Layer,
    /// Where each slot stands.
    places: Vec<Place>,
}

/// A cell of either layer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    narrow: bool,
    number: u32,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    /// `None` where the slot is not held.
    cell: Option<Cell>,
    /// Place in the cell's bucket.
    index: u32,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    slot: u32,
    cell: u32,
    glance: Glance,
}

const NOWHERE: Place = Place { cell: None, index: 0 };

impl Grid {
    pub(crate) fn new() -> Self {
        Self {
            wide: Layer::new(WIDE_M, 1 << 13),
            narrow: Layer::new(NARROW_M, 1 << 15),
            places: Vec::new(),
        }
    }

    /// The cell of a track that is at a point and reaches so far until it is next looked at.
    pub(crate) fn cell_for(&self, at: Ecef, reach_m: f64) -> Cell {
        let crowded = self.wide.held + self.narrow.held >= CROWD;
        let narrow = crowded && reach_m <= NARROW_REACH_M;
        let layer = if narrow { &self.narrow } else { &self.wide };
        Cell { narrow, number: layer.cell_of(at) }
    }

    /// A number that is near for points that are near, band by band.
    pub(crate) fn neighbourhood(&self, at: Ecef) -> u32 {
        self.narrow.cell_of(at)
    }

    /// Puts a slot into a cell, or moves it there.
    pub(crate) fn place(&mut self, slot: u32, cell: Cell, glance: Glance) {
        if slot as usize >= self.places.len() {
            self.places.resize(slot as usize + 1, NOWHERE);
        }
        let held = self.places[slot as usize];
        let entry = Entry { slot, cell: cell.number, glance };
        if held.cell == Some(cell) {
            self.layer(cell.narrow).bucket(cell.number)[held.index as usize] = entry;
            return;
        }
        self.remove(slot);
        let layer = self.layer(cell.narrow);
        layer.held += 1;
        let bucket = layer.bucket(cell.number);
        let index = bucket.len() as u32;
        bucket.push(entry);
        self.places[slot as usize] = Place { cell: Some(cell), index };
    }

    /// Moves a slot that is held into another cell.
    pub(crate) fn shift(&mut self, slot: u32, cell: Cell) {
        let held = self.places[slot as usize];
        if let Some(old) = held.cell.filter(|old| *old != cell) {
            let glance = self.layer(old.narrow).bucket(old.number)[held.index as usize].glance;
            self.place(slot, cell, glance);
        }
    }

    pub(crate) fn remove(&mut self, slot: u32) {
        let held = self.places[slot as usize];
        let Some(cell) = held.cell else { return };
        let layer = self.layer(cell.narrow);
        layer.held -= 1;
        let bucket = layer.bucket(cell.number);
        bucket.swap_remove(held.index as usize);
        if let Some(moved) = bucket.get(held.index as usize).map(|entry| entry.slot) {
            self.places[moved as usize].index = held.index;
        }
        self.places[slot as usize] = NOWHERE;
    }

    /// Slots that may be within `doubt_m` of a point, or within their own reach beyond it, in an
    /// order that depends on past calls alone. `slack_m` is how far they may have gone since they
    /// were last placed, beyond what their reach counts.
    pub(crate) fn near(
        &self,
        at: Ecef,
        doubt_m: f64,
        slack_m: f64,
        mut found: impl FnMut(u32, &Glance),
    ) {
        self.wide.near(at, doubt_m + REACH_MAX_M + slack_m, &mut found);
        if self.narrow.held > 0 {
            self.narrow.near(at, doubt_m + NARROW_REACH_M + slack_m, &mut found);
        }
    }

    /// Slots that stand within a distance of a point, some farther ones with them.
    pub(crate) fn around(&self, at: Ecef, radius_m: f64, mut found: impl FnMut(u32, &Glance)) {
        self.wide.near(at, radius_m, &mut found);
        if self.narrow.held > 0 {
            self.narrow.near(at, radius_m, &mut found);
        }
    }

    fn layer(&mut self, narrow: bool) -> &mut Layer {
        if narrow { &mut self.narrow } else { &mut self.wide }
    }
}

#[derive(Debug)]
struct Layer {
    /// Bands per radian of latitude.
    bands_per_rad: f64,
    /// Number of the first cell of each band, and at the end that of all cells.
    first: Vec<u32>,
    buckets: Vec<Vec<Entry>>,
    held: usize,
}

impl Layer {
    fn new(edge_m: f64, buckets: usize) -> Self {
        use std::f64::consts::{FRAC_PI_2, PI, TAU};
        let bands = (PI * RADIUS_M / edge_m) as usize;
        let bands_per_rad = bands as f64 / PI;
        let mut first = vec![0];
        for band in 0..bands {
            let middle_rad = (band as f64 + 0.5) / bands_per_rad - FRAC_PI_2;
            let columns = (TAU * middle_rad.cos() * RADIUS_M / edge_m).max(1.0) as u32;
            first.push(first[band] + columns);
        }
        Self { bands_per_rad, first, buckets: vec![Vec::new(); buckets], held: 0 }
    }

    fn band_of(&self, latitude_rad: f64) -> usize {
        let from_pole_rad = latitude_rad + std::f64::consts::FRAC_PI_2;
        ((from_pole_rad * self.bands_per_rad).max(0.0) as usize).min(self.first.len() - 2)
    }

    fn columns(&self, band: usize) -> u32 {
        self.first[band + 1] - self.first[band]
    }

    fn cell_of(&self, at: Ecef) -> u32 {
        let (latitude_rad, longitude_rad) = direction(at);
        let band = self.band_of(latitude_rad);
        let columns = self.columns(band);
        let share = longitude_rad / std::f64::consts::TAU + 0.5;
        self.first[band] + ((share * f64::from(columns)).max(0.0) as u32).min(columns - 1)
    }

    fn bucket(&mut self, cell: u32) -> &mut Vec<Entry> {
        let index = self.index_of(cell);
        &mut self.buckets[index]
    }

    fn index_of(&self, cell: u32) -> usize {
        let mix = cell.wrapping_mul(0x9e37_79b1);
        (mix ^ (mix >> 15)) as usize & (self.buckets.len() - 1)
    }

    fn near(&self, at: Ecef, radius_m: f64, found: &mut impl FnMut(u32, &Glance)) {
        use std::f64::consts::{FRAC_PI_2, TAU};
        let (latitude_rad, longitude_rad) = direction(at);
        let sine = (radius_m / size(at).max(1.0)).min(1.0);
        let angle_rad = sine.asin();
        let least_cosine = latitude_rad.cos();
        // over a pole every column may hold what is near
        let all = latitude_rad.abs() + angle_rad >= FRAC_PI_2 || sine >= least_cosine;
        let half = if all { 0.5 } else { (sine / least_cosine).asin() / TAU };
        let middle = longitude_rad / TAU + 0.5;
        for band in self.band_of(latitude_rad - angle_rad)..=self.band_of(latitude_rad + angle_rad)
        {
            let columns = i64::from(self.columns(band));
            let west = ((middle - half) * columns as f64).floor() as i64;
            let east = ((middle + half) * columns as f64).floor() as i64;
            // A row at a time: first all of it is sent for, so that memory answers together.
            let cell_at = |column: i64| self.first[band] + column.rem_euclid(columns) as u32;
            let row = west..=east.min(west + columns - 1);
            let mut wanted = 0;
            for column in row.clone() {
                let bucket = &self.buckets[self.index_of(cell_at(column))];
                wanted ^= bucket.first().map_or(0, |entry| entry.slot);
                wanted ^= bucket.last().map_or(0, |entry| entry.slot);
            }
            std::hint::black_box(wanted);
            for column in row {
                let cell = cell_at(column);
                for entry in &self.buckets[self.index_of(cell)] {
                    if entry.cell == cell {
                        found(entry.slot, &entry.glance);
                    }
                }
            }
        }
    }
}

fn size(at: Ecef) -> f64 {
    (at.x_m * at.x_m + at.y_m * at.y_m + at.z_m * at.z_m).sqrt()
}

/// Geocentric latitude and longitude, radians.
fn direction(at: Ecef) -> (f64, f64) {
    let latitude_rad = (at.z_m / size(at).max(1.0)).clamp(-1.0, 1.0).asin();
    (latitude_rad, at.y_m.atan2(at.x_m))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodesy::Geodetic;
    use proptest::prelude::*;

    fn point(latitude_deg: f64, longitude_deg: f64) -> Ecef {
        Geodetic::from_degrees(latitude_deg, longitude_deg, 3_000.0).unwrap().to_ecef()
    }

    fn put(grid: &mut Grid, slot: u32, at: Ecef, reach_m: f64) {
        let cell = grid.cell_for(at, reach_m);
        grid.place(slot, cell, Glance::default());
    }

    fn found_near(grid: &Grid, at: Ecef, doubt_m: f64) -> Vec<u32> {
        let mut found = Vec::new();
        grid.near(at, doubt_m, 0.0, |slot, _| found.push(slot));
        found.sort_unstable();
        found
    }

    #[test]
    fn a_slot_is_found_near_its_last_place_only() {
        let mut grid = Grid::new();
        (0..50).for_each(|slot| {
            put(&mut grid, slot, point(10.0, f64::from(slot)), 9_000.0);
        });
        put(&mut grid, 7, point(10.0, 40.01), 9_000.0);
        grid.remove(8);
        assert_eq!(found_near(&grid, point(10.0, 7.0), 1_000.0), []);
        assert_eq!(found_near(&grid, point(10.0, 8.0), 1_000.0), []);
        assert_eq!(found_near(&grid, point(10.0, 9.0), 1_000.0), [9]);
        assert_eq!(found_near(&grid, point(10.0, 40.0), 1_000.0), [7, 40]);
    }

    proptest! {
        #[test]
        fn whatever_is_near_is_found_anywhere_on_earth(
            (latitude_deg, longitude_deg) in prop_oneof![
                (-90.0..90.0, -180.0..180.0),
                (89.9..90.0, -180.0..180.0),
                (-90.0..-89.9, -180.0..180.0),
                (-60.0..60.0, 179.9..180.0),
            ],
            off in (-0.2..0.2, -0.2..0.2),
            doubt_m in 0.0..20_000.0,
            crowd: bool,
        ) {
            let mut grid = Grid::new();
            if crowd {
                // far away, so that narrow cells are used
                (1..=CROWD as u32 + 1)
                    .for_each(|slot| put(&mut grid, slot, point(-20.0, 3.0), 9e9));
            }
            let at = point(latitude_deg, longitude_deg);
            let latitude_deg: f64 = latitude_deg + off.0;
            let there = point(latitude_deg.clamp(-90.0, 90.0), (longitude_deg + off.1 + 540.0) % 360.0 - 180.0);
            put(&mut grid, 0, there, 100.0);
            let reach_m = if crowd { NARROW_REACH_M } else { REACH_MAX_M };
            if at.distance_m(there) < doubt_m + reach_m {
                prop_assert!(found_near(&grid, at, doubt_m).contains(&0));
            }
        }
    }
}
