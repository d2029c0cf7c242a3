//! Leaving the route of a plan (ASTERIX CAT004 message 3, RAMHD) and leaving a cleared or planned
//! level (message 6, CLAM).
//!
//! How far a track is off is [`intent::plan::adherence`]'s to say, with its thresholds; here an
//! alert comes of it, and lasts until the track is well back.

use crate::{AlertKey, Fact, Firings, Rule, Scene, Severity, Subject, Value};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use intent::plan::{Adherence, AdherenceConfig};
use rustc_hash::FxHashMap;
use surveillance::TrackNumber;

/// Everything the rule can be told beside the thresholds of adherence.
#[derive(Debug, Clone, PartialEq)]
pub struct AdherenceRuleConfig {
    /// An alert on the route ends nearer to it than this, metres.
    pub lateral_exit_m: f64,
    /// One on the level ends nearer to it than this, metres.
    pub level_exit_m: f64,
    /// Off the route by this, or off the level by twice its threshold, is a caution, metres; less
    /// is to be known.
    pub lateral_caution_m: f64,
    /// A track not updated for this long is not looked at, seconds: it is where it was thought to
    /// go, not where it is.
    pub coasting_s: f64,
    /// A level told longer ago than this is not known, seconds.
    pub level_age_max_s: f64,
}

impl Default for AdherenceRuleConfig {
    fn default() -> Self {
        Self {
            lateral_exit_m: 4.0 * METRES_PER_NM,
            level_exit_m: 200.0 * METRES_PER_FOOT,
            lateral_caution_m: 10.0 * METRES_PER_NM,
            coasting_s: 15.0,
            level_age_max_s: 30.0,
        }
    }
}

/// What the rule looked at in its last evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AdherenceCounts {
    /// Tracks held against a plan.
    pub tracks: u32,
    /// On the ground.
    pub on_ground: u32,
    /// Not updated for too long.
    pub coasting: u32,
    /// Without a plan, or of one whose route is not known.
    pub without_plan: u32,
    /// With a plan, and no level that could be held against it.
    pub without_level: u32,
}

/// The rule, with what it remembers of tracks.
#[derive(Debug)]
pub struct AdherenceRule {
    config: AdherenceRuleConfig,
    thresholds: AdherenceConfig,
    /// What fired, with the evaluation.
    held: FxHashMap<(Rule, TrackNumber), u64>,
    evaluation: u64,
    counts: AdherenceCounts,
}

impl AdherenceRule {
    /// The rule with nothing remembered. `thresholds` are those that adherence is worked out with.
    pub fn new(config: AdherenceRuleConfig, thresholds: AdherenceConfig) -> Self {
        Self {
            config,
            thresholds,
            held: FxHashMap::default(),
            evaluation: 0,
            counts: AdherenceCounts::default(),
        }
    }

    /// Looks at each track of the scene that has a plan; `adherence` tells how it keeps to it,
    /// `None` where its route is not known.
    pub fn evaluate(
        &mut self,
        scene: &Scene<'_>,
        mut adherence: impl FnMut(&Subject<'_>) -> Option<Adherence>,
        firings: &mut Firings,
    ) {
        self.evaluation += 1;
        self.counts = AdherenceCounts::default();
        for subject in scene.tracks {
            let track = subject.track();
            let coasts = scene.now.seconds_since(track.last) > self.config.coasting_s;
            let count = if subject.plan.is_none() {
                &mut self.counts.without_plan
            } else if track.on_ground {
                &mut self.counts.on_ground
            } else if coasts {
                &mut self.counts.coasting
            } else if let Some(found) = adherence(subject) {
                self.look_at_route(subject, &found, firings);
                self.look_at_level(subject, &found, scene, firings);
                &mut self.counts.tracks
            } else {
                &mut self.counts.without_plan
            };
            *count += 1;
        }
        let evaluation = self.evaluation;
        self.held.retain(|_, last| *last == evaluation);
    }

    /// What it looked at in its last evaluation.
    pub fn counts(&self) -> AdherenceCounts {
        self.counts
    }

    /// Whether a key fires: beyond the threshold, or, if it did, beyond the one to end.
    fn holds(&mut self, key: (Rule, TrackNumber), off: bool, not_back: bool) -> bool {
        let fires = off || not_back && self.held.contains_key(&key);
        if fires {
            self.held.insert(key, self.evaluation);
        }
        fires
    }

    fn look_at_route(&mut self, subject: &Subject<'_>, found: &Adherence, firings: &mut Firings) {
        let number = subject.number();
        let not_back = found.distance_m > self.config.lateral_exit_m;
        if !self.holds((Rule::RouteDeparture, number), found.off_route, not_back) {
            return;
        }
        let far = found.distance_m > self.config.lateral_caution_m;
        let severity = if far { Severity::Caution } else { Severity::Advisory };
        let key = AlertKey::of_track(Rule::RouteDeparture, number);
        let facts = firings.fire(key, severity, None);
        let limit = Value::DistanceM(self.thresholds.lateral_m);
        facts.push(Fact::against("off the route", Value::DistanceM(found.distance_m), limit));
        let side = if found.lateral_m >= 0.0 { "right" } else { "left" };
        facts.push(Fact::new("to the", Value::Name(side.to_owned())));
        facts.push(Fact::new("flown along the route", Value::DistanceM(found.along_m)));
        facts.push(Fact::new("left of the route", Value::DistanceM(found.remaining_m)));
        facts.push(Fact::new("late", Value::SpanS(found.late_s)));
        facts.push(Fact::new("place", Value::Place(subject.track().position)));
        push_plan(subject, facts);
    }

    fn look_at_level(
        &mut self,
        subject: &Subject<'_>,
        found: &Adherence,
        scene: &Scene<'_>,
        firings: &mut Firings,
    ) {
        let track = subject.track();
        let told = track.pressure_altitude_time;
        let fresh =
            told.is_some_and(|at| scene.now.seconds_since(at) <= self.config.level_age_max_s);
        let Some(off_m) = found.level_m.filter(|_| fresh) else {
            self.counts.without_level += 1;
            return;
        };
        let not_back = off_m.abs() > self.config.level_exit_m;
        let key = (Rule::LevelDeparture, subject.number());
        if !self.holds(key, found.off_level, not_back) {
            return;
        }
        let far = off_m.abs() > 2.0 * self.thresholds.level_m;
        let severity = if far { Severity::Caution } else { Severity::Advisory };
        let facts = firings.fire(AlertKey::of_track(key.0, key.1), severity, None);
        let limit = Value::HeightM(self.thresholds.level_m);
        let name = if off_m >= 0.0 { "above its level by" } else { "below its level by" };
        facts.push(Fact::against(name, Value::HeightM(off_m.abs()), limit));
        if let Some(level_m) = track.pressure_altitude_m {
            facts.push(Fact::new("level", Value::HeightM(level_m)));
            facts.push(Fact::new("its level would be", Value::HeightM(level_m - off_m)));
        }
        let cleared = subject.plan.and_then(|plan| plan.cleared_level_m).is_some();
        let source = if cleared { "cleared" } else { "planned" };
        facts.push(Fact::new("that level is", Value::Name(source.to_owned())));
        if let Some(selected_m) = subject.selected_level_m {
            facts.push(Fact::new("its crew selected", Value::HeightM(selected_m)));
        }
        if let Some(rate_mps) = track.vertical_rate_mps {
            facts.push(Fact::new("climb rate", Value::SpeedMps(rate_mps)));
        }
        push_plan(subject, facts);
    }
}

fn push_plan(subject: &Subject<'_>, facts: &mut Vec<Fact>) {
    if let Some(plan) = subject.plan {
        facts.push(Fact::new("plan", Value::Count(u64::from(plan.plan))));
    }
}
