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
