//! Areas of disturbed satellite navigation.

mod stage;

use alert::rules::navigation::{NavigationConfig, NavigationRule};
use alert::{Cause, Fact, Rule, Value};
use stage::{Beside, RADAR, Stage, at, held_by, place, seen, track};
use surveillance::{AdsbQuality, PlotOrigin, Track};

/// An ADS-B aircraft of this NIC.
fn aircraft(number: u32, longitude_deg: f64, nic: u8, now_s: f64) -> Track {
    let quality =
        AdsbQuality { version: Some(2), nic: Some(nic), nac_p: Some(9), ..Default::default() };
    let position = place(43.0, longitude_deg, 10_000.0);
    let track = Track { quality, position, ..track(number) };
    held_by(&seen(&track, at(now_s)), RADAR, PlotOrigin::AdsB)
}

/// Evaluates ten minutes; the seconds at which an area is disturbed, and the last facts.
fn disturbed(of: impl Fn(u32) -> Vec<Track>) -> (Vec<u32>, Vec<Fact>, u64) {
    let mut stage = Stage::default();
    let mut rule = NavigationRule::new(NavigationConfig::default());
    let (mut seconds, mut facts) = (Vec::new(), Vec::new());
    for second in 0..600 {
        let tracks = of(second);
        let now = at(f64::from(second));
        stage.step(
            &tracks,
            &Beside::default(),
            now,
            |_| {},
            |scene, board, firings| {
                rule.evaluate(scene, board, firings);
            },
        );
        if let Some(alert) = stage.open(Rule::NavigationInterference).first() {
            assert!(matches!(alert.key.cause, Cause::Cell(_)));
            seconds.push(second);
            facts.clone_from(&alert.facts);
        }
    }
    (seconds, facts, stage.board.counts().opened_ever)
}

#[test]
fn many_aircraft_of_one_cell_that_lose_precision_are_an_area() {
    let (seconds, facts, opened) = disturbed(|second| {
        let of = |n: u32| {
            let nic = if n < 7 && (200..300).contains(&second) { 3 } else { 8 };
            aircraft(n, 75.0, nic, f64::from(second))
        };
        (0..23).map(of).collect()
    });
    // Thirty seconds to begin, and thirty of the board to end.
    assert_eq!((seconds[0], opened), (230, 1));
    assert_eq!(seconds.last(), Some(&328));
    let of = |name: &str| facts.iter().find(|fact| fact.name == name).map(|fact| &fact.value);
    assert_eq!(of("aircraft degraded"), Some(&Value::Count(7)));
    assert_eq!(of("of aircraft"), Some(&Value::Count(23)));
}

#[test]
fn aircraft_that_never_were_precise_say_nothing_of_the_area() {
    let (seconds, ..) = disturbed(|second| {
        (0..8).map(|n| aircraft(n, 75.0, if n < 6 { 3 } else { 8 }, f64::from(second))).collect()
    });
    assert!(seconds.is_empty(), "{seconds:?}");
}

#[test]
fn one_aircraft_alone_and_one_of_many_cells_are_no_area() {
    let (seconds, ..) = disturbed(|second| {
        let nic = if second > 200 { 3 } else { 8 };
        // Two degrees apart, each in a cell of its own.
        (0..8).map(|n| aircraft(n, 70.0 + 2.0 * f64::from(n), nic, f64::from(second))).collect()
    });
    assert!(seconds.is_empty(), "{seconds:?}");
}

#[test]
fn an_area_does_not_flap_while_its_share_wavers() {
    let (_, _, opened) = disturbed(|second| {
        // Between three and four of ten, from the 100th second on.
        let bad = if second < 100 { 0 } else { 3 + second / 7 % 2 };
        (0..10).map(|n| aircraft(n, 75.0, if n < bad { 3 } else { 8 }, f64::from(second))).collect()
    });
    assert_eq!(opened, 1);
}

#[test]
fn categories_of_version_0_are_not_taken_for_those_of_version_2() {
    let (seconds, ..) = disturbed(|second| {
        let of = |n| {
            let mut track = aircraft(n, 75.0, if second > 200 { 3 } else { 8 }, f64::from(second));
            track.quality.version = Some(0);
            track
        };
        (0..8).map(of).collect()
    });
    assert!(seconds.is_empty(), "{seconds:?}");
}
