//! What is meant to happen in the air: airspace and permissions as the files say, and the flight
//! plans that feeds tell; which track flies which plan.

use alert::{AerodromeFact, RoutePoint};
use intent::airspace::{Airspace, Airspaces, Answer, Heights, Kind, Permission, Places};
use intent::plan::{
    AdherenceConfig, Applied, Correlator, CorrelatorConfig, FlightType, Match, Message, PlanId,
    Plans, PlansConfig, write_icao,
};
use picture::identity::{Evidence, Place, PlanFound, Standing};
use picture::{IdentityRules, Picture};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use surveillance::{Address, Mode3A, Time, Track, TrackNumber};

/// Messages about plans kept to be told again after a restart; beyond it the oldest is forgotten.
const MESSAGES_MAX: usize = 20_000;
/// Seconds for which one is kept: what is filed days before is filed again.
const MESSAGES_KEPT_S: f64 = 36.0 * 3600.0;
/// Seconds between two keepings of what feeds told: what came since is in the journal.
const KEPT_EVERY_S: f64 = 10.0;
/// Bytes of text kept at most; beyond it the oldest is forgotten.
const TEXT_MAX: usize = 400_000;

/// What is known before anything flies.
#[derive(Debug, Clone, Default)]
pub struct IntentSetup {
    /// Airspaces and borders.
    pub airspaces: Arc<Airspaces>,
    /// Leave that was given.
    pub permissions: Vec<Permission>,
    /// Aerodromes and points.
    pub places: Places,
    /// Messages about plans, from files, and when they count as received.
    pub messages: Vec<(Time, Message)>,
    /// What of the files was not understood, a line each.
    pub defects: Vec<String>,
}

/// The book of plans and who flies which.
pub(super) struct Intent {
    pub(super) airspaces: Arc<Airspaces>,
    has_corridors: bool,
    pub(super) permissions: Vec<Permission>,
    places: Places,
    pub(super) defects: Vec<String>,
    pub(super) aerodromes: Vec<AerodromeFact>,
    pub(super) plans: Plans,
    pub(super) correlator: Correlator,
    pub(super) adherence: AdherenceConfig,
    /// The route of each plan that some track could fly, as rules see it.
    routes: BTreeMap<PlanId, Vec<RoutePoint>>,
    /// Which plan each track flies.
    matches: BTreeMap<TrackNumber, Match>,
    /// What feeds told and stands in the book, oldest first.
    told: VecDeque<(Time, String)>,
    told_bytes: usize,
    /// Messages that changed the book, since the start.
    heard: u64,
    kept: Option<Kept>,
    refused: u64,
}

/// Traffic keeps to corridors where there is one within this distance, metres.
const CORRIDORS_ABOUT_M: f64 = 50_000.0;

fn heights(track: &Track) -> Heights {
    Heights {
        pressure_altitude_m: track.pressure_altitude_m,
        on_ground: track.on_ground,
        ..Heights::default()
    }
}

/// What feeds told, as last kept.
struct Kept {
    told: Vec<(i64, String)>,
    at: Time,
    /// How many messages had changed the book then.
    revision: u64,
}

impl Intent {
    pub(super) fn new(setup: IntentSetup) -> Self {
        let aerodromes = setup.places.aerodromes();
        let aerodromes =
            aerodromes.map(|a| AerodromeFact { position: a.position }).collect::<Vec<_>>();
        let corridor = |(_, airspace): (_, &Airspace)| airspace.kind == Kind::Corridor;
        let has_corridors = setup.airspaces.iter().any(corridor);
        let mut plans = Plans::new(PlansConfig::default());
        for (received, message) in &setup.messages {
            plans.apply(message, *received);
        }
        Self {
            has_corridors,
            airspaces: setup.airspaces,
            permissions: setup.permissions,
            places: setup.places,
            defects: setup.defects,
            aerodromes,
            plans,
            correlator: Correlator::new(CorrelatorConfig::default()),
            adherence: AdherenceConfig::default(),
            routes: BTreeMap::new(),
            matches: BTreeMap::new(),
            told: VecDeque::new(),
            told_bytes: 0,
            heard: 0,
            kept: None,
            refused: 0,
        }
    }

    /// A message about a plan came in.
    pub(super) fn hear(&mut self, message: &Message, now: Time) {
        match self.plans.apply(message, now) {
            Applied::Refused(_) => self.refused += 1,
            Applied::Repeated(_) => {}
            Applied::Filed(_) | Applied::Changed { .. } => {
                let text = write_icao(message);
                self.told_bytes += text.len();
                self.told.push_back((now, text));
                self.heard += 1;
                let over = |(at, _): &(Time, String)| now.seconds_since(*at) > MESSAGES_KEPT_S;
                while self.told.len() > MESSAGES_MAX
                    || self.told_bytes > TEXT_MAX
                    || self.told.front().is_some_and(over)
                {
                    let gone = self.told.pop_front();
                    self.told_bytes -= gone.map_or(0, |(_, text)| text.len());
                }
            }
        }
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

    /// The plan that a track flies.
    pub(super) fn plan_of(&self, track: TrackNumber) -> Option<&Match> {
        self.matches.get(&track)
    }

    /// What plans and permissions say of who a track is.
    pub(super) fn evidence(&self, track: &Track, rules: &IdentityRules, now: Time) -> Evidence {
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
        let permission = self.permits(track, now).then_some(Standing::Held);
        let code_assigned = self.plan_of(track.number).and_then(|found| self.code_of(found.plan));
        let place = self.place(track, now);
        Evidence { plan, permission, code_assigned, place, ..Evidence::default() }
    }

    /// Whether a track keeps to corridors, where there are any about it.
    fn place(&self, track: &Track, now: Time) -> Option<Place> {
        if !self.has_corridors || track.on_ground {
            return None;
        }
        let mut near = Vec::new();
        self.airspaces.near(track.position, CORRIDORS_ABOUT_M, &mut near);
        let heights = heights(track);
        let mut about = false;
        for (id, distance_m) in near {
            let Some(airspace) = self.airspaces.get(id).filter(|a| a.kind == Kind::Corridor) else {
                continue;
            };
            about = true;
            let inside = airspace.limits.answer(&heights).and(airspace.activation.at(now));
            if distance_m <= 0.0 && inside != Answer::Outside {
                return Some(Place::InCorridor);
            }
        }
        about.then_some(Place::OffCorridor)
    }

    /// Whether some permission for a track is in force, and not for other levels than its own.
    pub(super) fn permits(&self, track: &Track, now: Time) -> bool {
        let found = self.plan_of(track.number).and_then(|found| self.plans.get(found.plan));
        let callsign = found.map(|entry| entry.plan.callsign);
        let heights = heights(track);
        self.permissions.iter().any(|leave| {
            leave.subject.matches(&track.codes, callsign)
                && leave.period.holds(now)
                && leave.limits.answer(&heights) != Answer::Outside
        })
    }

    /// The code that a plan was given.
    pub(super) fn code_of(&self, plan: PlanId) -> Option<Mode3A> {
        self.plans.get(plan)?.plan.code.map(|code| code.0)
    }

    /// The route of a plan, as rules see it; empty where it is not known.
    pub(super) fn route(&self, plan: PlanId) -> &[RoutePoint] {
        self.routes.get(&plan).map_or(&[], Vec::as_slice)
    }

    /// What feeds told that stands in the book, to outlast a restart.
    pub(super) fn standing(&mut self, now: Time) -> &[(i64, String)] {
        let revision = self.heard;
        let stale = self.kept.as_ref().is_none_or(|kept| {
            kept.revision != revision && now.seconds_since(kept.at).abs() >= KEPT_EVERY_S
        });
        if stale {
            let told = self.told.iter().map(|(at, text)| (at.unix_nanos(), text.clone()));
            self.kept = Some(Kept { told: told.collect(), at: now, revision });
        }
        self.kept.as_ref().map_or(&[], |kept| &kept.told)
    }

    /// Goes on with what feeds told a run before.
    pub(super) fn take_up(&mut self, told: &[(i64, String)]) {
        for (at, text) in told {
            let at = Time::from_unix_nanos(*at);
            for (_, message) in intent::plan::read(text.as_bytes()).messages {
                self.hear(&message, at);
            }
        }
    }
}
