//! The public scenarios, tracked in order of arrival: the picture's size and identity are right.

mod common;

use common::Scenario;
use std::collections::BTreeSet;
use surveillance::Time;
use tracker::{Tracker, TrackerConfig};

/// Tracks a scenario and demands: no address twice at once, few tracks more than there are
/// addresses, `most` tracks started in all.
fn check(name: &str, least_shown: usize, most_started: u64) {
    let Some(folder) = common::shared(name) else { return };
    let scenario = Scenario::read(&folder);
    let mut tracker = Tracker::new(TrackerConfig::default());
    scenario.sensors.iter().for_each(|sensor| tracker.set_sensor(sensor.clone()));
    let mut events = Vec::new();
    for second in scenario
        .plots
        .chunk_by(|a, b| a.received.unix_millis() / 1_000 == b.received.unix_millis() / 1_000)
    {
        tracker.observe(second, &mut events);
        let now: Time = second[second.len() - 1].received;
        tracker.advance(now, &mut events);
        events.clear();
        let addresses: Vec<_> =
            tracker.tracks().filter_map(|track| track.codes().address).collect();
        let distinct: BTreeSet<_> = addresses.iter().collect();
        assert_eq!(distinct.len(), addresses.len(), "an address twice at {now}");
    }
    assert!(tracker.tracks().count() >= least_shown, "{} shown", tracker.tracks().count());
    let counters = tracker.counters();
    assert!(counters.started <= most_started, "{} started", counters.started);
    assert_eq!(counters.numeric, 0);
}

#[test]
fn fifty_aircraft_in_clutter_start_few_tracks_more_than_there_are_aircraft() {
    check("S50", 40, 62);
}

#[test]
fn two_hundred_aircraft_in_clutter_start_few_tracks_more_than_there_are_aircraft() {
    check("S200", 150, 260);
}
