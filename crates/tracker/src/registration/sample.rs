//! One comparison of where a radar puts a target with where something else puts it.

use crate::frame::{Sight, TrackFrame};
use geodesy::{Ecef, LocalFrame};
use surveillance::{SensorId, Time, TrackNumber};

/// Where a target was put by something that is not this radar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sighting {
    /// The sensor; `None`: the target's own report.
    pub(crate) radar: Option<SensorId>,
    pub(crate) time: Time,
    pub(crate) place: Ecef,
    /// East and north over the ground, m/s.
    pub(crate) velocity: [f32; 2],
    /// Standard deviation of that velocity per axis, m/s.
    pub(crate) velocity_sd_mps: f32,
    /// Covariance of its east and north: ee, en, nn, m².
    pub(crate) r: [f32; 3],
}

/// Metres east and north per unit of slant range and azimuth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lever {
    pub(crate) by_range: [f32; 2],
    pub(crate) by_azimuth: [f32; 2],
    pub(crate) range_m: f32,
}

impl Lever {
    pub(crate) fn of(
        frame: &TrackFrame,
        radar: &LocalFrame,
        z: [f64; 2],
        height_m: f64,
    ) -> Option<(Self, Sight)> {
        let sight = frame.sight(radar, z, height_m)?;
        let i = sight.inverse;
        let lever = Self {
            by_range: [i[0][0] as f32, i[1][0] as f32],
            by_azimuth: [i[0][1] as f32, i[1][1] as f32],
            range_m: sight.range_m as f32,
        };
        Some((lever, sight))
    }
}

/// Radar's position of a target less the other's, metres, with how errors of either move it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample {
    pub(crate) time: Time,
    /// Whose target.
    pub(crate) number: TrackNumber,
    /// The other radar; `None`: the target's own report.
    pub(crate) other: Option<SensorId>,
    /// East and north.
    pub(crate) off: [f32; 2],
    /// Its covariance: ee, en, nn.
    pub(crate) r: [f32; 3],
    pub(crate) velocity: [f32; 2],
    pub(crate) mine: Lever,
    pub(crate) theirs: Option<Lever>,
    /// Measured elevation less that of the known height, and its standard deviation, radians.
    pub(crate) elevation: Option<[f32; 2]>,
}
