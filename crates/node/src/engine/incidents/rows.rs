//! Incidents in wire form.

use super::{Desk, exchange};
use crate::engine::partners::Partners;
use crate::wire::{self, INCIDENT_ENTRIES, INCIDENT_ROWS};
use alert::incident::{Act, Entry, Incident, IncidentId, Outcome, Step};
use std::cmp::Reverse;
use surveillance::Time;

/// Seconds after which it is said that a partner's node does not acknowledge a telling.
const UNANSWERED_S: f64 = 30.0;

impl Desk {
    /// The list as of `now`.
    pub(in crate::engine) fn list(&self, partners: &Partners, now: Time) -> wire::Incidents {
        let mut all: Vec<&Incident> = self.book.iter().collect();
        // What a partner tells does not push out what people here work on.
        let rank = |incident: &Incident| match incident {
            _ if incident.escalated().is_some() => 0,
            _ if incident.incoming().is_some() => 1,
            _ if incident.closed().is_some() => 5,
            _ if incident.is_held_here() => 2,
            _ if incident.unseen().is_some() => 3,
            _ => 4,
        };
        let since = |incident: &Incident| {
            incident
                .log()
                .first()
                .map_or(incident.opened(), |first| incident.opened().min(first.at))
        };
        all.sort_by_key(|incident| (rank(incident), Reverse(since(incident)), incident.id()));
        let open = all.iter().filter(|i| i.is_held_here() && i.closed().is_none()).count();
        let rows = all.iter().take(INCIDENT_ROWS).map(|incident| row(incident, partners));
        wire::Incidents {
            rows: rows.collect(),
            total: all.len() as u32,
            open: open as u32,
            articles: articles(partners, now),
            lost: self.lost.clone(),
            outcomes: outcomes(),
        }
    }

    /// Everything of one incident.
    pub(in crate::engine) fn detail(
        &self,
        id: IncidentId,
        partners: &Partners,
        now: Time,
    ) -> Option<wire::IncidentDetail> {
        let incident = self.book.get(id)?;
        let told = incident.deliveries().iter().map(|delivery| {
            let held_up = self.book.note_of(id, delivery).and_then(|note| {
                let known = self.held_up.get(&(delivery.to, note.number)).cloned();
                let cut = !partners.is_connected(delivery.to.as_str());
                let unanswered = now.seconds_since(note.at) > UNANSWERED_S;
                known
                    .or_else(|| cut.then(|| "its node is not connected".to_owned()))
                    .or_else(|| unanswered.then(|| "its node does not acknowledge it".to_owned()))
            });
            wire::IncidentTold {
                party: delivery.to.to_string(),
                known_as: self.name_towards(id, delivery.to).ok().map(name),
                article: delivery.article.clone(),
                at_ms: millis(delivery.sent),
                received_ms: delivery.received.map(millis),
                seen_by: delivery.seen.as_ref().map(|(by, _)| by.to_string()),
                seen_ms: delivery.seen.as_ref().map(|(_, at)| millis(*at)),
                held_up,
            }
        });
        let log = incident.log();
        let newest = log.len().saturating_sub(INCIDENT_ENTRIES);
        let head = incident.head().iter().map(|byte| format!("{byte:02x}")).collect();
        Some(wire::IncidentDetail {
            row: row(incident, partners),
            steps: incident.steps().iter().map(step).collect(),
            told: told.collect(),
            log: log[newest..].iter().map(entry).collect(),
            head,
        })
    }
}

pub(super) fn name(id: IncidentId) -> wire::IncidentName {
    wire::IncidentName { node: id.node.to_string(), number: id.number }
}

fn row(incident: &Incident, partners: &Partners) -> wire::IncidentRow {
    let offer = |party: &dyn ToString, article: &str, due: Time| wire::IncidentOffer {
        party: party.to_string(),
        article: article.to_owned(),
        due_ms: millis(due),
    };
    let done = incident.steps().iter().filter(|step| step.done.is_some()).count();
    wire::IncidentRow {
        name: name(incident.id()),
        kind: incident.kind().into(),
        title: incident.title().to_owned(),
        opened_ms: millis(incident.opened()),
        holder: incident.holder().to_string(),
        owner: incident.owner().map(ToString::to_string),
        held_here: incident.is_held_here(),
        closed: incident.closed().map(|closing| wire::IncidentClosed {
            outcome: closing.outcome.into(),
            by: closing.by.to_string(),
            at_ms: millis(closing.at),
        }),
        escalated: incident.escalated().map(|since| wire::IncidentEscalated {
            since_ms: millis(since),
            why: escalated_for(incident),
        }),
        offer: incident.offer().map(|o| offer(&o.to, &o.article, o.due)),
        incoming: incident.incoming().map(|o| offer(&o.from, &o.article, o.due)),
        accepted_by: incident
            .incoming()
            .and_then(|incoming| incoming.accepted.as_ref())
            .map(|(person, _)| person.to_string()),
        unseen: incident.unseen().is_some(),
        alerts: incident.alerts().map(|alert| alert.0).collect(),
        tracks: incident
            .tracks()
            .map(|track| wire::IncidentTrack {
                label: track.to_string(),
                number: partners.shown(track).map(|number| number.0),
            })
            .collect(),
        steps: [done as u32, incident.steps().len() as u32],
    }
}

fn escalated_for(incident: &Incident) -> String {
    let escalated = |entry: &&Entry| matches!(entry.act, Act::Escalated {});
    incident.log().iter().rev().find(escalated).map_or_else(String::new, |entry| entry.why.clone())
}

fn step(step: &Step) -> wire::IncidentStep {
    wire::IncidentStep {
        text: step.text.text.clone(),
        article: step.text.article.clone(),
        done_by: step.done.as_ref().map(|(by, _)| by.to_string()),
        done_ms: step.done.as_ref().map(|(_, at)| millis(*at)),
    }
}

fn entry(entry: &Entry) -> wire::IncidentEntry {
    wire::IncidentEntry {
        sequence: entry.sequence,
        at_ms: millis(entry.at),
        by: entry.by.to_string(),
        words: entry.act.to_string(),
        why: entry.why.clone(),
        shareable: matches!(entry.act, Act::Noted { shareable: true, .. }),
    }
}

/// How an incident may end.
fn outcomes() -> Vec<wire::OutcomeRow> {
    let row = |outcome: &Outcome| wire::OutcomeRow {
        outcome: (*outcome).into(),
        needs_reason: outcome.needs_reason(),
    };
    Outcome::ALL.iter().map(row).collect()
}

/// Articles by which somebody may be told of incidents, where they are in force and not suspended.
pub(in crate::engine) fn articles(partners: &Partners, now: Time) -> Vec<wire::IncidentArticle> {
    let policy = partners.policy();
    let mut found: Vec<wire::IncidentArticle> = Vec::new();
    for partner in partners.iter() {
        for reference in exchange::articles(policy, partner.party) {
            let accord = policy.accords().iter().find(|accord| accord.id == reference.accord);
            let open = policy.is_open(reference, (policy.own(), partner.party), now);
            let Some(accord) = accord.filter(|_| open) else {
                continue;
            };
            let (id, article) = (accord.id.to_string(), reference.article.to_string());
            let party = partner.party.to_string();
            match found.iter_mut().find(|known| known.accord == id && known.article == article) {
                Some(known) => known.parties.push(party),
                None => found.push(wire::IncidentArticle {
                    accord: id,
                    article,
                    title: accord.article(reference.article).and_then(|a| a.title.clone()),
                    parties: vec![party],
                }),
            }
        }
    }
    found
}

fn millis(time: Time) -> f64 {
    time.unix_millis() as f64
}
