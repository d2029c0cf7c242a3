//! What two parties say to each other about an incident: told, offered, taken, refused.
//!
//! What an incident is goes with the picture, as any object does, as far as its article lets it
//! out. Here is what people do about it across a border. Such a word is a note under the article by
//! which the incident is released: who may be told of an incident may be offered it and may answer,
//! and nobody else. Who owns an incident is decided elsewhere; here is decided what may be said.

use crate::model::{Clause, Grant};
use crate::note::{NAME_MAX, WORDS_MAX, tidy};
use crate::{
    ArticleRef, Decision, Note, ObjectKind, PartyId, Policy, Released, Says, Subject, gate,
};
use std::fmt;
use surveillance::Time;

/// How far a word's time may be ahead of our clock, seconds.
pub(crate) const AHEAD_MAX_S: f64 = 120.0;

/// An incident by who opened it and that party's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentName {
    /// Who opened it.
    pub by: PartyId,
    /// That party's number for it.
    pub number: u32,
}

impl fmt::Display for IncidentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} INC-{:04}", self.by, self.number)
    }
}

/// A named person at a position.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The position, where one was said.
    pub position: Option<String>,
}

/// One word about one incident.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IncidentWord {
    /// Which.
    pub incident: IncidentName,
    /// The article by which the incident is released.
    pub article: ArticleRef,
    /// How often it was handed over before.
    pub term: u32,
    /// The teller's number for what was told or offered.
    pub serial: u32,
    /// The sender's number of this word towards its receiver; 0 for what is not acknowledged.
    pub number: u64,
    /// What is said.
    pub says: IncidentSays,
}

/// What is said about an incident.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum IncidentSays {
    /// The picture shows it as it is now.
    Told {
        /// Who tells.
        by: Person,
    },
    /// Take it?
    Offer {
        /// Who offers.
        by: Person,
        /// Why.
        words: String,
        /// Until when an answer counts, UTC.
        due: Time,
    },
    /// A person has seen what was told.
    Seen {
        /// Who.
        by: Person,
    },
    /// A person is ready to own it.
    Accept {
        /// Who.
        by: Person,
        /// In words.
        words: String,
    },
    /// No.
    Refuse {
        /// Who.
        by: Person,
        /// The reason.
        words: String,
    },
    /// It is yours.
    Confirm,
    /// The offer is over.
    Ended {
        /// How.
        how: OfferEnd,
        /// Why.
        words: String,
    },
    /// The node has a word of the other side.
    Ack {
        /// That word's number.
        number: u64,
        /// When it was said.
        said: Time,
    },
    /// The node cannot take a word of the other side, which is to say it no more.
    Refusal {
        /// That word's number.
        number: u64,
        /// When it was said.
        said: Time,
        /// Why.
        words: String,
    },
}

/// How an offer ended that came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfferEnd {
    /// Taken back.
    Withdrawn,
    /// No answer by the deadline.
    Expired,
    /// The other side said no.
    Refused,
    /// It no longer stood.
    Superseded,
}

/// On whose side of an article one is who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// Who releases the incident, and must be let to at this moment.
    Teller,
    /// Who released it before, and says what became of that.
    HasTold,
    /// Who was told of it.
    Told,
    /// Either.
    Any,
}

impl IncidentSays {
    fn side(&self) -> Side {
        match self {
            IncidentSays::Told { .. } | IncidentSays::Offer { .. } => Side::Teller,
            IncidentSays::Confirm | IncidentSays::Ended { .. } => Side::HasTold,
            IncidentSays::Seen { .. }
            | IncidentSays::Accept { .. }
            | IncidentSays::Refuse { .. } => Side::Told,
            IncidentSays::Ack { .. } | IncidentSays::Refusal { .. } => Side::Any,
        }
    }

    /// With its texts as they are kept.
    fn tidied(self) -> Result<Self, String> {
        Ok(match self {
            IncidentSays::Told { by } => IncidentSays::Told { by: by.tidied()? },
            IncidentSays::Seen { by } => IncidentSays::Seen { by: by.tidied()? },
            IncidentSays::Offer { by, words, due } => {
                IncidentSays::Offer { by: by.tidied()?, words: tidy(&words, WORDS_MAX)?, due }
            }
            IncidentSays::Accept { by, words } => {
                IncidentSays::Accept { by: by.tidied()?, words: tidy(&words, WORDS_MAX)? }
            }
            IncidentSays::Refuse { by, words } => {
                IncidentSays::Refuse { by: by.tidied()?, words: tidy(&words, WORDS_MAX)? }
            }
            IncidentSays::Ended { how, words } => {
                IncidentSays::Ended { how, words: tidy(&words, WORDS_MAX)? }
            }
            IncidentSays::Refusal { number, said, words } => {
                IncidentSays::Refusal { number, said, words: tidy(&words, WORDS_MAX)? }
            }
            IncidentSays::Confirm | IncidentSays::Ack { .. } => self,
        })
    }
}

impl Person {
    pub(crate) fn tidied(&self) -> Result<Self, String> {
        let name = crate::request::named(&self.name)?;
        let position = self.position.as_deref().map(|text| tidy(text, NAME_MAX)).transpose()?;
        Ok(Self { name, position: position.filter(|text| !text.is_empty()) })
    }
}

/// The clause of an article on the release of incidents.
fn grant(policy: &Policy, article: ArticleRef) -> Result<&Grant, String> {
    match gate::clause(policy, article)? {
        Clause::Release(grant) if grant.object == ObjectKind::Incident => Ok(grant),
        _ => Err(format!("{article} is not about incidents")),
    }
}

/// Whether `from` may say something of this side to `to` under the article.
fn fits(grant: &Grant, side: Side, from: PartyId, to: PartyId) -> bool {
    let releases = |a: &PartyId, b: &PartyId| grant.from.contains(a) && grant.to.contains(b);
    from != to
        && match side {
            Side::Teller | Side::HasTold => releases(&from, &to),
            Side::Told => releases(&to, &from),
            Side::Any => releases(&from, &to) || releases(&to, &from),
        }
}

impl Policy {
    /// A word about an incident, said at `said`, as it may go to `to` at `now`. `of` is the incident as it is put to
    /// the articles: who tells or offers needs it, and says nothing of an incident that the named
    /// article does not let out now. An answer, and what became of an offer, goes while the article
    /// is in force and not suspended.
    ///
    /// # Errors
    /// Why it may not go, in words. It may at another time: an accord may come into force.
    pub fn incident_note(
        &self,
        word: IncidentWord,
        of: Option<&Subject>,
        to: PartyId,
        said: Time,
        now: Time,
    ) -> Result<Released<Note>, String> {
        let (own, article, side) = (self.own(), word.article, word.says.side());
        let grant = grant(self, article)?;
        if !fits(grant, side, own, to) {
            return Err(format!("{own} has nothing to say to {to} of incidents under {article}"));
        }
        gate::is_open(self, article, (own, to), now)?;
        if side == Side::Teller {
            let of = of.filter(|of| of.object == ObjectKind::Incident);
            let of = of.ok_or_else(|| "there is no such incident".to_owned())?;
            let view = self.at(now);
            let by_article = |clause| self.article_of(clause) == article;
            if let Decision::Withheld { failed, .. } =
                view.decide_by(&view.place(of), to, by_article)
            {
                return Err(format!("{article} does not let the incident out to {to}: {failed}"));
            }
        }
        let says = Says::Incident(IncidentWord { says: word.says.tidied()?, ..word });
        let note = Note { from: own, to, at: said, says };
        Ok(Released::new(note, to, vec![article], now))
    }

    /// The word about an incident in a note of `from`, for whom the link vouches. What stands at
    /// the moment is not asked: to stop what flows is the sender's duty, and who was told has it.
    ///
    /// # Errors
    /// It is none, or `from` cannot say that to this party under the article.
    pub fn incident_word<'n>(
        &self,
        from: PartyId,
        note: &'n Note,
        now: Time,
    ) -> Result<&'n IncidentWord, String> {
        let Says::Incident(word) = &note.says else {
            return Err("it is not about an incident".to_owned());
        };
        if note.from != from || note.to != self.own() || note.at.seconds_since(now) > AHEAD_MAX_S {
            return Err(format!("it is not from {from} to {} by now", self.own()));
        }
        let grant = grant(self, word.article)?;
        if fits(grant, word.says.side(), from, self.own()) {
            Ok(word)
        } else {
            let article = word.article;
            Err(format!("{from} has nothing to say to {} of incidents under {article}", self.own()))
        }
    }
}
