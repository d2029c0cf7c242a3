//! Two nodes with a radar each watch the same flights and tell each other the plots behind their
//! tracks: how good the joint track is, how honest, and what becomes of it when that stops.

use accord::{PartyId, Policy, Subject};
use fusion::{Gaussian, as_if_independent};
use geodesy::{Enu, Geodetic, LocalFrame};
use nalgebra::{Matrix2, Vector2};
use node::config::Format;
use node::engine::{Engine, EngineSetup, FeedSetup};
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::wire::{ClientMessage, SourceKind};
use std::net::SocketAddr;
use std::sync::Arc;
use surveillance::{PlotAccuracy, Sensor, SensorId, SensorKind, Time, Track};

const FLIGHTS: usize = 12;
const LEVEL_M: f64 = 9_144.0;
const TURN_S: f64 = 4.0;
const NAMES: [&str; 2] = ["XXA", "XXB"];
const ACCURACY: PlotAccuracy =
    PlotAccuracy { range_m: 100.0, azimuth_rad: 0.000_7, elevation_rad: 0.1 };
/// Where the radars stand, metres east and north of Kant; the flights are 150 km north of it.
type Sites = [[f64; 2]; 2];
/// Beside each other: neither is good where the other is poor.
const ALIKE: Sites = [[-20_000.0, 0.0], [20_000.0, 0.0]];
/// One is good across the other's weak axis.
const CROSSED: Sites = [[0.0, 0.0], [-150_000.0, 150_000.0]];

fn accord(fields: &str) -> String {
    format!(
        r#"
form = 1
accord = "xxa-xxb"
title = "Two neighbours"
nature = "illustration"
[[party]]
id = "XXA"
name = "A"
[[party]]
id = "XXB"
name = "B"
[instruments]
requires = ["signature"]
signed = {{ date = 2020-01-01 }}
in_force = 2020-01-01
[[article]]
number = "1"
kind = "release.tracks"
from = ["XXA", "XXB"]
to = ["XXA", "XXB"]
area = [{{ anywhere = true }}]
fields = [{fields}]
"#
    )
}

const WITH_LINEAGE: &str = r#""position", "level", "velocity", "address", "accuracy", "lineage""#;
const WITHOUT: &str = r#""position", "level", "velocity", "address", "accuracy""#;

fn start() -> Time {
    "2026-11-28T12:00:00Z".parse().expect("an instant")
}

fn party(name: &str) -> PartyId {
    name.parse().expect("a party")
}

fn place(east: f64, north: f64, height_m: f64) -> Geodetic {
    let kant = Geodetic::from_degrees(42.853, 74.847, 0.0).expect("on Earth");
    let flat = LocalFrame::at(kant).geodetic_from_enu(Enu { east, north, up: 0.0 });
    flat.at_height(height_m)
}

/// Where flight `n` is: 12 km apart, each on a course of its own.
fn flight(n: usize, second: f64) -> Geodetic {
    let course = n as f64 * 0.7;
    let [x, y] = [(n % 4) as f64 * 12_000.0, (n / 4) as f64 * 12_000.0];
    let gone = 220.0 * (second - 80.0);
    place(x - 18_000.0 + gone * course.sin(), y + 138_000.0 + gone * course.cos(), LEVEL_M)
}

/// SplitMix64 (Steele, Lea, Flood 2014) and Box–Muller: the same numbers everywhere.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// A plot of flight `n` as CAT048 has it (EUROCONTROL-SPEC-0149-4): I048/010, /140, /020, /040, /090
/// and /220.
fn plot(radar: u8, site: Geodetic, n: usize, second: f64, noise: &mut Noise) -> Vec<u8> {
    let seen = LocalFrame::at(site).enu_from_geodetic(flight(n, second));
    let range_m = seen.east.hypot(seen.north).hypot(seen.up) + ACCURACY.range_m * noise.normal();
    let azimuth = seen.east.atan2(seen.north) + ACCURACY.azimuth_rad * noise.normal();
    let turn = azimuth.rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU;
    let of_day = ((12.0 * 3600.0 + second) * 128.0).round() as u32;
    let mut record = vec![0xF5, 0x80, radar, 1];
    record.extend(&of_day.to_be_bytes()[1..]);
    record.push(0xA0);
    record.extend(((range_m / 1852.0 * 256.0).round() as u16).to_be_bytes());
    record.extend(((turn * 65536.0).round() as u32 as u16).to_be_bytes());
    record.extend(1200_u16.to_be_bytes());
    record.extend([0x60, 0x12, n as u8]);
    let length = (record.len() + 3) as u16;
    [&[48], &length.to_be_bytes()[..], &record].concat()
}

fn engine(name: &str, radar: u8, site: Geodetic, accord: &str) -> Engine {
    let accord = Arc::new(accord::read("test", accord).expect("an accord").accord);
    let feed = FeedSetup {
        name: "radar".into(),
        format: Format::Asterix,
        receiver: None,
        editions: Default::default(),
    };
    let sensor = Sensor {
        id: SensorId { sac: radar, sic: 1 },
        name: "Radar".into(),
        kind: SensorKind::Radar,
        site: Some(site),
        period_s: Some(TURN_S),
        accuracy: ACCURACY,
        range_max_m: Some(400_000.0),
    };
    Engine::new(EngineSetup {
        node: name.into(),
        party: name.into(),
        source: SourceKind::Live,
        notice: None,
        view: None,
        started: start(),
        feeds: vec![feed],
        sensors: vec![sensor],
        tracker: Default::default(),
        identity: Default::default(),
        policy: Policy::new(party(name), vec![accord]).expect("a policy"),
        partners: NAMES.iter().filter(|other| **other != name).map(|other| party(other)).collect(),
    })
}

struct World {
    nodes: Vec<Engine>,
    sites: [Geodetic; 2],
    noise: [Noise; 2],
    tenths: usize,
    cut: bool,
}

impl World {
    fn new(sites: Sites, fields: &str) -> Self {
        let sites = sites.map(|[east, north]| place(east, north, 600.0));
        let node = |n: usize| engine(NAMES[n], n as u8 + 1, sites[n], &accord(fields));
        let noise = [Noise(1), Noise(2)];
        Self { nodes: (0..2).map(node).collect(), sites, noise, tenths: 0, cut: false }
    }

    fn now(&self) -> Time {
        start().plus_seconds(self.second())
    }

    fn second(&self) -> f64 {
        self.tenths as f64 / 10.0
    }

    fn tell(&mut self, node: usize, event: &Event) {
        let (now, mut outbox) = (self.now(), Outbox::default());
        self.nodes[node].handle(event, now, &mut outbox);
        for batch in outbox.released.into_iter().filter(|_| !self.cut) {
            let body = batch.value().encode();
            let told = Event::PartnerTold { party: party(NAMES[node]), body };
            self.nodes[1 - node].handle(&told, now, &mut Outbox::default());
        }
    }

    fn run(&mut self, seconds: usize) {
        let source: Option<SocketAddr> = Some("192.0.2.1:8600".parse().expect("an address"));
        for _ in 0..seconds * 10 {
            self.tenths += 1;
            for node in 0..2 {
                // Each flight at its own part of the turn, and the radars at different times.
                let due = |n: &usize| (self.tenths + 3 * n + 17 * node) % 40 == 0;
                for n in (0..FLIGHTS).filter(due).collect::<Vec<_>>() {
                    let second = self.second() - 0.05;
                    let (site, radar) = (self.sites[node], node as u8 + 1);
                    let bytes = plot(radar, site, n, second, &mut self.noise[node]);
                    self.tell(node, &Event::Received { feed: FeedIndex(0), bytes, source });
                }
                self.tell(node, &Event::Tick);
            }
        }
    }

    /// What node A shows of a flight, and what its tracker alone and that of B believe.
    fn of(&self, n: usize) -> Option<(Track, Subject, Subject)> {
        let address = 0x60_1200 + n as u32;
        let is = |codes: &surveillance::Codes| codes.address.is_some_and(|a| a.bits() == address);
        let shown = self.nodes[0].entries().find(|e| is(&e.track.codes))?.track.clone();
        let own = |node: usize| {
            let (_, subjects) = self.nodes[node].subjects()?;
            let own = |s: &&Subject| s.lineage == accord::Lineage::Own && is(&s.codes);
            subjects.iter().find(own).cloned()
        };
        Some((shown, own(0)?, own(1)?))
    }
}

#[derive(Default, Clone, Copy)]
struct Score {
    squares: f64,
    nees: f64,
    claimed: f64,
    count: f64,
}

impl Score {
    fn take(&mut self, estimate: &Gaussian<2>, truth: Vector2<f64>) {
        let error = estimate.mean - truth;
        let inverse = estimate.covariance.try_inverse().expect("positive definite");
        self.squares += error.norm_squared();
        self.nees += (error.transpose() * inverse * error)[0] / 2.0;
        self.claimed += estimate.covariance.trace();
        self.count += 1.0;
    }

    /// RMSE m, ANEES over the dimension, claimed sd m.
    fn figures(&self) -> [f64; 3] {
        let mean = |sum: f64| sum / self.count;
        [mean(self.squares).sqrt(), mean(self.nees), mean(self.claimed).sqrt()]
    }
}

fn gaussian(frame: &LocalFrame, at: Geodetic, [ee, en, nn]: [f64; 3]) -> Gaussian<2> {
    let at = frame.enu_from_geodetic(at.at_height(0.0));
    Gaussian { mean: Vector2::new(at.east, at.north), covariance: Matrix2::new(ee, en, en, nn) }
}

/// What node A shows, what its own radar alone gives, and both trackers' beliefs as if they were
/// independent; from the sixtieth second on.
fn scores(sites: Sites, fields: &str) -> [[f64; 3]; 3] {
    let mut world = World::new(sites, fields);
    let mut all = [Score::default(); 3];
    world.run(60);
    for _ in 0..100 {
        world.run(1);
        for n in 0..FLIGHTS {
            let (shown, own, theirs) = world.of(n).expect("both track it");
            let frame = LocalFrame::at(flight(n, world.second()).at_height(0.0));
            let of = |s: &Subject| {
                gaussian(&frame, s.position.expect("told"), s.position_covariance.expect("told"))
            };
            let shown = gaussian(&frame, shown.position, shown.position_covariance);
            let naive = as_if_independent(&of(&own), &of(&theirs)).expect("definite");
            for (score, estimate) in all.iter_mut().zip([shown, of(&own), naive]) {
                score.take(&estimate, Vector2::zeros());
            }
        }
    }
    all.map(|score| score.figures())
}

#[test]
fn with_the_plots_behind_them_two_like_radars_are_better_than_one_and_honest() {
    let [plots, alone, naive] = scores(ALIKE, WITH_LINEAGE);
    let [ici, _, _] = scores(ALIKE, WITHOUT);
    println!("alike: plots {plots:.1?} ici {ici:.1?} alone {alone:.1?} naive {naive:.1?}");
    panic!("look");
}

#[test]
fn crossed() {
    let [plots, alone, naive] = scores(CROSSED, WITH_LINEAGE);
    let [ici, _, _] = scores(CROSSED, WITHOUT);
    println!("crossed: plots {plots:.1?} ici {ici:.1?} alone {alone:.1?} naive {naive:.1?}");
    panic!("look");
}
