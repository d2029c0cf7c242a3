//! The geometric rules each second on one core: 20,000 tracks, 500 airspaces, terrain.
//!
//! `cargo bench -p alert --bench geometry`. CPU time of this thread, so that other work on the
//! machine does not count; the median of the evaluations after the first. Beside it, on the
//! smallest load, each track against each other and each airspace, by the same closed forms and
//! without an index.

#![expect(clippy::print_stdout, reason = "a benchmark's output")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod load;
#[path = "../tests/support/mod.rs"]
mod support;

use alert::rules::area::{AreaConfig, AreaRule};
use alert::rules::conflict::encounter::{Profile, Relative, first_nearer};
use alert::rules::conflict::{ConflictConfig, ConflictRule};
use alert::rules::terrain::{TerrainConfig, TerrainRule};
use alert::rules::{Ground, QnhTable, Surroundings};
use alert::{Firings, Subject};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use geodesy::{Geodetic, LocalFrame};
use intent::airspace::{AirspaceId, Airspaces, Heights, Motion, Scratch};
use load::{airspaces, cpu_s, flights, hills, median};
use std::hint::black_box;
use std::sync::Arc;
use support::{Flight, Stage, away, noon, track};
use surveillance::Time;

const EVALUATIONS: usize = 6;

fn main() {
    let ground = hills();
    let airspaces = Arc::new(Airspaces::build(airspaces()).expect("sound airspaces"));
    println!("CPU milliseconds an evaluation: median of {} (least, most)", EVALUATIONS - 1);
    println!("{} airspaces, terrain of 1,800 by 4,800 cells", airspaces.len());
    println!("one area of 2,000 by 1,400 NM, more and more tracks:");
    for tracks in [2_500, 5_000, 10_000, 20_000] {
        measure(tracks, 1.0, &airspaces, &ground);
    }
    println!("the same traffic a square mile, larger and larger areas:");
    for tracks in [2_500, 5_000, 10_000, 20_000] {
        measure(tracks, (f64::from(tracks) / 20_000.0).sqrt(), &airspaces, &ground);
    }
    println!("without an index, 2,500 tracks:");
    without_index(2_500, &airspaces);
}

fn stage(flights: &[Flight], after_s: f64) -> Stage {
    let now = noon().plus_seconds(after_s);
    let moved = flights.iter().map(|flight| {
        let at = away(flight.at, flight.speed_kt * after_s / 3_600.0, flight.course_deg);
        let level_ft = flight.level_ft.map(|feet| feet + flight.climb_fpm * after_s / 60.0);
        track(Flight { at, level_ft, ..*flight }, now)
    });
    Stage::new(moved, now)
}

fn measure(tracks: u32, scale: f64, airspaces: &Arc<Airspaces>, ground: &dyn Ground) {
    let flights = flights(tracks, scale);
    let mut conflict = ConflictRule::new(ConflictConfig::default());
    let mut area = AreaRule::new(AreaConfig::default(), Arc::clone(airspaces));
    let mut terrain = TerrainRule::new(TerrainConfig::default());
    let qnh = QnhTable::default();
    let around = Surroundings { ground, qnh: &qnh };
    let mut firings = Firings::new();
    let mut spent = [const { Vec::new() }; 3];
    let mut fired = [0; 3];
    for evaluation in 0..EVALUATIONS {
        let stage = stage(&flights, evaluation as f64);
        let subjects: Vec<Subject<'_>> = stage.subjects();
        let scene = stage.scene(&subjects);
        firings.clear();
        let mut before = 0;
        for rule in 0..3 {
            let start_s = cpu_s();
            match rule {
                0 => conflict.evaluate(&scene, &mut firings),
                1 => area.evaluate(&scene, &around, &[], &mut firings),
                _ => terrain.evaluate(&scene, &around, &mut firings),
            }
            if evaluation > 0 {
                spent[rule].push((cpu_s() - start_s) * 1e3);
            }
            fired[rule] = firings.len() - before;
            before = firings.len();
        }
    }
    let total: f64 = spent.iter_mut().map(|of| median(of)).sum();
    let shown = spent.map(|mut of| {
        let middle = median(&mut of);
        format!("{middle:6.1} ({:.1}, {:.1})", of[0], of[of.len() - 1])
    });
    println!(
        "{tracks:>6} tracks: conflict {} ms, {} pairs, {} fired; area {} ms, {} fired; terrain {} \
         ms, {} fired; all {total:.1} ms of each second, {:.1} % of a core",
        shown[0],
        conflict.counts().pairs,
        fired[0],
        shown[1],
        fired[1],
        shown[2],
        fired[2],
        total / 10.0
    );
}

fn without_index(tracks: u32, airspaces: &Airspaces) {
    let flights = flights(tracks, 1.0);
    let start_s = cpu_s();
    let near = all_pairs(&flights);
    println!(
        "{tracks:>6} tracks: all pairs {:.1} ms, {near} in conflict",
        (cpu_s() - start_s) * 1e3
    );
    let mut scratch = Scratch::default();
    let motions: Vec<_> = flights.iter().map(|flight| motion(flight, noon())).collect();
    let start_s = cpu_s();
    let mut entries = 0;
    for motion in &motions {
        for id in 0..airspaces.len() as u32 {
            entries +=
                u32::from(airspaces.entry(AirspaceId(id), motion, 120.0, &mut scratch).is_some());
        }
    }
    let spent_ms = (cpu_s() - start_s) * 1e3;
    println!("{tracks:>6} tracks: all airspaces {spent_ms:.1} ms, {entries} entries now or ahead");
}

fn motion(flight: &Flight, at: Time) -> Motion {
    let track = track(*flight, at);
    Motion {
        position: track.position,
        heights: Heights { pressure_altitude_m: track.pressure_altitude_m, ..Heights::default() },
        velocity: track.velocity,
        at,
    }
}

/// Every pair in the frame of the first, its frame made once: how many are in conflict.
fn all_pairs(flights: &[Flight]) -> u32 {
    let bodies: Vec<_> = flights
        .iter()
        .map(|flight| {
            let track = track(*flight, noon());
            let frame = LocalFrame::at(Geodetic { height_m: 0.0, ..track.position });
            let profile = Profile::steady(
                track.pressure_altitude_m.unwrap_or(0.0),
                track.vertical_rate_mps.unwrap_or(0.0),
            );
            let foot = track.position.at_height(0.0).to_ecef();
            (frame, foot, frame.rotate_to_ecef(track.velocity), profile)
        })
        .collect();
    let mut found = 0;
    for (at, (frame, _, velocity, profile)) in bodies.iter().enumerate() {
        for (_, foot, others, other) in &bodies[at + 1..] {
            let offset = frame.enu_from_ecef(*foot);
            let moves = frame.rotate_from_ecef([0, 1, 2].map(|axis| others[axis] - velocity[axis]));
            let relative = Relative {
                offset_m: [offset.east, offset.north],
                velocity_mps: [moves.east, moves.north],
            };
            let near = relative
                .nearer_than(4.1 * METRES_PER_NM, 120.0)
                .and_then(|span| first_nearer(profile, other, 600.0 * METRES_PER_FOOT, span));
            found += u32::from(black_box(near).is_some());
        }
    }
    found
}
