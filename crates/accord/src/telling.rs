//! To whom a note was told, so that each hears it, and after a suspension hears it again.

use crate::{ArticleRef, Note, PartyId, Released};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use surveillance::Time;

/// Notes that one party is told in one portion, at most; the rest waits for the next. What takes them on
/// their way holds so many several times over.
const AT_ONCE_MAX: usize = 16;

/// What is told at once, and how much of the portion each party had with it.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) notes: Vec<Released<Note>>,
    pub(crate) to: BTreeMap<PartyId, usize>,
}

/// Who was told of one note, and when.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Telling {
    pub(crate) told: BTreeMap<PartyId, Time>,
}

impl Telling {
    /// Tells each of `audience` that was not told, as far as there is room in `out`; all of it may be
    /// told. `copy` makes each its own.
    pub(crate) fn tell(
        &mut self,
        mut copy: impl FnMut(PartyId) -> Note,
        audience: impl Iterator<Item = PartyId>,
        under: &[ArticleRef],
        now: Time,
        out: &mut Told,
    ) {
        for to in audience {
            let told = out.to.entry(to).or_default();
            if let Entry::Vacant(untold) = self.told.entry(to)
                && *told < AT_ONCE_MAX
            {
                untold.insert(now);
                *told += 1;
                out.notes.push(Released::new(copy(to), to, under.to_vec(), now));
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
