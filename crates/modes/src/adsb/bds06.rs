//! BDS 0,6: surface position (ICAO Doc 9871 table A-2-6; DO-260B 2.2.3.2.4).
//!
//! | bits  | what |
//! |-------|------|
//! | 1–5   | type code 5–8 |
//! | 6–12  | movement: ground speed in steps that widen with speed |
//! | 13    | ground track valid |
//! | 14–20 | ground track, 360/128° |
//! | 21    | time synchronised to UTC, IMF (ADS-R) |
//! | 22    | CPR parity |
//! | 23–39 | CPR latitude |
//! | 40–56 | CPR longitude |

use super::{CompactPosition, PositionKind, compact_position};
use crate::{Content, Report, field::Field56};
use geodesy::units::MPS_PER_KNOT;
use std::f64::consts::TAU;

/// Fills the report and returns the compact position.
pub(crate) fn read(me: Field56, report: &mut Report) -> CompactPosition {
    report.content = Content::SurfacePosition;
    report.on_ground = Some(true);
    report.ground_speed_mps = movement_kt(me.bits(6, 12)).map(|speed| speed * MPS_PER_KNOT);
    report.track_rad = me.bit(13).then(|| f64::from(me.bits(14, 20)) * TAU / 128.0);
    compact_position(me, PositionKind::Surface)
}

/// Knots at the lower end of a movement step (DO-260B table 2-35); `None` if not available or
/// reserved. 124 stands for 175 kt and more.
fn movement_kt(code: u32) -> Option<f64> {
    let code_f = f64::from(code);
    Some(match code {
        1 => 0.0,
        2..=8 => 0.125 + (code_f - 2.0) * 0.125,
        9..=12 => 1.0 + (code_f - 9.0) * 0.25,
        13..=38 => 2.0 + (code_f - 13.0) * 0.5,
        39..=93 => 15.0 + (code_f - 39.0),
        94..=108 => 70.0 + (code_f - 94.0) * 2.0,
        109..=124 => 100.0 + (code_f - 109.0) * 5.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn movement_steps_begin_where_the_standards_table_says() {
        let check = |code, expected| assert_eq!(movement_kt(code), expected, "{code}");
        check(0, None);
        check(1, Some(0.0));
        check(2, Some(0.125));
        check(9, Some(1.0));
        check(13, Some(2.0));
        check(39, Some(15.0));
        check(94, Some(70.0));
        check(109, Some(100.0));
        check(124, Some(175.0));
        check(125, None);
    }
}
