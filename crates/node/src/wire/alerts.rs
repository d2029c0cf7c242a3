//! Alerts, as the console shows them.

use super::{IncidentKind, SaidWords};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The list of alerts, or the part of it that this console looks at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct Alerts {
    /// When this was so.
    pub time_ms: f64,
    /// Rows from `from` on, at most [`ALERT_ROWS`]: by severity, then by time to the event.
    pub rows: Vec<AlertRow>,
    /// How many rows come before the first.
    pub from: u32,
    /// How many rows there are.
    pub total: u32,
    /// How many of each severity are open, advisory first.
    pub open: [u32; 3],
    /// How many are open and nobody has acknowledged since their severity last rose.
    pub unacknowledged: u32,
    /// Rules that could not be evaluated at the last instant, and why.
    pub unable: Vec<String>,
    /// Alerts that partners tell us of, most urgent first: theirs, on nobody's list here.
    #[serde(default)]
    pub of_partners: Vec<PartnerAlertRow>,
    /// How many more of these there are.
    #[serde(default)]
    pub of_partners_more: u32,
    /// Where open alerts that no track shows are drawn, most urgent first, at most [`ALERT_MARKS`]:
    /// claimed positions beside measured ones, disturbed cells, sensors, Remote IDs.
    #[serde(default)]
    pub marks: Vec<AlertMark>,
    /// What calls for somebody, on whichever page it is: open, heeded by nobody since its severity
    /// last rose, and not muted; the newest first, at most [`ALERT_CALLS`] of each severity.
    #[serde(default)]
    pub calls: Vec<AlertCall>,
    /// What the map has to show of open alerts about tracks that are not among `rows`, most urgent
    /// first, at most [`ALERT_RINGS`].
    #[serde(default)]
    pub elsewhere: Vec<AlertRing>,
}

/// Rows of one [`Alerts`] message.
pub const ALERT_ROWS: usize = 100;

/// Rows of each severity in [`Alerts::calls`].
pub const ALERT_CALLS: usize = 20;

/// Alerts in [`Alerts::elsewhere`].
pub const ALERT_RINGS: usize = 1000;

/// An open alert as tracks on the map wear it: a ring, and a tag in the label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AlertRing {
    /// The rule by its name.
    pub rule: String,
    /// How much it needs a person.
    pub severity: AlertSeverity,
    /// Tracks that it is about.
    pub tracks: Vec<u32>,
    /// When what it warns of is expected.
    pub predicted_ms: Option<f64>,
}

/// An alert that calls for somebody, in as many words as are said aloud.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AlertCall {
    /// The alert's number.
    #[ts(type = "number")]
    pub alert: u64,
    /// How much it needs a person.
    pub severity: AlertSeverity,
    /// What it says, as on the screen.
    pub title: String,
    /// Tracks that it is about.
    pub tracks: Vec<u32>,
    /// What it is about beside them.
    pub about: Option<String>,
    /// Since when it calls: its severity last rose then, or it was raised.
    pub since_ms: f64,
}

/// One alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AlertRow {
    /// Its number within this node.
    #[ts(type = "number")]
    pub id: u64,
    /// The rule, by its name in configuration and documents: `border_predicted`.
    pub rule: String,
    /// What it says, as on the screen: "BORDER CROSSING".
    pub title: String,
    /// How much it needs a person.
    pub severity: AlertSeverity,
    /// What became of it.
    pub state: AlertState,
    /// Tracks that it is about.
    pub tracks: Vec<u32>,
    /// What it is about beside them: an airspace, a code, a cell, a sensor.
    pub about: Option<String>,
    /// Where, if it is of a place.
    pub at: Option<AlertPlace>,
    /// When what it warns of will happen; none if it has.
    pub predicted_ms: Option<f64>,
    /// When it was raised.
    pub opened_ms: f64,
    /// When it ended.
    pub ended_ms: Option<f64>,
    /// Why it ended.
    pub ended_for: Option<String>,
    /// Who has seen it.
    pub acknowledged: Option<SaidWords>,
    /// Its severity rose after that, or after it was put into an incident: it can be acknowledged
    /// again.
    #[serde(default)]
    pub rose_since: bool,
    /// Who muted it, why, and until when.
    pub muted: Option<AlertMute>,
    /// The incident it is in.
    pub incident: Option<String>,
    /// Inputs and thresholds, in the order in which they are read.
    pub facts: Vec<FactRow>,
    /// Its message type in ASTERIX CAT004, where the standard has one.
    pub cat004: Option<u8>,
    /// The kind of incident that it begins.
    #[serde(default = "IncidentKind::other")]
    pub kind: IncidentKind,
}

/// An alert that a partner tells of, as far as an article lets it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct PartnerAlertRow {
    /// Whose it is.
    pub party: String,
    /// Its number in what that party tells us.
    pub number: u32,
    /// What kind it is of, as on the screen.
    pub title: String,
    /// The partner's name for its rule.
    pub rule: Option<String>,
    /// How much the partner thinks that it needs a person.
    pub severity: Option<AlertSeverity>,
    /// What people there have made of it.
    pub state: AlertState,
    /// When it was raised there.
    pub opened_ms: Option<f64>,
    /// Tracks that it is about, by number in our picture.
    pub tracks: Vec<u32>,
    /// Where, if it is about no track and of a place.
    pub at: Option<AlertPlace>,
    /// Pressure altitude, feet, alike.
    pub level_ft: Option<f64>,
    /// Articles under which it is told.
    pub articles: Vec<String>,
}

/// How much an alert needs a person.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum AlertSeverity {
    /// To be known.
    Advisory,
    /// To be looked at.
    Caution,
    /// To be acted on now.
    Warning,
}

/// What became of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum AlertState {
    /// Nobody has said to have seen it.
    New,
    /// Somebody has.
    Acknowledged,
    /// It belongs to an incident.
    InIncident,
    /// Its condition holds no more.
    Ended,
}

/// Where an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AlertPlace {
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
}

/// A mute: the alert stays, and calls nobody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AlertMute {
    /// Who muted it, when and why.
    pub said: SaidWords,
    /// Until when.
    pub until_ms: f64,
    /// It is of every alert of the rule.
    #[serde(default)]
    pub of_rule: bool,
}

/// Where an open alert is drawn on the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AlertMark {
    /// The alert's number.
    #[ts(type = "number")]
    pub alert: u64,
    /// How much it needs a person.
    pub severity: AlertSeverity,
    /// What it says, as on the screen.
    pub title: String,
    /// Places that it names, in the order in which they are read; at most [`MARK_PLACES`].
    pub places: Vec<MarkedPlace>,
    /// Corners of the area that it is about, in order around it, the first not again; empty where it
    /// is about none.
    pub outline: Vec<AlertPlace>,
    /// Of a cell: how many aircraft in it tell a degraded position, and of how many.
    #[serde(default)]
    pub degraded: Option<[u32; 2]>,
}

/// A place on the map, and what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct MarkedPlace {
    /// Where.
    pub at: AlertPlace,
    /// What it is, as in the alert's inputs: "claimed position".
    pub name: String,
    /// Whether to believe it.
    pub belief: Belief,
}

/// Whether a place is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum Belief {
    /// It was measured.
    Trusted,
    /// It is what the target says, and what was measured disagrees.
    Claimed,
    /// Nothing speaks against it.
    Plain,
}

/// Marks of one [`Alerts`] message: those of the most urgent alerts.
pub const ALERT_MARKS: usize = 100;
/// Places of one mark.
pub const MARK_PLACES: usize = 6;

/// One input of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct FactRow {
    /// What it is.
    pub name: String,
    /// What was found, with its unit.
    pub value: String,
    /// What it was held against.
    pub limit: Option<String>,
}
