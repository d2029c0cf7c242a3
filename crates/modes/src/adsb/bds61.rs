//! BDS 6,1: aircraft status (ICAO Doc 9871 table A-2-97; DO-260B 2.2.3.2.7.8).
//!
//! | bits  | subtype 1: emergency and priority |
//! |-------|-----------------------------------|
//! | 1–5   | type code 28 |
//! | 6–8   | subtype; 2 is an ACAS advisory broadcast, not decoded |
//! | 9–11  | emergency state |
//! | 12–24 | Mode 3/A code, as in an identity reply |

use crate::{Content, Emergency, Report, field::Field56, identity};

/// Fills the report.
pub(crate) fn read(me: Field56, report: &mut Report) {
    report.content = Content::AircraftStatus;
    if me.bits(6, 8) == 1 {
        report.emergency = Emergency::from_code(me.bits(9, 11));
        report.squawk = Some(identity::from_id13(me.bits(12, 24)));
    }
}
