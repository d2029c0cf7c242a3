//! Flights toward, past and over an area and a border.

use crate::rig::{Aircraft, Eye, Row, State, heading, run};
use crate::support::{Chance, away, degrees};
use crate::{RUNS, SEED};
use alert::rules::area::{AreaConfig, AreaRule};
use alert::rules::{NoGround, QnhTable, Surroundings};
use alert::{PlanFact, RoutePoint, Rule, Subject};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use intent::airspace::{
    Activation, Airspace, Airspaces, Geometry, Kind, Limit, Limits, Period, Permission, Polygon,
    Subject as Whom,
};
use std::sync::Arc;
use surveillance::Callsign;

const DURATION_S: usize = 300;
/// When a flight is over, or beside, the middle of the edge that it comes to.
const MEET_S: f64 = 220.0;
const RADIUS_NM: f64 = 10.0;

/// FL100 to FL200 within 10 NM of the middle.
fn area() -> Airspace {
    let level = |hundreds: f64| Limit::FlightLevel(hundreds * 100.0 * METRES_PER_FOOT);
    Airspace {
        name: "AREA".to_owned(),
        kind: Kind::Restricted,
        class: None,
        party: None,
        limits: Limits { lower: level(100.0), upper: level(200.0) },
        activation: Activation::Always,
        geometry: Geometry::Circle {
            centre: degrees(42.0, 74.0),
            radius_m: RADIUS_NM * METRES_PER_NM,
        },
        line: None,
    }
}

/// All east of the meridian of the middle, 300 NM by 300 NM.
fn territory() -> Airspace {
    let middle = degrees(42.0, 74.0);
    let (south, north) = (away(middle, 150.0, 180.0), away(middle, 150.0, 0.0));
    let outer = vec![south, away(south, 300.0, 90.0), away(north, 300.0, 90.0), north];
    Airspace {
        name: "TERRITORY".to_owned(),
        kind: Kind::Territory,
        limits: Limits::ALL,
        geometry: Geometry::Polygons(vec![Polygon { outer, holes: Vec::new() }]),
        ..area()
    }
}

fn flight(at_nm: [f64; 2], course_deg: f64, level_ft: f64) -> Aircraft {
    Aircraft {
        at_nm,
        at_s: MEET_S,
        course_deg,
        speed_kt: 420.0,
        level_ft,
        climb_fpm: 0.0,
        to_ft: level_ft,
        turn: None,
    }
}

/// Over the western edge, on a course through the area.
fn enters(chance: &mut Chance) -> Aircraft {
    let north_nm: f64 = chance.within(-8.0, 8.0);
    let edge_nm = -(RADIUS_NM * RADIUS_NM - north_nm * north_nm).sqrt();
    flight([edge_nm, north_nm], 90.0, chance.within(110.0, 190.0).round() * 100.0)
}

fn passes_beside(chance: &mut Chance) -> Aircraft {
    let north_nm = RADIUS_NM + chance.within(1.0, 4.0);
    flight([0.0, north_nm], 90.0, 15_000.0)
}

fn passes_over(chance: &mut Chance) -> Aircraft {
    Aircraft { level_ft: 21_000.0 + chance.normal(50.0), ..enters(chance) }
}

fn climbs_into(chance: &mut Chance) -> Aircraft {
    let climb_fpm = chance.within(800.0, 2_000.0);
    let level_ft = 10_000.0 - climb_fpm * 240.0 / 60.0;
    Aircraft {
        level_ft,
        climb_fpm,
        to_ft: 18_000.0,
        speed_kt: 150.0,
        at_s: 200.0,
        ..enters(chance)
    }
}

/// On course into the area, and away from it three quarters of a minute before.
fn turns_away(chance: &mut Chance) -> Aircraft {
    let side = if chance.within(0.0, 1.0) < 0.5 { -1.0 } else { 1.0 };
    Aircraft { turn: Some((MEET_S - 110.0, side * 130.0)), ..enters(chance) }
}

fn over_the_border(chance: &mut Chance) -> Aircraft {
    flight([0.0, chance.within(-40.0, 40.0)], chance.within(50.0, 130.0), 25_000.0)
}

fn along_the_border(chance: &mut Chance) -> Aircraft {
    flight([-chance.within(2.0, 6.0), 0.0], chance.within(-1.0, 1.0), 25_000.0)
}

fn in_area(state: &State) -> bool {
    state.east_m.hypot(state.north_m) < RADIUS_NM * METRES_PER_NM
        && (10_000.0..20_000.0).contains(&(state.height_m / METRES_PER_FOOT))
}

fn in_territory(state: &State) -> bool {
    state.east_m > 0.0
}

#[derive(Clone, Copy, PartialEq)]
enum Known {
    Nothing,
    NoHeight,
    Permission,
    Plan,
}

pub(crate) fn score() {
    let predicted = [Rule::AreaPredicted, Rule::BorderPredicted];
    heading("Area and border: entry, told before (late: after it)");
    type Kind = (&'static str, fn(&mut Chance) -> Aircraft, Known, bool);
    let kinds: [Kind; 10] = [
        ("enters an area", enters, Known::Nothing, true),
        ("enters an area, height not known", enters, Known::NoHeight, true),
        ("enters an area by permission", enters, Known::Permission, false),
        ("climbs into an area", climbs_into, Known::Nothing, true),
        ("passes 1–4 NM beside it", passes_beside, Known::Nothing, true),
        ("passes 1,000 ft over it", passes_over, Known::Nothing, true),
        ("turns away 110 s before it", turns_away, Known::Nothing, true),
        ("crosses a border", over_the_border, Known::Nothing, true),
        ("crosses a border as planned", over_the_border, Known::Plan, false),
        ("along a border, 2–6 NM off", along_the_border, Known::Nothing, true),
    ];
    for (at, (name, make, known, due)) in kinds.into_iter().enumerate() {
        let border = at >= 7;
        let inside = if border { in_territory } else { in_area };
        let airspace = if border { territory } else { area };
        for eye in Eye::BOTH {
            let mut chance = Chance(SEED + 2);
            let mut row = Row::default();
            let mut entered = 0;
            for _ in 0..RUNS {
                let states = make(&mut chance).fly(DURATION_S, &mut chance);
                let came_s = states.iter().position(inside).map(|second| second as f64);
                let told = told(states, airspace(), eye, known, &mut chance);
                let first_s = told.iter().map(|(_, at_s)| *at_s).reduce(f64::min);
                // Once inside, the other rule of the two must tell too.
                entered += u32::from(told.iter().any(|(rule, _)| !predicted.contains(rule)));
                row.take(came_s.filter(|_| due), first_s, DURATION_S as f64);
            }
            row.print(&format!("{name} ({entered} told once inside)"), eye.name());
        }
    }
}

fn told(
    states: Vec<State>,
    airspace: Airspace,
    eye: Eye,
    known: Known,
    chance: &mut Chance,
) -> Vec<(Rule, f64)> {
    let name = airspace.name.clone();
    let airspaces = Airspaces::build(vec![airspace]).expect("a sound airspace");
    let mut rule = AreaRule::new(AreaConfig::default(), Arc::new(airspaces));
    let qnh = QnhTable::default();
    let around = Surroundings { ground: &NoGround, qnh: &qnh };
    let leave = [Permission {
        name: "P-1".to_owned(),
        party: "KGZ".to_owned(),
        subject: Whom { plan: Callsign::new("KGZ101"), ..Whom::default() },
        airspaces: vec![name],
        period: Period::ALWAYS,
        limits: Limits::ALL,
        line: None,
    }];
    let middle = degrees(42.0, 74.0);
    let point = |position| RoutePoint { position, level_m: None, expected: None };
    let route = [point(away(middle, 200.0, 270.0)), point(away(middle, 200.0, 90.0))];
    let plan =
        PlanFact { plan: 1, route: &route, cleared_level_m: None, code: None, callsign: None };
    let permitted = PlanFact { route: &[], callsign: Callsign::new("KGZ101"), ..plan };
    let told_m = |height_m| (known != Known::NoHeight).then_some(height_m);
    let opened = run(&[states], eye, &told_m, &crate::rig::bare, chance, &mut |scene, firings| {
        let subjects: Vec<_> = scene
            .tracks
            .iter()
            .map(|subject| Subject {
                plan: match known {
                    Known::Plan => Some(plan),
                    Known::Permission => Some(permitted),
                    _ => None,
                },
                ..*subject
            })
            .collect();
        let scene = alert::Scene { tracks: &subjects, ..*scene };
        let leave = if known == Known::Permission { &leave[..] } else { &[] };
        rule.evaluate(&scene, &around, leave, firings);
    });
    opened.iter().map(|alert| (alert.rule, alert.at_s)).collect()
}
