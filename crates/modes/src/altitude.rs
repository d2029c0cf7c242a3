//! The altitude code: AC field, 13 bits (ICAO Annex 10 volume IV 3.1.2.6.5.4), and its 12-bit form
//! in airborne position squitters (ICAO Doc 9871 table A-2-5).
//!
//! | bit  | 1  | 2  | 3  | 4  | 5  | 6  | 7 | 8  | 9 | 10 | 11 | 12 | 13 |
//! |------|----|----|----|----|----|----|---|----|---|----|----|----|----|
//! | Q=0  | C1 | A1 | C2 | A2 | C4 | A4 | M | B1 | Q | B2 | D2 | B4 | D4 |
//! | Q=1  | n  | n  | n  | n  | n  | n  | M | n  | Q | n  | n  | n  | n  |
//!
//! Q=1: 25 n − 1000 ft. Q=0: 100 ft steps in the reflected code of Annex 10 volume IV appendix to
//! chapter 3 (Gillham). The 12-bit form leaves M out. M=1 would be metric, which no edition ever
//! defined bit by bit: it yields a named defect, not a guess.

use crate::AltitudeDefect;
use geodesy::units::METRES_PER_FOOT;
use surveillance::PressureAltitude;

const M_BIT: u32 = 0x40;
const Q_BIT: u32 = 0x10;

/// Altitude from the 13-bit code; `Ok(None)` if all zero (not available).
pub(crate) fn from_ac13(code: u32) -> Result<Option<PressureAltitude>, AltitudeDefect> {
    if code == 0 {
        return Ok(None);
    }
    if code & M_BIT != 0 {
        return Err(AltitudeDefect::Metric);
    }
    if code & Q_BIT != 0 {
        let n = (code & 0x1f80) >> 2 | (code & 0x20) >> 1 | code & 0x0f;
        return Ok(Some(feet(25 * n as i32 - 1000, 25.0)));
    }
    gillham_feet(code).map(|altitude_ft| Some(feet(altitude_ft, 100.0)))
}

/// Altitude from the 12-bit code; `Ok(None)` if all zero (not available).
pub(crate) fn from_ac12(code: u32) -> Result<Option<PressureAltitude>, AltitudeDefect> {
    from_ac13((code & 0xfc0) << 1 | code & 0x3f)
}

fn feet(altitude_ft: i32, step_ft: f64) -> PressureAltitude {
    PressureAltitude {
        altitude_m: f64::from(altitude_ft) * METRES_PER_FOOT,
        step_m: step_ft * METRES_PER_FOOT,
    }
}

/// D2 D4 A1 A2 A4 B1 B2 B4 count 500 ft from −1,000 ft in a reflected binary code; C1 C2 C4 count
/// 100 ft within, forth in even and back in odd steps.
fn gillham_feet(code: u32) -> Result<i32, AltitudeDefect> {
    let bit = |number: u32| code >> (13 - number) & 1;
    let gather = |numbers: &[u32]| numbers.iter().fold(0, |sum, n| sum << 1 | bit(*n));
    let five_hundreds = from_gray(gather(&[11, 13, 2, 4, 6, 8, 10, 12])) as i32;
    let hundreds = match from_gray(gather(&[1, 3, 5])) as i32 {
        0 | 5 | 6 => return Err(AltitudeDefect::Impossible),
        7 => 5,
        other => other,
    };
    let hundreds = if five_hundreds % 2 == 1 { 6 - hundreds } else { hundreds };
    Ok(500 * five_hundreds + 100 * hundreds - 1300)
}

fn from_gray(code: u32) -> u32 {
    let folded = code ^ code >> 4;
    let folded = folded ^ folded >> 2;
    folded ^ folded >> 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ac13_ft(code: u32) -> Option<f64> {
        from_ac13(code).unwrap().map(|found| (found.altitude_m / METRES_PER_FOOT).round())
    }

    #[test]
    fn twenty_five_foot_codes_follow_the_published_examples() {
        // The 1090 Megahertz Riddle: AC12 1100 0011 1000 is 38,000 ft.
        let found = from_ac12(0b1100_0011_1000).unwrap().unwrap();
        assert!((found.altitude_m - 38_000.0 * METRES_PER_FOOT).abs() < 1e-6);
        assert!((found.step_m - 25.0 * METRES_PER_FOOT).abs() < 1e-9);
        assert_eq!(ac13_ft(0), None);
        assert_eq!(ac13_ft(Q_BIT), Some(-1000.0));
    }

    #[test]
    fn hundred_foot_codes_follow_the_annexs_table() {
        // Annex 10 volume IV appendix to chapter 3: rows of the table as (pulses set, feet).
        let code = |pulses: &[&str]| {
            let order =
                ["C1", "A1", "C2", "A2", "C4", "A4", "M", "B1", "Q", "B2", "D2", "B4", "D4"];
            pulses.iter().fold(0, |sum, pulse| {
                let at = order.iter().position(|name| name == pulse).unwrap();
                sum | 1 << (12 - at)
            })
        };
        assert_eq!(ac13_ft(code(&["C4"])), Some(-1200.0));
        assert_eq!(ac13_ft(code(&["C2", "C4"])), Some(-1100.0));
        assert_eq!(ac13_ft(code(&["C2"])), Some(-1000.0));
        assert_eq!(ac13_ft(code(&["C1", "C2"])), Some(-900.0));
        assert_eq!(ac13_ft(code(&["C1"])), Some(-800.0));
        assert_eq!(ac13_ft(code(&["C1", "B4"])), Some(-700.0));
        assert_eq!(ac13_ft(code(&["C4", "B4"])), Some(-300.0));
        assert_eq!(ac13_ft(code(&["D2", "C4"])), Some(126_700.0));
    }

    #[test]
    fn every_hundred_foot_level_has_one_code_and_the_rest_are_named() {
        let mut levels = std::collections::BTreeMap::new();
        for code in (1..0x2000).filter(|code| code & (M_BIT | Q_BIT) == 0) {
            match from_ac13(code) {
                Ok(found) => {
                    let feet = (found.unwrap().altitude_m / METRES_PER_FOOT).round() as i32;
                    *levels.entry(feet).or_insert(0) += 1;
                }
                Err(defect) => assert_eq!(defect, AltitudeDefect::Impossible),
            }
        }
        assert_eq!(levels.len(), 1280);
        assert!(levels.values().all(|codes| *codes == 1));
        assert_eq!(levels.keys().next(), Some(&-1200));
        assert_eq!(levels.keys().last(), Some(&126_700));
    }

    #[test]
    fn a_metric_code_is_named_not_guessed() {
        assert_eq!(from_ac13(M_BIT), Err(AltitudeDefect::Metric));
    }
}
