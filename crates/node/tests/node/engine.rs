//! The engine from bytes to wire: real frames, damaged frames, consoles, and the same again.

use flate2::read::GzDecoder;
use geodesy::Geodetic;
use geodesy::units::MPS_PER_KNOT;
use node::config::Format;
use node::engine::{Engine, EngineSetup, FeedSetup};
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::wire::{self, ClientMessage, SensorHealth, ServerMessage, SourceKind};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use surveillance::{Sensor, SensorId, SensorKind, Time};

const FEED: FeedIndex = FeedIndex(0);
const CONSOLE: ConsoleId = ConsoleId(1);
/// The recording's length; it was made at a constant rate, so equal pieces are equal times.
const RECORDING_S: usize = 400;

fn start() -> Time {
    "2026-11-23T12:00:00Z".parse().expect("an instant")
}

fn recording() -> Vec<u8> {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/modes/lax_public_first400s.beast.gz");
    let file = std::fs::File::open(path).expect("the recording is part of the repository");
    let mut bytes = Vec::new();
    GzDecoder::new(file).read_to_end(&mut bytes).expect("whole gzip");
    bytes
}

fn receiver() -> Sensor {
    Sensor {
        id: SensorId { sac: 255, sic: 1 },
        name: "Los Angeles".into(),
        kind: SensorKind::AdsB,
        site: None,
        period_s: None,
        accuracy: Default::default(),
        range_max_m: None,
        view: surveillance::View::default(),
        receivers: Box::default(),
    }
}

fn engine(format: Format, receiver: Option<Sensor>) -> Engine {
    Engine::new(EngineSetup {
        node: "test".into(),
        party: "XXA".into(),
        source: SourceKind::Live,
        notice: None,
        view: None,
        started: start(),
        feeds: vec![FeedSetup {
            name: "north".into(),
            format,
            receiver,
            tells_gps_time: false,
            editions: Default::default(),
        }],
        sensors: Vec::new(),
        tracker: Default::default(),
        identity: Default::default(),
        policy: accord::Policy::without_accords("XXA".parse().expect("a party")),
        partners: Vec::new(),
    })
}

fn beast() -> Engine {
    engine(Format::Beast, Some(receiver()))
}

/// Handles one event and decodes what came of it.
fn tell(engine: &mut Engine, event: &Event, now: Time) -> Vec<ServerMessage> {
    let mut outbox = Outbox::default();
    engine.handle(event, now, &mut outbox);
    let decode = |delivery: &node::event::Delivery| {
        rmp_serde::from_slice(&delivery.body).expect("a message")
    };
    outbox.deliveries.iter().map(decode).collect()
}

fn received(bytes: &[u8]) -> Event {
    Event::Received { feed: FEED, bytes: bytes.to_vec(), source: None }
}

/// The stream in tenths of a second, cut anywhere, with the clock ticking between.
fn play(bytes: &[u8], seconds: usize, from: Time, mut each: impl FnMut(&Event, Time)) {
    let pieces = seconds * 10;
    for piece in 0..pieces {
        let now = from.plus_seconds(piece as f64 / 10.0);
        let cut = |n: usize| bytes.len() * n / pieces;
        each(&received(&bytes[cut(piece)..cut(piece + 1)]), now);
        each(&Event::Tick, now);
    }
}

/// A console that believes what it is told, as the browser does.
#[derive(Default)]
struct Screen {
    seq: Option<u32>,
    descriptions: BTreeMap<u32, wire::TrackDescription>,
    positions: BTreeMap<u32, (f64, Geodetic)>,
    sensors: Vec<wire::SensorRow>,
    fastest_kt: f64,
    seen: BTreeSet<String>,
    most: usize,
}

impl Screen {
    fn take(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::Picture(picture) => self.picture(picture),
            ServerMessage::Sensors(sensors) => self.sensors = sensors.rows,
            _ => {}
        }
    }

    fn picture(&mut self, picture: wire::Picture) {
        if picture.full {
            self.descriptions.clear();
            self.positions.clear();
        } else {
            assert_eq!(Some(picture.seq), self.seq.map(|seq| seq + 1), "a delta is missing");
        }
        self.seq = Some(picture.seq);
        for ended in picture.ended {
            self.descriptions.remove(&ended.number);
            self.positions.remove(&ended.number);
        }
        for description in picture.descriptions {
            self.seen.extend(description.address.clone());
            self.descriptions.insert(description.number, description);
        }
        let states = picture.states;
        for row in 0..states.number.len() {
            let lat_deg = f64::from(states.lat_e6[row]) / 1e6;
            let lon_deg = f64::from(states.lon_e6[row]) / 1e6;
            let here = Geodetic::from_degrees(lat_deg, lon_deg, 0.0).expect("a place on Earth");
            let now_s = picture.time_ms / 1e3;
            if let Some((then_s, there)) = self.positions.insert(states.number[row], (now_s, here))
                && now_s > then_s
            {
                let speed_kt = there.geodesic_to(here).distance_m / (now_s - then_s) / MPS_PER_KNOT;
                self.fastest_kt = self.fastest_kt.max(speed_kt);
            }
        }
        assert_eq!(self.descriptions.len(), picture.tracks_total as usize);
        assert_eq!(self.positions.len(), self.descriptions.len());
        self.most = self.most.max(self.positions.len());
        let addresses: Vec<_> =
            self.descriptions.values().filter_map(|d| d.address.as_ref()).collect();
        let distinct: BTreeSet<_> = addresses.iter().collect();
        assert_eq!(addresses.len(), distinct.len(), "one address, two tracks");
    }
}

/// A screen that watched the recording played `times` in a loop.
fn watch(engine: &mut Engine, bytes: &[u8], times: usize) -> Screen {
    let mut screen = Screen::default();
    let connected = Event::FeedConnected { feed: FEED };
    tell(engine, &connected, start());
    for message in tell(engine, &Event::ConsoleJoined { console: CONSOLE }, start()) {
        screen.take(message);
    }
    for lap in 0..times {
        let from = start().plus_seconds((lap * RECORDING_S) as f64);
        play(bytes, RECORDING_S, from, |event, now| {
            for message in tell(engine, event, now) {
                screen.take(message);
            }
        });
    }
    screen
}

#[test]
fn the_looped_recording_shows_aircraft_without_a_duplicate_address_or_an_impossible_jump() {
    let screen = watch(&mut beast(), &recording(), 2);
    eprintln!(
        "{} addresses, {} at most at once, fastest {:.0} kt",
        screen.seen.len(),
        screen.most,
        screen.fastest_kt
    );
    assert!(screen.most >= 30, "{} tracks at once", screen.most);
    assert!(screen.fastest_kt < 1_000.0, "{:.0} kt", screen.fastest_kt);
    assert_eq!(screen.sensors[0].health, SensorHealth::Good, "{:?}", screen.sensors);
}

#[test]
fn the_same_events_give_the_same_bytes() {
    let bytes = &recording()[..200_000];
    let run = || {
        let mut engine = beast();
        let mut outbox = Outbox::default();
        engine.handle(&Event::ConsoleJoined { console: CONSOLE }, start(), &mut outbox);
        play(bytes, 40, start(), |event, now| engine.handle(event, now, &mut outbox));
        outbox.deliveries
    };
    assert!(run() == run());
}

#[test]
fn a_console_that_joins_late_sees_what_the_first_one_sees() {
    let mut engine = beast();
    let bytes = recording();
    let mut first = watch(&mut engine, &bytes[..bytes.len() / 8], 1);
    let mut second = Screen::default();
    let late = ConsoleId(2);
    let later = start().plus_seconds(RECORDING_S as f64 + 0.05);
    for message in tell(&mut engine, &Event::ConsoleJoined { console: late }, later) {
        second.take(message);
    }
    let mut outbox = Outbox::default();
    engine.handle(&Event::Tick, later.plus_seconds(1.0), &mut outbox);
    for delivery in outbox.deliveries {
        let message: ServerMessage = { rmp_serde::from_slice(&delivery.body).expect("a message") };
        first.take(message.clone());
        second.take(message);
    }
    assert!(!first.descriptions.is_empty());
    assert_eq!(first.descriptions, second.descriptions);
    assert_eq!(first.positions, second.positions);
}

#[test]
fn damage_is_counted_by_name_and_costs_only_what_it_hit() {
    let clean = watch(&mut beast(), &recording(), 1);
    let mut bytes = recording();
    for position in (0..bytes.len()).step_by(997) {
        bytes[position] ^= 1 << (position % 8);
    }
    let damaged = watch(&mut beast(), &bytes, 1);
    let names: BTreeSet<_> = damaged.sensors[0].defects.iter().map(|d| d.name.as_str()).collect();
    assert!(names.contains("crc"), "{names:?}");
    // one frame in some fifty was hit
    let (before, after) = (clean.sensors[0].messages, damaged.sensors[0].messages);
    assert!(after > before * 94 / 100, "{after} of {before} messages were understood");
    assert!(damaged.seen.len() * 100 >= clean.seen.len() * 95);
}

#[test]
fn foreign_bytes_on_any_feed_become_defects_and_the_next_good_frame_is_taken() {
    let noise: Vec<u8> =
        (0..40_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for format in [Format::Beast, Format::Avr, Format::Sbs, Format::Asterix] {
        let receiver = (format != Format::Asterix).then(receiver);
        let mut engine = engine(format, receiver);
        tell(&mut engine, &Event::FeedConnected { feed: FEED }, start());
        for piece in noise.chunks(613) {
            tell(&mut engine, &received(piece), start());
        }
        let good: &[u8] = match format {
            Format::Beast => {
                b"\n\x1a3\0\0\0\0\x10\0\x40\x8d\x40\x62\x1d\x58\xc3\x82\xd6\x90\xc8\xac\x28\x63\xa7"
            }
            Format::Avr => b"\n*8D40621D58C382D690C8AC2863A7;\n",
            Format::Sbs => {
                b"\nMSG,3,1,1,40621D,1,2026/11/23,12:00:00.000,2026/11/23,12:00:00.000,,38000,,,52.25720,3.91937,,,0,0,0,0\n"
            }
            // CAT065, I065/010 and I065/000 alone
            Format::Asterix => &[65, 0, 7, 0b1100_0000, 9, 9, 1],
            Format::Plans | Format::RemoteId | Format::Ogn => panic!("have tests of their own"),
        };
        let before = engine.metrics(start()).feeds[0].clone();
        tell(&mut engine, &received(good), start());
        let after = engine.metrics(start()).feeds[0].clone();
        assert!(!before.defects.is_empty(), "{format:?}");
        assert!(after.messages > before.messages, "{format:?}: {before:?} {after:?}");
    }
}

#[test]
fn a_selected_track_is_told_in_full_every_second_until_it_is_deselected() {
    let mut engine = beast();
    let bytes = recording();
    let screen = watch(&mut engine, &bytes[..bytes.len() / 8], 1);
    let number = *screen.descriptions.keys().next().expect("some aircraft");
    let now = start().plus_seconds(RECORDING_S as f64);
    let ask = |number| Event::ConsoleAsked {
        console: CONSOLE,
        message: ClientMessage::Select { number },
    };
    let selected = |messages: &[ServerMessage]| {
        messages.iter().any(|m| matches!(m, ServerMessage::Selected(s) if s.number == number))
    };
    let first = tell(&mut engine, &ask(Some(number)), now);
    let told = first.iter().find_map(|message| match message {
        ServerMessage::Selected(shown) if shown.number == number => Some(&shown.told),
        _ => None,
    });
    let told = told.expect("it is told at once");
    let fields: Vec<_> = told.iter().map(|row| row.field).collect();
    assert!(
        fields.contains(&wire::ToldField::Position) && fields.contains(&wire::ToldField::Address)
    );
    let by_receiver = |row: &wire::ToldRow| row.by == "Los Angeles" && row.age_s >= 0.0;
    assert!(told.iter().all(by_receiver), "{told:?}");
    assert!(selected(&tell(&mut engine, &Event::Tick, now.plus_seconds(1.0))));
    tell(&mut engine, &ask(None), now.plus_seconds(1.5));
    assert!(!selected(&tell(&mut engine, &Event::Tick, now.plus_seconds(2.0))));
}

#[test]
fn selecting_a_track_that_is_gone_is_refused_with_the_reason() {
    let mut engine = beast();
    tell(&mut engine, &Event::ConsoleJoined { console: CONSOLE }, start());
    let asked = Event::ConsoleAsked {
        console: CONSOLE,
        message: ClientMessage::Select { number: Some(99) },
    };
    let answers = tell(&mut engine, &asked, start());
    let [ServerMessage::Refused(refused)] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!(refused.reason, "TN 99 is not in the picture any more");
}

#[test]
fn a_lost_feed_is_shown_with_its_reason_and_its_tracks_coast_and_end() {
    let mut engine = beast();
    let bytes = recording();
    let mut screen = watch(&mut engine, &bytes[..bytes.len() / 8], 1);
    assert!(!screen.positions.is_empty());
    let lost_at = start().plus_seconds(RECORDING_S as f64);
    let lost = Event::FeedLost { feed: FEED, reason: "connection refused".into() };
    tell(&mut engine, &lost, lost_at);
    for second in 0..180 {
        for message in tell(&mut engine, &Event::Tick, lost_at.plus_seconds(f64::from(second))) {
            screen.take(message);
        }
    }
    assert_eq!(screen.sensors[0].health, SensorHealth::Silent);
    assert_eq!(screen.sensors[0].note.as_deref(), Some("connection refused"));
    assert!(screen.positions.is_empty(), "{} tracks outlived their feed", screen.positions.len());
}

/// CAT062 of system 7/9: items 010, 070, 105, 040 and 080, edition 1.21.
fn system_track(of_day_s: f64, lon_deg: f64) -> Vec<u8> {
    let ticks = (of_day_s * 128.0) as u32;
    let angle = |degrees: f64| ((degrees / 180.0 * 33_554_432.0) as i32).to_be_bytes();
    let mut record = vec![0b1001_1001, 0b0000_1100, 7, 9];
    record.extend(&ticks.to_be_bytes()[1..]);
    record.extend(angle(42.0));
    record.extend(angle(lon_deg));
    record.extend([0, 17, 0]);
    let mut block = vec![62, 0, record.len() as u8 + 3];
    block.extend(record);
    block
}

/// What a console sees after a system track was told six times, its clock `ahead_s` off.
fn told_six_times(engine: &mut Engine, ahead_s: f64) -> (usize, Vec<wire::SensorRow>) {
    let mut screen = Screen::default();
    tell(engine, &Event::FeedConnected { feed: FEED }, start());
    for message in tell(engine, &Event::ConsoleJoined { console: CONSOLE }, start()) {
        screen.take(message);
    }
    for turn in 0..6 {
        let at_s = f64::from(turn) * 4.0;
        let now = start().plus_seconds(at_s);
        let told = system_track(12.0 * 3600.0 + at_s + ahead_s, 75.0 + 0.008 * f64::from(turn));
        tell(engine, &received(&told), now);
        for message in tell(engine, &Event::Tick, now.plus_seconds(0.5)) {
            if let ServerMessage::Picture(picture) = &message {
                assert!(picture.data_age_s.is_none_or(|age_s| age_s >= 0.0), "{picture:?}");
            }
            screen.take(message);
        }
    }
    (screen.positions.len(), screen.sensors)
}

#[test]
fn a_system_that_first_tells_of_its_state_is_tracked_like_any_other() {
    let mut engine = engine(Format::Asterix, None);
    // CAT065: I065/010 and I065/000 alone
    tell(&mut engine, &received(&[65, 0, 7, 0b1100_0000, 7, 9, 1]), start());
    let (tracks, sensors) = told_six_times(&mut engine, 0.0);
    assert_eq!(tracks, 1);
    let system = sensors.iter().find(|row| row.id == "7/9").expect("a row");
    assert_eq!((system.kind.as_str(), system.health), ("system tracks", SensorHealth::Good));
}

#[test]
fn a_sensor_whose_clock_is_ahead_is_used_at_receipt_and_said_to_be_off() {
    let mut engine = engine(Format::Asterix, None);
    let (tracks, sensors) = told_six_times(&mut engine, 12.0);
    assert_eq!(tracks, 1);
    let system = sensors.iter().find(|row| row.id == "7/9").expect("a row");
    assert_eq!(system.defects[0].name, "time_far_from_receipt");
    assert_ne!(system.health, SensorHealth::Good);
}
