//! Where a target says that it is, held against where it is measured.

use geodesy::Geodetic;
use surveillance::{Address, PlotOrigin, SensorId, Time};

/// A target's claimed position that what was measured of it disagrees with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Claim {
    /// Whose.
    pub address: Address,
    /// Where it says that it is, brought to `time`.
    pub claimed: Geodetic,
    /// Where it was measured: what is to be trusted.
    pub trusted: Geodetic,
    /// The instant of both, UTC.
    pub time: Time,
    /// How far apart along the ground, metres.
    pub distance_m: f64,
    /// How far apart they may be, metres: accuracies of both and what a sensor may be biased.
    pub limit_m: f64,
    /// Since when they have disagreed, UTC.
    pub since: Time,
    /// Who measured.
    pub sensor: SensorId,
    /// By what kind of measurement.
    pub origin: PlotOrigin,
}
