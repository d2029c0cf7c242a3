//! Independent non-cooperative surveillance, of which passive radar is the most: CAT015, editions 1.0
//! to 1.2.

use super::fields::{angle_16, be16, be24, deviation, extent, i16_at, i24_at, i32_at};
use super::{Head, Made, Skip};
use crate::record::Record;
use geodesy::Enu;
use std::f64::consts::{PI, TAU};
use surveillance::{Codes, Measurement, Plot, PlotOrigin, PositionReport, SourceTrack, Velocity};

/// A plot of a target that somebody placed: by a position, or by one sensor's range and azimuth.
/// `None` for what a pair of transmitter and receiver measured, which is a place only together with
/// other pairs.
pub(super) fn plot_015(record: &Record<'_>, head: Head) -> Option<Made> {
    let descriptor = extent(record.item(20).unwrap_or_default(), 0);
    let status = extent(record.item(170).unwrap_or_default(), 0);
    let message = record.item(0).map(|item| extent(item, 0) >> 1);
    let source_track = record.item(161).map(|item| SourceTrack(be16(item, 0)));
    /// I015/000.
    const TRACK_END: u8 = 5;
    let skip = [
        (descriptor >> 4 & 3 == 3, Skip::Simulated),
        (descriptor >> 4 & 3 == 2, Skip::TestTarget),
        (descriptor >> 4 & 3 == 1, Skip::FieldMonitor),
        (message == Some(TRACK_END) || status & 0x20 != 0, Skip::TrackEnded),
        (status & 0x08 != 0, Skip::NoDetection),
    ];
    if let Some((_, why)) = skip.into_iter().find(|(applies, _)| *applies) {
        return Some(Err((why, source_track)));
    }
    let one_sensor = record.item(20).is_some() && descriptor >> 6 == 0;
    let polar = || if one_sensor { polar(record) } else { None };
    let measurement = position(record).map(Measurement::Geodetic).or_else(polar)?;
    Some(Ok(Plot {
        measurement: Some(measurement),
        codes: Codes { source_track, ..Codes::default() },
        velocity: velocity(record),
        ..head.bare(PlotOrigin::Primary)
    }))
}

/// I015/600 with the height of I015/601.
fn position(record: &Record<'_>) -> Option<PositionReport> {
    const STEP: f64 = PI / (1u64 << 31) as f64;
    let (mut place, mut horizontal_sd_m, mut height_m) = (None, None, None);
    record.subitems(600, |name, octets| match name {
        "P84" => place = Some((i32_at(octets, 0) * STEP, i32_at(octets, 4) * STEP)),
        "HPP" => {
            let [x, y] = [0, 2].map(|at| f64::from(be16(octets, at)) * 0.25);
            horizontal_sd_m = deviation(x, y);
        }
        _ => {}
    });
    record.subitems(601, |name, octets| {
        if name == "GH" {
            height_m = Some(i24_at(octets, 0) * 0.01);
        }
    });
    let (latitude_rad, longitude_rad) = place?;
    let report = PositionReport { latitude_rad, longitude_rad, height_m, horizontal_sd_m };
    (latitude_rad.abs() <= PI / 2.0).then_some(report)
}

/// I015/625 R and I015/627 AZ, with I015/628 EL where the sensor has it.
fn polar(record: &Record<'_>) -> Option<Measurement> {
    let (mut range_m, mut azimuth_rad, mut elevation_rad) = (None, None, None);
    record.subitems(625, |name, octets| {
        if name == "R" {
            range_m = Some(i24_at(octets, 0) * 0.1);
        }
    });
    record.subitems(627, |name, octets| {
        if name == "AZ" {
            azimuth_rad = Some(angle_16(be16(octets, 0)));
        }
    });
    record.subitems(628, |name, octets| {
        if name == "EL" {
            elevation_rad = Some(i16_at(octets, 0) * (TAU / 131_072.0));
        }
    });
    let slant_range_m = range_m.filter(|range_m| *range_m >= 0.0)?;
    Some(Measurement::Polar { slant_range_m, azimuth_rad: azimuth_rad?, elevation_rad })
}

/// I015/602 HV, two numbers of 20 bits, and I015/604 VV: steps of 1 cm/s.
fn velocity(record: &Record<'_>) -> Option<Velocity> {
    let signed_20 = |bits: u32| f64::from((bits << 12) as i32 >> 12) * 0.01;
    let (mut horizontal, mut vertical_rate_mps) = (None, None);
    record.subitems(602, |name, octets| {
        if name == "HV" {
            let (east, north) = (signed_20(be24(octets, 0) >> 4), signed_20(be24(octets, 2)));
            horizontal = Some(Enu { east, north, up: 0.0 });
        }
    });
    record.subitems(604, |name, octets| {
        if name == "VV" {
            vertical_rate_mps = Some(i24_at(octets, 0) * 0.01);
        }
    });
    let moves = horizontal.is_some() || vertical_rate_mps.is_some();
    moves.then_some(Velocity { horizontal, vertical_rate_mps })
}
