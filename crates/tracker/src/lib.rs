//! Plots to tracks: gate, associate, filter, initiate, coast, delete, merge; anywhere on Earth.
//!
//! Pure and deterministic: time is an argument, the same plots in the same calls give the same
//! events and tracks. Start at [`Tracker::observe`]. A plot that bears a known 24-bit address goes
//! to its track at once; the others wait for their sector (`sector_hold_s`) and are assigned
//! together. Each track has an interacting-multiple-model filter in a local frame that follows it
//! and a vertical channel of its own. Every threshold is in [`TrackerConfig`].

mod arrivals;
mod assign;
mod associate;
mod bank;
mod batch;
mod clutter;
mod config;
mod counters;
mod defer;
mod estimator;
mod frame;
mod grid;
mod life;
mod merge;
mod motion;
mod outline;
mod range_rate;
mod rank;
mod register;
mod registration;
mod round;
mod shed;
mod site;
mod store;
mod target;
mod tracker;
mod vertical;

pub use config::{MotionModel, TrackerConfig};
pub use counters::{PlotCounts, Refusal, TrackerCounters};
pub use estimator::Estimator;
pub use registration::{Estimated, RegisteredAgainst, Registration};
pub use store::BYTES_PER_TRACK;
pub use tracker::{Numbers, TrackEvent, TrackRef, Tracker};
