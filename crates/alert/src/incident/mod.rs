//! Incidents: what people do about alerts, and how one node hands one to another.
//!
//! [`Incidents`] is one node's book. What a person does is a [`Command`], what a partner's node
//! says an [`IncidentNote`], and [`Incidents::tick`] is time passing; each of them that changes
//! something is an entry of that incident's log, and an [`Incident`] is nothing but what its log
//! says. An incident has one owner: a named person at one node.
//!
//! # Hand-over
//! Who holds an incident offers it, and alone decides whether an answer came in time. Who accepts
//! owns nothing until that is confirmed; who confirms owns nothing from then on. So no message that
//! is lost, late, doubled or out of order makes two owners, and as notes are sent until they are
//! acknowledged, there is one again as soon as the two can hear each other. docs/design/incident.md
//! has the reasons.

mod book;
mod code;
mod command;
mod exchange;

mod kind;
mod log;
mod names;
mod note;
mod save;
mod shared;
mod state;
mod text;
mod words;

pub use book::{INCIDENTS_MAX, Incidents, OFFER_S_MAX, OPEN_MAX, TOLD_BYTES_MAX, TOLD_MAX};
pub use code::BytesError;
pub use command::{Command, Deed, Refusal};
pub use exchange::{CONFIRM_S, RESEND_S, Unheard, WAITING_MAX};
pub use kind::{Kind, Outcome, Procedure, STEP_MAX, STEPS_MAX, StepText, checklist};
pub use log::{Act, Author, Entry, IncidentId, OfferEnd, TrackRef, verify};
pub use names::LastNumbers;
pub use note::{IncidentNote, Says};
pub use shared::{
    SHARED_ENTRIES_MAX, SHARED_TEXT_MAX, SharedEntry, SharedFields, SharedIncident, SharedOwner,
    SharedState, shared_view,
};
pub use state::{
    ALERTS_MAX, Closing, Delivery, Incident, Incoming, LOG_BYTES_MAX, LOG_MAX, Offer, Step,
    TRACKS_MAX,
};
pub use text::{
    ARTICLE_MAX, NAME_MAX, NOTE_MAX, NodeName, NodeNameError, Person, TITLE_MAX, TextError, WHY_MAX,
};
