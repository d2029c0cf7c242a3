//! Areas of responsibility and of accords, and when airspaces are active, as the map shows them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who is responsible where, and where articles in force hold; when it changed, and to whoever joins.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct Areas {
    /// Areas of responsibility in configured order, then articles in order of accord.
    pub rows: Vec<AreaRow>,
}

/// One area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AreaRow {
    /// What holds there.
    pub kind: AreaKind,
    /// The accord's id; none for an area of responsibility.
    pub accord: Option<String>,
    /// The article's number.
    pub article: Option<String>,
    /// What the article says in a few words.
    pub title: Option<String>,
    /// Who is responsible, who tells, or who is stood in for.
    pub of: Vec<String>,
    /// Who is told, or who may stand in, first choice first.
    pub to: Vec<String>,
    /// Who stands in now.
    pub stand_in: Option<String>,
    /// Its shapes: inside any of them.
    pub shapes: Vec<AreaShape>,
}

/// What holds in an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum AreaKind {
    /// One party owns the tracks there, and decides who they are.
    Responsible,
    /// Something is told of what is there.
    Release,
    /// One party may stand in there for another.
    BackUp,
}

/// One shape of an area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AreaShape {
    /// Latitude and longitude, degrees: corners of a closed line, or of a line where `within_nm` is.
    pub points: Vec<[f64; 2]>,
    /// All that lies so near to the line, NM.
    pub within_nm: Option<f64>,
}

/// Airspaces that are not always active; when one has changed, and to whoever joins.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AirspaceTimes {
    /// In order of place.
    pub rows: Vec<AirspaceTime>,
}

/// Whether one airspace is active now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AirspaceTime {
    /// Its place among the features of `/api/v1/airspace`.
    pub place: u32,
    /// Whether it is; none: by notice alone, which is not here.
    pub active: Option<bool>,
    /// Until when that is so, milliseconds since 1970; none: not within the next eight days.
    pub until_ms: Option<f64>,
}
