//! Records to plots and service messages.
//!
//! An [`Interpreter`] belongs to one feed. What it keeps between records is what single records
//! leave out: the day (from the receiver's clock), the rest of a truncated time of day (from the
//! radar's own service messages), the rotation period (from one north mark to the next), and where
//! the antenna stands, without which a measured height is no elevation.
//! Angles of a radar are about its local north, which is taken as true north.
//!
//! | category | becomes |
//! |---|---|
//! | 001, 007, 010, 015, 020, 021, 048 | plots |
//! | 011, 017, 062 | plots of origin system track: another centre's or station's tracks |
//! | 002, 019, 023, 025, 034, 063, 065; 010 and 011 but for targets | service messages |
//!
//! Of 007, 015 and 017 this is so of what reports a target where it is; a bistatic range alone, an
//! order to a radar or a list of stations is none. The others carry no target, or none that was
//! measured for them: 004 alerts, 016 the configuration of 015, 018 data link (its aircraft reports
//! are of tracks that the same radar tells in 048), 032 flight plans, 205 places of radio
//! transmitters, 008, 009, 150, 240 and 247 pictures, notices and versions.

mod adsb;
mod airport;
mod fields;
mod partner;
mod passive;
mod radar;
mod service;
mod stations;
mod system;

pub use partner::{PartnerTrack, partner_track};
pub use service::{Condition, ServiceKind, ServiceMessage, ToldBiases, Trouble, Troubles};

use crate::record::Record;
use fields::{be16, be24};
use geodesy::Geodetic;
use std::collections::BTreeMap;
use surveillance::{Plot, PlotOrigin, SensorId, SourceTrack, Time};

/// What a record came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// A measurement, or codes heard without one.
    Plot(Plot),
    /// What a sensor or a system says of itself.
    Service(ServiceMessage),
    /// A target report that must not become a track.
    Skipped(Skipped),
}

/// A target report that is no plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped {
    /// Who sent it, if it says.
    pub sensor: Option<SensorId>,
    /// When it was measured, UTC.
    pub time: Time,
    /// Why it is none.
    pub why: Skip,
    /// The source's number of the track, if it has one: with [`Skip::TrackEnded`], the one that
    /// ended.
    pub source_track: Option<SourceTrack>,
}

/// Why a target report is no plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// No item 010: nobody to attribute it to.
    SensorAbsent,
    /// Marked as simulated.
    Simulated,
    /// Marked as a test target.
    TestTarget,
    /// From a fixed transponder that watches the sensor.
    FieldMonitor,
    /// A track kept up by prediction: nothing was detected.
    NoDetection,
    /// The sensor takes it for a reflection of another track.
    Ghost,
    /// Last report of a track.
    TrackEnded,
}

impl Skip {
    /// Its stable name, as in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SensorAbsent => "sensor_absent",
            Self::Simulated => "simulated",
            Self::TestTarget => "test_target",
            Self::FieldMonitor => "field_monitor",
            Self::NoDetection => "no_detection",
            Self::Ghost => "ghost",
            Self::TrackEnded => "track_ended",
        }
    }
}

/// Turns the records of one feed into plots and service messages, in order.
///
/// Its state is at most one small entry for each of the 65,536 SAC/SIC pairs.
#[derive(Debug, Clone, Default)]
pub struct Interpreter {
    radars: BTreeMap<SensorId, Radar>,
}

/// What is remembered of a radar.
#[derive(Debug, Clone, Copy, Default)]
struct Radar {
    /// The last full time it told, and when that arrived.
    told: Option<(Time, Time)>,
    north: Option<Time>,
    /// Where its antenna stands.
    site: Option<Geodetic>,
    period_s: Option<f64>,
}

impl Interpreter {
    /// One that has heard nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives `sink` what `record` came to, if anything; `received` is when its datagram arrived.
    pub fn interpret(
        &mut self,
        record: &Record<'_>,
        received: Time,
        sink: &mut impl FnMut(Output),
    ) {
        // The paths of most traffic: straight to the octets.
        if let Some(sensor) = record.octets::<2>(0).map(|&[sac, sic]| SensorId { sac, sic }) {
            let of_day = |slot| record.octets::<3>(slot).map(|item| time_of_day(item, received));
            let head =
                |time: Option<Time>| Head { sensor, time: time.unwrap_or(received), received };
            match record.category() {
                62 => {
                    let head = head(of_day(system::slot::I070));
                    return head.deliver(system::plot_062(record, head), sink);
                }
                48 => {
                    let head = head(of_day(radar::slot::I140));
                    let has_height = record.octets::<2>(radar::slot::I110).is_some();
                    let known = || self.radars.get(&sensor)?.site;
                    let site = if has_height { known() } else { None };
                    return head.deliver(radar::plot_048(record, head, site), sink);
                }
                21 => {
                    let head = head(adsb::time(record, received));
                    return head.deliver(adsb::plot_021(record, head), sink);
                }
                _ => {}
            }
        }
        let time = self.time(record, received).unwrap_or(received);
        let Some(sensor) = record.sensor() else {
            let why = Skip::SensorAbsent;
            return sink(Output::Skipped(Skipped { sensor: None, time, why, source_track: None }));
        };
        let head = Head { sensor, time, received };
        match record.category() {
            1 => head.deliver(radar::plot_001(record, head), sink),
            7 | 15 | 17 => {
                let made = match record.category() {
                    7 => {
                        let site = self.radars.get(&sensor).and_then(|radar| radar.site);
                        radar::plot_007(record, head, site)
                    }
                    15 => passive::plot_015(record, head),
                    _ => stations::plot_017(record, head),
                };
                if let Some(made) = made {
                    head.deliver(made, sink);
                }
            }
            10 | 11 => {
                let made = match record.category() {
                    10 => airport::plot_010(record, head),
                    _ => airport::plot_011(record, head),
                };
                match made {
                    Some(made) => head.deliver(made, sink),
                    // About the system, not about a target.
                    None => sink(Output::Service(service::message(record, sensor, time, received))),
                }
            }
            20 => head.deliver(airport::plot_020(record, head), sink),
            2 | 19 | 23 | 25 | 34 | 63 | 65 => {
                let mut message = service::message(record, sensor, time, received);
                if matches!(record.category(), 2 | 34) {
                    self.learn(&mut message);
                }
                sink(Output::Service(message));
            }
            _ => {}
        }
    }

    /// When `record` was measured, UTC: its time of day on the day nearest to `received`. `None`
    /// if it has no time.
    pub fn time(&self, record: &Record<'_>, received: Time) -> Option<Time> {
        match record.category() {
            1 => record.item(141).map(|item| {
                let reference = record.sensor().map_or(received, |id| self.reference(id, received));
                truncated_time(be16(item, 0), reference)
            }),
            _ => time_of(record, received),
        }
    }

    /// The radar's own clock at `received`, so far as its service messages tell; else `received`.
    fn reference(&self, sensor: SensorId, received: Time) -> Time {
        match self.radars.get(&sensor).and_then(|radar| radar.told) {
            Some((told, arrived)) => told.plus_seconds(received.seconds_since(arrived)),
            None => received,
        }
    }

    /// Remembers a radar's time and north marks, and completes the message with its period.
    fn learn(&mut self, message: &mut ServiceMessage) {
        /// Slower or faster than any antenna turns, seconds: a mark was lost or is a repeat.
        const PERIOD_S: std::ops::RangeInclusive<f64> = 0.5..=30.0;
        let radar = self.radars.entry(message.sensor).or_default();
        radar.told = Some((message.time, message.received));
        radar.site = message.site.or(radar.site);
        if message.kind == ServiceKind::NorthMark {
            let since = radar.north.map(|north| message.time.seconds_since(north));
            if let Some(period_s) = since.filter(|since| PERIOD_S.contains(since)) {
                radar.period_s = Some(period_s);
            }
            radar.north = Some(message.time);
        }
        radar.period_s = message.period_s.or(radar.period_s);
        message.period_s = radar.period_s;
    }
}

/// [`Interpreter::time`] for the categories where it depends on nothing that came before.
fn time_of(record: &Record<'_>, received: Time) -> Option<Time> {
    let of_day = |number| record.item(number).map(|item| time_of_day(item, received));
    match record.category() {
        21 => adsb::time(record, received),
        18 => of_day(2),
        4 | 32 => of_day(20),
        2 | 34 | 63 | 65 | 205 => of_day(30),
        9 | 23 | 25 | 62 => of_day(70),
        8 => of_day(90),
        7 | 10 | 11 | 16 | 17 | 19 | 20 | 48 | 240 | 247 => of_day(140),
        15 => of_day(145),
        _ => None,
    }
}

const STEP_NANOS: i64 = 7_812_500;
const STEPS_PER_DAY: i64 = 86_400 * 128;
const NANOS_PER_DAY: i64 = STEPS_PER_DAY * STEP_NANOS;

/// A 24-bit time of day, LSB 1/128 s, on the day nearest to `received`.
fn time_of_day(item: &[u8], received: Time) -> Time {
    on_nearest_day(i64::from(be24(item, 0)) % STEPS_PER_DAY * STEP_NANOS, received)
}

/// [`Time::from_time_of_day`] without its 128-bit divisions, for the path that every plot takes; a
/// test holds the two together.
fn on_nearest_day(nanos: i64, reference: Time) -> Time {
    let of_day = reference.unix_nanos().rem_euclid(NANOS_PER_DAY);
    let ahead = nanos - of_day;
    let day = NANOS_PER_DAY;
    let ahead = match ahead {
        _ if ahead > day / 2 => ahead - day,
        _ if ahead < -day / 2 => ahead + day,
        _ => ahead,
    };
    Time::from_unix_nanos(reference.unix_nanos().saturating_add(ahead))
}

/// I001/141: the low 16 bits of a time of day in 1/128 s, which come round every 512 s. The
/// instant nearest to `reference` that has them.
fn truncated_time(low: u16, reference: Time) -> Time {
    let low = i64::from(low);
    let of_day = reference.unix_nanos().rem_euclid(NANOS_PER_DAY);
    let midnight = reference.unix_nanos().saturating_sub(of_day);
    let now = of_day / STEP_NANOS;
    // A day is 168.75 rounds, so the low bits do not run on across midnight: before it they count
    // from the midnight before.
    let at = match nearest_round(low, now) {
        at if at < 0 => nearest_round(low, now + STEPS_PER_DAY) - STEPS_PER_DAY,
        at if at >= STEPS_PER_DAY => nearest_round(low, now - STEPS_PER_DAY) + STEPS_PER_DAY,
        at => at,
    };
    Time::from_unix_nanos(midnight.saturating_add(at * STEP_NANOS))
}

/// The number nearest to `near` whose low 16 bits are `low`.
fn nearest_round(low: i64, near: i64) -> i64 {
    const ROUND: i64 = 1 << 16;
    let ahead = (low - near).rem_euclid(ROUND);
    near + if ahead >= ROUND / 2 { ahead - ROUND } else { ahead }
}

/// Who measured and when, as every plot has it.
#[derive(Debug, Clone, Copy)]
struct Head {
    sensor: SensorId,
    time: Time,
    received: Time,
}

impl Head {
    #[inline(always)]
    fn bare(self, origin: PlotOrigin) -> Plot {
        Plot { received: self.received, ..Plot::bare(self.sensor, self.time, origin) }
    }

    /// Inlined for each category, so that a plot is made where `sink` takes it and not moved there.
    #[inline(always)]
    fn deliver(self, made: Made, sink: &mut impl FnMut(Output)) {
        sink(match made {
            Ok(plot) => Output::Plot(plot),
            Err((why, source_track)) => {
                let Self { sensor, time, .. } = self;
                Output::Skipped(Skipped { sensor: Some(sensor), time, why, source_track })
            }
        });
    }
}

/// A plot, or why there is none and which track it would have been of.
type Made = Result<Plot, (Skip, Option<SourceTrack>)>;

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_quick_way_to_the_nearest_day_is_the_shared_one() {
        for reference in ["2026-11-24T00:00:01Z", "2026-11-23T14:32:08Z", "2026-11-23T23:59:59Z"] {
            let reference: Time = reference.parse().unwrap();
            for second in (0..86_400).step_by(97) {
                let quick = on_nearest_day(second * 1_000_000_000, reference);
                let since_midnight = Duration::from_secs(second as u64);
                assert_eq!(quick, Time::from_time_of_day(since_midnight, reference));
            }
        }
    }

    #[test]
    fn a_truncated_time_is_the_nearest_to_the_reference() {
        let check = |full_s: f64, reference: &str| {
            let reference: Time = reference.parse().unwrap();
            let full = Time::from_time_of_day(Duration::from_secs_f64(full_s), reference);
            let low = (full_s * 128.0) as u64 as u16;
            assert_eq!(truncated_time(low, reference), full, "{full_s}");
        };
        check(52_327.5, "2026-11-23T14:32:08Z");
        check(52_327.5, "2026-11-23T14:35:08Z");
        check(0.5, "2026-11-23T00:01:00Z");
        // Over midnight the low bits start again from zero.
        check(86_399.0, "2026-11-24T00:00:01Z");
        check(0.25, "2026-11-23T23:59:59Z");
    }
}
