//! Which of a partner's tracks is one of ours: as the console is told, and as a person says it is, over a
//! crash too.

use accord::{
    ArticleRef, Batch, FieldSet, Item, ObjectKind, PartnerNumber, PartyId, Policy, Reduction, Told,
};
use geodesy::{Enu, Geodetic, LocalFrame};
use node::config::{Config, Format, parse};
use node::engine::{Engine, EngineSetup, FeedSetup};
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::journal::{Journal, resume};
use node::runtime::Recorder;
use node::wire::{ClientMessage, PairHow, PairRow, PairWord, ServerMessage, SourceKind};
use std::sync::Arc;
use surveillance::{PlotAccuracy, Sensor, SensorId, SensorKind, Time};

const CONSOLE: ConsoleId = ConsoleId(1);

/// XXB tells XXA and XXC what it has; XXA tells XXB.
const ACCORD: &str = r#"
form = 1
accord = "three"
title = "Three neighbours"
nature = "illustration"
[[party]]
id = "XXA"
name = "A"
[[party]]
id = "XXB"
name = "B"
[[party]]
id = "XXC"
name = "C"
[instruments]
requires = ["signature"]
signed = { date = 2020-01-01 }
in_force = 2020-01-01
[[article]]
number = "1"
kind = "release.tracks"
from = ["XXA", "XXB"]
to = ["XXA", "XXB", "XXC"]
area = [{ anywhere = true }]
fields = ["position", "level", "velocity", "address", "identity"]
[[article]]
number = "2"
kind = "release.alerts"
from = ["XXB"]
to = ["XXC"]
area = [{ anywhere = true }]
fields = ["alerts", "content"]
"#;

fn at(seconds: f64) -> Time {
    let start: Time = "2026-11-28T12:00:00Z".parse().expect("an instant");
    start.plus_seconds(seconds)
}

fn party(name: &str) -> PartyId {
    name.parse().expect("a party")
}

fn place(east: f64, north: f64) -> Geodetic {
    let kant = Geodetic::from_degrees(42.853, 74.847, 0.0).expect("on Earth");
    LocalFrame::at(kant).geodetic_from_enu(Enu { east, north, up: 0.0 }).at_height(9_144.0)
}

/// One aircraft without a transponder's address, eastward at 200 m/s.
fn flight(second: f64) -> Geodetic {
    place(200.0 * second, 60_000.0)
}

fn radar() -> Sensor {
    Sensor {
        id: SensorId { sac: 1, sic: 1 },
        name: "Radar".into(),
        kind: SensorKind::Radar,
        site: Some(place(0.0, 0.0).at_height(600.0)),
        period_s: Some(4.0),
        accuracy: PlotAccuracy { range_m: 80.0, azimuth_rad: 0.001, elevation_rad: 0.1 },
        range_max_m: Some(400_000.0),
        view: surveillance::View::default(),
        receivers: Box::default(),
    }
}

/// A plot of it as CAT048 has it (EUROCONTROL-SPEC-0149-4): I048/010, /140, /020, /040 and /090, and where
/// it has a code or an address, /070 and /220.
fn plot(second: f64, addressed: bool, code: Option<u16>) -> Vec<u8> {
    let radar = radar();
    let site = LocalFrame::at(radar.site.expect("it stands somewhere"));
    let seen = site.enu_from_geodetic(flight(second));
    let range_m = seen.east.hypot(seen.north).hypot(seen.up);
    let turn =
        seen.east.atan2(seen.north).rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU;
    let of_day = ((12.0 * 3600.0 + second) * 128.0).round() as u32;
    let mut record: Vec<u8> = if addressed { vec![0xF5, 0x80] } else { vec![0xF4] };
    if code.is_some() {
        record[0] |= 0x08;
    }
    record.extend([radar.id.sac, radar.id.sic]);
    record.extend(&of_day.to_be_bytes()[1..]);
    record.push(if addressed { 0xA0 } else { 0x40 });
    record.extend(((range_m / 1852.0 * 256.0).round() as u16).to_be_bytes());
    record.extend(((turn * 65536.0).round() as u32 as u16).to_be_bytes());
    record.extend(code.iter().flat_map(|code| code.to_be_bytes()));
    record.extend(1200_u16.to_be_bytes());
    if addressed {
        record.extend([0x60, 0x12, 0x34]);
    }
    let length = (record.len() + 3) as u16;
    [&[48], &length.to_be_bytes()[..], &record].concat()
}

fn engine() -> Engine {
    let rules = parse("node.toml", "").expect("a configuration").alerts.setup();
    let accord = Arc::new(accord::read("test", ACCORD).expect("an accord").accord);
    Engine::new(EngineSetup {
        node: "XXB".into(),
        party: "XXB".into(),
        source: SourceKind::Live,
        notice: None,
        view: None,
        started: at(0.0),
        feeds: vec![FeedSetup {
            name: "radar".into(),
            format: Format::Asterix,
            receiver: None,
            tells_gps_time: false,
            editions: Default::default(),
        }],
        sensors: vec![radar()],
        tracker: Default::default(),
        identity: Default::default(),
        policy: Policy::new(party("XXB"), vec![accord]).expect("a policy"),
        partners: vec![party("XXA"), party("XXC")],
    })
    .with_alerts(rules.expect("rules"))
}

/// XXB's node, whose radar and whose partner XXA see one aircraft.
struct World {
    node: Engine,
    second: u32,
    /// How far off XXA tells of it, metres north; `None`: it tells nothing.
    off_m: Option<f64>,
    /// Whether our own radar reads an address.
    addressed: bool,
    /// The code that it reads.
    code: Option<u16>,
    /// Others of XXA's: number, and how far off, metres north.
    others: Vec<(u32, f64)>,
    /// XXA's epoch, and its number for it.
    told_as: (u32, u32),
    last: Vec<ServerMessage>,
    /// What XXC was sent.
    to_c: Vec<Vec<u8>>,
    handled: Vec<(Time, Event)>,
    stood: Option<String>,
}

impl World {
    fn new(off_m: f64) -> Self {
        Self::begun(off_m, false)
    }

    fn begun(off_m: f64, addressed: bool) -> Self {
        let mut world = Self {
            node: engine(),
            second: 0,
            off_m: Some(off_m),
            addressed,
            code: None,
            others: Vec::new(),
            told_as: (1, 7),
            last: Vec::new(),
            to_c: Vec::new(),
            handled: Vec::new(),
            stood: None,
        };
        world.happen(Event::ConsoleJoined { console: CONSOLE });
        world.run(30);
        world
    }

    fn happen(&mut self, event: Event) -> Vec<ServerMessage> {
        let (now, mut outbox) = (at(f64::from(self.second)), Outbox::default());
        self.node.handle(&event, now, &mut outbox);
        self.handled.push((now, event));
        let to_c = outbox.released.iter().filter(|batch| batch.to() == party("XXC"));
        self.to_c.extend(to_c.map(|batch| batch.value().encode()));
        let messages = outbox.deliveries.iter();
        messages.map(|one| rmp_serde::from_slice(&one.body).expect("a message")).collect()
    }

    fn run(&mut self, seconds: u32) {
        for _ in 0..seconds {
            self.second += 1;
            let second = f64::from(self.second);
            if self.second.is_multiple_of(4) {
                let bytes = plot(second - 0.1, self.addressed, self.code);
                let source = Some("192.0.2.1:8600".parse().expect("an address"));
                self.happen(Event::Received { feed: FeedIndex(0), bytes, source });
            }
            if let Some(off_m) = self.off_m {
                let body = self.told(off_m).encode();
                self.happen(Event::PartnerTold { party: party("XXA"), body });
            }
            self.last = self.happen(Event::Tick);
        }
    }

    fn told(&self, off_m: f64) -> Batch {
        let second = f64::from(self.second);
        let here = flight(second);
        let (epoch, number) = self.told_as;
        let item = |(number, off_m): (u32, f64)| Item {
            number: PartnerNumber(number),
            object: ObjectKind::Track,
            time: at(second),
            precision: Reduction::NONE,
            granted: FieldSet::from_bits(u32::MAX),
            told: Told {
                position_rad: Some({
                    let off = Enu { east: 0.0, north: off_m, up: 0.0 };
                    let moved = LocalFrame::at(here).geodetic_from_enu(off);
                    [moved.latitude_deg(), moved.longitude_deg()].map(f64::to_radians)
                }),
                velocity_mps: Some([200.0, 0.0]),
                level_m: Some(9_144.0),
                ..Told::default()
            },
            originators: Vec::new(),
            onward: Vec::new(),
            articles: vec![ArticleRef {
                accord: "three".parse().expect("an id"),
                article: "1".parse().expect("a number"),
            }],
        };
        let others = self.others.iter().copied();
        let items = std::iter::once((number, off_m)).chain(others).map(item).collect();
        Batch {
            from: party("XXA"),
            to: party("XXB"),
            epoch,
            sequence: u64::from(self.second),
            part: 0,
            slot: at(second),
            items,
            ended: Vec::new(),
        }
    }

    /// How often XXC was told of an alert about a track.
    fn alerts_to_c(&self) -> usize {
        let batches = self.to_c.iter().map(|body| Batch::decode(body).expect("a batch"));
        let items = batches.flat_map(|batch| batch.items);
        let of_tracks =
            |item: &Item| item.object == ObjectKind::Alert && !item.told.tracks.is_empty();
        items.filter(of_tracks).count()
    }

    fn tracks(&self) -> u32 {
        let picture = self.last.iter().find_map(|message| match message {
            ServerMessage::Picture(picture) => Some(picture.tracks_total),
            _ => None,
        });
        picture.expect("a picture")
    }

    fn pairs(&self) -> Vec<PairRow> {
        let pairs = self.last.iter().find_map(|message| match message {
            ServerMessage::Pairs(pairs) => Some(pairs.rows.clone()),
            _ => None,
        });
        pairs.expect("pairs")
    }

    /// Our own track's number.
    fn own(&self) -> u32 {
        let own = self.node.entries().find(|entry| entry.teller.is_none());
        own.expect("our own track").track.number.0
    }

    /// Says it at the console, or why it is refused.
    fn say(&mut self, word: PairWord) -> Option<String> {
        let (number, theirs) = (self.own(), self.told_as.1);
        self.say_of((number, theirs), word)
    }

    fn say_of(&mut self, (number, theirs): (u32, u32), word: PairWord) -> Option<String> {
        let message = ClientMessage::DecidePair {
            party: "XXA".into(),
            theirs,
            number,
            word,
            why: "seen on two screens".into(),
            by: "Aida".into(),
        };
        self.stood = Some(self.node.standing());
        let said = self.happen(Event::ConsoleAsked { console: CONSOLE, message });
        said.into_iter().find_map(|message| match message {
            ServerMessage::Refused(refused) => Some(refused.reason),
            _ => None,
        })
    }

    /// Killed, and started again three seconds later: with what stands as it was last written, or, where
    /// `before`, as it was before the last that a person said.
    fn kill(&mut self, before: bool) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = Config::default();
        config.recording.directory = folder.path().to_owned();
        let (mut journal, _) = Journal::open(&config, at(0.0)).expect("opens");
        let acts = |(_, event): &(Time, Event)| matches!(event, Event::ConsoleAsked { .. });
        let last_act = self.handled.iter().rposition(acts).unwrap_or(0);
        let (earlier, later) =
            self.handled.split_at(if before { last_act } else { self.handled.len() });
        let standing =
            if before { self.stood.clone().expect("it stood") } else { self.node.standing() };
        earlier.chunks(50).for_each(|batch| journal.record(batch).expect("records"));
        journal.record_numbers(&self.node.numbers()).expect("records");
        journal.record_standing(&standing).expect("records");
        later.chunks(50).for_each(|batch| journal.record(batch).expect("records"));
        // As a kill would leave it: no sync, no close.
        std::mem::forget(journal);
        self.second += 3;
        let mut back = engine();
        resume(&mut back, &config, at(f64::from(self.second))).expect("reads");
        self.node = back;
        self.happen(Event::ConsoleJoined { console: CONSOLE });
    }
}

#[test]
fn a_pair_is_listed_with_its_score_and_since_when() {
    let world = World::new(100.0);
    assert_eq!(world.tracks(), 1);
    let [row] = &world.pairs()[..] else { panic!("{:?}", world.pairs()) };
    assert_eq!((row.party.as_str(), row.theirs, row.number), ("XXA", 7, world.own()));
    assert_eq!((row.apart, row.how, row.score), (false, PairHow::Place, Some(1.0)));
    let since = row.since_ms.expect("since when");
    assert!((at(0.0).unix_millis() as f64..at(30.0).unix_millis() as f64).contains(&since));
    assert!(row.looks >= 3 && row.by.is_none());
}

#[test]
fn a_pair_split_by_hand_stays_two_over_a_kill_until_that_is_taken_back() {
    // What was said in the second before a kill, too, of a track that its address brings back.
    for before in [false, true] {
        let mut world = World::begun(100.0, before);
        assert_eq!(world.say(PairWord::Two), None);
        world.run(1);
        assert_eq!(world.tracks(), 2, "at once");
        if !before {
            world.run(40);
        }
        world.kill(before);
        // Without an address our own track bears another number now, and is found again all the same.
        world.run(30);
        assert_eq!(world.tracks(), 2, "before: {before}");
        let [row] = &world.pairs()[..] else { panic!("{:?}", world.pairs()) };
        assert_eq!((row.apart, row.number, row.theirs), (true, world.own(), 7));
        assert_eq!(row.by.as_deref(), Some("Aida"));
        assert_eq!(row.why.as_deref(), Some("seen on two screens"));
        assert_eq!(world.say(PairWord::Undo), None);
        world.run(15);
        assert_eq!(world.tracks(), 1);
        assert_eq!(world.pairs()[0].by, None);
    }
}

#[test]
fn two_merged_by_hand_stay_one_over_a_kill_and_nobody_measures_one_by_the_other() {
    let mut world = World::new(5_000.0);
    assert_eq!((world.tracks(), world.pairs().len()), (2, 0));
    let shown = |world: &World| {
        let entry = world.node.entries().find(|entry| entry.teller.is_none()).expect("ours");
        (entry.track.position, entry.words.len())
    };
    let (_, words) = shown(&world);
    assert_eq!(words, 0);
    assert_eq!(world.say(PairWord::One), None);
    world.run(20);
    assert_eq!(world.tracks(), 1);
    let (position, words) = shown(&world);
    assert_eq!(words, 1, "the partner's word is beside ours now");
    let off = LocalFrame::at(flight(f64::from(world.second))).enu_from_geodetic(position);
    assert!(off.north.abs() < 500.0, "it is shown where we measure it, not between both: {off:?}");
    let [row] = &world.pairs()[..] else { panic!("{:?}", world.pairs()) };
    assert_eq!((row.how, row.score), (PairHow::ByHand, Some(0.0)));
    world.kill(false);
    world.run(30);
    assert_eq!(world.tracks(), 1);
    assert_eq!(world.say(PairWord::Undo), None);
    world.run(1);
    assert_eq!(world.tracks(), 2, "taken back at once");
}

#[test]
fn what_cannot_be_said_of_two_tracks_says_why() {
    let mut far = World::new(20_000.0);
    let refused = far.say(PairWord::One).expect("refused");
    assert_eq!(refused, "they cannot be one: they are 10.8 NM apart, and 5.0 NM is the most");
    let own = far.own();
    let two = far.say(PairWord::Two).expect("refused");
    assert_eq!(two, format!("TN {own} and XXA:7 are no pair"));
    let nobody = far.say(PairWord::Undo).expect("refused");
    assert_eq!(nobody, format!("nobody has said anything of TN {own} and XXA:7"));
    let gone = far.say_of((own, 99), PairWord::One).expect("refused");
    assert_eq!(gone, "XXA tells of no track 99 any more");
    let gone = far.say_of((9_999, 7), PairWord::One).expect("refused");
    assert_eq!(gone, "TN 9999 is not in the picture any more");
    let theirs = far.node.entries().find(|entry| entry.teller.is_some()).expect("theirs");
    let theirs = theirs.track.number.0;
    let both = far.say_of((theirs, 7), PairWord::One).expect("refused");
    assert_eq!(both, "both are XXA's own; it says which is which");
    far.run(1);
    assert!(far.pairs().is_empty());
}

#[test]
fn what_was_said_goes_with_the_track_when_a_partner_numbers_anew_and_ends_with_it() {
    let mut world = World::new(100.0);
    assert_eq!(world.say(PairWord::Two), None);
    world.run(5);
    world.told_as = (2, 31);
    world.run(20);
    assert_eq!(world.tracks(), 2);
    assert_eq!(world.pairs()[0].theirs, 31);
    // It tells of it no more: what was said ends with what is told.
    world.off_m = None;
    world.run(125);
    assert_eq!((world.tracks(), world.pairs().len()), (1, 0));
    world.off_m = Some(100.0);
    world.run(15);
    assert_eq!((world.tracks(), world.pairs()[0].by.clone()), (1, None));
}

#[test]
fn a_word_that_was_refused_stays_refused_and_one_that_was_taken_stands_over_a_kill_at_once() {
    let mut far = World::begun(20_000.0, true);
    assert!(far.say(PairWord::One).is_some());
    far.run(1);
    far.kill(true);
    far.run(40);
    assert_eq!((far.tracks(), far.pairs()), (2, vec![]));
    let mut near = World::begun(5_000.0, true);
    assert_eq!(near.say(PairWord::One), None);
    near.run(1);
    near.kill(true);
    near.run(3);
    assert_eq!(near.tracks(), 1);
    assert_eq!(near.pairs()[0].why.as_deref(), Some("seen on two screens"));
}

#[test]
fn a_merge_of_two_that_part_ends_by_itself_and_says_why() {
    let mut world = World::new(5_000.0);
    assert_eq!(world.say(PairWord::One), None);
    world.run(20);
    assert_eq!(world.tracks(), 1);
    world.off_m = Some(20_000.0);
    world.run(5);
    assert_eq!(world.tracks(), 2);
    let [row] = &world.pairs()[..] else { panic!("{:?}", world.pairs()) };
    assert!(row.apart && row.by.as_deref() == Some("Aida"));
    let why = row.why.as_deref().expect("why");
    let words = "one no more: they are 10.8 NM apart, and 5.0 NM is the most; said was: seen on two screens";
    assert_eq!(why, words);
    assert_eq!(world.say(PairWord::Undo), None);
    world.run(1);
    assert_eq!((world.tracks(), world.pairs()), (2, vec![]));
}

#[test]
fn no_two_merges_claim_one_track_however_soon_one_comes_after_the_other() {
    let mut world = World::begun(5_000.0, true);
    world.others = vec![(8, -5_000.0)];
    world.run(15);
    assert_eq!(world.tracks(), 3);
    let own = world.own();
    assert_eq!(world.say_of((own, 7), PairWord::One), None);
    let refused = world.say_of((own, 8), PairWord::One).expect("refused");
    assert_eq!(refused, format!("TN {own} and XXA:7 are a pair; say first that they are two"));
    world.run(1);
    assert_eq!(world.tracks(), 2);
    // Nor after a kill in that second.
    world.kill(true);
    world.run(70);
    assert_eq!(world.tracks(), 2);
    let [row] = &world.pairs()[..] else { panic!("{:?}", world.pairs()) };
    assert_eq!((row.theirs, row.apart), (7, false));
}

#[test]
fn what_stands_of_pairs_is_bounded_and_not_written_anew_each_second() {
    let mut world = World::new(100.0);
    assert_eq!(world.say(PairWord::Two), None);
    let mut texts = std::collections::BTreeSet::new();
    for _ in 0..25 {
        world.run(1);
        texts.insert(world.node.standing());
    }
    assert!(texts.len() <= 3, "{}", texts.len());
    // Words that wait for a picture are taken as they come, and not without end.
    let mut young = engine();
    let mut outbox = Outbox::default();
    young.handle(&Event::ConsoleJoined { console: CONSOLE }, at(0.0), &mut outbox);
    let refused = (0..200).find_map(|theirs| {
        let message = ClientMessage::DecidePair {
            party: "XXA".into(),
            theirs,
            number: 5,
            word: PairWord::Two,
            why: "ы".repeat(500),
            by: "Aida".into(),
        };
        let mut outbox = Outbox::default();
        young.handle(&Event::ConsoleAsked { console: CONSOLE, message }, at(0.0), &mut outbox);
        outbox.deliveries.iter().find_map(|one| match rmp_serde::from_slice(&one.body) {
            Ok(ServerMessage::Refused(refused)) => Some(refused.reason),
            _ => None,
        })
    });
    let refused = refused.expect("refused before there are 200");
    assert!(refused.starts_with("what is said of pairs by hand is as long as can be kept"));
    assert!((50_000..110_000).contains(&young.standing().len()));
}

#[test]
fn what_a_person_says_of_a_pair_changes_nothing_that_another_partner_is_sent() {
    let [mut said, mut silent] = [World::begun(100.0, true), World::begun(100.0, true)];
    // Mode 3/A 7700, while XXA's measurements are in the track.
    for world in [&mut said, &mut silent] {
        world.code = Some(0o7700);
        world.run(20);
    }
    assert_eq!(said.say(PairWord::Two), None);
    for world in [&mut said, &mut silent] {
        world.run(30);
    }
    assert_eq!((said.tracks(), silent.tracks()), (2, 1));
    assert!(said.to_c.len() > 50);
    assert_eq!(said.to_c, silent.to_c);
    assert_eq!(said.alerts_to_c(), 0);
    said.kill(false);
    said.run(30);
    assert_eq!((said.tracks(), said.alerts_to_c()), (2, 0));
    // The same alert of a track that no partner has a part in is told.
    let mut alone = World::begun(20_000.0, true);
    alone.code = Some(0o7700);
    alone.run(20);
    assert!(alone.alerts_to_c() > 0);
}
