//! One byte a pixel of a part of the map, at equal steps of spherical Mercator, so that the console
//! lays it over its map without bending it.

use super::wire::{
    LAYER_AGAINST, LAYER_COUNT, LAYER_GROUND, LAYER_REGION, LAYER_SURE, LAYER_UNKNOWN, Window,
};
use coverage::joint::Joint;
use coverage::terrain::{Cell, Lattice, Terrain};
use geodesy::units::METRES_PER_FOOT;
use rayon::prelude::*;

/// Pixels of one layer at most: a screen of 3840 by 2160.
pub(super) const PIXELS_MAX: u64 = 8_300_000;
/// Step of [`super::wire::LayerKind::Lowest`], metres.
const LOWEST_STEP_M: f32 = 500.0 * METRES_PER_FOOT as f32;

/// Which cell of the ground each row and each column of pixels shows.
pub(super) struct Frame {
    rows: Vec<Option<usize>>,
    cols: Vec<Option<usize>>,
}

impl Frame {
    pub(super) fn new(lattice: &Lattice, window: &Window, width: u32, height: u32) -> Self {
        let middle = |i: u32, count: u32| (f64::from(i) + 0.5) / f64::from(count);
        let inside = |at: f64, count: usize| {
            let at = at.round();
            (at >= 0.0 && at < count as f64).then_some(at as usize)
        };
        let (top, bottom) = (mercator(window.north_deg), mercator(window.south_deg));
        let row = |y| {
            let latitude_deg = latitude_deg(top + (bottom - top) * middle(y, height));
            inside(lattice.row_of(latitude_deg), lattice.rows)
        };
        let wide = window.east_deg - window.west_deg;
        let col =
            |x| inside(lattice.col_of(window.west_deg + wide * middle(x, width)), lattice.cols);
        Self { rows: (0..height).map(row).collect(), cols: (0..width).map(col).collect() }
    }

    /// `outside` where there is no cell.
    fn bytes(&self, outside: u8, byte: impl Fn(Cell) -> u8 + Sync) -> Vec<u8> {
        let mut bytes = vec![outside; self.rows.len() * self.cols.len()];
        let lines = bytes.par_chunks_mut(self.cols.len().max(1)).zip(&self.rows);
        lines.for_each(|(line, row)| {
            let Some(row) = *row else { return };
            for (pixel, col) in line.iter_mut().zip(&self.cols) {
                if let Some(col) = *col {
                    *pixel = byte(Cell { row, col });
                }
            }
        });
        bytes
    }
}

/// ln tan(45° + φ/2).
fn mercator(latitude_deg: f64) -> f64 {
    latitude_deg.clamp(-89.0, 89.0).to_radians().tan().asinh()
}

fn latitude_deg(mercator: f64) -> f64 {
    mercator.sinh().atan().to_degrees()
}

/// What a layer of [`super::wire::LayerKind::Seen`] is drawn from.
pub(super) struct Seen<'a> {
    pub(super) terrain: &'a Terrain,
    /// Whether each cell is in the region.
    pub(super) region: &'a [bool],
    pub(super) may: &'a Joint,
    pub(super) surely: Option<&'a Joint>,
    pub(super) against: Option<&'a Joint>,
    pub(super) altitude_m: f32,
    pub(super) clearance_m: f32,
}

impl Seen<'_> {
    pub(super) fn bytes(&self, frame: &Frame) -> Vec<u8> {
        let sees = |joint: Option<&Joint>, cell| {
            joint.is_some_and(|joint| joint.count(cell, self.altitude_m, None) > 0)
        };
        frame.bytes(LAYER_UNKNOWN, |cell| {
            let index = self.terrain.lattice.index(cell);
            let ground_m = self.terrain.mean_m[index];
            let count = self.may.count(cell, self.altitude_m, None);
            let mut byte = count.min(LAYER_COUNT);
            let mut flag = |so: bool, bit: u8| byte |= if so { bit } else { 0 };
            flag(count > 0 && sees(self.surely, cell), LAYER_SURE);
            flag(ground_m + self.clearance_m > self.altitude_m, LAYER_GROUND);
            flag(ground_m.is_nan(), LAYER_UNKNOWN);
            flag(sees(self.against, cell), LAYER_AGAINST);
            flag(self.region[index], LAYER_REGION);
            byte
        })
    }
}

pub(super) fn lowest(joint: &Joint, frame: &Frame) -> Vec<u8> {
    frame.bytes(u8::MAX, |cell| {
        let steps = (joint.lowest_at_m(cell) / LOWEST_STEP_M).ceil();
        if steps < f32::from(u8::MAX) { steps.max(0.0) as u8 } else { u8::MAX }
    })
}

/// Light from the north-west on slopes, as maps have it; higher ground is lighter.
pub(super) fn relief(terrain: &Terrain, frame: &Frame) -> Vec<u8> {
    let lattice = &terrain.lattice;
    let height = |row: usize, col: usize| terrain.mean_m[row * lattice.cols + col];
    let size_m = lattice.lat_step_deg as f32 * 111_195.0;
    frame.bytes(0, |cell| {
        let (row, col) = (cell.row.max(1), cell.col.max(1));
        let (here, beyond) = (height(row, col), height(row - 1, col - 1));
        if here.is_nan() || beyond.is_nan() {
            return 0;
        }
        let lit = ((here - beyond) / size_m).clamp(-1.0, 1.0);
        let base = 96.0 + here.clamp(0.0, 6000.0) / 6000.0 * 90.0;
        (base - lit * 150.0).clamp(1.0, 255.0) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Snyder, Map Projections: A Working Manual (1987), p. 266: latitude 35° N is at 0.6528366 of
    /// the radius.
    #[test]
    fn mercator_is_the_textbooks() {
        assert!((mercator(35.0) - 0.652_836_6).abs() < 1e-7);
        assert!((latitude_deg(0.652_836_6) - 35.0).abs() < 1e-5);
    }

    #[test]
    fn a_pixel_shows_the_cell_under_its_middle_also_over_the_antimeridian() {
        let lattice = Lattice {
            north_deg: 43.0,
            west_deg: 179.0,
            lat_step_deg: 0.01,
            lon_step_deg: 0.01,
            rows: 201,
            cols: 201,
        };
        let window = Window { south_deg: 41.0, west_deg: 179.5, north_deg: 43.0, east_deg: 181.5 };
        let frame = Frame::new(&lattice, &window, 20, 20);
        assert_eq!(frame.cols[0], Some(55), "179.55° E");
        assert_eq!(frame.cols[14], Some(195), "179.05° W");
        assert_eq!(frame.cols[15], None, "the lattice ends at 181°");
        let latitude = latitude_deg(mercator(43.0) + (mercator(41.0) - mercator(43.0)) * 0.525);
        assert_eq!(frame.rows[10], Some(((43.0 - latitude) * 100.0).round() as usize));
    }
}
