//! What 20,000 tracks cost against 500 airspaces once a second: which hold each, which each enters
//! within two and within ten minutes, and how far the edges within 20 km are; beside a slow obvious
//! model, which looks at every side of every airspace in longitude and latitude.
//!
//! `cargo bench -p intent --bench airspace`. Each figure is the best of five runs in CPU time of one
//! thread, so that other work on the machine counts little.

#![expect(clippy::print_stdout, reason = "a benchmark's output")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

use geodesy::{Enu, Geodesic, Geodetic};
use intent::airspace::{
    Airspace, Airspaces, Geometry, Heights, Kind, Limit, Limits, Motion, Polygon, Scratch,
};
use std::f64::consts::TAU;
use std::hint::black_box;
use surveillance::Time;

const TRACKS: usize = 20_000;
const RUNS: usize = 5;
/// The slow model is asked about so many tracks, and its time is scaled.
const SLOW_TRACKS: usize = 200;

fn main() {
    for count in [500, 2_000, 8_000] {
        let mut random = Random(count as u64);
        let airspaces: Vec<Airspace> = (0..count).map(|kind| airspace(kind, &mut random)).collect();
        let before = cpu_s();
        let set = Airspaces::build(airspaces.clone()).unwrap();
        println!("{count} airspaces, built in {:.0} ms", (cpu_s() - before) * 1e3);
        let motions: Vec<Motion> = (0..TRACKS).map(|_| motion(&mut random)).collect();
        measure(&set, &airspaces, &motions);
    }
}

fn measure(set: &Airspaces, airspaces: &[Airspace], motions: &[Motion]) {
    let (mut hits, mut found, mut near) = (Vec::new(), Vec::new(), Vec::new());
    let mut scratch = Scratch::default();
    let mut all = 0;
    let holding_s = best(|| {
        all = 0;
        for motion in motions {
            set.holding(motion.position, &motion.heights, motion.at, &mut hits);
            all += hits.len();
        }
    });
    tell("holding", holding_s, all);
    for horizon_s in [120.0, 600.0] {
        let entries_s = best(|| {
            all = 0;
            for motion in motions {
                set.entries(motion, horizon_s, &mut scratch, &mut found);
                all += found.len();
            }
        });
        tell(&format!("entries within {horizon_s:.0} s"), entries_s, all);
    }
    let near_s = best(|| {
        all = 0;
        for motion in motions {
            set.near(motion.position, 20_000.0, &mut near);
            all += near.len();
        }
    });
    tell("near, 20 km", near_s, all);
    if airspaces.len() > 500 {
        return;
    }
    let slow: Vec<Slow<'_>> = airspaces.iter().map(Slow::of).collect();
    let before = cpu_s();
    let mut slow_hits = 0;
    for motion in &motions[..SLOW_TRACKS] {
        slow_hits += slow.iter().filter(|slow| slow.holds(motion.position)).count();
    }
    let slow_s = (cpu_s() - before) * TRACKS as f64 / SLOW_TRACKS as f64;
    black_box(slow_hits);
    println!(
        "  every side of every airspace: {:.0} ms for the same tracks ({SLOW_TRACKS} measured); holding is {:.0} times as fast",
        slow_s * 1e3,
        slow_s / holding_s
    );
}

fn tell(what: &str, seconds: f64, all: usize) {
    println!(
        "  {what}: {:.1} ms for {TRACKS} tracks, {:.0} ns each, {:.2} found each",
        seconds * 1e3,
        seconds * 1e9 / TRACKS as f64,
        all as f64 / TRACKS as f64
    );
}

fn best(mut run: impl FnMut()) -> f64 {
    (0..RUNS)
        .map(|_| {
            let before = cpu_s();
            run();
            cpu_s() - before
        })
        .fold(f64::INFINITY, f64::min)
}

/// One in ten a region with an outline of 200 to 1,500 corners, three in ten circles, one in ten
/// corridors, the rest polygons of 4 to 40 corners, over 55–85° E 35–50° N.
fn airspace(number: usize, random: &mut Random) -> Airspace {
    let middle = random.place();
    let star = |random: &mut Random, corners: usize, size_m: f64| {
        // Bays and capes along the outline, and every corner a little off.
        let bays = [2.0, 3.0, 7.0, 19.0].map(|bays| (bays, random.between(0.0, TAU)));
        let corner = |index: usize, off: f64| {
            let bearing_rad = TAU * index as f64 / corners as f64;
            let bay = |(bays, phase): (f64, f64)| (bays * bearing_rad + phase).sin() / (4.0 * bays);
            let share = 0.7 + bays.into_iter().map(bay).sum::<f64>() + off;
            middle.travel(Geodesic { distance_m: size_m * share, bearing_rad })
        };
        let outer = (0..corners).map(|index| corner(index, random.between(-0.01, 0.01))).collect();
        Geometry::Polygons(vec![Polygon { outer, holes: Vec::new() }])
    };
    let (kind, geometry) = match number % 10 {
        0 => {
            let corners = random.between(200.0, 1_500.0) as usize;
            let size_m = random.between(150_000.0, 500_000.0);
            (Kind::Fir, star(random, corners, size_m))
        }
        1..=3 => {
            let radius_m = random.between(2_000.0, 40_000.0);
            (Kind::Ctr, Geometry::Circle { centre: middle, radius_m })
        }
        4 => {
            let mut line = vec![middle];
            for _ in 0..4 {
                let course =
                    Geodesic { distance_m: 60_000.0, bearing_rad: random.between(0.0, 1.5) };
                line.push(line[line.len() - 1].travel(course));
            }
            (Kind::Corridor, Geometry::Corridor { line, half_width_m: 9_260.0 })
        }
        _ => {
            let corners = random.between(4.0, 40.0) as usize;
            let size_m = random.between(5_000.0, 60_000.0);
            (Kind::Restricted, star(random, corners, size_m))
        }
    };
    let limits =
        Limits { lower: Limit::Surface, upper: Limit::FlightLevel(random.between(1e3, 2e4)) };
    Airspace::new(format!("A{number}"), kind, limits, geometry)
}

fn motion(random: &mut Random) -> Motion {
    let (course_rad, speed_mps) = (random.between(0.0, TAU), random.between(60.0, 260.0));
    Motion {
        position: random.place(),
        heights: Heights {
            pressure_altitude_m: Some(random.between(500.0, 12_000.0)),
            ..Heights::default()
        },
        velocity: Enu {
            east: speed_mps * course_rad.sin(),
            north: speed_mps * course_rad.cos(),
            up: random.between(-10.0, 10.0),
        },
        at: Time::EPOCH,
    }
}

/// Even-odd over all sides, in longitude and latitude; circles and corridors by distance.
enum Slow<'a> {
    Outline(Vec<[f64; 2]>),
    Near(&'a [Geodetic], f64),
}

impl<'a> Slow<'a> {
    fn of(airspace: &'a Airspace) -> Self {
        match &airspace.geometry {
            Geometry::Polygons(polygons) => {
                let flat = |p: &Geodetic| [p.longitude_rad, p.latitude_rad];
                Slow::Outline(polygons[0].outer.iter().map(flat).collect())
            }
            Geometry::Circle { centre, radius_m } => {
                Slow::Near(std::slice::from_ref(centre), *radius_m)
            }
            // As if it were beads: fast, and good enough to be beaten.
            Geometry::Corridor { line, half_width_m } => Slow::Near(line, *half_width_m),
        }
    }

    fn holds(&self, position: Geodetic) -> bool {
        let p = [position.longitude_rad, position.latitude_rad];
        match self {
            Slow::Outline(corners) => {
                let mut odd = false;
                for (a, b) in corners.iter().zip(corners.iter().cycle().skip(1)) {
                    let across = (a[1] > p[1]) != (b[1] > p[1]);
                    odd ^= across && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0];
                }
                odd
            }
            Slow::Near(places, within_m) => {
                places.iter().any(|place| place.geodesic_to(position).distance_m < *within_m)
            }
        }
    }
}

/// Splitmix64 (Steele, Lea and Flood, 2014): the same numbers on every machine.
struct Random(u64);

impl Random {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        low + (high - low) * (z >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn place(&mut self) -> Geodetic {
        let (latitude, longitude) = (self.between(35.0, 50.0), self.between(55.0, 85.0));
        Geodetic::from_degrees(latitude, longitude, 0.0).unwrap()
    }
}

/// Seconds of CPU time of this process so far, to the hundredth or finer where the system tells.
fn cpu_s() -> f64 {
    // User and system time in ticks of a hundredth are too coarse: the scheduler's own count of
    // nanoseconds is the first number of schedstat.
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanos = text.split(' ').next().and_then(|text| text.parse::<f64>().ok());
    nanos.map_or(f64::NAN, |nanos| nanos / 1e9)
}
