//! Which of a partner's tracks is which of ours.
//!
//! One look is not enough: two aircraft pass closely, and a partner's position may be snapped to a
//! coarse grid. A pair is believed after it has agreed several times running and given up after it
//! has disagreed several times, the counting technique of track-to-track association (Bar-Shalom,
//! Li, "Multitarget-Multisensor Tracking", 1995, 8.4, with memory). A 24-bit address of ICAO's
//! decides at once, either way.

use geodesy::{Ecef, Enu, Geodetic, LocalFrame};
use std::collections::{BTreeMap, BTreeSet};
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

/// One of a partner's tracks that is one of ours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The partner's number.
    pub theirs: TheirNumber,
    /// Ours.
    pub ours: OwnNumber,
    /// By what they were found to be one.
    pub how: How,
    /// Of the partner's last [`LOOKS_MAX`] reports since they were found to be one, the share that agreed;
    /// `None` before the first.
    pub score: Option<f64>,
    /// Of how many reports that is.
    pub looks: u8,
    /// Whether the last one did.
    pub agrees: bool,
    /// Since when they are one, by the clock of [`Correlator::update`]; `None` where that is only to come.
    pub since: Option<Time>,
}

/// By what a partner's track was found to be one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// One ICAO address.
    Address,
    /// One callsign, or one code that is nobody else's.
    Code,
    /// Where both are and how they move.
    Place,
    /// A person said so.
    ByHand,
}

/// What people said of single pairs: it goes before whatever this finds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ByHand {
    /// These are two.
    pub apart: BTreeSet<(TheirNumber, OwnNumber)>,
    /// These are one. Each number at most once on either side.
    pub together: BTreeMap<TheirNumber, OwnNumber>,
}

/// Why two tracks cannot be one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Apart {
    /// Two ICAO addresses.
    Addresses,
    /// Farther from each other than any one target can be told.
    Far {
        /// How far, metres.
        distance_m: f64,
        /// How far they may be, metres.
        reach_m: f64,
    },
    /// At two levels.
    Levels {
        /// How far from each other, metres.
        difference_m: f64,
        /// How far they may be, metres.
        most_m: f64,
    },
    /// At two velocities.
    Velocities {
        /// How far from each other, m/s.
        difference_m_s: f64,
        /// How far they may be, m/s.
        most_m_s: f64,
    },
}

/// Reports of a pair that its score is of, at most.
pub const LOOKS_MAX: u8 = 64;

/// Pairs of one partner's tracks with ours.
///
/// Holds one small entry for each track that the partner told of within `forget_s`; the caller
/// bounds how many that can be.
#[derive(Debug, Default)]
pub struct Correlator {
    rules: CorrelatorRules,
    theirs: BTreeMap<TheirNumber, Candidate>,
    by_hand: ByHand,
    /// Ours that are one with another by hand.
    taken: BTreeSet<OwnNumber>,
    /// What people say is one and is not, since [`Self::take_refuted`].
    refuted: Vec<(TheirNumber, Apart)>,
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
    how: How,
    /// Whether each of the last reports agreed, the newest in the lowest bit, and of how many that is known.
    recent: (u64, u8),
    since: Option<Time>,
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

    /// What people say of single pairs, in place of what they said before. What is apart is no pair from now
    /// on, and what is together is one.
    pub fn set_by_hand(&mut self, by_hand: ByHand) {
        if self.by_hand == by_hand {
            return;
        }
        let before = self.by_hand.together.iter().map(|(theirs, ours)| (*theirs, *ours));
        let over: Vec<_> = by_hand.apart.iter().copied().chain(before).collect();
        for (theirs, ours) in over {
            let entry = self.theirs.get_mut(&theirs).filter(|entry| entry.ours == Some(ours));
            if let Some(entry) = entry
                && by_hand.together.get(&theirs) != Some(&ours)
            {
                *entry = Candidate::alone(entry.told);
            }
        }
        self.by_hand = by_hand;
        // What was believed of either beside it is over.
        let together = &self.by_hand.together;
        self.taken = together.values().copied().collect();
        let taken = &self.taken;
        for (theirs, entry) in &mut self.theirs {
            let others = together.get(theirs).map_or_else(
                || entry.ours.is_some_and(|ours| taken.contains(&ours)),
                |ours| entry.ours.is_some_and(|other| other != *ours),
            );
            if others {
                *entry = Candidate::alone(entry.told);
            }
        }
    }

    /// What people say is one and cannot be: reports running spoke against it, as many as end a pair that was
    /// found, or one with another ICAO address. It is for the caller to have it said no more.
    pub fn take_refuted(&mut self) -> Vec<(TheirNumber, Apart)> {
        std::mem::take(&mut self.refuted)
    }

    /// Why our track and the partner's cannot be one, whatever is said of them; `None` if they can.
    pub fn obstacle(&self, ours: &Track, theirs: &Report) -> Option<Apart> {
        let frame = LocalFrame::at(theirs.position.at_height(0.0));
        self.offset(&frame, ours, theirs).err()
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
        let mut ranks = vec![Rank::Near; theirs.len()];
        for pair in &self.agreeing {
            if of_report[pair.report].is_none() && !taken[pair.track] && !is_any(pair) {
                of_report[pair.report] = Some(ours[pair.track].number);
                taken[pair.track] = true;
                ranks[pair.report] = pair.rank;
            }
        }
        for ((report, found), rank) in theirs.iter().zip(of_report).zip(ranks) {
            if let Some(by_hand) = self.by_hand.together.get(&report.number).copied() {
                let at = ours.binary_search_by_key(&by_hand, |track| track.number).ok();
                let apart = at.and_then(|at| self.obstacle(&ours[at], report));
                let entry = self.theirs.entry(report.number).or_insert(Candidate::alone(now));
                entry.told = now;
                entry.count_by_hand(by_hand, found, now);
                entry.disagreed = apart.map_or(0, |_| entry.disagreed.saturating_add(1));
                let enough = entry.disagreed >= self.rules.disagreements;
                let over = apart.filter(|apart| enough || *apart == Apart::Addresses);
                self.refuted.extend(over.map(|apart| (report.number, apart)));
                continue;
            }
            let held = self.ours(report.number);
            let held = held.and_then(|n| ours.binary_search_by_key(&n, |track| track.number).ok());
            let vetoed = held.is_some_and(|at| different(&ours[at].codes, &report.codes));
            let entry = self.theirs.entry(report.number).or_insert(Candidate::alone(now));
            if vetoed {
                *entry = Candidate::alone(now);
            }
            entry.told = now;
            entry.count((found, rank), &self.rules, now);
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
        let by_hand = self.by_hand.together.get(&theirs).copied();
        by_hand.or_else(|| self.theirs.get(&theirs).filter(|entry| entry.believed)?.ours)
    }

    /// Whether the partner's track has agreed with one of ours and not yet often enough to say.
    pub fn is_undecided(&self, theirs: TheirNumber) -> bool {
        let undecided = |entry: &Candidate| !entry.believed && entry.ours.is_some();
        !self.by_hand.together.contains_key(&theirs)
            && self.theirs.get(&theirs).is_some_and(undecided)
    }

    /// Every believed pair, by the partner's number.
    pub fn pairs(&self) -> impl Iterator<Item = (TheirNumber, OwnNumber)> {
        let by_hand = &self.by_hand.together;
        let found = self
            .theirs
            .iter()
            .filter(|(theirs, entry)| entry.believed && !by_hand.contains_key(theirs))
            .filter_map(|(&theirs, entry)| Some((theirs, entry.ours?)));
        found.chain(by_hand.iter().map(|(theirs, ours)| (*theirs, *ours)))
    }

    /// One believed pair with what speaks for it.
    pub fn pair(&self, theirs: TheirNumber) -> Option<Pair> {
        let ours = self.ours(theirs)?;
        let is_by_hand = self.by_hand.together.contains_key(&theirs);
        let entry = self.theirs.get(&theirs).filter(|entry| entry.ours == Some(ours));
        let (recent, looks) = entry.map_or((0, 0), |entry| entry.recent);
        Some(Pair {
            theirs,
            ours,
            how: entry
                .map_or(How::ByHand, |entry| if is_by_hand { How::ByHand } else { entry.how }),
            score: (looks > 0).then(|| f64::from(recent.count_ones()) / f64::from(looks)),
            looks,
            agrees: recent & 1 == 1,
            since: entry.and_then(|entry| entry.since),
        })
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
        let (ByHand { apart, together }, taken) = (&self.by_hand, &self.taken);
        let said = together.get(&report.number).copied();
        let may_pair = |ours: OwnNumber| match said {
            Some(said) => said == ours,
            None => {
                (apart.is_empty() || !apart.contains(&(report.number, ours)))
                    && (taken.is_empty() || !taken.contains(&ours))
            }
        };
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
                    if !may_pair(ours[track].number) {
                        continue;
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

    /// Where ours would be from theirs at the instant of theirs, east and north, metres; or why the two
    /// cannot be one.
    fn offset(&self, frame: &LocalFrame, ours: &Track, theirs: &Report) -> Result<[f64; 2], Apart> {
        let rules = &self.rules;
        if different(&ours.codes, &theirs.codes) {
            return Err(Apart::Addresses);
        }
        let dt_s = theirs.time.seconds_since(ours.time);
        let at = frame.enu_from_geodetic(ours.position.at_height(0.0));
        let nu = [at.east + ours.velocity.east * dt_s, at.north + ours.velocity.north * dt_s];
        let (distance_m, reach_m) = (nu[0].hypot(nu[1]), reach_m(rules, theirs));
        if distance_m > reach_m {
            return Err(Apart::Far { distance_m, reach_m });
        }
        if let Some((a, b)) = ours.pressure_altitude_m.zip(theirs.pressure_altitude_m) {
            let difference_m = (a - b).abs();
            let most_m = rules.level_m + STEP_REACH * theirs.steps.level_m;
            if difference_m > most_m {
                return Err(Apart::Levels { difference_m, most_m });
            }
        }
        if let Some(v) = theirs.velocity {
            let (east, north) = (v.east - ours.velocity.east, v.north - ours.velocity.north);
            let difference_m_s = east.hypot(north);
            let most_m_s = rules.speed_m_s + corner(theirs.steps.velocity_m_s);
            if difference_m_s > most_m_s {
                return Err(Apart::Velocities { difference_m_s, most_m_s });
            }
        }
        Ok(nu)
    }

    /// Normalised squared distance of two that may be one; `None` if they cannot be.
    fn agree(&self, frame: &LocalFrame, ours: &Track, theirs: &Report) -> Option<f64> {
        let rules = &self.rules;
        let nu = self.offset(frame, ours, theirs).ok()?;
        let dt_s = theirs.time.seconds_since(ours.time);
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
        Self {
            ours: None,
            agreed: 0,
            disagreed: 0,
            believed: false,
            told,
            how: How::Place,
            recent: (0, 0),
            since: None,
        }
    }

    /// Another report of what a person said is one with `ours`: whether it agrees changes nothing but the
    /// score.
    fn count_by_hand(&mut self, ours: OwnNumber, found: Option<OwnNumber>, now: Time) {
        if self.ours != Some(ours) || !self.believed {
            let told = self.told;
            *self =
                Self { ours: Some(ours), believed: true, since: Some(now), ..Self::alone(told) };
        }
        self.look(found == self.ours);
    }

    fn look(&mut self, agreed: bool) {
        let (recent, looks) = self.recent;
        self.recent = (recent << 1 | u64::from(agreed), looks.saturating_add(1).min(LOOKS_MAX));
    }

    fn count(
        &mut self,
        (found, rank): (Option<OwnNumber>, Rank),
        rules: &CorrelatorRules,
        now: Time,
    ) {
        let sure = found.is_some() && rank == Rank::SameAddress;
        let before = (self.ours, self.believed);
        self.look(found.is_some() && found == self.ours);
        if found.is_some() && found == self.ours {
            self.agreed = self.agreed.saturating_add(1);
            self.disagreed = 0;
            match rank {
                Rank::SameAddress => self.how = How::Address,
                Rank::SameCode => self.how = How::Code,
                // It stays what it was.
                Rank::Believed | Rank::Near => {}
            }
        } else {
            self.disagreed = self.disagreed.saturating_add(1);
            if !self.believed || self.disagreed >= rules.disagreements || sure {
                if found != self.ours {
                    self.recent = (u64::from(found.is_some()), u8::from(found.is_some()));
                    self.how = match rank {
                        Rank::SameAddress => How::Address,
                        Rank::SameCode => How::Code,
                        Rank::Believed | Rank::Near => How::Place,
                    };
                }
                self.ours = found;
                self.agreed = u8::from(found.is_some());
                self.disagreed = 0;
                self.believed = false;
            }
        }
        self.believed |= sure || (self.ours.is_some() && self.agreed >= rules.agreements);
        if self.believed && before != (self.ours, true) {
            self.since = Some(now);
        }
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
