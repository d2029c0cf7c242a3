//! The queues from the engine to the consoles: one bounded queue a console, never waiting for any.
//!
//! Order of shedding for a console that does not keep up: beyond [`QUEUE_MESSAGES_MAX`] or
//! [`QUEUE_BYTES_MAX`] everything that waits for it but `Once` messages is dropped and counted,
//! and so is each change after it. When the console has taken what was under way, the engine is
//! told with `ConsoleShed` and answers with a full picture, from which changes flow again. A
//! console that takes nothing at all therefore costs nothing.

use crate::event::{ConsoleId, Delivery, DeliveryKind, Event};
use crate::intake::Intake;
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Messages that may wait for one console.
pub const QUEUE_MESSAGES_MAX: usize = 64;
/// Bytes that may wait for one console, unless a single full picture is larger.
pub const QUEUE_BYTES_MAX: usize = 8 << 20;
/// Consoles that may be connected at once.
pub const CONSOLES_MAX: usize = 64;

/// All consoles' queues.
#[derive(Debug)]
pub struct Consoles {
    intake: Arc<Intake>,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    queues: BTreeMap<ConsoleId, Arc<Queue>>,
    next: u32,
    shed_before: u64,
    closed: bool,
}

impl Consoles {
    /// None connected; joins and leaves go to `intake`.
    pub fn new(intake: Arc<Intake>) -> Self {
        Self { intake, open: Mutex::default() }
    }

    /// A console connects. None when [`CONSOLES_MAX`] are connected or the node is stopping.
    pub fn join(self: &Arc<Self>) -> Option<Seat> {
        let mut open = self.lock();
        if open.closed || open.queues.len() >= CONSOLES_MAX {
            return None;
        }
        let console = ConsoleId(open.next);
        open.next += 1;
        let queue = Arc::new(Queue::default());
        open.queues.insert(console, queue.clone());
        // Under the lock: a leave cannot overtake its join.
        self.intake.console(Event::ConsoleJoined { console });
        Some(Seat { console, queue, consoles: self.clone() })
    }

    /// Puts one message into the queues of its receivers.
    pub fn deliver(&self, delivery: &Delivery) {
        let open = self.lock();
        for console in &delivery.to {
            if let Some(queue) = open.queues.get(console) {
                queue.push(delivery.kind, &delivery.body);
            }
        }
    }

    /// No console may join any more, and each connection ends once its queue is empty.
    pub fn close(&self) {
        let mut open = self.lock();
        open.closed = true;
        for queue in open.queues.values() {
            queue.lock().closed = true;
            queue.ready.notify_one();
        }
    }

    /// How many are connected, and how many messages were not sent since the start.
    pub fn counts(&self) -> (u64, u64) {
        let open = self.lock();
        let shed: u64 = open.queues.values().map(|queue| queue.lock().shed).sum();
        (open.queues.len() as u64, open.shed_before + shed)
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connected console's end; dropping it is leaving.
#[derive(Debug)]
pub struct Seat {
    console: ConsoleId,
    queue: Arc<Queue>,
    consoles: Arc<Consoles>,
}

impl Seat {
    /// Who it is.
    pub fn console(&self) -> ConsoleId {
        self.console
    }

    /// Where its questions go.
    pub(crate) fn intake(&self) -> &Intake {
        &self.consoles.intake
    }

    /// The next message to send; waits for one. None when the node closes the connection.
    /// Dropping the future loses nothing.
    pub async fn next(&self) -> Option<Bytes> {
        loop {
            match self.queue.pop() {
                Popped::Message(body) => return Some(body),
                Popped::Closed => return None,
                Popped::Resync { messages } => {
                    let console = self.console;
                    self.consoles.intake.console(Event::ConsoleShed { console, messages });
                }
                Popped::Nothing => self.queue.ready.notified().await,
            }
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.consoles.lock();
        open.queues.remove(&self.console);
        open.shed_before += self.queue.lock().shed;
        self.consoles.intake.console(Event::ConsoleLeft { console: self.console });
    }
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    ready: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    messages: VecDeque<(DeliveryKind, Bytes)>,
    bytes: usize,
    gap: Gap,
    shed: u64,
    closed: bool,
}

/// Whether changes make sense to this console.
#[derive(Debug, Default, PartialEq, Eq)]
enum Gap {
    #[default]
    None,
    /// Something was dropped, and the engine has not been told yet.
    Open,
    /// The engine has been asked for a full picture.
    Asked,
}

enum Popped {
    Message(Bytes),
    Resync { messages: u64 },
    Nothing,
    Closed,
}

impl Queue {
    fn push(&self, kind: DeliveryKind, body: &Bytes) {
        let mut waiting = self.lock();
        match kind {
            DeliveryKind::Snapshot => {
                waiting.drop_all_but_once();
                waiting.gap = Gap::None;
            }
            DeliveryKind::Change if waiting.gap != Gap::None => {
                waiting.shed += 1;
                return;
            }
            // Each would keep a slow console from ever being done and asking for a full picture.
            DeliveryKind::Latest if waiting.gap != Gap::None => return,
            _ => {}
        }
        let full = waiting.messages.len() >= QUEUE_MESSAGES_MAX
            || (!waiting.messages.is_empty() && waiting.bytes + body.len() > QUEUE_BYTES_MAX);
        if full {
            waiting.shed_all(kind);
        }
        // A queue of nothing but `Once` messages can still be full: then this one is lost, too.
        if waiting.messages.len() < QUEUE_MESSAGES_MAX && !(full && kind == DeliveryKind::Change) {
            waiting.bytes += body.len();
            waiting.messages.push_back((kind, body.clone()));
        }
        drop(waiting);
        self.ready.notify_one();
    }

    fn pop(&self) -> Popped {
        let mut waiting = self.lock();
        if let Some((_, body)) = waiting.messages.pop_front() {
            waiting.bytes -= body.len();
            return Popped::Message(body);
        }
        if waiting.closed {
            return Popped::Closed;
        }
        if waiting.gap == Gap::Open {
            waiting.gap = Gap::Asked;
            return Popped::Resync { messages: waiting.shed };
        }
        Popped::Nothing
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Forgets what a full picture makes worthless; it is superseded, not lost.
    fn drop_all_but_once(&mut self) {
        self.messages.retain(|(kind, _)| *kind == DeliveryKind::Once);
        self.bytes = self.messages.iter().map(|(_, body)| body.len()).sum();
    }

    fn shed_all(&mut self, incoming: DeliveryKind) {
        let before = self.messages.len();
        self.drop_all_but_once();
        self.shed += (before - self.messages.len()) as u64;
        self.shed += u64::from(incoming == DeliveryKind::Change);
        // A full picture that comes now closes the gap by itself.
        if incoming != DeliveryKind::Snapshot {
            self.gap = Gap::Open;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::intake::Batch;

    fn consoles() -> (Arc<Intake>, Arc<Consoles>) {
        let intake = Arc::new(Intake::new(Arc::new(Clock::new()), 0));
        (intake.clone(), Arc::new(Consoles::new(intake)))
    }

    fn send(consoles: &Consoles, seat: &Seat, kind: DeliveryKind, body: &'static str) {
        let body = Bytes::from_static(body.as_bytes());
        consoles.deliver(&Delivery { to: vec![seat.console()], body, kind });
    }

    fn taken(intake: &Intake) -> Vec<Event> {
        let mut batch = Batch::new();
        intake.tick();
        intake.take(&mut batch);
        batch.into_iter().map(|(_, event)| event).filter(|e| *e != Event::Tick).collect()
    }

    #[tokio::test]
    async fn a_slow_console_loses_changes_and_gets_a_full_picture_when_it_reads_again() {
        let (intake, consoles) = consoles();
        let seat = consoles.join().unwrap();
        send(&consoles, &seat, DeliveryKind::Once, "hello");
        for _ in 0..1000 {
            send(&consoles, &seat, DeliveryKind::Change, "change");
        }
        assert_eq!(taken(&intake), [Event::ConsoleJoined { console: seat.console() }]);
        assert_eq!(consoles.counts(), (1, 1000));

        assert_eq!(seat.next().await.unwrap(), "hello");
        let reading = seat.next();
        tokio::pin!(reading);
        assert!(futures_util::poll!(reading.as_mut()).is_pending());
        let shed = Event::ConsoleShed { console: seat.console(), messages: 1000 };
        assert_eq!(taken(&intake), [shed]);

        send(&consoles, &seat, DeliveryKind::Change, "still of no use");
        send(&consoles, &seat, DeliveryKind::Snapshot, "full");
        send(&consoles, &seat, DeliveryKind::Change, "change after");
        assert_eq!(reading.await.unwrap(), "full");
        assert_eq!(seat.next().await.unwrap(), "change after");
        assert_eq!(consoles.counts(), (1, 1001));
    }

    #[tokio::test]
    async fn large_messages_are_bounded_by_their_bytes() {
        let (_, consoles) = consoles();
        let seat = consoles.join().unwrap();
        let body = Bytes::from(vec![0; QUEUE_BYTES_MAX / 4 + 1]);
        for _ in 0..4 {
            let to = vec![seat.console()];
            consoles.deliver(&Delivery { to, body: body.clone(), kind: DeliveryKind::Change });
        }
        assert_eq!(consoles.counts(), (1, 4));
    }

    #[tokio::test]
    async fn a_closed_node_empties_the_queue_and_ends_the_connection() {
        let (intake, consoles) = consoles();
        let seat = consoles.join().unwrap();
        send(&consoles, &seat, DeliveryKind::Latest, "last words");
        consoles.close();
        assert_eq!(seat.next().await.unwrap(), "last words");
        assert_eq!(seat.next().await, None);
        assert!(consoles.join().is_none());
        let console = seat.console();
        drop(seat);
        let left = Event::ConsoleLeft { console };
        assert_eq!(taken(&intake).last(), Some(&left));
    }

    #[test]
    fn the_number_of_consoles_is_bounded() {
        let (_, consoles) = consoles();
        let seats: Vec<_> = std::iter::from_fn(|| consoles.join()).collect();
        assert_eq!(seats.len(), CONSOLES_MAX);
    }
}
