//! What a console is told of sensors: biases beside limits, what became of plots, what is said of a
//! radar beside what arrives from it, tracks that one sensor alone holds, and where it has seen.

use asterix::{Datagrams, Fields, Reporter};
use geodesy::{Enu, Geodetic, LocalFrame};
use node::config::Format;
use node::engine::{AlertSetup, Engine, EngineSetup, FeedSetup};
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::wire::{
    COVER_FLOWN, COVER_SEEN, ClientMessage, SensorCover, SensorHealth, SensorRow, ServerMessage,
    SourceKind,
};
use std::collections::BTreeMap;
use surveillance::{
    Address, AdsbQuality, Codes, Measurement, Plot, PlotAccuracy, PlotOrigin, PositionReport,
    PressureAltitude, Sensor, SensorId, SensorKind, Time,
};

const HILL: SensorId = SensorId { sac: 25, sic: 1 };
const CAPE: SensorId = SensorId { sac: 25, sic: 2 };
const STATION: SensorId = SensorId { sac: 25, sic: 3 };
const CENTRE: [u8; 2] = [99, 1];
const TURN_S: f64 = 4.0;
const FLIGHTS: usize = 24;
const LEVEL_M: f64 = 9_753.6;
/// What Cape measures too much.
const AZIMUTH_OFF_DEG: f64 = 0.3;

fn start() -> Time {
    "2026-11-28T12:00:00Z".parse().expect("an instant")
}

fn place(east: f64, north: f64, height_m: f64) -> Geodetic {
    let kant = Geodetic::from_degrees(42.853, 74.847, 0.0).expect("on Earth");
    LocalFrame::at(kant).geodetic_from_enu(Enu { east, north, up: 0.0 }).at_height(height_m)
}

fn site(radar: SensorId) -> Geodetic {
    if radar == HILL { place(0.0, 0.0, 900.0) } else { place(90_000.0, 40_000.0, 900.0) }
}

/// Straight on at 200 m/s, 15 km from each other, each on a course of its own; the last far from them.
fn flight(n: usize, second: f64) -> Geodetic {
    let course = n as f64 * 0.7;
    let [x, y] = [(n % 6) as f64 * 15_000.0 - 37_000.0, (n / 6) as f64 * 15_000.0 + 60_000.0];
    let [x, y] = if n + 1 < FLIGHTS { [x, y] } else { [-80_000.0, 10_000.0] };
    let gone_m = 200.0 * second;
    place(x + gone_m * course.sin(), y + gone_m * course.cos(), LEVEL_M)
}

fn plot(sensor: SensorId, n: usize, second: f64, origin: PlotOrigin) -> Plot {
    Plot {
        codes: Codes { address: Some(Address::icao(0x60_1000 + n as u32)), ..Codes::default() },
        pressure_altitude: Some(PressureAltitude { altitude_m: LEVEL_M, step_m: 7.62 }),
        ..Plot::bare(sensor, start().plus_seconds(second), origin)
    }
}

/// A radar's plot, some metres off in turn, and Cape's turned too far.
fn echo(radar: SensorId, n: usize, second: f64) -> Plot {
    let seen = LocalFrame::at(site(radar)).polar_from_ecef(flight(n, second).to_ecef());
    let off_deg = if radar == CAPE { AZIMUTH_OFF_DEG } else { 0.0 };
    let wrong = (second * 7.3 + n as f64).sin();
    let measurement = Measurement::Polar {
        slant_range_m: seen.slant_range_m + 40.0 * wrong,
        azimuth_rad: seen.azimuth_rad + off_deg.to_radians() + 0.000_5 * wrong,
        elevation_rad: None,
    };
    Plot { measurement: Some(measurement), ..plot(radar, n, second, PlotOrigin::Secondary) }
}

fn report(n: usize, second: f64) -> Plot {
    let here = flight(n, second);
    let report = PositionReport {
        latitude_rad: here.latitude_rad,
        longitude_rad: here.longitude_rad,
        height_m: None,
        horizontal_sd_m: None,
    };
    let quality = AdsbQuality {
        nic: Some(8),
        nac_p: Some(9),
        sil: Some(3),
        version: Some(2),
        ..AdsbQuality::default()
    };
    Plot {
        measurement: Some(Measurement::Geodetic(report)),
        quality,
        ..plot(STATION, n, second, PlotOrigin::AdsB)
    }
}

fn radar(id: SensorId, name: &str) -> Sensor {
    Sensor {
        id,
        name: name.into(),
        kind: SensorKind::Radar,
        site: Some(site(id)),
        period_s: Some(TURN_S),
        accuracy: PlotAccuracy { range_m: 50.0, azimuth_rad: 0.000_8, elevation_rad: 0.1 },
        range_max_m: Some(370_400.0),
        view: surveillance::View::default(),
        receivers: Box::default(),
    }
}

struct World {
    engine: Engine,
    rows: BTreeMap<String, SensorRow>,
    order: Vec<String>,
    /// By track: the only sensor that holds it.
    only: BTreeMap<u32, Option<String>>,
    cover: Option<SensorCover>,
    refused: Vec<String>,
    second: f64,
    stop_marks: bool,
    /// How late the plots of radars come, seconds.
    late_s: f64,
}

impl World {
    fn new() -> Self {
        let feed = FeedSetup {
            name: "radars".into(),
            format: Format::Asterix,
            receiver: None,
            tells_gps_time: false,
            editions: Default::default(),
        };
        let engine = Engine::new(EngineSetup {
            node: "test".into(),
            party: "XXA".into(),
            source: SourceKind::Live,
            notice: None,
            view: None,
            started: start(),
            feeds: vec![feed],
            sensors: vec![radar(HILL, "Hill"), radar(CAPE, "Cape")],
            tracker: Default::default(),
            identity: Default::default(),
            policy: accord::Policy::without_accords("XXA".parse().expect("a party")),
            partners: Vec::new(),
        });
        let engine = engine.with_alerts(AlertSetup::default());
        let (rows, order, only) = Default::default();
        let mut world = Self {
            engine,
            rows,
            order,
            only,
            cover: None,
            refused: Vec::new(),
            second: 0.0,
            stop_marks: false,
            late_s: 0.0,
        };
        world.tell(&Event::FeedConnected { feed: FeedIndex(0) });
        world.tell(&Event::ConsoleJoined { console: ConsoleId(1) });
        world
    }

    fn now(&self) -> Time {
        start().plus_seconds(self.second)
    }

    fn tell(&mut self, event: &Event) {
        let mut outbox = Outbox::default();
        self.engine.handle(event, self.now(), &mut outbox);
        for delivery in outbox.deliveries {
            match rmp_serde::from_slice(&delivery.body).expect("a message") {
                ServerMessage::Sensors(sensors) => {
                    self.order = sensors.rows.iter().map(|row| row.name.clone()).collect();
                    let named = sensors.rows.into_iter().map(|row| (row.name.clone(), row));
                    self.rows = named.collect();
                }
                ServerMessage::Picture(picture) => {
                    let states = picture.states;
                    assert_eq!(states.number.len(), states.only_sensor.len());
                    for (number, only) in states.number.into_iter().zip(states.only_sensor) {
                        let name = |row: u16| self.order.get(usize::from(row)).cloned();
                        let only = only.map(|row| name(row).unwrap_or_default());
                        self.only.insert(number, only);
                    }
                }
                ServerMessage::SensorCover(cover) => self.cover = Some(cover),
                ServerMessage::Refused(refused) => self.refused.push(refused.reason),
                _ => {}
            }
        }
    }

    fn send(&mut self, fields: &[Fields]) {
        let mut datagrams = Datagrams::new(1_472);
        let mut sent = Vec::new();
        for fields in fields {
            sent.extend(datagrams.push(fields).expect("it fits"));
        }
        sent.extend(datagrams.finish());
        for bytes in sent {
            self.receive(bytes);
        }
    }

    fn receive(&mut self, bytes: Vec<u8>) {
        self.tell(&Event::Received { feed: FeedIndex(0), bytes, source: None });
    }

    /// So many seconds; in each, `heard` says which sensors hear which flights.
    fn run(&mut self, seconds: usize, heard: impl Fn(SensorId, usize) -> bool) {
        let reporter = Reporter::default();
        for _ in 0..seconds {
            let second = self.second;
            let mut fields = Vec::new();
            for radar in [HILL, CAPE] {
                if self.stop_marks {
                    continue;
                }
                if (second % TURN_S) == if radar == HILL { 0.0 } else { 2.0 } {
                    let mark = reporter.north_mark(radar, self.now(), Some(TURN_S));
                    fields.push(mark.expect("a mark"));
                    let flights = (0..FLIGHTS).filter(|n| heard(radar, *n));
                    let plots = flights.map(|n| echo(radar, n, second - self.late_s));
                    fields.extend(plots.map(|plot| reporter.report(&plot).expect("a report")));
                }
            }
            let flights = (0..FLIGHTS).filter(|n| heard(STATION, *n));
            let plots = flights.map(|n| report(n, second));
            fields.extend(plots.map(|plot| reporter.report(&plot).expect("a report")));
            self.send(&fields);
            self.second += 1.0;
            self.tell(&Event::Tick);
        }
    }

    /// CAT063 of 99/1 on Hill: not connected, no plots received.
    fn hear_centre(&mut self) {
        let of_day = ((12.0 * 3600.0 + self.second) * 128.0) as u32;
        let [_, time @ ..] = of_day.to_be_bytes();
        let record = [&[0xb8], &CENTRE[..], &time, &[HILL.sac, HILL.sic], &[0xc1, 0x06]].concat();
        let length = (record.len() + 3) as u16;
        self.receive([&[63], &length.to_be_bytes()[..], &record].concat());
    }

    fn ask(&mut self, message: ClientMessage) {
        self.tell(&Event::ConsoleAsked { console: ConsoleId(1), message });
    }
}

#[test]
fn a_bias_beyond_its_limit_is_told_beside_it_and_what_is_not_known_is_not_told_as_nothing() {
    let mut world = World::new();
    world.run(6, |sensor, _| sensor == CAPE);
    let unknown = world.rows["Cape"].bias.expect("a radar");
    assert_eq!((unknown.samples, unknown.azimuth_deg.value), (0, None));
    assert!((unknown.azimuth_deg.limit.expect("a limit") - 0.1).abs() < 1e-9);

    world.run(150, |_, _| true);
    let [hill, cape] = ["Hill", "Cape"].map(|name| world.rows[name].bias.expect("a radar"));
    let (azimuth, sd) = (cape.azimuth_deg.value.expect("it"), cape.azimuth_deg.sd.expect("its sd"));
    assert!((azimuth - AZIMUTH_OFF_DEG).abs() < 0.03, "{azimuth} ± {sd}");
    assert!(sd > 0.0 && sd < 0.03, "{sd}");
    assert!(cape.azimuth_deg.over && cape.applied && cape.absolute, "{cape:?}");
    assert!(!cape.range_m.over && !cape.time_s.over, "{cape:?}");
    assert!(!hill.azimuth_deg.over, "{hill:?}");
    assert!(world.rows["ADS-B 25/3"].bias.is_none(), "that is not estimated");
}

#[test]
fn what_became_of_plots_is_told_by_sensor_with_the_reasons() {
    let mut world = World::new();
    world.run(40, |_, _| true);
    // Cape repeats a plot of some turns ago, in stamp and place: too late to be used.
    let old = echo(CAPE, 0, 22.0);
    world.send(&[Reporter::default().report(&old).expect("a report")]);
    world.run(2, |_, _| true);
    let fates = |name: &str| world.rows[name].fates.clone().expect("a sensor");
    // Ten turns of 24 flights, of which the last half second still waits.
    let (hill, cape) = (fates("Hill"), fates("Cape"));
    assert!(hill.used > 200 && hill.refused.is_empty(), "{hill:?}");
    // Until it is known how far Cape is off, some of its plots are where their tracks cannot be.
    let why: Vec<_> = cape.refused.iter().map(|one| (one.name.as_str(), one.count)).collect();
    let [("unreachable", off), ("late", 1)] = why[..] else { panic!("{why:?}") };
    assert!(off > 1, "the most frequent first: {why:?}");
    let total = |of: &node::wire::PlotFates| of.used + of.unassociated;
    assert!(total(&hill) <= world.rows["Hill"].plots);
}

#[test]
fn tracks_that_one_sensor_alone_holds_are_told_and_that_follows_who_sees_them() {
    let mut world = World::new();
    // Hill alone hears the first three flights, and Cape the next.
    let at_first = |sensor: SensorId, n: usize| match n {
        0..3 => sensor == HILL,
        3 => sensor == CAPE,
        _ => true,
    };
    world.run(30, at_first);
    let count = |world: &World, name: &str| {
        world.only.values().flatten().filter(|only| *only == name).count()
    };
    assert_eq!((count(&world, "Hill"), count(&world, "Cape")), (3, 1));
    assert_eq!((world.rows["Hill"].alone, world.rows["Cape"].alone), (3, 1));
    // Cape sees them all from now on, and Hill no more what it held with others.
    world.run(30, |sensor, n| match sensor {
        HILL => n < 2,
        CAPE => true,
        _ => n > 3,
    });
    assert_eq!((count(&world, "Hill"), count(&world, "Cape")), (0, 2), "{:?}", world.only);
    assert_eq!(world.rows["Cape"].alone, 2);
}

#[test]
fn by_time_alone_too_a_track_is_left_to_one_sensor_and_then_to_none() {
    let mut world = World::new();
    world.run(30, |sensor, n| sensor == HILL || n != 5);
    let held = |world: &World, name: &str| {
        world.only.values().flatten().filter(|only| *only == name).count()
    };
    assert_eq!((held(&world, "Hill"), world.rows["Hill"].alone), (1, 1));
    // Nothing comes any more: what held each track is forgotten, told or not moved.
    world.run(20, |_, _| false);
    assert_eq!((held(&world, "Hill"), world.rows["Hill"].alone), (0, 0), "{:?}", world.only);
}

/// The cells of the highest band, flown in and seen.
fn flown_and_seen(cover: &SensorCover) -> (usize, usize) {
    let cells = &cover.bands.last().expect("bands").cells;
    let count = |bit: u8| cells.iter().filter(|cell| **cell & bit != 0).count();
    (count(COVER_FLOWN), count(COVER_SEEN))
}

#[test]
fn a_sensor_that_saw_nothing_is_a_hole_and_of_one_that_nobody_can_place_it_is_said_why() {
    let mut world = World::new();
    world.run(40, |sensor, _| sensor != CAPE);
    world.ask(ClientMessage::LookAtSensor { sensor: Some(CAPE.to_string()) });
    let cover = world.cover.take().expect("at once");
    assert_eq!((cover.rings, cover.uncounted.as_deref()), (20, None));
    let begun_s = (cover.since_ms.expect("counted") - start().unix_millis() as f64) / 1e3;
    assert_eq!(begun_s, 1.0, "with the first tick");
    let (flown, seen) = flown_and_seen(&cover);
    assert!(flown >= 20 && seen == 0, "{flown} {seen}");

    world.ask(ClientMessage::LookAtSensor { sensor: Some(STATION.to_string()) });
    let cover = world.cover.take().expect("at once");
    assert_eq!((cover.rings, cover.since_ms, cover.range_nm), (0, None, None));
    assert_eq!(cover.uncounted.as_deref(), Some("where it stands is not known"));
}

#[test]
fn a_sensor_whose_plots_come_late_has_seen_nonetheless() {
    let mut world = World::new();
    world.late_s = 6.0;
    world.run(60, |sensor, _| sensor != STATION);
    let fates = world.rows["Cape"].fates.as_ref().expect("a sensor");
    assert!(fates.used > 100, "{fates:?}");
    world.ask(ClientMessage::LookAtSensor { sensor: Some(CAPE.to_string()) });
    let (flown, seen) = flown_and_seen(&world.cover.take().expect("at once"));
    // Only what was flown into within those seconds is not seen yet.
    assert!(seen >= 20 && flown - seen <= 10, "{flown} {seen}");
}

#[test]
fn where_a_sensor_has_seen_is_told_by_level_range_and_azimuth() {
    let mut world = World::new();
    // Cape does not see the last flight, which others see.
    world.run(40, |sensor, n| sensor != CAPE || n + 1 < FLIGHTS);
    world.ask(ClientMessage::LookAtSensor { sensor: Some(CAPE.to_string()) });
    let cover = world.cover.take().expect("at once");
    assert_eq!((cover.sensor.as_str(), cover.sectors, cover.rings), ("25/2", 72, 20));
    let frame = LocalFrame::at(site(CAPE));
    let cell = |n: usize, second: f64| {
        let seen = frame.polar_from_ecef(flight(n, second).to_ecef());
        let ring = (seen.slant_range_m / (cover.ring_nm * 1852.0)) as usize;
        let turns = (seen.azimuth_rad / std::f64::consts::TAU).rem_euclid(1.0);
        ring * usize::from(cover.sectors) + (turns * f64::from(cover.sectors)) as usize
    };
    let high = cover.bands.last().expect("bands");
    assert_eq!((high.from_fl, high.to_fl), (300, None));
    for n in 0..FLIGHTS - 1 {
        let bits = high.cells[cell(n, 38.0)];
        assert_eq!(bits, COVER_SEEN | COVER_FLOWN, "flight {n}");
    }
    let others: Vec<usize> = (0..FLIGHTS - 1)
        .flat_map(|n| (0..42).map(move |second| (n, f64::from(second))))
        .map(|(n, second)| cell(n, second))
        .collect();
    let own = cell(FLIGHTS - 1, 36.0);
    assert!(!others.contains(&own), "the last flight is by itself");
    assert_eq!(high.cells[own], COVER_FLOWN);
    let below = cover.bands[..4].iter().flat_map(|band| &band.cells);
    assert!(below.into_iter().all(|bits| *bits == 0), "nobody flew lower");

    // Now and then from then on, until it is asked no more.
    world.run(11, |_, _| true);
    assert!(world.cover.take().is_some());
    world.ask(ClientMessage::LookAtSensor { sensor: None });
    world.run(11, |_, _| true);
    assert!(world.cover.is_none());
    world.ask(ClientMessage::LookAtSensor { sensor: Some("9/9".into()) });
    assert_eq!(world.refused, ["9/9 is no sensor of this node"]);
}

#[test]
fn what_a_centre_says_of_a_radar_stands_beside_what_arrives_from_it() {
    let mut world = World::new();
    world.run(10, |_, _| true);
    let hill = &world.rows["Hill"];
    assert_eq!(hill.health, SensorHealth::Good);
    let marks: Vec<_> = hill.marks.iter().map(|mark| (mark.kind, mark.age_s)).collect();
    assert_eq!(marks, [(node::wire::MarkKind::North, 2.0)], "the mark of second 8");
    assert!(hill.said.is_empty(), "a mark says nothing of how it is");

    world.hear_centre();
    world.run(2, |_, _| true);
    let hill = &world.rows["Hill"];
    let said = &hill.said[0];
    assert_eq!((said.teller.as_deref(), said.differs), (Some("system tracks 99/1"), true));
    assert_eq!(said.condition, Some(node::wire::SensorCondition::Disconnected));
    assert_eq!(said.troubles, ["no_plots_received"]);
    assert_eq!(said.age_s, 2.0);
    assert_eq!(hill.note.as_deref(), Some("reported disconnected"));

    // What the centre says of it did not arrive from it.
    for _ in 0..8 {
        world.hear_centre();
        world.run(5, |sensor, _| sensor == STATION);
        world.stop_marks = true;
    }
    let hill = &world.rows["Hill"];
    assert_eq!((hill.health, hill.said[0].differs), (SensorHealth::Silent, false), "{hill:?}");
}
