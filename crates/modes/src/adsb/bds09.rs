//! BDS 0,9: airborne velocity (ICAO Doc 9871 tables A-2-9a, A-2-9b; DO-260B 2.2.3.2.6).
//!
//! | bits  | subtypes 1, 2 (2: supersonic, × 4) | subtypes 3, 4 (4: supersonic, × 4) |
//! |-------|------------------------------------|------------------------------------|
//! | 1–5   | type code 19 | |
//! | 6–8   | subtype | |
//! | 9     | intent change, IMF (TIS-B and ADS-R) | |
//! | 11–13 | NACv (edition 0: NUCr) | |
//! | 14    | 1: westward | heading valid |
//! | 15–24 | east-west speed + 1, kt | heading, 360/1024° |
//! | 25    | 1: southward | 0 indicated, 1 true airspeed |
//! | 26–35 | north-south speed + 1, kt | 25: kind, 26–35: airspeed + 1, kt |
//! | 36    | vertical rate: 0 geometric, 1 barometric | |
//! | 37    | 1: down | |
//! | 38–46 | vertical rate + 1, 64 ft/min | |
//! | 49    | 1: geometric height below pressure altitude | |
//! | 50–56 | difference + 1, 25 ft | |
//!
//! The highest value of a field means "this or more" and is taken as this.

use crate::{Airspeed, AirspeedKind, Content, Report, VerticalRateSource, field::Field56};
use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT};
use geodesy::wrap_tau;
use std::f64::consts::TAU;

/// Fills the report; a reserved subtype leaves it empty.
pub(crate) fn read(me: Field56, report: &mut Report) {
    report.content = Content::Velocity;
    let subtype = me.bits(6, 8);
    match subtype {
        1 | 2 => read_ground_velocity(me, step_mps(subtype), report),
        3 | 4 => read_airspeed(me, step_mps(subtype), report),
        _ => return,
    }
    report.quality.nac_v = Some(me.bits(11, 13) as u8);
    if let Some(rate) = less_one(me.bits(38, 46)) {
        report.vertical_rate_mps = Some(signed(rate * 64.0 * MPS_PER_FPM, me.bit(37)));
        report.vertical_rate_source = Some(if me.bit(36) {
            VerticalRateSource::Barometric
        } else {
            VerticalRateSource::Geometric
        });
    }
    report.geometric_minus_pressure_m = less_one(me.bits(50, 56))
        .map(|difference| signed(difference * 25.0 * METRES_PER_FOOT, me.bit(49)));
}

fn read_ground_velocity(me: Field56, step_mps: f64, report: &mut Report) {
    let (Some(east), Some(north)) = (less_one(me.bits(15, 24)), less_one(me.bits(26, 35))) else {
        return;
    };
    let east_mps = signed(east * step_mps, me.bit(14));
    let north_mps = signed(north * step_mps, me.bit(25));
    report.ground_speed_mps = Some((east_mps * east_mps + north_mps * north_mps).sqrt());
    report.track_rad = Some(wrap_tau(east_mps.atan2(north_mps)));
}

fn read_airspeed(me: Field56, step_mps: f64, report: &mut Report) {
    report.heading_rad = me.bit(14).then(|| f64::from(me.bits(15, 24)) * TAU / 1024.0);
    report.airspeed = less_one(me.bits(26, 35)).map(|speed| Airspeed {
        speed_mps: speed * step_mps,
        kind: if me.bit(25) { AirspeedKind::True } else { AirspeedKind::Indicated },
    });
}

fn step_mps(subtype: u32) -> f64 {
    if subtype.is_multiple_of(2) { 4.0 * MPS_PER_KNOT } else { MPS_PER_KNOT }
}

/// Zero means not available, one means zero.
fn less_one(code: u32) -> Option<f64> {
    code.checked_sub(1).map(f64::from)
}

fn signed(magnitude: f64, negative: bool) -> f64 {
    if negative && magnitude != 0.0 { -magnitude } else { magnitude }
}
