//! Monoradar target reports: CAT001, CAT048, and CAT007, whose answers to directed interrogations have
//! CAT048's items in another order.

use super::fields::{
    angle_16, be16, callsign, extent, flight_level_14, icao_address, mode_3a, polar, polar_of_042,
};
use super::{Head, Made, Skip};
use crate::record::Record;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use geodesy::{Geodetic, Polar};
use surveillance::{Codes, Plot, PlotOrigin, SourceTrack};

/// Slots of CAT048's profile, from 0, the same in all editions (the test below).
pub(super) mod slot {
    pub(in super::super) const I140: usize = 1;
    pub(super) const I020: usize = 2;
    pub(super) const I040: usize = 3;
    pub(super) const I070: usize = 4;
    pub(super) const I090: usize = 5;
    pub(super) const I220: usize = 7;
    pub(super) const I240: usize = 8;
    pub(super) const I161: usize = 10;
    pub(super) const I042: usize = 11;
    pub(super) const I170: usize = 13;
    pub(in super::super) const I110: usize = 18;
    pub(super) const I120: usize = 19;
    pub(super) const I230: usize = 20;
}

/// The first octets of an item of `N` or more, by its number or its slot in CAT048.
#[inline(always)]
fn fixed<'a, const BY_NUMBER: bool, const N: usize>(
    record: &Record<'a>,
    number: u16,
    slot: usize,
) -> Option<&'a [u8; N]> {
    if BY_NUMBER { record.item(number)?.first_chunk() } else { record.octets(slot) }
}

/// An item that may be longer, in the same way; nothing if it is not there.
#[inline(always)]
fn extended<'a, const BY_NUMBER: bool>(record: &Record<'a>, number: u16, slot: usize) -> &'a [u8] {
    let item = if BY_NUMBER { record.item(number) } else { record.in_slot(slot) };
    item.unwrap_or_default()
}

/// CAT048. A radar's last report of a track is still a plot if there was a detection. The track
/// velocity (I048/200) is the radar's own filter's and is not passed on as a
/// measurement.
#[inline]
pub(super) fn plot_048(record: &Record<'_>, head: Head, site: Option<Geodetic>) -> Made {
    report::<false>(record, head, site)
}

/// CAT007: a target report if its items are those of one. `None` for the rest: orders to a radar,
/// which name a target but do not measure it, and word of what became of them.
pub(super) fn plot_007(record: &Record<'_>, head: Head, site: Option<Geodetic>) -> Option<Made> {
    /// I007/410.
    const TARGET_REPORT: u8 = 4;
    let is_report = extent(record.item(410)?, 0) == TARGET_REPORT;
    is_report.then(|| report::<true>(record, head, site))
}

#[inline(always)]
fn report<const BY_NUMBER: bool>(record: &Record<'_>, head: Head, site: Option<Geodetic>) -> Made {
    let descriptor = extended::<BY_NUMBER>(record, 20, slot::I020);
    let status = extended::<BY_NUMBER>(record, 170, slot::I170);
    let source_track = fixed::<BY_NUMBER, 2>(record, 161, slot::I161)
        .map(|item| SourceTrack(be16(item, 0) & 0x0fff));
    let (first, second) = (extent(descriptor, 0), extent(descriptor, 1));
    let detection = first >> 5;
    // Without a descriptor nothing says that there was no detection.
    let undetected = !descriptor.is_empty() && detection == 0;
    let skip = [
        (first & 0x10 != 0, Skip::Simulated),
        (second & 0x80 != 0, Skip::TestTarget),
        (first & 0x02 != 0, Skip::FieldMonitor),
        (extent(status, 1) & 0x40 != 0, Skip::Ghost),
        (undetected && extent(status, 1) & 0x80 != 0, Skip::TrackEnded),
        (undetected, Skip::NoDetection),
    ];
    if let Some((_, why)) = skip.into_iter().find(|(applies, _)| *applies) {
        return Err((why, source_track));
    }
    let origin = if detection == 1 { PlotOrigin::Primary } else { PlotOrigin::Secondary };
    let flight_status =
        fixed::<BY_NUMBER, 2>(record, 230, slot::I230).map(|item| extent(item, 0) >> 2 & 7);
    let codes = Codes {
        address: fixed::<BY_NUMBER, 3>(record, 220, slot::I220).and_then(|item| icao_address(item)),
        mode_3a: fixed::<BY_NUMBER, 2>(record, 70, slot::I070).and_then(|item| mode_3a(item)),
        callsign: fixed::<BY_NUMBER, 6>(record, 240, slot::I240).and_then(|item| callsign(item)),
        source_track,
        ident: first & 0x04 != 0 || matches!(flight_status, Some(4 | 5)),
    };
    let level =
        fixed::<BY_NUMBER, 2>(record, 90, slot::I090).and_then(|item| flight_level_14(item));
    let computed = || {
        fixed::<BY_NUMBER, 4>(record, 42, slot::I042).map(|item| polar_of_042(item, 128.0, level))
    };
    Ok(Plot {
        measurement: fixed::<BY_NUMBER, 4>(record, 40, slot::I040)
            .map(|item| polar(item, 256.0, measured_elevation::<BY_NUMBER>(record, item, site)))
            .or_else(computed),
        codes,
        pressure_altitude: level,
        range_rate_mps: range_rate(extended::<BY_NUMBER>(record, 120, slot::I120)),
        on_ground: match flight_status {
            Some(0 | 2) => Some(false),
            Some(1 | 3) => Some(true),
            _ => None,
        },
        ..head.bare(origin)
    })
}

/// From I048/110, the height that a three-dimensional radar made of its elevation, back to that.
/// The height counts from the same level as that of the site.
fn measured_elevation<const BY_NUMBER: bool>(
    record: &Record<'_>,
    position: &[u8],
    site: Option<Geodetic>,
) -> Option<f64> {
    let (item, site) = (fixed::<BY_NUMBER, 2>(record, 110, slot::I110)?, site?);
    let quarters = ((be16(item, 0) << 2) as i16) >> 2;
    let measured = Polar {
        slant_range_m: f64::from(be16(position, 0)) * (METRES_PER_NM / 256.0),
        azimuth_rad: angle_16(be16(position, 2)),
        elevation_rad: 0.0,
    };
    measured.elevation_for_height(site, f64::from(quarters) * (25.0 * METRES_PER_FOOT))
}

/// From I048/120 the calculated Doppler speed, if the radar does not doubt it. The raw ones need the
/// radar's ambiguities resolved and stay out. The standard does not say which way counts up.
fn range_rate(item: &[u8]) -> Option<f64> {
    const CALCULATED: u8 = 0x80;
    const RAW: u8 = 0x40;
    const DOUBTFUL: u16 = 0x8000;
    let &[present, high, low, ..] = item else { return None };
    let word = u16::from_be_bytes([high, low]);
    let is_good = present & !RAW == CALCULATED && word & DOUBTFUL == 0;
    is_good.then(|| f64::from((word << 6).cast_signed() >> 6))
}

/// CAT001, plots and tracks alike: the items that matter have the same numbers in both profiles.
#[inline]
pub(super) fn plot_001(record: &Record<'_>, head: Head) -> Made {
    let descriptor = record.item(20).unwrap_or_default();
    let status = record.item(170).unwrap_or_default();
    let source_track = record.item(161).map(|item| SourceTrack(be16(item, 0)));
    let (first, second) = (extent(descriptor, 0), extent(descriptor, 1));
    let detection = first >> 4 & 3;
    let undetected = !descriptor.is_empty() && detection == 0;
    let skip = [
        (first & 0x40 != 0, Skip::Simulated),
        (second & 0x80 != 0, Skip::TestTarget),
        (first & 0x02 != 0, Skip::FieldMonitor),
        (extent(status, 0) & 0x02 != 0, Skip::Ghost),
        (undetected && extent(status, 1) & 0x80 != 0, Skip::TrackEnded),
        (undetected, Skip::NoDetection),
    ];
    if let Some((_, why)) = skip.into_iter().find(|(applies, _)| *applies) {
        return Err((why, source_track));
    }
    let origin = if detection == 1 { PlotOrigin::Primary } else { PlotOrigin::Secondary };
    let codes = Codes {
        mode_3a: record.item(70).and_then(mode_3a),
        source_track,
        ident: first & 0x04 != 0,
        ..Codes::default()
    };
    let level = record.item(90).and_then(flight_level_14);
    let computed = || record.item(42).map(|item| polar_of_042(item, 64.0, level));
    Ok(Plot {
        measurement: record.item(40).map(|item| polar(item, 128.0, None)).or_else(computed),
        codes,
        pressure_altitude: level,
        // I001/120, which has no way to say that it is doubtful.
        range_rate_mps: record
            .item(120)
            .and_then(|item| item.first())
            .map(|octet| f64::from(octet.cast_signed()) * (METRES_PER_NM / 256.0)),
        ..head.bare(origin)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plots::fields::slots_are;

    #[test]
    fn slots_and_widths_of_048_are_those_of_every_edition() {
        let slots = [
            (0, "010", 2),
            (slot::I140, "140", 3),
            (slot::I020, "020", 0),
            (slot::I040, "040", 4),
            (slot::I070, "070", 2),
            (slot::I090, "090", 2),
            (slot::I220, "220", 3),
            (slot::I240, "240", 6),
            (slot::I161, "161", 2),
            (slot::I042, "042", 4),
            (slot::I170, "170", 0),
            (slot::I110, "110", 2),
            (slot::I120, "120", 0),
            (slot::I230, "230", 2),
        ];
        slots_are(48, "1.", &slots);
    }
}
