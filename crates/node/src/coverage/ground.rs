//! The ground of the configured study, for rules about minimum heights.

use super::files;
use super::study::Study;
use crate::config::Config;
use crate::engine::RuleGroup;
use alert::rules::Ground;
use alert::rules::terrain::SafetyMap;
use coverage::site::Site;
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

/// A cell about each point of the terrain.
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
    Some(Arc::new(map))
}
