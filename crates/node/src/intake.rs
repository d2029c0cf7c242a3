//! The one queue from the rim to the engine: many producers, one engine thread, bounded.
//!
//! Bound and order of shedding: each feed may have [`FEED_BYTES_MAX`] waiting. What arrives beyond
//! that is dropped, the newest first, and stays dropped until the engine has taken what waits; it
//! then learns with `FeedShed` how much is missing, at the place where it is missing. One feed's
//! flood never displaces another feed, a console or a tick. A console may have
//! [`QUESTIONS_MAX`] questions waiting; a tick that still waits is not doubled.

use crate::clock::Clock;
use crate::event::{ConsoleId, Event, FeedIndex};
use crate::wire::ClientMessage;
use accord::PartyId;
use std::collections::BTreeMap;
use std::mem;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use surveillance::Time;

/// Bytes of one feed that may wait, each event counted with [`EVENT_BYTES`] on top. The batch that
/// the engine works on is not counted, so that twice this is in memory at most.
pub const FEED_BYTES_MAX: usize = 4 << 20;
/// What an event costs beside the bytes it carries.
pub const EVENT_BYTES: usize = 64;
/// Bytes of one partner beyond which its link hands nothing on until the engine has taken some.
pub const PARTNER_BYTES_MAX: usize = 4 << 20;
/// Questions of one console that may wait.
pub const QUESTIONS_MAX: usize = 32;

/// Events in their order, each with its time; times never decrease.
pub type Batch = Vec<(Time, Event)>;

/// The queue. Producers share it; the engine's thread [`Intake::take`]s from it.
#[derive(Debug)]
pub struct Intake {
    clock: Arc<Clock>,
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Debug)]
struct Waiting {
    batch: Batch,
    feeds: Vec<FeedShare>,
    questions: BTreeMap<ConsoleId, usize>,
    partners: BTreeMap<PartyId, usize>,
    tick: bool,
    closed: bool,
}

impl Waiting {
    fn is_empty(&self) -> bool {
        let silent = |share: &FeedShare| share.shed == 0 && share.state.is_none();
        self.batch.is_empty() && self.feeds.iter().all(silent)
    }
}

#[derive(Debug, Default, Clone)]
struct FeedShare {
    bytes: usize,
    shed: u64,
    /// The newest state of the connection after the shedding began.
    state: Option<(Time, Event)>,
}

impl Intake {
    /// A queue for `feeds` feeds.
    pub fn new(clock: Arc<Clock>, feeds: usize) -> Self {
        let waiting = Waiting {
            batch: Batch::new(),
            feeds: vec![FeedShare::default(); feeds],
            questions: BTreeMap::new(),
            partners: BTreeMap::new(),
            tick: false,
            closed: false,
        };
        Self { clock, waiting: Mutex::new(waiting), arrived: Condvar::new() }
    }

    /// Bytes arrived on `feed`; they are dropped and counted when its share is full.
    pub fn received(&self, feed: FeedIndex, bytes: &[u8], source: Option<SocketAddr>) {
        let mut waiting = self.lock();
        if waiting.closed {
            return;
        }
        let share = &mut waiting.feeds[usize::from(feed.0)];
        let cost = bytes.len() + EVENT_BYTES;
        if share.shed > 0 || share.state.is_some() || share.bytes + cost > FEED_BYTES_MAX {
            share.shed += bytes.len() as u64;
            drop(waiting);
            self.arrived.notify_one();
        } else {
            share.bytes += cost;
            self.push(waiting, Event::Received { feed, bytes: bytes.to_vec(), source });
        }
    }

    /// Whether less than half of `feed`'s share waits: a sender that can wait, as a recording can,
    /// goes on then and loses nothing.
    pub fn has_room(&self, feed: FeedIndex) -> bool {
        let waiting = self.lock();
        waiting.closed || waiting.feeds[usize::from(feed.0)].bytes < FEED_BYTES_MAX / 2
    }

    /// `feed`'s stream begins.
    pub fn connected(&self, feed: FeedIndex) {
        self.state(feed, Event::FeedConnected { feed });
    }

    /// `feed`'s stream ended or could not be reached.
    pub fn lost(&self, feed: FeedIndex, reason: String) {
        self.state(feed, Event::FeedLost { feed, reason });
    }

    fn state(&self, feed: FeedIndex, event: Event) {
        let mut waiting = self.lock();
        if waiting.closed {
            return;
        }
        let now = self.clock.now();
        let share = &mut waiting.feeds[usize::from(feed.0)];
        if share.shed > 0 || share.bytes + EVENT_BYTES > FEED_BYTES_MAX {
            share.state = Some((now, event));
            drop(waiting);
            self.arrived.notify_one();
        } else {
            share.bytes += EVENT_BYTES;
            self.push(waiting, event);
        }
    }

    /// Time passes. Not queued twice.
    pub fn tick(&self) {
        let mut waiting = self.lock();
        if !waiting.closed && !mem::replace(&mut waiting.tick, true) {
            self.push(waiting, Event::Tick);
        }
    }

    /// A console asks. False if too many of its questions wait already; this one is dropped.
    pub fn asked(&self, console: ConsoleId, message: ClientMessage) -> bool {
        let mut waiting = self.lock();
        let count = waiting.questions.entry(console).or_default();
        if *count >= QUESTIONS_MAX {
            return false;
        }
        *count += 1;
        if !waiting.closed {
            self.push(waiting, Event::ConsoleAsked { console, message });
        }
        true
    }

    /// A console came, left or missed messages. The bound on consoles bounds these.
    pub(crate) fn console(&self, event: Event) {
        let waiting = self.lock();
        if !waiting.closed {
            self.push(waiting, event);
        }
    }

    /// Something that happened before and happens again. Nothing bounds it: whoever plays a recording
    /// waits for its time.
    pub(crate) fn again(&self, event: Event) {
        self.console(event);
    }

    /// Something of a partner's link. Nothing is dropped: the link looks for room first, and says
    /// little else.
    pub(crate) fn partner(&self, event: Event) {
        let mut waiting = self.lock();
        if waiting.closed {
            return;
        }
        if let Event::PartnerTold { party, body } = &event {
            *waiting.partners.entry(*party).or_default() += body.len() + EVENT_BYTES;
        }
        self.push(waiting, event);
    }

    /// Whether `party`'s link may hand more on.
    pub(crate) fn has_room_for(&self, party: PartyId) -> bool {
        let waiting = self.lock();
        !waiting.closed && waiting.partners.get(&party).is_none_or(|n| *n < PARTNER_BYTES_MAX)
    }

    /// No more events: what waits is still taken, then [`Intake::take`] says so.
    pub fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_all();
    }

    /// Waits for events and moves all that wait into `batch`, which is emptied first. False when
    /// the queue is closed and nothing is left.
    pub fn take(&self, batch: &mut Batch) -> bool {
        batch.clear();
        let mut waiting = self.lock();
        while waiting.is_empty() && !waiting.closed {
            waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        mem::swap(batch, &mut waiting.batch);
        waiting.tick = false;
        waiting.questions.clear();
        waiting.partners.clear();
        let now = self.clock.now();
        for (index, share) in waiting.feeds.iter_mut().enumerate() {
            let share = mem::take(share);
            if share.shed > 0 {
                let feed = FeedIndex(index as u16);
                batch.push((now, Event::FeedShed { feed, bytes: share.shed }));
            }
            if let Some((_, event)) = share.state {
                batch.push((now, event));
            }
        }
        !batch.is_empty()
    }

    /// The event's time is read under the lock, so that order and time agree.
    fn push(&self, mut waiting: MutexGuard<'_, Waiting>, event: Event) {
        waiting.batch.push((self.clock.now(), event));
        drop(waiting);
        self.arrived.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // A producer that panicked left a whole queue behind: every change is one push.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOOD: FeedIndex = FeedIndex(0);
    const CALM: FeedIndex = FeedIndex(1);

    fn intake() -> Intake {
        Intake::new(Arc::new(Clock::new()), 2)
    }

    fn taken(intake: &Intake) -> Vec<Event> {
        let mut batch = Batch::new();
        intake.take(&mut batch);
        assert!(batch.is_sorted_by_key(|(time, _)| *time));
        batch.into_iter().map(|(_, event)| event).collect()
    }

    #[test]
    fn a_sender_that_waits_for_room_loses_nothing() {
        let intake = intake();
        let mut sent = 0;
        for _ in 0..3 {
            while intake.has_room(FLOOD) {
                intake.received(FLOOD, &[7; 60_000], None);
                sent += 1;
            }
            let events = taken(&intake);
            assert!(events.iter().all(|event| matches!(event, Event::Received { .. })));
            sent -= events.len();
        }
        assert_eq!(sent, 0);
    }

    #[test]
    fn a_flood_is_bounded_counted_and_does_not_displace_the_other_feed() {
        let intake = intake();
        let datagram = [7; 1400];
        for _ in 0..10_000 {
            intake.received(FLOOD, &datagram, None);
        }
        intake.received(CALM, b"calm", None);
        intake.tick();
        intake.tick();

        let events = taken(&intake);
        let kept: usize =
            (events.iter()).filter(|e| matches!(e, Event::Received { feed: FLOOD, .. })).count();
        assert_eq!(kept, FEED_BYTES_MAX / (datagram.len() + EVENT_BYTES));
        let shed = (10_000 - kept as u64) * datagram.len() as u64;
        assert_eq!(events.last(), Some(&Event::FeedShed { feed: FLOOD, bytes: shed }));
        assert!(events.iter().any(|e| matches!(e, Event::Received { feed: CALM, .. })));
        assert_eq!(events.iter().filter(|e| **e == Event::Tick).count(), 1);
    }

    #[test]
    fn a_connection_that_flaps_during_a_flood_ends_in_its_newest_state() {
        let intake = intake();
        intake.received(FLOOD, &vec![0; FEED_BYTES_MAX], None);
        for _ in 0..1000 {
            intake.lost(FLOOD, "reset".into());
            intake.connected(FLOOD);
        }
        let shed = Event::FeedShed { feed: FLOOD, bytes: FEED_BYTES_MAX as u64 };
        assert_eq!(taken(&intake), [shed, Event::FeedConnected { feed: FLOOD }]);
    }

    #[test]
    fn after_the_engine_took_what_waited_a_feed_is_heard_again() {
        let intake = intake();
        intake.received(FLOOD, &vec![0; FEED_BYTES_MAX], None);
        taken(&intake);
        intake.received(FLOOD, b"again", None);
        let again = Event::Received { feed: FLOOD, bytes: b"again".to_vec(), source: None };
        assert_eq!(taken(&intake), [again]);
    }

    #[test]
    fn a_closed_queue_gives_what_it_holds_and_then_ends() {
        let intake = intake();
        intake.tick();
        intake.close();
        intake.received(CALM, b"late", None);
        let mut batch = Batch::new();
        assert!(intake.take(&mut batch));
        assert_eq!(batch.len(), 1);
        assert!(!intake.take(&mut batch));
    }

    #[test]
    fn a_console_that_asks_without_end_is_cut_off() {
        let intake = intake();
        let asked = (0..100).filter(|_| intake.asked(ConsoleId(1), ClientMessage::Resync {}));
        assert_eq!(asked.count(), QUESTIONS_MAX);
    }
}
