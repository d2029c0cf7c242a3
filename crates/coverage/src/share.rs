//! A party's coverage in a form it can give to a partner: where its sensors together cover and from
//! which level, in coarse cells. No site, height, range, sector or cone of silence is in it.
//!
//! What it still tells: the outline of a lone radar's coverage is a circle, and a circle has a
//! middle. Coarse cells blur it to their size, several sites hide it, and [`SharedCover::within`]
//! cuts it off at an area that both sides know. Whether it may be given at all is an accord's word.

use crate::joint::{Member, Region};
use crate::site::{Cover, Role};
use crate::terrain::{Bounds, Cell, Lattice};

/// Coverage of one party, fit for release.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedCover {
    /// Whose sensors cover.
    pub party: String,
    /// Coarse cells; whole multiples of their step from the poles and Greenwich, so that they say
    /// nothing of where a site or its terrain file begins.
    pub lattice: Lattice,
    /// Lowest altitude covered everywhere in each cell, in whole steps of [`STEP_M`]; `None` where a
    /// part of the cell is not covered at any.
    pub lowest_steps: Vec<Option<u8>>,
}

/// Step of altitude: a thousand feet.
pub const STEP_M: f32 = 304.8;
/// Finest cells that may be shared, degrees: about 5 km.
pub const CELL_MIN_DEG: f64 = 0.05;

impl SharedCover {
    /// From the joint `lowest_m` of a party's sites on `fine`, in cells of `cell_deg` (raised to
    /// [`CELL_MIN_DEG`]). A coarse cell tells the highest of the fine cells in it.
    pub fn coarsened(party: &str, fine: &Lattice, lowest_m: &[f32], cell_deg: f64) -> Self {
        let cell_deg = cell_deg.max(CELL_MIN_DEG);
        let covered = (0..lowest_m.len()).filter(|&i| !lowest_m[i].is_nan());
        let mut bounds: Option<Bounds> = None;
        for index in covered {
            let cell = fine.cell(index);
            let (lat, lon) =
                (fine.latitude_deg(cell.row as f64), fine.longitude_deg(cell.col as f64));
            let b = bounds.get_or_insert(Bounds {
                south_deg: lat,
                west_deg: lon,
                north_deg: lat,
                east_deg: lon,
            });
            b.south_deg = b.south_deg.min(lat);
            b.north_deg = b.north_deg.max(lat);
            b.west_deg = b.west_deg.min(lon);
            b.east_deg = b.east_deg.max(lon);
        }
        let nowhere = fine.bounds();
        let lattice = Lattice::covering(bounds.unwrap_or(nowhere), cell_deg);
        // Highest of the fine cells; below every altitude where there is none yet.
        let mut highest = vec![f32::NEG_INFINITY; lattice.len()];
        let cols: Vec<Option<usize>> = (0..fine.cols)
            .map(|col| {
                let there = lattice.col_of(fine.longitude_deg(col as f64)).round();
                (there >= 0.0 && there < lattice.cols as f64).then_some(there as usize)
            })
            .collect();
        for (row, values) in lowest_m.chunks_exact(fine.cols).enumerate() {
            let there = lattice.row_of(fine.latitude_deg(row as f64)).round();
            if there < 0.0 || there >= lattice.rows as f64 {
                continue;
            }
            for (value, col) in values.iter().zip(&cols) {
                let Some(col) = col else { continue };
                let cell = &mut highest[there as usize * lattice.cols + col];
                *cell = if value.is_nan() { f32::INFINITY } else { cell.max(*value) };
            }
        }
        let steps = |highest: f32| {
            let steps = (highest.max(0.0) / STEP_M).ceil();
            (highest.is_finite() && steps <= f32::from(u8::MAX)).then_some(steps as u8)
        };
        Self {
            party: party.to_owned(),
            lattice,
            lowest_steps: highest.into_iter().map(steps).collect(),
        }
    }

    /// Only the cells whose middle is one of `region`'s on `fine`.
    pub fn within(mut self, fine: &Lattice, region: &Region) -> Self {
        for index in 0..self.lowest_steps.len() {
            let (lat, lon) = self.lattice.position_deg(self.lattice.cell(index));
            let inside = fine
                .nearest(lat, lon)
                .is_some_and(|c| region.cells.binary_search(&(fine.index(c) as u32)).is_ok());
            if !inside {
                self.lowest_steps[index] = None;
            }
        }
        self
    }

    /// Lowest altitude covered in the cell at a position, metres; `None` where it is not.
    pub fn lowest_m(&self, latitude_deg: f64, longitude_deg: f64) -> Option<f32> {
        let cell = self.lattice.nearest(latitude_deg, longitude_deg)?;
        self.lowest_steps[self.lattice.index(cell)].map(|steps| f32::from(steps) * STEP_M)
    }

    /// A partner's coverage as a member of ours, on our terrain's lattice.
    pub fn member(&self, fine: &Lattice) -> Member {
        let value = |index: usize| {
            let cell = fine.cell(index);
            let (lat, lon) = fine.position_deg(cell);
            self.lowest_m(lat, lon).unwrap_or(f32::NAN)
        };
        let lowest_m = (0..fine.len()).map(value).collect();
        let name = format!("{} (shared)", self.party);
        let corner = Cell { row: 0, col: 0 };
        Member {
            name,
            party: self.party.clone(),
            role: Role::Alone,
            cover: Cover::plain(f64::NAN, (*fine, corner), lowest_m).into(),
        }
    }
}
