//! One track as the tracker keeps it: the bank in a frame that follows, the vertical channel,
//! codes, contributors and the bookkeeping of its life.

use crate::TrackerConfig;
use crate::bank::{Bank, Estimate};
use crate::frame::{PolarAt, TrackFrame};
use crate::motion::{Fix, Observed};
use crate::site::Site;
use crate::vertical::Vertical;
use arrayvec::ArrayVec;
use geodesy::{Ecef, Enu, Geodetic};
use surveillance::{
    AdsbQuality, Codes, Contributor, EmitterCategory, Measurement, Mode3A, Phase, Plot, PlotOrigin,
    SensorId, Time, Track, TrackNumber,
};

/// Distance from its frame's origin at which a track's frame follows, metres.
const REFRAME_AT_M: f64 = 10_000.0;
/// Share of the top speed that a shown track may reach while it takes a correction.
const SLEW_SHARE: f64 = 0.7;
/// Share of the way at top speed between two updates, or two outputs, that is shown at once: one
/// update before an output interval and those within it then stay under the top speed.
const AT_ONCE_SHARE: f64 = 0.15;
/// What a fast target may add to its speed for that, m/s, short of the top speed.
const SLEW_OF_FAST_MPS: f64 = 150.0;
/// Longest span over which a state is predicted, seconds.
const PREDICT_MAX_S: f64 = 300.0;
/// Longest way of a plot to the screens that a shown position allows for, seconds.
const LAG_MAX_S: f64 = 10.0;

/// Where a track is on the screens, and when.
#[derive(Debug, Clone, Copy)]
struct Shown {
    at: Time,
    /// In the track's frame, m.
    position: [f64; 2],
}

/// Reports of the track's address from where the track cannot be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Contradiction {
    pub(crate) count: u8,
    pub(crate) since: Time,
    pub(crate) last: Time,
    pub(crate) at: Ecef,
}

#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) number: TrackNumber,
    pub(crate) phase: Phase,
    /// Time of the bank's state.
    pub(crate) time: Time,
    frame: TrackFrame,
    bank: Bank,
    pub(crate) vertical: Vertical,
    /// Shown position less estimated position at `slew_since`, m: a correction not yet shown in
    /// full.
    slew: [f64; 2],
    /// When the screens learnt of it.
    slew_since: Time,
    pub(crate) codes: Codes,
    /// A code heard that is not the track's, and how often in a row.
    strange_code: Option<(Mode3A, u8)>,
    pressure_altitude: Option<(f64, Time)>,
    told_rate: Option<(f64, Time)>,
    pub(crate) on_ground: bool,
    quality: AdsbQuality,
    category: Option<EmitterCategory>,
    pub(crate) first: Time,
    pub(crate) last: Time,
    /// Mean time between plots that moved it, seconds.
    pub(crate) interval_s: f64,
    pub(crate) hits: u16,
    /// Of those, with a Mode 3/A code that fitted.
    pub(crate) coded_hits: u16,
    /// Log-likelihood ratio of target over clutter so far.
    pub(crate) score: f64,
    /// Longest period of a sensor that contributed, seconds.
    pub(crate) period_s: f64,
    pub(crate) contradiction: Option<Contradiction>,
    /// The track that may be the same target, and on how many checks in a row.
    pub(crate) twin: Option<(TrackNumber, u8)>,
    last_report: Option<(f64, f64, Time)>,
    pub(crate) contributors: ArrayVec<Contributor, 8>,
}

/// A target moved to the time of a plot.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    bank: Bank,
    seen: Observed,
    lag_s: f64,
    /// Where it is expected at the plot's time, in its frame.
    pub(crate) expected: [f64; 2],
    velocity: [f64; 2],
}

impl Target {
    /// At its first plot. `sd_m2` is the covariance of east and north there.
    pub(crate) fn start(
        number: TrackNumber,
        plot: &Plot,
        at: Geodetic,
        covariance: impl Fn(&TrackFrame, Ecef) -> Option<[f64; 3]>,
        config: &TrackerConfig,
    ) -> Option<Self> {
        let frame = TrackFrame::below(at);
        let point = at.to_ecef();
        let fix = Fix { z: frame.horizontal(point), r: covariance(&frame, point)? };
        let (velocity, sd_mps) = match plot.velocity.and_then(|v| v.horizontal) {
            Some(v) => ([v.east, v.north], 5.0 * velocity_sd(plot, config)),
            None => ([0.0, 0.0], config.speed_prior_sd_mps),
        };
        Some(Self {
            number,
            phase: Phase::Tentative,
            time: plot.time,
            frame,
            bank: Bank::start(&fix, velocity, sd_mps, config),
            vertical: Vertical::unknown(plot.time, config),
            slew: [0.0; 2],
            slew_since: plot.time,
            codes: Codes::default(),
            strange_code: None,
            pressure_altitude: None,
            told_rate: None,
            on_ground: false,
            quality: AdsbQuality::default(),
            category: None,
            first: plot.time,
            last: plot.time,
            interval_s: 4.0,
            hits: 0,
            coded_hits: 0,
            score: 0.0,
            period_s: 0.0,
            contradiction: None,
            twin: None,
            last_report: None,
            contributors: ArrayVec::new(),
        })
    }

    /// The target at the plot's time. `None` if the plot is too late for it.
    pub(crate) fn look(&self, at: Time, config: &TrackerConfig) -> Option<Look> {
        let dt_s = at.seconds_since(self.time);
        if dt_s < -config.late_window_s || dt_s > PREDICT_MAX_S {
            return None;
        }
        let mut bank = self.bank;
        if dt_s > 0.0 {
            bank.predict(dt_s, config);
        }
        let lag_s = (-dt_s).max(0.0);
        let mean = bank.mean();
        Some(Look {
            bank,
            seen: Observed::position_before(lag_s),
            lag_s,
            expected: [mean[0] - lag_s * mean[2], mean[1] - lag_s * mean[3]],
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
                self.frame.fix_from_polar(&polar, look.expected)?
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
        };
        // what 3 m/s² of unknown acceleration moves a target in the lag
        let unsure = (1.5 * look.lag_s * look.lag_s).powi(2);
        fix.r[0] += unsure;
        fix.r[2] += unsure;
        Some(fix)
    }

    /// Takes a plot in. `None`, and nothing changed, if the result would not be finite.
    pub(crate) fn absorb(
        &mut self,
        plot: &Plot,
        site: &Site,
        look: &Look,
        fix: &Fix,
        config: &TrackerConfig,
    ) -> Option<()> {
        let Look { mut bank, seen, .. } = *look;
        let shown = self.shown_when(plot, &bank, config);
        bank.update(fix, seen)?;
        self.take_velocity(plot, fix, &mut bank, config);
        bank.limit_speed(config.speed_max_mps);
        let vertical = self.vertical;
        self.take_height(plot, site);
        if !self.vertical.is_finite() {
            self.vertical = vertical;
            return None;
        }
        self.bank = bank;
        let since_s = plot.time.seconds_since(self.time);
        self.time = self.time.max(plot.time);
        self.slew_from(shown, since_s, config);
        self.note_update(plot, site);
        self.follow();
        Some(())
    }

    /// Starts the bank anew at a plot, keeping everything else.
    pub(crate) fn restart(&mut self, plot: &Plot, fix: &Fix, config: &TrackerConfig) {
        let shown =
            self.look(plot.time, config).map(|look| self.shown_when(plot, &look.bank, config));
        let (velocity, sd_mps) = match plot.velocity.and_then(|v| v.horizontal) {
            Some(v) => (self.turned_velocity(fix, v), 5.0 * velocity_sd(plot, config)),
            None => ([self.bank.mean()[2], self.bank.mean()[3]], config.speed_prior_sd_mps),
        };
        self.bank = Bank::start(fix, velocity, sd_mps, config);
        self.time = self.time.max(plot.time);
        if let Some(shown) = shown {
            self.slew_from(shown, 0.0, config);
        }
        self.contradiction = None;
        self.last = plot.time;
        self.follow();
    }

    fn turned_velocity(&self, fix: &Fix, v: Enu) -> [f64; 2] {
        let there = TrackFrame::below(self.frame.geodetic(fix.z, 0.0));
        self.frame.velocity_from(&there, [v.east, v.north])
    }

    fn take_velocity(&self, plot: &Plot, fix: &Fix, bank: &mut Bank, config: &TrackerConfig) {
        let Some(v) = plot.velocity.and_then(|v| v.horizontal) else { return };
        let variance = velocity_sd(plot, config).powi(2);
        let told = Fix { z: self.turned_velocity(fix, v), r: [variance, 0.0, variance] };
        let fits = bank.fit(&told, Observed::VELOCITY).is_some_and(|fit| fit.distance2 < 30.0);
        if fits && plot.time >= self.time {
            // a velocity that would spoil the state is left out: the position stands
            let _ = bank.update(&told, Observed::VELOCITY);
        }
    }

    fn take_height(&mut self, plot: &Plot, site: &Site) {
        if let Some(level) = &plot.pressure_altitude {
            self.vertical.observe_level(level, plot.time);
        }
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

    fn note_update(&mut self, plot: &Plot, site: &Site) {
        let since_s = plot.time.seconds_since(self.last);
        if self.hits > 0 && since_s > 0.05 {
            let weight = if self.hits < 5 { 0.5 } else { 0.2 };
            self.interval_s += weight * (since_s.min(60.0) - self.interval_s);
        }
        self.hits = self.hits.saturating_add(1);
        self.last = self.last.max(plot.time);
        if site.radar.is_some() && matches!(plot.measurement, Some(Measurement::Polar { .. })) {
            self.period_s = self.period_s.max(site.period_s);
        }
        self.contradiction = None;
        if let Some(Measurement::Geodetic(report)) = plot.measurement {
            self.last_report = Some((report.latitude_rad, report.longitude_rad, plot.time));
        }
        self.refresh(plot);
        self.note_contributor(plot);
    }

    /// Whether the plot is the very report that the track had last, by whatever way.
    pub(crate) fn repeats(&self, plot: &Plot) -> bool {
        let same_report = match (plot.measurement, self.last_report) {
            (Some(Measurement::Geodetic(r)), Some((latitude_rad, longitude_rad, time))) => {
                r.latitude_rad == latitude_rad
                    && r.longitude_rad == longitude_rad
                    && plot.time.seconds_since(time).abs() < 0.4
            }
            _ => false,
        };
        same_report || self.last_of(plot.sensor) == Some(plot.time)
    }

    /// Time of the last plot used of a sensor.
    pub(crate) fn last_of(&self, sensor: SensorId) -> Option<Time> {
        self.contributors.iter().find(|c| c.sensor == sensor).map(|c| c.last)
    }

    fn note_contributor(&mut self, plot: &Plot) {
        let known = self.contributors.iter().position(|c| c.sensor == plot.sensor);
        let plots = known.map_or(0, |index| self.contributors.remove(index).plots);
        if self.contributors.is_full() {
            self.contributors.remove(0);
        }
        self.contributors.push(Contributor {
            sensor: plot.sensor,
            origin: plot.origin,
            last: plot.time,
            plots: plots.saturating_add(1),
        });
    }

    /// Takes codes, level and what the target says of itself from a plot, not its position.
    pub(crate) fn refresh(&mut self, plot: &Plot) {
        let codes = &plot.codes;
        self.codes.address = self.codes.address.or(codes.address);
        self.codes.callsign = codes.callsign.or(self.codes.callsign);
        self.codes.source_track = codes.source_track.or(self.codes.source_track);
        if plot.origin != PlotOrigin::Primary {
            self.codes.ident = codes.ident;
        }
        if let Some(code) = codes.mode_3a {
            self.hear_code(code);
        }
        if let Some(level) = &plot.pressure_altitude
            && self.vertical.distance_to(level, plot.time).is_none_or(|d| d < 6.0)
        {
            self.pressure_altitude = Some((level.altitude_m, plot.time));
        }
        if let Some(rate) = plot.velocity.and_then(|v| v.vertical_rate_mps) {
            self.told_rate = Some((rate, plot.time));
        }
        self.on_ground = plot.on_ground.unwrap_or(self.on_ground);
        let (q, new) = (&mut self.quality, &plot.quality);
        q.version = new.version.or(q.version);
        q.nic = new.nic.or(q.nic);
        q.nac_p = new.nac_p.or(q.nac_p);
        q.nac_v = new.nac_v.or(q.nac_v);
        q.sil = new.sil.or(q.sil);
        self.category = plot.category.or(self.category);
    }

    /// Level, climb rate and velocity of a plot that has no position.
    pub(crate) fn refresh_motion(&mut self, plot: &Plot, config: &TrackerConfig) {
        if let Some(level) = &plot.pressure_altitude {
            self.vertical.observe_level(level, plot.time);
        }
        if let Some(rate_mps) = plot.velocity.and_then(|v| v.vertical_rate_mps) {
            self.vertical.observe_rate(rate_mps, plot.time);
        }
        let recent = (0.0..5.0).contains(&plot.time.seconds_since(self.time));
        let Some(look) = self.look(plot.time, config).filter(|_| recent) else { return };
        if plot.velocity.is_some_and(|v| v.horizontal.is_some()) {
            let shown = self.shown_when(plot, &look.bank, config);
            let here = Fix { z: look.expected, r: [0.0; 3] };
            let mut bank = look.bank;
            self.take_velocity(plot, &here, &mut bank, config);
            bank.limit_speed(config.speed_max_mps);
            let since_s = plot.time.seconds_since(self.time);
            (self.bank, self.time) = (bank, plot.time);
            self.slew_from(shown, since_s, config);
            self.follow();
        }
    }

    /// A single strange code may be garbled; twice in a row it is the new one.
    fn hear_code(&mut self, code: Mode3A) {
        if self.codes.mode_3a.is_none() || self.codes.mode_3a == Some(code) {
            self.codes.mode_3a = Some(code);
            self.strange_code = None;
            self.coded_hits = self.coded_hits.saturating_add(1);
            return;
        }
        let times = self.strange_code.filter(|strange| strange.0 == code).map_or(1, |s| s.1 + 1);
        self.strange_code = Some((code, times));
        if times >= 3 {
            self.codes.mode_3a = Some(code);
            self.strange_code = None;
        }
    }

    /// Lets the frame follow when the target has moved far from its origin.
    fn follow(&mut self) {
        let mean = self.bank.mean();
        if mean[0].hypot(mean[1]) < REFRAME_AT_M {
            return;
        }
        let height_m = self.vertical.height_at(self.time).height_m;
        let next = TrackFrame::below(self.frame.geodetic([mean[0], mean[1]], height_m));
        let axes = next.axes_from(&self.frame);
        let old = self.frame;
        let turn = |v: [f64; 2]| {
            [axes[0][0] * v[0] + axes[0][1] * v[1], axes[1][0] * v[0] + axes[1][1] * v[1]]
        };
        self.bank.reframe(axes, |position, velocity| {
            (next.horizontal(old.ecef(position, height_m)), next.velocity_from(&old, velocity))
        });
        self.slew = turn(self.slew);
        self.frame = next;
    }

    /// Where the track is on the screens when `plot` arrives; `bank` is its own at the plot's time.
    /// The screens are ahead of the plot by as long as it was on its way, or behind it where the
    /// sensor's clock is ahead of ours.
    fn shown_when(&self, plot: &Plot, bank: &Bank, config: &TrackerConfig) -> Shown {
        let state_time = plot.time.max(self.time);
        let at = plot.received;
        let ahead = ahead(bank, at.seconds_since(state_time));
        let mean = bank.mean();
        let left = self.slew_left(at, [mean[2], mean[3]], config);
        Shown { at, position: [ahead[0] + left[0], ahead[1] + left[1]] }
    }

    /// Keeps what of a correction from where it is shown is too far to be shown at once.
    fn slew_from(&mut self, shown: Shown, since_s: f64, config: &TrackerConfig) {
        let Some(interval_s) = config.output_interval_s else { return };
        let now = ahead(&self.bank, shown.at.seconds_since(self.time));
        let off = [shown.position[0] - now[0], shown.position[1] - now[1]];
        let span_s = since_s.clamp(0.0, interval_s);
        let at_once_m = AT_ONCE_SHARE * config.speed_max_mps * span_s;
        let slews = self.phase != Phase::Tentative && off[0].hypot(off[1]) > at_once_m;
        self.slew = if slews { off } else { [0.0; 2] };
        self.slew_since = shown.at;
    }

    /// What of a correction is not yet shown: it is taken at the speed that the top speed leaves,
    /// so that no shown track outruns it however far it was corrected.
    fn slew_left(&self, at: Time, velocity: [f64; 2], config: &TrackerConfig) -> [f64; 2] {
        let size_m = self.slew[0].hypot(self.slew[1]);
        if size_m == 0.0 {
            return [0.0; 2];
        }
        // the rate at which own speed and slew together reach the limit
        let speed_mps = velocity[0].hypot(velocity[1]);
        let fast_mps = (speed_mps + SLEW_OF_FAST_MPS).min(0.97 * config.speed_max_mps);
        let limit_mps = fast_mps.max(SLEW_SHARE * config.speed_max_mps);
        let ahead_mps = -(velocity[0] * self.slew[0] + velocity[1] * self.slew[1]) / size_m;
        let left = limit_mps * limit_mps - speed_mps * speed_mps + ahead_mps * ahead_mps;
        let rate_mps = (left.max(0.0).sqrt() - ahead_mps).max(20.0);
        let done_m = rate_mps * at.seconds_since(self.slew_since).max(0.0);
        let share = (1.0 - done_m / size_m).clamp(0.0, 1.0);
        [self.slew[0] * share, self.slew[1] * share]
    }

    /// Predicted position and height at `at`, earth-centred.
    pub(crate) fn ecef_at(&self, at: Time) -> Ecef {
        let height_m = self.vertical.height_at(at).height_m;
        self.frame.ecef(self.place_in_frame(at), height_m)
    }

    /// Velocity, earth-centred, m/s.
    pub(crate) fn velocity_ecef(&self) -> [f64; 3] {
        let m = self.bank.mean();
        self.frame.velocity_ecef([m[2], m[3]], 0.0)
    }

    /// Speed over the ground, m/s.
    pub(crate) fn speed_mps(&self) -> f64 {
        let m = self.bank.mean();
        m[2].hypot(m[3])
    }

    /// Predicted east and north in its frame.
    pub(crate) fn place_in_frame(&self, at: Time) -> [f64; 2] {
        let dt_s = at.seconds_since(self.time).clamp(-10.0, PREDICT_MAX_S);
        let m = self.bank.mean();
        [m[0] + dt_s * m[2], m[1] + dt_s * m[3]]
    }

    /// East and north when a plot last moved it.
    pub(crate) fn place_at_last(&self) -> [f64; 2] {
        self.place_in_frame(self.last)
    }

    /// Takes in what the first plot says beyond its position.
    pub(crate) fn note_first(&mut self, plot: &Plot, site: &Site) {
        self.take_height(plot, site);
        self.note_update(plot, site);
    }

    pub(crate) fn estimate(&self) -> Estimate {
        self.bank.estimate()
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
    }

    /// Fit of a fix at a look.
    pub(crate) fn fit(look: &Look, fix: &Fix) -> Option<crate::bank::Fit> {
        look.bank.fit(fix, look.seen)
    }

    /// Position of `other` in this target's frame, and its estimate turned into it.
    pub(crate) fn seen_from(&self, other: &Target, at: Time) -> [f64; 2] {
        self.frame.horizontal(other.ecef_at(at))
    }

    /// `other`'s velocity in this target's frame, m/s.
    pub(crate) fn velocity_of(&self, other: &Target) -> [f64; 2] {
        let m = other.bank.mean();
        self.frame.velocity_from(&other.frame, [m[2], m[3]])
    }

    /// The track as others see it, predicted to `at`.
    pub(crate) fn to_track(&self, at: Option<Time>, config: &TrackerConfig) -> Track {
        let at = at.unwrap_or(self.time);
        let dt_s = at.seconds_since(self.time).clamp(-10.0, PREDICT_MAX_S);
        let mut bank = self.bank;
        if dt_s > 0.0 {
            bank.predict(dt_s, config);
        }
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

/// Where a bank's mean will be, or was, for as long as a plot may have been on its way.
fn ahead(bank: &Bank, lag_s: f64) -> [f64; 2] {
    let (mean, lag_s) = (bank.mean(), lag_s.clamp(-LAG_MAX_S, LAG_MAX_S));
    [mean[0] + lag_s * mean[2], mean[1] + lag_s * mean[3]]
}

fn turned(a: [[f64; 2]; 2], [ee, en, nn]: [f64; 3]) -> [f64; 3] {
    let form = |r: [f64; 2], s: [f64; 2]| {
        r[0] * s[0] * ee + (r[0] * s[1] + r[1] * s[0]) * en + r[1] * s[1] * nn
    };
    [form(a[0], a[0]), form(a[0], a[1]), form(a[1], a[1])]
}

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
fn velocity_sd(plot: &Plot, config: &TrackerConfig) -> f64 {
    match plot.quality.nac_v {
        Some(1) => 4.1,
        Some(2) => 1.2,
        Some(3 | 4) => 0.5,
        _ => config.velocity_sd_mps,
    }
}
