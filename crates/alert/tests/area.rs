//! Areas and borders: what is told, when, and what covers it.

mod support;

use alert::rules::area::{AreaConfig, AreaRule};
use alert::rules::{NoGround, QnhTable, Surroundings};
use alert::{
    Cause, EndedTrack, Fact, Firing, PlanFact, RoutePoint, Rule, Severity, Subject, Value,
};
use geodesy::Geodetic;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use intent::airspace::{
    Activation, Airspace, Airspaces, Geometry, Kind, Limit, Limits, Period, Permission,
    Subject as Whom,
};
use proptest::prelude::*;
use std::sync::Arc;
use support::{Flight, Stage, away, degrees, noon, track};
use surveillance::{Callsign, EndReason, Time, Track, TrackNumber};

fn centre() -> Geodetic {
    degrees(42.0, 74.0)
}

fn circle(kind: Kind, centre: Geodetic, radius_nm: f64) -> Airspace {
    Airspace {
        name: "TEST-1".to_owned(),
        kind,
        class: None,
        party: Some("KGZ".to_owned()),
        limits: Limits::ALL,
        activation: Activation::Always,
        geometry: Geometry::Circle { centre, radius_m: radius_nm * METRES_PER_NM },
        line: None,
    }
}

/// FL100 to FL200 within 10 NM.
fn restricted() -> Airspace {
    let level = |hundreds: f64| Limit::FlightLevel(hundreds * 100.0 * METRES_PER_FOOT);
    let limits = Limits { lower: level(100.0), upper: level(200.0) };
    Airspace { limits, ..circle(Kind::Restricted, centre(), 10.0) }
}

fn rule(airspaces: Vec<Airspace>) -> AreaRule {
    AreaRule::new(
        AreaConfig::default(),
        Arc::new(Airspaces::build(airspaces).expect("sound airspaces")),
    )
}

/// Flies east at 480 kt, `west_nm` west of the centre.
fn eastbound(west_nm: f64, level_ft: Option<f64>) -> Flight {
    let at = away(centre(), west_nm, 270.0);
    let inward_deg = at.geodesic_to(centre()).bearing_rad.to_degrees();
    let course_deg = if west_nm < 0.0 { inward_deg + 180.0 } else { inward_deg };
    Flight { number: 7, at, course_deg, speed_kt: 480.0, level_ft, climb_fpm: 0.0 }
}

fn look<'a>(
    rule: &mut AreaRule,
    stage: &'a Stage,
    permissions: &[Permission],
    know: impl Fn(Subject<'a>) -> Subject<'a>,
) -> Vec<Firing> {
    let qnh = QnhTable::default();
    let around = Surroundings { ground: &NoGround, qnh: &qnh };
    stage.fires(know, |scene, firings| rule.evaluate(scene, &around, permissions, firings))
}

fn once(airspace: Airspace, flight: Flight) -> Vec<Firing> {
    let stage = Stage::new([track(flight, noon())], noon());
    look(&mut rule(vec![airspace]), &stage, &[], |subject| subject)
}

fn fact<'a>(firing: &'a Firing, name: &str) -> &'a Fact {
    firing.facts.iter().find(|fact| fact.name == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn an_entry_ahead_is_told_with_its_time_and_place() {
    let firings = once(restricted(), eastbound(18.0, Some(15_000.0)));
    let [firing] = firings.as_slice() else { panic!("{firings:?}") };
    assert_eq!(firing.key.rule, Rule::AreaPredicted);
    assert_eq!(firing.key.cause, Cause::Area(0));
    assert_eq!(firing.severity, Severity::Caution);
    // 8 NM to go at 8 NM a minute.
    let left_s = firing.predicted.unwrap().seconds_since(noon());
    assert!((left_s - 60.0).abs() < 0.1, "{left_s}");
    let Value::Place(place) = fact(firing, "place of entry").value else { panic!("a place") };
    let edge_m = place.geodesic_to(centre()).distance_m - 10.0 * METRES_PER_NM;
    assert!(edge_m.abs() < 20.0, "{edge_m}");
}

#[test]
fn inside_is_a_warning_and_above_or_below_is_nothing() {
    let firings = once(restricted(), eastbound(5.0, Some(15_000.0)));
    assert_eq!(
        (firings[0].key.rule, firings[0].severity),
        (Rule::AreaInfringed, Severity::Warning)
    );
    assert_eq!(firings[0].predicted, None);
    assert_eq!(once(restricted(), eastbound(5.0, Some(21_000.0))), []);
    assert_eq!(once(restricted(), eastbound(5.0, Some(9_000.0))), []);
}

#[test]
fn a_climb_into_it_is_an_entry_ahead() {
    let flight = Flight { climb_fpm: 2_000.0, speed_kt: 120.0, ..eastbound(5.0, Some(8_000.0)) };
    let firings = once(restricted(), flight);
    assert_eq!(firings[0].key.rule, Rule::AreaPredicted);
    let left_s = firings[0].predicted.unwrap().seconds_since(noon());
    assert!((left_s - 60.0).abs() < 0.5, "{left_s}");
}

#[test]
fn an_unknown_height_is_told_as_unknown_and_less_severely() {
    let firings = once(restricted(), eastbound(5.0, None));
    assert_eq!(
        (firings[0].key.rule, firings[0].severity),
        (Rule::AreaInfringed, Severity::Advisory)
    );
    assert_eq!(fact(&firings[0], "height").value, Value::Name("not known".to_owned()));
}

#[test]
fn hours_count_and_hours_by_notice_are_told_as_unknown() {
    let hour = |from_s, until_s| {
        let period = Period {
            from: Some(noon().plus_seconds(from_s)),
            until: Some(noon().plus_seconds(until_s)),
        };
        Airspace { activation: Activation::Periods(vec![period]), ..restricted() }
    };
    assert_eq!(once(hour(-600.0, -300.0), eastbound(5.0, Some(15_000.0))), []);
    // It becomes active in half a minute with the flight inside.
    let firings = once(hour(30.0, 600.0), eastbound(5.0, Some(15_000.0)));
    assert_eq!(firings[0].key.rule, Rule::AreaPredicted);
    assert_eq!(firings[0].predicted, Some(noon().plus_seconds(30.0)));
    let by_notice = Airspace { activation: Activation::ByNotice, ..restricted() };
    let firings = once(by_notice, eastbound(5.0, Some(15_000.0)));
    assert_eq!(firings[0].severity, Severity::Advisory);
    assert_eq!(fact(&firings[0], "active").value, Value::Name("not known".to_owned()));
}

#[test]
fn a_permission_covers_it_for_as_long_as_it_lasts() {
    let permission = |until_s: f64| Permission {
        name: "P-1".to_owned(),
        party: "KGZ".to_owned(),
        subject: Whom { callsign: Callsign::new("KZR123"), ..Whom::default() },
        airspaces: vec!["TEST-1".to_owned()],
        period: Period { from: None, until: Some(noon().plus_seconds(until_s)) },
        limits: Limits::ALL,
        line: None,
    };
    let mut flying = track(eastbound(18.0, Some(15_000.0)), noon());
    flying.codes.callsign = Callsign::new("KZR123");
    let stage = Stage::new([flying], noon());
    let told = |until_s| {
        let mut rule = rule(vec![restricted()]);
        let firings = look(&mut rule, &stage, &[permission(until_s)], |subject| subject);
        (firings.len(), rule.counts().permitted)
    };
    assert_eq!(told(600.0), (0, 1));
    assert_eq!(told(30.0), (1, 0), "it ends before the entry at 60 s");
}

#[test]
fn an_infringement_ends_half_a_kilometre_outside() {
    let mut rule = rule(vec![restricted()]);
    let mut now = noon();
    let mut at = |west_nm: f64| {
        now = now.plus_seconds(1.0);
        // Away from it, so that no entry lies ahead.
        let flight = Flight { course_deg: 270.0, ..eastbound(west_nm, Some(15_000.0)) };
        let stage = Stage::new([track(flight, now)], now);
        let firings = look(&mut rule, &stage, &[], |subject| subject);
        firings.iter().map(|firing| firing.severity).collect::<Vec<_>>()
    };
    assert_eq!(at(9.9), [Severity::Warning]);
    assert_eq!(at(10.1), [Severity::Warning]);
    assert_eq!(at(9.9), [Severity::Warning]);
    assert_eq!(at(10.5), []);
    assert_eq!(at(10.1), []);
}

/// What a border tells of a flight that comes over it, minute by minute.
fn over_the_border(
    rule: &mut AreaRule,
    west_nm: &[f64],
    know: impl Fn(Subject<'_>) -> Subject<'_> + Copy,
) -> Vec<Option<(Rule, Severity)>> {
    let minute = |(index, west_nm): (usize, &f64)| {
        let now = noon().plus_seconds(index as f64);
        let stage = Stage::new([track(eastbound(*west_nm, Some(15_000.0)), now)], now);
        let subjects: Vec<_> = stage.subjects().into_iter().map(know).collect();
        let mut firings = alert::Firings::new();
        let qnh = QnhTable::default();
        let around = Surroundings { ground: &NoGround, qnh: &qnh };
        rule.evaluate(&stage.scene(&subjects), &around, &[], &mut firings);
        firings.iter().next().map(|firing| (firing.key.rule, firing.severity))
    };
    west_nm.iter().enumerate().map(minute).collect()
}

fn border() -> Airspace {
    circle(Kind::Territory, centre(), 50.0)
}

#[test]
fn a_border_is_told_ahead_and_then_crossed_until_it_is_left() {
    let told = over_the_border(&mut rule(vec![border()]), &[80.0, 60.0, 49.0, 10.0, -52.0], |s| s);
    assert_eq!(
        told,
        [
            None,
            Some((Rule::BorderPredicted, Severity::Caution)),
            Some((Rule::BorderCrossed, Severity::Warning)),
            Some((Rule::BorderCrossed, Severity::Warning)),
            None,
        ]
    );
}

#[test]
fn who_began_inside_crossed_nothing_and_near_the_edge_perhaps() {
    assert_eq!(over_the_border(&mut rule(vec![border()]), &[20.0, 10.0], |s| s), [None, None]);
    let told = over_the_border(&mut rule(vec![border()]), &[49.0, 47.0], |s| s);
    assert_eq!(told, [Some((Rule::BorderCrossed, Severity::Advisory)); 2]);
}

#[test]
fn a_crossing_outlives_a_restart_of_the_node() {
    let mut rule = rule(vec![border()]);
    let key = alert::AlertKey {
        rule: Rule::BorderCrossed,
        cause: Cause::Area(0),
        tracks: [Some(TrackNumber(7)), None],
    };
    rule.resume([key]);
    let told = over_the_border(&mut rule, &[20.0], |s| s);
    assert_eq!(told, [Some((Rule::BorderCrossed, Severity::Warning))]);
}

#[test]
fn a_take_off_near_the_border_crosses_nothing() {
    let mut rule = rule(vec![border()]);
    let ground = Track { on_ground: true, ..track(eastbound(49.0, Some(2_000.0)), noon()) };
    assert_eq!(look(&mut rule, &Stage::new([ground], noon()), &[], |s| s), []);
    let later = noon().plus_seconds(1.0);
    let air = track(eastbound(49.0, Some(2_000.0)), later);
    assert_eq!(look(&mut rule, &Stage::new([air], later), &[], |s| s), []);
}

#[test]
fn a_plan_through_the_territory_covers_its_border_and_one_elsewhere_is_named() {
    let point = |position| RoutePoint { position, level_m: None, expected: None };
    let through = [point(away(centre(), 300.0, 270.0)), point(away(centre(), 300.0, 80.0))];
    let elsewhere = [point(away(centre(), 300.0, 270.0)), point(away(centre(), 300.0, 200.0))];
    let stage = Stage::new([track(eastbound(60.0, Some(15_000.0)), noon())], noon());
    let with = |route| {
        let plan = PlanFact { plan: 12, route, cleared_level_m: None, code: None, callsign: None };
        let know = move |subject| Subject { plan: Some(plan), ..subject };
        look(&mut rule(vec![border()]), &stage, &[], know)
    };
    assert_eq!(with(&through), []);
    let firings = with(&elsewhere);
    let plan = &fact(&firings[0], "plan").value;
    assert_eq!(*plan, Value::Name("plan 12 does not go there".to_owned()));
    let none = look(&mut rule(vec![border()]), &stage, &[], |subject| subject);
    assert_eq!(fact(&none[0], "plan").value, Value::Name("none matched".to_owned()));
}

const STEP_S: f64 = 0.5;

/// When a flight is first within the restricted area, by samples along its geodesic.
fn first_inside_s(flight: &Flight) -> Option<f64> {
    (0..=(120.0 / STEP_S) as u32).map(|step| f64::from(step) * STEP_S).find(|t| {
        let at = away(flight.at, flight.speed_kt * t / 3_600.0, flight.course_deg);
        let level_ft = flight.level_ft.expect("a level") + flight.climb_fpm * t / 60.0;
        at.geodesic_to(centre()).distance_m < 10.0 * METRES_PER_NM
            && (10_000.0..20_000.0).contains(&level_ft)
    })
}

proptest! {
    #[test]
    fn entries_are_where_samples_along_geodesics_find_them(
        out_nm in 0.0..30.0, towards in 0.0..360.0, course_deg in 0.0..360.0,
        speed_kt in 60.0..600.0, level_ft in 6_000.0..24_000.0, climb in -3_000.0..3_000.0_f64,
    ) {
        let climb_fpm = if climb.abs() < 400.0 { 0.0 } else { climb };
        let at = away(centre(), out_nm, towards);
        let flight = Flight { number: 7, at, course_deg, speed_kt, level_ft: Some(level_ft), climb_fpm };
        let firings = once(restricted(), flight);
        let told_s = firings.first().map(|firing| {
            firing.predicted.map_or(0.0, |at: Time| at.seconds_since(noon()))
        });
        match (told_s, first_inside_s(&flight)) {
            (Some(told_s), Some(first_s)) => prop_assert!(
                told_s <= first_s + 0.1 && told_s >= first_s - STEP_S - 0.1, "{told_s} {first_s}"
            ),
            // A corner is cut, shorter than a sample.
            (Some(told_s), None) => {
                let soon = Flight { at: away(at, speed_kt * (told_s + 0.05) / 3_600.0, course_deg),
                    level_ft: Some(level_ft + climb_fpm * (told_s + 0.05) / 60.0), ..flight };
                let near_m = soon.at.geodesic_to(centre()).distance_m - 10.0 * METRES_PER_NM;
                prop_assert!(near_m < 50.0 && told_s <= 120.0, "{told_s} {near_m}");
            }
            (None, Some(first_s)) => prop_assert!(false, "missed at {first_s}"),
            (None, None) => {}
        }
    }
}

#[test]
fn along_an_edge_the_severity_stays_as_it_is() {
    let mut rule = rule(vec![restricted()]);
    let severities: std::collections::BTreeSet<_> = (0..60_u32)
        .filter_map(|second| {
            let now = noon().plus_seconds(f64::from(second));
            // In and out by 200 m, by turns.
            let off_m = if second.is_multiple_of(2) { -200.0 } else { 200.0 };
            let west_nm = 10.0 + off_m / METRES_PER_NM;
            let flight = Flight { course_deg: 0.0, ..eastbound(west_nm, Some(15_000.0)) };
            let stage = Stage::new([track(flight, now)], now);
            let firings = look(&mut rule, &stage, &[], |subject| subject);
            let of = firings.iter().find(|firing| firing.key.rule == Rule::AreaInfringed);
            of.map(|firing| firing.severity)
        })
        .collect();
    assert_eq!(severities, [Severity::Warning].into());
}

#[test]
fn a_crossing_is_the_survivors_when_two_tracks_of_one_target_become_one() {
    let mut rule = rule(vec![border()]);
    let qnh = QnhTable::default();
    let around = Surroundings { ground: &NoGround, qnh: &qnh };
    let numbered =
        |number: u32, west_nm: f64| Flight { number, ..eastbound(west_nm, Some(30_000.0)) };
    let mut step = |second: f64, flights: &[Flight], reason: Option<EndReason>| {
        let now = noon().plus_seconds(second);
        let stage = Stage::new(flights.iter().map(|flight| track(*flight, now)), now);
        let gone = track(numbered(7, 0.0), now);
        let ended = reason.map(|reason| EndedTrack { track: &gone, reason });
        let firings = stage.fires(
            |subject| subject,
            |scene, firings| {
                let scene = alert::Scene { ended: ended.as_slice(), ..*scene };
                rule.evaluate(&scene, &around, &[], firings);
            },
        );
        let crossed = firings.iter().filter(|firing| firing.key.rule == Rule::BorderCrossed);
        crossed.map(|f| (f.key.tracks[0].map(|n| n.0), f.severity)).collect::<Vec<_>>()
    };
    step(0.0, &[numbered(7, 51.0)], None);
    let crossed = vec![(Some(7), Severity::Warning)];
    assert_eq!(step(10.0, &[numbered(7, 40.0), numbered(9, 40.0)], None)[..1], crossed);
    let survivor = TrackNumber(9);
    let reason = Some(EndReason::MergedInto(survivor));
    assert_eq!(step(11.0, &[numbered(9, 40.0)], reason), [(Some(9), Severity::Warning)]);
}
