//! A track's filter taken out of the tracker, for whoever has plots that the tracker must not have.

use crate::TrackerConfig;
use crate::bank::{Bank, Estimate};
use crate::frame::TrackFrame;
use crate::motion::{Fix, Observed};
use crate::target::{PREDICT_MAX_S, REFRAME_AT_M, turned};
use geodesy::{Enu, Geodetic};
use surveillance::{PlacedPlot, Time, Track};

/// The bank of one track as it was when it was taken out; from then on it knows what it is given.
#[derive(Debug, Clone, Copy)]
pub struct Estimator {
    time: Time,
    frame: TrackFrame,
    bank: Bank,
    height_m: f64,
}

impl Estimator {
    pub(crate) fn new(time: Time, frame: TrackFrame, bank: Bank, height_m: f64) -> Self {
        Self { time, frame, bank, height_m }
    }

    /// The instant of its state, UTC.
    pub fn time(&self) -> Time {
        self.time
    }

    /// Normalised squared distance of a plot from where it expects the target (two degrees of
    /// freedom). `None` for a plot that is too late or too early for it.
    pub fn distance2(&self, plot: &PlacedPlot, config: &TrackerConfig) -> Option<f64> {
        let (bank, fix, seen) = self.look(plot, config)?;
        bank.fit(&fix, seen).map(|fit| fit.distance2)
    }

    /// Takes a plot in, wherever it is. False, and nothing changed, if it is too late or too early,
    /// or the outcome would not be finite.
    pub fn take(&mut self, plot: &PlacedPlot, config: &TrackerConfig) -> bool {
        let Some((mut bank, fix, seen)) = self.look(plot, config) else { return false };
        if bank.update(&fix, seen).is_none() {
            return false;
        }
        bank.limit_speed(config.speed_max_mps);
        self.bank = bank;
        self.time = self.time.max(plot.time);
        self.follow();
        true
    }

    /// Sets position, velocity and their covariances of `track` to what it believes, predicted to
    /// the track's time.
    pub fn place(&self, track: &mut Track, config: &TrackerConfig) {
        let dt_s = track.time.seconds_since(self.time).clamp(0.0, PREDICT_MAX_S);
        let bank = if dt_s > 0.0 { self.bank.predicted(dt_s, config) } else { self.bank };
        let Estimate { position, velocity, position_covariance, velocity_covariance } =
            bank.estimate();
        let position = self.frame.geodetic(position, track.position.height_m);
        let here = TrackFrame::below(position);
        let axes = here.axes_from(&self.frame);
        let [east, north] = here.velocity_from(&self.frame, velocity);
        track.position = position;
        track.velocity = Enu { east, north, up: track.velocity.up };
        track.position_covariance = turned(axes, position_covariance);
        track.velocity_covariance = turned(axes, velocity_covariance);
    }

    fn look(&self, plot: &PlacedPlot, config: &TrackerConfig) -> Option<(Bank, Fix, Observed)> {
        let dt_s = plot.time.seconds_since(self.time);
        if dt_s < -config.late_window_s || dt_s > PREDICT_MAX_S {
            return None;
        }
        let bank = if dt_s > 0.0 { self.bank.predicted(dt_s, config) } else { self.bank };
        let [latitude_rad, longitude_rad] = plot.position_rad;
        let place = Geodetic { latitude_rad, longitude_rad, height_m: self.height_m };
        let axes = self.frame.axes_from(&TrackFrame::below(place));
        let fix =
            Fix { z: self.frame.horizontal(place.to_ecef()), r: turned(axes, plot.covariance) };
        Some((bank, fix, Observed::position_before((-dt_s).max(0.0))))
    }

    fn follow(&mut self) {
        let mean = self.bank.mean();
        if mean[0] * mean[0] + mean[1] * mean[1] < REFRAME_AT_M * REFRAME_AT_M {
            return;
        }
        let place = self.frame.geodetic([mean[0], mean[1]], self.height_m);
        self.frame = self.bank.moved(&self.frame, TrackFrame::below(place), self.height_m);
    }
}
