//! What one partner is sent at one instant.

use crate::{
    AlertSet, AlertState, ArticleRef, FieldSet, FlightKind, ObjectKind, Onward, PartyId, PlanState,
    Service,
};
use picture::Identity;
use surveillance::{Address, Callsign, EmitterCategory, Mode3A, PlacedPlot, SensorId, Time};

/// An object's number in what one partner is sent: given at its first release to that partner, in
/// order of release, never again; a number tells nothing of what the partner is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartnerNumber(pub u32);

/// What is told of an object: what was granted and known, as exactly as granted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Told {
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
    /// The sensors behind it.
    pub sensors: Option<Vec<SensorId>>,
    /// The plots that moved it since it was last told, in the order in which they did: each the
    /// sensor's word alone, without what the sender believed before. Told with the sensors where
    /// the position is told as it is and at once.
    pub plots: Vec<PlacedPlot>,
    /// Text of an incident, polygons of a coverage, as the sender's engine encodes them.
    pub content: Option<Vec<u8>>,
    /// Of an incident: those of its tracks that this partner is told, by their numbers in this
    /// feed; with the content.
    pub tracks: Vec<PartnerNumber>,
}

/// The articles that let these out, in order.
pub(crate) fn articles(items: &[Item]) -> Vec<ArticleRef> {
    let mut articles: Vec<ArticleRef> = Vec::new();
    for article in items.iter().flat_map(|item| &item.articles) {
        if let Err(place) = articles.binary_search(article) {
            articles.insert(place, *article);
        }
    }
    articles
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
    /// How exact position, level, velocity and time are.
    pub precision: crate::Reduction,
    /// The fields granted: one that is granted and not told is not known to the sender.
    pub granted: FieldSet,
    /// What is told.
    pub told: Told,
    /// Whose data are in it beside the sender's, by id.
    pub originators: Vec<PartyId>,
    /// To whom the receiver may pass it on, and how exactly at most, by id.
    pub onward: Vec<Onward>,
    /// Articles that let it out, in order.
    pub articles: Vec<ArticleRef>,
}

/// What one partner is sent at one instant. A batch without items is a heartbeat: while an article
/// is in force there is exactly one batch a slot, whatever there is to tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Sender.
    pub from: PartyId,
    /// Receiver.
    pub to: PartyId,
    /// Rises each time the feed begins anew, also after a restart of the sender: all numbers of an
    /// earlier epoch are over. Seconds since 1970 where that is more than one above the last.
    pub epoch: u32,
    /// Counts batches to this partner since the sender started, from 1, without gaps.
    pub sequence: u64,
    /// Which part of the batch this is, from 0: one that is too long for a link goes in several,
    /// each a batch of its own with the same sequence.
    pub part: u32,
    /// The slot, UTC: a multiple of the cadence, whatever the load.
    pub slot: Time,
    /// New and changed objects, by number, then time.
    pub items: Vec<Item>,
    /// Objects no longer sent, by number; why is not told, because it may lie in what is withheld.
    pub ended: Vec<PartnerNumber>,
}
