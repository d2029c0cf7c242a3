//! Short-term conflict alert (ASTERIX CAT004 message 7, STCA): two tracks that are too near, or
//! will be within about two minutes if they fly on as they do.
//!
//! Structure after EUROCONTROL-GUID-159 part III: eligible tracks; pairs that can meet at all
//! (`pairs`); the present proximity and linear prediction ([`encounter`]); confirmation by looks;
//! wider thresholds to end than to begin. Start at [`ConflictRule::evaluate`].

mod body;
mod config;
pub mod encounter;
mod formation;
mod judge;
mod pairs;
mod told;

pub use config::{ConflictConfig, FormationLimits, Kinds, Region, Separation, Thresholds, Volume};

use crate::{Firings, Scene};
use body::{Body, Disc, Excluded, LevelOff};
use formation::Formations;
use judge::Judged;
use pairs::{Pairs, Reach};
use rustc_hash::FxHashMap;
use surveillance::{Time, TrackNumber};

/// Pairs left alone that are listed at most; the rest are counted.
pub const SUPPRESSED_MAX: usize = 1_000;

/// Larger lateral thresholds count as this, metres, factor of the exit included: 50 NM.
pub const LATERAL_MAX_M: f64 = 92_600.0;
/// Longer look-aheads find no more than this one, seconds.
pub const LOOK_AHEAD_MAX_S: f64 = 600.0;
/// Faster is believed of nobody, whatever the configuration says, m/s.
const SPEED_MAX_MPS: f64 = 2_000.0;

/// Why a pair in conflict is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suppression {
    /// They have flown as one since they were first seen.
    Formation,
    /// They tell the same code at the same place: one target with two tracks.
    SameTarget,
    /// The site does not look at this pair of civil and military flights.
    Kinds,
    /// Both see to their own separation, as their codes say.
    Visual,
}

/// A pair in conflict that is left alone, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suppressed {
    /// The two, lower number first.
    pub tracks: [TrackNumber; 2],
    /// Why.
    pub why: Suppression,
}

/// What the rule looked at in its last evaluation, and what it could not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConflictCounts {
    /// Tracks looked at.
    pub tracks: u32,
    /// Of these, for their present proximity alone: young or coasting.
    pub without_prediction: u32,
    /// On the ground.
    pub on_ground: u32,
    /// Too slow.
    pub slow: u32,
    /// Faster than anything flies, or without a position.
    pub unbelievable: u32,
    /// Not updated for too long.
    pub lost: u32,
    /// Neither level nor measured height.
    pub height_unknown: u32,
    /// In no volume, or one where the rule is inhibited.
    pub inhibited: u32,
    /// Pairs that could meet at all.
    pub pairs: u32,
    /// Pairs of which one told its level and the other has a measured height.
    pub heights_differ: u32,
    /// Pairs in conflict left alone.
    pub suppressed: u32,
}

/// A pair that is or was in conflict.
#[derive(Debug, Clone, Copy)]
struct Held {
    active: bool,
    /// Looks in a row that found it, or, of an active one, that did not.
    looks: u8,
    last: [Time; 2],
    judged: Judged,
    /// When it was judged, UTC.
    at: Time,
    evaluation: u64,
}

/// The rule, with what it remembers of pairs.
#[derive(Debug)]
pub struct ConflictRule {
    config: ConflictConfig,
    discs: Vec<Disc>,
    widest: Widest,
    held: FxHashMap<[TrackNumber; 2], Held>,
    formations: Formations,
    evaluation: u64,
    counts: ConflictCounts,
    suppressed: Vec<Suppressed>,
    // used again at each evaluation
    bodies: Vec<Body>,
    reaches: Vec<Reach>,
    pairs: Pairs,
    firing: Vec<[TrackNumber; 2]>,
}

/// The largest thresholds of all volumes: what pairs are looked for with.
#[derive(Debug, Clone, Copy)]
struct Widest {
    separation: Separation,
    look_ahead_s: f64,
}

impl Widest {
    fn of(config: &ConflictConfig) -> Self {
        let mut widest = Self {
            separation: config
                .formation
                .map_or(config.same_target, |limits| limits.within.times(limits.exit_factor)),
            look_ahead_s: 0.0,
        };
        for thresholds in config.volumes.iter().filter_map(|volume| volume.thresholds) {
            for separation in [thresholds.current, thresholds.predicted] {
                let wide = separation.times(config.exit_factor);
                widest.separation.lateral_m = widest.separation.lateral_m.max(wide.lateral_m);
                widest.separation.vertical_m = widest.separation.vertical_m.max(wide.vertical_m);
            }
            widest.look_ahead_s = widest.look_ahead_s.max(thresholds.look_ahead_s);
        }
        // So that no configuration makes every track a neighbour of every other.
        widest.separation.lateral_m = widest.separation.lateral_m.min(LATERAL_MAX_M);
        widest.look_ahead_s = widest.look_ahead_s.min(LOOK_AHEAD_MAX_S);
        widest
    }
}

impl ConflictRule {
    /// The rule with nothing remembered.
    pub fn new(config: ConflictConfig) -> Self {
        Self {
            discs: config.volumes.iter().map(|volume| Disc::of(&volume.region)).collect(),
            widest: Widest::of(&config),
            config,
            held: FxHashMap::default(),
            formations: Formations::default(),
            evaluation: 0,
            counts: ConflictCounts::default(),
            suppressed: Vec::new(),
            bodies: Vec::new(),
            reaches: Vec::new(),
            pairs: Pairs::default(),
            firing: Vec::new(),
        }
    }

    /// Looks at every pair of the scene's tracks and fires for each in conflict, in order of track
    /// numbers. A level that its crew selected, or else one that it is cleared to, is
    /// believed where it is known.
    ///
    /// Nothing is allocated for tracks or pairs not in conflict once the rule has seen as many.
    pub fn evaluate(&mut self, scene: &Scene<'_>, firings: &mut Firings) {
        let now = scene.now;
        self.evaluation += 1;
        self.suppressed.clear();
        self.firing.clear();
        self.take_in(scene);
        self.pairs.build(&self.reaches);
        let pairs = std::mem::take(&mut self.pairs);
        pairs.each(|first, second| self.look_at(first, second, scene));
        self.pairs = pairs;
        self.let_go();
        self.formations.let_go(scene.running_s, self.config.formation.as_ref());
        self.suppressed.sort_unstable();
        self.suppressed.truncate(SUPPRESSED_MAX);
        self.firing.sort_unstable();
        for tracks in &self.firing {
            self.fire(*tracks, now, firings);
        }
    }

    /// What it looked at in its last evaluation.
    pub fn counts(&self) -> ConflictCounts {
        self.counts
    }

    /// Pairs in conflict that the last evaluation left alone, by track numbers; the first
    /// [`SUPPRESSED_MAX`].
    pub fn suppressed(&self) -> &[Suppressed] {
        &self.suppressed
    }

    /// Its configuration.
    pub fn config(&self) -> &ConflictConfig {
        &self.config
    }

    fn take_in(&mut self, scene: &Scene<'_>) {
        self.counts = ConflictCounts::default();
        let counts = &mut self.counts;
        self.bodies.clear();
        for subject in scene.tracks {
            let track = subject.track();
            let level_offs = LevelOff::of(subject);
            match Body::of(track, level_offs, scene.now, &self.config, &self.discs) {
                Ok(body) => {
                    counts.tracks += 1;
                    counts.without_prediction += u32::from(body.look_ahead_max_s == 0.0);
                    self.bodies.push(body);
                }
                Err(why) => {
                    let count = match why {
                        Excluded::OnGround => &mut counts.on_ground,
                        Excluded::Slow => &mut counts.slow,
                        Excluded::Unbelievable => &mut counts.unbelievable,
                        Excluded::Lost => &mut counts.lost,
                        Excluded::HeightUnknown => &mut counts.height_unknown,
                        Excluded::Inhibited => &mut counts.inhibited,
                    };
                    *count += 1;
                    if matches!(why, Excluded::OnGround | Excluded::Slow) {
                        self.formations.not_yet_flying(track.number, scene);
                    }
                }
            }
        }
        let Widest { separation, look_ahead_s } = self.widest;
        self.reaches.clear();
        self.reaches.extend(
            self.bodies
                .iter()
                .map(|body| body.reach(look_ahead_s, separation.lateral_m, separation.vertical_m)),
        );
    }

    fn look_at(&mut self, first: u32, second: u32, scene: &Scene<'_>) {
        self.counts.pairs += 1;
        let (a, b) = (&self.bodies[first as usize], &self.bodies[second as usize]);
        let relative = a.sees(b);
        let tracks = [a.number, b.number];
        let Some(heights_m) = a.heights_beside(b) else {
            self.counts.heights_differ += 1;
            return;
        };
        if let Some(limits) = &self.config.formation {
            self.formations.look_at([a, b], &relative, heights_m, limits, scene);
        }
        let Some(thresholds) = self.config.volumes[a.volume.min(b.volume)].thresholds else {
            return;
        };
        let judge =
            |factor| judge::judge([a, b], &relative, heights_m, &thresholds, factor, &self.config);
        let Some(wide) = judge(self.config.exit_factor) else { return };
        if let Some(why) = self.suppression(a, b, &relative, heights_m) {
            self.counts.suppressed += 1;
            if self.suppressed.len() < 2 * SUPPRESSED_MAX {
                self.suppressed.push(Suppressed { tracks, why });
            }
            return;
        }
        let last = [a.last, b.last];
        let before = self.held.get(&tracks).copied();
        if before.is_some_and(|held| held.active) {
            let (at, evaluation) = (scene.now, self.evaluation);
            let held = Held { active: true, looks: 0, last, judged: wide, at, evaluation };
            self.held.insert(tracks, held);
            self.firing.push(tracks);
            return;
        }
        let Some(judged) = judge(1.0) else { return };
        let looks = match before {
            Some(held) => held.looks.saturating_add(u8::from(held.last != last)),
            None => 1,
        };
        let active = judged.imminent(&thresholds) || looks >= self.config.looks_on;
        let looks_now = if active { 0 } else { looks };
        let (at, evaluation) = (scene.now, self.evaluation);
        self.held.insert(tracks, Held { active, looks: looks_now, last, judged, at, evaluation });
        if active {
            self.firing.push(tracks);
        }
    }

    /// Pairs not in conflict any more: they end after enough looks.
    fn let_go(&mut self) {
        let Self { held, bodies, firing, evaluation, config, .. } = self;
        held.retain(|tracks, held| {
            if held.evaluation == *evaluation {
                return true;
            }
            let at = tracks.map(|number| bodies.binary_search_by_key(&number, |body| body.number));
            let [Ok(a), Ok(b)] = at else { return false };
            let last = [bodies[a].last, bodies[b].last];
            if !held.active {
                // Between two looks a track drifts apart from itself; the next look decides.
                return last == held.last;
            }
            held.looks += u8::from(last != held.last);
            held.last = last;
            let stays = held.looks < config.looks_off;
            if stays {
                firing.push(*tracks);
            }
            stays
        });
    }

    fn suppression(
        &self,
        a: &Body,
        b: &Body,
        relative: &encounter::Relative,
        heights_m: [f64; 2],
    ) -> Option<Suppression> {
        let near = |limit: Separation| {
            let [east_m, north_m] = relative.offset_m;
            east_m.hypot(north_m) < limit.lateral_m
                && (heights_m[1] - heights_m[0]).abs() < limit.vertical_m
        };
        let kinds = &self.config.kinds;
        let looked_at = match (a.military, b.military) {
            (false, false) => kinds.civil_civil,
            (true, true) => kinds.military_military,
            _ => kinds.civil_military,
        };
        let visual = |body: &Body| {
            body.codes.mode_3a.is_some_and(|code| self.config.visual_codes.contains(&code))
        };
        if !looked_at {
            Some(Suppression::Kinds)
        } else if visual(a) && visual(b) {
            Some(Suppression::Visual)
        } else if a.tells_as(b) && near(self.config.same_target) {
            Some(Suppression::SameTarget)
        } else if self.config.formation.is_some() && self.formations.holds([a.number, b.number]) {
            Some(Suppression::Formation)
        } else {
            None
        }
    }

    fn fire(&self, tracks: [TrackNumber; 2], now: Time, firings: &mut Firings) {
        let [a, b] = tracks.map(|number| {
            let at = self.bodies.binary_search_by_key(&number, |body| body.number);
            &self.bodies[at.expect("only tracks looked at in this evaluation fire")]
        });
        let volume = &self.config.volumes[a.volume.min(b.volume)];
        let thresholds = volume.thresholds.expect("tracks of an inhibited volume are left out");
        let Held { judged, at, .. } = &self.held[&tracks];
        told::fire([a, b], (judged, *at), (&volume.name, &thresholds), now, firings);
    }
}
