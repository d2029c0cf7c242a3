//! Who a track is, and how that came about, as the console shows it.

use super::{Identity, SaidWords};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the identity of the selected track came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct TrackIdentity {
    /// What it is.
    pub identity: Identity,
    /// What the machine makes of the evidence, whatever people decided.
    pub machine: Identity,
    /// What people decided; none: the machine's answer holds.
    pub decided: Option<DecidedRow>,
    /// What waits for a second person.
    pub waiting: Option<WaitingRow>,
    /// Whether this party decides. Else a decision here is a word to the owner.
    pub ours: bool,
    /// What partners propose and nobody here has answered.
    pub proposals: Vec<ProposalRow>,
    /// The partner to whom an identity can be proposed: it owns the track, and an article lets us.
    #[serde(default)]
    pub propose_to: Option<String>,
    /// What people here proposed to it, newest first.
    #[serde(default)]
    pub sent: Vec<SentProposalRow>,
    /// Evidence, what counts most first.
    pub evidence: Vec<EvidenceRow>,
    /// Changes, newest first.
    pub history: Vec<ChangeRow>,
    /// Older changes that made place for newer ones; the journal has them.
    #[ts(type = "number")]
    pub history_dropped: u64,
}

/// What people decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct DecidedRow {
    /// Who, and of suspect and hostile who confirmed it.
    pub by: Vec<String>,
    /// Why.
    pub why: String,
    /// When.
    pub at_ms: f64,
    /// When a person should look at it again.
    pub review_ms: f64,
    /// Whether that time has come.
    pub review_due: bool,
}

/// An identity that a first person wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct WaitingRow {
    /// Track number.
    pub number: u32,
    /// What.
    pub identity: Identity,
    /// Who; the first of them cannot confirm it.
    pub by: Vec<String>,
    /// Why.
    pub why: String,
    /// When.
    pub at_ms: f64,
    /// Until when it can be confirmed.
    pub until_ms: f64,
    /// The track for which it was decided, if that one went over into this.
    pub carried: Option<u32>,
}

/// What a partner proposes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct ProposalRow {
    /// Track number.
    pub number: u32,
    /// Who.
    pub party: String,
    /// What.
    pub identity: Identity,
    /// The person who proposes it; none: it is what the partner's node calls the track.
    #[serde(default)]
    pub by: Option<String>,
    /// Why, in that person's words.
    #[serde(default)]
    pub why: String,
    /// When it was said.
    #[serde(default)]
    pub at_ms: Option<f64>,
}

/// What a person here proposes of a track that a partner owns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct SentProposalRow {
    /// Track number.
    pub number: u32,
    /// The owner.
    pub party: String,
    /// What.
    pub identity: Identity,
    /// Why.
    pub why: String,
    /// Who.
    pub by: String,
    /// When.
    pub at_ms: f64,
    /// Under which article.
    pub article: String,
    /// How far it is.
    pub state: ProposalState,
    /// The owner's answer, or why it is over.
    pub answer: Option<SaidWords>,
    /// Why it is not on its way.
    pub held_up: Option<String>,
}

/// How far a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum ProposalState {
    /// The owner's node has not acknowledged it.
    Sent,
    /// The owner's node has it.
    Received,
    /// It is so, says the owner.
    Accepted,
    /// It is not.
    Refused,
    /// It came to nothing.
    Over,
}

/// One reason for or against an identity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct EvidenceRow {
    /// Of which kind: "plan", "permission", "code", "address", "callsign", "corridor", "behaviour",
    /// "ADS-B", "partner", "report".
    pub kind: String,
    /// In words.
    pub words: String,
    /// What it counts now; none at all is shown and not weighed.
    pub weights: Vec<WeightRow>,
    /// Seconds for which it has been so.
    pub since_s: f64,
    /// Seconds since it was last so.
    pub age_s: f64,
}

/// What a piece of evidence counts for one class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct WeightRow {
    /// "civil", "friend", "neutral", or "doubt", which counts against each.
    pub towards: String,
    /// Points now.
    pub points: f64,
    /// Points while it is fresh.
    pub points_fresh: f64,
}

/// One change of identity, or step towards one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct ChangeRow {
    /// When.
    pub at_ms: f64,
    /// The person; none: the machine.
    pub by: Option<String>,
    /// What was done: "set", "proposed", "confirmed", "refused KAZ's proposal".
    pub what: String,
    /// What it was.
    pub from: Identity,
    /// What it is, or would be.
    pub to: Identity,
    /// Why.
    pub why: String,
}

/// What asks for a person's word on identities, over all tracks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct IdentityDesk {
    /// What waits for a second person, first come first.
    pub waiting: Vec<WaitingRow>,
    /// What partners propose for tracks that are ours, by track; the first of them.
    pub proposals: Vec<ProposalRow>,
    /// How many more.
    pub proposals_more: u32,
    /// Tracks whose decision should be looked at again, by track; the first of them.
    pub reviews: Vec<u32>,
    /// What people had said of tracks that did not come back after a restart.
    pub lost: Vec<LostRow>,
    /// What people here proposed of partners' tracks, newest first.
    #[serde(default)]
    pub sent: Vec<SentProposalRow>,
    /// Answers of people here that are held up, in words.
    #[serde(default)]
    pub held_up: Vec<String>,
}

/// What people had said of a track that nothing brings back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct LostRow {
    /// The number that it had.
    pub number: u32,
    /// What it was said to be.
    pub identity: Identity,
    /// By whom.
    pub by: Vec<String>,
}

/// Which of people's words on a track is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum IdentityWord {
    /// What was decided.
    Decided,
    /// What waits for a second person.
    Waiting,
}

/// An answer to a partner's proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum ProposalAnswer {
    /// It is what the partner says.
    Accept,
    /// It is not.
    Refuse,
}

/// How an operator came to know who a track is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum ReportMeans {
    /// Seen, by a crew or from the ground.
    Visual,
    /// Heard, by radio or telephone.
    Voice,
}
