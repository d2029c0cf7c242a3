//! Requests, answers and back-up, as the console shows them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// All requests that the node knows, and under what it may ask.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct Requests {
    /// Articles under which this party may ask, in order.
    pub articles: Vec<AskArticle>,
    /// Requests, oldest first.
    pub rows: Vec<RequestRow>,
    /// Old requests that made place for newer ones; the ledger has them.
    #[ts(type = "number")]
    pub dropped: u64,
}

/// An article under which this party may ask.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AskArticle {
    /// The accord's id.
    pub accord: String,
    /// Its number.
    pub article: String,
    /// What it says in a few words.
    pub title: Option<String>,
    /// What may be asked for.
    pub purposes: Vec<Purpose>,
    /// Who may be asked now.
    pub parties: Vec<String>,
    /// How soon an answer is due, seconds.
    pub answer_within_s: f64,
}

/// What is asked for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum Purpose {
    /// What the other knows.
    Information,
    /// To talk about it.
    Consultation,
    /// To stand in.
    BackUp,
    /// To help.
    Assistance,
}

/// One request and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct RequestRow {
    /// Who asks.
    pub asker: String,
    /// That party's number for it.
    pub number: u32,
    /// The accord.
    pub accord: String,
    /// The article in it.
    pub article: String,
    /// For what.
    pub purpose: Purpose,
    /// In words.
    pub text: String,
    /// The incident it concerns.
    pub incident: Option<String>,
    /// The person or position that asks.
    pub by: String,
    /// When it was raised.
    pub raised_ms: f64,
    /// When the answer is due.
    pub due_ms: f64,
    /// Whether this party is asked and has not answered.
    pub to_answer: bool,
    /// Whether it was taken back, and why.
    pub withdrawn: Option<SaidWords>,
    /// Who is asked, in order.
    pub asked: Vec<AskedRow>,
    /// What was done, oldest first.
    pub reports: Vec<ReportRow>,
    /// Everybody who knows of it, in order.
    pub audience: Vec<String>,
    /// Parties that told different things under one name.
    pub contradicted: Vec<String>,
}

/// How one party that is asked stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AskedRow {
    /// Who.
    pub party: String,
    /// Where that leaves it.
    pub state: AskedState,
    /// Whether its first answer came after it was due.
    pub late: bool,
    /// When its node had the request.
    pub received_ms: Option<f64>,
    /// When its first answer was heard here, where that was after it was due and the answer says to be
    /// from before.
    pub heard_ms: Option<f64>,
    /// What it answered, oldest first; the last stands.
    pub answers: Vec<AnswerRow>,
    /// Who recorded that it had not answered when the answer was due.
    pub silence_recorded_by: Vec<String>,
}

/// Where a party that is asked stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum AskedState {
    /// Nothing came back yet.
    Sent,
    /// Its node has the request.
    Received,
    /// Yes.
    Accepted,
    /// Some of it.
    InPart,
    /// No.
    Declined,
    /// No answer by the due time.
    NoAnswer,
    /// It is not asked any more.
    Withdrawn,
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum Answer {
    /// Yes.
    Accepted,
    /// Some of it.
    InPart,
    /// No.
    Declined,
}

/// One answer and its words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AnswerRow {
    /// Yes or no.
    pub answer: Answer,
    /// What a person said with it.
    pub said: SaidWords,
}

/// What one party did about a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct ReportRow {
    /// Who.
    pub party: String,
    /// What a person said of it.
    pub said: SaidWords,
}

/// What a person said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct SaidWords {
    /// When.
    pub at_ms: f64,
    /// What.
    pub words: String,
    /// The person or position.
    pub by: String,
}

/// Every article on back-up in force, and how it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct BackUps {
    /// One row an article, in order.
    pub rows: Vec<BackUpRow>,
}

/// One article on back-up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct BackUpRow {
    /// The accord.
    pub accord: String,
    /// The article in it.
    pub article: String,
    /// Whose duty.
    pub of: String,
    /// Who may stand in, first choice first.
    pub by: Vec<String>,
    /// Where, by name.
    pub area: String,
    /// Since when the party is silent.
    pub silent_since_ms: Option<f64>,
    /// Who stands in, since when, and who confirmed it.
    pub stand_in: Option<StandInRow>,
    /// What people are asked to confirm here.
    pub proposed: Option<Proposal>,
    /// Names needed.
    pub needed: u8,
    /// Names given here so far, in order.
    pub confirmed: Vec<String>,
    /// Why nothing can be confirmed here now, in words.
    pub waits: Option<String>,
}

/// Who stands in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct StandInRow {
    /// Who.
    pub party: String,
    /// Since when.
    pub since_ms: f64,
    /// Who confirmed it.
    pub by: Vec<String>,
}

/// What people are asked to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum Proposal {
    /// Take over.
    TakeOver,
    /// Hand back.
    HandBack,
}
