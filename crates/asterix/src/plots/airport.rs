//! Surface sensors and multilateration: CAT010 edition 1.1, CAT011 editions 1.2 and 1.3, CAT020
//! editions 1.9 to 1.11.
//!
//! A position in local Cartesian co-ordinates is about the system's reference point, which stands
//! for the sensor's site: it becomes a range and an azimuth, x east and y north. On an airport that
//! is exact to millimetres; a range far away is along the ground and not slant.

use super::fields::{
    at_place, be16, callsign, deviation, extent, flight_level_14, i16_at, i24_at, i32_at,
    icao_address, mode_3a, polar_of, quarter_levels,
};
use super::{Head, Made, Skip};
use crate::measure::compound_walk;
use crate::record::Record;
use crate::spec::Shape;
use geodesy::Enu;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_FPM};
use std::f64::consts::PI;
use surveillance::{
    Callsign, Codes, Measurement, Mode3A, Plot, PlotOrigin, PositionReport, SourceTrack, Velocity,
};

/// I010/041, I011/041.
const STEP_31: f64 = PI / (1u64 << 31) as f64;
/// I020/041.
const STEP_25: f64 = PI / (1u64 << 25) as f64;

/// Places of subitems (`tests/tables.rs`).
const SDP_020: u32 = 1;
const ADR_011: u32 = 1;
const APC_011: u32 = 0;

/// CAT010: airport radars, multilateration and local trackers. `None` for messages about the
/// system.
#[inline]
pub(super) fn plot_010(record: &Record<'_>, head: Head) -> Option<Made> {
    if record.item(0).is_some_and(|item| extent(item, 0) != 1) {
        return None;
    }
    let descriptor = record.item(20).unwrap_or_default();
    let status = record.item(170).unwrap_or_default();
    let (first, second) = (extent(descriptor, 0), extent(descriptor, 1));
    let source_track = track_number(record);
    // CST 3: extrapolated although a detection was expected.
    let coasted = extent(status, 0) >> 4 & 3 != 0;
    let skip = [
        (second & 0x80 != 0, Skip::Simulated),
        (second & 0x40 != 0, Skip::TestTarget),
        (second & 0x20 != 0, Skip::FieldMonitor),
        (extent(status, 2) & 0x80 != 0, Skip::Ghost),
        (coasted && extent(status, 0) & 0x40 != 0, Skip::TrackEnded),
        (coasted, Skip::NoDetection),
    ];
    if let Some((_, why)) = skip.into_iter().find(|(applies, _)| *applies) {
        return Some(Err((why, source_track)));
    }
    let origin = match first >> 5 {
        0 | 1 | 5 => PlotOrigin::Mlat,
        2 => PlotOrigin::AdsB,
        3 | 4 => PlotOrigin::Primary,
        // A fusion of several.
        _ => PlotOrigin::SystemTrack,
    };
    // Columns of a bit each: a cooperative target tells whether it is on the ground.
    let cooperative = matches!(origin, PlotOrigin::Mlat | PlotOrigin::AdsB);
    let sd_m = record.item(500).and_then(|item| {
        let [x, y] = [extent(item, 0), extent(item, 1)].map(|steps| f64::from(steps) * 0.25);
        deviation(x, y)
    });
    let geodetic = record.item(41).and_then(|item| {
        let height_m = record.item(91).map(|item| i16_at(item, 0) * (6.25 * METRES_PER_FOOT));
        position(item, STEP_31, height_m, sd_m)
    });
    let polar = record.item(40).map(|item| Measurement::Polar {
        slant_range_m: f64::from(be16(item, 0)),
        azimuth_rad: super::fields::angle_16(be16(item, 2)),
        elevation_rad: None,
    });
    let local = record.item(42).map(|item| polar_of(i16_at(item, 0), i16_at(item, 2), 0.0));
    let horizontal = cartesian_velocity(record).or_else(|| {
        let item = record.item(200)?;
        let speed_mps = f64::from(be16(item, 0)) * (METRES_PER_NM / 16_384.0);
        let (sin, cos) = super::fields::sin_cos_16(be16(item, 2));
        Some(Enu { east: speed_mps * sin, north: speed_mps * cos, up: 0.0 })
    });
    Some(Ok(Plot {
        measurement: geodetic.or(polar).or(local),
        codes: Codes {
            address: record.item(220).and_then(icao_address),
            mode_3a: record.item(60).and_then(mode_3a),
            callsign: told_callsign(record, |told| told < 2),
            source_track,
            ident: extent(descriptor, 2) & 0x80 != 0,
        },
        pressure_altitude: record.item(90).and_then(flight_level_14),
        velocity: horizontal.map(|enu| Velocity { horizontal: Some(enu), vertical_rate_mps: None }),
        on_ground: cooperative.then_some(first & 0x04 != 0),
        ..head.bare(origin)
    }))
}

/// CAT020: multilateration.
#[inline]
pub(super) fn plot_020(record: &Record<'_>, head: Head) -> Made {
    let descriptor = record.item(20).unwrap_or_default();
    let status = record.item(170).unwrap_or_default();
    let second = extent(descriptor, 1);
    let source_track = track_number(record);
    let coasted = extent(status, 0) & 0x20 != 0;
    let skip = [
        (second & 0x04 != 0, Skip::Simulated),
        (second & 0x02 != 0, Skip::TestTarget),
        (second & 0x80 != 0, Skip::FieldMonitor),
        (extent(status, 1) & 0x80 != 0, Skip::Ghost),
        (coasted && extent(status, 0) & 0x40 != 0, Skip::TrackEnded),
        (coasted, Skip::NoDetection),
    ];
    if let Some((_, why)) = skip.into_iter().find(|(applies, _)| *applies) {
        return Err((why, source_track));
    }
    let flight_status = record.item(230).map(|item| extent(item, 0) >> 2 & 7);
    let mut sd_m = None;
    record.pick(500, at_place(SDP_020), |_, octets| {
        let [x, y] = [0, 2].map(|at| f64::from(be16(octets, at)) * 0.25);
        sd_m = deviation(x, y);
    });
    let mut told = Expanded::default();
    if record.expansion.is_some() {
        told = expanded_020(record);
    }
    let sd_m = sd_m.or(told.sd_m);
    let height_m = record.item(105).map(|item| i16_at(item, 0) * (6.25 * METRES_PER_FOOT));
    let geodetic = record.item(41).and_then(|item| position(item, STEP_25, height_m, sd_m));
    let local =
        record.item(42).map(|item| polar_of(i24_at(item, 0) * 0.5, i24_at(item, 3) * 0.5, 0.0));
    let horizontal = cartesian_velocity(record).or(told.velocity);
    Ok(Plot {
        measurement: geodetic.or(local),
        codes: Codes {
            address: record.item(220).and_then(icao_address),
            mode_3a: record.item(70).and_then(mode_3a),
            // Here 0 means that nothing was downlinked.
            callsign: told_callsign(record, |told| told == 2),
            source_track,
            ident: second & 0x40 != 0 || matches!(flight_status, Some(4 | 5)),
        },
        pressure_altitude: record.item(90).and_then(flight_level_14),
        velocity: horizontal.map(|enu| Velocity { horizontal: Some(enu), vertical_rate_mps: None }),
        on_ground: match flight_status {
            Some(0 | 2) => Some(false),
            Some(1 | 3) => Some(true),
            _ => Some(second & 0x10 != 0).filter(|_| descriptor.len() > 1),
        },
        ..head.bare(PlotOrigin::Mlat)
    })
}

/// What the reserved expansion field of CAT020 adds.
#[derive(Default)]
struct Expanded {
    sd_m: Option<f64>,
    velocity: Option<Enu>,
}

#[cold]
fn expanded_020(record: &Record<'_>) -> Expanded {
    let mut told = Expanded::default();
    record.expansion_subitems(|subitem, octets| match (subitem.name, &subitem.shape) {
        ("PA", Shape::Compound(subitems)) => {
            // The field was walked before, so this cannot fail.
            let _ = compound_walk(subitems, octets, 0, |part, from, to| {
                if part.name == "SDC" {
                    let part = &octets[from..to];
                    let [x, y] = [0, 2].map(|at| f64::from(be16(part, at)) * 0.25);
                    told.sd_m = deviation(x, y);
                }
            });
        }
        // The highest bit says that the speed is beyond the range.
        ("GVV", _) if extent(octets, 0) & 0x80 == 0 => {
            let speed_mps = f64::from(be16(octets, 0)) * (METRES_PER_NM / 16_384.0);
            let (sin, cos) = super::fields::sin_cos_16(be16(octets, 2));
            told.velocity = Some(Enu { east: speed_mps * sin, north: speed_mps * cos, up: 0.0 });
        }
        _ => {}
    });
    told
}

/// CAT011: tracks of an airport's surveillance data processing. `None` for messages about flight
/// plans and holdbars.
#[inline]
pub(super) fn plot_011(record: &Record<'_>, head: Head) -> Option<Made> {
    if record.item(0).is_some_and(|item| extent(item, 0) != 1) {
        return None;
    }
    let status = record.item(170).unwrap_or_default();
    let source_track = record.item(161).map(|item| SourceTrack(be16(item, 0) & 0x7fff));
    let skip = [
        (extent(status, 1) & 0x80 != 0, Skip::Simulated),
        (extent(status, 1) & 0x40 != 0, Skip::TrackEnded),
        (extent(status, 2) & 0x20 != 0, Skip::NoDetection),
    ];
    if let Some((_, why)) = skip.into_iter().find(|(applies, _)| *applies) {
        return Some(Err((why, source_track)));
    }
    target_011(record, head).map(Ok)
}

/// What a record of CAT011 says of a target, be it real or not; `None` if it is about none.
#[inline]
pub(super) fn target_011(record: &Record<'_>, head: Head) -> Option<Plot> {
    if record.item(0).is_some_and(|item| extent(item, 0) != 1) {
        return None;
    }
    let status = record.item(170).unwrap_or_default();
    let source_track = record.item(161).map(|item| SourceTrack(be16(item, 0) & 0x7fff));
    let (mut address, mut sd_m) = (None, None);
    record.pick(380, at_place(ADR_011), |_, octets| address = icao_address(octets));
    record.pick(500, at_place(APC_011), |_, octets| {
        let [x, y] = [extent(octets, 0), extent(octets, 1)].map(|n| f64::from(n) * 0.25);
        sd_m = deviation(x, y);
    });
    let geodetic = record.item(41).and_then(|item| position(item, STEP_31, None, sd_m));
    let local = record.item(42).map(|item| polar_of(i16_at(item, 0), i16_at(item, 2), 0.0));
    let horizontal = cartesian_velocity(record);
    let vertical_rate_mps = record.item(215).map(|item| i16_at(item, 0) * (6.25 * MPS_PER_FPM));
    Some(Plot {
        measurement: geodetic.or(local),
        codes: Codes {
            address,
            mode_3a: record.item(60).map(|item| Mode3A::new(be16(item, 0))),
            callsign: told_callsign(record, |told| told < 2),
            source_track,
            ident: extent(status, 2) & 0x40 != 0,
        },
        pressure_altitude: record.item(90).map(|item| quarter_levels(be16(item, 0) as i16)),
        velocity: (horizontal.is_some() || vertical_rate_mps.is_some())
            .then_some(Velocity { horizontal, vertical_rate_mps }),
        // A zero means "not set or unknown".
        on_ground: (extent(status, 0) & 0x40 != 0).then_some(true),
        ..head.bare(PlotOrigin::SystemTrack)
    })
}

/// I../161: twelve bits.
fn track_number(record: &Record<'_>) -> Option<SourceTrack> {
    record.item(161).map(|item| SourceTrack(be16(item, 0) & 0x0fff))
}

/// I../041: latitude and longitude of 32 bits.
fn position(
    item: &[u8],
    step: f64,
    height_m: Option<f64>,
    horizontal_sd_m: Option<f64>,
) -> Option<Measurement> {
    let (latitude_rad, longitude_rad) = (i32_at(item, 0) * step, i32_at(item, 4) * step);
    let report = PositionReport { latitude_rad, longitude_rad, height_m, horizontal_sd_m };
    (latitude_rad.abs() <= PI / 2.0).then_some(Measurement::Geodetic(report))
}

/// I../202, 0.25 m/s.
fn cartesian_velocity(record: &Record<'_>) -> Option<Enu> {
    let item = record.item(202)?;
    Some(Enu { east: i16_at(item, 0) * 0.25, north: i16_at(item, 2) * 0.25, up: 0.0 })
}

/// I../245, where what STI says (`counts`) is a callsign of some kind.
fn told_callsign(record: &Record<'_>, counts: impl Fn(u8) -> bool) -> Option<Callsign> {
    let item = record.item(245).filter(|item| counts(extent(item, 0) >> 6))?;
    callsign(item.get(1..)?)
}
