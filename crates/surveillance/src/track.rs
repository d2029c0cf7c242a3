//! A track: what is believed of one target.

use crate::{AdsbQuality, Codes, EmitterCategory, PlotOrigin, SensorId, Time};
use arrayvec::ArrayVec;
use geodesy::{Enu, Geodetic};
use std::fmt;

/// A track's number within one node; not used again while anyone may remember it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackNumber(pub u32);

impl fmt::Display for TrackNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TN {}", self.0)
    }
}

/// Where a track is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Not yet sure to be a target: not in the picture.
    Tentative,
    /// A target, updated when expected.
    Confirmed,
    /// A target whose expected updates stay out: shown where it is predicted.
    Coasting,
}

/// Why a track ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EndReason {
    /// Expected updates stayed out too long.
    Lost,
    /// It was never confirmed.
    NeverConfirmed,
    /// It was found to be the same target as another track, which lives on.
    MergedInto(TrackNumber),
    /// Its address was heard consistently at a place it cannot have reached.
    Superseded(TrackNumber),
    /// The bound on tracks was reached and this was the least certain.
    Shed,
}

/// One sensor's part in a track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contributor {
    /// Who.
    pub sensor: SensorId,
    /// How its last plot came about.
    pub origin: PlotOrigin,
    /// Time of its last plot that was used, UTC.
    pub last: Time,
    /// How many of its plots were used.
    pub plots: u32,
}

/// What is believed of one target at one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// Number.
    pub number: TrackNumber,
    /// Where in its life.
    pub phase: Phase,
    /// The instant that position, velocity and covariance are for, UTC.
    pub time: Time,
    /// Position; its height is geometric and rough where nothing measured it.
    pub position: Geodetic,
    /// Standard deviation of that height, metres; `None` if no sensor ever told a height.
    pub height_sd_m: Option<f64>,
    /// Velocity over the ground, m/s in east, north, up at the position.
    pub velocity: Enu,
    /// Covariance of east and north position, m²: east-east, east-north, north-north.
    pub position_covariance: [f64; 3],
    /// Covariance of east and north velocity, m²/s²: east-east, east-north, north-north.
    pub velocity_covariance: [f64; 3],
    /// Pressure altitude, metres, as last told, not predicted.
    pub pressure_altitude_m: Option<f64>,
    /// When it was last told, UTC.
    pub pressure_altitude_time: Option<Time>,
    /// Climb rate, m/s, climb positive, told or estimated.
    pub vertical_rate_mps: Option<f64>,
    /// On the ground, as the target last said.
    pub on_ground: bool,
    /// Codes last heard of it.
    pub codes: Codes,
    /// What it says of its own quality.
    pub quality: AdsbQuality,
    /// Kind of craft it declares.
    pub category: Option<EmitterCategory>,
    /// Time of the first plot, UTC.
    pub first: Time,
    /// Time of the last plot that moved it, UTC.
    pub last: Time,
    /// Who contributed, latest last; the oldest falls out past eight.
    pub contributors: ArrayVec<Contributor, 8>,
}
