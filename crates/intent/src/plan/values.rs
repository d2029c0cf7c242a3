//! The values that stand in fields: places, times, speeds, levels. Each is right by construction.

use geodesy::units::{METRES_PER_FOOT, MPS_PER_KNOT};
use jiff::civil;
use std::fmt;
use surveillance::Time;

/// An ICAO location indicator (Doc 7910): four letters. `ZZZZ` stands for a place without one,
/// `AFIL` for a plan filed in the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location([u8; 4]);

impl Location {
    /// The place has no indicator; field 18 names it.
    pub const NONE: Self = Self(*b"ZZZZ");
    /// Filed in the air: field 18 DEP/ names who to ask.
    pub const IN_THE_AIR: Self = Self(*b"AFIL");

    /// `None` unless four capital letters.
    pub fn new(text: &str) -> Option<Self> {
        let octets: [u8; 4] = text.as_bytes().try_into().ok()?;
        octets.iter().all(u8::is_ascii_uppercase).then_some(Self(octets))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a point, airway or procedure: one to eight of A–Z and 0–9.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name([u8; 8]);

impl Name {
    /// `None` if empty, longer than eight, or with another character.
    pub fn new(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let allowed = |c: &u8| c.is_ascii_uppercase() || c.is_ascii_digit();
        if bytes.is_empty() || !bytes.iter().all(allowed) {
            return None;
        }
        let mut octets = [0; 8];
        octets.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Self(octets))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|octet| *octet == 0).unwrap_or(self.0.len());
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// A time of day, UTC, in whole minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// From `HHMM`, 0000 to 2359.
    pub fn new(text: &str) -> Option<Self> {
        let (hours, minutes) = hours_minutes(text)?;
        (hours < 24).then_some(Self(hours * 60 + minutes))
    }

    /// Of an instant, the seconds cut off.
    pub fn of(time: Time) -> Self {
        Self((time.time_of_day().as_secs() / 60) as u16)
    }

    /// Minutes since midnight, below 1440.
    pub fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}{:02}", self.0 / 60, self.0 % 60)
    }
}

/// A time that a flight takes, in whole minutes, below 100 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Elapsed(u16);

impl Elapsed {
    /// From `HHMM` with minutes below 60.
    pub fn new(text: &str) -> Option<Self> {
        hours_minutes(text).map(|(hours, minutes)| Self(hours * 60 + minutes))
    }

    /// Minutes.
    pub fn minutes(self) -> u16 {
        self.0
    }

    /// Seconds.
    pub fn seconds(self) -> f64 {
        f64::from(self.0) * 60.0
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}{:02}", self.0 / 60, self.0 % 60)
    }
}

fn hours_minutes(text: &str) -> Option<(u16, u16)> {
    let value = digits(text, 4)?;
    let (hours, minutes) = (value / 100, value % 100);
    (minutes < 60).then_some((hours as u16, minutes as u16))
}

/// A day, UTC, of the years 2000 to 2099: what six digits can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

impl Date {
    /// From `YYMMDD`.
    pub fn new(text: &str) -> Option<Self> {
        let value = digits(text, 6)?;
        let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100);
        civil::Date::new(2000 + year as i16, month as i8, day as i8).ok().map(Self)
    }

    /// The day of an instant; `None` outside the years there are.
    pub fn of(time: Time) -> Option<Self> {
        let stamp = jiff::Timestamp::from_nanosecond(i128::from(time.unix_nanos())).ok()?;
        let date = jiff::tz::Offset::UTC.to_datetime(stamp).date();
        (2000..2100).contains(&date.year()).then_some(Self(date))
    }

    /// The instant of `time` on this day.
    pub fn at(self, time: TimeOfDay) -> Time {
        let days = civil::date(1970, 1, 1).until(self.0).map_or(0, |span| span.get_days());
        let minutes = i64::from(days) * 1440 + i64::from(time.minutes());
        Time::from_unix_nanos(minutes * 60_000_000_000)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.0.year() % 100, self.0.month(), self.0.day());
        write!(f, "{year:02}{month:02}{day:02}")
    }
}

/// A true airspeed as field 15a writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speed {
    /// Kilometres per hour, `K0830`.
    KilometresPerHour(u16),
    /// Knots, `N0485`.
    Knots(u16),
    /// Hundredths of Mach 1, `M082`.
    Mach(u16),
}

impl Speed {
    /// From `Kdddd`, `Ndddd` or `Mddd`.
    pub fn new(text: &str) -> Option<Self> {
        let (unit, number) = text.split_at_checked(1)?;
        let wide = |number| digits(number, 4).map(|value| value as u16);
        match unit {
            "K" => wide(number).map(Self::KilometresPerHour),
            "N" => wide(number).map(Self::Knots),
            "M" => digits(number, 3).map(|value| Self::Mach(value as u16)),
            _ => None,
        }
    }

    /// Metres per second; a Mach number is taken at `level` in the standard atmosphere.
    pub fn mps(self, level: Option<Level>) -> f64 {
        match self {
            Self::KilometresPerHour(value) => f64::from(value) / 3.6,
            Self::Knots(value) => f64::from(value) * MPS_PER_KNOT,
            Self::Mach(value) => {
                let altitude_m = level.and_then(Level::metres).unwrap_or(TROPOPAUSE_M);
                f64::from(value) / 100.0 * speed_of_sound_mps(altitude_m)
            }
        }
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KilometresPerHour(value) => write!(f, "K{value:04}"),
            Self::Knots(value) => write!(f, "N{value:04}"),
            Self::Mach(value) => write!(f, "M{value:03}"),
        }
    }
}

const TROPOPAUSE_M: f64 = 11_000.0;

/// In the standard atmosphere (ISO 2533): 288.15 K at 0 m, 6.5 K less each kilometre up to 11 km.
fn speed_of_sound_mps(altitude_m: f64) -> f64 {
    let temperature_k = 288.15 - 0.0065 * altitude_m.clamp(-1000.0, TROPOPAUSE_M);
    (1.4 * 287.052_87 * temperature_k).sqrt()
}

/// A cruising level as field 15b writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Flight level, hundreds of feet: `F330`.
    Flight(u16),
    /// Standard metric level, tens of metres: `S1130`.
    Metric(u16),
    /// Altitude, hundreds of feet: `A045`.
    Altitude(u16),
    /// Altitude, tens of metres: `M0840`.
    MetricAltitude(u16),
    /// Uncontrolled VFR: none said.
    Vfr,
}

impl Level {
    /// From `Fddd`, `Sdddd`, `Addd`, `Mdddd` or `VFR`.
    pub fn new(text: &str) -> Option<Self> {
        if text == "VFR" {
            return Some(Self::Vfr);
        }
        let (unit, number) = text.split_at_checked(1)?;
        let narrow = |number| digits(number, 3).map(|value| value as u16);
        let wide = |number| digits(number, 4).map(|value| value as u16);
        match unit {
            "F" => narrow(number).map(Self::Flight),
            "A" => narrow(number).map(Self::Altitude),
            "S" => wide(number).map(Self::Metric),
            "M" => wide(number).map(Self::MetricAltitude),
            _ => None,
        }
    }

    /// Metres: on the standard atmosphere for levels, above mean sea level for altitudes.
    pub fn metres(self) -> Option<f64> {
        match self {
            Self::Flight(value) | Self::Altitude(value) => {
                Some(f64::from(value) * 100.0 * METRES_PER_FOOT)
            }
            Self::Metric(value) | Self::MetricAltitude(value) => Some(f64::from(value) * 10.0),
            Self::Vfr => None,
        }
    }

    /// Whether it is measured on the standard atmosphere, as a transponder measures.
    pub fn is_pressure(self) -> bool {
        matches!(self, Self::Flight(_) | Self::Metric(_))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flight(value) => write!(f, "F{value:03}"),
            Self::Metric(value) => write!(f, "S{value:04}"),
            Self::Altitude(value) => write!(f, "A{value:03}"),
            Self::MetricAltitude(value) => write!(f, "M{value:04}"),
            Self::Vfr => f.write_str("VFR"),
        }
    }
}

/// The value of exactly `width` digits.
pub(crate) fn digits(text: &str, width: usize) -> Option<u32> {
    let right = text.len() == width && text.bytes().all(|c| c.is_ascii_digit());
    right.then(|| text.parse().ok()).flatten()
}
