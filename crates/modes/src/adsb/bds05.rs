//! BDS 0,5: airborne position (ICAO Doc 9871 table A-2-5; DO-260B 2.2.3.2.3).
//!
//! | bits  | what |
//! |-------|------|
//! | 1–5   | type code: 9–18 pressure altitude, 20–22 height above the ellipsoid, 0 no position |
//! | 6–7   | surveillance status: 0 none, 1 emergency, 2 code changed, 3 SPI |
//! | 8     | NIC supplement B (edition 2), single antenna (0 and 1), IMF (TIS-B and ADS-R) |
//! | 9–20  | altitude, 12 bits |
//! | 21    | time synchronised to UTC |
//! | 22    | CPR parity: 0 even, 1 odd |
//! | 23–39 | CPR latitude |
//! | 40–56 | CPR longitude |

use super::{CompactPosition, PositionKind, compact_position};
use crate::{Content, Report, altitude, field::Field56};

/// Fills the report; the compact position, unless the type code says there is none.
pub(crate) fn read(me: Field56, report: &mut Report) -> Option<CompactPosition> {
    let type_code = me.bits(1, 5);
    report.content = Content::AirbornePosition;
    let status = me.bits(6, 7);
    report.alert = Some(status == 1 || status == 2);
    report.ident = Some(status == 3);
    let altitude = altitude::from_ac12(me.bits(9, 20));
    match altitude {
        Ok(Some(height)) if type_code >= 20 => report.geometric_height_m = Some(height.altitude_m),
        Ok(found) => report.pressure_altitude = found,
        Err(defect) => report.altitude_defect = Some(defect),
    }
    if type_code == 0 {
        return None;
    }
    report.on_ground = Some(false);
    Some(compact_position(me, PositionKind::Airborne))
}
