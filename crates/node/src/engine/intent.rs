//! What is meant to happen in the air: airspace and permissions as the files say, and the flight
//! plans that feeds tell; which track flies which plan.

use super::plans_kept::{PlansKept, Told};
use crate::event::Book;
use alert::rules::area::AreaConfig;
use alert::{AerodromeFact, RoutePoint};
use intent::airspace::{Airspace, Airspaces, Answer, Heights, Hit, Kind, Permission, Places};
use intent::plan::{
    AdherenceConfig, Applied, Correlator, CorrelatorConfig, FlightType, Match, Message, PlanClock,
    PlanId, Plans, PlansConfig,
};
use picture::identity::{Evidence, Place, PlanFound, Standing};
use picture::{IdentityRules, Picture};
use std::collections::BTreeMap;
use std::sync::Arc;
use surveillance::{Address, Mode3A, Time, Track, TrackNumber};

/// Messages of files that the book refused and that are told one by one.
const REFUSED_MAX: usize = 20;

/// A message about a plan, from a file.
#[derive(Debug, Clone)]
pub struct PlanMessage {
    /// When it counts as received, UTC.
    pub received: Time,
    /// What it says.
    pub message: Message,
    /// File and line that it begins on: `plans.txt:12`.
    pub origin: String,
}

/// What is known before anything flies.
#[derive(Debug, Clone, Default)]
pub struct IntentSetup {
    /// Airspaces and borders.
    pub airspaces: Arc<Airspaces>,
    /// Leave that was given.
    pub permissions: Vec<Permission>,
    /// Aerodromes and points.
    pub places: Places,
    /// Messages about plans, from files.
    pub messages: Vec<PlanMessage>,
    /// What of the files was not understood, a line each.
    pub defects: Vec<String>,
    /// How a track finds its plan.
    pub correlation: CorrelatorConfig,
    /// How long plans count, and how many are kept.
    pub book: PlansConfig,
}

/// The book of plans and who flies which.
pub(super) struct Intent {
    pub(super) airspaces: Arc<Airspaces>,
    has_corridors: bool,
    /// Kinds of airspace whose entry needs leave.
    need_leave: Vec<Kind>,
    pub(super) permissions: Vec<Permission>,
    places: Places,
    pub(super) defects: Vec<String>,
    pub(super) aerodromes: Vec<AerodromeFact>,
    pub(super) plans: Plans,
    /// By which plans go while the node's clock leaps.
    clock: PlanClock,
    pub(super) correlator: Correlator,
    pub(super) adherence: AdherenceConfig,
    /// The route of each plan that some track could fly, as rules see it.
    routes: BTreeMap<PlanId, Vec<RoutePoint>>,
    /// Which plan each track flies.
    matches: BTreeMap<TrackNumber, Match>,
    /// What feeds told, to outlast a restart.
    pub(super) kept: PlansKept,
    refused: u64,
    /// Whether some of what feeds told is not kept.
    loses: bool,
}

/// Traffic keeps to corridors where there is one within this distance, metres.
const CORRIDORS_ABOUT_M: f64 = 50_000.0;

impl Intent {
    pub(super) fn new(setup: IntentSetup) -> Self {
        let aerodromes = setup.places.aerodromes();
        let aerodromes =
            aerodromes.map(|a| AerodromeFact { position: a.position }).collect::<Vec<_>>();
        let corridor = |(_, airspace): (_, &Airspace)| airspace.kind == Kind::Corridor;
        let has_corridors = setup.airspaces.iter().any(corridor);
        let mut plans = Plans::new(setup.book);
        let mut defects = setup.defects;
        let mut refused = Vec::new();
        for PlanMessage { received, message, origin } in &setup.messages {
            if let Applied::Refused(why) = plans.apply(message, *received) {
                refused.push(format!("{origin}: {}", refusal(message, why)));
            }
        }
        let more = refused.len().saturating_sub(REFUSED_MAX);
        refused.truncate(REFUSED_MAX);
        defects.append(&mut refused);
        if more > 0 {
            defects.push(format!("and {more} more refused: see `entente plans apply`"));
        }
        Self {
            has_corridors,
            need_leave: needing_leave(&AreaConfig::default()),
            airspaces: setup.airspaces,
            permissions: setup.permissions,
            places: setup.places,
            defects,
            aerodromes,
            plans,
            clock: PlanClock::default(),
            correlator: Correlator::new(setup.correlation),
            adherence: AdherenceConfig::default(),
            routes: BTreeMap::new(),
            matches: BTreeMap::new(),
            kept: PlansKept::default(),
            refused: 0,
            loses: false,
        }
    }

    /// Goes by what the rules on areas say needs leave.
    pub(super) fn set_areas(&mut self, config: &AreaConfig) {
        self.need_leave = needing_leave(config);
    }

    /// All that the feeds brought before a restart is handled again.
    pub(super) fn resumed(&mut self) {
        self.take_up_stood();
        self.clock.resumed();
    }

    /// A message about a plan came in. If it changes nothing, why, in words.
    pub(super) fn hear(&mut self, message: &Message, now: Time) -> Option<String> {
        let now = self.clock.follow(now);
        self.take(message, now)
    }

    /// The same at the time that counts for plans.
    fn take(&mut self, message: &Message, now: Time) -> Option<String> {
        let text = intent::plan::write(message);
        // What is about a plan that is known is never refused for want of room.
        let files = matches!(message, Message::Filed(_));
        let refused = if files && !self.kept.has_room(&text, &self.plans, now) {
            refusal(message, "no room is left to keep it over a restart")
        } else {
            match self.plans.apply(message, now) {
                Applied::Refused(why) => refusal(message, why),
                Applied::Repeated(_) => return None,
                Applied::Filed(plan) | Applied::Changed { plan, .. } => {
                    let kept = self.kept.add(now, plan, text, &self.plans);
                    if !kept && !self.loses {
                        self.loses = true;
                        self.defects.push(NOT_KEPT.to_owned());
                    }
                    return None;
                }
            }
        };
        self.refused += 1;
        Some(refused)
    }

    /// A track ended: its plan is free for another at once.
    pub(super) fn end(&mut self, track: TrackNumber) {
        self.correlator.forget(track);
    }

    /// Messages that changed nothing, since the start.
    pub(super) fn refused(&self) -> u64 {
        self.refused
    }

    /// Finds who flies which plan, as the picture is at `now`.
    pub(super) fn correlate(&mut self, picture: &Picture, now: Time) {
        let now = self.clock.follow(now);
        self.plans.advance(now);
        for (plan, _) in self.correlator.refresh(&self.plans, &self.places, now) {
            if let Some(route) = self.correlator.trajectory(plan) {
                let take_off = self.correlator.take_off(plan);
                let point = |point: &intent::plan::RoutePoint| RoutePoint {
                    position: point.position,
                    level_m: point.level.and_then(|level| level.metres()),
                    expected: take_off.map(|at| at.plus_seconds(point.elapsed_s)),
                };
                self.routes.insert(plan, route.points().iter().map(point).collect());
            }
        }
        let plans = &self.plans;
        self.routes.retain(|plan, _| plans.get(*plan).is_some());
        self.matches.clear();
        for entry in picture.entries() {
            if let Ok(found) = self.correlator.correlate(&entry.track, now) {
                self.matches.insert(entry.track.number, found);
                let take_off = self.correlator.take_off(found.plan);
                if !entry.track.on_ground {
                    self.plans.seen_airborne(found.plan, take_off, now);
                }
            }
        }
    }

    /// Take-off of a plan that is looked at, as the clock counts that times of tracks are by.
    pub(super) fn take_off(&self, plan: PlanId) -> Option<Time> {
        let take_off = self.correlator.take_off(plan)?;
        Some(take_off.plus_seconds(self.clock.ahead_s()))
    }

    /// The plan that a track flies.
    pub(super) fn plan_of(&self, track: TrackNumber) -> Option<&Match> {
        self.matches.get(&track)
    }

    /// What plans and permissions say of who a track is, by what is known of its height.
    pub(super) fn evidence(
        &self,
        track: &Track,
        heights: &Heights,
        rules: &IdentityRules,
        now: Time,
    ) -> Evidence {
        let found = self.plan_of(track.number).and_then(|found| self.plans.get(found.plan));
        let plan = match found {
            // Whose state flight it is the plan does not say: the aircraft does.
            Some(entry) if entry.plan.kind == Some(FlightType::Military) => {
                let own = |address: Address| rules.is_own(address);
                track.codes.address.is_some_and(own).then_some(PlanFound::OwnState)
            }
            Some(_) => Some(PlanFound::Civil),
            None if self.plans.is_empty() => None,
            None => Some(PlanFound::None),
        };
        let permission = self.permits(track, heights, None, now).then_some(Standing::Held);
        let code_assigned = self.plan_of(track.number).and_then(|found| self.code_of(found.plan));
        let place = self.place(track, heights, now);
        Evidence { plan, permission, code_assigned, place, ..Evidence::default() }
    }

    /// Whether a track keeps to corridors, where there are any about it.
    fn place(&self, track: &Track, heights: &Heights, now: Time) -> Option<Place> {
        if !self.has_corridors || track.on_ground {
            return None;
        }
        let mut near = Vec::new();
        self.airspaces.near(track.position, CORRIDORS_ABOUT_M, &mut near);
        let mut about = false;
        for (id, distance_m) in near {
            let Some(airspace) = self.airspaces.get(id).filter(|a| a.kind == Kind::Corridor) else {
                continue;
            };
            about = true;
            let inside = airspace.limits.answer(heights).and(airspace.activation.at(now));
            if distance_m <= 0.0 && inside != Answer::Outside {
                return Some(Place::InCorridor);
            }
        }
        about.then_some(Place::OffCorridor)
    }

    /// Whether a track is where it is by leave: a permission in force opens an airspace or border that
    /// it is in, and each of those it is in that need one. Leave for another place is none here.
    /// `hits` are the airspaces about it, where they are known already.
    pub(super) fn permits(
        &self,
        track: &Track,
        heights: &Heights,
        hits: Option<&[Hit]>,
        now: Time,
    ) -> bool {
        let found = self.plan_of(track.number).and_then(|found| self.plans.get(found.plan));
        let callsign = found.map(|entry| entry.plan.callsign);
        let meant = |leave: &&Permission| leave.subject.matches(&track.codes, callsign);
        let own: Vec<&Permission> = self.permissions.iter().filter(meant).collect();
        if own.is_empty() {
            return false;
        }
        let mut looked_up = Vec::new();
        let hits = match hits {
            Some(hits) => hits,
            None => {
                self.airspaces.holding(track.position, heights, now, &mut looked_up);
                &looked_up
            }
        };
        let mut opened = false;
        for hit in hits.iter().filter(|hit| hit.answer() != Answer::Outside) {
            let Some(airspace) = self.airspaces.get(hit.airspace) else { continue };
            let lets =
                |leave: &&Permission| leave.lets(&airspace.name, heights, now) != Answer::Outside;
            if own.iter().any(lets) {
                opened = true;
            } else if hit.answer() == Answer::Inside && self.need_leave.contains(&airspace.kind) {
                return false;
            }
        }
        opened
    }

    /// The code that a plan was given.
    pub(super) fn code_of(&self, plan: PlanId) -> Option<Mode3A> {
        self.plans.get(plan)?.plan.code.map(|code| code.0)
    }

    /// The route of a plan, as rules see it; empty where it is not known.
    pub(super) fn route(&self, plan: PlanId) -> &[RoutePoint] {
        self.routes.get(&plan).map_or(&[], Vec::as_slice)
    }

    /// All that feeds told, where it is to be kept in a book.
    pub(super) fn unkept(&mut self, now: Time) -> Option<Book> {
        self.kept.unkept(&self.plans, now)
    }

    /// Goes on with what feeds told a run before and is in a book. False if it cannot be read.
    pub(super) fn take_up_book(&mut self, found: Result<Option<Book>, String>) -> bool {
        let read = self.kept.of_book(found);
        let readable = read.is_ok();
        match read {
            Ok(told) => {
                self.take_up(&told);
                self.kept.is_kept();
            }
            Err(why) => self.defects.push(format!(
                "Plans of the run before could not be read ({why}): let who filed them file them again"
            )),
        }
        self.take_up_stood();
        readable
    }

    /// Goes on with what feeds told since that book was written.
    fn take_up_stood(&mut self) {
        let stood = self.kept.take_stood();
        self.take_up(&stood);
    }

    fn take_up(&mut self, told: &[Told]) {
        const ADVANCE_EVERY_S: f64 = 60.0;
        let mut advanced = Time::EPOCH;
        for (at, text) in told {
            let at = Time::from_unix_nanos(*at);
            // What was over by then takes no place.
            if at.seconds_since(advanced) >= ADVANCE_EVERY_S {
                self.plans.advance(at);
                advanced = at;
            }
            for (_, message) in intent::plan::read(text.as_bytes()).messages {
                let _ = self.take(&message, at);
            }
        }
    }
}

/// What is said once what feeds tell of plans is more than is kept.
const NOT_KEPT: &str = "Feeds tell more of plans than is kept: a restart will lose some of it. Raise [intent.book] plans_max";

/// `DEP KGZ101: no plan of that callsign …`
fn refusal(message: &Message, why: impl std::fmt::Display) -> String {
    format!("{} {}: {why}", message.title(), message.callsign())
}

fn needing_leave(config: &AreaConfig) -> Vec<Kind> {
    config.watched.iter().map(|watched| watched.kind.clone()).collect()
}
