//! What the journal keeps, and a picture taken up from it.

use node::config::{Config, Feed, feed_from_url};
use node::engine::Engine;
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::journal::{Entries, Entry, Journal, resume};
use node::metrics::Metrics;
use node::runtime::Recorder;
use node::setup::{self, Occasion};
use node::wire::{ClientMessage, ServerMessage, SourceKind};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use surveillance::Time;

const FEED: FeedIndex = FeedIndex(0);

fn start() -> Time {
    "2026-11-23T12:00:00Z".parse().expect("an instant")
}

fn config(directory: &Path, feeds: &[&str]) -> Config {
    let feed = |url: &&str| -> Feed { feed_from_url(url).expect("a feed") };
    let mut config = Config { feeds: feeds.iter().map(feed).collect(), ..Config::default() };
    config.recording.directory = directory.to_owned();
    config
}

fn engine(config: &Config) -> Engine {
    let occasion = Occasion { source: SourceKind::Live, notice: None, started: start() };
    setup::engine(config, occasion)
}

/// The first `seconds` of the recording as the node would hear it.
fn events(seconds: usize) -> Vec<(Time, Event)> {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/modes/lax_public_first400s.beast.gz");
    let file = std::fs::File::open(path).expect("the recording is part of the repository");
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).expect("whole gzip");
    let mut events = vec![(start(), Event::FeedConnected { feed: FEED })];
    // the recording was made at a constant rate over 400 s
    let cut = |piece: usize| bytes.len() * piece / 4_000;
    for piece in 0..seconds * 10 {
        let now = start().plus_seconds(piece as f64 / 10.0);
        let bytes = bytes[cut(piece)..cut(piece + 1)].to_vec();
        events.push((now, Event::Received { feed: FEED, bytes, source: None }));
        events.push((now, Event::Tick));
    }
    events
}

fn handle_all(engine: &mut Engine, events: &[(Time, Event)]) {
    let mut outbox = Outbox::default();
    for (time, event) in events {
        engine.handle(event, *time, &mut outbox);
    }
}

/// Track numbers by address, as a console that joins now is told.
fn numbers(engine: &mut Engine, now: Time) -> BTreeMap<String, u32> {
    let mut outbox = Outbox::default();
    engine.handle(&Event::ConsoleJoined { console: ConsoleId(1) }, now, &mut outbox);
    let mut found = BTreeMap::new();
    for delivery in outbox.deliveries {
        let message = rmp_serde::from_slice(&delivery.body).expect("a message");
        if let ServerMessage::Picture(picture) = message {
            found.extend(
                picture.descriptions.into_iter().filter_map(|d| Some((d.address?, d.number))),
            );
        }
    }
    found
}

#[test]
fn every_event_comes_back_in_order_behind_its_configuration_though_nothing_was_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), &["beast+tcp://127.0.0.1:1"]);
    let (mut journal, _) = Journal::open(&config, start()).expect("opens");
    let events = events(20);
    for batch in events.chunks(7) {
        journal.record(batch).expect("records");
    }
    // as a kill would leave it: no sync, no close
    std::mem::forget(journal);

    let mut entries = Entries::open(folder.path()).expect("opens");
    let mut read = Vec::new();
    while let Some((time, entry)) = entries.read().expect("reads") {
        match entry {
            Entry::Configured(recorded) => assert_eq!(*recorded, config),
            Entry::Numbered(_) | Entry::Standing(_) | Entry::Over(_) => {
                panic!("nobody recorded them")
            }
            Entry::Event(event) => read.push((time, event)),
        }
    }
    assert!(read == events, "{} of {} events", read.len(), events.len());
    assert!(entries.damage().is_none());
}

#[test]
fn a_node_that_starts_again_shows_the_same_tracks_under_the_same_numbers() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), &["beast+tcp://127.0.0.1:1"]);
    let events = events(100);
    let now = start().plus_seconds(101.0);
    let (mut journal, _) = Journal::open(&config, start()).expect("opens");
    journal.record(&events).expect("records");
    drop(journal);
    let mut first = engine(&config);
    handle_all(&mut first, &events);

    let mut second = engine(&config);
    let handled = resume(&mut second, &config, now).expect("reads");
    assert_eq!(handled.events, events.len() as u64);
    let before = numbers(&mut first, now);
    assert!(before.len() >= 20, "{before:?}");
    assert_eq!(numbers(&mut second, now), before);
}

#[test]
fn after_hours_an_address_keeps_its_number_and_no_number_is_given_to_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), &["beast+tcp://127.0.0.1:1"]);
    let events = events(360);
    let (mut journal, _) = Journal::open(&config, start()).expect("opens");
    let mut first = engine(&config);
    let mut ever = BTreeMap::new();
    for batch in events.chunks(50) {
        journal.record(batch).expect("records");
        handle_all(&mut first, batch);
        journal.record_numbers(&first.numbers()).expect("records");
        for (address, number) in first.numbers().by_address {
            ever.insert(number, address);
        }
    }
    drop(journal);
    let now = start().plus_seconds(361.0);
    let before = numbers(&mut first, now);
    assert!(before.len() >= 20, "{before:?}");

    let mut second = engine(&config);
    resume(&mut second, &config, now).expect("reads");
    let kept = numbers(&mut second, now);
    // one that was last placed two minutes ago may be gone
    assert!(kept.len() + 2 >= before.len(), "{kept:?} of {before:?}");
    for (address, number) in &kept {
        assert_eq!(before.get(address), Some(number), "{address}");
    }
    for (address, number) in second.numbers().by_address {
        assert!(ever.get(&number).is_none_or(|of_old| *of_old == address), "{number}");
    }
    assert!(second.numbers().next > first.numbers().next);
}

#[test]
fn what_other_feeds_brought_is_not_taken_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let recorded = config(folder.path(), &["beast+tcp://127.0.0.1:1"]);
    let (mut journal, _) = Journal::open(&recorded, start()).expect("opens");
    journal.record(&events(5)).expect("records");
    drop(journal);
    let changed = config(folder.path(), &["avr+tcp://127.0.0.1:1"]);
    let mut engine = engine(&changed);
    assert_eq!(resume(&mut engine, &changed, start().plus_seconds(6.0)).expect("reads").events, 0);
}

#[test]
fn a_second_node_in_the_same_folder_is_refused_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), &[]);
    let _first = Journal::open(&config, start()).expect("opens");
    let Err(error) = Journal::open(&config, start()) else { panic!("two writers") };
    assert!(error.to_string().contains("in use by another writer"), "{error}");
}

#[test]
fn a_node_that_was_off_for_a_day_gives_no_number_a_second_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), &["beast+tcp://127.0.0.1:1"]);
    let (mut journal, _) = Journal::open(&config, start()).expect("opens");
    let mut first = engine(&config);
    // one and the same batch of tracks for three minutes: nothing new to say of numbers
    for batch in events(30).chunks(50) {
        journal.record(batch).expect("records");
        handle_all(&mut first, batch);
        journal.record_numbers(&first.numbers()).expect("records");
    }
    for second in 30..210 {
        let tick = [(start().plus_seconds(f64::from(second)), Event::Tick)];
        journal.record(&tick).expect("records");
        journal.record_numbers(&first.numbers()).expect("records");
    }
    drop(journal);
    let highest = first.numbers().next;
    assert!(highest > 20, "{highest}");

    let tomorrow = start().plus_seconds(86_400.0);
    // the node opens its journal before it takes up what is there
    let (journal, _) = Journal::open(&config, tomorrow).expect("opens");
    let mut second = engine(&config);
    resume(&mut second, &config, tomorrow).expect("reads");
    drop(journal);
    assert!(second.numbers().next >= highest, "{} after {highest}", second.numbers().next);
}

/// Hears what it is told.
#[derive(Default)]
struct Heard(Vec<(Time, Event)>);

impl Handle for Heard {
    fn handle(&mut self, event: &Event, now: Time, _outbox: &mut Outbox) {
        self.0.push((now, event.clone()));
    }

    fn metrics(&self, _now: Time) -> Metrics {
        Metrics::default()
    }
}

#[test]
fn what_a_person_decided_holds_though_the_clock_was_set_back_since() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), &["beast+tcp://127.0.0.1:1"]);
    let message = ClientMessage::Suspend {
        accord: "xxa-xxb".into(),
        by: "Duty officer".into(),
        reason: "exercise".into(),
        towards: None,
    };
    let act = Event::ConsoleAsked { console: ConsoleId(1), message };
    let (mut journal, _) = Journal::open(&config, start()).expect("opens");
    journal.record(&[(start(), act.clone()), (start(), Event::Tick)]).expect("records");
    drop(journal);

    let mut heard = Heard::default();
    let before = start().plus_seconds(-3600.0);
    resume(&mut heard, &config, before).expect("reads");
    assert_eq!(heard.0, vec![(before, act)]);
}
