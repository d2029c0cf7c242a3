//! A plot: one measurement of one target by one sensor.

use crate::{AdsbQuality, Codes, EmitterCategory, SensorId, Time};
use geodesy::{Enu, Geodetic};

/// How a plot came about; decides what may be believed of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlotOrigin {
    /// Primary echo alone: the target need not cooperate.
    Primary,
    /// Reply to a secondary or Mode S interrogation, with or without a primary echo.
    Secondary,
    /// The target's own position report over ADS-B.
    AdsB,
    /// ADS-B rebroadcast or a TIS-B uplink from ground surveillance.
    Rebroadcast,
    /// Position computed from times of arrival.
    Mlat,
    /// A track of another tracker.
    SystemTrack,
    /// An unmanned aircraft's own position report by Remote ID.
    RemoteId,
    /// A light aircraft's own position report by FLARM or the like, as the Open Glider Network heard it.
    Flarm,
}

impl PlotOrigin {
    /// Whether it is the target's own word of where it is: nobody measured it, and it may be wrong
    /// or made up.
    pub const fn is_claim(self) -> bool {
        matches!(self, Self::AdsB | Self::RemoteId | Self::Flarm)
    }

    /// Whether it is one sensor's word, and neither another tracker's track nor what somebody else's station
    /// sent again.
    pub const fn is_measured(self) -> bool {
        !matches!(self, Self::SystemTrack | Self::Rebroadcast)
    }
}

/// One measurement of one target by one sensor, at its own time, in the sensor's own coordinates.
///
/// A plot without a measurement carries only codes or level (a Mode S reply heard in passing): it
/// can refresh a track that bears its address but can start none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plot {
    /// Who measured.
    pub sensor: SensorId,
    /// When it was measured, UTC.
    pub time: Time,
    /// When it reached this node, UTC.
    pub received: Time,
    /// How it came about.
    pub origin: PlotOrigin,
    /// Where, if it says.
    pub measurement: Option<Measurement>,
    /// Codes it carries.
    pub codes: Codes,
    /// Pressure altitude it carries.
    pub pressure_altitude: Option<PressureAltitude>,
    /// Velocity it carries.
    pub velocity: Option<Velocity>,
    /// Rate of the slant range by a radar's Doppler shift, m/s, as the radar tells it: whether away
    /// from it counts up is the radar's own custom.
    pub range_rate_mps: Option<f64>,
    /// The target says it is on the ground (`Some(true)`) or airborne; `None` if it does not say.
    pub on_ground: Option<bool>,
    /// What an ADS-B target says of its own quality.
    pub quality: AdsbQuality,
    /// Kind of craft it declares.
    pub category: Option<EmitterCategory>,
}

impl Plot {
    /// A plot that carries nothing yet but who and when; fill in the rest with struct update.
    pub fn bare(sensor: SensorId, time: Time, origin: PlotOrigin) -> Self {
        Self {
            sensor,
            time,
            received: time,
            origin,
            measurement: None,
            codes: Codes::default(),
            pressure_altitude: None,
            velocity: None,
            range_rate_mps: None,
            on_ground: None,
            quality: AdsbQuality::default(),
            category: None,
        }
    }
}

/// A plot that moved a track, placed where its sensor put the target: what was measured, without what
/// was believed before it, so that another filter may take it in as it would a plot of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedPlot {
    /// Who measured.
    pub sensor: SensorId,
    /// How it came about.
    pub origin: PlotOrigin,
    /// When it was measured, UTC.
    pub time: Time,
    /// Latitude and longitude on WGS-84, radians; at the track's height where the plot had none.
    pub position_rad: [f64; 2],
    /// Covariance of east and north there, m²: east-east, east-north, north-north.
    pub covariance: [f64; 3],
}

/// Where a plot says its target is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measurement {
    /// As a radar measures: about the sensor's site, azimuth clockwise from true north.
    Polar {
        /// Slant range, metres.
        slant_range_m: f64,
        /// Azimuth, radians in [0, 2π).
        azimuth_rad: f64,
        /// Elevation, radians, of a three-dimensional radar.
        elevation_rad: Option<f64>,
    },
    /// As a satellite-navigation receiver or a multilateration system gives it.
    Geodetic(PositionReport),
    /// As the receivers of a multilateration system heard it: where it is follows from the differences.
    Arrivals(Arrivals),
}

/// When receivers of one multilateration system heard one transmission.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrivals {
    count: u8,
    receivers: [u8; Self::MAX],
    later_m: [f32; Self::MAX],
}

impl Arrivals {
    /// Receivers that are kept, at most: what more could add is little.
    pub const MAX: usize = 8;
    /// Light's way in the time that may pass between two arrivals, metres: further apart no two
    /// receivers hear the same aircraft.
    const APART_MAX_M: f64 = 1.5e6;

    /// From receivers, by their place in [`Sensor::receivers`](crate::Sensor::receivers), and when each heard
    /// it, in metres of light's way after any instant; the first eight of them. `None` of fewer than
    /// two, of one receiver twice, or of times that no one transmission can have.
    pub fn new(heard: impl IntoIterator<Item = (u8, f64)>) -> Option<Self> {
        let (mut receivers, mut at_m, mut count) = ([0; Self::MAX], [0.0; Self::MAX], 0);
        for (receiver, heard_m) in heard.into_iter().take(Self::MAX) {
            if receivers[..count].contains(&receiver) {
                return None;
            }
            (receivers[count], at_m[count]) = (receiver, heard_m);
            count += 1;
        }
        let earliest_m = at_m[..count].iter().copied().fold(f64::INFINITY, f64::min);
        let possible = |at_m: &f64| (0.0..=Self::APART_MAX_M).contains(&(at_m - earliest_m));
        if count < 2 || !at_m[..count].iter().all(possible) {
            return None;
        }
        let mut later_m = [0.0; Self::MAX];
        // Six centimetres at most are lost, less than a nanosecond.
        later_m.iter_mut().zip(&at_m[..count]).for_each(|(later, at)| {
            *later = (at - earliest_m) as f32;
        });
        Some(Self { count: count as u8, receivers, later_m })
    }

    /// Each receiver's place in [`Sensor::receivers`](crate::Sensor::receivers), and how much later than the
    /// earliest it heard it, metres of light's way.
    pub fn iter(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        let each = self.receivers.iter().zip(&self.later_m).take(usize::from(self.count));
        each.map(|(receiver, later_m)| (usize::from(*receiver), f64::from(*later_m)))
    }
}

/// A position on WGS-84 with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PositionReport {
    /// Latitude, radians.
    pub latitude_rad: f64,
    /// Longitude, radians.
    pub longitude_rad: f64,
    /// Geometric height above the ellipsoid, metres, if reported.
    pub height_m: Option<f64>,
    /// Standard deviation per horizontal axis, metres, if the report says.
    pub horizontal_sd_m: Option<f64>,
}

impl PositionReport {
    /// As a geodetic point, at `height_m` where the report has no height of its own.
    pub fn at_height_or(self, height_m: f64) -> Geodetic {
        Geodetic {
            latitude_rad: self.latitude_rad,
            longitude_rad: self.longitude_rad,
            height_m: self.height_m.unwrap_or(height_m),
        }
    }
}

/// Height by air pressure on the standard atmosphere (1013.25 hPa): Mode C, flight level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PressureAltitude {
    /// Metres on the standard atmosphere.
    pub altitude_m: f64,
    /// Step in which it was sent, metres (25 ft or 100 ft): the error is uniform within it.
    pub step_m: f64,
}

/// A target's velocity as it or its sensor states it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Velocity {
    /// East and north over the ground in m/s at the target; `up` is unused (0).
    pub horizontal: Option<Enu>,
    /// Climb positive, m/s.
    pub vertical_rate_mps: Option<f64>,
}
