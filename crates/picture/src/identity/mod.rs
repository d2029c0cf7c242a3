//! Standard identity: what a machine may make of the evidence, and what people say.
//!
//! Classes of STANAG 1241 / APP-6, and `Civil` for what is not classified. Each track has evidence
//! ([`Finding`]), kept apart from what comes of it, with weights that age. The machine makes of it
//! one of the classes it is allowed ([`Identity::is_for_machine`]); a named person may put a
//! [`Decision`] in its place. Suspect and hostile are a person's word that a second person has
//! confirmed, and nothing else. Start at [`TrackIdentity`].

mod blocks;
mod evidence;
mod machine;
mod person;
mod track;

pub use blocks::{State, state_of};
pub use evidence::{
    Behaviour, Claim, Evidence, EvidenceKind, Finding, Means, Piece, Place, PlanFound, Report,
    Standing, Weight,
};
pub use machine::{IdentityRules, PointsNeeded};
pub use person::{Answer, Decision, Kept, Person, Refusal, Unconfirmed, Wish, Words};
pub use track::{Act, Change, HISTORY_MAX, REPORTS_MAX, TrackIdentity, Who};

use std::fmt;

/// STANAG 1241 standard identity, and civil (not classified).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity {
    /// Seen, not yet evaluated.
    Pending,
    /// Evaluated and not identified.
    Unknown,
    /// Thought a friend from its behaviour or origin.
    AssumedFriend,
    /// A friend.
    Friend,
    /// Neither friend nor opponent.
    Neutral,
    /// Of interest from its behaviour or origin.
    Suspect,
    /// Declared so by named people.
    Hostile,
    /// Cooperative and not classified.
    Civil,
}

impl Identity {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Unknown,
        Self::AssumedFriend,
        Self::Friend,
        Self::Neutral,
        Self::Suspect,
        Self::Hostile,
        Self::Civil,
    ];

    /// Whether a machine may give it.
    pub const fn is_for_machine(self) -> bool {
        !self.needs_second()
    }

    /// Whether one person's word is not enough.
    pub const fn needs_second(self) -> bool {
        matches!(self, Self::Suspect | Self::Hostile)
    }
}

impl Identity {
    /// As a reader says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::AssumedFriend => "assumed friend",
            Self::Friend => "friend",
            Self::Neutral => "neutral",
            Self::Suspect => "suspect",
            Self::Hostile => "hostile",
            Self::Civil => "civil",
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
