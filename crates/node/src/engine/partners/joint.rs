//! Targets of which a partner tells the plots: its plots and ours in one filter beside the tracker's.
//!
//! A plot is a sensor's word alone, so each that is taken once is counted once, whoever measured; what
//! is lost on the way is lost and makes nothing wrong. The filter begins as the tracker's own, takes
//! ours and theirs in order of time, and is for the screen alone. It ends when no plot of a partner has
//! come for a while, or what it believes leaves what the tracker believes: then the partner's track is
//! joined with ours as any other, by inverse covariance intersection.

use super::behind::{Behind, Plots};
use geodesy::LocalFrame;
use picture::PartnerIndex;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use surveillance::{PlacedPlot, SensorId, Time, Track, TrackNumber};
use tracker::{Estimator, TrackerConfig};

/// Beside a slot of the partner's, plots wait so long for earlier ones, seconds: a sector and the way here.
const HOLD_S: f64 = 2.0;
/// Beside a slot, older than the first a partner's plot is not taken, nor one further ahead than the second.
const LATE_S: f64 = 7.0;
const AHEAD_S: f64 = 1.0;
/// Beside a slot, without a partner's plot for so long the filter ends: a turn of the slowest radar, and half.
const FRESH_S: f64 = 19.0;
/// Normalised squared distance beyond which a partner's plot is of another target, or of a radar that
/// is registered otherwise: 99.97 % of two dimensions, as the tracker's gate.
const GATE: f64 = 16.0;
/// The same of what both plots believe from what ours alone do: no chance that should ever come.
const APART: f64 = 30.0;
/// Two plots of one instant to the millisecond are one, given to both nodes; of one sensor also those as near as
/// its clock may be told by two nodes: no sensor sees a target twice as soon.
const SAME_S: f64 = 1e-3;
const SAME_OF_SENSOR_S: f64 = 0.5;
/// Instants of plots that are remembered for that, of one target.
const INSTANTS_MAX: usize = 128;
/// Plots of one partner that wait, of one target; ours are as many as there are.
const WAITING_MAX: usize = 32;
/// Beside a slot, seconds after which another partner's relays of what the target says are taken.
const CLAIM_S: f64 = 9.0;

/// What became of one partner's plots.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PlotCounts {
    /// They are in a joint track.
    pub(crate) joined: u64,
    /// Another sensor's or partner's word of the same: ours, or taken already.
    pub(crate) known: u64,
    /// Too late, or too far ahead.
    pub(crate) late: u64,
    /// Not where the target can be: another's, or of a radar that is registered otherwise.
    pub(crate) apart: u64,
    /// Behind a track that is none of ours.
    pub(crate) alone: u64,
    /// More than are kept.
    pub(crate) beyond: u64,
}

/// Who tells a plot, and how long its slots are, seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Teller {
    pub(super) partner: PartnerIndex,
    pub(super) slot_s: f64,
}

/// All such targets.
#[derive(Debug)]
pub(super) struct Joints {
    config: TrackerConfig,
    all: BTreeMap<TrackNumber, Joint>,
    counts: BTreeMap<PartnerIndex, PlotCounts>,
}

#[derive(Debug)]
struct Joint {
    /// What all plots say that no earlier one is waited for.
    settled: Estimator,
    /// The others, in order of time, and whose they are; `None`: ours.
    waiting: VecDeque<(PlacedPlot, Option<PartnerIndex>)>,
    /// How many of our own were looked at.
    own_seen: u64,
    /// When a plot of each partner was last taken, and the length of its slots then, seconds.
    theirs: BTreeMap<PartnerIndex, (Time, f64)>,
    /// Of what was measured lately, by what, and for whom; `None`: for us.
    instants: VecDeque<(Time, SensorId, Option<PartnerIndex>)>,
    /// Whose relays of what the target itself says are taken, and when one last was.
    claims: Option<(PartnerIndex, Time)>,
}

/// One of our tracks, for a filter that begins.
pub(super) struct OwnTrack<'a> {
    pub(super) number: TrackNumber,
    pub(super) plots: &'a Plots,
    pub(super) estimator: &'a dyn Fn(TrackNumber) -> Option<Estimator>,
}

impl Joints {
    pub(super) fn new(config: TrackerConfig) -> Self {
        Self { config, all: BTreeMap::new(), counts: BTreeMap::new() }
    }

    /// What became of a partner's plots.
    pub(super) fn counts(&self, partner: PartnerIndex) -> PlotCounts {
        self.counts.get(&partner).copied().unwrap_or_default()
    }

    /// The same, to count on.
    pub(super) fn count(&mut self, partner: PartnerIndex) -> &mut PlotCounts {
        self.counts.entry(partner).or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Our tracks that have one.
    pub(super) fn numbers(&self) -> Vec<TrackNumber> {
        self.all.keys().copied().collect()
    }

    /// A partner's plot of our track.
    pub(super) fn hear(
        &mut self,
        own: &OwnTrack<'_>,
        teller: Teller,
        plot: &PlacedPlot,
        now: Time,
    ) {
        let counts = self.counts.entry(teller.partner).or_default();
        let age_s = now.seconds_since(plot.time);
        if !(-AHEAD_S..=LATE_S + teller.slot_s).contains(&age_s) {
            counts.late += 1;
            return;
        }
        // Where the target tells us itself where it is, others' receivers heard the same.
        if !plot.origin.is_measured() || own.plots.has_claim(now) {
            counts.known += 1;
            return;
        }
        let joint = match self.all.entry(own.number) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let Some(estimator) = (own.estimator)(own.number) else {
                    counts.alone += 1;
                    return;
                };
                place.insert(Joint::begin(estimator, own.plots))
            }
        };
        joint.hear(teller, plot, (&self.config, counts), now);
    }

    /// Takes our own plots too, and ends what has no partner's any more; `pairs` says whether a
    /// partner's track is ours still.
    pub(super) fn advance(
        &mut self,
        behind: &Behind,
        pairs: impl Fn(TrackNumber, PartnerIndex) -> bool,
        now: Time,
    ) {
        let (config, counts) = (&self.config, &mut self.counts);
        self.all.retain(|number, joint| {
            let Some(plots) = behind.of(*number) else { return false };
            let paired = joint.theirs.keys().all(|partner| pairs(*number, *partner));
            joint.take_own(plots);
            joint.settle(config, counts, now);
            let fresh = joint.theirs.values().any(|last| is_fresh(*last, now));
            paired && fresh && !plots.has_claim(now)
        });
    }

    /// Sets where `track` is to what both sides' plots say; false, and nothing changed, where there is
    /// none of a partner's or the two are not of one target.
    pub(super) fn place(&mut self, track: &mut Track) -> bool {
        let Some(joint) = self.all.get(&track.number) else { return false };
        let mut all = joint.settled;
        // What is ahead of the track, by a partner's clock, waits until the track is there.
        for (plot, _) in joint.waiting.iter().take_while(|(plot, _)| plot.time <= track.time) {
            all.take(plot, &self.config);
        }
        let mut placed = track.clone();
        all.place(&mut placed, &self.config);
        if distance2(track, &placed) > APART {
            self.all.remove(&track.number);
            return false;
        }
        *track = placed;
        true
    }

    /// Whether a partner's plots are in what [`Self::place`] says.
    pub(super) fn has(&self, number: TrackNumber, partner: PartnerIndex, now: Time) -> bool {
        let last = self.all.get(&number).and_then(|joint| joint.theirs.get(&partner));
        last.is_some_and(|last| is_fresh(*last, now))
    }
}

impl Joint {
    /// As the tracker has it: with all of our own plots in it.
    fn begin(estimator: Estimator, plots: &Plots) -> Self {
        let mut joint = Self {
            settled: estimator,
            waiting: VecDeque::new(),
            own_seen: plots.all(),
            theirs: BTreeMap::new(),
            instants: VecDeque::new(),
            claims: None,
        };
        plots.latest().for_each(|plot| joint.remember(plot, None));
        joint
    }

    fn hear(
        &mut self,
        Teller { partner, slot_s }: Teller,
        plot: &PlacedPlot,
        (config, counts): (&TrackerConfig, &mut PlotCounts),
        now: Time,
    ) {
        if plot.origin.is_claim() {
            let stale = |at: Time| now.seconds_since(at) >= CLAIM_S + slot_s;
            if self.claims.is_some_and(|(whose, at)| whose != partner && !stale(at)) {
                counts.known += 1;
                return;
            }
            self.claims = Some((partner, now));
        } else if self.is_known(plot, Some(partner)) {
            counts.known += 1;
            return;
        }
        match self.settled.distance2(plot, config) {
            Some(d2) if d2 <= GATE => {}
            Some(_) => {
                counts.apart += 1;
                return;
            }
            None => {
                counts.late += 1;
                return;
            }
        }
        if self.wait(plot, Some(partner)) {
            self.remember(plot, Some(partner));
            self.theirs.insert(partner, (now, slot_s));
        } else {
            counts.beyond += 1;
        }
    }

    fn take_own(&mut self, plots: &Plots) {
        let new = plots.all() - self.own_seen;
        let kept = plots.all() - plots.before();
        let skipped = usize::try_from(kept.saturating_sub(new)).unwrap_or(usize::MAX);
        self.own_seen = plots.all();
        for plot in plots.latest().skip(skipped) {
            if !self.is_known(plot, None) && self.wait(plot, None) {
                self.remember(plot, None);
            }
        }
    }

    /// Whether another was given the same plot.
    fn is_known(&self, plot: &PlacedPlot, by: Option<PartnerIndex>) -> bool {
        self.instants.iter().any(|(at, sensor, whose)| {
            let off_s = at.seconds_since(plot.time).abs();
            let same_s = if *sensor == plot.sensor { SAME_OF_SENSOR_S } else { SAME_S };
            *whose != by && off_s < same_s
        })
    }

    fn remember(&mut self, plot: &PlacedPlot, by: Option<PartnerIndex>) {
        if self.instants.len() == INSTANTS_MAX {
            self.instants.pop_front();
        }
        self.instants.push_back((plot.time, plot.sensor, by));
    }

    /// False where too many of a partner's wait.
    fn wait(&mut self, plot: &PlacedPlot, by: Option<PartnerIndex>) -> bool {
        let of_same = self.waiting.iter().filter(|(_, whose)| *whose == by).count();
        if by.is_some() && of_same >= WAITING_MAX {
            return false;
        }
        let place = self.waiting.partition_point(|(waiting, _)| waiting.time <= plot.time);
        self.waiting.insert(place, (*plot, by));
        true
    }

    fn settle(
        &mut self,
        config: &TrackerConfig,
        counts: &mut BTreeMap<PartnerIndex, PlotCounts>,
        now: Time,
    ) {
        let slot_s = self.theirs.values().map(|(_, slot_s)| *slot_s).fold(0.0, f64::max);
        let old = |(plot, _): &mut (PlacedPlot, _)| now.seconds_since(plot.time) > HOLD_S + slot_s;
        while let Some((plot, whose)) = self.waiting.pop_front_if(old) {
            // One that is too late is not taken.
            let taken = self.settled.take(&plot, config);
            if let Some(partner) = whose {
                let counts = counts.entry(partner).or_default();
                *(if taken { &mut counts.joined } else { &mut counts.late }) += 1;
            }
        }
    }
}

/// Whether a partner's plot that came last then, in slots of so many seconds, is not long ago.
fn is_fresh((at, slot_s): (Time, f64), now: Time) -> bool {
    now.seconds_since(at) < FRESH_S + slot_s
}

/// How far `to` is from `from` by the covariance of `from`, normalised and squared.
fn distance2(from: &Track, to: &Track) -> f64 {
    let frame = LocalFrame::at(from.position.at_height(0.0));
    let off = frame.enu_from_geodetic(to.position.at_height(0.0));
    let [ee, en, nn] = from.position_covariance;
    let (x, y) = (off.east, off.north);
    (x * x * nn - 2.0 * x * y * en + y * y * ee) / (ee * nn - en * en)
}
