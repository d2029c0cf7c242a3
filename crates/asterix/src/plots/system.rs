//! System tracks of another centre: CAT062.

use super::fields::{
    at_place, be16, callsign, deviation, emitter_category, extent, i16_at, i32_at, icao_address,
    mode_3a, quarter_levels,
};
use super::{Head, Made, Skip};
use crate::record::Record;
use geodesy::Enu;
use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM};
use std::f64::consts::PI;
use surveillance::{
    Codes, EmitterCategory, Measurement, Plot, PlotOrigin, PositionReport, PressureAltitude,
    SourceTrack, Velocity,
};

/// I062/105 and I062/500 APW, radians.
const POSITION_STEP: f64 = PI / (1u64 << 25) as f64;

/// Places of subitems of I062/380, the same in all editions (`tests/tables.rs`).
const ADR: u32 = 0;
const ID: u32 = 1;
const COM: u32 = 9;
const EMC: u32 = 20;
/// Of I062/500.
const APC: u32 = 0;
const APW: u32 = 2;

/// CAT062. The velocity's axes (I062/185) are the sender's system plane, taken as east and north.
#[inline]
pub(super) fn plot_062(record: &Record<'_>, head: Head) -> Made {
    let status = record.item(80).unwrap_or_default();
    let source_track = record.item(40).map(|item| SourceTrack(be16(item, 0)));
    let skip = [
        (extent(status, 1) & 0x80 != 0, Skip::Simulated),
        (extent(status, 1) & 0x40 != 0, Skip::TrackEnded),
        (extent(status, 3) & 0x80 != 0, Skip::NoDetection),
    ];
    if let Some((_, why)) = skip.into_iter().find(|(applies, _)| *applies) {
        return Err((why, source_track));
    }
    let derived = derived(record);
    let told_callsign = || {
        // STI 0 and 1 are a callsign or registration; 2 is a registration alone.
        let item = record.item(245).filter(|item| extent(item, 0) >> 6 < 2)?;
        callsign(item.get(1..)?)
    };
    let codes = Codes {
        address: derived.codes.address,
        mode_3a: record.item(60).and_then(mode_3a),
        callsign: derived.codes.callsign.or_else(told_callsign),
        source_track,
        ident: extent(status, 0) & 0x40 != 0,
    };
    let is_surface = extent(status, 5) & 0x10 != 0;
    Ok(Plot {
        measurement: position(record).map(Measurement::Geodetic),
        codes,
        pressure_altitude: level(record),
        velocity: velocity(record),
        on_ground: if is_surface { Some(true) } else { derived.on_ground },
        category: derived.category,
        ..head.bare(PlotOrigin::SystemTrack)
    })
}

/// I062/136.
pub(super) fn level(record: &Record<'_>) -> Option<PressureAltitude> {
    record.item(136).map(|item| quarter_levels(be16(item, 0) as i16))
}

pub(super) fn position(record: &Record<'_>) -> Option<PositionReport> {
    let item = record.item(105)?;
    let latitude_rad = i32_at(item, 0) * POSITION_STEP;
    Some(PositionReport {
        latitude_rad,
        longitude_rad: i32_at(item, 4) * POSITION_STEP,
        height_m: record.item(130).map(|item| i16_at(item, 0) * (6.25 * METRES_PER_FOOT)),
        horizontal_sd_m: horizontal_sd_m(record, latitude_rad),
    })
    .filter(|report| report.latitude_rad.abs() <= PI / 2.0)
}

/// I062/500 APC (0.5 m) or APW (180/2^25 °).
fn horizontal_sd_m(record: &Record<'_>, latitude_rad: f64) -> Option<f64> {
    let mut found = None;
    record.pick(500, at_place(APC) | at_place(APW), |place, octets| {
        let (first, second) = (f64::from(be16(octets, 0)), f64::from(be16(octets, 2)));
        if place == APC {
            found = deviation(first * 0.5, second * 0.5);
        } else if found.is_none() {
            let metres = POSITION_STEP * geodesy::SEMI_MAJOR_M;
            found = deviation(first * metres, second * metres * latitude_rad.cos());
        }
    });
    found
}

pub(super) fn velocity(record: &Record<'_>) -> Option<Velocity> {
    let horizontal = record.item(185).map(|item| Enu {
        east: i16_at(item, 0) * 0.25,
        north: i16_at(item, 2) * 0.25,
        up: 0.0,
    });
    let vertical_rate_mps = record.item(220).map(|item| i16_at(item, 0) * (6.25 * MPS_PER_FPM));
    (horizontal.is_some() || vertical_rate_mps.is_some())
        .then_some(Velocity { horizontal, vertical_rate_mps })
}

/// What I062/380 passes on from the aircraft.
#[derive(Default)]
pub(super) struct Derived {
    pub(super) codes: Codes,
    pub(super) on_ground: Option<bool>,
    pub(super) category: Option<EmitterCategory>,
}

pub(super) fn derived(record: &Record<'_>) -> Derived {
    let mut derived = Derived::default();
    let wanted = at_place(ADR) | at_place(ID) | at_place(COM) | at_place(EMC);
    record.pick(380, wanted, |place, octets| match place {
        ADR => derived.codes.address = icao_address(octets),
        ID => derived.codes.callsign = callsign(octets),
        COM => {
            derived.on_ground = match extent(octets, 0) >> 2 & 7 {
                0 | 2 => Some(false),
                1 | 3 => Some(true),
                _ => None,
            }
        }
        _ => derived.category = emitter_category(extent(octets, 0)),
    });
    derived
}
