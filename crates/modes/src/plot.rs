//! From what was decoded to a plot.

use crate::{Content, Report, SbsMessage, Source};
use geodesy::Enu;
use geodesy::units::METRES_PER_FOOT;
use surveillance::{
    Arrivals, Codes, Measurement, Plot, PlotOrigin, PositionReport, PressureAltitude, SensorId,
    Time, Velocity,
};

/// The plot that a report amounts to; `None` if its address is unconfirmed, or if it says nothing
/// that a track could use (an all-call reply, a squitter of a type not decoded, a position that
/// was not completed and came without level).
pub fn to_plot(report: &Report, sensor: SensorId, time: Time, received: Time) -> Option<Plot> {
    if !report.address_confirmed || matches!(report.content, Content::AllCall) {
        return None;
    }
    let velocity = velocity(report.ground_speed_mps, report.track_rad, report.vertical_rate_mps);
    let useful = report.position.is_some()
        || report.pressure_altitude.is_some()
        || report.callsign.is_some()
        || report.squawk.is_some()
        || report.ident == Some(true)
        || velocity.is_some()
        || matches!(report.content, Content::OperationalStatus | Content::TargetState);
    if !useful {
        return None;
    }
    let measurement = report.position.map(|position| {
        Measurement::Geodetic(PositionReport {
            latitude_rad: position.latitude_rad,
            longitude_rad: position.longitude_rad,
            height_m: report.geometric_height_m,
            horizontal_sd_m: report.horizontal_sd_m,
        })
    });
    Some(Plot {
        received,
        measurement,
        codes: codes(report),
        pressure_altitude: report.pressure_altitude,
        velocity,
        on_ground: report.on_ground,
        quality: report.quality,
        category: report.category,
        ..Plot::bare(sensor, time, origin(report.source))
    })
}

/// The plot of a transmission that several receivers heard: what it says of its aircraft, and when each
/// heard it. `None` if its address is unconfirmed, or if a ground station sent it.
pub fn arrivals_to_plot(
    report: &Report,
    arrivals: Arrivals,
    sensor: SensorId,
    time: Time,
    received: Time,
) -> Option<Plot> {
    let by_aircraft = matches!(report.source, Source::Transponder | Source::AdsB);
    if !report.address_confirmed || !by_aircraft {
        return None;
    }
    Some(Plot {
        received,
        measurement: Some(Measurement::Arrivals(arrivals)),
        codes: codes(report),
        pressure_altitude: report.pressure_altitude,
        on_ground: report.on_ground,
        category: report.category,
        ..Plot::bare(sensor, time, PlotOrigin::Mlat)
    })
}

/// The plot that a BaseStation line amounts to; `None` if it says nothing that a track could use.
pub fn sbs_to_plot(
    message: &SbsMessage,
    sensor: SensorId,
    time: Time,
    received: Time,
) -> Option<Plot> {
    let velocity = velocity(message.ground_speed_mps, message.track_rad, message.vertical_rate_mps);
    let useful = message.position.is_some()
        || message.altitude_m.is_some()
        || message.callsign.is_some()
        || message.squawk.is_some()
        || velocity.is_some();
    if !useful {
        return None;
    }
    let measurement = message.position.map(|at| {
        Measurement::Geodetic(PositionReport {
            latitude_rad: at.latitude_rad,
            longitude_rad: at.longitude_rad,
            height_m: None,
            horizontal_sd_m: None,
        })
    });
    Some(Plot {
        received,
        measurement,
        codes: Codes {
            address: Some(message.address),
            mode_3a: message.squawk,
            callsign: message.callsign,
            source_track: None,
            ident: message.ident == Some(true),
        },
        // The line does not say in which step the aircraft sent it: the coarser is assumed.
        pressure_altitude: message
            .altitude_m
            .map(|altitude_m| PressureAltitude { altitude_m, step_m: 100.0 * METRES_PER_FOOT }),
        velocity,
        on_ground: message.on_ground,
        ..Plot::bare(sensor, time, sbs_origin(message))
    })
}

fn codes(report: &Report) -> Codes {
    Codes {
        address: report.address,
        mode_3a: report.squawk,
        callsign: report.callsign,
        source_track: None,
        ident: report.ident == Some(true),
    }
}

fn origin(source: Source) -> PlotOrigin {
    match source {
        Source::Transponder => PlotOrigin::Secondary,
        Source::AdsB => PlotOrigin::AdsB,
        Source::TisB | Source::AdsR => PlotOrigin::Rebroadcast,
        Source::Mlat => PlotOrigin::Mlat,
    }
}

/// Types 1 to 4 are made from squitters, 5 to 8 from replies.
fn sbs_origin(message: &SbsMessage) -> PlotOrigin {
    match message.kind {
        _ if message.mlat => PlotOrigin::Mlat,
        1..=4 => PlotOrigin::AdsB,
        _ => PlotOrigin::Secondary,
    }
}

/// `None` unless something is known; a target at rest needs no direction.
fn velocity(
    speed_mps: Option<f64>,
    track_rad: Option<f64>,
    vertical_rate_mps: Option<f64>,
) -> Option<Velocity> {
    let horizontal = match (speed_mps, track_rad) {
        (Some(speed), Some(track)) => {
            Some(Enu { east: speed * track.sin(), north: speed * track.cos(), up: 0.0 })
        }
        (Some(0.0), None) => Some(Enu { east: 0.0, north: 0.0, up: 0.0 }),
        _ => None,
    };
    (horizontal.is_some() || vertical_rate_mps.is_some())
        .then_some(Velocity { horizontal, vertical_rate_mps })
}
