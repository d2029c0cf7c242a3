//! Agreements that a machine keeps: what a party may be given, under which article, and why.
//!
//! Pure: time, pictures and documents come in as arguments. Nothing leaves a node but as a
//! [`Released`] value, and nothing outside this crate can make one. Without an accord in force, an
//! article that matches, or an understanding of every clause, the answer is withheld.
//!
//! Start at [`Policy`]; what it is asked about is a [`Subject`], what it answers a [`Decision`],
//! and [`PartnerFeed`] turns the answers into what one partner receives.

mod batch;
mod decision;
mod feed;
mod name;
mod policy;
mod released;
mod subject;

pub use batch::{Batch, Content, Item, PartnerNumber, SentTrack};
pub use decision::{Condition, Decision, FieldGrant, Grants, Nearest, Reduction};
pub use feed::{Cadence, PartnerFeed};
pub use name::{AccordId, ArticleId, ArticleRef, NameError, PartyId};
pub use policy::Policy;
pub use released::Released;
pub use subject::{
    AlertKind, AlertSet, AlertState, Field, FieldSet, FlightKind, Lineage, ObjectKind, OwnNumber,
    PlanState, Service, Source, Subject,
};
