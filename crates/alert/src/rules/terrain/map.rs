//! The highest ground and obstacle of each cell: what the rule asks, made once from terrain.

use crate::rules::{Ground, Highest};
use geodesy::Geodetic;
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// Cells along an edge of a block, whose highest is kept beside theirs.
const BLOCK: usize = 16;
/// Shortest degree of latitude over π/180, metres: a box in angle is never too small.
const RADIUS_MIN_M: f64 = 6_335_000.0;
/// A cell of which nothing is known. The lowest ground on Earth is 430 m below the sea.
const UNKNOWN: i16 = i16::MIN;
/// Cells at most: the Earth in half-minutes takes ten times as many.
pub const CELLS_MAX: usize = 200_000_000;

/// A lattice of cells in longitude and latitude. Heights are rounded up to whole metres.
#[derive(Debug, Clone)]
pub struct SafetyMap {
    south_rad: f64,
    west_rad: f64,
    step_rad: f64,
    /// Highest of each cell; rows from south to north, each from west to east.
    cells: Layer,
    blocks: Layer,
}

#[derive(Debug, Clone)]
struct Layer {
    rows: usize,
    columns: usize,
    highest_m: Vec<i16>,
    /// Whether every cell under it is known.
    whole: Vec<bool>,
}

impl SafetyMap {
    /// Of which nothing is known yet: `rows` by `columns` cells of `step_deg`, from the south-west
    /// corner. `None` if it reaches over a pole, more than once round the Earth, or has more than
    /// [`CELLS_MAX`].
    pub fn new(south_west: Geodetic, step_deg: f64, rows: usize, columns: usize) -> Option<Self> {
        let step_rad = step_deg.to_radians();
        let fits = step_rad > 0.0
            && south_west.latitude_rad >= -FRAC_PI_2 - 1e-9
            && south_west.latitude_rad + rows as f64 * step_rad <= FRAC_PI_2 + 1e-9
            && columns as f64 * step_rad <= TAU + 1e-9
            && rows.checked_mul(columns).is_some_and(|cells| cells <= CELLS_MAX);
        fits.then(|| Self {
            south_rad: south_west.latitude_rad,
            west_rad: south_west.longitude_rad,
            step_rad,
            cells: Layer::unknown(rows, columns),
            blocks: Layer::unknown(rows.div_ceil(BLOCK), columns.div_ceil(BLOCK)),
        })
    }

    /// Takes in ground or an obstacle at a place, metres above mean sea level; the highest of a
    /// cell stays. What is off the map is ignored.
    pub fn raise(&mut self, at: Geodetic, height_m: f64) {
        let row = self.row(at.latitude_rad);
        let column = self.column(at.longitude_rad);
        if let (Some(row), Some(column)) = (row, column) {
            self.cells.raise(row, column, height_m);
        }
    }

    /// Makes what was taken in ready to be asked. To be called after the last [`Self::raise`].
    pub fn settle(&mut self) {
        for row in 0..self.blocks.rows {
            for column in 0..self.blocks.columns {
                let rows = row * BLOCK..((row + 1) * BLOCK).min(self.cells.rows);
                let columns = column * BLOCK..((column + 1) * BLOCK).min(self.cells.columns);
                let found = self.cells.over(rows, columns);
                let at = row * self.blocks.columns + column;
                self.blocks.highest_m[at] = found.height_m.map_or(UNKNOWN, |metres| metres as i16);
                self.blocks.whole[at] = found.whole;
            }
        }
    }

    fn row(&self, latitude_rad: f64) -> Option<usize> {
        let row = (latitude_rad - self.south_rad) / self.step_rad;
        (row >= 0.0 && row < self.cells.rows as f64).then_some(row as usize)
    }

    fn column(&self, longitude_rad: f64) -> Option<usize> {
        let column = geodesy::wrap_tau(longitude_rad - self.west_rad) / self.step_rad;
        (column >= 0.0 && column < self.cells.columns as f64).then_some(column as usize)
    }

    /// Highest of a box of cells, which may reach past the map's edges.
    fn over(&self, south: f64, north: f64, west: f64, columns: f64) -> Highest {
        let cells = &self.cells;
        let rows = (south.max(0.0) as usize, (north.min(cells.rows as f64 - 1.0)) as usize);
        let mut whole = south >= 0.0 && north < cells.rows as f64;
        if north < 0.0 || south >= cells.rows as f64 {
            return Highest { height_m: None, whole: false };
        }
        let round = TAU / self.step_rad;
        let mut highest = None::<f64>;
        // As it stands, and once more round the Earth.
        let mut covered = 0.0;
        for shift in [-round, 0.0, round] {
            let from = (west + shift).max(0.0);
            let to = (west + shift + columns).ceil().min(cells.columns as f64 - 1.0);
            if from > to {
                continue;
            }
            covered += to - from.floor() + 1.0;
            let found = self.blocky(rows.0..rows.1 + 1, from as usize..to as usize + 1);
            highest = highest.max_of(found.height_m);
            whole &= found.whole;
        }
        Highest { height_m: highest, whole: whole && covered > columns }
    }

    /// By blocks where the box is larger than a few of them.
    fn blocky(&self, rows: std::ops::Range<usize>, columns: std::ops::Range<usize>) -> Highest {
        if rows.len().max(columns.len()) <= 2 * BLOCK {
            return self.cells.over(rows, columns);
        }
        self.blocks.over(
            rows.start / BLOCK..rows.end.div_ceil(BLOCK),
            columns.start / BLOCK..columns.end.div_ceil(BLOCK),
        )
    }
}

trait MaxOf {
    fn max_of(self, other: Option<f64>) -> Option<f64>;
}

impl MaxOf for Option<f64> {
    fn max_of(self, other: Option<f64>) -> Option<f64> {
        match (self, other) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        }
    }
}

impl Layer {
    fn unknown(rows: usize, columns: usize) -> Self {
        let cells = rows * columns;
        Self { rows, columns, highest_m: vec![UNKNOWN; cells], whole: vec![false; cells] }
    }

    fn raise(&mut self, row: usize, column: usize, height_m: f64) {
        if !height_m.is_finite() {
            return;
        }
        let at = row * self.columns + column;
        let metres = height_m.ceil().clamp(-1_000.0, 30_000.0) as i16;
        self.highest_m[at] = self.highest_m[at].max(metres);
        self.whole[at] = true;
    }

    fn over(&self, rows: std::ops::Range<usize>, columns: std::ops::Range<usize>) -> Highest {
        let (mut highest, mut whole) = (UNKNOWN, true);
        for row in rows {
            let line = row * self.columns;
            let line = line + columns.start..line + columns.end;
            for cell in &self.highest_m[line.clone()] {
                highest = highest.max(*cell);
            }
            whole &= self.whole[line].iter().all(|known| *known);
        }
        Highest { height_m: (highest != UNKNOWN).then(|| f64::from(highest)), whole }
    }
}

impl Ground for SafetyMap {
    fn height_m(&self, at: Geodetic) -> Option<f64> {
        let (row, column) = (self.row(at.latitude_rad)?, self.column(at.longitude_rad)?);
        self.cells.over(row..row + 1, column..column + 1).height_m
    }

    /// Of the cells that a box around the circle touches.
    fn highest_within(&self, at: Geodetic, radius_m: f64) -> Highest {
        let up_rad = radius_m / RADIUS_MIN_M;
        // Where the circle reaches a pole, all the way round.
        let most_rad = at.latitude_rad.abs() + up_rad;
        let across_rad = if most_rad >= FRAC_PI_2 {
            PI
        } else {
            // The meridians that touch a circle on a sphere: sin Δλ = sin r / cos φ.
            (up_rad.sin() / at.latitude_rad.cos()).min(1.0).asin().min(PI)
        };
        let cell = |rad: f64| rad / self.step_rad;
        let south = cell(at.latitude_rad - up_rad - self.south_rad).floor();
        let north = cell(at.latitude_rad + up_rad - self.south_rad).floor();
        let middle = geodesy::wrap_tau(at.longitude_rad - self.west_rad);
        let west = cell(middle - across_rad).floor();
        let east = cell(middle + across_rad).floor();
        let round = (TAU / self.step_rad).floor();
        self.over(south, north, west, (east - west).min(round - 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(latitude_deg: f64, longitude_deg: f64) -> Geodetic {
        Geodetic::from_degrees(latitude_deg, longitude_deg, 0.0).unwrap()
    }

    /// A tenth of a degree, hills made up, with a hole.
    fn map(south_west: Geodetic, rows: usize, columns: usize) -> SafetyMap {
        let mut map = SafetyMap::new(south_west, 0.1, rows, columns).unwrap();
        for row in 0..rows {
            for column in 0..columns {
                let at = Geodetic::from_degrees(
                    south_west.latitude_deg() + (row as f64 + 0.5) * 0.1,
                    south_west.longitude_deg() + (column as f64 + 0.5) * 0.1,
                    0.0,
                );
                let hole = (20..23).contains(&row) && (20..25).contains(&column);
                if !hole {
                    map.raise(at.unwrap(), ((row * 37 + column * 91) % 4_000) as f64);
                }
            }
        }
        map.settle();
        map
    }

    #[test]
    fn a_map_over_the_antimeridian_is_one_map() {
        let map = map(place(10.0, 178.0), 40, 40);
        assert_eq!(map.height_m(place(10.05, 178.05)), Some(0.0));
        assert_eq!(map.height_m(place(10.05, -179.95)), Some((20.0_f64 * 91.0) % 4_000.0));
        assert_eq!(map.height_m(place(10.05, -177.0)), None);
        assert!(map.highest_within(place(11.0, 180.0), 15_000.0).whole);
        assert!(!map.highest_within(place(10.0, 180.0), 15_000.0).whole, "over the south edge");
    }

    #[test]
    fn a_map_over_a_pole_or_too_large_is_refused() {
        assert!(SafetyMap::new(place(80.0, 0.0), 0.1, 101, 10).is_none());
        assert!(SafetyMap::new(place(0.0, 0.0), 0.1, 10, 3_601).is_none());
        assert!(SafetyMap::new(place(0.0, 0.0), 0.001, 90_000, 90_000).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn the_highest_within_is_no_less_than_any_place_within_and_no_more_than_a_cell_further(
            latitude_deg in 44.0..52.0_f64, longitude_deg in 4.0..16.0_f64,
            radius_m in 1_000.0..120_000.0,
        ) {
            let map = map(place(45.0, 5.0), 60, 100);
            let at = place(latitude_deg, longitude_deg);
            let found = map.highest_within(at, radius_m);
            let mut least = None::<f64>;
            let mut most = None::<f64>;
            let mut whole = true;
            for row in 0..60 {
                for column in 0..100 {
                    let middle = place(45.05 + 0.1 * f64::from(row), 5.05 + 0.1 * f64::from(column));
                    let distance_m = at.geodesic_to(middle).distance_m;
                    let height_m = map.height_m(middle);
                    if distance_m <= radius_m {
                        least = least.max_of(height_m);
                        whole &= height_m.is_some();
                    }
                    // The box's corners, a cell, and blocks where they are used.
                    if distance_m <= radius_m * 1.5 + 350_000.0 {
                        most = most.max_of(height_m);
                    }
                }
            }
            prop_assert!(found.height_m >= least, "{found:?} {least:?}");
            prop_assert!(found.height_m <= most);
            prop_assert!(!found.whole || whole);
        }
    }
}
