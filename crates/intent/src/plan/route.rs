//! Field 15: speed, level and route (PANS-ATM appendix 3, field type 15).

use super::values::digits;
use super::{Level, Name, Speed};
use std::fmt;

/// Most elements of one route that are kept.
pub(crate) const ELEMENTS_MAX: usize = 400;

/// Speed, level and what is flown between the aerodromes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Route {
    /// 15a.
    pub speed: Option<Speed>,
    /// 15b.
    pub level: Option<Level>,
    /// 15c.
    pub elements: Vec<Element>,
}

/// One word of a route.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Element {
    /// A significant point, with what changes there.
    Fix(Fix, Option<Revision>),
    /// `C/point/speed levels`: a climb at constant Mach number from the point, between two levels
    /// or from one upward.
    CruiseClimb(Fix, Speed, Level, Bound),
    /// An airway to the next point.
    Airway(Name),
    /// A standard departure or arrival.
    Procedure(Name),
    /// DCT.
    Direct,
    /// Instrument flight rules from here.
    Ifr,
    /// Visual flight rules from here.
    Vfr,
    /// `STAY1/0030`: the flight works here for so long (Europe).
    Stay(u8, super::Elapsed),
    /// T: the route goes on as an earlier message says.
    Truncated,
}

/// Where a cruise climb ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// At a level.
    To(Level),
    /// `PLUS`: wherever it takes.
    Open,
}

/// Speed and level from a point on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Revision {
    /// True airspeed.
    pub speed: Speed,
    /// Cruising level.
    pub level: Level,
}

/// A significant point as a route names it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fix {
    /// A navaid, a waypoint or an aerodrome.
    Named(Name),
    /// A position, minutes of arc, north and east positive.
    Position {
        /// Latitude.
        latitude_min: i16,
        /// Longitude.
        longitude_min: i16,
        /// Written in whole degrees: `46N078W`.
        whole_degrees: bool,
    },
    /// So far from a point: `DUB180040`.
    Offset {
        /// From where.
        from: Name,
        /// Magnetic bearing from it, degrees, 0 to 360.
        bearing_deg: u16,
        /// Distance, NM.
        distance_nm: u16,
    },
}

impl Fix {
    /// A point in one of its forms.
    pub fn new(text: &str) -> Option<Self> {
        if let Some(position) = Self::position(text) {
            return Some(position);
        }
        let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
        match (letters, text.len()) {
            (2..=5, len) if len == letters => Name::new(text).map(Self::Named),
            (2..=5, len) if len == letters + 6 => {
                let (name, numbers) = text.split_at(letters);
                let value = digits(numbers, 6)?;
                let (bearing_deg, distance_nm) = ((value / 1000) as u16, (value % 1000) as u16);
                let from = Name::new(name)?;
                (bearing_deg <= 360).then_some(Self::Offset { from, bearing_deg, distance_nm })
            }
            _ => None,
        }
    }

    fn position(text: &str) -> Option<Self> {
        let whole_degrees = match text.len() {
            7 => true,
            11 => false,
            _ => return None,
        };
        let (latitude, longitude) = text.split_at_checked(if whole_degrees { 3 } else { 5 })?;
        Some(Self::Position {
            latitude_min: angle_min(latitude, 2, ["N", "S"], 90)?,
            longitude_min: angle_min(longitude, 3, ["E", "W"], 180)?,
            whole_degrees,
        })
    }
}

/// Minutes of arc of `DD` or `DDMM` (of `width` digits for the degrees) and a letter.
fn angle_min(text: &str, width: usize, letters: [&str; 2], degrees_max: u32) -> Option<i16> {
    let (number, letter) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let value = digits(number, number.len())?;
    let minutes = if number.len() == width { value * 60 } else { value / 100 * 60 + value % 100 };
    let right = number.len() == width || value % 100 < 60;
    let sign = letters.iter().position(|known| *known == letter)?;
    (right && minutes <= degrees_max * 60)
        .then(|| if sign == 0 { minutes as i16 } else { -(minutes as i16) })
}

impl Revision {
    fn new(text: &str) -> Option<Self> {
        let (speed, level) = speed_and_rest(text)?;
        Some(Self { speed, level: Level::new(level)? })
    }
}

/// The speed that `text` begins with, and what follows it.
pub(crate) fn speed_and_rest(text: &str) -> Option<(Speed, &str)> {
    let width = if text.starts_with('M') { 4 } else { 5 };
    let (speed, rest) = text.split_at_checked(width)?;
    Some((Speed::new(speed)?, rest))
}

impl Element {
    /// One word of a route; `None` if it is none. One or two letters before the number make an
    /// airway, three or more a procedure.
    pub fn new(word: &str) -> Option<Self> {
        match word {
            "DCT" => return Some(Self::Direct),
            "IFR" => return Some(Self::Ifr),
            "VFR" => return Some(Self::Vfr),
            "T" => return Some(Self::Truncated),
            _ => {}
        }
        if let Some(climb) = word.strip_prefix("C/") {
            return Self::cruise_climb(climb);
        }
        if let Some((left, right)) = word.split_once('/') {
            if let Some(number) = left.strip_prefix("STAY") {
                let number = digits(number, 1).filter(|number| *number > 0)?;
                return Some(Self::Stay(number as u8, super::Elapsed::new(right)?));
            }
            return Some(Self::Fix(Fix::new(left)?, Some(Revision::new(right)?)));
        }
        if let Some(fix) = Fix::new(word) {
            return Some(Self::Fix(fix, None));
        }
        let name = Name::new(word).filter(|_| (2..=7).contains(&word.len()))?;
        let letters = word.bytes().take_while(u8::is_ascii_uppercase).count();
        let middle = word[letters..].bytes().take_while(u8::is_ascii_digit).count();
        let tail = &word[letters + middle..];
        let suffix = tail.is_empty() || tail.len() == 1 && tail.as_bytes()[0].is_ascii_uppercase();
        match (letters, middle) {
            (1..=2, 1..=4) if suffix => Some(Self::Airway(name)),
            (3..=6, 1..=2) if suffix => Some(Self::Procedure(name)),
            _ => None,
        }
    }

    fn cruise_climb(text: &str) -> Option<Self> {
        let (fix, rest) = text.split_once('/')?;
        let (speed, levels) = speed_and_rest(rest)?;
        let width = if levels.starts_with(['S', 'M']) { 5 } else { 4 };
        let (low, high) = levels.split_at_checked(width)?;
        let bound = if high == "PLUS" { Bound::Open } else { Bound::To(Level::new(high)?) };
        Some(Self::CruiseClimb(Fix::new(fix)?, speed, Level::new(low)?, bound))
    }
}

impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Named(name) => name.fmt(f),
            Self::Position { latitude_min, longitude_min, whole_degrees } => {
                let (lat, lon) = (latitude_min.unsigned_abs(), longitude_min.unsigned_abs());
                let north = if latitude_min < 0 { 'S' } else { 'N' };
                let east = if longitude_min < 0 { 'W' } else { 'E' };
                if whole_degrees {
                    write!(f, "{:02}{north}{:03}{east}", lat / 60, lon / 60)
                } else {
                    let (lat, lon) = ((lat / 60, lat % 60), (lon / 60, lon % 60));
                    write!(f, "{:02}{:02}{north}{:03}{:02}{east}", lat.0, lat.1, lon.0, lon.1)
                }
            }
            Self::Offset { from, bearing_deg, distance_nm } => {
                write!(f, "{from}{bearing_deg:03}{distance_nm:03}")
            }
        }
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fix(fix, None) => fix.fmt(f),
            Self::Fix(fix, Some(to)) => write!(f, "{fix}/{}{}", to.speed, to.level),
            Self::CruiseClimb(fix, speed, low, Bound::To(high)) => {
                write!(f, "C/{fix}/{speed}{low}{high}")
            }
            Self::CruiseClimb(fix, speed, low, Bound::Open) => {
                write!(f, "C/{fix}/{speed}{low}PLUS")
            }
            Self::Airway(name) | Self::Procedure(name) => name.fmt(f),
            Self::Direct => f.write_str("DCT"),
            Self::Ifr => f.write_str("IFR"),
            Self::Vfr => f.write_str("VFR"),
            Self::Stay(number, elapsed) => write!(f, "STAY{number}/{elapsed}"),
            Self::Truncated => f.write_str("T"),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.elements.iter().map(ToString::to_string);
        if let Some(speed) = self.speed {
            speed.fmt(f)?;
        }
        if let Some(level) = self.level {
            level.fmt(f)?;
        }
        words.enumerate().try_for_each(|(at, word)| {
            let first = at == 0 && self.speed.is_none() && self.level.is_none();
            write!(f, "{}{word}", if first { "" } else { " " })
        })
    }
}
