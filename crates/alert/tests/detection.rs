//! The share of expected plots that came, held against the share that was sent.

mod support;

use alert::{Detection, DetectionWatch, SensorFact};
use geodesy::units::METRES_PER_NM;
use geodesy::{Enu, Geodetic, LocalFrame};
use support::{Chance, degrees, noon};
use surveillance::{
    Address, Codes, Measurement, Plot, PlotAccuracy, PlotOrigin, PositionReport, PressureAltitude,
    Sensor, SensorId, SensorKind, Track,
};
use tracker::{Tracker, TrackerConfig};

const RADAR: SensorId = SensorId { sac: 1, sic: 1 };
const STATION: SensorId = SensorId { sac: 1, sic: 2 };
const PERIOD_S: usize = 5;
const LEVEL_M: f64 = 10_000.0;

fn sensors() -> [Sensor; 2] {
    let radar = Sensor {
        id: RADAR,
        name: "hill".to_owned(),
        kind: SensorKind::Radar,
        site: Some(degrees(42.0, 74.0)),
        period_s: Some(PERIOD_S as f64),
        accuracy: PlotAccuracy { range_m: 60.0, azimuth_rad: 0.001, elevation_rad: 1.0 },
        range_max_m: Some(120.0 * METRES_PER_NM),
        view: surveillance::View::default(),
        receivers: Box::default(),
    };
    let kind = SensorKind::AdsB;
    let station = Sensor { id: STATION, kind, period_s: None, ..radar.clone() };
    [radar, station]
}

/// Where the `n`-th of the aircraft is: twenty on parallel ways 8 NM apart.
fn place(n: usize, second: usize) -> Geodetic {
    let east = (n as f64 - 10.0) * 8.0 * METRES_PER_NM;
    let north = -40_000.0 + 220.0 * second as f64;
    LocalFrame::at(degrees(42.0, 74.0))
        .geodetic_from_enu(Enu { east, north, up: 0.0 })
        .at_height(LEVEL_M)
}

fn bare(n: usize, second: usize, sensor: SensorId, origin: PlotOrigin) -> Plot {
    let address = Some(Address::icao(0x60_1000 + n as u32));
    let codes = Codes { address, ..Codes::default() };
    let now = noon().plus_seconds(second as f64);
    let pressure_altitude = Some(PressureAltitude { altitude_m: LEVEL_M, step_m: 7.62 });
    Plot { codes, pressure_altitude, ..Plot::bare(sensor, now, origin) }
}

fn echo(n: usize, second: usize) -> Plot {
    let site = sensors()[0].site.expect("it has one");
    let polar = LocalFrame::at(site).polar_from_ecef(place(n, second).to_ecef());
    let measurement = Some(Measurement::Polar {
        slant_range_m: polar.slant_range_m,
        azimuth_rad: polar.azimuth_rad,
        elevation_rad: None,
    });
    Plot { measurement, ..bare(n, second, RADAR, PlotOrigin::Secondary) }
}

fn claim(n: usize, second: usize) -> Plot {
    let at = place(n, second);
    let report = PositionReport {
        latitude_rad: at.latitude_rad,
        longitude_rad: at.longitude_rad,
        height_m: None,
        horizontal_sd_m: Some(20.0),
    };
    let measurement = Some(Measurement::Geodetic(report));
    Plot { measurement, ..bare(n, second, STATION, PlotOrigin::AdsB) }
}

/// What is found at the end of `seconds`, of the radar and the station. `comes` says whether the
/// radar's plot of an aircraft comes.
fn found(
    seconds: usize,
    with_adsb: bool,
    mut comes: impl FnMut(usize, usize) -> bool,
) -> [Option<Detection>; 2] {
    let sensors = sensors();
    let mut tracker = Tracker::new(TrackerConfig::default());
    sensors.iter().for_each(|sensor| tracker.set_sensor(sensor.clone()));
    let facts = sensors.each_ref().map(|sensor| SensorFact {
        sensor,
        silent_since: None,
        silent_after_s: None,
        degraded: None,
        detection: None,
        bias: None,
    });
    let (mut watch, mut events) = (DetectionWatch::default(), Vec::new());
    for second in 0..seconds {
        let mut plots = Vec::new();
        for n in 0..20 {
            if (second + n).is_multiple_of(PERIOD_S) && comes(n, second) {
                plots.push(echo(n, second));
            }
            if with_adsb {
                plots.push(claim(n, second));
            }
        }
        tracker.observe(&plots, &mut events);
        tracker.flush(&mut events);
        let now = noon().plus_seconds(second as f64);
        tracker.advance(now, &mut events);
        events.clear();
        let tracks: Vec<Track> = tracker.tracks().map(|track| track.at(Some(now))).collect();
        watch.look(tracks.iter(), &facts, second as f64);
    }
    [RADAR, STATION].map(|sensor| watch.of(sensor))
}

#[test]
fn the_share_found_is_the_share_that_came() {
    for with_adsb in [true, false] {
        for sent in [1.0, 0.97, 0.9, 0.8, 0.6] {
            let mut chance = Chance(7);
            let [radar, station] = found(300, with_adsb, |_, _| chance.within(0.0, 1.0) < sent);
            let radar = radar.expect("it holds twenty tracks");
            // Three standard deviations of 400.
            let by_chance = 3.0 * f64::sqrt(sent * (1.0 - sent) / 400.0) + 0.005;
            assert!((radar.share - sent).abs() < by_chance, "{sent} {with_adsb}: {radar:?}");
            assert!((400..500).contains(&radar.expected), "{sent} {with_adsb}: {radar:?}");
            assert_eq!(station, None, "it has no turn by which to expect its plots");
        }
    }
}

#[test]
fn a_radar_that_loses_all_of_a_sector_is_found_while_others_see_it() {
    // A quarter of the aircraft are not seen any more from the fifth minute on.
    let blind = |n: usize, second: usize| second < 240 || !n.is_multiple_of(4);
    let [radar, _] = found(270, true, blind);
    let radar = radar.expect("it holds twenty tracks");
    assert!(radar.share < 0.95, "{radar:?}");
    // Alone it cannot tell whether they are still there.
    let [radar, _] = found(270, false, blind);
    assert!(radar.expect("it holds fifteen").share > 0.98, "{radar:?}");
}

#[test]
fn what_is_beyond_the_range_is_not_expected() {
    // Most of the twenty are within 108 NM for a while and then leave; none is missed for it.
    let [radar, _] = found(1_400, true, |n, second| {
        let site = sensors()[0].site.expect("it has one");
        site.to_ecef().distance_m(place(n, second).to_ecef()) < 120.0 * METRES_PER_NM
    });
    assert!(radar.is_none_or(|found| found.share > 0.98), "{radar:?}");
}

#[test]
fn an_old_share_is_forgotten() {
    let [radar, _] = found(1_300, true, |_, second| second < 250);
    // Its last plots were expected more than 15 minutes ago.
    assert_eq!(radar, None);
}
