//! One address heard at two places that no aircraft flies between.
//!
//! A tracker gives an address one track, so two aircraft of one address show as one that leaps.
//! Their plots tell: each of the two places goes on as an aircraft flies, and one kind of sensor
//! hears them by turns. What claims one false place and answers from another is no such thing: its
//! claims are at one place and its answers at the other. Nor is what leaps once, or a stray reply.

use super::TrustConfig;
use geodesy::{Ecef, Geodetic};
use surveillance::{Address, Mode3A, Plot, Time};

/// Two places at which one address is heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Twin {
    /// Whose.
    pub address: Address,
    /// Where it was last heard, the later place first.
    pub places: [Geodetic; 2],
    /// When, UTC.
    pub times: [Time; 2],
    /// How far apart, metres in a straight line.
    pub distance_m: f64,
    /// How far apart they might be for one aircraft, metres.
    pub limit_m: f64,
    /// Since when it has gone to and fro, UTC.
    pub since: Time,
    /// Radars or multilateration measured both: it is not that one of them is a claim alone.
    pub measured: bool,
}

/// One place with what was told there.
#[derive(Debug, Clone, Copy)]
struct Place {
    at: Geodetic,
    ecef: Ecef,
    time: Time,
    altitude_m: Option<f64>,
    code: Option<Mode3A>,
}

/// How often one kind of sensor went from one place to the other.
#[derive(Debug, Clone, Copy, Default)]
struct Turns {
    /// The place that it heard last, 0 or 1.
    last: Option<u8>,
    times: u16,
    /// Time of the first and the last of them, UTC.
    span: Option<(Time, Time)>,
}

/// The places of one address.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Places {
    places: [Option<Place>; 2],
    /// Of claims, and of measurements.
    turns: [Turns; 2],
}

/// Levels and codes no farther apart may be one aircraft's and its reflection's, metres.
const LEVEL_M: f64 = 60.0;

impl Places {
    /// Takes a plot of the address, heard at a place.
    pub(super) fn hear(&mut self, config: &TrustConfig, plot: &Plot, at: Geodetic, measured: bool) {
        let ecef = at.at_height(0.0).to_ecef();
        let heard = Place {
            at,
            ecef,
            time: plot.time,
            altitude_m: plot.pressure_altitude.map(|told| told.altitude_m),
            code: plot.codes.mode_3a,
        };
        let beyond = |place: &Option<Place>| match place {
            Some(place) => place.ecef.distance_m(ecef) - config.reach_m(place.time, heard.time),
            None => f64::INFINITY,
        };
        let beyond_m = self.places.each_ref().map(beyond);
        let nearer = usize::from(beyond_m[1] < beyond_m[0]);
        let is_new = beyond_m[nearer] > 0.0;
        let slot = match self.places {
            _ if !is_new => nearer,
            [None, _] => 0,
            [_, None] => 1,
            // The one that was not heard for longer gives way.
            [Some(a), Some(b)] => usize::from(b.time < a.time),
        };
        if is_new {
            self.turns = [Turns::default(); 2];
        }
        let before = self.places[slot];
        self.places[slot] = Some(Place {
            altitude_m: heard.altitude_m.or(before.filter(|_| !is_new).and_then(|b| b.altitude_m)),
            code: heard.code.or(before.filter(|_| !is_new).and_then(|b| b.code)),
            ..heard
        });
        let apart = self.apart(config).is_some_and(|(distance_m, limit_m)| distance_m > limit_m);
        let tells = apart && (!measured || self.differ());
        let turns = &mut self.turns[usize::from(measured)];
        let turned = turns.last.replace(slot as u8).is_some_and(|last| usize::from(last) != slot);
        if turned && tells {
            turns.times = turns.times.saturating_add(1);
            let first = turns.span.map_or(heard.time, |(first, _)| first);
            turns.span = Some((first, heard.time));
        }
        if turns.is_over(config, heard.time) {
            *turns = Turns { last: turns.last, ..Turns::default() };
        }
    }

    /// What is found of the address; `None` where one aircraft may be all there is.
    pub(super) fn twin(&self, config: &TrustConfig, address: Address) -> Option<Twin> {
        let newest = self.places.iter().flatten().map(|place| place.time).max()?;
        let found = |turns: &Turns| {
            let (first, last) = turns.span?;
            let lasted = last.seconds_since(first) >= config.twin_s;
            let is_so =
                lasted && turns.times >= config.twin_turns && !turns.is_over(config, newest);
            is_so.then_some(first)
        };
        let [claims, measured] = self.turns.each_ref().map(found);
        let since = claims.into_iter().chain(measured).min()?;
        let (distance_m, limit_m) = self.apart(config)?;
        let [Some(a), Some(b)] = self.places else { return None };
        let (a, b) = if a.time >= b.time { (a, b) } else { (b, a) };
        Some(Twin {
            address,
            places: [a.at, b.at],
            times: [a.time, b.time],
            distance_m,
            limit_m,
            since,
            measured: measured.is_some(),
        })
    }

    /// How far the places are apart, and how far they may be for one aircraft, metres.
    fn apart(&self, config: &TrustConfig) -> Option<(f64, f64)> {
        let [Some(a), Some(b)] = &self.places else { return None };
        let flown_m = config.twin_speed_mps * a.time.seconds_since(b.time).abs();
        Some((a.ecef.distance_m(b.ecef), config.twin_distance_m + flown_m))
    }

    /// A reflection tells the code and the level of what it reflects.
    fn differ(&self) -> bool {
        let [Some(a), Some(b)] = &self.places else { return false };
        let levels = a.altitude_m.zip(b.altitude_m);
        let codes = a.code.zip(b.code);
        levels.is_some_and(|(a_m, b_m)| (a_m - b_m).abs() > LEVEL_M)
            || codes.is_some_and(|(a, b)| a != b)
    }
}

impl Turns {
    /// It was not heard at the other place for long.
    fn is_over(&self, config: &TrustConfig, now: Time) -> bool {
        self.span.is_some_and(|(_, last)| now.seconds_since(last).abs() > config.hold_s)
    }
}

impl TrustConfig {
    /// How far an aircraft may be from where it was heard, metres.
    fn reach_m(&self, before: Time, now: Time) -> f64 {
        0.5 * self.twin_distance_m + self.twin_speed_mps * now.seconds_since(before).abs()
    }
}
