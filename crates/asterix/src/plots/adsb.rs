//! ADS-B target reports: CAT021, editions 2.x and the quite different 0.26.

use super::fields::{
    angle_16, be16, be24, be32, callsign, emitter_category, extent, i16_at, i24_at, i32_at,
    icao_address, mode_3a, quarter_levels,
};
use super::{Head, Made, Skip, on_nearest_day, time_of_day};
use crate::record::Record;
use geodesy::Enu;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_FPM};
use std::f64::consts::PI;
use surveillance::{
    Address, AdsbQuality, Codes, Measurement, Plot, PlotOrigin, PositionReport, SourceTrack, Time,
    Velocity,
};

/// Bits of I021/040 by what they say, whichever edition.
struct Descriptor {
    on_ground: Option<bool>,
    simulated: bool,
    test: bool,
    field_monitor: bool,
    ident: bool,
    address_type: u8,
}

/// CAT021.
#[inline]
pub(super) fn plot_021(record: &Record<'_>, head: Head) -> Made {
    let old = is_old(record);
    let descriptor = descriptor(record, old);
    let source_track = record.item(161).map(|item| SourceTrack(be16(item, 0) & 0x0fff));
    let skip = [
        (descriptor.simulated, Skip::Simulated),
        (descriptor.test, Skip::TestTarget),
        (descriptor.field_monitor, Skip::FieldMonitor),
    ];
    if let Some((_, why)) = skip.into_iter().find(|(applies, _)| *applies) {
        return Err((why, source_track));
    }
    let address = record.item(80).and_then(|item| match descriptor.address_type {
        0 => icao_address(item),
        _ => Some(Address::other(be24(item, 0))),
    });
    let quality = if old { AdsbQuality::default() } else { quality(record) };
    let codes = Codes {
        address,
        mode_3a: record.item(70).and_then(mode_3a),
        callsign: record.item(170).and_then(callsign),
        source_track,
        ident: descriptor.ident,
    };
    Ok(Plot {
        measurement: position(record, old, quality).map(Measurement::Geodetic),
        codes,
        pressure_altitude: record.item(145).map(|item| quarter_levels(be16(item, 0) as i16)),
        velocity: velocity(record, old),
        on_ground: descriptor.on_ground,
        quality,
        category: record.item(20).and_then(|item| emitter_category(extent(item, 0))),
        ..head.bare(PlotOrigin::AdsB)
    })
}

/// When the position was true, or failing that heard, or failing that sent on.
pub(super) fn time(record: &Record<'_>, received: Time) -> Option<Time> {
    let of_day = |number| record.item(number).map(|item| time_of_day(item, received));
    if is_old(record) {
        return of_day(30);
    }
    if let Some(time) = of_day(71) {
        return Some(time);
    }
    if let (Some(coarse), Some(fine)) = (record.item(73), record.item(74)) {
        return Some(fine_time(be24(coarse, 0), be32(fine, 0), received));
    }
    of_day(73).or_else(|| of_day(77)).or_else(|| of_day(75))
}

/// I021/074: a second's fraction in 2^-30 s, and whether the second is that of I021/073, the one
/// after or the one before.
fn fine_time(coarse: u32, fine: u32, received: Time) -> Time {
    let shift = [0, 1, -1, 0][(fine >> 30) as usize];
    let second = (i64::from(coarse >> 7) + shift).rem_euclid(86_400);
    let nanos = (i64::from(fine & 0x3fff_ffff) * 1_000_000_000) >> 30;
    on_nearest_day(second * 1_000_000_000 + nanos, received)
}

/// Before edition 1.0 the items, their order and some of their forms were others.
fn is_old(record: &Record<'_>) -> bool {
    record.edition().as_bytes().starts_with(b"0.")
}

fn descriptor(record: &Record<'_>, old: bool) -> Descriptor {
    let item = record.item(40).unwrap_or_default();
    let (first, second) = (extent(item, 0), extent(item, 1));
    if old {
        return Descriptor {
            on_ground: record.item(40).map(|_| first & 0x40 != 0),
            simulated: first & 0x20 != 0,
            test: first & 0x10 != 0,
            field_monitor: first & 0x08 != 0,
            ident: first & 0x02 != 0,
            address_type: second >> 5,
        };
    }
    let surveillance_status = record.item(200).map_or(0, |item| extent(item, 0) & 3);
    Descriptor {
        on_ground: record.item(40).map(|_| second & 0x40 != 0),
        simulated: second & 0x20 != 0,
        test: second & 0x10 != 0,
        field_monitor: first & 0x02 != 0,
        ident: surveillance_status == 3,
        address_type: first >> 5,
    }
}

/// I021/131 (fine) before I021/130; in edition 0.26 the latter alone, at 180/2^25 °.
fn position(record: &Record<'_>, old: bool, quality: AdsbQuality) -> Option<PositionReport> {
    let (latitude_rad, longitude_rad) = match (record.item(131), record.item(130)) {
        (Some(fine), _) if !old => {
            const STEP: f64 = PI / (1u64 << 30) as f64;
            (i32_at(fine, 0) * STEP, i32_at(fine, 4) * STEP)
        }
        (_, Some(item)) if old => {
            const STEP: f64 = PI / (1u64 << 25) as f64;
            (i32_at(item, 0) * STEP, i32_at(item, 4) * STEP)
        }
        (_, Some(item)) => {
            const STEP: f64 = PI / (1u64 << 23) as f64;
            (i24_at(item, 0) * STEP, i24_at(item, 3) * STEP)
        }
        _ => return None,
    };
    // In version 0 the indicator is NUCp, which says integrity rather than accuracy.
    let is_nac = quality.version.is_some_and(|version| version > 0);
    let horizontal_sd_m = if is_nac { quality.horizontal_sd_m() } else { None };
    Some(PositionReport {
        latitude_rad,
        longitude_rad,
        height_m: height_m(record),
        horizontal_sd_m,
    })
    .filter(|report| report.latitude_rad.abs() <= PI / 2.0)
}

/// I021/140, steps of 6.25 ft above the ellipsoid; the largest value means "more than I can say".
fn height_m(record: &Record<'_>) -> Option<f64> {
    let item = record.item(140)?;
    (be16(item, 0) != 0x7fff).then(|| i16_at(item, 0) * (6.25 * METRES_PER_FOOT))
}

/// I021/160 and I021/155, or I021/157 where there is no barometric rate. In editions 2.x the
/// highest bit says that the value is beyond the range, which makes it useless.
fn velocity(record: &Record<'_>, old: bool) -> Option<Velocity> {
    let in_range = |item: &&[u8]| old || extent(item, 0) & 0x80 == 0;
    let rate = |number| {
        let item = record.item(number).filter(in_range)?;
        let steps = if old { be16(item, 0) as i16 } else { ((be16(item, 0) << 1) as i16) >> 1 };
        Some(f64::from(steps) * (6.25 * MPS_PER_FPM))
    };
    let horizontal = record.item(160).filter(in_range).map(|item| {
        let speed_mps = f64::from(be16(item, 0)) * (METRES_PER_NM / 16_384.0);
        let (sin, cos) = angle_16(be16(item, 2)).sin_cos();
        Enu { east: speed_mps * sin, north: speed_mps * cos, up: 0.0 }
    });
    let vertical_rate_mps = rate(155).or_else(|| rate(157));
    (horizontal.is_some() || vertical_rate_mps.is_some())
        .then_some(Velocity { horizontal, vertical_rate_mps })
}

/// I021/090 and the version that I021/210 tells.
fn quality(record: &Record<'_>) -> AdsbQuality {
    let Some(item) = record.item(90) else { return AdsbQuality::default() };
    let version = record.item(210).map(|item| extent(item, 0)).filter(|octet| octet & 0x40 == 0);
    let version = version.map(|octet| octet >> 3 & 7);
    let first = extent(item, 0);
    let integrity = Some(first >> 1 & 0x0f);
    let more = item.get(1).copied();
    let is_v0 = version == Some(0);
    AdsbQuality {
        version,
        nic: if is_v0 { None } else { integrity },
        nac_p: if is_v0 { integrity } else { more.map(|octet| octet >> 1 & 0x0f) },
        nac_v: Some(first >> 5),
        sil: if is_v0 { None } else { more.map(|octet| octet >> 5 & 3) },
    }
}
