//! What people decided about accords, which outlasts a restart: suspensions and resumptions.

use super::Partners;
use super::stood::Kept;
use crate::config::TextInForce;
use crate::event::Withdrawal;
use accord::{AccordId, Decided, Note, PartyId, Policy, Suspension};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use surveillance::Time;

/// Longest name or reason that is taken, characters.
const TEXT_MAX: usize = 500;

/// Seconds for which a first person's word to resume waits for a second.
const VOTE_S: f64 = 600.0;

/// Words on suspensions that are kept in case that their way to the ledger was cut, the newest.
const MORE_WORDS_MAX: usize = 64;

/// Suspensions that hold and that were said at this node, for the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    suspended: Vec<Suspended>,
    /// By accord.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    votes: BTreeMap<String, Vote>,
    /// What was said to partners and heard from them beside pictures: `accord::Correspondence`
    /// encoded, in base64.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    said: String,
    /// The epoch of each partner's feed: one that begins anew is later, whatever the clock says.
    #[serde(default)]
    epochs: BTreeMap<String, u32>,
    /// What was resumed at this node of the suspensions that each accord's text has.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    lifted: BTreeMap<String, Vec<Lifted>>,
    /// As earlier versions kept it: when each accord was last resumed, nanoseconds since
    /// 1970-01-01T00:00:00Z; whatever its text had suspended by then is resumed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    resumed: BTreeMap<String, i64>,
    /// Under which articles something could go to each partner.
    #[serde(default)]
    stood: BTreeMap<String, Kept>,
    /// What was said last of suspensions that stood: to whose ledger, and its leaf.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    more_words: Vec<(String, ledger::Entry)>,
    /// What people said of single pairs of tracks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pairs: Vec<super::pairs::Kept>,
}

/// One suspension by this party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Suspended {
    accord: String,
    by: String,
    reason: String,
    /// Towards this party alone; all, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    towards: Option<String>,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    from: i64,
}

/// One suspension in a text that was resumed here: the text has it still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Lifted {
    /// [`Suspension::digest`] in hexadecimal digits.
    digest: String,
    /// When, nanoseconds since 1970-01-01T00:00:00Z.
    at: i64,
}

impl Lifted {
    fn of(suspension: &Suspension, at: Time) -> Self {
        Self { digest: format!("{:016x}", suspension.digest()), at: at.unix_nanos() }
    }
}

/// Who wants to resume an accord and waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Vote {
    by: String,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    at: i64,
}

impl Vote {
    /// Whether it still counts at `now`.
    fn counts(&self, now: Time) -> bool {
        (0.0..VOTE_S).contains(&now.seconds_since(Time::from_unix_nanos(self.at)))
    }
}

impl Partners {
    /// Nothing more goes out under `accord` from `now` on; `person` says so for this party.
    /// `towards` one of them: of what flows between the two, and nothing else. What is on its way
    /// there goes no further from the next [`Partners::settle`] on.
    pub(crate) fn suspend(
        &mut self,
        (accord, towards): (&str, Option<&str>),
        person: &str,
        reason: &str,
        now: Time,
    ) -> Result<(), String> {
        let person = named(person)?;
        let from = now.unix_nanos();
        // Whoever says so does not want it resumed.
        self.standing.votes.remove(accord);
        let covers = |known: &Suspended| {
            let towards_all = known.towards.is_none();
            known.accord == accord && (towards_all || known.towards.as_deref() == towards)
        };
        let reason: String = reason.chars().take(TEXT_MAX).collect();
        if let Some(known) = self.standing.suspended.iter().find(|known| covers(known)) {
            // It stands: said again, it would only grow the list.
            if (&known.by, &known.reason) != (&person, &reason) {
                self.say_more((accord, towards), &person, &reason, now);
            }
            return Ok(());
        }
        let (accord, towards) = (accord.to_owned(), towards.map(str::to_owned));
        let one = Suspended { accord, by: person, reason, towards, from };
        self.hold(&one)?;
        let others = self.others_of(&one.accord).into_iter();
        let towards = one.towards.as_deref();
        let told = others.filter(|party| towards.is_none_or(|towards| towards == party.as_str()));
        let (by, words) = (vec![one.by.clone()], one.reason.clone());
        let decided = Decided { suspended: true, by, words, ..Decided::default() };
        self.correspondence.suspended(id(&one.accord)?, told, &decided, now);
        self.standing.suspended.push(one);
        Ok(())
    }

    /// More words on a suspension that stands: partners know that it does, and our own log says what
    /// was said of it since.
    fn say_more(
        &mut self,
        (accord, towards): (&str, Option<&str>),
        person: &str,
        reason: &str,
        now: Time,
    ) {
        let Ok(id) = id(accord) else { return };
        for to in self.others_of(accord) {
            let concerns = towards.is_none_or(|towards| towards == to.as_str());
            let word = self.correspondence.suspension(id, to).filter(|_| concerns);
            let word = word.map(|word| Note { at: now, ..word.clone() });
            let words = format!("more words: {reason}");
            let entry =
                word.and_then(|word| ::link::decision(&word, vec![person.to_owned()], &words));
            self.more_words.extend(entry.map(|entry| (to, entry)));
        }
    }

    /// What was said since of what is suspended, for the ledger with each whom it concerns; after a loss
    /// and in a new run, the newest of it again.
    pub(crate) fn take_more_words(&mut self) -> Vec<(PartyId, ledger::Entry)> {
        let words = std::mem::take(&mut self.more_words);
        for one in &words {
            if !self.more_words_kept.contains(one) {
                self.more_words_kept.push_back(one.clone());
            }
        }
        let beyond = self.more_words_kept.len().saturating_sub(MORE_WORDS_MAX);
        self.more_words_kept.drain(..beyond);
        words
    }

    /// A run has ended and the next begins: a ledger has once what is handed to it twice.
    pub(super) fn say_more_again(&mut self) {
        self.take_more_words();
        self.more_words = self.more_words_kept.iter().cloned().collect();
    }

    /// The other parties of an accord.
    fn others_of(&self, accord: &str) -> BTreeSet<PartyId> {
        let known = self.policy.accords().iter().filter(|known| known.id.to_string() == accord);
        let parties = known.flat_map(|known| known.parties.iter().map(|party| party.id));
        parties.filter(|party| *party != self.policy.own()).collect()
    }

    /// Towards whom this party suspends it at `now`, by a person's word or by its text.
    fn suspended_towards(&self, accord: &str, now: Time) -> BTreeSet<PartyId> {
        let (own, others) = (self.policy.own(), self.others_of(accord));
        let known = self.policy.accords().iter().filter(|known| known.id.to_string() == accord);
        let held = known
            .flat_map(|known| known.lifecycle.suspensions())
            .filter(|one| one.by == own && one.holds(now));
        held.flat_map(|one| one.towards.clone().unwrap_or(others.iter().copied().collect()))
            .collect()
    }

    /// Takes back what was suspended of `accord` at this node. Where people prove who they are, the
    /// first to say so waits for a second, and counts only if they may still say so then: `may` are those
    /// who do.
    pub(crate) fn resume(
        &mut self,
        accord: &str,
        person: &str,
        may: Option<&[String]>,
        now: Time,
    ) -> Result<(), String> {
        let person = named(person)?;
        let id = id(accord)?;
        let mut told = self.suspended_towards(accord, now);
        let mut by = Vec::new();
        if self.resume_takes_two && !told.is_empty() {
            let still = |vote: &&Vote| may.is_none_or(|may| may.contains(&vote.by));
            let vote = self.standing.votes.get(accord).filter(|vote| vote.counts(now));
            match vote.filter(still) {
                None => {
                    let vote = Vote { by: person, at: now.unix_nanos() };
                    self.standing.votes.insert(accord.to_owned(), vote);
                    return Ok(());
                }
                Some(vote) if vote.by == person => {
                    return Err(format!("{person} said so already; a second person has to"));
                }
                Some(vote) => by.push(vote.by.clone()),
            }
        }
        by.push(person);
        let ended =
            self.policy.resume(id, self.policy.own(), now).map_err(|why| why.to_string())?;
        self.standing.suspended.retain(|known| known.accord != accord);
        self.standing.votes.remove(accord);
        let lifted = self.standing.lifted.entry(accord.to_owned()).or_default();
        lifted.extend(ended.iter().map(|one| Lifted::of(one, now)));
        told.extend(self.correspondence.suspends(id));
        let decided = Decided { ended, by, ..Decided::default() };
        self.correspondence.suspended(id, told, &decided, now);
        Ok(())
    }

    /// The entry of a suspension, a resumption or an approved text of ours that this note tells a partner of, with who
    /// decided it.
    pub(crate) fn decision(&self, note: &Note) -> Option<ledger::Entry> {
        let (by, words) = self.correspondence.decided(note)?;
        ::link::decision(note, by.to_vec(), words)
    }

    /// Who wants to resume `accord` at `now` and waits for a second person.
    pub(super) fn resume_by(&self, accord: &str, now: Time) -> Option<&str> {
        let vote = self.standing.votes.get(accord).filter(|vote| vote.counts(now));
        vote.map(|vote| vote.by.as_str())
    }

    /// From now on it takes two to resume: people prove who they are.
    pub(crate) fn set_resume_takes_two(&mut self) {
        self.resume_takes_two = true;
    }

    /// By which texts of the accords this party goes.
    pub(crate) fn set_texts(&mut self, texts: Vec<TextInForce>) {
        (self.texts, self.texts_due) = (texts, true);
    }

    /// The other parties of an accord are to know by which text this one goes, where people approved it.
    pub(super) fn tell_of_texts(&mut self, now: Time) {
        for TextInForce { accord, sha256, approved } in &self.texts {
            let Some((by, at)) = approved else { continue };
            let known = self.policy.accords().iter().find(|known| known.id == *accord);
            let others = known.into_iter().flat_map(|known| known.parties.iter().map(|p| p.id));
            self.correspondence.goes_by(*accord, others, (*sha256, by), *at, now);
        }
    }

    fn hold(&mut self, one: &Suspended) -> Result<(), String> {
        let by = self.policy.own();
        let towards = one.towards.as_ref().map(|party| party_of(&self.policy, &one.accord, party));
        let suspension = Suspension {
            by,
            towards: towards.transpose()?.map(|party| vec![party]),
            articles: None,
            from: Time::from_unix_nanos(one.from),
            until: None,
            reason: Some(format!("{}: {}", one.by, one.reason)),
        };
        self.policy.suspend(id(&one.accord)?, suspension).map_err(|why| why.to_string())
    }

    /// What outlasts a restart.
    pub(crate) fn standing(&self) -> Standing {
        let said = BASE64.encode(self.correspondence.encode(&self.policy));
        let epochs = self.all.iter().map(|p| (p.party.to_string(), p.feed.epoch()));
        let (own, stood) = (self.policy.own(), self.all.iter().zip(&self.stood));
        let stood = stood.map(|(p, stood)| (p.party.to_string(), stood.kept(own))).collect();
        let words = self.more_words_kept.iter();
        let more_words = words.map(|(to, entry)| (to.to_string(), entry.clone())).collect();
        let pairs = self.kept_pairs();
        let epochs = epochs.collect();
        Standing { said, epochs, stood, more_words, pairs, ..self.standing.clone() }
    }

    /// Nothing goes to anybody until the node starts with a record that it can read.
    pub(crate) fn withhold_all(&mut self, now: Time) -> Vec<Withdrawal> {
        self.policy = Policy::without_accords(self.policy.own());
        let reason = || "what is suspended cannot be read".to_owned();
        let all = self.all.iter().map(|partner| partner.party);
        all.map(|to| Withdrawal { to, reason: reason(), at: now, again: false }).collect()
    }

    /// Goes on at `now` with what stood before a restart. What is no accord of ours any more is
    /// kept: it grants nothing, and if it comes back it is still suspended.
    ///
    /// # Errors
    /// What was said cannot be read.
    pub(crate) fn take_up(
        &mut self,
        mut standing: Standing,
        now: Time,
    ) -> Result<Vec<Withdrawal>, String> {
        let said = std::mem::take(&mut standing.said);
        let said = BASE64.decode(said).map_err(|why| why.to_string())?;
        let taken = self.correspondence.take_up(&said, &mut self.policy, now);
        taken.map_err(|why| why.to_string())?;
        self.texts_due = true;
        self.lift_again(&mut standing, now);
        for one in &mut standing.suspended {
            // A clock that was set back must not wait until it is suspended again.
            one.from = one.from.min(now.unix_nanos());
            // An error says that there is no such accord.
            let _ = self.hold(one);
        }
        for partner in &mut self.all {
            if let Some(epoch) = standing.epochs.get(partner.party.as_str()) {
                partner.feed.begin_after(*epoch);
            }
        }
        self.take_up_pairs(std::mem::take(&mut standing.pairs), now);
        let words = std::mem::take(&mut standing.more_words).into_iter();
        let words = words.filter_map(|(to, entry)| Some((to.parse().ok()?, entry)));
        self.more_words_kept = words.collect();
        let withdrawn = self.settle_after(&std::mem::take(&mut standing.stood), now);
        self.standing = standing;
        Ok(withdrawn)
    }

    /// What was resumed of the texts' own suspensions is resumed again, and nothing that was written
    /// since. What a text has no more is forgotten.
    fn lift_again(&mut self, standing: &mut Standing, now: Time) {
        let own = self.policy.own();
        let is_known = |policy: &Policy, accord: &str| {
            policy.accords().iter().any(|known| known.id.as_str() == accord)
        };
        for (accord, lifted) in &mut standing.lifted {
            let Ok(id) = id(accord) else { continue };
            if is_known(&self.policy, accord) {
                let policy = &mut self.policy;
                lifted.retain(|one| {
                    let at = Time::from_unix_nanos(one.at).min(now);
                    let digest = u64::from_str_radix(&one.digest, 16).unwrap_or(0);
                    policy.resume_these(id, own, at, Some(&[digest])).is_ok()
                });
            }
        }
        for (accord, at) in std::mem::take(&mut standing.resumed) {
            let resumed = Time::from_unix_nanos(at).min(now);
            match id(&accord).map(|id| self.policy.resume(id, own, resumed)) {
                Ok(Ok(ended)) => {
                    let lifted = standing.lifted.entry(accord).or_default();
                    lifted.extend(ended.iter().map(|one| Lifted::of(one, resumed)));
                }
                _ if !is_known(&self.policy, &accord) => {
                    standing.resumed.insert(accord, at);
                }
                _ => {}
            }
        }
        standing.lifted.retain(|_, lifted| !lifted.is_empty());
    }
}

fn id(accord: &str) -> Result<AccordId, String> {
    accord.parse().map_err(|why: accord::NameError| why.to_string())
}

/// Another party of an accord, by its name.
fn party_of(policy: &Policy, accord: &str, name: &str) -> Result<PartyId, String> {
    let known = policy.accords().iter().find(|known| known.id.to_string() == accord);
    let known = known.ok_or_else(|| format!("there is no accord {accord}"))?;
    let mut others = known.parties.iter().map(|party| party.id).filter(|id| *id != policy.own());
    let found = others.find(|id| id.as_str() == name);
    found.ok_or_else(|| format!("{name} is no other party of {accord}"))
}

pub(super) fn named(person: &str) -> Result<String, String> {
    let name: String = person.trim().chars().take(TEXT_MAX).collect();
    if name.is_empty() { Err("say who you are".to_owned()) } else { Ok(name) }
}
