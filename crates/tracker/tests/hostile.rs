//! Whatever a plot says, the tracker neither panics nor shows a number that is none.

use geodesy::{Enu, Geodetic};
use proptest::prelude::*;
use surveillance::{
    Address, AdsbQuality, Codes, Measurement, Mode3A, Plot, PlotAccuracy, PlotOrigin,
    PositionReport, PressureAltitude, Sensor, SensorId, SensorKind, SourceTrack, Time, Velocity,
};
use tracker::{Refusal, Tracker, TrackerConfig};

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        Just(f64::NAN),
        Just(f64::INFINITY),
        -1.0..1.0f64,
        1.0..400_000.0f64,
        Just(0.0),
        -1e9..1e9f64,
    ]
}

fn measurement() -> impl Strategy<Value = Option<Measurement>> {
    prop_oneof![
        (number(), number(), proptest::option::of(number())).prop_map(|(r, a, e)| Some(
            Measurement::Polar { slant_range_m: r, azimuth_rad: a, elevation_rad: e }
        )),
        (1.0..60_000.0f64, 0.0..6.3f64).prop_map(|(r, a)| Some(Measurement::Polar {
            slant_range_m: r,
            azimuth_rad: a,
            elevation_rad: None
        })),
        (number(), number(), proptest::option::of(number()), proptest::option::of(number()))
            .prop_map(|(lat, lon, h, sd)| Some(Measurement::Geodetic(PositionReport {
                latitude_rad: lat,
                longitude_rad: lon,
                height_m: h,
                horizontal_sd_m: sd,
            }))),
        Just(None),
    ]
}

prop_compose! {
    fn plot()(
        sic in 0u8..4,
        (time_s, delay_s) in (0.0..60.0f64, -8.0..40.0f64),
        wild_time in proptest::option::weighted(0.02, any::<i64>()),
        origin in 0usize..6,
        measurement in measurement(),
        address in proptest::option::of(0u32..4),
        code in proptest::option::of(0u16..3),
        source in proptest::option::of(0u16..3),
        level in proptest::option::of((number(), number())),
        velocity in proptest::option::of((number(), number(), number())),
        (on_ground, nac) in (proptest::option::of(any::<bool>()), proptest::option::of(any::<u8>())),
        range_rate_mps in proptest::option::of(number()),
    ) -> Plot {
        use PlotOrigin::{AdsB, Mlat, Primary, Rebroadcast, Secondary, SystemTrack};
        let origin = [Primary, Secondary, AdsB, Rebroadcast, Mlat, SystemTrack][origin];
        let received = Time::EPOCH.plus_seconds(1e6 + time_s);
        let time = wild_time.map_or(received.plus_seconds(-delay_s), Time::from_unix_nanos);
        Plot {
            received,
            measurement,
            codes: Codes {
                address: address.map(Address::icao),
                mode_3a: code.map(Mode3A::new),
                source_track: source.map(SourceTrack),
                ..Codes::default()
            },
            pressure_altitude: level
                .map(|(altitude_m, step_m)| PressureAltitude { altitude_m, step_m }),
            velocity: velocity.map(|(east, north, rate)| Velocity {
                horizontal: Some(Enu { east, north, up: 0.0 }),
                vertical_rate_mps: Some(rate),
            }),
            on_ground,
            range_rate_mps,
            quality: AdsbQuality { nac_p: nac, nac_v: nac, ..AdsbQuality::default() },
            ..Plot::bare(SensorId { sac: 0, sic }, time, origin)
        }
    }
}

fn sensor(sic: u8, kind: SensorKind, site: Option<Geodetic>, sd: f64) -> Sensor {
    Sensor {
        id: SensorId { sac: 0, sic },
        name: String::new(),
        kind,
        site,
        period_s: Some(sd),
        accuracy: PlotAccuracy { range_m: sd, azimuth_rad: sd, elevation_rad: sd },
        range_max_m: Some(sd),
        view: surveillance::View::default(),
        receivers: Box::default(),
    }
}

fn tracker(sd: f64) -> Tracker {
    let mut tracker = Tracker::new(TrackerConfig::default());
    let here = Geodetic { latitude_rad: 0.8, longitude_rad: 0.3, height_m: 100.0 };
    tracker.set_sensor(sensor(0, SensorKind::Radar, Some(here), 4.0));
    tracker.set_sensor(sensor(1, SensorKind::AdsB, None, sd));
    tracker.set_sensor(sensor(2, SensorKind::Radar, None, 4.0));
    tracker
}

proptest! {
    #[test]
    fn garbage_never_panics_and_never_shows(
        plots in proptest::collection::vec(plot(), 1..120),
        sd in number(),
        ahead_s in number(),
    ) {
        let mut tracker = tracker(sd);
        let mut events = Vec::new();
        tracker.observe(&plots, &mut events);
        tracker.flush(&mut events);
        let now = Time::EPOCH.plus_seconds(1e6 + 60.0);
        tracker.advance(now, &mut events);
        for track in tracker.tracks() {
            for at in [None, Some(now), Some(now.plus_seconds(ahead_s))] {
                let track = track.at(at);
                let numbers = [
                    track.position.latitude_rad,
                    track.position.longitude_rad,
                    track.position.height_m,
                    track.velocity.east,
                    track.velocity.north,
                    track.velocity.up,
                ];
                let spreads = track.position_covariance.iter().chain(&track.velocity_covariance);
                prop_assert!(numbers.iter().chain(spreads).all(|v| v.is_finite()), "{track:?}");
                prop_assert!(track.position_covariance[0] >= 0.0);
                prop_assert!(track.position_covariance[2] >= 0.0);
            }
        }
        let mut shown: Vec<_> = tracker.tracks().filter_map(|t| t.codes().address).collect();
        shown.sort_unstable();
        prop_assert!(shown.windows(2).all(|pair| pair[0] != pair[1]), "{shown:?}");
        tracker.advance(now.plus_seconds(1e9), &mut events);
        prop_assert_eq!(tracker.tracks_held(), 0);
    }

    #[test]
    fn the_same_plots_give_the_same_events(plots in proptest::collection::vec(plot(), 1..60)) {
        let run = || {
            let mut tracker = tracker(1.0);
            let mut events = Vec::new();
            tracker.observe(&plots, &mut events);
            tracker.flush(&mut events);
            let tracks: Vec<_> = tracker.tracks().map(|track| track.at(None)).collect();
            (format!("{events:?}"), format!("{tracks:?}"))
        };
        prop_assert_eq!(run(), run());
    }
}

fn polar(sic: u8, slant_range_m: f64) -> Plot {
    let time = Time::EPOCH.plus_seconds(1e6);
    let measurement = Measurement::Polar { slant_range_m, azimuth_rad: 1.0, elevation_rad: None };
    Plot {
        measurement: Some(measurement),
        ..Plot::bare(SensorId { sac: 0, sic }, time, PlotOrigin::Primary)
    }
}

#[test]
fn each_refusal_is_counted_by_its_name() {
    let check = |plot: Plot, expected: Refusal| {
        let mut tracker = tracker(1.0);
        let mut events = Vec::new();
        tracker.observe(&[plot], &mut events);
        tracker.flush(&mut events);
        for reason in Refusal::ALL {
            let count = u64::from(reason == expected);
            assert_eq!(tracker.counters().refused(reason), count, "{}", reason.name());
        }
        assert_eq!(tracker.tracks_held(), 0);
    };
    check(polar(9, 50_000.0), Refusal::SensorUnknown);
    check(polar(2, 50_000.0), Refusal::SensorWithoutSite);
    check(polar(0, -1.0), Refusal::Impossible);
    check(polar(0, f64::NAN), Refusal::Impossible);
    let shifted = |by_s: f64| {
        let plot = polar(0, 50_000.0);
        Plot { time: plot.time.plus_seconds(by_s), ..plot }
    };
    check(shifted(40.0 * 365.25 * 86_400.0), Refusal::FromTheFuture);
    check(shifted(-3_600.0), Refusal::Late);
    check(Plot { measurement: None, ..polar(0, 1.0) }, Refusal::NothingToUse);
}

#[test]
fn a_sensor_that_repeats_one_plot_makes_no_track_of_it() {
    let mut tracker = tracker(1.0);
    let mut events = Vec::new();
    tracker.observe(&[polar(0, 50_000.0); 50], &mut events);
    tracker.flush(&mut events);
    assert_eq!(tracker.tracks_held(), 1);
    assert_eq!(tracker.tracks().count(), 0);
    assert_eq!(tracker.counters().refused(Refusal::Repeated), 49);
}

/// Two radars of one place: what becomes of a plot is told of the one that sent it, and stays when
/// the sensor is set again.
#[test]
fn what_became_of_plots_is_told_by_sensor_too() {
    let mut tracker = tracker(1.0);
    let here = Geodetic { latitude_rad: 0.8, longitude_rad: 0.3, height_m: 100.0 };
    tracker.set_sensor(sensor(3, SensorKind::Radar, Some(here), 4.0));
    let mut events = Vec::new();
    let repeated = [polar(0, 50_000.0); 3];
    let impossible = [polar(3, -1.0), polar(3, f64::NAN)];
    tracker.observe(&repeated, &mut events);
    tracker.observe(&impossible, &mut events);
    tracker.observe(&[polar(9, 50_000.0)], &mut events);
    tracker.flush(&mut events);
    tracker.set_sensor(sensor(0, SensorKind::Radar, Some(here), 4.0));
    let told = |sic: u8| {
        let counts = tracker.plots_of(SensorId { sac: 0, sic })?;
        let [repeated, impossible] =
            [Refusal::Repeated, Refusal::Impossible].map(|why| counts.refused(why));
        Some((counts.used, counts.unassociated, repeated, impossible))
    };
    assert_eq!(told(0), Some((0, 1, 2, 0)));
    assert_eq!(told(3), Some((0, 0, 0, 2)));
    assert_eq!(told(9), None, "nobody has set it");
    assert_eq!(tracker.counters().refused(Refusal::SensorUnknown), 1);
}

#[test]
fn the_bound_on_tracks_holds_and_what_fell_out_is_counted() {
    let config = TrackerConfig { tracks_max: 3, ..TrackerConfig::default() };
    let mut tracker = Tracker::new(config);
    tracker.set_sensor(sensor(1, SensorKind::AdsB, None, 1.0));
    let mut events = Vec::new();
    for address in 0..10 {
        let report = PositionReport {
            latitude_rad: 0.1 * f64::from(address),
            longitude_rad: 0.0,
            height_m: None,
            horizontal_sd_m: None,
        };
        let plot = Plot {
            measurement: Some(Measurement::Geodetic(report)),
            codes: Codes { address: Some(Address::icao(address)), ..Codes::default() },
            origin: PlotOrigin::AdsB,
            ..polar(1, 1.0)
        };
        tracker.observe(&[plot], &mut events);
    }
    assert_eq!(tracker.tracks_held(), 3);
    assert_eq!(tracker.counters().shed, 7);
}
