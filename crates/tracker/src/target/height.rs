//! Height of a target that two-dimensional radars alone see and that tells none. One radar's slant
//! range fits any height; where two look from different distances, their ranges and azimuths meet at
//! one. Each height of a ladder is held against pairs of echoes of different radars, each echo in one
//! pair only, so that what the filter made of them before is not counted again.

use super::Target;
use crate::TrackerConfig;
use crate::frame::PolarAt;
use crate::site::Site;
use surveillance::{Measurement, Plot, SensorId, Time};

/// Heights that are held against the echoes: from sea level up, a kilometre apart.
const RUNGS: usize = 15;
const STEP_M: f64 = 1_000.0;
/// Two echoes are a pair if they are no further apart than this, seconds.
const PAIR_WITHIN_S: f64 = 6.0;
/// Acceleration not known of a target in between, m/s².
const ACCELERATION_MPS2: f64 = 3.0;
/// A pair counts for half: radars' remaining errors are the same in all of them.
const PAIR_COUNTS: f64 = 0.5;
/// A pair that suits no height better than this (normalised squared distance) is not of one target.
const SUITS_WITHIN: f64 = 12.0;
/// What of earlier pairs is kept at each: a target climbs.
const KEPT: f64 = 0.97;
/// At which range and azimuth there is nothing: as good as excluded, as a logarithm.
const EXCLUDED: f64 = -30.0;
/// Never think to know it better than this, metres.
const SD_LEAST_M: f64 = 400.0;

/// How likely each height is by the pairs so far, and the echo that waits for another radar's.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Heights {
    log_weights: [f32; RUNGS],
    earlier: Option<Echo>,
}

/// Where an echo lies if its target is at each height.
#[derive(Debug, Clone, Copy)]
struct Echo {
    sensor: SensorId,
    time: Time,
    /// East and north in the track's frame, metres; not a number where there is no such place.
    places: [[f32; 2]; RUNGS],
    /// Covariance at the highest of them, much the same at all but near the radar: ee, en, nn, m².
    covariance: [f32; 3],
}

impl Heights {
    /// The track's frame is another one now.
    pub(super) fn forget_echo(&mut self) {
        self.earlier = None;
    }

    /// Mean and standard deviation, metres, with what is believed of any target beforehand.
    fn estimate(&self, config: &TrackerConfig) -> (f64, f64) {
        let log_of = |rung: usize| {
            let off = (rung as f64 * STEP_M - config.height_prior_m) / config.height_prior_sd_m;
            f64::from(self.log_weights[rung]) - 0.5 * off * off
        };
        let most = (0..RUNGS).map(log_of).fold(f64::NEG_INFINITY, f64::max);
        let (mut all, mut first, mut second) = (0.0, 0.0, 0.0);
        for rung in 0..RUNGS {
            let (weight, height_m) = ((log_of(rung) - most).exp(), rung as f64 * STEP_M);
            all += weight;
            first += weight * height_m;
            second += weight * height_m * height_m;
        }
        let mean_m = first / all;
        let within = STEP_M * STEP_M / 12.0;
        let variance = (second / all - mean_m * mean_m).max(0.0) + within;
        (mean_m, variance.sqrt().max(SD_LEAST_M))
    }
}

impl Target {
    /// Holds an echo without a height against the last of another radar. `expected` is where the
    /// target is expected, `velocity` its velocity in its frame.
    pub(super) fn weigh_heights(
        &mut self,
        plot: &Plot,
        site: &Site,
        expected: [f64; 2],
        velocity: [f64; 2],
        config: &TrackerConfig,
    ) {
        if self.vertical.told || plot.pressure_altitude.is_some() {
            return;
        }
        let Some(echo) = self.echo_at_each_height(plot, site, expected) else { return };
        let dt_s = |earlier: &Echo| echo.time.seconds_since(earlier.time);
        let pair = self.heights.earlier.filter(|earlier| {
            earlier.sensor != echo.sensor && (0.0..=PAIR_WITHIN_S).contains(&dt_s(earlier))
        });
        let Some(earlier) = pair else {
            // A late echo does not take the place of a newer one.
            let newer = self.heights.earlier.filter(|earlier| earlier.time > echo.time);
            self.heights.earlier = newer.or(Some(echo));
            return;
        };
        self.heights.earlier = None;
        let velocity_doubt: f64 =
            self.estimate().velocity_covariance.iter().step_by(2).sum::<f64>() / 2.0;
        let dt_s = dt_s(&earlier);
        let doubt = velocity_doubt * dt_s * dt_s + (0.5 * ACCELERATION_MPS2 * dt_s * dt_s).powi(2);
        let sum = |i: usize| f64::from(echo.covariance[i]) + f64::from(earlier.covariance[i]);
        let [ee, en, nn] = [sum(0) + doubt, sum(1), sum(2) + doubt];
        let determinant = ee * nn - en * en;
        let distances = std::array::from_fn::<f64, RUNGS, _>(|rung| {
            let [e, n] = [0, 1].map(|i| {
                let gone_m = f64::from(echo.places[rung][i]) - f64::from(earlier.places[rung][i]);
                gone_m - velocity[i] * dt_s
            });
            (e * e * nn - 2.0 * e * n * en + n * n * ee) / determinant
        });
        let best = distances.iter().copied().fold(f64::INFINITY, f64::min);
        if !(determinant > 0.0 && best < SUITS_WITHIN) {
            return;
        }
        for (weight, distance2) in self.heights.log_weights.iter_mut().zip(distances) {
            // What is no number is no place.
            let log = -0.5 * PAIR_COUNTS * (distance2 - best);
            let log = if log.is_nan() { EXCLUDED } else { log.max(EXCLUDED) };
            *weight = ((KEPT * f64::from(*weight) + log) as f32).max(2.0 * EXCLUDED as f32);
        }
        let (height_m, sd_m) = self.heights.estimate(config);
        self.vertical.suppose(height_m, sd_m, plot.time);
    }

    fn echo_at_each_height(&self, plot: &Plot, site: &Site, expected: [f64; 2]) -> Option<Echo> {
        let Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad: None } =
            plot.measurement?
        else {
            return None;
        };
        let radar = site.radar.as_ref()?;
        let mut echo = Echo {
            sensor: plot.sensor,
            time: plot.time,
            places: [[f32::NAN; 2]; RUNGS],
            covariance: [0.0; 3],
        };
        let mut guess = expected;
        let mut found = false;
        for (rung, place) in echo.places.iter_mut().enumerate() {
            let polar = PolarAt {
                radar,
                slant_range_m,
                azimuth_rad,
                range_sd_m: site.accuracy.range_m,
                azimuth_sd_rad: site.accuracy.azimuth_rad,
                height_m: rung as f64 * STEP_M,
                height_sd_m: 0.0,
            };
            if let Some(fix) = self.frame.fix_from_polar(&polar, guess) {
                *place = fix.z.map(|z| z as f32);
                echo.covariance = fix.r.map(|r| r as f32);
                guess = fix.z;
                found = true;
            }
        }
        found.then_some(echo)
    }
}
