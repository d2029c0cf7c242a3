//! Questions about airspaces anywhere on Earth, beside models that are slow and obvious: how often
//! the outline goes round as seen from the point, the nearest of many points of it, and a flight
//! followed step by step.

#![expect(clippy::unwrap_used, reason = "a test may")]

use geodesy::{Enu, Geodesic, Geodetic, wrap_pi};
use intent::airspace::{
    Activation, Airspace, AirspaceId, Airspaces, Answer, Geometry, Heights, Kind, Limit, Limits,
    Motion, Period, Polygon, Scratch,
};
use proptest::prelude::*;
use std::f64::consts::{PI, TAU};
use surveillance::Time;

const ONLY: AirspaceId = AirspaceId(0);

/// Corners round a middle, at these shares of a size: never crossing itself.
fn star(middle: Geodetic, size_m: f64, shares: &[f64]) -> Vec<Geodetic> {
    let step = TAU / shares.len() as f64;
    let corner = |(index, share): (usize, &f64)| {
        middle.travel(Geodesic { distance_m: size_m * share, bearing_rad: step * index as f64 })
    };
    shares.iter().enumerate().map(corner).collect()
}

fn one(geometry: Geometry, limits: Limits) -> Airspaces {
    let airspace = Airspace::new("ONE", Kind::Restricted, limits, geometry);
    Airspaces::build(vec![airspace]).unwrap()
}

fn polygon(outer: Vec<Geodetic>) -> Geometry {
    Geometry::Polygons(vec![Polygon { outer, holes: Vec::new() }])
}

/// Points of the outline, each side in so many pieces, with the length of a piece.
fn dense(outline: &[Geodetic], pieces: usize) -> (Vec<Geodetic>, f64) {
    let (mut points, mut longest_m) = (Vec::new(), 0.0_f64);
    for (from, to) in outline.iter().zip(outline.iter().cycle().skip(1)) {
        let side = from.geodesic_to(*to);
        longest_m = longest_m.max(side.distance_m / pieces as f64);
        points.extend((0..pieces).map(|piece| {
            let distance_m = side.distance_m * piece as f64 / pieces as f64;
            from.travel(Geodesic { distance_m, ..side })
        }));
    }
    (points, longest_m)
}

/// Whether the outline goes round the point, by the bearings under which it is seen.
fn goes_round(point: Geodetic, outline: &[Geodetic]) -> bool {
    let bearings: Vec<f64> = outline.iter().map(|p| point.geodesic_to(*p).bearing_rad).collect();
    let following = bearings.iter().cycle().skip(1);
    let turned: f64 = bearings.iter().zip(following).map(|(a, b)| wrap_pi(b - a)).sum();
    turned.abs() > PI
}

prop_compose! {
    fn anywhere()(z in -1.0..1.0_f64, longitude_deg in -180.0..180.0_f64) -> Geodetic {
        Geodetic::from_degrees(z.asin().to_degrees(), longitude_deg, 0.0).unwrap()
    }
}

fn sizes_m() -> impl Strategy<Value = f64> {
    (3.0..5.7_f64).prop_map(|power| 10.0_f64.powf(power))
}

fn shares() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0.2..1.0_f64, 3..40)
}

fn inside(airspaces: &Airspaces, position: Geodetic) -> bool {
    let mut hits = Vec::new();
    airspaces.holding(position, &Heights::default(), Time::EPOCH, &mut hits);
    !hits.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_point_is_inside_as_the_outline_goes_round_it_and_as_far_as_its_nearest_point(
        middle in anywhere(), size_m in sizes_m(), shares in shares(),
        bearing_rad in 0.0..TAU, out in 0.0..1.5_f64,
    ) {
        let outline = star(middle, size_m, &shares);
        let airspaces = one(polygon(outline.clone()), Limits::ALL);
        let point = middle.travel(Geodesic { distance_m: size_m * out, bearing_rad });
        let (points, piece_m) = dense(&outline, 200);
        let nearest_m = points
            .iter()
            .map(|corner| point.geodesic_to(*corner).distance_m)
            .fold(f64::INFINITY, f64::min);
        let own_m = airspaces.distance_m(ONLY, point).unwrap();
        // The nearest point may lie half a piece beside the nearest of those drawn.
        let least_m = (nearest_m * nearest_m - piece_m * piece_m).max(0.0).sqrt();
        let allowed_m = 0.5 + 1e-5 * nearest_m;
        prop_assert!(own_m.abs() < nearest_m + allowed_m, "{own_m} m, nearest {nearest_m} m");
        prop_assert!(own_m.abs() > least_m - allowed_m, "{own_m} m, at least {least_m} m");
        if own_m.abs() > 1.0 {
            prop_assert_eq!(inside(&airspaces, point), goes_round(point, &points), "{} m", own_m);
            prop_assert_eq!(own_m < 0.0, inside(&airspaces, point));
        }
    }

    #[test]
    fn a_circle_and_a_corridor_hold_what_is_near_enough(
        middle in anywhere(), size_m in sizes_m(), bearing_rad in 0.0..TAU, out in 0.0..2.0_f64,
        course_rad in 0.0..TAU,
    ) {
        let point = middle.travel(Geodesic { distance_m: size_m * out, bearing_rad });
        let from_middle_m = middle.geodesic_to(point).distance_m;
        let circle = one(Geometry::Circle { centre: middle, radius_m: size_m }, Limits::ALL);
        let own_m = circle.distance_m(ONLY, point).unwrap();
        let allowed_m = 0.6 + 5e-6 * size_m + 1e-5 * from_middle_m;
        prop_assert!((own_m - (from_middle_m - size_m)).abs() < allowed_m, "{own_m} m of {size_m} m");
        if (from_middle_m - size_m).abs() > 0.6 + 5e-6 * size_m {
            prop_assert_eq!(inside(&circle, point), from_middle_m < size_m);
        }

        let end = middle.travel(Geodesic { distance_m: size_m, bearing_rad: course_rad });
        let half_width_m = size_m / 5.0;
        let line = vec![middle, end];
        let corridor = one(Geometry::Corridor { line, half_width_m }, Limits::ALL);
        let (mut points, _) = dense(&[middle, end], 2_000);
        points.push(end);
        let from_line_m = points
            .iter()
            .map(|corner| point.geodesic_to(*corner).distance_m)
            .fold(f64::INFINITY, f64::min);
        let own_m = corridor.distance_m(ONLY, point).unwrap();
        let allowed_m = 1.0 + 1e-4 * size_m;
        prop_assert!((own_m - (from_line_m - half_width_m)).abs() < allowed_m, "{own_m} m");
        if own_m.abs() > allowed_m {
            prop_assert_eq!(inside(&corridor, point), own_m < 0.0);
        }
    }

    #[test]
    fn a_straight_flight_enters_and_leaves_where_it_does_step_by_step(
        middle in anywhere(), size_m in (3.5..5.0_f64).prop_map(|power| 10.0_f64.powf(power)),
        shares in shares(), bearing_rad in 0.0..TAU, out in 0.0..2.0_f64,
        course_rad in 0.0..TAU, speed_mps in 20.0..300.0_f64, climb_mps in -10.0..10.0_f64,
        altitude_m in 0.0..6_000.0_f64,
    ) {
        let limits = Limits { lower: Limit::FlightLevel(2_000.0), upper: Limit::FlightLevel(4_000.0) };
        let airspaces = one(polygon(star(middle, size_m, &shares)), limits);
        let position = middle.travel(Geodesic { distance_m: size_m * out, bearing_rad });
        let (east, north) = (speed_mps * course_rad.sin(), speed_mps * course_rad.cos());
        let heights = Heights { pressure_altitude_m: Some(altitude_m), ..Heights::default() };
        let motion = Motion {
            position,
            heights,
            velocity: Enu { east, north, up: climb_mps },
            at: Time::EPOCH,
        };
        let (horizon_s, steps) = (600.0, 600);
        let there = |after_s: f64| {
            let course = Geodesic { distance_m: speed_mps * after_s, bearing_rad: course_rad };
            position.travel(course)
        };
        let mut hits = Vec::new();
        let mut is_in = |after_s: f64| {
            let heights = heights.raised(climb_mps * after_s);
            airspaces.holding(there(after_s), &heights, Time::EPOCH, &mut hits);
            hits.iter().any(|hit| hit.answer() == Answer::Inside)
        };
        let step_s = horizon_s / f64::from(steps);
        let seen: Vec<bool> = (0..=steps).map(|step| is_in(f64::from(step) * step_s)).collect();
        let mut scratch = Scratch::default();
        let entry = airspaces.entry(ONLY, &motion, horizon_s, &mut scratch);
        let exit = airspaces.exit(ONLY, &motion, horizon_s, &mut scratch);
        // Seen twice in a row, so that no touch of a corner decides.
        let first = seen.windows(2).position(|pair| pair[0] && pair[1]);
        if let Some(first) = first {
            let entry = entry.expect("the flight is in it for a second and more");
            prop_assert!(entry.after_s <= first as f64 * step_s + 0.2, "{} s", entry.after_s);
        }
        if let Some(entry) = entry {
            prop_assert_eq!(entry.surely_after_s, Some(entry.after_s));
            let before = (entry.after_s / step_s).floor() as usize;
            // Whatever was seen before was less than two steps long.
            prop_assert!(first.is_none_or(|first| first + 2 > before), "{} s", entry.after_s);
            let off_m = there(entry.after_s).geodesic_to(entry.place).distance_m;
            prop_assert!(off_m < 1.0 + 5e-5 * speed_mps * entry.after_s, "{} m", off_m);
            let edge_m = airspaces.distance_m(ONLY, entry.place).unwrap();
            prop_assert!(edge_m < 1.0, "{} m", edge_m);
        }
        if seen[0] && seen[1] {
            let left = seen.windows(2).position(|pair| !pair[0] && !pair[1]);
            if let Some(left) = left {
                let exit = exit.expect("the flight is out for a second and more");
                prop_assert!(exit.after_s <= left as f64 * step_s + 0.2);
                prop_assert!(airspaces.distance_m(ONLY, exit.place).unwrap() < 1.0);
            }
        }
        if !seen[0] && !seen[1] {
            prop_assert_eq!(exit, None);
        }
    }

    #[test]
    fn a_set_answers_as_each_of_its_airspaces_alone(
        middle in anywhere(),
        places in prop::collection::vec((0.0..TAU, 0.0..400_000.0_f64, 500.0..90_000.0_f64), 1..60),
        course_rad in 0.0..TAU,
    ) {
        let airspaces: Vec<Airspace> = places
            .iter()
            .map(|(bearing_rad, distance_m, radius_m)| {
                let way = Geodesic { distance_m: *distance_m, bearing_rad: *bearing_rad };
                let geometry = Geometry::Circle { centre: middle.travel(way), radius_m: *radius_m };
                Airspace::new("", Kind::Danger, Limits::ALL, geometry)
            })
            .collect();
        let all = Airspaces::build(airspaces.clone()).unwrap();
        let motion = Motion {
            position: middle,
            heights: Heights::default(),
            velocity: Enu { east: 250.0 * course_rad.sin(), north: 250.0 * course_rad.cos(), up: 0.0 },
            at: Time::EPOCH,
        };
        let (mut hits, mut near, mut found) = (Vec::new(), Vec::new(), Vec::new());
        let mut scratch = Scratch::default();
        all.holding(middle, &motion.heights, motion.at, &mut hits);
        all.near(middle, 50_000.0, &mut near);
        all.entries(&motion, 600.0, &mut scratch, &mut found);
        let (mut expected_hits, mut expected_near, mut expected_found) =
            (Vec::new(), Vec::new(), Vec::new());
        for (id, airspace) in (0..).map(AirspaceId).zip(&airspaces) {
            let alone = Airspaces::build(vec![airspace.clone()]).unwrap();
            if inside(&alone, middle) {
                expected_hits.push(id);
            }
            let distance_m = alone.distance_m(ONLY, middle).unwrap();
            if distance_m <= 50_000.0 {
                expected_near.push((id, distance_m));
            }
            expected_found.extend(alone.entry(ONLY, &motion, 600.0, &mut scratch).map(|crossing| {
                intent::airspace::Crossing { airspace: id, ..crossing }
            }));
        }
        prop_assert_eq!(hits.iter().map(|hit| hit.airspace).collect::<Vec<_>>(), expected_hits);
        prop_assert_eq!(near, expected_near);
        prop_assert_eq!(found, expected_found);
    }
}

#[test]
fn an_airspace_that_becomes_active_round_a_flight_is_entered_then() {
    let middle = Geodetic::from_degrees(42.0, 74.0, 0.0).unwrap();
    let geometry = Geometry::Circle { centre: middle, radius_m: 50_000.0 };
    let from: Time = "2026-12-01T08:00:00Z".parse().unwrap();
    let until = from.plus_seconds(60.0);
    let airspace = Airspace {
        activation: Activation::Periods(vec![Period { from: Some(from), until: Some(until) }]),
        ..Airspace::new("R", Kind::Restricted, Limits::ALL, geometry)
    };
    let airspaces = Airspaces::build(vec![airspace]).unwrap();
    let motion = Motion {
        position: middle,
        heights: Heights::default(),
        velocity: Enu { east: 0.0, north: 0.0, up: 0.0 },
        at: from.plus_seconds(-30.0),
    };
    let mut scratch = Scratch::default();
    let entry = airspaces.entry(ONLY, &motion, 120.0, &mut scratch).unwrap();
    assert_eq!((entry.after_s, entry.surely_after_s), (30.0, Some(30.0)));
    let later = Motion { at: from, ..motion };
    assert_eq!(airspaces.entry(ONLY, &later, 120.0, &mut scratch).unwrap().after_s, 0.0);
    assert_eq!(airspaces.exit(ONLY, &later, 120.0, &mut scratch).unwrap().after_s, 60.0);
    assert_eq!(airspaces.entry(ONLY, &motion, 20.0, &mut scratch), None);
}

#[test]
fn what_cannot_be_judged_is_possible_first_and_certain_later() {
    let middle = Geodetic::from_degrees(42.0, 74.0, 0.0).unwrap();
    let geometry = Geometry::Circle { centre: middle, radius_m: 50_000.0 };
    let limits = Limits { lower: Limit::FlightLevel(3_000.0), upper: Limit::Unlimited };
    let airspaces = one(geometry, limits);
    let heights =
        Heights { geometric_m: Some(0.0), undulation_m: Some(-40.0), ..Heights::default() };
    let climbing = Motion {
        position: middle,
        heights,
        velocity: Enu { east: 0.0, north: 0.0, up: 10.0 },
        at: Time::EPOCH,
    };
    let entry = airspaces.entry(ONLY, &climbing, 900.0, &mut Scratch::default()).unwrap();
    // 3,000 m on the standard atmosphere may be some 1,000 m from 3,000 m over the sea.
    assert!((100.0..300.0).contains(&entry.after_s), "{}", entry.after_s);
    let surely_s = entry.surely_after_s.unwrap();
    assert!((310.0..600.0).contains(&surely_s), "{surely_s}");
}
