//! A second of a whole node's engine: what 20,000 aircraft tell is read and tracked, the picture made,
//! everybody identified, 25 rules that are built in and 200 of the site looked at over 500 airspaces
//! and terrain, a console told of it, and what outlasts a kill made ready. Then with half and a quarter.
//! `cargo bench -p node --bench second`
//!
//! Positions come as SBS text, the dearest form there is. CPU time of the engine's thread; the median
//! of ten seconds in the steady state.

#![expect(clippy::print_stdout, reason = "the figures are its output")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

#[path = "../../alert/benches/load/mod.rs"]
mod load;
#[path = "../../alert/tests/support/mod.rs"]
mod support;

use alert::site::SiteRules;
use geodesy::Geodesic;
use geodesy::units::MPS_PER_KNOT;
use intent::airspace::Airspaces;
use load::{AIRSPACES, RULES, airspaces, cpu_s, flights, hills, median, site_rules};
use node::config::{Format, parse};
use node::engine::{Engine, EngineSetup, FeedSetup, IntentSetup};
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::wire::SourceKind;
use std::fmt::Write as _;
use std::sync::Arc;
use support::{Flight, noon};
use surveillance::{Sensor, SensorId, SensorKind};

const FEED: FeedIndex = FeedIndex(0);
const CONSOLE: ConsoleId = ConsoleId(1);
/// Seconds before the slow rules have waited and the board has settled, and those measured.
const SETTLING: u32 = 40;
const MEASURED: u32 = 10;
const PARTS: [&str; 3] = ["read and tracked", "picture, rules, console", "kept"];

fn main() {
    println!(
        "{RULES} rules of the site, 25 built in, {AIRSPACES} airspaces, terrain, one console; load of \
         the machine {}\n",
        std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim_end()
    );
    println!("| tracks | {} | all | alerts |", PARTS.join(" | "));
    println!("|---|---|---|---|---|---|");
    for tracks in [5_000, 10_000, 20_000] {
        let (parts_s, shown, alerts) = seconds(tracks);
        let parts: String = parts_s.map(|part_s| format!(" {:.0} ms |", part_s * 1e3)).concat();
        let whole_s: f64 = parts_s.iter().sum();
        println!("| {shown} |{parts} {:.0} ms | {alerts} |", whole_s * 1e3);
    }
}

fn engine() -> Engine {
    let receiver = Sensor {
        id: SensorId { sac: 1, sic: 1 },
        name: "Hill".into(),
        kind: SensorKind::AdsB,
        site: None,
        period_s: None,
        accuracy: Default::default(),
        range_max_m: None,
        view: surveillance::View::default(),
        receivers: Box::default(),
    };
    let feed = FeedSetup {
        name: "hill".into(),
        format: Format::Sbs,
        receiver: Some(receiver),
        tells_gps_time: false,
        editions: Default::default(),
    };
    let airspaces = Arc::new(Airspaces::build(airspaces()).expect("sound airspaces"));
    let names: Vec<&str> = airspaces.iter().map(|(_, airspace)| airspace.name.as_str()).collect();
    let site = SiteRules::compile(&site_rules(), &names).expect("sound rules");
    let mut alerts = parse("node.toml", "").expect("a configuration").alerts.setup().expect("on");
    alerts.site = Some(site);
    alerts.ground = Some(Arc::new(hills()));
    let mut engine = Engine::new(EngineSetup {
        node: "test".into(),
        party: "XXA".into(),
        source: SourceKind::Live,
        notice: None,
        view: None,
        started: noon(),
        feeds: vec![feed],
        sensors: Vec::new(),
        tracker: Default::default(),
        identity: Default::default(),
        policy: accord::Policy::without_accords("XXA".parse().expect("a party")),
        partners: Vec::new(),
    })
    .with_intent(IntentSetup { airspaces: airspaces.clone(), ..IntentSetup::default() })
    .with_alerts(alerts);
    let mut outbox = Outbox::default();
    engine.handle(&Event::FeedConnected { feed: FEED }, noon(), &mut outbox);
    engine.handle(&Event::ConsoleJoined { console: CONSOLE }, noon(), &mut outbox);
    engine
}

/// What each part of a second takes, tracks in the picture, and alerts open.
fn seconds(tracks: u32) -> ([f64; PARTS.len()], usize, u64) {
    let scale = (f64::from(tracks) / 20_000.0).sqrt();
    let flights = flights(tracks, scale);
    let mut engine = engine();
    let mut outbox = Outbox::default();
    let mut spent: [Vec<f64>; PARTS.len()] = Default::default();
    for second in 1..=SETTLING + MEASURED {
        let texts = told(&flights, second);
        let now = noon().plus_seconds(f64::from(second));
        let begun = cpu_s();
        for bytes in texts {
            let event = Event::Received { feed: FEED, bytes, source: None };
            engine.handle(&event, now, &mut outbox);
        }
        let received = cpu_s();
        engine.handle(&Event::Tick, now.plus_seconds(0.5), &mut outbox);
        let ticked = cpu_s();
        keep(&mut engine);
        let kept = cpu_s();
        outbox = Outbox::default();
        if second > SETTLING {
            let parts = [received - begun, ticked - received, kept - ticked];
            spent.iter_mut().zip(parts).for_each(|(all, part)| all.push(part));
        }
    }
    let metrics = engine.metrics(noon());
    let middle = spent.map(|mut all| median(&mut all));
    (middle, metrics.tracks as usize, metrics.alerts.open)
}

fn keep(engine: &mut Engine) {
    while let Some(book) = engine.book() {
        engine.book_kept(book.shelf);
    }
    std::hint::black_box((engine.standing(), engine.numbers()));
}

/// What the aircraft tell in a second, as SBS text in parts as a socket gives them.
fn told(flights: &[Flight], second: u32) -> Vec<Vec<u8>> {
    let flown = |flight: &Flight| {
        let distance_m = flight.speed_kt * MPS_PER_KNOT * f64::from(second);
        let bearing_rad = flight.course_deg.to_radians();
        flight.at.travel(Geodesic { distance_m, bearing_rad })
    };
    let parts = flights.chunks(400);
    let text = |part: &[Flight]| {
        let mut text = String::new();
        for flight in part {
            let at = flown(flight);
            let id = format!("{:06X}", 0x40_00_00 + flight.number);
            let (latitude, longitude) = (at.latitude_deg(), at.longitude_deg());
            let climbed_ft = flight.climb_fpm * f64::from(second) / 60.0;
            let level_ft = flight.level_ft.unwrap_or(0.0) + climbed_ft;
            let (speed, course, climb) = (flight.speed_kt, flight.course_deg, flight.climb_fpm);
            let time = "2026/11/28,12:00:00.000,2026/11/28,12:00:00.000";
            write!(
                text,
                "MSG,3,1,1,{id},1,{time},,{level_ft:.0},,,{latitude:.6},{longitude:.6},,,0,0,0,0\r\n\
                 MSG,4,1,1,{id},1,{time},,,{speed:.0},{course:.0},,,{climb:.0},,,,,\r\n"
            )
            .expect("text");
            if second.is_multiple_of(5) {
                let code = format!("{:04o}", 0o1000 + flight.number % 0o6000);
                write!(text, "MSG,6,1,1,{id},1,{time},,,,,,,,{code},0,0,0,0\r\n").expect("text");
            }
        }
        text.into_bytes()
    };
    parts.map(text).collect()
}
