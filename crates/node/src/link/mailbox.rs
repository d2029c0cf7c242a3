//! What waits for the thread of one partner: many producers, one taker, bounded.
//!
//! Bytes from the partner are bounded by making its socket wait; offers by a number of batches, of
//! which what is beyond is dropped and counted; all else comes at most once for something that is
//! bounded itself.

use super::Refused;
use accord::{Batch, Released};
use ledger::Entry;
use link::Keys;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use surveillance::Time;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Bytes from the partner that may wait.
const RECEIVED_MAX: usize = 4 << 20;
/// Offers that may wait, each of a slot or part of one.
const OFFERS_MAX: usize = 1024;

/// A connection that has proven whose it is.
#[derive(Debug)]
pub(super) struct Connection {
    /// Never used again in one run.
    pub(super) id: u64,
    /// This side made it.
    pub(super) dialed: bool,
    pub(super) peer: SocketAddr,
    /// What is to be written; closing it ends the connection once all is written.
    pub(super) out: mpsc::UnboundedSender<Vec<u8>>,
    /// Ends the connection at once, with what waits to be written.
    pub(super) cancel: CancellationToken,
}

/// Something released, in either form.
#[derive(Debug)]
pub(super) enum Offer {
    Batch(Released<Batch>),
    Encoded(Released<Vec<u8>>),
}

#[derive(Debug)]
pub(super) enum Item {
    Connected(Connection),
    Received {
        connection: u64,
        bytes: Vec<u8>,
    },
    Wrote {
        connection: u64,
        length: usize,
    },
    Ended {
        connection: u64,
        why: Refused,
    },
    /// No connection could be made.
    Unreached(Refused),
    /// Somebody who named this partner was turned away.
    TurnedAway(Refused),
    Offered(Offer),
    /// A decision of our own people, for the ledger.
    Decided(Box<Entry>),
    Withdraw {
        reason: String,
        /// When that was decided.
        at: Time,
        /// Only if it was not carried out.
        again: bool,
    },
    /// So many of what was handed on are in the journal now.
    Recorded(u64),
    /// The engine took what was handed on.
    Taken,
    Keys(Box<Keys>),
    /// The node stops: no more connections. Answered once what came is handed on.
    HangUp(oneshot::Sender<()>),
    /// The ledger's files are wanted complete.
    Seal(oneshot::Sender<Result<(), String>>),
}

#[derive(Debug, Default)]
struct Waiting {
    items: VecDeque<Item>,
    received_bytes: usize,
    offers: usize,
    offers_shed: u64,
    closed: bool,
}

#[derive(Debug, Default)]
pub(super) struct Mailbox {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
    room: Notify,
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Every change is one push or one take: a producer that panicked left it whole.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, item: Item) {
        let mut waiting = self.lock();
        if waiting.closed {
            return;
        }
        // Turned away and not yet looked at: the counters know of all, one is enough to show.
        if matches!(item, Item::TurnedAway(_) | Item::Taken) {
            let same =
                |known: &Item| std::mem::discriminant(known) == std::mem::discriminant(&item);
            if waiting.items.iter().rev().take(8).any(same) {
                return;
            }
        }
        match &item {
            Item::Received { bytes, .. } => waiting.received_bytes += bytes.len(),
            Item::Offered(_) if waiting.offers >= OFFERS_MAX => {
                waiting.offers_shed += 1;
                return;
            }
            Item::Offered(_) => waiting.offers += 1,
            _ => {}
        }
        waiting.items.push_back(item);
        drop(waiting);
        self.arrived.notify_one();
    }

    /// Waits until more bytes from the partner may be put in.
    pub(super) async fn room(&self) {
        loop {
            let freed = self.room.notified();
            if self.lock().received_bytes < RECEIVED_MAX {
                return;
            }
            freed.await;
        }
    }

    /// So many bytes from the partner are dealt with.
    pub(super) fn consumed(&self, length: usize) {
        let mut waiting = self.lock();
        waiting.received_bytes = waiting.received_bytes.saturating_sub(length);
        let room = waiting.received_bytes < RECEIVED_MAX;
        drop(waiting);
        if room {
            self.room.notify_waiters();
        }
    }

    /// Moves what waits into `items`, after `patience` at the latest. False once it is closed and
    /// empty.
    pub(super) fn take(&self, items: &mut VecDeque<Item>, patience: Duration) -> bool {
        let mut waiting = self.lock();
        if waiting.items.is_empty() && !waiting.closed {
            let waited = self.arrived.wait_timeout(waiting, patience);
            waiting = waited.map_or_else(|broken| broken.into_inner().0, |(guard, _)| guard);
        }
        items.append(&mut waiting.items);
        waiting.offers = 0;
        !(waiting.closed && items.is_empty())
    }

    /// Offers dropped because too many waited.
    pub(super) fn offers_shed(&self) -> u64 {
        self.lock().offers_shed
    }

    /// Nothing more is put in; what waits is still taken.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_one();
        self.room.notify_waiters();
    }
}
