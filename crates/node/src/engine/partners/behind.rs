//! The plots behind our own tracks: the latest few of each, for whom an article lets have them and to
//! join partners' plots with.

use std::collections::{BTreeMap, VecDeque};
use surveillance::{PlacedPlot, Time, Track, TrackNumber};

/// Plots kept of one track: of the longest slot and the fastest sensors more than are told.
const KEPT: usize = 16;
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
        for (number, plot) in placed.into_iter().filter(|(number, _)| stands(number)) {
            let plots = self.0.entry(number).or_default();
            if plots.latest.len() == KEPT {
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
