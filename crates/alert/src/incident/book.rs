//! One node's book of incidents, and what its people do in it.

use super::command::{Command, Deed, Refusal};
use super::exchange::{Mail, WAITING_MAX};
use super::kind::{STEP_MAX, STEPS_MAX, StepText};
use super::log::{Act, Author, IncidentId, OfferEnd, TrackRef};
use super::names::Names;
use super::note::Says;
use super::shared::{SharedFields, shared_view};
use super::state::{ALERTS_MAX, Incident, LOG_MAX, TERM_MAX, TRACKS_MAX};
use super::text::{
    ARTICLE_MAX, NOTE_MAX, NodeName, Person, TITLE_MAX, TextError, WHY_MAX, required, tidy,
};
use crate::AlertId;
use std::collections::BTreeMap;
use surveillance::Time;

/// Incidents that a node holds open at most.
pub const OPEN_MAX: usize = 1_000;
/// Incidents of one partner's telling at most.
pub const TOLD_MAX: usize = 500;
/// Bytes of the logs of one partner's telling at most.
pub const TOLD_BYTES_MAX: usize = 8 << 20;
/// Incidents in a book at most, closed ones with them; [`Incidents::retire`] makes place.
pub const INCIDENTS_MAX: usize = 5_000;
/// Longest time that an offer may wait for an answer, seconds.
pub const OFFER_S_MAX: f64 = 86_400.0;
/// A clock set back by no more than this moves no deadline, seconds.
const STEP_BACK_S: f64 = 2.0;

/// One node's book of incidents. The same commands, notes and ticks in the same order give the
/// same book, to the byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incidents {
    pub(crate) own: NodeName,
    pub(crate) last_number: u32,
    pub(crate) last_tick: Option<Time>,
    pub(crate) all: BTreeMap<IncidentId, Incident>,
    pub(crate) mail: BTreeMap<NodeName, Mail>,
    /// Each partner's numbers of own incidents, and after which they begin.
    pub(crate) names: BTreeMap<NodeName, Names>,
    pub(crate) names_from: u32,
    /// Incidents of a saved book that cannot be read, as they stand there.
    pub(crate) unread: Vec<Vec<u8>>,
}

impl Incidents {
    /// An empty book of this node.
    pub fn new(own: NodeName) -> Self {
        Self {
            own,
            last_number: 0,
            last_tick: None,
            all: BTreeMap::new(),
            mail: BTreeMap::new(),
            names: BTreeMap::new(),
            names_from: 0,
            unread: Vec::new(),
        }
    }

    /// Whose book it is.
    pub fn own(&self) -> NodeName {
        self.own
    }

    /// How many incidents of the saved book cannot be read. They are kept as they are.
    pub fn unread(&self) -> usize {
        self.unread.len()
    }

    /// One incident.
    pub fn get(&self, id: IncidentId) -> Option<&Incident> {
        self.all.get(&id)
    }

    /// All of them, by who opened them and their numbers.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Incident> {
        self.all.values()
    }

    /// The open incidents that an alert belongs to, and that this node holds.
    pub fn of_alert(&self, alert: AlertId) -> impl Iterator<Item = &Incident> {
        let open = |incident: &&Incident| incident.is_held_here() && incident.closed().is_none();
        let held = self.all.values().filter(open);
        held.filter(move |incident| incident.alerts().any(|known| known == alert))
    }

    /// Differs after whatever is worth keeping has changed: entries, incidents, notes written, numbers
    /// given to partners and notes that wait.
    pub fn stamp(&self) -> [u64; 4] {
        let entries = self.all.values().map(|incident| incident.log().len() as u64).sum();
        let written: u64 = self.mail.values().map(|mail| mail.last_number).sum();
        let given: u64 = self.names.values().map(Names::given).sum();
        // A note that comes weighs more than all that go.
        let waiting = self.mail.values().flat_map(|mail| mail.waiting.keys()).sum();
        [entries, self.all.len() as u64, written + given, waiting]
    }

    /// Leaves out so many numbers, own ones and each partner's: for a node that starts again and may have lost what it wrote
    /// last.
    pub fn skip_numbers(&mut self, count: u32) {
        self.last_number = self.last_number.saturating_add(count);
        self.names_from = self.names_from.saturating_add(count);
        self.names.values_mut().for_each(|names| names.skip(count));
    }

    /// Takes a closed incident, or a partner's, out of the book, so that it can be put away whole. What
    /// still waits to be said about it is not said any more.
    ///
    /// # Errors
    /// It is not known, is held here and open, or is in hand-over.
    pub fn retire(&mut self, id: IncidentId) -> Result<Incident, Refusal> {
        let incident = self.all.get(&id).ok_or(Refusal::Unknown(id))?;
        if incident.is_held_here() && incident.closed().is_none() {
            return Err(Refusal::NotClosed);
        }
        if let Some(incoming) = incident.incoming() {
            return Err(Refusal::OfferStands(incoming.from));
        }
        for mail in self.mail.values_mut() {
            mail.waiting.retain(|_, (note, _)| note.says.incident() != Some(id));
        }
        self.forget_tellings(id);
        self.all.remove(&id).ok_or(Refusal::Unknown(id))
    }

    /// What a person does, at `now`; `why` may be empty where the command says enough. The incident
    /// it is about; every command that is accepted is one entry of its log.
    ///
    /// # Errors
    /// Why it cannot be done; then nothing has changed.
    pub fn handle(
        &mut self,
        command: &Command,
        by: &Person,
        why: &str,
        now: Time,
    ) -> Result<IncidentId, Refusal> {
        let why = tidy("the reason", why, WHY_MAX)?;
        match command {
            Command::Open { kind, title, alerts, tracks, steps } => {
                let alerts = each_once(alerts, ALERTS_MAX, "alerts of one incident")?;
                let tracks = each_once(tracks, TRACKS_MAX, "tracks of one incident")?;
                let title = required("what it is about", title, TITLE_MAX)?;
                let (kind, steps, owner) = (*kind, bounded(steps)?, by.clone());
                let act = Act::Opened { kind, title, owner, steps, alerts, tracks };
                self.open(act, by, &why, now)
            }
            Command::On { incident, what } => {
                let act = self.act(*incident, what, by, &why, now)?;
                self.write(*incident, now, Some(by), &why, act);
                Ok(*incident)
            }
        }
    }

    fn open(&mut self, act: Act, by: &Person, why: &str, now: Time) -> Result<IncidentId, Refusal> {
        let open = |incident: &&Incident| incident.is_held_here() && incident.closed().is_none();
        if self.all.values().filter(open).count() >= OPEN_MAX {
            let (what, remedy) = ("open incidents", "close one");
            return Err(Refusal::Full { what, max: OPEN_MAX, remedy });
        }
        self.has_place()?;
        let number = self.last_number.checked_add(1).ok_or(Refusal::Full {
            what: "numbers of incidents",
            max: u32::MAX as usize,
            remedy: "begin a new book",
        })?;
        let id = IncidentId { node: self.own, number };
        let author = Author { node: self.own, person: Some(by.clone()) };
        let entry = super::log::first_entry(id, now, author, why, act);
        let incident = Incident::begin(self.own, id, entry);
        self.all.insert(id, incident.expect("an opening begins an incident"));
        self.last_number = number;
        Ok(id)
    }

    pub(crate) fn has_place(&self) -> Result<(), Refusal> {
        if self.all.len() < INCIDENTS_MAX {
            return Ok(());
        }
        let (what, remedy) = ("incidents in the book", "export closed ones and put them away");
        Err(Refusal::Full { what, max: INCIDENTS_MAX, remedy })
    }

    /// What is to be written for a deed, once all that could forbid it was asked.
    fn act(
        &mut self,
        id: IncidentId,
        deed: &Deed,
        by: &Person,
        why: &str,
        now: Time,
    ) -> Result<Act, Refusal> {
        let incident = self.all.get(&id).ok_or(Refusal::Unknown(id))?;
        self.may(incident, deed, by)?;
        let reason = || if why.is_empty() { Err(Refusal::Reason) } else { Ok(()) };
        let changed = |any: bool| if any { Ok(()) } else { Err(Refusal::NoChange) };
        Ok(match deed {
            Deed::AttachAlerts(alerts) => {
                let known = |alert: &AlertId| incident.alerts().any(|other| other == *alert);
                let mut alerts = each_once(alerts, ALERTS_MAX, "alerts of one incident")?;
                alerts.retain(|alert| !known(alert));
                changed(!alerts.is_empty())?;
                let count = incident.alerts().len() + alerts.len();
                at_most(count, ALERTS_MAX, "alerts of one incident")?;
                Act::AlertsAttached { alerts }
            }
            Deed::DetachAlerts(alerts) => {
                let known = |alert: &AlertId| incident.alerts().any(|other| other == *alert);
                let mut alerts = each_once(alerts, ALERTS_MAX, "alerts of one incident")?;
                alerts.retain(known);
                changed(!alerts.is_empty())?;
                Act::AlertsDetached { alerts }
            }
            Deed::AttachTracks(tracks) => {
                let known = |track: &TrackRef| incident.tracks().any(|other| other == *track);
                let mut tracks = each_once(tracks, TRACKS_MAX, "tracks of one incident")?;
                tracks.retain(|track| !known(track));
                changed(!tracks.is_empty())?;
                let count = incident.tracks().len() + tracks.len();
                at_most(count, TRACKS_MAX, "tracks of one incident")?;
                Act::TracksAttached { tracks }
            }
            Deed::DetachTracks(tracks) => {
                let known = |track: &TrackRef| incident.tracks().any(|other| other == *track);
                let mut tracks = each_once(tracks, TRACKS_MAX, "tracks of one incident")?;
                tracks.retain(known);
                changed(!tracks.is_empty())?;
                Act::TracksDetached { tracks }
            }
            Deed::Note { text, shareable } => {
                let text = required("something", text, NOTE_MAX)?;
                Act::Noted { text, shareable: *shareable }
            }
            Deed::Tick { step, done } => {
                let found = incident.steps().get(usize::from(*step));
                let found = found.ok_or(Refusal::NoStep(*step))?;
                changed(found.done.is_some() != *done)?;
                if !done {
                    reason()?;
                }
                Act::Ticked { step: *step, done: *done }
            }
            Deed::Reclassify { kind, steps } => {
                changed(*kind != incident.kind())?;
                Act::Reclassified { kind: *kind, steps: bounded(steps)? }
            }
            Deed::Transfer { to } => {
                changed(incident.owner() != Some(to))?;
                if incident.owner() != Some(by) {
                    reason()?;
                }
                Act::Transferred { to: to.clone() }
            }
            Deed::Share { to, article } => {
                let article = required("under which article", article, ARTICLE_MAX)?;
                let serial = self.told_to(incident, *to)?;
                let says = self.share(incident, serial, &article, by);
                self.post(*to, now, says);
                Act::Shared { serial, to: *to, article }
            }
            Deed::Offer { to, article, due } => {
                let article = required("under which article", article, ARTICLE_MAX)?;
                let within_s = due.seconds_since(now);
                if within_s <= 0.0 || within_s > OFFER_S_MAX {
                    return Err(Refusal::Deadline);
                }
                at_most(incident.term as usize + 1, TERM_MAX as usize, "hand-overs")?;
                let serial = self.told_to(incident, *to)?;
                let says = Says::Offer {
                    term: incident.term,
                    serial,
                    article: article.clone(),
                    due: *due,
                    by: by.clone(),
                    why: why.to_owned(),
                    view: shared_view(incident, SharedFields::ALL),
                };
                self.post(*to, now, says);
                Act::Offered { serial, to: *to, article, due: *due }
            }
            Deed::Withdraw => {
                let offer = incident.offer().ok_or(Refusal::NoOffer)?;
                reason()?;
                let (to, serial, how) = (offer.to, offer.serial, OfferEnd::Withdrawn {});
                let says = self.ended(incident, serial, how, why);
                self.post(to, now, says);
                Act::OfferEnded { serial, how }
            }
            Deed::See => {
                let serial = incident.unseen().ok_or(Refusal::NothingNew)?;
                let says = Says::Seen { incident: id, serial, by: by.clone() };
                self.post(incident.holder(), now, says);
                Act::SeenHere { serial }
            }
            Deed::Accept { steps } => {
                let incoming = incident.incoming().ok_or(Refusal::NothingOffered)?;
                if let Some((person, _)) = &incoming.accepted {
                    return Err(Refusal::AlreadyAccepted(person.clone(), incoming.from));
                }
                if now > incoming.due {
                    return Err(Refusal::TooLate(incoming.due));
                }
                let steps = bounded(steps)?;
                let (term, serial, to) = (incoming.term, incoming.serial, incoming.from);
                let (by, why) = (by.clone(), why.to_owned());
                self.post(to, now, Says::Accept { incident: id, term, serial, by, why });
                Act::AcceptedHere { serial, steps }
            }
            Deed::Refuse => {
                let incoming = incident.incoming().ok_or(Refusal::NothingOffered)?;
                if let Some((person, _)) = &incoming.accepted {
                    return Err(Refusal::AlreadyAccepted(person.clone(), incoming.from));
                }
                reason()?;
                let (term, serial, to) = (incoming.term, incoming.serial, incoming.from);
                let (by, why) = (by.clone(), why.to_owned());
                self.post(to, now, Says::Refuse { incident: id, term, serial, by, why });
                Act::RefusedHere { serial }
            }
            Deed::Heed => {
                incident.escalated().ok_or(Refusal::NotEscalated)?;
                Act::Heeded {}
            }
            Deed::Close { outcome } => {
                if let Some(offer) = incident.offer() {
                    return Err(Refusal::OfferStands(offer.to));
                }
                if outcome.needs_reason() {
                    reason()?;
                }
                Act::Closed { outcome: *outcome }
            }
            Deed::Reopen => {
                incident.closed().ok_or(Refusal::NotClosed)?;
                reason()?;
                let open = |other: &&Incident| other.is_held_here() && other.closed().is_none();
                at_most(self.all.values().filter(open).count() + 1, OPEN_MAX, "open incidents")?;
                Act::Reopened {}
            }
        })
    }

    /// Whether the incident is such that `by` may do that at all, and has room for it.
    fn may(&self, incident: &Incident, deed: &Deed, by: &Person) -> Result<(), Refusal> {
        let partners = matches!(
            deed,
            Deed::Note { .. } | Deed::See | Deed::Heed | Deed::Accept { .. } | Deed::Refuse
        );
        if !partners && !incident.is_held_here() {
            return Err(Refusal::HeldBy(incident.holder()));
        }
        let closed = incident.is_held_here() && incident.closed().is_some();
        let after = matches!(deed, Deed::Reopen | Deed::Note { .. } | Deed::Share { .. });
        if closed && !after {
            return Err(Refusal::Closed);
        }
        let owners = matches!(deed, Deed::Offer { .. } | Deed::Withdraw | Deed::Close { .. });
        match incident.owner() {
            Some(owner) if owners && owner != by => return Err(Refusal::NotOwner(owner.clone())),
            _ => {}
        }
        if let (Deed::Offer { .. }, Some(offer)) = (deed, incident.offer()) {
            return Err(Refusal::OfferStands(offer.to));
        }
        let room = match deed {
            Deed::AttachAlerts(alerts) => incident.has_room(256 + 8 * alerts.len()),
            Deed::AttachTracks(tracks) => incident.has_room(256 + 20 * tracks.len()),
            Deed::DetachAlerts(alerts) => incident.has_room(256 + 8 * alerts.len()),
            Deed::DetachTracks(tracks) => incident.has_room(256 + 20 * tracks.len()),
            Deed::Note { text, .. } => incident.has_room(1_000 + text.len()),
            Deed::Tick { .. } | Deed::Share { .. } | Deed::Heed | Deed::See => {
                incident.has_room(1_000)
            }
            Deed::Reclassify { .. } => incident.has_room(STEPS_MAX * (STEP_MAX + ARTICLE_MAX + 20)),
            Deed::Accept { .. } => {
                incident.has_spare_room(STEPS_MAX * (STEP_MAX + ARTICLE_MAX + 20))
            }
            _ => incident.has_spare_room(2_000),
        };
        if room {
            return Ok(());
        }
        let (what, remedy) = ("entries or bytes of its log", "close it and open another");
        Err(Refusal::Full { what, max: LOG_MAX, remedy })
    }

    /// The number of the next telling, if `to` can be told anything.
    fn told_to(&self, incident: &Incident, to: NodeName) -> Result<u32, Refusal> {
        if to == self.own {
            return Err(Refusal::Itself(to));
        }
        if self.waiting(to).len() >= WAITING_MAX {
            let remedy = "wait until it has what was told before";
            return Err(Refusal::Full {
                what: "notes that a partner has not received",
                max: WAITING_MAX,
                remedy,
            });
        }
        Ok(incident.last_serial.saturating_add(1))
    }

    fn share(&self, incident: &Incident, serial: u32, article: &str, by: &Person) -> Says {
        let (term, article, by) = (incident.term, article.to_owned(), by.clone());
        Says::Share { term, serial, article, by, view: shared_view(incident, SharedFields::ALL) }
    }

    /// What ends an offer, with the log's serial of it.
    pub(crate) fn ended(&self, incident: &Incident, serial: u32, how: OfferEnd, why: &str) -> Says {
        let (incident, term, why) = (incident.id(), incident.term, why.to_owned());
        Says::Ended { incident, term, serial, how, why }
    }

    /// Writes an entry that was found possible.
    pub(crate) fn write(
        &mut self,
        id: IncidentId,
        at: Time,
        by: Option<&Person>,
        why: &str,
        act: Act,
    ) {
        let author = Author { node: self.own, person: by.cloned() };
        let written = self.try_write(id, at, author, why, act);
        debug_assert!(written, "an act that was found possible can be written");
    }

    /// Writes an entry if it can be at this point.
    pub(crate) fn try_write(
        &mut self,
        id: IncidentId,
        at: Time,
        by: Author,
        why: &str,
        act: Act,
    ) -> bool {
        let Some(incident) = self.all.get_mut(&id) else { return false };
        let entry = incident.next_entry(at, by, why, act);
        if incident.fold(entry).is_ok() {
            return true;
        }
        // An entry that cannot be may have been half taken into account: an incident is its log.
        if let Ok(reread) = incident.reread() {
            *incident = reread;
        }
        false
    }

    /// Time passes: offers whose deadline is over end, and their owners are told so. A clock that
    /// is set back gives an offer no more time than it had left, and takes back nothing.
    pub fn tick(&mut self, now: Time) {
        let back_s = self.last_tick.map_or(0.0, |last| last.seconds_since(now));
        self.last_tick = Some(now);
        let ids: Vec<IncidentId> = self
            .all
            .values()
            .filter(|incident| incident.offer().is_some() || incident.incoming().is_some())
            .map(Incident::id)
            .collect();
        for id in ids {
            if back_s > STEP_BACK_S {
                self.move_deadline(id, back_s, now);
            }
            self.expire(id, now);
            let incoming = self.all.get(&id).and_then(Incident::incoming);
            let over = incoming.filter(|open| open.accepted.is_none() && now > open.due);
            if let Some(serial) = over.map(|open| open.serial) {
                let act = Act::IncomingEnded { serial, how: OfferEnd::Expired {} };
                self.write(id, now, None, "", act);
            }
        }
        self.watch_given(now);
    }

    fn move_deadline(&mut self, id: IncidentId, back_s: f64, now: Time) {
        let Some(offer) = self.all.get(&id).and_then(Incident::offer) else { return };
        let (serial, due) = (offer.serial, offer.due.plus_seconds(-back_s));
        let author = Author { node: self.own, person: None };
        self.try_write(
            id,
            now,
            author,
            "the clock was set back",
            Act::DeadlineMoved { serial, due },
        );
    }

    /// Ends this node's offer if its deadline is over.
    pub(crate) fn expire(&mut self, id: IncidentId, now: Time) {
        let Some(incident) = self.all.get(&id) else { return };
        let Some(offer) = incident.offer().filter(|offer| now > offer.due) else { return };
        let (to, serial, how) = (offer.to, offer.serial, OfferEnd::Expired {});
        let says = self.ended(incident, serial, how, "");
        self.post(to, now, says);
        self.write(id, now, None, "", Act::OfferEnded { serial, how });
        let why = format!("{to} did not answer the offer by the deadline");
        self.write(id, now, None, &why, Act::Escalated {});
    }
}

fn at_most(count: usize, max: usize, what: &'static str) -> Result<(), Refusal> {
    if count <= max {
        return Ok(());
    }
    Err(Refusal::Full { what, max, remedy: "open another incident for the rest" })
}

/// In order and each once.
fn each_once<T: Ord + Copy>(list: &[T], max: usize, what: &'static str) -> Result<Vec<T>, Refusal> {
    let mut list = list.to_vec();
    list.sort_unstable();
    list.dedup();
    at_most(list.len(), max, what)?;
    Ok(list)
}

/// A checklist from outside, each text within its bound.
fn bounded(steps: &[StepText]) -> Result<Vec<StepText>, Refusal> {
    at_most(steps.len(), STEPS_MAX, "steps of a checklist")?;
    let step = |step: &StepText| -> Result<StepText, TextError> {
        let text = required("what a step asks for", &step.text, STEP_MAX)?;
        let article = step.article.as_deref();
        let article = article.map(|name| tidy("an article", name, ARTICLE_MAX)).transpose()?;
        Ok(StepText { text, article })
    };
    Ok(steps.iter().map(step).collect::<Result<_, _>>()?)
}
