//! One incident: what its log says.
//!
//! [`Incident::fold`] is the only place where anything about an incident changes, and it sees
//! nothing but the entry: reading a log anew gives the same incident.

use super::code::{BytesError, Code, Taken};
use super::kind::{Kind, Outcome, StepText};
use super::log::{Act, Author, Entry, IncidentId, TrackRef, genesis};
use super::shared::{SharedIncident, SharedState};
use super::text::{NodeName, Person};
use crate::AlertId;
use std::collections::BTreeSet;
use surveillance::Time;

/// Alerts of one incident at most.
pub const ALERTS_MAX: usize = 1_000;
/// Tracks of one incident at most.
pub const TRACKS_MAX: usize = 200;
/// Entries of one log at most.
pub const LOG_MAX: usize = 5_000;
/// Bytes of one log at most.
pub const LOG_BYTES_MAX: usize = 1 << 20;
/// Entries and bytes of a log that are kept for what must be possible at any time: to transfer, to
/// hand over, to close.
const LOG_SPARE: usize = 100;
const LOG_BYTES_SPARE: usize = 128 << 10;
/// Handed over so often at most.
pub(crate) const TERM_MAX: u32 = 1_000_000;

/// A step of the checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What to do, and what article asks for it.
    pub text: StepText,
    /// Who did it, and when.
    pub done: Option<(Author, Time)>,
}

/// An offer of hand-over that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its number.
    pub serial: u32,
    /// To whom.
    pub to: NodeName,
    /// Under which article.
    pub article: String,
    /// Until when an answer counts.
    pub due: Time,
}

/// A partner's offer that stands, as far as is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// How often the incident was handed over before.
    pub term: u32,
    /// The partner's number for it.
    pub serial: u32,
    /// Who offers.
    pub from: NodeName,
    /// Under which article.
    pub article: String,
    /// Until when an answer counts, by the partner's clock.
    pub due: Time,
    /// Who here is ready to own it, once someone is; then the partner has the last word.
    pub accepted: Option<(Person, Vec<StepText>)>,
}

/// Something told to a partner, and how far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its number.
    pub serial: u32,
    /// To whom.
    pub to: NodeName,
    /// Under which article.
    pub article: String,
    /// When it was told.
    pub sent: Time,
    /// When its node said that it has it.
    pub received: Option<Time>,
    /// When it was said who has seen it.
    pub seen: Option<(Author, Time)>,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// How.
    pub outcome: Outcome,
    /// Who says so.
    pub by: Author,
    /// When.
    pub at: Time,
}

/// One incident as this node knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    id: IncidentId,
    own: NodeName,
    pub(crate) kind: Kind,
    title: String,
    opened: Time,
    holder: NodeName,
    owner: Option<Person>,
    pub(crate) term: u32,
    alerts: BTreeSet<AlertId>,
    tracks: BTreeSet<TrackRef>,
    steps: Vec<Step>,
    offer: Option<Offer>,
    incoming: Option<Incoming>,
    deliveries: Vec<Delivery>,
    pub(crate) last_serial: u32,
    /// Newest telling and newest offer heard, by term and serial.
    pub(crate) heard_view: (u32, u32),
    pub(crate) heard_offer: (u32, u32),
    /// What was heard last of tellings that a person here has not seen.
    unseen: Option<u32>,
    /// Hand-overs to others: term, serial, to whom.
    given: Vec<(u32, u32, NodeName)>,
    closed: Option<Closing>,
    escalated: Option<Time>,
    view: Option<SharedIncident>,
    /// Who told of it first, where it was not opened here.
    told_by: Option<NodeName>,
    log: Vec<Entry>,
    log_bytes: usize,
}

impl Incident {
    /// Its name.
    pub fn id(&self) -> IncidentId {
        self.id
    }

    /// The node whose log this is.
    pub fn own(&self) -> NodeName {
        self.own
    }

    /// What it is about.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// In a few words; empty where a partner did not tell.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Since when, UTC; since it was first heard of, where a partner did not tell.
    pub fn opened(&self) -> Time {
        self.opened
    }

    /// The node that holds it, as far as is known here.
    pub fn holder(&self) -> NodeName {
        self.holder
    }

    /// Whether this node holds it.
    pub fn is_held_here(&self) -> bool {
        self.holder == self.own
    }

    /// The one person who owns it; `None` where another node holds it and has named nobody.
    pub fn owner(&self) -> Option<&Person> {
        self.owner.as_ref()
    }

    /// Its alerts, in order.
    pub fn alerts(&self) -> impl ExactSizeIterator<Item = AlertId> {
        self.alerts.iter().copied()
    }

    /// Its tracks, in order.
    pub fn tracks(&self) -> impl ExactSizeIterator<Item = TrackRef> {
        self.tracks.iter().copied()
    }

    /// Its checklist.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// This node's offer that stands.
    pub fn offer(&self) -> Option<&Offer> {
        self.offer.as_ref()
    }

    /// A partner's offer that stands.
    pub fn incoming(&self) -> Option<&Incoming> {
        self.incoming.as_ref()
    }

    /// What partners were told of it, oldest first.
    pub fn deliveries(&self) -> &[Delivery] {
        &self.deliveries
    }

    /// The newest telling of a partner that nobody here has seen yet.
    pub fn unseen(&self) -> Option<u32> {
        self.unseen
    }

    /// How it ended, if it has; what the holder told of it, where that is another node.
    pub fn closed(&self) -> Option<&Closing> {
        self.closed.as_ref()
    }

    /// Since when the owner must look at it.
    pub fn escalated(&self) -> Option<Time> {
        self.escalated
    }

    /// What a partner told of it last.
    pub fn view(&self) -> Option<&SharedIncident> {
        self.view.as_ref()
    }

    /// Who told of it first; `None` where it was opened here.
    pub fn told_by(&self) -> Option<NodeName> {
        self.told_by
    }

    /// Everything that was done, oldest first.
    pub fn log(&self) -> &[Entry] {
        &self.log
    }

    /// Hash of the newest entry: whoever keeps it elsewhere can tell later that no entry up to
    /// here was changed.
    pub fn head(&self) -> [u8; 32] {
        self.log.last().map_or_else(|| genesis(self.id), |entry| entry.hash)
    }

    /// Whether it was given to `to` by that offer.
    pub(crate) fn was_given(&self, term: u32, serial: u32, to: NodeName) -> bool {
        self.given.contains(&(term, serial, to))
    }

    /// Whether there is room for an entry of about so many bytes that may as well not be made.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        self.log.len() + LOG_SPARE < LOG_MAX
            && self.log_bytes + bytes + LOG_BYTES_SPARE < LOG_BYTES_MAX
    }

    /// Whether there is room for an entry that must be possible, and what follows of it.
    pub(crate) fn has_spare_room(&self, bytes: usize) -> bool {
        self.log.len() + 10 < LOG_MAX && self.log_bytes + bytes + (16 << 10) < LOG_BYTES_MAX
    }

    /// Begins with its first entry.
    pub(crate) fn begin(own: NodeName, id: IncidentId, first: Entry) -> Taken<Self> {
        let mut incident = Self {
            id,
            own,
            kind: Kind::Other,
            title: String::new(),
            opened: first.at,
            holder: first.by.node,
            owner: None,
            term: 0,
            alerts: BTreeSet::new(),
            tracks: BTreeSet::new(),
            steps: Vec::new(),
            offer: None,
            incoming: None,
            deliveries: Vec::new(),
            last_serial: 0,
            heard_view: (0, 0),
            heard_offer: (0, 0),
            unseen: None,
            given: Vec::new(),
            closed: None,
            escalated: None,
            view: None,
            told_by: None,
            log: Vec::new(),
            log_bytes: 0,
        };
        match &first.act {
            Act::Opened { .. } if first.by.node == own && id.node == own => {}
            Act::Told { .. } if first.by.node != own => incident.told_by = Some(first.by.node),
            _ => return Err(BytesError::Value("the beginning of an incident")),
        }
        incident.fold(first)?;
        Ok(incident)
    }

    /// The same from its log alone.
    pub(crate) fn reread(&self) -> Taken<Self> {
        let mut entries = self.log.iter().cloned();
        let first = entries.next().ok_or(BytesError::Value("a log"))?;
        let mut incident = Self::begin(self.own, self.id, first)?;
        entries.try_for_each(|entry| incident.fold(entry))?;
        Ok(incident)
    }

    /// Bytes of its log.
    pub(crate) fn log_bytes(&self) -> usize {
        self.log_bytes
    }

    /// The next entry, with its number and hash.
    pub(crate) fn next_entry(&self, at: Time, by: Author, why: &str, act: Act) -> Entry {
        let (sequence, why) = (self.log.len() as u32 + 1, why.to_owned());
        let mut entry = Entry { sequence, at, by, why, act, hash: [0; 32] };
        entry.hash = entry.chained(&self.head());
        entry
    }

    /// Takes an entry into the log and what it says into account.
    ///
    /// # Errors
    /// It does not follow the log, or says what cannot be at this point. Then nothing is changed
    /// that counts: whoever reads such a log drops the incident.
    pub(crate) fn fold(&mut self, entry: Entry) -> Taken<()> {
        const CANNOT: BytesError = BytesError::Value("an act that can be at this point");
        let chained = entry.sequence as usize == self.log.len() + 1
            && entry.hash == entry.chained(&self.head());
        if !chained {
            return Err(BytesError::Value("the entry that follows: the log was changed"));
        }
        let mut bytes = Vec::new();
        entry.put(&mut bytes);
        if self.log.len() >= LOG_MAX || self.log_bytes + bytes.len() > LOG_BYTES_MAX {
            return Err(BytesError::Value("a log of that length"));
        }
        if self.log.is_empty() != matches!(entry.act, Act::Opened { .. })
            && !(self.log.is_empty() && matches!(entry.act, Act::Told { .. }))
        {
            return Err(CANNOT);
        }
        match &entry.act {
            // What is told comes from elsewhere; the rest happens here.
            Act::Told { term, serial, view, .. } => {
                self.fold_told(&entry, *term, *serial, view).ok_or(CANNOT)?;
            }
            Act::OfferHeard { .. }
            | Act::SeenHere { .. }
            | Act::AcceptedHere { .. }
            | Act::RefusedHere { .. }
            | Act::IncomingEnded { .. }
            | Act::TakenOver { .. } => self.fold_incoming(&entry).ok_or(CANNOT)?,
            Act::Noted { .. } => {}
            _ if !self.is_held_here()
                && !matches!(
                    entry.act,
                    Act::Received { .. } | Act::Seen { .. } | Act::Escalated {} | Act::Heeded {}
                ) =>
            {
                return Err(CANNOT);
            }
            Act::Shared { .. }
            | Act::Offered { .. }
            | Act::DeadlineMoved { .. }
            | Act::Received { .. }
            | Act::Seen { .. }
            | Act::OfferEnded { .. }
            | Act::HandedOver { .. } => self.fold_outgoing(&entry).ok_or(CANNOT)?,
            _ => self.fold_desk(&entry).ok_or(CANNOT)?,
        }
        self.log_bytes += bytes.len();
        self.log.push(entry);
        Ok(())
    }

    /// What people here do about it.
    fn fold_desk(&mut self, entry: &Entry) -> Option<()> {
        match &entry.act {
            Act::Opened { kind, title, owner, steps, alerts, tracks } => {
                (self.kind, self.title) = (*kind, title.clone());
                self.owner = Some(owner.clone());
                self.add_steps(steps);
                self.alerts.extend(alerts);
                self.tracks.extend(tracks);
            }
            Act::AlertsAttached { alerts } => self.alerts.extend(alerts),
            Act::AlertsDetached { alerts } => self.alerts.retain(|alert| !alerts.contains(alert)),
            Act::TracksAttached { tracks } => self.tracks.extend(tracks),
            Act::TracksDetached { tracks } => self.tracks.retain(|track| !tracks.contains(track)),
            Act::Ticked { step, done } => {
                let step = self.steps.get_mut(usize::from(*step))?;
                step.done = done.then(|| (entry.by.clone(), entry.at));
            }
            Act::Reclassified { kind, steps } => {
                self.kind = *kind;
                self.add_steps(steps);
            }
            Act::Transferred { to } => self.owner = Some(to.clone()),
            Act::Escalated {} => self.escalated = Some(self.escalated.unwrap_or(entry.at)),
            Act::Heeded {} => self.escalated = None,
            Act::Closed { outcome } => {
                let fresh = self.closed.is_none() && self.offer.is_none();
                fresh.then_some(())?;
                let closing = Closing { outcome: *outcome, by: entry.by.clone(), at: entry.at };
                (self.closed, self.escalated) = (Some(closing), None);
            }
            Act::Reopened {} => {
                self.closed.take()?;
                self.owner = Some(entry.by.person.clone()?);
            }
            _ => return None,
        }
        let fits = self.alerts.len() <= ALERTS_MAX && self.tracks.len() <= TRACKS_MAX;
        fits.then_some(())
    }

    fn add_steps(&mut self, steps: &[StepText]) {
        for text in steps {
            let known = self.steps.iter().any(|step| step.text == *text);
            if !known && self.steps.len() < super::kind::STEPS_MAX {
                self.steps.push(Step { text: text.clone(), done: None });
            }
        }
    }

    /// What this node tells and offers, and what comes back.
    fn fold_outgoing(&mut self, entry: &Entry) -> Option<()> {
        let at = entry.at;
        match &entry.act {
            Act::Shared { serial, to, article } => self.fold_sent(*serial, *to, article, at)?,
            Act::Offered { serial, to, article, due } => {
                (self.offer.is_none() && self.closed.is_none()).then_some(())?;
                self.fold_sent(*serial, *to, article, at)?;
                let (article, due) = (article.clone(), *due);
                self.offer = Some(Offer { serial: *serial, to: *to, article, due });
            }
            Act::DeadlineMoved { serial, due } => {
                self.offer.as_mut().filter(|offer| offer.serial == *serial)?.due = *due;
            }
            Act::Received { serial } => {
                let delivery = self.delivery(*serial)?;
                delivery.received = Some(delivery.received.unwrap_or(at));
            }
            Act::Seen { serial } => {
                let delivery = self.delivery(*serial)?;
                delivery.received = Some(delivery.received.unwrap_or(at));
                delivery.seen.get_or_insert((entry.by.clone(), at));
            }
            Act::OfferEnded { serial, .. } => {
                self.offer.take().filter(|offer| offer.serial == *serial)?;
            }
            Act::HandedOver { serial, owner } => {
                let offer = self.offer.take().filter(|offer| offer.serial == *serial)?;
                self.given.push((self.term, *serial, offer.to));
                (self.holder, self.owner) = (offer.to, Some(owner.clone()));
                self.term = self.term.checked_add(1).filter(|term| *term <= TERM_MAX)?;
                self.escalated = None;
                // The next holder's tellings count from its first one on.
                (self.heard_view, self.heard_offer) = ((self.term, 0), (self.term, 0));
            }
            _ => return None,
        }
        Some(())
    }

    fn fold_sent(&mut self, serial: u32, to: NodeName, article: &str, sent: Time) -> Option<()> {
        (serial > self.last_serial && to != self.own).then_some(())?;
        self.last_serial = serial;
        let article = article.to_owned();
        self.deliveries.push(Delivery { serial, to, article, sent, received: None, seen: None });
        Some(())
    }

    pub(crate) fn delivery(&mut self, serial: u32) -> Option<&mut Delivery> {
        self.deliveries.iter_mut().find(|delivery| delivery.serial == serial)
    }

    fn fold_told(
        &mut self,
        entry: &Entry,
        term: u32,
        serial: u32,
        view: &SharedIncident,
    ) -> Option<()> {
        let from = entry.by.node;
        let newer = (term, serial) > self.heard_view && term >= self.term && term <= TERM_MAX;
        let knows = from == self.holder || term > self.term || self.log.is_empty();
        let elsewhere = from != self.own && (!self.is_held_here());
        (newer && knows && elsewhere && view.id == self.id).then_some(())?;
        self.heard_view = (term, serial);
        if from != self.holder || term > self.term {
            (self.holder, self.owner, self.term) = (from, None, term);
        }
        self.kind = view.kind.unwrap_or(self.kind);
        self.opened = view.opened.unwrap_or(self.opened);
        if let Some(title) = &view.title {
            self.title.clone_from(title);
        }
        if let Some(state) = view.state {
            self.closed = match state {
                SharedState::Open {} => None,
                SharedState::Closed { outcome } => {
                    Some(Closing { outcome, by: entry.by.clone(), at: entry.at })
                }
            };
        }
        // By numbers of the partner; those it names that are ours are in its own terms.
        for track in &view.tracks {
            if let TrackRef::Own { number } = track
                && self.tracks.len() < TRACKS_MAX
            {
                self.tracks.insert(TrackRef::Partner { node: from, number: number.0 });
            }
        }
        self.unseen = Some(serial);
        self.view = Some(view.clone());
        Some(())
    }

    /// A partner's offer, and what is done about it.
    fn fold_incoming(&mut self, entry: &Entry) -> Option<()> {
        match &entry.act {
            Act::OfferHeard { term, serial, article, due } => {
                let from = entry.by.node;
                // There must be one more, for who takes it.
                (*term < TERM_MAX).then_some(())?;
                let fresh = (*term, *serial) > self.heard_offer && *term == self.term;
                let free = self.incoming.is_none() && from == self.holder && from != self.own;
                (fresh && free).then_some(())?;
                self.heard_offer = (*term, *serial);
                self.incoming = Some(Incoming {
                    term: *term,
                    serial: *serial,
                    from,
                    article: article.clone(),
                    due: *due,
                    accepted: None,
                });
            }
            Act::SeenHere { serial } => {
                if self.unseen == Some(*serial) {
                    self.unseen = None;
                }
            }
            Act::AcceptedHere { serial, steps } => {
                let person = entry.by.person.clone()?;
                let incoming = self.incoming.as_mut().filter(|open| open.serial == *serial)?;
                incoming.accepted.is_none().then_some(())?;
                incoming.accepted = Some((person, steps.clone()));
            }
            Act::RefusedHere { serial } => {
                let incoming = self.incoming.take().filter(|open| open.serial == *serial)?;
                incoming.accepted.is_none().then_some(())?;
            }
            Act::IncomingEnded { serial, .. } => {
                self.incoming.take().filter(|open| open.serial == *serial)?;
            }
            Act::TakenOver { serial } => {
                let incoming = self.incoming.take().filter(|open| open.serial == *serial)?;
                let (person, steps) = incoming.accepted?;
                (self.holder, self.owner) = (self.own, Some(person));
                self.term = incoming.term.checked_add(1).filter(|term| *term <= TERM_MAX)?;
                (self.closed, self.unseen) = (None, None);
                self.add_steps(&steps);
            }
            _ => return None,
        }
        Some(())
    }
}
