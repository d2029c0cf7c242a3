//! Tiles put together on one lattice, one tile at a time: memory holds the result and one tile.

use super::{Cell, Lattice, Terrain, Tile, bilinear};
use std::collections::BTreeMap;

/// Where a point's height is from; finer data take the place of coarser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    /// No tile reaches the point.
    Nothing,
    /// A tile reaches it and has a void there.
    Void,
    /// Interpolated in a tile as coarse as the lattice or coarser.
    Interpolated,
    /// Mean and maximum of several points of a finer tile.
    Pooled,
}

/// Puts tiles together. Of tiles of one kind, the first given counts.
#[derive(Debug)]
pub struct Assembler {
    lattice: Lattice,
    origin: Vec<Origin>,
    mean_m: Vec<f32>,
    upper_m: Vec<f32>,
    samples: Vec<u32>,
}

/// A square of one degree for which no tile was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingSquare {
    /// South-west corner, as `N42E074`.
    pub name: String,
    /// Points of the lattice in it that no tile reaches.
    pub points: usize,
}

/// What putting together came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Assembly {
    /// The ground.
    pub terrain: Terrain,
    /// One entry for each square without data, from the north-west.
    pub missing: Vec<MissingSquare>,
    /// Void points that were filled from their surroundings.
    pub filled: usize,
    /// Void points left: coverage beyond them is unknown.
    pub voids: usize,
    /// The first of those left, from the north-west.
    pub first_void: Option<Cell>,
}

impl Assembly {
    /// One message for each square without data and one for voids, as the user is told.
    pub fn messages(&self) -> Vec<String> {
        let missing = self.missing.iter().map(|square| {
            let MissingSquare { name, points } = square;
            format!("{name}: no terrain is given for {points} points of this square; coverage over and behind it is unknown: add its tile")
        });
        let voids = self.first_void.map(|cell| {
            let (lat, lon) = self.terrain.lattice.position_deg(cell);
            format!(
                "{} points have no height (the first at {lat:.4} {lon:.4}, row {}, column {}); coverage over and behind them is unknown: fill the voids in the tile",
                self.voids, cell.row, cell.col
            )
        });
        missing.chain(voids).collect()
    }
}

/// Name of the square of one degree about a position, by its south-west corner: `N42E074`.
pub fn square_name(latitude_deg: f64, longitude_deg: f64) -> String {
    let (south, west) = (latitude_deg.floor() as i32, longitude_deg.floor() as i32);
    let ns = if south >= 0 { 'N' } else { 'S' };
    let ew = if west >= 0 { 'E' } else { 'W' };
    format!("{ns}{:02}{ew}{:03}", south.abs(), west.abs())
}

impl Assembler {
    /// Nothing yet, on `lattice`.
    pub fn new(lattice: Lattice) -> Self {
        let points = lattice.len();
        Self {
            lattice,
            origin: vec![Origin::Nothing; points],
            mean_m: vec![f32::NAN; points],
            upper_m: vec![f32::NAN; points],
            samples: vec![0; points],
        }
    }

    /// Takes what a tile has for this lattice.
    pub fn add(&mut self, tile: &Tile) {
        // A tile of steps over two thirds of ours has too few points in each of our cells to pool.
        if tile.lattice.lat_step_deg > 0.67 * self.lattice.lat_step_deg {
            self.interpolate(tile);
        } else {
            self.pool(tile);
        }
    }

    /// Rows and columns of ours that a tile may reach, half a step beyond its outermost points.
    fn reach(&self, tile: &Tile) -> (std::ops::Range<usize>, Vec<usize>) {
        let bounds = tile.lattice.bounds();
        let north = self.lattice.row_of(bounds.north_deg + tile.lattice.lat_step_deg / 2.0);
        let south = self.lattice.row_of(bounds.south_deg - tile.lattice.lat_step_deg / 2.0);
        let rows = north.ceil().max(0.0) as usize..(south.floor().max(-1.0) + 1.0) as usize;
        let last = tile.lattice.cols as f64 - 0.5;
        let within = |col: &usize| {
            let there = tile.lattice.col_of(self.lattice.longitude_deg(*col as f64));
            (-0.5..=last).contains(&there)
        };
        (
            rows.start..rows.end.min(self.lattice.rows),
            (0..self.lattice.cols).filter(within).collect(),
        )
    }

    fn interpolate(&mut self, tile: &Tile) {
        let (rows, cols) = self.reach(tile);
        let (south, north) = (tile.lattice.bounds().south_deg, tile.lattice.bounds().north_deg);
        for row in rows {
            // Half a step beyond the outermost points, theirs is the nearest height.
            let lat = self.lattice.latitude_deg(row as f64).clamp(south, north);
            for &col in &cols {
                let index = row * self.lattice.cols + col;
                if self.origin[index] >= Origin::Interpolated {
                    continue;
                }
                let there = tile.lattice.col_of(self.lattice.longitude_deg(col as f64));
                let there = there.clamp(0.0, tile.lattice.cols as f64 - 1.0);
                let lon = tile.lattice.longitude_deg(there);
                match bilinear(&tile.lattice, &tile.heights_m, lat, lon) {
                    Some(height) => {
                        self.origin[index] = Origin::Interpolated;
                        self.mean_m[index] = height as f32;
                    }
                    None => self.origin[index] = Origin::Void,
                }
            }
        }
    }

    fn pool(&mut self, tile: &Tile) {
        let ours = &self.lattice;
        let to_col = |col: usize| {
            let there = ours.col_of(tile.lattice.longitude_deg(col as f64)).round();
            (there >= 0.0 && there < ours.cols as f64).then_some(there as usize)
        };
        let cols: Vec<Option<usize>> = (0..tile.lattice.cols).map(to_col).collect();
        for (row, heights) in tile.heights_m.chunks_exact(tile.lattice.cols).enumerate() {
            let there = ours.row_of(tile.lattice.latitude_deg(row as f64)).round();
            if there < 0.0 || there >= ours.rows as f64 {
                continue;
            }
            let start = there as usize * ours.cols;
            for (&height, col) in heights.iter().zip(&cols) {
                let Some(index) = col.map(|col| start + col) else { continue };
                if height.is_nan() {
                    self.origin[index] = self.origin[index].max(Origin::Void);
                    continue;
                }
                if self.origin[index] != Origin::Pooled {
                    self.origin[index] = Origin::Pooled;
                    self.mean_m[index] = 0.0;
                    self.upper_m[index] = f32::NEG_INFINITY;
                }
                self.samples[index] += 1;
                // A running mean: sums of 16-bit heights would do too, of floats they would not.
                self.mean_m[index] += (height - self.mean_m[index]) / self.samples[index] as f32;
                self.upper_m[index] = self.upper_m[index].max(height);
            }
        }
    }

    /// The ground, with voids of up to `fill_cells` from known ground filled from around them.
    pub fn finish(mut self, fill_cells: usize) -> Assembly {
        let missing = self.missing();
        let filled = self.fill_voids(fill_cells);
        self.raise_interpolated();
        let void =
            |index: &usize| self.origin[*index] == Origin::Void && self.mean_m[*index].is_nan();
        let voids: Vec<usize> = (0..self.lattice.len()).filter(void).collect();
        let (lattice, mean_m, upper_m) = (self.lattice, self.mean_m, self.upper_m);
        Assembly {
            missing,
            filled,
            voids: voids.len(),
            first_void: voids.first().map(|&index| lattice.cell(index)),
            terrain: Terrain { lattice, mean_m, upper_m },
        }
    }

    fn missing(&self) -> Vec<MissingSquare> {
        let mut squares: BTreeMap<(i32, i32), usize> = BTreeMap::new();
        for (index, _) in self.origin.iter().enumerate().filter(|(_, o)| **o == Origin::Nothing) {
            let (lat, lon) = self.lattice.position_deg(self.lattice.cell(index));
            // North first, then from the west.
            *squares.entry((-(lat.floor() as i32), lon.floor() as i32)).or_default() += 1;
        }
        let named = |((south, west), points): ((i32, i32), usize)| MissingSquare {
            name: square_name(f64::from(-south), f64::from(west)),
            points,
        };
        squares.into_iter().map(named).collect()
    }

    /// Inverse-distance mean of the first known heights to the north, east, south and west, where
    /// there are at least two on facing or neighbouring sides within `reach` points.
    fn fill_voids(&mut self, reach: usize) -> usize {
        let (rows, cols) = (self.lattice.rows as isize, self.lattice.cols as isize);
        let known = |row: isize, col: isize, from: &[f32]| {
            let inside = (0..rows).contains(&row) && (0..cols).contains(&col);
            let height = if inside { from[(row * cols + col) as usize] } else { f32::NAN };
            (!height.is_nan()).then_some(height)
        };
        let before = self.mean_m.clone();
        let mut filled = 0;
        for index in (0..before.len()).filter(|&i| before[i].is_nan()) {
            if self.origin[index] != Origin::Void {
                continue;
            }
            let (row, col) = ((index as isize) / cols, (index as isize) % cols);
            let look = |(down, right): (isize, isize)| {
                let steps = 1..=reach as isize;
                let mut found = steps.map(|n| (n, known(row + n * down, col + n * right, &before)));
                found.find_map(|(n, height)| height.map(|height| (n as f32, height)))
            };
            let found: Vec<_> =
                [(-1, 0), (0, 1), (1, 0), (0, -1)].into_iter().filter_map(look).collect();
            if found.len() >= 2 {
                let weight: f32 = found.iter().map(|(n, _)| 1.0 / n).sum();
                let sum: f32 = found.iter().map(|(n, height)| height / n).sum();
                self.mean_m[index] = sum / weight;
                // What fills a void is a guess; the upper surface takes the highest of it.
                self.upper_m[index] = found.iter().map(|(_, h)| *h).fold(f32::MIN, f32::max);
                filled += 1;
            }
        }
        filled
    }

    /// Where nothing finer is known, the upper surface is the highest of a point and its neighbours.
    fn raise_interpolated(&mut self) {
        let (rows, cols) = (self.lattice.rows, self.lattice.cols);
        // First along rows, then along columns: the maximum over a square is separable.
        let mut along = vec![f32::NAN; self.mean_m.len()];
        for (out, row) in along.chunks_exact_mut(cols).zip(self.mean_m.chunks_exact(cols)) {
            for (col, out) in out.iter_mut().enumerate() {
                let near = &row[col.saturating_sub(1)..(col + 2).min(cols)];
                *out = near.iter().copied().fold(f32::NAN, f32::max);
            }
        }
        for index in 0..self.mean_m.len() {
            if self.origin[index] == Origin::Interpolated {
                let (row, col) = (index / cols, index % cols);
                let near = row.saturating_sub(1)..(row + 2).min(rows);
                self.upper_m[index] =
                    near.map(|row| along[row * cols + col]).fold(f32::NAN, f32::max);
            }
        }
    }
}
