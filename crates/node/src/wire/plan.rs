//! The flight plan of the selected track, as the console shows it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The plan that a track flies, and how the track keeps to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct TrackPlan {
    /// Callsign of the plan.
    pub callsign: String,
    /// By what it was found to be the track's: "callsign", "address", "code", "route".
    pub found_by: String,
    /// Departure, as the plan names it.
    pub departure: String,
    /// Destination, as the plan names it.
    pub destination: String,
    /// The code that it was given.
    pub code: Option<String>,
    /// Beside the route, NM, positive to the right of it; none: its route is not known.
    pub aside_nm: Option<f64>,
    /// Over the level that it should have, feet.
    pub above_ft: Option<f64>,
    /// After the planned time here, seconds; before it, negative.
    pub late_s: Option<f64>,
    /// Points of the route: those just flown over and those ahead, at most [`PLAN_POINTS`].
    pub points: Vec<PlanPoint>,
    /// Points before the first of them.
    pub points_before: u32,
    /// Points after the last of them.
    pub points_after: u32,
}

/// Rows of one [`TrackPlan`].
pub const PLAN_POINTS: usize = 40;

/// A point of a route and when the track is over it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct PlanPoint {
    /// As the plan names it.
    pub name: String,
    /// As planned.
    pub planned_ms: f64,
    /// By the track's place and present ground speed; none: it is behind, or the track is too slow.
    pub estimate_ms: Option<f64>,
    /// Planned level from there on, feet of pressure altitude.
    pub level_ft: Option<f64>,
    /// Behind the track.
    pub passed: bool,
}
