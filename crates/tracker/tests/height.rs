//! The height of a target that radars without elevation see and that tells none: found where two of
//! them look from different distances.

#[path = "common/random.rs"]
mod random;

use geodesy::{Geodesic, Geodetic, LocalFrame, wrap_tau};
use random::Random;
use surveillance::{
    Measurement, Plot, PlotAccuracy, PlotOrigin, Sensor, SensorId, SensorKind, Time, Track, View,
};
use tracker::{Tracker, TrackerConfig};

fn at(t_s: f64) -> Time {
    Time::EPOCH.plus_seconds(1e6 + t_s)
}

fn site(distance_m: f64, bearing_deg: f64) -> Geodetic {
    let middle = Geodetic::from_degrees(42.5, 74.5, 0.0).expect("a place");
    let line = Geodesic { distance_m, bearing_rad: bearing_deg.to_radians() };
    middle.travel(line).at_height(700.0)
}

/// A target that flies north through the middle at 90 m/s, 100 s long, seen by primary radars every
/// 4 and 5 s: its last track, and where it is.
fn followed(height_m: f64, sites: &[Geodetic], seed: u64) -> (Track, Geodetic) {
    let mut random = Random::new(seed);
    let mut tracker =
        Tracker::new(TrackerConfig { output_interval_s: None, ..TrackerConfig::default() });
    let mut plots = Vec::new();
    let there = |t_s: f64| {
        let line = Geodesic { distance_m: 90.0 * (t_s - 50.0), bearing_rad: 0.0 };
        site(0.0, 0.0).travel(line).at_height(height_m)
    };
    for (sic, site) in (1_u8..).zip(sites) {
        let (id, period_s) = (SensorId { sac: 1, sic }, 3.0 + f64::from(sic));
        tracker.set_sensor(Sensor {
            id,
            name: id.to_string(),
            kind: SensorKind::Radar,
            site: Some(*site),
            period_s: Some(period_s),
            accuracy: PlotAccuracy { azimuth_rad: 1.2e-3, ..PlotAccuracy::default() },
            range_max_m: None,
            view: View::default(),
            receivers: Box::default(),
        });
        let radar = LocalFrame::at(*site);
        let mut t_s = 0.7 * f64::from(sic);
        while t_s < 100.0 {
            let seen = radar.polar_from_ecef(there(t_s).to_ecef());
            plots.push(Plot {
                received: at(t_s + 0.1),
                measurement: Some(Measurement::Polar {
                    slant_range_m: seen.slant_range_m + 70.0 * random.normal(),
                    azimuth_rad: wrap_tau(seen.azimuth_rad + 1.2e-3 * random.normal()),
                    elevation_rad: None,
                }),
                ..Plot::bare(id, at(t_s), PlotOrigin::Primary)
            });
            t_s += period_s;
        }
    }
    plots.sort_by_key(|plot| plot.received);
    let mut events = Vec::new();
    for plot in &plots {
        tracker.observe(std::slice::from_ref(plot), &mut events);
        tracker.advance(plot.received, &mut events);
    }
    tracker.flush(&mut events);
    let track = tracker.tracks().next().expect("a track").at(Some(at(100.0)));
    (track, there(100.0))
}

/// RMS errors of the height and over the ground, m, over twelve runs.
fn errors(height_m: f64, sites: &[Geodetic]) -> (f64, f64) {
    let (mut up, mut over) = (0.0, 0.0);
    for seed in 1..13 {
        let (track, there) = followed(height_m, sites, 0x9e37_79b9_7f4a_7c15 ^ seed);
        up += (track.position.height_m - height_m).powi(2) / 12.0;
        let off = LocalFrame::at(there).enu_from_geodetic(track.position);
        over += (off.east * off.east + off.north * off.north) / 12.0;
        assert_eq!(track.height_sd_m, None, "nobody told its height");
    }
    (f64::sqrt(up), f64::sqrt(over))
}

#[test]
fn two_radars_at_different_distances_show_how_high_a_silent_target_flies() {
    let sites = [site(15_000.0, 200.0), site(90_000.0, 250.0)];
    for height_m in [800.0, 4_000.0, 11_000.0] {
        let (height, over_ground) = errors(height_m, &sites);
        assert!(height < 900.0, "{height_m} m: off by {height:.0} m");
        assert!(over_ground < 200.0, "{height_m} m: off by {over_ground:.0} m over the ground");
    }
}

#[test]
fn one_radar_alone_leaves_it_where_it_was_supposed() {
    let (height, _) = errors(800.0, &[site(30_000.0, 200.0)]);
    let supposed = TrackerConfig::default().height_prior_m - 800.0;
    assert!((height - supposed).abs() < 1.0, "{height}");
}
