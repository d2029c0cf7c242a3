//! The requirements of EUROCONTROL's specification for ATM surveillance system performance
//! (ESASSP, EUROCONTROL-SPEC-0147) for cooperative aircraft, as far as tracks and truth show them.
//!
//! The limits are as commonly quoted and were not compared with the document's text: whoever claims
//! compliance compares first. What they leave open is settled here toward the stricter reading and
//! said in [`Requirement::name`].

use super::Options;
use super::steps::{Step, steps};
use crate::form::{Aircraft, Details, TrackRow, Truth};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_FPM};
use std::collections::BTreeMap;

/// Which separation the surveillance serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separation {
    /// En-route.
    FiveNm,
    /// Terminal.
    ThreeNm,
}

struct Limits {
    interval_s: f64,
    gap_s: f64,
    rms_m: f64,
    flight_rms_m: f64,
    large_m: f64,
    level_age_s: f64,
    /// False tracks' instants, in so many square miles and updates.
    false_limit: (f64, f64, f64),
}

impl Separation {
    fn limits(self) -> Limits {
        match self {
            Self::FiveNm => Limits {
                interval_s: 8.0,
                gap_s: 26.4,
                rms_m: 500.0,
                flight_rms_m: 550.0,
                large_m: 926.0,
                level_age_s: 4.0,
                false_limit: (10.0, 900.0, 450.0),
            },
            Self::ThreeNm => Limits {
                interval_s: 5.0,
                gap_s: 16.5,
                rms_m: 300.0,
                flight_rms_m: 330.0,
                large_m: 555.0,
                level_age_s: 2.5,
                false_limit: (2.0, 100.0, 720.0),
            },
        }
    }
}

/// One requirement and what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Requirement {
    /// What is required, with its unit.
    pub name: String,
    /// The limit.
    pub limit: f64,
    /// Whether the limit is the least allowed, not the most.
    pub at_least: bool,
    /// What was found.
    pub found: f64,
}

impl Requirement {
    fn most(name: &str, limit: f64, found: f64) -> Self {
        Self { name: name.to_owned(), limit, at_least: false, found }
    }

    fn least(name: &str, limit: f64, found: f64) -> Self {
        Self { name: name.to_owned(), limit, at_least: true, found }
    }

    /// Whether it is met.
    pub fn met(&self) -> bool {
        if self.at_least { self.found >= self.limit } else { self.found <= self.limit }
    }

    /// How much of what is allowed is left, percent: 100 is faultless, below 0 fails. Of a share
    /// that must be large, what is allowed is what it may lack.
    pub fn margin_percent(&self) -> f64 {
        let (allowed, used) = if self.at_least {
            (100.0 - self.limit, 100.0 - self.found)
        } else {
            (self.limit, self.found)
        };
        100.0 * (1.0 - used / allowed)
    }
}

/// Level may differ by so much and be correct, metres: 300 ft.
const LEVEL_WITHIN_M: f64 = 300.0 * METRES_PER_FOOT;
/// Faster than this a target climbs, m/s: 300 ft/min.
const CLIMBS_MPS: f64 = 300.0 * MPS_PER_FPM;

/// The requirements for cooperative aircraft; `None` if the tracks have no details.
pub fn requirements(
    truth: &Truth,
    tracks: &[TrackRow],
    options: &Options,
    separation: Separation,
) -> Option<Vec<Requirement>> {
    tracks.first()?.details?;
    let limits = separation.limits();
    let aircraft: BTreeMap<u32, &Aircraft> =
        truth.aircraft.iter().map(|aircraft| (aircraft.target, aircraft)).collect();
    let mut sums = Sums::default();
    let mut last = BTreeMap::new();
    let steps = steps(truth, tracks, options);
    for step in &steps {
        sums.add_step(step, &aircraft, truth, tracks, (&mut last, options.gate_m));
    }
    sums.end_gaps(&limits);
    Some(sums.requirements(&limits, options, steps.len()))
}

#[derive(Default)]
struct Flight {
    squares_m2: f64,
    instants: usize,
    /// Errors of the last instants, and the ages since an update: infinite without a track.
    errors_m: Vec<f64>,
    ages_s: Vec<f64>,
    /// When, seconds, and its true height then, m.
    heights: Vec<(f64, f64)>,
}

impl Flight {
    /// Its true height at a time, between the instants that are known; before them, the first.
    fn height_m(&self, t_s: f64) -> Option<f64> {
        let next = self.heights.partition_point(|(at_s, _)| *at_s < t_s);
        let (after_s, after_m) = *self.heights.get(next).or(self.heights.last())?;
        let before = next.checked_sub(1).and_then(|index| self.heights.get(index));
        let &(before_s, before_m) = before.filter(|_| after_s > t_s).unwrap_or(&(after_s, after_m));
        let share = if after_s > before_s { (t_s - before_s) / (after_s - before_s) } else { 0.0 };
        Some(before_m + share * (after_m - before_m))
    }
}

#[derive(Default)]
struct Sums {
    flights: BTreeMap<u32, Flight>,
    spurious: usize,
    updated: usize,
    in_gaps: usize,
    large_sets: usize,
    sets: usize,
    level_ages_s: Mean,
    levels: Share,
    /// The same against the height when it was told: without what happened since.
    levels_then: Share,
    identities: Share,
    climb_level: Mean,
    climb_climbing: Mean,
    speed: [Mean; 2],
    angle: [Mean; 2],
}

/// A mean, and of squares a root mean square.
#[derive(Default)]
struct Mean {
    sum: f64,
    count: usize,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn mean(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }
}

/// How many of those told are right, and how many of all are.
#[derive(Default)]
struct Share {
    right: usize,
    wrong: usize,
    untold: usize,
}

impl Share {
    fn note(&mut self, right: Option<bool>) {
        match right {
            Some(true) => self.right += 1,
            Some(false) => self.wrong += 1,
            None => self.untold += 1,
        }
    }

    fn percent(&self, part: usize) -> f64 {
        100.0 * part as f64 / (self.right + self.wrong + self.untold).max(1) as f64
    }
}

impl Sums {
    fn add_step(
        &mut self,
        step: &Step,
        aircraft: &BTreeMap<u32, &Aircraft>,
        truth: &Truth,
        tracks: &[TrackRow],
        (last, gate_m): (&mut BTreeMap<u32, u32>, f64),
    ) {
        let (pairs, _, spurious) = step.follow(last, gate_m);
        self.spurious += spurious;
        let mut track_of = vec![None; step.truths.len()];
        for (i, j, distance_m) in pairs {
            last.insert(step.truths[i].id, step.tracks[j].id);
            track_of[i] = Some((j, distance_m));
        }
        for (seen, found) in step.truths.iter().zip(track_of) {
            let Some(aircraft) = aircraft.get(&seen.id).filter(|aircraft| !aircraft.silent) else {
                continue;
            };
            let flight = self.flights.entry(seen.id).or_default();
            let row = &truth.rows[seen.row];
            flight.heights.push((row.t_s, row.position.height_m));
            let Some((j, distance_m)) = found else {
                flight.ages_s.push(f64::INFINITY);
                flight.errors_m.push(0.0);
                continue;
            };
            flight.squares_m2 += distance_m * distance_m;
            flight.instants += 1;
            flight.errors_m.push(distance_m);
            let track = &tracks[step.tracks[j].row];
            let Some(details) = track.details else { continue };
            flight.ages_s.push(details.age_s);
            let row = &truth.rows[seen.row];
            let then_m = details.level.and_then(|(_, age_s)| flight.height_m(row.t_s - age_s));
            self.add_told(aircraft, &details, row.position.height_m, then_m);
            let climb = (track.velocity.up - row.velocity.up).powi(2);
            let climbing = row.velocity.up.abs() > CLIMBS_MPS;
            let mean = if climbing { &mut self.climb_climbing } else { &mut self.climb_level };
            mean.add(climb);
            let turns = usize::from(row.manoeuvre);
            let [ke, kn] = step.tracks[j].velocity;
            let [te, tn] = seen.velocity;
            self.speed[turns].add((ke.hypot(kn) - te.hypot(tn)).powi(2));
            let off = geodesy::wrap_pi(ke.atan2(kn) - te.atan2(tn)).to_degrees();
            self.angle[turns].add(off * off);
        }
    }

    fn add_told(
        &mut self,
        aircraft: &Aircraft,
        details: &Details,
        height_m: f64,
        then_m: Option<f64>,
    ) {
        if let Some((_, age_s)) = details.level {
            self.level_ages_s.add(age_s);
        }
        let level_m = details.level.map(|(level_m, _)| level_m);
        let is_near = |level_m: f64, height_m: f64| (level_m - height_m).abs() < LEVEL_WITHIN_M;
        self.levels.note(level_m.map(|level_m| is_near(level_m, height_m)));
        let then = level_m.zip(then_m.or(Some(height_m)));
        self.levels_then.note(then.map(|(level_m, then_m)| is_near(level_m, then_m)));
        let address = details.address.map(|address| Some(address) == aircraft.address);
        let code = details.mode_3a.map(|code| Some(code) == aircraft.mode_3a);
        // One wrong is wrong, whatever the other says.
        let identity = match (address, code) {
            (None, None) => None,
            (address, code) => Some(address != Some(false) && code != Some(false)),
        };
        self.identities.note(identity);
    }

    fn end_gaps(&mut self, limits: &Limits) {
        for flight in self.flights.values() {
            let late = |age_s: &f64| *age_s > limits.interval_s;
            self.updated += flight.ages_s.iter().filter(|age| !late(age)).count();
            for gap in flight.ages_s.chunk_by(|a, b| late(a) && late(b)) {
                if gap.iter().any(|age_s| *age_s > limits.gap_s) {
                    self.in_gaps += gap.len();
                }
            }
            for set in flight.errors_m.windows(3) {
                self.sets += 1;
                self.large_sets += usize::from(set.iter().all(|error| *error > limits.large_m));
            }
        }
    }

    fn requirements(&self, limits: &Limits, options: &Options, steps: usize) -> Vec<Requirement> {
        let instants = self.flights.values().map(|flight| flight.ages_s.len()).sum::<usize>();
        let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        let squares = self.flights.values().fold((0.0, 0), |(sum, count), flight| {
            (sum + flight.squares_m2, count + flight.instants)
        });
        let rms = |(sum, count): (f64, usize)| (sum / count.max(1) as f64).sqrt();
        let flights = self.flights.values().filter(|flight| flight.instants > 0);
        let worst = flights.map(|f| rms((f.squares_m2, f.instants))).fold(0.0, f64::max);
        let (false_most, square_miles, updates) = limits.false_limit;
        let area = (2.0 * options.half_width_m / METRES_PER_NM).powi(2) / square_miles;
        let runs = steps as f64 * options.grid_s / limits.interval_s / updates;
        let false_tracks = self.spurious as f64 * options.grid_s / limits.interval_s / area / runs;
        let root_fpm = |mean: &Mean| mean.mean().sqrt() / MPS_PER_FPM;
        let root = |mean: &Mean| mean.mean().sqrt();
        let (interval_s, gap_s) = (limits.interval_s, limits.gap_s);
        let updated = percent(self.updated, instants);
        let in_gaps = percent(self.in_gaps, instants);
        let large_m = limits.large_m;
        let large = percent(self.large_sets, self.sets);
        let levels = &self.levels;
        let wrong_when_told = self.levels_then.percent(self.levels_then.wrong);
        let identities = &self.identities;
        let (most, least) = (Requirement::most, Requirement::least);
        vec![
            least(&format!("position updated within {interval_s} s, %"), 97.0, updated),
            most(&format!("positions in gaps longer than {gap_s} s, %"), 0.5, in_gaps),
            most("horizontal position, RMS of all, m", limits.rms_m, rms(squares)),
            most("horizontal position, RMS of the worst flight, m", limits.flight_rms_m, worst),
            most(&format!("three errors in a row above {large_m} m, %"), 0.03, large),
            most("age of the level, mean, s", limits.level_age_s, self.level_ages_s.mean()),
            least("level told and within 300 ft, %", 96.0, levels.percent(levels.right)),
            most("level told and not within 300 ft, %", 0.1, levels.percent(levels.wrong)),
            most("level not within 300 ft when it was told, %", 0.1, wrong_when_told),
            least("identity told and right, %", 98.0, identities.percent(identities.right)),
            most("identity told and wrong, %", 0.1, identities.percent(identities.wrong)),
            most("rate of climb in level flight, RMS, ft/min", 250.0, root_fpm(&self.climb_level)),
            most("rate of climb in climb, RMS, ft/min", 500.0, root_fpm(&self.climb_climbing)),
            most("speed straight, RMS, m/s", 4.0, root(&self.speed[0])),
            most("speed in turns, RMS, m/s", 8.0, root(&self.speed[1])),
            most("track angle straight, RMS, °", 10.0, root(&self.angle[0])),
            most("track angle in turns, RMS, °", 25.0, root(&self.angle[1])),
            most(
                &format!("false tracks' instants in {square_miles} NM² and {updates} updates"),
                false_most,
                false_tracks,
            ),
        ]
    }
}

/// As a table in Markdown.
pub fn markdown(requirements: &[Requirement]) -> String {
    let mut text = "| requirement | limit | found | margin | |\n|---|---|---|---|---|\n".to_owned();
    for requirement in requirements {
        let sign = if requirement.at_least { "≥" } else { "≤" };
        text += &format!(
            "| {} | {sign} {} | {:.3} | {:.0} % | {} |\n",
            requirement.name,
            requirement.limit,
            requirement.found,
            requirement.margin_percent(),
            if requirement.met() { "met" } else { "**not met**" }
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::TruthRow;
    use geodesy::{Enu, Geodetic, LocalFrame};

    /// By hand: two flights of ten instants 4 s apart; one track is 300 m beside its flight all
    /// the time, the other 400 m and not updated in the last five instants.
    #[test]
    fn the_figures_are_those_counted_by_hand() {
        let centre = Geodetic::from_degrees(47.0, 8.0, 0.0).expect("a place");
        let frame = LocalFrame::at(centre);
        let velocity = Enu { east: 100.0, north: 0.0, up: 0.0 };
        let place = |east, north| frame.geodetic_from_enu(Enu { east, north, up: 0.0 });
        let mut truth = Truth::default();
        let mut tracks = Vec::new();
        for step in 0..10 {
            let t_s = 60.0 + 4.0 * f64::from(step);
            for (target, beside) in [(1, 300.0), (2, 400.0)] {
                let north = 20e3 * f64::from(target);
                let row = TruthRow {
                    t_s,
                    target,
                    position: place(100.0 * t_s, north),
                    velocity,
                    coverage: 1,
                    manoeuvre: false,
                };
                truth.rows.push(row);
                let stale_s =
                    if target == 2 && step >= 5 { 4.0 * f64::from(step - 2) } else { 2.0 };
                tracks.push(TrackRow {
                    t_s,
                    track: target.to_string(),
                    position: place(100.0 * t_s, north + beside),
                    velocity: Enu { east: 103.0, north: 0.0, up: 0.0 },
                    details: Some(Details {
                        age_s: stale_s,
                        covariance: [1.0, 0.0, 1.0],
                        level: Some((row.position.height_m + 30.0, 3.0)),
                        mode_3a: Some(0o1234),
                        address: None,
                    }),
                });
            }
        }
        let aircraft = |target, code| Aircraft {
            target,
            class: "ENR".into(),
            silent: false,
            mode_s: false,
            adsb: false,
            address: None,
            mode_3a: Some(code),
        };
        truth.aircraft = vec![aircraft(1, 0o1234), aircraft(2, 0o1235)];
        let options = Options {
            centre,
            half_width_m: 250e3,
            grid_s: 4.0,
            warm_up_s: 60.0,
            coverage_mask: 15,
            gate_m: 2_000.0,
            cutoff_m: 1_000.0,
        };
        let found = requirements(&truth, &tracks, &options, Separation::FiveNm).expect("details");
        let check = |name: &str, expected: f64| {
            let row = found.iter().find(|r| r.name.starts_with(name)).expect(name);
            assert!((row.found - expected).abs() < 0.02, "{name}: {} not {expected}", row.found);
        };
        // Ages of the five: 12, 16, 20, 24, 28 s: all late, in one gap longer than 26.4 s.
        check("position updated within 8 s", 75.0);
        check("positions in gaps longer", 25.0);
        check("horizontal position, RMS of all", 353.55);
        check("horizontal position, RMS of the worst", 400.0);
        check("three errors in a row above", 0.0);
        check("age of the level", 3.0);
        check("level not within 300 ft when it was told", 0.0);
        check("identity told and right", 50.0);
        check("speed straight", 3.0);
        let all = &found[2];
        assert!(all.met() && (all.margin_percent() - 29.3).abs() < 0.1);
    }

    #[test]
    fn a_true_height_between_two_instants_lies_between_theirs() {
        let flight =
            Flight { heights: vec![(0.0, 0.0), (4.0, 100.0), (8.0, 60.0)], ..Flight::default() };
        for (t_s, height_m) in [(2.0, 50.0), (4.0, 100.0), (7.0, 70.0), (-1.0, 0.0), (9.0, 60.0)] {
            assert_eq!(flight.height_m(t_s), Some(height_m), "{t_s}");
        }
        assert_eq!(Flight::default().height_m(1.0), None);
    }
}
