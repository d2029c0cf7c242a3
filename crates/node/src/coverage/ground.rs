//! The ground of the configured study, for rules about minimum heights.

use super::files;
use super::study::Study;
use crate::config::Config;
use crate::engine::RuleGroup;
use alert::rules::terrain::SafetyMap;
use alert::rules::{Ground, Highest};
use coverage::geoid::UndulationGrid;
use coverage::terrain::Terrain;
use geodesy::Geodetic;
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
    let study = Study::load(path).map_err(|error| error.to_string())?;
    let said = |error: anyhow::Error| format!("{}: {error:#}", path.display());
    let terrain = files::ground(&study, &mut |_, _| {}).map_err(said)?.terrain;
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
    Some(Arc::new(CellsAndGeoid { map, geoid: UndulationGrid::over(bounds) }))
}

struct CellsAndGeoid {
    map: SafetyMap,
    geoid: UndulationGrid,
}

impl Ground for CellsAndGeoid {
    fn height_m(&self, at: Geodetic) -> Option<f64> {
        self.map.height_m(at)
    }

    fn highest_within(&self, at: Geodetic, radius_m: f64) -> Highest {
        self.map.highest_within(at, radius_m)
    }

    fn undulation_m(&self, at: Geodetic) -> Option<f64> {
        self.geoid.undulation_m(at.latitude_deg(), at.longitude_deg())
    }
}
