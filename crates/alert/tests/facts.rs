//! What every alert of a built-in rule tells: its inputs, and what they were held against.

mod stage;
mod support;

use alert::rules::adherence::{AdherenceRule, AdherenceRuleConfig};
use alert::rules::area::{AreaConfig, AreaRule};
use alert::rules::code_change::CodeChangeRule;
use alert::rules::conflict::{ConflictConfig, ConflictRule};
use alert::rules::cooperation::CooperationRule;
use alert::rules::disagreement::DisagreementRule;
use alert::rules::duplicate::DuplicateRule;
use alert::rules::emergency::EmergencyRule;
use alert::rules::lost_track::LostTrackRule;
use alert::rules::low_slow::LowSlowRule;
use alert::rules::navigation::NavigationRule;
use alert::rules::sensor::SensorRule;
use alert::rules::terrain::{TerrainConfig, TerrainRule};
use alert::rules::unmanned::UnmannedRule;
use alert::rules::{Ground, Highest, NoGround, QnhTable, Surroundings};
use alert::trust::Claim;
use alert::{
    Board, Degraded, EndedTrack, Fact, Firing, Firings, PlanFact, RemoteId, RemoteIdFact,
    RemoteIdStatus, Rule, Scene, SensorFact, Subject, Value,
};
use geodesy::{Enu, Geodetic};
use intent::airspace::{Activation, Airspace, Airspaces, Geometry, Kind, Limits};
use intent::plan::{Adherence, AdherenceConfig};
use stage::{Beside, RADAR, STATION, Stage, at, good, held_by, place, radar, seen, track};
use std::collections::BTreeMap;
use std::sync::Arc;
use support::{Flight, away, degrees, noon};
use surveillance::{Address, AdsbQuality, Codes, EndReason, Mode3A, PlotOrigin, Track};

/// What each rule told, every time that it fired.
type Told = BTreeMap<Rule, Vec<Vec<Fact>>>;

fn keep(told: &mut Told, firings: impl IntoIterator<Item = Firing>) {
    for firing in firings {
        told.entry(firing.key.rule).or_default().push(firing.facts.clone());
    }
}

/// A rule over two minutes of tracks, a second apart.
fn watch(
    told: &mut Told,
    of: impl Fn(f64) -> Vec<Track>,
    beside: &Beside<'_>,
    fill: impl Fn(&mut Subject<'_>) + Copy,
    mut rule: impl FnMut(&Scene<'_>, &Board, &mut Firings),
) {
    let mut stage = Stage::default();
    for second in 0..150 {
        let now_s = f64::from(second);
        let ended = if second == 5 { beside.ended } else { &[] };
        let beside = Beside { ended, ..Beside { sensors: beside.sensors, ..Beside::default() } };
        stage.step(&of(now_s), &beside, at(now_s), fill, |scene, board, firings| {
            rule(scene, board, firings);
            keep(told, firings.iter().cloned());
        });
    }
}

fn nothing(_: &mut Subject<'_>) {}

fn squawking(number: u32, code: u16, now_s: f64) -> Track {
    let mut track = seen(&track(number), at(now_s));
    track.codes.mode_3a = Some(Mode3A::new(code));
    track
}

fn codes(told: &mut Told) {
    for code in [0o7500, 0o7600, 0o7700] {
        let mut rule = EmergencyRule::default();
        let of = |s| vec![squawking(1, code, s)];
        watch(told, of, &Beside::default(), nothing, |a, b, c| rule.evaluate(a, b, c));
    }
    let mut rule = EmergencyRule::default();
    let pulse = |s| {
        let mut track = squawking(1, 0o2111, s);
        track.codes.ident = true;
        vec![track]
    };
    watch(told, pulse, &Beside::default(), nothing, |a, b, c| rule.evaluate(a, b, c));
    let mut rule = CodeChangeRule::default();
    let changes = |s| vec![squawking(1, if s < 20.0 { 0o2111 } else { 0o3222 }, s)];
    watch(told, changes, &Beside::default(), nothing, |a, b, c| rule.evaluate(a, b, c));
    let mut rule = DuplicateRule::default();
    let both = |s| vec![squawking(1, 0o2111, s), squawking(2, 0o2111, s)];
    watch(told, both, &Beside::default(), nothing, |a, b, c| rule.evaluate(a, b, c));
    let one_address = |s| {
        let mut pair = [squawking(1, 0o2111, s), squawking(2, 0o3222, s)];
        pair.iter_mut().for_each(|track| track.codes.address = Some(Address::icao(0x60_00aa)));
        pair[1].position = place(43.5, 75.0, 10_000.0);
        pair.to_vec()
    };
    watch(told, one_address, &Beside::default(), nothing, |a, b, c| rule.evaluate(a, b, c));
}

fn targets(told: &mut Told) {
    let radar = radar();
    let sensors = [good(&radar)];
    let gone = track(1);
    let ended = [EndedTrack { track: &gone, reason: EndReason::Lost }];
    let beside = Beside { ended: &ended, sensors: &sensors, ..Beside::default() };
    let mut rule = LostTrackRule::default();
    watch(told, |_| Vec::new(), &beside, nothing, |a, b, c| rule.evaluate(a, b, c));

    let mut rule = CooperationRule::default();
    let quiet = |s: f64| {
        let mut track = held_by(&seen(&track(1), at(s)), RADAR, PlotOrigin::Primary);
        let mut reply = track.contributors[0];
        let last = at(s.min(20.0));
        (reply.sensor, reply.origin, reply.last) = (STATION, PlotOrigin::Secondary, last);
        track.contributors.push(reply);
        let echo = held_by(&seen(&stage::track(2), at(s)), RADAR, PlotOrigin::Primary);
        vec![track, Track { codes: Codes::default(), ..echo }]
    };
    watch(told, quiet, &Beside::default(), nothing, |a, b, c| rule.evaluate(a, b, c));

    let mut rule = LowSlowRule::default();
    let slow = |s: f64| {
        let velocity = Enu { east: 20.0, north: 0.0, up: 0.0 };
        let position = place(43.0, 75.0, 400.0);
        vec![Track { position, velocity, ..seen(&track(1), at(s)) }]
    };
    let ground = |subject: &mut Subject<'_>| subject.ground_m = Some(100.0);
    watch(told, slow, &Beside::default(), ground, |a, b, c| rule.evaluate(a, b, c));

    let claim = Claim {
        address: Address::icao(0x60_0001),
        claimed: place(43.2, 75.0, 10_000.0),
        trusted: place(43.0, 75.0, 10_000.0),
        time: at(0.0),
        distance_m: 22_000.0,
        limit_m: 1_400.0,
        since: at(-20.0),
        sensor: RADAR,
        origin: PlotOrigin::Secondary,
    };
    let claims = |subject: &mut Subject<'_>| subject.claim = Some(claim);
    let of = |s| vec![seen(&track(1), at(s))];
    watch(told, of, &Beside::default(), claims, |a, b, c| DisagreementRule.evaluate(a, b, c));

    let mut rule = NavigationRule::default();
    let jammed = |s: f64| {
        let of = |n: u32| {
            let nic = if s > 90.0 { 2 } else { 8 };
            let track = held_by(&seen(&track(n), at(s)), STATION, PlotOrigin::AdsB);
            let quality = AdsbQuality { version: Some(2), nic: Some(nic), ..Default::default() };
            Track { quality, ..track }
        };
        (1..8).map(of).collect()
    };
    watch(told, jammed, &Beside::default(), nothing, |a, b, c| rule.evaluate(a, b, c));
}

fn sensors(told: &mut Told) {
    let radar = radar();
    let bad = [
        SensorFact { silent_since: Some(at(-30.0)), silent_after_s: Some(15.0), ..good(&radar) },
        SensorFact { degraded: Some(Degraded::Defects { share: 0.4, limit: 0.1 }), ..good(&radar) },
        SensorFact {
            detection: Some(alert::Detection { share: 0.5, expected: 400 }),
            ..good(&radar)
        },
    ];
    for sensors in bad.each_ref().map(std::slice::from_ref) {
        let mut rule = SensorRule::default();
        let beside = Beside { sensors, ..Beside::default() };
        watch(told, |_| Vec::new(), &beside, nothing, |a, b, c| rule.evaluate(a, b, c));
    }
}

/// Flies straight; jumps; and is at two places by turns.
fn remote_ids(told: &mut Told) {
    let heard = |second: f64, latitude_deg: f64| RemoteIdFact {
        id: RemoteId::new(b"1596F"),
        track: None,
        receiver: STATION,
        position: place(latitude_deg, 75.0, 900.0),
        accuracy_m: Some(10.0),
        velocity: None,
        operator: None,
        time: at(second),
        status: RemoteIdStatus::Airborne,
    };
    let jumps = |s: f64| vec![heard(s, if s < 40.0 { 43.0 } else { 43.4 })];
    let twice = |s: f64| vec![heard(s, 43.0), heard(s + 0.4, 43.4)];
    let kinds: [&dyn Fn(f64) -> Vec<RemoteIdFact>; 2] = [&jumps, &twice];
    for of in kinds {
        let (mut stage, mut rule) = (Stage::default(), UnmannedRule::default());
        for second in 0..90 {
            let now_s = f64::from(second);
            let remote_ids = of(now_s);
            let beside = Beside { remote_ids: &remote_ids, ..Beside::default() };
            stage.step(&[], &beside, at(now_s), nothing, |scene, board, firings| {
                rule.evaluate(scene, board, firings);
                keep(told, firings.iter().cloned());
            });
        }
    }
}

struct Plain(f64);

impl Ground for Plain {
    fn height_m(&self, _: Geodetic) -> Option<f64> {
        Some(self.0)
    }

    fn highest_within(&self, _: Geodetic, _: f64) -> Highest {
        Highest { height_m: Some(self.0), whole: true }
    }
}

fn geometry(told: &mut Told) {
    let centre = degrees(42.0, 74.0);
    let fly = |number: u32, at: Geodetic, course_deg: f64| {
        let flight = Flight {
            number,
            at,
            course_deg,
            speed_kt: 450.0,
            level_ft: Some(15_000.0),
            climb_fpm: 0.0,
        };
        support::track(flight, noon())
    };
    let stage = |tracks: Vec<Track>| support::Stage::new(tracks, noon());
    let qnh = QnhTable::default();

    let pair =
        stage(vec![fly(1, away(centre, 5.0, 270.0), 90.0), fly(2, away(centre, 5.0, 90.0), 270.0)]);
    let config = ConflictConfig { looks_on: 1, ..ConflictConfig::default() };
    let mut rule = ConflictRule::new(config);
    keep(told, pair.fires(|s| s, |scene, firings| rule.evaluate(scene, firings)));

    let ground = Plain(4_500.0);
    let around = Surroundings { ground: &ground, qnh: &qnh };
    let mut rule = TerrainRule::new(TerrainConfig::default());
    let one = stage(vec![fly(1, centre, 90.0)]);
    keep(told, one.fires(|s| s, |scene, firings| rule.evaluate(scene, &around, firings)));

    let around = Surroundings { ground: &NoGround, qnh: &qnh };
    for kind in [Kind::Restricted, Kind::Territory] {
        let airspace = Airspace {
            name: "TEST".to_owned(),
            kind,
            class: None,
            party: Some("KGZ".to_owned()),
            limits: Limits::ALL,
            activation: Activation::Always,
            geometry: Geometry::Circle { centre, radius_m: 18_520.0 },
            line: None,
        };
        let airspaces = Arc::new(Airspaces::build(vec![airspace]).expect("sound"));
        let mut rule = AreaRule::new(AreaConfig::default(), airspaces);
        // Ahead of it, then inside.
        for west_nm in [15.0, 9.0] {
            let one = stage(vec![fly(1, away(centre, west_nm, 270.0), 90.0)]);
            let fires = |scene: &Scene<'_>, firings: &mut Firings| {
                rule.evaluate(scene, &around, &[], firings);
            };
            keep(told, one.fires(|s| s, fires));
        }
    }

    let config = AdherenceConfig::default();
    let off = Adherence {
        lateral_m: 12_000.0,
        distance_m: 12_000.0,
        along_m: 300_000.0,
        remaining_m: 500_000.0,
        late_s: 12.0,
        level_m: Some(300.0),
        next: None,
        off_route: true,
        off_level: true,
    };
    let mut rule = AdherenceRule::new(AdherenceRuleConfig::default(), config);
    let plan = PlanFact { plan: 12, route: &[], cleared_level_m: None, code: None, callsign: None };
    let know = |subject| Subject { plan: Some(plan), ..subject };
    let one = stage(vec![fly(1, centre, 90.0)]);
    keep(told, one.fires(know, |scene, firings| rule.evaluate(scene, |_| Some(off), firings)));
}

#[test]
fn every_alert_of_a_built_in_rule_tells_what_was_found_and_what_that_was_held_against() {
    let mut told = Told::new();
    codes(&mut told);
    targets(&mut told);
    sensors(&mut told);
    remote_ids(&mut told);
    geometry(&mut told);
    for rule in Rule::BUILT_IN {
        let every = told.get(&rule).unwrap_or_else(|| panic!("{rule:?} did not fire"));
        for facts in every {
            assert!(facts.iter().any(|fact| fact.limit.is_some()), "{rule:?}: {facts:?}");
        }
    }
    let last = |rule: Rule, name: &str| {
        let facts = told[&rule].last().expect("it fired");
        facts.iter().find(|fact| fact.name == name).cloned()
    };
    let row = last(Rule::Emergency, "told in a row").expect("how often");
    assert_eq!((row.value, row.limit), (Value::Count(150), Some(Value::Count(2))));
    assert!(last(Rule::Ident, "pulse since").is_some());
    let all: Vec<&Fact> = told[&Rule::Sensor].iter().flatten().collect();
    let defects = all.iter().find(|fact| fact.name == "messages with defects").expect("a share");
    let held = (defects.value.clone(), defects.limit.clone());
    assert_eq!(held, (Value::Share(0.4), Some(Value::Share(0.1))));
    assert!(all.iter().any(|fact| fact.name == "silent for" && fact.limit.is_some()));
}

#[test]
fn a_track_that_sends_no_pulse_tells_none_and_each_pulse_begins_anew() {
    let mut told = Told::new();
    let mut rule = EmergencyRule::default();
    let of = |s: f64| {
        let mut track = squawking(1, 0o2111, s);
        track.codes.ident = (10.0..20.0).contains(&s) || s >= 140.0;
        vec![track]
    };
    watch(&mut told, of, &Beside::default(), nothing, |a, b, c| rule.evaluate(a, b, c));
    let since: Vec<_> = told[&Rule::Ident].iter().map(|facts| facts[1].value.clone()).collect();
    assert_eq!(since.len(), 20);
    assert_eq!((&since[9], &since[10]), (&Value::At(at(10.0)), &Value::At(at(140.0))));
}
