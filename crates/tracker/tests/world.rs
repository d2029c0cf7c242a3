//! One aircraft anywhere on Earth keeps one track: over the pole, across the antimeridian,
//! by ADS-B and by radar alone.

use geodesy::{Enu, Geodesic, Geodetic, LocalFrame, units::MPS_PER_KNOT};
use surveillance::{
    Address, Codes, Measurement, Mode3A, Phase, Plot, PlotAccuracy, PlotOrigin, PositionReport,
    PressureAltitude, Sensor, SensorId, SensorKind, Time, Velocity,
};
use tracker::{TrackEvent, Tracker, TrackerConfig};

const HEIGHT_M: f64 = 10_000.0;
const SPEED_MPS: f64 = 240.0;
const RECEIVER: SensorId = SensorId { sac: 1, sic: 1 };
const RADAR: SensorId = SensorId { sac: 1, sic: 2 };

fn sensor(id: SensorId, kind: SensorKind, site: Option<Geodetic>) -> Sensor {
    Sensor {
        id,
        name: id.to_string(),
        kind,
        site,
        period_s: (kind == SensorKind::Radar).then_some(4.0),
        accuracy: PlotAccuracy::default(),
        range_max_m: None,
        view: surveillance::View::default(),
        receivers: Box::default(),
    }
}

fn at(t_s: f64) -> Time {
    Time::EPOCH.plus_seconds(1_000_000.0 + t_s)
}

/// A great-circle flight through a point half-way, and the velocity it has.
struct Flight {
    start: Geodetic,
    bearing_rad: f64,
}

impl Flight {
    fn through(middle: Geodetic, bearing_rad: f64, half_s: f64) -> Self {
        let back = Geodesic {
            distance_m: SPEED_MPS * half_s,
            bearing_rad: bearing_rad + std::f64::consts::PI,
        };
        let start = middle.travel(back);
        let bearing_rad = start.geodesic_to(middle).bearing_rad;
        Self { start, bearing_rad }
    }

    fn position(&self, t_s: f64) -> Geodetic {
        let line = Geodesic { distance_m: SPEED_MPS * t_s, bearing_rad: self.bearing_rad };
        self.start.travel(line).at_height(HEIGHT_M)
    }

    fn velocity(&self, t_s: f64) -> Enu {
        let here = self.position(t_s);
        let d = LocalFrame::at(here).enu_from_geodetic(self.position(t_s + 0.5));
        Enu { east: d.east / 0.5, north: d.north / 0.5, up: 0.0 }
    }
}

fn level() -> Option<PressureAltitude> {
    Some(PressureAltitude { altitude_m: HEIGHT_M, step_m: 7.62 })
}

fn report(flight: &Flight, t_s: f64) -> Plot {
    let here = flight.position(t_s);
    Plot {
        received: at(t_s + 0.1),
        measurement: Some(Measurement::Geodetic(PositionReport {
            latitude_rad: here.latitude_rad,
            longitude_rad: here.longitude_rad,
            height_m: Some(HEIGHT_M),
            horizontal_sd_m: Some(10.0),
        })),
        codes: Codes { address: Some(Address::icao(0x40_0001)), ..Codes::default() },
        pressure_altitude: level(),
        velocity: Some(Velocity {
            horizontal: Some(flight.velocity(t_s)),
            vertical_rate_mps: Some(0.0),
        }),
        ..Plot::bare(RECEIVER, at(t_s), PlotOrigin::AdsB)
    }
}

fn echo(flight: &Flight, radar: &LocalFrame, t_s: f64) -> Plot {
    let seen = radar.polar_from_ecef(flight.position(t_s).to_ecef());
    Plot {
        received: at(t_s + 0.1),
        measurement: Some(Measurement::Polar {
            slant_range_m: seen.slant_range_m,
            azimuth_rad: seen.azimuth_rad,
            elevation_rad: None,
        }),
        codes: Codes { mode_3a: Some(Mode3A::new(0o4321)), ..Codes::default() },
        pressure_altitude: level(),
        ..Plot::bare(RADAR, at(t_s), PlotOrigin::Secondary)
    }
}

/// Feeds a plot each `period_s` and demands one track, near the truth, all along.
fn check(
    tracker: &mut Tracker,
    flight: &Flight,
    period_s: f64,
    most_m: f64,
    plot: impl Fn(f64) -> Plot,
) {
    let mut events = Vec::new();
    for step in 0..200 {
        let t_s = f64::from(step) * period_s;
        tracker.observe(&[plot(t_s)], &mut events);
        tracker.flush(&mut events);
        tracker.advance(at(t_s + 0.2), &mut events);
        if step > 10 {
            let now = at(t_s + 0.2);
            let tracks: Vec<_> = tracker.tracks().map(|track| track.at(Some(now))).collect();
            assert_eq!(tracks.len(), 1, "at {t_s} s");
            let off = tracks[0].position.to_ecef().distance_m(flight.position(t_s + 0.2).to_ecef());
            assert!(off < most_m, "{off} m off at {t_s} s, {:?}", tracks[0].position);
            assert_eq!(tracks[0].phase, Phase::Confirmed);
            // compared in earth-centred axes: beside the pole, east turns within metres
            let v = LocalFrame::at(tracks[0].position).rotate_to_ecef(tracks[0].velocity);
            let truth = LocalFrame::at(flight.position(t_s + 0.2));
            let w = truth.rotate_to_ecef(flight.velocity(t_s + 0.2));
            let off_mps = (0..3).map(|i| (v[i] - w[i]).powi(2)).sum::<f64>().sqrt();
            assert!(off_mps < 8.0, "{off_mps} m/s off at {t_s} s");
        }
    }
    let started = events.iter().filter(|event| matches!(event, TrackEvent::Started(_))).count();
    assert_eq!(started, 1);
}

fn places() -> [(Geodetic, f64); 6] {
    [
        (89.999, 20.0, 0.3),
        (-89.9999, -70.0, 2.0),
        (10.0, 180.0, 1.5),
        (-71.0, 180.0, -1.2),
        (0.0, 0.0, 0.7),
        (51.0, 13.0, 4.0),
    ]
    .map(|(lat, lon, bearing)| (Geodetic::from_degrees(lat, lon, 0.0).expect("valid"), bearing))
}

#[test]
fn an_aircraft_over_a_pole_or_the_antimeridian_keeps_one_ads_b_track() {
    for (middle, bearing_rad) in places() {
        let flight = Flight::through(middle, bearing_rad, 200.0);
        let mut tracker = Tracker::new(TrackerConfig::default());
        tracker.set_sensor(sensor(RECEIVER, SensorKind::AdsB, None));
        check(&mut tracker, &flight, 2.0, 15.0, |t_s| report(&flight, t_s));
    }
}

#[test]
fn an_aircraft_over_a_pole_or_the_antimeridian_keeps_one_radar_track() {
    for (middle, bearing_rad) in places() {
        let flight = Flight::through(middle, bearing_rad, 400.0);
        let aside = Geodesic { distance_m: 60_000.0, bearing_rad: bearing_rad + 1.0 };
        let site = middle.travel(aside).at_height(300.0);
        let mut tracker = Tracker::new(TrackerConfig::default());
        tracker.set_sensor(sensor(RADAR, SensorKind::Radar, Some(site)));
        let radar = LocalFrame::at(site);
        check(&mut tracker, &flight, 4.0, 60.0, |t_s| echo(&flight, &radar, t_s));
    }
}

#[test]
fn a_radar_track_and_a_later_ads_b_report_of_the_same_aircraft_are_one_track() {
    let (middle, bearing_rad) = places()[5];
    let flight = Flight::through(middle, bearing_rad, 100.0);
    let site = middle.at_height(300.0);
    let radar = LocalFrame::at(site.travel(Geodesic { distance_m: 50_000.0, bearing_rad: 0.2 }));
    let mut tracker = Tracker::new(TrackerConfig::default());
    tracker.set_sensor(sensor(RADAR, SensorKind::Radar, Some(radar.origin())));
    tracker.set_sensor(sensor(RECEIVER, SensorKind::AdsB, None));
    let mut events = Vec::new();
    for step in 0..60 {
        let t_s = f64::from(step) * 2.0;
        if step % 2 == 0 {
            tracker.observe(&[echo(&flight, &radar, t_s)], &mut events);
        }
        if step > 15 {
            tracker.observe(&[report(&flight, t_s + 0.3)], &mut events);
        }
        tracker.advance(at(t_s + 1.0), &mut events);
    }
    let tracks: Vec<_> = tracker.tracks().map(|track| track.at(None)).collect();
    assert_eq!(tracks.len(), 1);
    assert_eq!(tracks[0].codes.address, Some(Address::icao(0x40_0001)));
    assert_eq!(tracks[0].codes.mode_3a, Some(Mode3A::new(0o4321)));
    assert_eq!(tracks[0].contributors.len(), 2);
}

#[test]
fn a_recording_that_starts_again_ends_the_old_track_and_no_track_outruns_a_thousand_knots() {
    let flights: Vec<Flight> = (0..12)
        .map(|i| {
            let middle =
                Geodetic::from_degrees(34.0, -118.0 + 0.05 * f64::from(i), 0.0).expect("valid");
            Flight::through(middle, f64::from(i), 60.0)
        })
        .collect();
    let mut tracker = Tracker::new(TrackerConfig::default());
    tracker.set_sensor(sensor(RECEIVER, SensorKind::AdsB, None));
    let mut events = Vec::new();
    let mut before: Vec<surveillance::Track> = Vec::new();
    let mut superseded = 0;
    for step in 0..2_000usize {
        let t_s = step as f64 * 0.25;
        // 200 s, then all over again from the beginning
        let in_recording_s = t_s % 200.0;
        for (index, flight) in flights.iter().enumerate() {
            // reports once a second, each aircraft at its own beat; some are silent a while
            let silent = index % 3 == 0 && (90.0..115.0).contains(&in_recording_s);
            if step % 4 == index % 4 && !silent {
                let mut plot = report(flight, in_recording_s);
                plot.time = at(t_s);
                plot.received = at(t_s);
                plot.codes.address = Some(Address::icao(0xa0_0000 + index as u32));
                tracker.observe(&[plot], &mut events);
            }
        }
        let now = at(t_s);
        tracker.advance(now, &mut events);
        let tracks: Vec<_> = tracker.tracks().map(|track| track.at(Some(now))).collect();
        let mut addresses: Vec<_> = tracks.iter().filter_map(|t| t.codes.address).collect();
        addresses.sort_unstable();
        let all = addresses.len();
        addresses.dedup();
        assert_eq!(addresses.len(), all, "an address twice at {t_s} s");
        for track in &tracks {
            if let Some(old) = before.iter().find(|old| old.number == track.number) {
                let gone_m = track.position.to_ecef().distance_m(old.position.to_ecef());
                let speed_kt = gone_m / 0.25 / MPS_PER_KNOT;
                assert!(speed_kt < 1_000.0, "{} at {speed_kt} kt, {t_s} s", track.number);
            }
        }
        before = tracks;
        superseded += events
            .drain(..)
            .filter(|event| {
                let TrackEvent::Ended { reason, .. } = event else { return false };
                matches!(reason, surveillance::EndReason::Superseded(_))
            })
            .count();
        if in_recording_s == 10.0 {
            assert_eq!(before.len(), flights.len(), "at {t_s} s");
        }
    }
    assert_eq!(superseded, 2 * flights.len());
    assert_eq!(tracker.counters().superseded as usize, superseded);
}
