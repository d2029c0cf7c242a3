//! What partners are told of incidents, and what they say of theirs.
//!
//! An incident goes out like any other object: as a subject that each partner's feed reduces, and
//! only to whom a person told it. What people do about it goes as notes, each of which the accord is
//! asked about when it leaves. docs/design/incident.md has the table.

use super::{Desk, node_name};
use crate::engine::partners::{Mirror, Partners};
use accord::{
    AccordId, AlertKind, AlertSet, AlertState, ArticleId, ArticleRef, Clause, IncidentName,
    IncidentSays, IncidentWord, Lineage, Note, ObjectKind, OwnNumber, PartyId, Policy, Released,
    Source, Subject,
};
use alert::incident::{
    Act, Incident, IncidentId, IncidentNote, Kind, NodeName, OfferEnd, Person, Says, SharedFields,
    SharedIncident, TOLD_MAX, TRACKS_MAX, TrackRef, Unheard, shared_view,
};
use geodesy::Geodetic;
use std::collections::{BTreeMap, BTreeSet};
use surveillance::{Time, TrackNumber};

/// Handles of incidents begin here; numbers of tracks never reach them.
const FIRST_HANDLE: u64 = 1 << 40;
/// Slots of a partner's feed that a telling waits, so that the incident is there before it.
const SLOTS_BEFORE: f64 = 2.0;
/// Notes that one partner is said between two ticks at most: the rest is said after the next.
const PORTION_MAX: usize = 16;
/// Seconds that a partner's telling waits here for the incident itself; then its name stands alone.
const SETTLES_S: f64 = 10.0;
/// Seconds that a closed incident, or one told anew after that, goes on being told.
const CLOSED_TOLD_S: f64 = 3_600.0;
/// Tellings of one partner that wait for their incident at most; beyond it none waits.
const SETTLING_MAX: usize = 100;
/// Seconds after which one is forgotten that is not said again.
const SETTLING_S: f64 = 60.0;
/// Incidents in a partner's picture that are looked at, the newest first.
const SHOWN_MAX: usize = TOLD_MAX;

/// What there is to tell of tracks, and to whom.
pub(in crate::engine) struct Told<'a> {
    pub(in crate::engine) partners: &'a Partners,
    /// What may be released, in order of number.
    pub(in crate::engine) subjects: &'a [Subject],
}

/// Where an incident is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    of: TrackRef,
    at: Geodetic,
    level_m: Option<f64>,
}

impl Desk {
    /// The partner and the article, if that article lets the incident out to it now.
    pub(super) fn may_be_told(
        &mut self,
        id: IncidentId,
        (to, accord, article): (&str, &str, &str),
        told: &Told<'_>,
        now: Time,
    ) -> Result<(NodeName, String), String> {
        let party: PartyId = to.parse().map_err(|why: accord::NameError| why.to_string())?;
        let article = reference(accord, article)?;
        let own = told.partners.policy().own();
        if ![own, party].map(node_name).contains(&id.node) {
            return Err(format!(
                "it is {}'s incident, of which only {} tells others: say who is to know by a request",
                id.node, id.node
            ));
        }
        let of = self.subject(id, told, now);
        let word = asked(article, own);
        told.partners.policy().incident_note(word, of.as_ref(), party, now, now)?;
        Ok((node_name(party), article.to_string()))
    }

    /// What each partner may be told of incidents: those that a person here told it of.
    pub(in crate::engine) fn subjects(
        &mut self,
        told: &Told<'_>,
        now: Time,
    ) -> BTreeMap<PartyId, Vec<Subject>> {
        let ids: Vec<IncidentId> = self
            .book
            .iter()
            .filter(|incident| incident.is_held_here() && !incident.deliveries().is_empty())
            .filter(|incident| is_told_still(incident, now))
            .map(Incident::id)
            .collect();
        let mut subjects: BTreeMap<PartyId, Vec<Subject>> = BTreeMap::new();
        for id in ids {
            let Some(subject) = self.subject(id, told, now) else { continue };
            let deliveries = self.book.get(id).map_or(&[][..], Incident::deliveries);
            let to: BTreeSet<NodeName> = deliveries.iter().map(|delivery| delivery.to).collect();
            for node in to {
                let Ok(party) = node.as_str().parse() else { continue };
                if id.node == self.book.own()
                    && self.book.told_as(id.number, node).is_none()
                    && self.is_let_out(id, (node, party), &subject, told, now)
                {
                    self.book.name_towards(id.number, node);
                }
                let Some(content) = self.content(id, node) else { continue };
                subjects.entry(party).or_default().push(Subject { content, ..subject.clone() });
            }
        }
        subjects
    }

    /// Whether an article under which a person told it to a partner lets it out now.
    fn is_let_out(
        &self,
        id: IncidentId,
        (node, to): (NodeName, PartyId),
        subject: &Subject,
        told: &Told<'_>,
        now: Time,
    ) -> bool {
        let policy = told.partners.policy();
        let deliveries = self.book.get(id).map_or(&[][..], Incident::deliveries).iter();
        let articles: BTreeSet<&str> = deliveries
            .filter(|delivery| delivery.to == node)
            .map(|delivery| delivery.article.as_str())
            .collect();
        articles.into_iter().filter_map(article_named).any(|article| {
            let word = asked(article, policy.own());
            policy.incident_note(word, Some(subject), to, now, now).is_ok()
        })
    }

    /// What there is to tell a partner of an incident, under the number by which it knows it.
    fn content(&self, id: IncidentId, to: NodeName) -> Option<Vec<u8>> {
        let text = SharedFields::OPENED.or(SharedFields::OWNER);
        let text = text.or(SharedFields::STATE).or(SharedFields::CONTENT);
        let name = self.name_towards(id, to).ok()?;
        let view = shared_view(self.book.get(id)?, text);
        Some(SharedIncident { id: name, ..view }.to_bytes())
    }

    /// An incident as it is put to the articles; what it says is put in for each partner.
    fn subject(&mut self, id: IncidentId, told: &Told<'_>, now: Time) -> Option<Subject> {
        let incident = self.book.get(id)?;
        let found = incident.tracks().find_map(|track| {
            let number = told.partners.number_of(track)?;
            let at = told.subjects.binary_search_by_key(&u64::from(number.0), |s| s.number.0);
            let subject = &told.subjects[at.ok()?];
            Some(Place { of: track, at: subject.position?, level_m: subject.level_m })
        });
        if let Some(place) = found {
            self.places.insert(id, place);
        }
        // Of a track that was taken out nothing stays.
        let place = self.places.get(&id).filter(|place| incident.tracks().any(|t| t == place.of));
        let next = FIRST_HANDLE + self.handles.len() as u64;
        let handle = *self.handles.entry(id).or_insert(next);
        let own = incident.tracks().filter_map(|track| match track {
            TrackRef::Own { number } => Some(OwnNumber(u64::from(number.0))),
            TrackRef::Partner { .. } => None,
        });
        Some(Subject {
            position: place.map(|place| place.at),
            level_m: place.and_then(|place| place.level_m),
            alerts: AlertSet::EMPTY.with(alert_kind(incident.kind())),
            alert_state: match incident.closed() {
                None => AlertState::Raised,
                Some(_) => AlertState::Closed,
            },
            tracks: own.collect(),
            lineage: lineage(incident, told.partners),
            ..Subject::bare(OwnNumber(handle), ObjectKind::Incident, now)
        })
    }

    /// What is to be said to partners at `now`.
    pub(in crate::engine) fn say(
        &mut self,
        told: &Told<'_>,
        slot_s: f64,
        now: Time,
    ) -> Vec<Released<Note>> {
        if self.taking_up {
            return Vec::new();
        }
        self.book.tick(now);
        self.book.drop_nameless();
        let partners = told.partners;
        let due = self.book.due(now, |note| {
            let tells = matches!(note.says, Says::Share { .. } | Says::Offer { .. });
            let since_s = now.seconds_since(note.at);
            let early = tells && (0.0..SLOTS_BEFORE * slot_s).contains(&since_s);
            let may = !early && partners.is_connected(note.to.as_str());
            let said = self.portion.entry(note.to).or_insert(0);
            let goes = may && *said < PORTION_MAX;
            *said += usize::from(goes);
            goes
        });
        let known = self.held_up.len();
        let book = &self.book;
        self.held_up.retain(|(to, number), _| book.waiting(*to).any(|note| note.number == *number));
        self.held_up_news |= self.held_up.len() != known;
        let mut said = Vec::new();
        for note in due {
            let (key, released) = ((note.to, note.number), self.released(&note, told, now));
            match released {
                Ok(note) => {
                    self.held_up_news |= self.held_up.remove(&key).is_some();
                    said.push(note);
                }
                Err(why) => {
                    let before = self.held_up.insert(key, why.clone());
                    self.held_up_news |= before.as_ref() != Some(&why);
                }
            }
        }
        said
    }

    /// A tenth of a second has passed: each partner may be told another portion.
    pub(in crate::engine) fn begin_portion(&mut self) {
        self.portion.clear();
    }

    fn released(
        &mut self,
        note: &IncidentNote,
        told: &Told<'_>,
        now: Time,
    ) -> Result<Released<Note>, String> {
        let to: PartyId =
            note.to.as_str().parse().map_err(|why: accord::NameError| why.to_string())?;
        let policy = told.partners.policy();
        let id = note.says.incident().ok_or("it is about no incident")?;
        let ends = matches!(note.says, Says::Ended { .. });
        let any = || articles(policy, to).next().filter(|_| ends);
        let article = self.article_of(id, note).or_else(any);
        let article = article.ok_or_else(|| format!("no article is about incidents with {to}"))?;
        let of = self.subject(id, told, now);
        // It is asked first: what is withheld takes no number.
        let without = IncidentName { by: policy.own(), number: 0 };
        policy.incident_note(word(note, without, article)?, of.as_ref(), to, note.at, now)?;
        let note = self.book.let_out(note.to, note.number).ok_or("no number is left for it")?;
        let word = word(&note, name(self.name_towards(id, note.to)?)?, article)?;
        policy.incident_note(word, of.as_ref(), to, note.at, now)
    }

    /// The article under which the incident was told, offered or heard of.
    fn article_of(&self, id: IncidentId, note: &IncidentNote) -> Option<ArticleRef> {
        let heard = |wanted: u32| {
            let log = self.book.get(id)?.log().iter().rev();
            log.filter(|entry| entry.by.node == note.to).find_map(|entry| match &entry.act {
                Act::Told { serial, article, .. } | Act::OfferHeard { serial, article, .. }
                    if *serial == wanted =>
                {
                    Some(article.clone())
                }
                _ => None,
            })
        };
        let told = |wanted: u32| {
            let delivery = self.book.told_by_serial(id, note.to, wanted)?;
            Some(delivery.article.clone())
        };
        let text = match &note.says {
            Says::Share { article, .. } | Says::Offer { article, .. } => Some(article.clone()),
            Says::Seen { serial, .. }
            | Says::Accept { serial, .. }
            | Says::Refuse { serial, .. } => heard(*serial),
            Says::Confirm { serial, .. } | Says::Ended { serial, .. } => told(*serial),
            Says::Ack { .. } => None,
        };
        article_named(&text?)
    }

    /// A partner says something about an incident. What is to be said back at once, and whether it
    /// could say that and was understood: a refusal is said back so that it is not said again.
    pub(in crate::engine) fn hear(
        &mut self,
        from: PartyId,
        note: &Note,
        told: &Told<'_>,
        now: Time,
    ) -> (Option<Released<Note>>, bool) {
        let policy = told.partners.policy();
        let Ok(word) = policy.incident_word(from, note, now) else { return (None, false) };
        let refused = |words| {
            let (number, said) = (word.number, note.at);
            let says = IncidentSays::Refusal { number, said, words };
            let word = IncidentWord { term: 0, serial: 0, number: 0, says, ..word.clone() };
            policy.incident_note(word, None, from, now, now).ok().filter(|_| number > 0)
        };
        match self.take(from, (note, word), told, now) {
            Ok(back) => (back, true),
            Err(words) => (refused(words), false),
        }
    }

    fn take(
        &mut self,
        from: PartyId,
        (note, word): (&Note, &IncidentWord),
        told: &Told<'_>,
        now: Time,
    ) -> Result<Option<Released<Note>>, String> {
        let policy = told.partners.policy();
        if let IncidentSays::Refusal { number, said, words } = &word.says {
            self.book.hear_refusal(node_name(from), (*number, *said), words, now);
            return Ok(None);
        }
        if let IncidentSays::Ack { number, said } = word.says {
            let (from, to, says) =
                (node_name(from), node_name(policy.own()), Says::Ack { number, said });
            let heard = IncidentNote { from, to, number: 0, at: note.at, says };
            return self.book.hear(&heard, now).map(|_| None).map_err(|why| why.to_string());
        }
        let id = self.named_by(from, word.incident)?;
        let tells = matches!(word.says, IncidentSays::Told { .. } | IncidentSays::Offer { .. });
        // Nobody learns from an answer what is in the book but what it was told or has told itself.
        let known = self.book.get(id).is_some_and(|incident| has_to_do_with(incident, from));
        let others = match word.says {
            IncidentSays::Told { .. } | IncidentSays::Offer { .. } => {
                word.incident.by == policy.own()
            }
            IncidentSays::Confirm | IncidentSays::Ended { .. } => true,
            _ => false,
        };
        if others && !known {
            // The offer that it ends may still be on its way; after a while nothing is.
            let ends = matches!(word.says, IncidentSays::Ended { .. });
            return match now.seconds_since(note.at) > SETTLING_S {
                true if ends => Ok(ack(from, (note, word), policy, now)),
                _ if ends => Ok(None),
                _ => Err("nothing of that incident was told or heard here".to_owned()),
            };
        }
        let view = if tells { self.told_view(from, id, word, told, now) } else { Some(bare(id)) };
        // It is said again until it is acknowledged.
        let Some(view) = view else { return Ok(None) };
        let heard = incident_note((from, policy.own()), word, note.at, view)?;
        let taken = match self.book.hear(&heard, now) {
            Ok(taken) => taken,
            Err(Unheard::Early) => return Ok(None),
            Err(Unheard::Refused(_)) if tells && !known && self.book.get(id).is_some() => {
                Some(heard)
            }
            Err(why) => {
                self.unseen.remove(&(from, word.number));
                return Err(why.to_string());
            }
        };
        self.unseen.remove(&(from, word.number));
        Ok(taken.and_then(|_| ack(from, (note, word), policy, now)))
    }

    /// What the partner's picture shows of the incident that it tells of; `None`: to be waited for.
    fn told_view(
        &mut self,
        from: PartyId,
        id: IncidentId,
        word: &IncidentWord,
        told: &Told<'_>,
        now: Time,
    ) -> Option<SharedIncident> {
        let shown = told.partners.iter().find(|partner| partner.party == from);
        let name = IncidentId { node: node_name(word.incident.by), number: word.incident.number };
        let shown = shown.and_then(|partner| view(&partner.told, name));
        if let Some(view) = shown {
            return Some(SharedIncident { id, ..view });
        }
        let of_them = |(party, _): &&(PartyId, u64)| *party == from;
        if self.unseen.keys().filter(of_them).count() >= SETTLING_MAX {
            self.unseen.retain(|_, since| (0.0..SETTLING_S).contains(&now.seconds_since(*since)));
        }
        let full = self.unseen.keys().filter(of_them).count() >= SETTLING_MAX;
        let since = *self.unseen.entry((from, word.number)).or_insert(now);
        let waits = !full && (0.0..SETTLES_S).contains(&now.seconds_since(since));
        if full {
            self.unseen.remove(&(from, word.number));
        }
        (!waits).then(|| bare(id))
    }
}

/// What says that a word was taken. Where it may not go now, the partner says that word again.
fn ack(
    from: PartyId,
    (note, word): (&Note, &IncidentWord),
    policy: &Policy,
    now: Time,
) -> Option<Released<Note>> {
    let says = IncidentSays::Ack { number: word.number, said: note.at };
    let word = IncidentWord { term: 0, serial: 0, number: 0, says, ..word.clone() };
    policy.incident_note(word, None, from, now, now).ok()
}

/// Whether a partner was told of it or offered it, or has told of it.
fn has_to_do_with(incident: &Incident, party: PartyId) -> bool {
    let is = |node: NodeName| node.as_str() == party.as_str();
    let told = incident.deliveries().iter().any(|delivery| is(delivery.to));
    told || incident.log().iter().any(|entry| {
        is(entry.by.node) && matches!(entry.act, Act::Told { .. } | Act::OfferHeard { .. })
    })
}

/// Whether partners that were told of it are told of it still.
fn is_told_still(incident: &Incident, now: Time) -> bool {
    let recent = |at: Time| now.seconds_since(at) < CLOSED_TOLD_S;
    let told = || incident.deliveries().iter().any(|delivery| recent(delivery.sent));
    incident.closed().is_none_or(|closing| recent(closing.at) || told())
}

/// An incident of which nothing is told but its name.
fn bare(id: IncidentId) -> SharedIncident {
    SharedIncident {
        id,
        kind: None,
        opened: None,
        state: None,
        owner: None,
        tracks: Vec::new(),
        title: None,
        entries: Vec::new(),
    }
}

/// What a partner's picture shows of an incident.
fn view(told: &Mirror, id: IncidentId) -> Option<SharedIncident> {
    told.incidents().rev().take(SHOWN_MAX).find_map(|item| {
        let content = item.told.content.as_deref()?;
        let view = SharedIncident::from_bytes(content).ok().filter(|view| view.id == id)?;
        let kinds = item.told.alerts.map(|(kinds, _)| kinds);
        let kind = kinds.and_then(|kinds| kinds.iter().next()).map(kind_of);
        // By the teller's numbers, as in a view.
        let track =
            |number: &accord::PartnerNumber| TrackRef::Own { number: TrackNumber(number.0) };
        let tracks = item.told.tracks.iter().take(TRACKS_MAX).map(track).collect();
        Some(SharedIncident { kind, tracks, ..view })
    })
}

/// Whose data are in an incident: of its tracks and of what partners told of it.
fn lineage(incident: &Incident, partners: &Partners) -> Lineage {
    let mut sources: Vec<Source> = Vec::new();
    for track in incident.tracks() {
        if let TrackRef::Partner { node, number } = track {
            sources.extend(partners.sources_of(node.as_str(), number));
        }
    }
    let tellers = incident.log().iter().filter(|entry| matches!(entry.act, Act::Told { .. }));
    let tellers: BTreeSet<NodeName> = tellers.map(|entry| entry.by.node).collect();
    let tellers = tellers.iter().filter_map(|node| node.as_str().parse().ok());
    sources.extend(tellers.map(|originator| Source { originator, onward: Vec::new() }));
    if sources.is_empty() { Lineage::Own } else { Lineage::Fused(sources) }
}

/// A telling that is put to an article and not said: it has no number.
fn asked(article: ArticleRef, own: PartyId) -> IncidentWord {
    let incident = IncidentName { by: own, number: 0 };
    let says = IncidentSays::Told { by: accord::Person { name: "-".to_owned(), position: None } };
    IncidentWord { incident, article, term: 0, serial: 0, number: 0, says }
}

/// An article as a telling names it.
fn article_named(text: &str) -> Option<ArticleRef> {
    let (accord, article) = text.split_once(" article ")?;
    reference(accord, article).ok()
}

fn reference(accord: &str, article: &str) -> Result<ArticleRef, String> {
    let said = |why: accord::NameError| why.to_string();
    let accord: AccordId = accord.parse().map_err(said)?;
    let article: ArticleId = article.parse().map_err(said)?;
    Ok(ArticleRef { accord, article })
}

/// Every article by which this party may tell `to` of incidents.
pub(super) fn articles(policy: &Policy, to: PartyId) -> impl Iterator<Item = ArticleRef> {
    let own = policy.own();
    policy.accords().iter().flat_map(move |accord| {
        let about = move |article: &&accord::Article| {
            matches!(&article.clause, Clause::Release(grant)
                if grant.object == ObjectKind::Incident
                    && grant.from.contains(&own) && grant.to.contains(&to))
        };
        let of = |article: &accord::Article| ArticleRef { accord: accord.id, article: article.id };
        accord.articles.iter().filter(about).map(of)
    })
}

fn name(id: IncidentId) -> Result<IncidentName, String> {
    let by = id.node.as_str().parse().map_err(|why: accord::NameError| why.to_string())?;
    Ok(IncidentName { by, number: id.number })
}

fn told_person(person: &Person) -> accord::Person {
    let position = person.position().map(str::to_owned);
    accord::Person { name: person.name().to_owned(), position }
}

fn heard_person(person: &accord::Person) -> Result<Person, String> {
    Person::new(&person.name, person.position.as_deref()).map_err(|why| why.to_string())
}

/// A note of the book as the accord carries it.
fn word(
    note: &IncidentNote,
    incident: IncidentName,
    article: ArticleRef,
) -> Result<IncidentWord, String> {
    let (term, serial, says) = match &note.says {
        Says::Share { term, serial, by, .. } => {
            (*term, *serial, IncidentSays::Told { by: told_person(by) })
        }
        Says::Offer { term, serial, due, by, why, .. } => {
            let by = told_person(by);
            (*term, *serial, IncidentSays::Offer { by, words: why.clone(), due: *due })
        }
        Says::Seen { serial, by, .. } => (0, *serial, IncidentSays::Seen { by: told_person(by) }),
        Says::Accept { term, serial, by, why, .. } => {
            let by = told_person(by);
            (*term, *serial, IncidentSays::Accept { by, words: why.clone() })
        }
        Says::Refuse { term, serial, by, why, .. } => {
            let by = told_person(by);
            (*term, *serial, IncidentSays::Refuse { by, words: why.clone() })
        }
        Says::Confirm { term, serial, .. } => (*term, *serial, IncidentSays::Confirm),
        Says::Ended { term, serial, how, why, .. } => {
            let how = match how {
                OfferEnd::Withdrawn {} => accord::OfferEnd::Withdrawn,
                OfferEnd::Expired {} => accord::OfferEnd::Expired,
                OfferEnd::Refused {} => accord::OfferEnd::Refused,
                OfferEnd::Superseded {} => accord::OfferEnd::Superseded,
            };
            (*term, *serial, IncidentSays::Ended { how, words: why.clone() })
        }
        Says::Ack { number, said } => (0, 0, IncidentSays::Ack { number: *number, said: *said }),
    };
    Ok(IncidentWord { incident, article, term, serial, number: note.number, says })
}

/// A word of a partner as a note for the book.
fn incident_note(
    (from, to): (PartyId, PartyId),
    word: &IncidentWord,
    at: Time,
    view: SharedIncident,
) -> Result<IncidentNote, String> {
    let (term, serial, incident) = (word.term, word.serial, view.id);
    let article = word.article.to_string();
    let says = match &word.says {
        IncidentSays::Told { by } => {
            Says::Share { term, serial, article, by: heard_person(by)?, view }
        }
        IncidentSays::Offer { by, words, due } => {
            let (by, why, due) = (heard_person(by)?, words.clone(), *due);
            Says::Offer { term, serial, article, due, by, why, view }
        }
        IncidentSays::Seen { by } => Says::Seen { incident, serial, by: heard_person(by)? },
        IncidentSays::Accept { by, words } => {
            let (by, why) = (heard_person(by)?, words.clone());
            Says::Accept { incident, term, serial, by, why }
        }
        IncidentSays::Refuse { by, words } => {
            let (by, why) = (heard_person(by)?, words.clone());
            Says::Refuse { incident, term, serial, by, why }
        }
        IncidentSays::Confirm => Says::Confirm { incident, term, serial },
        IncidentSays::Ended { how, words } => {
            let how = match how {
                accord::OfferEnd::Withdrawn => OfferEnd::Withdrawn {},
                accord::OfferEnd::Expired => OfferEnd::Expired {},
                accord::OfferEnd::Refused => OfferEnd::Refused {},
                accord::OfferEnd::Superseded => OfferEnd::Superseded {},
            };
            Says::Ended { incident, term, serial, how, why: words.clone() }
        }
        IncidentSays::Ack { number, said } => Says::Ack { number: *number, said: *said },
        IncidentSays::Refusal { .. } => return Err("it is taken elsewhere".to_owned()),
    };
    Ok(IncidentNote { from: node_name(from), to: node_name(to), number: word.number, at, says })
}

/// What an article calls a kind of incident.
pub(super) fn alert_kind(kind: Kind) -> AlertKind {
    match kind {
        Kind::Unidentified => AlertKind::NonCooperative,
        Kind::RadioFailure => AlertKind::RadioFailure,
        Kind::Emergency => AlertKind::Emergency,
        Kind::UnlawfulInterference => AlertKind::UnlawfulInterference,
        Kind::Border => AlertKind::BorderCrossing,
        Kind::Airspace => AlertKind::AreaInfringement,
        Kind::Conflict => AlertKind::Conflict,
        Kind::Terrain => AlertKind::MinimumSafeAltitude,
        Kind::Gnss => AlertKind::NavigationInterference,
        Kind::Sensor => AlertKind::Sensor,
        Kind::Unmanned => AlertKind::Unmanned,
        Kind::Other => AlertKind::Other,
    }
}

/// The kind that an article calls so; of kinds that no incident has, the one of none of these.
fn kind_of(kind: AlertKind) -> Kind {
    let mut kinds = Kind::ALL.iter().copied();
    kinds.find(|known| alert_kind(*known) == kind).unwrap_or(Kind::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_comes_back_as_it_went() {
        for kind in Kind::ALL {
            assert_eq!(kind_of(alert_kind(*kind)), *kind);
        }
        assert_eq!(kind_of(AlertKind::LowSlow), Kind::Other);
    }

    #[test]
    fn every_note_is_the_same_after_the_way_through_a_word() {
        let id = IncidentId { node: "KGZ".parse().unwrap(), number: 7 };
        let article = reference("kgz-kaz", "4").unwrap();
        let by = Person::new("A. Officer", Some("TWR")).unwrap();
        let (at, why) = (Time::from_unix_nanos(5_000_000_000), "so".to_owned());
        let due = at.plus_seconds(600.0);
        let view = bare(id);
        let says = [
            Says::Share {
                term: 2,
                serial: 3,
                article: article.to_string(),
                by: by.clone(),
                view: view.clone(),
            },
            Says::Offer {
                term: 2,
                serial: 3,
                article: article.to_string(),
                due,
                by: by.clone(),
                why: why.clone(),
                view,
            },
            Says::Seen { incident: id, serial: 3, by: by.clone() },
            Says::Accept { incident: id, term: 2, serial: 3, by: by.clone(), why: why.clone() },
            Says::Refuse { incident: id, term: 2, serial: 3, by, why: why.clone() },
            Says::Confirm { incident: id, term: 2, serial: 3 },
            Says::Ended {
                incident: id,
                term: 2,
                serial: 3,
                how: OfferEnd::Withdrawn {},
                why: why.clone(),
            },
            Says::Ended { incident: id, term: 2, serial: 3, how: OfferEnd::Superseded {}, why },
        ];
        let parties: (PartyId, PartyId) = ("KGZ".parse().unwrap(), "KAZ".parse().unwrap());
        for says in says {
            let (from, to) = (node_name(parties.0), node_name(parties.1));
            let note = IncidentNote { from, to, number: 9, at, says };
            let word = word(&note, name(id).unwrap(), article).unwrap();
            assert_eq!(incident_note(parties, &word, at, bare(id)), Ok(note));
        }
    }
}
