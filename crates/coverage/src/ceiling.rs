//! Up to where a site sees: under its cone of silence, and within its slant range.

use crate::atmosphere::RayTable;
use crate::site::Limits;
use crate::sweep::{Ellipsoidal, Geometry};
use crate::terrain::{Cell, Lattice};
use std::f64::consts::TAU;

/// Aircraft we look for fly below, metres: ceilings above are not kept.
const TOP_M: f64 = 20_000.0;

/// Highest covered altitude of the cells that have one below [`TOP_M`].
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Ceiling {
    cone: Cone,
    rim: Rim,
}

/// A box about the site, in which the highest elevation limits.
#[derive(Debug, Clone, PartialEq, Default)]
struct Cone {
    first: (usize, usize),
    rows: usize,
    cols: usize,
    highest_m: Vec<f32>,
}

/// Cells so far out that an aircraft high enough over them is beyond the slant range.
#[derive(Debug, Clone, PartialEq, Default)]
struct Rim {
    /// Of each row the columns in which no altitude is beyond, from and before.
    inner: Vec<(u32, u32)>,
    /// All others that have an altitude within range: index and highest, ascending.
    highest_m: Vec<(u32, f32)>,
}

/// What a ceiling is computed from.
pub(crate) struct Seen<'a> {
    pub(crate) lattice: &'a Lattice,
    pub(crate) geometry: &'a Ellipsoidal,
    pub(crate) table: &'a RayTable,
    pub(crate) antenna_m: f64,
}

impl Ceiling {
    /// The ceilings of `limits` over the cells of a lattice.
    pub(crate) fn of(limits: &Limits, seen: &Seen<'_>) -> Self {
        Self { cone: Cone::of(limits, seen), rim: Rim::of(limits.range_max_m, seen) }
    }

    /// Highest covered altitude over a cell, metres; infinite where nothing limits it.
    pub(crate) fn highest_m(&self, lattice: &Lattice, cell: Cell) -> f32 {
        self.cone.highest_m(cell).min(self.rim.highest_m(lattice, cell))
    }

    /// Takes cells away whose lowest visible altitude is beyond the slant range.
    pub(crate) fn cut(&self, lowest_m: &mut [f32]) {
        for &(index, highest_m) in &self.rim.highest_m {
            let lowest_m = &mut lowest_m[index as usize];
            if *lowest_m > highest_m {
                *lowest_m = f32::NAN;
            }
        }
    }

    /// Whether an altitude is in the cone of silence.
    pub(crate) fn in_cone(&self, cell: Cell, altitude_m: f32) -> bool {
        altitude_m > self.cone.highest_m(cell)
    }
}

impl Cone {
    fn of(limits: &Limits, seen: &Seen<'_>) -> Self {
        let Seen { lattice, geometry, table, antenna_m } = seen;
        let steep = limits.elevation_max_rad;
        if steep >= TAU / 4.0 - 1e-6 || steep <= 0.0 {
            return Self::default();
        }
        let tangent = steep.tan();
        let reach_m = ((TOP_M - antenna_m) / tangent).min(limits.range_max_m);
        let (south_m, east_m) = geometry.cell_m();
        let part = |at: f64, reach: f64, count: usize| {
            let first = (at - reach).floor().max(0.0) as usize;
            (first, (((at + reach).ceil() + 1.0) as usize).min(count) - first)
        };
        let (row, col) = geometry.site();
        let (first_row, rows) = part(row, reach_m / south_m, lattice.rows);
        let (first_col, cols) = part(col, reach_m / east_m, lattice.cols);
        let highest = |index: usize| {
            let (ground_m, ..) = geometry.polar(first_row + index / cols, first_col + index % cols);
            table.height_m(ground_m, tangent) as f32
        };
        let highest_m = (0..rows * cols).map(highest).collect();
        Self { first: (first_row, first_col), rows, cols, highest_m }
    }

    fn highest_m(&self, cell: Cell) -> f32 {
        let row = cell.row.wrapping_sub(self.first.0);
        let col = cell.col.wrapping_sub(self.first.1);
        if row < self.rows && col < self.cols {
            self.highest_m[row * self.cols + col]
        } else {
            f32::INFINITY
        }
    }
}

impl Rim {
    fn of(range_m: f64, seen: &Seen<'_>) -> Self {
        let Seen { lattice, geometry, antenna_m, .. } = *seen;
        let sphere = Slant { radius_m: geometry.radius_m(), antenna_m };
        // From the site outwards distance grows along a row: halving finds where altitudes of
        // interest begin to be beyond.
        let free = |row: usize, col: usize| {
            let (ground_m, ..) = geometry.polar(row, col);
            sphere.altitude_m(ground_m, range_m).is_some_and(|altitude| altitude >= TOP_M)
        };
        let (_, site_col) = geometry.site();
        let middle = (site_col.round().max(0.0) as usize).min(lattice.cols - 1);
        let mut rim = Self::default();
        for row in 0..lattice.rows {
            let (first, end) = if free(row, middle) {
                let mut before = (0, middle);
                while before.0 < before.1 {
                    let half = usize::midpoint(before.0, before.1);
                    if free(row, half) { before.1 = half } else { before.0 = half + 1 }
                }
                let mut after = (middle + 1, lattice.cols);
                while after.0 < after.1 {
                    let half = usize::midpoint(after.0, after.1);
                    if free(row, half) { after.0 = half + 1 } else { after.1 = half }
                }
                (before.0, after.0)
            } else {
                (middle, middle)
            };
            rim.inner.push((first as u32, end as u32));
            // Outwards from the inner columns, as far as any altitude is within range.
            let highest = |col: usize| {
                let (ground_m, ..) = geometry.polar(row, col);
                let highest = sphere.altitude_m(ground_m, range_m)?;
                Some(((row * lattice.cols + col) as u32, highest as f32))
            };
            let start = rim.highest_m.len();
            rim.highest_m.extend((0..first).rev().map_while(highest));
            rim.highest_m[start..].reverse();
            rim.highest_m.extend((end..lattice.cols).map_while(highest));
        }
        rim
    }

    fn highest_m(&self, lattice: &Lattice, cell: Cell) -> f32 {
        let col = cell.col as u32;
        match self.inner.get(cell.row) {
            Some(&(first, end)) if col < first || col >= end => {
                let index = lattice.index(cell) as u32;
                let found = self.highest_m.binary_search_by_key(&index, |&(index, _)| index);
                found.map_or(f32::NEG_INFINITY, |at| self.highest_m[at].1)
            }
            _ => f32::INFINITY,
        }
    }
}

/// Distances through space from an antenna, over a sphere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slant {
    pub(crate) radius_m: f64,
    pub(crate) antenna_m: f64,
}

impl Slant {
    /// The higher of the altitudes over a ground distance that are `slant_m` from the antenna,
    /// metres; `None` where all are farther.
    pub(crate) fn altitude_m(self, ground_m: f64, slant_m: f64) -> Option<f64> {
        let from_middle_m = self.radius_m + self.antenna_m;
        let (sin, cos) = (ground_m / self.radius_m).sin_cos();
        let squared = slant_m * slant_m - (from_middle_m * sin).powi(2);
        (squared >= 0.0).then(|| from_middle_m * cos + squared.sqrt() - self.radius_m)
    }
}

/// Distance over the ground, at sea level, that a chord of `slant_m` spans, metres: no height over
/// the sea is within a slant range beyond it.
pub(crate) fn ground_reach_m(slant_m: f64, radius_m: f64) -> f64 {
    2.0 * radius_m * (slant_m / (2.0 * radius_m)).min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodesy::Geodetic;

    /// Against positions in space on WGS-84: at the altitude found the distance is the slant range.
    #[test]
    fn the_ceiling_is_where_the_distance_through_space_is_the_slant_range() {
        let site = Geodetic::from_degrees(42.853, 74.847, 792.0).unwrap();
        let radius_m = 6_374_000.0;
        let slant = Slant { radius_m, antenna_m: 792.0 };
        let mut compared = 0;
        for range_m in [20_000.0, 111_120.0, 463_000.0] {
            for part in [0.1, 0.5, 0.9, 0.98, 0.999] {
                let distance_m = range_m * part;
                let altitude = slant.altitude_m(distance_m, range_m).unwrap();
                for bearing_rad in [0.0_f64, 1.6, 3.9] {
                    let mut there = site.travel(geodesy::Geodesic { distance_m, bearing_rad });
                    there.height_m = altitude;
                    let (a, b) = (site.to_ecef(), there.to_ecef());
                    let found = ((a.x_m - b.x_m).powi(2)
                        + (a.y_m - b.y_m).powi(2)
                        + (a.z_m - b.z_m).powi(2))
                    .sqrt();
                    assert!((found / range_m - 1.0).abs() < 3e-3, "{range_m} {part}: {found}");
                    compared += 1;
                }
            }
        }
        assert_eq!(compared, 45);
        let reach_m = ground_reach_m(463_000.0, radius_m);
        let at_sea = Slant { radius_m, antenna_m: 0.0 }.altitude_m(reach_m, 463_000.0).unwrap();
        assert!(at_sea.abs() < 1e-3, "{at_sea}");
    }
}
