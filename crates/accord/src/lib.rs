//! Agreements that a machine keeps: what a party may be given, under which article, and why.
//!
//! Pure: time, pictures and documents come in as arguments. Nothing leaves a node but as a
//! [`Released`] value, and nothing outside this crate can make one. Without an accord in force, an
//! article that matches, or an understanding of every clause, the answer is withheld.
//!
//! Start at [`Policy`]; what it is asked about is a [`Subject`], what it answers a [`Decision`],
//! and [`PartnerFeed`] turns the answers into what one partner receives. What people say to each
//! other beside the picture, requests and answers, is [`Correspondence`].

mod area;
mod backup;
mod batch;
mod case;
mod correspondence;
mod decision;
mod document;
mod explain;
mod feed;
mod gate;
mod grid;
mod holdings;
mod identity;
mod incident;
mod item;
mod lifecycle;
mod matrix;
mod model;
mod name;
mod note;
mod note_wire;
mod outline;
mod place;
mod plots;
mod policy;
mod rehearsal;
mod released;
mod request;
mod snap;
mod subject;
mod tables;
mod telling;
mod text;
mod wire;

pub use area::{Area, Form, Polygon, Shape, ShapeError, Strip};
pub use backup::{BackUpView, Proposal, SETTLING_S};
pub use batch::{Batch, Item, PartnerNumber, Told};
pub use case::{AskedState, AskedView, CaseView, Words};
pub use correspondence::{Correspondence, Decided};
pub use decision::{ClauseIndex, Condition, Decision, Explanation, FieldGrant, Reduction, Terms};
pub use document::{Problem, Reading, TEXT_MAX, read, schema, shared_form};
pub use feed::{Cadence, DELAYED_MAX, PartnerFeed};
pub use holdings::Holdings;
pub use identity::{IdentitySays, IdentityWord};
pub use incident::{IncidentName, IncidentSays, IncidentWord, OfferEnd, Person};
pub use lifecycle::{
    EndOfForce, Instruments, Lifecycle, Milestone, NoticeRule, Renewal, Status, Suspension,
};
pub use matrix::{matrix, plots_in_words};
pub use model::{
    Accord, AnyOf, Article, AssistanceClause, BackupClause, Caveat, Clause, Conditions, Effect,
    Grant, Named, Nature, Onward, Party, Procedure, Purpose, Site,
};
pub use name::{AccordId, ArticleId, ArticleRef, NameError, PartyId};
pub use note::{Answer, Note, Request, RequestId, Says, StandInWord};
pub use note_wire::NOTE_FORM;
pub use plots::PlotsKept;
pub use policy::{CLOCK_DOUBT_S, Placed, Policy, PolicyError, SuspensionError, VERSIONS_MAX, View};
pub use rehearsal::{
    Amount, DIFFERENCES_MAX, Difference, PLACES_MAX, PartnerRehearsed, Rehearsal, Rehearsed,
    RuleObjects, with_drafts,
};
pub use released::Released;
pub use request::{Reply, Wish};
pub use subject::{
    AlertKind, AlertSet, AlertState, Field, FieldSet, FlightKind, Lineage, ObjectKind, OwnNumber,
    PlanState, Service, Source, Subject,
};
pub use tables::LEVEL_SLACK_M;
pub use wire::{BATCH_FORM, WireError};
