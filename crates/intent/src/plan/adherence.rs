//! How a track keeps to its plan: beside the route (RAM), along it, and above or below its level
//! (CLAM). Whether an alert comes of it, and for how long, is for the rules of alerts.

use super::{Level, Over, Trajectory};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_FPM};
use surveillance::{Time, Track};

/// Thresholds of adherence.
#[derive(Debug, Clone, PartialEq)]
pub struct AdherenceConfig {
    /// Further beside the route is off it, metres.
    pub lateral_m: f64,
    /// Further from its level is off it, metres.
    pub level_m: f64,
    /// Nearer than this along the route to either end it may climb or descend: the planned level
    /// does not count there, metres.
    pub terminal_m: f64,
    /// So far before and after a point where the planned level changes, either counts, metres.
    pub revision_m: f64,
    /// Climbing or descending towards its level faster than this, it is not off it, m/s.
    pub settling_mps: f64,
    /// Slower, no time over the next point is told, m/s.
    pub speed_min_mps: f64,
}

impl Default for AdherenceConfig {
    fn default() -> Self {
        Self {
            lateral_m: 5.0 * METRES_PER_NM,
            level_m: 300.0 * METRES_PER_FOOT,
            terminal_m: 130.0 * METRES_PER_NM,
            revision_m: 40.0 * METRES_PER_NM,
            settling_mps: 300.0 * MPS_PER_FPM,
            speed_min_mps: 25.0,
        }
    }
}

/// How a track is against its plan at its own time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adherence {
    /// To the right of the route, metres.
    pub lateral_m: f64,
    /// To the nearest point of the route, metres: more than `lateral_m` beyond its ends.
    pub distance_m: f64,
    /// Flown along the route, metres.
    pub along_m: f64,
    /// Left of the route, metres.
    pub remaining_m: f64,
    /// After the planned time here, seconds.
    pub late_s: f64,
    /// Above the level it should have, metres; `None` where none is due, or one of the two is not
    /// measured on the standard atmosphere.
    pub level_m: Option<f64>,
    /// The next point and when the track will be over it, by its present ground speed.
    pub next: Option<Over>,
    /// Beside the route by more than the threshold.
    pub off_route: bool,
    /// Off its level by more than the threshold, and not on the way to it.
    pub off_level: bool,
}

/// Compares a track with its route. `take_off` is actual or estimated; `cleared` is the level that a
/// controller gave, where the node knows it: it counts before the planned one, everywhere.
pub fn adherence(
    route: &Trajectory,
    take_off: Time,
    track: &Track,
    cleared: Option<Level>,
    config: &AdherenceConfig,
) -> Adherence {
    let elapsed_s = track.time.seconds_since(take_off);
    let expected_m = route.along_at(elapsed_s);
    let located = route.locate(track.position.at_height(0.0).to_ecef(), Some(expected_m));
    let level_m = track.pressure_altitude_m.and_then(|altitude_m| match cleared {
        Some(level) => above(altitude_m, level),
        None => above_planned(route, located.along_m, altitude_m, config),
    });
    let rate_mps = track.vertical_rate_mps.unwrap_or(0.0);
    let settling = level_m.is_some_and(|off_m| rate_mps * off_m.signum() < -config.settling_mps);
    let next = route.estimates_ahead(track, Some(expected_m), config.speed_min_mps).next();
    Adherence {
        lateral_m: located.lateral_m,
        distance_m: located.distance_m,
        along_m: located.along_m,
        remaining_m: route.length_m() - located.along_m,
        late_s: elapsed_s - route.elapsed_at(located.along_m),
        level_m,
        next,
        off_route: located.distance_m > config.lateral_m,
        off_level: level_m.is_some_and(|off_m| off_m.abs() > config.level_m) && !settling,
    }
}

fn above(altitude_m: f64, level: Level) -> Option<f64> {
    level.metres().filter(|_| level.is_pressure()).map(|level_m| altitude_m - level_m)
}

/// Above the nearest of the levels planned about here.
fn above_planned(
    route: &Trajectory,
    along_m: f64,
    altitude_m: f64,
    config: &AdherenceConfig,
) -> Option<f64> {
    let cruising = along_m >= config.terminal_m && route.length_m() - along_m >= config.terminal_m;
    if !cruising {
        return None;
    }
    let about = [along_m - config.revision_m, along_m, along_m + config.revision_m];
    let off =
        about.map(|place_m| route.level_at(place_m).and_then(|level| above(altitude_m, level)));
    off.into_iter().flatten().min_by(|a, b| a.abs().total_cmp(&b.abs()))
}
