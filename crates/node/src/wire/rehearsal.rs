//! Rehearsals of a draft accord, asked over HTTP.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A draft to rehearse over what this node recorded last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "rehearsal.ts")]
pub struct RehearsalAsked {
    /// The whole text of the draft accord.
    pub draft: String,
    /// Over how many seconds before now.
    pub last_s: f64,
}

/// What a draft would have told, beside what the accords of then told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "rehearsal.ts")]
pub struct RehearsalDone {
    /// Whose picture it was.
    pub party: String,
    /// The draft's id.
    pub accord: String,
    /// Whether an accord with this id is held today.
    pub amends: bool,
    /// First picture; none if there was none.
    pub first_ms: Option<f64>,
    /// Last picture.
    pub last_ms: Option<f64>,
    /// How many.
    #[ts(type = "number")]
    pub pictures: u64,
    /// Every partner of either text, in order of name.
    pub partners: Vec<RehearsedPartner>,
}

/// What one partner would have been told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "rehearsal.ts")]
pub struct RehearsedPartner {
    /// Who.
    pub party: String,
    /// By the draft.
    pub draft: ToldAmount,
    /// As it was.
    pub current: ToldAmount,
    /// Objects released, by article.
    pub released: Vec<RuleBeside>,
    /// Objects withheld at one time or another, by reason.
    pub withheld: Vec<RuleBeside>,
    /// Objects of which the draft tells what was not told, or not so exactly or soon; those it tells
    /// of longest first.
    pub more: Vec<RehearsedObject>,
    /// Objects of which it tells less.
    pub less: Vec<RehearsedObject>,
    /// How many there are of either, listed here or not.
    #[ts(type = "[number, number]")]
    pub counted: (u64, u64),
}

/// How much went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "rehearsal.ts")]
pub struct ToldAmount {
    /// Objects, as the partner numbers them.
    #[ts(type = "number")]
    pub objects: u64,
    /// Updates of them.
    #[ts(type = "number")]
    pub updates: u64,
    /// Fields in those.
    #[ts(type = "number")]
    pub fields: u64,
}

/// One rule, and of how many objects it decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "rehearsal.ts")]
pub struct RuleBeside {
    /// The article, or the reason.
    pub rule: String,
    /// By the draft.
    #[ts(type = "number")]
    pub draft: u64,
    /// As it was.
    #[ts(type = "number")]
    pub current: u64,
}

/// One object of which one text tells what the other does not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "rehearsal.ts")]
pub struct RehearsedObject {
    /// Our number of it.
    #[ts(type = "number")]
    pub number: u64,
    /// What it is: "tracks", "incidents".
    pub kind: String,
    /// 24-bit address, six hex digits.
    pub address: Option<String>,
    /// Callsign.
    pub callsign: Option<String>,
    /// From when.
    pub first_ms: f64,
    /// To when.
    pub last_ms: f64,
    /// The fields.
    pub fields: Vec<String>,
    /// The articles that let them out.
    pub articles: Vec<String>,
    /// Where it was then, in our picture.
    pub places: Vec<RehearsedPlace>,
}

/// Where an object was.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "rehearsal.ts")]
pub struct RehearsedPlace {
    /// When.
    pub time_ms: f64,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
}
