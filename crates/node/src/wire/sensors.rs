//! What a console is told of sensors.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// All sensors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct Sensors {
    /// When this was so.
    pub time_ms: f64,
    /// One row a sensor, in configured order, then in order of discovery.
    pub rows: Vec<SensorRow>,
}

/// A sensor's health as the node judges it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct SensorRow {
    /// "SAC/SIC".
    pub id: String,
    /// Name.
    pub name: String,
    /// "radar", "ADS-B", "MLAT", "system tracks".
    pub kind: String,
    /// The feed it comes by.
    pub feed: String,
    /// Judgement.
    pub health: SensorHealth,
    /// Why, in words, when not healthy: "silent 74 s", "connection refused".
    pub note: Option<String>,
    /// Messages a second over the last ten seconds.
    pub messages_per_s: f64,
    /// Plots a second over the last ten seconds.
    pub plots_per_s: f64,
    /// Milliseconds since its last good message; none if it never sent one.
    pub silent_ms: Option<f64>,
    /// Measured rotation period, seconds.
    pub period_s: Option<f64>,
    /// Antenna, if known.
    pub lat_deg: Option<f64>,
    /// Antenna, if known.
    pub lon_deg: Option<f64>,
    /// Good messages since the start.
    #[ts(type = "number")]
    pub messages: u64,
    /// Plots since the start.
    #[ts(type = "number")]
    pub plots: u64,
    /// Named defects since the start, most frequent first.
    pub defects: Vec<DefectCount>,
    /// What was wrong last with flight plans that it brought, in words, the newest last.
    #[serde(default)]
    pub told: Vec<String>,
    /// How many of its expected plots came of late, where it turns.
    #[serde(default)]
    pub detection: Option<DetectionShare>,
    /// What it measures too much beside what it may; none for what is no radar: that is not estimated.
    #[serde(default)]
    pub bias: Option<SensorBias>,
    /// What became of its plots since the start; none for a feed as such.
    #[serde(default)]
    pub fates: Option<PlotFates>,
    /// The last mark of north or south that it sent, and the last of a sector.
    #[serde(default)]
    pub marks: Vec<SensorMark>,
    /// What it says of itself and what processing systems say of it, itself first.
    #[serde(default)]
    pub said: Vec<SensorSaid>,
    /// Tracks that only it holds.
    #[serde(default)]
    pub alone: u32,
}

/// Plots that came beside those expected of a sensor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct DetectionShare {
    /// Share that came, 0 to 1.
    pub share: f64,
    /// Of how many.
    pub expected: u32,
}

/// How a sensor does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum SensorHealth {
    /// As expected.
    Good,
    /// It sends, but something is wrong.
    Degraded,
    /// It sent and stopped, or its connection is lost.
    Silent,
    /// Nothing ever came.
    Waiting,
}

/// A named defect and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct DefectCount {
    /// Name, as on `/metrics`.
    pub name: String,
    /// How often since the start.
    #[ts(type = "number")]
    pub count: u64,
}

/// What a radar measures too much, as its traffic shows it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct SensorBias {
    /// Slant range, metres.
    pub range_m: BiasRow,
    /// Azimuth, degrees, clockwise.
    pub azimuth_deg: BiasRow,
    /// Time stamp less true time of measurement, seconds.
    pub time_s: BiasRow,
    /// Samples that they rest on; 0 where nothing is known.
    pub samples: u32,
    /// Whether ADS-B tells it; else other radars alone, and an error that all share is not seen.
    pub absolute: bool,
    /// Whether plots are corrected by it: it is significant.
    pub applied: bool,
}

/// One systematic error.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct BiasRow {
    /// The estimate; none where it is not known.
    pub value: Option<f64>,
    /// Its standard deviation.
    pub sd: Option<f64>,
    /// How much it may be; none where nobody watches over it.
    pub limit: Option<f64>,
    /// Whether it is significant and more than that.
    pub over: bool,
}

/// What became of a sensor's plots since the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct PlotFates {
    /// Moved a track.
    #[ts(type = "number")]
    pub used: u64,
    /// Had no position, and refreshed what is known of a track.
    #[ts(type = "number")]
    pub refreshed: u64,
    /// Fitted no track, and began one that is not shown yet.
    #[ts(type = "number")]
    pub unassociated: u64,
    /// Were refused: by name of the reason, most frequent first.
    pub refused: Vec<DefectCount>,
}

/// A mark of an antenna's turn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct SensorMark {
    /// Which.
    pub kind: MarkKind,
    /// Azimuth at which the antenna was, degrees, if told.
    pub azimuth_deg: Option<f64>,
    /// Seconds since it came.
    pub age_s: f64,
}

/// What a mark is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum MarkKind {
    /// The antenna points north.
    North,
    /// The antenna points south.
    South,
    /// It enters a sector.
    Sector,
}

/// What someone says of a sensor (CAT034, CAT063 and the like).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct SensorSaid {
    /// The name of who says it; none: the sensor itself.
    pub teller: Option<String>,
    /// Seconds since it came.
    pub age_s: f64,
    /// How it is, if told.
    pub condition: Option<SensorCondition>,
    /// Names of what is wrong: "time_source_invalid".
    pub troubles: Vec<String>,
    /// What it measures too much.
    pub biases: ToldBiases,
    /// Whether our own look at what arrives says otherwise than `condition`.
    pub differs: bool,
}

/// How a sensor is, as someone says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum SensorCondition {
    /// As it should be.
    Operational,
    /// Working with less than all.
    Degraded,
    /// Starting.
    Initialising,
    /// Not connected.
    Disconnected,
    /// Its operator forbids the use of its data.
    Inhibited,
    /// The teller does not know.
    Unknown,
}

/// What a processing system says a sensor measures too much; none is not told.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct ToldBiases {
    /// Time stamps, seconds.
    pub time_s: Option<f64>,
    /// Slant range of secondary radar, metres.
    pub secondary_range_m: Option<f64>,
    /// Azimuth of secondary radar, degrees.
    pub secondary_azimuth_deg: Option<f64>,
    /// Slant range of primary radar, metres.
    pub primary_range_m: Option<f64>,
    /// Azimuth of primary radar, degrees.
    pub primary_azimuth_deg: Option<f64>,
}

/// Bit of a cell: the sensor saw a track there.
pub const COVER_SEEN: u8 = 1;
/// Bit of a cell: a track of ours was there, whoever saw it.
pub const COVER_FLOWN: u8 = 2;

/// Where a sensor has seen tracks within the last hour, or since it is counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct SensorCover {
    /// "SAC/SIC".
    pub sensor: String,
    /// When this was so.
    pub time_ms: f64,
    /// From when on it is counted; none: it is not, and `uncounted` says why.
    pub since_ms: Option<f64>,
    /// Why nothing is counted, in words.
    pub uncounted: Option<String>,
    /// Where its antenna stands: latitude, longitude, degrees, if known.
    pub site_deg: Option<[f64; 2]>,
    /// The antenna over the ellipsoid, metres.
    pub height_m: Option<f64>,
    /// Cells around, the first from true north on, clockwise.
    pub sectors: u16,
    /// Cells outward.
    pub rings: u16,
    /// Depth of a cell, NM.
    pub ring_nm: f64,
    /// How far it is said to see, NM; none: cells go out as far as an en-route radar sees.
    pub range_nm: Option<f64>,
    /// By level, the lowest first.
    pub bands: Vec<CoverBand>,
}

/// One band of levels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct CoverBand {
    /// From this flight level on.
    pub from_fl: u16,
    /// Below this one; none: and all above.
    pub to_fl: Option<u16>,
    /// Ring by ring from the sensor outward: bits [`COVER_SEEN`], [`COVER_FLOWN`].
    pub cells: Vec<u8>,
}
