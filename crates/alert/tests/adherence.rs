//! Leaving a route and a level.

mod support;

use alert::rules::adherence::{AdherenceRule, AdherenceRuleConfig};
use alert::{Fact, PlanFact, Rule, Severity, Subject, Value};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use intent::plan::{Adherence, AdherenceConfig};
use support::{Flight, Stage, degrees, noon, track};
use surveillance::Track;

fn flying() -> Track {
    let flight = Flight {
        number: 5,
        at: degrees(42.0, 74.0),
        course_deg: 90.0,
        speed_kt: 450.0,
        level_ft: Some(35_000.0),
        climb_fpm: 0.0,
    };
    track(flight, noon())
}

/// As the plans' own comparison gives it.
fn off(lateral_nm: f64, level_ft: Option<f64>) -> Adherence {
    let config = AdherenceConfig::default();
    let lateral_m = lateral_nm * METRES_PER_NM;
    let level_m = level_ft.map(|feet| feet * METRES_PER_FOOT);
    Adherence {
        lateral_m,
        distance_m: lateral_m.abs(),
        along_m: 300_000.0,
        remaining_m: 500_000.0,
        late_s: 12.0,
        level_m,
        next: None,
        off_route: lateral_m.abs() > config.lateral_m,
        off_level: level_m.is_some_and(|metres| metres.abs() > config.level_m),
    }
}

fn rule() -> AdherenceRule {
    AdherenceRule::new(AdherenceRuleConfig::default(), AdherenceConfig::default())
}

const PLAN: PlanFact<'_> =
    PlanFact { plan: 12, route: &[], cleared_level_m: None, code: None, callsign: None };

fn look(rule: &mut AdherenceRule, track: Track, found: Adherence) -> Vec<alert::Firing> {
    let stage = Stage::new([track], noon());
    let know = |subject| Subject { plan: Some(PLAN), ..subject };
    stage.fires(know, |scene, firings| rule.evaluate(scene, |_| Some(found), firings))
}

#[test]
fn a_route_left_is_told_and_ends_nearer_to_it_than_it_began() {
    let mut rule = rule();
    let mut at = |lateral_nm: f64| {
        let firings = look(&mut rule, flying(), off(lateral_nm, Some(0.0)));
        firings.first().map(|firing| (firing.key.rule, firing.severity))
    };
    assert_eq!(at(4.5), None);
    assert_eq!(at(-5.5), Some((Rule::RouteDeparture, Severity::Advisory)));
    assert_eq!(at(-10.5), Some((Rule::RouteDeparture, Severity::Caution)));
    assert_eq!(at(-4.5), Some((Rule::RouteDeparture, Severity::Advisory)));
    assert_eq!(at(-3.9), None);
    assert_eq!(at(-4.5), None);
}

#[test]
fn a_level_left_is_told_with_where_it_should_be() {
    let mut rule = rule();
    let firings = look(&mut rule, flying(), off(0.0, Some(-400.0)));
    assert_eq!(firings[0].key.rule, Rule::LevelDeparture);
    let level = Value::HeightM(35_400.0 * METRES_PER_FOOT);
    let should = firings[0].facts.iter().find(|fact| fact.name == "its level would be");
    let (Some(Fact { value: Value::HeightM(found), .. }), Value::HeightM(level)) = (should, level)
    else {
        panic!("heights")
    };
    assert!((found - level).abs() < 1e-6);
    assert_eq!(look(&mut rule, flying(), off(0.0, Some(-250.0))).len(), 1, "held to 200 ft");
    assert_eq!(look(&mut rule, flying(), off(0.0, Some(-150.0))), []);
}

#[test]
fn what_is_on_the_ground_coasts_or_told_its_level_long_ago_is_counted_and_left_alone() {
    let mut rule = rule();
    let far = off(20.0, Some(900.0));
    assert_eq!(look(&mut rule, Track { on_ground: true, ..flying() }, far), []);
    assert_eq!(rule.counts().on_ground, 1);
    let last = noon().plus_seconds(-20.0);
    assert_eq!(look(&mut rule, Track { last, ..flying() }, far), []);
    assert_eq!(rule.counts().coasting, 1);
    let told = Some(noon().plus_seconds(-40.0));
    let firings = look(&mut rule, Track { pressure_altitude_time: told, ..flying() }, far);
    assert_eq!(firings[0].key.rule, Rule::RouteDeparture);
    assert_eq!((firings.len(), rule.counts().without_level), (1, 1));
    let stage = Stage::new([flying()], noon());
    let firings = stage.fires(|s| s, |scene, firings| rule.evaluate(scene, |_| Some(far), firings));
    assert_eq!((firings.len(), rule.counts().without_plan), (0, 1));
}
