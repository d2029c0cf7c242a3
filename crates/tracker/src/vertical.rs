//! The vertical channel of one track: pressure altitude, climb rate, and how far geometric height
//! stands off pressure altitude.
//!
//! Apart from the horizontal bank because Mode C is exact to a step where radar is exact to
//! hundreds of metres, and because a level may be garbled while its plot's position is good.

use crate::TrackerConfig;
use surveillance::{PressureAltitude, Time};

/// Level flight's white acceleration density, m²/s³; a climb that starts opens the filter.
const LEVEL_DENSITY: f64 = 0.3;
/// Climb rates an aircraft seen for the first time may have, sd, m/s.
const FIRST_CLIMB_SD_MPS: f64 = 10.0;
/// Normalised distance beyond which a told level is taken as garbled.
const GARBLED_AT: f64 = 5.0;
/// Normalised distance within which it follows from the others for certain, and what a climb that
/// changes slowly may add to it, m.
const FOLLOWS_WITHIN: f64 = 4.0;
const LEVEL_SLACK_M: f64 = 15.0;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Vertical {
    time: Time,
    /// Pressure altitude, m, and climb rate, m/s.
    height_m: f64,
    rate_mps: f64,
    /// Covariance: height, cross, rate.
    p: [f64; 3],
    /// Geometric height less pressure altitude, m, and its variance.
    offset_m: f64,
    offset_variance: f64,
    /// Levels in a row that did not fit.
    strangers: u8,
    /// Whether anything ever told a height.
    pub(crate) told: bool,
}

/// Geometric height and its standard deviation, metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Height {
    pub(crate) height_m: f64,
    pub(crate) sd_m: f64,
}

impl Vertical {
    pub(crate) fn unknown(time: Time, config: &TrackerConfig) -> Self {
        Self {
            time,
            height_m: config.height_prior_m,
            rate_mps: 0.0,
            p: [config.height_prior_sd_m.powi(2), 0.0, FIRST_CLIMB_SD_MPS.powi(2)],
            offset_m: 0.0,
            offset_variance: config.height_offset_sd_m.powi(2),
            strangers: 0,
            told: false,
        }
    }

    /// Geometric height expected at `at`.
    pub(crate) fn height_at(&self, at: Time) -> Height {
        let (height_m, p) = self.predicted(at);
        Height { height_m: height_m + self.offset_m, sd_m: (p[0] + self.offset_variance).sqrt() }
    }

    /// Estimated climb rate once something told a height, m/s.
    pub(crate) fn rate_mps(&self) -> Option<f64> {
        self.told.then_some(self.rate_mps)
    }

    /// Climb rate to extrapolate with, m/s.
    pub(crate) fn rate_or_zero(&self) -> f64 {
        if self.told { self.rate_mps } else { 0.0 }
    }

    /// Normalised distance of a told level; `None` while nothing was told before.
    pub(crate) fn distance_to(&self, level: &PressureAltitude, at: Time) -> Option<f64> {
        let (height_m, p) = self.predicted(at);
        let sd_m = (p[0] + level_variance(level) + 60.0_f64.powi(2)).sqrt();
        self.told.then(|| (level.altitude_m - height_m).abs() / sd_m)
    }

    /// Whether a told level follows from what was told before, but for a climb that begins or ends.
    pub(crate) fn leads_to(&self, level: &PressureAltitude, at: Time) -> bool {
        let (height_m, p) = self.predicted(at);
        let variance = p[0] + level_variance(level) + LEVEL_SLACK_M * LEVEL_SLACK_M;
        !self.told || (level.altitude_m - height_m).powi(2) < FOLLOWS_WITHIN.powi(2) * variance
    }

    /// How far a told level is from the expected one, m; infinite while nothing was told.
    pub(crate) fn apart_m(&self, level: &PressureAltitude, at: Time) -> f64 {
        if self.told { (level.altitude_m - self.predicted(at).0).abs() } else { f64::INFINITY }
    }

    /// Geometric height if the plot's own level is to be believed, else the expected one.
    pub(crate) fn height_for(&self, level: Option<&PressureAltitude>, at: Time) -> Height {
        match level {
            Some(level) if self.distance_to(level, at).is_none_or(|d| d < GARBLED_AT) => Height {
                height_m: level.altitude_m + self.offset_m,
                sd_m: (level_variance(level) + self.offset_variance).sqrt(),
            },
            _ => self.height_at(at),
        }
    }

    /// Takes in a told level; a garbled one is left out unless it insists.
    pub(crate) fn observe_level(&mut self, level: &PressureAltitude, at: Time) {
        if self.distance_to(level, at).is_some_and(|d| d > GARBLED_AT) {
            self.strangers += 1;
            if self.strangers < 3 {
                return;
            }
            self.p = [self.p[0] + 1e7, 0.0, FIRST_CLIMB_SD_MPS.powi(2)];
        }
        self.strangers = 0;
        self.move_to(at);
        self.update(level.altitude_m, level_variance(level));
        self.told = true;
    }

    /// Takes in a measured geometric height: of an elevation, or reported by the target.
    pub(crate) fn observe_height(&mut self, height_m: f64, sd_m: f64, at: Time) {
        self.move_to(at);
        let variance = sd_m * sd_m;
        let innovation = height_m - self.height_m - self.offset_m;
        if self.told {
            let total = self.p[0] + self.offset_variance + variance;
            if innovation * innovation > GARBLED_AT * GARBLED_AT * total {
                return;
            }
            let gain = self.offset_variance / total;
            // the offset drifts with the air mass and the climb: never think it settled
            self.offset_m += gain * innovation;
            self.offset_variance = (self.offset_variance * (1.0 - gain)).max(25.0);
        }
        self.update(height_m - self.offset_m, variance + self.offset_variance);
        self.told = true;
    }

    /// Takes a geometric height that nobody told for what is likely, in place of what was before.
    pub(crate) fn suppose(&mut self, height_m: f64, sd_m: f64, at: Time) {
        if !self.told {
            self.time = self.time.max(at);
            (self.height_m, self.rate_mps) = (height_m - self.offset_m, 0.0);
            self.p = [sd_m * sd_m, 0.0, FIRST_CLIMB_SD_MPS.powi(2)];
        }
    }

    /// Takes in a told climb rate.
    pub(crate) fn observe_rate(&mut self, rate_mps: f64, at: Time) {
        self.move_to(at);
        let variance = self.p[2] + 1.0;
        let innovation = rate_mps - self.rate_mps;
        let (gain_h, gain_v) = (self.p[1] / variance, self.p[2] / variance);
        self.height_m += gain_h * innovation;
        self.rate_mps += gain_v * innovation;
        let p = self.p;
        self.p = [p[0] - gain_h * p[1], p[1] - gain_v * p[1], p[2] - gain_v * p[2]];
        self.bound();
    }

    fn update(&mut self, height_m: f64, variance: f64) {
        let innovation = height_m - self.height_m;
        let ratio = innovation * innovation / (self.p[0] + variance);
        if ratio > 4.0 {
            // a climb began or ended between looks
            self.p[0] += innovation * innovation / 4.0;
            self.p[2] += 25.0;
        }
        let total = self.p[0] + variance;
        let (gain_h, gain_v) = (self.p[0] / total, self.p[1] / total);
        self.height_m += gain_h * innovation;
        self.rate_mps += gain_v * innovation;
        let p = self.p;
        self.p = [p[0] - gain_h * p[0], p[1] - gain_h * p[1], p[2] - gain_v * p[1]];
        self.bound();
    }

    fn bound(&mut self) {
        self.p[0] = self.p[0].clamp(1.0, 1e8);
        self.p[2] = self.p[2].clamp(0.01, 1e4);
        let most = (self.p[0] * self.p[2]).sqrt() * 0.99;
        self.p[1] = self.p[1].clamp(-most, most);
        self.rate_mps = self.rate_mps.clamp(-150.0, 150.0);
        self.height_m = self.height_m.clamp(-1_000.0, 100_000.0);
    }

    fn predicted(&self, at: Time) -> (f64, [f64; 3]) {
        let dt = at.seconds_since(self.time).clamp(-10.0, 300.0);
        let ahead = dt.max(0.0);
        // a climb is not carried on for minutes
        let carried = self.rate_or_zero() * dt.min(30.0);
        let p = self.p;
        let q = LEVEL_DENSITY * ahead;
        let spread = p[0] + 2.0 * ahead * p[1] + ahead * ahead * p[2] + q * ahead * ahead / 3.0;
        let spread = if self.told { spread } else { p[0] };
        (self.height_m + carried, [spread, p[1] + ahead * p[2] + q * ahead / 2.0, p[2] + q])
    }

    fn move_to(&mut self, at: Time) {
        if at > self.time {
            let (height_m, p) = self.predicted(at);
            (self.height_m, self.p, self.time) = (height_m, p, at);
            self.bound();
        }
    }

    pub(crate) fn is_finite(&self) -> bool {
        [self.height_m, self.rate_mps, self.offset_m, self.offset_variance]
            .iter()
            .chain(&self.p)
            .all(|v| v.is_finite())
    }
}

/// A level is uniform within its step: step²/12; 3 m² for the encoder itself.
fn level_variance(level: &PressureAltitude) -> f64 {
    level.step_m * level.step_m / 12.0 + 9.0
}
