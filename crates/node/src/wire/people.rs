//! Who has signed in at a console, over HTTP as JSON.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// What a console is told of the person at it: the answer of `/api/v1/session`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct SessionState {
    /// Whether people sign in here at all.
    pub required: bool,
    /// Whether the first administrator has still to come.
    pub first: bool,
    /// Who it is; none: nobody has signed in.
    pub person: Option<SignedIn>,
    /// What the button to the identity provider says; none: there is no provider.
    pub provider: Option<String>,
}

/// Whoever signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct SignedIn {
    /// The name that stands under all they do.
    pub name: String,
    /// Where they sit.
    pub position: Option<String>,
    /// What they are here for, in words.
    pub roles: Vec<String>,
    /// By name of the act that they may not do: why not.
    pub refusals: BTreeMap<String, String>,
}

impl SignedIn {
    /// What a console needs to know of them.
    pub fn of(person: &people::Person) -> Self {
        let refusals = people::Act::ALL.into_iter().filter_map(|act| {
            let why = person.roles.refusal(act)?;
            Some((act.name().to_owned(), why))
        });
        Self {
            name: person.name.clone(),
            position: person.position.clone(),
            roles: person.roles.list().iter().map(|role| role.name().to_owned()).collect(),
            refusals: refusals.collect(),
        }
    }
}

/// One account, as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AccountRow {
    /// The name.
    pub name: String,
    /// Where they sit.
    pub position: Option<String>,
    /// Names of roles.
    pub roles: Vec<String>,
    /// Whether they have been shut out.
    pub shut_out: bool,
    /// Whether they are invited and have not chosen a password.
    pub invited: bool,
    /// Whether an identity provider vouches for them and says their roles.
    pub vouched: bool,
    /// Consoles at which they are signed in.
    pub sessions: u32,
}

/// One line of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AuditRow {
    /// When, UTC.
    pub at: String,
    /// By whom; empty where nobody was signed in.
    pub who: String,
    /// From which address.
    pub from: String,
    /// What.
    pub act: String,
    /// About what or whom.
    pub about: String,
    /// What came of it.
    pub outcome: String,
}

/// What an accord's file says otherwise than what counts at the node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AccordChange {
    /// Its id.
    pub accord: String,
    /// SHA-256 of the new text, by which it is approved; "gone" where there is none any more.
    pub sha256: String,
    /// The new text; empty where there is none any more.
    pub text: String,
    /// The text that counts, or will from the next start; none where there is none.
    pub before: Option<String>,
    /// Who approved it: nobody, the first who waits for a second, or both.
    pub approved_by: Vec<String>,
    /// Two have approved it: it counts from the node's next start.
    pub counts_next: bool,
}

/// What came of an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum AccordChangeOutcome {
    /// A second person has to approve it.
    Waits,
    /// It counts from the node's next start on.
    Counts,
}
