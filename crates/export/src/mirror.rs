//! What one consumer has been told and still stands.

use accord::{Batch, Item, ObjectKind, PartnerNumber, PartyId, Released};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use surveillance::Time;

/// Objects held at most; beyond it new ones are refused and counted.
pub const OBJECTS_MAX: usize = 50_000;
/// Alerts that have ended and are remembered.
const ALERTS_ENDED_MAX: usize = 10_000;
/// Seconds, beside what its own rhythm takes, after which an object that is not told again is over.
const STALE_S: f64 = 120.0;

/// Everything that one consumer has been told and that still stands.
///
/// Made of releases alone: there is no other way to put anything into it.
#[derive(Debug, Clone)]
pub struct Mirror {
    to: PartyId,
    from: Option<PartyId>,
    epoch: u32,
    /// Batch and part of it that came last.
    sequence: (u64, u32),
    /// A batch of this epoch did not come: what stands could be wrong, so nothing does.
    broken: bool,
    slot: Option<Time>,
    objects: BTreeMap<PartnerNumber, Arc<Object>>,
    /// Numbers that ended in the batch that came last.
    ended: BTreeSet<PartnerNumber>,
    /// The newest alerts that the feed said to have ended, in this epoch.
    alerts_ended: BTreeSet<PartnerNumber>,
    told: u64,
    refused: u64,
}

/// One object as it was told last.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// What was told.
    pub item: Item,
    /// In which slot.
    pub slot: Time,
    /// How often it was told until then.
    pub told: u64,
    /// Seconds between the last two times it was told.
    pub gap_s: f64,
}

impl Object {
    /// Seconds without a word after which it is over.
    pub(crate) fn patience_s(&self) -> f64 {
        STALE_S + 3.0 * self.gap_s.max(self.item.precision.time_s)
    }
}

impl Mirror {
    /// Of a consumer that has been told nothing.
    pub fn new(to: PartyId) -> Self {
        Self {
            to,
            from: None,
            epoch: 0,
            sequence: (0, 0),
            broken: false,
            slot: None,
            objects: BTreeMap::new(),
            ended: BTreeSet::new(),
            alerts_ended: BTreeSet::new(),
            told: 0,
            refused: 0,
        }
    }

    /// Takes what was released next. False if it is for somebody else or older than what stands, or
    /// a batch before it did not come: then nothing stands until the feed begins anew.
    pub fn apply(&mut self, released: &Released<Batch>) -> bool {
        let batch = released.value();
        let sequence = (batch.sequence, batch.part);
        if released.to() != self.to || (batch.epoch, sequence) <= (self.epoch, self.sequence) {
            return false;
        }
        if batch.epoch == self.epoch {
            let follows = sequence == (self.sequence.0, self.sequence.1 + 1)
                || sequence == (self.sequence.0 + 1, 0);
            self.broken |= !follows;
        } else {
            self.broken = false;
            self.objects.clear();
            self.alerts_ended.clear();
        }
        (self.epoch, self.sequence, self.from) = (batch.epoch, sequence, Some(batch.from));
        if self.broken {
            self.objects.clear();
            return false;
        }
        self.slot = Some(batch.slot);
        if batch.part == 0 {
            self.ended.clear();
        }
        self.ended.extend(&batch.ended);
        for item in &batch.items {
            self.take(item, batch.slot);
        }
        // A number is not given again: what ends in this batch, in whichever part, ends with what
        // it tells of it last.
        for number in &self.ended {
            let object = self.objects.remove(number);
            if object.is_some_and(|object| object.item.object == ObjectKind::Alert) {
                self.alerts_ended.insert(*number);
            }
        }
        while self.alerts_ended.len() > ALERTS_ENDED_MAX {
            self.alerts_ended.pop_first();
        }
        self.objects
            .retain(|_, object| batch.slot.seconds_since(object.slot) <= object.patience_s());
        true
    }

    fn take(&mut self, item: &Item, slot: Time) {
        let before = self.objects.get(&item.number);
        if before.is_none() && self.objects.len() >= OBJECTS_MAX {
            self.refused += 1;
            return;
        }
        self.told += 1;
        let object = Object {
            item: item.clone(),
            slot,
            told: before.map_or(1, |before| before.told + 1),
            gap_s: before.map_or(0.0, |before| slot.seconds_since(before.slot)),
        };
        self.objects.insert(item.number, Arc::new(object));
    }

    /// Nothing of it stands any more: an accord ended or was suspended.
    pub fn forget(&mut self) {
        self.objects.clear();
        self.slot = None;
    }

    /// Every track that stands, by number.
    pub fn tracks(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.objects.values().filter(|object| object.item.object == ObjectKind::Track)
    }

    /// Every alert that stands, by number.
    pub fn alerts(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.objects.values().filter(|object| object.item.object == ObjectKind::Alert)
    }

    /// Whether the feed said lately that this alert has ended; another may stand no more for reasons that
    /// say nothing of what it was about.
    pub fn has_ended(&self, alert: PartnerNumber) -> bool {
        self.alerts_ended.contains(&alert)
    }

    /// One object that stands.
    pub fn get(&self, number: PartnerNumber) -> Option<&Arc<Object>> {
        self.objects.get(&number)
    }

    /// Whose picture it is; `None` before the first word.
    pub fn from(&self) -> Option<PartyId> {
        self.from
    }

    /// In which epoch its numbers mean what they do.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The slot that was told last; `None` while nothing stands.
    pub fn slot(&self) -> Option<Time> {
        self.slot
    }

    /// Whether a release that did not come keeps it empty.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Items told since the start, and those refused at [`OBJECTS_MAX`].
    pub fn counts(&self) -> (u64, u64) {
        (self.told, self.refused)
    }

    /// Objects that stand.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether nothing stands.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}
