//! Range rates of radars that hear the Doppler shift: used once it is known which way a radar counts
//! them, and never believed where they are not what targets fly.

#[path = "common/random.rs"]
mod random;

use geodesy::{Enu, Geodetic, LocalFrame};
use random::Random;
use surveillance::{
    Measurement, Plot, PlotAccuracy, PlotOrigin, Sensor, SensorId, SensorKind, Time,
};
use tracker::{Tracker, TrackerConfig};

const RADAR: SensorId = SensorId { sac: 1, sic: 2 };
const PERIOD_S: f64 = 8.0;
const HEIGHT_M: f64 = 6_500.0;

fn site() -> Geodetic {
    Geodetic::from_degrees(43.0, 75.0, 700.0).expect("a place")
}

fn at(t_s: f64) -> Time {
    Time::EPOCH.plus_seconds(1_000_000.0 + t_s)
}

/// Where a target is in the radar's plane, m, and its velocity, m/s; at one height.
#[derive(Clone, Copy)]
struct Flight {
    east: f64,
    north: f64,
    ve: f64,
    vn: f64,
}

impl Flight {
    fn point(&self, t_s: f64) -> Geodetic {
        let enu =
            Enu { east: self.east + t_s * self.ve, north: self.north + t_s * self.vn, up: 0.0 };
        LocalFrame::at(site()).geodetic_from_enu(enu).at_height(HEIGHT_M)
    }

    /// A bare echo with noise of 70 m, 0.07° and 2 m/s.
    fn echo(&self, t_s: f64, noise: &mut Random, rate: impl Fn(f64) -> Option<f64>) -> Plot {
        let radar = LocalFrame::at(site());
        let range_m = |t_s: f64| radar.polar_from_ecef(self.point(t_s).to_ecef()).slant_range_m;
        let seen = radar.polar_from_ecef(self.point(t_s).to_ecef());
        let range_rate_mps = (range_m(t_s + 0.5) - range_m(t_s - 0.5)) + 2.0 * noise.normal();
        Plot {
            received: at(t_s + 0.1),
            measurement: Some(Measurement::Polar {
                slant_range_m: seen.slant_range_m + 70.0 * noise.normal(),
                azimuth_rad: geodesy::wrap_tau(
                    seen.azimuth_rad + 0.07_f64.to_radians() * noise.normal(),
                ),
                elevation_rad: None,
            }),
            range_rate_mps: rate(range_rate_mps),
            ..Plot::bare(RADAR, at(t_s), PlotOrigin::Primary)
        }
    }
}

/// Twenty targets in a ring of 60 to 110 km, each flying its own way; those of the first two
/// minutes show which way the radar counts, and a new one comes after that.
fn tracker_that_knows(rate: impl Fn(f64) -> Option<f64> + Copy, noise: &mut Random) -> Tracker {
    let mut tracker =
        Tracker::new(TrackerConfig { output_interval_s: None, ..TrackerConfig::default() });
    tracker.set_sensor(Sensor {
        id: RADAR,
        name: "R".to_owned(),
        kind: SensorKind::Radar,
        site: Some(site()),
        period_s: Some(PERIOD_S),
        accuracy: PlotAccuracy { azimuth_rad: 0.07_f64.to_radians(), ..PlotAccuracy::default() },
        range_max_m: Some(200e3),
        view: surveillance::View::default(),
        receivers: Box::default(),
    });
    let ring = (0..20).map(|i| {
        let angle = f64::from(i) * 0.314;
        let far = 60e3 + 2.5e3 * f64::from(i);
        let (east, north) = (far * angle.sin(), far * angle.cos());
        // a third outward, a third inward, a third across
        let way = angle + f64::from(i % 3) * 2.1;
        Flight { east, north, ve: 200.0 * way.sin(), vn: 200.0 * way.cos() }
    });
    let ring: Vec<Flight> = ring.collect();
    let mut events = Vec::new();
    for turn in 0..16 {
        for (index, flight) in (0..).zip(&ring) {
            let t_s = PERIOD_S * (f64::from(turn) + f64::from(index) / 20.0);
            tracker.observe(&[flight.echo(t_s, noise, rate)], &mut events);
        }
    }
    tracker
}

/// RMS error of a new target's velocity right after its fifth look, m/s, over runs.
fn velocity_error(rate: impl Fn(f64) -> Option<f64> + Copy) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for run in 0..12 {
        let mut noise = Random::new(0x51ed_270b + run);
        let mut tracker = tracker_that_knows(rate, &mut noise);
        let from_s = 16.0 * PERIOD_S;
        let new = Flight { east: -20e3, north: 90e3 + 500.0 * run as f64, ve: 150.0, vn: -180.0 };
        let mut events = Vec::new();
        for look in 0..5 {
            let t_s = from_s + PERIOD_S * f64::from(look);
            tracker.observe(&[new.echo(t_s - 1.0, &mut noise, rate)], &mut events);
            tracker.advance(at(t_s), &mut events);
        }
        tracker.flush(&mut events);
        let now = at(from_s + 4.0 * PERIOD_S - 1.0);
        let there = new.point(from_s + 4.0 * PERIOD_S - 1.0);
        let tracks = tracker.tracks().map(|track| track.at(Some(now)));
        let near = tracks.filter(|track| track.position.geodesic_to(there).distance_m < 3e3);
        for track in near {
            sum += (track.velocity.east - new.ve).powi(2) + (track.velocity.north - new.vn).powi(2);
            count += 1.0;
        }
    }
    assert!(count >= 11.0, "the new target is shown in {count} of 12 runs");
    let mean: f64 = sum / count;
    mean.sqrt()
}

#[test]
fn a_new_targets_velocity_is_known_sooner_with_range_rates_whichever_way_its_radar_counts() {
    let without = velocity_error(|_| None);
    let away = velocity_error(Some);
    let towards = velocity_error(|rate| Some(-rate));
    assert!(away < 0.8 * without, "{away:.1} m/s with, {without:.1} without");
    assert!((away - towards).abs() < 1e-6, "{away} {towards}");
}

#[test]
fn range_rates_that_are_not_what_targets_fly_change_nothing() {
    let without = velocity_error(|_| None);
    let nonsense = velocity_error(|rate| Some((rate * 7.31).rem_euclid(400.0) - 200.0));
    assert!((without - nonsense).abs() < 1e-9, "{without} {nonsense}");
}

#[test]
fn in_clutter_that_hardly_moves_range_rates_leave_fewer_false_tracks_and_lose_no_target() {
    let shown = |rate: fn(f64) -> Option<f64>| -> (usize, usize) {
        let runs = (0..4).map(|run| shown_in_clutter(run, rate));
        runs.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
    };
    let (false_with, found_with) = shown(Some);
    let (false_without, found_without) = shown(|_| None);
    assert!(2 * false_with < false_without, "{false_with} false with, {false_without} without");
    assert!(found_with >= found_without, "{found_with} found with, {found_without} without");
}

/// Of ten targets among a hundred and fifty false echoes a turn in 60 km by 60 km: false tracks at
/// the ends of the turns, and targets that a track is near.
fn shown_in_clutter(run: u32, rate: fn(f64) -> Option<f64>) -> (usize, usize) {
    let mut noise = Random::new(0x2545_f491 + u64::from(run));
    let mut tracker = tracker_that_knows(rate, &mut noise);
    let targets: Vec<Flight> = (0..10)
        .map(|_| {
            let way = noise.between(0.0, std::f64::consts::TAU);
            let (east, north) = (noise.between(-30e3, 30e3), noise.between(110e3, 170e3));
            Flight { east, north, ve: 150.0 * way.sin(), vn: 150.0 * way.cos() }
        })
        .map(|flight| {
            let from_s = 16.0 * PERIOD_S;
            let (ve, vn) = (flight.ve, flight.vn);
            Flight { east: flight.east - from_s * ve, north: flight.north - from_s * vn, ve, vn }
        })
        .collect();
    let mut events = Vec::new();
    let (mut wrong, mut found) = (0, 0);
    for turn in 16..28 {
        let t_s = PERIOD_S * f64::from(turn);
        let mut plots: Vec<Plot> =
            targets.iter().map(|flight| flight.echo(t_s, &mut noise, rate)).collect();
        for _ in 0..150 {
            let (east, north) = (noise.between(-30e3, 30e3), noise.between(110e3, 170e3));
            let still = Flight { east, north, ve: 0.0, vn: 0.0 };
            let own = 10.0 * noise.normal();
            plots.push(still.echo(t_s, &mut noise, |_| rate(own)));
        }
        tracker.observe(&plots, &mut events);
        tracker.advance(at(t_s + 2.0), &mut events);
        tracker.flush(&mut events);
        let near_m = |track: &surveillance::Track, flight: &Flight| {
            track.position.geodesic_to(flight.point(t_s)).distance_m
        };
        let middle = Flight { east: 0.0, north: 140e3, ve: 0.0, vn: 0.0 };
        let tracks = tracker.tracks().map(|track| track.at(Some(at(t_s))));
        let tracks: Vec<_> = tracks.filter(|track| near_m(track, &middle) < 45e3).collect();
        let is_near = |track: &surveillance::Track, flight| near_m(track, flight) < 2e3;
        wrong += tracks.iter().filter(|t| !targets.iter().any(|f| is_near(t, f))).count();
        found += targets.iter().filter(|f| tracks.iter().any(|t| is_near(t, f))).count();
    }
    (wrong, found)
}
