//! ADS-B target reports: CAT021, editions 2.x and the quite different 0.23 to 0.26.

use super::fields::{
    be16, be24, callsign, emitter_category, extent, i24_at, i32_at, icao_address, mode_3a,
    quarter_levels, sin_cos_16,
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
    /// A 24-bit address of ICAO's: nobody's own, no vehicle's, no duplicate.
    has_icao_address: bool,
}

/// Slots of the profile of editions 2.x, from 0, the same in all of them (the test below). Before, each
/// edition had another: there items are looked up by number.
pub(super) mod slot {
    pub(super) const I040: usize = 1;
    pub(super) const I161: usize = 2;
    pub(super) const I071: usize = 4;
    pub(super) const I130: usize = 5;
    pub(super) const I131: usize = 6;
    pub(super) const I080: usize = 10;
    pub(super) const I073: usize = 11;
    pub(super) const I074: usize = 12;
    pub(super) const I075: usize = 13;
    pub(super) const I140: usize = 15;
    pub(super) const I090: usize = 16;
    pub(super) const I210: usize = 17;
    pub(super) const I070: usize = 18;
    pub(super) const I145: usize = 20;
    pub(super) const I200: usize = 22;
    pub(super) const I155: usize = 23;
    pub(super) const I157: usize = 24;
    pub(super) const I160: usize = 25;
    pub(super) const I077: usize = 27;
    pub(super) const I170: usize = 28;
    pub(super) const I020: usize = 29;
}

/// The first octets of an item of `N` or more, by its number or its slot.
#[inline(always)]
fn fixed<'a, const OLD: bool, const N: usize>(
    record: &Record<'a>,
    number: u16,
    slot: usize,
) -> Option<&'a [u8; N]> {
    if OLD { record.item(number)?.first_chunk() } else { record.octets(slot) }
}

/// CAT021.
#[inline]
pub(super) fn plot_021(record: &Record<'_>, head: Head) -> Made {
    if is_old(record) { made::<true>(record, head) } else { made::<false>(record, head) }
}

#[inline(always)]
fn made<const OLD: bool>(record: &Record<'_>, head: Head) -> Made {
    let descriptor = descriptor::<OLD>(record);
    let source_track = fixed::<OLD, 2>(record, 161, slot::I161)
        .map(|item| SourceTrack(u16::from_be_bytes(*item) & 0x0fff));
    let skip = [
        (descriptor.simulated, Skip::Simulated),
        (descriptor.test, Skip::TestTarget),
        (descriptor.field_monitor, Skip::FieldMonitor),
    ];
    if let Some((_, why)) = skip.into_iter().find(|(applies, _)| *applies) {
        return Err((why, source_track));
    }
    let address = fixed::<OLD, 3>(record, 80, slot::I080).and_then(|item| {
        match descriptor.has_icao_address {
            true => icao_address(item),
            false => Some(Address::other(be24(item, 0))),
        }
    });
    let quality = if OLD { AdsbQuality::default() } else { quality(record) };
    let codes = Codes {
        address,
        mode_3a: fixed::<OLD, 2>(record, 70, slot::I070).and_then(|item| mode_3a(item)),
        callsign: fixed::<OLD, 6>(record, 170, slot::I170).and_then(|item| callsign(item)),
        source_track,
        ident: descriptor.ident,
    };
    Ok(Plot {
        measurement: position::<OLD>(record, quality).map(Measurement::Geodetic),
        codes,
        pressure_altitude: fixed::<OLD, 2>(record, 145, slot::I145)
            .map(|item| quarter_levels(i16::from_be_bytes(*item))),
        velocity: velocity::<OLD>(record),
        on_ground: descriptor.on_ground,
        quality,
        category: fixed::<OLD, 1>(record, 20, slot::I020)
            .and_then(|item| emitter_category(item[0])),
        ..head.bare(PlotOrigin::AdsB)
    })
}

/// When the position was true, or failing that heard, or failing that sent on.
#[inline]
pub(super) fn time(record: &Record<'_>, received: Time) -> Option<Time> {
    if is_old(record) {
        return record.item(30).map(|item| time_of_day(item, received));
    }
    let of_day = |slot| record.octets::<3>(slot).map(|item| time_of_day(item, received));
    if let Some(time) = of_day(slot::I071) {
        return Some(time);
    }
    if let (Some(coarse), Some(fine)) = (record.octets::<3>(slot::I073), record.octets(slot::I074))
    {
        return Some(fine_time(be24(coarse, 0), u32::from_be_bytes(*fine), received));
    }
    of_day(slot::I073).or_else(|| of_day(slot::I077)).or_else(|| of_day(slot::I075))
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

#[inline(always)]
fn descriptor<const OLD: bool>(record: &Record<'_>) -> Descriptor {
    let item = if OLD { record.item(40) } else { record.in_slot(slot::I040) };
    let (first, second) = item.map_or((0, 0), |item| (extent(item, 0), extent(item, 1)));
    if OLD {
        return Descriptor {
            on_ground: item.map(|_| first & 0x40 != 0),
            simulated: first & 0x20 != 0,
            test: first & 0x10 != 0,
            field_monitor: first & 0x08 != 0,
            ident: first & 0x02 != 0,
            has_icao_address: second >> 5 == 1,
        };
    }
    let surveillance_status = record.octets::<1>(slot::I200).map_or(0, |item| item[0] & 3);
    Descriptor {
        on_ground: item.map(|_| second & 0x40 != 0),
        simulated: second & 0x20 != 0,
        test: second & 0x10 != 0,
        field_monitor: first & 0x02 != 0,
        ident: surveillance_status == 3,
        has_icao_address: first >> 5 == 0,
    }
}

/// I021/131 (fine) before I021/130; before edition 2.0 the latter alone, at 180/2^25 °, in edition 0.23 at
/// 180/2^23 °.
#[inline(always)]
fn position<const OLD: bool>(record: &Record<'_>, quality: AdsbQuality) -> Option<PositionReport> {
    const COARSE: f64 = PI / (1u64 << 23) as f64;
    let (latitude_rad, longitude_rad) = if OLD {
        const STEP: f64 = PI / (1u64 << 25) as f64;
        let item = record.item(130)?;
        match item.len() {
            8 => (i32_at(item, 0) * STEP, i32_at(item, 4) * STEP),
            _ => (i24_at(item, 0) * COARSE, i24_at(item, 3) * COARSE),
        }
    } else if let Some(fine) = record.octets::<8>(slot::I131) {
        const STEP: f64 = PI / (1u64 << 30) as f64;
        (i32_at(fine, 0) * STEP, i32_at(fine, 4) * STEP)
    } else {
        let item = record.octets::<6>(slot::I130)?;
        (i24_at(item, 0) * COARSE, i24_at(item, 3) * COARSE)
    };
    // In version 0 the indicator is NUCp, which says integrity rather than accuracy.
    let is_nac = quality.version.is_some_and(|version| version > 0);
    let horizontal_sd_m = if is_nac { quality.horizontal_sd_m() } else { None };
    Some(PositionReport {
        latitude_rad,
        longitude_rad,
        height_m: height_m::<OLD>(record),
        horizontal_sd_m,
    })
    .filter(|report| report.latitude_rad.abs() <= PI / 2.0)
}

/// I021/140, steps of 6.25 ft above the ellipsoid; the largest value means "more than I can say".
#[inline(always)]
fn height_m<const OLD: bool>(record: &Record<'_>) -> Option<f64> {
    let steps = i16::from_be_bytes(*fixed::<OLD, 2>(record, 140, slot::I140)?);
    (steps != i16::MAX).then(|| f64::from(steps) * (6.25 * METRES_PER_FOOT))
}

/// I021/160 and I021/155, or I021/157 where there is no barometric rate. In editions 2.x the
/// highest bit says that the value is beyond the range, which makes it useless.
#[inline(always)]
fn velocity<const OLD: bool>(record: &Record<'_>) -> Option<Velocity> {
    let in_range = |first: u8| OLD || first & 0x80 == 0;
    let rate = |number, slot| {
        let item = fixed::<OLD, 2>(record, number, slot).filter(|item| in_range(item[0]))?;
        let steps = i16::from_be_bytes(*item);
        let steps = if OLD { steps } else { (steps << 1) >> 1 };
        Some(f64::from(steps) * (6.25 * MPS_PER_FPM))
    };
    let horizontal = fixed::<OLD, 4>(record, 160, slot::I160);
    // The highest bit of the speed is a sign before editions 2.x, which no speed has.
    let horizontal = horizontal.filter(|item| item[0] & 0x80 == 0);
    let horizontal = horizontal.map(|item| {
        let speed_mps = f64::from(be16(item, 0)) * (METRES_PER_NM / 16_384.0);
        let (sin, cos) = sin_cos_16(be16(item, 2));
        Enu { east: speed_mps * sin, north: speed_mps * cos, up: 0.0 }
    });
    let vertical_rate_mps = rate(155, slot::I155).or_else(|| rate(157, slot::I157));
    (horizontal.is_some() || vertical_rate_mps.is_some())
        .then_some(Velocity { horizontal, vertical_rate_mps })
}

/// I021/090 and the version that I021/210 tells, in editions 2.x.
#[inline]
fn quality(record: &Record<'_>) -> AdsbQuality {
    let Some(item) = record.in_slot(slot::I090) else { return AdsbQuality::default() };
    let version =
        record.octets::<1>(slot::I210).map(|item| item[0]).filter(|octet| octet & 0x40 == 0);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plots::fields::slots_are;

    #[test]
    fn slots_and_widths_of_021_are_those_of_every_edition_from_2_on() {
        let slots = [
            (0, "010", 2),
            (slot::I040, "040", 0),
            (slot::I161, "161", 2),
            (slot::I071, "071", 3),
            (slot::I130, "130", 6),
            (slot::I131, "131", 8),
            (slot::I080, "080", 3),
            (slot::I073, "073", 3),
            (slot::I074, "074", 4),
            (slot::I075, "075", 3),
            (slot::I140, "140", 2),
            (slot::I090, "090", 0),
            (slot::I210, "210", 1),
            (slot::I070, "070", 2),
            (slot::I145, "145", 2),
            (slot::I200, "200", 1),
            (slot::I155, "155", 2),
            (slot::I157, "157", 2),
            (slot::I160, "160", 4),
            (slot::I077, "077", 3),
            (slot::I170, "170", 6),
            (slot::I020, "020", 1),
        ];
        slots_are(21, "2.", &slots);
    }
}
