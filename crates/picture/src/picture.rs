//! Tracks by number, and what changed since the picture was last taken.

use crate::identity::{
    Answer, Change, Evidence, Kept, Person, Refusal, Report, TrackIdentity, Unconfirmed, Wish,
    Words,
};
use crate::{Identity, IdentityRules};
use arrayvec::ArrayVec;
use std::collections::{BTreeMap, BTreeSet};
use surveillance::{
    Address, Codes, Contributor, EmitterCategory, EndReason, PlotOrigin, RunningClock, Time, Track,
    TrackNumber,
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

/// Changes of identity that wait to be taken at most; beyond it they are counted and every track's own
/// history still has them.
pub const CHANGES_MAX: usize = 4096;
/// Tracks that left and of which people had said something, kept for those that go on for them.
const LEFT_MAX: usize = 1024;
/// Seconds for which an address that comes back is taken for the one that left.
const LEFT_S: f64 = 3600.0;

/// One track as the picture shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What is believed of it.
    pub track: Track,
    /// Who it is.
    pub identity: Identity,
    /// How that came about.
    pub who: TrackIdentity,
    /// Who alone tells of it; `None` if our own sensors do.
    pub teller: Option<PartnerIndex>,
    /// What partners say of it.
    pub words: ArrayVec<Word, WORDS_MAX>,
    /// Whose it is.
    pub owner: Owner,
    moved: bool,
    described: bool,
}

impl Entry {
    /// Whether its identity is ours to decide: nobody else owns it and our own sensors hold it.
    pub fn is_ours(&self) -> bool {
        match self.owner.holder {
            Some(holder) => holder == Holder::Us,
            None => self.teller.is_none(),
        }
    }
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
    /// By which what waits and ages goes.
    clock: RunningClock,
    /// What is done is done again, at the times of another run.
    paused: bool,
    entries: BTreeMap<TrackNumber, Entry>,
    /// Ended since the last delta. Bounded by what was shown in that delta.
    ended: Vec<Ended>,
    /// Numbers shown by the last delta, so that a track that came and went between two of them is
    /// never mentioned.
    shown: BTreeSet<TrackNumber>,
    /// What people had said of tracks that left.
    left: Vec<Left>,
    /// What people had said in a run before of tracks that have not come back yet.
    kept: BTreeMap<TrackNumber, Kept>,
    changes: Vec<(TrackNumber, Change)>,
    changes_dropped: u64,
    /// Scratch.
    log: Vec<Change>,
}

/// What people had said of a track that left.
#[derive(Debug)]
struct Left {
    number: TrackNumber,
    address: Option<Address>,
    successor: Option<TrackNumber>,
    /// When it was last heard.
    last: Time,
    said: Unconfirmed,
}

impl Picture {
    /// An empty picture.
    pub fn new(rules: IdentityRules) -> Self {
        Self { rules, ..Self::default() }
    }

    /// Goes on to `now`. Timers and ages go by running time: what they count from moves with the clock
    /// where that leaps.
    fn turn(&mut self, now: Time) {
        if self.paused {
            return;
        }
        let Some(by_s) = self.clock.follow(now).leapt_s else { return };
        self.entries.values_mut().for_each(|entry| entry.who.shift(by_s));
        self.kept.values_mut().for_each(|kept| kept.shift(by_s));
        for left in &mut self.left {
            left.last = left.last.plus_seconds(by_s);
            left.said.at = left.said.at.plus_seconds(by_s);
        }
    }

    /// What comes until [`Self::resumed`] was done before, in whatever order of times: the clock does
    /// not leap.
    pub fn pause(&mut self) {
        self.paused = true;
    }

    /// What comes next comes after a pause, as after a restart: the time between has passed, and the
    /// clock has not leapt.
    pub fn resumed(&mut self) {
        self.paused = false;
        self.clock.go_on_from(None);
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
        self.turn(now);
        let words: ArrayVec<Word, WORDS_MAX> = words.iter().copied().take(WORDS_MAX).collect();
        let (number, address) = (track.number, track.codes.address);
        let (entry, is_new) = match self.entries.entry(number) {
            std::collections::btree_map::Entry::Vacant(place) => {
                let entry = Entry {
                    track,
                    identity: Identity::Pending,
                    who: TrackIdentity::default(),
                    teller,
                    words,
                    owner: Owner::default(),
                    moved: true,
                    described: true,
                };
                (place.insert(entry), true)
            }
            std::collections::btree_map::Entry::Occupied(place) => {
                let entry = place.into_mut();
                let same = Description::of(&entry.track) == Description::of(&track)
                    && entry.teller == teller
                    && entry.words == words;
                entry.described |= !same;
                entry.moved = true;
                (entry.track, entry.teller, entry.words) = (track, teller, words);
                (entry, false)
            }
        };
        if let Some(kept) = self.kept.remove(&number) {
            entry.who.restore(kept);
            entry.described = true;
        }
        entry.who.observe(&self.rules, &entry.track, &entry.words, now);
        entry.described |= entry.who.judge(&self.rules, now, &mut self.log);
        if !self.left.is_empty() {
            let goes_on = |left: &Left| {
                left.successor == Some(number)
                    || (is_new
                        && left.address.is_some()
                        && left.address == address
                        && now.seconds_since(left.last) <= LEFT_S)
            };
            if let Some(at) = self.left.iter().rposition(goes_on) {
                let Left { said, number: of, .. } = self.left.remove(at);
                entry.described |= entry.who.carry(said, of, now, &mut self.log);
            }
        }
        entry.identity = entry.who.identity();
        self.collect(number);
    }

    /// Takes what is known of a track beside its codes; `None` in it is not known now. Counts from
    /// the next [`Self::update`] on. A number that is not in the picture is ignored.
    pub fn set_evidence(&mut self, number: TrackNumber, evidence: &Evidence, now: Time) {
        self.turn(now);
        if let Some(entry) = self.entries.get_mut(&number) {
            entry.who.know(evidence, now);
        }
    }

    /// A named person says what a track is. It holds over the machine's answer until a person says
    /// otherwise; suspect and hostile wait for a second person.
    ///
    /// # Errors
    /// Why not, in words for the operator.
    pub fn set_identity(
        &mut self,
        number: TrackNumber,
        wish: &Wish,
        now: Time,
    ) -> Result<(), Refusal> {
        self.act(number, now, |who, _, log| who.set(wish, now, log))
    }

    /// A second person confirms what waits for one.
    ///
    /// # Errors
    /// Why not, in words for the operator.
    pub fn confirm_identity(
        &mut self,
        number: TrackNumber,
        identity: Identity,
        by: &Person,
        now: Time,
    ) -> Result<(), Refusal> {
        self.act(number, now, |who, rules, log| who.confirm(identity, by, rules, now, log))
    }

    /// Takes back what waits for a second person.
    ///
    /// # Errors
    /// Why not, in words for the operator.
    pub fn take_back_identity(
        &mut self,
        number: TrackNumber,
        by: &Person,
        why: &Words,
        now: Time,
    ) -> Result<(), Refusal> {
        self.act(number, now, |who, _, log| who.take_back(by, why, now, log))
    }

    /// Takes back what people decided: the machine's answer holds again.
    ///
    /// # Errors
    /// Why not, in words for the operator.
    pub fn withdraw_identity(
        &mut self,
        number: TrackNumber,
        by: &Person,
        why: &Words,
        now: Time,
    ) -> Result<(), Refusal> {
        self.act(number, now, |who, _, log| who.withdraw(by, why, now, log))
    }

    /// Answers what a partner proposes of a track that is ours. `wish` has what the partner
    /// says, and who answers and why.
    ///
    /// # Errors
    /// Why not, in words for the operator.
    pub fn answer_proposal(
        &mut self,
        number: TrackNumber,
        (partner, noted): (PartnerIndex, bool),
        answer: Answer,
        wish: &Wish,
        now: Time,
    ) -> Result<(), Refusal> {
        let entry = self.entries.get(&number).ok_or(Refusal::Gone(number))?;
        if !entry.is_ours() {
            return Err(Refusal::NotOurs);
        }
        let says = |word: &Word| word.partner == partner && word.identity == Some(wish.identity);
        if !noted && !entry.words.iter().any(says) {
            return Err(Refusal::NotProposed(wish.identity));
        }
        self.act(number, now, |who, _, log| who.answer(partner, answer, wish, now, log))
    }

    /// An operator reports who a track is: evidence, which the rules weigh.
    ///
    /// # Errors
    /// Why not, in words for the operator.
    pub fn report_identity(&mut self, number: TrackNumber, report: Report) -> Result<(), Refusal> {
        let now = report.at;
        self.act(number, now, |who, _, log| {
            who.report(report, log);
            Ok(())
        })
    }

    fn act(
        &mut self,
        number: TrackNumber,
        now: Time,
        act: impl FnOnce(&mut TrackIdentity, &IdentityRules, &mut Vec<Change>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        self.turn(now);
        let entry = self.entries.get_mut(&number).ok_or(Refusal::Gone(number))?;
        act(&mut entry.who, &self.rules, &mut self.log)?;
        entry.identity = entry.who.identity();
        entry.described = true;
        self.collect(number);
        Ok(())
    }

    /// Puts what was logged of one track with what waits to be taken.
    fn collect(&mut self, number: TrackNumber) {
        for change in self.log.drain(..) {
            if self.changes.len() < CHANGES_MAX {
                self.changes.push((number, change));
            } else {
                self.changes_dropped += 1;
            }
        }
    }

    /// Changes of identity since the last call, oldest first, and how many were beyond the bound.
    pub fn take_changes(&mut self) -> (Vec<(TrackNumber, Change)>, u64) {
        (std::mem::take(&mut self.changes), std::mem::take(&mut self.changes_dropped))
    }

    /// What people said of every track, to be kept over a restart, in order of number.
    pub fn kept(&self) -> impl Iterator<Item = (TrackNumber, Kept)> {
        let said = |(number, entry): (&TrackNumber, &Entry)| {
            Some((*number, entry.who.kept(entry.track.codes.address)?))
        };
        let waiting = self.kept.iter().map(|(number, kept)| (*number, kept.clone()));
        self.entries.iter().filter_map(said).chain(waiting)
    }

    /// Goes on with what people had said in a run before, once the tracks are there under the same
    /// numbers.
    pub fn restore(&mut self, kept: impl IntoIterator<Item = (TrackNumber, Kept)>) {
        self.kept.extend(kept);
    }

    /// Who has not come back by now is new when he comes: what people had said of an address is then
    /// to be confirmed. What they had said of tracks without one, which nothing will bring back.
    pub fn end_restore(&mut self, now: Time) -> Vec<(TrackNumber, Kept)> {
        let mut lost = Vec::new();
        for (number, kept) in std::mem::take(&mut self.kept) {
            let mut who = TrackIdentity::default();
            who.restore(kept.clone());
            match (kept.address, who.leave()) {
                (address @ Some(_), Some(said)) if self.left.len() < LEFT_MAX => {
                    self.left.push(Left { number, address, successor: None, last: now, said });
                }
                _ => lost.push((number, kept)),
            }
        }
        lost
    }

    /// The rules it goes by.
    pub fn rules(&self) -> &IdentityRules {
        &self.rules
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
        let Some(entry) = self.entries.remove(&number) else { return };
        if self.shown.remove(&number) {
            self.ended.push(Ended { number, reason });
        }
        let (address, last) = (entry.track.codes.address, entry.track.last);
        let successor = match reason {
            EndReason::MergedInto(successor) | EndReason::Superseded(successor) => Some(successor),
            EndReason::Lost | EndReason::NeverConfirmed | EndReason::Shed => None,
        };
        if (address.is_some() || successor.is_some())
            && let Some(said) = entry.who.leave()
        {
            if self.left.len() >= LEFT_MAX {
                self.left.remove(0);
            }
            self.left.push(Left { number, address, successor, last, said });
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
        PlotOrigin::Flarm => 128,
    };
    contributors.iter().fold(0, |bits, c| bits | bit(c.origin))
}
