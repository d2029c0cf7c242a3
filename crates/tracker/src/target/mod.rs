//! One track as the tracker keeps it: the bank in a frame that follows, the vertical channel,
//! codes, contributors and the bookkeeping of its life.

mod compare;
mod hear;
mod height;
mod identity;
mod measure;
mod past;
mod show;

pub(crate) use hear::{Heard, Outcome, Verdict};
use height::Heights;
pub(crate) use measure::report_sd;
use measure::velocity_sd;
use past::{Past, Piece};
pub(crate) use show::turned;

use crate::TrackerConfig;
use crate::bank::{Bank, Estimate};
use crate::estimator::Estimator;
use crate::frame::TrackFrame;
use crate::motion::{Fix, Observed};
use crate::registration::Sighting;
use crate::site::Site;
use crate::vertical::Vertical;
use arrayvec::ArrayVec;
use geodesy::{Ecef, Geodetic};
use surveillance::{
    AdsbQuality, Codes, Contributor, EmitterCategory, Measurement, Mode3A, Phase, PlacedPlot, Plot,
    SensorKind, Time, TrackNumber,
};

/// Distance from its frame's origin at which a track's frame follows, metres.
pub(crate) const REFRAME_AT_M: f64 = 10_000.0;
/// Longest span over which a state is predicted, seconds.
pub(crate) const PREDICT_MAX_S: f64 = 300.0;
/// A place less certain than this is not known, metres.
const UNSURE_M: f64 = 2_000.0;

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
    past: Past,
    pub(crate) vertical: Vertical,
    heights: Heights,
    /// Shown position less estimated position at `slew_since`, m: a correction not yet shown in
    /// full.
    slew: [f64; 2],
    /// When the screens learnt of it.
    slew_since: Time,
    pub(crate) codes: Codes,
    /// A code heard that is not the track's, and how often in a row.
    strange_code: Option<(Mode3A, u8)>,
    pressure_altitude: Option<(f64, Time)>,
    /// A level heard that did not follow from those before, the last if there was one.
    strange_level: Option<(f64, Time)>,
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
    /// Its last report, and the last plot of a radar, as they came: to register radars by.
    report: Option<Sighting>,
    /// Whether that report's own integrity lets radars be registered by it.
    report_vouched: bool,
    /// How far radars and reports disagree, and whether so far that reports are not used.
    disagreement: f32,
    pub(crate) distrusted: bool,
    echo: Option<Sighting>,
    /// How late its reports are stamped, seconds.
    pub(crate) latency_s: f64,
    /// The track that may be the same target, and on how many checks in a row.
    pub(crate) twin: Option<(TrackNumber, u8)>,
    last_report: Option<(f64, f64, Time)>,
    pub(crate) contributors: ArrayVec<Contributor, 8>,
}

/// Far cheaper than `hypot`, whose care for very large and small numbers nothing here needs.
fn length([east, north]: [f64; 2]) -> f64 {
    (east * east + north * north).sqrt()
}

/// A target moved to the time of a plot.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    bank: Bank,
    seen: Observed,
    /// How long before the bank's state the plot was measured, seconds.
    lag_s: f64,
    /// The track has heard later plots, and the bank is what it was before them.
    late: bool,
    /// What was added to the bank's doubt of position.
    doubt: [f64; 3],
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
        let bank = Bank::start(&fix, velocity, sd_mps, config);
        Some(Self {
            number,
            phase: Phase::Tentative,
            time: plot.time,
            frame,
            bank,
            past: Past::from(plot.time, &bank),
            vertical: Vertical::unknown(plot.time, config),
            heights: Heights::default(),
            slew: [0.0; 2],
            slew_since: plot.time,
            codes: Codes::default(),
            strange_code: None,
            pressure_altitude: None,
            strange_level: None,
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
            report: None,
            report_vouched: false,
            disagreement: 0.0,
            distrusted: false,
            echo: None,
            latency_s: 0.0,
            twin: None,
            last_report: None,
            contributors: ArrayVec::new(),
        })
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
        let Look { mut bank, seen, late, doubt, lag_s, .. } = *look;
        let shown = self.shown_when(plot, if late { &self.bank } else { &bank }, config);
        bank.update(fix, seen)?;
        let velocity = self.take_velocity((plot, Some(site)), fix, late, &mut bank, config);
        bank.limit_speed(config.speed_max_mps);
        let (vertical, heights) = (self.vertical, self.heights);
        self.take_height(plot, site);
        self.weigh_heights(plot, site, look.expected, look.velocity, config);
        if !self.vertical.is_finite() {
            (self.vertical, self.heights) = (vertical, heights);
            return None;
        }
        // What says so without a place must not move what is shown; what is late says how it was then.
        let before = if late { bank.is_on_ground() } else { self.on_ground };
        let on_ground = plot.on_ground.unwrap_or(before);
        bank.set_on_ground(on_ground, config);
        let piece = Piece { time: plot.time, doubt, position: Some(*fix), velocity, on_ground };
        if late {
            let Some(latest) = self.past.insert(piece, bank, config) else {
                (self.vertical, self.heights) = (vertical, heights);
                self.past = Past::from(self.time, &self.bank);
                return None;
            };
            bank = latest;
        }
        self.bank = bank;
        let since_s = plot.time.seconds_since(self.time);
        self.time = self.time.max(plot.time);
        if lag_s > 0.0 {
            self.past = Past::from(self.time, &bank);
        } else if !late {
            self.past.push(piece, &bank, config);
        }
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
        self.bank.set_on_ground(plot.on_ground.unwrap_or(self.on_ground), config);
        self.time = self.time.max(plot.time);
        self.past = Past::from(self.time, &self.bank);
        if let Some(shown) = shown {
            self.slew_from(shown, 0.0, config);
        }
        self.contradiction = None;
        self.last = plot.time;
        self.follow();
    }

    fn note_update(&mut self, plot: &Plot, site: &Site) {
        let since_s = plot.time.seconds_since(self.last);
        if self.hits > 0 && since_s > 0.05 {
            let weight = if self.hits < 5 { 0.5 } else { 0.2 };
            self.interval_s += weight * (since_s.min(60.0) - self.interval_s);
        }
        self.hits = self.hits.saturating_add(1);
        if !self.is_lost_along_a_hyperbola(plot) {
            self.last = self.last.max(plot.time);
        }
        let polar = matches!(plot.measurement, Some(Measurement::Polar { .. }));
        if polar || site.kind == SensorKind::Radar {
            self.period_s = self.period_s.max(site.period_s);
        }
        self.contradiction = None;
        if let Some(Measurement::Geodetic(report)) = plot.measurement {
            self.last_report = Some((report.latitude_rad, report.longitude_rad, plot.time));
        }
        self.refresh(plot);
        self.note_contributor(plot);
    }

    /// Whether times of arrival, which say nothing along their hyperbola, leave its place so unsure that it is
    /// rather not heard: it coasts.
    fn is_lost_along_a_hyperbola(&self, plot: &Plot) -> bool {
        matches!(plot.measurement, Some(Measurement::Arrivals(_))) && {
            let [ee, _, nn] = self.estimate().position_covariance;
            ee + nn > UNSURE_M * UNSURE_M
        }
    }

    /// Level, climb rate and velocity of a plot that has no position.
    pub(crate) fn refresh_motion(&mut self, plot: &Plot, config: &TrackerConfig) {
        self.hear_level_of(plot);
        if let Some(rate_mps) = plot.velocity.and_then(|v| v.vertical_rate_mps) {
            self.vertical.observe_rate(rate_mps, plot.time);
        }
        let recent = (0.0..5.0).contains(&plot.time.seconds_since(self.time));
        let Some(look) = self.look(plot.time, config).filter(|_| recent) else { return };
        if plot.velocity.is_some_and(|v| v.horizontal.is_some()) {
            let shown = self.shown_when(plot, &look.bank, config);
            let here = Fix { z: look.expected, r: [0.0; 3] };
            let mut bank = look.bank;
            let velocity = self.take_velocity((plot, None), &here, false, &mut bank, config);
            bank.limit_speed(config.speed_max_mps);
            let since_s = plot.time.seconds_since(self.time);
            (self.bank, self.time) = (bank, plot.time);
            let on_ground = self.bank.is_on_ground();
            let piece =
                Piece { time: plot.time, doubt: [0.0; 3], position: None, velocity, on_ground };
            self.past.push(piece, &bank, config);
            self.slew_from(shown, since_s, config);
            self.follow();
        }
    }

    /// Lets the frame follow when the target has moved far from its origin.
    fn follow(&mut self) {
        let mean = self.bank.mean();
        if mean[0] * mean[0] + mean[1] * mean[1] < REFRAME_AT_M * REFRAME_AT_M {
            return;
        }
        let height_m = self.vertical.height_at(self.time).height_m;
        let next = TrackFrame::below(self.frame.geodetic([mean[0], mean[1]], height_m));
        let axes = next.axes_from(&self.frame);
        let old = self.frame;
        self.heights.forget_echo();
        self.past.reframe(axes, |position, velocity| {
            (next.horizontal(old.ecef(position, height_m)), next.velocity_from(&old, velocity))
        });
        let [east, north] = self.slew;
        self.slew = axes.map(|axis| axis[0] * east + axis[1] * north);
        self.frame = self.bank.moved(&old, next, height_m);
    }

    /// A plot that it took in, as anybody may take it in.
    pub(crate) fn placed(&self, plot: &Plot, fix: &Fix) -> PlacedPlot {
        let at = self.frame.geodetic(fix.z, self.vertical.height_at(plot.time).height_m);
        let axes = TrackFrame::below(at).axes_from(&self.frame);
        PlacedPlot {
            sensor: plot.sensor,
            origin: plot.origin,
            time: plot.time,
            position_rad: [at.latitude_rad, at.longitude_rad],
            covariance: turned(axes, fix.r),
        }
    }

    /// What it believes, for plots that are not to be its own.
    pub(crate) fn estimator(&self) -> Estimator {
        let height_m = self.vertical.height_at(self.time).height_m;
        Estimator::new(self.time, self.frame, self.bank, height_m)
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
        length([m[2], m[3]])
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
    pub(crate) fn note_first(&mut self, plot: &Plot, site: &Site, config: &TrackerConfig) {
        self.take_height(plot, site);
        self.start_with_range_rate(plot, site, config);
        self.note_update(plot, site);
    }

    pub(crate) fn estimate(&self) -> Estimate {
        self.bank.estimate()
    }

    /// Reads a little of every part that a plot is taken in with: of a hundred thousand tracks none is at
    /// hand, and memory answers many questions at once as fast as one.
    pub(crate) fn send_for(&self) {
        let mut sum = self.bank.sent_for() + self.slew[0] + self.score + self.latency_s;
        sum += f64::from(self.disagreement) + self.vertical.rate_or_zero();
        std::hint::black_box((sum, self.contributors.len()));
    }

    /// The same of what says at first whether a plot may be its own.
    pub(crate) fn send_for_codes(&self) {
        let codes = (self.codes.mode_3a, self.hits);
        std::hint::black_box((codes, self.vertical.rate_or_zero(), self.contributors.len()));
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
}
