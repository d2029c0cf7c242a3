//! Positions and frames on the WGS-84 ellipsoid.
//!
//! Three ways to say where something is, and the exact maps between them:
//! [`Geodetic`] (latitude, longitude, height above the ellipsoid), [`Ecef`] (earth-centred,
//! earth-fixed metres) and [`LocalFrame`] (east, north, up at a point). Radians and metres
//! inside; [`units`] holds the field's own units for the rim. Constants: NIMA TR8350.2 (2000).
//!
//! Start at [`Geodetic`]. Distances along the ellipsoid are Karney's algorithm
//! (`geographiclib-rs`); the frame maps are here because the tracker calls them per plot.

pub mod units;

mod ecef;
mod geodetic;
mod local;

pub use ecef::Ecef;
pub use geodetic::{Geodesic, Geodetic};
pub use local::{Enu, LocalFrame, Polar};

/// Semi-major axis of WGS-84, metres.
pub const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// Flattening of WGS-84.
pub const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// First eccentricity squared of WGS-84.
pub const ECCENTRICITY_SQUARED: f64 = FLATTENING * (2.0 - FLATTENING);

/// How far a radio wave bends in the standard atmosphere: it goes straight over an earth whose radius is
/// this many times as long (ITU-R P.834).
pub const EFFECTIVE_EARTH: f64 = 4.0 / 3.0;

/// How far away, metres, something at `height_m` above the ellipsoid is at its own radio horizon over a
/// smooth earth: two see each other up to the sum of theirs.
pub fn radio_horizon_m(height_m: f64) -> f64 {
    (2.0 * EFFECTIVE_EARTH * SEMI_MAJOR_M * height_m.max(0.0)).sqrt()
}

/// The angle brought into (−π, π].
pub fn wrap_pi(angle_rad: f64) -> f64 {
    let wrapped = angle_rad.rem_euclid(std::f64::consts::TAU);
    if wrapped > std::f64::consts::PI { wrapped - std::f64::consts::TAU } else { wrapped }
}

/// The angle brought into [0, 2π).
pub fn wrap_tau(angle_rad: f64) -> f64 {
    let wrapped = angle_rad.rem_euclid(std::f64::consts::TAU);
    // rem_euclid of a tiny negative number rounds up to exactly TAU
    if wrapped >= std::f64::consts::TAU { 0.0 } else { wrapped }
}
