//! Tracks by number, and what changed since the picture was last taken.

use crate::{Identity, IdentityRules};
use arrayvec::ArrayVec;
use std::collections::{BTreeMap, BTreeSet};
use surveillance::{
    Codes, Contributor, EmitterCategory, EndReason, PlotOrigin, Time, Track, TrackNumber,
};

/// A partner, by its place in the node's list of partners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartnerIndex(pub u8);

/// What one partner says of a target: shown beside our word, never in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Who.
    pub partner: PartnerIndex,
    /// The partner's number for it.
    pub number: u32,
    /// Its standard identity there; `None` if it was not released.
    pub identity: Option<Identity>,
}

/// Who owns a track: whose number and identity the joint picture goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The node's own party.
    Us,
    /// A partner.
    Partner(PartnerIndex),
}

/// Who owns a track, and who is about to; `None` where that is not worked out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Owner {
    /// Who owns it.
    pub holder: Option<Holder>,
    /// Who is about to.
    pub next: Option<Holder>,
}

/// Words on one target at most: a partner's second track of it is another target to us.
pub const WORDS_MAX: usize = 8;

/// One track as the picture shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What is believed of it.
    pub track: Track,
    /// Who it is.
    pub identity: Identity,
    /// Who alone tells of it; `None` if our own sensors do.
    pub teller: Option<PartnerIndex>,
    /// What partners say of it.
    pub words: ArrayVec<Word, WORDS_MAX>,
    /// Whose it is.
    pub owner: Owner,
    moved: bool,
    described: bool,
}

/// A track that left the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Which.
    pub number: TrackNumber,
    /// Why.
    pub reason: EndReason,
}

/// What changed since the last delta, in order of track number.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Delta {
    /// Tracks whose state is new.
    pub moved: Vec<TrackNumber>,
    /// Tracks whose codes, identity, category or kinds of source are new.
    pub described: Vec<TrackNumber>,
    /// Tracks that were shown in an earlier delta and are no more.
    pub ended: Vec<Ended>,
}

/// The recognised air picture.
#[derive(Debug, Default)]
pub struct Picture {
    rules: IdentityRules,
    entries: BTreeMap<TrackNumber, Entry>,
    /// Ended since the last delta. Bounded by what was shown in that delta.
    ended: Vec<Ended>,
    /// Numbers shown by the last delta, so that a track that came and went between two of them is
    /// never mentioned.
    shown: BTreeSet<TrackNumber>,
}

impl Picture {
    /// An empty picture.
    pub fn new(rules: IdentityRules) -> Self {
        Self { rules, ..Self::default() }
    }

    /// Takes what is believed of a track at `now`; a new number joins the picture. `teller` is the
    /// partner that alone tells of it, `words` is what partners say of it. A partner's word is
    /// never taken for the identity: the rules judge its track as they judge ours.
    pub fn update(
        &mut self,
        track: Track,
        teller: Option<PartnerIndex>,
        words: &[Word],
        now: Time,
    ) {
        let identity = self.rules.judge(&track, now);
        let words = words.iter().copied().take(WORDS_MAX).collect();
        match self.entries.entry(track.number) {
            std::collections::btree_map::Entry::Vacant(place) => {
                let (owner, moved, described) = (Owner::default(), true, true);
                place.insert(Entry { track, identity, teller, words, owner, moved, described });
            }
            std::collections::btree_map::Entry::Occupied(mut place) => {
                let entry = place.get_mut();
                let same = Description::of(&entry.track) == Description::of(&track)
                    && entry.identity == identity
                    && entry.teller == teller
                    && entry.words == words;
                let described = entry.described || !same;
                let owner = entry.owner;
                *entry = Entry { track, identity, teller, words, owner, moved: true, described };
            }
        }
    }

    /// Says who owns a track and who is about to. A number that is not in the picture is ignored.
    pub fn set_owner(&mut self, number: TrackNumber, owner: Owner) {
        if let Some(entry) = self.entries.get_mut(&number)
            && entry.owner != owner
        {
            entry.owner = owner;
            entry.described = true;
        }
    }

    /// Takes a track out. A number that is not in the picture is ignored.
    pub fn end(&mut self, number: TrackNumber, reason: EndReason) {
        if self.entries.remove(&number).is_some() && self.shown.remove(&number) {
            self.ended.push(Ended { number, reason });
        }
    }

    /// What changed since the last call.
    pub fn take_delta(&mut self) -> Delta {
        let mut delta = Delta { ended: std::mem::take(&mut self.ended), ..Delta::default() };
        delta.ended.sort_by_key(|ended| ended.number);
        for (&number, entry) in &mut self.entries {
            if std::mem::take(&mut entry.moved) {
                delta.moved.push(number);
            }
            if std::mem::take(&mut entry.described) {
                delta.described.push(number);
                self.shown.insert(number);
            }
        }
        delta
    }

    /// One track.
    pub fn get(&self, number: TrackNumber) -> Option<&Entry> {
        self.entries.get(&number)
    }

    /// Every track, by number.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// How many tracks it holds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The parts of a track that say what it is, not where.
#[derive(PartialEq)]
struct Description {
    codes: Codes,
    category: Option<EmitterCategory>,
    sources: u8,
}

impl Description {
    fn of(track: &Track) -> Self {
        // ident is a flag of the moment and travels with the state
        let codes = Codes { ident: false, ..track.codes };
        Self { codes, category: track.category, sources: source_bits(&track.contributors) }
    }
}

/// One bit a kind of source that contributes.
fn source_bits(contributors: &[Contributor]) -> u8 {
    let bit = |origin| match origin {
        PlotOrigin::Primary => 1,
        PlotOrigin::Secondary => 2,
        PlotOrigin::AdsB => 4,
        PlotOrigin::Rebroadcast => 8,
        PlotOrigin::Mlat => 16,
        PlotOrigin::SystemTrack => 32,
        PlotOrigin::RemoteId => 64,
    };
    contributors.iter().fold(0, |bits, c| bits | bit(c.origin))
}
