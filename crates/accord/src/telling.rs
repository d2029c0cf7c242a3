//! To whom a note was told, so that each hears it, and after a suspension hears it again.

use crate::{ArticleRef, Note, PartyId, Released};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use surveillance::Time;

/// Who was told of one note, and when.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Telling {
    pub(crate) told: BTreeMap<PartyId, Time>,
}

impl Telling {
    /// Tells each of `audience` that was not told; all of it may be told. `copy` makes each its own.
    pub(crate) fn tell(
        &mut self,
        mut copy: impl FnMut(PartyId) -> Note,
        audience: impl Iterator<Item = PartyId>,
        under: &[ArticleRef],
        now: Time,
        out: &mut Vec<Released<Note>>,
    ) {
        for to in audience {
            if let Entry::Vacant(untold) = self.told.entry(to) {
                untold.insert(now);
                out.push(Released::new(copy(to), to, under.to_vec(), now));
            }
        }
    }

    /// As if what was told to `party` had not been: what waited on the way to it was dropped.
    pub(crate) fn forget(&mut self, party: PartyId) {
        self.told.remove(&party);
    }

    /// As if nothing had been told from `since` on.
    pub(crate) fn forget_since(&mut self, since: Time) {
        self.told.retain(|_, at| *at < since);
    }
}
