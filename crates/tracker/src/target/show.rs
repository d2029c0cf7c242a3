//! What of a track the screens show: a correction too large to have been flown is taken bit by bit.

use super::{PREDICT_MAX_S, Target, length};
use crate::TrackerConfig;
use crate::bank::{Bank, Estimate};
use crate::frame::TrackFrame;
use geodesy::Enu;
use surveillance::{Phase, Plot, Time, Track};

/// Share of the top speed that a shown track may reach while it takes a correction.
const SLEW_SHARE: f64 = 0.7;
/// Share of the way at top speed between two updates, or two outputs, that is shown at once: one
/// update before an output interval and those within it then stay under the top speed.
const AT_ONCE_SHARE: f64 = 0.15;
/// What a fast target may add to its speed for that, m/s, short of the top speed.
const SLEW_OF_FAST_MPS: f64 = 150.0;
/// Longest way of a plot to the screens that a shown position allows for, seconds.
const LAG_MAX_S: f64 = 10.0;

/// Where a track is on the screens, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    pub(super) at: Time,
    /// In the track's frame, m.
    pub(super) position: [f64; 2],
}

impl Target {
    /// Where the track is on the screens when `plot` arrives; `bank` is its own at the plot's time.
    /// The screens are ahead of the plot by as long as it was on its way, or behind it where the
    /// sensor's clock is ahead of ours.
    pub(super) fn shown_when(&self, plot: &Plot, bank: &Bank, config: &TrackerConfig) -> Shown {
        if config.output_interval_s.is_none() {
            return Shown { at: plot.received, position: [0.0; 2] };
        }
        let state_time = plot.time.max(self.time);
        let at = plot.received;
        let ahead = ahead(bank, at.seconds_since(state_time), config);
        let mean = bank.mean();
        let left = self.slew_left(at, [mean[2], mean[3]], config);
        Shown { at, position: [ahead[0] + left[0], ahead[1] + left[1]] }
    }

    /// Keeps what of a correction from where it is shown is too far to be shown at once.
    pub(super) fn slew_from(&mut self, shown: Shown, since_s: f64, config: &TrackerConfig) {
        let Some(interval_s) = config.output_interval_s else { return };
        let now = ahead(&self.bank, shown.at.seconds_since(self.time), config);
        let off = [shown.position[0] - now[0], shown.position[1] - now[1]];
        let span_s = since_s.clamp(0.0, interval_s);
        let at_once_m = AT_ONCE_SHARE * config.speed_max_mps * span_s;
        let slews = self.phase != Phase::Tentative
            && off[0] * off[0] + off[1] * off[1] > at_once_m * at_once_m;
        self.slew = if slews { off } else { [0.0; 2] };
        self.slew_since = shown.at;
    }

    /// Goes on as what `before` was on the screens: the same track in a hypothesis that has become
    /// less likely than its own.
    pub(crate) fn succeed(&mut self, before: &Target, now: Option<Time>, config: &TrackerConfig) {
        if self.last <= before.last || self.phase == Phase::Tentative {
            self.phase = before.phase;
        }
        self.twin = before.twin;
        let Some(at) = now.filter(|_| config.output_interval_s.is_some()) else { return };
        let place = ahead(&before.bank, at.seconds_since(before.time), config);
        let mean = before.bank.mean();
        let left = before.slew_left(at, [mean[2], mean[3]], config);
        let height_m = before.vertical.height_at(at).height_m;
        let there = before.frame.ecef([place[0] + left[0], place[1] + left[1]], height_m);
        self.slew_from(Shown { at, position: self.frame.horizontal(there) }, 0.0, config);
    }

    /// What of a correction is not yet shown: it is taken at the speed that the top speed leaves,
    /// so that no shown track outruns it however far it was corrected.
    fn slew_left(&self, at: Time, velocity: [f64; 2], config: &TrackerConfig) -> [f64; 2] {
        let size_m = length(self.slew);
        if size_m == 0.0 {
            return [0.0; 2];
        }
        // the rate at which own speed and slew together reach the limit
        let speed_mps = length(velocity);
        let fast_mps = (speed_mps + SLEW_OF_FAST_MPS).min(0.97 * config.speed_max_mps);
        let limit_mps = fast_mps.max(SLEW_SHARE * config.speed_max_mps);
        let ahead_mps = -(velocity[0] * self.slew[0] + velocity[1] * self.slew[1]) / size_m;
        let left = limit_mps * limit_mps - speed_mps * speed_mps + ahead_mps * ahead_mps;
        let rate_mps = (left.max(0.0).sqrt() - ahead_mps).max(20.0);
        let done_m = rate_mps * at.seconds_since(self.slew_since).max(0.0);
        let share = (1.0 - done_m / size_m).clamp(0.0, 1.0);
        [self.slew[0] * share, self.slew[1] * share]
    }

    /// The track as others see it, predicted to `at`.
    pub(crate) fn to_track(&self, at: Option<Time>, config: &TrackerConfig) -> Track {
        let at = at.unwrap_or(self.time);
        let dt_s = at.seconds_since(self.time).clamp(-10.0, PREDICT_MAX_S);
        let bank = if dt_s > 0.0 { self.bank.predicted(dt_s, config) } else { self.bank };
        let Estimate { mut position, velocity, mut position_covariance, velocity_covariance } =
            bank.estimate();
        if dt_s < 0.0 {
            position = [position[0] + dt_s * velocity[0], position[1] + dt_s * velocity[1]];
        }
        let left = self.slew_left(at, velocity, config);
        position = [position[0] + left[0], position[1] + left[1]];
        position_covariance[0] += left[0] * left[0];
        position_covariance[1] += left[0] * left[1];
        position_covariance[2] += left[1] * left[1];
        let height = self.vertical.height_at(at);
        let position = self.frame.geodetic(position, height.height_m);
        let here = TrackFrame::below(position);
        let axes = here.axes_from(&self.frame);
        let v = here.velocity_from(&self.frame, velocity);
        Track {
            number: self.number,
            phase: self.phase,
            time: at,
            position,
            height_sd_m: self.vertical.told.then_some(height.sd_m),
            velocity: Enu { east: v[0], north: v[1], up: self.vertical.rate_or_zero() },
            position_covariance: turned(axes, position_covariance),
            velocity_covariance: turned(axes, velocity_covariance),
            pressure_altitude_m: self.pressure_altitude.map(|told| told.0),
            pressure_altitude_time: self.pressure_altitude.map(|told| told.1),
            vertical_rate_mps: self
                .told_rate
                .filter(|told| at.seconds_since(told.1) < 15.0)
                .map(|told| told.0)
                .or(self.vertical.rate_mps()),
            on_ground: self.on_ground,
            codes: self.codes,
            quality: self.quality,
            category: self.category,
            first: self.first,
            last: self.last,
            contributors: self.contributors.clone(),
        }
    }
}

/// Where a bank's mean will be, or was, for as long as a plot may have been on its way: as
/// [`Target::to_track`] shows it.
fn ahead(bank: &Bank, lag_s: f64, config: &TrackerConfig) -> [f64; 2] {
    let lag_s = lag_s.clamp(-LAG_MAX_S, LAG_MAX_S);
    if lag_s > 0.0 {
        return bank.place_ahead(lag_s, config);
    }
    let mean = bank.mean();
    [mean[0] + lag_s * mean[2], mean[1] + lag_s * mean[3]]
}

/// A covariance in other axes: ee, en, nn.
pub(crate) fn turned(a: [[f64; 2]; 2], [ee, en, nn]: [f64; 3]) -> [f64; 3] {
    let form = |r: [f64; 2], s: [f64; 2]| {
        r[0] * s[0] * ee + (r[0] * s[1] + r[1] * s[0]) * en + r[1] * s[1] * nn
    };
    [form(a[0], a[0]), form(a[0], a[1]), form(a[1], a[1])]
}
