//! Unmanned aircraft, and Remote IDs that cannot be true.

mod stage;

use alert::rules::unmanned::{UnmannedConfig, UnmannedRule};
use alert::{Cause, RemoteId, RemoteIdFact, RemoteIdStatus, Rule, Severity};
use geodesy::Enu;
use stage::{Beside, STATION, Stage, at, number, place, track};

fn heard(id: &str, second: f64, latitude_deg: f64) -> RemoteIdFact {
    RemoteIdFact {
        id: RemoteId::new(id.as_bytes()),
        track: None,
        receiver: STATION,
        position: place(latitude_deg, 75.0, 900.0),
        accuracy_m: Some(10.0),
        velocity: None,
        operator: Some(place(42.99, 75.0, 800.0)),
        time: at(second),
        status: RemoteIdStatus::Airborne,
    }
}

/// The rules under which alerts opened in a minute and a half, of what is heard each second.
fn opened(of: impl Fn(u32) -> Vec<RemoteIdFact>) -> Vec<(Rule, Cause)> {
    let mut stage = Stage::default();
    let mut rule = UnmannedRule::new(UnmannedConfig::default());
    let mut opened = Vec::new();
    for second in 0..90 {
        let remote_ids = of(second);
        let beside = Beside { remote_ids: &remote_ids, ..Beside::default() };
        let now = at(f64::from(second));
        stage.step(
            &[track(1)],
            &beside,
            now,
            |_| {},
            |scene, board, firings| {
                rule.evaluate(scene, board, firings);
            },
        );
        for id in &stage.board.changes().opened {
            let key = stage.board.get(*id).expect("it opened").key;
            opened.push((key.rule, key.cause));
        }
    }
    opened
}

fn of(id: &str) -> Cause {
    Cause::RemoteId(RemoteId::new(id.as_bytes()))
}

/// 15 m/s to the north.
fn flight(second: u32) -> f64 {
    43.0 + f64::from(second) * 15.0 / 111_100.0
}

#[test]
fn an_unmanned_aircraft_that_flies_as_one_can_is_one_advisory() {
    let found = opened(|second| vec![heard("1596F", f64::from(second), flight(second))]);
    assert_eq!(found, [(Rule::Unmanned, of("1596F"))]);
}

#[test]
fn its_alert_is_about_its_track_where_it_has_one() {
    let mut stage = Stage::default();
    let mut rule = UnmannedRule::default();
    let fact = RemoteIdFact { track: Some(number(1)), ..heard("1596F", 0.0, 43.0) };
    let remote_ids = [RemoteIdFact { status: RemoteIdStatus::Emergency, ..fact }];
    let beside = Beside { remote_ids: &remote_ids, ..Beside::default() };
    stage.step(
        &[track(1)],
        &beside,
        at(0.0),
        |_| {},
        |scene, board, firings| {
            rule.evaluate(scene, board, firings);
        },
    );
    let open = stage.open(Rule::Unmanned);
    assert_eq!(open[0].key.tracks, [Some(number(1)), None]);
    assert_eq!(open[0].severity, Severity::Caution);
}

#[test]
fn a_remote_id_that_jumps_moves_as_nothing_can() {
    let found = opened(|second| {
        let offset_deg = if second < 40 { 0.0 } else { 0.05 };
        vec![heard("1596F", f64::from(second), flight(second) + offset_deg)]
    });
    assert_eq!(found, [(Rule::Unmanned, of("1596F")), (Rule::RemoteIdMotion, of("1596F"))]);
}

#[test]
fn made_up_stamps_and_accuracies_explain_no_jump() {
    let found = opened(|second| {
        let jumped = second >= 40;
        let offset_deg = if jumped { 0.05 } else { 0.0 };
        let now = f64::from(second) + if jumped { 3_600.0 } else { 0.0 };
        let fact = heard("1596F", now, flight(second) + offset_deg);
        vec![RemoteIdFact { accuracy_m: Some(20_000.0), ..fact }]
    });
    assert_eq!(found, [(Rule::Unmanned, of("1596F")), (Rule::RemoteIdMotion, of("1596F"))]);
}

#[test]
fn a_remote_id_that_is_elsewhere_each_time_moves_as_nothing_can() {
    let found = opened(|second| {
        let latitude_deg = 40.0 + f64::from(second * 7_919 % 1_000) / 200.0;
        vec![heard("1596F", f64::from(second), latitude_deg)]
    });
    assert_eq!(found, [(Rule::RemoteIdMotion, of("1596F")), (Rule::Unmanned, of("1596F"))]);
}

#[test]
fn a_speed_and_a_change_of_speed_that_nothing_has_are_told() {
    let fast = |second: u32| {
        let east = if second == 30 { 200.0 } else { 5.0 };
        let velocity = Some(Enu { east, north: 0.0, up: 0.0 });
        vec![RemoteIdFact { velocity, ..heard("1596F", f64::from(second), 43.0) }]
    };
    assert_eq!(opened(fast).last(), Some(&(Rule::RemoteIdMotion, of("1596F"))));
    let jerky = |second: u32| {
        let east = if second == 30 { 60.0 } else { 5.0 };
        let velocity = Some(Enu { east, north: 0.0, up: 0.0 });
        vec![RemoteIdFact { velocity, ..heard("1596F", f64::from(second), 43.0) }]
    };
    assert_eq!(opened(jerky).last(), Some(&(Rule::RemoteIdMotion, of("1596F"))));
}

#[test]
fn one_remote_id_by_turns_at_two_places_is_a_duplicate_and_no_motion() {
    let found = opened(|second| {
        let here = heard("1596F", f64::from(second), flight(second));
        let there = heard("1596F", f64::from(second) + 0.4, 43.4);
        if second < 20 { vec![here] } else { vec![here, there] }
    });
    assert_eq!(found, [(Rule::Unmanned, of("1596F")), (Rule::RemoteIdDuplicate, of("1596F"))]);
}

#[test]
fn two_aircraft_are_two_rows_whatever_they_do() {
    let found = opened(|second| {
        let now = f64::from(second);
        vec![heard("1596F", now, flight(second)), heard("9912A", now, 43.4)]
    });
    assert_eq!(found, [(Rule::Unmanned, of("1596F")), (Rule::Unmanned, of("9912A"))]);
}

#[test]
fn more_ids_than_are_followed_are_counted_and_cost_nothing() {
    let config = UnmannedConfig { ids_max: 10, ..UnmannedConfig::default() };
    let (mut stage, mut rule) = (Stage::default(), UnmannedRule::new(config));
    let remote_ids: Vec<_> = (0..25).map(|n| heard(&format!("ID{n}"), 0.0, 43.0)).collect();
    let beside = Beside { remote_ids: &remote_ids, ..Beside::default() };
    stage.step(
        &[],
        &beside,
        at(0.0),
        |_| {},
        |scene, board, firings| {
            rule.evaluate(scene, board, firings);
        },
    );
    assert_eq!(rule.unfollowed(), 15);
}

#[test]
fn a_remote_id_is_shown_as_text_or_as_digits() {
    assert_eq!(RemoteId::new(b"1596F3").to_string(), "1596F3");
    assert_eq!(RemoteId::new(&[0, 0xff]).to_string(), "00ff");
}
