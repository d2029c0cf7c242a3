//! The life of a track: started, refreshed, coasting, ended, merged.

use geodesy::{Enu, Geodesic, Geodetic, LocalFrame};
use surveillance::{
    Address, Codes, EndReason, Measurement, Mode3A, Phase, Plot, PlotAccuracy, PlotOrigin,
    PositionReport, PressureAltitude, Sensor, SensorId, SensorKind, Time, Track, Velocity, View,
};
use tracker::{Refusal, TrackEvent, Tracker, TrackerConfig};

const RECEIVER: SensorId = SensorId { sac: 1, sic: 1 };
const RADAR: SensorId = SensorId { sac: 1, sic: 2 };
const HEIGHT_M: f64 = 9_000.0;

fn site() -> Geodetic {
    Geodetic::from_degrees(48.0, 11.0, 500.0).expect("valid")
}

fn at(t_s: f64) -> Time {
    Time::EPOCH.plus_seconds(1e6 + t_s)
}

fn tracker() -> Tracker {
    tracker_with(TrackerConfig::default())
}

fn tracker_with(config: TrackerConfig) -> Tracker {
    let mut tracker = Tracker::new(config);
    for (id, kind, site) in
        [(RECEIVER, SensorKind::AdsB, None), (RADAR, SensorKind::Radar, Some(site()))]
    {
        tracker.set_sensor(Sensor {
            id,
            name: id.to_string(),
            kind,
            site,
            period_s: (kind == SensorKind::Radar).then_some(4.0),
            accuracy: PlotAccuracy::default(),
            range_max_m: Some(200_000.0),
            view: View::default(),
            receivers: Box::default(),
        });
    }
    tracker
}

/// Eastward at 200 m/s, `north_m` north of a line 60 km north of the radar.
fn position(t_s: f64, north_m: f64) -> Geodetic {
    let north = site().travel(Geodesic { distance_m: 60_000.0 + north_m, bearing_rad: 0.0 });
    let east = Geodesic { distance_m: 200.0 * t_s, bearing_rad: std::f64::consts::FRAC_PI_2 };
    north.travel(east).at_height(HEIGHT_M)
}

fn report(t_s: f64, address: u32) -> Plot {
    let here = position(t_s, 0.0);
    Plot {
        measurement: Some(Measurement::Geodetic(PositionReport {
            latitude_rad: here.latitude_rad,
            longitude_rad: here.longitude_rad,
            height_m: None,
            horizontal_sd_m: Some(10.0),
        })),
        codes: Codes { address: Some(Address::icao(address)), ..Codes::default() },
        pressure_altitude: Some(PressureAltitude { altitude_m: HEIGHT_M, step_m: 7.62 }),
        ..Plot::bare(RECEIVER, at(t_s), PlotOrigin::AdsB)
    }
}

fn echo(t_s: f64, north_m: f64, code: Option<u16>) -> Plot {
    let seen = LocalFrame::at(site()).polar_from_ecef(position(t_s, north_m).to_ecef());
    let level = PressureAltitude { altitude_m: HEIGHT_M, step_m: 7.62 };
    Plot {
        measurement: Some(Measurement::Polar {
            slant_range_m: seen.slant_range_m,
            azimuth_rad: seen.azimuth_rad,
            elevation_rad: None,
        }),
        codes: Codes { mode_3a: code.map(Mode3A::new), ..Codes::default() },
        pressure_altitude: code.map(|_| level),
        origin: if code.is_some() { PlotOrigin::Secondary } else { PlotOrigin::Primary },
        ..Plot::bare(RADAR, at(t_s), PlotOrigin::Primary)
    }
}

fn feed(tracker: &mut Tracker, plot: Plot) -> Vec<TrackEvent> {
    let mut events = Vec::new();
    tracker.observe(&[plot], &mut events);
    tracker.flush(&mut events);
    tracker.advance(plot.received, &mut events);
    events
}

fn shown(tracker: &Tracker) -> Vec<Track> {
    tracker.tracks().map(|track| track.at(None)).collect()
}

#[test]
fn a_plot_outside_every_gate_starts_a_tentative_track() {
    let mut tracker = tracker();
    feed(&mut tracker, echo(0.0, 0.0, Some(0o4321)));
    feed(&mut tracker, echo(0.5, 40_000.0, Some(0o4322)));
    assert_eq!((tracker.tracks_held(), shown(&tracker).len()), (2, 0));
    assert_eq!(tracker.counters().plots.unassociated, 2);
}

#[test]
fn confirmation_takes_two_plots_by_address_or_code_and_three_primary_echoes() {
    let check = |plot: fn(f64) -> Plot, needed: usize| {
        let mut tracker = tracker();
        for count in 1..=needed {
            assert_eq!(shown(&tracker).len(), 0, "before plot {count} of {needed}");
            feed(&mut tracker, plot(4.0 * count as f64));
        }
        assert_eq!(shown(&tracker).len(), 1, "after {needed}");
    };
    check(|t_s| report(t_s, 7), 2);
    check(|t_s| echo(t_s, 0.0, Some(0o4321)), 2);
    check(|t_s| echo(t_s, 0.0, None), 3);
}

#[test]
fn a_reply_without_position_refreshes_codes_but_keeps_no_lost_position_alive() {
    let mut tracker = tracker();
    for second in 0..10 {
        feed(&mut tracker, report(f64::from(second), 7));
    }
    let mut events = Vec::new();
    for second in 10..80 {
        let reply = Plot {
            measurement: None,
            codes: Codes { mode_3a: Some(Mode3A::new(0o1234)), ..report(0.0, 7).codes },
            velocity: Some(Velocity {
                horizontal: Some(Enu { east: 200.0, north: 0.0, up: 0.0 }),
                vertical_rate_mps: None,
            }),
            ..report(f64::from(second), 7)
        };
        events.extend(feed(&mut tracker, reply));
        if second == 20 {
            let track = &shown(&tracker)[0];
            assert_eq!(track.codes.mode_3a, Some(Mode3A::new(0o1234)));
            assert_eq!((track.last, track.phase), (at(9.0), Phase::Coasting));
        }
    }
    let lost =
        |event: &&TrackEvent| matches!(event, TrackEvent::Ended { reason: EndReason::Lost, .. });
    assert_eq!(events.iter().filter(lost).count(), 1);
    assert_eq!(tracker.tracks_held(), 0);
    assert!(tracker.counters().refused(Refusal::NothingToUse) > 0);
}

#[test]
fn two_aircraft_a_kilometre_apart_seen_in_one_scan_stay_two_tracks() {
    let mut tracker = tracker();
    for scan in 0..40 {
        let t_s = 4.0 * f64::from(scan);
        let mut events = Vec::new();
        tracker.observe(&[echo(t_s, 0.0, None), echo(t_s, 1_000.0, None)], &mut events);
        tracker.flush(&mut events);
        tracker.advance(at(t_s), &mut events);
        if scan > 4 {
            assert_eq!(shown(&tracker).len(), 2, "scan {scan}");
        }
    }
    assert_eq!((tracker.counters().started, tracker.counters().merged), (2, 0));
}

/// How many tracks were merged of a pair 250 m apart of which the radar sees now one, now the other.
fn merged_of_a_pair_seen_in_turn(merge_checks_rivals: u8) -> u64 {
    let mut tracker = tracker_with(TrackerConfig { merge_checks_rivals, ..Default::default() });
    for scan in 0..16 {
        let t_s = 4.0 * f64::from(scan);
        let in_turn = scan >= 10;
        let pair = [echo(t_s, 0.0, None), echo(t_s + 0.01, 250.0, None)];
        let seen = if in_turn { &pair[scan as usize % 2..][..1] } else { &pair[..] };
        let mut events = Vec::new();
        tracker.observe(seen, &mut events);
        tracker.flush(&mut events);
        tracker.advance(at(t_s), &mut events);
    }
    tracker.counters().merged
}

#[test]
fn a_close_pair_that_a_radar_sees_in_turn_is_not_taken_for_one_aircraft() {
    assert_eq!(merged_of_a_pair_seen_in_turn(TrackerConfig::default().merge_checks_rivals), 0);
    // what patience prevents
    assert_eq!(merged_of_a_pair_seen_in_turn(2), 1);
}

#[test]
fn plots_of_different_addresses_never_share_a_track() {
    let mut tracker = tracker();
    for second in 0..20 {
        feed(&mut tracker, report(f64::from(second), 7 + second as u32 % 2));
    }
    let addresses: Vec<_> = shown(&tracker).iter().map(|track| track.codes.address).collect();
    assert_eq!(addresses, [Some(Address::icao(7)), Some(Address::icao(8))]);
}

#[test]
fn a_double_without_an_address_is_merged_into_the_track_that_has_one() {
    let mut tracker = tracker_with(TrackerConfig { merge_period_s: 1.0, ..Default::default() });
    for scan in 0..6 {
        feed(&mut tracker, echo(4.0 * f64::from(scan), 0.0, Some(0o4321)));
    }
    // the aircraft's first two reports are 4 km off: a track of their own, until they are right
    let mut ended = Vec::new();
    for step in 0..30 {
        let t_s = 20.5 + 0.5 * f64::from(step);
        let mut plot = report(t_s, 7);
        let off_m = if step < 2 { 4_000.0 } else { 0.0 };
        let here = position(t_s, off_m);
        plot.measurement = Some(Measurement::Geodetic(PositionReport {
            latitude_rad: here.latitude_rad,
            longitude_rad: here.longitude_rad,
            height_m: None,
            horizontal_sd_m: Some(10.0),
        }));
        plot.velocity = Some(Velocity {
            horizontal: Some(Enu { east: 200.0, north: 0.0, up: 0.0 }),
            vertical_rate_mps: Some(0.0),
        });
        let events = feed(&mut tracker, plot);
        ended.extend(events.into_iter().filter_map(|event| match event {
            TrackEvent::Ended { number, reason, .. } => Some((number, reason)),
            _ => None,
        }));
        if step == 2 {
            assert_eq!(shown(&tracker).len(), 2);
        }
    }
    let [track] = &shown(&tracker)[..] else { panic!("not one track") };
    assert_eq!(track.codes.address, Some(Address::icao(7)));
    assert_eq!(track.codes.mode_3a, Some(Mode3A::new(0o4321)));
    assert!(matches!(ended[..], [(_, EndReason::MergedInto(into))] if into == track.number));
}

#[test]
fn a_clock_that_is_set_back_starts_over_instead_of_refusing_for_ever() {
    let mut tracker = tracker();
    feed(&mut tracker, report(0.0, 7));
    feed(&mut tracker, report(1.0, 7));
    let mut events = Vec::new();
    tracker.advance(at(1e8), &mut events);
    assert_eq!(tracker.tracks_held(), 0);
    for second in 0..120 {
        feed(&mut tracker, report(f64::from(second), 7));
    }
    assert_eq!(shown(&tracker).len(), 1);
    assert_eq!(tracker.counters().clock_jumps, 2);
}

#[test]
fn at_the_bound_the_least_certain_tracks_give_way_and_confirmed_ones_stay() {
    let config = TrackerConfig { tracks_max: 3, end_adsb_s: 600.0, ..TrackerConfig::default() };
    let mut tracker = tracker_with(config);
    // one confirmed and updated, one confirmed and silent, one echo of nobody
    feed(&mut tracker, report(0.0, 0xA));
    feed(&mut tracker, report(1.0, 0xA));
    feed(&mut tracker, report(1.5, 0xB));
    feed(&mut tracker, report(2.5, 0xB));
    let ended = |events: &[TrackEvent]| {
        events
            .iter()
            .filter(|e| matches!(e, TrackEvent::Ended { reason: EndReason::Shed, .. }))
            .count()
    };
    feed(&mut tracker, echo(3.0, 60_000.0, None));
    assert_eq!(tracker.tracks_held(), 3);
    // the echo gives way to a new aircraft, without a word: it was never shown
    let events = feed(&mut tracker, report(6.0, 0xC));
    assert_eq!((tracker.counters().shed, ended(&events)), (1, 0));
    feed(&mut tracker, report(7.0, 0xC));
    // then the one that coasts, and that is told
    for t_s in 8..20 {
        feed(&mut tracker, report(f64::from(t_s), 0xA));
        feed(&mut tracker, report(f64::from(t_s) + 0.1, 0xC));
    }
    let events = feed(&mut tracker, report(20.5, 0xD));
    assert_eq!((tracker.counters().shed, ended(&events)), (2, 1), "{events:?}");
    // nobody is left who is less certain than a newcomer
    feed(&mut tracker, report(21.0, 0xD));
    feed(&mut tracker, report(23.0, 0xE));
    assert_eq!(tracker.counters().refused(Refusal::Shed), 1);
    let addresses: Vec<_> = tracker.tracks().filter_map(|t| t.codes().address).collect();
    assert_eq!(addresses, [0xA, 0xC, 0xD].map(Address::icao));
}

#[test]
fn a_garbled_level_is_not_shown_and_the_first_of_a_climb_is_with_the_next() {
    let mut tracker = tracker();
    let mut shown_after = |second: u32, level_m: f64| {
        let pressure_altitude = Some(PressureAltitude { altitude_m: level_m, step_m: 7.62 });
        let plot = Plot { pressure_altitude, ..report(4.0 * f64::from(second), 7) };
        feed(&mut tracker, plot);
        shown(&tracker).first().and_then(|track| track.pressure_altitude_m)
    };
    for second in 0..10 {
        shown_after(second, HEIGHT_M);
    }
    // 300 m off once: within what a track may be from its level, and no climb
    assert_eq!(shown_after(10, HEIGHT_M + 300.0), Some(HEIGHT_M));
    assert_eq!(shown_after(11, HEIGHT_M), Some(HEIGHT_M));
    for second in 12..20 {
        shown_after(second, HEIGHT_M);
    }
    assert_eq!(shown_after(20, HEIGHT_M + 140.0), Some(HEIGHT_M));
    assert_eq!(shown_after(21, HEIGHT_M + 220.0), Some(HEIGHT_M + 220.0));
}

/// A radar whose horizon is at 30° of elevation in some sectors of ten degrees, at 0° elsewhere.
fn tracker_behind(mountains: std::ops::Range<usize>, elevation_max_deg: Option<f64>) -> Tracker {
    let mut tracker = tracker();
    let lowest =
        |sector: usize| if mountains.contains(&sector) { 30_f64.to_radians() } else { 0.0 };
    tracker.set_sensor(Sensor {
        id: RADAR,
        name: "R".to_owned(),
        kind: SensorKind::Radar,
        site: Some(site()),
        period_s: Some(4.0),
        accuracy: PlotAccuracy::default(),
        range_max_m: Some(200_000.0),
        view: View {
            horizon_rad: (0..36).map(lowest).collect(),
            elevation_max_rad: elevation_max_deg.map(f64::to_radians),
        },
        receivers: Box::default(),
    });
    tracker
}

/// Numbers of the shown tracks of a target that the radar sees, but for a time, and each second's.
fn numbers(
    mut tracker: Tracker,
    plot: impl Fn(f64) -> Plot,
    unseen_s: std::ops::Range<f64>,
    until_s: f64,
) -> Vec<Option<u32>> {
    let mut seconds = Vec::new();
    let mut t_s = 0.0;
    while t_s < until_s {
        if t_s % 4.0 == 0.0 && !unseen_s.contains(&t_s) {
            feed(&mut tracker, plot(t_s));
        }
        tracker.advance(at(t_s), &mut Vec::new());
        seconds.push(shown(&tracker).first().map(|track| track.number.0));
        t_s += 1.0;
    }
    seconds
}

#[test]
fn a_track_coasts_behind_a_mountain_that_its_radar_is_known_not_to_see_through() {
    // 10° to 20° of azimuth from the radar: second 53 to 109
    let plot = |t_s: f64| echo(t_s, 0.0, Some(0o4321));
    let numbers_with = |tracker| numbers(tracker, plot, 53.0..109.0, 130.0);
    let known = numbers_with(tracker_behind(1..2, None));
    assert!(known[8..].iter().all(|number| *number == known[8]), "{known:?}");
    let unknown = numbers_with(tracker());
    assert_eq!(unknown[100], None);
    assert_ne!(unknown[129], unknown[50]);
}

#[test]
fn a_track_that_will_not_be_seen_again_ends_as_soon_as_elsewhere() {
    // from 10° of azimuth on, nothing is seen any more
    let plot = |t_s: f64| echo(t_s, 0.0, Some(0o4321));
    let ended = |tracker| {
        let numbers = numbers(tracker, plot, 53.0..400.0, 150.0);
        (50..150).find(|second| numbers[*second].is_none()).expect("it ends")
    };
    assert_eq!(ended(tracker_behind(1..18, None)), ended(tracker()));
}

#[test]
fn a_track_coasts_through_the_cone_of_silence() {
    // 9 km high, 200 m/s, straight over the radar at second 80; above 60° for 49 s
    let over = |t_s: f64| {
        let west = site().travel(Geodesic {
            distance_m: 200.0 * (80.0 - t_s),
            bearing_rad: -std::f64::consts::FRAC_PI_2,
        });
        let seen = LocalFrame::at(site()).polar_from_ecef(west.at_height(HEIGHT_M).to_ecef());
        let measurement = Measurement::Polar {
            slant_range_m: seen.slant_range_m,
            azimuth_rad: seen.azimuth_rad,
            elevation_rad: None,
        };
        Plot { measurement: Some(measurement), ..echo(t_s, 0.0, Some(0o4321)) }
    };
    let known = numbers(tracker_behind(0..0, Some(60.0)), over, 56.0..105.0, 120.0);
    assert!(known[8..].iter().all(|number| *number == known[8]), "{known:?}");
}

#[test]
fn a_radar_beyond_the_horizon_whose_reach_nobody_told_keeps_no_gap_from_being_one() {
    let plot = |t_s: f64| echo(t_s, 0.0, Some(0o4321));
    let mut tracker = tracker_behind(1..2, None);
    let far = site().travel(Geodesic { distance_m: 900_000.0, bearing_rad: 2.0 });
    for (sic, kind) in [(7, SensorKind::Radar), (8, SensorKind::AdsB)] {
        tracker.set_sensor(Sensor {
            id: SensorId { sac: 9, sic },
            name: "far".to_owned(),
            kind,
            site: Some(if kind == SensorKind::Radar { far } else { site() }),
            period_s: None,
            accuracy: PlotAccuracy::default(),
            range_max_m: None,
            view: View::default(),
            receivers: Box::default(),
        });
    }
    let numbers = numbers(tracker, plot, 53.0..109.0, 130.0);
    assert!(numbers[8..].iter().all(|number| *number == numbers[8]), "{numbers:?}");
}
