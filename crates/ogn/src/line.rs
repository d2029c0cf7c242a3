//! One line: `FLRDD1234>OGFLR,qAS,UCFM:/101530h4259.12N/07434.50E'045/080/A=003281 !W35! id06DD1234 +119fpm
//! gps3x4`.

use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT};
use std::time::Duration;
use surveillance::Address;
use thiserror::Error;

/// What an aircraft told of itself. What is absent or cannot be is `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beacon {
    /// Its address: ICAO's where it says so.
    pub address: Address,
    /// What it is.
    pub craft: Option<Craft>,
    /// When it was there: time since midnight, UTC.
    pub time_of_day: Option<Duration>,
    /// Latitude, radians.
    pub latitude_rad: f64,
    /// Longitude, radians.
    pub longitude_rad: f64,
    /// Height above mean sea level by satellite navigation, metres.
    pub altitude_m: Option<f64>,
    /// Flight level, as metres of pressure altitude.
    pub pressure_altitude_m: Option<f64>,
    /// Speed over the ground, m/s.
    pub ground_speed_mps: Option<f64>,
    /// Direction of movement over the ground, radians clockwise from true north.
    pub track_rad: Option<f64>,
    /// Climb positive, m/s.
    pub vertical_rate_mps: Option<f64>,
    /// Accuracy of its horizontal position as its receiver states it, metres.
    pub accuracy_m: Option<f64>,
}

/// What an aircraft says that it is (FLARM's types).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Craft {
    /// Glider or motor glider.
    Glider,
    /// Tow plane, drop plane or other with piston engine.
    Powered,
    /// Helicopter.
    Helicopter,
    /// Parachutist.
    Parachutist,
    /// Hang glider or paraglider.
    HangGlider,
    /// Turbojet or turboprop.
    Jet,
    /// Balloon or airship.
    Balloon,
    /// Unmanned.
    Unmanned,
    /// Stands still.
    Obstacle,
}

/// Why a line was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Defect {
    /// Longer than 512 bytes.
    #[error("a line longer than 512 bytes")]
    TooLong,
    /// The stream ended within it.
    #[error("half a line at the end of the stream")]
    Cut,
    /// No line of APRS.
    #[error("a line that is not APRS")]
    BadLine,
    /// Its position cannot be read or be.
    #[error("a position that cannot be read")]
    BadPosition,
    /// The aircraft asks not to be tracked.
    #[error("an aircraft that asks not to be tracked")]
    NotToBeTracked,
}

impl Defect {
    /// Stable name for metrics and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLong => "line_too_long",
            Self::Cut => "line_cut",
            Self::BadLine => "bad_line",
            Self::BadPosition => "bad_position",
            Self::NotToBeTracked => "not_to_be_tracked",
        }
    }
}

/// Reads a line; `None` of what is no aircraft's position: a comment, a station, its state, weather.
///
/// # Errors
/// What is no line of APRS, a position that cannot be, an aircraft that asks not to be tracked.
pub fn read_line(line: &[u8]) -> Result<Option<Beacon>, Defect> {
    let line = line.trim_ascii();
    if line.is_empty() || line[0] == b'#' {
        return Ok(None);
    }
    // A comment may be in any letters.
    let text = String::from_utf8_lossy(line);
    let (source, rest) = text.split_once('>').ok_or(Defect::BadLine)?;
    let (_, said) = rest.split_once(':').ok_or(Defect::BadLine)?;
    let plausible = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if source.is_empty() || source.len() > 9 || !source.chars().all(plausible) {
        return Err(Defect::BadLine);
    }
    let (time_of_day, place) = match said.as_bytes().first() {
        // With the time of the position; the others are of the station's.
        Some(b'/' | b'@') => {
            let (time, place) = said[1..].split_at_checked(7).ok_or(Defect::BadLine)?;
            (Some(time_of_day(time).ok_or(Defect::BadLine)?), place)
        }
        Some(b'!' | b'=') => (None, &said[1..]),
        _ => return Ok(None),
    };
    // Latitude, table of symbols, longitude, symbol.
    let (place, comment) = place.split_at_checked(19).ok_or(Defect::BadPosition)?;
    if !place.is_ascii() {
        return Err(Defect::BadPosition);
    }
    let (table, symbol) = (&place[8..9], &place[18..19]);
    if (table == "I" && symbol == "&") || symbol == "_" {
        return Ok(None);
    }
    let words: Vec<&str> = comment.split_ascii_whitespace().collect();
    let word = |start: &str| words.iter().find_map(|word| word.strip_prefix(start));
    let told = words.iter().filter_map(|word| word.strip_prefix("id"));
    let told = told.into_iter().find(|told| told.bytes().all(|octet| octet.is_ascii_hexdigit()));
    let Some(identity) = identity(told, source)? else { return Ok(None) };
    if identity.hides {
        return Err(Defect::NotToBeTracked);
    }
    let precision = word("!W").and_then(|w| w.strip_suffix('!')).filter(|w| w.len() == 2);
    let digit = |at: usize| {
        let text = precision.and_then(|digits| digits.get(at..=at));
        text.and_then(|digit| digit.parse::<u8>().ok()).map_or(0.0, f64::from)
    };
    let latitude_deg = angle(&place[..8], 2, ["N", "S"], digit(0)).filter(|d| d.abs() <= 90.0);
    let longitude_deg = angle(&place[9..18], 3, ["E", "W"], digit(1)).filter(|d| d.abs() <= 180.0);
    let (latitude_deg, longitude_deg) =
        latitude_deg.zip(longitude_deg).ok_or(Defect::BadPosition)?;
    let (course, after) = course_and_speed(comment);
    let ending = |end: &str| words.iter().find_map(|word| word.strip_suffix(end));
    let number = |text: &str, most: f64| text.parse().ok().filter(|n: &f64| n.abs() <= most);
    let altitude = after.strip_prefix("/A=").and_then(|digits| digits.get(..6));
    let accuracy = word("gps").and_then(|w| w.split_once('x')).map(|(horizontal, _)| horizontal);
    Ok(Some(Beacon {
        address: identity.address,
        craft: identity.craft,
        time_of_day,
        latitude_rad: latitude_deg.to_radians(),
        longitude_rad: longitude_deg.to_radians(),
        altitude_m: altitude.and_then(|t| number(t, 200_000.0)).map(|ft| ft * METRES_PER_FOOT),
        pressure_altitude_m: word("FL")
            .and_then(|t| number(t, 1_000.0))
            .map(|level| level * 100.0 * METRES_PER_FOOT),
        ground_speed_mps: course.map(|(_, knots)| knots * MPS_PER_KNOT),
        track_rad: course.and_then(|(degrees, _)| degrees).map(f64::to_radians),
        vertical_rate_mps: ending("fpm").and_then(|t| number(t, 60_000.0)).map(|f| f * MPS_PER_FPM),
        accuracy_m: accuracy.and_then(|t| number(t, 10_000.0)).filter(|m| *m > 0.0),
    }))
}

struct Identity {
    address: Address,
    craft: Option<Craft>,
    hides: bool,
}

/// `id06DD1234`: a bit for stealth, one for no tracking, four for the type of craft, two for the type of
/// address, the address; in ten digits (Naviter) six bits for that type and four of no meaning here. Without
/// it, what the source is called: `ICA4B0A3C`, `FLRDD1234`, `OGN2FD00A`. One that cannot be read may ask
/// not to be tracked: its line is left out.
fn identity(told: Option<&str>, source: &str) -> Result<Option<Identity>, Defect> {
    if let Some(word) = told {
        let bits = u64::from_str_radix(word, 16).map_err(|_| Defect::BadLine)?;
        let (hidden, kind, of_icao) = match word.len() {
            8 => (bits >> 30, bits >> 26 & 15, bits >> 24 & 3 == 1),
            10 => (bits >> 38, bits >> 34 & 15, bits >> 28 & 63 == 1),
            _ => return Err(Defect::BadLine),
        };
        let address = (bits & 0xff_ffff) as u32;
        return Ok(Some(Identity {
            address: if of_icao { Address::icao(address) } else { Address::other(address) },
            craft: craft(kind as u32),
            hides: hidden != 0,
        }));
    }
    let hex = |text: &str| u32::from_str_radix(text, 16).ok();
    let named = source.get(..3).zip(source.get(3..).filter(|bits| bits.len() == 6).and_then(hex));
    let address = match named {
        Some(("ICA", bits)) => Address::icao(bits),
        Some(("FLR" | "OGN", bits)) => Address::other(bits),
        _ => return Ok(None),
    };
    Ok(Some(Identity { address, craft: None, hides: false }))
}

fn craft(kind: u32) -> Option<Craft> {
    match kind {
        1 => Some(Craft::Glider),
        2 | 5 | 8 => Some(Craft::Powered),
        3 => Some(Craft::Helicopter),
        4 => Some(Craft::Parachutist),
        6 | 7 => Some(Craft::HangGlider),
        9 => Some(Craft::Jet),
        11 | 12 => Some(Craft::Balloon),
        13 => Some(Craft::Unmanned),
        15 => Some(Craft::Obstacle),
        _ => None,
    }
}

/// `101530h`: hours, minutes, seconds, UTC.
fn time_of_day(text: &str) -> Option<Duration> {
    let digits = text.strip_suffix('h').filter(|t| t.bytes().all(|o| o.is_ascii_digit()))?;
    let two = |at: usize| digits.get(at..at + 2)?.parse::<u64>().ok();
    let (hours, minutes, seconds) = (two(0)?, two(2)?, two(4)?);
    let valid = digits.len() == 6 && hours < 24 && minutes < 60 && seconds < 60;
    valid.then(|| Duration::from_secs(hours * 3_600 + minutes * 60 + seconds))
}

/// `4259.12N`: degrees, minutes and hundredths; `more` are thousandths. Degrees.
fn angle(text: &str, digits: usize, ends: [&str; 2], more: f64) -> Option<f64> {
    let (number, end) = text.split_at_checked(text.len() - 1)?;
    let sign = match end {
        end if end == ends[0] => 1.0,
        end if end == ends[1] => -1.0,
        _ => return None,
    };
    let plain = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
    let (degrees, minutes) =
        number.split_at_checked(digits).filter(|(d, m)| plain(d) && plain(m))?;
    let (degrees, minutes): (f64, f64) = (degrees.parse().ok()?, minutes.parse().ok()?);
    (minutes < 60.0).then(|| sign * (degrees + (minutes + 1e-3 * more) / 60.0))
}

/// `045/080`, degrees (none told: 000) and knots, and what comes after them.
fn course_and_speed(comment: &str) -> (Option<(Option<f64>, f64)>, &str) {
    let three = |text: Option<&str>| {
        let digits = text.filter(|text| text.bytes().all(|octet| octet.is_ascii_digit()))?;
        digits.parse::<f64>().ok()
    };
    let course = three(comment.get(..3)).filter(|degrees| *degrees <= 360.0);
    let speed = three(comment.get(4..7)).filter(|_| comment.get(3..4) == Some("/"));
    match (course, speed, comment.get(7..)) {
        (Some(course), Some(speed), Some(after)) => {
            (Some(((course > 0.0).then_some(course % 360.0), speed)), after)
        }
        _ => (None, comment),
    }
}
