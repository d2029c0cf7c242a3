//! The number of threads changes how long the tracker takes, and nothing else.

#[path = "common/traffic.rs"]
mod traffic;

use surveillance::{Track, TrackNumber};
use tracker::{TrackEvent, Tracker, TrackerConfig, TrackerCounters};
use traffic::{Errors, Load};

/// All that can be seen of a run, told so that any bit that differs shows.
#[derive(PartialEq)]
struct Run {
    events: Vec<TrackEvent>,
    tracks: Vec<Track>,
    counters: TrackerCounters,
}

fn run(load: &Load, threads: usize) -> Run {
    let (sensors, plots) = traffic::synthetic(load);
    let mut tracker = Tracker::new(TrackerConfig::default());
    sensors.iter().for_each(|sensor| tracker.set_sensor(sensor.clone()));
    let mut events = Vec::new();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| {
        for batch in plots.chunks(1_000) {
            tracker.observe(batch, &mut events);
            tracker.advance(batch[batch.len() - 1].received, &mut events);
        }
        tracker.flush(&mut events);
    });
    let tracks = tracker.tracks().map(|track| track.at(None)).collect();
    Run { events, tracks, counters: tracker.counters() }
}

#[test]
fn one_two_three_and_eight_threads_give_the_same_tracks_to_the_last_bit() {
    // three radars that are off, and reports that are late
    let off = |range_m, azimuth_rad| Errors { range_m, azimuth_rad, ..Errors::default() };
    let load = Load {
        targets: 1_000,
        duration_s: 7.0,
        errors: [off(60.0, 2e-3), off(-40.0, -1e-3), off(0.0, 1e-3)],
        late: Some((7, 0.8)),
        ..Load::default()
    };
    let alone = run(&load, 1);
    let shown: Vec<TrackNumber> = alone.tracks.iter().map(|track| track.number).collect();
    assert!(shown.len() > 600, "{} shown", shown.len());
    for threads in [2, 3, 8] {
        assert!(run(&load, threads) == alone, "{threads} threads differ from one");
    }
}

#[test]
fn nor_do_they_differ_where_whole_sectors_are_cut_between_threads() {
    // Enough without an address that more than a thousand wait at once.
    let load = Load { targets: 25_000, duration_s: 3.0, adsb_of_five: 0, ..Load::default() };
    let alone = run(&load, 1);
    assert!(alone.counters.plots.unassociated > 20_000, "{:?}", alone.counters);
    assert!(run(&load, 3) == alone);
}
