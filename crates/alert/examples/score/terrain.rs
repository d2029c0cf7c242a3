//! Flights over made ground, high and low.

use crate::rig::{Aircraft, Eye, Row, State, bare, begin, frame, heading, run};
use crate::support::{Chance, degrees};
use crate::{RUNS, SEED};
use alert::Rule;
use alert::rules::terrain::{Inhibited, SafetyMap, TerrainConfig, TerrainRule};
use alert::rules::{Ground, Highest, Qnh, QnhTable, Surroundings};
use geodesy::Geodetic;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};

const DURATION_S: usize = 300;
/// Threshold of the only runway, landed on to the east.
const ELEVATION_M: f64 = 600.0;

/// The made ground at metres east and north: a plain with hills, and a ridge 40 km to the east.
fn ground_m(east_m: f64, north_m: f64) -> f64 {
    let hills = 60.0 * (east_m / 1_900.0).sin() * (north_m / 2_300.0).cos();
    let ridge = 1_900.0 * (-((east_m - 40_000.0) / 4_000.0).powi(2)).exp();
    ELEVATION_M + hills.abs() * (east_m.abs() / 15_000.0).min(1.0) + ridge
}

/// Half-minute cells of it, the highest of points each 100 m.
fn map() -> SafetyMap {
    let mut map = SafetyMap::new(degrees(41.5, 73.0), 1.0 / 120.0, 120, 300).expect("on Earth");
    let step_deg = 1.0 / 960.0;
    for row in 0..960 {
        for column in 0..2_400 {
            let (row, column) = (f64::from(row) + 0.5, f64::from(column) + 0.5);
            let at = degrees(41.5 + row * step_deg, 73.0 + column * step_deg);
            let enu = frame().enu_from_geodetic(at);
            map.raise(at, ground_m(enu.east, enu.north));
        }
    }
    map.settle();
    map
}

fn flight(at_nm: [f64; 2], at_s: f64, above_sea_m: f64, climb_fpm: f64, to_m: f64) -> Aircraft {
    Aircraft {
        at_nm,
        at_s,
        course_deg: 90.0,
        speed_kt: 200.0,
        level_ft: above_sea_m / METRES_PER_FOOT,
        climb_fpm,
        to_ft: to_m / METRES_PER_FOOT,
        turn: None,
    }
}

const RIDGE_NM: f64 = 40_000.0 / METRES_PER_NM;
const TOP_M: f64 = 2_500.0;

fn into_the_ridge(chance: &mut Chance) -> Aircraft {
    let height_m = TOP_M - chance.within(100.0, 900.0);
    flight([RIDGE_NM, chance.within(-5.0, 5.0)], 250.0, height_m, 0.0, height_m)
}

fn over_the_ridge(chance: &mut Chance) -> Aircraft {
    let height_m = TOP_M + chance.within(1_000.0, 2_000.0) * METRES_PER_FOOT;
    flight([RIDGE_NM, chance.within(-5.0, 5.0)], 200.0, height_m, 0.0, height_m)
}

fn descends_too_far(chance: &mut Chance) -> Aircraft {
    let rate_fpm = chance.within(800.0, 2_000.0);
    let height_m = 700.0 + rate_fpm * METRES_PER_FOOT * 240.0 / 60.0;
    let at_nm = [chance.within(0.0, 8.0), chance.within(8.0, 12.0)];
    flight(at_nm, 150.0, height_m, -rate_fpm, 650.0)
}

fn levels_off_in_time(chance: &mut Chance) -> Aircraft {
    let to_m = 660.0 + chance.within(1_000.0, 1_500.0) * METRES_PER_FOOT;
    let rate_fpm = chance.within(800.0, 2_000.0);
    let height_m = to_m + rate_fpm * METRES_PER_FOOT * 200.0 / 60.0;
    let at_nm = [chance.within(0.0, 8.0), chance.within(8.0, 12.0)];
    flight(at_nm, 150.0, height_m, -rate_fpm, to_m)
}

/// At 140 kt down a path of so many degrees to the threshold at 280 s.
fn approach(path_deg: f64, chance: &mut Chance) -> Aircraft {
    let speed_kt = 140.0;
    let fpm = speed_kt * METRES_PER_NM / 60.0 * path_deg.to_radians().tan() / METRES_PER_FOOT;
    let height_m = ELEVATION_M + fpm * METRES_PER_FOOT * 280.0 / 60.0;
    let aside_nm = chance.normal(0.03);
    let aircraft = flight([0.0, aside_nm], 280.0, height_m, -fpm, ELEVATION_M);
    Aircraft { speed_kt, ..aircraft }
}

fn on_the_glide_path(chance: &mut Chance) -> Aircraft {
    let path_deg = 3.0 + chance.normal(0.1);
    approach(path_deg, chance)
}

/// Down to the ground four miles before the threshold.
fn short_of_the_runway(chance: &mut Chance) -> Aircraft {
    let aircraft = approach(3.0, chance);
    Aircraft { at_nm: [-4.0, aircraft.at_nm[1]], ..aircraft }
}

fn departure(chance: &mut Chance) -> Aircraft {
    let climb_fpm = chance.within(1_200.0, 2_500.0);
    let aircraft = flight([0.0, 0.0], 0.0, ELEVATION_M + 60.0, climb_fpm, 5_000.0);
    Aircraft { course_deg: chance.within(180.0, 300.0), speed_kt: 180.0, ..aircraft }
}

/// When it is first nearer than 300 ft to the ground right below it. A landing is none.
fn violation_s(states: &[State], lands: bool) -> Option<f64> {
    let low = |state: &State| {
        state.height_m - ground_m(state.east_m, state.north_m) < 300.0 * METRES_PER_FOOT
    };
    states.iter().position(low).filter(|_| !lands).map(|second| second as f64)
}

/// The map, with no undulation, so that heights over the sea and the ellipsoid are one.
struct Flat(SafetyMap);

impl Ground for Flat {
    fn height_m(&self, at: Geodetic) -> Option<f64> {
        self.0.height_m(at)
    }

    fn highest_within(&self, at: Geodetic, radius_m: f64) -> Highest {
        self.0.highest_within(at, radius_m)
    }

    fn undulation_m(&self, _at: Geodetic) -> Option<f64> {
        Some(0.0)
    }
}

fn inhibited() -> Vec<Inhibited> {
    let centre = degrees(42.0, 74.0);
    vec![
        Inhibited::Approach {
            threshold: centre,
            threshold_m: ELEVATION_M,
            course_rad: 90_f64.to_radians(),
            length_m: 12.0 * METRES_PER_NM,
            half_width_m: 300.0,
            half_angle_rad: 5_f64.to_radians(),
            lower_edge_rad: 2_f64.to_radians(),
        },
        Inhibited::Cylinder { centre, radius_m: 3.0 * METRES_PER_NM, top_m: ELEVATION_M + 457.0 },
    ]
}

pub(crate) fn score() {
    heading("Minimum safe altitude: nearer than 300 ft to the ground below");
    let ground = Flat(map());
    type Kind = (&'static str, fn(&mut Chance) -> Aircraft, bool, bool);
    let kinds: [Kind; 9] = [
        ("level into a ridge", into_the_ridge, true, false),
        ("level into a ridge, QNH not known", into_the_ridge, false, false),
        ("over the ridge by 1,000–2,000 ft", over_the_ridge, true, false),
        ("over the ridge, QNH not known", over_the_ridge, false, false),
        ("descends on", descends_too_far, true, false),
        ("levels off 1,000–1,500 ft up, clearance not known", levels_off_in_time, true, false),
        ("on the glide path", on_the_glide_path, true, true),
        ("4 NM short of the runway", short_of_the_runway, true, false),
        ("departure over hills", departure, true, true),
    ];
    for (name, make, qnh_known, lands) in kinds {
        for eye in Eye::BOTH {
            let mut chance = Chance(SEED + 1);
            let mut row = Row::default();
            for _ in 0..RUNS {
                // A landing ends on the runway.
                let flies_s = if name == "on the glide path" { 280 } else { DURATION_S };
                let states = make(&mut chance).fly(flies_s, &mut chance);
                let came_s = violation_s(&states, lands);
                let hpa = chance.within(1_000.0, 1_028.0);
                let told_s = told_s(states, eye, (hpa, qnh_known), &ground, &mut chance);
                row.take(came_s, told_s, DURATION_S as f64);
            }
            row.print(name, eye.name());
        }
    }
}

fn told_s(
    states: Vec<State>,
    eye: Eye,
    (hpa, known): (f64, bool),
    ground: &Flat,
    chance: &mut Chance,
) -> Option<f64> {
    let until = begin().plus_seconds(7_200.0);
    let here = Qnh { centre: degrees(42.0, 74.0), radius_m: 200_000.0, hpa, until };
    let qnh = QnhTable(if known { vec![here] } else { Vec::new() });
    let around = Surroundings { ground, qnh: &qnh };
    // What an altimeter set to the standard shows less than one set to the QNH.
    let shift_m = 44_330.77 * ((hpa / 1013.25_f64).powf(0.190_263) - 1.0);
    let mut rule =
        TerrainRule::new(TerrainConfig { inhibited: inhibited(), ..TerrainConfig::default() });
    let told = |height_m: f64| Some(height_m - shift_m);
    let opened = run(&[states], eye, &told, &bare, chance, &mut |scene, firings| {
        rule.evaluate(scene, &around, firings);
    });
    opened.iter().find(|alert| alert.rule == Rule::MinimumSafeAltitude).map(|alert| alert.at_s)
}
