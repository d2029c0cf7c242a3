//! One alert: what its rule found, and what people did.

use crate::{AlertId, AlertKey, Fact, Firing, Severity};
use surveillance::{EndReason, Time};

/// One alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// Its number.
    pub id: AlertId,
    /// Rule, cause and tracks.
    pub key: AlertKey,
    /// How much it needs a person, as last found.
    pub severity: Severity,
    /// When what it warns of will happen, UTC, as last found; `None` if it has.
    pub predicted: Option<Time>,
    /// Inputs and thresholds, as last found.
    pub facts: Vec<Fact>,
    /// When it opened, UTC.
    pub opened: Time,
    /// When its rule last fired, UTC.
    pub fired: Time,
    /// When its severity last rose after it opened, UTC.
    pub raised: Option<Time>,
    /// Who acknowledged it, if anyone.
    pub acknowledged: Option<Act>,
    /// The incident it belongs to, and who said so.
    pub incident: Option<Joined>,
    /// When and why it ended.
    pub ended: Option<Ended>,
}

/// Where an alert is between its opening and the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Nobody has said that they saw it.
    New,
    /// A person has.
    Acknowledged,
    /// It belongs to an incident.
    InIncident,
    /// It is over.
    Ended,
}

/// That an alert belongs to an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Which incident, as people write it: `LVA INC-0142`.
    pub incident: String,
    /// Who said so, and when.
    pub act: Act,
}

/// What a person did to an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The person's name.
    pub by: String,
    /// When, UTC.
    pub at: Time,
}

/// That an alert is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// When, UTC.
    pub at: Time,
    /// Why.
    pub why: End,
}

/// Why an alert ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// What its rule warns of was no longer so for the off-delay.
    Condition,
    /// Its rule said that it is over for certain.
    Resolved,
    /// A track that it is about ended.
    Track(EndReason),
    /// A person closed it.
    Closed {
        /// Who and when.
        act: Act,
        /// The person's reason.
        reason: String,
    },
}

impl Alert {
    /// Opens one on a firing, whose facts it takes.
    pub(super) fn open(id: AlertId, firing: &mut Firing, now: Time) -> Self {
        Self {
            id,
            key: firing.key,
            severity: firing.severity,
            predicted: firing.predicted,
            facts: std::mem::take(&mut firing.facts),
            opened: now,
            fired: now,
            raised: None,
            acknowledged: None,
            incident: None,
            ended: None,
        }
    }

    /// Takes what its rule found again, and gives its older list of facts back in exchange.
    /// Whether anything of it is new.
    pub(super) fn take(&mut self, firing: &mut Firing, now: Time) -> bool {
        self.fired = now;
        if firing.severity > self.severity {
            self.raised = Some(now);
        }
        let same = self.severity == firing.severity
            && self.predicted == firing.predicted
            && self.facts == firing.facts;
        (self.severity, self.predicted) = (firing.severity, firing.predicted);
        std::mem::swap(&mut self.facts, &mut firing.facts);
        !same
    }

    /// Where it is between its opening and the log.
    pub fn state(&self) -> State {
        if self.ended.is_some() {
            State::Ended
        } else if self.incident.is_some() {
            State::InIncident
        } else if self.acknowledged.is_some() {
            State::Acknowledged
        } else {
            State::New
        }
    }

    /// Whether its severity rose after a person last acknowledged it or put it into an incident.
    pub fn rose_since_acknowledged(&self) -> bool {
        let joined = self.incident.as_ref().map(|joined| joined.act.at);
        let heeded = self.acknowledged.as_ref().map(|act| act.at).max(joined);
        matches!((heeded, self.raised), (Some(heeded), Some(raised)) if raised > heeded)
    }

    /// Whether it waits for a person: it is open, and nobody has heeded it as severe as it is.
    pub fn waits(&self) -> bool {
        self.ended.is_none() && (self.state() == State::New || self.rose_since_acknowledged())
    }

    /// Since when it is as severe as it is, or was before it eased, UTC.
    pub fn risen(&self) -> Time {
        self.raised.unwrap_or(self.opened)
    }
}
