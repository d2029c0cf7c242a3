//! Which track flies which plan.
//!
//! A plan's callsign, 24-bit address, assigned code and its route in time each speak for or against
//! it; what speaks is weighed, and the best plan counts only if nothing else is nearly as good. A
//! match once made is kept until it is clearly wrong. [`index`] finds the few plans that a track
//! could fly without looking at the others; nothing is allocated for a track.

mod evidence;
mod index;

pub use evidence::{Evidence, Word};

use super::{Places, PlanId, Plans, RouteFault, Trajectory};
use evidence::{Weighed, weigh};
use index::{Index, Moving, Slot};
use rustc_hash::FxHashMap;
use surveillance::{Time, Track, TrackNumber};

/// Weights and thresholds of correlation. Scores are sums of weights.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrelatorConfig {
    /// The track's callsign is the plan's, or the aircraft's registration.
    pub callsign: f64,
    /// The track's callsign is another.
    pub callsign_other: f64,
    /// The address is that of field 18 CODE/.
    pub address: f64,
    /// The address is another.
    pub address_other: f64,
    /// The Mode 3/A code is the one assigned, and not one that many use.
    pub code: f64,
    /// The code is another that only one uses.
    pub code_other: f64,
    /// On the route at the right time; less the further off.
    pub route: f64,
    /// Far from the route.
    pub route_other: f64,
    /// Least score of a match.
    pub accept: f64,
    /// A match is kept down to this score; one that nothing speaks against, as long as it is half as
    /// near its route as [`Self::route_alone`] asks.
    pub keep: f64,
    /// Lead over the next best plan; less is ambiguous.
    pub lead: f64,
    /// On the route and nothing else: least share of [`Self::route`], for so long.
    pub route_alone: f64,
    /// See [`Self::route_alone`], seconds.
    pub route_alone_s: f64,
    /// A track that tells nothing is looked for among the routes about it only so often, seconds.
    pub scan_s: f64,
    /// A match that fell below [`Self::keep`] ends after, seconds.
    pub release_s: f64,
    /// Another plan leads for so long before it takes over, seconds.
    pub switch_s: f64,
    /// Beside the route, at which nearness counts half; far at four times as much, metres.
    pub lateral_m: f64,
    /// Before or after the planned time, at which nearness counts half, seconds.
    pub off_time_s: f64,
    /// A plan is looked at from so long before its off-block time, seconds.
    pub before_s: f64,
    /// And until so long after its estimated arrival, seconds.
    pub after_s: f64,
    /// A track not seen for so long is forgotten, seconds.
    pub forget_s: f64,
}

impl Default for CorrelatorConfig {
    fn default() -> Self {
        Self {
            callsign: 0.6,
            callsign_other: -0.25,
            address: 0.5,
            address_other: -0.2,
            code: 0.3,
            code_other: -0.1,
            route: 0.25,
            route_other: -0.3,
            accept: 0.45,
            keep: 0.25,
            lead: 0.1,
            route_alone: 0.6,
            route_alone_s: 60.0,
            scan_s: 4.0,
            release_s: 30.0,
            switch_s: 10.0,
            lateral_m: 18_520.0,
            off_time_s: 900.0,
            before_s: 1800.0,
            after_s: 5400.0,
            forget_s: 300.0,
        }
    }
}

/// By what a track and a plan belong together; the strongest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// Callsign or registration.
    Callsign,
    /// 24-bit address.
    Address,
    /// Mode 3/A code and route.
    Code,
    /// Route and time alone.
    Route,
}

/// A track flies a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// The plan.
    pub plan: PlanId,
    /// By what.
    pub how: How,
    /// Sum of the weights that speak for and against.
    pub score: f64,
    /// Each of them.
    pub why: Evidence,
}

/// Why a track has no plan.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Unmatched {
    /// No plan comes near enough.
    #[error("no plan")]
    None,
    /// Two plans are as good.
    #[error("plans {} and {} fit as well", .0.0, .1.0)]
    Ambiguous(PlanId, PlanId),
    /// It fits by its route alone, and not yet for long enough.
    #[error("plan {} fits by its route; not yet for long enough", .0.0)]
    Waiting(PlanId),
    /// Another track flies the plan and fits better.
    #[error("plan {} is flown by {by}", .plan.0)]
    Taken {
        /// The plan.
        plan: PlanId,
        /// The track.
        by: TrackNumber,
    },
}

/// What is remembered of a track.
#[derive(Debug, Clone, Copy)]
struct Held {
    plan: Option<PlanId>,
    /// Last time the match was good.
    good: Time,
    /// The plan that would take over, and since when.
    next: Option<(PlanId, Time)>,
    seen: Time,
    /// When the routes about it were looked through, and what came of it.
    scanned: Option<(Time, Unmatched)>,
}

/// Who flies a plan, with what score, when last seen.
#[derive(Debug, Clone, Copy)]
struct Flown {
    by: TrackNumber,
    score: f64,
    seen: Time,
}

/// Finds and keeps the plans of tracks. Its answers depend on the plans, the tracks and the times
/// it was given, in their order, and on nothing else.
#[derive(Debug, Clone, Default)]
pub struct Correlator {
    config: CorrelatorConfig,
    index: Index,
    held: FxHashMap<TrackNumber, Held>,
    flown: FxHashMap<PlanId, Flown>,
}

impl Correlator {
    /// Nothing known yet.
    pub fn new(config: CorrelatorConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// Takes over what changed in the book: to be called before the tracks of each evaluation. Gives
    /// the plans whose route was expanded now, with what of it had to be guessed.
    pub fn refresh<P: Places + ?Sized>(
        &mut self,
        plans: &Plans,
        places: &P,
        now: Time,
    ) -> Vec<(PlanId, Vec<RouteFault>)> {
        let forget = now.plus_seconds(-self.config.forget_s);
        let rebuilt = self.index.refresh(plans, places, &self.config, now);
        if let Some(expanded) = rebuilt {
            self.held.retain(|_, held| held.seen >= forget);
            self.flown.retain(|plan, flown| flown.seen >= forget && plans.get(*plan).is_some());
            return expanded;
        }
        Vec::new()
    }

    /// The route of a plan, where it could be expanded.
    pub fn trajectory(&self, plan: PlanId) -> Option<&Trajectory> {
        self.index.trajectory(plan)
    }

    /// Take-off of a plan that is looked at, actual or estimated, UTC.
    pub fn take_off(&self, plan: PlanId) -> Option<Time> {
        self.index.slot_of(plan).map(|slot| slot.take_off)
    }

    /// The plan that a track was last found to fly.
    pub fn plan_of(&self, track: TrackNumber) -> Option<PlanId> {
        self.held.get(&track).and_then(|held| held.plan)
    }

    /// Says that a track ended: its plan is free for another at once.
    pub fn forget(&mut self, track: TrackNumber) {
        let held = self.held.remove(&track).and_then(|held| held.plan);
        if let Some(plan) = held
            && self.flown.get(&plan).is_some_and(|flown| flown.by == track)
        {
            self.flown.remove(&plan);
        }
    }

    /// The plan that the track flies at `now`, or why there is none. No allocation once the track is
    /// known; about a microsecond.
    pub fn correlate(&mut self, track: &Track, now: Time) -> Result<Match, Unmatched> {
        let mut held = self.held.get(&track.number).copied().unwrap_or(Held {
            plan: None,
            good: now,
            next: None,
            seen: now,
            scanned: None,
        });
        held.seen = now;
        let moving = Moving::of(track);
        let mut ranked = Ranked::default();
        let named = self.rank_named(track, &moving, held.plan, now, &mut ranked);
        // Nothing that the track tells of itself is in any plan: there is only where it is. With a
        // callsign of its own it is another flight.
        let by_place = !named && track.codes.callsign.is_none() && ranked.held.is_none();
        if by_place {
            if let Some((when, why)) = held.scanned
                && (0.0..self.scan_wait_s(track.number)).contains(&now.seconds_since(when))
            {
                self.held.insert(track.number, held);
                return Err(why);
            }
            self.rank_beside(track, &moving, now, &mut ranked);
        }
        let answer = self.decide(&mut held, &ranked, now);
        let answer = answer.and_then(|found| self.claim(track.number, &mut held, found, now));
        held.scanned = answer.err().filter(|_| by_place).map(|why| (now, why));
        self.held.insert(track.number, held);
        answer
    }

    /// Not all at once: tracks of other numbers wait a little more or less.
    fn scan_wait_s(&self, track: TrackNumber) -> f64 {
        self.config.scan_s * (0.75 + f64::from(track.0 % 8) / 16.0)
    }

    /// Ranks the plans that share a code with the track, and the one held; gives whether any does.
    fn rank_named(
        &self,
        track: &Track,
        moving: &Moving,
        held: Option<PlanId>,
        now: Time,
        ranked: &mut Ranked,
    ) -> bool {
        let mut consider = |slot: &Slot| {
            let beside = slot.locate(moving.position, now).map(|piece| (piece, moving));
            let weighed = weigh(track, slot, beside, now, &self.config);
            ranked.take(Candidate { plan: slot.id, weighed }, held);
        };
        let mut named = false;
        self.index.by_codes(&track.codes, |slot| {
            named = true;
            consider(slot);
        });
        if let Some(slot) = held.and_then(|held| self.index.slot_of(held)) {
            consider(slot);
        }
        named
    }

    /// Ranks the plans whose routes pass where the track is, now and in its direction.
    fn rank_beside(&self, track: &Track, moving: &Moving, now: Time, ranked: &mut Ranked) {
        self.index.beside(moving, now, &self.config, |slot, piece| {
            let weighed = weigh(track, slot, Some((piece, moving)), now, &self.config);
            ranked.take(Candidate { plan: slot.id, weighed }, None);
        });
    }

    /// Keeps, ends, changes or begins a match.
    fn decide(&self, held: &mut Held, ranked: &Ranked, now: Time) -> Result<Match, Unmatched> {
        let config = &self.config;
        if let (Some(_), Some(current)) = (held.plan, ranked.held) {
            let score = current.weighed.score;
            if score >= config.keep || current.weighed.stays_on_route(config) {
                held.good = now;
            }
            let rival = ranked.best.filter(|best| best.plan != current.plan);
            let rival =
                rival.filter(|best| best.weighed.score >= config.accept.max(score + config.lead));
            match rival {
                None => held.next = None,
                Some(best) => {
                    let since = held.next.filter(|(plan, _)| *plan == best.plan);
                    let (_, since) = *held.next.insert(since.unwrap_or((best.plan, now)));
                    if now.seconds_since(since) >= config.switch_s
                        && ranked.leads(&best, config.lead)
                    {
                        (held.plan, held.next, held.good) = (Some(best.plan), None, now);
                        return Ok(best.matched());
                    }
                }
            }
            if now.seconds_since(held.good) < config.release_s {
                return Ok(current.matched());
            }
        }
        // No match, or one that ended: its plan is closed, or it has been bad for long enough.
        held.plan = None;
        self.begin(held, ranked, now)
    }

    fn begin(&self, held: &mut Held, ranked: &Ranked, now: Time) -> Result<Match, Unmatched> {
        let config = &self.config;
        let Some(best) = ranked.best else {
            held.next = None;
            return Err(Unmatched::None);
        };
        let alone = best.weighed.by_route_alone(config);
        if best.weighed.score < config.accept && !alone {
            held.next = None;
            return Err(Unmatched::None);
        }
        if !ranked.leads(&best, config.lead) {
            held.next = None;
            let second = ranked.second.map_or(best.plan, |second| second.plan);
            return Err(Unmatched::Ambiguous(best.plan.min(second), best.plan.max(second)));
        }
        if alone {
            let since = held.next.filter(|(plan, _)| *plan == best.plan);
            let (_, since) = *held.next.insert(since.unwrap_or((best.plan, now)));
            if now.seconds_since(since) < config.route_alone_s {
                return Err(Unmatched::Waiting(best.plan));
            }
        }
        (held.plan, held.next, held.good) = (Some(best.plan), None, now);
        Ok(best.matched())
    }

    /// One plan is flown by one track: the better keeps it.
    fn claim(
        &mut self,
        track: TrackNumber,
        held: &mut Held,
        found: Match,
        now: Time,
    ) -> Result<Match, Unmatched> {
        let mine = Flown { by: track, score: found.score, seen: now };
        let flown = self.flown.entry(found.plan).or_insert(mine);
        let gone = now.seconds_since(flown.seen) > self.config.release_s;
        if flown.by == track || gone || found.score >= flown.score + self.config.lead {
            *flown = mine;
            return Ok(found);
        }
        held.plan = None;
        Err(Unmatched::Taken { plan: found.plan, by: flown.by })
    }
}

/// A plan that a track may fly.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    plan: PlanId,
    weighed: Weighed,
}

impl Candidate {
    fn matched(&self) -> Match {
        let Weighed { score, how, why, .. } = self.weighed;
        Match { plan: self.plan, how, score, why }
    }
}

#[derive(Debug, Default)]
struct Ranked {
    best: Option<Candidate>,
    second: Option<Candidate>,
    held: Option<Candidate>,
}

impl Ranked {
    /// Takes a candidate in; the same plan again counts at its better score.
    fn take(&mut self, new: Candidate, held: Option<PlanId>) {
        let rank =
            |candidate: &Candidate| (candidate.weighed.score, std::cmp::Reverse(candidate.plan));
        let above = |old: Option<&Candidate>| {
            old.is_none_or(|old| {
                let ((new_score, new_plan), (score, plan)) = (rank(&new), rank(old));
                new_score.total_cmp(&score).then(new_plan.cmp(&plan)).is_gt()
            })
        };
        if held == Some(new.plan) && above(self.held.as_ref()) {
            self.held = Some(new);
        }
        if self.best.is_some_and(|best| best.plan == new.plan) {
            if above(self.best.as_ref()) {
                self.best = Some(new);
            }
        } else if above(self.best.as_ref()) {
            self.second = self.best;
            self.best = Some(new);
        } else if above(self.second.as_ref()) {
            self.second = Some(new);
        }
    }

    /// Whether a candidate is ahead of every other.
    fn leads(&self, best: &Candidate, lead: f64) -> bool {
        let others = [self.best, self.second].into_iter().flatten();
        others
            .filter(|other| other.plan != best.plan)
            .all(|other| other.weighed.score + lead <= best.weighed.score)
    }
}
