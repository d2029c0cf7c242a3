//! Beast receivers with GPS time that together locate what says no position: from their bytes to
//! the picture.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use geodesy::{Geodesic, Geodetic};
use node::config::{Config, parse};
use node::engine::Engine;
use node::event::{ConsoleId, Delivery, Event, FeedIndex, Handle, Outbox};
use node::setup::{Occasion, engine};
use node::wire::{ServerMessage, SourceKind};
use std::collections::BTreeSet;
use surveillance::{
    Address, AdsbQuality, Codes, Measurement, Plot, PlotOrigin, PositionReport, SensorId, Time,
};

/// When a day ends by the receivers' time, seconds after the start.
const MIDNIGHT_S: f64 = 20.0;
const NANOS_PER_METRE: f64 = 1.0 / 0.299_792_458;
const DAY_NS: u64 = 86_400_000_000_000;
const ADDRESS: u32 = 0x4c_a1_23;

fn start() -> Time {
    "2026-11-28T23:59:40Z".parse().unwrap()
}

fn middle() -> Geodetic {
    Geodetic::from_degrees(42.9, 74.6, 0.0).unwrap()
}

fn receivers() -> Vec<Geodetic> {
    let about = (0..4).map(|i| Geodesic {
        distance_m: 40_000.0,
        bearing_rad: (30.0 + 90.0 * f64::from(i)).to_radians(),
    });
    std::iter::once(middle()).chain(about.map(|line| middle().travel(line))).collect()
}

fn config() -> String {
    let mut text = String::new();
    for (index, site) in receivers().iter().enumerate() {
        text += &format!(
            "[[feed]]\nname = \"r{index}\"\nformat = \"beast\"\nconnect = \"r{index}.example:30005\"\n\
             clock = \"gps\"\nlat = {}\nlon = {}\nheight_m = 0\n",
            site.latitude_deg(),
            site.longitude_deg()
        );
    }
    text + "[[sensor]]\nsac = 9\nsic = 1\nname = \"Chuy\"\nkind = \"mlat\"\n\
            receivers = [\"r0\", \"r1\", \"r2\", \"r3\", \"r4\"]\narrival_sd_ns = 50\n"
}

/// ICAO Annex 10 volume IV 3.1.2.3.3, bit by bit: the remainder by 1FFF409.
fn remainder(bytes: &[u8]) -> u32 {
    let mut sum = 0_u64;
    for octet in bytes.iter().chain(&[0; 3]) {
        for bit in (0..8).rev() {
            sum = sum << 1 | u64::from(octet >> bit & 1);
            if sum >> 24 != 0 {
                sum ^= 0x1ff_f409;
            }
        }
    }
    sum as u32
}

fn sealed(mut message: Vec<u8>, overlay: u32) -> Vec<u8> {
    let parity = remainder(&message) ^ overlay;
    message.extend(&parity.to_be_bytes()[1..]);
    message
}

/// An all-call reply (downlink format 11): the address in clear, interrogator 0.
fn all_call() -> Vec<u8> {
    let [_, a, b, c] = ADDRESS.to_be_bytes();
    sealed(vec![11 << 3 | 5, a, b, c], 0)
}

/// A level reply (downlink format 4) of FL300: 31,000 ft above -1,000 in steps of 25, Q set, M clear
/// (3.1.2.6.5.4). The address lies over the parity.
fn level_reply() -> Vec<u8> {
    let n = 31_000_u32 / 25;
    let code = (n & 0x7e0) << 2 | (n & 0x10) << 1 | 1 << 4 | (n & 0xf);
    sealed(vec![4 << 3, 0, (code >> 8) as u8, code as u8], ADDRESS)
}

/// As a Radarcape sends it: seconds of the day in 18 bits, nanoseconds in 30; 1A doubled.
fn beast(nanos: u64, message: &[u8]) -> Vec<u8> {
    let word = ((nanos / 1_000_000_000) << 30) | (nanos % 1_000_000_000);
    let body = [&word.to_be_bytes()[2..], &[0x80], message].concat();
    let doubled = body
        .into_iter()
        .flat_map(|octet| std::iter::repeat_n(octet, 1 + usize::from(octet == 0x1a)));
    [0x1a, b'2'].into_iter().chain(doubled).collect()
}

fn there(t_s: f64) -> Geodetic {
    let line = Geodesic { distance_m: 200.0 * (t_s - 20.0), bearing_rad: 120_f64.to_radians() };
    middle().travel(line).at_height(9_144.0)
}

/// All that is heard of 40 s of the flight, and a console that watches.
struct World {
    engine: Engine,
    outbox: Outbox,
}

impl World {
    fn new(config: &str) -> Self {
        let config: Config = parse("node.toml", config).unwrap();
        let occasion = Occasion { source: SourceKind::Live, notice: None, started: start() };
        let mut world = Self { engine: engine(&config, occasion), outbox: Outbox::default() };
        world.handle(&Event::ConsoleJoined { console: ConsoleId(1) }, 0.0);
        world
    }

    fn handle(&mut self, event: &Event, t_s: f64) {
        self.engine.handle(event, start().plus_seconds(t_s), &mut self.outbox);
    }

    /// What the receivers bring of a second, of two transmissions.
    fn hear(&mut self, second: u32) {
        for (message, part_s) in [(all_call(), 0.1), (level_reply(), 0.6)] {
            let t_s = f64::from(second) + part_s;
            let from = there(t_s).to_ecef();
            for (index, site) in (0..).zip(receivers()) {
                let heard_ns = from.distance_m(site.to_ecef()) * NANOS_PER_METRE;
                let since_ns = ((t_s - MIDNIGHT_S) * 1e9 + heard_ns).round() as i64;
                let nanos = (since_ns + DAY_NS as i64) as u64 % DAY_NS;
                let bytes = beast(nanos, &message);
                let event = Event::Received { feed: FeedIndex(index), bytes, source: None };
                self.handle(&event, t_s + 0.05 + 0.1 * f64::from(index));
            }
        }
    }

    /// Rules of the alerts that the console was told of.
    fn alerts(&self) -> BTreeSet<String> {
        let decode = |delivery: &Delivery| rmp_serde::from_slice(&delivery.body).unwrap();
        let lists = self.outbox.deliveries.iter().filter_map(|delivery| match decode(delivery) {
            ServerMessage::Alerts(list) => Some(list.rows),
            _ => None,
        });
        lists.flatten().map(|row| row.rule).collect()
    }
}

/// A report by ADS-B of where the aircraft says it is, as an ASTERIX ground station tells it.
fn claim(t_s: f64, off_m: f64) -> Vec<u8> {
    let said = there(t_s).travel(Geodesic { distance_m: off_m, bearing_rad: 0.0 });
    let plot = Plot {
        measurement: Some(Measurement::Geodetic(PositionReport {
            latitude_rad: said.latitude_rad,
            longitude_rad: said.longitude_rad,
            height_m: None,
            horizontal_sd_m: None,
        })),
        codes: Codes { address: Some(Address::icao(ADDRESS)), ..Codes::default() },
        quality: AdsbQuality {
            version: Some(2),
            nac_p: Some(9),
            nic: Some(8),
            ..Default::default()
        },
        ..Plot::bare(SensorId { sac: 9, sic: 7 }, start().plus_seconds(t_s), PlotOrigin::AdsB)
    };
    let mut datagrams = asterix::Datagrams::new(1_472);
    datagrams.push(&asterix::Reporter::default().report(&plot).unwrap()).unwrap();
    datagrams.finish().unwrap()
}

#[test]
fn a_position_that_times_of_arrival_contradict_is_alerted() {
    let station = "[[feed]]\nname = \"station\"\nformat = \"asterix\"\nudp = \"127.0.0.1:8600\"\n";
    let text = config().replacen("[[sensor]]", &format!("{station}[[sensor]]"), 1);
    for (off_m, alerted) in [(0.0, false), (6_000.0, true)] {
        let mut world = World::new(&text);
        for second in 0..40 {
            world.hear(second);
            let t_s = f64::from(second) + 0.8;
            let bytes = claim(t_s, if second < 10 { 0.0 } else { off_m });
            let source = Some("127.0.0.1:9000".parse().unwrap());
            world.handle(&Event::Received { feed: FeedIndex(5), bytes, source }, t_s + 0.1);
            world.handle(&Event::Tick, f64::from(second) + 1.0);
        }
        let alerts = world.alerts();
        assert_eq!(alerts.contains("position_disagreement"), alerted, "{off_m} m: {alerts:?}");
    }
}

#[test]
fn five_receivers_with_gps_time_put_an_aircraft_that_says_no_position_into_the_picture() {
    let mut world = World::new(&config());
    for second in 0..40 {
        world.hear(second);
        world.handle(&Event::Tick, f64::from(second) + 1.0);
    }
    let entries: Vec<_> = world.engine.entries().collect();
    let [entry] = entries[..] else { panic!("one aircraft, {} tracks", entries.len()) };
    assert_eq!(entry.track.codes.address.unwrap().to_string(), "4ca123");
    let t_s = entry.track.time.seconds_since(start());
    let off_m = there(t_s).to_ecef().distance_m(entry.track.position.at_height(9_144.0).to_ecef());
    assert!(t_s > 39.0 && off_m < 60.0, "{off_m:.0} m off at {t_s} s");
    let level_ft = entry.track.pressure_altitude_m.unwrap() / 0.3048;
    assert!((level_ft - 30_000.0).abs() < 1.0, "{level_ft}");
}
