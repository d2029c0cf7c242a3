//! Which of a partner's tracks is which of ours.
//!
//! One look is not enough: two aircraft pass closely, and a partner's position may be snapped to a
//! coarse grid. A pair is believed after it has agreed several times running and given up after it
//! has disagreed several times, the counting technique of track-to-track association (Bar-Shalom,
//! Li, "Multitarget-Multisensor Tracking", 1995, 8.4, with memory). A 24-bit address of ICAO's
//! decides at once, either way.

use geodesy::{Ecef, Enu, Geodetic, LocalFrame};
use std::collections::BTreeMap;
use surveillance::{AddressKind, Codes, Time, Track, TrackNumber};

/// A track's number in our node.
pub type OwnNumber = TrackNumber;

/// A track's number as one partner gives it; means nothing beside the partner's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TheirNumber(pub u32);

/// What a partner told of one of its tracks.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The partner's number for it.
    pub number: TheirNumber,
    /// The instant of position and velocity, UTC.
    pub time: Time,
    /// Position; the height counts only where `height_known`.
    pub position: Geodetic,
    /// Covariance of east and north position, m²: east-east, east-north, north-north. Includes what
    /// the partner's rounding adds.
    pub position_covariance: [f64; 3],
    /// Velocity over the ground, m/s; `None` if it was not released.
    pub velocity: Option<Enu>,
    /// Pressure altitude, metres.
    pub pressure_altitude_m: Option<f64>,
    /// Codes, as far as they were released.
    pub codes: Codes,
    /// How coarsely the partner said that it tells.
    pub steps: Steps,
}

/// The steps in which a partner tells, as its accord has it; zero where it tells exactly. What is told
/// may lie [`STEP_REACH`] of a step from what is true, because a value stays in its step until it has
/// clearly left it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Steps {
    /// Side of a cell of the position grid, metres.
    pub position_m: f64,
    /// Of each component of velocity, m/s.
    pub velocity_m_s: f64,
    /// Of pressure altitude, metres.
    pub level_m: f64,
}

/// Largest distance from a step's middle to what is told as it, in steps.
pub const STEP_REACH: f64 = 0.6;
/// Cells looked at to each side at most: a grid of about 80 NM.
const CELLS_MAX: i32 = 16;

/// Thresholds of the correlator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CorrelatorRules {
    /// Standard deviation, each axis, of what two systems' registration differs by, metres.
    pub registration_m: f64,
    /// Normalised squared distance within which a pair agrees; 13.8 is 99.9 % of two dimensions.
    pub gate: f64,
    /// Largest distance at which a pair can agree, metres, beside what the partner's grid adds.
    pub reach_m: f64,
    /// Largest difference of velocity, m/s, between two that agree.
    pub speed_m_s: f64,
    /// Largest difference of pressure altitude, metres, between two that agree.
    pub level_m: f64,
    /// Acceleration that either may have had since it was told, spectral density, m²/s³.
    pub acceleration_density: f64,
    /// Agreements running until a pair is believed.
    pub agreements: u8,
    /// Disagreements running until it is given up.
    pub disagreements: u8,
    /// Seconds without a report after which a partner's track is forgotten.
    pub forget_s: f64,
}

impl Default for CorrelatorRules {
    fn default() -> Self {
        Self {
            registration_m: 150.0,
            gate: 13.8,
            reach_m: 9_260.0,
            speed_m_s: 60.0,
            level_m: 300.0,
            acceleration_density: 4.0,
            agreements: 3,
            disagreements: 4,
            forget_s: 120.0,
        }
    }
}

/// Pairs of one partner's tracks with ours.
///
/// Holds one small entry for each track that the partner told of within `forget_s`; the caller
/// bounds how many that can be.
#[derive(Debug, Default)]
pub struct Correlator {
    rules: CorrelatorRules,
    theirs: BTreeMap<TheirNumber, Candidate>,
    /// Scratch: our tracks by cell, sorted.
    cells: Vec<(Cell, usize)>,
    /// Scratch: pairs that agree now.
    agreeing: Vec<Agreement>,
}

#[derive(Debug, Clone, Copy)]
struct Candidate {
    ours: Option<OwnNumber>,
    agreed: u8,
    disagreed: u8,
    believed: bool,
    told: Time,
}

#[derive(Debug, Clone, Copy)]
struct Agreement {
    rank: Rank,
    distance2: f64,
    report: usize,
    track: usize,
}

/// Better first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    SameAddress,
    Believed,
    SameCode,
    Near,
}

type Cell = (i32, i32, i32);

impl Correlator {
    /// No pairs yet.
    pub fn new(rules: CorrelatorRules) -> Self {
        Self { rules, ..Self::default() }
    }

    /// Takes what the partner told, `theirs`, beside `ours` as of about `now`, in rising order of
    /// number.
    pub fn update(&mut self, ours: &[Track], theirs: &[Report], now: Time) {
        self.index(ours);
        self.agreeing.clear();
        for (index, report) in theirs.iter().enumerate() {
            self.compare(ours, index, report);
        }
        self.agreeing.sort_by(|a, b| {
            a.rank
                .cmp(&b.rank)
                .then(a.distance2.total_cmp(&b.distance2))
                .then((a.report, a.track).cmp(&(b.report, b.track)))
        });
        let mut near = vec![0_u32; theirs.len()];
        for pair in self.agreeing.iter().filter(|pair| pair.rank == Rank::Near) {
            near[pair.report] += 1;
        }
        // In a cell as wide as that several may be, and the nearest to its middle is any of them.
        let is_any = |pair: &Agreement| {
            pair.rank == Rank::Near
                && near[pair.report] > 1
                && theirs[pair.report].steps.position_m > self.rules.reach_m
        };
        let mut of_report: Vec<Option<OwnNumber>> = vec![None; theirs.len()];
        let mut taken = vec![false; ours.len()];
        let mut sure = vec![false; theirs.len()];
        for pair in &self.agreeing {
            if of_report[pair.report].is_none() && !taken[pair.track] && !is_any(pair) {
                of_report[pair.report] = Some(ours[pair.track].number);
                taken[pair.track] = true;
                sure[pair.report] = pair.rank == Rank::SameAddress;
            }
        }
        for ((report, found), sure) in theirs.iter().zip(of_report).zip(sure) {
            let held = self.ours(report.number);
            let held = held.and_then(|n| ours.binary_search_by_key(&n, |track| track.number).ok());
            let vetoed = held.is_some_and(|at| different(&ours[at].codes, &report.codes));
            let entry = self.theirs.entry(report.number).or_insert(Candidate::alone(now));
            if vetoed {
                *entry = Candidate::alone(now);
            }
            entry.told = now;
            entry.count(found, sure, &self.rules);
        }
        let forget_s = self.rules.forget_s;
        self.theirs.retain(|_, entry| now.seconds_since(entry.told) <= forget_s);
    }

    /// The partner ended its track.
    pub fn end_theirs(&mut self, number: TheirNumber) {
        self.theirs.remove(&number);
    }

    /// Forgets every track of the partner's that does not stand any more.
    pub fn keep(&mut self, stands: impl Fn(TheirNumber) -> bool) {
        self.theirs.retain(|number, _| stands(*number));
    }

    /// Our track ended: whatever was paired with it is alone.
    pub fn end_ours(&mut self, number: OwnNumber) {
        for entry in self.theirs.values_mut() {
            if entry.ours == Some(number) {
                *entry = Candidate::alone(entry.told);
            }
        }
    }

    /// Which of ours the partner's track is, if that is believed.
    pub fn ours(&self, theirs: TheirNumber) -> Option<OwnNumber> {
        self.theirs.get(&theirs).filter(|entry| entry.believed).and_then(|entry| entry.ours)
    }

    /// Whether the partner's track has agreed with one of ours and not yet often enough to say.
    pub fn is_undecided(&self, theirs: TheirNumber) -> bool {
        self.theirs.get(&theirs).is_some_and(|entry| !entry.believed && entry.ours.is_some())
    }

    /// Every believed pair, by the partner's number.
    pub fn pairs(&self) -> impl Iterator<Item = (TheirNumber, OwnNumber)> {
        self.theirs
            .iter()
            .filter(|(_, entry)| entry.believed)
            .filter_map(|(&theirs, entry)| Some((theirs, entry.ours?)))
    }

    fn index(&mut self, ours: &[Track]) {
        self.cells.clear();
        let reach_m = self.rules.reach_m;
        let cell_of = |track: &Track| cell(track.position.at_height(0.0).to_ecef(), reach_m);
        self.cells.extend(ours.iter().enumerate().map(|(index, track)| (cell_of(track), index)));
        self.cells.sort_unstable();
    }

    fn compare(&mut self, ours: &[Track], index: usize, report: &Report) {
        let frame = LocalFrame::at(report.position.at_height(0.0));
        let (x, y, z) = cell(report.position.at_height(0.0).to_ecef(), self.rules.reach_m);
        let paired = self.theirs.get(&report.number).filter(|e| e.believed).and_then(|e| e.ours);
        let cells = (reach_m(&self.rules, report) / self.rules.reach_m).ceil();
        let cells = (cells as i32).clamp(1, CELLS_MAX);
        for dx in -cells..=cells {
            for dy in -cells..=cells {
                // Cells of one (x, y) column follow one another.
                let low = self.cells.partition_point(|(c, _)| *c < (x + dx, y + dy, z - cells));
                for &(at, track) in &self.cells[low..] {
                    if at > (x + dx, y + dy, z + cells) {
                        break;
                    }
                    let Some(distance2) = self.agree(&frame, &ours[track], report) else {
                        continue;
                    };
                    let rank = if same_address(&ours[track].codes, &report.codes) {
                        Rank::SameAddress
                    } else if paired == Some(ours[track].number) {
                        Rank::Believed
                    } else if same_code(&ours[track].codes, &report.codes) {
                        Rank::SameCode
                    } else {
                        Rank::Near
                    };
                    self.agreeing.push(Agreement { rank, distance2, report: index, track });
                }
            }
        }
    }

    /// Normalised squared distance of two that may be one; `None` if they cannot be.
    fn agree(&self, frame: &LocalFrame, ours: &Track, theirs: &Report) -> Option<f64> {
        let rules = &self.rules;
        if different(&ours.codes, &theirs.codes) {
            return None;
        }
        let dt_s = theirs.time.seconds_since(ours.time);
        let at = frame.enu_from_geodetic(ours.position.at_height(0.0));
        let nu = [at.east + ours.velocity.east * dt_s, at.north + ours.velocity.north * dt_s];
        if nu[0].hypot(nu[1]) > reach_m(rules, theirs) {
            return None;
        }
        let levels = ours.pressure_altitude_m.zip(theirs.pressure_altitude_m);
        let level_m = rules.level_m + STEP_REACH * theirs.steps.level_m;
        if levels.is_some_and(|(a, b)| (a - b).abs() > level_m) {
            return None;
        }
        let speed_m_s = rules.speed_m_s + corner(theirs.steps.velocity_m_s);
        if theirs.velocity.is_some_and(|v| {
            (v.east - ours.velocity.east).hypot(v.north - ours.velocity.north) > speed_m_s
        }) {
            return None;
        }
        let drift = rules.acceleration_density * dt_s.abs().powi(3) / 3.0;
        let common = rules.registration_m * rules.registration_m + drift;
        let [vee, ven, vnn] = ours.velocity_covariance.map(|v| v * dt_s * dt_s);
        let [a, b] = [ours.position_covariance, theirs.position_covariance];
        let s = [a[0] + b[0] + vee + common, a[1] + b[1] + ven, a[2] + b[2] + vnn + common];
        let determinant = s[0] * s[2] - s[1] * s[1];
        let distance2 = (nu[0] * nu[0] * s[2] - 2.0 * nu[0] * nu[1] * s[1] + nu[1] * nu[1] * s[0])
            / determinant;
        (distance2 <= rules.gate || same_address(&ours.codes, &theirs.codes)).then_some(distance2)
    }
}

impl Candidate {
    fn alone(told: Time) -> Self {
        Self { ours: None, agreed: 0, disagreed: 0, believed: false, told }
    }

    fn count(&mut self, found: Option<OwnNumber>, sure: bool, rules: &CorrelatorRules) {
        if found.is_some() && found == self.ours {
            self.agreed = self.agreed.saturating_add(1);
            self.disagreed = 0;
        } else {
            self.disagreed = self.disagreed.saturating_add(1);
            if !self.believed || self.disagreed >= rules.disagreements || sure {
                self.ours = found;
                self.agreed = u8::from(found.is_some());
                self.disagreed = 0;
                self.believed = false;
            }
        }
        self.believed |= sure || (self.ours.is_some() && self.agreed >= rules.agreements);
    }
}

/// From the middle of a cell to the farthest that may be told as it.
fn corner(step: f64) -> f64 {
    STEP_REACH * std::f64::consts::SQRT_2 * step
}

fn reach_m(rules: &CorrelatorRules, report: &Report) -> f64 {
    rules.reach_m + corner(report.steps.position_m)
}

fn cell(point: Ecef, size_m: f64) -> Cell {
    let index = |metres: f64| (metres / size_m).floor() as i32;
    (index(point.x_m), index(point.y_m), index(point.z_m))
}

fn same_address(a: &Codes, b: &Codes) -> bool {
    let icao = |codes: &Codes| codes.address.filter(|a| a.kind() == AddressKind::Icao);
    icao(a).is_some() && icao(a) == icao(b)
}

/// Two ICAO addresses that differ: two aircraft.
fn different(a: &Codes, b: &Codes) -> bool {
    let icao = |codes: &Codes| codes.address.filter(|a| a.kind() == AddressKind::Icao);
    icao(a).zip(icao(b)).is_some_and(|(a, b)| a != b)
}

fn same_code(a: &Codes, b: &Codes) -> bool {
    let discrete = |codes: &Codes| codes.mode_3a.filter(|code| !code.is_shared());
    let same_callsign = a.callsign.is_some() && a.callsign == b.callsign;
    same_callsign || (discrete(a).is_some() && discrete(a) == discrete(b))
}
