//! What gating and the sweep need of a track without touching it.

use crate::TrackerConfig;
use crate::grid::{Cell, Grid};
use crate::store::PLACED_FOR_S;
use crate::target::Target;
use geodesy::Ecef;
use surveillance::{Mode3A, Phase, Time, TrackNumber};

/// Roughly where a plot is, and how far over the ground its target may be from there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Whereabouts {
    pub(crate) point: Ecef,
    /// Away from the earth's centre, of length one.
    up: [f64; 3],
    /// Four standard deviations of the measurement, m.
    pub(crate) noise_m: f64,
    /// How far another height puts it elsewhere, m.
    pub(crate) shift_m: f64,
}

impl Whereabouts {
    pub(crate) fn new(point: Ecef, noise_m: f64, shift_m: f64) -> Self {
        let Ecef { x_m, y_m, z_m } = point;
        let size_m = (x_m * x_m + y_m * y_m + z_m * z_m).sqrt().max(1.0);
        let up = [x_m / size_m, y_m / size_m, z_m / size_m];
        Self { point, up, noise_m, shift_m }
    }
}

/// What the sweep needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Outline {
    /// Whose; `None` where the slot is free.
    pub(crate) number: Option<TrackNumber>,
    pub(crate) position: [f64; 3],
    pub(crate) glance: Glance,
    /// A shown track that bears neither an address nor a source's number.
    pub(crate) nameless: bool,
    /// When the sweep must look at it next.
    pub(crate) check_at: Time,
    /// Where it stands in the grid.
    pub(crate) cell: Cell,
}

/// What gating needs: where a track is expected, to a metre, and how far it may be from there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Glance {
    pub(crate) time: Time,
    /// Earth-centred, m and m/s.
    pub(crate) position: [f32; 3],
    pub(crate) velocity: [f32; 3],
    /// Four standard deviations of position at `time`, m.
    pub(crate) reach_m: f32,
    /// Three standard deviations of velocity, m/s.
    pub(crate) growth_mps: f32,
    /// Its Mode 3/A code.
    pub(crate) mode_3a: Option<Mode3A>,
    /// Whether it bears a 24-bit address.
    pub(crate) addressed: bool,
}

/// Acceleration that no gate need exceed, m/s² (3 g).
const ACCELERATION_MPS2: f64 = 30.0;
/// Farthest that a gate reaches from where its track is expected, m.
pub(crate) const REACH_MAX_M: f64 = 6_000.0;
/// What rounding a position to a metre may add, m.
const ROUNDING_M: f64 = 1.0;

impl Glance {
    /// How far a plot is from where the track is expected, as a share of how far both may be,
    /// squared. `None`: it cannot be this track's.
    pub(crate) fn reaches(&self, plot: &Whereabouts, at: Time) -> Option<f64> {
        self.reaches_within(REACH_MAX_M, plot, at)
    }

    /// The same where the track may be as far as `most_m` from where it is expected.
    fn reaches_within(&self, most_m: f64, plot: &Whereabouts, at: Time) -> Option<f64> {
        let dt = at.seconds_since(self.time);
        let [x, y, z] = self.position.map(f64::from);
        let [vx, vy, vz] = self.velocity.map(f64::from);
        let point = plot.point;
        let dx = point.x_m - x - dt * vx;
        let dy = point.y_m - y - dt * vy;
        let dz = point.z_m - z - dt * vz;
        let [ux, uy, uz] = plot.up;
        let up_m = dx * ux + dy * uy + dz * uz;
        let away_m = (dx * dx + dy * dy + dz * dz - up_m * up_m).max(0.0).sqrt();
        let radius_m = plot.noise_m + self.reach_after(dt.abs()).min(most_m);
        let share = (away_m - plot.shift_m).max(0.0) / radius_m;
        (share < 1.0).then_some(share * share)
    }

    /// Whether a plot may be of one of the tracks that [`Self::over`] was told.
    pub(crate) fn may_reach(&self, plot: &Whereabouts, at: Time) -> bool {
        self.reaches_within(f64::INFINITY, plot, at).is_some()
    }

    /// Where several tracks are that are expected near the first of them.
    pub(crate) fn over<'a>(mut glances: impl Iterator<Item = &'a Glance>) -> Option<Self> {
        let mut all = *glances.next()?;
        let off = |a: [f32; 3], b: [f32; 3]| {
            a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt()
        };
        for glance in glances {
            let dt_s = all.time.seconds_since(glance.time);
            let [p, v] = [glance.position, glance.velocity];
            let there = [0, 1, 2].map(|i| p[i] + (dt_s * f64::from(v[i])) as f32);
            let reach_m = glance.reach_after(dt_s.abs()) + off(there, all.position);
            let growth_mps = f64::from(glance.growth_mps)
                + ACCELERATION_MPS2 * dt_s.abs()
                + off(v, all.velocity);
            all.reach_m = all.reach_m.max(reach_m as f32);
            all.growth_mps = all.growth_mps.max(growth_mps as f32);
        }
        Some(all)
    }

    /// How far the track may be from where it is expected, so long after its time, m.
    fn reach_after(&self, dt_s: f64) -> f64 {
        let growth_mps = f64::from(self.growth_mps) + 0.5 * ACCELERATION_MPS2 * dt_s;
        f64::from(self.reach_m) + dt_s * growth_mps + ROUNDING_M
    }

    /// How far a plot of the track, measured within `within_s` of `now`, may be from where the
    /// track is expected at `now`, m.
    pub(crate) fn reach_about(&self, now: Time, within_s: f64) -> f64 {
        let [vx, vy, vz] = self.velocity.map(f64::from);
        let speed_mps = (vx * vx + vy * vy + vz * vz).sqrt();
        let dt_s = now.seconds_since(self.time).abs() + within_s;
        speed_mps * within_s + self.reach_after(dt_s)
    }
}

impl Outline {
    /// What is seen of a track from outside.
    pub(crate) fn of(target: &Target, grid: &Grid, config: &TrackerConfig) -> Self {
        let estimate = target.estimate();
        let position = target.ecef_at(target.time);
        let spread = |c: [f64; 3]| (c[0] + c[2]).sqrt();
        let position_m = [position.x_m, position.y_m, position.z_m];
        let glance = Glance {
            time: target.time,
            position: position_m.map(|v| v as f32),
            velocity: target.velocity_ecef().map(|v| v as f32),
            reach_m: 4.0 * spread(estimate.position_covariance) as f32,
            growth_mps: 3.0 * spread(estimate.velocity_covariance) as f32,
            mode_3a: target.codes.mode_3a,
            addressed: target.codes.address.is_some(),
        };
        Self {
            number: Some(target.number),
            position: position_m,
            glance,
            nameless: target.phase != Phase::Tentative
                && target.codes.address.is_none()
                && target.codes.source_track.is_none(),
            check_at: target.check_at(config),
            cell: grid.cell_for(position, glance.reach_about(target.time, PLACED_FOR_S)),
        }
    }

    pub(crate) fn predicted(&self, at: Time) -> Ecef {
        let dt = at.seconds_since(self.glance.time).clamp(-10.0, 300.0);
        let [x, y, z] = self.position;
        let [vx, vy, vz] = self.glance.velocity.map(f64::from);
        Ecef { x_m: x + dt * vx, y_m: y + dt * vy, z_m: z + dt * vz }
    }
}

impl Default for Glance {
    fn default() -> Self {
        Self {
            time: Time::EPOCH,
            position: [0.0; 3],
            velocity: [0.0; 3],
            reach_m: 0.0,
            growth_mps: 0.0,
            mode_3a: None,
            addressed: false,
        }
    }
}

impl Default for Outline {
    fn default() -> Self {
        Self {
            number: None,
            position: [0.0; 3],
            glance: Glance::default(),
            nameless: false,
            check_at: Time::EPOCH,
            cell: Cell::default(),
        }
    }
}
