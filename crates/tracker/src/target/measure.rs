//! A plot as a measurement of a track: predicted, placed at the track's height, weighed, taken in.

use super::{Look, PREDICT_MAX_S, Past, Target};
use crate::TrackerConfig;
use crate::bank::Bank;
use crate::frame::{PolarAt, TrackFrame};
use crate::motion::{Fix, Observed};
use crate::range_rate;
use crate::site::Site;
use geodesy::Enu;
use surveillance::{Measurement, Plot, Time};

impl Target {
    /// The target at the plot's time. `None` if the plot is too late for it.
    pub(crate) fn look(&self, at: Time, config: &TrackerConfig) -> Option<Look> {
        let dt_s = at.seconds_since(self.time);
        if dt_s < -config.late_window_s || dt_s > PREDICT_MAX_S {
            return None;
        }
        let bank = if dt_s > 0.0 { self.bank.predicted(dt_s, config) } else { self.bank };
        let lag_s = (-dt_s).max(0.0);
        let mean = bank.mean();
        Some(Look {
            bank,
            seen: Observed::position_before(lag_s),
            lag_s,
            late: false,
            doubt: [0.0; 3],
            expected: [mean[0] - lag_s * mean[2], mean[1] - lag_s * mean[3]],
            velocity: [mean[2], mean[3]],
        })
    }

    /// The same from what was measured before the plot alone, as long as the track knows that.
    pub(crate) fn look_back(&self, at: Time, config: &TrackerConfig) -> Option<Look> {
        let lag_s = self.time.seconds_since(at);
        let known = (lag_s > 0.0 && lag_s <= config.late_window_s)
            .then(|| self.past.state_at(at, config))
            .flatten();
        let Some(bank) = known else { return self.look(at, config) };
        let mean = bank.mean();
        Some(Look {
            bank,
            seen: Observed::position_before(0.0),
            lag_s: 0.0,
            late: true,
            doubt: [0.0; 3],
            expected: [mean[0], mean[1]],
            velocity: [mean[2], mean[3]],
        })
    }

    /// A plot's position in this target's frame, placed at the target's height where the plot
    /// brings none. `None` without a position or a site, or straight above the radar.
    pub(crate) fn fix(
        &self,
        plot: &Plot,
        site: &Site,
        look: &Look,
        config: &TrackerConfig,
    ) -> Option<Fix> {
        let mut fix = match plot.measurement? {
            Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad } => {
                let mut height =
                    self.vertical.height_for(plot.pressure_altitude.as_ref(), plot.time);
                if let Some(elevation_rad) = elevation_rad
                    && height.sd_m > 150.0
                {
                    let placed =
                        site.place(slant_range_m, azimuth_rad, Some(elevation_rad), 0.0)?;
                    let sd_m = slant_range_m * site.accuracy.elevation_rad;
                    let (a, b) = (height.sd_m.powi(2), sd_m.powi(2));
                    height.height_m +=
                        a / (a + b) * (placed.to_geodetic().height_m - height.height_m);
                    height.sd_m = (a * b / (a + b)).sqrt();
                }
                let polar = PolarAt {
                    radar: site.radar.as_ref()?,
                    slant_range_m,
                    azimuth_rad,
                    range_sd_m: site.accuracy.range_m,
                    azimuth_sd_rad: site.accuracy.azimuth_rad,
                    height_m: height.height_m,
                    height_sd_m: height.sd_m,
                };
                let mut fix = self.frame.fix_from_polar(&polar, look.expected)?;
                let [ve, vn] = look.velocity.map(|v| v * site.correction.time_sd_s);
                fix.r[0] += ve * ve;
                fix.r[1] += ve * vn;
                fix.r[2] += vn * vn;
                fix
            }
            Measurement::Geodetic(report) => {
                let height_m = self.vertical.height_at(plot.time).height_m;
                let variance = report_sd(plot, config).powi(2);
                let [ve, vn] = look.velocity;
                let time2 = config.report_time_sd_s.powi(2);
                Fix {
                    z: self.frame.horizontal(report.at_height_or(height_m).to_ecef()),
                    r: [variance + ve * ve * time2, ve * vn * time2, variance + vn * vn * time2],
                }
            }
            Measurement::Arrivals(arrivals) => {
                let height = self.vertical.height_for(plot.pressure_altitude.as_ref(), plot.time);
                let height = (height.height_m, height.sd_m);
                crate::arrivals::fix(&arrivals, site, &self.frame, height, look.expected)?
            }
        };
        // what 3 m/s² of unknown acceleration moves a target in the lag
        let unsure = (1.5 * look.lag_s * look.lag_s).powi(2);
        fix.r[0] += unsure;
        fix.r[2] += unsure;
        Some(fix)
    }

    pub(super) fn turned_velocity(&self, fix: &Fix, v: Enu) -> [f64; 2] {
        let there = TrackFrame::below(self.frame.geodetic(fix.z, 0.0));
        self.frame.velocity_from(&there, [v.east, v.north])
    }

    /// A plot's range rate as a [`range_rate::velocity_fix`] at `place`, `mean` being what is believed.
    /// `None` where there is none, or nobody knows which way its radar counts.
    fn range_rate_fix(
        &self,
        plot: &Plot,
        site: &Site,
        place: [f64; 2],
        mean: [f64; 2],
        config: &TrackerConfig,
    ) -> Option<(Fix, f64)> {
        let told_mps = plot.range_rate_mps? * site.range_rates.sign()?;
        let height_m = self.vertical.height_at(plot.time).height_m;
        let line = self.frame.line_from(site.radar.as_ref()?, place, height_m);
        let climb_mps = self.vertical.rate_or_zero();
        range_rate::velocity_fix(told_mps, config.range_rate_sd_mps, line, climb_mps, mean)
    }

    /// How much likelier a plot's range rate is if it is the target's, as a logarithm; zero where
    /// it says nothing.
    pub(crate) fn range_rate_ratio(
        &self,
        plot: &Plot,
        site: &Site,
        look: &Look,
        fix: &Fix,
        config: &TrackerConfig,
    ) -> f64 {
        let Some(told_mps) = plot.range_rate_mps else { return 0.0 };
        let told = self.range_rate_fix(plot, site, fix.z, look.velocity, config);
        let fit = told.and_then(|(told, level)| {
            Some((look.bank.fit(&told, Observed::VELOCITY)?.log_density, level))
        });
        fit.map_or(0.0, |(density, level)| site.range_rates.log_ratio(told_mps, density, level))
    }

    /// The range rate that a radar should measure of it when `plot` was, away counted up, m/s.
    /// `None` where its velocity is not known well enough to say.
    pub(crate) fn expected_range_rate(&self, plot: &Plot, site: &Site) -> Option<f64> {
        let [ee, _, nn] = self.estimate().velocity_covariance;
        if ee + nn > KNOWN_SD_MPS * KNOWN_SD_MPS {
            return None;
        }
        let height_m = self.vertical.height_at(plot.time).height_m;
        let line =
            self.frame.line_from(site.radar.as_ref()?, self.place_in_frame(plot.time), height_m);
        let [_, _, ve, vn] = self.bank.mean();
        Some(ve * line.east + vn * line.north + self.vertical.rate_or_zero() * line.up)
    }

    /// Takes in what the first plot's range rate says of the velocity.
    pub(super) fn start_with_range_rate(
        &mut self,
        plot: &Plot,
        site: &Site,
        config: &TrackerConfig,
    ) {
        let [east, north, ve, vn] = self.bank.mean();
        let Some((told, _)) = self.range_rate_fix(plot, site, [east, north], [ve, vn], config)
        else {
            return;
        };
        let mut with = self.bank;
        if with.update(&told, Observed::VELOCITY).is_some() {
            self.bank = with;
            self.past = Past::from(self.time, &self.bank);
        }
    }

    /// Takes in a told velocity or range rate that fits; returns it as it was taken.
    pub(super) fn take_velocity(
        &self,
        (plot, site): (&Plot, Option<&Site>),
        fix: &Fix,
        late: bool,
        bank: &mut Bank,
        config: &TrackerConfig,
    ) -> Option<Fix> {
        let told = if let Some(v) = plot.velocity.and_then(|v| v.horizontal) {
            let variance = velocity_sd(plot, config).powi(2);
            Fix { z: self.turned_velocity(fix, v), r: [variance, 0.0, variance] }
        } else {
            let [_, _, ve, vn] = bank.mean();
            self.range_rate_fix(plot, site?, fix.z, [ve, vn], config)?.0
        };
        let fits = bank.fit(&told, Observed::VELOCITY).is_some_and(|fit| fit.distance2 < 30.0);
        if !fits || (plot.time < self.time && !late) {
            return None;
        }
        // a velocity that would spoil the state is left out: the position stands
        let mut with = *bank;
        with.update(&told, Observed::VELOCITY)?;
        *bank = with;
        Some(told)
    }

    pub(super) fn take_height(&mut self, plot: &Plot, site: &Site) {
        self.hear_level_of(plot);
        if let Some(rate_mps) = plot.velocity.and_then(|v| v.vertical_rate_mps) {
            self.vertical.observe_rate(rate_mps, plot.time);
        }
        match plot.measurement {
            Some(Measurement::Geodetic(report)) => {
                if let Some(height_m) = report.height_m {
                    self.vertical.observe_height(height_m, 30.0, plot.time);
                }
            }
            Some(Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad: Some(e) })
                if self.pressure_altitude.is_none() =>
            {
                if let Some(point) = site.place(slant_range_m, azimuth_rad, Some(e), 0.0) {
                    let sd_m = slant_range_m * site.accuracy.elevation_rad;
                    self.vertical.observe_height(point.to_geodetic().height_m, sd_m, plot.time);
                }
            }
            _ => {}
        }
    }

    /// The same report and look with time in doubt by `time_sd_s`, on either side alike.
    ///
    /// Stamping now and then slips by a second, and stays there: a report that is off along track
    /// should move the track half-way, neither be lost nor be believed at once.
    pub(crate) fn doubt_time(look: &mut Look, fix: &mut Fix, time_sd_s: f64) {
        let [ve, vn] = look.velocity.map(|v| v * time_sd_s);
        let doubt = [ve * ve, ve * vn, vn * vn];
        fix.r.iter_mut().zip(&doubt).for_each(|(r, d)| *r += d);
        look.bank.widen(doubt);
        look.doubt = doubt;
    }

    /// Fit of a fix at a look.
    pub(crate) fn fit(look: &Look, fix: &Fix) -> Option<crate::bank::Fit> {
        look.bank.fit(fix, look.seen)
    }
}

/// A velocity known to this shows which way a radar counts range rates, m/s.
const KNOWN_SD_MPS: f64 = 12.0;

/// Standard deviation of a reported position per axis, metres.
pub(crate) fn report_sd(plot: &Plot, config: &TrackerConfig) -> f64 {
    let claimed = match plot.measurement {
        Some(Measurement::Geodetic(report)) => report.horizontal_sd_m,
        _ => None,
    };
    claimed
        .or_else(|| plot.quality.horizontal_sd_m())
        .unwrap_or(config.report_sd_m)
        .clamp(config.report_sd_min_m, 20_000.0)
}

/// Standard deviation of a reported velocity per axis, m/s: NACv's 95 % bound (DO-260B table
/// 2-72) over 2.448, not below half a metre a second.
pub(super) fn velocity_sd(plot: &Plot, config: &TrackerConfig) -> f64 {
    match plot.quality.nac_v {
        Some(1) => 4.1,
        Some(2) => 1.2,
        Some(3 | 4) => 0.5,
        _ => config.velocity_sd_mps,
    }
}
