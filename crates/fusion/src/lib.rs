//! Partners' tracks beside our own: which of theirs is which of ours, what both together say of
//! where it is, and whose it is.
//!
//! A partner's track is not a plot: part of what it says may be what we, or a third party, told
//! that partner before. Three rules keep a measurement from being counted twice:
//!
//! - Plots or [`Tracklet`]s, where the accord lets lineage out: what the partner learned since it
//!   last spoke, without what was known before. Nothing is lost.
//! - [`inverse_covariance_intersection`], where it does not: honest whatever the two have in
//!   common.
//! - Never the other way: what is fused here is shown and released, and is not fed back into the
//!   tracker nor sent out as ours ([`Correlator`] only reads tracks).
//!
//! Pure: no clock, no randomness; the same calls give the same answers.

mod correlate;
mod gaussian;
mod owner;
mod tracklet;

pub use correlate::{
    Apart, ByHand, Correlator, CorrelatorRules, How, LOOKS_MAX, OwnNumber, Pair, Report,
    STEP_REACH, Steps, TheirNumber,
};
pub use gaussian::{
    Gaussian, as_if_independent, covariance_intersection, inverse_covariance_intersection,
};
pub use owner::{Claim, Owner, OwnerRules, Ownership};
pub use tracklet::Tracklet;
