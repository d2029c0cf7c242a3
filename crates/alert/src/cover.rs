//! Where a sensor should see a target, as far as its range and a smooth earth tell.

use geodesy::Geodetic;
use surveillance::{Sensor, SensorKind, Track};

/// What cuts a sensor's cover short of its range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cover {
    /// Share of the range within which it should see a target.
    pub(crate) range_share: f64,
    /// Range of a radar that is not known to have one, metres.
    pub(crate) range_m: f64,
    /// Range of another sensor that is not known to have one, metres.
    pub(crate) station_range_m: f64,
    /// Margin over the lowest height that a sensor over a smooth earth sees there, metres.
    pub(crate) margin_m: f64,
}

impl Cover {
    /// Whether the sensor should see a target that is where the track is. Never of one whose site is
    /// not known, nor of a system's tracks: they end when that system says so.
    pub(crate) fn holds(&self, sensor: &Sensor, track: &Track) -> bool {
        let Some(site) = sensor.site else { return false };
        let usual_m = match sensor.kind {
            SensorKind::SystemTracks => return false,
            SensorKind::Radar => self.range_m,
            _ => self.station_range_m,
        };
        let range_m = sensor.range_max_m.unwrap_or(usual_m) * self.range_share;
        let at = track.position.at_height(height_of(track));
        let distance_m = site.to_ecef().distance_m(at.to_ecef());
        distance_m <= range_m.min(horizon_m(site, at.height_m - self.margin_m))
    }
}

/// Height over the ellipsoid as well as it is known, metres: measured, or by air pressure.
pub(crate) fn height_of(track: &Track) -> f64 {
    match (track.height_sd_m, track.pressure_altitude_m) {
        (None, Some(altitude_m)) => altitude_m,
        _ => track.position.height_m,
    }
}

/// How far a radio line of sight over a smooth earth reaches from an antenna at `site` to a target
/// at `height_m`, metres: with refraction as over 4/3 of the earth's radius (ITU-R P.834).
fn horizon_m(site: Geodetic, height_m: f64) -> f64 {
    const RADIUS_M: f64 = 4.0 / 3.0 * 6_371_000.0;
    let to_horizon_m = |height_m: f64| (2.0 * RADIUS_M * height_m.max(0.0)).sqrt();
    to_horizon_m(site.height_m) + to_horizon_m(height_m)
}
