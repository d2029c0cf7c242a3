//! The engine over captures of real systems: what a console would show of them.
//!
//! The captures are not part of the repository; without them these tests say so and pass.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test may panic and tell")]

use geodesy::Geodetic;
use geodesy::units::MPS_PER_KNOT;
use node::config::{Config, SensorSection, parse};
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::replay::Recording;
use node::setup::{self, Occasion};
use node::wire::{self, ServerMessage, SourceKind};
use recording::container::{Item, Reader};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use surveillance::Time;

const FEED: FeedIndex = FeedIndex(0);

fn capture(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/asterix"))
        .join(name);
    if !path.exists() {
        eprintln!("skipped: ../shared is absent");
        return None;
    }
    Some(path)
}

/// What a console was shown of a capture.
#[derive(Default)]
struct Shown {
    numbers: BTreeSet<u32>,
    most: usize,
    fastest_kt: f64,
    twice: usize,
    /// By the name of a sensor, the last that was said of it.
    sensors: BTreeMap<String, wire::SensorRow>,
    /// What `/metrics` says arrived.
    messages: u64,
    /// How often a sensor's row said silent.
    silences: usize,
    places: BTreeMap<u32, (f64, Geodetic)>,
    addresses: BTreeMap<u32, String>,
}

impl Shown {
    fn take(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::Picture(picture) => self.picture(picture),
            ServerMessage::Sensors(sensors) => {
                let silent = |row: &&wire::SensorRow| row.health == wire::SensorHealth::Silent;
                self.silences += sensors.rows.iter().filter(silent).count();
                self.sensors =
                    sensors.rows.into_iter().map(|row| (row.name.clone(), row)).collect();
            }
            _ => {}
        }
    }

    fn picture(&mut self, picture: wire::Picture) {
        for ended in picture.ended {
            self.places.remove(&ended.number);
            self.addresses.remove(&ended.number);
        }
        for described in picture.descriptions {
            self.addresses.extend(described.address.map(|address| (described.number, address)));
        }
        let states = &picture.states;
        for (row, number) in states.number.iter().enumerate() {
            let (lat, lon) = (states.lat_e6[row], states.lon_e6[row]);
            let here =
                Geodetic::from_degrees(f64::from(lat) / 1e6, f64::from(lon) / 1e6, 0.0).unwrap();
            let now_s = picture.time_ms / 1e3;
            if let Some((then_s, there)) = self.places.insert(*number, (now_s, here))
                && now_s > then_s
            {
                let speed_mps = there.geodesic_to(here).distance_m / (now_s - then_s);
                self.fastest_kt = self.fastest_kt.max(speed_mps / MPS_PER_KNOT);
            }
        }
        self.numbers.extend(&states.number);
        self.most = self.most.max(self.places.len());
        let distinct: BTreeSet<_> = self.addresses.values().collect();
        self.twice += self.addresses.len() - distinct.len();
    }
}

/// Plays a capture of datagrams through an engine, at its own times, and half a minute beyond.
fn watch(path: &PathBuf, config: Config) -> Shown {
    let recording = Recording::open(path, config, &[]).unwrap();
    let begins = recording.begins;
    let occasion = Occasion { source: SourceKind::Replay, notice: None, started: begins };
    let mut engine = setup::engine(&recording.config, occasion);
    let mut shown = Shown::default();
    let mut tell = |event: &Event, now: Time| {
        let mut outbox = Outbox::default();
        engine.handle(event, now, &mut outbox);
        for delivery in outbox.deliveries {
            shown.take(rmp_serde::from_slice(&delivery.body).unwrap());
        }
    };
    tell(&Event::FeedConnected { feed: FEED }, begins);
    tell(&Event::ConsoleJoined { console: ConsoleId(1) }, begins);
    let mut reader = Reader::open(path).unwrap();
    let (mut shift_s, mut now) = (None, begins);
    while let Some(item) = reader.read().unwrap() {
        let Item::Datagram(chunk) = item else { continue };
        let time = chunk.time.unwrap();
        let shift_s = *shift_s.get_or_insert(begins.seconds_since(time));
        let arrives = time.plus_seconds(shift_s);
        while arrives.seconds_since(now) > 0.1 {
            now = now.plus_seconds(0.1);
            tell(&Event::Tick, now);
        }
        now = now.max(arrives);
        let event = Event::Received { feed: FEED, bytes: chunk.bytes.to_vec(), source: None };
        tell(&event, now);
    }
    for _ in 0..10 {
        now = now.plus_seconds(0.1);
        tell(&Event::Tick, now);
    }
    shown.messages = engine.metrics(now).feeds[0].messages;
    shown
}

#[test]
fn half_an_hour_of_system_tracks_stays_whole() {
    let name = "jade_final_frame_062_065_large_packet_30min.ff";
    let Some(path) = capture(name) else { return };
    let shown = watch(&path, Config::default());
    eprintln!(
        "{} tracks, {} at most at once, fastest {:.0} kt, {} doubled addresses, {} silences",
        shown.numbers.len(),
        shown.most,
        shown.fastest_kt,
        shown.twice,
        shown.silences
    );
    assert_eq!(shown.twice, 0);
    assert!(shown.fastest_kt < 1_000.0, "{:.0} kt", shown.fastest_kt);
    // the system itself told of 372 tracks
    assert!((300..=420).contains(&shown.numbers.len()), "{}", shown.numbers.len());
    let system = &shown.sensors["system tracks 33/18"];
    assert_eq!(system.health, wire::SensorHealth::Good, "{system:?}");
    let far = |defect: &wire::DefectCount| defect.name == "time_far_from_receipt";
    assert!(!system.defects.iter().any(far), "{system:?}");
}

#[test]
fn radars_without_a_site_are_shown_as_such_and_with_one_their_plots_are_used() {
    let Some(path) = capture("cct_cat_034_048.pcap") else { return };
    let shown = watch(&path, Config::default());
    assert!(shown.numbers.is_empty());
    // as many as the capture has records, though two rows of the panel count each
    assert_eq!(shown.messages, 162);
    let unplaced = |row: &&wire::SensorRow| {
        row.note.as_deref() == Some("site unknown: its plots cannot be placed")
    };
    let radars = |row: &&wire::SensorRow| row.kind == "radar";
    assert_eq!(shown.sensors.values().filter(radars).count(), 7);
    // 25/12 tells its own site in category 034
    assert_eq!(shown.sensors.values().filter(unplaced).count(), 6, "{:?}", shown.sensors);

    let mut config = Config::default();
    for (index, sic) in [11, 12, 13, 14, 201, 204, 205].into_iter().enumerate() {
        let text = format!(
            "[[sensor]]\nsac = 25\nsic = {sic}\nname = \"r{sic}\"\nlat = {}\nlon = 10.0\n",
            40 + 3 * index
        );
        config.sensors.extend::<Vec<SensorSection>>(parse("test", &text).unwrap().sensors);
    }
    let placed = watch(&path, config);
    eprintln!("{} tracks from invented sites", placed.numbers.len());
    assert_eq!(placed.sensors.values().filter(unplaced).count(), 0);
    assert_eq!(placed.twice, 0);
    assert!(placed.fastest_kt < 1_000.0, "{:.0} kt", placed.fastest_kt);
}
