//! Two nodes with a radar each watch the same flights and tell each other the plots behind their
//! tracks: how good the joint track is, how honest, and what becomes of it when that stops.

use accord::{PartyId, Policy, Subject};
use fusion::{Gaussian, as_if_independent};
use geodesy::{Enu, Geodetic, LocalFrame};
use nalgebra::{Matrix2, Vector2};
use node::config::Config;
use node::config::Format;
use node::engine::{Engine, EngineSetup, FeedSetup};
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::journal::{Journal, resume};
use node::runtime::Recorder;
use node::wire::{ClientMessage, SourceKind};
use std::net::SocketAddr;
use std::sync::Arc;
use surveillance::{Codes, PlotAccuracy, Sensor, SensorId, SensorKind, Time, Track};

const FLIGHTS: usize = 8;
const LEVEL_M: f64 = 9_144.0;
const TURN_S: f64 = 4.0;
const NAMES: [&str; 2] = ["XXA", "XXB"];
/// Two radars: where they stand, metres east and north of Kant, 150 km south of the flights, and how
/// well they measure.
#[derive(Clone, Copy)]
struct Radars {
    sites: [[f64; 2]; 2],
    range_m: f64,
    azimuth_rad: f64,
}

/// Beside each other: neither is good where the other is poor.
const ALIKE: Radars =
    Radars { sites: [[-20_000.0, 0.0], [20_000.0, 0.0]], range_m: 100.0, azimuth_rad: 0.000_7 };
/// Each is good across the other's weak axis: 70 m by 350 m.
const CROSSED: Radars =
    Radars { sites: [[0.0, 0.0], [-150_000.0, 150_000.0]], range_m: 70.0, azimuth_rad: 0.002_33 };

impl Radars {
    fn accuracy(self) -> PlotAccuracy {
        let Self { range_m, azimuth_rad, .. } = self;
        PlotAccuracy { range_m, azimuth_rad, elevation_rad: 0.1 }
    }
}

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

/// Where flight `n` is: 12 km apart, each on a course of its own, and from second 70 on every other
/// one in a turn of 1.5° a second.
fn flight(n: usize, second: f64) -> Geodetic {
    const SPEED_M_S: f64 = 220.0;
    let course = n as f64 * 0.7;
    let [x, y] = [(n % 4) as f64 * 12_000.0 - 18_000.0, (n / 4) as f64 * 12_000.0 + 138_000.0];
    let straight_s = if n.is_multiple_of(2) { second } else { second.min(70.0) };
    let gone = SPEED_M_S * (straight_s - 80.0);
    let rate = 1.5_f64.to_radians();
    let turned = course + rate * (second - straight_s);
    let radius = SPEED_M_S / rate;
    let east = radius * (course.cos() - turned.cos()) + gone * course.sin();
    let north = radius * (turned.sin() - course.sin()) + gone * course.cos();
    place(x + east, y + north, LEVEL_M)
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
fn plot(radar: &Sensor, n: usize, second: f64, noise: &mut Noise) -> Vec<u8> {
    let site = LocalFrame::at(radar.site.expect("it stands somewhere"));
    let seen = site.enu_from_geodetic(flight(n, second));
    let range_m = seen.east.hypot(seen.north).hypot(seen.up);
    let range_m = range_m + radar.accuracy.range_m * noise.normal();
    let azimuth = seen.east.atan2(seen.north) + radar.accuracy.azimuth_rad * noise.normal();
    let turn = azimuth.rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU;
    let of_day = ((12.0 * 3600.0 + second) * 128.0).round() as u32;
    let mut record = vec![0xF5, 0x80, radar.id.sac, radar.id.sic];
    record.extend(&of_day.to_be_bytes()[1..]);
    record.push(0xA0);
    record.extend(((range_m / 1852.0 * 256.0).round() as u16).to_be_bytes());
    record.extend(((turn * 65536.0).round() as u32 as u16).to_be_bytes());
    record.extend(1200_u16.to_be_bytes());
    record.extend([0x60, 0x12, n as u8]);
    let length = (record.len() + 3) as u16;
    [&[48], &length.to_be_bytes()[..], &record].concat()
}

fn engine(name: &str, radars: &[Sensor], accord: &str) -> Engine {
    let accord = Arc::new(accord::read("test", accord).expect("an accord").accord);
    let feed = FeedSetup {
        name: "radar".into(),
        format: Format::Asterix,
        receiver: None,
        tells_gps_time: false,
        editions: Default::default(),
    };
    Engine::new(EngineSetup {
        node: name.into(),
        party: name.into(),
        source: SourceKind::Live,
        notice: None,
        view: None,
        started: start(),
        feeds: vec![feed],
        sensors: radars.to_vec(),
        tracker: Default::default(),
        identity: Default::default(),
        policy: Policy::new(party(name), vec![accord]).expect("a policy"),
        partners: NAMES.iter().filter(|other| **other != name).map(|other| party(other)).collect(),
    })
}

/// The two nodes on a link that can be cut, and a third that has both radars and hears nobody.
struct World {
    nodes: Vec<Engine>,
    radars: Vec<Sensor>,
    noise: [Noise; 2],
    halves: usize,
    cut: bool,
    /// The first radar feeds both nodes, and the second none.
    shared: bool,
    /// What node A handled.
    handled: Vec<(Time, Event)>,
    /// The accord's fields.
    accord: String,
}

const CENTRAL: usize = 2;

impl World {
    fn new(radars: Radars, fields: &str) -> Self {
        let radar = |n: usize| Sensor {
            id: SensorId { sac: n as u8 + 1, sic: 1 },
            name: "Radar".into(),
            kind: SensorKind::Radar,
            site: Some(place(radars.sites[n][0], radars.sites[n][1], 600.0)),
            period_s: Some(TURN_S),
            accuracy: radars.accuracy(),
            range_max_m: Some(400_000.0),
            view: surveillance::View::default(),
            receivers: Box::default(),
        };
        let radars = vec![radar(0), radar(1)];
        let accord = accord(fields);
        // Each knows both radars; which feed it is another matter.
        let nodes = [NAMES[0], NAMES[1], NAMES[0]].map(|name| engine(name, &radars, &accord));
        let nodes = nodes.into();
        let (noise, handled) = ([Noise(1), Noise(2)], Vec::new());
        Self { nodes, radars, noise, halves: 0, cut: false, shared: false, handled, accord }
    }

    fn now(&self) -> Time {
        start().plus_seconds(self.second())
    }

    fn second(&self) -> f64 {
        self.halves as f64 / 2.0
    }

    fn tell(&mut self, node: usize, event: &Event) {
        let (now, mut outbox) = (self.now(), Outbox::default());
        if node == 0 {
            self.handled.push((now, event.clone()));
        }
        self.nodes[node].handle(event, now, &mut outbox);
        for batch in outbox.released.into_iter().filter(|_| !self.cut && node != CENTRAL) {
            let body = batch.value().encode();
            let told = Event::PartnerTold { party: party(NAMES[node]), body };
            if node == 1 {
                self.handled.push((now, told.clone()));
            }
            self.nodes[1 - node].handle(&told, now, &mut Outbox::default());
        }
    }

    /// Node A is killed and starts again with what its journal holds, in which the last batches of its
    /// partner are missing where `unwritten`; the link, which kept them before it acknowledged them, hands
    /// the last three on again either way.
    fn kill(&mut self, unwritten: bool) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = Config::default();
        config.recording.directory = folder.path().to_owned();
        let is_of_partner =
            |(_, event): &&(Time, Event)| matches!(event, Event::PartnerTold { .. });
        let mut again: Vec<_> =
            self.handled.iter().rev().filter(is_of_partner).take(3).cloned().collect();
        again.reverse();
        let mut written = self.handled.clone();
        if unwritten {
            written.retain(|one| !again.contains(one));
        }
        let (mut journal, _) = Journal::open(&config, start()).expect("opens");
        written.chunks(50).for_each(|batch| journal.record(batch).expect("records"));
        // As a kill would leave it: no sync, no close.
        std::mem::forget(journal);
        let mut back = engine(NAMES[0], &self.radars, &self.accord);
        resume(&mut back, &config, self.now()).expect("reads");
        self.nodes[0] = back;
        again.iter().for_each(|(_, told)| self.tell(0, told));
    }

    fn run(&mut self, seconds: usize) {
        let source: Option<SocketAddr> = Some("192.0.2.1:8600".parse().expect("an address"));
        for _ in 0..seconds * 2 {
            self.halves += 1;
            for radar in 0..2 {
                // Each flight at its own part of the turn, and the radars at different times.
                let due = |n: &usize| (self.halves + 3 * n + 5 * radar).is_multiple_of(8);
                for n in (0..FLIGHTS).filter(due).collect::<Vec<_>>() {
                    let second = self.second() - 0.05;
                    let bytes = plot(&self.radars[radar], n, second, &mut self.noise[radar]);
                    let received = Event::Received { feed: FeedIndex(0), bytes, source };
                    match (self.shared, radar) {
                        (false, _) => self.tell(radar, &received),
                        (true, 0) => (0..2).for_each(|node| self.tell(node, &received)),
                        (true, _) => {}
                    }
                    self.tell(CENTRAL, &received);
                }
            }
            (0..3).for_each(|node| self.tell(node, &Event::Tick));
        }
    }

    /// Where node A shows a flight.
    fn shown(&self, n: usize) -> Option<Track> {
        let entry = self.nodes[0].entries().find(|entry| is(&entry.track.codes, n));
        entry.map(|entry| entry.track.clone())
    }

    /// What a node's own tracker believes of it.
    fn own(&self, node: usize, n: usize) -> Option<Subject> {
        let (_, subjects) = self.nodes[node].subjects()?;
        let own = |s: &&Subject| s.lineage == accord::Lineage::Own && is(&s.codes, n);
        subjects.iter().find(own).cloned()
    }
}

fn is(codes: &Codes, n: usize) -> bool {
    codes.address.is_some_and(|address| address.bits() == 0x60_1200 + n as u32)
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

/// RMSE m, ANEES and claimed sd m of what node A shows, of its own radar alone, of both trackers'
/// beliefs as if they were independent, and of both radars in one tracker; from second 40 on.
#[derive(Debug)]
struct Figures {
    shown: [f64; 3],
    alone: [f64; 3],
    naive: [f64; 3],
    central: [f64; 3],
}

fn figures(radars: Radars, fields: &str) -> Figures {
    let mut world = World::new(radars, fields);
    let mut all = [Score::default(); 4];
    world.run(40);
    for _ in 0..80 {
        world.run(1);
        for n in 0..FLIGHTS {
            let frame = LocalFrame::at(flight(n, world.second()).at_height(0.0));
            let of = |node: usize| {
                let own = world.own(node, n).expect("it tracks it");
                let (at, covariance) = (own.position, own.position_covariance);
                gaussian(&frame, at.expect("told"), covariance.expect("told"))
            };
            let shown = world.shown(n).expect("it shows it");
            let shown = gaussian(&frame, shown.position, shown.position_covariance);
            let naive = as_if_independent(&of(0), &of(1)).expect("definite");
            for (score, estimate) in all.iter_mut().zip([shown, of(0), naive, of(CENTRAL)]) {
                score.take(&estimate, Vector2::zeros());
            }
        }
    }
    let [shown, alone, naive, central] = all.map(|score| score.figures());
    Figures { shown, alone, naive, central }
}

/// The plots behind tracks beside inverse covariance intersection, where that alone is let out.
fn plots_beside_intersection(radars: Radars) -> (Figures, [f64; 3]) {
    let (plots, without) = (figures(radars, WITH_LINEAGE), figures(radars, WITHOUT));
    // Honest: it errs by no more than it claims.
    assert!((0.5..=1.0).contains(&plots.shown[1]), "{plots:?}");
    // As if independent claims more, of the same two tracks.
    assert!(plots.naive[1] > plots.shown[1] && plots.naive[2] < plots.shown[2], "{plots:?}");
    // A slot and a sector later than one tracker with both radars.
    assert!(plots.shown[0] < 1.16 * plots.central[0], "{plots:?}");
    (plots, without.shown)
}

#[test]
fn plots_of_two_like_radars_are_worth_more_than_their_tracks_and_claimed_honestly() {
    let (plots, intersection) = plots_beside_intersection(ALIKE);
    assert!(plots.shown[0] < 0.85 * intersection[0], "{plots:?}, tracks alone {intersection:?}");
    assert!(plots.shown[0] < 0.85 * plots.alone[0], "{plots:?}");
}

#[test]
fn plots_of_crossed_radars_are_worth_more_than_their_tracks_and_claimed_honestly() {
    let (plots, intersection) = plots_beside_intersection(CROSSED);
    assert!(plots.shown[0] < 0.95 * intersection[0], "{plots:?}, tracks alone {intersection:?}");
    assert!(plots.shown[0] < 0.55 * plots.alone[0], "{plots:?}");
}

/// How many square metres node A claims to know where the flights are to, in the mean.
fn claimed(world: &World) -> f64 {
    let of = |n: usize| {
        let [ee, _, nn] = world.shown(n).expect("it shows it").position_covariance;
        ee + nn
    };
    (0..FLIGHTS).map(of).sum::<f64>() / FLIGHTS as f64
}

#[test]
fn without_the_partners_plots_its_tracks_are_joined_as_any_other_until_they_come_again() {
    let (mut with, mut without) = (World::new(ALIKE, WITH_LINEAGE), World::new(ALIKE, WITHOUT));
    let both = |with: &mut World, without: &mut World, seconds: usize, cut: bool| {
        (with.cut, without.cut) = (cut, cut);
        with.run(seconds);
        without.run(seconds);
        claimed(with) / claimed(without)
    };
    let share = both(&mut with, &mut without, 60, false);
    assert!(share < 0.85, "{share}");
    // Batches are lost: what is missing makes nothing wrong, and after a while it is as without.
    let share = both(&mut with, &mut without, 30, true);
    assert_eq!(share, 1.0);
    let share = both(&mut with, &mut without, 15, false);
    assert!(share < 0.85, "{share}");
    // Somebody suspends it here: at the next picture nothing of it is there.
    let suspend = ClientMessage::Suspend {
        accord: "xxa-xxb".into(),
        by: "Duty officer".into(),
        reason: "exercise".into(),
        towards: None,
    };
    let asked = Event::ConsoleAsked { console: ConsoleId(1), message: suspend };
    with.tell(0, &asked);
    with.run(1);
    for n in 0..FLIGHTS {
        let (shown, own) = (with.shown(n).expect("shown"), with.own(0, n).expect("tracked"));
        assert_eq!(Some(shown.position), own.position);
        assert_eq!(Some(shown.position_covariance), own.position_covariance);
    }
}

#[test]
fn a_radar_that_feeds_both_nodes_is_counted_once() {
    let shown = |fields: &str| {
        let mut world = World::new(ALIKE, fields);
        world.shared = true;
        world.run(40);
        let places = (0..FLIGHTS).map(|n| world.shown(n).expect("shown"));
        places.map(|track| (track.position, track.position_covariance)).collect::<Vec<_>>()
    };
    // Every plot of the other's is one of ours: its tracks are joined as if it had told none.
    assert_eq!(shown(WITH_LINEAGE), shown(WITHOUT));
}

#[test]
fn a_node_that_is_killed_has_its_joint_tracks_again_with_each_plot_in_them_once() {
    let run = |killed: Option<bool>| {
        let mut world = World::new(ALIKE, WITH_LINEAGE);
        world.run(60);
        if let Some(unwritten) = killed {
            world.kill(unwritten);
        }
        world.run(1);
        let at_once = claimed(&world);
        world.run(9);
        let shown = (0..FLIGHTS).map(|n| world.shown(n).expect("shown"));
        let shown = shown.map(|track| (track.position, track.position_covariance));
        (at_once, shown.collect::<Vec<_>>())
    };
    let (claimed, shown) = run(None);
    // All was written: as if nothing had been, and what the link hands on a second time changes nothing.
    assert_eq!(run(Some(false)), (claimed, shown.clone()));
    // The last of the partner's was not: the link has it, and it is in, if a little later.
    let (at_once, again) = run(Some(true));
    assert!((0.95..1.05).contains(&(at_once / claimed)), "{at_once} after, {claimed} without");
    assert_eq!(again, shown);
}

#[test]
fn a_node_that_is_killed_tells_its_partner_all_of_its_tracks_in_the_first_slot_after_it() {
    let mut world = World::new(ALIKE, WITH_LINEAGE);
    world.run(20);
    world.kill(false);
    let mut outbox = Outbox::default();
    world.halves += 2;
    let now = world.now();
    world.nodes[0].handle(&Event::Tick, now, &mut outbox);
    let told: usize = outbox.released.iter().map(|batch| batch.value().items.len()).sum();
    assert_eq!(told, FLIGHTS);
}
