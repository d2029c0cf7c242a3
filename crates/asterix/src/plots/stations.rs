//! What Mode S stations of a cluster tell each other of their tracks: CAT017 edition 1.3.

use super::fields::{be16, extent, flight_level_14, i24_at, icao_address, mode_3a, sin_cos_16};
use super::{Head, Made, Skip};
use crate::record::Record;
use geodesy::Enu;
use geodesy::units::METRES_PER_NM;
use std::f64::consts::PI;
use surveillance::{Codes, Measurement, Plot, PlotOrigin, PositionReport, Velocity};

/// Track data as another centre's track; `None` for what the stations agree on among themselves.
pub(super) fn plot_017(record: &Record<'_>, head: Head) -> Option<Made> {
    /// I017/000.
    const TRACK_DATA: u8 = 10;
    if extent(record.item(0)?, 0) != TRACK_DATA {
        return None;
    }
    // I017/240 CST.
    if record.item(240).is_some_and(|item| extent(item, 0) & 0x80 != 0) {
        return Some(Err((Skip::NoDetection, None)));
    }
    let codes = Codes {
        address: record.item(220).and_then(icao_address),
        mode_3a: record.item(70).and_then(mode_3a),
        ..Codes::default()
    };
    let velocity = record.item(200).map(|item| {
        let speed_mps = f64::from(be16(item, 0)) * (METRES_PER_NM / 16_384.0);
        let (sin, cos) = sin_cos_16(be16(item, 2));
        let horizontal = Some(Enu { east: speed_mps * sin, north: speed_mps * cos, up: 0.0 });
        Velocity { horizontal, vertical_rate_mps: None }
    });
    Some(Ok(Plot {
        measurement: position(record).map(Measurement::Geodetic),
        codes,
        pressure_altitude: record.item(50).and_then(flight_level_14),
        velocity,
        ..head.bare(PlotOrigin::SystemTrack)
    }))
}

/// I017/045.
fn position(record: &Record<'_>) -> Option<PositionReport> {
    const STEP: f64 = PI / (1u64 << 23) as f64;
    let item = record.item(45)?;
    let (latitude_rad, longitude_rad) = (i24_at(item, 0) * STEP, i24_at(item, 3) * STEP);
    let report =
        PositionReport { latitude_rad, longitude_rad, height_m: None, horizontal_sd_m: None };
    (latitude_rad.abs() <= PI / 2.0).then_some(report)
}
