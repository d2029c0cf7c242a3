//! Unmanned aircraft that tell their Remote ID, Remote IDs that move as nothing can, and Remote
//! IDs at two places.
//!
//! A Remote ID is a broadcast that nothing signs. One transmitter that plays a made-up flight jumps
//! or moves as no small aircraft can; one that copies another's ID makes it appear at two places
//! by turns. Each place at which an ID is heard is followed on its own: a message that fits none of
//! them begins another.

use crate::RemoteIdStatus;
use crate::{
    AlertKey, Board, Cause, Fact, Firings, RemoteId, RemoteIdFact, Rule, Scene, Severity, Value,
};
use arrayvec::ArrayVec;
use geodesy::{Enu, LocalFrame};
use std::collections::BTreeMap;

/// How an unmanned aircraft can move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnmannedConfig {
    /// Speed that it cannot exceed, m/s. 90 m/s: twice the 100 mph of 14 CFR 107.51.
    pub speed_max_mps: f64,
    /// Change of velocity from one message to the next that it cannot exceed, m/s². 40 m/s²: four
    /// times the earth's, above what racing craft hold.
    pub acceleration_max_mps2: f64,
    /// Messages nearer in time are not differenced, seconds: stamps are in tenths of one (ASTM
    /// F3411-22a table 6).
    pub apart_min_s: f64,
    /// A jump shorter than this is none, metres, beyond what both accuracies explain.
    pub jump_min_m: f64,
    /// Accuracy of a position that tells none, metres.
    pub accuracy_m: f64,
    /// Accuracy that a position is given at worst, whatever it tells, metres.
    pub accuracy_max_m: f64,
    /// Stamps of messages are no farther apart than their hearing by more than this, seconds.
    pub delay_s: f64,
    /// A place at which an ID was not heard for so long is forgotten, seconds.
    pub place_s: f64,
    /// An ID that was not heard for so long is forgotten, seconds.
    pub forget_s: f64,
    /// A jump is told once the place before it was not heard for so long, seconds of running time;
    /// if it is, the ID is at two places.
    pub settle_s: f64,
    /// An ID for which there is no track is told after so long, seconds of running time.
    pub trackless_s: f64,
    /// IDs remembered at most.
    pub ids_max: usize,
}

impl Default for UnmannedConfig {
    fn default() -> Self {
        Self {
            speed_max_mps: 90.0,
            acceleration_max_mps2: 40.0,
            apart_min_s: 0.3,
            jump_min_m: 50.0,
            accuracy_m: 30.0,
            accuracy_max_m: 200.0,
            delay_s: 5.0,
            place_s: 15.0,
            forget_s: 120.0,
            settle_s: 5.0,
            trackless_s: 10.0,
            ids_max: 20_000,
        }
    }
}

/// Places at which one ID is followed at once.
const PLACES_MAX: usize = 4;

/// Remote IDs.
#[derive(Debug, Clone, Default)]
pub struct UnmannedRule {
    config: UnmannedConfig,
    known: BTreeMap<RemoteId, Known>,
    unfollowed: u64,
}

#[derive(Debug, Clone)]
struct Known {
    first_s: f64,
    heard_s: f64,
    last: RemoteIdFact,
    places: ArrayVec<Place, PLACES_MAX>,
    motion: Option<Motion>,
    /// A jump, and the running time at which it was seen: it may be the first word from a second
    /// place.
    jump: Option<(Motion, f64)>,
    /// How often one place was heard after another.
    turns: u32,
    fresh: bool,
}

/// One place at which an ID is heard.
#[derive(Debug, Clone, Copy)]
struct Place {
    last: RemoteIdFact,
    heard_s: f64,
}

/// A motion that cannot be.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Motion {
    /// From one message to the next, metres in seconds.
    Jump { distance_m: f64, apart_s: f64 },
    /// Faster than such aircraft are, as it tells itself.
    Speed { speed_mps: f64 },
    /// From one velocity to the next.
    Acceleration { acceleration_mps2: f64 },
}

impl UnmannedRule {
    /// With these limits.
    pub fn new(config: UnmannedConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// Messages of IDs that were not followed because [`UnmannedConfig::ids_max`] were.
    pub fn unfollowed(&self) -> u64 {
        self.unfollowed
    }

    /// Fires for each Remote ID heard, for each that moves as nothing can, and for each at two places.
    pub fn evaluate(&mut self, scene: &Scene<'_>, _: &Board, firings: &mut Firings) {
        for known in self.known.values_mut() {
            (known.fresh, known.motion) = (false, None);
        }
        for fact in scene.remote_ids {
            self.hear(fact, scene.running_s);
        }
        for (id, known) in &mut self.known {
            known.settle(&self.config, scene);
            self.config.tell(*id, known, scene.running_s, firings);
        }
        let forget_s = self.config.forget_s;
        self.known.retain(|_, known| scene.running_s - known.heard_s <= forget_s);
    }

    fn hear(&mut self, fact: &RemoteIdFact, running_s: f64) {
        let config = self.config;
        if !self.known.contains_key(&fact.id) {
            if self.known.len() >= config.ids_max {
                self.unfollowed += 1;
                return;
            }
            self.known.insert(fact.id, Known::new(fact, running_s));
        }
        let Some(known) = self.known.get_mut(&fact.id) else { return };
        (known.heard_s, known.fresh) = (running_s, true);
        known.last = RemoteIdFact { track: fact.track.or(known.last.track), ..*fact };
        known.place(&config, fact, running_s);
    }
}

impl Known {
    fn new(fact: &RemoteIdFact, running_s: f64) -> Self {
        Self {
            first_s: running_s,
            heard_s: running_s,
            last: *fact,
            places: ArrayVec::new(),
            motion: None,
            jump: None,
            turns: 0,
            fresh: true,
        }
    }

    /// Takes a message into the place that it goes on from, or begins another with it.
    fn place(&mut self, config: &UnmannedConfig, fact: &RemoteIdFact, running_s: f64) {
        self.places.retain(|place| running_s - place.heard_s <= config.place_s);
        if self.places.len() < 2 {
            self.turns = 0;
        }
        if let Some(speed_mps) = fact.velocity.map(speed_of).filter(|v| *v > config.speed_max_mps) {
            self.motion = Some(Motion::Speed { speed_mps });
        }
        let mut nearest: Option<(f64, f64)> = None;
        let goes_on = self.places.iter_mut().rposition(|place| {
            let (distance_m, apart_s, reach_m) =
                config.step(&place.last, fact, running_s - place.heard_s);
            if distance_m <= reach_m {
                return true;
            }
            nearest = match nearest {
                Some(before) if before.0 <= distance_m => Some(before),
                _ => Some((distance_m, apart_s)),
            };
            false
        });
        match goes_on {
            Some(index) => {
                let place = &mut self.places[index];
                if let Some(acceleration_mps2) = config.acceleration(&place.last, fact) {
                    self.motion = self.motion.or(Some(Motion::Acceleration { acceleration_mps2 }));
                }
                // A newer message is the place's last; one that was overtaken on its way is not.
                if fact.time >= place.last.time {
                    place.last = *fact;
                }
                place.heard_s = running_s;
                let last = self.places.len() - 1;
                self.turns += u32::from(index != last);
                self.places.swap(index, last);
            }
            None => {
                if let Some((distance_m, apart_s)) = nearest {
                    // The first of several in a row waits no longer for the others.
                    let jump = Motion::Jump { distance_m, apart_s };
                    self.jump = self.jump.or(Some((jump, running_s)));
                }
                if self.places.is_full() {
                    self.places.remove(0);
                }
                self.places.push(Place { last: *fact, heard_s: running_s });
            }
        }
    }

    /// A jump was one, if the place before it is not heard again; a track that ended is none.
    fn settle(&mut self, config: &UnmannedConfig, scene: &Scene<'_>) {
        self.last.track = self.last.track.filter(|number| scene.track(*number).is_some());
        if let Some((jump, seen_s)) = self.jump {
            if self.turns > 0 {
                self.jump = None;
            } else if scene.running_s - seen_s >= config.settle_s {
                (self.jump, self.motion) = (None, Some(jump));
            }
        }
    }

    /// The greatest distance between two places, metres.
    fn apart_m(&self) -> f64 {
        let pairs = self.places.iter().enumerate().flat_map(|(index, a)| {
            self.places[..index].iter().map(|b| distance_m(&a.last, &b.last))
        });
        pairs.fold(0.0, f64::max)
    }
}

impl UnmannedConfig {
    /// Distance and time from one message to the next, heard so long after it, and how far such an
    /// aircraft gets. Neither stamps nor accuracies that are made up get it farther.
    fn step(&self, from: &RemoteIdFact, to: &RemoteIdFact, heard_s: f64) -> (f64, f64, f64) {
        let stamped_s = to.time.seconds_since(from.time).abs();
        let apart_s = stamped_s.min(heard_s + self.delay_s);
        let accuracy_m = |fact: &RemoteIdFact| {
            fact.accuracy_m.unwrap_or(self.accuracy_m).min(self.accuracy_max_m)
        };
        let reach_m = self.jump_min_m
            + accuracy_m(from)
            + accuracy_m(to)
            + self.speed_max_mps * apart_s.max(self.apart_min_s);
        (distance_m(from, to), apart_s, reach_m)
    }

    /// Acceleration between two velocities told, if nothing can do it.
    fn acceleration(&self, from: &RemoteIdFact, to: &RemoteIdFact) -> Option<f64> {
        let (before, after) = (from.velocity?, to.velocity?);
        let apart_s = to.time.seconds_since(from.time).abs();
        if apart_s < self.apart_min_s {
            return None;
        }
        let change_mps = speed_of(Enu {
            east: after.east - before.east,
            north: after.north - before.north,
            up: after.up - before.up,
        });
        Some(change_mps / apart_s).filter(|found| *found > self.acceleration_max_mps2)
    }

    fn tell(&self, id: RemoteId, known: &Known, running_s: f64, firings: &mut Firings) {
        let cause = Cause::RemoteId(id);
        let last = &known.last;
        let due = last.track.is_some() || running_s - known.first_s >= self.trackless_s;
        if known.fresh && due {
            let key = AlertKey { rule: Rule::Unmanned, cause, tracks: [last.track, None] };
            let severity = match last.status {
                RemoteIdStatus::Emergency | RemoteIdStatus::SystemFailure => Severity::Caution,
                _ => Severity::Advisory,
            };
            let facts = firings.fire(key, severity, None);
            let known_s = Value::SpanS(running_s - known.first_s);
            facts.push(match last.track {
                Some(_) => Fact::new("known for", known_s),
                None => {
                    let limit = Value::SpanS(self.trackless_s);
                    Fact::against("known without a track for", known_s, limit)
                }
            });
            tell_place(last, facts);
        }
        if let Some(motion) = known.motion {
            let facts = firings.fire(
                AlertKey::of_cause(Rule::RemoteIdMotion, cause),
                Severity::Caution,
                None,
            );
            motion.tell(self, facts);
            tell_place(last, facts);
        }
        // One turn may be a message that was overtaken on its way.
        if known.fresh && known.turns > 1 {
            let facts = firings.fire(
                AlertKey::of_cause(Rule::RemoteIdDuplicate, cause),
                Severity::Caution,
                None,
            );
            let limit = Value::DistanceM(self.jump_min_m);
            facts.push(Fact::against("distance", Value::DistanceM(known.apart_m()), limit));
            for place in &known.places {
                facts.push(Fact::new("position", Value::Place(place.last.position)));
            }
        }
    }
}

impl Motion {
    fn tell(self, config: &UnmannedConfig, facts: &mut Vec<Fact>) {
        match self {
            Motion::Jump { distance_m, apart_s } => {
                let reach_m = config.jump_min_m + config.speed_max_mps * apart_s;
                let reach = Value::DistanceM(reach_m);
                facts.push(Fact::against("jump", Value::DistanceM(distance_m), reach));
                facts.push(Fact::new("within", Value::SpanS(apart_s)));
            }
            Motion::Speed { speed_mps } => {
                let limit = Value::SpeedMps(config.speed_max_mps);
                facts.push(Fact::against("speed", Value::SpeedMps(speed_mps), limit));
            }
            // There is no unit for it: as the change of speed in a second.
            Motion::Acceleration { acceleration_mps2 } => {
                let limit = Value::SpeedMps(config.acceleration_max_mps2);
                let found = Value::SpeedMps(acceleration_mps2);
                facts.push(Fact::against("change of speed in a second", found, limit));
            }
        }
    }
}

fn tell_place(fact: &RemoteIdFact, facts: &mut Vec<Fact>) {
    facts.push(Fact::new("position", Value::Place(fact.position)));
    if let Some(operator) = fact.operator {
        facts.push(Fact::new("position of the operator", Value::Place(operator)));
    }
    facts.push(Fact::new("heard by", Value::Sensor(fact.receiver)));
}

fn speed_of(velocity: Enu) -> f64 {
    velocity.east.hypot(velocity.north).hypot(velocity.up)
}

fn distance_m(a: &RemoteIdFact, b: &RemoteIdFact) -> f64 {
    let to =
        LocalFrame::at(a.position).enu_from_geodetic(b.position.at_height(a.position.height_m));
    to.east.hypot(to.north)
}
