//! What an unmanned aircraft tells by Remote ID, for the panel of the selected track.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What an unmanned aircraft tells of itself by Remote ID. None of it is proved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct RemoteId {
    /// What it calls itself.
    pub id: String,
    /// What kind of identification that is: "serial number".
    pub id_kind: String,
    /// Another identification that it tells beside it.
    pub also: Option<String>,
    /// By which way it came last: "Wi-Fi beacon".
    pub transport: String,
    /// Addresses of those who sent it, first heard first.
    pub transmitters: Vec<String>,
    /// Power at the receiver, dBm, if it says.
    pub signal_dbm: Option<i8>,
    /// What it says of its flight: "airborne"; none if nothing.
    pub status: Option<String>,
    /// Height above take-off or ground, feet.
    pub height_ft: Option<f64>,
    /// Above what: "take-off" or "ground".
    pub height_above: String,
    /// Where its operator is, or where it took off, degrees.
    pub operator_lat_deg: Option<f64>,
    /// The same.
    pub operator_lon_deg: Option<f64>,
    /// What that place is: "operator", "take-off" or "fixed place".
    pub operator_place: String,
    /// The operator's registration.
    pub operator_id: Option<String>,
    /// Free text.
    pub text: Option<String>,
    /// Whether it sent authentication; it is kept and not verified.
    pub authentication: bool,
    /// What of it cannot be, or hardly, in words.
    pub doubts: Vec<String>,
    /// Whether something of that cannot be.
    pub impossible: bool,
    /// Seconds since it was last heard.
    pub age_s: f64,
}
