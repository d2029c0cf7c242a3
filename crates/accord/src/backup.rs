//! Standing in for a party whose node is silent, as an article on back-up says.
//!
//! A machine proposes and counts; people confirm. Who stands in follows from the parties' words
//! alone: the last word of each that is younger than the last hand-back, and of several the one that
//! the article names first. So there is never more than one, and nodes that have heard the same
//! words name the same.

use crate::gate;
use crate::model::{BackupClause, Clause};
use crate::note::{Note, Says, StandInWord};
use crate::request::named;
use crate::telling::{Telling, Told};
use crate::{Area, ArticleRef, PartyId, Policy};
use std::collections::BTreeMap;
use surveillance::Time;

/// Seconds without a word after which a party that sends every second counts as silent at all.
const PAUSE_S: f64 = 10.0;
/// Seconds that a party must be back before its area is given back to it: its tracks are paired
/// with ours by then.
pub const SETTLING_S: f64 = 10.0;

/// How far ahead of its time the number of a word counts at most, seconds: enough for clocks that
/// differ, and no word is the last for ever.
const SERIAL_AHEAD_S: f64 = 600.0;

/// What is known about one article on back-up.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Duty {
    /// The last word of each kind of each party that may stand in.
    pub(crate) words: BTreeMap<(PartyId, StandInWord), Word>,
    /// Who confirmed what is proposed now, in order.
    pub(crate) confirmed: Vec<String>,
    /// Since when the party is silent, if it is.
    silent: Option<Time>,
    /// Since when it is back, if it was silent.
    back: Option<Time>,
}

/// A party's word on standing in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    pub(crate) note: Note,
    pub(crate) telling: Telling,
}

impl Word {
    fn serial(&self) -> i64 {
        serial(&self.note)
    }
}

fn serial(note: &Note) -> i64 {
    let latest = note.at.plus_seconds(SERIAL_AHEAD_S).unix_nanos();
    match note.says {
        Says::StandIn { serial, .. } => serial.min(latest),
        _ => i64::MIN,
    }
}

impl Duty {
    fn serial(&self, party: PartyId, word: StandInWord) -> Option<i64> {
        self.words.get(&(party, word)).map(Word::serial)
    }
}

/// All articles on back-up that concern one party.
#[derive(Debug, Clone)]
pub(crate) struct BackUps {
    own: PartyId,
    pub(crate) duties: BTreeMap<ArticleRef, Duty>,
    /// When each party was last heard.
    heard: BTreeMap<PartyId, Time>,
}

/// How one article on back-up stands.
#[derive(Debug, Clone)]
pub struct BackUpView {
    /// The article.
    pub article: ArticleRef,
    /// Whose duty.
    pub of: PartyId,
    /// Who may stand in, first choice first.
    pub by: Vec<PartyId>,
    /// Where.
    pub area: Area,
    /// Since when the party is silent.
    pub silent_since: Option<Time>,
    /// Who stands in, since when, and who confirmed it.
    pub stand_in: Option<(PartyId, Time, Vec<String>)>,
    /// What people are asked to confirm here.
    pub proposed: Option<Proposal>,
    /// Names needed.
    pub needed: u8,
    /// Names given here so far, in order.
    pub confirmed: Vec<String>,
    /// Why nothing can be confirmed here now, in words.
    pub waits: Option<String>,
}

/// What people are asked to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposal {
    /// Take over.
    TakeOver,
    /// Hand back.
    HandBack,
}

impl BackUps {
    pub(crate) fn new(own: PartyId) -> Self {
        Self { own, duties: BTreeMap::new(), heard: BTreeMap::new() }
    }

    /// `party` spoke.
    pub(crate) fn heard(&mut self, party: PartyId, now: Time) {
        let last = self.heard.entry(party).or_insert(now);
        *last = now.max(*last);
    }

    /// Takes a partner's word; `false` if it cannot be: from who may not stand in, or of fewer
    /// people than the article asks for.
    pub(crate) fn hear(&mut self, note: Note, policy: &Policy) -> bool {
        let Says::StandIn { article, word, by, .. } = &note.says else { return false };
        let Ok(clause) = gate::backup(policy, *article) else { return false };
        if !clause.by.contains(&note.from) || by.len() > crate::note::NAMES_MAX {
            return false;
        }
        let mut people: Vec<&String> = Vec::new();
        for name in by.iter().filter(|name| !name.trim().is_empty()) {
            if !people.iter().any(|known| same_person(known, name)) {
                people.push(name);
            }
        }
        let needed = match word {
            StandInWord::Passed => 1,
            _ => usize::from(clause.confirmations),
        };
        if people.len() < needed {
            return false;
        }
        let (key, serial) = ((note.from, *word), serial(&note));
        let duty = self.duties.entry(*article).or_default();
        let known = duty.words.get(&key).map(|word| (word.serial(), &word.note));
        if known.is_none_or(|known| known < (serial, &note)) {
            duty.words.insert(key, Word { note, telling: Telling::default() });
        }
        true
    }

    /// Puts back what was kept before a restart.
    pub(crate) fn restore(&mut self, note: Note, telling: Telling) {
        if let Says::StandIn { article, word, .. } = &note.says {
            let duty = self.duties.entry(*article).or_default();
            duty.words.insert((note.from, *word), Word { note, telling });
        }
    }

    /// When those parties were last heard that are silent now: what a restart must not forget.
    pub(crate) fn silent(&self, policy: &Policy) -> BTreeMap<PartyId, Time> {
        let silent = |(article, clause): (ArticleRef, &BackupClause)| {
            self.duties.get(&article)?.silent.map(|since| (clause.of, since))
        };
        clauses(policy).filter_map(silent).collect()
    }

    /// Looks at who is silent at `now`, and lets go what was confirmed of a proposal that is over.
    pub(crate) fn advance(&mut self, policy: &Policy, now: Time) {
        for (article, clause) in clauses(policy) {
            if clause.of == self.own {
                continue;
            }
            // Nobody is silent before there was time to hear him.
            let heard = *self.heard.entry(clause.of).or_insert(now);
            for party in &clause.by {
                self.heard.entry(*party).or_insert(now);
            }
            let duty = self.duties.entry(article).or_default();
            if now.seconds_since(heard) >= PAUSE_S {
                duty.silent = duty.silent.or(Some(heard));
                duty.back = None;
            } else if duty.silent.is_some_and(|silent| heard > silent) {
                duty.silent = None;
                duty.back = Some(heard);
            }
            if self.proposed(article, clause, policy, now).is_err()
                && let Some(duty) = self.duties.get_mut(&article)
            {
                duty.confirmed.clear();
            }
        }
    }

    /// Who stands in under an article at `now`.
    pub(crate) fn stand_in(
        &self,
        article: ArticleRef,
        clause: &BackupClause,
        policy: &Policy,
        now: Time,
    ) -> Option<(PartyId, &Note)> {
        let duty = self.duties.get(&article)?;
        // Who never took over has nothing to give back, in whatever order the two were heard.
        let back = |party: &PartyId| {
            duty.serial(*party, StandInWord::TakenOver)?;
            duty.serial(*party, StandInWord::HandedBack)
        };
        let given_back = clause.by.iter().filter_map(back).max();
        let stands = |party: &&PartyId| {
            let taken = duty.serial(**party, StandInWord::TakenOver);
            taken.is_some_and(|taken| given_back.is_none_or(|back| taken > back))
                && gate::is_open(policy, article, (**party, clause.of), now).is_ok()
        };
        let party = *clause.by.iter().find(stands)?;
        Some((party, &duty.words.get(&(party, StandInWord::TakenOver))?.note))
    }

    /// What is to be confirmed here at `now`, or why nothing is, in words; empty where all is well.
    fn proposed(
        &self,
        article: ArticleRef,
        clause: &BackupClause,
        policy: &Policy,
        now: Time,
    ) -> Result<Proposal, String> {
        let (own, of) = (self.own, clause.of);
        let none = Duty::default();
        let duty = self.duties.get(&article).unwrap_or(&none);
        if !clause.by.contains(&own) {
            return Err(String::new());
        }
        gate::is_open(policy, article, (own, of), now)?;
        if let Some((party, _)) = self.stand_in(article, clause, policy, now) {
            if party != own {
                return Err(format!("{party} stands in"));
            }
            return match (duty.silent, duty.back) {
                (None, Some(back)) if now.seconds_since(back) < SETTLING_S => Err(format!(
                    "{of} is back; its tracks are being paired until {}",
                    back.plus_seconds(SETTLING_S)
                )),
                (None, _) => Ok(Proposal::HandBack),
                (Some(_), _) => Err(format!("{of} is still silent")),
            };
        }
        let Some(silent) = duty.silent else { return Err(String::new()) };
        if now.seconds_since(silent) < clause.silent_s {
            let from = silent.plus_seconds(clause.silent_s);
            return Err(format!("{of} is silent; a take-over may be proposed from {from} on"));
        }
        for earlier in clause.by.iter().take_while(|party| **party != own) {
            let quiet = self
                .heard
                .get(earlier)
                .is_none_or(|heard| now.seconds_since(*heard) >= clause.silent_s);
            let passed = duty.serial(*earlier, StandInWord::Passed);
            let passed = passed.is_some_and(|serial| serial >= silent.unix_nanos());
            if !quiet && !passed {
                return Err(format!("{article} names {earlier} first"));
            }
        }
        Ok(Proposal::TakeOver)
    }

    /// One person confirms what is proposed. What was done, once enough have.
    pub(crate) fn confirm(
        &mut self,
        article: ArticleRef,
        proposal: Proposal,
        by: &str,
        policy: &Policy,
        now: Time,
    ) -> Result<Option<Proposal>, String> {
        let clause = gate::backup(policy, article)?;
        let proposed = self.proposed(article, clause, policy, now).map_err(|why| match why {
            why if why.is_empty() => "there is nothing to confirm".to_owned(),
            why => why,
        })?;
        if proposed != proposal {
            return Err("something else is proposed by now; look again".to_owned());
        }
        let by = named(by)?;
        let needed = usize::from(clause.confirmations);
        let duty = self.duties.entry(article).or_default();
        if duty.confirmed.iter().any(|known| same_person(known, &by)) {
            return Err(format!("{by} has confirmed already; somebody else has to"));
        }
        duty.confirmed.push(by);
        if duty.confirmed.len() < needed {
            return Ok(None);
        }
        let by = std::mem::take(&mut duty.confirmed);
        let word = match proposal {
            Proposal::TakeOver => StandInWord::TakenOver,
            Proposal::HandBack => StandInWord::HandedBack,
        };
        self.say(article, word, by, now);
        Ok(Some(proposal))
    }

    /// Leaves it to the next in the article's order.
    pub(crate) fn pass(
        &mut self,
        article: ArticleRef,
        by: &str,
        policy: &Policy,
        now: Time,
    ) -> Result<(), String> {
        let clause = gate::backup(policy, article)?;
        if self.proposed(article, clause, policy, now) != Ok(Proposal::TakeOver) {
            return Err("there is nothing to pass on".to_owned());
        }
        self.say(article, StandInWord::Passed, vec![named(by)?], now);
        Ok(())
    }

    fn say(&mut self, article: ArticleRef, word: StandInWord, by: Vec<String>, now: Time) {
        let duty = self.duties.entry(article).or_default();
        let last = duty.words.values().map(Word::serial).max();
        // Above whatever was heard, however far a partner's clock is ahead.
        let serial = last.map_or(i64::MIN, |last| last.saturating_add(1)).max(now.unix_nanos());
        let says = Says::StandIn { article, serial, word, by };
        let note = Note { from: self.own, to: self.own, at: now, says };
        duty.words.insert((self.own, word), Word { note, telling: Telling::default() });
    }

    /// What is to be told at `now` and may be: every party to the accord learns who stands in.
    pub(crate) fn tell(&mut self, policy: &Policy, now: Time, out: &mut Told) {
        let own = self.own;
        for (&article, duty) in &mut self.duties {
            let Ok(accord) = gate::accord(policy, article.accord) else { continue };
            for (_, word) in duty.words.iter_mut().filter(|((by, _), _)| *by == own) {
                let may = |to: &PartyId| {
                    *to != own && gate::is_open(policy, article, (own, *to), now).is_ok()
                };
                let others = accord.parties.iter().map(|party| party.id).filter(may);
                word.telling.tell(|to| word.note.copy_for(to), others, &[article], now, out);
            }
        }
    }

    /// Every own word that may have to be told again.
    pub(crate) fn tellings(&mut self) -> impl Iterator<Item = (ArticleRef, &mut Telling)> {
        let own = self.own;
        self.duties.iter_mut().flat_map(move |(article, duty)| {
            let ours = duty.words.iter_mut().filter(move |((by, _), _)| *by == own);
            ours.map(move |(_, word)| (*article, &mut word.telling))
        })
    }

    /// Every article on back-up in force, in order.
    pub(crate) fn views(&self, policy: &Policy, now: Time) -> Vec<BackUpView> {
        let stands = |(article, _): &(ArticleRef, &BackupClause)| {
            gate::accord(policy, article.accord).is_ok_and(|a| gate::in_force(a, now).is_ok())
        };
        let view = |(article, clause): (ArticleRef, &BackupClause)| {
            let duty = self.duties.get(&article);
            let proposed = self.proposed(article, clause, policy, now);
            let stand_in = self.stand_in(article, clause, policy, now);
            BackUpView {
                article,
                of: clause.of,
                by: clause.by.clone(),
                area: clause.area.clone(),
                silent_since: duty.and_then(|duty| duty.silent).filter(|_| clause.of != self.own),
                stand_in: stand_in.map(|(party, note)| {
                    let by = match &note.says {
                        Says::StandIn { by, .. } => by.clone(),
                        _ => Vec::new(),
                    };
                    (party, note.at, by)
                }),
                proposed: proposed.as_ref().ok().copied(),
                needed: clause.confirmations,
                confirmed: duty.map(|duty| duty.confirmed.clone()).unwrap_or_default(),
                waits: proposed.err().filter(|why| !why.is_empty()),
            }
        };
        clauses(policy).filter(stands).map(view).collect()
    }
}

/// The articles on back-up in every accord, in order.
fn clauses(policy: &Policy) -> impl Iterator<Item = (ArticleRef, &BackupClause)> {
    policy.accords().iter().flat_map(|accord| {
        accord.articles.iter().filter_map(|article| match &article.clause {
            Clause::Backup(clause) => {
                Some((ArticleRef { accord: accord.id, article: article.id }, clause))
            }
            _ => None,
        })
    })
}

/// Whether two names are one person's: case and spaces do not make two people of one.
fn same_person(a: &str, b: &str) -> bool {
    let plain =
        |name: &str| name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
    plain(a) == plain(b)
}
