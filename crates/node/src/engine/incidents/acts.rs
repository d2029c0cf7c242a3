//! What people do about incidents.

use super::{Desk, exchange, node_name};
use crate::engine::partners::Partners;
use crate::event::PutAway;
use crate::wire::{self, ClientMessage, IncidentDeed};
use accord::{Clause, Policy};
use alert::AlertId;
use alert::incident::{
    Command, Deed, IncidentId, IncidentNote, Kind, NodeName, Person, Procedure, Says, StepText,
    TRACKS_MAX, TrackRef, checklist,
};
use std::collections::BTreeSet;
use surveillance::{Time, TrackNumber};

/// Tracks and alerts that one act may name at most.
const NAMED_MAX: usize = 1_000;

/// What an act on an incident did to alerts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Done {
    /// These belong to it now.
    pub(in crate::engine) joined: Vec<AlertId>,
    /// These do not any more.
    pub(in crate::engine) left: Vec<AlertId>,
    /// By the incident's name as people write it.
    pub(in crate::engine) incident: String,
}

/// The tracks of each of these alerts; that there is no such alert, if there is none.
fn named(
    alerts: &[u64],
    tracks_of: &dyn Fn(AlertId) -> Option<Vec<TrackNumber>>,
) -> Result<Vec<Vec<TrackNumber>>, String> {
    if alerts.len() > NAMED_MAX {
        return Err(format!("name {NAMED_MAX} alerts at most"));
    }
    let of = |number: &u64| {
        tracks_of(AlertId(*number)).ok_or_else(|| format!("there is no alert {number}"))
    };
    alerts.iter().map(of).collect()
}

impl Desk {
    /// Carries out an act; why it is refused, if it is.
    pub(in crate::engine) fn act(
        &mut self,
        asked: &ClientMessage,
        tracks_of: &dyn Fn(AlertId) -> Option<Vec<TrackNumber>>,
        told: &exchange::Told<'_>,
        now: Time,
    ) -> Result<Done, String> {
        let partners = told.partners;
        match asked {
            ClientMessage::OpenIncident { kind, title, alerts, tracks, why, by } => {
                if tracks.len() > NAMED_MAX {
                    return Err(format!("name {NAMED_MAX} tracks at most"));
                }
                let by = person(by)?;
                let of_alerts = named(alerts, tracks_of)?;
                let alerts: Vec<AlertId> = alerts.iter().copied().map(AlertId).collect();
                let numbers: Vec<TrackNumber> = tracks.iter().copied().map(TrackNumber).collect();
                let mut tracks = references(&numbers, partners)?;
                for of in of_alerts {
                    // A partner's track that is gone has no name any more; the alert tells of it.
                    let known = of.iter().filter_map(|number| reference(*number, partners).ok());
                    tracks.extend(known);
                }
                let kind = Kind::from(*kind);
                let steps = steps(kind, partners.policy(), now);
                let open = Command::Open { kind, title: title.clone(), alerts, tracks, steps };
                self.carry_out(&open, &by, why, now)
            }
            ClientMessage::OnIncident { incident, deed, why, by } => {
                let id = id(incident)?;
                let by = person(by)?;
                if *deed == (IncidentDeed::PutAway {}) {
                    return self.put_away(id, (&by, why), partners, now).map(|()| Done::default());
                }
                let of_alerts = match deed {
                    IncidentDeed::AttachAlerts { alerts } => named(alerts, tracks_of)?,
                    _ => Vec::new(),
                };
                let what = self.deed(id, deed, told, now)?;
                let done = self.carry_out(&Command::On { incident: id, what }, &by, why, now)?;
                let tracks = of_alerts.iter().flatten();
                let tracks = tracks.filter_map(|number| reference(*number, partners).ok());
                self.attach_those_that_fit(id, &tracks.collect(), &by, why, now);
                Ok(done)
            }
            _ => Ok(Done::default()),
        }
    }

    /// The tracks of alerts that were attached, as far as they are not there and there is room: of the
    /// others the alerts tell.
    fn attach_those_that_fit(
        &mut self,
        id: IncidentId,
        tracks: &BTreeSet<TrackRef>,
        by: &Person,
        why: &str,
        now: Time,
    ) {
        let Some(incident) = self.book.get(id) else { return };
        let known: BTreeSet<TrackRef> = incident.tracks().collect();
        let room = TRACKS_MAX.saturating_sub(known.len());
        let new: Vec<TrackRef> = tracks.difference(&known).copied().take(room).collect();
        if !new.is_empty() {
            let what = Deed::AttachTracks(new);
            // Refused only where its log is full, and then the next act says so.
            let _ = self.carry_out(&Command::On { incident: id, what }, by, why, now);
        }
    }

    /// Takes an incident out of the book, with who did it and why as its last entry.
    fn put_away(
        &mut self,
        id: IncidentId,
        (by, why): (&Person, &str),
        partners: &Partners,
        now: Time,
    ) -> Result<(), String> {
        if why.trim().is_empty() {
            return Err("say why".to_owned());
        }
        let over = self.book.get(id).is_some_and(|i| i.closed().is_some() || !i.is_held_here());
        // What no article lets out, or no link carries, keeps it for no time: it is not said any more. But
        // who was given an incident is to know that it holds it, and who offered one that it keeps it.
        let goes = |note: &&IncidentNote| {
            let held_up = self.held_up.contains_key(&(note.to, note.number));
            let gives = matches!(note.says, Says::Confirm { .. } | Says::Refuse { .. });
            gives || (!held_up && partners.is_connected(note.to.as_str()))
        };
        if self.book.waiting_about(id).any(|note| goes(&note)) {
            return Err("a partner has not received all that was said about it".to_owned());
        }
        let unsaid: BTreeSet<NodeName> = self.book.waiting_about(id).map(|note| note.to).collect();
        if over {
            let unsaid: Vec<&str> = unsaid.iter().map(NodeName::as_str).collect();
            let text = match unsaid.as_slice() {
                [] => "put away".to_owned(),
                unsaid => {
                    format!("put away; {} did not acknowledge all that was said", unsaid.join(", "))
                }
            };
            let what = Deed::Note { text, shareable: false };
            self.carry_out(&Command::On { incident: id, what }, by, why, now)?;
        }
        let incident = self.book.retire(id).map_err(|why| why.to_string())?;
        self.put_away.push(PutAway { incident: id, bytes: incident.to_bytes() });
        self.places.remove(&id);
        let waits = |(to, number): &(NodeName, u64)| {
            self.book.waiting(*to).any(|note| note.number == *number)
        };
        self.held_up.retain(|key, _| waits(key));
        self.held_up_news = true;
        Ok(())
    }

    fn carry_out(
        &mut self,
        command: &Command,
        by: &Person,
        why: &str,
        now: Time,
    ) -> Result<Done, String> {
        let id = self.book.handle(command, by, why, now).map_err(|why| why.to_string())?;
        let mut done = Done { incident: format!("{id:#}"), ..Done::default() };
        match command {
            Command::Open { alerts, .. } | Command::On { what: Deed::AttachAlerts(alerts), .. } => {
                done.joined.clone_from(alerts);
            }
            Command::On { what: Deed::DetachAlerts(alerts), .. } => {
                done.left.clone_from(alerts);
            }
            Command::On { .. } => {}
        }
        Ok(done)
    }

    fn deed(
        &mut self,
        id: IncidentId,
        deed: &IncidentDeed,
        told: &exchange::Told<'_>,
        now: Time,
    ) -> Result<Deed, String> {
        let partners = told.partners;
        let alerts = |numbers: &[u64]| numbers.iter().copied().map(AlertId).collect();
        let kind = self.book.get(id).map_or(Kind::Other, |incident| incident.kind());
        let policy = partners.policy();
        Ok(match deed {
            IncidentDeed::AttachAlerts { alerts: numbers } => Deed::AttachAlerts(alerts(numbers)),
            IncidentDeed::DetachAlerts { alerts: numbers } => Deed::DetachAlerts(alerts(numbers)),
            IncidentDeed::AttachTracks { tracks } => {
                let numbers: Vec<_> = tracks.iter().copied().map(TrackNumber).collect();
                Deed::AttachTracks(references(&numbers, partners)?)
            }
            IncidentDeed::DetachTracks { labels } => {
                let incident = self.book.get(id);
                let tracks = incident.into_iter().flat_map(|incident| incident.tracks());
                Deed::DetachTracks(tracks.filter(|t| labels.contains(&t.to_string())).collect())
            }
            IncidentDeed::Note { text, shareable } => {
                Deed::Note { text: text.clone(), shareable: *shareable }
            }
            IncidentDeed::Tick { step, done } => Deed::Tick { step: *step, done: *done },
            IncidentDeed::Reclassify { kind } => {
                let kind = Kind::from(*kind);
                Deed::Reclassify { kind, steps: steps(kind, policy, now) }
            }
            IncidentDeed::Transfer { to } => Deed::Transfer { to: person(to)? },
            IncidentDeed::Share { to, accord, article } => {
                let (to, article) = self.may_be_told(id, (to, accord, article), told, now)?;
                Deed::Share { to, article }
            }
            IncidentDeed::Offer { to, accord, article, answer_within_s } => {
                let (to, article) = self.may_be_told(id, (to, accord, article), told, now)?;
                Deed::Offer { to, article, due: now.plus_seconds(f64::from(*answer_within_s)) }
            }
            IncidentDeed::Withdraw {} => Deed::Withdraw,
            IncidentDeed::See {} => Deed::See,
            IncidentDeed::Accept {} => Deed::Accept { steps: steps(kind, policy, now) },
            IncidentDeed::Refuse {} => Deed::Refuse,
            IncidentDeed::Heed {} => Deed::Heed,
            IncidentDeed::Close { outcome } => Deed::Close { outcome: (*outcome).into() },
            IncidentDeed::Reopen {} | IncidentDeed::PutAway {} => Deed::Reopen,
        })
    }
}

pub(in crate::engine) fn id(name: &wire::IncidentName) -> Result<IncidentId, String> {
    let node = name.node.parse().map_err(|why: alert::incident::NodeNameError| why.to_string())?;
    Ok(IncidentId { node, number: name.number })
}

fn person(by: &wire::Person) -> Result<Person, String> {
    Person::new(&by.name, by.position.as_deref()).map_err(|why| why.to_string())
}

/// Tracks of our picture by who numbers them.
fn references(numbers: &[TrackNumber], partners: &Partners) -> Result<Vec<TrackRef>, String> {
    numbers.iter().map(|number| reference(*number, partners)).collect()
}

fn reference(number: TrackNumber, partners: &Partners) -> Result<TrackRef, String> {
    match partners.teller_of(number) {
        None => Ok(TrackRef::Own { number }),
        Some(Some((party, theirs))) => {
            Ok(TrackRef::Partner { node: node_name(party), number: theirs.0 })
        }
        Some(None) => Err(format!("{number} is not in the picture any more")),
    }
}

/// The checklist of a kind of incident by what articles in force ask of this party.
fn steps(kind: Kind, policy: &Policy, now: Time) -> Vec<StepText> {
    let own = policy.own();
    let mut procedures = Vec::new();
    for accord in policy.accords() {
        if !accord.has_party(own) || !accord.lifecycle.is_in_force(now) {
            continue;
        }
        for article in &accord.articles {
            let Clause::Procedure(clause) = &article.clause else { continue };
            if clause.on.has(exchange::alert_kind(kind)) {
                procedures.push(Procedure {
                    article: format!("{} article {}", accord.id, article.id),
                    on: vec![kind],
                    steps: clause.steps.clone(),
                });
            }
        }
    }
    checklist(kind, &procedures)
}
