//! The ground of the configured study, for rules about minimum heights.

use super::files;
use super::study::Study;
use crate::config::Config;
use crate::engine::RuleGroup;
use alert::rules::terrain::SafetyMap;
use alert::rules::{Ground, Highest};
use coverage::geoid::undulation_m;
use coverage::site::Site;
use coverage::terrain::{Bounds, Terrain};
use geodesy::{Geodetic, wrap_pi};
use std::sync::Arc;

/// The highest ground of each cell of the study's terrain; `None` where no study is configured or
/// the rule is off.
///
/// # Errors
/// The study or its terrain cannot be read: why, with the file.
pub fn ground(config: &Config) -> Result<Option<Arc<dyn Ground + Send + Sync>>, String> {
    let off = |name: &String| RuleGroup::ALL.contains(&(name.as_str(), RuleGroup::Terrain));
    let Some(path) = &config.coverage.study else { return Ok(None) };
    if config.alerts.off.iter().any(off) {
        return Ok(None);
    }
    let said = |error: anyhow::Error| format!("{}: {error:#}", path.display());
    let study = Study::load(path).map_err(|error| error.to_string())?;
    let rings = study.region.as_deref().map_or_else(|| Ok(Vec::new()), files::rings);
    let rings = rings.map_err(said)?;
    let sites: Vec<&Site> = study.sites.iter().chain(&study.candidates).collect();
    let Some(bounds) = files::reach(&sites, &rings) else {
        return Err(format!("{}: there is no site and no region", path.display()));
    };
    let read = files::load(&study.terrain, bounds, study.step_arcsec, &mut |_, _| {});
    let (terrain, _) = read.map_err(said)?;
    map(&terrain).map(Some).ok_or_else(|| format!("{}: its terrain is too large", path.display()))
}

/// A cell about each point of the terrain, and the geoid over it.
fn map(terrain: &Terrain) -> Option<Arc<dyn Ground + Send + Sync>> {
    let lattice = terrain.lattice;
    let bounds = lattice.bounds();
    // As large as the larger step, so that no cell lies between two points.
    let step_deg = lattice.lat_step_deg.max(lattice.lon_step_deg);
    let corner = Geodetic::from_degrees(
        bounds.south_deg - step_deg / 2.0,
        bounds.west_deg - step_deg / 2.0,
        0.0,
    )?;
    let cells =
        |points: usize, of_deg: f64| (points as f64 * of_deg / step_deg).ceil() as usize + 1;
    let rows = cells(lattice.rows, lattice.lat_step_deg);
    let columns = cells(lattice.cols, lattice.lon_step_deg);
    let mut map = SafetyMap::new(corner, step_deg, rows, columns)?;
    for (index, height_m) in terrain.upper_m.iter().enumerate() {
        if height_m.is_finite() {
            let (latitude_deg, longitude_deg) = lattice.position_deg(lattice.cell(index));
            if let Some(at) = Geodetic::from_degrees(latitude_deg, longitude_deg, 0.0) {
                map.raise(at, f64::from(*height_m));
            }
        }
    }
    map.settle();
    Some(Arc::new(StudyGround { map, geoid: GeoidGrid::over(bounds) }))
}

struct StudyGround {
    map: SafetyMap,
    geoid: GeoidGrid,
}

impl Ground for StudyGround {
    fn height_m(&self, at: Geodetic) -> Option<f64> {
        self.map.height_m(at)
    }

    fn highest_within(&self, at: Geodetic, radius_m: f64) -> Highest {
        self.map.highest_within(at, radius_m)
    }

    fn undulation_m(&self, at: Geodetic) -> Option<f64> {
        self.geoid.at(at)
    }
}

/// EGM96 at each half degree, worked out once: each value takes too long to be asked every second.
/// Between them the geoid bends by about a metre at most.
struct GeoidGrid {
    south_deg: f64,
    west_deg: f64,
    rows: usize,
    columns: usize,
    undulation_m: Vec<f64>,
}

const GEOID_STEP_DEG: f64 = 0.5;

impl GeoidGrid {
    fn over(bounds: Bounds) -> Self {
        let lines = |span_deg: f64| (span_deg / GEOID_STEP_DEG).ceil() as usize + 1;
        let rows = lines(bounds.north_deg - bounds.south_deg);
        let columns = lines(bounds.east_deg - bounds.west_deg);
        let at = |cell: usize| {
            let (row, column) = (cell / columns, cell % columns);
            let latitude_deg = bounds.south_deg + row as f64 * GEOID_STEP_DEG;
            let longitude_deg = bounds.west_deg + column as f64 * GEOID_STEP_DEG;
            let longitude_deg = wrap_pi(longitude_deg.to_radians()).to_degrees();
            undulation_m(latitude_deg.clamp(-90.0, 90.0), longitude_deg)
        };
        let undulation_m = (0..rows * columns).map(at).collect();
        let (south_deg, west_deg) = (bounds.south_deg, bounds.west_deg);
        Self { south_deg, west_deg, rows, columns, undulation_m }
    }

    /// Bilinear between the four values around; `None` outside.
    fn at(&self, at: Geodetic) -> Option<f64> {
        let row = (at.latitude_deg() - self.south_deg) / GEOID_STEP_DEG;
        let column = (at.longitude_deg() - self.west_deg).rem_euclid(360.0) / GEOID_STEP_DEG;
        if !(0.0..=(self.rows - 1) as f64).contains(&row) || column > (self.columns - 1) as f64 {
            return None;
        }
        let (south, west) = (row.floor() as usize, column.floor() as usize);
        let (north, east) = ((south + 1).min(self.rows - 1), (west + 1).min(self.columns - 1));
        let (up, right) = (row - row.floor(), column - column.floor());
        let value = |row: usize, column: usize| self.undulation_m[row * self.columns + column];
        let along = |row: usize| value(row, west) * (1.0 - right) + value(row, east) * right;
        Some(along(south) * (1.0 - up) + along(north) * up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_geoid_between_half_degrees_is_egm96s_within_a_metre_or_two() {
        let bounds = Bounds { south_deg: 40.0, west_deg: 73.0, north_deg: 43.3, east_deg: 78.2 };
        let grid = GeoidGrid::over(bounds);
        for (latitude_deg, longitude_deg) in [(40.0, 73.0), (42.87, 74.59), (41.3, 77.77)] {
            let at = Geodetic::from_degrees(latitude_deg, longitude_deg, 0.0).unwrap();
            let off_m = grid.at(at).unwrap() - undulation_m(latitude_deg, longitude_deg);
            assert!(off_m.abs() < 2.0, "{latitude_deg} {longitude_deg}: {off_m}");
        }
        let outside = Geodetic::from_degrees(39.0, 74.0, 0.0).unwrap();
        assert_eq!(grid.at(outside), None);
    }
}
