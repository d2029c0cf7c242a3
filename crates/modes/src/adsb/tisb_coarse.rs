//! TIS-B coarse position, DF 18 with CF 3 (DO-260B 2.2.17.3.5).
//!
//! | bits  | what |
//! |-------|------|
//! | 1     | IMF: the address is not ICAO's |
//! | 2–3   | surveillance status |
//! | 4–7   | service volume |
//! | 8–19  | pressure altitude, 12 bits |
//! | 20    | ground track valid |
//! | 21–25 | ground track, 360/32° |
//! | 26–31 | ground speed + 1, 32 kt |
//! | 32    | CPR parity |
//! | 33–44 | CPR latitude, 12 bits |
//! | 45–56 | CPR longitude, 12 bits |

use super::{CompactPosition, PositionKind};
use crate::cpr::{Fractions, Parity};
use crate::{Content, Report, altitude, field::Field56};
use geodesy::units::MPS_PER_KNOT;
use std::f64::consts::TAU;

/// Standard deviation of a coarse position: its step is 1/4096 of six degrees of latitude, about
/// 163 m, well below what uplinked radar data are good for; 0.1 NM is assumed.
pub(crate) const HORIZONTAL_SD_M: f64 = 185.2;

/// Fills the report and returns the compact position.
pub(crate) fn read(me: Field56, report: &mut Report) -> CompactPosition {
    report.content = Content::CoarsePosition;
    report.on_ground = Some(false);
    let status = me.bits(2, 3);
    report.alert = Some(status == 1 || status == 2);
    report.ident = Some(status == 3);
    match altitude::from_ac12(me.bits(8, 19)) {
        Ok(found) => report.pressure_altitude = found,
        Err(defect) => report.altitude_defect = Some(defect),
    }
    report.track_rad = me.bit(20).then(|| f64::from(me.bits(21, 25)) * TAU / 32.0);
    report.ground_speed_mps =
        me.bits(26, 31).checked_sub(1).map(|code| f64::from(code) * 32.0 * MPS_PER_KNOT);
    report.horizontal_sd_m = Some(HORIZONTAL_SD_M);
    CompactPosition {
        parity: Parity::of(me.bit(32)),
        fractions: Fractions::from_17_bits(me.bits(33, 44) << 5, me.bits(45, 56) << 5),
        kind: PositionKind::Coarse,
    }
}
