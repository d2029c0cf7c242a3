//! The identity of one track: evidence, what the machine makes of it, what people say, and how it
//! came about.

use super::machine::Machine;
use super::{
    Answer, Decision, Evidence, EvidenceKind, Finding, Identity, IdentityRules, Kept, Person,
    Piece, Refusal, Report, State, Unconfirmed, Weight, Wish, Words, state_of,
};
use crate::{PartnerIndex, WORDS_MAX, Word};
use arrayvec::ArrayVec;
use std::collections::VecDeque;
use std::fmt;
use surveillance::{Address, Mode3A, PlotOrigin, Time, Track, TrackNumber};

/// Changes that a track's history holds at most; the oldest fall out and are counted.
pub const HISTORY_MAX: usize = 32;
/// Reports of operators that a track holds at most; the oldest falls out.
pub const REPORTS_MAX: usize = 8;
/// Pieces of evidence at most: one of each kind and of each partner.
const PIECES_MAX: usize = 8 + WORDS_MAX;

/// Who changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The machine, by its rules.
    Machine,
    /// A person.
    Person(Person),
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine => f.write_str("machine"),
            Self::Person(person) => person.fmt(f),
        }
    }
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The machine's answer changed, whether or not a person's word stands over it.
    Judged,
    /// A person set it.
    Set,
    /// A first person wants it: it waits for a second.
    Proposed,
    /// A second person confirmed it.
    Confirmed,
    /// No second person came in time.
    Expired,
    /// What waited was taken back.
    TakenBack,
    /// A decision was taken back: the machine's answer holds again.
    Withdrawn,
    /// A person said that a decision still holds.
    Reviewed,
    /// A partner's proposal was accepted.
    Accepted(PartnerIndex),
    /// A partner's proposal was refused.
    Refused(PartnerIndex),
    /// An operator reported who it is.
    Reported,
    /// A decision for another track that went over into this one: it waits to be confirmed.
    Carried(TrackNumber),
}

/// One change, or step towards one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When, UTC.
    pub at: Time,
    /// Who.
    pub who: Who,
    /// What was done.
    pub act: Act,
    /// What it was.
    pub from: Identity,
    /// What it is, or would be.
    pub to: Identity,
    /// Why.
    pub why: String,
}

/// The identity of one track.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackIdentity {
    /// When its track was first heard, as the clock counts now.
    born: Option<Time>,
    pieces: ArrayVec<Piece, PIECES_MAX>,
    reports: Vec<Report>,
    /// The address looked up last, and what it says.
    address: Option<(Address, Finding)>,
    code_assigned: Option<Mode3A>,
    /// Of all evidence.
    machine: Machine,
    /// Of all but partners' words: what may go on to other parties.
    alone: Machine,
    decision: Option<Box<Decision>>,
    unconfirmed: Option<Box<Unconfirmed>>,
    /// Partners' proposals that were refused, until they say something else.
    refused: ArrayVec<(PartnerIndex, Identity), WORDS_MAX>,
    history: VecDeque<Change>,
    dropped: u64,
}

impl Default for TrackIdentity {
    fn default() -> Self {
        Self {
            born: None,
            pieces: ArrayVec::new(),
            reports: Vec::new(),
            address: None,
            code_assigned: None,
            machine: Machine::NEW,
            alone: Machine::NEW,
            decision: None,
            unconfirmed: None,
            refused: ArrayVec::new(),
            history: VecDeque::new(),
            dropped: 0,
        }
    }
}

impl TrackIdentity {
    /// What the track is: people's decision, else the machine's answer.
    pub fn identity(&self) -> Identity {
        self.decision.as_ref().map_or(self.machine.class, |decision| decision.identity)
    }

    /// What may be told to other parties: the same without partners' words, which leave only as
    /// their originators let them.
    pub fn without_partners(&self) -> Identity {
        self.decision.as_ref().map_or(self.alone.class, |decision| decision.identity)
    }

    /// What the machine makes of the evidence, whatever people say.
    pub fn machine(&self) -> Identity {
        self.machine.class
    }

    /// What people decided.
    pub fn decision(&self) -> Option<&Decision> {
        self.decision.as_deref()
    }

    /// What waits for a second person.
    pub fn unconfirmed(&self) -> Option<&Unconfirmed> {
        self.unconfirmed.as_deref()
    }

    /// Whether a person should look again at what was decided.
    pub fn is_review_due(&self, rules: &IdentityRules, now: Time) -> bool {
        let due = |decision: &Decision| now.seconds_since(decision.reviewed) >= rules.review_s;
        self.decision().is_some_and(due)
    }

    /// Everything that counts or counted, operators' reports last.
    pub fn evidence(&self) -> impl Iterator<Item = Piece> {
        self.pieces.iter().copied().chain(self.reports.iter().map(piece_of))
    }

    /// Operators' reports, oldest first.
    pub fn reports(&self) -> &[Report] {
        &self.reports
    }

    /// Changes, oldest first, and how many fell out before them.
    pub fn history(&self) -> (impl DoubleEndedIterator<Item = &Change>, u64) {
        (self.history.iter(), self.dropped)
    }

    /// Whether a partner's word is a proposal: a class it committed itself to, which is not ours
    /// and which nobody here has refused.
    pub fn is_proposed(&self, partner: PartnerIndex, identity: Identity) -> bool {
        let committed =
            !matches!(identity, Identity::Pending | Identity::Unknown | Identity::Civil);
        let waits = self.unconfirmed().is_some_and(|waits| waits.identity == identity);
        committed
            && !waits
            && identity != self.identity()
            && !self.refused.contains(&(partner, identity))
    }

    /// What is to be kept over a restart; `None` if no person said anything.
    pub fn kept(&self, address: Option<Address>) -> Option<Kept> {
        let said = self.decision.is_some()
            || self.unconfirmed.is_some()
            || !self.refused.is_empty()
            || !self.reports.is_empty();
        said.then(|| Kept {
            address,
            machine: [self.machine.class, self.alone.class],
            decision: self.decision.as_deref().cloned(),
            unconfirmed: self.unconfirmed.as_deref().cloned(),
            refused: self.refused.to_vec(),
            reports: self.reports.clone(),
            history: self.history.clone(),
        })
    }

    /// Goes on with what people had said of this very track.
    pub(crate) fn restore(&mut self, kept: Kept) {
        let newer = std::mem::take(&mut self.history);
        [self.machine, self.alone] = kept.machine.map(Machine::at);
        let named = |by: &[Person]| !by.is_empty();
        let by_two = |by: &[Person]| matches!(by, [one, two, ..] if !one.is(two));
        self.decision = kept
            .decision
            .filter(|said| by_two(&said.by) || named(&said.by) && !said.identity.needs_second())
            .map(Box::new);
        self.unconfirmed = kept.unconfirmed.filter(|said| named(&said.by)).map(Box::new);
        self.refused = kept.refused.into_iter().take(WORDS_MAX).collect();
        self.reports = kept.reports;
        self.reports.truncate(REPORTS_MAX);
        for change in kept.history.into_iter().chain(newer) {
            self.note(change);
        }
    }

    /// The clock leapt by so many seconds. What waits and what ages is as old as before, as the clock
    /// counts now; when something was decided or changed stays as it was said.
    pub(crate) fn shift(&mut self, by_s: f64) {
        let shift = |time: &mut Time| *time = time.plus_seconds(by_s);
        self.born.iter_mut().for_each(shift);
        self.pieces.iter_mut().flat_map(|p| [&mut p.since, &mut p.last]).for_each(shift);
        self.reports.iter_mut().for_each(|report| shift(&mut report.at));
        self.machine.shift(by_s);
        self.alone.shift(by_s);
        self.decision.iter_mut().for_each(|said| shift(&mut said.reviewed));
        self.unconfirmed.iter_mut().for_each(|waits| shift(&mut waits.at));
    }

    /// Takes in what the track tells of itself and what partners say of it.
    pub(crate) fn observe(
        &mut self,
        rules: &IdentityRules,
        track: &Track,
        words: &[Word],
        now: Time,
    ) {
        self.born.get_or_insert(track.first);
        // A primary echo holds a track and says nothing of who it is.
        let speaks = track.contributors.iter().filter(|c| c.origin != PlotOrigin::Primary);
        let heard = speaks.map(|c| c.last).max();
        let heard = if track.contributors.is_empty() { Some(track.last) } else { heard };
        // By whom no code came any more, it came before what is known of him.
        let heard = heard.unwrap_or(track.first);
        if let Some(code) = track.codes.mode_3a {
            self.see(self.code(code), heard);
        }
        if let Some(address) = track.codes.address {
            let finding = match self.address {
                Some((known, finding)) if known == address => finding,
                _ => address_finding(rules, address),
            };
            self.address = Some((address, finding));
            self.see(finding, heard);
        }
        if let Some(callsign) = track.codes.callsign {
            self.see(Finding::Callsign(callsign), heard);
        }
        for word in words {
            if let Some(identity) = word.identity {
                self.see(Finding::Partner(word.partner, identity), now);
            }
        }
        self.refused.retain(|(partner, identity)| {
            let says = words.iter().filter(|word| word.partner == *partner);
            says.filter_map(|word| word.identity).all(|says| says == *identity)
        });
    }

    /// Takes in what else is known of it.
    pub(crate) fn know(&mut self, evidence: &Evidence, now: Time) {
        self.code_assigned = evidence.code_assigned;
        let found = [
            evidence.plan.map(Finding::Plan),
            evidence.permission.map(Finding::Permission),
            evidence.place.map(Finding::Place),
            evidence.behaviour.map(Finding::Behaviour),
            evidence.claim.map(Finding::Claim),
        ];
        for finding in found.into_iter().flatten() {
            self.see(finding, now);
        }
    }

    fn code(&self, sent: Mode3A) -> Finding {
        match self.code_assigned {
            Some(assigned) if assigned == sent => Finding::CodeAssigned(sent),
            // An emergency code is everybody's, whatever is assigned.
            Some(assigned) if !sent.is_shared() => Finding::CodeOther { sent, assigned },
            _ if sent.is_shared() => Finding::CodeShared(sent),
            _ => Finding::CodeDiscrete(sent),
        }
    }

    fn see(&mut self, finding: Finding, at: Time) {
        let kind = finding.kind();
        if let Some(piece) = self.pieces.iter_mut().find(|piece| piece.finding.kind() == kind) {
            let alike = piece.finding.is_like(&finding);
            let since = if alike { piece.since } else { at };
            *piece = Piece { finding, since, last: at.max(piece.last) };
            return;
        }
        let piece = Piece { finding, since: at, last: at };
        if let Err(full) = self.pieces.try_push(piece) {
            // More partners came and went than there is place for: the one longest silent goes.
            if let Some(oldest) = self.pieces.iter_mut().min_by_key(|piece| piece.last) {
                *oldest = full.element();
            }
        }
    }

    /// What all this makes of it at `now`. True if anything shown changed.
    pub(crate) fn judge(
        &mut self,
        rules: &IdentityRules,
        now: Time,
        log: &mut Vec<Change>,
    ) -> bool {
        let age_s = self.born.map_or(0.0, |born| now.seconds_since(born));
        self.pieces.retain(|piece| piece.share(now) > 0.0);
        self.reports.retain(|report| piece_of(report).share(now) > 0.0);
        let (mut alone, mut all) = (Weight::default(), Weight::default());
        for piece in self.evidence() {
            let weight = piece.weight(now);
            all = all.plus(weight);
            if !matches!(piece.finding.kind(), EvidenceKind::Partner(_)) {
                alone = alone.plus(weight);
            }
        }
        self.alone.judge(rules, alone, age_s, now);
        let (was, from) = (self.identity(), self.machine.class);
        let mut changed = false;
        if self.machine.judge(rules, all, age_s, now) {
            let (to, why) = (self.machine.class, self.reasons(now));
            let (who, act) = (Who::Machine, Act::Judged);
            self.log(Change { at: now, who, act, from, to, why }, log);
            changed = self.identity() != was;
        }
        if let Some(waits) = &self.unconfirmed
            && now.seconds_since(waits.at) > rules.confirm_s
        {
            let (from, to) = (self.identity(), waits.identity);
            let why = format!("nobody confirmed it within {} s", rules.confirm_s);
            self.unconfirmed = None;
            let (who, act) = (Who::Machine, Act::Expired);
            self.log(Change { at: now, who, act, from, to, why }, log);
            changed = true;
        }
        changed
    }

    /// The evidence that counts at `now`, heaviest first, in words.
    fn reasons(&self, now: Time) -> String {
        let size = |piece: &Piece| {
            let Weight { civil, friend, neutral, doubt } = piece.weight(now);
            civil.max(friend).max(neutral).max(doubt)
        };
        let mut pieces: Vec<Piece> = self.evidence().filter(|piece| size(piece) > 0.0).collect();
        pieces.sort_by(|a, b| size(b).total_cmp(&size(a)));
        let words: Vec<String> = pieces.iter().take(4).map(|p| p.finding.to_string()).collect();
        if words.is_empty() { "it tells nothing of itself".to_owned() } else { words.join("; ") }
    }

    /// A person says what it is. Suspect and hostile wait for a second person.
    pub(crate) fn set(
        &mut self,
        wish: &Wish,
        now: Time,
        log: &mut Vec<Change>,
    ) -> Result<(), Refusal> {
        self.decide(wish, Act::Set, now, log)
    }

    fn decide(
        &mut self,
        wish: &Wish,
        act: Act,
        now: Time,
        log: &mut Vec<Change>,
    ) -> Result<(), Refusal> {
        let Wish { identity, by, why } = wish;
        let change = |act, from| Change {
            at: now,
            who: Who::Person(by.clone()),
            act,
            from,
            to: *identity,
            why: why.as_str().to_owned(),
        };
        let from = self.identity();
        if let Some(decision) = self.decision.as_mut().filter(|d| d.identity == *identity) {
            decision.reviewed = now;
            self.log(change(Act::Reviewed, from), log);
            return Ok(());
        }
        if !identity.needs_second() {
            self.drop_other(wish, now, log);
            let by = vec![by.clone()];
            let (identity, why) = (*identity, why.clone());
            let decision = Decision { identity, by, why, at: now, reviewed: now };
            self.decision = Some(Box::new(decision));
            self.log(change(act, from), log);
            return Ok(());
        }
        if let Some(waits) = self.unconfirmed().filter(|waits| waits.identity == *identity) {
            let first = waits.by[0].clone();
            let same = first.is(by);
            return if same {
                Ok(())
            } else {
                Err(Refusal::Waits { identity: *identity, by: first })
            };
        }
        self.drop_other(wish, now, log);
        self.unconfirmed = Some(Box::new(Unconfirmed {
            identity: *identity,
            by: vec![by.clone()],
            why: why.clone(),
            at: now,
            carried: None,
        }));
        if act != Act::Set {
            self.log(change(act, from), log);
        }
        self.log(change(Act::Proposed, from), log);
        Ok(())
    }

    /// What waited is over, because a person says something else.
    fn drop_other(&mut self, wish: &Wish, now: Time, log: &mut Vec<Change>) {
        let Some(waits) = self.unconfirmed.take() else { return };
        if waits.identity != wish.identity {
            let why = format!("{} is said instead: {}", wish.identity, wish.why.as_str());
            let (who, from) = (Who::Person(wish.by.clone()), self.identity());
            let (act, to) = (Act::TakenBack, waits.identity);
            self.log(Change { at: now, who, act, from, to, why }, log);
        }
    }

    /// A second person says so, too.
    pub(crate) fn confirm(
        &mut self,
        identity: Identity,
        by: &Person,
        rules: &IdentityRules,
        now: Time,
        log: &mut Vec<Change>,
    ) -> Result<(), Refusal> {
        let waits = self.unconfirmed.as_ref().filter(|waits| {
            waits.identity == identity && now.seconds_since(waits.at) <= rules.confirm_s
        });
        let Some(waits) = waits else { return Err(Refusal::NothingWaits(identity)) };
        if identity.needs_second() && waits.by[0].is(by) {
            return Err(Refusal::SamePerson(waits.by[0].clone()));
        }
        let from = self.identity();
        let why = waits.why.clone();
        let first = waits.by[0].clone();
        let names =
            if first.is(by) { vec![first.clone()] } else { vec![first.clone(), by.clone()] };
        let words = format!("{first}: {}", why.as_str());
        self.unconfirmed = None;
        let decision = Decision { identity, by: names, why, at: now, reviewed: now };
        self.decision = Some(Box::new(decision));
        let who = Who::Person(by.clone());
        let act = Act::Confirmed;
        self.log(Change { at: now, who, act, from, to: identity, why: words }, log);
        Ok(())
    }

    /// Takes back what waits.
    pub(crate) fn take_back(
        &mut self,
        by: &Person,
        why: &Words,
        now: Time,
        log: &mut Vec<Change>,
    ) -> Result<(), Refusal> {
        let from = self.identity();
        let waits = self.unconfirmed.take().ok_or(Refusal::NothingStands)?;
        let (who, why) = (Who::Person(by.clone()), why.as_str().to_owned());
        self.log(Change { at: now, who, act: Act::TakenBack, from, to: waits.identity, why }, log);
        Ok(())
    }

    /// Takes back what was decided: the machine's answer holds again.
    pub(crate) fn withdraw(
        &mut self,
        by: &Person,
        why: &Words,
        now: Time,
        log: &mut Vec<Change>,
    ) -> Result<(), Refusal> {
        let decision = self.decision.take().ok_or(Refusal::NothingStands)?;
        let (from, to) = (decision.identity, self.identity());
        let (who, why) = (Who::Person(by.clone()), why.as_str().to_owned());
        self.log(Change { at: now, who, act: Act::Withdrawn, from, to, why }, log);
        Ok(())
    }

    /// Answers what a partner proposes.
    pub(crate) fn answer(
        &mut self,
        partner: PartnerIndex,
        answer: Answer,
        wish: &Wish,
        now: Time,
        log: &mut Vec<Change>,
    ) -> Result<(), Refusal> {
        if answer == Answer::Accept {
            return self.decide(wish, Act::Accepted(partner), now, log);
        }
        let (from, to) = (self.identity(), wish.identity);
        self.refused.retain(|(other, _)| *other != partner);
        if self.refused.is_full() {
            self.refused.remove(0);
        }
        self.refused.push((partner, to));
        let (who, why) = (Who::Person(wish.by.clone()), wish.why.as_str().to_owned());
        self.log(Change { at: now, who, act: Act::Refused(partner), from, to, why }, log);
        Ok(())
    }

    /// An operator reports who it is: evidence like any other, weighed by the rules.
    pub(crate) fn report(&mut self, report: Report, log: &mut Vec<Change>) {
        self.reports.retain(|known| !known.by.is(&report.by));
        if self.reports.len() >= REPORTS_MAX {
            self.reports.remove(0);
        }
        let change = Change {
            at: report.at,
            who: Who::Person(report.by.clone()),
            act: Act::Reported,
            from: self.identity(),
            to: report.identity,
            why: report.words.clone(),
        };
        self.reports.push(report);
        self.log(change, log);
    }

    /// What people said of a track that goes over into another.
    pub(crate) fn leave(&self) -> Option<Unconfirmed> {
        let decided = self.decision().map(|decision| Unconfirmed {
            identity: decision.identity,
            by: decision.by.clone(),
            why: decision.why.clone(),
            at: decision.at,
            carried: None,
        });
        decided.or_else(|| self.unconfirmed().cloned())
    }

    /// Takes over what people said of a track that this one goes on for: it waits to be confirmed.
    pub(crate) fn carry(
        &mut self,
        mut said: Unconfirmed,
        of: TrackNumber,
        now: Time,
        log: &mut Vec<Change>,
    ) -> bool {
        if self.identity() == said.identity || self.unconfirmed.is_some() {
            return false;
        }
        let (from, to) = (self.identity(), said.identity);
        let names: Vec<&str> = said.by.iter().map(Person::as_str).collect();
        let why = format!("{} for {of}: {}", names.join(", "), said.why.as_str());
        (said.at, said.carried) = (now, Some(of));
        self.unconfirmed = Some(Box::new(said));
        let (who, act) = (Who::Machine, Act::Carried(of));
        self.log(Change { at: now, who, act, from, to, why }, log);
        true
    }

    fn log(&mut self, change: Change, log: &mut Vec<Change>) {
        log.push(change.clone());
        self.note(change);
    }

    fn note(&mut self, change: Change) {
        if self.history.len() >= HISTORY_MAX {
            self.history.pop_front();
            self.dropped += 1;
        }
        self.history.push_back(change);
    }
}

fn piece_of(report: &Report) -> Piece {
    let finding = Finding::Report(report.means, report.identity);
    Piece { finding, since: report.at, last: report.at }
}

fn address_finding(rules: &IdentityRules, address: Address) -> Finding {
    match state_of(address) {
        Some(state) if rules.is_own(address) => Finding::AddressOwn(state),
        Some(State(state)) => Finding::AddressOf(State(state)),
        None if address.kind() == surveillance::AddressKind::Icao => Finding::AddressUnallotted,
        None => Finding::AddressAnonymous,
    }
}
