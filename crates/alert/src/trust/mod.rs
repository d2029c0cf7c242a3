//! Where a target says that it is, held against where it is measured.
//!
//! ADS-B is believed because it is precise, and can be forged because nothing signs it. Where a
//! Mode S radar or a multilateration system hears the same 24-bit address, it measures the place
//! from which the transponder answers: [`ClaimWatch`] brings the last claim to the instant of that
//! measurement and asks whether both can be so; and whether an address is
//! heard at two places by turns ([`Twin`]). Start at [`ClaimWatch::observe`].

mod compare;
mod twins;
mod watch;

pub use compare::TrustConfig;
pub use twins::Twin;
pub use watch::{ClaimWatch, TrustCounts};

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
    /// How far apart they may be in that direction, metres: accuracies of both and what a sensor
    /// may be biased.
    pub limit_m: f64,
    /// Since when they have disagreed, UTC.
    pub since: Time,
    /// Who measured.
    pub sensor: SensorId,
    /// By what kind of measurement.
    pub origin: PlotOrigin,
}
