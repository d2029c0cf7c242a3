//! A scenario as a file says it (TOML): traffic, flights, sensors, faults.
//!
//! [`Spec::parse`] reads and checks the whole; an error is one line,
//! `file:line:column: key: what is wrong; what to do`. Units are in the names of the keys; a pair of
//! numbers is a range to draw from.

mod check;

pub use check::SpecError;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use surveillance::View;

/// A scenario file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Its name.
    pub name: String,
    /// The seed of all chance in it.
    #[serde(default)]
    pub seed: u64,
    /// Seconds that it lasts.
    pub duration_s: f64,
    /// Seconds between instants of truth.
    #[serde(default = "default_grid_s")]
    pub grid_s: f64,
    /// Where it is.
    pub area: Area,
    /// How tracks of it are scored.
    #[serde(default)]
    pub score: Scoring,
    /// Traffic drawn by chance.
    #[serde(default)]
    pub traffic: Vec<Traffic>,
    /// Flights along a route.
    #[serde(default)]
    pub flight: Vec<Flight>,
    /// Rotating radars.
    #[serde(default)]
    pub radar: Vec<Radar>,
    /// ADS-B receivers.
    #[serde(default)]
    pub adsb: Vec<Adsb>,
    /// Multilateration systems.
    #[serde(default)]
    pub mlat: Vec<Mlat>,
    /// Remote ID receivers.
    #[serde(default)]
    pub remote_id: Vec<RemoteId>,
    /// Places where satellite navigation is jammed.
    #[serde(default)]
    pub jamming: Vec<Jamming>,
    /// ADS-B that is not true.
    #[serde(default)]
    pub spoofing: Vec<Spoofing>,
}

fn default_grid_s() -> f64 {
    4.0
}

/// Where a scenario is: a square about a point. Traffic by chance begins within it; tracks beyond
/// it are not scored.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Latitude of the middle, degrees north.
    pub lat: f64,
    /// Longitude of the middle, degrees east.
    pub lon: f64,
    /// Half the side, km.
    #[serde(default = "default_half_width_km")]
    pub half_width_km: f64,
    /// Height above the ellipsoid that a pressure altitude of zero has here, metres.
    #[serde(default)]
    pub level_offset_m: f64,
}

fn default_half_width_km() -> f64 {
    250.0
}

/// How tracks are scored: what is near depends on how fast and dense the traffic is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Scoring {
    /// Farthest that a track may be from the target it is taken to follow, metres.
    pub gate_m: f64,
    /// Cut-off of GOSPA and OSPA, metres.
    pub cutoff_m: f64,
}

impl Default for Scoring {
    fn default() -> Self {
        Self { gate_m: 2_000.0, cutoff_m: 1_000.0 }
    }
}

/// How traffic flies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Along routes, level or climbing, turns at rate one.
    Airways,
    /// Arrivals and departures at the middle of the area.
    Terminal,
    /// Straight legs and hard turns.
    Manoeuvre,
    /// Groups in formation, some of which split.
    Formation,
    /// Pairs that cross at a shallow angle, at one level and time.
    Crossing,
    /// Light aircraft, low and slow.
    LowSlow,
    /// Unmanned aircraft near the ground.
    Drones,
    /// Groups of unmanned aircraft.
    Swarm,
}

/// `[[traffic]]`: targets drawn by chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    /// How it flies.
    pub kind: Kind,
    /// How many targets.
    pub count: u32,
    /// Speed over the ground, m/s.
    pub speed_mps: Option<[f64; 2]>,
    /// Height above the ellipsoid, metres.
    pub height_m: Option<[f64; 2]>,
    /// Load of a hard turn beyond level flight, g.
    pub turn_g: Option<[f64; 2]>,
    /// Targets of one group.
    pub group: Option<u32>,
    /// Metres between neighbours of a group.
    pub spacing_m: Option<f64>,
    /// Share of groups that split.
    #[serde(default)]
    pub splits: f64,
    /// Share without a transponder.
    pub silent: Option<f64>,
    /// Share of the others with Mode S.
    pub mode_s: Option<f64>,
    /// Share of those with ADS-B.
    pub adsb: Option<f64>,
    /// Share with a Mode 3/A code that others have too.
    #[serde(default)]
    pub shared_codes: f64,
    /// Share of drones that broadcast Remote ID.
    #[serde(default)]
    pub remote_id: f64,
    /// Middle, where not that of the area: `[lat, lon]`.
    pub centre: Option<[f64; 2]>,
    /// Half the side of the square in which it begins, km, where not that of the area.
    pub half_width_km: Option<f64>,
}

/// What answers on board.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transponder {
    /// Nothing.
    None,
    /// Mode A and C.
    ModeAc,
    /// Mode S.
    #[default]
    ModeS,
}

/// `[[flight]]`: one flight along a route of great circles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flight {
    /// Aircraft identification.
    pub callsign: Option<String>,
    /// 24-bit address, six hex digits.
    pub address: Option<String>,
    /// Mode 3/A code, four octal digits.
    pub squawk: Option<String>,
    /// What answers on board.
    #[serde(default)]
    pub transponder: Transponder,
    /// Whether it reports by ADS-B.
    #[serde(default)]
    pub adsb: bool,
    /// Speed over the ground, m/s.
    pub speed_mps: f64,
    /// Seconds after which it is there.
    #[serde(default)]
    pub from_s: f64,
    /// `[lat, lon, height_m]` of two or more points.
    pub route: Vec<[f64; 3]>,
}

/// What a radar is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Technique {
    /// Primary alone.
    Psr,
    /// Secondary alone, Mode A and C.
    Ssr,
    /// Mode S alone.
    ModeS,
    /// Primary and secondary.
    PsrSsr,
    /// Primary and Mode S.
    PsrModeS,
}

impl Radar {
    /// Between which elevations it sees.
    pub(crate) fn view(&self) -> View {
        View {
            horizon_rad: self.horizon_deg.iter().map(|degrees| degrees.to_radians()).collect(),
            elevation_max_rad: self.elevation_max_deg.map(f64::to_radians),
        }
    }
}

impl Technique {
    /// Whether it sees echoes.
    pub fn primary(self) -> bool {
        matches!(self, Self::Psr | Self::PsrSsr | Self::PsrModeS)
    }

    /// Whether it asks transponders.
    pub fn secondary(self) -> bool {
        self != Self::Psr
    }

    /// Whether it asks for addresses.
    pub fn mode_s(self) -> bool {
        matches!(self, Self::ModeS | Self::PsrModeS)
    }
}

/// `[[radar]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Radar {
    /// Its name in the plots.
    pub name: String,
    /// System area code and identification code `[sac, sic]`; absent: numbered in order.
    pub id: Option<[u8; 2]>,
    /// The party that runs it: ISO 3166 alpha-3.
    pub party: Option<String>,
    /// Latitude, degrees north.
    pub lat: f64,
    /// Longitude, degrees east.
    pub lon: f64,
    /// Height of the antenna above the ellipsoid, metres.
    #[serde(default)]
    pub height_m: f64,
    /// What it is made of.
    #[serde(default = "default_technique")]
    pub technique: Technique,
    /// Seconds of a turn.
    pub period_s: f64,
    /// Longest slant range, km.
    pub range_max_km: f64,
    /// Shortest slant range, km.
    #[serde(default)]
    pub range_min_km: f64,
    /// Whether it measures elevation.
    #[serde(default)]
    pub elevation: bool,
    /// Standard deviation of slant range, metres.
    #[serde(default = "default_range_sd_m")]
    pub range_sd_m: f64,
    /// Standard deviation of azimuth, degrees.
    #[serde(default = "default_azimuth_sd_deg")]
    pub azimuth_sd_deg: f64,
    /// Standard deviation of elevation, degrees.
    #[serde(default = "default_elevation_sd_deg")]
    pub elevation_sd_deg: f64,
    /// Standard deviation of the range rate of a radar that hears the Doppler shift of its echoes,
    /// m/s; absent: it does not. Away from it counts up.
    pub range_rate_sd_mps: Option<f64>,
    /// Chance that a transponder's reply is detected.
    #[serde(default = "default_pd")]
    pub pd: f64,
    /// Chance that an echo is detected.
    #[serde(default = "default_pd_primary")]
    pub pd_primary: f64,
    /// False plots a turn, mean, if it is primary.
    #[serde(default)]
    pub clutter: f64,
    /// Chance that a code or level is garbled.
    #[serde(default)]
    pub garbling: f64,
    /// Two targets nearer in slant range than this, metres, and than `resolution_deg` in azimuth
    /// give one plot. Zero: all are resolved.
    #[serde(default)]
    pub resolution_m: f64,
    /// See `resolution_m`, degrees.
    #[serde(default = "default_resolution_deg")]
    pub resolution_deg: f64,
    /// Lowest elevation that is seen, degrees, in equal sectors of azimuth from north: the horizon
    /// that terrain leaves. Empty: the earth's alone.
    #[serde(default)]
    pub horizon_deg: Vec<f64>,
    /// Highest elevation that is seen, degrees: above it is the cone of silence. Absent: none.
    pub elevation_max_deg: Option<f64>,
    /// Systematic errors.
    #[serde(default)]
    pub bias: Bias,
    /// Seconds from measurement to receipt: least and most.
    #[serde(default = "default_latency_s")]
    pub latency_s: [f64; 2],
    /// `[from, to]` in seconds, when nothing comes.
    #[serde(default)]
    pub outages_s: Vec<[f64; 2]>,
}

fn default_technique() -> Technique {
    Technique::PsrModeS
}
fn default_range_sd_m() -> f64 {
    70.0
}
fn default_azimuth_sd_deg() -> f64 {
    0.07
}
fn default_elevation_sd_deg() -> f64 {
    0.15
}
fn default_pd() -> f64 {
    0.9
}
fn default_pd_primary() -> f64 {
    0.8
}
fn default_resolution_deg() -> f64 {
    1.5
}
fn default_latency_s() -> [f64; 2] {
    [0.3, 0.9]
}

/// Systematic errors of a radar: what it says minus what is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bias {
    /// Slant range, metres.
    pub range_m: f64,
    /// Slant range, metres a metre.
    pub range_gain: f64,
    /// Azimuth, degrees.
    pub azimuth_deg: f64,
    /// Elevation, degrees.
    pub elevation_deg: f64,
    /// Time stamp, seconds.
    pub time_s: f64,
}

/// `[[adsb]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adsb {
    /// Its name in the plots.
    #[serde(default = "default_adsb_name")]
    pub name: String,
    /// System area code and identification code `[sac, sic]`; absent: numbered in order.
    pub id: Option<[u8; 2]>,
    /// The party that runs it: ISO 3166 alpha-3.
    pub party: Option<String>,
    /// Antennas as `[lat, lon, height_m]`; empty: hears all of the area.
    #[serde(default)]
    pub stations: Vec<[f64; 3]>,
    /// How far an antenna hears, km.
    #[serde(default = "default_adsb_range_km")]
    pub range_max_km: f64,
    /// Seconds between reports of one target, mean.
    #[serde(default = "default_adsb_period_s")]
    pub period_s: f64,
    /// Standard deviation of position, metres per axis.
    #[serde(default = "default_adsb_sd_m")]
    pub sd_m: f64,
    /// Standard deviation of velocity, m/s per axis.
    #[serde(default = "default_velocity_sd_mps")]
    pub velocity_sd_mps: f64,
    /// Share of aircraft whose positions are old when stamped.
    #[serde(default)]
    pub late_share: f64,
    /// How old, seconds.
    #[serde(default = "default_late_s")]
    pub late_s: f64,
    /// Seconds from report to receipt: least and most.
    #[serde(default = "default_adsb_latency_s")]
    pub latency_s: [f64; 2],
    /// `[from, to]` in seconds, when nothing comes.
    #[serde(default)]
    pub outages_s: Vec<[f64; 2]>,
}

fn default_adsb_name() -> String {
    "AD".into()
}
fn default_adsb_range_km() -> f64 {
    400.0
}
fn default_adsb_period_s() -> f64 {
    2.0
}
fn default_adsb_sd_m() -> f64 {
    10.0
}
fn default_velocity_sd_mps() -> f64 {
    0.7
}
fn default_late_s() -> f64 {
    0.8
}
fn default_adsb_latency_s() -> [f64; 2] {
    [0.2, 0.6]
}

/// `[[mlat]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mlat {
    /// Its name in the plots.
    pub name: String,
    /// Antennas as `[lat, lon, height_m]`, four or more.
    pub stations: Vec<[f64; 3]>,
    /// How far an antenna hears, km.
    #[serde(default = "default_mlat_range_km")]
    pub range_max_km: f64,
    /// Seconds between positions of one target.
    #[serde(default = "default_mlat_period_s")]
    pub period_s: f64,
    /// Standard deviation of a time of arrival, nanoseconds.
    #[serde(default = "default_time_sd_ns")]
    pub time_sd_ns: f64,
    /// Chance that one antenna hears a reply.
    #[serde(default = "default_pd")]
    pub pd: f64,
    /// Whether it tells when its antennas heard each reply, from two on, rather than positions.
    #[serde(default)]
    pub arrivals: bool,
    /// Seconds from reply to receipt: least and most.
    #[serde(default = "default_latency_s")]
    pub latency_s: [f64; 2],
}

fn default_mlat_range_km() -> f64 {
    150.0
}
fn default_mlat_period_s() -> f64 {
    1.0
}
fn default_time_sd_ns() -> f64 {
    10.0
}

/// `[[remote_id]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoteId {
    /// Its name in the plots.
    pub name: String,
    /// Antennas as `[lat, lon, height_m]`.
    pub stations: Vec<[f64; 3]>,
    /// How far an antenna hears, km.
    #[serde(default = "default_remote_id_range_km")]
    pub range_max_km: f64,
    /// Seconds between reports of one drone.
    #[serde(default = "default_mlat_period_s")]
    pub period_s: f64,
    /// Standard deviation of position, metres per axis.
    #[serde(default = "default_remote_id_sd_m")]
    pub sd_m: f64,
    /// Chance that a report is heard.
    #[serde(default = "default_pd")]
    pub pd: f64,
    /// Seconds from report to receipt: least and most.
    #[serde(default = "default_adsb_latency_s")]
    pub latency_s: [f64; 2],
}

fn default_remote_id_range_km() -> f64 {
    5.0
}
fn default_remote_id_sd_m() -> f64 {
    5.0
}

/// What jamming does to ADS-B.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JammingEffect {
    /// Reports stop.
    Lost,
    /// Positions scatter by 2 km and the quality indicators say so.
    Degraded,
}

/// `[[jamming]]`: a circle in which satellite navigation is jammed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Jamming {
    /// Latitude, degrees north.
    pub lat: f64,
    /// Longitude, degrees east.
    pub lon: f64,
    /// Radius, km.
    pub radius_km: f64,
    /// First second.
    #[serde(default)]
    pub from_s: f64,
    /// Last second; absent: to the end.
    pub to_s: Option<f64>,
    /// What it does.
    pub effect: JammingEffect,
}

/// `[[spoofing]]`: ADS-B that is not true: of real aircraft dragged away, or of none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spoofing {
    /// How many real ADS-B aircraft are dragged away, the first of the traffic.
    #[serde(default)]
    pub dragged: u32,
    /// With what velocity, m/s east and north.
    #[serde(default)]
    pub drift_mps: [f64; 2],
    /// How many aircraft there are in ADS-B that there are not.
    #[serde(default)]
    pub ghosts: u32,
    /// First second.
    #[serde(default)]
    pub from_s: f64,
    /// Last second; absent: to the end.
    pub to_s: Option<f64>,
}

/// JSON Schema of a scenario file, as `schemas/scenario.schema.json` has it.
pub fn json_schema() -> String {
    let mut schema = schemars::schema_for!(Spec);
    schema.insert(
        "$comment".into(),
        "Generated from crates/scenario/src/spec.rs by `cargo xtask codegen`: do not edit.".into(),
    );
    format!("{:#}\n", schema.to_value())
}
