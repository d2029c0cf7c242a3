//! BDS 0,8: aircraft identification and category (ICAO Doc 9871 table A-2-8), and BDS 2,0, the
//! same eight characters asked for by Comm-B (table A-2-32).
//!
//! | bits | BDS 0,8 | BDS 2,0 |
//! |------|---------|---------|
//! | 1–5  | type code 4 to 1: category set A to D | 1–8: 20 (hex) |
//! | 6–8  | category in its set | |
//! | 9–56 | eight characters of six bits | eight characters of six bits |

use crate::{Content, Report, field::Field56};
use surveillance::{Callsign, EmitterCategory};

/// Six-bit characters (Annex 10 volume IV table 3-9); `#` where the table is empty.
const CHARACTERS: &[u8; 64] = b"#ABCDEFGHIJKLMNOPQRSTUVWXYZ##### ###############0123456789######";

/// Fills the report.
pub(crate) fn read(me: Field56, report: &mut Report) {
    report.content = Content::Identification;
    report.category = category(me.bits(1, 5), me.bits(6, 8));
    report.callsign = callsign(me);
}

/// The identification in a Comm-B reply whose register nobody names: only if the first byte is
/// BDS 2,0's own number and all eight characters are such as flight plans have, padded by spaces
/// at the end alone. The chance that another register looks so is about (37/64)^8 / 256.
pub(crate) fn unmistakable_bds20(mb: Field56) -> Option<Callsign> {
    if mb.bits(1, 8) != 0x20 {
        return None;
    }
    callsign(mb).filter(|found| !found.as_str().contains(' '))
}

/// `None` if blank, or if a character is outside the table.
pub(crate) fn callsign(field: Field56) -> Option<Callsign> {
    let mut text = [0; 8];
    for (index, character) in (0..).step_by(6).zip(&mut text) {
        *character = CHARACTERS[field.bits(9 + index, 14 + index) as usize];
    }
    std::str::from_utf8(&text).ok().and_then(Callsign::new)
}

/// Category by set and number (DO-260B table 2-20); `None` if not told or reserved.
fn category(type_code: u32, number: u32) -> Option<EmitterCategory> {
    use EmitterCategory as C;
    Some(match (type_code, number) {
        (4, 1) => C::Light,
        (4, 2) => C::Small,
        (4, 3) => C::Large,
        (4, 4) => C::HighVortex,
        (4, 5) => C::Heavy,
        (4, 6) => C::HighPerformance,
        (4, 7) => C::Rotorcraft,
        (3, 1) => C::Glider,
        (3, 2) => C::LighterThanAir,
        (3, 3) => C::Parachutist,
        (3, 4) => C::Ultralight,
        (3, 6) => C::Unmanned,
        (3, 7) => C::Space,
        (2, 1) => C::SurfaceEmergency,
        (2, 2) => C::SurfaceService,
        (2, 3..=5) => C::Obstacle,
        _ => return None,
    })
}
