//! Minimum safe altitude warning (ASTERIX CAT004 message 4, MSAW): a track that is too low over the
//! ground around it, or will be if it flies on as it does.
//!
//! Structure after EUROCONTROL-GUID-160 part III: eligible tracks, a present and a predicted
//! violation, inhibited areas. The default margins are those that the general terrain monitoring of
//! United States terminals is commonly described with, 500 ft now and 300 ft ahead; look-ahead and
//! width are this project's. A site tunes them on its own terrain. Start at
//! [`TerrainRule::evaluate`].

mod inhibit;
mod map;

pub use inhibit::Inhibited;
pub use map::{CELLS_MAX, SafetyMap};

use super::path::{Path, velocity_sd_mps};
use super::surroundings::{HeightLimits, Surroundings, altimeter_shift_m};
use crate::{AlertKey, Fact, Firings, Rule, Scene, Severity, Subject, Value};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use inhibit::Inhibitions;
use rustc_hash::FxHashMap;
use surveillance::{Mode3A, TrackNumber};

/// Metres that a hectopascal stands for near the sea.
const METRES_PER_HPA: f64 = 8.3;

/// Everything the rule can be told.
#[derive(Debug, Clone, PartialEq)]
pub struct TerrainConfig {
    /// Nearer to the highest ground around than this is a violation, metres.
    pub margin_now_m: f64,
    /// Nearer than this ahead is a predicted one, metres.
    pub margin_ahead_m: f64,
    /// A violation ends only beyond a margin wider by this, metres.
    pub exit_margin_m: f64,
    /// Ground within this of the track and its way counts, metres.
    pub width_m: f64,
    /// How far ahead, seconds.
    pub look_ahead_s: f64,
    /// A descent that no cleared level is known for is followed this long, seconds, and then
    /// taken to level off: most do.
    pub descent_s: f64,
    /// Nearer in time than this is a warning, seconds.
    pub imminent_s: f64,
    /// Where no QNH is known it may differ from the standard by this, hPa.
    pub qnh_tolerance_hpa: f64,
    /// Which heights are believed.
    pub heights: HeightLimits,
    /// Slower climbs and descents count as level, m/s.
    pub level_rate_mps: f64,
    /// Younger tracks are looked at where they are and not ahead of it, seconds.
    pub young_s: f64,
    /// Those whose velocity is uncertain are predicted only as far as they may drift by this,
    /// metres, standard deviation an axis.
    pub drift_max_m: f64,
    /// Those not updated for this long are looked at where they are predicted to be, seconds.
    pub coasting_s: f64,
    /// Those not updated for this long are not looked at, seconds.
    pub lost_s: f64,
    /// Codes of flights that look out for themselves.
    pub visual_codes: Vec<Mode3A>,
    /// Where the rule is inhibited.
    pub inhibited: Vec<Inhibited>,
    /// Within this of each aerodrome of the scene it is too, metres; 0 if it is not.
    pub aerodrome_radius_m: f64,
    /// Up to this above the aerodrome, metres.
    pub aerodrome_top_m: f64,
}

impl Default for TerrainConfig {
    fn default() -> Self {
        Self {
            margin_now_m: 500.0 * METRES_PER_FOOT,
            margin_ahead_m: 300.0 * METRES_PER_FOOT,
            exit_margin_m: 100.0 * METRES_PER_FOOT,
            width_m: 0.5 * METRES_PER_NM,
            look_ahead_s: 60.0,
            descent_s: 25.0,
            imminent_s: 30.0,
            qnh_tolerance_hpa: 15.0,
            heights: HeightLimits::default(),
            level_rate_mps: 1.5,
            young_s: 12.0,
            drift_max_m: 2_500.0,
            coasting_s: 15.0,
            lost_s: 40.0,
            visual_codes: vec![Mode3A::new(0o1200), Mode3A::new(0o7000)],
            inhibited: Vec::new(),
            aerodrome_radius_m: 3.0 * METRES_PER_NM,
            aerodrome_top_m: 1_500.0 * METRES_PER_FOOT,
        }
    }
}

/// What the rule looked at in its last evaluation, and what it could not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TerrainCounts {
    /// Tracks for which there is an answer.
    pub tracks: u32,
    /// On the ground.
    pub on_ground: u32,
    /// Not updated for too long, or of no place on Earth.
    pub lost: u32,
    /// Of a code that looks out for itself.
    pub visual: u32,
    /// Neither level nor measured height.
    pub height_unknown: u32,
    /// The ground under or ahead of it is not known, or not all of it: no answer unless the
    /// known part makes an alert.
    pub ground_unknown: u32,
    /// Too low, and inhibited there.
    pub inhibited: u32,
}

/// How the height above the sea is known.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Source {
    Measured,
    Qnh(f64),
    Standard,
}

/// A height above the sea and how far it may be off, metres.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Altitude {
    height_m: f64,
    tolerance_m: f64,
    source: Source,
    /// What to add to a pressure altitude, metres.
    shift_m: f64,
}

/// Too near the ground.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Low {
    after_s: f64,
    ground_m: f64,
    height_m: f64,
    margin_m: f64,
    /// Whether it is so wherever in its tolerance the height is.
    certain: bool,
}

/// The rule, with what it remembers of tracks.
#[derive(Debug)]
pub struct TerrainRule {
    config: TerrainConfig,
    inhibitions: Inhibitions,
    /// Tracks that fired at the evaluation before, with the evaluation.
    held: FxHashMap<TrackNumber, u64>,
    evaluation: u64,
    counts: TerrainCounts,
}

impl TerrainRule {
    /// The rule with nothing remembered.
    pub fn new(config: TerrainConfig) -> Self {
        Self {
            inhibitions: Inhibitions::of(&config.inhibited),
            config,
            held: FxHashMap::default(),
            evaluation: 0,
            counts: TerrainCounts::default(),
        }
    }

    /// Looks at each track of the scene and fires for each that is too low or will be.
    pub fn evaluate(
        &mut self,
        scene: &Scene<'_>,
        around: &Surroundings<'_>,
        firings: &mut Firings,
    ) {
        self.evaluation += 1;
        self.counts = TerrainCounts::default();
        let (radius_m, top_m) = (self.config.aerodrome_radius_m, self.config.aerodrome_top_m);
        self.inhibitions.set_aerodromes(scene.aerodromes, radius_m, top_m, around.ground);
        for subject in scene.tracks {
            if let Some((low, altitude, path)) = self.judge(subject, scene, around) {
                self.held.insert(subject.number(), self.evaluation);
                self.fire(subject, (&low, &altitude, &path), scene, firings);
            }
        }
        let evaluation = self.evaluation;
        self.held.retain(|_, last| *last == evaluation);
    }

    /// What it looked at in its last evaluation.
    pub fn counts(&self) -> TerrainCounts {
        self.counts
    }

    fn judge(
        &mut self,
        subject: &Subject<'_>,
        scene: &Scene<'_>,
        around: &Surroundings<'_>,
    ) -> Option<(Low, Altitude, Path)> {
        let (track, config, counts) = (subject.track(), &self.config, &mut self.counts);
        let unheard_s = scene.now.seconds_since(track.last);
        let visual = |code: Mode3A| config.visual_codes.contains(&code);
        if track.on_ground {
            counts.on_ground += 1;
            return None;
        }
        if track.codes.mode_3a.is_some_and(visual) {
            counts.visual += 1;
            return None;
        }
        let ahead_s = scene.now.seconds_since(track.time).clamp(-config.lost_s, config.lost_s);
        let path = Path::of(track, ahead_s).filter(|_| unheard_s <= config.lost_s);
        let Some(path) = path else {
            counts.lost += 1;
            return None;
        };
        let Some(altitude) = config.altitude(subject, scene, around) else {
            counts.height_unknown += 1;
            return None;
        };
        let predictable = unheard_s <= config.coasting_s
            && scene.now.seconds_since(track.first) >= config.young_s;
        let sure_s = config.drift_max_m / velocity_sd_mps(track);
        let look_ahead_s = if predictable { config.look_ahead_s.min(sure_s) } else { 0.0 };
        let exit_m = if self.held.contains_key(&track.number) { config.exit_margin_m } else { 0.0 };
        let descent = Descent::of(subject, &altitude, config);

        // Most are far above all ground that they can reach: one question and no way sampled.
        let margin_m = config.margin_now_m.max(config.margin_ahead_m) + exit_m;
        let reach_m = path.speed_mps() * look_ahead_s / 2.0 + config.width_m;
        let middle = path.place_at(look_ahead_s / 2.0);
        let all = around.ground.highest_within(middle, reach_m);
        let lowest_m = descent.at(look_ahead_s).min(altitude.height_m) - altitude.tolerance_m;
        let clear = all.height_m.is_none_or(|ground_m| lowest_m - ground_m >= margin_m);
        if clear {
            *(if all.whole { &mut counts.tracks } else { &mut counts.ground_unknown }) += 1;
            return None;
        }

        let steps = (path.speed_mps() * look_ahead_s / config.width_m).ceil().clamp(1.0, 1_000.0);
        let steps = if look_ahead_s > 0.0 { steps as u32 } else { 0 };
        let (mut whole, mut inhibited, mut found) = (true, false, None::<Low>);
        for step in 0..=steps {
            let after_s = look_ahead_s * f64::from(step) / f64::from(steps.max(1));
            let place = path.place_at(after_s);
            let highest = around.ground.highest_within(place, config.width_m);
            whole &= highest.whole;
            let Some(ground_m) = highest.height_m else { continue };
            let base_m = if step == 0 { config.margin_now_m } else { config.margin_ahead_m };
            let margin_m = base_m + exit_m;
            let height_m = descent.at(after_s);
            let clearance_m = height_m - ground_m;
            if clearance_m - altitude.tolerance_m >= margin_m {
                continue;
            }
            if self.inhibitions.hold(path.point_at(after_s), height_m, track.velocity) {
                inhibited = true;
                continue;
            }
            let certain = clearance_m + altitude.tolerance_m < margin_m;
            let low = Low { after_s, ground_m, height_m, margin_m, certain };
            if certain {
                found = Some(low);
                break;
            }
            found.get_or_insert(low);
        }
        counts.inhibited += u32::from(inhibited && found.is_none());
        *(if whole { &mut counts.tracks } else { &mut counts.ground_unknown }) += 1;
        found.map(|low| (low, altitude, path))
    }

    fn fire(
        &self,
        subject: &Subject<'_>,
        (low, altitude, path): (&Low, &Altitude, &Path),
        scene: &Scene<'_>,
        firings: &mut Firings,
    ) {
        let config = &self.config;
        let severity = match (low.certain, low.after_s <= config.imminent_s) {
            (true, true) => Severity::Warning,
            (true, false) => Severity::Caution,
            (false, _) => Severity::Advisory,
        };
        let predicted = (low.after_s > 0.0).then(|| scene.now.plus_seconds(low.after_s));
        let key = AlertKey::of_track(Rule::MinimumSafeAltitude, subject.number());
        let facts = firings.fire(key, severity, predicted);
        if low.after_s > 0.0 {
            let limit = Value::SpanS(config.look_ahead_s);
            facts.push(Fact::against("time to violation", Value::SpanS(low.after_s), limit));
        }
        let clearance = Value::HeightM(low.height_m - low.ground_m);
        let margin = Value::HeightM(low.margin_m);
        facts.push(Fact::against("height above the highest ground around", clearance, margin));
        facts.push(Fact::new("highest ground around", Value::HeightM(low.ground_m)));
        facts.push(Fact::new("within", Value::DistanceM(config.width_m)));
        facts.push(Fact::new("height above the sea now", Value::HeightM(altitude.height_m)));
        let source = match altitude.source {
            Source::Measured => "measured".to_owned(),
            Source::Qnh(hpa) => format!("pressure altitude and QNH {hpa:.0} hPa"),
            Source::Standard => "pressure altitude, QNH not known".to_owned(),
        };
        facts.push(Fact::new("height from", Value::Name(source)));
        let tolerance = Value::HeightM(altitude.tolerance_m);
        facts.push(Fact::new("it may be off by", tolerance));
        if !low.certain {
            let text = "no: within what the height may be off by";
            facts.push(Fact::new("certain", Value::Name(text.to_owned())));
        }
        let rate_mps = subject.track().vertical_rate_mps.unwrap_or(0.0);
        facts.push(Fact::new("climb rate", Value::SpeedMps(rate_mps)));
        facts.push(Fact::new("place then", Value::Place(path.place_at(low.after_s))));
    }
}

/// How the height above the sea goes on.
#[derive(Debug, Clone, Copy)]
struct Descent {
    from_m: f64,
    rate_mps: f64,
    /// When it levels off, seconds.
    level_s: f64,
}

impl Descent {
    fn of(subject: &Subject<'_>, altitude: &Altitude, config: &TerrainConfig) -> Self {
        let rate_mps = subject.track().vertical_rate_mps.filter(|rate| rate.is_finite());
        let rate_mps = rate_mps.filter(|rate| rate.abs() >= config.level_rate_mps).unwrap_or(0.0);
        let cleared_m = subject.plan.and_then(|plan| plan.cleared_level_m);
        // A cleared level is one of pressure altitude.
        let level_s = cleared_m
            .map(|level_m| (level_m + altitude.shift_m - altitude.height_m) / rate_mps)
            .filter(|level_s| *level_s >= 0.0);
        let on_s = if rate_mps < 0.0 { config.descent_s } else { f64::INFINITY };
        Self { from_m: altitude.height_m, rate_mps, level_s: level_s.unwrap_or(on_s) }
    }

    fn at(&self, after_s: f64) -> f64 {
        self.from_m + self.rate_mps * after_s.min(self.level_s)
    }
}

impl TerrainConfig {
    /// Measured, else from the pressure altitude.
    fn altitude(
        &self,
        subject: &Subject<'_>,
        scene: &Scene<'_>,
        around: &Surroundings<'_>,
    ) -> Option<Altitude> {
        let track = subject.track();
        let (level_m, measured_m) = self.heights.of(track, scene.now);
        let undulation_m = measured_m.and_then(|_| around.ground.undulation_m(track.position));
        let qnh_hpa = level_m.and_then(|_| around.qnh.at(track.position, scene.now));
        let shift_m = qnh_hpa.map_or(0.0, altimeter_shift_m);
        let altitude = |height_m, tolerance_m, source| {
            Some(Altitude { height_m, tolerance_m, source, shift_m })
        };
        if let (Some(measured_m), Some(undulation_m)) = (measured_m, undulation_m) {
            let sd_m = track.height_sd_m.unwrap_or(0.0);
            return altitude(measured_m - undulation_m, sd_m, Source::Measured);
        }
        let level_m = level_m?;
        match qnh_hpa {
            // An altimeter's own step.
            Some(hpa) => altitude(level_m + shift_m, 15.0, Source::Qnh(hpa)),
            None => altitude(level_m, self.qnh_tolerance_hpa * METRES_PER_HPA, Source::Standard),
        }
    }
}
