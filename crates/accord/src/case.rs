//! A request as it stands, for whoever shows it: the same at every node that heard the same notes.

use crate::note::{Answer, Request, Says};
use crate::request::{Case, Part, fits};
use crate::{Note, PartyId};
use surveillance::Time;

/// A request and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseView {
    /// What is asked.
    pub request: Request,
    /// When it was raised, UTC.
    pub raised: Time,
    /// When it was taken back, why and by whom.
    pub withdrawn: Option<Words>,
    /// Who is asked, in order, and how each stands.
    pub asked: Vec<AskedView>,
    /// What was done, oldest first.
    pub reports: Vec<(PartyId, Words)>,
    /// Parties that told different things under one name; the same one of them is shown everywhere.
    pub contradicted: Vec<PartyId>,
}

/// How one party that is asked stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedView {
    /// Who.
    pub party: PartyId,
    /// When its node had the request.
    pub received: Option<Time>,
    /// What it answered, oldest first; the last stands.
    pub answers: Vec<(Answer, Words)>,
    /// Where that leaves it.
    pub state: AskedState,
    /// Who recorded that it had not answered when the answer was due, in order.
    pub silence_recorded_by: Vec<PartyId>,
}

/// Where a party that is asked stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedState {
    /// Nothing came back yet.
    Sent,
    /// Its node has the request.
    Received,
    /// It answered.
    Answered {
        /// What, at last.
        answer: Answer,
        /// Whether the first answer came after it was due.
        late: bool,
    },
    /// No answer by the due time.
    NoAnswer,
    /// It is not asked any more.
    Withdrawn,
}

/// What a person said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Words {
    /// When, UTC.
    pub at: Time,
    /// What.
    pub words: String,
    /// The person or position.
    pub by: String,
}

impl Case {
    /// How it stands at `now`; `None` until the request itself has come.
    pub(crate) fn view(&self, now: Time) -> Option<CaseView> {
        let (request, raised) = self.request()?;
        let said = |party: PartyId| {
            let its = self
                .notes
                .iter()
                .filter(move |((by, part), _)| *by == party && fits(request, party, *part));
            its.map(|((_, part), kept)| (*part, &kept.note))
        };
        let withdrawn = said(request.id.by).find_map(|(_, note)| match &note.says {
            Says::Withdrawal { words, by, .. } => Some(spoken(note, words, by)),
            _ => None,
        });
        let asked = |party: &PartyId| self.asked(request, *party, withdrawn.as_ref(), now);
        let mut reports: Vec<_> = request
            .audience
            .iter()
            .flat_map(|party| said(*party).map(move |(_, note)| (*party, note)))
            .filter_map(|(party, note)| match &note.says {
                Says::Report { words, by, .. } => Some((party, spoken(note, words, by))),
                _ => None,
            })
            .collect();
        reports.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
        Some(CaseView {
            raised,
            asked: request.asked.iter().map(asked).collect(),
            reports,
            contradicted: self.contradicted.iter().copied().collect(),
            withdrawn,
            request: request.clone(),
        })
    }

    fn asked(
        &self,
        request: &Request,
        party: PartyId,
        withdrawn: Option<&Words>,
        now: Time,
    ) -> AskedView {
        let its = |part: Part| self.notes.get(&(party, part)).map(|kept| &kept.note);
        let mut answers = Vec::new();
        for ((_, _), kept) in self.notes.iter().filter(|((by, _), _)| *by == party) {
            if let Says::Answer { answer, words, by, .. } = &kept.note.says {
                answers.push((*answer, spoken(&kept.note, words, by)));
            }
        }
        let received = its(Part::Receipt).map(|note| note.at);
        let first = answers.iter().map(|(_, words)| words.at).min();
        let state = match answers.last() {
            Some((answer, _)) => AskedState::Answered {
                answer: *answer,
                late: first.is_some_and(|first| first > request.due),
            },
            None if withdrawn.is_some_and(|words| words.at < request.due) => AskedState::Withdrawn,
            None if now >= request.due => AskedState::NoAnswer,
            None if received.is_some() => AskedState::Received,
            None => AskedState::Sent,
        };
        let records = |by: &PartyId| {
            let note = self.notes.get(&(*by, Part::Silence)).map(|kept| &kept.note.says);
            matches!(note, Some(Says::Silence { of, .. }) if of.contains(&party))
        };
        AskedView {
            party,
            received,
            answers,
            state,
            silence_recorded_by: request.audience.iter().copied().filter(records).collect(),
        }
    }
}

fn spoken(note: &Note, words: &str, by: &str) -> Words {
    Words { at: note.at, words: words.to_owned(), by: by.to_owned() }
}
