//! What people decided about accords, which outlasts a restart: suspensions and resumptions.

use super::Partners;
use crate::event::Withdrawal;
use accord::{AccordId, PartyId, Policy, Suspension};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use surveillance::Time;

/// Longest name or reason that is taken, characters.
const TEXT_MAX: usize = 500;

/// Seconds within which a suspension is carried out, with much to spare.
const RECENT_S: f64 = 600.0;

/// Suspensions that hold and that were said at this node, for the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    suspended: Vec<Suspended>,
    /// The epoch of each partner's feed: one that begins anew is later, whatever the clock says.
    #[serde(default)]
    epochs: BTreeMap<String, u32>,
}

/// One suspension by this party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Suspended {
    accord: String,
    by: String,
    reason: String,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    from: i64,
}

impl Partners {
    /// Nothing more goes out under `accord` from `now` on; `person` says so for this party. What is
    /// on its way to the accord's other parties goes no further: all of it, because a batch holds
    /// what several accords let out, and each of those feeds begins anew with a whole picture.
    pub(crate) fn suspend(
        &mut self,
        accord: &str,
        person: &str,
        reason: &str,
        now: Time,
    ) -> Result<Vec<Withdrawal>, String> {
        let person = named(person)?;
        let from = now.unix_nanos();
        if self.standing.suspended.iter().any(|known| known.accord == accord) {
            // It stands: said again, it would only grow the list.
            return Ok(Vec::new());
        }
        let reason = reason.chars().take(TEXT_MAX).collect();
        let one = Suspended { accord: accord.to_owned(), by: person, reason, from };
        self.hold(&one)?;
        self.standing.suspended.push(one);
        Ok(self.withdraw(accord))
    }

    /// Begins anew the feed of every other party of `accord`.
    fn withdraw(&mut self, accord: &str) -> Vec<Withdrawal> {
        let parties: BTreeSet<PartyId> = (self.policy.accords().iter())
            .filter(|known| known.id.to_string() == accord)
            .flat_map(|known| known.parties.iter().map(|party| party.id))
            .collect();
        let mut withdrawn = Vec::new();
        for partner in self.all.iter_mut().filter(|partner| parties.contains(&partner.party)) {
            partner.feed.begin_anew();
            partner.sent.forget();
            let reason = format!("{accord} is suspended by {}", self.policy.own());
            withdrawn.push(Withdrawal { to: partner.party, reason });
        }
        withdrawn
    }

    /// Takes back what was suspended of `accord` at this node.
    pub(crate) fn resume(&mut self, accord: &str, person: &str, now: Time) -> Result<(), String> {
        named(person)?;
        let id = id(accord)?;
        self.policy.resume(id, self.policy.own(), now).map_err(|why| why.to_string())?;
        self.standing.suspended.retain(|known| known.accord != accord);
        Ok(())
    }

    fn hold(&mut self, one: &Suspended) -> Result<(), String> {
        let by = self.policy.own();
        let suspension = Suspension {
            by,
            towards: None,
            articles: None,
            from: Time::from_unix_nanos(one.from),
            until: None,
            reason: Some(format!("{}: {}", one.by, one.reason)),
        };
        self.policy.suspend(id(&one.accord)?, suspension).map_err(|why| why.to_string())
    }

    /// What outlasts a restart.
    pub(crate) fn standing(&self) -> Standing {
        let epochs = self.all.iter().map(|p| (p.party.to_string(), p.feed.epoch()));
        Standing { epochs: epochs.collect(), ..self.standing.clone() }
    }

    /// Nothing goes to anybody until the node starts with a record that it can read.
    pub(crate) fn withhold_all(&mut self) -> Vec<Withdrawal> {
        self.policy = Policy::without_accords(self.policy.own());
        let reason = || "what is suspended cannot be read".to_owned();
        self.all.iter().map(|partner| Withdrawal { to: partner.party, reason: reason() }).collect()
    }

    /// Goes on at `now` with what stood before a restart. What is no accord of ours any more is
    /// kept: it grants nothing, and if it comes back it is still suspended. A crash may have come
    /// between a recent suspension and the drop of what was on its way, so that is dropped again.
    pub(crate) fn take_up(&mut self, mut standing: Standing, now: Time) -> Vec<Withdrawal> {
        let mut withdrawn = Vec::new();
        for one in &mut standing.suspended {
            // A clock that was set back must not wait until it is suspended again.
            one.from = one.from.min(now.unix_nanos());
            // An error says that there is no such accord.
            let _ = self.hold(one);
            if now.seconds_since(Time::from_unix_nanos(one.from)) < RECENT_S {
                withdrawn.extend(self.withdraw(&one.accord));
            }
        }
        for partner in &mut self.all {
            if let Some(epoch) = standing.epochs.get(partner.party.as_str()) {
                partner.feed.begin_after(*epoch);
            }
        }
        self.standing = standing;
        withdrawn
    }
}

fn id(accord: &str) -> Result<AccordId, String> {
    accord.parse().map_err(|why: accord::NameError| why.to_string())
}

fn named(person: &str) -> Result<String, String> {
    let name: String = person.trim().chars().take(TEXT_MAX).collect();
    if name.is_empty() { Err("say who you are".to_owned()) } else { Ok(name) }
}
