//! Joins rim and engine: one dedicated thread takes events in batches, has each batch recorded,
//! hands its events to the engine in order, and passes on what the engine wants sent.

use crate::clock::Clock;
use crate::consoles::Consoles;
use crate::consumer::Consumers;
use crate::event::{Book, Event, Handle, Outbox, Said};
use crate::intake::{Batch, Intake};
use crate::link::Links;
use crate::metrics::{Metrics, RimMetrics};
use crate::timeline::{Minute, Timeline};
use crate::wire::AlertRow;
use accord::PartyId;
use picture::identity::{Change, Who};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use surveillance::Time;
use tracker::Numbers;

/// Where events are kept before they are acted on.
pub trait Recorder: Send + 'static {
    /// Keeps `batch`, in order.
    fn record(&mut self, batch: &[(Time, Event)]) -> io::Result<()>;
    /// Keeps the numbers that the engine's tracks bear after what was recorded last.
    fn record_numbers(&mut self, _numbers: &Numbers) -> io::Result<()> {
        Ok(())
    }
    /// Keeps an alert that ended a while ago: from here on nothing else has it.
    fn record_over(&mut self, _alert: &AlertRow) -> io::Result<()> {
        Ok(())
    }
    /// Keeps a book; it is durable after this.
    fn record_book(&mut self, _book: &Book) -> io::Result<()> {
        Ok(())
    }
    /// Keeps what people decided and still stands after what was recorded last.
    fn record_standing(&mut self, _standing: &str) -> io::Result<()> {
        Ok(())
    }
    /// The minutes that were kept before, oldest first.
    fn minutes(&self) -> Vec<Minute> {
        Vec::new()
    }
    /// Keeps a minute for whoever looks back.
    fn record_minute(&mut self, _minute: &Minute) -> io::Result<()> {
        Ok(())
    }
    /// Makes all that was recorded survive a crash of the machine.
    fn sync(&mut self) -> io::Result<()>;
}

/// Keeps nothing: recording is switched off.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRecorder;

impl Recorder for NoRecorder {
    fn record(&mut self, _: &[(Time, Event)]) -> io::Result<()> {
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Seconds without a finished batch after which the engine counts as stuck. Ticks come ten times
/// a second, so that a healthy engine finishes batches even when no sensor sends.
pub const STUCK_AFTER_S: f64 = 5.0;
/// Seconds ahead of the machine's clock, after that was set back, beyond which a node is not well. Less
/// is caught up with within minutes.
const AHEAD_MAX_S: f64 = 30.0;
/// Places of failures in [`Status`].
const EVENTS: usize = 0;
const STANDING: usize = 1;
/// Alerts that are over and wait to be recorded at most, while the disk fails.
const OVER_MAX: usize = 100_000;
/// Seconds between two snapshots of the engine's metrics.
const METRICS_PERIOD_S: f64 = 1.0;
/// Seconds between two syncs of the recording: what a power failure may cost.
const SYNC_PERIOD_S: f64 = 5.0;

/// What the engine's thread tells of itself; read by `/healthz` and `/metrics`.
#[derive(Debug, Default)]
pub struct Status {
    /// When a batch was last finished, nanoseconds since the clock was made.
    finished_nanos: AtomicI64,
    lag_nanos: AtomicI64,
    events: AtomicU64,
    batches: AtomicU64,
    events_unrecorded: AtomicU64,
    /// Of events, and of what stands.
    recording_failures: Mutex<[Option<String>; 2]>,
    engine: Mutex<Arc<Metrics>>,
    timeline: Mutex<Timeline>,
}

/// Whether a node does its work.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// None when all is well; else what is wrong, in words.
    pub trouble: Option<String>,
    /// Seconds from the oldest event of the last batch to the end of its handling.
    pub engine_lag_s: f64,
}

impl Status {
    /// Whether the engine moves and the recording is written, now.
    pub fn health(&self, clock: &Clock) -> Health {
        let idle_nanos = passed_nanos(clock) - self.finished_nanos.load(Ordering::Relaxed);
        let (idle_s, ahead_s) = (idle_nanos as f64 / 1e9, clock.ahead_s());
        let failures = self.recording_failures.lock().unwrap_or_else(PoisonError::into_inner);
        let failure = failures.iter().flatten().next().cloned();
        drop(failures);
        let trouble = if idle_s > STUCK_AFTER_S {
            Some(format!("the engine has not moved for {idle_s:.0} s"))
        } else if ahead_s > AHEAD_MAX_S {
            Some(format!(
                "the machine's clock was set back: the node is {ahead_s:.0} s ahead of it, and sensors \
                 that tell the time of day seem late; start the node again"
            ))
        } else {
            failure.map(|why| format!("the recording cannot be written: {why}"))
        };
        Health { trouble, engine_lag_s: self.lag_nanos.load(Ordering::Relaxed) as f64 / 1e9 }
    }

    /// The engine's newest metrics.
    pub fn engine_metrics(&self) -> Arc<Metrics> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What happened since then, minute by minute.
    pub fn minutes_since(&self, since: Time) -> Vec<Minute> {
        self.timeline.lock().unwrap_or_else(PoisonError::into_inner).since(since)
    }

    /// The rim's metrics, except what consoles cost.
    pub fn rim_metrics(&self) -> RimMetrics {
        let failures = self.recording_failures.lock().unwrap_or_else(PoisonError::into_inner);
        RimMetrics {
            events: self.events.load(Ordering::Relaxed),
            batches: self.batches.load(Ordering::Relaxed),
            events_unrecorded: self.events_unrecorded.load(Ordering::Relaxed),
            engine_lag_s: self.lag_nanos.load(Ordering::Relaxed) as f64 / 1e9,
            recording: failures.iter().all(Option::is_none),
            ..RimMetrics::default()
        }
    }
}

/// The engine's thread.
#[derive(Debug)]
pub struct EngineThread {
    /// What it tells of itself.
    pub status: Arc<Status>,
    thread: JoinHandle<()>,
}

impl EngineThread {
    /// Starts the thread. It ends when `intake` is closed and empty, after a last sync.
    pub fn start<H: Handle, R: Recorder>(
        engine: H,
        recorder: R,
        clock: Arc<Clock>,
        intake: Arc<Intake>,
        (consoles, links, consumers): (Arc<Consoles>, Arc<Links>, Arc<Consumers>),
    ) -> io::Result<Self> {
        let timeline = Mutex::new(Timeline::new(recorder.minutes()));
        let status = Arc::new(Status { timeline, ..Status::default() });
        status.finished_nanos.store(passed_nanos(&clock), Ordering::Relaxed);
        let worker = Worker {
            engine,
            recorder,
            clock,
            consoles,
            links,
            consumers,
            unsynced: BTreeMap::new(),
            over: VecDeque::new(),
            status: status.clone(),
            measured: Time::EPOCH,
            synced: Time::EPOCH,
            ahead: false,
        };
        let span = tracing::Span::current();
        let run = move || span.in_scope(|| worker.run(&intake));
        let thread = thread::Builder::new().name("engine".into()).spawn(run)?;
        Ok(Self { status, thread })
    }

    /// Waits until it has ended. False if it panicked.
    pub fn join(self) -> bool {
        self.thread.join().is_ok()
    }
}

struct Worker<H, R> {
    engine: H,
    recorder: R,
    clock: Arc<Clock>,
    consoles: Arc<Consoles>,
    links: Arc<Links>,
    consumers: Arc<Consumers>,
    /// What partners told and was recorded since the last sync; `None` for one of whom something
    /// could not be recorded: its link hands all of it on again after the next start.
    unsynced: BTreeMap<PartyId, Option<u64>>,
    /// Alerts that are over and not yet recorded.
    over: VecDeque<AlertRow>,
    status: Arc<Status>,
    measured: Time,
    synced: Time,
    /// It was said that the clock is ahead of the machine's.
    ahead: bool,
}

impl<H: Handle, R: Recorder> Worker<H, R> {
    fn run(mut self, intake: &Intake) {
        let mut batch = Batch::new();
        let mut outbox = Outbox::default();
        while intake.take(&mut batch) {
            self.record(&batch);
            for (time, event) in &batch {
                self.engine.handle(event, *time, &mut outbox);
            }
            let mut said = std::mem::take(&mut outbox.said);
            self.over.extend(said.alerts.drain(..));
            log_identities(said);
            // A number is kept before anybody sees it: after a crash it means the same aircraft.
            if !outbox.deliveries.is_empty() {
                let recorded = self.recorder.record_numbers(&self.engine.numbers());
                // An alert's number, too, means no other alert to whoever speaks of it after a crash.
                let recorded = recorded.and(self.keep_standing());
                self.note(STANDING, recorded);
            }
            for delivery in outbox.deliveries.drain(..) {
                self.consoles.deliver(&delivery);
            }
            self.pass_on(&mut outbox);
            self.account(&batch);
        }
        let result = self.recorder.sync();
        if result.is_ok() {
            self.tell_recorded();
        }
        self.note_recording(result);
    }

    /// What stands, and before it the books that it speaks of and the alerts that it has no more. It is
    /// kept also where those cannot be: it speaks of the books that were kept last.
    ///
    /// # Errors
    /// The first of what failed.
    fn keep_standing(&mut self) -> io::Result<()> {
        let over = self.keep_over();
        let books = self.keep_books();
        self.recorder.record_standing(&self.engine.standing()).and(over).and(books)
    }

    fn keep_over(&mut self) -> io::Result<()> {
        while let Some(alert) = self.over.front() {
            let kept = self.recorder.record_over(alert);
            if kept.is_err() && self.over.len() <= OVER_MAX {
                return kept;
            }
            let (id, rule) = (alert.id, alert.rule.as_str());
            match kept {
                Ok(()) => tracing::info!(id, rule, ended_for = alert.ended_for, "alert over"),
                Err(error) => tracing::error!(id, rule, %error, "an alert that is over is lost"),
            }
            self.over.pop_front();
        }
        Ok(())
    }

    fn keep_books(&mut self) -> io::Result<()> {
        while let Some(book) = self.engine.book() {
            self.recorder.record_book(&book)?;
            self.engine.book_kept(book.shelf);
        }
        Ok(())
    }

    /// To partners: what is withdrawn first, then what is released.
    fn pass_on(&mut self, outbox: &mut Outbox) {
        for withdrawal in outbox.withdrawn.drain(..) {
            self.links.withdraw(withdrawal);
        }
        for news in outbox.consumers.drain(..) {
            self.consumers.tell(news);
        }
        if outbox.released.is_empty() && outbox.notes.is_empty() && outbox.decisions.is_empty() {
            return;
        }
        // An epoch is kept before anybody sees it: the next one is later, whatever the clock says.
        // So is what is said to whom.
        let recorded = self.keep_standing();
        // A note that comes again after a crash must be the same: both ledgers have it by then.
        let synced = if outbox.notes.is_empty() { Ok(()) } else { self.recorder.sync() };
        self.note(STANDING, recorded.and(synced));
        for (party, entry) in outbox.decisions.drain(..) {
            self.links.decided(party, entry);
        }
        for released in outbox.released.drain(..) {
            self.links.offer(released);
        }
        for note in outbox.notes.drain(..) {
            self.links.offer_encoded(note.encode());
        }
    }

    /// Counts what partners told in a batch that was recorded, or was not.
    fn count_told(&mut self, batch: &Batch, recorded: bool) {
        for (_, event) in batch {
            if let Event::PartnerTold { party, .. } = event {
                let count = self.unsynced.entry(*party).or_insert(Some(0));
                *count = count.filter(|_| recorded).map(|count| count + 1);
                self.links.taken(*party);
            }
        }
    }

    fn tell_recorded(&mut self) {
        for (party, count) in &mut self.unsynced {
            if let Some(count) = count.as_mut().filter(|count| **count > 0) {
                self.links.recorded(*party, std::mem::take(count));
            }
        }
    }

    /// A recording that cannot be written must not blind the operator: the events are handled all
    /// the same, and counted, and the node says that it is not healthy.
    fn record(&mut self, batch: &Batch) {
        let recorded = self.recorder.record(batch);
        if recorded.is_err() {
            self.status.events_unrecorded.fetch_add(batch.len() as u64, Ordering::Relaxed);
        }
        self.count_told(batch, recorded.is_ok());
        let now = self.clock.now();
        // What a person decided is on the disk before anybody is told that it holds.
        let act = batch.iter().any(|(_, event)| event.is_act());
        let due = act || now.seconds_since(self.synced) >= SYNC_PERIOD_S;
        let result = recorded.and_then(|()| if due { self.recorder.sync() } else { Ok(()) });
        if due {
            self.synced = now;
        }
        if due && result.is_ok() {
            self.tell_recorded();
        }
        self.note_recording(result);
    }

    fn note_recording(&self, result: io::Result<()>) {
        self.note(EVENTS, result);
    }

    fn note(&self, of: usize, result: io::Result<()>) {
        let status = &self.status.recording_failures;
        let mut failures = status.lock().unwrap_or_else(PoisonError::into_inner);
        let failure = &mut failures[of];
        match (failure.is_some(), result) {
            (false, Err(error)) => {
                tracing::error!(%error, "the recording cannot be written");
                *failure = Some(error.to_string());
            }
            (true, Ok(())) => {
                tracing::warn!("the recording can be written again");
                *failure = None;
            }
            _ => {}
        }
    }

    fn note_minute(&mut self, now: Time, metrics: &Metrics) {
        let timeline = &self.status.timeline;
        let over = timeline.lock().unwrap_or_else(PoisonError::into_inner).note(now, metrics);
        if let Some(minute) = over
            && let Err(error) = self.recorder.record_minute(&minute)
        {
            tracing::warn!(%error, "a minute of the timeline is not kept");
        }
    }

    /// Says once that the machine's clock was set back, and once that it has caught up.
    fn say_ahead(&mut self) {
        let ahead_s = self.clock.ahead_s();
        if ahead_s >= 1.0 && !self.ahead {
            tracing::warn!(
                ahead_s,
                "the machine's clock was set back; this node's goes on, slower"
            );
            self.ahead = true;
        } else if ahead_s < 0.1 && self.ahead {
            tracing::info!("the machine's clock has caught up");
            self.ahead = false;
        }
    }

    fn account(&mut self, batch: &Batch) {
        let now = self.clock.now();
        self.say_ahead();
        let lag_s = batch.first().map_or(0.0, |(oldest, _)| now.seconds_since(*oldest));
        self.status.lag_nanos.store((lag_s * 1e9) as i64, Ordering::Relaxed);
        self.status.events.fetch_add(batch.len() as u64, Ordering::Relaxed);
        self.status.batches.fetch_add(1, Ordering::Relaxed);
        if now.seconds_since(self.measured) >= METRICS_PERIOD_S {
            self.measured = now;
            let recorded = self.recorder.record_numbers(&self.engine.numbers());
            let recorded = recorded.and(self.keep_standing());
            self.note(STANDING, recorded);
            let metrics = Arc::new(self.engine.metrics(now));
            self.note_minute(now, &metrics);
            *self.status.engine.lock().unwrap_or_else(PoisonError::into_inner) = metrics;
        }
        self.status.finished_nanos.store(passed_nanos(&self.clock), Ordering::Relaxed);
    }
}

fn passed_nanos(clock: &Clock) -> i64 {
    i64::try_from(clock.passed().as_nanos()).unwrap_or(i64::MAX)
}

/// People's words on identities, and what the machine makes of evidence, into the log.
fn log_identities(said: Said) {
    for (number, Change { who, act, from, to, why, .. }) in said.changes {
        let (track, by) = (number.0, who.to_string());
        match who {
            Who::Person(_) => tracing::info!(track, by, ?act, %from, %to, why, "identity"),
            Who::Machine => tracing::debug!(track, by, ?act, %from, %to, why, "identity"),
        }
    }
    if said.dropped > 0 {
        tracing::debug!(said.dropped, "changes of identity beyond what is logged at once");
    }
}
