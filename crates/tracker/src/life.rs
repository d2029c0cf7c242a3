//! The life of a track: start, confirmation, contradiction, coasting, end; and time.

use crate::associate::weigh;
use crate::counters::Fate;
use crate::frame::TrackFrame;
use crate::round::Round;
use crate::site::height_of;
use crate::store::SWEEP_S;
use crate::target::{Heard, Outcome, Target, Verdict, report_sd};
use crate::{Refusal, TrackEvent, Tracker, TrackerConfig};
use geodesy::{Ecef, Geodetic};
use surveillance::{EndReason, Measurement, Phase, Plot, PlotOrigin, Time};

/// Gain by which a plot with a new address must prefer one track over the next to be taken by it.
const CLEAR_GAIN: f64 = 4.0;
/// A clock that goes back by more than this is not jitter, seconds.
const BACKWARD_S: f64 = 60.0;
/// So many in a row and the clock was really set back.
const BACKWARD_TIMES: u32 = 100;

impl Tracker {
    /// Counts, tells and indexes what a plot did to its track.
    pub(crate) fn conclude(
        &mut self,
        slot: u32,
        plot: &Plot,
        outcome: &Outcome,
        events: &mut Vec<TrackEvent>,
    ) {
        self.counters.distrusted += u64::from(outcome.lies);
        self.counters.numeric += u64::from(outcome.numeric);
        match outcome.verdict {
            Verdict::Used => {
                self.count(plot.sensor, Fate::Used);
                self.learn_assigned(slot, plot);
                self.learn_range_rate(slot, plot);
            }
            Verdict::Refreshed => self.count(plot.sensor, Fate::Refreshed),
            Verdict::Refused(reason) => self.count(plot.sensor, Fate::Refused(reason)),
            Verdict::Strange | Verdict::Elsewhere | Verdict::Left => {}
        }
        self.tell(outcome, events);
        let used = outcome.verdict == Verdict::Used;
        if outcome.named || (used && plot.origin == PlotOrigin::SystemTrack) {
            self.index(slot, plot);
        }
    }

    /// Says what became of a track, and what moved it.
    fn tell(&mut self, outcome: &Outcome, events: &mut Vec<TrackEvent>) {
        if let Some(event) = outcome.event {
            self.counters.started += u64::from(matches!(event, TrackEvent::Started(_)));
            events.push(event);
        }
        if let Some(placed) = outcome.placed {
            self.note_placed(outcome.number, placed);
        }
    }

    /// Lets the names that a plot carries lead to its track from now on.
    fn index(&mut self, slot: u32, plot: &Plot) {
        let Some(target) = self.store.get(slot) else { return };
        if let Some(address) = target.codes.address {
            self.by_address.entry(address).or_insert(slot);
        }
        if let (PlotOrigin::SystemTrack, Some(source)) = (plot.origin, plot.codes.source_track) {
            self.by_source.insert((plot.sensor, source.0), slot);
        }
    }

    /// A track is given up for a new one where its address is heard.
    pub(crate) fn supersede(
        &mut self,
        slot: u32,
        plot: &Plot,
        events: &mut Vec<TrackEvent>,
    ) -> Result<(), Refusal> {
        let at = self.place(plot).ok_or(Refusal::no_place(plot))?;
        let shown = self.store.is_shown(slot);
        let codes = self.store.get(slot).map(|target| target.codes);
        self.make_room(plot.received, events);
        self.unindex(slot);
        let started = self.start(plot, at)?;
        let Some(target) = self.store.get_mut(started) else { return Err(Refusal::Shed) };
        if let Some(codes) = codes {
            target.codes.callsign = target.codes.callsign.or(codes.callsign);
            target.codes.mode_3a = target.codes.mode_3a.or(codes.mode_3a);
        }
        let number = target.number;
        if shown {
            target.phase = Phase::Confirmed;
            self.counters.started += 1;
            self.counters.superseded += 1;
            events.push(TrackEvent::Started(number));
            self.store.outline(started, &self.config);
        }
        self.end(slot, plot.time, EndReason::Superseded(number), events);
        Ok(())
    }

    /// A plot with an address (or a system track's number) that no track bears: it joins a track
    /// that clearly is its own and bears none yet, or starts one.
    pub(crate) fn adopt_or_start(
        &mut self,
        plot: &Plot,
        events: &mut Vec<TrackEvent>,
    ) -> Result<(), Refusal> {
        let (mut best, mut second) = ((0, 0.0), 0.0);
        self.candidates(plot, |slot, gain| {
            let free = self.store.get(slot).is_some_and(|target| target.may_take_name(plot));
            if free && gain > best.1 {
                second = best.1;
                best = (slot, gain);
            } else if free && gain > second {
                second = gain;
            }
        });
        if best.1 > second + CLEAR_GAIN {
            let site = self.sites.get(&plot.sensor).ok_or(Refusal::SensorUnknown)?;
            if let Some(target) = self.store.get(best.0)
                && let Some(weighed) = weigh(target, plot, site, self.config.gate, &self.config)
                && weighed.distance2 < 0.6 * self.config.gate
            {
                let heard =
                    Heard { plot, site, config: &self.config, tells: self.placed.is_some() };
                let outcome = self
                    .store
                    .change(best.0, &self.config, |target| target.hear_weighed(&heard, &weighed));
                self.deferred.settle(best.0);
                self.conclude(best.0, plot, &outcome.ok_or(Refusal::NothingToUse)?, events);
                return Ok(());
            }
        }
        let at = self.place(plot).ok_or(Refusal::no_place(plot))?;
        self.make_room(plot.received, events);
        let slot = self.start(plot, at)?;
        self.confirm_at_once(slot, events);
        Ok(())
    }

    /// A plot that no track wanted.
    pub(crate) fn start_stray(
        &mut self,
        plot: &Plot,
        events: &mut Vec<TrackEvent>,
    ) -> Result<(), Refusal> {
        if let Some(site) = self.sites.get_mut(&plot.sensor) {
            site.note_stray(plot);
        }
        if let Some(outcome) = self.liar(plot) {
            self.counters.distrusted += 1;
            self.count(plot.sensor, Fate::Used);
            self.tell(&outcome, events);
            return Ok(());
        }
        let at = self.place(plot).ok_or(Refusal::no_place(plot))?;
        self.make_room(plot.received, events);
        let slot = self.start(plot, at)?;
        self.confirm_at_once(slot, events);
        Ok(())
    }

    /// Begins anew a track whose reports a plot without an address has just shown to lie: its own
    /// code and level are heard where it does not say it is. `None` if there is no such track.
    fn liar(&mut self, plot: &Plot) -> Option<Outcome> {
        let slot = self.mate(plot)?;
        let config = &self.config;
        let site = self.sites.get(&plot.sensor).filter(|site| site.settled)?;
        let heard = Heard { plot, site, config, tells: self.placed.is_some() };
        let outcome = self.store.change(slot, config, |target| {
            let look = target.look(plot.time, config)?;
            let fix = target.fix(plot, site, &look, config)?;
            let mut outcome = Outcome { number: target.number, ..Outcome::NONE };
            target.judge(plot, site, &fix).then(|| {
                target.begin_anew(&heard, &fix, &mut outcome);
                outcome
            })
        });
        if let Some(Some(_)) = &outcome {
            self.deferred.settle(slot);
        }
        outcome.flatten()
    }

    fn confirm_at_once(&mut self, slot: u32, events: &mut Vec<TrackEvent>) {
        let config = &self.config;
        let Some(target) = self.store.get_mut(slot) else { return };
        if target.is_sure(config) {
            target.phase = Phase::Confirmed;
            self.counters.started += 1;
            events.push(TrackEvent::Started(target.number));
            self.store.outline(slot, config);
        }
    }

    /// Where a plot puts a target of which nothing else is known.
    fn place(&self, plot: &Plot) -> Option<Geodetic> {
        self.sites.get(&plot.sensor)?.place_of(plot, &self.config)
    }

    fn start(&mut self, plot: &Plot, at: Geodetic) -> Result<u32, Refusal> {
        let config = &self.config;
        let of_old = plot.codes.address.and_then(|address| self.remembered.get(&address)).copied();
        let of_old = of_old.filter(|number| self.store.find(*number).is_none());
        let number = of_old.or_else(|| self.store.next_number());
        let number = number.filter(|_| self.store.len() < config.tracks_max);
        let Some(number) = number else {
            self.counters.shed += 1;
            return Err(Refusal::Shed);
        };
        let site = self.sites.get(&plot.sensor).ok_or(Refusal::SensorUnknown)?;
        let covariance = |frame: &TrackFrame, point: Ecef| match plot.measurement? {
            Measurement::Geodetic(_) => {
                let variance = report_sd(plot, config).powi(2);
                Some([variance, 0.0, variance])
            }
            Measurement::Arrivals(arrivals) => {
                let height = (at.height_m, height_of(plot, config).1);
                let guess = frame.horizontal(point);
                crate::arrivals::fix(&arrivals, site, frame, height, guess).map(|fix| fix.r)
            }
            Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad } => {
                let polar = crate::frame::PolarAt {
                    radar: site.radar.as_ref()?,
                    slant_range_m,
                    azimuth_rad,
                    range_sd_m: site.accuracy.range_m,
                    azimuth_sd_rad: site.accuracy.azimuth_rad,
                    height_m: at.height_m,
                    height_sd_m: match (plot.pressure_altitude, elevation_rad) {
                        (Some(_), _) => config.height_offset_sd_m,
                        (None, Some(_)) => slant_range_m * site.accuracy.elevation_rad,
                        (None, None) => config.height_prior_sd_m,
                    },
                };
                frame.fix_from_polar(&polar, frame.horizontal(point)).map(|fix| fix.r)
            }
        };
        let mut target =
            Target::start(number, plot, at, covariance, config).ok_or(Refusal::no_place(plot))?;
        target.note_first(plot, site, config);
        if plot.codes == surveillance::Codes::default() && site.radar.is_some() {
            let range_rate =
                plot.range_rate_mps.map_or(0.0, |told| site.range_rates.first_ratio(told));
            let rather_target = (site.births(plot, config) / site.density(plot)).ln() + range_rate;
            target.score = rather_target.min(0.0);
        }
        if !target.vertical.is_finite() {
            return Err(Refusal::Impossible);
        }
        let slot = self.store.insert(target, config);
        self.count(plot.sensor, Fate::Unassociated);
        self.index(slot, plot);
        Ok(slot)
    }

    /// Ends a track, whatever its phase.
    pub(crate) fn end(
        &mut self,
        slot: u32,
        time: Time,
        reason: EndReason,
        events: &mut Vec<TrackEvent>,
    ) {
        self.unindex(slot);
        self.deferred.settle(slot);
        let Some(target) = self.store.remove(slot) else { return };
        if target.phase == Phase::Tentative {
            self.counters.never_confirmed += 1;
        } else {
            self.counters.ended += 1;
            events.push(TrackEvent::Ended { number: target.number, time, reason });
        }
    }

    fn unindex(&mut self, slot: u32) {
        let Some(target) = self.store.get(slot) else { return };
        if let Some(address) = target.codes.address
            && self.by_address.get(&address) == Some(&slot)
        {
            self.by_address.remove(&address);
        }
        let system = target.contributors.iter().any(|c| c.origin == PlotOrigin::SystemTrack);
        if system {
            self.by_source.retain(|_, held| *held != slot);
        }
    }

    /// Notes what time it is: forward, unless the clock was really set back.
    pub(crate) fn note_time(&mut self, now: Time, events: &mut Vec<TrackEvent>) {
        let Some(before) = self.now else {
            self.now = Some(now);
            return;
        };
        let step_s = now.seconds_since(before);
        if step_s < -BACKWARD_S {
            self.backward += 1;
            if self.backward < BACKWARD_TIMES {
                return;
            }
            self.counters.clock_jumps += 1;
            self.end_all(before, events);
            self.now = Some(now);
            self.swept = Round::default();
            self.merged = Round::default();
        } else if step_s > 0.0 {
            if step_s > 86_400.0 {
                self.counters.clock_jumps += 1;
            }
            self.now = Some(now);
        }
        self.backward = 0;
    }

    fn end_all(&mut self, time: Time, events: &mut Vec<TrackEvent>) {
        let mut index = 0;
        while let Some(entry) = self.store.nth(index) {
            if let Some(slot) = entry {
                self.end(slot, time, EndReason::Lost, events);
            }
            index += 1;
        }
        self.store.compact(0);
    }

    /// Looks at as many tracks as time has passed for, so that each is looked at every
    /// [`SWEEP_S`]: who coasts, who is lost, who is the same.
    pub(crate) fn sweep(&mut self, events: &mut Vec<TrackEvent>) {
        let Some(now) = self.now else { return };
        let part = self.swept.next(now, SWEEP_S, self.store.entries());
        for index in part {
            let Some(slot) = self.store.nth(index).flatten() else { continue };
            if self.store.outline_of(slot).check_at <= now {
                self.check_life(slot, now, events);
            }
            self.store.regrid_if_held(slot, now);
        }
        self.merge(now, events);
        if self.swept.is_whole() {
            self.merged.next = self.store.compact(self.merged.next);
        }
    }

    fn check_life(&mut self, slot: u32, now: Time, events: &mut Vec<TrackEvent>) {
        let Some(target) = self.store.get(slot) else { return };
        let silent_s = now.seconds_since(target.last);
        let overdue = silent_s >= target.ends_after_s(&self.config);
        let crosses = overdue && self.crosses_a_gap(target, now);
        let Some(target) = self.store.get_mut(slot) else { return };
        if overdue && !crosses {
            let reason = match target.phase {
                Phase::Tentative => EndReason::NeverConfirmed,
                Phase::Confirmed | Phase::Coasting => EndReason::Lost,
            };
            self.end(slot, now, reason, events);
        } else if target.phase == Phase::Confirmed
            && silent_s >= target.coasts_after_s(&self.config)
        {
            target.phase = Phase::Coasting;
            events.push(TrackEvent::Coasting(target.number));
            self.store.outline(slot, &self.config);
        }
    }
}

/// Steps in which a track that coasts is looked ahead, seconds.
const GAP_STEP_S: f64 = 4.0;

impl Tracker {
    /// Whether a track was lately where no radar should see it, and is seen again within the time
    /// that it may coast through a gap. A gap in the middle of coverage, that is: who leaves it for
    /// good is not waited for. Once seen again it is given as long as any other to be heard.
    fn crosses_a_gap(&self, target: &Target, now: Time) -> bool {
        let until = target.last.plus_seconds(self.config.gap_coast_s);
        let heard_within_s = target.ends_after_s(&self.config);
        let over = now >= until.plus_seconds(heard_within_s);
        if target.phase == Phase::Tentative || !target.is_looked_for() || over {
            return false;
        }
        let is_seen = |at: Time| {
            let point = target.ecef_at(at);
            self.sites.values().any(|site| site.sees(point))
        };
        let steps = |span_s: f64| {
            let count = (span_s / GAP_STEP_S).ceil().max(0.0) as u32;
            (0..=count).map(move |step| (f64::from(step) * GAP_STEP_S).min(span_s))
        };
        steps(heard_within_s).any(|ago_s| !is_seen(now.plus_seconds(-ago_s)))
            && steps(until.seconds_since(now).max(0.0))
                .any(|ahead_s| is_seen(now.plus_seconds(ahead_s)))
    }
}

impl Target {
    /// When the sweep must look at it next.
    pub(crate) fn check_at(&self, config: &TrackerConfig) -> Time {
        let ends_s = self.ends_after_s(config);
        let next_s = match self.phase {
            Phase::Confirmed => self.coasts_after_s(config).min(ends_s),
            Phase::Tentative | Phase::Coasting => ends_s,
        };
        self.last.plus_seconds(next_s)
    }

    fn coasts_after_s(&self, config: &TrackerConfig) -> f64 {
        let least_s = if self.is_looked_for() { 3.0 } else { config.coast_adsb_s };
        (config.coast_intervals * self.interval_s).clamp(least_s, 30.0)
    }

    /// A radar's look is expected every turn; a receiver expects nothing.
    fn is_looked_for(&self) -> bool {
        self.contributors
            .iter()
            .any(|c| !c.origin.is_claim() && self.last.seconds_since(c.last) < 30.0)
    }

    fn ends_after_s(&self, config: &TrackerConfig) -> f64 {
        if self.phase == Phase::Tentative {
            return if self.period_s > 0.0 { 2.5 * self.period_s + 1.0 } else { 20.0 };
        }
        if !self.is_looked_for() {
            return if self.on_ground { config.end_ground_s } else { config.end_adsb_s };
        }
        let (least_s, most_s) = config.end_bounds_s;
        let missed_s = config.end_intervals * self.interval_s + config.end_extra_s;
        missed_s.min(self.believed_s(config)).clamp(least_s, most_s)
    }

    /// How long a track without a name goes unheard before it is rather nothing than a target:
    /// each look that misses it takes from its score what a detection would have been likely by.
    fn believed_s(&self, config: &TrackerConfig) -> f64 {
        if self.codes.address.is_some() || self.codes.source_track.is_some() {
            return f64::INFINITY;
        }
        let look_s =
            if self.period_s > 0.0 { self.interval_s.min(self.period_s) } else { self.interval_s };
        look_s * self.score.max(0.0) / -(1.0 - config.detection_probability).ln()
    }

    /// Whether a plot may give it an address or a source's number.
    fn may_take_name(&self, plot: &Plot) -> bool {
        let addressed = plot.codes.address.is_some() && self.codes.address.is_some();
        !addressed
            && self.last_of(plot.sensor).is_none_or(|_| plot.origin != PlotOrigin::SystemTrack)
    }
}
