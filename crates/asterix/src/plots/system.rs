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

/// Slots of the profile, from 0, the same in all editions (the test below).
pub(super) mod slot {
    pub(in super::super) const I070: usize = 3;
    pub(super) const I105: usize = 4;
    pub(super) const I185: usize = 6;
    pub(super) const I060: usize = 8;
    pub(super) const I245: usize = 9;
    pub(super) const I380: usize = 10;
    pub(super) const I040: usize = 11;
    pub(super) const I080: usize = 12;
    pub(super) const I136: usize = 16;
    pub(super) const I130: usize = 17;
    pub(super) const I220: usize = 19;
}

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
    let status = record.in_slot(slot::I080).unwrap_or_default();
    let source_track = record.octets(slot::I040).map(|item| SourceTrack(u16::from_be_bytes(*item)));
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
        let item = record.octets::<7>(slot::I245).filter(|item| item[0] >> 6 < 2)?;
        callsign(&item[1..])
    };
    let codes = Codes {
        address: derived.codes.address,
        mode_3a: record.octets::<2>(slot::I060).and_then(|item| mode_3a(item)),
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
    record.octets(slot::I136).map(|item| quarter_levels(i16::from_be_bytes(*item)))
}

pub(super) fn position(record: &Record<'_>) -> Option<PositionReport> {
    let item = record.octets::<8>(slot::I105)?;
    let latitude_rad = i32_at(item, 0) * POSITION_STEP;
    Some(PositionReport {
        latitude_rad,
        longitude_rad: i32_at(item, 4) * POSITION_STEP,
        height_m: height_steps(record.octets(slot::I130), 6.25 * METRES_PER_FOOT),
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

/// Two octets in two's complement, in steps of so much.
#[inline(always)]
fn height_steps(item: Option<&[u8; 2]>, step: f64) -> Option<f64> {
    item.map(|item| f64::from(i16::from_be_bytes(*item)) * step)
}

#[inline]
pub(super) fn velocity(record: &Record<'_>) -> Option<Velocity> {
    let horizontal = record.octets::<4>(slot::I185).map(|item| Enu {
        east: i16_at(item, 0) * 0.25,
        north: i16_at(item, 2) * 0.25,
        up: 0.0,
    });
    let vertical_rate_mps = height_steps(record.octets(slot::I220), 6.25 * MPS_PER_FPM);
    (horizontal.is_some() || vertical_rate_mps.is_some())
        .then_some(Velocity { horizontal, vertical_rate_mps })
}

/// What I062/380 passes on from the aircraft.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Derived {
    pub(super) codes: Codes,
    pub(super) on_ground: Option<bool>,
    pub(super) category: Option<EmitterCategory>,
}

#[inline]
pub(super) fn derived(record: &Record<'_>) -> Derived {
    let Some(item) = record.in_slot(slot::I380) else { return Derived::default() };
    derived_by_widths(item).unwrap_or_else(|| derived_by_tables(record))
}

/// Subitems of one octet, of seven and of eight by their bits in the first three octets of the FSPEC
/// (the first octet the lowest); the first two are told apart by hand, and the others have two.
const OF_ONE: u32 = 0x08_00_00;
const OF_SEVEN: u32 = 0x00_08_00;
const OF_EIGHT: u32 = 0x04_00_00;
const OF_TWO: u32 = 0xf0_36_3e;
/// These vary: TIS and TID.
const VARIES: u32 = 0x00_c0_00;

/// Straight from the octets; `None` where subitems before those that are wanted vary in width.
#[inline]
fn derived_by_widths(item: &[u8]) -> Option<Derived> {
    let (mut presence, mut at) = (0, 0);
    for octet in item {
        if at < 3 {
            presence |= u32::from(*octet) << (8 * at);
        }
        at += 1;
        if octet & 1 == 0 {
            break;
        }
    }
    if presence & VARIES != 0 {
        return None;
    }
    let mut derived = Derived::default();
    if presence & 0x80 != 0 {
        derived.codes.address = icao_address(item.get(at..at + 3)?);
        at += 3;
    }
    if presence & 0x40 != 0 {
        derived.codes.callsign = callsign(item.get(at..at + 6)?);
        at += 6;
    }
    /// What lies before the subitem with this bit, so far as it has two octets.
    const fn twos(presence: u32, before: u32) -> usize {
        2 * (presence & OF_TWO & before).count_ones() as usize
    }
    if presence & 0x20_00 != 0 {
        derived.on_ground = on_ground(*item.get(at + twos(presence, 0xff))?);
    }
    if presence & 0x02_00_00 != 0 {
        let at = at
            + twos(presence, OF_TWO)
            + usize::from(presence & OF_ONE != 0)
            + 7 * usize::from(presence & OF_SEVEN != 0)
            + 8 * usize::from(presence & OF_EIGHT != 0);
        derived.category = emitter_category(*item.get(at)?);
    }
    Some(derived)
}

/// I062/380 COM STAT.
fn on_ground(octet: u8) -> Option<bool> {
    match octet >> 2 & 7 {
        0 | 2 => Some(false),
        1 | 3 => Some(true),
        _ => None,
    }
}

#[cold]
fn derived_by_tables(record: &Record<'_>) -> Derived {
    let mut derived = Derived::default();
    let wanted = at_place(ADR) | at_place(ID) | at_place(COM) | at_place(EMC);
    record.pick(380, wanted, |place, octets| match place {
        ADR => derived.codes.address = icao_address(octets),
        ID => derived.codes.callsign = callsign(octets),
        COM => derived.on_ground = on_ground(extent(octets, 0)),
        _ => derived.category = emitter_category(extent(octets, 0)),
    });
    derived
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plots::fields::slots_are;
    use crate::spec::{Item, Shape, Slot};
    use crate::{Editions, blocks};

    #[test]
    fn slots_and_widths_are_those_of_every_edition() {
        let slots = [
            (0, "010", 2),
            (slot::I070, "070", 3),
            (slot::I105, "105", 8),
            (slot::I185, "185", 4),
            (slot::I060, "060", 2),
            (slot::I245, "245", 7),
            (slot::I380, "380", 0),
            (slot::I040, "040", 2),
            (slot::I080, "080", 0),
            (slot::I136, "136", 2),
            (slot::I130, "130", 2),
            (slot::I220, "220", 2),
        ];
        slots_are(62, "1.", &slots);
        for spec in Editions::known().filter(|spec| spec.category == 62) {
            let item = |slot: usize| -> &'static Item {
                let Slot::Item(item) = spec.uaps[0].slots[slot] else { panic!("{slot}") };
                item
            };
            let Shape::Compound(subitems) = item(slot::I380).shape else { panic!("no compound") };
            for place in 0..EMC {
                let bit = 0x80 >> (place % 7) << (8 * (place / 7));
                let octets = match bit {
                    0x80 => 3,
                    0x40 => 6,
                    _ if bit & OF_ONE != 0 => 1,
                    _ if bit & OF_TWO != 0 => 2,
                    _ if bit & OF_SEVEN != 0 => 7,
                    _ if bit & OF_EIGHT != 0 => 8,
                    _ => {
                        assert_ne!(bit & VARIES, 0, "{place}");
                        0
                    }
                };
                let found = subitems[place as usize].map(|subitem| subitem.octets);
                assert_eq!(found, Some(octets), "{} {place}", spec.edition);
            }
        }
    }

    #[test]
    fn what_an_aircraft_told_is_read_by_widths_as_by_the_tables() {
        // Every choice among the subitems of the first three octets, with octets that tell.
        let octets: Vec<u8> = (0..96u8).map(|n| n.wrapping_mul(41) & 0x7e).collect();
        let (mut read, mut by_widths) = (0, 0);
        for bits in 0..1u32 << 21 {
            // A fifth of them all: 5 and 2^21 have no common divisor.
            let bits = if bits % 5 == 0 { bits } else { continue };
            let fspec =
                [(bits << 1) as u8 | 1, (bits >> 7 << 1) as u8 | 1, (bits >> 14 << 1) as u8];
            let length = (3 + 4 + fspec.len() + octets.len()) as u8;
            let mut datagram = vec![62, 0, length, 0x81, 0x10, 25, 201];
            datagram.extend_from_slice(&fspec);
            datagram.extend_from_slice(&octets);
            for block in blocks(&datagram).flatten() {
                let Some(Ok(record)) = block.records(&Editions::default()).next() else { continue };
                read += 1;
                let slow = derived_by_tables(&record);
                let Some(quick) = derived_by_widths(record.item(380).unwrap()) else { continue };
                by_widths += 1;
                assert_eq!(quick, slow, "{bits:#x}");
            }
        }
        assert!(by_widths > 80_000 && read > by_widths, "{by_widths} of {read}");
    }
}
