//! What one partner is sent at one instant.

use crate::{
    AlertSet, AlertState, ArticleRef, FlightKind, ObjectKind, PartyId, PlanState, Service,
};
use picture::Identity;
use surveillance::{Address, Callsign, EmitterCategory, Mode3A, Time};

/// An object's number in what one partner is sent: given at its first release to that partner, in
/// order of release, never again; a number tells nothing of what the partner is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartnerNumber(pub u32);

/// What is told of a track, plot or alert: what was granted and known, as exactly as granted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SentTrack {
    /// Latitude and longitude, radians.
    pub position_rad: Option<[f64; 2]>,
    /// Pressure altitude, metres.
    pub level_m: Option<f64>,
    /// East and north over the ground, m/s.
    pub velocity_mps: Option<[f64; 2]>,
    /// Climb rate, m/s.
    pub vertical_rate_mps: Option<f64>,
    /// On the ground; goes with the level.
    pub on_ground: Option<bool>,
    /// 24-bit address.
    pub address: Option<Address>,
    /// Mode 3/A code.
    pub mode_3a: Option<Mode3A>,
    /// Callsign.
    pub callsign: Option<Callsign>,
    /// Kind of craft.
    pub category: Option<EmitterCategory>,
    /// Standard identity as the sender holds it.
    pub identity: Option<Identity>,
    /// Whose flight.
    pub service: Option<Service>,
    /// Type of flight.
    pub flight: Option<FlightKind>,
    /// Correlated with a plan or not.
    pub plan: Option<PlanState>,
    /// Alerts and how far they are.
    pub alerts: Option<(AlertSet, AlertState)>,
    /// Covariance of east and north position, m².
    pub position_covariance: Option<[f64; 3]>,
    /// Originators other than the sender.
    pub originators: Option<Vec<PartyId>>,
}

/// What an item carries.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Facts of a track, plot or alert.
    Facts(Box<SentTrack>),
    /// An incident's text or a coverage's polygons, as the sender's engine encodes them.
    Bytes(Vec<u8>),
}

/// One object as one partner is sent it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its number in this feed.
    pub number: PartnerNumber,
    /// What it is.
    pub object: ObjectKind,
    /// The instant it is for, as exactly as granted.
    pub time: Time,
    /// To whom the receiver may pass it on.
    pub onward: Vec<PartyId>,
    /// Articles that let it out.
    pub articles: Vec<ArticleRef>,
    /// What it carries.
    pub content: Content,
}

/// What one partner is sent at one instant. A batch without items is a heartbeat: while an article
/// is in force there is exactly one batch a slot, whatever there is to tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Sender.
    pub from: PartyId,
    /// Receiver.
    pub to: PartyId,
    /// Counts batches to this partner since the feed began, from 1, without gaps.
    pub sequence: u64,
    /// The slot, UTC: a multiple of the cadence, whatever the load.
    pub slot: Time,
    /// New and changed objects, by number and time.
    pub items: Vec<Item>,
    /// Objects no longer sent; why is not told, because it may lie in what is withheld.
    pub ended: Vec<PartnerNumber>,
}
