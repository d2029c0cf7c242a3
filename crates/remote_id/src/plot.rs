//! From a sighting to a plot.

use crate::{Sighting, Status};
use geodesy::Enu;
use surveillance::{
    Codes, EmitterCategory, Measurement, Plot, PlotOrigin, PositionReport, PressureAltitude,
    Velocity,
};

/// A 95 % radius is so many standard deviations of one axis, the errors being circular normal.
const SDS_IN_95: f64 = 2.448;
/// Step of pressure altitudes, metres.
const STEP_M: f64 = 0.5;

/// A plot of a sighting. `None` without a position: there is nothing to see.
///
/// The height is that above the ellipsoid. A height above take-off or ground is none on WGS-84 and
/// stays with the book.
pub fn to_plot(sighting: &Sighting) -> Option<Plot> {
    let location = &sighting.location;
    let point = location.point?;
    let horizontal = match (location.speed_mps, location.course_rad) {
        (Some(speed), Some(course)) => {
            Some(Enu { east: speed * course.sin(), north: speed * course.cos(), up: 0.0 })
        }
        (Some(0.0), None) => Some(Enu { east: 0.0, north: 0.0, up: 0.0 }),
        _ => None,
    };
    let vertical_rate_mps = location.vertical_rate_mps;
    let told = horizontal.is_some() || vertical_rate_mps.is_some();
    Some(Plot {
        received: sighting.received,
        measurement: Some(Measurement::Geodetic(PositionReport {
            latitude_rad: point.latitude_rad,
            longitude_rad: point.longitude_rad,
            height_m: location.height_geometric_m,
            horizontal_sd_m: location.horizontal_accuracy_m.map(|m| m / SDS_IN_95),
        })),
        codes: Codes { address: Some(sighting.address), ..Codes::default() },
        pressure_altitude: location
            .pressure_altitude_m
            .map(|altitude_m| PressureAltitude { altitude_m, step_m: STEP_M }),
        velocity: told.then_some(Velocity { horizontal, vertical_rate_mps }),
        on_ground: match location.status {
            Status::Ground => Some(true),
            Status::Airborne | Status::Emergency => Some(false),
            Status::Undeclared | Status::RemoteIdFailure | Status::Reserved(_) => None,
        },
        category: Some(EmitterCategory::Unmanned),
        ..Plot::bare(sighting.sensor, sighting.time, PlotOrigin::RemoteId)
    })
}
