//! BDS 6,5: aircraft operational status (ICAO Doc 9871 table A-2-101; DO-260B 2.2.3.2.7.2).
//!
//! | bits  | airborne (subtype 0) | surface (subtype 1) |
//! |-------|----------------------|---------------------|
//! | 1–5   | type code 31 | |
//! | 6–8   | subtype | |
//! | 17–19 | capability | NACv |
//! | 20    | capability | NIC supplement C |
//! | 28    | IDENT switch active | IDENT switch active |
//! | 41–43 | edition: 0 DO-260, 1 DO-260A, 2 DO-260B | |
//! | 44    | NIC supplement A | |
//! | 45–48 | NACp | |
//! | 51–52 | SIL | |
//! | 53    | NIC of pressure altitude | surface position gives 0 track, 1 heading |
//! | 54    | headings from 0 true, 1 magnetic north | |
//! | 56    | IMF (ADS-R) | |

use crate::{Content, Report, field::Field56};

/// What later messages of the same aircraft are read by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) version: u8,
    pub(crate) supplement_a: bool,
    /// Only a surface status tells it.
    pub(crate) supplement_c: Option<bool>,
    pub(crate) heading_is_true: bool,
    /// The direction in surface positions is one of movement over the ground from true north.
    pub(crate) surface_gives_track: Option<bool>,
}

/// Fills the report; what it changes in the reading of others. An aircraft that sends edition 0
/// says nothing but that. Reserved subtypes say nothing.
pub(crate) fn read(me: Field56, report: &mut Report) -> Option<Standing> {
    report.content = Content::OperationalStatus;
    let on_surface = match me.bits(6, 8) {
        0 => false,
        1 => true,
        _ => return None,
    };
    let version = me.bits(41, 43) as u8;
    report.quality.version = Some(version);
    let standing = Standing {
        version,
        supplement_a: version >= 1 && me.bit(44),
        supplement_c: on_surface.then(|| version >= 2 && me.bit(20)),
        heading_is_true: version >= 1 && !me.bit(54),
        surface_gives_track: on_surface.then(|| version == 0 || !me.bit(53)),
    };
    if version == 0 {
        return Some(standing);
    }
    report.ident = Some(me.bit(28));
    report.quality.nac_p = Some(me.bits(45, 48) as u8);
    report.quality.sil = Some(me.bits(51, 52) as u8);
    if on_surface && version >= 2 {
        report.quality.nac_v = Some(me.bits(17, 19) as u8);
    }
    Some(standing)
}
