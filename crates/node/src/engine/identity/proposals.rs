//! Identities that people here propose to the owner of a track, and that partners' people propose of
//! ours: said as notes until the other node has them, answered by a person, kept over a restart.

use super::kept::bytes_of;
use crate::engine::partners::Partners;
use crate::engine::publish;
use crate::wire;
use accord::{
    ArticleRef, IdentitySays, IdentityWord, Lineage, Note, ObjectKind, OwnNumber, PartnerNumber,
    PartyId, Released, Subject,
};
use picture::{Entry, Identity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use surveillance::{RunningClock, Time, TrackNumber};

/// Notes that one partner is said between two ticks at most: the rest is said after the next.
const PORTION_MAX: usize = 16;
/// Seconds after which a word that the other node has not acknowledged is said again.
const RESEND_S: f64 = 5.0;
/// Seconds after which a proposal that the other node does not acknowledge is given up.
const UNHEARD_S: f64 = 600.0;
/// Seconds for which a proposal waits for its answer, and an answer for the proposer's node.
const WAITS_S: f64 = 86_400.0;
/// Seconds for which what is over is shown.
const SHOWN_S: f64 = 1_800.0;
/// Bytes that proposals of this party take at most where they are kept.
const SENT_BYTES_MAX: usize = 60 << 10;
/// Bytes that those of all partners take at most, answers and all; each partner has an equal share.
const HEARD_BYTES_MAX: usize = 120 << 10;
/// Room for an answer, bytes.
const ANSWER_BYTES: usize = 1 << 10;

/// All proposals of and to this party.
#[derive(Debug, Default)]
pub(super) struct Proposals {
    /// The number of the last one of ours.
    last: u64,
    sent: Vec<Sent>,
    heard: Vec<Heard>,
    /// How many notes of the portion that goes each partner was told.
    portion: BTreeMap<String, usize>,
    /// A restart handles again what was: nothing is said.
    taking_up: bool,
    /// By which they age.
    clock: RunningClock,
    /// By how much it leapt in all, nanoseconds.
    leapt: i64,
}

/// When something was, nanoseconds since 1970, and by how much the clock had leapt until then: what is
/// set back or forward makes nothing older.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Stamp {
    at: i64,
    #[serde(default)]
    leapt: i64,
}

impl Stamp {
    /// How long before `now` an earlier one was by running time, seconds.
    fn since_s(self, earlier: Stamp) -> f64 {
        let run = |stamp: Stamp| stamp.at.saturating_sub(stamp.leapt);
        seconds(run(self).saturating_sub(run(earlier)))
    }
}

/// How one of ours stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Stands {
    /// Not acknowledged.
    Said,
    /// The owner's node has it.
    Received,
    /// A person of the owner answered.
    Answered {
        accepted: bool,
        why: String,
        by: String,
        #[serde(flatten)]
        when: Stamp,
    },
    /// It came to nothing, and why.
    Over {
        why: String,
        #[serde(flatten)]
        when: Stamp,
    },
}

/// One of ours.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Sent {
    number: u64,
    to: String,
    /// In our picture.
    track: u32,
    /// In what the owner tells us, and in which epoch of it.
    theirs: u32,
    epoch: u32,
    identity: wire::Identity,
    why: String,
    by: String,
    article: (String, String),
    #[serde(flatten)]
    when: Stamp,
    stands: Stands,
    /// When it was last said, nanoseconds since 1970.
    #[serde(skip)]
    last: Option<i64>,
    /// Why it is held up.
    #[serde(skip)]
    held_up: Option<String>,
}

/// One of a partner's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Heard {
    from: String,
    number: u64,
    /// Our track.
    track: u32,
    /// As the partner names it.
    theirs: u32,
    epoch: u32,
    identity: wire::Identity,
    why: String,
    by: String,
    article: (String, String),
    #[serde(flatten)]
    when: Stamp,
    answer: Option<Answered>,
}

/// What a person here answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Answered {
    accepted: bool,
    why: String,
    by: String,
    #[serde(flatten)]
    when: Stamp,
    /// The proposer's node has it.
    heard: bool,
    #[serde(skip)]
    last: Option<i64>,
    #[serde(skip)]
    held_up: Option<String>,
}

/// What outlasts a restart.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::engine) struct KeptProposals {
    #[serde(default)]
    last: u64,
    #[serde(default)]
    sent: Vec<Sent>,
    #[serde(default)]
    heard: Vec<Heard>,
    #[serde(default)]
    leapt: i64,
}

/// A person's proposal.
pub(super) struct Wanted<'a> {
    pub(super) entry: &'a Entry,
    pub(super) identity: Identity,
    pub(super) why: &'a str,
    pub(super) by: &'a str,
}

impl Proposals {
    /// Goes on to `now`, and gives it as what happens then is stamped.
    fn follow(&mut self, now: Time) -> Stamp {
        // What is handled again is handled at the times of then.
        let leapt_s = if self.taking_up { None } else { self.clock.follow(now).leapt_s };
        self.leapt = self.leapt.saturating_add((leapt_s.unwrap_or(0.0) * 1e9) as i64);
        Stamp { at: now.unix_nanos(), leapt: self.leapt }
    }

    /// A person proposes who a partner's track is.
    ///
    /// # Errors
    /// Why it cannot go, in words.
    pub(super) fn propose(
        &mut self,
        wanted: &Wanted<'_>,
        partners: &Partners,
        now: Time,
    ) -> Result<(), String> {
        let Wanted { entry, identity, why, by } = *wanted;
        let number = entry.track.number;
        let (to, theirs, epoch) = partners
            .at_owner(entry)
            .ok_or_else(|| format!("{number} is no track that a partner owns and tells us"))?;
        if matches!(identity, Identity::Pending | Identity::Unknown) {
            return Err("propose a class, not that it is not known".to_owned());
        }
        if why.trim().is_empty() {
            return Err("say why".to_owned());
        }
        let when = self.follow(now);
        self.forget(when);
        let same = |sent: &&mut Sent| {
            sent.track == number.0 && matches!(sent.stands, Stands::Said | Stands::Received)
        };
        // A new word of ours takes the place of the one before.
        for sent in self.sent.iter_mut().filter(same) {
            let why = "another was proposed after it".to_owned();
            sent.stands = Stands::Over { why, when };
        }
        let kept: usize = self.sent.iter().map(|sent| bytes_of(sent) + ANSWER_BYTES).sum();
        if kept > SENT_BYTES_MAX {
            let count = self.sent.len();
            return Err(format!(
                "{count} proposals wait or were answered of late: no room for more"
            ));
        }
        let says = proposed(identity, why, by);
        let mut refused = format!("no article lets us tell {to} identities of tracks");
        let of = subject(entry, identity, now);
        for article in partners.policy().identity_articles(to) {
            let (track, number) = (PartnerNumber(theirs), self.last + 1);
            let word = IdentityWord { track, epoch, article, number, says: says.clone() };
            match partners.policy().identity_note(word, Some(&of), to, now, now) {
                Ok(_) => {
                    self.last += 1;
                    self.sent.push(Sent {
                        number: self.last,
                        to: to.to_string(),
                        track: entry.track.number.0,
                        theirs,
                        epoch,
                        identity: publish::identity(identity),
                        why: why.trim().to_owned(),
                        by: by.trim().to_owned(),
                        article: (article.accord.to_string(), article.article.to_string()),
                        when,
                        stands: Stands::Said,
                        last: None,
                        held_up: None,
                    });
                    return Ok(());
                }
                Err(why) => refused = why,
            }
        }
        Err(refused)
    }

    /// A partner says something about an identity. What is to be said to it at once. Tracks of others
    /// are gone for it: whoever owns them decides.
    ///
    /// # Errors
    /// It cannot say that.
    pub(super) fn hear(
        &mut self,
        from: PartyId,
        note: &Note,
        (partners, is_ours): (&Partners, impl Fn(TrackNumber) -> bool),
        now: Time,
    ) -> Result<Option<Released<Note>>, String> {
        let when = self.follow(now);
        let policy = partners.policy();
        let word = policy.identity_word(from, note, now)?;
        let back = |says| {
            let word = IdentityWord { says, ..word.clone() };
            policy.identity_note(word, None, from, now, now).ok()
        };
        match &word.says {
            IdentitySays::Proposed { identity, words, by } => {
                let known = |heard: &Heard| is(heard, from, word.number);
                if self.heard.iter().any(known) {
                    return Ok(back(IdentitySays::Received));
                }
                let track = partners.told_as(from, word.track, word.epoch);
                let Some(track) = track.filter(|track| is_ours(*track)) else {
                    return Ok(back(IdentitySays::Gone));
                };
                self.forget(when);
                // Who proposes anew proposes no longer what it proposed before.
                let replaced = |heard: &Heard| {
                    heard.from == from.as_str() && heard.track == track.0 && heard.answer.is_none()
                };
                let of_them = |heard: &&Heard| heard.from == from.as_str() && !replaced(heard);
                let of_them = self.heard.iter().filter(of_them);
                let kept: usize = of_them.map(|heard| bytes_of(heard) + ANSWER_BYTES).sum();
                if kept > HEARD_BYTES_MAX / partners.iter().count().max(1) {
                    return Err("too many of its proposals wait".to_owned());
                }
                self.heard.retain(|heard| !replaced(heard));
                self.heard.push(Heard {
                    from: from.to_string(),
                    number: word.number,
                    track: track.0,
                    theirs: word.track.0,
                    epoch: word.epoch,
                    identity: publish::identity(*identity),
                    why: words.clone(),
                    by: person_words(by),
                    article: named(word.article),
                    // By our clock: a partner's may be any.
                    when,
                    answer: None,
                });
                Ok(back(IdentitySays::Received))
            }
            IdentitySays::Heard => {
                let mut heard = self.heard.iter_mut().filter(|heard| is(heard, from, word.number));
                if let Some(answer) = heard.next().and_then(|heard| heard.answer.as_mut()) {
                    answer.heard = true;
                }
                Ok(None)
            }
            IdentitySays::Received | IdentitySays::Gone | IdentitySays::Answered { .. } => {
                let ours = |sent: &&mut Sent| {
                    sent.to == from.as_str()
                        && sent.number == word.number
                        && (sent.theirs, sent.epoch) == (word.track.0, word.epoch)
                };
                let found = self.sent.iter_mut().find(ours);
                match (&word.says, found) {
                    (IdentitySays::Received, Some(sent)) if sent.stands == Stands::Said => {
                        sent.stands = Stands::Received;
                    }
                    (IdentitySays::Gone, Some(sent)) if sent.stands == Stands::Said => {
                        let why =
                            format!("{from} does not decide on that track, or tells it no more");
                        sent.stands = Stands::Over { why, when };
                    }
                    (IdentitySays::Answered { accepted, words, by }, Some(sent))
                        if matches!(sent.stands, Stands::Said | Stands::Received) =>
                    {
                        let (why, by) = (words.clone(), person_words(by));
                        sent.stands = Stands::Answered { accepted: *accepted, why, by, when };
                    }
                    _ => {}
                }
                let answered = matches!(word.says, IdentitySays::Answered { .. });
                Ok(back(IdentitySays::Heard).filter(|_| answered))
            }
        }
    }

    /// What a partner's people proposed of a track and nobody has answered, while the article of it
    /// is in force and not suspended.
    pub(super) fn open<'a>(
        &'a self,
        track: TrackNumber,
        partners: &'a Partners,
        now: Time,
    ) -> impl Iterator<Item = wire::ProposalRow> + 'a {
        let open = move |heard: &&Heard| {
            heard.track == track.0 && heard.answer.is_none() && counts(heard, partners, now)
        };
        self.heard.iter().filter(open).map(|heard| wire::ProposalRow {
            number: heard.track,
            party: heard.from.clone(),
            identity: heard.identity,
            by: Some(heard.by.clone()),
            why: heard.why.clone(),
            at_ms: Some(millis(heard.when.at)),
        })
    }

    /// Whether a partner's person proposed this of a track and waits for an answer.
    pub(super) fn waits(
        &self,
        of: (u32, &str, wire::Identity),
        partners: &Partners,
        now: Time,
    ) -> bool {
        self.heard.iter().any(|heard| is_open(heard, of) && counts(heard, partners, now))
    }

    /// A person here has answered.
    pub(super) fn answer(
        &mut self,
        of: (u32, &str, wire::Identity),
        (accepted, why, by): (bool, &str, &str),
        partners: &Partners,
        now: Time,
    ) {
        let when = self.follow(now);
        let open = |heard: &&mut Heard| is_open(heard, of) && counts(heard, partners, now);
        if let Some(heard) = self.heard.iter_mut().find(open) {
            let (why, by) = (why.trim().to_owned(), by.trim().to_owned());
            let (last, held_up) = (None, None);
            heard.answer = Some(Answered { accepted, why, by, when, heard: false, last, held_up });
        }
    }

    /// What is to be said to partners at `now`; `entry` gives a track of our picture.
    pub(super) fn say<'a>(
        &mut self,
        partners: &Partners,
        entry: impl Fn(TrackNumber) -> Option<&'a Entry>,
        now: Time,
    ) -> Vec<Released<Note>> {
        if self.taking_up {
            return Vec::new();
        }
        let when = self.follow(now);
        self.forget(when);
        let (policy, nanos) = (partners.policy(), now.unix_nanos());
        let due = |last: Option<i64>| {
            last.is_none_or(|last| !(0.0..RESEND_S).contains(&seconds(nanos.saturating_sub(last))))
        };
        let mut said = Vec::new();
        for sent in self.sent.iter_mut().filter(|sent| sent.stands == Stands::Said) {
            if when.since_s(sent.when) > UNHEARD_S {
                let why = sent.held_up.take();
                let why = why.unwrap_or_else(|| "its node does not acknowledge it".to_owned());
                sent.stands = Stands::Over { why, when };
                continue;
            }
            let portion = self.portion.entry(sent.to.clone()).or_default();
            if !partners.is_connected(&sent.to) || !due(sent.last) || *portion >= PORTION_MAX {
                continue;
            }
            let identity = super::of_wire(sent.identity);
            let of = entry(TrackNumber(sent.track)).map(|entry| subject(entry, identity, now));
            let says = proposed(identity, &sent.why, &sent.by);
            let (track, epoch) = (PartnerNumber(sent.theirs), sent.epoch);
            let note = parsed(&sent.to, &sent.article).and_then(|(to, article)| {
                let word = IdentityWord { track, epoch, article, number: sent.number, says };
                policy.identity_note(
                    word,
                    of.as_ref(),
                    to,
                    Time::from_unix_nanos(sent.when.at),
                    now,
                )
            });
            match note {
                Ok(note) => {
                    (sent.last, sent.held_up) = (Some(nanos), None);
                    *portion += 1;
                    said.push(note);
                }
                Err(why) => sent.held_up = Some(why),
            }
        }
        for heard in &mut self.heard {
            let Some(answer) = heard.answer.as_mut().filter(|a| !a.heard && due(a.last)) else {
                continue;
            };
            let portion = self.portion.entry(heard.from.clone()).or_default();
            if !partners.is_connected(&heard.from) || *portion >= PORTION_MAX {
                continue;
            }
            let by = accord::Person { name: answer.by.clone(), position: None };
            let (accepted, words) = (answer.accepted, answer.why.clone());
            let says = IdentitySays::Answered { accepted, words, by };
            let (track, epoch) = (PartnerNumber(heard.theirs), heard.epoch);
            let note = parsed(&heard.from, &heard.article).and_then(|(to, article)| {
                let word = IdentityWord { track, epoch, article, number: heard.number, says };
                policy.identity_note(word, None, to, Time::from_unix_nanos(answer.when.at), now)
            });
            match note {
                Ok(note) => {
                    (answer.last, answer.held_up) = (Some(nanos), None);
                    *portion += 1;
                    said.push(note);
                }
                Err(why) => answer.held_up = Some(why),
            }
        }
        said
    }

    /// Each partner may be told another portion.
    pub(super) fn begin_portion(&mut self) {
        self.portion.clear();
    }

    /// Ours as the console shows them, the newest first.
    pub(super) fn rows(&self, partners: &Partners) -> Vec<wire::SentProposalRow> {
        let cut = |sent: &Sent| {
            let cut = sent.stands == Stands::Said && !partners.is_connected(&sent.to);
            cut.then(|| "its node is not connected".to_owned())
        };
        let row = |sent: &Sent| {
            let (state, answer) = match &sent.stands {
                Stands::Said => (wire::ProposalState::Sent, None),
                Stands::Received => (wire::ProposalState::Received, None),
                Stands::Answered { accepted, why, by, when } => {
                    let state = match accepted {
                        true => wire::ProposalState::Accepted,
                        false => wire::ProposalState::Refused,
                    };
                    let (words, by) = (why.clone(), by.clone());
                    (state, Some(wire::SaidWords { at_ms: millis(when.at), words, by }))
                }
                Stands::Over { why, when } => {
                    let (words, by) = (why.clone(), String::new());
                    let said = wire::SaidWords { at_ms: millis(when.at), words, by };
                    (wire::ProposalState::Over, Some(said))
                }
            };
            wire::SentProposalRow {
                number: sent.track,
                party: sent.to.clone(),
                identity: sent.identity,
                why: sent.why.clone(),
                by: sent.by.clone(),
                at_ms: millis(sent.when.at),
                article: format!("{} article {}", sent.article.0, sent.article.1),
                state,
                answer,
                held_up: sent.held_up.clone().or_else(|| cut(sent)),
            }
        };
        self.sent.iter().rev().map(row).collect()
    }

    /// Answers of people here that are held up: to whom, and why.
    pub(super) fn held_up(&self) -> impl Iterator<Item = String> + '_ {
        self.heard.iter().filter_map(|heard| {
            let why = heard.answer.as_ref()?.held_up.as_ref()?;
            Some(format!("the answer to {} on {}: {why}", heard.from, TrackNumber(heard.track)))
        })
    }

    /// Forgets what is over for long, and what was proposed a day before and never answered, by running
    /// time.
    fn forget(&mut self, now: Stamp) {
        let recent = |when: Stamp| now.since_s(when) < SHOWN_S;
        let today = |when: Stamp| now.since_s(when) < WAITS_S;
        self.sent.retain(|sent| match &sent.stands {
            Stands::Said => true,
            Stands::Received => today(sent.when),
            Stands::Answered { when, .. } | Stands::Over { when, .. } => recent(*when),
        });
        self.heard.retain(|heard| match &heard.answer {
            None => today(heard.when),
            // What a person answered is said for a day, if it has to be.
            Some(answer) => recent(answer.when) || !answer.heard && today(answer.when),
        });
    }

    pub(super) fn kept(&self) -> KeptProposals {
        let (sent, heard) = (self.sent.clone(), self.heard.clone());
        KeptProposals { last: self.last, sent, heard, leapt: self.leapt }
    }

    pub(super) fn take_up(&mut self, kept: KeptProposals) {
        let KeptProposals { last, sent, heard, leapt } = kept;
        (self.last, self.sent, self.heard, self.leapt) = (last, sent, heard, leapt);
        self.taking_up = true;
    }

    /// All that was is handled again.
    pub(super) fn resumed(&mut self, now: Time) {
        self.taking_up = false;
        self.clock.go_on_from(None);
        // A record that is lost may have had later ones: no number is given twice.
        self.last = self.last.max(now.unix_nanos().max(0) as u64);
    }
}

fn is(heard: &Heard, from: PartyId, number: u64) -> bool {
    heard.from == from.as_str() && heard.number == number
}

/// Whether the article is in force and what flows from the proposer to us is not suspended.
fn counts(heard: &Heard, partners: &Partners, now: Time) -> bool {
    let policy = partners.policy();
    parsed(&heard.from, &heard.article)
        .is_ok_and(|(from, article)| policy.is_open(article, (from, policy.own()), now))
}

fn is_open(heard: &Heard, (track, party, identity): (u32, &str, wire::Identity)) -> bool {
    let same = heard.track == track && heard.from == party && heard.identity == identity;
    same && heard.answer.is_none()
}

fn proposed(identity: Identity, why: &str, by: &str) -> IdentitySays {
    let by = accord::Person { name: by.trim().to_owned(), position: None };
    IdentitySays::Proposed { identity, words: why.trim().to_owned(), by }
}

/// What is put to the articles: this party's word that a target at this place is of that class. Of
/// what the owner told of it nothing goes back.
fn subject(entry: &Entry, identity: Identity, now: Time) -> Subject {
    let track = &entry.track;
    Subject {
        position: Some(track.position),
        level_m: track.pressure_altitude_m,
        codes: track.codes,
        identity,
        lineage: Lineage::Own,
        ..Subject::bare(OwnNumber(u64::from(track.number.0)), ObjectKind::Track, now)
    }
}

fn named(article: ArticleRef) -> (String, String) {
    (article.accord.to_string(), article.article.to_string())
}

fn parsed(party: &str, article: &(String, String)) -> Result<(PartyId, ArticleRef), String> {
    let said = |why: accord::NameError| why.to_string();
    let accord = article.0.parse().map_err(said)?;
    let article = article.1.parse().map_err(said)?;
    Ok((party.parse().map_err(said)?, ArticleRef { accord, article }))
}

fn person_words(by: &accord::Person) -> String {
    match &by.position {
        Some(position) => format!("{} ({position})", by.name),
        None => by.name.clone(),
    }
}

fn seconds(nanos: i64) -> f64 {
    nanos as f64 / 1e9
}

fn millis(nanos: i64) -> f64 {
    Time::from_unix_nanos(nanos).unix_millis() as f64
}
