//! The tracker: plots in, events out.

use crate::assign::{Assigner, Pair};
use crate::associate::{best_density, may_suit, weigh};
use crate::batch::Batch;
use crate::counters::Fate;
use crate::defer::{Deferred, Sector};
use crate::estimator::Estimator;
use crate::frame::TrackFrame;
use crate::outline::Whereabouts;
use crate::registration::{Registrar, Registration};
use crate::round::Round;
use crate::site::{Site, height_of};
use crate::store::{PLACED_FOR_S, Store, Task};
use crate::target::{Heard, Outcome, Target, Verdict};
use crate::{PlotCounts, Refusal, TrackerConfig, TrackerCounters};
use arrayvec::ArrayVec;
use rustc_hash::FxHashMap;
use surveillance::{
    Address, Codes, EndReason, Measurement, Phase, PlacedPlot, Plot, PlotOrigin, PositionReport,
    Sensor, SensorId, Time, Track, TrackNumber,
};

/// What happened to a track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TrackEvent {
    /// It is confirmed: it enters the picture.
    Started(TrackNumber),
    /// A plot moved it or refreshed what is known of it.
    Updated(TrackNumber),
    /// Its expected updates stay out.
    Coasting(TrackNumber),
    /// It left the picture.
    Ended {
        /// Which.
        number: TrackNumber,
        /// When, UTC.
        time: Time,
        /// Why.
        reason: EndReason,
    },
}

/// The numbers that shown tracks bear, for a tracker that goes on after this one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// The least number that was never borne.
    pub next: u32,
    /// Whose number is whose, by ascending number.
    pub by_address: Vec<(Address, TrackNumber)>,
}

/// A confirmed or coasting track, looked at in place.
#[derive(Clone, Copy)]
pub struct TrackRef<'a> {
    target: &'a Target,
    config: &'a TrackerConfig,
}

impl TrackRef<'_> {
    /// Number.
    pub fn number(&self) -> TrackNumber {
        self.target.number
    }

    /// Confirmed or coasting.
    pub fn phase(&self) -> Phase {
        self.target.phase
    }

    /// Time of the last plot that moved it, UTC.
    pub fn last(&self) -> Time {
        self.target.last
    }

    /// Codes last heard of it.
    pub fn codes(&self) -> &Codes {
        &self.target.codes
    }

    /// Whether radars see it elsewhere than its own reports say, so that those are not used.
    pub fn reports_distrusted(&self) -> bool {
        self.target.distrusted
    }

    /// How late its reports are stamped, as far as radars show it, seconds; zero: not noticeably.
    pub fn report_latency_s(&self) -> f64 {
        self.target.latency_s
    }

    /// The whole track, predicted to `at` if given.
    pub fn at(&self, at: Option<Time>) -> Track {
        self.target.to_track(at, self.config)
    }
}

/// One tracker for all sensors, anywhere on Earth.
///
/// Memory: [`BYTES_PER_TRACK`](crate::BYTES_PER_TRACK) a track, `tracks_max` tracks at most;
/// some 200 kB a radar for its clutter map and its comparisons with others; 15 MB for decisions
/// that are put off; and `pending_max` plots waiting for their sector. Nothing is allocated per
/// plot once these have grown, but for plots of close tracks without a name.
pub struct Tracker {
    pub(crate) config: TrackerConfig,
    pub(crate) sites: FxHashMap<SensorId, Site>,
    pub(crate) store: Store,
    pub(crate) by_address: FxHashMap<Address, u32>,
    pub(crate) by_source: FxHashMap<(SensorId, u16), u32>,
    pub(crate) counters: TrackerCounters,
    pub(crate) now: Option<Time>,
    pub(crate) swept: Round,
    pub(crate) merged: Round,
    pub(crate) backward: u32,
    /// Numbers that addresses bore before this tracker began.
    pub(crate) remembered: FxHashMap<Address, TrackNumber>,
    pub(crate) registrar: Registrar,
    /// When room was last made for new tracks.
    pub(crate) shed_at: Option<Time>,
    pub(crate) batch: Batch,
    pub(crate) deferred: Deferred,
    /// Plots that moved shown tracks since they were last taken; `None` where nobody takes them.
    pub(crate) placed: Option<Vec<(TrackNumber, PlacedPlot)>>,
    pending: Vec<Plot>,
    scratch: Scratch,
}

/// Placed plots that are kept until they are taken, at most: seconds of more than any node has.
const PLACED_MAX: usize = 1 << 18;

#[derive(Default)]
struct Scratch {
    /// Sector, sensor, time and place among those that wait, of plots that are due.
    queue: Vec<(i64, SensorId, Time, u32)>,
    ready: Vec<Plot>,
    pairs: Vec<Pair>,
    assigner: Assigner,
    given: Vec<Option<u32>>,
    repeated: Vec<bool>,
    finders: Vec<Finder>,
    tasks: Vec<Task>,
    outcomes: Vec<Outcome>,
}

/// What searches for the tracks of some plots.
#[derive(Default)]
struct Finder {
    pairs: Vec<Pair>,
    /// Cell, plot and where it is.
    order: Vec<(u32, u32, Whereabouts)>,
}

/// Parts that the search for tracks of a sector's plots is cut into, and the plots that are too
/// few to be cut.
const FINDERS: usize = 8;
const FEW: usize = 24;

/// Plots of one sensor measured within this span are assigned together, seconds.
const SECTOR_S: f64 = 0.5;

/// When the oldest plot has waited for as long as it may, those go with it that have waited for
/// this share of it; for the second where more than so many wait, so that less is to be decided
/// at a time.
const RELEASED_AFTER: (f64, f64) = (0.5, 0.75);
const MANY_WAIT: usize = 1_000;

/// How far geometric height may be from a told level, and that of a target that told none from the
/// height assumed, m.
const LEVEL_SHIFT_M: f64 = 300.0;
const UNKNOWN_SHIFT_M: f64 = 7_000.0;

/// How far over the ground a polar plot is moved by a height that is off by up to `off_m`, m.
fn height_shift_m(slant_range_m: f64, height_m: f64, off_m: f64) -> f64 {
    let ground_m = |height_m: f64| (slant_range_m.powi(2) - height_m.powi(2)).max(0.0).sqrt();
    let [low, here, high] = [height_m - off_m, height_m, height_m + off_m].map(ground_m);
    (high - here).abs().max((low - here).abs()).clamp(50.0, off_m.max(50.0))
}

impl Tracker {
    /// A tracker without sensors or tracks.
    pub fn new(config: TrackerConfig) -> Self {
        Self {
            config,
            sites: FxHashMap::default(),
            store: Store::new(),
            by_address: FxHashMap::default(),
            by_source: FxHashMap::default(),
            counters: TrackerCounters::default(),
            now: None,
            swept: Round::default(),
            merged: Round::default(),
            backward: 0,
            remembered: FxHashMap::default(),
            registrar: Registrar::default(),
            shed_at: None,
            batch: Batch::default(),
            deferred: Deferred::default(),
            placed: None,
            pending: Vec::new(),
            scratch: Scratch::default(),
        }
    }

    /// Adds a sensor or replaces it. Plots of sensors never set are refused.
    #[expect(clippy::needless_pass_by_value, reason = "the caller has no more use for it")]
    pub fn set_sensor(&mut self, sensor: Sensor) {
        let mut site = Site::new(&sensor, &self.config);
        if let Some(old) = self.sites.get(&sensor.id) {
            // A radar's custom of counting does not depend on where it stands.
            site.range_rates = old.range_rates;
            site.plots = old.plots;
            if old.stated == site.stated {
                site.correct_by(old.correction);
            } else {
                self.registrar.forget(sensor.id);
            }
        }
        self.sites.insert(sensor.id, site);
    }

    /// Takes plots in, in the order of arrival; appends what happened to `events`.
    ///
    /// Works on the threads of the rayon pool that it is called in. The same plots in the same
    /// calls give the same events and tracks whatever their number. Events of plots that were
    /// received within a tenth of a second may come in another order than the plots.
    pub fn observe(&mut self, plots: &[Plot], events: &mut Vec<TrackEvent>) {
        for plot in plots {
            if self.batch.is_due(plot.received) {
                self.settle(events);
            }
            self.note_time(plot.received, events);
            if let Err(reason) = self.take(plot) {
                self.count(plot.sensor, Fate::Refused(reason));
            }
            if self.is_due() {
                self.settle(events);
                self.release_due(events);
                self.register();
            }
        }
        self.settle(events);
    }

    /// Whether a sector is to be decided or the sensors are to be registered.
    fn is_due(&self) -> bool {
        let Some(now) = self.now else { return false };
        self.is_release_due(now) || self.registrar.is_due(now)
    }

    /// What each radar measures too much, as far as its traffic shows it, by ascending sensor.
    pub fn registration(&self) -> Vec<Registration> {
        self.registrar.registrations()
    }

    /// Lets time pass: decides sectors that waited, coasts, ends and merges tracks.
    pub fn advance(&mut self, now: Time, events: &mut Vec<TrackEvent>) {
        self.note_time(now, events);
        self.release_due(events);
        self.sweep(events);
    }

    /// Decides all plots that still wait for their sector: before a last look at the tracks.
    pub fn flush(&mut self, events: &mut Vec<TrackEvent>) {
        self.release(Time::from_unix_nanos(i64::MAX), events);
    }

    /// A confirmed or coasting track, predicted to `at` or as of its last update.
    pub fn track(&self, number: TrackNumber, at: Option<Time>) -> Option<Track> {
        let slot = self.store.find(number)?;
        let target = self.store.get(slot).filter(|target| target.phase != Phase::Tentative)?;
        Some(target.to_track(at, &self.config))
    }

    /// From now on keeps what moves shown tracks until [`Self::take_placed`].
    pub fn keep_placed(&mut self) {
        self.placed.get_or_insert_default();
    }

    /// The plots that moved shown tracks since the last call, in the order in which they did.
    pub fn take_placed(&mut self) -> Vec<(TrackNumber, PlacedPlot)> {
        self.placed.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The same plot with the position that its times of arrival leave, for whoever knows positions
    /// alone. `None` where they leave none or two, where fewer than five receivers agree, so that one whose
    /// clock is wrong would not be seen, and of any other plot.
    pub fn located(&self, plot: &Plot) -> Option<Plot> {
        let Measurement::Arrivals(arrivals) = plot.measurement? else { return None };
        let site = self.sites.get(&plot.sensor)?;
        let height = height_of(plot, &self.config);
        let (place, [ee, _, nn]) = crate::arrivals::place(&arrivals, site, height)?;
        let frame = TrackFrame::below(place);
        if !crate::arrivals::vouches(&arrivals, site, &frame, height, [0.0; 2]) {
            return None;
        }
        let report = PositionReport {
            latitude_rad: place.latitude_rad,
            longitude_rad: place.longitude_rad,
            height_m: None,
            horizontal_sd_m: Some((0.5 * (ee + nn)).sqrt()),
        };
        Some(Plot { measurement: Some(Measurement::Geodetic(report)), ..*plot })
    }

    /// What is believed of a confirmed or coasting track, for plots that are not to be its own.
    pub fn estimator(&self, number: TrackNumber) -> Option<Estimator> {
        let target = self.store.get(self.store.find(number)?)?;
        (target.phase != Phase::Tentative).then(|| target.estimator())
    }

    pub(crate) fn note_placed(&mut self, number: TrackNumber, plot: PlacedPlot) {
        let Some(placed) = &mut self.placed else { return };
        if placed.len() < PLACED_MAX {
            placed.push((number, plot));
        } else {
            self.counters.placed_shed += 1;
        }
    }

    /// Confirmed and coasting tracks by ascending number.
    pub fn tracks(&self) -> impl Iterator<Item = TrackRef<'_>> {
        let config = &self.config;
        self.store
            .iter()
            .filter(|target| target.phase != Phase::Tentative)
            .map(move |target| TrackRef { target, config })
    }

    /// What [`Self::take_up`] needs of this tracker.
    pub fn numbers(&self) -> Numbers {
        let shown = self.store.iter().filter(|target| target.phase != Phase::Tentative);
        let by_address = shown.filter_map(|target| Some((target.codes.address?, target.number)));
        Numbers { next: self.store.least_unused(), by_address: by_address.collect() }
    }

    /// Goes on after another tracker: the next tracks of its addresses bear its numbers, all
    /// others bear numbers from its `next` on. Forgets what an earlier call said of addresses:
    /// call it again, with nothing, before anyone is shown the tracks.
    pub fn take_up(&mut self, numbers: &Numbers) {
        self.store.number_from(numbers.next);
        let unborne = |(_, number): &&(Address, TrackNumber)| {
            number.0 < numbers.next && self.store.find(*number).is_none()
        };
        self.remembered = numbers.by_address.iter().filter(unborne).copied().collect();
    }

    /// Totals since the start.
    pub fn counters(&self) -> TrackerCounters {
        self.counters
    }

    /// What became of one sensor's plots since it was first set; `None` of one that never was.
    pub fn plots_of(&self, sensor: SensorId) -> Option<PlotCounts> {
        self.sites.get(&sensor).map(|site| site.plots)
    }

    pub(crate) fn count(&mut self, sensor: SensorId, fate: Fate) {
        self.counters.plots.count(fate);
        if let Some(site) = self.sites.get_mut(&sensor) {
            site.plots.count(fate);
        }
    }

    /// Living tracks, tentative ones included.
    pub fn tracks_held(&self) -> usize {
        self.store.len()
    }

    fn take(&mut self, plot: &Plot) -> Result<(), Refusal> {
        let mut plot = *plot;
        self.check(&mut plot)?;
        let named = self.named_by(&plot);
        if let Some(Measurement::Polar { .. }) = plot.measurement {
            self.learn(&plot, named);
            if let Some(site) = self.sites.get_mut(&plot.sensor) {
                site.correction.apply(&mut plot);
                site.note_plot(&plot);
            }
        }
        let bears_name = plot.codes.address.is_some() || plot.origin == PlotOrigin::SystemTrack;
        if named.is_some() || bears_name {
            // An address that no track bears yet may be another's by the time this is heard.
            let is_new = |address: &Address| !self.by_address.contains_key(address);
            let sure = named.filter(|_| !plot.codes.address.as_ref().is_some_and(is_new));
            self.batch.push(&plot, sure);
        } else if plot.measurement.is_none() {
            return Err(Refusal::NothingToUse);
        } else if self.pending.len() >= self.config.pending_max {
            return Err(Refusal::Shed);
        } else {
            self.pending.push(plot);
        }
        Ok(())
    }

    /// Refuses what cannot be; drops impossible parts of a plot that can.
    fn check(&self, plot: &mut Plot) -> Result<(), Refusal> {
        let site = self.sites.get(&plot.sensor).ok_or(Refusal::SensorUnknown)?;
        if plot.time.seconds_since(plot.received) > self.config.future_max_s {
            return Err(Refusal::FromTheFuture);
        }
        let now = self.now.unwrap_or(plot.received).max(plot.received);
        if now.seconds_since(plot.time) > self.config.age_max_s {
            return Err(Refusal::Late);
        }
        let within = |value: f64, least: f64, most: f64| (least..=most).contains(&value);
        match &mut plot.measurement {
            Some(Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad }) => {
                if !within(*slant_range_m, 1.0, 2e6) || !within(*azimuth_rad, -10.0, 10.0) {
                    return Err(Refusal::Impossible);
                }
                if site.radar.is_none() {
                    return Err(Refusal::SensorWithoutSite);
                }
                *elevation_rad = elevation_rad.filter(|e| within(*e, -0.2, 1.6));
            }
            Some(Measurement::Geodetic(report)) => {
                let right_angle = std::f64::consts::FRAC_PI_2;
                if !within(report.latitude_rad, -right_angle, right_angle)
                    || !within(report.longitude_rad, -10.0, 10.0)
                {
                    return Err(Refusal::Impossible);
                }
                report.height_m = report.height_m.filter(|h| within(*h, -1_000.0, 60_000.0));
                report.horizontal_sd_m = report.horizontal_sd_m.filter(|sd| within(*sd, 0.0, 1e6));
            }
            Some(Measurement::Arrivals(arrivals))
                if arrivals.iter().any(|(receiver, _)| receiver >= site.receivers.len()) =>
            {
                return Err(Refusal::SensorWithoutSite);
            }
            Some(Measurement::Arrivals(_)) => {}
            None => {}
        }
        plot.pressure_altitude = plot.pressure_altitude.filter(|level| {
            within(level.altitude_m, -1_000.0, 60_000.0) && within(level.step_m, 0.0, 1_000.0)
        });
        let fastest2 = (2.0 * self.config.speed_max_mps).powi(2);
        if let Some(velocity) = &mut plot.velocity {
            velocity.horizontal =
                velocity.horizontal.filter(|v| v.east * v.east + v.north * v.north <= fastest2);
            velocity.vertical_rate_mps =
                velocity.vertical_rate_mps.filter(|rate| within(*rate, -300.0, 300.0));
        }
        let fastest = 2.0 * self.config.speed_max_mps;
        plot.range_rate_mps = plot.range_rate_mps.filter(|rate| within(*rate, -fastest, fastest));
        Ok(())
    }

    /// The track that a plot names: by address, or by its source's own number.
    pub(crate) fn named_by(&self, plot: &Plot) -> Option<u32> {
        let by_address = plot.codes.address.and_then(|address| self.by_address.get(&address));
        let by_source = || {
            let number = plot.codes.source_track?;
            let system = plot.origin == PlotOrigin::SystemTrack;
            let slot = self.by_source.get(&(plot.sensor, number.0)).filter(|_| system)?;
            let held = self.store.get(*slot)?.codes.address;
            let conflict = plot.codes.address.is_some() && held.is_some();
            (!conflict).then_some(slot)
        };
        by_address.or_else(by_source).copied()
    }

    fn release_due(&mut self, events: &mut Vec<TrackEvent>) {
        if let Some(now) = self.now.filter(|now| self.is_release_due(*now)) {
            let many = self.pending.len() > MANY_WAIT;
            let share = if many { RELEASED_AFTER.1 } else { RELEASED_AFTER.0 };
            self.release(now.plus_seconds(-share * self.config.sector_hold_s), events);
        }
    }

    fn is_release_due(&self, now: Time) -> bool {
        // the oldest came first: look at it alone until a sector is due
        let oldest = self.pending.first();
        oldest.is_some_and(|plot| now.seconds_since(plot.received) >= self.config.sector_hold_s)
    }

    /// Decides waiting plots received up to `until`.
    fn release(&mut self, until: Time, events: &mut Vec<TrackEvent>) {
        let mut scratch = std::mem::take(&mut self.scratch);
        let bucket = |plot: &Plot| plot.time.unix_nanos().div_euclid((SECTOR_S * 1e9) as i64);
        // Sorted before they are moved. Plots of one sensor and time keep the order of arrival.
        let due = |(_, plot): &(u32, &Plot)| plot.received <= until;
        let key = |(index, plot): (u32, &Plot)| (bucket(plot), plot.sensor, plot.time, index);
        scratch.queue.clear();
        scratch.queue.extend((0..).zip(&self.pending).filter(due).map(key));
        scratch.queue.sort_unstable();
        scratch.ready.clear();
        scratch.ready.extend(scratch.queue.iter().map(|key| self.pending[key.3 as usize]));
        self.pending.retain(|plot| plot.received > until);
        let mut start = 0;
        while start < scratch.ready.len() {
            let (first, sensor) = (bucket(&scratch.ready[start]), scratch.ready[start].sensor);
            let same = |plot: &&Plot| bucket(plot) == first && plot.sensor == sensor;
            let end = start + scratch.ready[start..].iter().take_while(same).count();
            self.decide(start..end, &mut scratch, events);
            start = end;
        }
        self.scratch = scratch;
    }

    /// Assigns the plots of one sector to tracks, all at once.
    fn decide(
        &mut self,
        sector: std::ops::Range<usize>,
        scratch: &mut Scratch,
        events: &mut Vec<TrackEvent>,
    ) {
        let Scratch { queue: _, ready, pairs, finders, assigner, given, repeated, tasks, outcomes } =
            scratch;
        let plots = &ready[sector];
        repeated.clear();
        for (index, plot) in plots.iter().enumerate() {
            // In order of time.
            let mut at_once = plots[..index].iter().rev().take_while(|p| p.time == plot.time);
            repeated.push(at_once.any(|p| p.measurement == plot.measurement));
        }
        finders.resize_with(FINDERS, Finder::default);
        self.find_pairs(plots, repeated, 0, finders);
        pairs.clear();
        finders.iter_mut().for_each(|finder| pairs.append(&mut finder.pairs));
        assigner.solve(plots.len(), pairs, given);
        self.defer(&Sector { plots, repeated, pairs }, given, events);
        self.hear_assigned(plots, given, tasks, outcomes, events);
        self.prune_deferred();
        for (index, plot) in plots.iter().enumerate() {
            let result = match given[index] {
                _ if repeated[index] => Err(Refusal::Repeated),
                Some(_) => Ok(()),
                None => self.start_stray(plot, events),
            };
            if let Err(reason) = result {
                self.count(plot.sensor, Fate::Refused(reason));
            }
        }
    }

    /// Which track each plot may belong to; each of `finders` gets a part of them, in order.
    fn find_pairs(&self, plots: &[Plot], repeated: &[bool], first: u32, finders: &mut [Finder]) {
        if finders.len() > 1 && plots.len() > FEW {
            let (low, high) = finders.split_at_mut(finders.len() / 2);
            let cut = plots.len() / 2;
            rayon::join(
                || self.find_pairs(&plots[..cut], &repeated[..cut], first, low),
                || self.find_pairs(&plots[cut..], &repeated[cut..], first + cut as u32, high),
            );
            return;
        }
        let Finder { pairs, order } = &mut finders[0];
        order.clear();
        for (index, plot) in (first..).zip(plots) {
            if let Some(site) = self.sites.get(&plot.sensor)
                && let Some(there) = self.whereabouts(plot, site)
                && !repeated[(index - first) as usize]
            {
                order.push((self.store.grid.neighbourhood(there.point), index, there));
            }
        }
        // neighbours one after the other, so that what is near them is at hand
        order.sort_unstable_by_key(|(cell, index, _)| (*cell, *index));
        for (_, index, there) in &*order {
            self.candidates_at(&plots[(index - first) as usize], there, |slot, gain| {
                pairs.push(Pair { plot: *index, slot, gain });
            });
        }
    }

    /// Lets the tracks that plots are given to hear them. Those that do not suit any more are given
    /// to none.
    fn hear_assigned(
        &mut self,
        plots: &[Plot],
        given: &mut [Option<u32>],
        tasks: &mut Vec<Task>,
        outcomes: &mut Vec<Outcome>,
        events: &mut Vec<TrackEvent>,
    ) {
        tasks.clear();
        let to_slot = |(plot, slot): (u32, &Option<u32>)| Some(Task { slot: (*slot)?, plot });
        tasks.extend((0..).zip(&*given).filter_map(to_slot));
        tasks.sort_unstable();
        outcomes.clear();
        outcomes.resize(tasks.len(), Outcome::NONE);
        let (sites, config, tells) = (&self.sites, &self.config, self.placed.is_some());
        self.store.change_each(tasks, outcomes, config, |target, index, _| {
            let plot = &plots[index as usize];
            let heard = sites.get(&plot.sensor).map(|site| Heard { plot, site, config, tells });
            heard.map_or(Outcome::NONE, |heard| target.hear_assigned(&heard))
        });
        for (task, outcome) in tasks.iter().zip(&*outcomes) {
            self.conclude(task.slot, &plots[task.plot as usize], outcome, events);
            if outcome.verdict == Verdict::Strange {
                given[task.plot as usize] = None;
            }
        }
    }

    /// Tracks that a plot may belong to, with the gain of each.
    pub(crate) fn candidates(&self, plot: &Plot, found: impl FnMut(u32, f64)) {
        let Some(site) = self.sites.get(&plot.sensor) else { return };
        if let Some(there) = self.whereabouts(plot, site) {
            self.candidates_at(plot, &there, found);
        }
    }

    fn candidates_at(&self, plot: &Plot, there: &Whereabouts, mut found: impl FnMut(u32, f64)) {
        let Some(site) = self.sites.get(&plot.sensor) else { return };
        let best = best_density(plot, site);
        // a late plot is of where its track was
        let now = self.now.unwrap_or(plot.received);
        let late_s = (now.seconds_since(plot.time) - (PLACED_FOR_S - 0.5)).max(0.0);
        let slack_m = 2.0 * self.config.speed_max_mps * late_s;
        let doubt_m = there.noise_m + there.shift_m;
        let addressed = plot.codes.address.is_some();
        let mut look_at = |slot, share2| {
            let Some(target) = self.store.get(slot) else { return };
            if !may_suit(target, plot, best, share2, &self.config) {
                return;
            }
            target.send_for();
            if let Some(weighed) = weigh(target, plot, site, self.config.gate, &self.config)
                && weighed.gain > 0.0
            {
                found(slot, weighed.gain);
            }
        };
        // Some at a time, so that they are sent for together.
        let mut reached = ArrayVec::<(u32, f64), 16>::new();
        self.store.grid.near(there.point, doubt_m, slack_m, |slot, glance| {
            // a plot that bears an address is looked for here only if no track bears it
            if addressed && glance.addressed {
                return;
            }
            let Some(share2) = glance.reaches(there, plot.time) else { return };
            if let Some(target) = self.store.get(slot) {
                target.send_for_codes();
            }
            if reached.is_full() {
                reached.drain(..).for_each(|(slot, share2)| look_at(slot, share2));
            }
            reached.push((slot, share2));
        });
        reached.into_iter().for_each(|(slot, share2)| look_at(slot, share2));
    }

    /// Roughly where a plot is, and how far its target may be from there.
    pub(crate) fn whereabouts(&self, plot: &Plot, site: &Site) -> Option<Whereabouts> {
        let level = plot.pressure_altitude.map(|level| level.altitude_m);
        let height = height_of(plot, &self.config);
        let height_m = height.0;
        match plot.measurement? {
            Measurement::Polar { slant_range_m, azimuth_rad, .. } => {
                let noise_m =
                    4.0 * (slant_range_m * site.accuracy.azimuth_rad + site.accuracy.range_m);
                let known = |point| {
                    let of_height_m = if level.is_some() { LEVEL_SHIFT_M } else { UNKNOWN_SHIFT_M };
                    let shift_m = height_shift_m(slant_range_m, height_m, of_height_m);
                    Whereabouts::new(point, noise_m, shift_m)
                };
                let place = |elevation_rad, height_m| {
                    site.place(slant_range_m, azimuth_rad, elevation_rad, height_m)
                };
                let low = || Some(Whereabouts::new(place(Some(0.7), 0.0)?, noise_m, 7_000.0));
                place(None, height_m).map(known).or_else(low)
            }
            Measurement::Geodetic(report) => {
                let sd_m = crate::target::report_sd(plot, &self.config);
                let point = report.at_height_or(height_m).to_ecef();
                Some(Whereabouts::new(point, 4.0 * sd_m, LEVEL_SHIFT_M))
            }
            Measurement::Arrivals(arrivals) => {
                // What the height adds is in the covariance.
                let (place, [ee, _, nn]) = crate::arrivals::place(&arrivals, site, height)?;
                Some(Whereabouts::new(place.to_ecef(), 4.0 * (ee + nn).sqrt(), 0.0))
            }
        }
    }
}
