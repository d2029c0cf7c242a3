//! Flights that have been together since they were first seen.

use super::body::Body;
use super::config::{FormationLimits, Separation};
use super::encounter::Relative;
use crate::Scene;
use rustc_hash::FxHashMap;
use surveillance::TrackNumber;

/// Pairs that are one formation, and who is not yet flying.
#[derive(Debug, Default)]
pub(super) struct Formations {
    /// The evaluation that last saw them together.
    together: FxHashMap<[TrackNumber; 2], u64>,
    /// Of now.
    evaluation: u64,
    /// When a track was last seen on the ground or too slow, seconds of running time.
    grounded: FxHashMap<TrackNumber, f64>,
}

impl Formations {
    /// A track that cannot be in the air yet begins when it is.
    pub(super) fn not_yet_flying(&mut self, number: TrackNumber, scene: &Scene<'_>) {
        self.grounded.insert(number, scene.running_s);
    }

    /// Two that can meet: they stay a formation, become one if they are young, or are none.
    pub(super) fn look_at(
        &mut self,
        [a, b]: [&Body; 2],
        relative: &Relative,
        heights_m: [f64; 2],
        limits: &FormationLimits,
        scene: &Scene<'_>,
    ) {
        let [east_m, north_m] = relative.offset_m;
        let wide = limits.within.times(limits.exit_factor);
        // Nearly all pairs end here.
        if east_m * east_m + north_m * north_m >= wide.lateral_m * wide.lateral_m {
            return;
        }
        let [east_mps, north_mps] = relative.velocity_mps;
        let speed_mps = east_mps.hypot(north_mps);
        let alike = |separation: Separation, speed_max_mps: f64| {
            east_m.hypot(north_m) < separation.lateral_m
                && (heights_m[1] - heights_m[0]).abs() < separation.vertical_m
                && speed_mps < speed_max_mps
        };
        let tracks = [a.number, b.number];
        if let Some(seen) = self.together.get_mut(&tracks) {
            if alike(wide, limits.relative_speed_mps * limits.exit_factor) {
                *seen = self.evaluation;
            }
            return;
        }
        let flown_s = |body: &Body| {
            let grounded = self.grounded.get(&body.number);
            let since_ground_s = grounded.map_or(f64::INFINITY, |at_s| scene.running_s - at_s);
            scene.now.seconds_since(body.first).min(since_ground_s)
        };
        let young = flown_s(a).min(flown_s(b)) <= limits.joined_within_s;
        if young && alike(limits.within, limits.relative_speed_mps) {
            self.together.insert(tracks, self.evaluation);
        }
    }

    /// Whether two are one formation.
    pub(super) fn holds(&self, tracks: [TrackNumber; 2]) -> bool {
        self.together.get(&tracks) == Some(&self.evaluation)
    }

    /// Ends an evaluation: those not seen together in it are no formation any more.
    pub(super) fn let_go(&mut self, running_s: f64, limits: Option<&FormationLimits>) {
        let evaluation = self.evaluation;
        self.together.retain(|_, seen| *seen == evaluation);
        let keep_s = limits.map_or(0.0, |limits| limits.joined_within_s);
        self.grounded.retain(|_, at_s| running_s - *at_s <= keep_s);
        self.evaluation += 1;
    }
}
