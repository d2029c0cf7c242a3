//! Partners: what they tell us beside our own picture, and what each is told of it.
//!
//! What a partner tells is held apart from the tracker: it is paired with our tracks, shown, and
//! passed on only as its originator lets it. What a partner is told goes through its
//! [`accord::PartnerFeed`] and nowhere else.

mod acts;
mod anew;
mod areas;
mod behind;
pub(crate) mod foreign;
mod joint;
mod mirror;
mod owners;
mod pairs;
mod requests;
mod rows;
mod stood;

pub(crate) use acts::Standing;
pub(crate) use areas::Holds;
pub(crate) use behind::Behind;
pub(crate) use mirror::Mirror;
pub use owners::Responsibility;

use crate::config::TextInForce;
use crate::event::LinkReport;
use anew::Anew;
use joint::{Joints, OwnTrack, PlotCounts, Teller};
use mirror::STALE_S;
use owners::Owners;

use accord::{
    ArticleRef, Batch, Cadence, Clause, Correspondence, Holdings, Item, Lineage, Note, ObjectKind,
    OwnNumber, PartnerFeed, PartyId, Policy, Released, Says, Source, Subject,
};
use alert::incident::TrackRef;
use fusion::{Correlator, CorrelatorRules, How, TheirNumber};
use picture::{Entry, Identity, PartnerIndex, Word};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use surveillance::{PlacedPlot, Time, Track, TrackNumber};
use tracker::{Estimator, TrackerConfig};

/// Plots of one partner that wait to be joined with ours, at most; beyond it later ones are refused.
const PLOTS_MAX: usize = 100_000;
/// The shortest and the longest that slots may be, seconds.
const SLOT_S: [f64; 2] = [0.1, 10.0];
/// Seconds that a partner's new track waits until it is said to be one of ours or not.
const UNDECIDED_S: f64 = 10.0;

/// All partners of this node, and the accords with them.
#[derive(Debug)]
pub(crate) struct Partners {
    policy: Policy,
    standing: Standing,
    /// Of each of `all`, what may go to it.
    stood: Vec<stood::Stood>,
    /// While events of before a start are handled again: when that is. They are of a time that has
    /// passed, and it is not looked at what stood then.
    going_on: Option<Time>,
    /// Whether it takes two people to resume what was suspended.
    resume_takes_two: bool,
    texts: Vec<TextInForce>,
    /// Whether others may have to be told of them anew.
    texts_due: bool,
    /// Requests, answers, back-up and partners' suspensions.
    correspondence: Correspondence,
    /// More words of our people on what they had suspended, for the ledger with each whom it concerns.
    more_words: Vec<(PartyId, ledger::Entry)>,
    /// The newest of them that were handed on: whoever takes them may have lost them.
    more_words_kept: VecDeque<(PartyId, ledger::Entry)>,
    owners: Owners,
    cadence: Cadence,
    /// The slot last looked at.
    slot: f64,
    /// In order of name.
    all: Vec<Partner>,
    /// What people said of single pairs.
    decisions: Vec<pairs::Decision>,
    joints: Joints,
    /// Partners' tracks that stand in the picture alone.
    shown: BTreeSet<TrackNumber>,
}

/// One partner.
#[derive(Debug)]
pub(crate) struct Partner {
    pub(crate) party: PartyId,
    index: PartnerIndex,
    feed: PartnerFeed,
    link: Link,
    /// Whether it has sent anything since its node was connected.
    spoke: bool,
    report: LinkReport,
    /// When it is told anew what was not kept.
    anew: Anew,
    /// Batches and notes that could not be read or were not its own to us.
    refused: u64,
    /// What it told us.
    pub(crate) told: Mirror,
    /// What it was told, as it sees it.
    pub(crate) sent: Mirror,
    correlator: Correlator,
    /// Plots of its tracks that came since the picture was last made.
    plots: Vec<(TheirNumber, PlacedPlot)>,
    /// Of those that came ever, what found no room there.
    plots_beyond: u64,
    /// Its last batch: epoch, number and slot; and seconds between two of its slots.
    cadence: (Option<(u32, u64, Time)>, f64),
    /// When each of its tracks was first told.
    first: BTreeMap<accord::PartnerNumber, Time>,
}

/// How its node is connected.
#[derive(Debug)]
enum Link {
    Waiting,
    Up,
    Down(String),
}

/// One target of the joint picture.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) track: Track,
    /// The partner that alone tells of it.
    pub(crate) teller: Option<PartnerIndex>,
    pub(crate) words: Vec<Word>,
}

impl Partners {
    /// `parties` in any order. Beyond [`foreign::PARTNERS_MAX`], which no configuration reaches,
    /// the last in the alphabet tell nothing and are told nothing.
    pub(crate) fn new(policy: Policy, parties: &[PartyId], tracker: TrackerConfig) -> Self {
        let mut parties = parties.to_vec();
        parties.sort_unstable();
        parties.dedup();
        parties.truncate(foreign::PARTNERS_MAX);
        let partner = |(index, party): (u8, PartyId)| Partner {
            party,
            index: PartnerIndex(index),
            feed: PartnerFeed::new(party, Cadence::default()),
            link: Link::Waiting,
            spoke: false,
            report: LinkReport::default(),
            anew: Anew::default(),
            refused: 0,
            told: Mirror::default(),
            sent: Mirror::default(),
            correlator: Correlator::new(CorrelatorRules::default()),
            plots: Vec::new(),
            plots_beyond: 0,
            cadence: (None, Cadence::default().slot_s),
            first: BTreeMap::new(),
        };
        Self {
            correspondence: Correspondence::new(policy.own(), parties.len()),
            more_words: Vec::new(),
            more_words_kept: VecDeque::new(),
            owners: Owners::new(Vec::new()),
            stood: Self::stood(&policy, &parties),
            going_on: None,
            policy,
            standing: Standing::default(),
            resume_takes_two: false,
            texts: Vec::new(),
            texts_due: false,
            cadence: Cadence::default(),
            slot: 0.0,
            all: (0..).zip(parties).map(partner).collect(),
            decisions: Vec::new(),
            joints: Joints::new(tracker),
            shown: BTreeSet::new(),
        }
    }

    /// Begins all feeds with another cadence.
    pub(crate) fn set_cadence(&mut self, cadence: Cadence) {
        for partner in &mut self.all {
            partner.feed = PartnerFeed::new(partner.party, cadence);
            // Until its batches say otherwise.
            partner.cadence.1 = cadence.slot_s;
        }
        self.cadence = cadence;
    }

    /// Whether a slot shorter than the second in which all is published anyway has begun.
    pub(crate) fn slot_is_due(&mut self, now: Time) -> bool {
        let slot = (now.unix_seconds() / self.cadence.slot_s).floor();
        let begun = slot != std::mem::replace(&mut self.slot, slot);
        begun && self.cadence.slot_s < 1.0 && !self.is_empty()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Partner> {
        self.all.iter()
    }

    pub(crate) fn name(&self, index: PartnerIndex) -> Option<PartyId> {
        self.all.get(usize::from(index.0)).map(|partner| partner.party)
    }

    /// When a partner last told what it says of a target; `None` if it does not say it any more.
    pub(crate) fn told_at(&self, word: &Word) -> Option<Time> {
        let partner = self.all.get(usize::from(word.partner.0))?;
        Some(partner.told.get(accord::PartnerNumber(word.number))?.time)
    }

    /// What may go to whom, as people and time have left it.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whose node this is.
    pub(crate) fn own_name(&self) -> PartyId {
        self.policy.own()
    }

    /// The place of the partner of that name.
    pub(crate) fn index_of(&self, name: &str) -> Option<PartnerIndex> {
        self.all.iter().find(|partner| partner.party.as_str() == name).map(|partner| partner.index)
    }

    /// The partner of that name.
    pub(crate) fn find(&self, name: &str) -> Option<PartyId> {
        self.all.iter().map(|partner| partner.party).find(|party| party.as_str() == name)
    }

    /// The partner that tells of a track of our picture, and its number there: `None` for a track of
    /// our own, and nothing within for one that is not told any more.
    #[expect(clippy::option_option, reason = "the two are different answers")]
    pub(crate) fn teller_of(
        &self,
        number: TrackNumber,
    ) -> Option<Option<(PartyId, accord::PartnerNumber)>> {
        let index = foreign::teller(number)?;
        let partner = self.all.get(usize::from(index.0));
        Some(partner.and_then(|partner| {
            let told = foreign::numbered(index, partner.told.tracks());
            told.get(&number).map(|item| (partner.party, item.number))
        }))
    }

    /// The number of a track in our picture, whoever numbers it; `None` for a partner we do not have.
    pub(crate) fn number_of(&self, track: TrackRef) -> Option<TrackNumber> {
        match track {
            TrackRef::Own { number } => Some(number),
            TrackRef::Partner { node, number } => {
                let index = self.index_of(node.as_str())?;
                Some(foreign::number(index, accord::PartnerNumber(number)))
            }
        }
    }

    /// The same as it is shown: a partner's track that is one of ours is shown as ours.
    pub(crate) fn shown(&self, track: TrackRef) -> Option<TrackNumber> {
        let TrackRef::Partner { node, number } = track else { return self.number_of(track) };
        let partner = self.all.iter().find(|p| p.party.as_str() == node.as_str())?;
        let ours = partner.correlator.ours(TheirNumber(number));
        ours.or_else(|| self.number_of(track).filter(|number| self.shown.contains(number)))
    }

    /// Whose data a partner's track is, and to whom they may go on; what it no longer tells goes to
    /// nobody but itself.
    pub(crate) fn sources_of(&self, party: &str, number: u32) -> Vec<Source> {
        let Ok(originator) = party.parse() else { return Vec::new() };
        let partner = self.all.iter().find(|partner| partner.party == originator);
        let item = partner.and_then(|p| p.told.get(accord::PartnerNumber(number)));
        let onward = item.map(|item| item.onward.clone()).unwrap_or_default();
        let others = item.map(|item| item.originators.clone()).unwrap_or_default();
        let all = std::iter::once(originator).chain(others);
        all.map(|originator| Source { originator, onward: onward.clone() }).collect()
    }

    /// The partner that owns a track and tells us of it, and its number for it in which epoch.
    pub(crate) fn at_owner(&self, entry: &Entry) -> Option<(PartyId, u32, u32)> {
        if entry.is_ours() {
            return None;
        }
        let owner = match entry.owner.holder {
            Some(picture::Holder::Partner(index)) => index,
            Some(picture::Holder::Us) => return None,
            None => entry.teller?,
        };
        let partner = self.all.get(usize::from(owner.0))?;
        let number = entry.track.number;
        let alone =
            foreign::numbered(owner, partner.told.tracks()).get(&number).map(|i| i.number.0);
        let paired = || {
            let mut pairs = partner.correlator.pairs().filter(|(_, ours)| *ours == number);
            pairs.next().map(|(theirs, _)| theirs.0)
        };
        Some((partner.party, alone.or_else(paired)?, partner.told.epoch()))
    }

    /// Our track that a partner is told under a number, in that epoch of what it is told.
    pub(crate) fn told_as(
        &self,
        party: PartyId,
        number: accord::PartnerNumber,
        epoch: u32,
    ) -> Option<TrackNumber> {
        let partner = self.all.iter().find(|partner| partner.party == party)?;
        let own = partner.feed.own_number(number).filter(|_| partner.feed.epoch() == epoch)?;
        u32::try_from(own.0).ok().map(TrackNumber)
    }

    /// The number in our picture of what a partner tells under its own.
    pub(crate) fn shown_number(
        &self,
        party: &str,
        theirs: accord::PartnerNumber,
    ) -> Option<TrackNumber> {
        let partner = self.all.iter().find(|partner| partner.party.as_str() == party)?;
        let ours = partner.correlator.ours(TheirNumber(theirs.0));
        let alone = foreign::number(partner.index, theirs);
        ours.or(Some(alone).filter(|number| self.shown.contains(number)))
    }

    /// The alerts that a partner tells of, as far as an article in force now lets it.
    pub(crate) fn alerts_of<'a>(
        &'a self,
        partner: &'a Partner,
        now: Time,
    ) -> impl Iterator<Item = &'a Item> {
        let mut standings = Standings::new(&self.policy, (partner.party, self.policy.own()), now);
        partner.told.alerts().filter(move |item| standings.lets_in(item))
    }

    /// Whether the node of that party is connected.
    pub(crate) fn is_connected(&self, party: &str) -> bool {
        let partner = self.all.iter().find(|partner| partner.party.as_str() == party);
        partner.is_some_and(|partner| matches!(partner.link, Link::Up))
    }

    /// Seconds between two batches to a partner.
    pub(crate) fn slot_s(&self) -> f64 {
        self.cadence.slot_s
    }

    /// What a partner said was refused.
    pub(crate) fn refuse(&mut self, party: PartyId) {
        if let Some(partner) = self.all.iter_mut().find(|partner| partner.party == party) {
            partner.refused += 1;
        }
    }

    /// A partner spoke. What it says for another, of another, unreadably, by a clock far ahead of
    /// ours or under no article that we know and that was in force then is refused and counted. A
    /// note about an incident or an identity is given back: it is for the book or the picture.
    pub(crate) fn hear(&mut self, from: PartyId, body: &[u8], now: Time) -> Option<Note> {
        let own = self.policy.own();
        let partner = self.all.iter_mut().find(|partner| partner.party == from)?;
        if Note::is_meant(body) {
            let note = Note::decode(body).ok();
            if let Some(Note { says: Says::Incident(_) | Says::Identity(_), .. }) = note {
                partner.spoke = true;
                self.correspondence.heard(from, now);
                return note;
            }
            let (said, policy) = (&mut self.correspondence, &mut self.policy);
            if note.is_some_and(|note| said.hear(from, note, policy, now)) {
                partner.spoke = true;
                said.heard(from, now);
            } else {
                partner.refused += 1;
            }
            return None;
        }
        match Batch::decode(body) {
            Ok(mut batch)
                if batch.from == from
                    && batch.to == own
                    && batch.slot.seconds_since(now) <= STALE_S =>
            {
                partner.spoke = true;
                self.correspondence.heard(from, now);
                let told = batch.items.len();
                let mut standings = Standings::new(&self.policy, (from, own), batch.slot);
                batch.items.retain(|item| standings.lets_in(item));
                partner.refused += (told - batch.items.len()) as u64;
                let epoch = partner.told.epoch();
                let is_newest = partner.told.apply(&batch);
                if partner.told.epoch() != epoch {
                    // Its numbers are other objects' now.
                    partner.correlator = Correlator::new(CorrelatorRules::default());
                    partner.plots.clear();
                    partner.first.clear();
                }
                if is_newest {
                    partner.take_plots(&batch);
                }
            }
            _ => partner.refused += 1,
        }
        None
    }

    pub(crate) fn connected(&mut self, party: PartyId) {
        self.set_link(party, Link::Up);
        self.correspondence.link_is_up(party);
        self.texts_due = true;
    }

    pub(crate) fn lost(&mut self, party: PartyId, reason: &str) {
        self.set_link(party, Link::Down(reason.to_owned()));
    }

    /// How its link does beside that.
    pub(crate) fn report(&mut self, party: PartyId, report: &LinkReport, now: Time) {
        let Some(partner) = self.all.iter_mut().find(|partner| partner.party == party) else {
            return;
        };
        if report.shed > partner.report.shed {
            partner.anew.want();
        }
        partner.report.clone_from(report);
        self.make_up(now);
    }

    /// What a partner lacks is told with all that stands, in a later epoch.
    fn make_up(&mut self, now: Time) {
        for partner in &mut self.all {
            if partner.anew.take(now) {
                partner.feed.tell_again();
                self.correspondence.withdrawn(partner.party);
                let kept = self.more_words_kept.iter();
                self.more_words.extend(kept.filter(|(to, _)| *to == partner.party).cloned());
            }
        }
    }

    fn set_link(&mut self, party: PartyId, link: Link) {
        if let Some(partner) = self.all.iter_mut().find(|partner| partner.party == party) {
            partner.link = link;
            partner.spoke = false;
        }
    }

    /// One of our own tracks ended.
    pub(crate) fn end_own(&mut self, number: TrackNumber) {
        for partner in &mut self.all {
            partner.correlator.end_ours(number);
        }
    }

    /// The joint picture at `now`: ours, in order of number, with what partners say of each, and
    /// after them what partners alone tell. Also, which numbers left it and what took their place.
    /// `behind` are the plots behind ours, `estimator` what the tracker believes of one.
    pub(crate) fn join(
        &mut self,
        ours: &[Track],
        (behind, estimator): (&Behind, &dyn Fn(TrackNumber) -> Option<Estimator>),
        now: Time,
    ) -> (Vec<Seen>, Vec<(TrackNumber, Option<TrackNumber>)>) {
        let mut held = ours.to_vec();
        let own_count = held.len();
        let mut words: BTreeMap<TrackNumber, Vec<Word>> = BTreeMap::new();
        let mut better: Vec<(usize, Track)> = Vec::new();
        let mut tellers = Vec::new();
        let mut replaced: BTreeMap<TrackNumber, TrackNumber> = BTreeMap::new();
        let own = self.policy.own();
        pairs::look_at_others(&mut self.decisions, &self.all);
        for partner in &mut self.all {
            partner.told.age(now);
            let mut standings = Standings::new(&self.policy, (partner.party, own), now);
            partner.told.keep(|item| !standings.is_stopped(item));
            pairs::follow(&mut self.decisions, partner, &held, now);
            partner.pair(&held, now);
            pairs::refute(&mut self.decisions, partner, now);
            let mut alone = Vec::new();
            for (number, item) in foreign::numbered(partner.index, partner.told.tracks()) {
                let first = *partner.first.entry(item.number).or_insert(item.time);
                let Some(track) = foreign::track(number, item, first, now) else { continue };
                let identity = item.told.identity;
                let word = Word { partner: partner.index, number: item.number.0, identity };
                let pair = partner.correlator.ours(TheirNumber(item.number.0));
                let pair = pair.and_then(|n| held.binary_search_by_key(&n, |t| t.number).ok());
                if let Some(at) = pair {
                    words.entry(held[at].number).or_default().push(word);
                    replaced.insert(number, held[at].number);
                    // A person's word makes them one, and no measurement of one of the other.
                    if partner
                        .correlator
                        .pair(TheirNumber(item.number.0))
                        .is_some_and(|pair| pair.how != How::ByHand || pair.agrees)
                    {
                        better.push((at, track));
                    }
                } else if partner.correlator.is_undecided(TheirNumber(item.number.0))
                    && now.seconds_since(first) < UNDECIDED_S
                    && !self.shown.contains(&number)
                {
                    // Very likely one of those that are held: shown beside it, it would be twice.
                } else {
                    words.entry(number).or_default().push(word);
                    alone.push(track);
                }
            }
            let told = &partner.told;
            partner.first.retain(|number, _| told.get(*number).is_some());
            partner.correlator.keep(|number| told.get(accord::PartnerNumber(number.0)).is_some());
            tellers.extend(alone.iter().map(|_| partner.index));
            held.extend(alone);
        }
        self.join_plots(&mut held[..own_count], (behind, estimator), now);
        for (at, theirs) in better {
            let partner = foreign::teller(theirs.number);
            let number = held[at].number;
            if partner.is_some_and(|partner| self.joints.has(number, partner, now)) {
                // Its plots are in already.
            } else if let Some(joined) = foreign::joined(&held[at], &theirs) {
                held[at] = joined;
            }
        }
        let shown: BTreeSet<_> = held[own_count..].iter().map(|track| track.number).collect();
        let left = self.shown.difference(&shown).copied();
        let ended: Vec<_> = left.map(|number| (number, replaced.get(&number).copied())).collect();
        for (number, _) in &ended {
            self.end_own(*number);
        }
        self.shown = shown;
        let teller = |at: usize| at.checked_sub(own_count).map(|at| tellers[at]);
        let seen = held.into_iter().enumerate().map(|(at, track)| Seen {
            teller: teller(at),
            words: words.remove(&track.number).unwrap_or_default(),
            track,
        });
        (seen.collect(), ended)
    }

    /// What became of the plots that partners told behind their tracks: party, outcome, how many.
    pub(crate) fn plot_figures(&self) -> Vec<(String, &'static str, u64)> {
        let of = |partner: &Partner| {
            let PlotCounts { joined, known, late, apart, alone, beyond } = self.plots_of(partner);
            [
                ("joined", joined),
                ("known", known),
                ("late", late),
                ("apart", apart),
                ("alone", alone),
                ("beyond", beyond),
            ]
            .map(|(outcome, count)| (partner.party.to_string(), outcome, count))
        };
        self.all.iter().flat_map(of).filter(|(_, _, count)| *count > 0).collect()
    }

    fn plots_of(&self, partner: &Partner) -> PlotCounts {
        let counts = self.joints.counts(partner.index);
        PlotCounts { beyond: counts.beyond + partner.plots_beyond, ..counts }
    }

    /// Our own tracks, `held`, with the plots in them that partners told behind theirs.
    fn join_plots(
        &mut self,
        held: &mut [Track],
        (behind, estimator): (&Behind, &dyn Fn(TrackNumber) -> Option<Estimator>),
        now: Time,
    ) {
        for partner in &mut self.all {
            let teller = Teller { partner: partner.index, slot_s: partner.cadence.1 };
            for (theirs, plot) in partner.plots.drain(..) {
                let number = partner.correlator.ours(theirs);
                if let Some(number) = number
                    && let Some(plots) = behind.of(number)
                {
                    let own = OwnTrack { number, plots, estimator };
                    self.joints.hear(&own, teller, &plot, now);
                } else {
                    self.joints.count(partner.index).alone += 1;
                }
            }
        }
        if self.joints.is_empty() {
            return;
        }
        let pairs = self
            .all
            .iter()
            .flat_map(|partner| partner.correlator.pairs().map(|(_, ours)| (ours, partner.index)));
        let pairs: BTreeSet<_> = pairs.collect();
        self.joints.advance(behind, |ours, partner| pairs.contains(&(ours, partner)), now);
        for number in self.joints.numbers() {
            if let Ok(at) = held.binary_search_by_key(&number, |track| track.number) {
                self.joints.place(&mut held[at]);
            }
        }
    }

    /// What each partner is due at `now` of our own tracks, as the tracker believes them, and of
    /// what other partners tell; `incidents` by whom they were told to.
    pub(crate) fn release(
        &mut self,
        subjects: &Holdings,
        (alerts, incidents): (&[Subject], &BTreeMap<PartyId, Vec<Subject>>),
        now: Time,
    ) -> Vec<Released<Batch>> {
        let policy = &self.policy;
        let due = |partner: &mut Partner| {
            let incidents = incidents.get(&partner.party).map_or(&[][..], Vec::as_slice);
            let beside = alerts.iter().chain(incidents);
            if let Some(batch) = partner.feed.update_held(now, policy, subjects, beside) {
                partner.sent.apply(batch.value());
                return batch.into_parts();
            }
            if !policy.at(now).feeds(partner.party) {
                partner.sent.forget();
            }
            Vec::new()
        };
        // No feed knows of another: what comes out does not depend on the number of threads.
        let parts: Vec<Vec<Released<Batch>>> = self.all.par_iter_mut().map(due).collect();
        for (partner, stood) in self.all.iter().zip(&mut self.stood) {
            stood.note_told(&self.policy, &partner.sent, now);
        }
        parts.into_iter().flatten().collect()
    }

    /// What partners tell, for others, bound to what its originators allow, in order of number. Each
    /// goes on whether or not the picture has paired it with something: pairs are made of all that is
    /// known here, and which there are would tell a third party of what it may not have.
    pub(crate) fn subjects(&self, now: Time) -> Vec<Subject> {
        let mut subjects = Vec::new();
        for partner in &self.all {
            // What its article no longer lets it tell is no more ours to tell.
            let between = (partner.party, self.policy.own());
            let mut standings = Standings::new(&self.policy, between, now);
            for (number, item) in foreign::numbered(partner.index, partner.told.tracks()) {
                if !standings.lets_in(item) {
                    continue;
                }
                // What is shown may have others' words in its position: this is the teller's alone.
                let first = partner.first.get(&item.number).copied().unwrap_or(item.time);
                let Some(alone) = foreign::track(number, item, first, now) else { continue };
                let others = item.originators.iter().copied();
                let sources = std::iter::once(partner.party)
                    .chain(others)
                    .map(|originator| Source { originator, onward: item.onward.clone() });
                let lineage = Lineage::Foreign(sources.collect());
                let identity = item.told.identity.unwrap_or(Identity::Pending);
                let velocity = item.told.velocity_mps.map(|_| alone.velocity);
                subjects.push(Subject { velocity, ..subject(&alone, identity, lineage) });
            }
        }
        subjects
    }
}

impl Partner {
    /// The plots behind the tracks of a batch that was taken.
    fn take_plots(&mut self, batch: &Batch) {
        // What its slots are is seen from two batches, one after the other.
        let this = (batch.epoch, batch.sequence, batch.slot);
        if let Some((epoch, number, slot)) = self.cadence.0.replace(this)
            && (epoch, number.checked_add(1)) == (batch.epoch, Some(batch.sequence))
        {
            self.cadence.1 = batch.slot.seconds_since(slot).clamp(SLOT_S[0], SLOT_S[1]);
        }
        for item in batch.items.iter().filter(|item| item.object == ObjectKind::Track) {
            let room = PLOTS_MAX - self.plots.len();
            let number = TheirNumber(item.number.0);
            self.plots_beyond += item.told.plots.len().saturating_sub(room) as u64;
            self.plots.extend(item.told.plots.iter().take(room).map(|plot| (number, *plot)));
        }
    }

    fn pair(&mut self, held: &[Track], now: Time) {
        let news = self.told.take_news();
        if news.is_empty() {
            return;
        }
        let reports: Vec<_> = self
            .told
            .tracks()
            .filter(|item| news.contains(&item.number))
            .filter_map(foreign::report)
            .collect();
        self.correlator.update(held, &reports, now);
    }
}

/// How one article stands, to the party that is told under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ArticleStanding {
    /// It lets its giver tell.
    Grants,
    /// A party has suspended it.
    Suspended,
    /// It lets nothing through that we know of.
    Silent,
}

/// How articles stand at one instant between a teller and us, by the texts held here; each is looked
/// up once.
struct Standings<'a> {
    policy: &'a Policy,
    parties: (PartyId, PartyId),
    then: Time,
    known: BTreeMap<(ArticleRef, u8), ArticleStanding>,
}

impl<'a> Standings<'a> {
    fn new(policy: &'a Policy, parties: (PartyId, PartyId), then: Time) -> Self {
        Self { policy, parties, then, known: BTreeMap::new() }
    }

    /// Whether an article in force lets the teller tell it, and none that it was told under is
    /// suspended: what that one let out cannot be told from the rest.
    fn lets_in(&mut self, item: &Item) -> bool {
        !self.is_stopped(item) && self.any(item, ArticleStanding::Grants)
    }

    /// Whether a party has suspended any article that it was told under.
    fn is_stopped(&mut self, item: &Item) -> bool {
        self.any(item, ArticleStanding::Suspended)
    }

    fn any(&mut self, item: &Item, wanted: ArticleStanding) -> bool {
        item.articles.iter().any(|article| self.of(*article, item.object) == wanted)
    }

    fn of(&mut self, article: ArticleRef, object: ObjectKind) -> ArticleStanding {
        let (policy, (from, to), then) = (self.policy, self.parties, self.then);
        *self.known.entry((article, object as u8)).or_insert_with(|| {
            let accord = policy.accords().iter().find(|accord| accord.id == article.accord);
            let Some(accord) = accord else { return ArticleStanding::Silent };
            let clause = accord.article(article.article).map(|article| &article.clause);
            let granted = accord.understood
                && accord.lifecycle.is_in_force(then)
                && matches!(clause, Some(Clause::Release(grant)) if grant.object == object
                    && grant.from.contains(&from) && grant.to.contains(&to));
            let stops =
                |s: &accord::Suspension| s.holds(then) && s.stops(from, to, article.article);
            if accord.lifecycle.suspensions().iter().any(stops) {
                ArticleStanding::Suspended
            } else if granted {
                ArticleStanding::Grants
            } else {
                ArticleStanding::Silent
            }
        })
    }
}

/// An own track as a subject of release, with the plots behind it.
pub(crate) fn own_subject(entry: &Entry, believed: &Track, behind: &Behind) -> Subject {
    let plots = behind.of(believed.number);
    // Partners' words are in what is shown and not in what goes on.
    Subject {
        plots: plots.map(|plots| plots.latest().copied().collect()).unwrap_or_default(),
        plots_before: plots.map_or(0, behind::Plots::before),
        ..subject(believed, entry.who.without_partners(), Lineage::Own)
    }
}

fn subject(track: &Track, identity: Identity, lineage: Lineage) -> Subject {
    Subject {
        number: OwnNumber(u64::from(track.number.0)),
        object: ObjectKind::Track,
        time: track.time,
        position: Some(track.position),
        level_m: track.pressure_altitude_m,
        velocity: Some(track.velocity),
        vertical_rate_mps: track.vertical_rate_mps,
        position_covariance: Some(track.position_covariance),
        on_ground: track.on_ground,
        codes: track.codes,
        category: track.category,
        identity,
        service: accord::Service::default(),
        flight: accord::FlightKind::default(),
        plan: accord::PlanState::default(),
        alerts: accord::AlertSet::EMPTY,
        alert_state: accord::AlertState::default(),
        sensors: track.contributors.iter().map(|c| c.sensor).collect(),
        plots: Arc::default(),
        plots_before: 0,
        content: Vec::new(),
        tracks: Vec::new(),
        lineage,
        without: Vec::new(),
    }
}
