//! What was, once more on a console: an engine of its own handles again what the node recorded, from a
//! little before the instant that somebody asks for, and from that instant on at the pace that he asks
//! for. It has no partners, no consumers and no recorder: nothing of it leaves but to that console.

use crate::book::BookFiles;
use crate::clock::Clock;
use crate::config::Config;
use crate::consoles::{Consoles, Seat};
use crate::consumer::Consumers;
use crate::engine::Engine;
use crate::event::{Book, ConsoleId, Event, FeedIndex, Handle, Outbox, Shelf};
use crate::intake::Intake;
use crate::journal::{self, CONFIGURED_EVERY_S, Entries, Entry, Stood};
use crate::link::Links;
use crate::runtime::{EngineThread, NoRecorder};
use crate::setup::{self, Occasion};
use crate::wire::{ClientMessage, SourceKind};
use accord::PartyId;
use anyhow::{Context, Result};
use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use surveillance::Time;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{self, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// How many may look back at the same time: each has an engine to itself.
pub const PASTS_MAX: usize = 4;
/// Times the pace of what was, the slowest and the fastest; 0 shows one instant.
pub const SPEEDS: std::ops::RangeInclusive<f64> = 0.1..=60.0;
/// Seconds without any record after which the node did not run: they are leapt over.
const GAP_S: f64 = 30.0;
/// Events that are read ahead.
const AHEAD: usize = 256;
/// People's later words on identities that are taken up at most; the newest of more.
const LATER_MAX: usize = 10_000;
const TICK: Duration = Duration::from_millis(100);
/// Between looks whether the engine can take more.
const ROOM_POLL: Duration = Duration::from_millis(5);
/// Whoever sat at the consoles of then sits at none of today's.
const NOBODY: ConsoleId = ConsoleId(u32::MAX);

/// With whose knowledge of identities what was is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Known {
    /// Of then: what people had decided by the instant that is shown.
    #[default]
    Then,
    /// Of now: tracks of that instant have the identities that people gave them later, too.
    Now,
}

/// What of the past is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// From here on.
    pub(crate) at: Time,
    /// Times its pace; 0 shows that instant alone.
    pub(crate) speed: f64,
    /// Who is who by whose knowledge.
    pub(crate) known: Known,
}

/// Why what was is not shown.
#[derive(Debug)]
pub(crate) enum NotShown {
    /// The node did not run then, or what it wrote is gone.
    Nothing,
    /// It should be there, and is not to be had.
    Failed(anyhow::Error),
}

/// The past as one console sees it.
#[derive(Debug)]
pub(crate) struct Past {
    consoles: Arc<Consoles>,
    intake: Arc<Intake>,
    engine: EngineThread,
    ticker: JoinHandle<()>,
    /// Cancelled when it is left.
    stop: CancellationToken,
    /// One of the places there are for those who look back.
    _place: Arc<OwnedSemaphorePermit>,
    /// Cancelled when the recording has no more to show.
    pub(crate) over: CancellationToken,
}

/// An engine as the node's was, and how many feeds it has.
type Then = (Box<Engine>, usize);

impl Past {
    /// The recording in `folder` as it is `wanted`. Dropping the future withdraws
    /// the question; its place is free once nothing is done for it any more.
    ///
    /// # Errors
    /// If the folder cannot be read or holds nothing of that time.
    pub(crate) async fn begin(
        folder: Arc<Path>,
        wanted: Wanted,
        place: OwnedSemaphorePermit,
    ) -> Result<Self, NotShown> {
        let Wanted { at, speed, known } = wanted;
        let place = Arc::new(place);
        let stop = CancellationToken::new();
        let withdrawn = stop.clone().drop_guard();
        let (stopped, over) = (stop.clone(), CancellationToken::new());
        let (ready, then) = oneshot::channel();
        let (sender, events) = mpsc::channel(AHEAD);
        let held = place.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let _held = held;
            read(&folder, (at, known), ready, &sender, &|| !stopped.is_cancelled())
        });
        let Ok((engine, feeds)) = then.await else {
            let read = reading.await.context("the reader panicked").and_then(|read| read);
            return Err(read.err().map_or(NotShown::Nothing, NotShown::Failed));
        };
        let clock = Arc::new(Clock::replaying(at, speed));
        let intake = Arc::new(Intake::new(clock.clone(), feeds));
        let consoles = Arc::new(Consoles::new(intake.clone()));
        let outputs = (consoles.clone(), Links::none(), Consumers::none());
        // What it logs is of then.
        let engine = tracing::info_span!("past", %at).in_scope(|| {
            EngineThread::start(*engine, NoRecorder, clock.clone(), intake.clone(), outputs)
        });
        let engine = engine.map_err(|error| NotShown::Failed(error.into()))?;
        if speed > 0.0 {
            let playing = play((events, reading), at, intake.clone(), clock, over.clone());
            let stop = stop.clone();
            tokio::spawn(async move { stop.run_until_cancelled(playing).await });
        }
        let ticker = tokio::spawn(tick(intake.clone()));
        let stop = withdrawn.disarm();
        Ok(Self { consoles, intake, engine, ticker, stop, _place: place, over })
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

/// Handles what was before `at` again, gives the engine away, and then the events one by one, for as long as
/// the node ran with one configuration.
fn read(
    folder: &Path,
    (at, known): (Time, Known),
    ready: oneshot::Sender<Then>,
    sender: &mpsc::Sender<(Time, Event)>,
    goes_on: &dyn Fn() -> bool,
) -> Result<()> {
    let Some((run, span_s)) = Run::of(folder, at, goes_on)? else { return Ok(()) };
    let Run { config, begins, stood, told } = run;
    if !goes_on() {
        return Ok(());
    }
    let occasion = Occasion { source: SourceKind::Replay, notice: None, started: begins };
    let mut engine = Box::new(setup::engine(&config, occasion));
    let mut outbox = Outbox::default();
    // What cannot be read of them the engine says at its console.
    let book = |shelf, wanted| book_of_then(folder, (shelf, wanted), told);
    // A track that began before `at` bears a number below this one, but for those of the last minute.
    let begun = match known {
        Known::Then => 0,
        Known::Now => stood.next_number(),
    };
    stood.take_up(&mut *engine, at, &book, &mut outbox);
    if known == Known::Now {
        engine.learn(later_words(folder, at, begun, goes_on)?);
    }
    let mut entries = Entries::since(folder, at.plus_seconds(-span_s - CONFIGURED_EVERY_S))?;
    let mut then = Some((ready, engine));
    let mut same_feeds = false;
    let mut connected = Connected::default();
    while let Some((time, entry)) = entries.read()? {
        if time < at {
            let Some((_, engine)) = &mut then else { continue };
            match entry {
                Entry::Configured(recorded) => same_feeds = recorded.feeds == config.feeds,
                Entry::Event(event) if journal::is_handled_again(&event, same_feeds) => {
                    if let Some(before) = connected.before(&event) {
                        engine.handle(&before, time, &mut outbox);
                    }
                    engine.handle(&event, time, &mut outbox);
                    outbox = Outbox::default();
                }
                _ => {}
            }
            if !goes_on() {
                return Ok(());
            }
            continue;
        }
        if !hand_over(&mut then, config.feeds.len()) {
            return Ok(());
        }
        match entry {
            // Another run: what the node knew of its sensors, rules and partners is another.
            Entry::Configured(recorded) if *recorded != config => return Ok(()),
            // It is known already.
            Entry::Event(Event::ConsoleAsked { message, .. }) if is_of(&message, begun) => {}
            Entry::Event(event) => {
                let before = connected.before(&event);
                for event in before.into_iter().chain(kept(event)) {
                    if sender.blocking_send((time, event)).is_err() {
                        return Ok(());
                    }
                }
            }
            _ => {}
        }
    }
    hand_over(&mut then, config.feeds.len());
    Ok(())
}

/// Whether it is a person's word on the identity of a track with a number below `begun`.
fn is_of(message: &ClientMessage, begun: u32) -> bool {
    message.identity_of().is_some_and(|number| number < begun)
}

/// What people said from `at` on of the identity of tracks with numbers below `begun`, to the end of the recording.
fn later_words(
    folder: &Path,
    at: Time,
    begun: u32,
    goes_on: &dyn Fn() -> bool,
) -> Result<Vec<(Time, ClientMessage)>> {
    let mut words = VecDeque::new();
    if begun == 0 {
        return Ok(Vec::new());
    }
    let mut entries = Entries::since(folder, at)?;
    while let Some((time, entry)) = entries.read()?.filter(|_| goes_on()) {
        if let Entry::Event(Event::ConsoleAsked { message, .. }) = entry
            && time >= at
            && is_of(&message, begun)
        {
            if words.len() == LATER_MAX {
                words.pop_front();
            }
            words.push_back((time, message));
        }
    }
    Ok(words.into())
}

/// Gives the engine away, once; false if nobody waits for it any more.
fn hand_over(then: &mut Option<(oneshot::Sender<Then>, Box<Engine>)>, feeds: usize) -> bool {
    let Some((ready, mut engine)) = then.take() else { return true };
    journal::end_return(&mut *engine);
    ready.send((engine, feeds)).is_ok()
}

/// The run of the node that an instant is in.
struct Run {
    /// As it was configured then.
    config: Config,
    /// The first that is read of it.
    begins: Time,
    stood: Stood,
    /// When what stood was last written.
    told: Time,
}

impl Run {
    /// With the seconds before it that make its picture; `None` if the node did not run then.
    fn of(folder: &Path, at: Time, goes_on: &dyn Fn() -> bool) -> Result<Option<(Self, f64)>> {
        let mut span_s = journal::resume_span_s(&Config::default());
        loop {
            let Some(run) = Self::since(folder, at, span_s, goes_on)? else { return Ok(None) };
            let wanted_s = journal::resume_span_s(&run.config);
            if wanted_s <= span_s {
                return Ok(Some((run, span_s)));
            }
            span_s = wanted_s;
        }
    }

    fn since(
        folder: &Path,
        at: Time,
        span_s: f64,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Option<Self>> {
        let mut entries = Entries::since(folder, at.plus_seconds(-span_s - CONFIGURED_EVERY_S))?;
        let mut run: Option<Self> = None;
        let mut newest = None;
        while let Some((time, entry)) = entries.read()?.filter(|(time, _)| *time <= at && goes_on())
        {
            newest = Some(time);
            match (entry, &mut run) {
                (Entry::Configured(config), None) => {
                    let stood = Stood::default();
                    run = Some(Self { config: *config, begins: time, stood, told: time });
                }
                (Entry::Configured(config), Some(run)) => run.config = *config,
                (entry, Some(run)) => {
                    if matches!(entry, Entry::Standing(_)) {
                        run.told = time;
                    }
                    let config = &run.config;
                    run.stood.note(time, entry, &|feed| journal::brings_plans(config, feed));
                }
                (_, None) => {}
            }
        }
        // While the node did not run there was no picture.
        let ran = newest.is_some_and(|newest| at.seconds_since(newest) <= GAP_S);
        Ok(run.filter(|_| ran))
    }
}

/// A book as it was: of incidents and alerts exactly the one that was spoken of, and of plans what the
/// newest has of what was told by then. Older ones are gone from the folder, and the engine says so.
fn book_of_then(
    folder: &Path,
    (shelf, wanted): (Shelf, u64),
    told: Time,
) -> Result<Option<Book>, String> {
    let book = BookFiles::of(folder, shelf).read(wanted).map_err(|error| error.to_string())?;
    let Some(mut book) = book.filter(|book| shelf == Shelf::Plans || book.generation == wanted)
    else {
        return Ok(None);
    };
    if book.generation != wanted {
        let all: Vec<(i64, String)> =
            serde_json::from_slice(&book.bytes).map_err(|why| why.to_string())?;
        let by_then: Vec<_> = all.iter().filter(|(at, _)| *at <= told.unix_nanos()).collect();
        book.bytes = serde_json::to_vec(&by_then).map_err(|why| why.to_string())?;
        book.generation = wanted;
    }
    Ok(Some(book))
}

/// Whose connection is known: it may have begun long before what is read, and who brings something is
/// connected.
#[derive(Default)]
struct Connected {
    feeds: BTreeSet<FeedIndex>,
    partners: BTreeSet<PartyId>,
}

impl Connected {
    /// What must have happened before an event.
    fn before(&mut self, event: &Event) -> Option<Event> {
        match event {
            Event::FeedConnected { feed } | Event::FeedLost { feed, .. } => {
                self.feeds.insert(*feed);
                None
            }
            Event::PartnerConnected { party } | Event::PartnerLost { party, .. } => {
                self.partners.insert(*party);
                None
            }
            Event::Received { feed, .. } => {
                self.feeds.insert(*feed).then_some(Event::FeedConnected { feed: *feed })
            }
            Event::PartnerTold { party, .. } => {
                self.partners.insert(*party).then_some(Event::PartnerConnected { party: *party })
            }
            _ => None,
        }
    }
}

/// What happened, without the consoles of then; what people decided at them counts.
fn kept(event: Event) -> Option<Event> {
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
    (mut events, reading): (mpsc::Receiver<(Time, Event)>, JoinHandle<Result<()>>),
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
        while let Event::PartnerTold { party, .. } = &event
            && !intake.has_room_for(*party)
        {
            time::sleep(ROOM_POLL).await;
        }
        match event {
            Event::Received { feed, bytes, source } => intake.received(feed, &bytes, source),
            Event::FeedConnected { feed } => intake.connected(feed),
            Event::FeedLost { feed, reason } => intake.lost(feed, reason),
            // Time passes here by this one's own clock.
            Event::Tick => {}
            event @ Event::PartnerTold { .. } => intake.partner(event),
            other => intake.again(other),
        }
    }
    match reading.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(error = format!("{error:#}"), "the past cannot be read on");
        }
        Err(_) => tracing::error!("what reads the past has panicked"),
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
