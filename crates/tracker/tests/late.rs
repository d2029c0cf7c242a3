//! Plots that arrive in another order than they were measured in.

use geodesy::{Enu, Geodetic, LocalFrame};
use surveillance::{
    Address, Codes, Measurement, Plot, PlotAccuracy, PlotOrigin, PositionReport, PressureAltitude,
    Sensor, SensorId, SensorKind, Time, Track, Velocity,
};
use tracker::{Refusal, Tracker, TrackerConfig};

const RECEIVER: SensorId = SensorId { sac: 1, sic: 1 };
const RADAR: SensorId = SensorId { sac: 1, sic: 2 };
const HEIGHT_M: f64 = 6_000.0;
const SPEED_MPS: f64 = 180.0;

fn site() -> Geodetic {
    Geodetic::from_degrees(42.8, 74.5, 600.0).expect("valid")
}

fn at(t_s: f64) -> Time {
    Time::EPOCH.plus_seconds(1e6 + t_s)
}

/// North at first, from 20 s on in a right turn of 2°/s. Position and heading.
fn flight(t_s: f64) -> (Geodetic, f64) {
    let rate = 2f64.to_radians();
    let turned = (rate * (t_s - 20.0)).max(0.0);
    let radius_m = SPEED_MPS / rate;
    let east = 30_000.0 + radius_m * (1.0 - turned.cos());
    let north = 20_000.0 + SPEED_MPS * t_s.min(20.0) + radius_m * turned.sin();
    let place = LocalFrame::at(site()).geodetic_from_enu(Enu { east, north, up: 0.0 });
    (place.at_height(HEIGHT_M), turned)
}

fn plot(sensor: SensorId, t_s: f64) -> Plot {
    let (here, heading) = flight(t_s);
    let bare = Plot {
        codes: Codes { address: Some(Address::icao(0x60_1234)), ..Codes::default() },
        pressure_altitude: Some(PressureAltitude { altitude_m: HEIGHT_M, step_m: 7.62 }),
        ..Plot::bare(sensor, at(t_s), PlotOrigin::Secondary)
    };
    if sensor == RADAR {
        let seen = LocalFrame::at(site()).polar_from_ecef(here.to_ecef());
        let wrong_m = 60.0 * (7.3 * t_s).sin();
        let measurement = Measurement::Polar {
            slant_range_m: seen.slant_range_m + wrong_m,
            azimuth_rad: seen.azimuth_rad,
            elevation_rad: None,
        };
        return Plot { measurement: Some(measurement), ..bare };
    }
    let (sin, cos) = heading.sin_cos();
    let report = PositionReport {
        latitude_rad: here.latitude_rad,
        longitude_rad: here.longitude_rad,
        height_m: None,
        horizontal_sd_m: Some(20.0),
    };
    Plot {
        origin: PlotOrigin::AdsB,
        measurement: Some(Measurement::Geodetic(report)),
        velocity: Some(Velocity {
            horizontal: Some(Enu { east: SPEED_MPS * sin, north: SPEED_MPS * cos, up: 0.0 }),
            vertical_rate_mps: None,
        }),
        ..bare
    }
}

/// A report every 1.1 s and a radar's plot every 4 s for 70 s, each as late as `delay_s` says.
fn track(delay_s: impl Fn(usize) -> f64) -> (Track, Tracker) {
    let config = TrackerConfig { output_interval_s: None, ..TrackerConfig::default() };
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
            view: surveillance::View::default(),
            receivers: Box::default(),
        });
    }
    let reports = (0..63).map(|i| plot(RECEIVER, 1.1 * f64::from(i)));
    let mut plots: Vec<Plot> =
        reports.chain((0..17).map(|i| plot(RADAR, 0.7 + 4.0 * f64::from(i)))).collect();
    plots.sort_by_key(|plot| plot.time);
    for (index, plot) in plots.iter_mut().enumerate() {
        plot.received = plot.time.plus_seconds(delay_s(index));
    }
    plots.sort_by_key(|plot| plot.received);
    let mut events = Vec::new();
    for plot in &plots {
        tracker.observe(std::slice::from_ref(plot), &mut events);
    }
    let track = tracker.tracks().next().expect("one aircraft").at(Some(at(70.0)));
    assert_eq!(tracker.tracks().count(), 1);
    (track, tracker)
}

#[test]
fn plots_out_of_order_within_the_window_lead_to_the_same_state_as_in_order() {
    let (expected, _) = track(|_| 0.0);
    // every third plot is overtaken by one or two
    let (found, tracker) = track(|index| if index > 8 && index % 3 == 0 { 2.4 } else { 0.0 });
    assert_eq!(tracker.counters().plots.used, 79);
    let off_m = found.position.to_ecef().distance_m(expected.position.to_ecef());
    // what is left is of the vertical channel, which hears late levels as if they were new
    assert!(off_m < 5e-3, "{off_m} m");
    let off_mps = (found.velocity.east - expected.velocity.east)
        .hypot(found.velocity.north - expected.velocity.north);
    assert!(off_mps < 1e-4, "{off_mps} m/s");
    let spreads = found.position_covariance.iter().zip(&expected.position_covariance);
    for (found, expected) in spreads {
        assert!((found - expected).abs() < 0.01 * expected.abs() + 1e-3, "{found} {expected} m²");
    }
}

#[test]
fn plots_later_than_the_window_are_refused_and_counted() {
    let (_, tracker) = track(|index| if index % 10 == 9 { 4.5 } else { 0.0 });
    assert_eq!(tracker.counters().refused(Refusal::Late), 7);
}
