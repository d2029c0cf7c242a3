//! Limits, times and degrees as files write them.

use crate::airspace::{Activation, Daily, Fault, Limit, Period};
use geodesy::Geodetic;
use geodesy::units::METRES_PER_FOOT;
use surveillance::Time;

const LIMIT_WANTED: &str = "a limit such as GND, 4500 ft MSL, 1500 ft AGL, 900 m MSL, FL095 or UNL";
const PERIOD_WANTED: &str =
    "a period of UTC such as 2026-12-01T08:00Z/2026-12-01T16:00Z, or NONE for either end";
const DAILY_WANTED: &str =
    "days and times of UTC such as MON-FRI 06:00-16:00, SAT SUN 22:00-04:00 or DAILY 06:00-24:00";
const POSITION_WANTED: &str = "a position such as 42:51:30 N 074:30:15 E or 42:51.5N 074:30.25E";
/// No limit is further from the sea, metres.
const LIMIT_MAX_M: f64 = 1_000_000.0;

/// A limit in feet, metres or as a flight level; feet above the sea where neither is said.
pub(crate) fn limit(text: &str) -> Result<Limit, Fault> {
    parse_limit(text).ok_or_else(|| Fault::value(text, LIMIT_WANTED))
}

fn parse_limit(text: &str) -> Option<Limit> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.to_ascii_uppercase();
    match text.as_str() {
        "SFC" | "GND" | "SURFACE" | "GROUND" => return Some(Limit::Surface),
        "UNL" | "UNLIM" | "UNLTD" | "UNLIMITED" => return Some(Limit::Unlimited),
        _ => {}
    }
    if let Some(level) = text.strip_prefix("FL") {
        return number(level).map(|level| Limit::FlightLevel(level * 100.0 * METRES_PER_FOOT));
    }
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+')).unwrap_or(text.len());
    let (value, rest) = text.split_at(end);
    let value = number(value)?;
    let (scale, reference) = if let Some(rest) = rest.strip_prefix("FT").or(rest.strip_prefix('\''))
    {
        (METRES_PER_FOOT, rest)
    } else if let Some(rest) = rest.strip_prefix('M').filter(|rest| !rest.starts_with("SL")) {
        (1.0, rest)
    } else if let Some(rest) = rest.strip_prefix('F') {
        (METRES_PER_FOOT, rest)
    } else {
        (METRES_PER_FOOT, rest)
    };
    let metres = value * scale;
    match reference.trim_matches(|c| c == '(' || c == ')') {
        "" | "MSL" | "AMSL" | "ALT" | "QNH" => Some(Limit::Amsl(metres)),
        "AGL" | "GND" | "AGND" | "SFC" | "ASFC" if metres <= 0.0 => Some(Limit::Surface),
        "AGL" | "GND" | "AGND" | "SFC" | "ASFC" => Some(Limit::Agl(metres)),
        "STD" | "QNE" => Some(Limit::FlightLevel(metres)),
        _ => None,
    }
}

fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'.' | b'-' | b'+'));
    let value: f64 = plain.then(|| text.parse().ok())??;
    (value.abs() < LIMIT_MAX_M).then_some(value)
}

/// `start/end` in UTC; `NONE` leaves an end open.
pub(crate) fn period(text: &str) -> Result<Period, Fault> {
    let wrong = || Fault::value(text, PERIOD_WANTED);
    let (from, until) = text.trim().split_once('/').ok_or_else(wrong)?;
    let end = |text: &str| match text.trim() {
        "NONE" | "none" | ".." => Some(None),
        text => time(text).map(Some),
    };
    let period =
        Period { from: end(from).ok_or_else(wrong)?, until: end(until).ok_or_else(wrong)? };
    if let (Some(begins), Some(ends)) = (period.from, period.until)
        && ends <= begins
    {
        let (from, until) = (begins.to_string(), ends.to_string());
        return Err(Fault::TimesUpsideDown { from, until });
    }
    Ok(period)
}

/// Periods, and times of the day on days of the week, in any mixture of one sort.
pub(crate) fn patterns<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Activation, Fault> {
    let (mut periods, mut dailies) = (Vec::new(), Vec::new());
    for text in texts {
        if text.contains('/') {
            periods.push(period(text)?);
        } else {
            dailies.push(daily(text).ok_or_else(|| Fault::value(text, DAILY_WANTED))?);
        }
    }
    match (periods.is_empty(), dailies.is_empty()) {
        (_, true) => Ok(Activation::Periods(periods)),
        (true, false) => Ok(Activation::Daily(dailies)),
        (false, false) => Err(Fault::value("both", "either periods or days with times, not both")),
    }
}

/// `MON-FRI 06:00-16:00`, `SAT SUN 22:00-04:00`, `DAILY 00:00-24:00`.
fn daily(text: &str) -> Option<Daily> {
    let (days, clock) = text.trim().rsplit_once(' ')?;
    let (from, until) = clock.split_once('-')?;
    let days =
        days.split([' ', ',']).filter(|word| !word.is_empty()).try_fold(0, |all, word| {
            let word = word.to_ascii_uppercase();
            if word == "DAILY" {
                return Some(Daily::EVERY_DAY);
            }
            let (first, last) = word.split_once('-').unwrap_or((&word, &word));
            let (first, last) = (weekday(first)?, weekday(last)?);
            let span = (last + 7 - first) % 7;
            Some((0..=span).fold(all, |all, step| all | 1 << ((first + step) % 7)))
        })?;
    let (from_s, until_s) = (clock_s(from)?, clock_s(until)?);
    (days != 0 && from_s < 86_400).then_some(Daily { days, from_s, until_s, valid: Period::ALWAYS })
}

/// Monday is 0.
pub(crate) fn weekday(word: &str) -> Option<u8> {
    let days = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    days.iter().position(|day| *day == word).map(|day| day as u8)
}

/// Seconds since midnight of `HH:MM`; 24:00 is the end of the day.
pub(crate) fn clock_s(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|c| c.is_ascii_digit());
        digits.then(|| text.parse::<u32>().ok())?
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    let right = minutes < 60 && (hours < 24 || (hours, minutes) == (24, 0));
    right.then_some(hours * 3600 + minutes * 60)
}

/// An instant of UTC; seconds may be left out, and 24:00 is the end of the day.
pub(crate) fn time(text: &str) -> Option<Time> {
    let text = text.trim();
    let (date, clock) = text.strip_suffix(['Z', 'z'])?.split_once(['T', 't'])?;
    if !clock.is_ascii() || !date.is_ascii() {
        return None;
    }
    if matches!(clock, "24:00" | "24:00:00") {
        return format!("{date}T00:00:00Z")
            .parse::<Time>()
            .ok()
            .map(|day| day.plus_seconds(86_400.0));
    }
    let clock = if clock.len() == 5 { format!("{clock}:00") } else { clock.to_owned() };
    format!("{date}T{clock}Z").parse().ok()
}

/// Positions one after the other, each as degrees, minutes and seconds with a letter behind.
pub(crate) fn positions(text: &str) -> Result<Vec<Geodetic>, Fault> {
    let wrong = || Fault::value(text, POSITION_WANTED);
    let mut found = Vec::new();
    let (mut groups, mut latitude): (Vec<f64>, Option<f64>) = (Vec::new(), None);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match c.to_ascii_uppercase() {
            '0'..='9' | '.' => {
                let end =
                    rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
                groups.push(rest[..end].parse().map_err(|_| wrong())?);
                rest = &rest[end..];
                continue;
            }
            'N' | 'S' => {
                let south = c.eq_ignore_ascii_case(&'S');
                if latitude.replace(sexagesimal(&groups, south).ok_or_else(wrong)?).is_some() {
                    return Err(wrong());
                }
                groups.clear();
            }
            'E' | 'W' => {
                let west = c.eq_ignore_ascii_case(&'W');
                let longitude = sexagesimal(&groups, west).ok_or_else(wrong)?;
                found.push(degrees(latitude.take().ok_or_else(wrong)?, longitude)?);
                groups.clear();
            }
            ':' | ' ' | '\t' | '\r' | ',' | '°' | '\'' | '"' | '′' | '″' => {}
            _ => return Err(wrong()),
        }
        rest = &rest[c.len_utf8()..];
    }
    if found.is_empty() || latitude.is_some() || !groups.is_empty() {
        return Err(wrong());
    }
    Ok(found)
}

fn sexagesimal(groups: &[f64], negative: bool) -> Option<f64> {
    let value = match *groups {
        [degrees] => degrees,
        [degrees, minutes] if minutes < 60.0 => degrees + minutes / 60.0,
        [degrees, minutes, seconds] if minutes < 60.0 && seconds < 60.0 => {
            degrees + minutes / 60.0 + seconds / 3600.0
        }
        _ => return None,
    };
    Some(if negative { -value } else { value })
}

/// A position on the ellipsoid.
pub(crate) fn degrees(latitude_deg: f64, longitude_deg: f64) -> Result<Geodetic, Fault> {
    Geodetic::from_degrees(latitude_deg, longitude_deg, 0.0)
        .filter(|_| longitude_deg.abs() <= 180.0)
        .ok_or(Fault::OutOfRange { latitude_deg, longitude_deg })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_files_write_them() {
        let check = |text: &str, expected: Limit| {
            assert_eq!(
                limit(text).ok().map(|l| l.to_string()),
                Some(expected.to_string()),
                "{text}"
            );
        };
        let feet = |feet: f64| feet * METRES_PER_FOOT;
        check("FL095", Limit::FlightLevel(feet(9_500.0)));
        check("FL 95", Limit::FlightLevel(feet(9_500.0)));
        check("4500ft MSL", Limit::Amsl(feet(4_500.0)));
        check("4500", Limit::Amsl(feet(4_500.0)));
        check("900m MSL", Limit::Amsl(900.0));
        check("900 MSL", Limit::Amsl(feet(900.0)));
        check("1500 AGL", Limit::Agl(feet(1_500.0)));
        check("1500ft GND", Limit::Agl(feet(1_500.0)));
        check("10000ft STD", Limit::FlightLevel(feet(10_000.0)));
        check("gnd", Limit::Surface);
        check("SFC", Limit::Surface);
        check("Unlim", Limit::Unlimited);
        for text in ["", "FL", "high", "100m AGL/423m AMSL", "1e9", "NaN", "ft 100", "99999999 ft"]
        {
            assert!(limit(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_end_of_a_day_is_the_start_of_the_next() {
        assert_eq!(time("2024-12-17T24:00Z"), time("2024-12-18T00:00:00Z"));
        assert!(period("2024-12-17T12:00Z/2024-12-17T11:00Z").is_err());
        assert_eq!(period("NONE/NONE").ok(), Some(Period::ALWAYS));
    }

    #[test]
    fn positions_are_read_in_degrees_minutes_and_seconds() {
        let found = positions("39:36:40N 119:46:10W, 39:29.15 N, 119:36:10 W").unwrap();
        assert_eq!(found.len(), 2);
        assert!((found[0].latitude_deg() - (39.0 + 36.0 / 60.0 + 40.0 / 3600.0)).abs() < 1e-12);
        assert!((found[1].latitude_deg() - 39.485_833_333).abs() < 1e-9);
        for text in ["", "39:60:00N 1E", "39N", "1E 39N", "39N 40N 1E", "39:1:1:1N 1E", "39N 1E 5"]
        {
            assert!(positions(text).is_err(), "{text}");
        }
        assert!(matches!(positions("91N 1E"), Err(Fault::OutOfRange { .. })));
    }
}
