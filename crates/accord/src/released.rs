//! The only thing that may leave a node.

use crate::{ArticleRef, Batch, PartyId};
use surveillance::Time;

/// A value that may leave the node, to one party, because articles in force let it out.
///
/// Anyone can read one; only this crate can make one, so that whatever takes a `Released` (a link,
/// the ledger) cannot be handed anything that no article let out.
///
/// ```compile_fail
/// let forged = accord::Released { value: "all tracks" };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Released<T> {
    value: T,
    to: PartyId,
    under: Vec<ArticleRef>,
    at: Time,
}

impl<T> Released<T> {
    /// `under` is sorted, without doubles.
    pub(crate) fn new(value: T, to: PartyId, mut under: Vec<ArticleRef>, at: Time) -> Self {
        under.sort_unstable();
        under.dedup();
        Self { value, to, under, at }
    }

    /// What was let out.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// To whom.
    pub fn to(&self) -> PartyId {
        self.to
    }

    /// The articles that let it out, in order, each once. Empty where nothing of the picture is in
    /// it: a heartbeat of an accord in force.
    pub fn under(&self) -> &[ArticleRef] {
        &self.under
    }

    /// The instant of the decision, UTC.
    pub fn at(&self) -> Time {
        self.at
    }

    /// What was let out, no longer bound to its release: for the receiver's side.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The same release in another form: for this crate's encoder alone, because a form could tell
    /// more than the value does.
    pub(crate) fn map_ref<U>(&self, form: impl FnOnce(&T) -> U) -> Released<U> {
        let value = form(&self.value);
        Released { value, to: self.to, under: self.under.clone(), at: self.at }
    }
}

/// Most items in one part of a batch: fewer records than one entry of a ledger lists.
const PART_ITEMS_MAX: usize = 2_000;
/// Most bytes of one part, as items are reckoned: well below what a link carries at once.
const PART_BYTES_MAX: usize = 700_000;

impl Released<Batch> {
    /// The same release in parts that a link can carry; itself where it is short enough. How many
    /// there are follows from what is released alone.
    pub fn into_parts(self) -> Vec<Self> {
        let Self { value, to, at, .. } = self;
        let mut parts = Vec::new();
        let (mut from, mut bytes) = (0, 0);
        for (place, item) in value.items.iter().enumerate() {
            // What an item of a track takes with all its fields, and what varies.
            bytes += 300 + item.told.content.as_ref().map_or(0, Vec::len);
            if place + 1 - from >= PART_ITEMS_MAX || bytes >= PART_BYTES_MAX {
                parts.push(from..place + 1);
                (from, bytes) = (place + 1, 0);
            }
        }
        if from < value.items.len() || parts.is_empty() {
            parts.push(from..value.items.len());
        }
        let Batch { items, ended, .. } = &value;
        let part = |(number, range): (usize, std::ops::Range<usize>)| {
            let items = items[range].to_vec();
            let under = items.iter().flat_map(|item| item.articles.iter().copied()).collect();
            let ended = if number == 0 { ended.clone() } else { Vec::new() };
            let header = Batch { items: Vec::new(), ended: Vec::new(), ..value };
            Self::new(Batch { items, ended, part: number as u32, ..header }, to, under, at)
        };
        parts.into_iter().enumerate().map(part).collect()
    }
}
