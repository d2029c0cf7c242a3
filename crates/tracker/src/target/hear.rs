//! What a plot does to the one track that it is held against. Nothing else is touched, so that
//! many tracks may hear their plots at once and the result is the same in whatever order they do.

use super::{Contradiction, Look, Target};
use crate::associate::{Weighed, weigh};
use crate::motion::Fix;
use crate::site::Site;
use crate::{Refusal, TrackEvent, TrackerConfig};
use geodesy::Ecef;
use surveillance::{Measurement, Phase, PlacedPlot, Plot, Time, TrackNumber};

/// Normalised squared distance from which the time of a target's own report is doubted.
const TIME_DOUBTED_AT: f64 = 9.0;
/// Slack in metres on what a target can have travelled between two reports.
const REACH_SLACK_M: f64 = 500.0;

/// A plot, its sensor and the thresholds: what is read while tracks hear their plots.
#[derive(Clone, Copy)]
pub(crate) struct Heard<'a> {
    pub(crate) plot: &'a Plot,
    pub(crate) site: &'a Site,
    pub(crate) config: &'a TrackerConfig,
    /// Whether what moves a track is told.
    pub(crate) tells: bool,
}

/// What became of a plot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Verdict {
    /// It moved the track.
    Used,
    /// It brought codes, level or velocity, no position.
    Refreshed,
    /// It was of no use.
    Refused(Refusal),
    /// It does not suit the track any more.
    Strange,
    /// Its address has been heard where the track cannot be, often enough: a track must be started
    /// there instead.
    Elsewhere,
    /// Not looked at: an earlier plot of the track must be dealt with first.
    Left,
}

/// What a plot did to its track.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) number: TrackNumber,
    pub(crate) event: Option<TrackEvent>,
    /// The target's reports have just been found to lie.
    pub(crate) lies: bool,
    /// The track was told an address that it did not bear.
    pub(crate) named: bool,
    /// An update was undone because it left a number that is not finite.
    pub(crate) numeric: bool,
    /// The plot as anybody may take it in, if it moved a track that is shown.
    pub(crate) placed: Option<PlacedPlot>,
}

impl Outcome {
    pub(crate) const NONE: Self = Self {
        verdict: Verdict::Left,
        number: TrackNumber(0),
        event: None,
        lies: false,
        named: false,
        numeric: false,
        placed: None,
    };
}

impl Outcome {
    /// Whether the plot remains to be dealt with.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.verdict, Verdict::Elsewhere | Verdict::Left)
    }
}

impl Target {
    /// Hears a plot whose address or source number names this track.
    pub(crate) fn hear_named(&mut self, heard: &Heard<'_>) -> Outcome {
        let (addressed, number) = (self.codes.address.is_some(), self.number);
        let mut outcome = Outcome { number, ..Outcome::NONE };
        outcome.verdict = match heard.plot.measurement {
            None => {
                self.refresh(heard.plot);
                self.refresh_motion(heard.plot, heard.config);
                let shown = self.phase != Phase::Tentative;
                outcome.event = shown.then_some(TrackEvent::Updated(number));
                Verdict::Refreshed
            }
            Some(_) if heard.plot.origin.is_claim() => {
                if !self.is_outranked(heard.plot) {
                    self.note_report(heard.plot, heard.config);
                }
                let time = heard.plot.time.plus_seconds(-self.latency_s);
                let heard = Heard { plot: &Plot { time, ..*heard.plot }, ..*heard };
                self.follow_named(&heard, &mut outcome).unwrap_or_else(Verdict::Refused)
            }
            Some(_) => self.follow_named(heard, &mut outcome).unwrap_or_else(Verdict::Refused),
        };
        outcome.named = !addressed && self.codes.address.is_some();
        outcome
    }

    fn follow_named(
        &mut self,
        heard: &Heard<'_>,
        outcome: &mut Outcome,
    ) -> Result<Verdict, Refusal> {
        let Heard { plot, site, config, .. } = *heard;
        if self.repeats(plot) {
            return Err(Refusal::Repeated);
        }
        let mut look = self.look_back(plot.time, config).ok_or(Refusal::Late)?;
        let mut fix = self.fix(plot, site, &look, config).ok_or(Refusal::no_place(plot))?;
        if self.is_outranked(plot) {
            return Err(Refusal::Outranked);
        }
        if plot.origin.is_claim() && self.distrusted {
            self.refresh(plot);
            self.hear_level_of(plot);
            return Err(Refusal::Distrusted);
        }
        if self.judge(plot, site, &fix) {
            outcome.lies = true;
            self.begin_anew(heard, &fix, outcome);
            return Ok(Verdict::Used);
        }
        let off_m = distance(fix.z, look.expected);
        let mut fit = Self::fit(&look, &fix).ok_or(Refusal::Impossible)?;
        if plot.origin.is_claim() && fit.distance2 > TIME_DOUBTED_AT {
            Self::doubt_time(&mut look, &mut fix, config.report_time_slip_s);
            fit = Self::fit(&look, &fix).ok_or(Refusal::Impossible)?;
        }
        let reached = self.can_have_reached(plot, &fix.z, config);
        if fit.distance2 < config.gate_address && off_m < config.correction_max_m && reached {
            let gain = fit.log_density - site.density(plot).ln();
            return self.take_in(heard, &look, &fix, gain, outcome);
        }
        self.contradict(heard, off_m, outcome)
    }

    /// Hears a plot that was assigned to this track by position, code and level.
    pub(crate) fn hear_assigned(&mut self, heard: &Heard<'_>) -> Outcome {
        match weigh(self, heard.plot, heard.site, heard.config.gate, heard.config) {
            Some(weighed) => self.hear_weighed(heard, &weighed),
            None => Outcome { number: self.number, verdict: Verdict::Strange, ..Outcome::NONE },
        }
    }

    /// Hears a plot that suits it.
    pub(crate) fn hear_weighed(&mut self, heard: &Heard<'_>, weighed: &Weighed) -> Outcome {
        let (addressed, number) = (self.codes.address.is_some(), self.number);
        let mut outcome = Outcome { number, ..Outcome::NONE };
        let Weighed { look, fix, gain, .. } = weighed;
        outcome.verdict = if self.repeats(heard.plot) {
            Verdict::Refused(Refusal::Repeated)
        } else if heard.plot.codes.address.is_none() && self.judge(heard.plot, heard.site, fix) {
            outcome.lies = true;
            self.begin_anew(heard, fix, &mut outcome);
            Verdict::Used
        } else {
            let exact = self.look_back(heard.plot.time, heard.config).filter(|look| look.late);
            let exact = exact.and_then(|look| {
                Some((look, self.fix(heard.plot, heard.site, &look, heard.config)?))
            });
            let (look, fix) = exact.as_ref().map_or((look, fix), |(look, fix)| (look, fix));
            let taken = self.take_in(heard, look, fix, *gain, &mut outcome);
            taken.unwrap_or_else(Verdict::Refused)
        };
        outcome.named = !addressed && self.codes.address.is_some();
        outcome
    }

    fn take_in(
        &mut self,
        heard: &Heard<'_>,
        look: &Look,
        fix: &Fix,
        gain: f64,
        outcome: &mut Outcome,
    ) -> Result<Verdict, Refusal> {
        // Before its frame may follow.
        let placed = heard.tells.then(|| self.placed(heard.plot, fix));
        if self.absorb(heard.plot, heard.site, look, fix, heard.config).is_none() {
            outcome.numeric = true;
            return Err(Refusal::Impossible);
        }
        self.score += gain;
        outcome.event = match self.phase {
            Phase::Tentative if self.is_sure(heard.config) => {
                self.phase = Phase::Confirmed;
                Some(TrackEvent::Started(self.number))
            }
            Phase::Tentative => None,
            Phase::Confirmed | Phase::Coasting => {
                self.phase = Phase::Confirmed;
                Some(TrackEvent::Updated(self.number))
            }
        };
        outcome.placed = placed.filter(|_| self.phase != Phase::Tentative);
        Ok(Verdict::Used)
    }

    /// Holds a radar's plot, or times of arrival of five receivers and more, against the track's reports.
    /// `true`: they have just been found to lie, and the track must begin anew where this puts it.
    pub(crate) fn judge(&mut self, plot: &Plot, site: &Site, fix: &Fix) -> bool {
        let knows = match plot.measurement {
            Some(Measurement::Polar { .. }) => site.settled,
            // One late clock among few would condemn all that report.
            Some(Measurement::Arrivals(arrivals)) => {
                let height = self.vertical.height_for(plot.pressure_altitude.as_ref(), plot.time);
                let height = (height.height_m, height.sd_m);
                self.report.is_some()
                    && crate::arrivals::vouches(&arrivals, site, &self.frame, height, fix.z)
            }
            _ => false,
        };
        knows && self.judge_report(plot.time, fix)
    }

    /// The track lost its target in a manoeuvre or followed reports that lie: it goes on from
    /// where the plot puts it.
    pub(crate) fn begin_anew(&mut self, heard: &Heard<'_>, fix: &Fix, outcome: &mut Outcome) {
        outcome.placed = heard.tells.then(|| self.placed(heard.plot, fix));
        self.restart(heard.plot, fix, heard.config);
        self.refresh(heard.plot);
        self.hear_level_of(heard.plot);
        let before = std::mem::replace(&mut self.phase, Phase::Confirmed);
        outcome.event = Some(match before {
            Phase::Tentative => TrackEvent::Started(self.number),
            Phase::Confirmed | Phase::Coasting => TrackEvent::Updated(self.number),
        });
    }

    fn can_have_reached(&self, plot: &Plot, there: &[f64; 2], config: &TrackerConfig) -> bool {
        let before = self.place_at_last();
        let dt_s = plot.time.seconds_since(self.last).abs();
        let gone_m = distance(*there, before);
        let reach_m = config.speed_max_mps * dt_s + REACH_SLACK_M;
        // what its own doubt adds is seldom needed
        gone_m <= reach_m || {
            let sd_m = self.estimate().position_covariance;
            gone_m <= reach_m + 4.0 * (sd_m[0] + sd_m[2]).sqrt()
        }
    }

    /// A plot that names the track but is not where the track can be.
    fn contradict(
        &mut self,
        heard: &Heard<'_>,
        off_m: f64,
        outcome: &mut Outcome,
    ) -> Result<Verdict, Refusal> {
        let Heard { plot, site, config, .. } = *heard;
        let at = site.place_of(plot, config).ok_or(Refusal::no_place(plot))?.to_ecef();
        let fresh = Contradiction { count: 1, since: plot.time, last: plot.time, at };
        let now = match self.contradiction {
            Some(c) if agrees(&c, plot.time, at, config) => {
                let last = c.last.max(plot.time);
                Contradiction { count: c.count.saturating_add(1), last, at, since: c.since }
            }
            _ => fresh,
        };
        self.contradiction = Some(now);
        let tentative = self.phase == Phase::Tentative;
        let needed = if tentative { 2 } else { config.contradictions };
        let span_s = if tentative { 0.0 } else { config.contradiction_span_s };
        if now.count < needed || now.last.seconds_since(now.since) < span_s {
            return Err(Refusal::Unreachable);
        }
        if off_m < config.correction_max_m && !tentative {
            let look = self.look(plot.time, config).ok_or(Refusal::Late)?;
            let fix = self.fix(plot, site, &look, config).ok_or(Refusal::no_place(plot))?;
            self.begin_anew(heard, &fix, outcome);
            return Ok(Verdict::Used);
        }
        Ok(Verdict::Elsewhere)
    }

    /// Whether it is certain enough to be shown.
    pub(crate) fn is_sure(&self, config: &TrackerConfig) -> bool {
        if self.codes.address.is_some() || self.codes.source_track.is_some() {
            let claimed = self.contributors.last().is_some_and(|c| c.origin.is_claim());
            let needed = if claimed { config.confirm_adsb } else { config.confirm_address };
            return self.hits >= u16::from(needed);
        }
        if self.score < config.confirm_score {
            return false;
        }
        let code = u16::from(config.confirm_code);
        if self.coded_hits >= code && self.hits >= code {
            return true;
        }
        self.hits >= u16::from(config.confirm_primary)
            && self.speed_mps() >= config.primary_speed_min_mps
    }
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    super::length([a[0] - b[0], a[1] - b[1]])
}

fn agrees(c: &Contradiction, at: Time, point: Ecef, config: &TrackerConfig) -> bool {
    let dt_s = at.seconds_since(c.last);
    (-1.0..60.0).contains(&dt_s)
        && c.at.distance_m(point) <= config.speed_max_mps * dt_s.abs() + REACH_SLACK_M
}
