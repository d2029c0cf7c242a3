//! Status is derived, never stored: from the instruments and the time.
//!
//! Dates begin at 00:00:00 UTC; terms and periods of notice are calendar arithmetic in UTC (a month
//! after 31 January is the last day of February). A term's end is not part of it: an accord whose
//! term ended at midnight is not in force at 00:00:00.

use crate::{ArticleId, PartyId};
use jiff::{Span, Timestamp, civil::DateTime, tz::TimeZone};
use std::fmt;
use surveillance::Time;

/// What was done with an accord, and when.
#[derive(Debug, Clone, Default)]
pub struct Instruments {
    /// Whether signature, ratification, deposit are needed before it can be in force.
    pub requires: [bool; 3],
    /// Signature: when and where.
    pub signed: Option<(Time, Option<String>)>,
    /// Ratifications: who, when, by which body.
    pub ratified: Vec<(PartyId, Time, Option<String>)>,
    /// Deposits: who, when, with whom.
    pub deposited: Vec<(PartyId, Time, Option<String>)>,
    /// Entry into force.
    pub in_force: Option<Time>,
    /// A term's length.
    pub term: Option<Span>,
    /// What happens at its end.
    pub renewal: Renewal,
    /// A renewal's length, if not a term's.
    pub renewal_term: Option<Span>,
    /// Notice.
    pub notice: Option<NoticeRule>,
    /// Notices given: by whom, when, taken back when.
    pub notices: Vec<(PartyId, Time, Option<Time>)>,
    /// Suspensions.
    pub suspensions: Vec<Suspension>,
    /// End by act: when, by whom.
    pub termination: Option<(Time, Vec<PartyId>)>,
}

/// What happens at the end of a term.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Renewal {
    /// It ends.
    #[default]
    None,
    /// A new term begins unless notice was given in time.
    Automatic,
    /// A new term begins if one of these acts was done before the end; one act a renewal.
    ByAct(Vec<(Time, Option<String>)>),
}

/// How an accord is ended by notice.
#[derive(Debug, Clone, Default)]
pub struct NoticeRule {
    /// Who may give it; every party, if `None`.
    pub by: Option<Vec<PartyId>>,
    /// At least how long before the end of a term.
    pub before_end: Option<Span>,
    /// Without a term: how long after the notice it ends.
    pub ends_after: Option<Span>,
}

/// A suspension by one party; only it can resume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    /// By whom.
    pub by: PartyId,
    /// Towards whom; every other party, if `None`.
    pub towards: Option<Vec<PartyId>>,
    /// Of which articles; all, if `None`.
    pub articles: Option<Vec<ArticleId>>,
    /// From when.
    pub from: Time,
    /// Until when; `None` until it is resumed.
    pub until: Option<Time>,
    /// Why, if that was said.
    pub reason: Option<String>,
}

impl Suspension {
    /// Whether it holds at `now`.
    pub fn holds(&self, now: Time) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }

    /// Which one of a text it is, for a resumption that ends it: the 64-bit FNV-1a hash (Fowler, Noll, Vo;
    /// draft-eastlake-fnv) of all that it says, times in nanoseconds since 1970. The same in every copy of
    /// the text.
    pub fn digest(&self) -> u64 {
        let names = |names: Option<Vec<String>>| names.map_or("all".to_owned(), |n| n.join(","));
        let towards =
            self.towards.as_ref().map(|all| all.iter().map(ToString::to_string).collect());
        let articles =
            self.articles.as_ref().map(|all| all.iter().map(ToString::to_string).collect());
        let until = self.until.map_or("open".to_owned(), |until| until.unix_nanos().to_string());
        let (by, from) = (self.by, self.from.unix_nanos());
        let reason = self.reason.as_deref().unwrap_or_default();
        let text = format!("{by}|{}|{}|{from}|{until}|{reason}", names(towards), names(articles));
        text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        })
    }

    /// Whether it stops what flows from one party to the other under this article.
    pub fn stops(&self, from: PartyId, to: PartyId, article: ArticleId) -> bool {
        self.is_between(from, to)
            && self.articles.as_ref().is_none_or(|articles| articles.contains(&article))
    }

    /// Whether it stops anything that flows between the two.
    pub(crate) fn is_between(&self, one: PartyId, other: PartyId) -> bool {
        let towards = |other| self.towards.as_ref().is_none_or(|parties| parties.contains(&other));
        (self.by == one && towards(other)) || (self.by == other && towards(one))
    }
}

/// Where an accord is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Not signed.
    Draft,
    /// Signed; what is missing is not yet there.
    Signed {
        /// Who has not yet ratified.
        ratification_missing: Vec<PartyId>,
        /// Who has not yet deposited.
        deposit_missing: Vec<PartyId>,
    },
    /// All is there; it enters into force later, if that is known.
    Agreed {
        /// When.
        enters: Option<Time>,
    },
    /// In force.
    InForce {
        /// Since when.
        since: Time,
        /// Which term, from 1.
        term: u32,
        /// End of the running term; `None` without a term.
        term_ends: Option<Time>,
        /// When it ends, as known from the instruments so far.
        ends: Option<Time>,
    },
    /// It was in force and is no more.
    Ended {
        /// Since when.
        at: Time,
        /// Why.
        why: EndOfForce,
    },
}

/// Why an accord ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndOfForce {
    /// The term ended and was not renewed.
    Term,
    /// A party gave notice.
    Notice(PartyId),
    /// An act of the parties.
    Termination,
}

/// An instant at which something about an accord changes, for its timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// When.
    pub at: Time,
    /// What, in words.
    pub what: String,
}

/// An accord's life.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    parties: Vec<PartyId>,
    instruments: Instruments,
    /// How many of the suspensions are in the document; those after them were said since.
    written: usize,
    start: Option<Time>,
    end: Option<(Time, EndOfForce)>,
}

/// More terms than this are not followed: with a term of a day, 27 years.
const TERMS_MAX: u32 = 10_000;

impl Lifecycle {
    /// Works out when it is in force.
    pub fn new(parties: Vec<PartyId>, instruments: Instruments) -> Self {
        let written = instruments.suspensions.len();
        let mut life = Self { parties, instruments, written, start: None, end: None };
        life.start = life.work_out_start();
        life.end = life.start.and_then(|start| life.work_out_end(start));
        life
    }

    /// What was done with it.
    pub fn instruments(&self) -> &Instruments {
        &self.instruments
    }

    /// From when until when it is in force, as the instruments say: `None` until the last one that
    /// it needs is there. The end is not included; `None` for no known end.
    pub fn in_force(&self) -> Option<(Time, Option<Time>)> {
        let start = self.start?;
        let end = self.end.as_ref().map(|(at, _)| *at);
        end.is_none_or(|end| start < end).then_some((start, end))
    }

    /// Whether it is in force at `now`.
    pub fn is_in_force(&self, now: Time) -> bool {
        self.in_force().is_some_and(|(start, end)| start <= now && end.is_none_or(|end| now < end))
    }

    /// Where it is in its life at `now`, by what was done by then; what is written for later counts
    /// only as an announced entry into force or end.
    pub fn status(&self, now: Time) -> Status {
        if let Some((since, end)) = self.in_force()
            && since <= now
        {
            return match (&self.end, end) {
                (Some((at, why)), Some(end)) if end <= now => {
                    Status::Ended { at: *at, why: why.clone() }
                }
                _ => {
                    let (term, term_ends) = self.term_at(since, now);
                    Status::InForce { since, term, term_ends, ends: end }
                }
            };
        }
        let by_now = |time: Time| time <= now;
        if !self.instruments.signed.as_ref().is_some_and(|(at, _)| by_now(*at)) {
            return Status::Draft;
        }
        let missing = |needed: bool, done: &[(PartyId, Time, Option<String>)]| {
            let undone = |party: &&PartyId| !done.iter().any(|d| d.0 == **party && by_now(d.1));
            let parties = self.parties.iter().filter(undone).copied();
            if needed { parties.collect() } else { Vec::new() }
        };
        let [_, ratification, deposit] = self.instruments.requires;
        let ratification_missing = missing(ratification, &self.instruments.ratified);
        let deposit_missing = missing(deposit, &self.instruments.deposited);
        if ratification_missing.is_empty() && deposit_missing.is_empty() {
            Status::Agreed { enters: self.in_force().map(|(start, _)| start) }
        } else {
            Status::Signed { ratification_missing, deposit_missing }
        }
    }

    /// Every suspension that is in the document, and after them those that were said since.
    pub fn suspensions(&self) -> &[Suspension] {
        &self.instruments.suspensions
    }

    /// As another reading of the same accord has it.
    pub(crate) fn suspend_as(&mut self, other: &Self) {
        self.instruments.suspensions.clone_from(&other.instruments.suspensions);
        self.written = other.written;
    }

    /// Adds a suspension.
    pub(crate) fn suspend(&mut self, suspension: Suspension) {
        self.instruments.suspensions.push(suspension);
    }

    /// A party's node says that it suspends. Of each there is one such: said again while it holds,
    /// it changes nothing, and after its end it takes the place of the last.
    pub(crate) fn suspend_as_said(&mut self, suspension: Suspension) {
        let said = self.instruments.suspensions[self.written..].iter_mut();
        match said.into_iter().find(|said| said.by == suspension.by) {
            Some(said) if said.until.is_none() => {}
            Some(said) => *said = suspension,
            None => self.instruments.suspensions.push(suspension),
        }
    }

    /// Ends at `at` every suspension by `by` that was said, and of those in the document the ones with
    /// these digests, or, if they are not known, all that hold then. One that is written to begin later
    /// stays: who resumed at `at` did not speak of it. Those in the document that it ended, as they are
    /// there; `None` if there was nothing to end.
    pub(crate) fn resume(
        &mut self,
        by: PartyId,
        at: Time,
        these: Option<&[u64]>,
    ) -> Option<Vec<Suspension>> {
        let written = self.written;
        let (mut found, mut ended) = (false, Vec::new());
        for (index, s) in self.instruments.suspensions.iter_mut().enumerate() {
            let begun = match these {
                // What was said before, by a clock that was ahead then, is resumed all the same.
                _ if index >= written => true,
                Some(these) => these.contains(&s.digest()),
                None => s.from <= at,
            };
            if s.by == by && begun && s.until.is_none_or(|until| at < until) {
                if index < written {
                    ended.push(s.clone());
                }
                s.until = Some(at.max(s.from));
                found = true;
            }
        }
        found.then_some(ended)
    }

    /// Every instant at which standing changes, earliest first, without doubles.
    pub fn changes(&self) -> Vec<Time> {
        let mut at: Vec<Time> = self
            .in_force()
            .into_iter()
            .flat_map(|(start, end)| std::iter::once(start).chain(end))
            .chain(self.suspensions().iter().flat_map(|s| std::iter::once(s.from).chain(s.until)))
            .collect();
        at.sort_unstable();
        at.dedup();
        at
    }

    /// The instruments and what follows from them, in order of time; of automatic renewals the ones
    /// up to `horizon`, with the last day for notice.
    pub fn milestones(&self, horizon: Time) -> Vec<Milestone> {
        let mut list = Vec::new();
        let mut add = |at, what: String| list.push(Milestone { at, what });
        let i = &self.instruments;
        let by = |words: &Option<String>| {
            words.as_ref().map_or_else(String::new, |words| format!(" ({words})"))
        };
        if let Some((at, place)) = &i.signed {
            add(*at, format!("signed{}", by(place)));
        }
        for (party, at, body) in &i.ratified {
            add(*at, format!("ratified by {party}{}", by(body)));
        }
        for (party, at, with) in &i.deposited {
            add(*at, format!("deposited by {party}{}", by(with)));
        }
        if let Some((start, end)) = self.in_force() {
            add(start, "in force".into());
            let horizon = end.map_or(horizon, |end| end.min(horizon));
            for n in 1..TERMS_MAX {
                let Some(term_end) = self.term_end(start, n) else { break };
                if term_end > horizon {
                    break;
                }
                if let Some(deadline) = self.notice_deadline(term_end) {
                    add(deadline, format!("last instant for notice before the end of term {n}"));
                }
                if end != Some(term_end) {
                    add(term_end, format!("renewed: term {} begins", n + 1));
                }
            }
        }
        if let Renewal::ByAct(acts) = &i.renewal {
            for (at, body) in acts {
                add(*at, format!("act of renewal{}", by(body)));
            }
        }
        for (party, at, withdrawn) in &i.notices {
            add(*at, format!("notice given by {party}"));
            if let Some(at) = withdrawn {
                add(*at, format!("notice withdrawn by {party}"));
            }
        }
        for s in &i.suspensions {
            let what = if s.articles.is_some() { "suspended in part" } else { "suspended" };
            let towards = s.towards.as_ref().map_or_else(String::new, |parties| {
                format!(" towards {}", crate::explain::list(parties))
            });
            add(s.from, format!("{what} by {}{towards}{}", s.by, by(&s.reason)));
            if let Some(until) = s.until {
                add(until, format!("resumed by {}{towards}", s.by));
            }
        }
        if let Some((at, why)) = &self.end {
            add(*at, format!("ended: {why}"));
        }
        list.sort_by_key(|milestone| milestone.at);
        list
    }

    fn work_out_start(&self) -> Option<Time> {
        let i = &self.instruments;
        let [signature, ratification, deposit] = i.requires;
        let mut start = i.in_force?;
        if signature {
            start = start.max(i.signed.as_ref()?.0);
        }
        for (needed, done) in [(ratification, &i.ratified), (deposit, &i.deposited)] {
            for party in self.parties.iter().filter(|_| needed) {
                let at = done.iter().filter(|d| d.0 == *party).map(|d| d.1).min()?;
                start = start.max(at);
            }
        }
        Some(start)
    }

    fn work_out_end(&self, start: Time) -> Option<(Time, EndOfForce)> {
        let by_term = self.end_of_terms(start);
        let by_notice = self.end_without_term();
        let terminated = self.instruments.termination.as_ref();
        let by_act = terminated.map(|(at, _)| (*at, EndOfForce::Termination));
        by_act.into_iter().chain(by_term).chain(by_notice).min_by_key(|(at, _)| *at)
    }

    /// The end of the first term that is not followed by another.
    fn end_of_terms(&self, start: Time) -> Option<(Time, EndOfForce)> {
        self.instruments.term?;
        let mut acts: Vec<Time> = match &self.instruments.renewal {
            Renewal::ByAct(acts) => acts.iter().map(|(at, _)| *at).collect(),
            _ => Vec::new(),
        };
        acts.sort_unstable();
        let mut acts = acts.into_iter();
        let mut n = 1;
        while let Some(end) = self.term_end(start, n) {
            match &self.instruments.renewal {
                Renewal::None => return Some((end, EndOfForce::Term)),
                Renewal::Automatic => {
                    if let Some(party) = self.notice_against(end) {
                        return Some((end, EndOfForce::Notice(party)));
                    }
                }
                // An act that comes after the end revives nothing.
                Renewal::ByAct(_) => {
                    if acts.next().is_none_or(|act| act >= end) {
                        return Some((end, EndOfForce::Term));
                    }
                }
            }
            // Every notice was early enough for this end and none stood: there is no other.
            let deadline = self.notice_deadline(end);
            let judged = deadline.is_none_or(|deadline| {
                self.instruments.notices.iter().all(|(_, at, _)| *at <= deadline)
            });
            let settled = matches!(self.instruments.renewal, Renewal::Automatic) && judged;
            n += 1;
            if settled || n > TERMS_MAX {
                return None;
            }
        }
        // A term whose end the calendar cannot hold: beyond any date that matters.
        None
    }

    /// Who gave, and did not take back, notice early enough to end a term at `end`. A notice too
    /// late for one term's end is in time for the next.
    fn notice_against(&self, end: Time) -> Option<PartyId> {
        let deadline = self.notice_deadline(end)?;
        let stands = |(party, at, withdrawn): &&(PartyId, Time, Option<Time>)| {
            *at <= deadline
                && withdrawn.is_none_or(|withdrawn| withdrawn > end)
                && self.may_give_notice(*party)
        };
        self.instruments.notices.iter().find(stands).map(|(party, ..)| *party)
    }

    fn may_give_notice(&self, party: PartyId) -> bool {
        let rule = self.instruments.notice.as_ref().and_then(|rule| rule.by.as_ref());
        rule.is_none_or(|by| by.contains(&party))
    }

    fn notice_deadline(&self, end: Time) -> Option<Time> {
        let before = self.instruments.notice.as_ref()?.before_end?;
        shifted(end, before.negate())
    }

    fn end_without_term(&self) -> Option<(Time, EndOfForce)> {
        let after = self.instruments.notice.as_ref()?.ends_after?;
        let ends = |(party, at, withdrawn): &(PartyId, Time, Option<Time>)| {
            let end = shifted(*at, after)?;
            let stands = withdrawn.is_none_or(|withdrawn| withdrawn >= end);
            (stands && self.may_give_notice(*party)).then_some((end, EndOfForce::Notice(*party)))
        };
        self.instruments.notices.iter().filter_map(ends).min_by_key(|(at, _)| *at)
    }

    /// End of the `n`th term, from 1: counted from the start, so that an end of February does not
    /// wander.
    fn term_end(&self, start: Time, n: u32) -> Option<Time> {
        let term = self.instruments.term?;
        let renewal = self.instruments.renewal_term.unwrap_or(term);
        let renewals = renewal.checked_mul(i64::from(n) - 1).ok()?;
        if self.instruments.renewal_term.is_none() {
            return shifted(start, term.checked_mul(i64::from(n)).ok()?);
        }
        shifted(shifted(start, term)?, renewals)
    }

    fn term_at(&self, start: Time, now: Time) -> (u32, Option<Time>) {
        let mut n = 1;
        while let Some(end) = self.term_end(start, n) {
            if now < end || n == TERMS_MAX {
                return (n, Some(end));
            }
            n += 1;
        }
        (n, None)
    }
}

/// `time` moved by calendar arithmetic in UTC; `None` beyond the calendar.
pub(crate) fn shifted(time: Time, by: Span) -> Option<Time> {
    let stamp = Timestamp::from_nanosecond(i128::from(time.unix_nanos())).ok()?;
    let civil: DateTime = TimeZone::UTC.to_datetime(stamp);
    let moved = civil.checked_add(by).ok()?;
    let stamp = TimeZone::UTC.to_timestamp(moved).ok()?;
    i64::try_from(stamp.as_nanosecond()).ok().map(Time::from_unix_nanos)
}

impl fmt::Display for EndOfForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EndOfForce::Term => f.write_str("its term ended"),
            EndOfForce::Notice(party) => write!(f, "its term ended after notice by {party}"),
            EndOfForce::Termination => f.write_str("terminated"),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = crate::explain::list;
        match self {
            Status::Draft => f.write_str("draft: not signed"),
            Status::Signed { ratification_missing, deposit_missing } => {
                f.write_str("signed")?;
                if !ratification_missing.is_empty() {
                    write!(f, "; not yet ratified by {}", list(ratification_missing))?;
                }
                if !deposit_missing.is_empty() {
                    write!(f, "; not yet deposited by {}", list(deposit_missing))?;
                }
                Ok(())
            }
            Status::Agreed { enters: Some(at) } => write!(f, "agreed; enters into force {at}"),
            Status::Agreed { enters: None } => f.write_str("agreed; entry into force not set"),
            Status::InForce { since, term, term_ends, ends } => {
                write!(f, "in force since {since}")?;
                match (term_ends, ends) {
                    (_, Some(end)) => write!(f, ", ends {end}"),
                    (Some(end), None) => write!(f, ", term {term} runs until {end}"),
                    (None, None) => f.write_str(", without a term"),
                }
            }
            Status::Ended { at, why } => write!(f, "ended {at}: {why}"),
        }
    }
}
