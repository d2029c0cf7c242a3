//! What a person can do about incidents, and why it may be refused.

use super::kind::{Kind, Outcome, StepText};
use super::log::{IncidentId, TrackRef};
use super::text::{NodeName, Person, TextError};
use crate::AlertId;
use surveillance::Time;

/// What a person does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Opens an incident and owns it.
    Open {
        /// What it is about.
        kind: Kind,
        /// In a few words.
        title: String,
        /// Alerts it is opened from; none where it is opened by hand.
        alerts: Vec<AlertId>,
        /// Tracks it is about.
        tracks: Vec<TrackRef>,
        /// Its checklist, from [`super::checklist`].
        steps: Vec<StepText>,
    },
    /// Does something about one that is there.
    On {
        /// Which.
        incident: IncidentId,
        /// What.
        what: Deed,
    },
}

/// What a person does about an incident that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// These alerts belong to it; those that do already are passed over.
    AttachAlerts(Vec<AlertId>),
    /// These do not.
    DetachAlerts(Vec<AlertId>),
    /// These tracks belong to it; those that do already are passed over.
    AttachTracks(Vec<TrackRef>),
    /// These do not.
    DetachTracks(Vec<TrackRef>),
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
        kind: Kind,
        /// The checklist of that kind.
        steps: Vec<StepText>,
    },
    /// Another person of this node owns it.
    Transfer {
        /// Who.
        to: Person,
    },
    /// A partner is told of it as it is now.
    Share {
        /// Who.
        to: NodeName,
        /// Under which article.
        article: String,
    },
    /// A partner is asked to take it.
    Offer {
        /// Who.
        to: NodeName,
        /// Under which article.
        article: String,
        /// Until when an answer counts.
        due: Time,
    },
    /// The offer is taken back.
    Withdraw,
    /// The newest that a partner told was seen by who says so.
    See,
    /// Who says so is ready to own what a partner offers.
    Accept {
        /// The checklist of its kind.
        steps: Vec<StepText>,
    },
    /// It stays with the partner.
    Refuse,
    /// The escalation was looked at.
    Heed,
    /// It is over.
    Close {
        /// How it ended.
        outcome: Outcome,
    },
    /// It is not, and who says so owns it.
    Reopen,
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such incident.
    #[error("there is no {0:#} in this book")]
    Unknown(IncidentId),
    /// Another node holds it.
    #[error("{0} holds this incident; only a note can be added here")]
    HeldBy(NodeName),
    /// Only the owner may do that.
    #[error("only {0} can do that; have it transferred first")]
    NotOwner(Person),
    /// It is closed.
    #[error("it is closed; reopen it first")]
    Closed,
    /// It is open.
    #[error("it is open")]
    NotClosed,
    /// Its offer must end first.
    #[error("it is offered to {0}; withdraw the offer first")]
    OfferStands(NodeName),
    /// No offer of ours stands.
    #[error("no offer stands")]
    NoOffer,
    /// No offer of a partner stands.
    #[error("no partner offers it; the offer may have ended")]
    NothingOffered,
    /// It was accepted already.
    #[error("it was accepted by {0}; {1} has yet to confirm")]
    AlreadyAccepted(Person, NodeName),
    /// The deadline has passed.
    #[error("the deadline {0} has passed")]
    TooLate(Time),
    /// A deadline that is none.
    #[error("a deadline must be later than now and within {max} h", max = super::OFFER_S_MAX / 3600.0)]
    Deadline,
    /// A partner must be someone else.
    #[error("{0} is this node")]
    Itself(NodeName),
    /// A reason is wanted.
    #[error("say why")]
    Reason,
    /// A text that cannot be kept.
    #[error(transparent)]
    Text(#[from] TextError),
    /// No such step.
    #[error("its checklist has no step {0}")]
    NoStep(u16),
    /// There is nothing to change.
    #[error("nothing would change")]
    NoChange,
    /// Nothing is escalated.
    #[error("nothing is escalated")]
    NotEscalated,
    /// Nothing new to see.
    #[error("a partner has told nothing new")]
    NothingNew,
    /// Too many of something.
    #[error("{what}: {max} is the most; {remedy}")]
    Full {
        /// What there would be too many of.
        what: &'static str,
        /// The bound.
        max: usize,
        /// What to do.
        remedy: &'static str,
    },
}
