//! What the nodes of two parties say to each other about an incident.
//!
//! A note says all that its receiver needs to act on it, so that one that comes twice or late
//! changes nothing. It is sent until it is acknowledged.

use super::code::{Code, Rest, Taken, fields, variants};
use super::log::{IncidentId, OfferEnd};
use super::shared::SharedIncident;
use super::text::{NodeName, Person};
use surveillance::Time;

/// One note from a node to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentNote {
    /// Who says it.
    pub from: NodeName,
    /// To whom.
    pub to: NodeName,
    /// The sender's number for it towards this receiver; 0 for what is not acknowledged.
    pub number: u64,
    /// When, UTC, by the sender's clock.
    pub at: Time,
    /// What.
    pub says: Says,
}

/// What a note says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// The node has that note.
    Ack {
        /// Its number.
        number: u64,
        /// When it was said, so that a number given twice is not mistaken.
        said: Time,
    },
    /// This is how the incident is now.
    Share {
        /// How often it was handed over before.
        term: u32,
        /// The teller's number.
        serial: u32,
        /// Under which article.
        article: String,
        /// The person who tells.
        by: Person,
        /// The incident.
        view: SharedIncident,
    },
    /// Take it?
    Offer {
        /// How often it was handed over before.
        term: u32,
        /// The teller's number.
        serial: u32,
        /// Under which article.
        article: String,
        /// Until when an answer counts.
        due: Time,
        /// The person who offers.
        by: Person,
        /// Why.
        why: String,
        /// The incident.
        view: SharedIncident,
    },
    /// A person has seen what was told.
    Seen {
        /// Of which incident.
        incident: IncidentId,
        /// Which telling.
        serial: u32,
        /// Who.
        by: Person,
    },
    /// A person is ready to own it.
    Accept {
        /// Which incident.
        incident: IncidentId,
        /// As the offer said.
        term: u32,
        /// As the offer said.
        serial: u32,
        /// Who.
        by: Person,
        /// In words.
        why: String,
    },
    /// No.
    Refuse {
        /// Which incident.
        incident: IncidentId,
        /// As the offer said.
        term: u32,
        /// As the offer said.
        serial: u32,
        /// Who.
        by: Person,
        /// The reason.
        why: String,
    },
    /// It is yours.
    Confirm {
        /// Which incident.
        incident: IncidentId,
        /// As the offer said.
        term: u32,
        /// As the offer said.
        serial: u32,
    },
    /// The offer is over, and the incident stays with who offered it.
    Ended {
        /// Which incident.
        incident: IncidentId,
        /// As the offer said.
        term: u32,
        /// As the offer said.
        serial: u32,
        /// How.
        how: OfferEnd,
        /// Why.
        why: String,
    },
}

impl Says {
    /// The incident it is about; `None` for an acknowledgement.
    pub fn incident(&self) -> Option<IncidentId> {
        match self {
            Says::Ack { .. } => None,
            Says::Share { view, .. } | Says::Offer { view, .. } => Some(view.id),
            Says::Seen { incident, .. }
            | Says::Accept { incident, .. }
            | Says::Refuse { incident, .. }
            | Says::Confirm { incident, .. }
            | Says::Ended { incident, .. } => Some(*incident),
        }
    }
}

impl IncidentNote {
    /// As bytes; the same note always has the same.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.put(&mut out);
        out
    }

    /// Reads a note. Bytes from outside: it allocates in proportion to what it is given and never
    /// panics.
    ///
    /// # Errors
    /// They are none.
    pub fn from_bytes(bytes: &[u8]) -> Taken<Self> {
        let mut rest = Rest(bytes);
        let note = Self::read(&mut rest)?;
        rest.done()?;
        Ok(note)
    }
}

fields!(IncidentNote { from, to, number, at, says });
variants!(Says, "a note on an incident" {
    1 => Ack { number, said };
    2 => Share { term, serial, article, by, view };
    3 => Offer { term, serial, article, due, by, why, view };
    4 => Seen { incident, serial, by };
    5 => Accept { incident, term, serial, by, why };
    6 => Refuse { incident, term, serial, by, why };
    7 => Confirm { incident, term, serial };
    8 => Ended { incident, term, serial, how, why };
});
