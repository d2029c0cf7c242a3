//! Accords compiled to a filter.

use crate::{Condition, Decision, Nearest, PartyId, Subject};
use surveillance::Time;

/// Every accord a party knows, compiled: what may go to whom. Without accords, nothing to nobody.
#[derive(Debug, Clone)]
pub struct Policy {
    own: PartyId,
}

impl Policy {
    /// The policy of `own` without any accord.
    pub fn without_accords(own: PartyId) -> Self {
        Self { own }
    }

    /// Whose policy it is.
    pub fn own(&self) -> PartyId {
        self.own
    }

    /// What `partner` may have of `subject` at `now`.
    pub fn decide(&self, _subject: &Subject, _partner: PartyId, _now: Time) -> Decision {
        Decision::Withheld(Nearest { article: None, failed: Condition::NoArticle })
    }

    /// Whether any article with `partner` is in force at `now`, so that a feed runs at all.
    pub fn feeds(&self, _partner: PartyId, _now: Time) -> bool {
        false
    }
}
