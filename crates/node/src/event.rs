//! The seam between the rim and the engine: all that can happen to a node, and what comes of it.
//!
//! The rim turns sockets, timers and consoles into [`Event`]s, each with its time; the engine turns
//! them into [`Delivery`]s. Nothing here does input or output, so a recorded list of events
//! replayed through the same [`Handle`] gives the same deliveries.

use crate::metrics::Metrics;
use crate::wire::{AlertRow, ClientMessage};
use accord::{Batch, Note, PartyId, Released};
use alert::incident::IncidentId;
use bytes::Bytes;
use intent::airspace::Airspaces;
use picture::identity::Change;
use std::net::SocketAddr;
use std::sync::Arc;
use surveillance::{Time, TrackNumber};
use tracker::Numbers;

/// A feed: its position in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedIndex(pub u16);

/// A console's connection; never used again in one run of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConsoleId(pub u32);

/// All that can happen to a node.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A feed's stream begins: what comes next continues nothing that came before.
    FeedConnected {
        /// Which.
        feed: FeedIndex,
    },
    /// A feed's stream ended, or an attempt to reach it failed.
    FeedLost {
        /// Which.
        feed: FeedIndex,
        /// Why, for the operator.
        reason: String,
    },
    /// Bytes arrived.
    Received {
        /// Which feed.
        feed: FeedIndex,
        /// A piece of a stream, cut anywhere, or exactly one datagram.
        bytes: Vec<u8>,
        /// Who sent the datagram; none for a stream.
        source: Option<SocketAddr>,
    },
    /// Bytes of a feed were dropped here, because the node did not take them in time.
    FeedShed {
        /// Which feed.
        feed: FeedIndex,
        /// How many bytes.
        bytes: u64,
    },
    /// A console connected: it wants a `hello` and a full picture.
    ConsoleJoined {
        /// Which.
        console: ConsoleId,
    },
    /// A console's connection ended.
    ConsoleLeft {
        /// Which.
        console: ConsoleId,
    },
    /// A console asked something.
    ConsoleAsked {
        /// Which.
        console: ConsoleId,
        /// What.
        message: ClientMessage,
    },
    /// A slow console missed messages and can take some again: it wants a full picture.
    ConsoleShed {
        /// Which.
        console: ConsoleId,
        /// Messages it missed since it connected.
        messages: u64,
    },
    /// Time passes; about ten times a second.
    Tick,
    /// A partner's node is connected and who it says it is.
    PartnerConnected {
        /// Who.
        party: PartyId,
    },
    /// A partner's node is not connected any more, or could not be.
    PartnerLost {
        /// Who.
        party: PartyId,
        /// Why, for the operator.
        reason: String,
    },
    /// A partner released something to us; its link vouches for who it is.
    PartnerTold {
        /// Who.
        party: PartyId,
        /// One encoded `accord::Batch` or `accord::Note`.
        body: Vec<u8>,
    },
    /// How the link with a partner does, for the operator; at most once a second.
    PartnerLink {
        /// Who.
        party: PartyId,
        /// How.
        report: LinkReport,
    },
}

/// How a link does, beside whether it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkReport {
    /// Batches that wait until the partner takes them; `None` until it has said what it has.
    pub queued: Option<u64>,
    /// How often somebody who said to be the partner and did not prove it was turned away.
    pub refusals: u64,
    /// Why, the last time.
    pub last_refusal: Option<String>,
    /// What was to be told it and is not kept: too much waited, or the disk failed. It is to be told
    /// anew.
    pub shed: u64,
}

/// What there is to say to the consumers of one party.
#[derive(Debug, Clone, PartialEq)]
pub enum ConsumerNews {
    /// What was released to that party.
    Released(Released<Batch>),
    /// Nothing of what was released stands any more, and nothing more comes for now.
    Stopped {
        /// Which party.
        to: PartyId,
        /// Why, for the operator.
        reason: String,
    },
}

/// What a book is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    /// Incidents.
    Incidents,
    /// The board of alerts, where it is too large for a record of what stands.
    Alerts,
    /// What feeds told of flight plans.
    Plans,
}

/// What is too large for a record of what stands, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// Of what.
    pub shelf: Shelf,
    /// Rises with each that was kept, over all runs; from 1.
    pub generation: u64,
    /// `alert::incident::Incidents`, the board, or messages about plans, as bytes.
    pub bytes: Vec<u8>,
    /// Incidents that are not in it any more, to be kept beside it.
    pub put_away: Vec<PutAway>,
}

/// An incident that was taken out of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutAway {
    /// Which.
    pub incident: IncidentId,
    /// `alert::incident::Incident` as bytes.
    pub bytes: Vec<u8>,
}

/// What waits for a partner goes no further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// For whom it was.
    pub to: PartyId,
    /// Why, for the ledger.
    pub reason: String,
    /// When that was decided, by the clock of then.
    pub at: Time,
    /// It was decided in a run before, and a crash may have come before it was carried out: to be
    /// done unless it was.
    pub again: bool,
}

impl Shelf {
    /// Each, in order.
    pub const ALL: [Self; 3] = [Self::Incidents, Self::Alerts, Self::Plans];

    /// The name of its folder.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Incidents => "incidents",
            Self::Alerts => "alerts",
            Self::Plans => "plans",
        }
    }
}

impl Event {
    /// Whether a partner said it; its connection of the run before is gone.
    pub fn is_of_partner(&self) -> bool {
        matches!(self, Event::PartnerTold { .. })
    }

    /// Whether a person decided something that must outlast any crash.
    pub fn is_act(&self) -> bool {
        matches!(self, Event::ConsoleAsked { message, .. } if message.is_act())
    }

    /// The feed it is about, if it is about one.
    pub fn feed(&self) -> Option<FeedIndex> {
        match self {
            Event::FeedConnected { feed }
            | Event::FeedLost { feed, .. }
            | Event::Received { feed, .. }
            | Event::FeedShed { feed, .. } => Some(*feed),
            _ => None,
        }
    }
}

/// What may happen to a message on its way to a console that does not keep up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryKind {
    /// Kept: `hello`, `refused`.
    Once,
    /// A full picture: replaces everything before it.
    Snapshot,
    /// Of use only if nothing before it was lost: a change of the picture.
    Change,
    /// The next of its kind replaces it: `sensors`, `selected`.
    Latest,
}

/// One encoded `wire::ServerMessage` and who gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Receivers; those that have left are passed over.
    pub to: Vec<ConsoleId>,
    /// The MessagePack text of the message, shared by all receivers.
    pub body: Bytes,
    /// What may be dropped.
    pub kind: DeliveryKind,
}

/// What an engine wants sent, in order.
#[derive(Debug, Default)]
pub struct Outbox {
    /// To consoles, oldest first.
    pub deliveries: Vec<Delivery>,
    /// Pictures to partners, oldest first. Nothing but this and `notes` leaves the node for
    /// another party.
    pub released: Vec<Released<Batch>>,
    /// What is said to partners beside the picture, oldest first.
    pub notes: Vec<Released<Note>>,
    /// What was released to them before and is still on its way is dropped.
    pub withdrawn: Vec<Withdrawal>,
    /// Suspensions and resumptions by our own people, with who decided them: for the ledger with the
    /// party that each is towards. Of all else that people do, the notes tell the ledger.
    pub decisions: Vec<(PartyId, ledger::Entry)>,
    /// Who changed which identity and why, for the log.
    pub said: Said,
    /// To other people's systems, oldest first.
    pub consumers: Vec<ConsumerNews>,
}

/// Changes of identity, for the log.
#[derive(Debug, Default)]
pub struct Said {
    /// Which track, and what.
    pub changes: Vec<(TrackNumber, Change)>,
    /// How many more there were than are held at once; each track's own history has them.
    pub dropped: u64,
    /// Alerts that ended a while ago, whole, with all that people did: nothing else has them.
    pub alerts: Vec<AlertRow>,
}

impl Outbox {
    /// Takes out all that is for partners, as bytes in the order in which it is to go.
    pub fn take_released(&mut self) -> Vec<Released<Vec<u8>>> {
        let batches = self.released.drain(..).map(|batch| batch.encode());
        let notes = self.notes.drain(..).map(|note| note.encode());
        batches.chain(notes).collect()
    }

    /// Adds one message for `to`; nothing if there are no receivers.
    pub fn send(&mut self, to: Vec<ConsoleId>, kind: DeliveryKind, body: Bytes) {
        if !to.is_empty() {
            self.deliveries.push(Delivery { to, body, kind });
        }
    }
}

/// What the engine is to the rim.
pub trait Handle: Send + 'static {
    /// Takes one event at `now`, which never decreases, and adds what is to be sent to `outbox`.
    /// A function of state, event and time alone.
    fn handle(&mut self, event: &Event, now: Time, outbox: &mut Outbox);

    /// The airspaces and borders that it warns of. Asked once, before its first event.
    fn airspaces(&self) -> Arc<Airspaces> {
        Arc::default()
    }

    /// The numbers its tracks bear. Asked about once a second, and recorded.
    fn numbers(&self) -> Numbers {
        Numbers::default()
    }

    /// Goes on after a run whose tracks bore `numbers`.
    fn take_up(&mut self, _numbers: &Numbers) {}

    /// What people decided and still stands, as text. Asked about once a second, and recorded.
    fn standing(&mut self) -> String {
        String::new()
    }

    /// Goes on at `now` with what stood in a run before, be it by a clock that was ahead of `now`.
    /// What may still be on its way to partners and goes no further for it.
    fn take_up_standing(&mut self, _standing: &str, _now: Time) -> Vec<Withdrawal> {
        Vec::new()
    }

    /// A book with something new in it. Asked about before `standing` until there is none, and
    /// written; [`Handle::book_kept`] says that it was.
    fn book(&mut self) -> Option<Book> {
        None
    }

    /// The book last given is durable; what stands speaks of it from here on.
    fn book_kept(&mut self, _shelf: Shelf) {}

    /// The generation of the book that belongs to what stood; 0: none was kept.
    fn book_wanted(&self, _shelf: Shelf) -> u64 {
        0
    }

    /// Goes on with the book of a run before, or says why there is none. False if what was found
    /// could not be read.
    fn take_up_book(&mut self, _shelf: Shelf, _found: Result<Option<Book>, String>) -> bool {
        true
    }

    /// All that was recorded is taken up: what happens from here on happens now.
    fn resumed(&mut self) {}

    /// What there is to count and measure, for `/metrics`. Asked about once a second.
    fn metrics(&self, now: Time) -> Metrics;
}
