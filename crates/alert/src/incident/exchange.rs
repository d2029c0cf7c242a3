//! What a node says to partners' nodes about incidents, and what it makes of what they say.

use super::book::{Incidents, TOLD_BYTES_MAX, TOLD_MAX};
use super::log::{Act, Author, IncidentId, OfferEnd, first_entry};
use super::note::{IncidentNote, Says};
use super::shared::SharedIncident;
use super::state::{Delivery, Incident, Incoming};
use super::text::{ARTICLE_MAX, NodeName, Person, WHY_MAX};
use std::collections::BTreeMap;
use surveillance::Time;

/// Seconds after which a note that was not acknowledged is said again.
pub const RESEND_S: f64 = 5.0;
/// Notes that wait for one partner at most.
pub const WAITING_MAX: usize = 1_000;

/// Seconds after which people are told that a partner has not heard that it holds an incident.
pub const CONFIRM_S: f64 = 60.0;

/// Numbers from here on are of notes that did not go out yet, and are seen by no partner.
pub(crate) const UNSAID: u64 = 1 << 40;

/// Longest reason of a partner's node that is kept, bytes.
const REFUSAL_MAX: usize = 200;

/// What waits for one partner's acknowledgement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mail {
    /// The last that was given to a note that went out.
    pub(crate) last_number: u64,
    /// By number: the note, and when it was last sent.
    pub(crate) waiting: BTreeMap<u64, (IncidentNote, Option<Time>)>,
}

/// Why a note is not taken into account, nor acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unheard {
    /// It can mean something only after another; it is said again until it is acknowledged.
    #[error("another note must come before it")]
    Early,
    /// It says what its sender cannot say, or there is no place for it.
    #[error("{0}")]
    Refused(&'static str),
}

impl Incidents {
    /// Notes that a partner has not acknowledged, oldest first.
    pub fn waiting(&self, to: NodeName) -> impl ExactSizeIterator<Item = &IncidentNote> {
        static NONE: BTreeMap<u64, (IncidentNote, Option<Time>)> = BTreeMap::new();
        self.mail.get(&to).map_or(&NONE, |mail| &mail.waiting).values().map(|(note, _)| note)
    }

    /// What is said about an incident and waits for a partner's acknowledgement, or to go out.
    pub fn waiting_about(&self, id: IncidentId) -> impl Iterator<Item = &IncidentNote> {
        let waiting = self.mail.values().flat_map(|mail| mail.waiting.values());
        waiting.map(|(note, _)| note).filter(move |note| note.says.incident() == Some(id))
    }

    /// The note of a telling, while it waits.
    pub fn note_of(&self, id: IncidentId, delivery: &Delivery) -> Option<&IncidentNote> {
        let own = delivery.serial;
        let theirs = self.their_serial(delivery.to, id, own);
        self.mail.get(&delivery.to)?.waiting.iter().find_map(|(number, (note, _))| {
            let (view, serial) = telling(&note.says)?;
            let known = if *number >= UNSAID { Some(own) } else { theirs };
            (view.id == id && Some(serial) == known).then_some(note)
        })
    }

    /// What a partner was told or offered under a serial that it knows.
    pub fn told_by_serial(&self, id: IncidentId, to: NodeName, theirs: u32) -> Option<&Delivery> {
        let own = self.own_serial(to, id, theirs)?;
        self.all.get(&id)?.deliveries().iter().find(|one| one.to == to && one.serial == own)
    }

    /// What is to be sent at `now` of what `may` be: what never was, and what was not acknowledged
    /// for [`RESEND_S`].
    pub fn due(
        &mut self,
        now: Time,
        mut may: impl FnMut(&IncidentNote) -> bool,
    ) -> Vec<IncidentNote> {
        let mut due = Vec::new();
        for (note, sent) in self.mail.values_mut().flat_map(|mail| mail.waiting.values_mut()) {
            let since = sent.map(|sent| now.seconds_since(sent));
            // After a step back of the clock it is sent again, too.
            if since.is_none_or(|since| !(0.0..RESEND_S).contains(&since)) && may(note) {
                *sent = Some(now);
                due.push(note.clone());
            }
        }
        due
    }

    /// As if nothing had been sent: a run before this one ended, or a link was lost.
    pub fn resumed(&mut self) {
        for (_, sent) in self.mail.values_mut().flat_map(|mail| mail.waiting.values_mut()) {
            *sent = None;
        }
    }

    /// A note that waits under `number`, as it goes out: only then it has its number towards the
    /// partner, and the incident and telling that it is about have theirs. So none counts what was withheld.
    /// `None` where no such note waits.
    pub fn let_out(&mut self, to: NodeName, number: u64) -> Option<IncidentNote> {
        let (mut note, sent) = self.mail.get(&to)?.waiting.get(&number).cloned()?;
        if number >= UNSAID {
            let last = self.mail.get(&to)?.last_number;
            let next = last.checked_add(1).filter(|next| *next < UNSAID)?;
            if let Says::Share { view, serial, .. } | Says::Offer { view, serial, .. } =
                &mut note.says
            {
                *serial = self.tell_as(to, view.id, *serial);
            }
            let mail = self.mail.get_mut(&to)?;
            mail.waiting.remove(&number);
            (mail.last_number, note.number) = (next, next);
            mail.waiting.insert(next, (note.clone(), sent));
        }
        if let Some(view) = telling(&note.says).map(|(view, _)| view.id)
            && view.node == self.own
        {
            self.name_towards(view.number, to);
        }
        Some(note)
    }

    /// Drops what is to be said of third parties' incidents: between two nodes they bear no name.
    pub fn drop_nameless(&mut self) {
        let own = self.own;
        for (to, mail) in &mut self.mail {
            let named = |id: IncidentId| id.node == own || id.node == *to;
            mail.waiting.retain(|_, (note, _)| note.says.incident().is_none_or(named));
        }
    }

    /// The note that tells a partner of it, where that did not go out.
    pub(crate) fn unsaid(&self, to: NodeName, id: IncidentId, serial: u32) -> Option<u64> {
        let mut unsaid = self.mail.get(&to)?.waiting.range(UNSAID..);
        let of_it = |note: &IncidentNote| {
            telling(&note.says).is_some_and(|(view, told)| (view.id, told) == (id, serial))
        };
        unsaid.find(|(_, (note, _))| of_it(note)).map(|(number, _)| *number)
    }

    /// Puts a note where it waits to be sent; an end of an offer has the log's serial. Who was not told of an
    /// offer is not told that it is over.
    pub(crate) fn post(&mut self, to: NodeName, at: Time, mut says: Says) {
        if let Says::Ended { incident, serial, .. } = &mut says {
            let unsaid = self.unsaid(to, *incident, *serial);
            let Some(theirs) = self.their_serial(to, *incident, *serial) else {
                if let (Some(number), Some(mail)) = (unsaid, self.mail.get_mut(&to)) {
                    mail.waiting.remove(&number);
                }
                return;
            };
            *serial = theirs;
        }
        self.put_in_mail(to, at, says);
    }

    fn put_in_mail(&mut self, to: NodeName, at: Time, says: Says) {
        let from = self.own;
        let mail = self.mail.entry(to).or_default();
        if mail.waiting.values().any(|(waits, _)| waits.says == says) {
            return;
        }
        let last = mail.waiting.last_key_value().map_or(0, |(last, _)| *last);
        let number = UNSAID.max(last.saturating_add(1));
        mail.waiting.insert(number, (IncidentNote { from, to, number, at, says }, None));
    }

    /// Partners that were given an incident and have not acknowledged that yet: the book says whose
    /// it is and the other node does not, and people are to speak.
    pub(crate) fn watch_given(&mut self, now: Time) {
        let mut late = Vec::new();
        for (note, _) in self.mail.values().flat_map(|mail| mail.waiting.values()) {
            let Says::Confirm { incident, .. } = note.says else { continue };
            let Some(known) = self.all.get(&incident) else { continue };
            let since = known.log().iter().rev();
            let said = since
                .take_while(|entry| !matches!(entry.act, Act::HandedOver { .. }))
                .any(|entry| matches!(entry.act, Act::Escalated {}));
            let given = !known.is_held_here() && known.holder() == note.to;
            if given && !said && now.seconds_since(note.at) > CONFIRM_S {
                late.push((incident, note.to));
            }
        }
        for (id, to) in late {
            let why = format!("{to} has not acknowledged that it holds the incident");
            let author = Author { node: self.own, person: None };
            self.try_write(id, now, author, &why, Act::Escalated {});
        }
    }

    /// Takes what a partner's node says, at `now`, and gives the acknowledgement to send back:
    /// `None` to an acknowledgement. The caller knows that `note.from` said it. A note that came
    /// before changes nothing and is acknowledged again.
    ///
    /// # Errors
    /// It is not taken into account.
    pub fn hear(
        &mut self,
        note: &IncidentNote,
        now: Time,
    ) -> Result<Option<IncidentNote>, Unheard> {
        if note.to != self.own || note.from == self.own {
            return Err(Unheard::Refused("it is not for this node"));
        }
        // What cannot be saved and read again is not taken: it would take the book with it.
        if IncidentNote::from_bytes(&note.to_bytes()).as_ref() != Ok(note) {
            return Err(Unheard::Refused("a text or list in it is longer than it may be"));
        }
        let from = note.from;
        match &note.says {
            Says::Ack { number, said } => {
                self.hear_ack(from, *number, *said, now);
                return Ok(None);
            }
            Says::Share { term, serial, article, by, view } => {
                let telling = Telling { term: *term, serial: *serial, article, by, why: "" };
                self.hear_view(from, &telling, view, now)
            }
            Says::Offer { term, serial, article, due, by, why, view } => {
                let telling = Telling { term: *term, serial: *serial, article, by, why };
                self.hear_offer(from, &telling, *due, view, now)
            }
            Says::Seen { incident, serial, by } => {
                self.hear_seen(from, *incident, *serial, by, now);
                Ok(())
            }
            Says::Accept { incident, term, serial, by, why } => {
                self.hear_answer(from, (*incident, *term, *serial), Some(by), (by, why), now)
            }
            Says::Refuse { incident, term, serial, by, why } => {
                self.hear_answer(from, (*incident, *term, *serial), None, (by, why), now)
            }
            Says::Confirm { incident, term, serial } => {
                self.hear_confirm(from, (*incident, *term, *serial), now)
            }
            Says::Ended { incident, term, serial, how, why } => {
                self.hear_ended(from, (*incident, *term, *serial), (*how, why), now)
            }
        }?;
        Ok(Some(self.ack(note, now)))
    }

    fn ack(&self, note: &IncidentNote, now: Time) -> IncidentNote {
        let says = Says::Ack { number: note.number, said: note.at };
        IncidentNote { from: self.own, to: note.from, number: 0, at: now, says }
    }

    /// Takes out the note that a partner's node answers: one that went out.
    fn answered(&mut self, from: NodeName, number: u64, said: Time) -> Option<IncidentNote> {
        let waiting = &mut self.mail.get_mut(&from)?.waiting;
        waiting.get(&number).filter(|(note, _)| note.at == said && number < UNSAID)?;
        waiting.remove(&number).map(|(note, _)| note)
    }

    /// The partner's node has a note; of a telling that is its receipt.
    fn hear_ack(&mut self, from: NodeName, number: u64, said: Time, now: Time) {
        let Some(note) = self.answered(from, number, said) else { return };
        let (Says::Share { serial, view, .. } | Says::Offer { serial, view, .. }) = note.says
        else {
            return;
        };
        self.receipt(view.id, serial, from, None, now);
    }

    /// The partner's node does not take a note, and says why: it is said no more, an offer or its acceptance is over, and
    /// people are told. Of a note that is not waited for, nothing.
    pub fn hear_refusal(
        &mut self,
        from: NodeName,
        (number, said): (u64, Time),
        why: &str,
        now: Time,
    ) {
        let Some(note) = self.answered(from, number, said) else { return };
        let Some(id) = note.says.incident() else { return };
        if let Says::Offer { serial, .. } = note.says {
            let offered = self.all.get(&id).and_then(Incident::offer);
            let own = self.own_serial(from, id, serial);
            let offered = offered.filter(|offer| offer.to == from && Some(offer.serial) == own);
            if let Some(serial) = offered.map(|offer| offer.serial) {
                let by = Author { node: from, person: None };
                let how = OfferEnd::Refused {};
                self.try_write(id, now, by, "", Act::OfferEnded { serial, how });
            }
        }
        // Who offered does not know of it: nobody is waited for any more.
        if let Says::Accept { serial, .. } = note.says {
            let open = self.all.get(&id).and_then(Incident::incoming);
            if open.is_some_and(|open| open.from == from && open.serial == serial) {
                let by = Author { node: from, person: None };
                let how = OfferEnd::Superseded {};
                self.try_write(id, now, by, "", Act::IncomingEnded { serial, how });
            }
        }
        let end = (0..=REFUSAL_MAX.min(why.len())).rev().find(|end| why.is_char_boundary(*end));
        let why = &why[..end.unwrap_or(0)];
        let why = format!("{from} does not take what was said to it: {why}");
        let by = Author { node: self.own, person: None };
        self.try_write(id, now, by, &why, Act::Escalated {});
    }

    fn hear_seen(&mut self, from: NodeName, id: IncidentId, serial: u32, by: &Person, now: Time) {
        self.receipt(id, serial, from, Some(by), now);
    }

    /// Writes down a receipt that is new, of a telling by the partner's serial.
    fn receipt(
        &mut self,
        id: IncidentId,
        theirs: u32,
        from: NodeName,
        seen_by: Option<&Person>,
        now: Time,
    ) {
        let Some(incident) = self.all.get(&id) else { return };
        let Some(delivery) = self.told_by_serial(id, from, theirs) else { return };
        let serial = delivery.serial;
        let new = match seen_by {
            Some(_) => delivery.seen.is_none(),
            None => delivery.received.is_none(),
        };
        if !new || !incident.has_room(1_000) {
            return;
        }
        let by = Author { node: from, person: seen_by.cloned() };
        let act = if seen_by.is_some() { Act::Seen { serial } } else { Act::Received { serial } };
        self.try_write(id, now, by, "", act);
    }

    /// A partner tells of an incident.
    fn hear_view(
        &mut self,
        from: NodeName,
        telling: &Telling<'_>,
        view: &SharedIncident,
        now: Time,
    ) -> Result<(), Unheard> {
        if telling.article.len() > ARTICLE_MAX || telling.why.len() > WHY_MAX {
            return Err(Unheard::Refused("a text in it is too long"));
        }
        let (term, serial, article) = (telling.term, telling.serial, telling.article.to_owned());
        let told = self.all.values().filter(|incident| incident.told_by() == Some(from));
        if told.map(Incident::log_bytes).sum::<usize>() > TOLD_BYTES_MAX {
            return Err(Unheard::Refused("its incidents take too much room; put some away"));
        }
        let by = Author { node: from, person: Some(telling.by.clone()) };
        let act = Act::Told { term, serial, article, view: view.clone() };
        let Some(incident) = self.all.get(&view.id) else {
            return self.hear_first(view.id, by, act, now);
        };
        if incident.is_held_here() || (term, serial) <= incident.heard_view {
            return Ok(());
        }
        if let Some(Incoming { accepted: Some(_), from: other, .. }) = incident.incoming()
            && *other != from
        {
            // Until that one has had its last word nobody else's counts.
            return Err(Unheard::Early);
        }
        if from != incident.holder() && term <= incident.term {
            return Err(Unheard::Refused(
                "another node holds that incident, as far as is known here",
            ));
        }
        if !incident.has_room(16 << 10) {
            return Err(Unheard::Refused("the log of that incident is full"));
        }
        if term > incident.term {
            self.supersede(view.id, now);
        }
        self.written(view.id, now, by, "", act)
    }

    /// An incident that is not in the book yet.
    fn hear_first(
        &mut self,
        id: IncidentId,
        by: Author,
        act: Act,
        now: Time,
    ) -> Result<(), Unheard> {
        let from = by.node;
        // One that was put away may come back.
        if id.number == 0 || (id.node == self.own && id.number > self.last_number) {
            return Err(Unheard::Refused("this node has no incident of that number"));
        }
        let told = self.all.values().filter(|incident| incident.told_by() == Some(from));
        if told.count() >= TOLD_MAX || self.has_place().is_err() {
            return Err(Unheard::Refused("there is no place for more incidents"));
        }
        match Incident::begin(self.own, id, first_entry(id, now, by, "", act)) {
            Ok(incident) => {
                self.all.insert(id, incident);
                Ok(())
            }
            Err(_) => Err(Unheard::Refused("it does not hold together")),
        }
    }

    fn hear_offer(
        &mut self,
        from: NodeName,
        telling: &Telling<'_>,
        due: Time,
        view: &SharedIncident,
        now: Time,
    ) -> Result<(), Unheard> {
        self.hear_view(from, telling, view, now)?;
        let (id, term, serial) = (view.id, telling.term, telling.serial);
        let Some(incident) = self.all.get(&id) else { return Ok(()) };
        let old = (term, serial) <= incident.heard_offer || term != incident.term;
        if incident.is_held_here() || old || incident.holder() != from {
            return Ok(());
        }
        if !incident.has_spare_room(32 << 10) {
            return Err(Unheard::Refused("the log of that incident is full"));
        }
        // Who offers anew offers no longer what was offered before.
        self.supersede(id, now);
        let by = Author { node: from, person: Some(telling.by.clone()) };
        let article = telling.article.to_owned();
        self.written(id, now, by, telling.why, Act::OfferHeard { term, serial, article, due })
    }

    fn supersede(&mut self, id: IncidentId, now: Time) {
        let incoming = self.all.get(&id).and_then(Incident::incoming);
        if let Some(serial) = incoming.map(|open| open.serial) {
            let act = Act::IncomingEnded { serial, how: OfferEnd::Superseded {} };
            self.write(id, now, None, "", act);
        }
    }

    fn written(
        &mut self,
        id: IncidentId,
        now: Time,
        by: Author,
        why: &str,
        act: Act,
    ) -> Result<(), Unheard> {
        if self.try_write(id, now, by, why, act) {
            Ok(())
        } else {
            Err(Unheard::Refused("it does not hold together"))
        }
    }

    /// Yes, with who is to own it, or no. Whether it counts is decided here and nowhere else.
    fn hear_answer(
        &mut self,
        from: NodeName,
        (id, term, serial): (IncidentId, u32, u32),
        accepted: Option<&Person>,
        (by, why): (&Person, &str),
        now: Time,
    ) -> Result<(), Unheard> {
        if why.len() > WHY_MAX {
            return Err(Unheard::Refused("a text in it is too long"));
        }
        self.expire(id, now);
        let author = Author { node: from, person: Some(by.clone()) };
        let incident = self.all.get(&id);
        let told = self.own_serial(from, id, serial);
        let standing = incident.and_then(Incident::offer).filter(|offer| {
            let by_term = incident.is_some_and(|i| i.term == term);
            offer.to == from && Some(offer.serial) == told && by_term
        });
        match (standing.map(|offer| offer.serial), accepted) {
            (Some(own), Some(owner)) => {
                let handed = Act::HandedOver { serial: own, owner: owner.clone() };
                self.written(id, now, author, why, handed)?;
                self.post(from, now, Says::Confirm { incident: id, term, serial });
            }
            (Some(serial), None) => {
                let how = OfferEnd::Refused {};
                self.written(id, now, author, why, Act::OfferEnded { serial, how })?;
                let why = format!("{from} refused the offer");
                self.write(id, now, None, &why, Act::Escalated {});
            }
            (None, Some(_)) => {
                // Whether there is such an incident, and what others were told of it, is not told.
                let given = incident.zip(told).is_some_and(|(i, own)| i.was_given(term, own, from));
                if !given && self.waiting(from).len() < WAITING_MAX {
                    let (incident, how, why) = (id, OfferEnd::Superseded {}, String::new());
                    let ended = Says::Ended { incident, term, serial, how, why };
                    // It says no more than of an offer that never was.
                    self.put_in_mail(from, now, ended);
                }
            }
            (None, None) => {}
        }
        Ok(())
    }

    fn hear_confirm(
        &mut self,
        from: NodeName,
        (id, term, serial): (IncidentId, u32, u32),
        now: Time,
    ) -> Result<(), Unheard> {
        let incident = self.all.get(&id).ok_or(Unheard::Early)?;
        let answered = incident
            .incoming()
            .filter(|open| open.from == from && (open.term, open.serial) == (term, serial));
        match answered {
            Some(Incoming { accepted: Some(_), .. }) => {
                let by = Author { node: from, person: None };
                self.written(id, now, by, "", Act::TakenOver { serial })
            }
            Some(_) => Err(Unheard::Refused("nobody here has accepted that offer")),
            None if term < incident.term => Ok(()),
            None if (term, serial) > incident.heard_offer => Err(Unheard::Early),
            None => Err(Unheard::Refused("nobody here has accepted that offer")),
        }
    }

    fn hear_ended(
        &mut self,
        from: NodeName,
        (id, term, serial): (IncidentId, u32, u32),
        (how, why): (OfferEnd, &str),
        now: Time,
    ) -> Result<(), Unheard> {
        if why.len() > WHY_MAX {
            return Err(Unheard::Refused("a text in it is too long"));
        }
        let incident = self.all.get(&id).ok_or(Unheard::Early)?;
        let open = incident
            .incoming()
            .is_some_and(|open| open.from == from && (open.term, open.serial) == (term, serial));
        if open {
            let by = Author { node: from, person: None };
            return self.written(id, now, by, why, Act::IncomingEnded { serial, how });
        }
        if (term, serial) > incident.heard_offer && !incident.is_held_here() {
            return Err(Unheard::Early);
        }
        Ok(())
    }
}

/// What a note tells or offers, and its serial.
fn telling(says: &Says) -> Option<(&SharedIncident, u32)> {
    match says {
        Says::Share { view, serial, .. } | Says::Offer { view, serial, .. } => {
            Some((view, *serial))
        }
        _ => None,
    }
}

/// What a telling says beside the incident.
struct Telling<'a> {
    term: u32,
    serial: u32,
    article: &'a str,
    by: &'a Person,
    why: &'a str,
}
