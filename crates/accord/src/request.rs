//! Requests and what was said to them.
//!
//! A case is a request and the notes about it, each kept once by who said it and which it is. What
//! the case says follows from the set of notes and the time alone, so that nodes which have heard
//! the same notes, in any order, show the same. A machine says two things of its own: that a request
//! arrived, and that an answer was not there when it was due.

use crate::gate;
use crate::note::{
    Answer, INCIDENT_MAX, NAME_MAX, Note, PARTIES_MAX, REQUEST_TEXT_MAX, Request, RequestId,
    SERIALS_MAX, Says, WORDS_MAX, tidy,
};
use crate::telling::{Telling, Told};
use crate::{ArticleRef, PartyId, Policy, Purpose};
use std::collections::BTreeMap;
use std::time::Duration;
use surveillance::Time;

/// Bytes of notes kept of all parties together; each party has an equal share.
pub(crate) const KEPT_BYTES_MAX: usize = 400 << 10;
/// Requests that a party has spoken about and that have not come, at most.
const ORPHANS_MAX: usize = 16;
/// Seconds that what was said of a request waits for the request itself.
const ORPHAN_S: f64 = 86_400.0;

/// Which note about a request it is; one of each of every party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Request,
    Receipt,
    Answer(u32),
    Report(u32),
    Withdrawal,
    Silence,
}

/// A note that is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) note: Note,
    /// When it was heard here, or said.
    pub(crate) heard: Time,
    /// To whom it was told.
    pub(crate) telling: Telling,
    bytes: usize,
}

/// A request and what was said to it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Case {
    pub(crate) notes: BTreeMap<(PartyId, Part), Kept>,
    /// Parties that said one thing in two ways.
    pub(crate) contradicted: std::collections::BTreeSet<PartyId>,
}

/// All requests that one party's node knows.
#[derive(Debug, Clone)]
pub(crate) struct Requests {
    own: PartyId,
    pub(crate) cases: BTreeMap<RequestId, Case>,
    pub(crate) last_number: u32,
    /// Cases that made place for newer ones.
    pub(crate) dropped: u64,
    share: usize,
}

/// What a person wants to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Under which article.
    pub article: ArticleRef,
    /// For what.
    pub purpose: Purpose,
    /// In words.
    pub text: String,
    /// The incident it concerns.
    pub incident: Option<String>,
    /// Of whom.
    pub of: Vec<PartyId>,
    /// How soon an answer is wanted, where that is sooner than the article's own time.
    pub answer_within: Option<Duration>,
    /// The person or position that asks.
    pub by: String,
}

/// What a person says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// In words.
    pub words: String,
    /// The person or position that says so.
    pub by: String,
}

impl Reply {
    fn tidied(&self) -> Result<Self, String> {
        Ok(Self { words: tidy(&self.words, WORDS_MAX)?, by: named(&self.by)? })
    }
}

pub(crate) fn named(by: &str) -> Result<String, String> {
    let by = tidy(by, NAME_MAX)?.replace('\n', " ");
    if by.is_empty() { Err("say who you are".to_owned()) } else { Ok(by) }
}

impl Case {
    pub(crate) fn request(&self) -> Option<(&Request, Time)> {
        self.notes.values().find_map(|kept| match &kept.note.says {
            Says::Request(request) => Some((request, kept.note.at)),
            _ => None,
        })
    }

    /// When the request was heard here.
    fn heard(&self) -> Option<Time> {
        let request = |kept: &&Kept| matches!(kept.note.says, Says::Request(_));
        self.notes.values().find(request).map(|kept| kept.heard)
    }

    pub(crate) fn answered(&self, party: PartyId) -> bool {
        self.notes.keys().any(|(by, part)| *by == party && matches!(part, Part::Answer(_)))
    }

    /// When a first answer of that party was heard here.
    pub(crate) fn heard_answer(&self, party: PartyId) -> Option<Time> {
        let answers = self
            .notes
            .iter()
            .filter(|((by, part), _)| *by == party && matches!(part, Part::Answer(_)));
        answers.map(|(_, kept)| kept.heard).min()
    }

    fn withdrawn(&self) -> bool {
        let Some((request, _)) = self.request() else { return false };
        self.notes.contains_key(&(request.id.by, Part::Withdrawal))
    }

    /// Whether nobody is waited for any more.
    fn settled(&self, now: Time) -> bool {
        self.request().is_some_and(|(request, _)| {
            let done = |party: &PartyId| self.answered(*party);
            now >= request.due || self.withdrawn() || request.asked.iter().all(done)
        })
    }
}

impl Requests {
    /// None known. `partners` share the bound with `own`.
    pub(crate) fn new(own: PartyId, partners: usize) -> Self {
        let share = KEPT_BYTES_MAX / (partners + 1);
        Self { own, cases: BTreeMap::new(), last_number: 0, dropped: 0, share }
    }

    /// None known, with the same bounds.
    pub(crate) fn emptied(&self) -> Self {
        Self { cases: BTreeMap::new(), last_number: 0, dropped: 0, ..*self }
    }

    /// Asks, or says why that cannot be.
    pub(crate) fn raise(
        &mut self,
        wish: &Wish,
        policy: &Policy,
        now: Time,
    ) -> Result<RequestId, String> {
        let own = self.own;
        let clause = gate::assistance(policy, wish.article)?;
        gate::in_force(gate::accord(policy, wish.article.accord)?, now)?;
        if !clause.from.contains(&own) {
            return Err(format!("{own} may not ask under {}", wish.article));
        }
        if !clause.purposes.contains(&wish.purpose) {
            let allowed = crate::explain::list(&clause.purposes);
            let article = wish.article;
            return Err(format!("{article} is for {allowed}, not for {}", wish.purpose));
        }
        let text = tidy(&wish.text, REQUEST_TEXT_MAX)?;
        if text.is_empty() {
            return Err("say what you ask for".to_owned());
        }
        let mut asked = wish.of.clone();
        asked.sort_unstable();
        asked.dedup();
        if asked.is_empty() || asked.len() > PARTIES_MAX {
            return Err("say whom you ask".to_owned());
        }
        for party in &asked {
            if *party == own || !clause.to.contains(party) {
                return Err(format!("{party} cannot be asked under {}", wish.article));
            }
            gate::is_open(policy, wish.article, (own, *party), now)?;
        }
        let incident = wish.incident.as_deref().map(|name| tidy(name, INCIDENT_MAX)).transpose()?;
        let seconds = now.unix_millis().div_euclid(1000).clamp(0, i64::from(u32::MAX)) as u32;
        let number = seconds.max(self.last_number.saturating_add(1));
        let id = RequestId { by: own, number };
        let within = wish.answer_within.unwrap_or(clause.answer_within);
        if within.is_zero() || within > clause.answer_within {
            let article = wish.article;
            return Err(format!(
                "{article} gives {} for an answer; ask for one within that time",
                in_words(clause.answer_within)
            ));
        }
        let due = due(now, within).ok_or("an answer would never be due")?;
        let mut audience = asked.clone();
        audience.push(own);
        if gate::accord(policy, wish.article.accord)?.parties.len() > 2 {
            let others = clause.from.iter().chain(&clause.to);
            let open =
                |party: &&PartyId| gate::is_open(policy, wish.article, (own, **party), now).is_ok();
            audience.extend(others.filter(open));
        }
        audience.sort_unstable();
        audience.dedup();
        let request = Request {
            id,
            article: wish.article,
            purpose: wish.purpose,
            text,
            incident: incident.filter(|name| !name.is_empty()),
            asked,
            audience,
            by: named(&wish.by)?,
            due,
        };
        if !self.say(id, Part::Request, Says::Request(request), now) {
            return Err("too many requests wait for an answer; withdraw one".to_owned());
        }
        self.last_number = number;
        Ok(id)
    }

    /// Answers a request that asks this party.
    pub(crate) fn answer(
        &mut self,
        id: RequestId,
        answer: Answer,
        reply: &Reply,
        now: Time,
    ) -> Result<(), String> {
        let (request, _) = self.known(id)?;
        if !request.asked.contains(&self.own) {
            return Err(format!("this request does not ask {}", self.own));
        }
        if self.cases[&id].withdrawn() {
            return Err(format!("{} has withdrawn this request", id.by));
        }
        let Reply { words, by } = reply.tidied()?;
        if words.is_empty() && answer != Answer::Accepted {
            let what = if answer == Answer::Declined { "why it is declined" } else { "which part" };
            return Err(format!("say {what}"));
        }
        let serial = self.next_serial(id, Part::Answer)?;
        let says = Says::Answer { request: id, serial, answer, words, by };
        self.say_all(id, Part::Answer(serial), says, now)
    }

    /// Says what was done about a request.
    pub(crate) fn report(&mut self, id: RequestId, reply: &Reply, now: Time) -> Result<(), String> {
        let (request, _) = self.known(id)?;
        if id.by != self.own && !request.asked.contains(&self.own) {
            return Err(format!("this request is no business of {}", self.own));
        }
        let Reply { words, by } = reply.tidied()?;
        if words.is_empty() {
            return Err("say what was done".to_owned());
        }
        let serial = self.next_serial(id, Part::Report)?;
        let says = Says::Report { request: id, serial, words, by };
        self.say_all(id, Part::Report(serial), says, now)
    }

    /// Takes back an own request.
    pub(crate) fn withdraw(
        &mut self,
        id: RequestId,
        reply: &Reply,
        now: Time,
    ) -> Result<(), String> {
        self.known(id)?;
        if id.by != self.own {
            return Err(format!("only {} can withdraw this request", id.by));
        }
        if self.cases[&id].withdrawn() {
            return Ok(());
        }
        let Reply { words, by } = reply.tidied()?;
        let says = Says::Withdrawal { request: id, words, by };
        self.say_all(id, Part::Withdrawal, says, now)
    }

    fn known(&self, id: RequestId) -> Result<(&Request, Time), String> {
        let found = self.cases.get(&id).and_then(Case::request);
        found.ok_or_else(|| "this request is not known, or was dropped as old".to_owned())
    }

    fn next_serial(&self, id: RequestId, part: fn(u32) -> Part) -> Result<u32, String> {
        let own = self.own;
        let said = |serial: &u32| self.cases[&id].notes.contains_key(&(own, part(*serial)));
        let count = (1..=SERIALS_MAX).take_while(said).count() as u32;
        if count == SERIALS_MAX {
            return Err(format!("{SERIALS_MAX} times is as often as it can be said"));
        }
        Ok(count + 1)
    }

    fn say_all(&mut self, id: RequestId, part: Part, says: Says, now: Time) -> Result<(), String> {
        if self.say(id, part, says, now) { Ok(()) } else { Err("no place is left".to_owned()) }
    }

    /// Something this party says itself.
    fn say(&mut self, id: RequestId, part: Part, says: Says, now: Time) -> bool {
        let note = Note { from: self.own, to: self.own, at: now, says };
        self.keep(id, part, note, now)
    }

    /// Takes what a partner says of a request; `false` if it cannot be, or there is no place for
    /// it. What it says of a request that has not come yet is kept until that comes.
    pub(crate) fn hear(&mut self, note: Note, policy: &Policy, now: Time) -> bool {
        let (from, at) = (note.from, note.at);
        let Some(id) = note.says.request() else { return false };
        let part = match &note.says {
            Says::Request(request) => {
                if id.by != from || !is_allowed(request, self.own, policy, at) {
                    return false;
                }
                Part::Request
            }
            Says::Receipt { .. } => Part::Receipt,
            Says::Answer { serial, .. } => Part::Answer(*serial),
            Says::Report { serial, .. } => Part::Report(*serial),
            Says::Withdrawal { .. } => Part::Withdrawal,
            Says::Silence { .. } => Part::Silence,
            Says::Standing { .. }
            | Says::Text { .. }
            | Says::StandIn { .. }
            | Says::Incident(_)
            | Says::Identity(_) => return false,
        };
        match self.cases.get(&id).and_then(Case::request) {
            Some((request, _)) if !fits(request, from, part) => return false,
            None if part != Part::Request && self.orphans(from, id) >= ORPHANS_MAX => return false,
            _ => {}
        }
        self.keep(id, part, note, now)
    }

    /// Requests unheard of, `but` apart, that this party has spoken about.
    fn orphans(&self, from: PartyId, but: RequestId) -> usize {
        let orphan = |(id, case): &(&RequestId, &Case)| {
            **id != but && case.request().is_none() && case.notes.keys().any(|(by, _)| *by == from)
        };
        self.cases.iter().filter(orphan).count()
    }

    fn keep(&mut self, id: RequestId, part: Part, note: Note, now: Time) -> bool {
        let from = note.from;
        let bytes = note.encode().len();
        if !self.make_place(from, id, bytes, now) {
            return false;
        }
        let case = self.cases.entry(id).or_default();
        match case.notes.get_mut(&(from, part)) {
            None => {
                let kept = Kept { note, heard: now, telling: Telling::default(), bytes };
                case.notes.insert((from, part), kept);
            }
            Some(known) if known.note == note => {}
            // Two things in place of one: everybody takes the same of the two.
            Some(known) => {
                case.contradicted.insert(from);
                if note < known.note {
                    known.note = note;
                }
            }
        }
        true
    }

    /// Lets the oldest settled cases go in which `from` has a word, until it keeps to its share.
    fn make_place(&mut self, from: PartyId, but: RequestId, bytes: usize, now: Time) -> bool {
        let of = |case: &Case| -> usize {
            let its = case.notes.iter().filter(|((by, _), _)| *by == from);
            its.map(|(_, kept)| kept.bytes).sum()
        };
        let mut held: usize = self.cases.values().map(of).sum();
        while held + bytes > self.share {
            let oldest = self
                .cases
                .iter()
                .filter(|(id, case)| **id != but && case.settled(now) && of(case) > 0)
                .min_by_key(|(id, _)| (id.number, id.by));
            let Some((&id, case)) = oldest else { return false };
            held -= of(case);
            self.cases.remove(&id);
            self.dropped += 1;
        }
        true
    }

    /// What the node says of its own at `now`: that requests have come, and who was silent.
    pub(crate) fn advance(&mut self, now: Time) {
        let own = self.own;
        let fresh = |kept: &Kept| now.seconds_since(kept.heard) <= ORPHAN_S;
        self.cases.retain(|_, case| case.request().is_some() || case.notes.values().any(fresh));
        let mut due = Vec::new();
        for (&id, case) in &self.cases {
            let Some((request, _)) = case.request() else { continue };
            let unsaid = |part| !case.notes.contains_key(&(own, part));
            if request.asked.contains(&own) && unsaid(Part::Receipt) {
                due.push((id, Part::Receipt, Says::Receipt { request: id }));
            }
            // Who learns of a request after its time was not there to hear the silence.
            let listened = case.heard().is_some_and(|heard| heard < request.due);
            if now >= request.due && listened && !case.withdrawn() && unsaid(Part::Silence) {
                let silent = |party: &PartyId| !case.answered(*party);
                let of: Vec<PartyId> = request.asked.iter().copied().filter(silent).collect();
                if !of.is_empty() {
                    due.push((id, Part::Silence, Says::Silence { request: id, of }));
                }
            }
        }
        for (id, part, says) in due {
            self.say(id, part, says, now);
        }
    }

    /// What is to be told at `now` and may be; `words_for` each what it says of the incident.
    pub(crate) fn tell(
        &mut self,
        policy: &Policy,
        now: Time,
        mut words_for: impl FnMut(PartyId, &str) -> Option<String>,
        out: &mut Told,
    ) {
        let own = self.own;
        for case in self.cases.values_mut() {
            let Some((request, _)) = case.request() else { continue };
            let (article, audience) = (request.article, request.audience.clone());
            let ours = case.notes.iter_mut().filter(|((by, _), _)| *by == own);
            for (_, kept) in ours {
                let may = |to: &PartyId| {
                    *to != own && gate::is_open(policy, article, (own, *to), now).is_ok()
                };
                let others = audience.iter().copied().filter(may);
                let copy = |to| {
                    let mut copy = kept.note.copy_for(to);
                    if let Says::Request(request) = &mut copy.says {
                        let words = request.incident.take();
                        request.incident = words.and_then(|words| words_for(to, &words));
                    }
                    copy
                };
                kept.telling.tell(copy, others, &[article], now, out);
            }
        }
    }

    /// Every own note that may have to be told again.
    pub(crate) fn tellings(&mut self) -> impl Iterator<Item = (ArticleRef, &mut Telling)> {
        let own = self.own;
        self.cases.values_mut().filter_map(|case| Some((case.request()?.0.article, case))).flat_map(
            move |(article, case)| {
                let ours = case.notes.iter_mut().filter(move |((by, _), _)| *by == own);
                ours.map(move |(_, kept)| (article, &mut kept.telling))
            },
        )
    }

    /// Puts back what was kept before a restart.
    pub(crate) fn restore(&mut self, note: Note, heard: Time, telling: Telling) {
        let Some(id) = note.says.request() else { return };
        let part = match &note.says {
            Says::Request(_) => Part::Request,
            Says::Receipt { .. } => Part::Receipt,
            Says::Answer { serial, .. } => Part::Answer(*serial),
            Says::Report { serial, .. } => Part::Report(*serial),
            Says::Withdrawal { .. } => Part::Withdrawal,
            Says::Silence { .. } => Part::Silence,
            Says::Standing { .. }
            | Says::Text { .. }
            | Says::StandIn { .. }
            | Says::Incident(_)
            | Says::Identity(_) => return,
        };
        let bytes = note.encode().len();
        let kept = Kept { heard, telling, bytes, note };
        self.cases.entry(id).or_default().notes.insert((kept.note.from, part), kept);
    }
}

/// When an answer is due; `None` beyond the calendar.
fn due(raised: Time, within: Duration) -> Option<Time> {
    let within = i64::try_from(within.as_nanos()).ok()?;
    raised.unix_nanos().checked_add(within).map(Time::from_unix_nanos)
}

/// `2 h`, `10 min`, `90 s`.
fn in_words(time: Duration) -> String {
    match time.as_secs() {
        s if s > 0 && s % 3600 == 0 => format!("{} h", s / 3600),
        s if s > 0 && s % 60 == 0 => format!("{} min", s / 60),
        _ => format!("{} s", time.as_secs_f64()),
    }
}

/// Whether the article lets this party ask this of these by then, and us know of it. What stands
/// at the moment is not asked: to stop what flows is the sender's duty, and who was told has it.
fn is_allowed(request: &Request, own: PartyId, policy: &Policy, at: Time) -> bool {
    let Ok(clause) = gate::assistance(policy, request.article) else { return false };
    let by = request.id.by;
    let member = |party: &PartyId| clause.from.contains(party) || clause.to.contains(party);
    clause.from.contains(&by)
        && clause.purposes.contains(&request.purpose)
        && !request.asked.is_empty()
        && request.asked.iter().all(|party| *party != by && clause.to.contains(party))
        && request.asked.iter().chain([&by]).all(|party| request.is_for(*party))
        && request.audience.iter().all(member)
        && request.is_for(own)
        && request.due > at
        && due(at, clause.answer_within).is_some_and(|latest| request.due <= latest)
        && !request.text.trim().is_empty()
}

/// Whether this party can have said that about this request.
pub(crate) fn fits(request: &Request, from: PartyId, part: Part) -> bool {
    match part {
        Part::Request | Part::Withdrawal => from == request.id.by,
        Part::Receipt | Part::Answer(_) => request.asked.contains(&from),
        Part::Report(_) => from == request.id.by || request.asked.contains(&from),
        Part::Silence => request.is_for(from),
    }
}
