//! When an airspace is active.

use super::Answer;
use surveillance::Time;

/// Nanoseconds in a day.
const DAY_NS: i64 = 86_400_000_000_000;

/// When an airspace is active. UTC throughout.
#[derive(Debug, Clone, PartialEq)]
pub enum Activation {
    /// Without pause (H24).
    Always,
    /// In each of these and never else.
    Periods(Vec<Period>),
    /// At times of the day that come again, within its validity.
    Daily(Vec<Daily>),
    /// By notice (NOTAM, ATIS) that is not here, or in words no machine reads: always
    /// [`Answer::Unknown`].
    ByNotice,
}

/// From an instant, which it includes, until another, which it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First instant; `None` if since ever.
    pub from: Option<Time>,
    /// First instant after; `None` if for ever.
    pub until: Option<Time>,
}

/// A time of the day that comes again on some days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Daily {
    /// Days on which it begins: bit 0 is Monday, bit 6 Sunday.
    pub days: u8,
    /// Seconds since UTC midnight at which it begins, below 86,400.
    pub from_s: u32,
    /// Seconds since UTC midnight at which it ends, at most 86,400; not above `from_s` if it ends
    /// on the day after.
    pub until_s: u32,
    /// When this pattern holds at all.
    pub valid: Period,
}

impl Period {
    /// Since ever and for ever.
    pub const ALWAYS: Period = Period { from: None, until: None };

    /// Whether it holds the instant.
    pub fn holds(&self, at: Time) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

impl Daily {
    /// All seven days.
    pub const EVERY_DAY: u8 = 0x7f;

    fn holds(&self, at: Time) -> bool {
        let day = at.unix_nanos().div_euclid(DAY_NS);
        let second = (at.unix_nanos().rem_euclid(DAY_NS) / 1_000_000_000) as u32;
        let begins_on = |day: i64| self.days & (1 << weekday(day)) != 0;
        let in_day = if self.until_s > self.from_s {
            begins_on(day) && (self.from_s..self.until_s).contains(&second)
        } else {
            begins_on(day) && second >= self.from_s || begins_on(day - 1) && second < self.until_s
        };
        in_day && self.valid.holds(at)
    }
}

/// Monday is 0; 1970-01-01 was a Thursday.
fn weekday(days_since_epoch: i64) -> u32 {
    (days_since_epoch + 3).rem_euclid(7) as u32
}

impl Activation {
    /// Whether it is active at `at`.
    pub fn at(&self, at: Time) -> Answer {
        match self {
            Activation::Always => Answer::Inside,
            Activation::Periods(periods) => {
                Answer::surely(periods.iter().any(|period| period.holds(at)))
            }
            Activation::Daily(daily) => Answer::surely(daily.iter().any(|daily| daily.holds(at))),
            Activation::ByNotice => Answer::Unknown,
        }
    }

    /// When it first is another after `at`, if within eight days; of periods, however far ahead.
    pub fn next_change(&self, at: Time) -> Option<Time> {
        let until = match self {
            Activation::Periods(_) => Time::from_unix_nanos(i64::MAX),
            _ => Time::from_unix_nanos(at.unix_nanos().saturating_add(8 * DAY_NS)),
        };
        let now = self.at(at);
        let mut next: Option<Time> = None;
        self.changes(at, until, &mut |change| {
            if next.is_none_or(|next| change < next) && self.at(change) != now {
                next = Some(change);
            }
        });
        next
    }

    /// Tells `visit` each instant after `from` and not after `until` at which the answer may
    /// change, in no order; some may be told twice. At most eight days are looked at.
    pub(super) fn changes(&self, from: Time, until: Time, visit: &mut impl FnMut(Time)) {
        let mut tell = |at: Time| {
            if from < at && at <= until {
                visit(at);
            }
        };
        match self {
            Activation::Always | Activation::ByNotice => {}
            Activation::Periods(periods) => periods.iter().for_each(|period| {
                period.from.into_iter().chain(period.until).for_each(&mut tell);
            }),
            Activation::Daily(daily) => {
                let first = from.unix_nanos().div_euclid(DAY_NS);
                let last = until.unix_nanos().div_euclid(DAY_NS).min(first + 8);
                for daily in daily {
                    daily.valid.from.into_iter().chain(daily.valid.until).for_each(&mut tell);
                    for day in first..=last {
                        for second in [0, daily.from_s, daily.until_s] {
                            let ns = day
                                .saturating_mul(DAY_NS)
                                .saturating_add(i64::from(second) * 1_000_000_000);
                            tell(Time::from_unix_nanos(ns));
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn a_night_that_begins_on_friday_ends_on_saturday() {
        // 2026-11-27 is a Friday.
        let friday_night = Activation::Daily(vec![Daily {
            days: 1 << 4,
            from_s: 22 * 3600,
            until_s: 4 * 3600,
            valid: Period { from: None, until: Some(at("2026-12-01T00:00:00Z")) },
        }]);
        let check =
            |time: &str, expected| assert_eq!(friday_night.at(at(time)), expected, "{time}");
        check("2026-11-27T21:59:59Z", Answer::Outside);
        check("2026-11-27T22:00:00Z", Answer::Inside);
        check("2026-11-28T03:59:59Z", Answer::Inside);
        check("2026-11-28T04:00:00Z", Answer::Outside);
        check("2026-11-28T23:00:00Z", Answer::Outside);
        check("2026-12-04T23:00:00Z", Answer::Outside);
    }

    #[test]
    fn times_by_notice_are_never_guessed() {
        assert_eq!(Activation::ByNotice.at(Time::EPOCH), Answer::Unknown);
    }

    #[test]
    fn each_change_within_the_span_is_told() {
        let morning = Activation::Daily(vec![Daily {
            days: Daily::EVERY_DAY,
            from_s: 6 * 3600,
            until_s: 7 * 3600,
            valid: Period::ALWAYS,
        }]);
        let (from, until) = (at("2026-11-27T05:59:00Z"), at("2026-11-27T06:01:00Z"));
        let mut told = Vec::new();
        morning.changes(from, until, &mut |at| told.push(at));
        assert_eq!(told, [at("2026-11-27T06:00:00Z")]);
    }

    #[test]
    fn the_next_change_is_the_first_minute_at_which_the_answer_is_another() {
        let check = |activation: &Activation, from: &str| {
            // The slow obvious way: minute by minute, for eight days.
            let (from, found) = (at(from), activation.next_change(at(from)));
            let minutes =
                (1..=8 * 24 * 60).map(|minute| from.plus_seconds(f64::from(minute) * 60.0));
            let mut others = minutes.filter(|then| activation.at(*then) != activation.at(from));
            assert_eq!(found, others.next(), "{activation:?}");
        };
        let weekdays =
            Daily { days: 0b1_1111, from_s: 6 * 3600, until_s: 18 * 3600, valid: Period::ALWAYS };
        let nights = Daily {
            days: Daily::EVERY_DAY,
            from_s: 20 * 3600,
            until_s: 4 * 3600,
            valid: Period::ALWAYS,
        };
        let ends = Period { from: None, until: Some(at("2026-12-02T10:00:00Z")) };
        for from in ["2026-11-27T05:00:00Z", "2026-11-27T18:00:00Z", "2026-11-29T23:59:00Z"] {
            check(&Activation::Always, from);
            check(&Activation::ByNotice, from);
            check(&Activation::Daily(vec![weekdays]), from);
            check(&Activation::Daily(vec![nights, weekdays]), from);
            check(&Activation::Daily(vec![Daily { valid: ends, ..weekdays }]), from);
            let later = Period { from: Some(at("2026-11-30T08:00:00Z")), until: ends.until };
            check(&Activation::Periods(vec![later]), from);
            // Two that touch are one.
            let after = Period { from: ends.until, until: Some(at("2026-12-03T00:00:00Z")) };
            check(&Activation::Periods(vec![later, after]), from);
        }
    }
}
