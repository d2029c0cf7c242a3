//! ADS-B is used as far as radars agree with it.

#[path = "common/traffic.rs"]
mod traffic;

use geodesy::Geodetic;
use surveillance::Address;
use tracker::{Refusal, Tracker, TrackerConfig};
use traffic::Load;

fn track(load: &Load) -> Tracker {
    let (sensors, plots) = traffic::synthetic(load);
    let mut tracker = Tracker::new(TrackerConfig::default());
    sensors.iter().for_each(|sensor| tracker.set_sensor(sensor.clone()));
    let mut events = Vec::new();
    for batch in
        plots.chunk_by(|a, b| a.received.unix_millis() / 500 == b.received.unix_millis() / 500)
    {
        tracker.observe(batch, &mut events);
        tracker.advance(batch[batch.len() - 1].received, &mut events);
        events.clear();
    }
    tracker
}

fn off_m(tracker: &Tracker, (address, truth): (Address, Geodetic), t_s: f64) -> f64 {
    let track = tracker.tracks().find(|track| track.codes().address == Some(address));
    let track = track.expect("the aircraft has a track").at(Some(traffic::instant(t_s)));
    track.position.at_height(0.0).to_ecef().distance_m(truth.at_height(0.0).to_ecef())
}

#[test]
fn a_report_that_drifts_off_does_not_pull_a_track_that_radars_see() {
    let load = Load {
        targets: 60,
        duration_s: 180.0,
        adsb_of_five: 5,
        spoofed: Some((10, 60.0)),
        ..Load::default()
    };
    let tracker = track(&load);
    // by the end the reports are 7 km off; one in twelve has no transponder, so none of those
    for target in [0, 10, 20, 30, 40, 50] {
        let off_m = off_m(&tracker, traffic::truth(&load, target, 180.0), 180.0);
        assert!(off_m < 900.0, "target {target} is shown {off_m:.0} m off");
    }
    let distrusted = tracker.tracks().filter(|track| track.reports_distrusted()).count();
    assert!(distrusted >= 6, "{distrusted} distrusted at the end");
    assert!((6..9).contains(&tracker.counters().distrusted), "{:?}", tracker.counters());
    assert!(tracker.counters().refused(Refusal::Distrusted) > 100);
    assert_eq!(tracker.tracks().count(), 60);
}

#[test]
fn reports_that_radars_confirm_are_never_distrusted() {
    let load = Load { targets: 60, duration_s: 180.0, adsb_of_five: 5, ..Load::default() };
    let tracker = track(&load);
    assert_eq!(tracker.counters().distrusted, 0);
    for target in [0, 1, 2, 3] {
        let off_m = off_m(&tracker, traffic::truth(&load, target, 180.0), 180.0);
        assert!(off_m < 40.0, "target {target} is shown {off_m:.0} m off");
    }
}
