//! What one party has told another, as the hearer sees it.
//!
//! The same type holds what a partner told us and what we told it: "see as X" is X's own view,
//! made from the very batches that X is sent.

use accord::{ArticleRef, Batch, Item, ObjectKind, PartnerNumber, PartyId};
use std::collections::{BTreeMap, BTreeSet};
use surveillance::Time;

/// Objects of one partner held at most; beyond it new ones are refused and counted.
const OBJECTS_MAX: usize = 50_000;
/// Seconds after which an object that is not told again is no longer believed.
pub(crate) const STALE_S: f64 = 120.0;

/// Everything that one party has told another and that still stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mirror {
    epoch: u32,
    /// Batch and part of it that came last.
    sequence: (u64, u32),
    slot: Option<Time>,
    /// Numbers that ended in the batch that came last.
    ended: BTreeSet<PartnerNumber>,
    items: BTreeMap<PartnerNumber, Item>,
    /// Told since [`Mirror::take_news`].
    news: BTreeSet<PartnerNumber>,
    /// Of whose anything was ever told.
    originators: BTreeSet<PartyId>,
    refused: u64,
    late: u64,
}

impl Mirror {
    /// Takes the next batch. One that is older than what stands is history, and changes nothing:
    /// false.
    pub(crate) fn apply(&mut self, batch: &Batch) -> bool {
        let sequence = (batch.sequence, batch.part);
        if (batch.epoch, sequence) <= (self.epoch, self.sequence) {
            self.late += 1;
            return false;
        }
        if batch.epoch != self.epoch {
            self.forget();
            self.epoch = batch.epoch;
        }
        if self.sequence.0 != batch.sequence {
            self.ended.clear();
        }
        self.ended.extend(&batch.ended);
        self.sequence = sequence;
        self.slot = Some(batch.slot);
        for item in &batch.items {
            self.originators.extend(&item.originators);
            if self.items.len() >= OBJECTS_MAX && !self.items.contains_key(&item.number) {
                self.refused += 1;
                continue;
            }
            self.items.insert(item.number, item.clone());
            self.news.insert(item.number);
        }
        // A number is not given again: what ends in this batch, in whichever part, ends with what it
        // tells of it last.
        for number in &self.ended {
            self.items.remove(number);
            self.news.remove(number);
        }
        let stale = |item: &Item| batch.slot.seconds_since(item.time) > STALE_S;
        self.items.retain(|_, item| !stale(item));
        self.news.retain(|number| self.items.contains_key(number));
        true
    }

    /// Nothing of it stands any more: an accord ended or was suspended, or the link is gone.
    pub(crate) fn forget(&mut self) {
        self.items.clear();
        self.news.clear();
    }

    /// Takes out what is dated further than [`STALE_S`] from `now`: it is over, or would never be.
    pub(crate) fn age(&mut self, now: Time) {
        self.items.retain(|_, item| now.seconds_since(item.time).abs() <= STALE_S);
    }

    /// Takes out what `stands` says no of.
    pub(crate) fn keep(&mut self, mut stands: impl FnMut(&Item) -> bool) {
        self.items.retain(|_, item| stands(item));
        self.news.retain(|number| self.items.contains_key(number));
    }

    /// In which epoch its numbers mean what they do.
    pub(crate) fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Numbers told since the last call, and forgets them.
    pub(crate) fn take_news(&mut self) -> BTreeSet<PartnerNumber> {
        std::mem::take(&mut self.news)
    }

    /// Every track that stands and whose position is told, by number.
    pub(crate) fn tracks(&self) -> impl Iterator<Item = &Item> {
        let placed =
            |item: &&Item| item.object == ObjectKind::Track && item.told.position_rad.is_some();
        self.items.values().filter(placed)
    }

    /// Every incident that stands, by number.
    pub(crate) fn incidents(&self) -> impl DoubleEndedIterator<Item = &Item> {
        self.items.values().filter(|item| item.object == ObjectKind::Incident)
    }

    /// Every alert that stands, by number.
    pub(crate) fn alerts(&self) -> impl Iterator<Item = &Item> {
        self.items.values().filter(|item| item.object == ObjectKind::Alert)
    }

    /// Whether a track stands under that number and where it is is told.
    pub(crate) fn places(&self, number: PartnerNumber) -> bool {
        let item = self.items.get(&number);
        item.is_some_and(|item| {
            item.object == ObjectKind::Track && item.told.position_rad.is_some()
        })
    }

    /// One object that stands.
    pub(crate) fn get(&self, number: PartnerNumber) -> Option<&Item> {
        self.items.get(&number)
    }

    /// How many objects each article let out; one that several let out counts for each.
    pub(crate) fn by_article(&self) -> BTreeMap<ArticleRef, u32> {
        let mut counts = BTreeMap::new();
        for article in self.items.values().flat_map(|item| &item.articles) {
            *counts.entry(*article).or_insert(0) += 1;
        }
        counts
    }

    /// Whether anything of a party's was ever told, also what stands no more.
    pub(crate) fn has_told_of(&self, originator: PartyId) -> bool {
        self.originators.contains(&originator)
    }

    /// When it last spoke; `None` if never.
    pub(crate) fn slot(&self) -> Option<Time> {
        self.slot
    }

    /// Objects beyond the bound, and batches that came after a newer one.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.refused, self.late)
    }

    /// Objects that stand.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }
}
