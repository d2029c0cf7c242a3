//! The plots behind our own tracks: the latest few of each, for whom an article lets have them and to
//! join partners' plots with.

use std::collections::{BTreeMap, VecDeque};
use surveillance::{PlacedPlot, Time, Track, TrackNumber};

/// Seconds for which plots are kept: the longest slot and how late a partner's plot may be, so that each finds
/// ours of the same instant. By time and not by number, so that how many a partner is told says nothing of those
/// it is not told.
const KEPT_S: f64 = 18.0;
/// Plots kept of one track, where something is wrong with its sensors.
const KEPT_MAX: usize = 256;
/// Seconds for which a target counts as telling where it is after it last did.
const CLAIM_S: f64 = 10.0;

/// The plots behind all our own tracks.
#[derive(Debug, Default)]
pub(crate) struct Behind(BTreeMap<TrackNumber, Plots>);

/// Those behind one track.
#[derive(Debug, Default)]
pub(crate) struct Plots {
    /// How many there were before the first that is kept.
    before: u64,
    latest: VecDeque<PlacedPlot>,
}

impl Behind {
    /// Takes what moved tracks, in the order in which it did; `ours` are those that stand, in order of
    /// number.
    pub(crate) fn take(&mut self, placed: Vec<(TrackNumber, PlacedPlot)>, ours: &[Track]) {
        let stands = |number: &TrackNumber| ours.binary_search_by_key(number, |t| t.number).is_ok();
        self.0.retain(|number, _| stands(number));
        let counts = |(number, plot): &(TrackNumber, PlacedPlot)| {
            plot.origin.is_measured() && stands(number)
        };
        for (number, plot) in placed.into_iter().filter(counts) {
            let plots = self.0.entry(number).or_default();
            let old = |first: &PlacedPlot| plot.time.seconds_since(first.time) > KEPT_S;
            while plots.latest.len() >= KEPT_MAX || plots.latest.front().is_some_and(old) {
                plots.latest.pop_front();
                plots.before += 1;
            }
            plots.latest.push_back(plot);
        }
    }

    /// Those behind a track, if any are known.
    pub(crate) fn of(&self, number: TrackNumber) -> Option<&Plots> {
        self.0.get(&number)
    }
}

impl Plots {
    /// How many there were.
    pub(crate) fn all(&self) -> u64 {
        self.before + self.latest.len() as u64
    }

    /// How many there were before the first of [`Self::latest`].
    pub(crate) fn before(&self) -> u64 {
        self.before
    }

    /// The latest, oldest first.
    pub(crate) fn latest(&self) -> impl DoubleEndedIterator<Item = &PlacedPlot> {
        self.latest.iter()
    }

    /// Whether the target itself told of late where it is.
    pub(crate) fn has_claim(&self, now: Time) -> bool {
        let recent = |plot: &PlacedPlot| now.seconds_since(plot.time) < CLAIM_S;
        self.latest.iter().any(|plot| plot.origin.is_claim() && recent(plot))
    }
}
