//! What people decided about accords, which outlasts a restart: suspensions and resumptions.

use super::Partners;
use super::stood::Kept;
use crate::event::Withdrawal;
use accord::{AccordId, PartyId, Policy, Suspension};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use surveillance::Time;

/// Longest name or reason that is taken, characters.
const TEXT_MAX: usize = 500;

/// Seconds for which a first person's word to resume waits for a second.
const VOTE_S: f64 = 600.0;

/// Suspensions that hold and that were said at this node, for the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    suspended: Vec<Suspended>,
    /// By accord.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    votes: BTreeMap<String, Vote>,
    /// What was said to partners and heard from them beside pictures: `accord::Correspondence`
    /// encoded, in base64.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    said: String,
    /// The epoch of each partner's feed: one that begins anew is later, whatever the clock says.
    #[serde(default)]
    epochs: BTreeMap<String, u32>,
    /// When each accord was last resumed at this node, nanoseconds since 1970-01-01T00:00:00Z: what
    /// its text suspended before then is resumed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    resumed: BTreeMap<String, i64>,
    /// Under which articles something could go to each partner.
    #[serde(default)]
    stood: BTreeMap<String, Kept>,
}

/// One suspension by this party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Suspended {
    accord: String,
    by: String,
    reason: String,
    /// Towards this party alone; all, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    towards: Option<String>,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    from: i64,
}

/// Who wants to resume an accord and waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Vote {
    by: String,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    at: i64,
}

impl Vote {
    /// Whether it still counts at `now`.
    fn counts(&self, now: Time) -> bool {
        (0.0..VOTE_S).contains(&now.seconds_since(Time::from_unix_nanos(self.at)))
    }
}

impl Partners {
    /// Nothing more goes out under `accord` from `now` on; `person` says so for this party.
    /// `towards` one of them: of what flows between the two, and nothing else. What is on its way
    /// there goes no further from the next [`Partners::settle`] on.
    pub(crate) fn suspend(
        &mut self,
        (accord, towards): (&str, Option<&str>),
        person: &str,
        reason: &str,
        now: Time,
    ) -> Result<(), String> {
        let person = named(person)?;
        let from = now.unix_nanos();
        // Whoever says so does not want it resumed.
        self.standing.votes.remove(accord);
        let covers = |known: &Suspended| {
            let towards_all = known.towards.is_none();
            known.accord == accord && (towards_all || known.towards.as_deref() == towards)
        };
        if self.standing.suspended.iter().any(covers) {
            // It stands: said again, it would only grow the list.
            return Ok(());
        }
        let reason = reason.chars().take(TEXT_MAX).collect();
        let (accord, towards) = (accord.to_owned(), towards.map(str::to_owned));
        let one = Suspended { accord, by: person, reason, towards, from };
        self.hold(&one)?;
        let others = self.others_of(&one.accord).into_iter();
        let towards = one.towards.as_deref();
        let told = others.filter(|party| towards.is_none_or(|towards| towards == party.as_str()));
        self.correspondence.suspended(id(&one.accord)?, told, true, now);
        self.standing.suspended.push(one);
        Ok(())
    }

    /// The other parties of an accord.
    fn others_of(&self, accord: &str) -> BTreeSet<PartyId> {
        let known = self.policy.accords().iter().filter(|known| known.id.to_string() == accord);
        let parties = known.flat_map(|known| known.parties.iter().map(|party| party.id));
        parties.filter(|party| *party != self.policy.own()).collect()
    }

    /// Towards whom this party suspends it at `now`, by a person's word or by its text.
    fn suspended_towards(&self, accord: &str, now: Time) -> BTreeSet<PartyId> {
        let (own, others) = (self.policy.own(), self.others_of(accord));
        let known = self.policy.accords().iter().filter(|known| known.id.to_string() == accord);
        let held = known
            .flat_map(|known| known.lifecycle.suspensions())
            .filter(|one| one.by == own && one.holds(now));
        held.flat_map(|one| one.towards.clone().unwrap_or(others.iter().copied().collect()))
            .collect()
    }

    /// Takes back what was suspended of `accord` at this node. Where people prove who they are, the
    /// first to say so waits for a second.
    pub(crate) fn resume(&mut self, accord: &str, person: &str, now: Time) -> Result<(), String> {
        let person = named(person)?;
        let id = id(accord)?;
        let mut told = self.suspended_towards(accord, now);
        if self.resume_takes_two && !told.is_empty() {
            let vote = self.standing.votes.get(accord).filter(|vote| vote.counts(now));
            match vote {
                None => {
                    let vote = Vote { by: person, at: now.unix_nanos() };
                    self.standing.votes.insert(accord.to_owned(), vote);
                    return Ok(());
                }
                Some(vote) if vote.by == person => {
                    return Err(format!("{person} said so already; a second person has to"));
                }
                Some(_) => {}
            }
        }
        self.policy.resume(id, self.policy.own(), now).map_err(|why| why.to_string())?;
        self.standing.suspended.retain(|known| known.accord != accord);
        self.standing.votes.remove(accord);
        self.standing.resumed.insert(accord.to_owned(), now.unix_nanos());
        told.extend(self.correspondence.suspends(id));
        self.correspondence.suspended(id, told, false, now);
        Ok(())
    }

    /// Who wants to resume `accord` at `now` and waits for a second person.
    pub(super) fn resume_by(&self, accord: &str, now: Time) -> Option<&str> {
        let vote = self.standing.votes.get(accord).filter(|vote| vote.counts(now));
        vote.map(|vote| vote.by.as_str())
    }

    /// From now on it takes two to resume: people prove who they are.
    pub(crate) fn set_resume_takes_two(&mut self) {
        self.resume_takes_two = true;
    }

    fn hold(&mut self, one: &Suspended) -> Result<(), String> {
        let by = self.policy.own();
        let towards = one.towards.as_ref().map(|party| party_of(&self.policy, &one.accord, party));
        let suspension = Suspension {
            by,
            towards: towards.transpose()?.map(|party| vec![party]),
            articles: None,
            from: Time::from_unix_nanos(one.from),
            until: None,
            reason: Some(format!("{}: {}", one.by, one.reason)),
        };
        self.policy.suspend(id(&one.accord)?, suspension).map_err(|why| why.to_string())
    }

    /// What outlasts a restart.
    pub(crate) fn standing(&self) -> Standing {
        let said = BASE64.encode(self.correspondence.encode(&self.policy));
        let epochs = self.all.iter().map(|p| (p.party.to_string(), p.feed.epoch()));
        let stood = self.all.iter().zip(&self.stood);
        let stood = stood.map(|(p, stood)| (p.party.to_string(), stood.kept())).collect();
        Standing { said, epochs: epochs.collect(), stood, ..self.standing.clone() }
    }

    /// Nothing goes to anybody until the node starts with a record that it can read.
    pub(crate) fn withhold_all(&mut self) -> Vec<Withdrawal> {
        self.policy = Policy::without_accords(self.policy.own());
        let reason = || "what is suspended cannot be read".to_owned();
        self.all.iter().map(|partner| Withdrawal { to: partner.party, reason: reason() }).collect()
    }

    /// Goes on at `now` with what stood before a restart. What is no accord of ours any more is
    /// kept: it grants nothing, and if it comes back it is still suspended.
    ///
    /// # Errors
    /// What was said cannot be read.
    pub(crate) fn take_up(
        &mut self,
        mut standing: Standing,
        now: Time,
    ) -> Result<Vec<Withdrawal>, String> {
        let said = std::mem::take(&mut standing.said);
        let said = BASE64.decode(said).map_err(|why| why.to_string())?;
        let taken = self.correspondence.take_up(&said, &mut self.policy, now);
        taken.map_err(|why| why.to_string())?;
        let own = self.policy.own();
        for (accord, at) in &standing.resumed {
            let at = Time::from_unix_nanos(*at).min(now);
            // An error says that there is no such accord, or nothing suspended in it.
            let _ = id(accord).map(|id| self.policy.resume(id, own, at));
        }
        for one in &mut standing.suspended {
            // A clock that was set back must not wait until it is suspended again.
            one.from = one.from.min(now.unix_nanos());
            // An error says that there is no such accord.
            let _ = self.hold(one);
        }
        for partner in &mut self.all {
            if let Some(epoch) = standing.epochs.get(partner.party.as_str()) {
                partner.feed.begin_after(*epoch);
            }
        }
        let withdrawn = self.settle_after(&std::mem::take(&mut standing.stood), now);
        self.standing = standing;
        Ok(withdrawn)
    }
}

fn id(accord: &str) -> Result<AccordId, String> {
    accord.parse().map_err(|why: accord::NameError| why.to_string())
}

/// Another party of an accord, by its name.
fn party_of(policy: &Policy, accord: &str, name: &str) -> Result<PartyId, String> {
    let known = policy.accords().iter().find(|known| known.id.to_string() == accord);
    let known = known.ok_or_else(|| format!("there is no accord {accord}"))?;
    let mut others = known.parties.iter().map(|party| party.id).filter(|id| *id != policy.own());
    let found = others.find(|id| id.as_str() == name);
    found.ok_or_else(|| format!("{name} is no other party of {accord}"))
}

fn named(person: &str) -> Result<String, String> {
    let name: String = person.trim().chars().take(TEXT_MAX).collect();
    if name.is_empty() { Err("say who you are".to_owned()) } else { Ok(name) }
}
