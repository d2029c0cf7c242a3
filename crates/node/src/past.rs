//! What was, once more on a console: an engine of its own handles again what the node recorded, from a
//! little before the instant that somebody asks for, and from that instant on at the pace that he asks
//! for. It has no partners, no consumers and no recorder: nothing of it leaves but to that console.

use crate::clock::Clock;
use crate::consoles::{Consoles, Seat};
use crate::consumer::Consumers;
use crate::engine::Engine;
use crate::event::{ConsoleId, Event, Handle, Outbox, Shelf};
use crate::intake::Intake;
use crate::journal::Entry;
use crate::link::Links;
use crate::replay::Recording;
use crate::runtime::{EngineThread, NoRecorder};
use crate::setup::{self, Occasion};
use crate::wire::SourceKind;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use surveillance::Time;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{self, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// How many may look back at the same time: each has an engine to itself.
pub const PASTS_MAX: usize = 4;
/// Times the pace of what was; 0 shows one instant.
pub const SPEEDS: std::ops::RangeInclusive<f64> = 0.0..=60.0;
/// Seconds handled again before the instant, so that its tracks stand: they coast for a minute.
const LEAD_S: f64 = 120.0;
/// Seconds without any record after which the node did not run: they are leapt over.
const GAP_S: f64 = 30.0;
/// Events that are read ahead.
const AHEAD: usize = 256;
const TICK: Duration = Duration::from_millis(100);
/// Between looks whether the engine can take more.
const ROOM_POLL: Duration = Duration::from_millis(5);
/// Whoever sat at the consoles of then sits at none of today's.
const NOBODY: ConsoleId = ConsoleId(u32::MAX);

/// The past as one console sees it.
#[derive(Debug)]
pub(crate) struct Past {
    consoles: Arc<Consoles>,
    intake: Arc<Intake>,
    engine: EngineThread,
    ticker: JoinHandle<()>,
    /// Cancelled when it is left.
    stop: CancellationToken,
    /// Cancelled when the recording has no more to show.
    pub(crate) over: CancellationToken,
}

/// An engine as the node's was, and how many feeds it has.
type Then = (Box<Engine>, usize);

impl Past {
    /// The recording in `folder` from `at` on, at `speed` times its pace. Dropping the future withdraws
    /// the question.
    ///
    /// # Errors
    /// If the folder cannot be read or holds nothing of that time.
    pub(crate) async fn begin(folder: Arc<Path>, at: Time, speed: f64) -> Result<Self> {
        let stop = CancellationToken::new();
        let withdrawn = stop.clone().drop_guard();
        let (stopped, over) = (stop.clone(), CancellationToken::new());
        let (ready, then) = oneshot::channel();
        let (sender, events) = mpsc::channel(AHEAD);
        let reading = tokio::task::spawn_blocking(move || {
            read(&folder, at, ready, &sender, &|| !stopped.is_cancelled())
        });
        let Ok((engine, feeds)) = then.await else {
            reading.await.context("the reader panicked")??;
            bail!("nothing was recorded then");
        };
        let clock = Arc::new(Clock::replaying(at, speed));
        let intake = Arc::new(Intake::new(clock.clone(), feeds));
        let consoles = Arc::new(Consoles::new(intake.clone()));
        let outputs = (consoles.clone(), Links::none(), Consumers::none());
        let engine =
            EngineThread::start(*engine, NoRecorder, clock.clone(), intake.clone(), outputs)?;
        if speed > 0.0 {
            let playing = play(events, at, intake.clone(), clock, over.clone());
            let stop = stop.clone();
            tokio::spawn(async move { stop.run_until_cancelled(playing).await });
        }
        let ticker = tokio::spawn(tick(intake.clone()));
        let stop = withdrawn.disarm();
        Ok(Self { consoles, intake, engine, ticker, stop, over })
    }

    /// Its one seat.
    pub(crate) fn join(&self) -> Option<Seat> {
        self.consoles.join()
    }

    /// Ends it and waits until its thread has ended.
    pub(crate) async fn end(self) {
        self.stop.cancel();
        self.ticker.abort();
        self.intake.close();
        self.consoles.close();
        let engine = self.engine;
        if !tokio::task::spawn_blocking(move || engine.join()).await.unwrap_or(false) {
            tracing::error!("an engine that showed the past has panicked");
        }
    }
}

/// Handles what was before `at` again, gives the engine away, and then the events one by one.
fn read(
    folder: &Path,
    at: Time,
    ready: oneshot::Sender<Then>,
    sender: &mpsc::Sender<(Time, Event)>,
    goes_on: &dyn Fn() -> bool,
) -> Result<()> {
    let recording = Recording::open_since(folder, at.plus_seconds(-LEAD_S));
    let recording = recording.context("nothing was recorded then")?;
    let config = &recording.config;
    let occasion = Occasion { source: SourceKind::Replay, notice: None, started: recording.begins };
    let mut then = Some((ready, Box::new(setup::engine(config, occasion)), Taken::default()));
    let feeds = config.feeds.len();
    recording.visit(&mut |time, entry| {
        if let Some((ready, mut engine, mut taken)) = then.take() {
            if time < at {
                taken.take(&mut engine, &recording, time, entry);
                then = Some((ready, engine, taken));
                return goes_on();
            }
            // Before the recording, or while the node did not run, there was no picture.
            if time.seconds_since(at) > GAP_S || ready.send((engine, feeds)).is_err() {
                return false;
            }
        }
        match kept(entry) {
            Some(event) => sender.blocking_send((time, event)).is_ok(),
            None => true,
        }
    })
}

/// What the engine was told of the run before, once each.
#[derive(Default)]
struct Taken {
    numbers: bool,
    standing: bool,
}

impl Taken {
    fn take(&mut self, engine: &mut Engine, recording: &Recording, time: Time, entry: Entry) {
        match entry {
            // Told again every minute: the first says what stood at the beginning.
            Entry::Numbered(numbers) if !self.numbers => {
                engine.take_up(&numbers);
                self.numbers = true;
            }
            Entry::Standing(text) if !self.standing => {
                engine.take_up_standing(&text, time);
                for shelf in Shelf::ALL {
                    // Older ones are gone from the folder: then what it held is not shown or found anew.
                    if let Some(book) = recording.book(shelf, engine.book_wanted(shelf)) {
                        engine.take_up_book(shelf, Ok(Some(book)));
                    }
                }
                engine.resumed();
                self.standing = true;
            }
            entry => {
                if let Some(event) = kept(entry) {
                    engine.handle(&event, time, &mut Outbox::default());
                }
            }
        }
    }
}

/// What happened, without the consoles of then; what people decided at them counts.
fn kept(entry: Entry) -> Option<Event> {
    let Entry::Event(event) = entry else { return None };
    match event {
        event if event.is_act() => {
            let Event::ConsoleAsked { message, .. } = event else { return None };
            Some(Event::ConsoleAsked { console: NOBODY, message })
        }
        Event::ConsoleAsked { .. }
        | Event::ConsoleJoined { .. }
        | Event::ConsoleLeft { .. }
        | Event::ConsoleShed { .. } => None,
        event => Some(event),
    }
}

/// Hands everything on at its time on `clock`.
async fn play(
    mut events: mpsc::Receiver<(Time, Event)>,
    mut newest: Time,
    intake: Arc<Intake>,
    clock: Arc<Clock>,
    over: CancellationToken,
) {
    while let Some((time, event)) = events.recv().await {
        if time.seconds_since(newest) > GAP_S {
            clock.leap_to(time);
        }
        newest = time;
        if let Some(wait) = clock.wall_time_until(time) {
            time::sleep(wait).await;
        }
        // Played faster than the engine works it waits for it.
        while event.feed().is_some_and(|feed| !intake.has_room(feed)) {
            time::sleep(ROOM_POLL).await;
        }
        match event {
            Event::Received { feed, bytes, source } => intake.received(feed, &bytes, source),
            Event::FeedConnected { feed } => intake.connected(feed),
            Event::FeedLost { feed, reason } => intake.lost(feed, reason),
            // Time passes here by this one's own clock.
            Event::Tick => {}
            other => intake.again(other),
        }
    }
    over.cancel();
}

async fn tick(intake: Arc<Intake>) {
    let mut ticks = time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        intake.tick();
    }
}
