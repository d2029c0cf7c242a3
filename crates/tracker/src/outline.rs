//! What gating and the sweep need of a track without touching it.

use geodesy::Ecef;
use surveillance::Time;

/// What is needed of a slot without touching its track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Outline {
    pub(crate) position: [f64; 3],
    pub(crate) velocity: [f32; 3],
    pub(crate) time: Time,
    /// Four standard deviations of position at `time`, m.
    pub(crate) reach_m: f32,
    /// Three standard deviations of velocity, m/s.
    pub(crate) growth_mps: f32,
    /// When the sweep must look at it next.
    pub(crate) check_at: Time,
}

/// Acceleration that no gate need exceed, m/s² (3 g).
const ACCELERATION_MPS2: f64 = 30.0;
/// Farthest that a gate reaches from where its track is expected, m.
pub(crate) const REACH_MAX_M: f64 = 6_000.0;

impl Outline {
    /// How far a plot at `point` is from where the track is expected, as a share of how far both
    /// may be, squared: `doubt_m` is the plot's own. `None`: it cannot be this track's.
    pub(crate) fn reaches(&self, point: Ecef, at: Time, doubt_m: f64) -> Option<f64> {
        let dt = at.seconds_since(self.time);
        let [vx, vy, vz] = self.velocity.map(f64::from);
        let dx = point.x_m - self.position[0] - dt * vx;
        let dy = point.y_m - self.position[1] - dt * vy;
        let dz = point.z_m - self.position[2] - dt * vz;
        let dt = dt.abs();
        let growth_mps = f64::from(self.growth_mps) + 0.5 * ACCELERATION_MPS2 * dt;
        let reach_m = f64::from(self.reach_m) + dt * growth_mps;
        let radius = doubt_m + reach_m.min(REACH_MAX_M);
        let share2 = (dx * dx + dy * dy + dz * dz) / (radius * radius);
        (share2 < 1.0).then_some(share2)
    }

    pub(crate) fn predicted(&self, at: Time) -> Ecef {
        let dt = at.seconds_since(self.time).clamp(-10.0, 300.0);
        let [x, y, z] = self.position;
        let [vx, vy, vz] = self.velocity.map(f64::from);
        Ecef { x_m: x + dt * vx, y_m: y + dt * vy, z_m: z + dt * vz }
    }
}

impl Default for Outline {
    fn default() -> Self {
        Self {
            position: [0.0; 3],
            velocity: [0.0; 3],
            time: Time::EPOCH,
            reach_m: 0.0,
            growth_mps: 0.0,
            check_at: Time::EPOCH,
        }
    }
}
