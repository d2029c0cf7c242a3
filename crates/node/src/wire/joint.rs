//! What stands beside a partner's view, as the console shows it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One article or caveat that says what a partner may be told now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct TermRow {
    /// The accord's id.
    pub accord: String,
    /// The first eight digits of the SHA-256 of the text by which this party goes, as far as it shares it
    /// with the others; none where that is not known.
    pub text: Option<String>,
    /// When people approved that text, milliseconds since 1970; none where nobody had to.
    pub approved_ms: Option<f64>,
    /// The article's number, or the caveat's.
    pub article: String,
    /// In a few words.
    pub title: Option<String>,
    /// What an article lets out: "tracks", "plots", "alerts", "incidents", "coverage"; none for a caveat.
    pub lets_out: Option<String>,
    /// How exactly at most, or what a caveat keeps; empty where nothing is reduced.
    pub words: String,
    /// How late it is told at least, seconds.
    pub delay_s: f64,
}

/// What of our own picture a partner is not told, beside the numbers of what it is; sent once a second to a
/// console that shows our picture beside the partner's view.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct HeldBack {
    /// The partner.
    pub party: String,
    /// When this was so.
    pub time_ms: f64,
    /// Tracks that it is not told, by number in our picture.
    pub number: Vec<u32>,
    /// Why not, of each: a place in `reasons`.
    pub reason: Vec<u32>,
    /// The reasons there are: the condition that failed, and the article or caveat that came nearest.
    pub reasons: Vec<String>,
    /// Tracks that it is told, by number in our picture.
    pub told: Vec<u32>,
    /// The number that it is told each of them under.
    pub told_as: Vec<u32>,
}

/// Pairs that [`Pairs`] lists at most.
pub const PAIR_ROWS: usize = 100;

/// Partners' tracks that are ours, and those of which a person said that they are not; once a second.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct Pairs {
    /// When this was so.
    pub time_ms: f64,
    /// What people said first, then the most doubtful; at most [`PAIR_ROWS`].
    pub rows: Vec<PairRow>,
    /// How many more there are.
    pub more: u32,
}

/// One of a partner's tracks that is one of ours, or of which a person said that it is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct PairRow {
    /// The partner.
    pub party: String,
    /// Its number for it.
    pub theirs: u32,
    /// The number in our picture.
    pub number: u32,
    /// A person said that they are two.
    pub apart: bool,
    /// By what they were found to be one.
    pub how: PairHow,
    /// Of the partner's last reports the share that agreed, 0 to 1; none before the first, and of two.
    pub score: Option<f64>,
    /// Of how many reports that is.
    pub looks: u32,
    /// Since when they are one, or said to be one or two.
    pub since_ms: Option<f64>,
    /// Who said so; none: the machine found it.
    pub by: Option<String>,
    /// Why that person said so.
    pub why: Option<String>,
}

/// By what a partner's track was found to be one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum PairHow {
    /// One ICAO address.
    Address,
    /// One callsign, or one code that is nobody else's.
    Code,
    /// Where both are and how they move.
    Place,
    /// A person said so.
    ByHand,
}

/// What a person says of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum PairWord {
    /// One target.
    One,
    /// Two targets.
    Two,
    /// What was said is taken back, and the machine decides again.
    Undo,
}
