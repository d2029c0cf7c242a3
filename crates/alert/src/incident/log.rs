//! The log of an incident: what was done, by whom, when and why, each entry chained to the one
//! before by SHA-256, so that a change in the middle shows.

use super::code::{Code, Rest, Taken, fields, variants};
use super::kind::{Kind, Outcome, StepText};
use super::shared::SharedIncident;
use super::text::{NodeName, Person};
use crate::AlertId;
use ring::digest::{Context, SHA256};
use std::fmt;
use surveillance::{Time, TrackNumber};

/// An incident by the node that opened it and that node's number, which is given once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentId {
    /// Who opened it.
    pub node: NodeName,
    /// From 1.
    pub number: u32,
}

impl fmt::Display for IncidentId {
    /// `INC-0142`; with `#` the node before it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            write!(f, "{} ", self.node)?;
        }
        write!(f, "INC-{:04}", self.number)
    }
}

/// A track by who numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrackRef {
    /// This node's own number.
    Own {
        /// The number.
        number: TrackNumber,
    },
    /// The number under which a partner tells it.
    Partner {
        /// Which partner.
        node: NodeName,
        /// Its number.
        number: u32,
    },
}

impl fmt::Display for TrackRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TrackRef::Own { number } => write!(f, "TN {}", number.0),
            TrackRef::Partner { node, number } => write!(f, "{node}:{number}"),
        }
    }
}

/// Who did something: a person at a node, or the node itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Author {
    /// The node.
    pub node: NodeName,
    /// The person; `None` where the node did it of its own.
    pub person: Option<Person>,
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.person {
            Some(person) => write!(f, "{} {person}", self.node),
            None => write!(f, "{} (node)", self.node),
        }
    }
}

/// How an offer of hand-over ended without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfferEnd {
    /// Who offered took it back.
    Withdrawn {},
    /// No answer by the deadline.
    Expired {},
    /// The other side said no.
    Refused {},
    /// It was closed meanwhile, or an answer came to an offer that no longer stood.
    Superseded {},
}

impl fmt::Display for OfferEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            OfferEnd::Withdrawn {} => "withdrawn",
            OfferEnd::Expired {} => "no answer by the deadline",
            OfferEnd::Refused {} => "refused",
            OfferEnd::Superseded {} => "no longer stands",
        })
    }
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Opened here.
    Opened {
        /// What it is about.
        kind: Kind,
        /// In a few words.
        title: String,
        /// Who owns it.
        owner: Person,
        /// Its checklist.
        steps: Vec<StepText>,
        /// Alerts it was opened from.
        alerts: Vec<AlertId>,
        /// Tracks it is about.
        tracks: Vec<TrackRef>,
    },
    /// A partner told of it, or told anew.
    Told {
        /// How often it was handed over before.
        term: u32,
        /// That partner's number for this telling.
        serial: u32,
        /// The article it came under.
        article: String,
        /// What it told.
        view: SharedIncident,
    },
    /// Alerts belong to it now.
    AlertsAttached {
        /// Which.
        alerts: Vec<AlertId>,
    },
    /// Alerts do not belong to it.
    AlertsDetached {
        /// Which.
        alerts: Vec<AlertId>,
    },
    /// Tracks belong to it now.
    TracksAttached {
        /// Which.
        tracks: Vec<TrackRef>,
    },
    /// Tracks do not belong to it.
    TracksDetached {
        /// Which.
        tracks: Vec<TrackRef>,
    },
    /// A note.
    Noted {
        /// What.
        text: String,
        /// Whether partners that may know of the incident may read it.
        shareable: bool,
    },
    /// A step of the checklist was done, or was not after all.
    Ticked {
        /// Which, from 0.
        step: u16,
        /// Done.
        done: bool,
    },
    /// It is of another kind; steps that are not there yet are added.
    Reclassified {
        /// Which.
        kind: Kind,
        /// The checklist of that kind.
        steps: Vec<StepText>,
    },
    /// Another person of this node owns it.
    Transferred {
        /// Who.
        to: Person,
    },
    /// A partner is told of it.
    Shared {
        /// Number of the telling.
        serial: u32,
        /// Who is told.
        to: NodeName,
        /// Under which article.
        article: String,
    },
    /// A partner is asked to take it.
    Offered {
        /// Number of the telling.
        serial: u32,
        /// Who is asked.
        to: NodeName,
        /// Under which article.
        article: String,
        /// Until when an answer counts.
        due: Time,
    },
    /// The clock was set back; what was left until the deadline is left still.
    DeadlineMoved {
        /// Which offer.
        serial: u32,
        /// Its new deadline.
        due: Time,
    },
    /// A partner's node has what it was told.
    Received {
        /// Which telling.
        serial: u32,
    },
    /// A person at the partner has seen what was told.
    Seen {
        /// Which telling.
        serial: u32,
    },
    /// An offer ended, and the owner stays who it was.
    OfferEnded {
        /// Which.
        serial: u32,
        /// How.
        how: OfferEnd,
    },
    /// The partner has taken it.
    HandedOver {
        /// By which offer.
        serial: u32,
        /// Who owns it there.
        owner: Person,
    },
    /// A partner asks this node to take it.
    OfferHeard {
        /// How often it was handed over before.
        term: u32,
        /// That partner's number for the offer.
        serial: u32,
        /// Under which article.
        article: String,
        /// Until when an answer counts, by the partner's clock.
        due: Time,
    },
    /// A person here has seen what a partner told.
    SeenHere {
        /// Which telling.
        serial: u32,
    },
    /// A person here is ready to own it; the partner has the last word.
    AcceptedHere {
        /// Which offer.
        serial: u32,
        /// The checklist of its kind.
        steps: Vec<StepText>,
    },
    /// A person here said no.
    RefusedHere {
        /// Which offer.
        serial: u32,
    },
    /// A partner's offer ended, and it stays with the partner.
    IncomingEnded {
        /// Which.
        serial: u32,
        /// How.
        how: OfferEnd,
    },
    /// It is this node's now, and owned by who accepted it.
    TakenOver {
        /// By which offer.
        serial: u32,
    },
    /// The owner must look at it now.
    Escalated {},
    /// Someone has.
    Heeded {},
    /// It is over.
    Closed {
        /// How it ended.
        outcome: Outcome,
    },
    /// It is not.
    Reopened {},
}

/// One entry of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From 1, without gaps.
    pub sequence: u32,
    /// When, UTC, by this node's clock; the order is that of `sequence`.
    pub at: Time,
    /// Who.
    pub by: Author,
    /// Why, where something was said.
    pub why: String,
    /// What.
    pub act: Act,
    /// SHA-256 over the hash before it and all of the above.
    pub hash: [u8; 32],
}

impl Entry {
    /// The hash that belongs to it after `before`.
    pub(crate) fn chained(&self, before: &[u8; 32]) -> [u8; 32] {
        let mut bytes = Vec::with_capacity(128);
        self.put_facts(&mut bytes);
        let mut context = Context::new(&SHA256);
        context.update(before);
        context.update(&bytes);
        context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
    }

    fn put_facts(&self, out: &mut Vec<u8>) {
        self.sequence.put(out);
        self.at.put(out);
        self.by.put(out);
        self.why.put(out);
        self.act.put(out);
    }
}

/// What stands before the first entry: the incident itself.
pub(crate) fn genesis(id: IncidentId) -> [u8; 32] {
    let mut bytes = b"entente incident log 1\n".to_vec();
    id.put(&mut bytes);
    let mut context = Context::new(&SHA256);
    context.update(&bytes);
    context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// The entry that begins a log.
pub(crate) fn first_entry(id: IncidentId, at: Time, by: Author, why: &str, act: Act) -> Entry {
    let mut entry = Entry { sequence: 1, at, by, why: why.to_owned(), act, hash: [0; 32] };
    entry.hash = entry.chained(&genesis(id));
    entry
}

/// Whether a log is as it was written: numbered without gaps, each hash that of its entry after
/// the one before. The number of the first entry that is not, else.
pub fn verify(id: IncidentId, log: &[Entry]) -> Result<(), u32> {
    let mut before = genesis(id);
    for (place, entry) in log.iter().enumerate() {
        if entry.sequence as usize != place + 1 || entry.chained(&before) != entry.hash {
            return Err(place as u32 + 1);
        }
        before = entry.hash;
    }
    Ok(())
}

impl Code for Entry {
    fn put(&self, out: &mut Vec<u8>) {
        self.put_facts(out);
        out.extend(self.hash);
    }

    fn read(from: &mut Rest<'_>) -> Taken<Self> {
        Ok(Self {
            sequence: Code::read(from)?,
            at: Code::read(from)?,
            by: Code::read(from)?,
            why: Code::read(from)?,
            act: Code::read(from)?,
            hash: from.array()?,
        })
    }
}

fields!(IncidentId { node, number });
fields!(Author { node, person });
variants!(TrackRef, "a track" { 1 => Own { number }; 2 => Partner { node, number }; });
variants!(OfferEnd, "an end of an offer" {
    1 => Withdrawn {}; 2 => Expired {}; 3 => Refused {}; 4 => Superseded {};
});
variants!(Act, "an act" {
    1 => Opened { kind, title, owner, steps, alerts, tracks };
    2 => Told { term, serial, article, view };
    3 => AlertsAttached { alerts };
    4 => AlertsDetached { alerts };
    5 => TracksAttached { tracks };
    6 => TracksDetached { tracks };
    7 => Noted { text, shareable };
    8 => Ticked { step, done };
    9 => Reclassified { kind, steps };
    10 => Transferred { to };
    11 => Shared { serial, to, article };
    12 => Offered { serial, to, article, due };
    13 => DeadlineMoved { serial, due };
    14 => Received { serial };
    15 => Seen { serial };
    16 => OfferEnded { serial, how };
    17 => HandedOver { serial, owner };
    18 => OfferHeard { term, serial, article, due };
    19 => SeenHere { serial };
    20 => AcceptedHere { serial, steps };
    21 => RefusedHere { serial };
    22 => IncomingEnded { serial, how };
    23 => TakenOver { serial };
    24 => Escalated {};
    25 => Heeded {};
    26 => Closed { outcome };
    27 => Reopened {};
});
