//! What people say of an identity, and why it is refused.

use super::{Change, Identity, Report};
use crate::PartnerIndex;
use std::collections::VecDeque;
use std::fmt;
use surveillance::{Address, Time, TrackNumber};
use thiserror::Error;

/// Longest name, characters.
const NAME_MAX: usize = 80;
/// Longest reason, characters.
const WORDS_MAX: usize = 500;

/// A person by name: of whoever signed in, or as it was typed where nobody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person(String);

impl Person {
    /// Spaces around the name and repeated ones within do not count.
    ///
    /// # Errors
    /// [`Refusal::Nameless`], [`Refusal::NameTooLong`].
    pub fn new(name: &str) -> Result<Self, Refusal> {
        let parts: Vec<&str> = name.split(|c: char| c.is_whitespace() || c.is_control()).collect();
        let name = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        match name.chars().count() {
            0 => Err(Refusal::Nameless),
            length if length > NAME_MAX => Err(Refusal::NameTooLong),
            _ => Ok(Self(name)),
        }
    }

    /// Whether it is the same person: the case of letters tells nobody apart.
    pub fn is(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A reason in words, never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(String);

impl Words {
    /// # Errors
    /// [`Refusal::NoReason`], [`Refusal::ReasonTooLong`].
    pub fn new(words: &str) -> Result<Self, Refusal> {
        let printed = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
        let words: String = words.trim().chars().map(printed).collect();
        match words.chars().count() {
            0 => Err(Refusal::NoReason),
            length if length > WORDS_MAX => Err(Refusal::ReasonTooLong),
            _ => Ok(Self(words)),
        }
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a person wants a track to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What.
    pub identity: Identity,
    /// Who says so.
    pub by: Person,
    /// Why.
    pub why: Words,
}

/// An identity that people gave, in place of the machine's, until a person says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub identity: Identity,
    /// Who said so and, of suspect and hostile, who confirmed it.
    pub by: Vec<Person>,
    /// Why.
    pub why: Words,
    /// When, UTC.
    pub at: Time,
    /// When a person last said that it still holds, UTC.
    pub reviewed: Time,
}

/// An identity that one person wants and another has not confirmed. It changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unconfirmed {
    /// What.
    pub identity: Identity,
    /// Who says so; the first of them cannot confirm it.
    pub by: Vec<Person>,
    /// Why.
    pub why: Words,
    /// When, UTC.
    pub at: Time,
    /// The track for which it was decided, if that one went over into this.
    pub carried: Option<TrackNumber>,
}

/// A person's answer to a partner's proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is what the partner says.
    Accept,
    /// It is not.
    Refuse,
}

/// What people said of one track, to be kept over a restart.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The track's address, if it told one.
    pub address: Option<Address>,
    /// What the machine made of the evidence, and of what partners did not say.
    pub machine: [Identity; 2],
    /// What stands.
    pub decision: Option<Decision>,
    /// What waits.
    pub unconfirmed: Option<Unconfirmed>,
    /// Partners' proposals that were refused.
    pub refused: Vec<(PartnerIndex, Identity)>,
    /// Operators' reports.
    pub reports: Vec<Report>,
    /// What happened, oldest first.
    pub history: VecDeque<Change>,
}

impl Kept {
    /// The clock leapt by so many seconds while nobody had come back for it.
    pub(crate) fn shift(&mut self, by_s: f64) {
        let shift = |time: &mut Time| *time = time.plus_seconds(by_s);
        self.decision.iter_mut().for_each(|said| shift(&mut said.reviewed));
        self.unconfirmed.iter_mut().for_each(|waits| shift(&mut waits.at));
        self.reports.iter_mut().for_each(|report| shift(&mut report.at));
    }
}

/// Why a person's word is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No name.
    #[error("say who you are")]
    Nameless,
    /// A name beyond the bound.
    #[error("the name is longer than {NAME_MAX} characters")]
    NameTooLong,
    /// No reason.
    #[error("say why")]
    NoReason,
    /// A reason beyond the bound.
    #[error("the reason is longer than {WORDS_MAX} characters")]
    ReasonTooLong,
    /// The track ended.
    #[error("{0} is not in the picture any more")]
    Gone(TrackNumber),
    /// The first person cannot be the second.
    #[error("{0} said so first: a second person has to confirm it")]
    SamePerson(Person),
    /// Somebody said the same before: that is to be confirmed.
    #[error("{by} proposed {identity} already: confirm it")]
    Waits {
        /// What waits.
        identity: Identity,
        /// Who said so.
        by: Person,
    },
    /// Nothing waits, or something else does.
    #[error("no {0} waits to be confirmed here; it may be over")]
    NothingWaits(Identity),
    /// No person's word stands.
    #[error("nobody has set the identity of this track")]
    NothingStands,
    /// The partner says something else by now, or nothing.
    #[error("{0} is not what the partner says of this track")]
    NotProposed(Identity),
    /// A partner owns the track.
    #[error("a partner owns this track and decides")]
    NotOurs,
}
