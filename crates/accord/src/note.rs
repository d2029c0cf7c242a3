//! What one party says to others under an accord beside its picture.
//!
//! A note is said by a party once and told to each that it concerns. Whoever has heard the same
//! notes, in whatever order and however often, knows the same.

use crate::{AccordId, ArticleRef, IdentityWord, IncidentWord, PartyId, Purpose};
use std::fmt;
use surveillance::Time;

/// Longest text of a request, bytes.
pub(crate) const REQUEST_TEXT_MAX: usize = 1_000;
/// Longest words of an answer, a report or a withdrawal, bytes.
pub(crate) const WORDS_MAX: usize = 500;
/// Longest name of a person or position, bytes.
pub(crate) const NAME_MAX: usize = 80;
/// Longest name of an incident, bytes.
pub(crate) const INCIDENT_MAX: usize = 48;
/// Most parties in one list of a note.
pub(crate) const PARTIES_MAX: usize = 64;
/// Names under one confirmed word.
pub(crate) const NAMES_MAX: usize = 16;
/// Suspensions in a text that one resumption ends.
pub(crate) const ENDED_MAX: usize = 256;
/// How often one party may answer one request anew, and report on it.
pub(crate) const SERIALS_MAX: u32 = 8;

/// One note to one party.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// Who says it.
    pub from: PartyId,
    /// Whom this copy is for.
    pub to: PartyId,
    /// When it was said, UTC, by the sender's clock.
    pub at: Time,
    /// What.
    pub says: Says,
}

/// What a note says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// Asks for something.
    Request(Request),
    /// The asked party's node has the request. No answer: nobody may have read it yet.
    Receipt {
        /// Which.
        request: RequestId,
    },
    /// A person answers.
    Answer {
        /// Which.
        request: RequestId,
        /// From 1; of several the last one stands.
        serial: u32,
        /// Yes or no.
        answer: Answer,
        /// What is given, or why not.
        words: String,
        /// The person or position that answers.
        by: String,
    },
    /// A person says what was done about it.
    Report {
        /// Which.
        request: RequestId,
        /// From 1.
        serial: u32,
        /// What was done.
        words: String,
        /// The person or position that says so.
        by: String,
    },
    /// Who asked asks no longer.
    Withdrawal {
        /// Which.
        request: RequestId,
        /// Why.
        words: String,
        /// The person or position that says so.
        by: String,
    },
    /// These had not answered when the answer was due.
    Silence {
        /// Which.
        request: RequestId,
        /// Who, in order.
        of: Vec<PartyId>,
    },
    /// The sender has suspended an accord, or takes that back; the last word stands.
    Standing {
        /// Which.
        accord: AccordId,
        /// Above that of every word before it.
        serial: i64,
        /// Suspended or resumed.
        suspended: bool,
        /// Which suspensions in the text the sender has ever ended, see
        /// [`Suspension::digest`](crate::Suspension::digest), those alone that the receiver had to know
        /// of: a resumption ends these. `None` from an earlier version: all that had begun.
        ended: Option<Vec<u64>>,
    },
    /// The sender goes by this text of an accord, which its people approved at the time of the note; the
    /// last one stands.
    Text {
        /// Which.
        accord: AccordId,
        /// Of the word: the greatest is the last, whatever the clocks said.
        serial: i64,
        /// SHA-256 of what it shares with the other parties, [`crate::shared_form`].
        sha256: [u8; 32],
    },
    /// The sender's word on standing in for another; the last one stands.
    StandIn {
        /// The article on back-up.
        article: ArticleRef,
        /// Above that of every word on this article that the sender knew.
        serial: i64,
        /// What it does.
        word: StandInWord,
        /// The people who confirmed it.
        by: Vec<String>,
    },
    /// Something about an incident.
    Incident(IncidentWord),
    /// Something about the identity of a track.
    Identity(IdentityWord),
}

/// A request's name: by whom, and that party's number for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId {
    /// Who asks.
    pub by: PartyId,
    /// Rises with each request; seconds since 1970 where that is more than one above the last, so
    /// that a node which lost its record does not give a number twice.
    pub number: u32,
}

/// What is asked, of whom, until when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// Its name.
    pub id: RequestId,
    /// Under which article.
    pub article: ArticleRef,
    /// For what.
    pub purpose: Purpose,
    /// In words.
    pub text: String,
    /// The incident it concerns.
    pub incident: Option<String>,
    /// Who is asked, in order.
    pub asked: Vec<PartyId>,
    /// Who may know of it and of what is said to it: who asks, who is asked, and of an article of
    /// more than two the others to whom nothing was suspended when it was raised. In order. Who is
    /// asked has the list, for it tells them what it answers; any other has no use for it, and its
    /// copy names itself alone beside those who ask and are asked.
    pub audience: Vec<PartyId>,
    /// The person or position that asks.
    pub by: String,
    /// When the answer is due, UTC.
    pub due: Time,
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Yes.
    Accepted,
    /// Some of it.
    InPart,
    /// No; the words say why.
    Declined,
}

/// What a party does about standing in for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StandInWord {
    /// It stands in from now on.
    TakenOver,
    /// It has given back.
    HandedBack,
    /// It leaves it to the next in the article's order.
    Passed,
}

impl Note {
    /// The copy for one party: with nothing in it that another needs and it does not.
    pub(crate) fn copy_for(&self, to: PartyId) -> Self {
        let mut copy = Self { to, ..self.clone() };
        if let Says::Request(request) = &mut copy.says
            && !request.asked.contains(&to)
        {
            let (by, asked) = (request.id.by, &request.asked);
            request.audience.retain(|party| [by, to].contains(party) || asked.contains(party));
        }
        copy
    }
}

impl Says {
    /// The request it is about.
    pub fn request(&self) -> Option<RequestId> {
        match self {
            Says::Request(request) => Some(request.id),
            Says::Receipt { request }
            | Says::Answer { request, .. }
            | Says::Report { request, .. }
            | Says::Withdrawal { request, .. }
            | Says::Silence { request, .. } => Some(*request),
            Says::Standing { .. }
            | Says::Text { .. }
            | Says::StandIn { .. }
            | Says::Incident(_)
            | Says::Identity(_) => None,
        }
    }
}

impl Request {
    /// When it was raised follows from the note; this is whether `party` may know of it.
    pub fn is_for(&self, party: PartyId) -> bool {
        self.audience.contains(&party)
    }
}

/// `KGZ-1764412345`: as the ledger and the console name it.
impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.by, self.number)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Purpose::Information => "information",
            Purpose::Consultation => "consultation",
            Purpose::BackUp => "back-up",
            Purpose::Assistance => "assistance",
        })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Answer::Accepted => "accepted",
            Answer::InPart => "accepted in part",
            Answer::Declined => "declined",
        })
    }
}

/// A text as it is kept: trimmed, without control characters but line ends, at most `max` bytes.
pub(crate) fn tidy(text: &str, max: usize) -> Result<String, String> {
    let text = text.trim();
    if text.len() > max {
        return Err(format!("a text of {} bytes is too long; at most {max} fit", text.len()));
    }
    Ok(text.chars().filter(|c| *c == '\n' || !c.is_control()).collect())
}
