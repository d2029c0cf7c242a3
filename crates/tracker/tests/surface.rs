//! Targets on the ground, which stand, taxi and roll.

#[path = "common/random.rs"]
mod random;

use geodesy::{Enu, Geodetic, LocalFrame};
use random::Random;
use surveillance::{
    Address, Codes, Measurement, Plot, PlotAccuracy, PlotOrigin, PositionReport, Sensor, SensorId,
    SensorKind, Time, View,
};
use tracker::{Tracker, TrackerConfig};

const SYSTEM: SensorId = SensorId { sac: 1, sic: 1 };
const SD_M: f64 = 7.5;

fn at(t_s: u16) -> Time {
    Time::EPOCH.plus_seconds(1e6 + f64::from(t_s))
}

/// East and north, metres, and speed, m/s, each second: stands for two minutes, taxis at 10 m/s, turns
/// by 90° in ten seconds, stands for a minute, rolls with 2.5 m/s² for half a minute.
fn movement() -> Vec<([f64; 2], f64)> {
    let (mut place, mut heading, mut speed) = ([0.0, 0.0], 0.0_f64, 0.0);
    let mut path = Vec::new();
    const STEPS: usize = 20;
    for second in 0..330 {
        path.push((place, speed));
        for _ in 0..STEPS {
            let dt = 1.0 / STEPS as f64;
            let (rate, turn): (f64, f64) = match second {
                120..130 => (1.0, 0.0),
                150..160 => (0.0, 90_f64.to_radians() / 10.0),
                200..210 => (-1.0, 0.0),
                270..300 => (2.5, 0.0),
                _ => (0.0, 0.0),
            };
            speed = f64::max(speed + rate * dt, 0.0);
            heading += turn * dt;
            place = [place[0] + speed * dt * heading.sin(), place[1] + speed * dt * heading.cos()];
        }
    }
    path
}

/// RMS over ten runs, with positions alone each second by an airport's multilateration: place while
/// it moves, m, and speed while it has stood for ten seconds, m/s.
fn errors(says_on_ground: Option<bool>) -> (f64, f64) {
    let airport = LocalFrame::at(Geodetic::from_degrees(43.06, 74.48, 620.0).expect("a place"));
    let (mut off, mut moving, mut speed, mut standing) = (0.0, 0.0, 0.0, 0.0);
    for seed in 1..11 {
        let mut random = Random::new(0xabc ^ seed);
        let mut tracker =
            Tracker::new(TrackerConfig { output_interval_s: None, ..TrackerConfig::default() });
        tracker.set_sensor(Sensor {
            id: SYSTEM,
            name: "M".to_owned(),
            kind: SensorKind::Mlat,
            site: None,
            period_s: Some(1.0),
            accuracy: PlotAccuracy::default(),
            range_max_m: None,
            view: View::default(),
            receivers: Box::default(),
        });
        let mut events = Vec::new();
        for (second, ([east, north], true_speed)) in (0..).zip(movement()) {
            let measured = airport.geodetic_from_enu(Enu {
                east: east + SD_M * random.normal(),
                north: north + SD_M * random.normal(),
                up: 0.0,
            });
            let plot = Plot {
                measurement: Some(Measurement::Geodetic(PositionReport {
                    latitude_rad: measured.latitude_rad,
                    longitude_rad: measured.longitude_rad,
                    height_m: None,
                    horizontal_sd_m: Some(SD_M),
                })),
                codes: Codes { address: Some(Address::icao(0x60_0f_01)), ..Codes::default() },
                on_ground: says_on_ground,
                ..Plot::bare(SYSTEM, at(second), PlotOrigin::Mlat)
            };
            tracker.observe(&[plot], &mut events);
            let Some(track) = tracker.tracks().next() else { continue };
            let track = track.at(Some(at(second)));
            let here = airport.enu_from_geodetic(track.position);
            if true_speed > 0.0 && second > 20 {
                off += (here.east - east).powi(2) + (here.north - north).powi(2);
                moving += 1.0;
            }
            if (30..120).contains(&second) || (220..270).contains(&second) {
                speed += track.velocity.east.powi(2) + track.velocity.north.powi(2);
                standing += 1.0;
            }
        }
    }
    (f64::sqrt(off / moving), f64::sqrt(speed / standing))
}

#[test]
fn what_says_that_it_is_on_the_ground_stands_still_when_it_stands_and_is_followed_when_it_rolls() {
    let (in_air_m, in_air_mps) = errors(None);
    let (off_m, speed_mps) = errors(Some(true));
    assert!(speed_mps < 0.35, "{speed_mps:.2} m/s while standing; flying {in_air_mps:.2}");
    assert!(speed_mps < 0.5 * in_air_mps, "{speed_mps:.2} m/s; flying {in_air_mps:.2}");
    assert!(off_m < in_air_m, "{off_m:.1} m while moving; flying {in_air_m:.1}");
}
