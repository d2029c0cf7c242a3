//! What people decided about accords, which outlasts a restart: suspensions and resumptions.

use super::Partners;
use accord::{AccordId, Policy, Suspension};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use surveillance::Time;

/// Longest name or reason that is taken, characters.
const TEXT_MAX: usize = 500;

/// Suspensions that hold and that were said at this node, for the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    suspended: Vec<Suspended>,
    /// What was said to partners and heard from them beside pictures: `accord::Correspondence`
    /// encoded, in base64.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    said: String,
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
    /// Nothing more goes out under `accord` from `now` on; `person` says so for this party.
    pub(crate) fn suspend(
        &mut self,
        accord: &str,
        person: &str,
        reason: &str,
        now: Time,
    ) -> Result<(), String> {
        let person = named(person)?;
        let from = now.unix_nanos();
        if self.standing.suspended.iter().any(|known| known.accord == accord) {
            // It stands: said again, it would only grow the list.
            return Ok(());
        }
        let reason = reason.chars().take(TEXT_MAX).collect();
        let one = Suspended { accord: accord.to_owned(), by: person, reason, from };
        self.hold(&one)?;
        self.standing.suspended.push(one);
        self.correspondence.suspended(id(accord)?, true, now);
        Ok(())
    }

    /// Takes back what was suspended of `accord` at this node.
    pub(crate) fn resume(&mut self, accord: &str, person: &str, now: Time) -> Result<(), String> {
        named(person)?;
        let id = id(accord)?;
        self.policy.resume(id, self.policy.own(), now).map_err(|why| why.to_string())?;
        self.standing.suspended.retain(|known| known.accord != accord);
        self.correspondence.suspended(id, false, now);
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
        let said = BASE64.encode(self.correspondence.encode(&self.policy));
        Standing { said, ..self.standing.clone() }
    }

    /// Nothing goes to anybody until the node starts with a record that it can read.
    pub(crate) fn withhold_all(&mut self) {
        self.policy = Policy::without_accords(self.policy.own());
    }

    /// Goes on at `now` with what stood before a restart. What is no accord of ours any more is
    /// kept: it grants nothing, and if it comes back it is still suspended.
    ///
    /// # Errors
    /// What was said cannot be read.
    pub(crate) fn take_up(&mut self, mut standing: Standing, now: Time) -> Result<(), String> {
        for one in &mut standing.suspended {
            // A clock that was set back must not wait until it is suspended again.
            one.from = one.from.min(now.unix_nanos());
            // An error says that there is no such accord.
            let _ = self.hold(one);
        }
        let said = std::mem::take(&mut standing.said);
        self.standing = standing;
        let said = BASE64.decode(said).map_err(|why| why.to_string())?;
        let taken = self.correspondence.take_up(&said, &mut self.policy, now);
        taken.map_err(|why| why.to_string())
    }
}

fn id(accord: &str) -> Result<AccordId, String> {
    accord.parse().map_err(|why: accord::NameError| why.to_string())
}

fn named(person: &str) -> Result<String, String> {
    let name: String = person.trim().chars().take(TEXT_MAX).collect();
    if name.is_empty() { Err("say who you are".to_owned()) } else { Ok(name) }
}
