//! Time as every part of the system keeps it.

use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// An instant in UTC: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX).
///
/// Covers 1677 to 2262. Arithmetic saturates at those ends instead of wrapping. Shown as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

const NANOS_PER_SECOND: i64 = 1_000_000_000;
const NANOS_PER_DAY: i64 = 86_400 * NANOS_PER_SECOND;

impl Time {
    /// 1970-01-01T00:00:00Z; also the reference where a recording knows no date.
    pub const EPOCH: Time = Time(0);

    /// From nanoseconds since the epoch.
    pub const fn from_unix_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the epoch.
    pub const fn unix_nanos(self) -> i64 {
        self.0
    }

    /// From seconds since the epoch, to the nanosecond the double resolves (about 200 ns today).
    pub fn from_unix_seconds(seconds: f64) -> Self {
        Self((seconds * 1e9).round() as i64)
    }

    /// Seconds since the epoch; a double resolves about 200 ns today.
    pub fn unix_seconds(self) -> f64 {
        self.0.div_euclid(NANOS_PER_SECOND) as f64
            + self.0.rem_euclid(NANOS_PER_SECOND) as f64 / 1e9
    }

    /// Milliseconds since the epoch, rounded down.
    pub const fn unix_millis(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Seconds from `earlier` to this instant; negative if this instant is the earlier one.
    pub fn seconds_since(self, earlier: Time) -> f64 {
        self.0.saturating_sub(earlier.0) as f64 / 1e9
    }

    /// This instant moved by `seconds`, which may be negative.
    pub fn plus_seconds(self, seconds: f64) -> Self {
        Self(self.0.saturating_add((seconds * 1e9).round() as i64))
    }

    /// This instant moved later.
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_nanos()).unwrap_or(i64::MAX)))
    }

    /// The instant nearest to `reference` whose UTC time of day is `since_midnight`.
    ///
    /// Sensors send only the time of day: around midnight the day must come from the receiver's
    /// clock, and the nearer of the three candidate days is the right one for any delay under
    /// twelve hours. Values of a day or more are taken modulo a day.
    pub fn from_time_of_day(since_midnight: Duration, reference: Time) -> Self {
        let of_day = (since_midnight.as_nanos() % NANOS_PER_DAY as u128) as i64;
        let midnight = reference.0 - reference.0.rem_euclid(NANOS_PER_DAY);
        let same_day = midnight.saturating_add(of_day);
        [same_day, same_day.saturating_sub(NANOS_PER_DAY), same_day.saturating_add(NANOS_PER_DAY)]
            .into_iter()
            .min_by_key(|candidate| candidate.abs_diff(reference.0))
            .map_or(reference, Time)
    }

    /// Time since UTC midnight.
    pub fn time_of_day(self) -> Duration {
        Duration::from_nanos(self.0.rem_euclid(NANOS_PER_DAY) as u64)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_nanosecond(i128::from(self.0)) {
            Ok(stamp) => stamp.fmt(f),
            Err(_) => write!(f, "{} ns", self.0),
        }
    }
}

/// The text is not an RFC 3339 instant within 1677 to 2262.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseTimeError {
    /// What was given.
    pub text: String,
}

impl fmt::Display for ParseTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a UTC instant such as 2026-11-23T14:32:07Z", self.text)
    }
}

impl std::error::Error for ParseTimeError {}

impl FromStr for Time {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.parse::<Timestamp>().ok().map(Timestamp::as_nanosecond);
        parsed
            .and_then(|nanos| i64::try_from(nanos).ok())
            .map(Time)
            .ok_or_else(|| ParseTimeError { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_of_day_falls_on_the_day_nearest_the_receivers_clock() {
        let check = |of_day_s: f64, reference: &str, expected: &str| {
            let found = Time::from_time_of_day(Duration::from_secs_f64(of_day_s), at(reference));
            assert_eq!(found, at(expected));
        };
        check(86_399.5, "2026-11-24T00:00:01Z", "2026-11-23T23:59:59.5Z");
        check(0.25, "2026-11-23T23:59:59Z", "2026-11-24T00:00:00.25Z");
        check(52_327.0, "2026-11-23T14:32:08Z", "2026-11-23T14:32:07Z");
        check(86_400.0, "2026-11-24T00:00:01Z", "2026-11-24T00:00:00Z");
    }

    #[test]
    fn an_instant_is_written_and_read_back() {
        assert_eq!(at("2026-11-23T14:32:07.25Z").to_string(), "2026-11-23T14:32:07.25Z");
        assert!("yesterday".parse::<Time>().is_err());
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(Time::from_unix_nanos(i64::MAX).plus_seconds(1e9).unix_nanos(), i64::MAX);
        assert_eq!(
            Time::from_unix_nanos(i64::MIN).seconds_since(Time::from_unix_nanos(i64::MAX)),
            i64::MIN as f64 / 1e9
        );
    }
}
