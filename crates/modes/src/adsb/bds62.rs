//! BDS 6,2: target state and status (DO-260B 2.2.3.2.7.1; its subtype 0 is of DO-260A).
//!
//! | bits  | subtype 1 (edition 2) | subtype 0 (edition 1) |
//! |-------|-----------------------|-----------------------|
//! | 1–5   | type code 29 | |
//! | 6–7   | subtype | |
//! | 10–20 | selected altitude + 1, 32 ft | other |
//! | 40–43 | NACp | NACp |
//! | 45–46 | SIL | SIL |
//! | 51    | IMF (ADS-R) | IMF |
//! | 54–56 | other | emergency state |

use crate::{Content, Emergency, Report, field::Field56};
use geodesy::units::METRES_PER_FOOT;

/// Fills the report.
pub(crate) fn read(me: Field56, report: &mut Report) {
    report.content = Content::TargetState;
    match me.bits(6, 7) {
        0 => report.emergency = Emergency::from_code(me.bits(54, 56)),
        1 => {
            report.selected_altitude_m =
                me.bits(10, 20).checked_sub(1).map(|code| f64::from(code) * 32.0 * METRES_PER_FOOT);
        }
        _ => return,
    }
    report.quality.nac_p = Some(me.bits(40, 43) as u8);
    report.quality.sil = Some(me.bits(45, 46) as u8);
}
