//! Radars that are off are found to be off by what they are, and their plots corrected.

#[path = "common/traffic.rs"]
mod traffic;

use surveillance::Time;
use tracker::{Estimated, RegisteredAgainst, Registration, Tracker, TrackerConfig};
use traffic::{Errors, Load};

const ERRORS: [Errors; 3] = [
    Errors { range_m: 150.0, gain: 1e-4, azimuth_rad: 5.2e-3, time_s: 0.3 },
    Errors { range_m: -90.0, gain: 0.0, azimuth_rad: -3.5e-3, time_s: -0.2 },
    Errors { range_m: 250.0, gain: -1e-4, azimuth_rad: 7.9e-3, time_s: 0.45 },
];

fn track(load: &Load) -> Tracker {
    let (sensors, plots) = traffic::synthetic(load);
    let mut tracker = Tracker::new(TrackerConfig::default());
    sensors.iter().for_each(|sensor| tracker.set_sensor(sensor.clone()));
    let mut events = Vec::new();
    let second = |time: Time| time.unix_millis() / 1_000;
    for batch in plots.chunk_by(|a, b| second(a.received) == second(b.received)) {
        tracker.observe(batch, &mut events);
        tracker.advance(batch[batch.len() - 1].received, &mut events);
        events.clear();
    }
    tracker
}

fn near(name: &str, found: Estimated, expected: f64, least: f64) {
    let off = (found.value - expected).abs();
    let bound = 3.5 * found.sd + least;
    assert!(off < bound && found.sd > 0.0, "{name}: {found:?}, expected {expected}");
}

/// `common_time_s`: what the clocks may be off by together.
fn check(found: &[Registration], errors: &[Errors; 3], common_time_s: f64) {
    assert_eq!(found.len(), 3);
    for (r, e) in found.iter().zip(errors) {
        near("range at 200 km", at_200_km(r), e.range_m + 200e3 * e.gain, 25.0);
        near("azimuth", r.azimuth_rad, e.azimuth_rad, 3e-4);
        near("time", r.time_s, e.time_s, 0.04 + common_time_s);
        assert!((0.5..1.6).contains(&r.misfit), "{r:?}");
    }
}

fn at_200_km(r: &Registration) -> Estimated {
    Estimated { value: r.range_m.value + 200e3 * r.range_gain.value, sd: r.range_m.sd }
}

#[test]
fn errors_of_three_radars_are_found_against_adsb_within_two_minutes() {
    let load = Load { targets: 80, duration_s: 120.0, errors: ERRORS, ..Load::default() };
    let tracker = track(&load);
    let found = tracker.registration();
    check(&found, &ERRORS, 0.0);
    assert!(found.iter().all(|r| r.applied && r.against == RegisteredAgainst::Reports));
    // the corrected radars start no second track of anyone
    assert!(tracker.tracks().count() <= 80, "{}", tracker.tracks().count());
}

#[test]
fn reports_that_are_late_on_one_aircraft_in_eight_do_not_set_the_radars_clocks() {
    let load = Load { targets: 120, duration_s: 150.0, late: Some((8, 0.8)), ..Load::default() };
    for r in track(&load).registration() {
        assert!(r.time_s.value.abs() < 0.06, "{r:?}");
    }
}

#[test]
fn without_adsb_radars_are_registered_against_each_other() {
    let load = Load {
        targets: 100,
        duration_s: 150.0,
        errors: ERRORS,
        adsb_of_five: 0,
        ..Load::default()
    };
    let found = track(&load).registration();
    check(&found, &ERRORS, 0.35);
    assert!(found.iter().all(|r| r.against == RegisteredAgainst::Radars));
    // what they are off by together cannot be seen; what they differ by can
    let apart_s = found[2].time_s.value - found[1].time_s.value;
    assert!((apart_s - 0.65).abs() < 0.12, "{apart_s}");
    assert!(found.iter().all(|r| r.time_s.sd > 0.1));
}

#[test]
fn radars_that_are_right_are_left_alone_even_far_south() {
    let load = Load { targets: 60, centre_deg: (-62.0, 179.8), ..Load::default() };
    let found = track(&load).registration();
    assert!(found.iter().all(|r| !r.applied), "{found:?}");
    check(&found, &[Errors::default(); 3], 0.0);
}
