//! Incidents, as the console shows them and as people act on them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Rows of one [`Incidents`] message.
pub const INCIDENT_ROWS: usize = 1_000;
/// Entries of a log in one [`IncidentDetail`]: the newest.
pub const INCIDENT_ENTRIES: usize = 200;

/// All incidents that the node knows of, when something about one changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct Incidents {
    /// What is escalated or offered first, then open ones held here, those of partners, and what is
    /// over; the newest first, at most [`INCIDENT_ROWS`].
    pub rows: Vec<IncidentRow>,
    /// How many there are.
    pub total: u32,
    /// How many are open and held here.
    pub open: u32,
    /// Under which articles partners may be told of incidents now.
    pub articles: Vec<IncidentArticle>,
    /// What of the book of a run before could not be read, in words.
    pub lost: Option<String>,
    /// How an incident may end.
    #[serde(default)]
    pub outcomes: Vec<OutcomeRow>,
}

/// One way in which an incident may end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct OutcomeRow {
    /// Which.
    pub outcome: IncidentOutcome,
    /// It says too little without a reason.
    pub needs_reason: bool,
}

/// An incident by the node that opened it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct IncidentName {
    /// The party.
    pub node: String,
    /// That party's number for it.
    pub number: u32,
}

/// An article under which incidents are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct IncidentArticle {
    /// The accord's id.
    pub accord: String,
    /// The article's number.
    pub article: String,
    /// What it is called, where it has a title.
    pub title: Option<String>,
    /// Who may be told.
    pub parties: Vec<String>,
}

/// One incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct IncidentRow {
    /// Its name.
    pub name: IncidentName,
    /// What it is about.
    pub kind: IncidentKind,
    /// In a few words; empty where a partner did not tell.
    pub title: String,
    /// Since when.
    pub opened_ms: f64,
    /// The party that holds it, as far as is known here.
    pub holder: String,
    /// The person who owns it; none where a partner holds it and named nobody.
    pub owner: Option<String>,
    /// Whether this node holds it.
    pub held_here: bool,
    /// How it ended, if it has.
    pub closed: Option<IncidentClosed>,
    /// Since when its owner must look at it, and why.
    pub escalated: Option<IncidentEscalated>,
    /// Our offer that stands.
    pub offer: Option<IncidentOffer>,
    /// A partner's offer that stands.
    pub incoming: Option<IncidentOffer>,
    /// Who here has accepted that offer; the partner has the last word.
    pub accepted_by: Option<String>,
    /// A partner told something that nobody here has seen.
    pub unseen: bool,
    /// Alerts that belong to it.
    #[ts(type = "number[]")]
    pub alerts: Vec<u64>,
    /// Tracks that it is about.
    pub tracks: Vec<IncidentTrack>,
    /// Steps of its checklist that are done, and how many there are.
    pub steps: [u32; 2],
}

/// A track of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct IncidentTrack {
    /// By who numbers it: "TN 17", "KAZ:4".
    pub label: String,
    /// Its number in our picture, where it is in it.
    pub number: Option<u32>,
}

/// How an incident ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct IncidentClosed {
    /// How.
    pub outcome: IncidentOutcome,
    /// Who says so.
    pub by: String,
    /// When.
    pub at_ms: f64,
}

/// That somebody must look at it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct IncidentEscalated {
    /// Since when.
    pub since_ms: f64,
    /// Why.
    pub why: String,
}

/// An offer of hand-over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct IncidentOffer {
    /// The other party.
    pub party: String,
    /// The article.
    pub article: String,
    /// Until when an answer counts.
    pub due_ms: f64,
}

/// Everything of one incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct IncidentDetail {
    /// As in the list.
    pub row: IncidentRow,
    /// Its checklist.
    pub steps: Vec<IncidentStep>,
    /// What partners were told, oldest first.
    pub told: Vec<IncidentTold>,
    /// The newest entries of its log, at most [`INCIDENT_ENTRIES`], oldest first.
    pub log: Vec<IncidentEntry>,
    /// Hash of the newest entry, hexadecimal.
    pub head: String,
}

/// A step of a checklist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct IncidentStep {
    /// What to do.
    pub text: String,
    /// The article that asks for it; none where it is a default.
    pub article: Option<String>,
    /// Who did it.
    pub done_by: Option<String>,
    /// When.
    pub done_ms: Option<f64>,
}

/// What a partner was told of an incident, and how far it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct IncidentTold {
    /// The partner.
    pub party: String,
    /// The name by which the partner knows the incident, where it is told by one.
    pub known_as: Option<IncidentName>,
    /// The article.
    pub article: String,
    /// When it was told.
    pub at_ms: f64,
    /// When its node said that it has it.
    pub received_ms: Option<f64>,
    /// Who there has seen it.
    pub seen_by: Option<String>,
    /// When that was said.
    pub seen_ms: Option<f64>,
    /// Why it is not on its way.
    pub held_up: Option<String>,
}

/// An entry of a log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct IncidentEntry {
    /// From 1, without gaps.
    pub sequence: u32,
    /// When.
    pub at_ms: f64,
    /// Who.
    pub by: String,
    /// What.
    pub words: String,
    /// Why; empty where nothing was said.
    pub why: String,
    /// A note that partners may read.
    pub shareable: bool,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident of $core:ty { $($(#[$variant_doc:meta])* $variant:ident;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[ts(export_to = "wire.ts")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl From<$core> for $name {
            fn from(word: $core) -> Self {
                match word { $(<$core>::$variant => $name::$variant,)* }
            }
        }

        impl From<$name> for $core {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => <$core>::$variant,)* }
            }
        }
    };
}

words! {
    /// What an incident is about.
    IncidentKind of alert::incident::Kind {
        /// A track that nobody knows.
        Unidentified;
        /// An aircraft without radio.
        RadioFailure;
        /// An aircraft in distress or urgency.
        Emergency;
        /// Unlawful interference with an aircraft.
        UnlawfulInterference;
        /// A border crossed or about to be.
        Border;
        /// An airspace infringed or about to be.
        Airspace;
        /// Two aircraft too close.
        Conflict;
        /// An aircraft too low over terrain.
        Terrain;
        /// Satellite navigation disturbed.
        Gnss;
        /// A sensor silent, degraded or biased.
        Sensor;
        /// An unmanned aircraft.
        Unmanned;
        /// None of these.
        Other;
    }
}

impl IncidentKind {
    /// Of what does not say.
    pub(super) fn other() -> Self {
        Self::Other
    }
}

words! {
    /// How an incident ended.
    IncidentOutcome of alert::incident::Outcome {
        /// Who it was is known.
        Identified;
        /// The aircraft landed, or left, safely.
        EndedSafely;
        /// It left the area of this node.
        LeftArea;
        /// Contact, plan or permission came back or was there.
        Regularised;
        /// What was disturbed or degraded works again.
        Restored;
        /// There was nothing.
        FalseAlert;
        /// It is handled as part of another incident.
        Merged;
        /// Another service or authority has it.
        PassedOn;
        /// It could not be found out.
        Unresolved;
        /// None of these.
        Other;
    }
}

/// A person at a console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct Person {
    /// The name.
    pub name: String,
    /// The position at which they sit. A partner is told it; the name it is not, unless they say
    /// something to the partner.
    #[serde(default)]
    pub position: Option<String>,
}

/// What a person does about an incident that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum IncidentDeed {
    /// These alerts belong to it.
    AttachAlerts {
        /// By number.
        #[ts(type = "number[]")]
        alerts: Vec<u64>,
    },
    /// These do not.
    DetachAlerts {
        /// By number.
        #[ts(type = "number[]")]
        alerts: Vec<u64>,
    },
    /// These tracks belong to it.
    AttachTracks {
        /// By number in our picture.
        tracks: Vec<u32>,
    },
    /// These do not.
    DetachTracks {
        /// By the label in the list: "TN 17".
        labels: Vec<String>,
    },
    /// A note.
    Note {
        /// What.
        text: String,
        /// Whether partners that may know of the incident may read it.
        shareable: bool,
    },
    /// A step of the checklist was done, or was not after all.
    Tick {
        /// Which, from 0.
        step: u16,
        /// Done.
        done: bool,
    },
    /// It is of another kind.
    Reclassify {
        /// Which.
        kind: IncidentKind,
    },
    /// Another person of this node owns it.
    Transfer {
        /// Who.
        to: Person,
    },
    /// A partner is told of it as it is now.
    Share {
        /// Who.
        to: String,
        /// The accord's id.
        accord: String,
        /// The article's number.
        article: String,
    },
    /// A partner is asked to take it.
    Offer {
        /// Who.
        to: String,
        /// The accord's id.
        accord: String,
        /// The article's number.
        article: String,
        /// Seconds until an answer no longer counts.
        answer_within_s: u32,
    },
    /// The offer is taken back.
    Withdraw {},
    /// What a partner told last was seen.
    See {},
    /// Who says so is ready to own what a partner offers.
    Accept {},
    /// It stays with the partner.
    Refuse {},
    /// The escalation was looked at.
    Heed {},
    /// It is over.
    Close {
        /// How it ended.
        outcome: IncidentOutcome,
    },
    /// It is not over, and who says so owns it.
    Reopen {},
    /// It is over and leaves the book, with a reason; it can still be exported.
    PutAway {},
}
