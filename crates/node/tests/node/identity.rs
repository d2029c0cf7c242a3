//! People's words on identities through whole engines: at the console, over a crash, beside what
//! partners say, and what of it other parties are told.

use node::config::{Config, feed_from_url};
use node::engine::Engine;
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::journal::{Journal, resume};
use node::runtime::Recorder;
use node::setup::{self, Occasion};
use node::wire::{
    ClientMessage, Identity, IdentityDesk, IdentityWord, ReportMeans, Selected, ServerMessage,
    SourceKind, TrackDescription, TrackIdentity,
};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use surveillance::Time;

const FEED: FeedIndex = FeedIndex(0);
const CONSOLE: ConsoleId = ConsoleId(1);

fn start() -> Time {
    "2026-11-23T12:00:00Z".parse().expect("an instant")
}

fn config(directory: &Path) -> Config {
    let feed = feed_from_url("beast+tcp://127.0.0.1:1").expect("a feed");
    let mut config = Config { feeds: vec![feed], ..Config::default() };
    config.recording.directory = directory.to_owned();
    config
}

/// A node with its journal that hears the recording.
struct Node {
    engine: Engine,
    journal: Journal,
    bytes: Vec<u8>,
    tenths: usize,
    tracks: BTreeMap<u32, TrackDescription>,
    desk: IdentityDesk,
    selected: Option<Selected>,
    config: Config,
}

impl Node {
    fn new(directory: &Path) -> Self {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/modes/lax_public_first400s.beast.gz");
        let file = std::fs::File::open(path).expect("the recording is part of the repository");
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).expect("whole gzip");
        let config = config(directory);
        let (journal, _) = Journal::open(&config, start()).expect("opens");
        let mut node = Self {
            engine: engine(&config),
            journal,
            bytes,
            tenths: 0,
            tracks: BTreeMap::new(),
            desk: IdentityDesk::default(),
            selected: None,
            config,
        };
        node.tell(&Event::FeedConnected { feed: FEED });
        node.tell(&Event::ConsoleJoined { console: CONSOLE });
        node
    }

    fn now(&self) -> Time {
        start().plus_seconds(self.tenths as f64 / 10.0)
    }

    fn tell(&mut self, event: &Event) -> Vec<ServerMessage> {
        let now = self.now();
        self.journal.record(&[(now, event.clone())]).expect("records");
        let mut outbox = Outbox::default();
        self.engine.handle(event, now, &mut outbox);
        let decode = |delivery: &node::event::Delivery| {
            rmp_serde::from_slice::<ServerMessage>(&delivery.body).expect("a message")
        };
        let said: Vec<_> = outbox.deliveries.iter().map(decode).collect();
        for message in &said {
            match message {
                ServerMessage::Picture(picture) => {
                    if picture.full {
                        self.tracks.clear();
                    }
                    for ended in &picture.ended {
                        self.tracks.remove(&ended.number);
                    }
                    let described = picture.descriptions.iter().map(|d| (d.number, d.clone()));
                    self.tracks.extend(described);
                }
                ServerMessage::IdentityDesk(desk) => self.desk = desk.clone(),
                ServerMessage::Selected(selected) => self.selected = Some(selected.clone()),
                _ => {}
            }
        }
        said
    }

    fn run(&mut self, seconds: usize) {
        for _ in 0..seconds * 10 {
            let cut = |piece: usize| self.bytes.len() * piece / 4_000;
            let bytes = self.bytes[cut(self.tenths)..cut(self.tenths + 1)].to_vec();
            self.tell(&Event::Received { feed: FEED, bytes, source: None });
            self.tell(&Event::Tick);
            self.tenths += 1;
            if self.tenths.is_multiple_of(10) {
                self.journal.record_numbers(&self.engine.numbers()).expect("records");
                self.journal.record_standing(&self.engine.standing()).expect("records");
            }
        }
    }

    /// Says it at the console; why it is refused, if it is.
    fn ask(&mut self, message: ClientMessage) -> Option<String> {
        let said = self.tell(&Event::ConsoleAsked { console: CONSOLE, message });
        said.into_iter().find_map(|message| match message {
            ServerMessage::Refused(refused) => Some(refused.reason),
            _ => None,
        })
    }

    fn who(&mut self, number: u32) -> TrackIdentity {
        self.ask(ClientMessage::Select { number: Some(number) });
        self.selected.clone().expect("selected").who.expect("its identity")
    }

    /// A track with an address and one second's worth of patience.
    fn any_track(&self) -> u32 {
        *self.tracks.iter().find(|(_, track)| track.address.is_some()).expect("a track").0
    }

    /// Killed, and started again a second later.
    fn crash(self) -> Self {
        let Self { journal, bytes, tenths, config, .. } = self;
        std::mem::forget(journal);
        let mut engine = engine(&config);
        let now = start().plus_seconds(tenths as f64 / 10.0 + 1.0);
        resume(&mut engine, &config, now).expect("reads");
        // The killed process's lock went with it; this one's is still held, so another folder.
        let elsewhere = config.recording.directory.join("again");
        let mut config = config;
        config.recording.directory = elsewhere;
        let (journal, _) = Journal::open(&config, now).expect("opens");
        let mut node = Self {
            engine,
            journal,
            bytes,
            tenths: tenths + 10,
            tracks: BTreeMap::new(),
            desk: IdentityDesk::default(),
            selected: None,
            config,
        };
        node.tell(&Event::ConsoleJoined { console: CONSOLE });
        node
    }
}

fn engine(config: &Config) -> Engine {
    let occasion = Occasion { source: SourceKind::Live, notice: None, started: start() };
    setup::engine(config, occasion)
}

fn set(number: u32, identity: Identity, by: &str) -> ClientMessage {
    let why = "no answer on 121.5".into();
    ClientMessage::SetIdentity { number, identity, why, by: by.into() }
}

fn confirm(number: u32, identity: Identity, by: &str) -> ClientMessage {
    ClientMessage::ConfirmIdentity { number, identity, by: by.into() }
}

#[test]
fn hostile_is_proposed_at_one_name_and_stands_when_another_confirms_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut node = Node::new(folder.path());
    node.run(20);
    let number = node.any_track();
    assert_eq!(node.who(number).identity, Identity::Civil);

    assert_eq!(node.ask(set(number, Identity::Hostile, "A. Duty")), None);
    assert_eq!(node.desk.waiting.len(), 1, "at once");
    assert_eq!((node.desk.waiting[0].number, &*node.desk.waiting[0].by[0]), (number, "A. Duty"));
    node.run(1);
    assert_eq!(node.tracks[&number].identity, Identity::Civil);
    assert_eq!(node.tracks[&number].proposed, Some(Identity::Hostile));

    let same = node.ask(confirm(number, Identity::Hostile, "a. duty"));
    let expected = "A. Duty said so first: a second person has to confirm it";
    assert_eq!(same.as_deref(), Some(expected));
    assert_eq!(node.ask(confirm(number, Identity::Hostile, "B. Second")), None);
    assert!(node.desk.waiting.is_empty());
    node.run(1);
    assert_eq!(node.tracks[&number].identity, Identity::Hostile);
    assert_eq!(node.tracks[&number].proposed, None);
    let who = node.who(number);
    assert_eq!((who.identity, who.machine), (Identity::Hostile, Identity::Civil));
    let decided = who.decided.expect("a decision");
    assert_eq!(decided.by, ["A. Duty", "B. Second"]);
    let what: Vec<&str> = who.history.iter().map(|change| &*change.what).collect();
    assert_eq!(what, ["confirmed", "proposed, waits for a second person", "judged"]);
}

#[test]
fn what_the_node_refuses_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut node = Node::new(folder.path());
    node.run(20);
    let number = node.any_track();
    let mut check = |message, expected: &str| {
        assert_eq!(node.ask(message).as_deref(), Some(expected));
    };
    check(set(999_999, Identity::Friend, "A"), "TN 999999 is not in the picture any more");
    check(set(number, Identity::Friend, "  "), "say who you are");
    let nothing = "nobody has set the identity of this track";
    let word = IdentityWord::Decided;
    let (why, by) = ("over".to_owned(), "A".to_owned());
    check(ClientMessage::WithdrawIdentity { number, word, why, by }, nothing);
    let over = "no hostile waits to be confirmed here; it may be over";
    check(confirm(number, Identity::Hostile, "B"), over);
    let without = ClientMessage::SetIdentity {
        number,
        identity: Identity::Friend,
        why: String::new(),
        by: "A".into(),
    };
    check(without, "say why");
}

#[test]
fn evidence_is_shown_with_what_it_counts_and_a_report_counts_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut node = Node::new(folder.path());
    node.run(20);
    let number = node.any_track();
    let who = node.who(number);
    let address = who.evidence.iter().find(|row| row.kind == "address").expect("one");
    assert_eq!((address.weights[0].towards.as_str(), address.weights[0].points), ("civil", 3.0));
    let report = ClientMessage::ReportIdentity {
        number,
        means: ReportMeans::Visual,
        identity: Identity::Neutral,
        words: "a survey aircraft of the neighbour".into(),
        by: "Pilot of 505".into(),
    };
    assert_eq!(node.ask(report), None);
    node.run(12);
    assert_eq!(node.tracks[&number].identity, Identity::Neutral);
    let who = node.who(number);
    assert_eq!(who.evidence[0].kind, "report", "what counts most is first");
    assert_eq!(who.history[0].by, None);
}

#[test]
fn people_s_words_outlast_a_crash_at_once_and_much_later() {
    for seconds_after in [0, 1, 60] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut node = Node::new(folder.path());
        node.run(100);
        let numbers: Vec<u32> = node.tracks.keys().copied().collect();
        let addressed: Vec<u32> =
            numbers.into_iter().filter(|n| node.tracks[n].address.is_some()).collect();
        let [neutral, hostile, waiting] = addressed[..3] else { panic!("three tracks") };
        assert_eq!(node.ask(set(neutral, Identity::Neutral, "A")), None);
        assert_eq!(node.ask(set(hostile, Identity::Hostile, "A")), None);
        assert_eq!(node.ask(confirm(hostile, Identity::Hostile, "B")), None);
        assert_eq!(node.ask(set(waiting, Identity::Suspect, "A")), None);
        node.run(seconds_after);
        let alive: Vec<u32> = [neutral, hostile, waiting]
            .into_iter()
            .filter(|number| node.tracks.contains_key(number))
            .collect();
        assert!(alive.len() >= 2, "the recording's aircraft stay");
        let before: Vec<TrackIdentity> = alive.iter().map(|n| node.who(*n)).collect();

        let mut again = node.crash();
        again.run(1);
        for (number, before) in alive.iter().zip(before) {
            let after = again.who(*number);
            assert_eq!(after.identity, before.identity, "{number}");
            assert_eq!(after.decided, before.decided);
            assert_eq!(after.waiting, before.waiting);
            assert_eq!(after.history, before.history);
        }
        let confirmed = again.ask(confirm(waiting, Identity::Suspect, "B"));
        assert_eq!(confirmed.is_none(), alive.contains(&waiting), "{confirmed:?}");
    }
}

#[test]
fn the_same_events_give_the_same_messages() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut node = Node::new(folder.path());
    node.run(10);
    let number = node.any_track();
    node.ask(ClientMessage::Select { number: Some(number) });
    node.ask(set(number, Identity::Hostile, "A"));
    node.run(5);
    let (config, until) = (node.config.clone(), node.now());
    drop(node);
    let play = || {
        let mut engine = engine(&config);
        let mut outbox = Outbox::default();
        let mut entries = node::journal::Entries::open(&config.recording.directory).expect("opens");
        while let Some((time, entry)) = entries.read().expect("reads") {
            if let node::journal::Entry::Event(event) = entry {
                assert!(time <= until);
                engine.handle(&event, time, &mut outbox);
            }
        }
        outbox.deliveries
    };
    let (one, two) = (play(), play());
    assert!(!one.is_empty() && one == two);
}
