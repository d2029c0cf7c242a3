//! Height of the geoid over the WGS-84 ellipsoid (the undulation), by EGM96.
//!
//! Terrain and charts give heights over the geoid; satellite navigation, and so ADS-B's geometric
//! height, gives heights over the ellipsoid. `ellipsoidal = orthometric + undulation`. In Kyrgyzstan
//! the undulation is −36 to −48 m. EGM96 (NASA/TP-1998-206861) to degree 360, computed by the crate
//! `egm96`; EGM2008 differs from it by under two metres here.

use crate::terrain::{Bounds, Lattice, Tile, bilinear};

/// Name of the model, for the screen.
pub const MODEL: &str = "EGM96";

/// Undulation at a position, metres, positive where the geoid is above the ellipsoid. About 0.2 ms.
pub fn undulation_m(latitude_deg: f64, longitude_deg: f64) -> f64 {
    egm96::egm96_compute_altitude_offset(latitude_deg, longitude_deg)
}

/// Height over the geoid of a height over the ellipsoid, metres.
pub fn orthometric_m(latitude_deg: f64, longitude_deg: f64, ellipsoidal_m: f64) -> f64 {
    ellipsoidal_m - undulation_m(latitude_deg, longitude_deg)
}

/// Undulations over a box, worked out once: one takes too long to be asked every second.
#[derive(Debug, Clone)]
pub struct UndulationGrid {
    lattice: Lattice,
    undulation_m: Vec<f32>,
}

/// Between points so far apart the geoid bends by about a metre at most.
const GRID_STEP_DEG: f64 = 0.5;

impl UndulationGrid {
    /// Over all of `bounds`.
    pub fn over(bounds: Bounds) -> Self {
        let lattice = Lattice::covering(bounds, GRID_STEP_DEG);
        let at = |index: usize| {
            let (latitude_deg, longitude_deg) = lattice.position_deg(lattice.cell(index));
            // The last row may lie over a pole.
            undulation_m(latitude_deg.clamp(-90.0, 90.0), longitude_deg) as f32
        };
        Self { lattice, undulation_m: (0..lattice.len()).map(at).collect() }
    }

    /// Undulation at a position, metres, bilinear; `None` outside.
    pub fn undulation_m(&self, latitude_deg: f64, longitude_deg: f64) -> Option<f64> {
        bilinear(&self.lattice, &self.undulation_m, latitude_deg, longitude_deg)
    }
}

/// Turns a tile's heights over the ellipsoid into heights over the geoid.
pub fn over_geoid(tile: &mut Tile) {
    let grid = UndulationGrid::over(tile.lattice.bounds());
    let cols = tile.lattice.cols;
    for (row, heights_m) in tile.heights_m.chunks_exact_mut(cols).enumerate() {
        let latitude_deg = tile.lattice.latitude_deg(row as f64);
        for (col, height_m) in heights_m.iter_mut().enumerate() {
            let longitude_deg = tile.lattice.longitude_deg(col as f64);
            // Unknown, and so a void, where the geoid is not known; it is known all around.
            let undulation_m = grid.undulation_m(latitude_deg, longitude_deg).unwrap_or(f64::NAN);
            *height_m -= undulation_m as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_geoid_between_half_degrees_is_egm96s_within_a_metre_or_two() {
        let bounds = Bounds { south_deg: 40.0, west_deg: 73.0, north_deg: 43.3, east_deg: 78.2 };
        let grid = UndulationGrid::over(bounds);
        for (latitude_deg, longitude_deg) in [(40.0, 73.0), (42.87, 74.59), (41.3, 77.77)] {
            let found = grid.undulation_m(latitude_deg, longitude_deg).unwrap();
            let off_m = found - undulation_m(latitude_deg, longitude_deg);
            assert!(off_m.abs() < 2.0, "{latitude_deg} {longitude_deg}: {off_m}");
        }
        assert_eq!(grid.undulation_m(39.0, 74.0), None);
    }
}
