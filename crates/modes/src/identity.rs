//! The identity code, 13 bits (ICAO Annex 10 volume IV 3.1.2.6.7.1): Mode 3/A.
//!
//! | bit | 1  | 2  | 3  | 4  | 5  | 6  | 7 | 8  | 9  | 10 | 11 | 12 | 13 |
//! |-----|----|----|----|----|----|----|---|----|----|----|----|----|----|
//! |     | C1 | A1 | C2 | A2 | C4 | A4 | 0 | B1 | D1 | B2 | D2 | B4 | D4 |

use surveillance::Mode3A;

/// The four octal digits of a 13-bit identity code.
pub(crate) fn from_id13(code: u32) -> Mode3A {
    let digit = |four: u32, two: u32, one: u32| {
        let bit = |number: u32| (code >> (13 - number) & 1) as u16;
        bit(four) << 2 | bit(two) << 1 | bit(one)
    };
    Mode3A::new(
        digit(6, 4, 2) << 9 | digit(12, 10, 8) << 6 | digit(5, 3, 1) << 3 | digit(13, 11, 9),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pulses_become_octal_digits() {
        let code = |pulses: &[&str]| {
            let order =
                ["C1", "A1", "C2", "A2", "C4", "A4", "X", "B1", "D1", "B2", "D2", "B4", "D4"];
            pulses.iter().fold(0, |sum, pulse| {
                let at = order.iter().position(|name| name == pulse).unwrap();
                sum | 1 << (12 - at)
            })
        };
        let check = |pulses: &[&str], expected: &str| {
            assert_eq!(from_id13(code(pulses)).to_string(), expected);
        };
        check(&[], "0000");
        check(&["A1", "A2", "A4", "B1", "B2", "B4"], "7700");
        check(&["A1", "B2", "C1", "C2", "D4"], "1234");
        // DO-260B's reserved X pulse is no part of the code.
        check(&["X", "D1"], "0001");
    }
}
