//! Where a radar puts a track's target, against where the target's own report or another radar
//! does: what registration learns from. Plots are taken here as they came, not corrected.

use super::Target;
use super::measure::{report_sd, velocity_sd};
use crate::TrackerConfig;
use crate::frame::PolarAt;
use crate::motion::Fix;
use crate::registration::{Lever, Sample, Sighting};
use crate::site::Site;
use surveillance::{Measurement, Plot, SensorId, Time};

/// A report is carried forward, and back, no further than this, seconds.
const REPORT_AGE_S: (f64, f64) = (-0.6, 3.0);
/// A radar's plot is carried no further than this.
const ECHO_AGE_S: (f64, f64) = (-1.0, 6.0);
/// Acceleration not known of a target that is carried forward, m/s².
const ACCELERATION_MPS2: f64 = 2.0;
/// A height less certain than this does not place a plot for comparison, metres.
const HEIGHT_SD_MAX_M: f64 = 150.0;
/// Nor does a report less accurate than this serve.
const REPORT_SD_MAX_M: f64 = 100.0;
/// Latency that a report may have before it is estimated, seconds.
const LATENCY_SD_S: f64 = 0.4;
/// Acceleration that may have begun since a report, m/s².
const HARD_MPS2: f64 = 15.0;
/// A squared distance counts for no more than this, and less what noise explains: of two degrees
/// of freedom, mean 2.
const STEP_MAX: f64 = 20.0;
const STEP_EXPLAINED: f64 = 5.0;
/// Three plots far off in a row, or several somewhat.
const DISTRUST_AT: f64 = 40.0;
const TRUST_AT: f64 = 5.0;
/// A velocity less certain than this carries no plot forward, m/s.
const VELOCITY_SD_MAX_MPS: f64 = 30.0;

impl Target {
    /// Keeps a report to compare radars with.
    pub(crate) fn note_report(&mut self, plot: &Plot, config: &TrackerConfig) {
        let Some(Measurement::Geodetic(report)) = plot.measurement else { return };
        let sd_m = report_sd(plot, config);
        if sd_m > REPORT_SD_MAX_M {
            return;
        }
        // Radars are registered by ADS-B alone.
        self.report_vouched = plot.origin == surveillance::PlotOrigin::AdsB
            && plot.quality.nic.is_none_or(|nic| nic >= 6);
        let told = plot.velocity.and_then(|v| v.horizontal);
        let (velocity, velocity_sd_mps) = match told {
            Some(v) => ([v.east as f32, v.north as f32], velocity_sd(plot, config) as f32),
            None => self.own_velocity(),
        };
        let variance = (sd_m * sd_m) as f32;
        let height_m = self.vertical.height_at(plot.time).height_m;
        self.report = Some(Sighting {
            radar: None,
            time: plot.time,
            place: report.at_height_or(height_m).to_ecef(),
            velocity,
            velocity_sd_mps,
            r: [variance, 0.0, variance],
        });
    }

    fn own_velocity(&self) -> ([f32; 2], f32) {
        let estimate = self.bank.estimate();
        let [ee, _, nn] = estimate.velocity_covariance;
        (estimate.velocity.map(|v| v as f32), (0.5 * (ee + nn)).sqrt() as f32)
    }

    /// Holds a radar's corrected fix against the last report: a cumulative sum of squared
    /// distances beyond what noise explains (Page, Biometrika 41, 1954). Reports are distrusted
    /// when it passes [`DISTRUST_AT`], and trusted again once it has fallen to
    /// [`TRUST_AT`]. Returns whether distrust has just begun.
    pub(crate) fn judge_report(&mut self, at: Time, fix: &Fix) -> bool {
        let Some(report) = self.report else { return false };
        let dt_s = at.seconds_since(report.time) + self.latency_s;
        if !(REPORT_AGE_S.0..REPORT_AGE_S.1).contains(&dt_s) {
            return false;
        }
        let there = self.frame.horizontal(report.place);
        let [ve, vn] = report.velocity.map(f64::from);
        let off = [fix.z[0] - there[0] - ve * dt_s, fix.z[1] - there[1] - vn * dt_s];
        let doubt = (0.5 * HARD_MPS2 * dt_s * dt_s).powi(2) + 2_500.0;
        let slip = LATENCY_SD_S * LATENCY_SD_S;
        let [a, b, c] = [
            fix.r[0] + f64::from(report.r[0]) + doubt + slip * ve * ve,
            fix.r[1] + f64::from(report.r[1]) + slip * ve * vn,
            fix.r[2] + f64::from(report.r[2]) + doubt + slip * vn * vn,
        ];
        let size2 = (off[0] * off[0] * c - 2.0 * off[0] * off[1] * b + off[1] * off[1] * a)
            / (a * c - b * b);
        let step = size2.min(STEP_MAX) - STEP_EXPLAINED;
        self.disagreement =
            (f64::from(self.disagreement) + step).clamp(0.0, 1.5 * DISTRUST_AT) as f32;
        let level = f64::from(self.disagreement);
        let began = !self.distrusted && level > DISTRUST_AT;
        self.distrusted = level > if self.distrusted { TRUST_AT } else { DISTRUST_AT };
        began
    }

    /// Compares a radar's plot with the latest report, else with the latest plot of another
    /// radar, and keeps it for the next. `other` finds the other radar.
    pub(crate) fn compare<'a>(
        &mut self,
        plot: &Plot,
        site: &Site,
        other: impl Fn(SensorId) -> Option<&'a Site>,
    ) -> Option<Sample> {
        let Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad } = plot.measurement?
        else {
            return None;
        };
        let height = self.vertical.height_for(plot.pressure_altitude.as_ref(), plot.time);
        if height.sd_m > HEIGHT_SD_MAX_M {
            return None;
        }
        let radar = site.stated.as_ref()?;
        let polar = PolarAt {
            radar,
            slant_range_m,
            azimuth_rad,
            range_sd_m: site.stated_accuracy.range_m,
            azimuth_sd_rad: site.stated_accuracy.azimuth_rad,
            height_m: height.height_m,
            height_sd_m: height.sd_m,
        };
        let fix = self.frame.fix_from_polar(&polar, self.place_in_frame(plot.time))?;
        let (velocity, velocity_sd_mps) = self.own_velocity();
        let seen = Sighting {
            radar: Some(plot.sensor),
            time: plot.time,
            place: self.frame.ecef(fix.z, height.height_m),
            velocity,
            velocity_sd_mps,
            r: fix.r.map(|r| r as f32),
        };
        let age_s = |s: &Sighting| plot.time.seconds_since(s.time);
        let report = self.report.filter(|report| {
            self.report_vouched && (REPORT_AGE_S.0..REPORT_AGE_S.1).contains(&age_s(report))
        });
        let echo = self.echo.filter(|echo| {
            (ECHO_AGE_S.0..ECHO_AGE_S.1).contains(&age_s(echo)) && echo.radar != seen.radar
        });
        self.echo = Some(seen);
        let mut reference = report.or(echo)?;
        if reference.radar.is_some() {
            (reference.velocity, reference.velocity_sd_mps) = (velocity, velocity_sd_mps);
        }
        if f64::from(reference.velocity_sd_mps) > VELOCITY_SD_MAX_MPS {
            return None;
        }
        let dt_s = age_s(&reference);
        let there = self.frame.horizontal(reference.place);
        let [ve, vn] = reference.velocity.map(f64::from);
        let carried = [there[0] + ve * dt_s, there[1] + vn * dt_s];
        let doubt = (f64::from(reference.velocity_sd_mps) * dt_s).powi(2)
            + (0.5 * ACCELERATION_MPS2 * dt_s * dt_s).powi(2);
        let r = [0, 1, 2].map(|i| {
            let own = f64::from(reference.r[i]) + fix.r[i];
            (if i == 1 { own } else { own + doubt }) as f32
        });
        let (mine, sight) = Lever::of(&self.frame, radar, carried, height.height_m)?;
        let theirs = match reference.radar {
            Some(id) => {
                let radar = other(id)?.stated.as_ref()?;
                Some(Lever::of(&self.frame, radar, carried, height.height_m)?.0)
            }
            None => None,
        };
        let elevation = elevation_rad.map(|measured| {
            let point = radar.polar_from_ecef(self.frame.ecef(carried, height.height_m));
            let sd = site.stated_accuracy.elevation_rad.hypot(height.sd_m / sight.range_m);
            [(measured - point.elevation_rad) as f32, sd as f32]
        });
        Some(Sample {
            time: plot.time,
            number: self.number,
            other: reference.radar,
            off: [0, 1].map(|i| (fix.z[i] - carried[i]) as f32),
            r,
            velocity: reference.velocity,
            mine,
            theirs,
            elevation,
        })
    }
}
