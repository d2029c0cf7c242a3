//! What the tracker did with what it was given, by name.

use surveillance::{Measurement, Plot};

/// Why a plot was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// No sensor of that identity was set.
    SensorUnknown,
    /// A polar plot of a radar whose site is not known.
    SensorWithoutSite,
    /// A number that is not finite or not possible: NaN, negative range, latitude over 90°.
    Impossible,
    /// Measured later than it was received.
    FromTheFuture,
    /// Too old to be applied to its track, or at receipt.
    Late,
    /// The same measurement again.
    Repeated,
    /// Nothing of it can be used: neither a position nor a known address.
    NothingToUse,
    /// Its address's track cannot be there.
    Unreachable,
    /// Straight above the radar, where range and azimuth place nothing.
    Overhead,
    /// Times of arrival that do not agree, or leave more than one place.
    Unplaced,
    /// A FLARM or Remote ID position of an aircraft that ADS-B reports.
    Outranked,
    /// The bound on waiting plots was reached.
    Shed,
    /// A report of an aircraft that radars see elsewhere.
    Distrusted,
}

impl Refusal {
    /// All reasons, in the order of [`TrackerCounters::refused`].
    pub const ALL: [Refusal; 13] = [
        Refusal::SensorUnknown,
        Refusal::SensorWithoutSite,
        Refusal::Impossible,
        Refusal::FromTheFuture,
        Refusal::Late,
        Refusal::Repeated,
        Refusal::NothingToUse,
        Refusal::Unreachable,
        Refusal::Overhead,
        Refusal::Unplaced,
        Refusal::Outranked,
        Refusal::Shed,
        Refusal::Distrusted,
    ];

    /// Of a plot that nothing could be placed by.
    pub(crate) const fn no_place(plot: &Plot) -> Self {
        match plot.measurement {
            Some(Measurement::Arrivals(_)) => Self::Unplaced,
            _ => Self::Overhead,
        }
    }

    /// Stable name for metrics and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Refusal::SensorUnknown => "sensor_unknown",
            Refusal::SensorWithoutSite => "sensor_without_site",
            Refusal::Impossible => "impossible",
            Refusal::FromTheFuture => "from_the_future",
            Refusal::Late => "late",
            Refusal::Repeated => "repeated",
            Refusal::NothingToUse => "nothing_to_use",
            Refusal::Unreachable => "unreachable",
            Refusal::Overhead => "overhead",
            Refusal::Unplaced => "unplaced",
            Refusal::Outranked => "outranked",
            Refusal::Shed => "shed",
            Refusal::Distrusted => "distrusted",
        }
    }
}

/// What became of plots, of all or of one sensor's. Those that still wait are in none of them, nor
/// is one that came to fit its track no more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlotCounts {
    /// Plots that moved a track.
    pub used: u64,
    /// Plots without a position that refreshed a track's codes, level or velocity.
    pub refreshed: u64,
    /// Plots that fitted no track and started a tentative one.
    pub unassociated: u64,
    /// Plots refused, by [`Refusal`] in the order of [`Refusal::ALL`].
    refused: [u64; Refusal::ALL.len()],
}

/// What became of one plot.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fate {
    Used,
    Refreshed,
    Unassociated,
    Refused(Refusal),
}

impl PlotCounts {
    /// Plots refused for one reason.
    pub fn refused(&self, reason: Refusal) -> u64 {
        self.refused[reason as usize]
    }

    pub(crate) fn count(&mut self, fate: Fate) {
        let total = match fate {
            Fate::Used => &mut self.used,
            Fate::Refreshed => &mut self.refreshed,
            Fate::Unassociated => &mut self.unassociated,
            Fate::Refused(reason) => &mut self.refused[reason as usize],
        };
        *total += 1;
    }
}

/// Totals since the tracker was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TrackerCounters {
    /// What became of plots.
    pub plots: PlotCounts,
    /// Tracks confirmed.
    pub started: u64,
    /// Confirmed tracks ended, for whatever reason.
    pub ended: u64,
    /// Tentative tracks that came to nothing: mostly clutter.
    pub never_confirmed: u64,
    /// Tracks merged into another.
    pub merged: u64,
    /// Tracks given up because their address was heard elsewhere.
    pub superseded: u64,
    /// Aircraft whose reports were found to lie.
    pub distrusted: u64,
    /// Starts refused because the bound on tracks was reached, and tracks dropped for others.
    pub shed: u64,
    /// Jumps of the clock backward, or forward by more than a day.
    pub clock_jumps: u64,
    /// Updates undone because they left a number that is not finite.
    pub numeric: u64,
    /// Plots of shown tracks that were not kept for others, because too many waited.
    pub placed_shed: u64,
}

impl TrackerCounters {
    /// Plots refused for one reason.
    pub fn refused(&self, reason: Refusal) -> u64 {
        self.plots.refused(reason)
    }

    /// Every total under its stable name, for metrics.
    pub fn named(&self) -> Vec<(&'static str, u64)> {
        let mut totals = vec![
            ("used", self.plots.used),
            ("refreshed", self.plots.refreshed),
            ("unassociated", self.plots.unassociated),
            ("started", self.started),
            ("ended", self.ended),
            ("never_confirmed", self.never_confirmed),
            ("merged", self.merged),
            ("superseded", self.superseded),
            ("reports_distrusted", self.distrusted),
            ("tracks_shed", self.shed),
            ("clock_jumps", self.clock_jumps),
            ("numeric", self.numeric),
            ("placed_shed", self.placed_shed),
        ];
        let refused = Refusal::ALL.into_iter().map(|reason| (reason.name(), self.refused(reason)));
        totals.extend(refused);
        totals
    }
}
