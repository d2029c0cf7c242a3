//! Remote ID from the receiver's bytes to the console and the alert list.
//!
//! The captures of spoofed Remote ID are not part of the repository; without them that test says so.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test may panic and tell")]

use node::config::{Config, parse};
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::replay::Recording;
use node::setup::{self, Occasion};
use node::wire::{self, ClientMessage, ServerMessage, SourceKind, SourceOfTrack};
use recording::container::{Item, Reader};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use surveillance::Time;

const CONSOLE: ConsoleId = ConsoleId(1);

/// What a console was shown.
#[derive(Default)]
struct Shown {
    descriptions: BTreeMap<u32, wire::TrackDescription>,
    selected: Option<wire::Selected>,
    sensors: Vec<wire::SensorRow>,
    /// Rules that were ever on the list, with what they are about.
    alerts: BTreeSet<(String, Option<String>)>,
    /// What the alerts ever told, by rule.
    facts: BTreeMap<String, BTreeSet<String>>,
}

impl Shown {
    fn take(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::Picture(picture) => {
                let described = picture.descriptions.into_iter();
                self.descriptions.extend(described.map(|row| (row.number, row)));
            }
            ServerMessage::Selected(selected) => self.selected = Some(selected),
            ServerMessage::Sensors(sensors) => self.sensors = sensors.rows,
            ServerMessage::Alerts(alerts) => {
                for row in alerts.rows {
                    let told = self.facts.entry(row.rule.clone()).or_default();
                    told.extend(row.facts.iter().map(|fact| fact.name.clone()));
                    self.alerts.insert((row.rule, row.about));
                }
            }
            _ => {}
        }
    }
}

struct Desk {
    engine: node::engine::Engine,
    shown: Shown,
    now: Time,
}

impl Desk {
    fn new(config: &Config, started: Time) -> Self {
        let occasion = Occasion { source: SourceKind::Replay, notice: None, started };
        let engine = setup::engine(config, occasion);
        let mut desk = Self { engine, shown: Shown::default(), now: started };
        desk.tell(&Event::FeedConnected { feed: FeedIndex(0) });
        desk.tell(&Event::ConsoleJoined { console: CONSOLE });
        desk
    }

    fn tell(&mut self, event: &Event) {
        let mut outbox = Outbox::default();
        self.engine.handle(event, self.now, &mut outbox);
        for delivery in outbox.deliveries {
            self.shown.take(rmp_serde::from_slice(&delivery.body).unwrap());
        }
    }

    fn hear(&mut self, bytes: &[u8], source: Option<&str>) {
        let source = source.map(|source| source.parse().unwrap());
        self.tell(&Event::Received { feed: FeedIndex(0), bytes: bytes.to_vec(), source });
    }

    /// Lets time pass in tenths of a second.
    fn until(&mut self, time: Time) {
        while time.seconds_since(self.now) > 0.1 {
            self.now = self.now.plus_seconds(0.1);
            self.tell(&Event::Tick);
        }
        self.now = self.now.max(time);
    }

    fn select(&mut self, number: u32) {
        let message = ClientMessage::Select { number: Some(number) };
        self.tell(&Event::ConsoleAsked { console: CONSOLE, message });
    }
}

fn configured(feed: &str) -> Config {
    parse("test", feed).unwrap()
}

/// Plays a capture and says what a console saw of it, 20 s beyond its end.
fn watch(name: &str) -> Option<Shown> {
    let path =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/remote_id"))
            .join(name);
    if !path.exists() {
        eprintln!("skipped: ../shared is absent");
        return None;
    }
    let recording = Recording::open(&path, Config::default(), &[]).unwrap();
    let mut desk = Desk::new(&recording.config, recording.begins);
    let mut reader = Reader::open(&path).unwrap();
    while let Some(item) = reader.read().unwrap() {
        let Item::Frame(frame) = item else { continue };
        desk.until(frame.time.unwrap());
        desk.hear(frame.bytes, None);
        if let Some(number) = desk.shown.descriptions.keys().next().copied() {
            desk.select(number);
        }
    }
    desk.until(desk.now.plus_seconds(20.0));
    Some(desk.shown)
}

#[test]
fn each_spoofed_capture_raises_the_alerts_it_should_and_no_other() {
    // Of its receiver: silence once the capture is over, and frames of one that are not what they say.
    let silent = ["sensor", "silent for", "silent since"];
    let defective = ["messages with defects", "sensor", "silent for", "silent since"];
    for (name, id, of_sensor) in [
        ("parrot_anafi4_spoofed.pcapng", "1588E040445AC004418", &defective[..]),
        ("mavic_alessa_spoofed.pcapng", "K6RE0WENAH9P8QAL", &silent[..]),
    ] {
        let Some(shown) = watch(name) else { return };
        let about = Some(format!("remote ID {id}"));
        let of_receiver = ("sensor".to_owned(), Some(name.to_owned()));
        let of_aircraft =
            ["remote_id_motion", "unmanned"].map(|rule| (rule.to_owned(), about.clone()));
        let expected = of_aircraft.into_iter().chain([of_receiver]).collect::<BTreeSet<_>>();
        assert_eq!(shown.alerts.iter().cloned().collect::<BTreeSet<_>>(), expected, "{name}");
        let told: Vec<&str> = shown.facts["sensor"].iter().map(String::as_str).collect();
        assert_eq!(told, of_sensor, "{name}");
        let row = &shown.sensors[0];
        assert_eq!(row.kind, "Remote ID", "{row:?}");
    }
}

#[test]
fn a_mavic_that_stands_in_another_country_is_one_track_that_names_itself() {
    let Some(shown) = watch("mavic_alessa_spoofed.pcapng") else { return };
    assert_eq!(shown.descriptions.len(), 1);
    let description = shown.descriptions.values().next().unwrap();
    assert_eq!(description.remote_id.as_deref(), Some("K6RE0WENAH9P8QAL"));
    assert_eq!(description.sources, [SourceOfTrack::RemoteId]);
    assert_eq!(description.category.as_deref(), Some("unmanned"));
    let told = shown.selected.unwrap().remote_id.unwrap();
    assert!(told.impossible, "{told:?}");
    assert_eq!(told.transmitters, ["60:60:1f:c6:0e:cc"]);
    assert_eq!(told.operator_lat_deg.map(f64::round), Some(56.0));
}

/// A beacon as the reference library builds it, its aircraft so far north, by the clock of the hour.
fn beacon(second: u16) -> Vec<u8> {
    const BEACON: &str = "80000000ffffffffffff021122334455021122334455000000000000000000000002\
        2004000355415301018cdd6cfa0bbc0d08f2190402124d4652314331323334353637383941424300000000000012\
        222416fb10258e19d072722c0000290e70080000150e0000420160718d19a07a722c010000000000000000000000\
        00000052004b475a38376173747264676531326b3800000000000000";
    let digits: Vec<u8> = BEACON.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    let mut octets: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    // Each message pack counts on.
    let counter = octets.windows(4).position(|four| four == [0xfa, 0x0b, 0xbc, 0x0d]).unwrap() + 4;
    octets[counter] = second as u8;
    let location = octets.windows(2).position(|pair| pair == [0x12, 0x22]).unwrap();
    let latitude = 428_746_000 + i32::from(second) * 480;
    octets[location + 1] = 0x20;
    octets[location + 2] = 0;
    octets[location + 5..location + 9].copy_from_slice(&latitude.to_le_bytes());
    octets[location + 21..location + 23].copy_from_slice(&(second * 10).to_le_bytes());
    octets
}

/// The beacons as `tcpdump -w -` writes them.
fn pcap(start: Time, seconds: u16) -> Vec<u8> {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
    file.extend([0; 8]);
    file.extend([0, 0, 4, 0, 105, 0, 0, 0]);
    for second in 0..seconds {
        let frame = beacon(second);
        let at = start.plus_seconds(f64::from(second)).unix_seconds() as u32;
        let length = frame.len() as u32;
        file.extend([at, 0, length, length].map(u32::to_le_bytes).concat());
        file.extend(frame);
    }
    file
}

#[test]
fn an_honest_aircraft_is_one_track_and_one_advisory_by_stream_and_by_datagram() {
    let start: Time = "2026-11-23T14:00:00Z".parse().unwrap();
    let feeds = [
        "[[feed]]\nformat = \"remote_id\"\nlisten = \"127.0.0.1:9000\"\nlat = 42.87\nlon = 74.57\n",
        "[[feed]]\nformat = \"remote_id\"\nudp = \"127.0.0.1:37008\"\nlat = 42.87\nlon = 74.57\n",
    ];
    for (is_datagram, feed) in feeds.into_iter().enumerate() {
        let mut desk = Desk::new(&configured(feed), start);
        let file = pcap(start, 40);
        for second in 0..40_u16 {
            desk.until(start.plus_seconds(f64::from(second) + 0.3));
            if is_datagram == 1 {
                desk.hear(&beacon(second), Some("192.0.2.7:4000"));
            } else {
                let cut = |n: u16| file.len() * usize::from(n) / 40;
                desk.hear(&file[cut(second)..cut(second + 1)], None);
            }
        }
        desk.until(start.plus_seconds(41.0));
        assert_eq!(desk.shown.descriptions.len(), 1, "{:?}", desk.shown.descriptions);
        let (&number, description) = desk.shown.descriptions.iter().next().unwrap();
        assert_eq!(description.remote_id.as_deref(), Some("MFR1C123456789ABC"));
        assert_eq!(description.sources, [SourceOfTrack::RemoteId]);
        desk.select(number);
        let told = desk.shown.selected.take().unwrap().remote_id.unwrap();
        assert_eq!(told.operator_id.as_deref(), Some("KGZ87astrdge12k8"));
        assert_eq!(told.doubts, Vec::<String>::new());
        assert_eq!(told.height_ft.map(f64::round), Some(262.0));
        let rules: Vec<&str> = desk.shown.alerts.iter().map(|(rule, _)| rule.as_str()).collect();
        assert_eq!(rules, ["unmanned"]);
        let defects = &desk.shown.sensors[0].defects;
        assert!(defects.is_empty(), "{defects:?}");
    }
}

#[test]
fn bytes_that_are_no_capture_are_named_and_the_next_connection_is_heard() {
    let start: Time = "2026-11-23T14:00:00Z".parse().unwrap();
    let feed = "[[feed]]\nformat = \"remote_id\"\nlisten = \"127.0.0.1:9000\"\n";
    let mut desk = Desk::new(&configured(feed), start);
    desk.hear(b"GET / HTTP/1.1\r\n", None);
    desk.hear(b"Host: x\r\n", None);
    desk.tell(&Event::FeedLost { feed: FeedIndex(0), reason: "closed".into() });
    desk.tell(&Event::FeedConnected { feed: FeedIndex(0) });
    for piece in pcap(start, 4).chunks(100) {
        desk.hear(piece, None);
    }
    desk.hear(b"noise", Some("192.0.2.7:4000"));
    desk.until(start.plus_seconds(2.0));
    let defects = &desk.shown.sensors[0].defects;
    let count = |name| defects.iter().find(|d| d.name == name).map_or(0, |d| d.count);
    assert_eq!(count("capture_damaged"), 1, "{defects:?}");
    assert_eq!(count("link_type_unsupported"), 1, "{defects:?}");
    assert_eq!(desk.shown.descriptions.len(), 1);
}
