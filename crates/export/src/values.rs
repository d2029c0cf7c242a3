//! Told values in the units and codes that formats share.

use accord::Item;
use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT};
use surveillance::EmitterCategory;

/// Latitude and longitude, degrees, to seven decimals (1 cm).
pub(crate) fn position_deg(item: &Item) -> Option<[f64; 2]> {
    item.told.position_rad.map(|point| point.map(|angle| rounded(angle.to_degrees(), 7)))
}

pub(crate) fn level_ft(item: &Item) -> Option<i64> {
    item.told.level_m.map(|level_m| (level_m / METRES_PER_FOOT).round() as i64)
}

/// Over the ground, knots, to a tenth.
pub(crate) fn speed_kt(item: &Item) -> Option<f64> {
    let [east, north] = item.told.velocity_mps?;
    Some(rounded(east.hypot(north) / MPS_PER_KNOT, 1))
}

/// Over the ground, m/s.
pub(crate) fn speed_mps(item: &Item) -> Option<f64> {
    let [east, north] = item.told.velocity_mps?;
    Some(rounded(east.hypot(north), 2))
}

/// Degrees clockwise from true north in [0, 360), to a tenth; `None` of what stands still.
pub(crate) fn course_deg(item: &Item) -> Option<f64> {
    let [east, north] = item.told.velocity_mps?;
    let course = rounded(east.atan2(north).to_degrees().rem_euclid(360.0), 1);
    (east != 0.0 || north != 0.0).then_some(if course >= 360.0 { 0.0 } else { course })
}

pub(crate) fn rate_fpm(item: &Item) -> Option<i64> {
    item.told.vertical_rate_mps.map(|rate_mps| (rate_mps / MPS_PER_FPM).round() as i64)
}

/// Variances of east and north, and their covariance between, m²: what was told, and what the grid
/// that the position was set to adds (a uniform error of one step: step²/12). `None` if neither is.
pub(crate) fn covariance_m2(item: &Item) -> Option<[f64; 3]> {
    let grid_m2 = item.precision.position_m.powi(2) / 12.0;
    match item.told.position_covariance {
        Some([east, both, north]) => Some([east + grid_m2, both, north + grid_m2]),
        None => (grid_m2 > 0.0).then_some([grid_m2, 0.0, grid_m2]),
    }
}

/// Radius in metres that holds the position with 95 %, taken as a circle of the worse axis.
pub(crate) fn radius_95_m(item: &Item) -> Option<f64> {
    let [east, both, north] = covariance_m2(item)?;
    let half = (east - north) / 2.0;
    let variance = (east + north) / 2.0 + half.hypot(both);
    // −2 ln 0.05 is the 95 % point of χ² with two degrees of freedom.
    variance.is_finite().then(|| rounded((variance.max(0.0) * 5.991_464_547).sqrt(), 1))
}

/// Emitter category set and code (RTCA DO-260B 2.2.3.2.5.2), as `A3`.
pub(crate) fn emitter_code(category: EmitterCategory) -> &'static str {
    use EmitterCategory as E;
    match category {
        E::Light => "A1",
        E::Small => "A2",
        E::Large => "A3",
        E::HighVortex => "A4",
        E::Heavy => "A5",
        E::HighPerformance => "A6",
        E::Rotorcraft => "A7",
        E::Glider => "B1",
        E::LighterThanAir => "B2",
        E::Parachutist => "B3",
        E::Ultralight => "B4",
        E::Unmanned => "B6",
        E::Space => "B7",
        E::SurfaceEmergency => "C1",
        E::SurfaceService => "C2",
        E::Obstacle => "C3",
    }
}

pub(crate) fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    // Adding zero makes −0 a 0.
    (value * scale).round() / scale + 0.0
}
