//! The conflict rule on encounters made by hand, and against a model that samples time and tries
//! all pairs along geodesics of the ellipsoid.

mod support;

use alert::rules::conflict::{
    ConflictConfig, ConflictRule, Kinds, Suppressed, Suppression, Volume,
};
use alert::{Fact, Firing, PlanFact, Rule, Severity, Subject, Value};
use geodesy::Geodetic;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use proptest::prelude::*;
use std::collections::BTreeSet;
use support::{Flight, Stage, away, degrees, noon, track};
use surveillance::{Address, Mode3A, Time, Track, TrackNumber};

/// One look is enough, so that one evaluation tells.
fn at_once() -> ConflictConfig {
    ConflictConfig { looks_on: 1, ..ConflictConfig::default() }
}

fn fly(number: u32, at: Geodetic, course_deg: f64, level_ft: f64) -> Flight {
    Flight { number, at, course_deg, speed_kt: 450.0, level_ft: Some(level_ft), climb_fpm: 0.0 }
}

fn evaluate(rule: &mut ConflictRule, tracks: &[Track], now: Time) -> Vec<Firing> {
    let stage = Stage::new(tracks.iter().cloned(), now);
    stage.fires(|subject| subject, |scene, firings| rule.evaluate(scene, firings))
}

fn once(flights: &[Flight]) -> Vec<Firing> {
    let tracks: Vec<_> = flights.iter().map(|flight| track(*flight, noon())).collect();
    evaluate(&mut ConflictRule::new(at_once()), &tracks, noon())
}

fn fact<'a>(firing: &'a Firing, name: &str) -> &'a Fact {
    firing.facts.iter().find(|fact| fact.name == name).unwrap_or_else(|| panic!("no {name}"))
}

/// Two at FL350 head-on, `apart_nm` from each other.
fn head_on(centre: Geodetic, apart_nm: f64) -> [Flight; 2] {
    let west = away(centre, apart_nm / 2.0, 270.0);
    let east = away(centre, apart_nm / 2.0, 90.0);
    // At a pole east is not where it was a mile ago: each flies at the other.
    let at = |from: Geodetic, to| from.geodesic_to(to).bearing_rad.to_degrees();
    [fly(1, west, at(west, east), 35_000.0), fly(2, east, at(east, west), 35_000.0)]
}

#[test]
fn two_head_on_at_one_level_are_told_with_the_time_left() {
    let firings = once(&head_on(degrees(42.0, 74.0), 20.0));
    let [firing] = firings.as_slice() else { panic!("{firings:?}") };
    assert_eq!(firing.key.rule, Rule::Conflict);
    assert_eq!(firing.key.tracks, [Some(TrackNumber(1)), Some(TrackNumber(2))]);
    assert_eq!(firing.severity, Severity::Caution);
    // 900 kt of closing over 20 − 4.1 NM.
    let left_s = firing.predicted.unwrap().seconds_since(noon());
    assert!((left_s - 63.6).abs() < 0.1, "{left_s}");
    let Value::DistanceM(closest_m) = fact(firing, "lateral distance at closest approach").value
    else {
        panic!("a distance")
    };
    assert!(closest_m < 20.0, "{closest_m}");
    assert_eq!(
        fact(firing, "vertical distance").limit,
        Some(Value::HeightM(600.0 * METRES_PER_FOOT))
    );
}

#[test]
fn the_antimeridian_and_the_pole_are_places_like_any_other() {
    for centre in [degrees(0.0, 180.0), degrees(65.0, -179.95), degrees(89.95, 10.0)] {
        assert_eq!(once(&head_on(centre, 20.0)).len(), 1, "{centre:?}");
    }
}

#[test]
fn a_thousand_feet_apart_is_separated() {
    let mut pair = head_on(degrees(42.0, 74.0), 20.0);
    pair[1].level_ft = Some(36_000.0);
    assert_eq!(once(&pair), []);
}

#[test]
fn above_fl410_a_thousand_feet_is_not() {
    let mut pair = head_on(degrees(42.0, 74.0), 20.0);
    pair[0].level_ft = Some(43_000.0);
    pair[1].level_ft = Some(44_000.0);
    assert_eq!(once(&pair).len(), 1);
}

#[test]
fn one_that_climbs_to_the_level_below_is_not_told_but_is_if_it_is_cleared_through() {
    let mut pair = head_on(degrees(42.0, 74.0), 20.0);
    pair[1] = Flight { level_ft: Some(33_200.0), climb_fpm: 1_500.0, ..pair[1] };
    assert_eq!(once(&pair), []);
    let tracks = pair.map(|flight| track(flight, noon()));
    let plan = PlanFact {
        plan: 1,
        route: &[],
        cleared_level_m: Some(37_000.0 * METRES_PER_FOOT),
        code: None,
        callsign: None,
    };
    let stage = Stage::new(tracks, noon());
    let firings = stage.fires(
        |subject| Subject { plan: (subject.number().0 == 2).then_some(plan), ..subject },
        |scene, firings| ConflictRule::new(at_once()).evaluate(scene, firings),
    );
    assert_eq!(firings.len(), 1);
}

#[test]
fn the_level_that_a_crew_selected_ends_a_climb_or_begins_a_conflict_and_is_called_so() {
    let fires = |pair: [Flight; 2], selected_ft: f64| {
        let stage = Stage::new(pair.map(|flight| track(flight, noon())), noon());
        stage.fires(
            |subject| Subject {
                selected_level_m: (subject.number().0 == 2)
                    .then_some(selected_ft * METRES_PER_FOOT),
                ..subject
            },
            |scene, firings| ConflictRule::new(at_once()).evaluate(scene, firings),
        )
    };
    // Climbs through the other's level, unless it is set to level off below.
    let mut pair = head_on(degrees(42.0, 74.0), 20.0);
    pair[1] = Flight { level_ft: Some(33_200.0), climb_fpm: 1_500.0, ..pair[1] };
    assert_eq!(fires(pair, 37_000.0).len(), 1);
    assert_eq!(fires(pair, 34_000.0), []);
    // It would be through before they meet; where it levels off they meet.
    let mut pair = head_on(degrees(42.0, 74.0), 20.0);
    pair[1] = Flight { level_ft: Some(31_000.0), climb_fpm: 6_000.0, ..pair[1] };
    assert_eq!(fires(pair, 40_000.0), []);
    let firings = fires(pair, 35_000.0);
    let expected = Value::Name("at the level that its crew selected".to_owned());
    assert_eq!(fact(&firings[0], "comes about").value, expected);
}

#[test]
fn what_one_that_is_level_selected_says_nothing_of_where_the_other_levels_off() {
    // Through the other's level before they meet; at its next level it would meet it.
    let mut pair = head_on(degrees(42.0, 74.0), 20.0);
    pair[1] = Flight { level_ft: Some(34_100.0), climb_fpm: 6_000.0, ..pair[1] };
    let stage = Stage::new(pair.map(|flight| track(flight, noon())), noon());
    let fires = |own_ft: Option<f64>, others_ft: Option<f64>| {
        let selected = |subject: &Subject<'_>| match subject.number().0 {
            1 => own_ft,
            _ => others_ft,
        };
        let know = |subject: Subject<'_>| selected(&subject).map(|feet| feet * METRES_PER_FOOT);
        stage.fires(
            |subject| Subject { selected_level_m: know(subject), ..subject },
            |scene, firings| ConflictRule::new(at_once()).evaluate(scene, firings),
        )
    };
    assert_eq!(fires(None, None), []);
    assert_eq!(fires(Some(35_000.0), None), [], "a guess of the other makes no conflict");
    // A level behind it says nothing either, one ahead does.
    assert_eq!(fires(Some(35_000.0), Some(31_000.0)), []);
    assert_eq!(fires(Some(35_000.0), Some(35_000.0)).len(), 1);
}

#[test]
fn one_that_passes_its_last_level_is_told_at_once() {
    let mut pair = head_on(degrees(42.0, 74.0), 20.0);
    pair[1] = Flight { level_ft: Some(34_200.0), climb_fpm: 1_000.0, ..pair[1] };
    let firings = once(&pair);
    assert_eq!(firings.len(), 1);
    assert_eq!(fact(&firings[0], "comes about").value, Value::Name("level off or not".to_owned()));
}

#[test]
fn too_near_now_is_a_warning_and_drawing_apart_a_caution() {
    let centre = degrees(42.0, 74.0);
    let near = [fly(1, centre, 0.0, 35_000.0), fly(2, away(centre, 3.0, 90.0), 0.0, 35_300.0)];
    let firings = once(&near);
    assert_eq!(firings[0].severity, Severity::Warning);
    assert_eq!(firings[0].predicted, None);
    let parting =
        [fly(1, centre, 270.0, 35_000.0), fly(2, away(centre, 3.0, 90.0), 90.0, 35_000.0)];
    assert_eq!(once(&parting)[0].severity, Severity::Caution);
}

#[test]
fn parallel_at_five_miles_is_separated() {
    let centre = degrees(42.0, 74.0);
    assert_eq!(
        once(&[fly(1, centre, 0.0, 35_000.0), fly(2, away(centre, 5.0, 90.0), 0.0, 35_000.0)]),
        []
    );
}

#[test]
fn what_stands_or_tells_no_height_is_counted_and_not_looked_at() {
    let pair = head_on(degrees(42.0, 74.0), 20.0);
    let mut tracks = pair.map(|flight| track(flight, noon()));
    tracks[0].on_ground = true;
    tracks[1].pressure_altitude_m = None;
    let mut rule = ConflictRule::new(at_once());
    assert_eq!(evaluate(&mut rule, &tracks, noon()), []);
    let counts = rule.counts();
    assert_eq!((counts.on_ground, counts.height_unknown, counts.tracks), (1, 1, 0));
}

#[test]
fn a_measured_height_serves_where_neither_tells_a_level() {
    let mut tracks = head_on(degrees(42.0, 74.0), 20.0).map(|flight| track(flight, noon()));
    for track in &mut tracks {
        track.pressure_altitude_m = None;
        track.height_sd_m = Some(30.0);
    }
    assert_eq!(evaluate(&mut ConflictRule::new(at_once()), &tracks, noon()).len(), 1);
    tracks[0].pressure_altitude_m = Some(tracks[0].position.height_m);
    tracks[0].height_sd_m = None;
    let mut rule = ConflictRule::new(at_once());
    assert_eq!(evaluate(&mut rule, &tracks, noon()), []);
    assert_eq!(rule.counts().heights_differ, 1);
}

#[test]
fn a_track_that_coasts_is_not_looked_ahead_with() {
    let mut tracks = head_on(degrees(42.0, 74.0), 20.0).map(|flight| track(flight, noon()));
    tracks[0].last = noon().plus_seconds(-20.0);
    let mut rule = ConflictRule::new(at_once());
    assert_eq!(evaluate(&mut rule, &tracks, noon()), []);
    assert_eq!(rule.counts().without_prediction, 1);
}

#[test]
fn a_prediction_waits_for_a_third_look_and_what_is_imminent_does_not() {
    let mut rule = ConflictRule::new(ConflictConfig::default());
    let tracks = |apart_nm, now| head_on(degrees(42.0, 74.0), apart_nm).map(|f| track(f, now));
    let later = noon().plus_seconds(1.0);
    let first = tracks(20.0, noon());
    assert_eq!(evaluate(&mut rule, &first, noon()), []);
    // The same look again is no second one.
    assert_eq!(evaluate(&mut rule, &first, later), []);
    assert_eq!(evaluate(&mut rule, &tracks(19.75, later), later), []);
    let third = later.plus_seconds(1.0);
    assert_eq!(evaluate(&mut rule, &tracks(19.5, third), third).len(), 1);
    let imminent = tracks(10.0, noon());
    assert_eq!(
        evaluate(&mut ConflictRule::new(ConflictConfig::default()), &imminent, noon()).len(),
        1
    );
}

#[test]
fn an_alert_ends_beyond_wider_thresholds_and_after_two_looks() {
    let centre = degrees(42.0, 74.0);
    let mut rule = ConflictRule::new(ConflictConfig::default());
    let mut now = noon();
    let mut at = |apart_nm: f64, rule: &mut ConflictRule| {
        now = now.plus_seconds(4.0);
        let pair =
            [fly(1, centre, 0.0, 35_000.0), fly(2, away(centre, apart_nm, 90.0), 0.0, 35_000.0)];
        evaluate(rule, &pair.map(|flight| track(flight, now)), now).len()
    };
    assert_eq!(at(4.0, &mut rule), 1);
    assert_eq!(at(4.5, &mut rule), 1, "within 4.1 NM × 1.15");
    assert_eq!(at(4.9, &mut rule), 1, "one look outside");
    assert_eq!(at(4.9, &mut rule), 0, "two looks outside");
    assert_eq!(at(4.5, &mut rule), 0, "4.5 NM begins none");
}

#[test]
fn a_prediction_that_is_not_made_anew_stays_at_its_time() {
    let mut rule = ConflictRule::new(at_once());
    let pair = head_on(degrees(42.0, 74.0), 20.0);
    let tracks: Vec<_> = pair.iter().map(|flight| track(*flight, noon())).collect();
    let first = evaluate(&mut rule, &tracks, noon())[0].predicted;
    // One climbs away: until there are two looks at that the alert stays as it was.
    let gone = [pair[0], Flight { level_ft: Some(40_000.0), ..pair[1] }];
    for second in 1..4 {
        let now = noon().plus_seconds(f64::from(second));
        let tracks = gone.map(|flight| Track { last: noon(), ..track(flight, now) });
        let firings = evaluate(&mut rule, &tracks, now);
        assert_eq!(firings[0].predicted, first, "second {second}");
        let left_s = first.expect("it is ahead").seconds_since(now);
        assert_eq!(fact(&firings[0], "time to violation").value, Value::SpanS(left_s));
    }
}

#[test]
fn two_that_were_together_from_the_first_are_a_formation_until_they_part() {
    let centre = degrees(42.0, 74.0);
    let mut rule = ConflictRule::new(at_once());
    let mut now = noon();
    let first = noon().plus_seconds(-15.0);
    let mut at = |apart_nm: f64, rule: &mut ConflictRule| {
        now = now.plus_seconds(4.0);
        let pair =
            [fly(1, centre, 0.0, 20_000.0), fly(2, away(centre, apart_nm, 90.0), 0.0, 20_000.0)];
        let tracks = pair.map(|flight| Track { first, ..track(flight, now) });
        evaluate(rule, &tracks, now).len()
    };
    assert_eq!(at(0.2, &mut rule), 0);
    let tracks = [TrackNumber(1), TrackNumber(2)];
    assert_eq!(rule.suppressed(), [Suppressed { tracks, why: Suppression::Formation }]);
    assert_eq!(at(0.8, &mut rule), 0);
    assert_eq!(at(2.0, &mut rule), 1, "they parted");
    assert_eq!(at(0.2, &mut rule), 1, "and are none again");
}

#[test]
fn two_old_tracks_that_come_near_are_no_formation() {
    let centre = degrees(42.0, 74.0);
    assert_eq!(
        once(&[fly(1, centre, 0.0, 20_000.0), fly(2, away(centre, 0.2, 90.0), 0.0, 20_000.0)])
            .len(),
        1
    );
}

#[test]
fn two_tracks_of_one_address_at_one_place_are_one_target() {
    let centre = degrees(42.0, 74.0);
    let pair = [fly(1, centre, 0.0, 20_000.0), fly(2, away(centre, 0.2, 90.0), 0.0, 20_000.0)];
    let mut tracks = pair.map(|flight| track(flight, noon()));
    for track in &mut tracks {
        track.codes.address = Some(Address::icao(0x60_1234));
    }
    let mut rule = ConflictRule::new(at_once());
    assert_eq!(evaluate(&mut rule, &tracks, noon()), []);
    assert_eq!(rule.suppressed()[0].why, Suppression::SameTarget);
}

#[test]
fn a_site_may_leave_two_military_or_two_visual_flights_alone_and_says_so() {
    let mut tracks = head_on(degrees(42.0, 74.0), 20.0).map(|flight| track(flight, noon()));
    for track in &mut tracks {
        track.codes.mode_3a = Some(Mode3A::new(0o7000));
    }
    let check = |config, why| {
        let mut rule = ConflictRule::new(config);
        assert_eq!(evaluate(&mut rule, &tracks, noon()), []);
        assert_eq!((rule.suppressed()[0].why, rule.counts().suppressed), (why, 1));
    };
    check(
        ConflictConfig { visual_codes: vec![Mode3A::new(0o7000)], ..at_once() },
        Suppression::Visual,
    );
    let kinds = Kinds {
        military: vec![(Mode3A::new(0o7000), Mode3A::new(0o7077))],
        military_military: false,
        ..at_once().kinds
    };
    check(ConflictConfig { kinds, ..at_once() }, Suppression::Kinds);
}

#[test]
fn a_volume_without_thresholds_is_inhibited_and_counted() {
    let mut config = at_once();
    let whole = config.volumes[1].clone();
    config.volumes.insert(0, Volume { thresholds: None, ceiling_m: f64::INFINITY, ..whole });
    let tracks = head_on(degrees(42.0, 74.0), 20.0).map(|flight| track(flight, noon()));
    let mut rule = ConflictRule::new(config);
    assert_eq!(evaluate(&mut rule, &tracks, noon()), []);
    assert_eq!(rule.counts().inhibited, 2);
}

/// Between what must be told and what must not: the two distances differ on a curved Earth, and
/// time is sampled.
const DOUBT_M: f64 = 60.0;
const STEP_S: f64 = 0.5;

/// The least distance across, of the sampled instants at which the heights are nearer than
/// `vertical_m`.
fn least_m(a: &Flight, b: &Flight, vertical_m: f64) -> f64 {
    let height_m = |flight: &Flight, t: f64| {
        (flight.level_ft.expect("a level") + flight.climb_fpm * t / 60.0) * METRES_PER_FOOT
    };
    let place =
        |flight: &Flight, t: f64| away(flight.at, flight.speed_kt * t / 3_600.0, flight.course_deg);
    (0..=(120.0 / STEP_S) as u32)
        .map(|step| f64::from(step) * STEP_S)
        .filter(|t| (height_m(a, *t) - height_m(b, *t)).abs() < vertical_m)
        .map(|t| place(a, t).geodesic_to(place(b, t)).distance_m)
        .fold(f64::INFINITY, f64::min)
}

fn traffic() -> impl Strategy<Value = Vec<Flight>> {
    let centre = prop_oneof![
        Just(degrees(42.0, 74.0)),
        Just(degrees(-10.0, 180.0)),
        Just(degrees(89.9, 0.0)),
        Just(degrees(-89.99, 77.0)),
    ];
    let one =
        (0.0..60.0, 0.0..360.0, 0.0..360.0, 60.0..600.0, 10_000.0..16_000.0, -3_000.0..3_000.0);
    (centre, prop::collection::vec(one, 2..14)).prop_map(|(centre, all)| {
        all.into_iter()
            .zip(1..)
            .map(|((out_nm, towards, course_deg, speed_kt, level_ft, climb), number)| {
                // Under the rate that counts as level, it is level.
                let climb_fpm = if f64::abs(climb) < 400.0 { 0.0 } else { climb };
                let at = away(centre, out_nm, towards);
                Flight { number, at, course_deg, speed_kt, level_ft: Some(level_ft), climb_fpm }
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn what_is_told_is_what_all_pairs_sampled_along_geodesics_say(flights in traffic()) {
        let mut config = at_once();
        // Told however a climb goes on, as the model does.
        for volume in &mut config.volumes {
            volume.thresholds.as_mut().unwrap().past_level_s = 120.0;
        }
        let limit = config.volumes[1].thresholds.unwrap().predicted;
        let tracks: Vec<_> = flights.iter().map(|flight| track(*flight, noon())).collect();
        let found: BTreeSet<_> = evaluate(&mut ConflictRule::new(config), &tracks, noon())
            .iter()
            .map(|firing| firing.key.tracks.map(|number| number.unwrap().0))
            .collect();
        for (at, a) in flights.iter().enumerate() {
            for b in &flights[at + 1..] {
                let told = found.contains(&[a.number, b.number]);
                // Relative motion within half a step, across and up.
                let slack_m = DOUBT_M + (a.speed_kt + b.speed_kt) * METRES_PER_NM / 3_600.0 * STEP_S / 2.0;
                let slack_up_m = (a.climb_fpm.abs() + b.climb_fpm.abs()) * METRES_PER_FOOT / 60.0 * STEP_S / 2.0;
                let must = least_m(a, b, limit.vertical_m - 0.1) < limit.lateral_m - DOUBT_M;
                let may = least_m(a, b, limit.vertical_m + slack_up_m + 0.1) < limit.lateral_m + slack_m;
                prop_assert!(told || !must, "{a:?} and {b:?} are missed");
                prop_assert!(!told || may, "{a:?} and {b:?} are told in vain");
            }
        }
    }
}
