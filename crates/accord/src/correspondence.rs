//! Everything that a party's node has said to others and heard from them beside pictures: requests,
//! back-up, who has suspended what, and by which text of an accord each goes.
//!
//! Acts of people and notes from partners go in; [`Correspondence::tell`] gives what is due to each
//! partner. It is the sole maker of `Released<Note>`, and tells a note to those alone that it
//! concerns, while what flows to them under its article is neither ended nor suspended. What could
//! not be told is told when it may be.

use crate::backup::BackUps;
use crate::case::CaseView;
use crate::gate;
use crate::note::{Answer, ENDED_MAX, Note, RequestId, Says};
use crate::request::{Case, Reply, Requests, Wish};
use crate::telling::{Telling, Told};
use crate::{
    AccordId, ArticleRef, BackUpView, PartyId, Policy, Proposal, Released, Suspension, WireError,
};
use prost::Message;
use std::collections::BTreeMap;
use surveillance::Time;

/// How far a note's time may be ahead of our clock, seconds.
const AHEAD_MAX_S: f64 = 120.0;
/// What was told in the last seconds of a run is told again in the next: the link may not have had
/// it on its disk.
const TELL_AGAIN_S: f64 = 300.0;

/// What one party has said to others and heard from them.
#[derive(Debug, Clone)]
pub struct Correspondence {
    own: PartyId,
    requests: Requests,
    back_ups: BackUps,
    /// The last word of each party on each accord to each other: of ours what each was told, of
    /// others' what was told to us.
    standings: BTreeMap<(AccordId, PartyId, PartyId), Word>,
    /// In the same way, by which text of each accord each goes.
    texts: BTreeMap<(AccordId, PartyId, PartyId), Word>,
    /// How much of the portion that goes each party was told.
    portion: BTreeMap<PartyId, usize>,
}

/// One party's last word on an accord to another.
#[derive(Debug, Clone)]
struct Word {
    note: Note,
    telling: Telling,
    /// Of an own one: who decided it, and in which words. Nobody else is told.
    by: Vec<String>,
    words: String,
}

/// What people of this party decided about an accord.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decided {
    /// Suspended or resumed.
    pub suspended: bool,
    /// Of a resumption: the suspensions in the text that it ended, as [`Policy::resume`] gave them.
    pub ended: Vec<Suspension>,
    /// Who.
    pub by: Vec<String>,
    /// Why, in their words.
    pub words: String,
}

impl Correspondence {
    /// Nothing said yet, between `own` and so many partners.
    pub fn new(own: PartyId, partners: usize) -> Self {
        Self {
            own,
            requests: Requests::new(own, partners),
            back_ups: BackUps::new(own),
            standings: BTreeMap::new(),
            texts: BTreeMap::new(),
            portion: BTreeMap::new(),
        }
    }

    /// Whether this party may ask `to` something under an article at `now`.
    pub fn may_ask(&self, article: ArticleRef, to: PartyId, policy: &Policy, now: Time) -> bool {
        to != self.own
            && gate::assistance(policy, article)
                .is_ok_and(|clause| clause.from.contains(&self.own) && clause.to.contains(&to))
            && gate::is_open(policy, article, (self.own, to), now).is_ok()
    }

    /// Raises a request, or says why that cannot be.
    pub fn raise(&mut self, wish: &Wish, policy: &Policy, now: Time) -> Result<RequestId, String> {
        self.requests.raise(wish, policy, now)
    }

    /// Answers a request that asks this party, or says why that cannot be.
    pub fn answer(
        &mut self,
        id: RequestId,
        answer: Answer,
        reply: &Reply,
        now: Time,
    ) -> Result<(), String> {
        self.requests.answer(id, answer, reply, now)
    }

    /// Says what was done about a request.
    pub fn report(&mut self, id: RequestId, reply: &Reply, now: Time) -> Result<(), String> {
        self.requests.report(id, reply, now)
    }

    /// Takes back an own request.
    pub fn withdraw(&mut self, id: RequestId, reply: &Reply, now: Time) -> Result<(), String> {
        self.requests.withdraw(id, reply, now)
    }

    /// One person confirms a take-over or a hand-back. What was done, once enough have.
    pub fn confirm(
        &mut self,
        article: ArticleRef,
        proposal: Proposal,
        by: &str,
        policy: &Policy,
        now: Time,
    ) -> Result<Option<Proposal>, String> {
        self.back_ups.confirm(article, proposal, by, policy, now)
    }

    /// Leaves a take-over to the next that the article names.
    pub fn pass(
        &mut self,
        article: ArticleRef,
        by: &str,
        policy: &Policy,
        now: Time,
    ) -> Result<(), String> {
        self.back_ups.pass(article, by, policy, now)
    }

    /// This party has suspended or resumed an accord towards some of its parties: they are to know,
    /// and nobody else learns of it. Who knows that it is suspended is not told so again.
    pub fn suspended(
        &mut self,
        accord: AccordId,
        towards: impl IntoIterator<Item = PartyId>,
        decided: &Decided,
        now: Time,
    ) {
        let own = self.own;
        let suspended = decided.suspended;
        for to in towards.into_iter().filter(|to| *to != own) {
            let last = self.standings.get(&(accord, own, to)).map(|word| &word.note);
            if suspended && last.is_some_and(is_suspension) {
                continue;
            }
            let next = last.map_or(i64::MIN, |last| serial(last).saturating_add(1));
            let serial = next.max(now.unix_nanos());
            let concerns = |one: &&Suspension| one.towards.as_ref().is_none_or(|t| t.contains(&to));
            // All that were ever ended: who reads the text again knows nothing but the last word.
            let mut ended = last.map_or_else(Vec::new, ended_by);
            for digest in decided.ended.iter().filter(concerns).map(Suspension::digest) {
                ended.retain(|known| *known != digest);
                ended.push(digest);
            }
            ended.drain(..ended.len().saturating_sub(ENDED_MAX));
            let ended = Some(ended);
            let says = Says::Standing { accord, serial, suspended, ended };
            let note = Note { from: own, to, at: now, says };
            let (by, words) = (decided.by.clone(), decided.words.clone());
            let word = Word { note, telling: Telling::default(), by, words };
            self.standings.insert((accord, own, to), word);
            self.tell_again(accord, to);
        }
    }

    /// This party goes by a text of an accord that these people approved: the other parties are to know
    /// its hash, and not who. Said again, it changes nothing.
    pub fn goes_by(
        &mut self,
        accord: AccordId,
        others: impl IntoIterator<Item = PartyId>,
        (sha256, by): ([u8; 32], &[String]),
        approved: Time,
        now: Time,
    ) {
        let own = self.own;
        // Nobody takes what a clock that was wrong dated ahead.
        let at = approved.min(now);
        for to in others.into_iter().filter(|to| *to != own) {
            let last = self.texts.get(&(accord, own, to)).map(|word| &word.note);
            let is_said = |last: &Note| {
                matches!(last.says, Says::Text { sha256: said, .. } if said == sha256)
                    && last.at <= now
            };
            if last.is_some_and(is_said) {
                continue;
            }
            // The last word stands, whatever the clock said of it.
            let next = last.map_or(i64::MIN, |last| serial(last).saturating_add(1));
            let serial = next.max(now.unix_nanos());
            let note = Note { from: own, to, at, says: Says::Text { accord, serial, sha256 } };
            let (telling, words) = (Telling::default(), String::new());
            self.texts.insert((accord, own, to), Word { note, telling, by: by.to_vec(), words });
        }
    }

    /// By which text of an accord another party last said that it goes: the SHA-256 of what it shares, and when that was
    /// approved there.
    pub fn text_of(&self, accord: AccordId, party: PartyId) -> Option<([u8; 32], Time)> {
        let note = &self.texts.get(&(accord, party, self.own))?.note;
        let Says::Text { sha256, .. } = note.says else { return None };
        Some((sha256, note.at))
    }

    /// Who of this party decided what a note says of an accord, and in which words; `None` if it is no
    /// such note, or not the last.
    pub fn decided(&self, note: &Note) -> Option<(&[String], &str)> {
        let (words, accord) = match note.says {
            Says::Standing { accord, .. } => (&self.standings, accord),
            Says::Text { accord, .. } => (&self.texts, accord),
            _ => return None,
        };
        let word = words.get(&(accord, note.from, note.to))?;
        (word.note == *note).then_some((&word.by, &word.words))
    }

    /// The last word of this party on an accord to one of its parties, if it says that it is suspended.
    pub fn suspension(&self, accord: AccordId, to: PartyId) -> Option<&Note> {
        let word = self.standings.get(&(accord, self.own, to))?;
        is_suspension(&word.note).then_some(&word.note)
    }

    /// Towards whom this party last said that it suspends an accord.
    pub fn suspends(&self, accord: AccordId) -> impl Iterator<Item = PartyId> {
        let own = self.own;
        self.standings.iter().filter_map(move |((of, by, to), word)| {
            (*of == accord && *by == own && is_suspension(&word.note)).then_some(*to)
        })
    }

    /// What waited on its way to `party` was dropped: it is told again when it may be.
    pub fn withdrawn(&mut self, party: PartyId) {
        self.tellings().for_each(|telling| telling.forget(party));
    }

    /// The link to `party` is up: by which texts this party goes is told again, for it may not have had
    /// the accord when it was told, or a form that knows no such note.
    pub fn link_is_up(&mut self, party: PartyId) {
        self.texts.values_mut().for_each(|word| word.telling.forget(party));
    }

    /// `party` was heard: its node lives.
    pub fn heard(&mut self, party: PartyId, now: Time) {
        self.back_ups.heard(party, now);
    }

    /// Takes a note whose sender the link vouches for. `false` if it cannot be: by another, for
    /// another, outside its article, or where there is no place for it.
    ///
    /// A partner's suspension holds in `policy` from now on; its resumption ends that.
    pub fn hear(&mut self, from: PartyId, note: Note, policy: &mut Policy, now: Time) -> bool {
        if note.from != from || note.to != self.own || note.at.seconds_since(now) > AHEAD_MAX_S {
            return false;
        }
        match note.says {
            Says::Standing { accord, .. } => self.hear_standing(accord, &note, policy, now),
            Says::Text { accord, .. } => self.hear_text(accord, note, policy),
            Says::StandIn { .. } => self.back_ups.hear(note, policy),
            _ => self.requests.hear(note, policy, now),
        }
    }

    fn hear_standing(
        &mut self,
        accord: AccordId,
        note: &Note,
        policy: &mut Policy,
        now: Time,
    ) -> bool {
        let key = (accord, note.from, self.own);
        if !gate::accord(policy, accord).is_ok_and(|accord| accord.has_party(note.from)) {
            return false;
        }
        let known = self.standings.get(&key);
        if known.is_some_and(|known| (serial(&known.note), &known.note) >= (serial(note), note)) {
            return true;
        }
        self.standings.insert(key, Word::heard(note.clone(), Telling::default()));
        apply(note, policy, now);
        self.tell_again(accord, note.from);
        true
    }

    fn hear_text(&mut self, accord: AccordId, note: Note, policy: &Policy) -> bool {
        let key = (accord, note.from, self.own);
        if !gate::accord(policy, accord).is_ok_and(|accord| accord.has_party(note.from)) {
            return false;
        }
        let known = self.texts.get(&key).map(|word| &word.note);
        if known.is_none_or(|known| (serial(known), known) < (serial(&note), &note)) {
            self.texts.insert(key, Word::heard(note, Telling::default()));
        }
        true
    }

    /// To whom each note was told.
    fn tellings(&mut self) -> impl Iterator<Item = &mut Telling> {
        let words = self.standings.values_mut().chain(self.texts.values_mut());
        let others = self.requests.tellings().chain(self.back_ups.tellings());
        words.map(|word| &mut word.telling).chain(others.map(|(_, telling)| telling))
    }

    /// What waited on its way to a partner was dropped with the suspension.
    fn tell_again(&mut self, accord: AccordId, to: PartyId) {
        let of_accord = |(article, _): &(ArticleRef, &mut Telling)| article.accord == accord;
        let all = self.requests.tellings().chain(self.back_ups.tellings());
        all.filter(of_accord).for_each(|(_, telling)| telling.forget(to));
        if let Some(word) = self.texts.get_mut(&(accord, self.own, to)) {
            word.telling.forget(to);
        }
    }

    /// Time passes: what the node says of its own is said.
    pub fn advance(&mut self, policy: &Policy, now: Time) {
        self.requests.advance(now);
        self.back_ups.advance(policy, now);
    }

    /// What is due to partners at `now`: each note once to each that it concerns and may be told, words
    /// that an accord is suspended first. Where one party is due more than one portion, the rest is
    /// due in the next, which this begins.
    pub fn tell(&mut self, policy: &Policy, now: Time) -> Vec<Released<Note>> {
        self.begin_portion();
        self.tell_named(policy, now, |_, words| Some(words.to_owned()))
    }

    /// Each party may be told another portion: the caller's clock went on, and what was told is on its
    /// way.
    pub fn begin_portion(&mut self) {
        self.portion.clear();
    }

    /// As [`Self::tell`] within the portion that goes, where incidents bear other names towards each partner: `words_for` gives what
    /// a request says of the incident it concerns, `None` to leave it out. Told again, it has to
    /// be the same words.
    pub fn tell_named(
        &mut self,
        policy: &Policy,
        now: Time,
        words_for: impl FnMut(PartyId, &str) -> Option<String>,
    ) -> Vec<Released<Note>> {
        let own = self.own;
        let mut out = Told { to: std::mem::take(&mut self.portion), ..Told::default() };
        for ((accord, by, to), word) in self.standings.iter_mut().chain(&mut self.texts) {
            let Word { note, telling, .. } = word;
            let Ok(accord) = gate::accord(policy, *accord) else { continue };
            // Who suspends says so, though what it suspends may not be told: nor by which text it goes.
            let mut held = accord.lifecycle.suspensions().iter().filter(|one| one.holds(now));
            let stops =
                matches!(note.says, Says::Text { .. }) && held.any(|one| one.is_between(own, *to));
            let is_in_force = gate::in_force(accord, now).is_ok();
            if *by == own && accord.has_party(*to) && is_in_force && !stops {
                telling.tell(|to| note.copy_for(to), std::iter::once(*to), &[], now, &mut out);
            }
        }
        self.requests.tell(policy, now, words_for, &mut out);
        self.back_ups.tell(policy, now, &mut out);
        self.portion = out.to;
        out.notes
    }

    /// Every request that is known, in order of raising.
    pub fn cases(&self, now: Time) -> Vec<CaseView> {
        let mut views: Vec<CaseView> =
            self.requests.cases.values().filter_map(|case: &Case| case.view(now)).collect();
        views.sort_by_key(|view| (view.raised, view.request.id));
        views
    }

    /// One request.
    pub fn case(&self, id: RequestId, now: Time) -> Option<CaseView> {
        self.requests.cases.get(&id)?.view(now)
    }

    /// When the first answer of `party` to a request was heard here, or said. How the case stands goes
    /// by the clocks of those who speak, and is the same everywhere; this is by our own.
    pub fn heard_answer(&self, id: RequestId, party: PartyId) -> Option<Time> {
        self.requests.cases.get(&id)?.heard_answer(party)
    }

    /// Cases that made place for newer ones; the ledger has them.
    pub fn dropped(&self) -> u64 {
        self.requests.dropped
    }

    /// Every article on back-up in force, in order.
    pub fn back_ups(&self, policy: &Policy, now: Time) -> Vec<BackUpView> {
        self.back_ups.views(policy, now)
    }

    /// Since when a partner has suspended an accord, as it said.
    pub fn suspended_by(&self, party: PartyId) -> impl Iterator<Item = (AccordId, Time)> {
        self.standings.iter().filter_map(move |((accord, by, _), word)| {
            (*by == party && is_suspension(&word.note)).then_some((*accord, word.note.at))
        })
    }

    /// A run has ended and the next begins: what was told last is told again.
    pub fn resumed(&mut self) {
        let mut all: Vec<&mut Telling> = self.tellings().collect();
        let newest = all.iter().flat_map(|telling| telling.told.values()).max().copied();
        if let Some(newest) = newest {
            let since = newest.plus_seconds(-TELL_AGAIN_S);
            all.iter_mut().for_each(|telling| telling.forget_since(since));
        }
    }
}

impl Word {
    /// One that nobody here decided.
    fn heard(note: Note, telling: Telling) -> Self {
        Self { note, telling, by: Vec::new(), words: String::new() }
    }
}

/// The suspensions in the text that a word of a standing says were ended.
fn ended_by(note: &Note) -> Vec<u64> {
    match &note.says {
        Says::Standing { ended: Some(ended), .. } => ended.clone(),
        _ => Vec::new(),
    }
}

fn is_suspension(note: &Note) -> bool {
    matches!(note.says, Says::Standing { suspended: true, .. })
}

fn serial(note: &Note) -> i64 {
    match note.says {
        Says::Standing { serial, .. } | Says::Text { serial, .. } => serial,
        _ => i64::MIN,
    }
}

/// Lets a partner's word on an accord hold.
fn apply(note: &Note, policy: &mut Policy, now: Time) {
    let Says::Standing { accord, suspended, ended, .. } = &note.says else { return };
    let (accord, by) = (*accord, note.from);
    // An error says that it is no accord of ours any more, or that nothing was suspended: then
    // there is nothing to change.
    let _ = if *suspended {
        let towards = Some(vec![policy.own()]);
        let from = note.at.min(now);
        let articles = None;
        let (until, reason) = (None, None);
        policy.suspend_as_said(accord, Suspension { by, towards, articles, from, until, reason })
    } else {
        // It speaks of what was suspended when it was said, whenever it is heard or read again.
        policy.resume_these(accord, by, note.at.min(now), ended.as_deref()).map(|_| ())
    };
}

#[derive(Clone, PartialEq, Message)]
struct RecordMessage {
    #[prost(message, repeated, tag = "1")]
    notes: Vec<KeptMessage>,
    #[prost(uint32, tag = "2")]
    last_number: u32,
    #[prost(message, repeated, tag = "3")]
    confirmed: Vec<ConfirmedMessage>,
    #[prost(message, repeated, tag = "4")]
    silent: Vec<PartyTime>,
    #[prost(message, repeated, tag = "5")]
    contradicted: Vec<ContradictedMessage>,
}

#[derive(Clone, PartialEq, Message)]
struct KeptMessage {
    #[prost(bytes = "vec", tag = "1")]
    note: Vec<u8>,
    #[prost(sfixed64, tag = "2")]
    heard_ns: i64,
    #[prost(message, repeated, tag = "3")]
    told: Vec<PartyTime>,
    /// Who decided it, and in which words.
    #[prost(string, repeated, tag = "4")]
    by: Vec<String>,
    #[prost(string, tag = "5")]
    words: String,
}

#[derive(Clone, PartialEq, Message)]
struct PartyTime {
    #[prost(string, tag = "1")]
    party: String,
    #[prost(sfixed64, tag = "2")]
    at_ns: i64,
}

#[derive(Clone, PartialEq, Message)]
struct ConfirmedMessage {
    #[prost(string, tag = "1")]
    accord: String,
    #[prost(string, tag = "2")]
    article: String,
    #[prost(string, repeated, tag = "3")]
    by: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
struct ContradictedMessage {
    #[prost(string, tag = "1")]
    by: String,
    #[prost(uint32, tag = "2")]
    number: u32,
    #[prost(string, repeated, tag = "3")]
    parties: Vec<String>,
}

impl Correspondence {
    /// All of it as bytes, for the node's own record.
    pub fn encode(&self, policy: &Policy) -> Vec<u8> {
        let kept = |note: &Note, heard: Time, telling: &Telling| KeptMessage {
            note: note.encode(),
            heard_ns: heard.unix_nanos(),
            told: party_times(&telling.told),
            ..KeptMessage::default()
        };
        let requests = self.requests.cases.values().flat_map(|case| case.notes.values());
        let requests = requests.map(|held| kept(&held.note, held.heard, &held.telling));
        let words = self.back_ups.duties.values().flat_map(|duty| duty.words.values());
        let words = words.map(|word| kept(&word.note, word.note.at, &word.telling));
        let decided = self.standings.values().chain(self.texts.values()).map(|word| KeptMessage {
            by: word.by.clone(),
            words: word.words.clone(),
            ..kept(&word.note, word.note.at, &word.telling)
        });
        let confirmed = self.back_ups.duties.iter().filter(|(_, duty)| !duty.confirmed.is_empty());
        let contradicted =
            self.requests.cases.iter().filter(|(_, case)| !case.contradicted.is_empty());
        RecordMessage {
            notes: requests.chain(words).chain(decided).collect(),
            last_number: self.requests.last_number,
            confirmed: confirmed
                .map(|(article, duty)| ConfirmedMessage {
                    accord: article.accord.to_string(),
                    article: article.article.to_string(),
                    by: duty.confirmed.clone(),
                })
                .collect(),
            silent: party_times(&self.back_ups.silent(policy)),
            contradicted: contradicted
                .map(|(id, case)| ContradictedMessage {
                    by: id.by.to_string(),
                    number: id.number,
                    parties: case.contradicted.iter().map(ToString::to_string).collect(),
                })
                .collect(),
        }
        .encode_to_vec()
    }

    /// Goes on at `now` with what [`Correspondence::encode`] gave in a run before; partners'
    /// suspensions hold in `policy` again.
    ///
    /// # Errors
    /// Something of it cannot be read; then nothing is taken.
    pub fn take_up(
        &mut self,
        bytes: &[u8],
        policy: &mut Policy,
        now: Time,
    ) -> Result<(), WireError> {
        let record = RecordMessage::decode(bytes)
            .map_err(|error| WireError::Malformed(error.to_string()))?;
        let mut next = Self { requests: self.requests.emptied(), ..Self::new(self.own, 0) };
        next.requests.last_number = record.last_number;
        for kept in record.notes {
            let note = Note::decode(&kept.note)?;
            let telling = Telling { told: read_party_times(kept.told)? };
            match note.says {
                // Earlier versions had one word for all: it stands for each that was told.
                Says::Standing { accord, .. } if note.to == note.from => {
                    for (&to, &at) in &telling.told {
                        let told = BTreeMap::from([(to, at)]);
                        let word = Word::heard(Note { to, ..note.clone() }, Telling { told });
                        next.standings.insert((accord, note.from, to), word);
                    }
                }
                Says::Standing { accord, .. } => {
                    let key = (accord, note.from, note.to);
                    let word = Word { note, telling, by: kept.by, words: kept.words };
                    next.standings.insert(key, word);
                }
                Says::Text { accord, .. } => {
                    let key = (accord, note.from, note.to);
                    let word = Word { note, telling, by: kept.by, words: kept.words };
                    next.texts.insert(key, word);
                }
                Says::StandIn { .. } => next.back_ups.restore(note, telling),
                _ => {
                    let heard = Time::from_unix_nanos(kept.heard_ns);
                    next.requests.restore(note, heard, telling);
                }
            }
        }
        for one in record.confirmed {
            let article = ArticleRef { accord: one.accord.parse()?, article: one.article.parse()? };
            next.back_ups.duties.entry(article).or_default().confirmed = one.by;
        }
        for one in record.contradicted {
            let id = RequestId { by: one.by.parse()?, number: one.number };
            let parties = one.parties.iter().map(|party| party.parse());
            let case = next.requests.cases.entry(id).or_default();
            case.contradicted = parties.collect::<Result<_, _>>()?;
        }
        for (party, at) in read_party_times(record.silent)? {
            next.back_ups.heard(party, at.min(now));
        }
        for word in next.standings.values().filter(|word| word.note.from != self.own) {
            apply(&word.note, policy, now);
        }
        next.back_ups.advance(policy, now);
        *self = next;
        Ok(())
    }
}

fn party_times(times: &BTreeMap<PartyId, Time>) -> Vec<PartyTime> {
    let one = |(party, at): (&PartyId, &Time)| PartyTime {
        party: party.to_string(),
        at_ns: at.unix_nanos(),
    };
    times.iter().map(one).collect()
}

fn read_party_times(list: Vec<PartyTime>) -> Result<BTreeMap<PartyId, Time>, WireError> {
    let one = |one: PartyTime| Ok((one.party.parse()?, Time::from_unix_nanos(one.at_ns)));
    list.into_iter().map(one).collect()
}
