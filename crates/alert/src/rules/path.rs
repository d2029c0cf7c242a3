//! The straight way of a track over the ground.

use geodesy::{Ecef, Geodetic};
use surveillance::Track;

/// A straight line that touches the Earth under the track: over 60 km it is 300 m above the
/// ellipsoid, and over the ground it is right to a few metres.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path {
    /// Under the aircraft on the ellipsoid, earth-centred, metres.
    pub(super) foot_m: [f64; 3],
    /// Over the ground, earth-centred axes, m/s.
    pub(super) velocity_mps: [f64; 3],
    pub(super) east: [f64; 3],
    pub(super) north: [f64; 3],
}

impl Path {
    /// From where the track is `ahead_s` after its time; `None` if it says no place on Earth.
    pub(super) fn of(track: &Track, ahead_s: f64) -> Option<Self> {
        let place = track.position;
        let (east_mps, north_mps) = (track.velocity.east, track.velocity.north);
        let all = [place.latitude_rad, place.longitude_rad, east_mps, north_mps, ahead_s];
        if !all.iter().all(|number| number.is_finite()) {
            return None;
        }
        let (sin_lat, cos_lat) = place.latitude_rad.sin_cos();
        let (sin_lon, cos_lon) = place.longitude_rad.sin_cos();
        let east = [-sin_lon, cos_lon, 0.0];
        let north = [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat];
        let Ecef { x_m, y_m, z_m } = place.at_height(0.0).to_ecef();
        let velocity_mps = [0, 1, 2].map(|axis| east_mps * east[axis] + north_mps * north[axis]);
        let foot_m = [0, 1, 2].map(|axis| [x_m, y_m, z_m][axis] + velocity_mps[axis] * ahead_s);
        Some(Self { foot_m, velocity_mps, east, north })
    }

    /// Where it will be, earth-centred, metres.
    pub(super) fn point_at(&self, time_s: f64) -> [f64; 3] {
        [0, 1, 2].map(|axis| self.foot_m[axis] + self.velocity_mps[axis] * time_s)
    }

    /// Where it will be, height 0.
    pub(super) fn place_at(&self, time_s: f64) -> Geodetic {
        let [x_m, y_m, z_m] = self.point_at(time_s);
        Ecef { x_m, y_m, z_m }.to_geodetic().at_height(0.0)
    }

    /// Metres a second over the ground.
    pub(super) fn speed_mps(&self) -> f64 {
        dot(self.velocity_mps, self.velocity_mps).sqrt()
    }
}

pub(super) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Largest standard deviation of velocity along an axis, m/s.
pub(super) fn velocity_sd_mps(track: &Track) -> f64 {
    track.velocity_covariance[0].max(track.velocity_covariance[2]).max(0.0).sqrt()
}
