//! Monoradar target reports: CAT001 edition 1.4 and CAT048 edition 1.32.

use super::fields::{
    angle_16, be16, callsign, extent, flight_level_14, icao_address, mode_3a, polar, polar_of_042,
};
use super::{Head, Made, Skip};
use crate::record::Record;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use geodesy::{Geodetic, Polar};
use surveillance::{Codes, Plot, PlotOrigin, SourceTrack};

/// CAT048. A radar's last report of a track is still a plot if there was a detection. The track
/// velocity (I048/200) is the radar's own filter's and is not passed on as a
/// measurement.
#[inline]
pub(super) fn plot_048(record: &Record<'_>, head: Head, site: Option<Geodetic>) -> Made {
    let descriptor = record.item(20).unwrap_or_default();
    let status = record.item(170).unwrap_or_default();
    let source_track = record.item(161).map(|item| SourceTrack(be16(item, 0) & 0x0fff));
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
    let flight_status = record.item(230).map(|item| extent(item, 0) >> 2 & 7);
    let codes = Codes {
        address: record.item(220).and_then(icao_address),
        mode_3a: record.item(70).and_then(mode_3a),
        callsign: record.item(240).and_then(callsign),
        source_track,
        ident: first & 0x04 != 0 || matches!(flight_status, Some(4 | 5)),
    };
    let level = record.item(90).and_then(flight_level_14);
    let computed = || record.item(42).map(|item| polar_of_042(item, 128.0, level));
    Ok(Plot {
        measurement: record
            .item(40)
            .map(|item| polar(item, 256.0, measured_elevation(record, item, site)))
            .or_else(computed),
        codes,
        pressure_altitude: level,
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
fn measured_elevation(record: &Record<'_>, position: &[u8], site: Option<Geodetic>) -> Option<f64> {
    let (item, site) = (record.item(110)?, site?);
    let quarters = ((be16(item, 0) << 2) as i16) >> 2;
    let measured = Polar {
        slant_range_m: f64::from(be16(position, 0)) * (METRES_PER_NM / 256.0),
        azimuth_rad: angle_16(be16(position, 2)),
        elevation_rad: 0.0,
    };
    measured.elevation_for_height(site, f64::from(quarters) * (25.0 * METRES_PER_FOOT))
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
        ..head.bare(origin)
    })
}
