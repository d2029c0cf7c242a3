//! A sensor: where it stands, what it measures, how well.

use geodesy::Geodetic;
use std::fmt;

/// Who a sensor is: system area code and system identification code (ASTERIX I../010).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SensorId {
    /// System area code.
    pub sac: u8,
    /// System identification code.
    pub sic: u8,
}

impl fmt::Display for SensorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.sac, self.sic)
    }
}

/// What a sensor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SensorKind {
    /// Rotating radar: PSR, SSR, Mode S or combined.
    Radar,
    /// ADS-B ground station or Mode S receiver.
    AdsB,
    /// Multilateration system.
    Mlat,
    /// Another tracker's system tracks.
    SystemTracks,
    /// Receiver of unmanned aircraft's Remote ID.
    RemoteId,
    /// Receivers of FLARM and the like.
    Flarm,
}

/// Standard deviations of a radar's plots where the plot does not carry its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlotAccuracy {
    /// Slant range, metres.
    pub range_m: f64,
    /// Azimuth, radians.
    pub azimuth_rad: f64,
    /// Elevation, radians; meaningful only if the sensor measures it.
    pub elevation_rad: f64,
}

impl Default for PlotAccuracy {
    /// EUROCAE ED-142's classes as commonly evaluated: 70 m, 0.08°; 0.15° of elevation.
    fn default() -> Self {
        Self {
            range_m: 70.0,
            azimuth_rad: 0.08_f64.to_radians(),
            elevation_rad: 0.15_f64.to_radians(),
        }
    }
}

/// A sensor as configured or as learned from its own service messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensor {
    /// SAC/SIC.
    pub id: SensorId,
    /// What people call it.
    pub name: String,
    /// What it is.
    pub kind: SensorKind,
    /// Where the antenna is. A radar without a site cannot place its plots.
    pub site: Option<Geodetic>,
    /// Rotation or update period, seconds.
    pub period_s: Option<f64>,
    /// How well it measures.
    pub accuracy: PlotAccuracy,
    /// Longest slant range at which it detects, metres.
    pub range_max_m: Option<f64>,
    /// Where it does not see within that range.
    pub view: View,
    /// The receivers of a multilateration system that tells times of arrival.
    pub receivers: Box<[Receiver]>,
}

/// One receiver of a multilateration system.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Receiver {
    /// Where its antenna is.
    pub site: Geodetic,
    /// Standard deviation of its times of arrival, metres of light's way: 30 m are 100 ns.
    pub arrival_sd_m: f64,
}

/// Between which elevations a radar sees, as far as that is known. Nothing known: everywhere.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct View {
    /// Lowest elevation that it sees, radians, in equal sectors of azimuth clockwise from true north,
    /// the first from north on: the horizon that terrain leaves, as a wave leaves the antenna. Empty: not known.
    pub horizon_rad: Box<[f64]>,
    /// Highest elevation that it sees, radians: above it is the cone of silence.
    pub elevation_max_rad: Option<f64>,
}

impl View {
    /// Whether it sees what is at this azimuth, clockwise from true north, and elevation, radians.
    pub fn sees(&self, azimuth_rad: f64, elevation_rad: f64) -> bool {
        let sectors = self.horizon_rad.len();
        let turns = (azimuth_rad / std::f64::consts::TAU).rem_euclid(1.0);
        let sector = ((turns * sectors as f64) as usize).min(sectors.saturating_sub(1));
        let lowest_rad = self.horizon_rad.get(sector).copied().unwrap_or(f64::NEG_INFINITY);
        (lowest_rad..=self.elevation_max_rad.unwrap_or(f64::INFINITY)).contains(&elevation_rad)
    }
}
