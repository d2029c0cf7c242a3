//! Steps, seconds, levels, words and names.

use super::{Fallible, misfit};
use crate::Reduction;
use crate::model::{AnyOf, Named};
use crate::place::Path;
use crate::text;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_KNOT};
use surveillance::{Address, Callsign};

pub(super) fn reduction(path: &Path, precision: text::Precision) -> Fallible<Reduction> {
    let step = |key: &str, value: Option<f64>, unit: f64, max: f64| match value {
        None => Ok(0.0),
        Some(value) if value > 0.0 && value <= max => Ok(value * unit),
        Some(value) => misfit(
            &path.key(key),
            format!("{value} is no step; give a number above 0, at most {max}"),
        ),
    };
    Ok(Reduction {
        position_m: step("position_nm", precision.position_nm, METRES_PER_NM, 600.0)?,
        level_m: step("level_ft", precision.level_ft, METRES_PER_FOOT, 100_000.0)?,
        velocity_mps: step("velocity_kt", precision.velocity_kt, MPS_PER_KNOT, 10_000.0)?,
        time_s: step("time_s", precision.time_s, 1.0, 86_400.0)?,
        ..Reduction::NONE
    })
}

pub(super) fn seconds(path: &Path, value: Option<f64>) -> Fallible<f64> {
    /// A day: what is older is history, and travels by other ways.
    const LONGEST_S: f64 = 86_400.0;
    match value {
        None => Ok(0.0),
        Some(value) if (0.0..=LONGEST_S).contains(&value) => Ok(value),
        Some(value) => misfit(path, format!("{value} s cannot be; give 0 to {LONGEST_S}")),
    }
}

pub(super) fn level_band(path: &Path, levels: text::Levels) -> Fallible<[f64; 2]> {
    let metres =
        |level: Option<f64>, open: f64| level.map_or(open, |fl| fl * 100.0 * METRES_PER_FOOT);
    let band = [metres(levels.from_fl, f64::NEG_INFINITY), metres(levels.to_fl, f64::INFINITY)];
    if band[0].is_nan() || band[1].is_nan() || band[0] > band[1] {
        return misfit(path, "no level is between them; put the lower one in from_fl");
    }
    Ok(band)
}

pub(super) fn any_of<W: Copy>(
    path: &Path,
    list: Option<&Vec<W>>,
    bit: impl Fn(W) -> u32,
) -> Fallible<AnyOf> {
    match list {
        None => Ok(AnyOf::ALL),
        Some(words) if words.is_empty() => {
            misfit(path, "nothing is named; name at least one, or leave the key out")
        }
        Some(words) => Ok(AnyOf(words.iter().fold(0, |bits, word| bits | 1 << bit(*word)))),
    }
}

pub(super) fn named(path: &Path, list: &[String]) -> Fallible<Vec<Named>> {
    let one = |(index, text): (usize, &String)| {
        let hex = text.len() == 6
            && text.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
        if hex && let Ok(bits) = u32::from_str_radix(text, 16) {
            return Ok(Named::Address(Address::icao(bits)));
        }
        Callsign::new(text).map(Named::Callsign).ok_or_else(|| {
            let said = format!(
                "{text:?} names no target; give a 24-bit address as six small hex digits, or a callsign"
            );
            (path.index(index), said)
        })
    };
    list.iter().enumerate().map(one).collect()
}
