//! Areas infringed and about to be (ASTERIX CAT004 message 5, APW), borders crossed and about to be.
//!
//! One question a track and evaluation, of the airspaces: which is it in, or will it be in within
//! two minutes. Where height or hours do not decide it, the alert says so and is less severe;
//! nothing is dropped because it is not known. Start at [`AreaRule::evaluate`].

mod border;
mod config;
mod leave;
mod told;

pub use config::{AreaConfig, Watched};

use super::path::velocity_sd_mps;
use super::surroundings::Surroundings;
use crate::{AlertKey, Cause, Firings, Rule, Scene, Severity, Subject};
use border::{Borders, Came, Seen};
use geodesy::Enu;
use intent::airspace::{
    AirspaceId, Airspaces, Answer, Crossing, Heights, Motion, Permission, Scratch,
};
use leave::{Leave, Planned, Plans};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use surveillance::{Time, TrackNumber};

/// What the rules looked at in their last evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AreaCounts {
    /// Tracks looked at.
    pub tracks: u32,
    /// Of these, where they are and not ahead of it.
    pub without_prediction: u32,
    /// On the ground.
    pub on_ground: u32,
    /// Not updated for too long.
    pub lost: u32,
    /// Entries, now or ahead, that a permission covers.
    pub permitted: u32,
    /// Border crossings, now or ahead, that a plan covers.
    pub planned: u32,
    /// Entries, now or ahead, that height or hours do not decide.
    pub undecided: u32,
}

/// What an airspace is to the rules.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Role {
    Area(Severity),
    Border,
}

/// The rules on areas and borders, with what they remember.
#[derive(Debug)]
pub struct AreaRule {
    config: AreaConfig,
    airspaces: Arc<Airspaces>,
    roles: Vec<Option<Role>>,
    borders: Borders,
    plans: Plans,
    /// What fired, with the evaluation at which it last did by itself, and how bad it was.
    held: FxHashMap<(Rule, TrackNumber, u32), (u64, Severity)>,
    evaluation: u64,
    counts: AreaCounts,
    // used again at each evaluation
    scratch: Scratch,
    crossings: Vec<Crossing>,
    leaving: Vec<((Rule, TrackNumber, u32), Severity)>,
}

/// A track as it is looked at, once for all airspaces.
struct Looked<'a> {
    subject: &'a Subject<'a>,
    motion: Motion,
    seen: Seen,
}

impl AreaRule {
    /// The rules over these airspaces, with nothing remembered.
    pub fn new(config: AreaConfig, airspaces: Arc<Airspaces>) -> Self {
        let roles = airspaces.iter().map(|(_, airspace)| config.role(airspace)).collect();
        Self {
            config,
            airspaces,
            roles,
            borders: Borders::default(),
            plans: Plans::default(),
            held: FxHashMap::default(),
            evaluation: 0,
            counts: AreaCounts::default(),
            scratch: Scratch::default(),
            crossings: Vec::new(),
            leaving: Vec::new(),
        }
    }

    /// How many of the airspaces are watched, and how many are borders that count.
    pub fn roles(&self) -> (usize, usize) {
        let count =
            |wanted: fn(&Role) -> bool| self.roles.iter().flatten().filter(|r| wanted(r)).count();
        (count(|role| matches!(role, Role::Area(_))), count(|role| matches!(role, Role::Border)))
    }

    /// Takes up border crossings that were open before a restart, by their alerts' keys: without
    /// this a track that is inside when the rule first sees it counts as one that began there.
    pub fn resume(&mut self, open: impl IntoIterator<Item = AlertKey>) {
        for AlertKey { rule, cause, tracks } in open {
            if let (Rule::BorderCrossed, Cause::Area(area), [Some(track), None]) =
                (rule, cause, tracks)
            {
                self.borders.remember(track, area);
            }
        }
    }

    /// Looks at each track of the scene. `permissions` are all that are in force or will be; what a
    /// subject has by the scene counts beside them.
    pub fn evaluate(
        &mut self,
        scene: &Scene<'_>,
        around: &Surroundings<'_>,
        permissions: &[Permission],
        firings: &mut Firings,
    ) {
        self.follow_merges(scene);
        self.evaluation += 1;
        self.counts = AreaCounts::default();
        for subject in scene.tracks {
            let Some((looked, horizon_s)) = self.look_at(subject, scene.now, around) else {
                continue;
            };
            let mut crossings = std::mem::take(&mut self.crossings);
            self.airspaces.entries(&looked.motion, horizon_s, &mut self.scratch, &mut crossings);
            for crossing in &crossings {
                match self.roles[crossing.airspace.0 as usize] {
                    Some(Role::Area(severity)) => {
                        self.enters_area(&looked, crossing, severity, permissions, firings);
                    }
                    Some(Role::Border) => {
                        self.enters_border(&looked, crossing, permissions, firings);
                    }
                    None => {}
                }
            }
            self.crossings = crossings;
        }
        self.hold_those_that_leave(scene, around, firings);
    }

    /// What it looked at in its last evaluation.
    pub fn counts(&self) -> AreaCounts {
        self.counts
    }

    /// The airspaces it asks.
    pub fn airspaces(&self) -> &Airspaces {
        &self.airspaces
    }

    /// What is remembered of a track that another lives on for is that one's.
    fn follow_merges(&mut self, scene: &Scene<'_>) {
        for ended in scene.ended {
            let number = ended.track.number;
            let Some(heir) = Scene::survivor_among(scene.ended, number) else { continue };
            self.borders.give(number, heir);
            let moves = |key: &(Rule, TrackNumber, u32)| key.1 == number;
            let moved: Vec<_> = self.held.extract_if(|key, _| moves(key)).collect();
            for ((rule, _, area), last) in moved {
                self.held.entry((rule, heir, area)).or_insert(last);
            }
        }
    }

    fn look_at<'a>(
        &mut self,
        subject: &'a Subject<'a>,
        now: Time,
        around: &Surroundings<'_>,
    ) -> Option<(Looked<'a>, f64)> {
        let track = subject.track();
        let unheard_s = now.seconds_since(track.last);
        if track.on_ground {
            self.borders.sees_on_ground(track.number, self.evaluation);
            self.counts.on_ground += 1;
            return None;
        }
        if unheard_s > self.config.lost_s {
            self.counts.lost += 1;
            return None;
        }
        self.counts.tracks += 1;
        let motion = self.config.motion(subject, now, around)?;
        let predictable = unheard_s <= self.config.coasting_s
            && now.seconds_since(track.first) >= self.config.young_s;
        self.counts.without_prediction += u32::from(!predictable);
        let horizon_s = self.config.horizon_s * self.config.exit_factor;
        let sure_s = self.config.drift_max_m / velocity_sd_mps(track);
        let horizon_s = if predictable { horizon_s.min(sure_s) } else { 0.0 };
        let seen = self.borders.sees(track.number, self.evaluation);
        Some((Looked { subject, motion, seen }, horizon_s))
    }

    fn enters_area(
        &mut self,
        looked: &Looked<'_>,
        crossing: &Crossing,
        severity: Severity,
        permissions: &[Permission],
        firings: &mut Firings,
    ) {
        let certain = crossing.surely_after_s == Some(crossing.after_s);
        let parts: [Option<(f64, bool)>; 2] = if certain {
            [Some((crossing.after_s, true)), None]
        } else {
            // What may be now and surely will be is told as both.
            [Some((crossing.after_s, false)), crossing.surely_after_s.map(|after| (after, true))]
        };
        for (after_s, sure) in parts.into_iter().flatten() {
            let rule = if after_s > 0.0 { Rule::AreaPredicted } else { Rule::AreaInfringed };
            let Some(leave) = self.leave(looked, crossing, after_s, permissions) else { continue };
            self.counts.undecided += u32::from(!sure);
            let severity = if after_s > 0.0 { less(severity) } else { severity };
            let severity = match (sure, leave) {
                (true, Leave::None) => severity,
                _ => Severity::Advisory,
            };
            let told = told::Entry { crossing, after_s, sure, leave, planned: None };
            self.tell(rule, severity, looked, &told, firings);
        }
    }

    fn enters_border(
        &mut self,
        looked: &Looked<'_>,
        crossing: &Crossing,
        permissions: &[Permission],
        firings: &mut Firings,
    ) {
        let (area, number) = (crossing.airspace.0, looked.subject.number());
        let after_s = crossing.after_s;
        let mut severity = Severity::Caution;
        let mut came = None;
        if after_s == 0.0 {
            let (motion, config, airspaces) = (&looked.motion, &self.config, &self.airspaces);
            let how = self.borders.inside(number, area, self.evaluation, || {
                match looked.seen {
                    Seen::Before => return Came::Over { at: motion.at, place: motion.position },
                    Seen::TakingOff => return Came::Began,
                    Seen::First => {}
                }
                let edge_m = airspaces.distance_m(crossing.airspace, motion.position);
                let near = edge_m.is_some_and(|metres| -metres < config.unseen_within_m);
                if near { Came::PerhapsUnseen } else { Came::Began }
            });
            severity = match how {
                Came::Over { .. } | Came::BeforeRestart => Severity::Warning,
                Came::PerhapsUnseen => Severity::Advisory,
                Came::Began => return,
            };
            came = Some(how);
        }
        let plan = looked.subject.plan.as_ref();
        let planned =
            self.plans.goes_through(plan, &self.airspaces, crossing.airspace, &mut self.scratch);
        if planned == Planned::Through {
            self.counts.planned += 1;
            return;
        }
        let Some(leave) = self.leave(looked, crossing, after_s, permissions) else { return };
        let sure = crossing.surely_after_s == Some(after_s);
        self.counts.undecided += u32::from(!sure);
        if !sure || leave == Leave::HeightUnknown {
            severity = Severity::Advisory;
        }
        let rule = if after_s > 0.0 { Rule::BorderPredicted } else { Rule::BorderCrossed };
        let told = told::Entry { crossing, after_s, sure, leave, planned: Some((planned, came)) };
        self.tell(rule, severity, looked, &told, firings);
    }

    /// `None` if it may be there then.
    fn leave(
        &mut self,
        looked: &Looked<'_>,
        crossing: &Crossing,
        after_s: f64,
        permissions: &[Permission],
    ) -> Option<Leave> {
        let airspace = self.airspaces.get(crossing.airspace)?;
        let Motion { heights, velocity, at, .. } = looked.motion;
        let heights = heights.raised(velocity.up * after_s);
        let (name, then) = (airspace.name.as_str(), at.plus_seconds(after_s));
        let leave = leave::permission(looked.subject, name, permissions, &heights, then);
        let given = leave == Leave::Given;
        self.counts.permitted += u32::from(given);
        (!given).then_some(leave)
    }

    fn tell(
        &mut self,
        rule: Rule,
        severity: Severity,
        looked: &Looked<'_>,
        told: &told::Entry<'_>,
        firings: &mut Firings,
    ) {
        let held = (rule, looked.subject.number(), told.crossing.airspace.0);
        let stands = self.held.contains_key(&held);
        if told.after_s > self.config.horizon_s && !stands {
            return;
        }
        self.held.insert(held, (self.evaluation, severity));
        let Some(airspace) = self.airspaces.get(told.crossing.airspace) else { return };
        let key = key_of(held);
        let predicted = (told.after_s > 0.0).then(|| looked.motion.at.plus_seconds(told.after_s));
        let facts = firings.fire(key, severity, predicted);
        told.write(airspace, &looked.motion, self.config.horizon_s, facts);
    }

    /// Those that were in at the evaluation before and are hardly out stay alerts, as bad as they
    /// were: along an edge a track is in and out by turns, and calls nobody again for it.
    fn hold_those_that_leave(
        &mut self,
        scene: &Scene<'_>,
        around: &Surroundings<'_>,
        firings: &mut Firings,
    ) {
        let Self { held, borders, airspaces, config, evaluation, leaving, .. } = self;
        let near = |number: TrackNumber, area: u32| {
            let motion = config.motion(scene.track(number)?, scene.now, around)?;
            let distance_m = config.hardly_out(airspaces, AirspaceId(area), &motion)?;
            Some((motion, distance_m))
        };
        borders.let_go(*evaluation, |number, area| near(number, area).is_some());
        leaving.clear();
        held.retain(|key, (last, severity)| {
            let (rule, number, area) = *key;
            if *last == *evaluation {
                return true;
            }
            let now = matches!(rule, Rule::AreaInfringed | Rule::BorderCrossed);
            // Leave that came meanwhile ends it whether it is inside or not.
            let stays = now && near(number, area).is_some_and(|(_, distance_m)| distance_m > 0.0);
            if stays {
                leaving.push((*key, *severity));
            }
            stays
        });
        leaving.sort_unstable();
        for (key, severity) in leaving.iter() {
            let (_, number, area) = *key;
            let Some((motion, distance_m)) = near(number, area) else { continue };
            let Some(airspace) = airspaces.get(AirspaceId(area)) else { continue };
            let facts = firings.fire(key_of(*key), *severity, None);
            told::write_leaving(airspace, &motion, (distance_m, config.exit_distance_m), facts);
        }
    }
}

fn key_of((rule, number, area): (Rule, TrackNumber, u32)) -> AlertKey {
    AlertKey { rule, cause: Cause::Area(area), tracks: [Some(number), None] }
}

fn less(severity: Severity) -> Severity {
    match severity {
        Severity::Warning => Severity::Caution,
        Severity::Caution | Severity::Advisory => Severity::Advisory,
    }
}

impl AreaConfig {
    fn role(&self, airspace: &intent::airspace::Airspace) -> Option<Role> {
        let ours = |party: &Option<String>| {
            self.border_parties.is_empty()
                || party.as_ref().is_some_and(|party| self.border_parties.contains(party))
        };
        let area = self.watched.iter().find(|watched| watched.kind == airspace.kind);
        let border = self.borders.contains(&airspace.kind) && ours(&airspace.party);
        area.map(|watched| Role::Area(watched.severity)).or(border.then_some(Role::Border))
    }

    /// Where a track is at `now` and how it moves on.
    fn motion(
        &self,
        subject: &Subject<'_>,
        now: Time,
        around: &Surroundings<'_>,
    ) -> Option<Motion> {
        let track = subject.track();
        let ahead_s = now.seconds_since(track.time).clamp(-self.lost_s, self.lost_s);
        let heights = around.heights(track, &self.heights, now);
        let path = super::path::Path::of(track, ahead_s)?;
        let position = if ahead_s == 0.0 { track.position } else { path.place_at(0.0) };
        let rate_mps = track.vertical_rate_mps.filter(|rate| rate.is_finite()).unwrap_or(0.0);
        let up = if rate_mps.abs() < self.level_rate_mps { 0.0 } else { rate_mps };
        let Enu { east, north, .. } = track.velocity;
        Some(Motion { position, heights, velocity: Enu { east, north, up }, at: now })
    }

    /// How far outside of an airspace that it is as good as in: 0 if only above or below.
    fn hardly_out(&self, airspaces: &Airspaces, area: AirspaceId, motion: &Motion) -> Option<f64> {
        let airspace = airspaces.get(area)?;
        let distance_m = airspaces.distance_m(area, motion.position)?;
        let within = |heights: &Heights| airspace.limits.answer(heights) != Answer::Outside;
        let high = [0.0, self.exit_height_m, -self.exit_height_m];
        let near = distance_m < self.exit_distance_m
            && airspace.activation.at(motion.at) != Answer::Outside
            && high.iter().any(|metres| within(&motion.heights.raised(*metres)));
        // A metre stands for a place over the ground of the airspace, at a height just out of it.
        let out = distance_m > 0.0 || airspace.limits.answer(&motion.heights) == Answer::Outside;
        near.then(|| if out { distance_m.max(1.0) } else { 0.0 })
    }
}
