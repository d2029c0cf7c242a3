//! From compact reports to positions that can be believed, for one aircraft.
//!
//! 1. A report pairs with the last of the other parity and of its own kind if that is near in
//!    time (10 s in the air, 50 s on the surface, 25 s if faster than 25 kt: DO-260B A.1.7.7 and
//!    2.2.10.3) and at most 20 position reports old. The second bound is for files without
//!    times: at two reports a second it is the first one over again.
//! 2. Without a pair it is read relative to the aircraft's own last *proven* position of the last
//!    ten minutes, else relative to the receiver where nothing it hears is beyond half a zone.
//! 3. A position must be within the receiver's range, and no farther from the last than the
//!    aircraft can have flown. The first position of an aircraft is given out at once, unproven;
//!    a second pair that agrees proves it, if its earlier report is another one: pairs that share
//!    a report share its error. If the second disagrees neither is trusted: the later one takes
//!    the place to be proven. A proven position yields only to three contradictions in a row that
//!    agree with each other, of different pairs again; where two aircraft use one address, the
//!    proven one goes on and the other is refused.

use crate::adsb::{CompactPosition, PositionKind};
use crate::cpr::{self, Degrees, Parity, Span};
use crate::{Position, PositionDefect, PositionMethod};
use geodesy::units::METRES_PER_NM;
use geodesy::wrap_pi;
use surveillance::Time;

const PAIR_AIRBORNE_S: f64 = 10.0;
const PAIR_SURFACE_S: f64 = 50.0;
const PAIR_SURFACE_FAST_S: f64 = 25.0;
/// 25 kt.
const SURFACE_FAST_MPS: f64 = 12.9;
const PAIR_REPORTS_APART_MAX: u32 = 20;
const REFERENCE_AGE_MAX_S: f64 = 600.0;
const CONTRADICTIONS_TO_MOVE: u8 = 3;

/// Half a latitude zone: what is nearer than this to a reference is unambiguous relative to it.
const HALF_ZONE_AIRBORNE_M: f64 = 180.0 * METRES_PER_NM;
const HALF_ZONE_SURFACE_M: f64 = 45.0 * METRES_PER_NM;

/// Mean radius of the Earth (IUGG), metres: distances here only bound, the sphere will do.
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// The receiver, for checking range and resolving single reports.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site {
    /// Where it is.
    pub(crate) position: Option<Degrees>,
    /// Beyond this it hears nothing, metres.
    pub(crate) range_max_m: f64,
}

#[derive(Debug, Clone, Copy)]
struct Heard {
    report: CompactPosition,
    time: Time,
    number: u32,
}

#[derive(Debug, Clone, Copy)]
struct Fix {
    at: Degrees,
    time: Time,
    proven: bool,
    /// Number of the earlier report of the pair it is from; `None` if from one report.
    pair: Option<u32>,
}

/// What is remembered of one aircraft's position reports.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fixes {
    number: u32,
    even: Option<Heard>,
    odd: Option<Heard>,
    last: Option<Fix>,
    challenger: Option<Fix>,
    contradictions: u8,
}

impl Fixes {
    /// Takes one report. `Ok(None)` while nothing completes it.
    ///
    /// `speed_mps` is the aircraft's speed over the ground, if told lately.
    pub(crate) fn observe(
        &mut self,
        report: CompactPosition,
        time: Time,
        speed_mps: Option<f64>,
        site: &Site,
    ) -> Result<Option<Position>, PositionDefect> {
        self.number = self.number.wrapping_add(1);
        let heard = Heard { report, time, number: self.number };
        *self.slot(report.parity) = Some(heard);
        let Some((mut at, mut method)) = self.resolve(heard, speed_mps, site)? else {
            return Ok(None);
        };
        let reach = Reach { surface: report.kind == PositionKind::Surface, speed_mps };
        if method == PositionMethod::Global
            && let Some(own) = self.continuation(heard, at, &reach)
        {
            (at, method) = (own, PositionMethod::Local);
        }
        if let Some(receiver) = site.position
            && distance_m(receiver, at) > site.range_max_m
        {
            return Err(PositionDefect::OutOfRange);
        }
        let pair = self.other(report.parity).map(|other| other.number);
        let pair = pair.filter(|_| method == PositionMethod::Global);
        let proven = self.admit(Fix { at, time, proven: false, pair }, &reach)?;
        Ok(Some(Position {
            latitude_rad: at.latitude.to_radians(),
            longitude_rad: wrap_pi(at.longitude.to_radians()),
            method,
            proven,
        }))
    }

    fn slot(&mut self, parity: Parity) -> &mut Option<Heard> {
        match parity {
            Parity::Even => &mut self.even,
            Parity::Odd => &mut self.odd,
        }
    }

    fn other(&self, parity: Parity) -> Option<Heard> {
        match parity {
            Parity::Even => self.odd,
            Parity::Odd => self.even,
        }
    }

    fn resolve(
        &self,
        heard: Heard,
        speed_mps: Option<f64>,
        site: &Site,
    ) -> Result<Option<(Degrees, PositionMethod)>, PositionDefect> {
        let report = heard.report;
        let surface = report.kind == PositionKind::Surface;
        let own = self.last.filter(|last| age_s(heard.time, last.time) <= REFERENCE_AGE_MAX_S);
        let pair = self.pair(heard, speed_mps);
        let from_pair = match pair {
            Some((even, odd)) if surface => match own.map(|fix| fix.at).or(site.position) {
                Some(near) => cpr::surface_global(even, odd, report.parity, near),
                None => return Err(PositionDefect::NoReference),
            },
            Some((even, odd)) => cpr::airborne_global(even, odd, report.parity),
            None => Err(PositionDefect::ZoneMismatch),
        };
        if let Ok(at) = from_pair {
            return Ok(Some((at, PositionMethod::Global)));
        }
        let (span, half_zone_m) = if surface {
            (Span::Surface, HALF_ZONE_SURFACE_M)
        } else {
            (Span::Airborne, HALF_ZONE_AIRBORNE_M)
        };
        let near = match (own.filter(|fix| fix.proven), site.position) {
            (Some(fix), _) => Some((fix.at, PositionMethod::Local)),
            // A station hears no surface traffic beyond half a surface zone.
            (None, Some(receiver)) if surface || site.range_max_m <= half_zone_m => {
                Some((receiver, PositionMethod::Receiver))
            }
            _ => None,
        };
        match near {
            Some((reference, method)) => {
                let at = cpr::local(report.fractions, report.parity, span, reference)?;
                Ok(Some((at, method)))
            }
            None if pair.is_some() => from_pair.map(|_| None),
            None => Ok(None),
        }
    }

    /// Where a pair contradicts the proven position but its later report alone continues from it,
    /// that continuation: the earlier one was another aircraft's that uses the same address. By
    /// chance a report would seem to continue about once in 10⁵.
    fn continuation(&self, heard: Heard, at: Degrees, reach: &Reach) -> Option<Degrees> {
        let last = self
            .last
            .filter(|last| last.proven && age_s(heard.time, last.time) <= REFERENCE_AGE_MAX_S)?;
        let place = |at| Fix { at, time: heard.time, proven: false, pair: None };
        if reach.covers(&last, &place(at)) {
            return None;
        }
        let span = if reach.surface { Span::Surface } else { Span::Airborne };
        let report = heard.report;
        let own = cpr::local(report.fractions, report.parity, span, last.at).ok()?;
        reach.covers(&last, &place(own)).then_some(own)
    }

    /// The even and odd fractions, if the other parity was heard and belongs to this report.
    fn pair(
        &self,
        heard: Heard,
        speed_mps: Option<f64>,
    ) -> Option<(cpr::Fractions, cpr::Fractions)> {
        let other = self.other(heard.report.parity)?;
        let apart_max_s = match (heard.report.kind, speed_mps) {
            (PositionKind::Surface, Some(speed)) if speed > SURFACE_FAST_MPS => PAIR_SURFACE_FAST_S,
            (PositionKind::Surface, _) => PAIR_SURFACE_S,
            _ => PAIR_AIRBORNE_S,
        };
        let belongs = other.report.kind == heard.report.kind
            && age_s(heard.time, other.time) <= apart_max_s
            && heard.number.wrapping_sub(other.number) <= PAIR_REPORTS_APART_MAX;
        let (own, other) = (heard.report.fractions, other.report.fractions);
        belongs.then_some(match heard.report.parity {
            Parity::Even => (own, other),
            Parity::Odd => (other, own),
        })
    }

    /// Whether the position agrees with what went before; on success, whether it is proven.
    fn admit(&mut self, mut fix: Fix, reach: &Reach) -> Result<bool, PositionDefect> {
        let Some(last) = self.last.filter(|l| age_s(fix.time, l.time) <= REFERENCE_AGE_MAX_S)
        else {
            return Ok(self.settle(fix));
        };
        if reach.covers(&last, &fix) {
            // Two pairs that share their earlier report may share its error, too.
            let another_pair = fix.pair.is_some() && fix.pair != last.pair;
            fix.proven = last.proven || another_pair;
            return Ok(self.settle(fix));
        }
        if !last.proven {
            self.settle(fix);
            return Err(PositionDefect::Jump);
        }
        self.contradictions = match self.challenger {
            Some(challenger) if !reach.covers(&challenger, &fix) => 1,
            Some(challenger) if fix.pair.is_some() && fix.pair == challenger.pair => {
                self.contradictions
            }
            _ => self.contradictions + 1,
        };
        self.challenger = Some(fix);
        if self.contradictions < CONTRADICTIONS_TO_MOVE {
            return Err(PositionDefect::Jump);
        }
        fix.proven = true;
        Ok(self.settle(fix))
    }

    fn settle(&mut self, fix: Fix) -> bool {
        self.last = Some(fix);
        self.challenger = None;
        self.contradictions = 0;
        fix.proven
    }
}

/// How far an aircraft can get.
struct Reach {
    surface: bool,
    speed_mps: Option<f64>,
}

impl Reach {
    /// Whether one position can follow the other: the time between them and one second more (for
    /// transmission and reception delays) at a quarter over the told speed, or at 680 kt in the
    /// air and 150 kt on the surface if none was told; and a kilometre for errors of position,
    /// still far less than the several miles by which a wrongly paired report is off.
    fn covers(&self, from: &Fix, to: &Fix) -> bool {
        const MARGIN_M: f64 = 1000.0;
        let (usual_mps, floor_mps) = if self.surface { (77.0, 25.0) } else { (350.0, 100.0) };
        let speed_mps = self.speed_mps.map_or(usual_mps, |told| (told * 1.25).max(floor_mps));
        let reach_m = MARGIN_M + (age_s(to.time, from.time) + 1.0) * speed_mps;
        distance_m(from.at, to.at) <= reach_m
    }
}

fn age_s(now: Time, then: Time) -> f64 {
    now.seconds_since(then).abs()
}

/// Great-circle distance on the sphere (haversine), metres.
fn distance_m(from: Degrees, to: Degrees) -> f64 {
    let half_lat = ((to.latitude - from.latitude) / 2.0).to_radians().sin();
    let half_lon = ((to.longitude - from.longitude) / 2.0).to_radians().sin();
    let across = from.latitude.to_radians().cos() * to.latitude.to_radians().cos();
    let chord = half_lat * half_lat + across * half_lon * half_lon;
    2.0 * EARTH_RADIUS_M * chord.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpr::Fractions;

    const ANYWHERE: Site = Site { position: None, range_max_m: 500_000.0 };

    /// Airborne reports of an aircraft at the equator, where even and odd latitude zones are read
    /// off directly: 59 and 58 longitude zones, 60 and 59 latitude zones.
    fn report(east_deg: f64, odd: bool) -> CompactPosition {
        let (lat_zones, lon_zones) = if odd { (59.0, 58.0) } else { (60.0, 59.0) };
        CompactPosition {
            parity: Parity::of(odd),
            fractions: Fractions {
                latitude: (1.0 * lat_zones / 360.0_f64).fract(),
                longitude: (east_deg * lon_zones / 360.0_f64).rem_euclid(1.0),
            },
            kind: PositionKind::Airborne,
        }
    }

    struct Flight(Fixes);

    impl Flight {
        fn at(&mut self, time_s: f64, east_deg: f64, odd: bool) -> Result<Option<Position>, &str> {
            let time = Time::EPOCH.plus_seconds(time_s);
            self.0
                .observe(report(east_deg, odd), time, Some(200.0), &ANYWHERE)
                .map_err(PositionDefect::name)
        }

        fn proven(at_deg: f64) -> Self {
            let mut flight = Self(Fixes::default());
            flight.at(0.0, at_deg, false).unwrap();
            assert!(!flight.at(0.5, at_deg, true).unwrap().unwrap().proven);
            assert!(flight.at(1.0, at_deg + 0.001, false).unwrap().unwrap().proven);
            flight
        }
    }

    #[test]
    fn a_second_pair_that_agrees_proves_the_first() {
        let mut flight = Flight::proven(20.0);
        let position = flight.at(100.0, 20.05, true).unwrap().unwrap();
        assert_eq!(position.method, PositionMethod::Local);
        assert!((position.longitude_rad.to_degrees() - 20.05).abs() < 1e-9);
    }

    #[test]
    fn reports_more_than_ten_seconds_apart_make_no_pair() {
        let mut flight = Flight(Fixes::default());
        flight.at(0.0, 20.0, false).unwrap();
        assert_eq!(flight.at(10.5, 20.0, true), Ok(None));
        assert!(flight.at(20.0, 20.0, false).unwrap().is_some());
    }

    #[test]
    fn without_times_old_reports_make_no_pair_either() {
        let mut flight = Flight(Fixes::default());
        flight.at(0.0, 20.0, false).unwrap();
        for _ in 0..21 {
            flight.0.odd = None;
            let _ = flight.at(0.0, 20.0, true);
        }
        flight.0.last = None;
        assert_eq!(flight.at(0.0, 20.0, true), Ok(None));
    }

    #[test]
    fn a_jump_is_refused_and_three_that_agree_move_the_aircraft() {
        let mut flight = Flight::proven(20.0);
        assert!(flight.at(2.0, 30.0, false).unwrap_err().contains("jump"));
        assert!(flight.at(2.5, 30.0, true).unwrap_err().contains("jump"));
        assert!(flight.at(3.0, 20.002, false).unwrap().is_some(), "the real one goes on");
        assert!(flight.at(3.2, 20.002, true).unwrap().is_some());
        for (time_s, odd) in [(4.0, false), (4.5, true)] {
            // The first may pair with the other place's report: refused either way.
            assert!(flight.at(time_s, 30.0, odd).is_err());
        }
        let mut moved = None;
        for (time_s, odd) in [(5.0, false), (5.5, true), (6.0, false)] {
            moved = moved.or(flight.at(time_s, 30.0, odd).ok().flatten());
        }
        assert!((moved.unwrap().longitude_rad.to_degrees() - 30.0).abs() < 1e-9);
    }

    #[test]
    fn an_unproven_place_that_the_next_contradicts_is_dropped() {
        let mut flight = Flight(Fixes::default());
        flight.at(0.0, 20.0, false).unwrap();
        assert!(flight.at(0.5, 20.0, true).unwrap().is_some());
        flight.at(1.0, 30.0, false).unwrap_err();
        assert!(flight.at(1.5, 30.0, true).is_err(), "the mixed pair's place is as doubtful");
        let position = flight.at(2.0, 30.0, false).unwrap().unwrap();
        assert!((position.longitude_rad.to_degrees() - 30.0).abs() < 1e-9);
    }

    #[test]
    fn a_place_beyond_the_receivers_range_is_refused() {
        let position = Some(Degrees { latitude: 1.0, longitude: 40.0 });
        let site = Site { position, range_max_m: 500_000.0 };
        let mut fixes = Fixes::default();
        fixes.observe(report(20.0, false), Time::EPOCH, None, &site).unwrap();
        let found = fixes.observe(report(20.0, true), Time::EPOCH, None, &site);
        assert_eq!(found, Err(PositionDefect::OutOfRange));
    }

    #[test]
    fn a_surface_pair_without_a_reference_is_named() {
        let mut fixes = Fixes::default();
        let on_ground = |odd| CompactPosition { kind: PositionKind::Surface, ..report(20.0, odd) };
        fixes.observe(on_ground(false), Time::EPOCH, None, &ANYWHERE).unwrap();
        let found = fixes.observe(on_ground(true), Time::EPOCH, None, &ANYWHERE);
        assert_eq!(found, Err(PositionDefect::NoReference));
    }

    #[test]
    fn a_landed_aircraft_is_placed_by_where_it_was_in_the_air() {
        let mut flight = Flight::proven(20.0);
        let on_ground = |odd| {
            let (lat_zones, lon_zones) = if odd { (59.0, 58.0) } else { (60.0, 59.0) };
            CompactPosition {
                fractions: Fractions {
                    latitude: (1.0 * 4.0 * lat_zones / 360.0_f64).fract(),
                    longitude: (20.01 * 4.0 * lon_zones / 360.0_f64).fract(),
                },
                kind: PositionKind::Surface,
                ..report(20.01, odd)
            }
        };
        for (time_s, odd) in [(60.0, false), (61.0, true)] {
            let time = Time::EPOCH.plus_seconds(time_s);
            let found = flight.0.observe(on_ground(odd), time, Some(10.0), &ANYWHERE);
            let position = found.unwrap().unwrap();
            assert!((position.latitude_rad.to_degrees() - 1.0).abs() < 1e-9);
            assert!((position.longitude_rad.to_degrees() - 20.01).abs() < 1e-9);
        }
    }
}
