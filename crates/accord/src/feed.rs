//! What one partner receives, slot by slot.

use crate::{Batch, PartyId, Policy, Released, Subject};
use surveillance::Time;

/// How often a feed sends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cadence {
    /// Length of a slot, seconds, above zero; slots begin at its multiples since the epoch.
    pub slot_s: f64,
}

impl Default for Cadence {
    fn default() -> Self {
        Self { slot_s: 1.0 }
    }
}

/// The feed of one partner: numbers, slots, grid cells and delays that are this partner's alone, so
/// that nothing in what it receives depends on what it is not given.
///
/// The console's "see as X" is the same type fed the same pictures.
#[derive(Debug, Clone)]
pub struct PartnerFeed {
    to: PartyId,
    cadence: Cadence,
    slot: Option<i64>,
    sequence: u64,
}

impl PartnerFeed {
    /// A feed to `to` that has sent nothing yet.
    pub fn new(to: PartyId, cadence: Cadence) -> Self {
        Self { to, cadence, slot: None, sequence: 0 }
    }

    /// To whom.
    pub fn to(&self) -> PartyId {
        self.to
    }

    /// The slot that is next due after `now`.
    pub fn next_slot(&self, now: Time) -> Time {
        let slot_ns = self.slot_ns();
        Time::from_unix_nanos((now.unix_nanos().div_euclid(slot_ns) + 1) * slot_ns)
    }

    /// What the partner is sent at `now` of `picture`, which is everything the sender holds, in any
    /// order. `None` within a slot already sent, and while no article with the partner is in force.
    ///
    /// Call it once a slot, on time: the batch is of the picture as it is given here.
    pub fn update<'a>(
        &mut self,
        now: Time,
        policy: &Policy,
        picture: impl IntoIterator<Item = &'a Subject>,
    ) -> Option<Released<Batch>> {
        let slot_ns = self.slot_ns();
        let slot = now.unix_nanos().div_euclid(slot_ns);
        if self.slot.is_some_and(|sent| slot <= sent) || !policy.feeds(self.to, now) {
            return None;
        }
        debug_assert!(
            picture.into_iter().all(|subject| matches!(
                policy.decide(subject, self.to, now),
                crate::Decision::Withheld(_)
            )),
            "without an article nothing is released"
        );
        self.slot = Some(slot);
        self.sequence += 1;
        let batch = Batch {
            from: policy.own(),
            to: self.to,
            sequence: self.sequence,
            slot: Time::from_unix_nanos(slot * slot_ns),
            items: Vec::new(),
            ended: Vec::new(),
        };
        Some(Released::new(batch, self.to, Vec::new(), now))
    }

    fn slot_ns(&self) -> i64 {
        ((self.cadence.slot_s * 1e9).round() as i64).max(1)
    }
}
