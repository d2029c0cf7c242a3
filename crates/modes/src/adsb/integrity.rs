//! Navigation integrity by type code, supplements and edition (DO-260 table 2-11, DO-260A and
//! DO-260B table 2-16; readable in ICAO Doc 9871 tables B-2 and C-2).

use geodesy::units::METRES_PER_NM as NM;

/// NIC supplement bits; false where not (yet) told, which is the lower integrity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Supplements {
    pub(crate) a: bool,
    pub(crate) b: bool,
    pub(crate) c: bool,
}

/// What a position's type code promises.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Integrity {
    /// Navigation integrity category; edition 0 has none.
    pub(crate) nic: Option<u8>,
    /// Navigation uncertainty category, edition 0 only.
    pub(crate) nuc_p: Option<u8>,
    /// Radius that contains the position, metres; `None` if unknown.
    pub(crate) containment_m: Option<f64>,
}

/// Integrity of a position message. An unknown edition is read as edition 0, as the standard has
/// it until an operational status arrives.
pub(crate) fn of_position(type_code: u32, version: Option<u8>, set: Supplements) -> Integrity {
    match version {
        None | Some(0) => edition_0(type_code),
        // Edition 1 leaves type code 8 without integrity, whatever the supplement.
        Some(1) if type_code == 8 => later_edition(type_code, Supplements::default()),
        Some(1) => later_edition(type_code, Supplements { b: set.a, c: false, ..set }),
        Some(_) => later_edition(type_code, set),
    }
}

fn edition_0(type_code: u32) -> Integrity {
    let (nuc_p, containment_m) = match type_code {
        5 | 9 | 20 => (9, Some(7.5)),
        6 | 10 | 21 => (8, Some(25.0)),
        7 | 11 => (7, Some(0.1 * NM)),
        // 0.1 NM or more: no table says how much more.
        8 => (6, None),
        12 => (6, Some(0.2 * NM)),
        13 => (5, Some(0.5 * NM)),
        14 => (4, Some(NM)),
        15 => (3, Some(2.0 * NM)),
        16 => (2, Some(10.0 * NM)),
        17 => (1, Some(20.0 * NM)),
        _ => (0, None),
    };
    Integrity { nic: None, nuc_p: Some(nuc_p), containment_m }
}

/// Editions 1 and 2. Edition 1 has one supplement where edition 2 sets both.
fn later_edition(type_code: u32, set: Supplements) -> Integrity {
    let (nic, containment_m) = match (type_code, set.a, set.b, set.c) {
        (5 | 9 | 20, ..) => (11, Some(7.5)),
        (6 | 10 | 21, ..) => (10, Some(25.0)),
        (7, true, _, false) | (11, true, true, _) => (9, Some(75.0)),
        (7 | 11, ..) => (8, Some(0.1 * NM)),
        (8, true, _, true) => (7, Some(0.2 * NM)),
        (8, true, _, false) => (6, Some(0.3 * NM)),
        (8, false, _, true) => (6, Some(0.6 * NM)),
        (12, ..) => (7, Some(0.2 * NM)),
        (13, false, true, _) => (6, Some(0.3 * NM)),
        (13, true, true, _) => (6, Some(0.6 * NM)),
        (13, ..) => (6, Some(0.5 * NM)),
        (14, ..) => (5, Some(NM)),
        (15, ..) => (4, Some(2.0 * NM)),
        (16, true, true, _) => (3, Some(4.0 * NM)),
        (16, ..) => (2, Some(8.0 * NM)),
        (17, ..) => (1, Some(20.0 * NM)),
        _ => (0, None),
    };
    Integrity { nic: Some(nic), nuc_p: None, containment_m }
}

/// Standard deviation per axis of a position contained within a radius: for a circular normal
/// error, a radius exceeded once in 10⁵ (the containment that SIL 2 stands for) is 4.80 of them.
pub(crate) fn sd_of_containment_m(containment_m: f64) -> f64 {
    containment_m / 4.80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_follow_each_editions_table() {
        let check = |type_code, version, bits: [bool; 3], expected| {
            let set = Supplements { a: bits[0], b: bits[1], c: bits[2] };
            assert_eq!(of_position(type_code, Some(version), set).nic, expected);
        };
        check(11, 2, [true, true, false], Some(9));
        check(11, 2, [false, false, false], Some(8));
        check(13, 2, [false, true, false], Some(6));
        check(16, 2, [true, true, false], Some(3));
        check(16, 2, [false, false, false], Some(2));
        check(8, 2, [true, false, true], Some(7));
        check(8, 2, [false, false, false], Some(0));
        check(7, 2, [true, false, false], Some(9));
        check(11, 1, [true, false, false], Some(9));
        check(16, 1, [true, false, false], Some(3));
        check(7, 1, [true, false, false], Some(9));
        check(8, 1, [true, false, false], Some(0));
        check(18, 2, [true, true, true], Some(0));
        check(22, 2, [false, false, false], Some(0));
        check(11, 0, [true, true, true], None);
        assert_eq!(of_position(11, None, Supplements::default()).nuc_p, Some(7));
    }
}
