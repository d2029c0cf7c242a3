//! The rule on minimum safe altitude over made ground.

mod support;

use alert::rules::terrain::{Inhibited, SafetyMap, TerrainConfig, TerrainRule};
use alert::rules::{Ground, Highest, Qnh, QnhTable, Surroundings};
use alert::{AerodromeFact, Fact, Firing, PlanFact, Rule, Scene, Severity, Subject, Value};
use geodesy::Geodetic;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_FPM};
use proptest::prelude::*;
use support::{Flight, Stage, away, degrees, noon, track};
use surveillance::{Mode3A, Track};

/// Flat at 0 m, but for a ridge 20 km wide along a meridian; known between two others.
struct Ridge {
    from_m: f64,
    top_m: f64,
}

fn foot() -> Geodetic {
    degrees(42.0, 74.0)
}

impl Ridge {
    fn east_m(at: Geodetic) -> f64 {
        (at.longitude_deg() - 74.0) * 111_320.0 * 42.0_f64.to_radians().cos()
    }
}

impl Ground for Ridge {
    fn height_m(&self, at: Geodetic) -> Option<f64> {
        let east_m = Self::east_m(at);
        let on = (self.from_m..self.from_m + 20_000.0).contains(&east_m);
        (east_m < 100_000.0).then_some(if on { self.top_m } else { 0.0 })
    }

    fn highest_within(&self, at: Geodetic, radius_m: f64) -> Highest {
        let places =
            [-radius_m, 0.0, radius_m].map(|metres| away(at, metres / METRES_PER_NM, 90.0));
        let heights = places.map(|place| self.height_m(place));
        let on = Self::east_m(at) + radius_m >= self.from_m
            && Self::east_m(at) - radius_m < self.from_m + 20_000.0;
        let highest = heights.iter().flatten().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        let highest = if on { highest.max(self.top_m) } else { highest };
        Highest {
            height_m: highest.is_finite().then_some(highest),
            whole: heights.iter().all(Option::is_some),
        }
    }

    fn undulation_m(&self, _at: Geodetic) -> Option<f64> {
        Some(-40.0)
    }
}

const RIDGE: Ridge = Ridge { from_m: 6_000.0, top_m: 2_000.0 };

/// East at 240 kt from the foot.
fn east(level_ft: f64, climb_fpm: f64) -> Track {
    let flight = Flight {
        number: 3,
        at: foot(),
        course_deg: 90.0,
        speed_kt: 240.0,
        level_ft: Some(level_ft),
        climb_fpm,
    };
    track(flight, noon())
}

fn standard() -> QnhTable {
    let until = noon().plus_seconds(3_600.0);
    QnhTable(vec![Qnh { centre: foot(), radius_m: 200_000.0, hpa: 1013.25, until }])
}

fn with(track: Track, qnh: &QnhTable, config: TerrainConfig) -> (Vec<Firing>, TerrainRule) {
    let mut rule = TerrainRule::new(config);
    let stage = Stage::new([track], noon());
    let around = Surroundings { ground: &RIDGE, qnh };
    let firings = stage.fires(|s| s, |scene, firings| rule.evaluate(scene, &around, firings));
    (firings, rule)
}

fn once(track: Track) -> Vec<Firing> {
    with(track, &standard(), TerrainConfig::default()).0
}

fn fact<'a>(firing: &'a Firing, name: &str) -> &'a Fact {
    firing.facts.iter().find(|fact| fact.name == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn level_flight_into_rising_ground_is_told_before() {
    // 6,500 ft is 1,981 m: below the ridge, 6 km ahead at 123 m/s; the way's width counts.
    let firings = once(east(6_500.0, 0.0));
    let [firing] = firings.as_slice() else { panic!("{firings:?}") };
    assert_eq!((firing.key.rule, firing.severity), (Rule::MinimumSafeAltitude, Severity::Caution));
    let left_s = firing.predicted.unwrap().seconds_since(noon());
    let truth_s = (6_000.0 - 0.5 * METRES_PER_NM) / (240.0 * METRES_PER_NM / 3_600.0);
    assert!((0.0..8.0).contains(&(left_s - truth_s)), "{left_s} {truth_s}");
    assert_eq!(fact(firing, "highest ground around").value, Value::HeightM(2_000.0));
}

#[test]
fn above_it_by_the_margin_there_is_nothing() {
    // 2,000 m and 300 ft, and an altimeter's 15 m.
    assert_eq!(once(east((2_000.0 + 110.0) / METRES_PER_FOOT, 0.0)), []);
    assert_eq!(once(east((2_000.0 + 70.0) / METRES_PER_FOOT, 0.0)).len(), 1);
}

#[test]
fn a_descent_to_the_ground_is_told_and_a_clearance_above_it_is_believed() {
    let low = Track { position: away(foot(), 20.0, 270.0), ..east(1_000.0, -2_000.0) };
    let firings = once(low.clone());
    assert!(firings[0].predicted.is_some());
    let plan = PlanFact {
        plan: 1,
        route: &[],
        cleared_level_m: Some(900.0 * METRES_PER_FOOT),
        code: None,
        callsign: None,
    };
    let stage = Stage::new([low], noon());
    let (qnh, mut rule) = (standard(), TerrainRule::new(TerrainConfig::default()));
    let around = Surroundings { ground: &RIDGE, qnh: &qnh };
    let know = |subject| Subject { plan: Some(plan), ..subject };
    let firings = stage.fires(know, |scene, firings| rule.evaluate(scene, &around, firings));
    assert_eq!(firings, []);
}

#[test]
fn a_climb_that_clears_the_ridge_is_nothing() {
    assert_eq!(once(east(6_500.0, 0.0)).len(), 1);
    assert_eq!(once(east(6_500.0, 1_500.0)), []);
}

#[test]
fn without_a_qnh_what_may_be_too_low_is_told_as_uncertain() {
    let near = east((2_000.0 + 150.0) / METRES_PER_FOOT, 0.0);
    assert_eq!(once(near.clone()), []);
    let (firings, _) = with(near, &QnhTable::default(), TerrainConfig::default());
    assert_eq!(firings[0].severity, Severity::Advisory);
    let source = Value::Name("pressure altitude, QNH not known".to_owned());
    assert_eq!(fact(&firings[0], "height from").value, source);
}

#[test]
fn a_low_qnh_brings_a_flight_nearer_to_the_ground() {
    let track = east((2_000.0 + 150.0) / METRES_PER_FOOT, 0.0);
    let until = noon().plus_seconds(60.0);
    let low = Qnh { centre: foot(), radius_m: 200_000.0, hpa: 993.25, until };
    let (firings, _) = with(track.clone(), &QnhTable(vec![low]), TerrainConfig::default());
    assert_eq!(firings.len(), 1);
    let old = QnhTable(vec![Qnh { until: noon(), ..low }]);
    let (firings, _) = with(track, &old, TerrainConfig::default());
    assert_eq!(firings[0].severity, Severity::Advisory, "an old QNH is none");
}

#[test]
fn a_measured_height_counts_before_the_pressure_altitude() {
    let mut track = east(30_000.0, 0.0);
    track.height_sd_m = Some(10.0);
    // 1,980 m over the sea, as the geoid is 40 m under the ellipsoid.
    track.position.height_m = 1_940.0;
    let firings = once(track);
    assert_eq!(fact(&firings[0], "height from").value, Value::Name("measured".to_owned()));
}

#[test]
fn visual_flights_and_those_on_the_ground_are_counted_and_left_alone() {
    let mut visual = east(6_500.0, 0.0);
    visual.codes.mode_3a = Some(Mode3A::new(0o7000));
    let (firings, rule) = with(visual, &standard(), TerrainConfig::default());
    assert_eq!((firings.len(), rule.counts().visual), (0, 1));
    let ground = Track { on_ground: true, ..east(0.0, 0.0) };
    let (firings, rule) = with(ground, &standard(), TerrainConfig::default());
    assert_eq!((firings.len(), rule.counts().on_ground), (0, 1));
}

#[test]
fn ground_that_is_not_known_gives_no_answer_and_is_counted() {
    let beyond = Track { position: away(foot(), 60.0, 90.0), ..east(3_000.0, 0.0) };
    let (firings, rule) = with(beyond, &standard(), TerrainConfig::default());
    let counts = rule.counts();
    assert_eq!((firings.len(), counts.ground_unknown, counts.tracks), (0, 1, 0));
}

/// An ILS on 090° to a threshold at the foot.
fn approach() -> Inhibited {
    Inhibited::Approach {
        threshold: foot(),
        threshold_m: 0.0,
        course_rad: 90_f64.to_radians(),
        length_m: 10.0 * METRES_PER_NM,
        half_width_m: 300.0,
        half_angle_rad: 5_f64.to_radians(),
        lower_edge_rad: 2_f64.to_radians(),
    }
}

#[test]
fn on_the_glide_path_it_is_silent_and_below_it_not() {
    let config = || TerrainConfig {
        inhibited: vec![approach()],
        aerodrome_radius_m: 0.0,
        ..TerrainConfig::default()
    };
    let final_approach = |above_m: f64| Track {
        position: away(foot(), 2.0, 270.0),
        vertical_rate_mps: Some(-700.0 * MPS_PER_FPM),
        ..Track { pressure_altitude_m: Some(above_m), ..east(1_000.0, 0.0) }
    };
    // 2 NM out a 3° path is 194 m up and the lower edge 129 m.
    let slow = |mut track: Track| {
        track.velocity.east = 70.0;
        track.velocity.north = 0.0;
        track
    };
    let (firings, rule) = with(slow(final_approach(194.0)), &standard(), config());
    assert_eq!((firings.len(), rule.counts().inhibited), (0, 1));
    let (firings, _) = with(slow(final_approach(100.0)), &standard(), config());
    assert_eq!(firings.len(), 1);
    let mut away_from_it = slow(final_approach(194.0));
    away_from_it.velocity.east = -70.0;
    assert_eq!(with(away_from_it, &standard(), config()).0.len(), 1, "the other way");
}

#[test]
fn around_an_aerodrome_of_the_scene_it_is_silent() {
    let near = Track { position: away(foot(), 1.0, 0.0), ..east(400.0, 0.0) };
    let near = Track { velocity: geodesy::Enu { east: 30.0, north: 0.0, up: 0.0 }, ..near };
    assert_eq!(once(near.clone()).len(), 1);
    let stage = Stage::new([near], noon());
    let subjects = stage.subjects();
    let aerodromes = [AerodromeFact { position: foot().at_height(-40.0) }];
    let scene = Scene { aerodromes: &aerodromes, ..stage.scene(&subjects) };
    let (qnh, mut rule) = (standard(), TerrainRule::new(TerrainConfig::default()));
    let mut firings = alert::Firings::new();
    rule.evaluate(&scene, &Surroundings { ground: &RIDGE, qnh: &qnh }, &mut firings);
    assert_eq!(firings.len(), 0);
}

#[test]
fn an_alert_ends_only_beyond_a_wider_margin() {
    let (qnh, mut rule) = (standard(), TerrainRule::new(TerrainConfig::default()));
    let mut fires = |level_ft: f64| {
        let level = Track { position: away(foot(), 20.0, 270.0), ..east(level_ft, 0.0) };
        let stage = Stage::new([level], noon());
        let around = Surroundings { ground: &RIDGE, qnh: &qnh };
        stage.fires(|s| s, |scene, firings| rule.evaluate(scene, &around, firings)).len()
    };
    // 500 ft over flat ground, and 49 ft of the altimeter.
    assert_eq!(fires(580.0), 0);
    assert_eq!(fires(400.0), 1);
    assert_eq!(fires(580.0), 1);
    assert_eq!(fires(700.0), 0);
    assert_eq!(fires(580.0), 0);
}

/// Hills of a map made up, so that the rule and samples see the same ground.
fn hills() -> SafetyMap {
    let mut map = SafetyMap::new(degrees(41.0, 73.0), 0.02, 100, 100).expect("on Earth");
    for row in 0..100 {
        for column in 0..100 {
            let at = degrees(41.01 + 0.02 * f64::from(row), 73.01 + 0.02 * f64::from(column));
            map.raise(at, f64::from((row * 13 + column * 29) % 3_000));
        }
    }
    map.settle();
    map
}

proptest! {
    #[test]
    fn a_certain_alert_is_one_that_dense_samples_of_the_ground_find(
        course_deg in 0.0..360.0, level_m in 300.0..4_000.0, climb in -2_000.0..2_000.0_f64,
    ) {
        let climb_fpm = if climb.abs() < 400.0 { 0.0 } else { climb };
        let mut flying = east(level_m / METRES_PER_FOOT, climb_fpm);
        let speed_mps = flying.velocity.east;
        let (sin, cos) = f64::to_radians(course_deg).sin_cos();
        (flying.velocity.east, flying.velocity.north) = (speed_mps * sin, speed_mps * cos);
        let (ground, qnh) = (hills(), standard());
        // Followed all the way, as the samples do.
        let config = TerrainConfig { descent_s: 60.0, ..TerrainConfig::default() };
        let stage = Stage::new([flying], noon());
        let mut rule = TerrainRule::new(config.clone());
        let around = Surroundings { ground: &ground, qnh: &qnh };
        let told = !stage.fires(|s| s, |scene, firings| rule.evaluate(scene, &around, firings)).is_empty();
        // Points on its way and to both sides of it, each fifth of a second.
        let low = |slack_m: f64, margin_m: f64| (0..=300).map(|step| f64::from(step) * 0.2).any(|t| {
            let at = away(foot(), speed_mps * t / METRES_PER_NM, course_deg);
            let height_m = level_m + climb_fpm * MPS_PER_FPM * t;
            [-1.0, -0.5, 0.0, 0.5, 1.0].iter().any(|side| {
                let aside = away(at, side * (0.5 + slack_m / METRES_PER_NM), course_deg + 90.0);
                ground.height_m(aside).is_some_and(|ground_m| height_m - ground_m < margin_m)
            })
        });
        // The narrower margin, half the width: surely told.
        prop_assert!(told || !low(-0.25 * METRES_PER_NM, config.margin_ahead_m - 20.0));
        // The wider one and a cell to each side: else surely not.
        let about = (-8..=8_i32).any(|beside| (-20..=200_i32).any(|step| {
            let along_m = f64::from(step) / 180.0 * 60.0 * speed_mps;
            let at = away(foot(), along_m / METRES_PER_NM, course_deg);
            let at = away(at, f64::from(beside) * 500.0 / METRES_PER_NM, course_deg + 90.0);
            let t = (along_m / speed_mps).clamp(0.0, 60.0);
            let height_m = level_m + climb_fpm * MPS_PER_FPM * t;
            let ground_m = ground.height_m(at);
            ground_m.is_some_and(|ground_m| height_m - ground_m < config.margin_now_m + 20.0)
        }));
        prop_assert!(!told || about);
    }
}
