//! The last day, minute by minute, asked over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What happened since a given instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "timeline.ts")]
pub struct TimelineTold {
    /// Now, milliseconds since 1970.
    pub now_ms: f64,
    /// Whether what was can be looked at again: something is recorded here.
    pub recorded: bool,
    /// Oldest first, the one that is under way last. Minutes in which the node did not run are missing.
    pub minutes: Vec<TimelineMinute>,
}

/// One minute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "timeline.ts")]
pub struct TimelineMinute {
    /// When it began, milliseconds since 1970.
    pub at_ms: f64,
    /// Most tracks at one time.
    pub tracks: u32,
    /// Alerts that opened: advisories, cautions, warnings.
    pub opened: [u32; 3],
    /// Feeds whose stream did not stand at one time or another, by name.
    pub down: Vec<String>,
}
