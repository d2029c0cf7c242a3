//! Targets that fly low and slow.

use super::speed_mps;
use crate::{AlertKey, Board, Fact, Firings, Rule, Scene, Severity, Value};
use geodesy::LocalFrame;
use surveillance::{EmitterCategory, Phase, Track};

/// What is low, what is slow, and where that is nothing to be told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LowSlowConfig {
    /// Low is below this height over the ground, metres: 2,000 ft.
    pub height_m: f64,
    /// An alert ends above this one, metres.
    pub height_exit_m: f64,
    /// Slow is below this speed, m/s: 70 kt, under what light aeroplanes fly on their way.
    pub speed_mps: f64,
    /// An alert ends above this one, m/s.
    pub speed_exit_mps: f64,
    /// and at least this fast, m/s: what stands still is no target, or a tethered one.
    pub speed_min_mps: f64,
    /// Aircraft are low and slow within this distance of an aerodrome, metres: a traffic circuit.
    pub aerodrome_m: f64,
    /// A height whose standard deviation is more than this is no height, metres.
    pub height_sd_m: f64,
}

impl Default for LowSlowConfig {
    fn default() -> Self {
        Self {
            height_m: 610.0,
            height_exit_m: 700.0,
            speed_mps: 36.0,
            speed_exit_mps: 41.0,
            speed_min_mps: 5.0,
            aerodrome_m: 6_000.0,
            height_sd_m: 150.0,
        }
    }
}

/// Low and slow targets.
#[derive(Debug, Clone, Copy, Default)]
pub struct LowSlowRule {
    config: LowSlowConfig,
    counts: LowSlowCounts,
}

/// What the rule could not decide in its last evaluation, of tracks slow enough for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LowSlowCounts {
    /// The ground under it is not known.
    pub ground_unknown: u32,
    /// Its height is not known well enough.
    pub height_unknown: u32,
}

impl LowSlowRule {
    /// With these thresholds.
    pub fn new(config: LowSlowConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// What it could not decide in its last evaluation.
    pub fn counts(&self) -> LowSlowCounts {
        self.counts
    }

    /// Fires for each track that flies so and has no plan, and does not say that it is of a kind
    /// that always flies so. Where the ground or the height is not known, nothing opens and nothing
    /// ends.
    pub fn evaluate(&mut self, scene: &Scene<'_>, board: &Board, firings: &mut Firings) {
        self.counts = LowSlowCounts::default();
        for subject in scene.tracks {
            let track = subject.track();
            if track.phase != Phase::Confirmed || track.on_ground || subject.plan.is_some() {
                continue;
            }
            let key = AlertKey::of_track(Rule::LowSlow, track.number);
            let config = &self.config;
            let (limit_m, limit_mps) = if board.is_open(&key) {
                (config.height_exit_m, config.speed_exit_mps)
            } else {
                (config.height_m, config.speed_mps)
            };
            let speed_mps = speed_mps(track);
            if speed_mps > limit_mps || speed_mps < config.speed_min_mps || always(track.category) {
                continue;
            }
            let (Some(height_m), Some(ground_m)) = (config.height_m(track), subject.ground_m)
            else {
                let counts = &mut self.counts;
                counts.ground_unknown += u32::from(subject.ground_m.is_none());
                counts.height_unknown += u32::from(config.height_m(track).is_none());
                firings.hold(key);
                continue;
            };
            let height_m = height_m - ground_m;
            if height_m > limit_m || config.is_at_aerodrome(scene, track) {
                continue;
            }
            let facts = firings.fire(key, Severity::Advisory, None);
            facts.push(Fact::against(
                "height over the ground",
                Value::HeightM(height_m),
                Value::HeightM(limit_m),
            ));
            facts.push(Fact::against(
                "speed",
                Value::SpeedMps(speed_mps),
                Value::SpeedMps(limit_mps),
            ));
        }
    }
}

impl LowSlowConfig {
    /// A track's height, metres; `None` if it is not known well enough.
    fn height_m(&self, track: &Track) -> Option<f64> {
        let measured = track.height_sd_m.filter(|sd_m| *sd_m <= self.height_sd_m);
        measured.map(|_| track.position.height_m).or(track.pressure_altitude_m)
    }

    fn is_at_aerodrome(&self, scene: &Scene<'_>, track: &Track) -> bool {
        let frame = LocalFrame::at(track.position);
        scene.aerodromes.iter().any(|aerodrome| {
            let to = frame.enu_from_geodetic(aerodrome.position);
            to.east.hypot(to.north) <= self.aerodrome_m
        })
    }
}

/// Whether a craft of this kind is low and slow as a matter of course.
fn always(category: Option<EmitterCategory>) -> bool {
    use EmitterCategory::{
        Glider, LighterThanAir, Obstacle, Parachutist, Rotorcraft, SurfaceEmergency,
        SurfaceService, Ultralight,
    };
    matches!(
        category,
        Some(
            Rotorcraft
                | Glider
                | LighterThanAir
                | Parachutist
                | Ultralight
                | Obstacle
                | SurfaceEmergency
                | SurfaceService
        )
    )
}
