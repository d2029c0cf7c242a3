//! A scenario in a plane of 300 by 300 without units, as targets over the equator seen by a radar
//! that measures position: García-Fernández, Williams, Granström, Svensson, IEEE TAES 54(4) 2018.
//! Four targets meet in the middle at step 41, one ends there, the others part.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "a module shared by test and example")]

use geodesy::{Enu, Geodetic, LocalFrame};
use std::path::Path;
use surveillance::{
    Measurement, Plot, PlotAccuracy, PlotOrigin, PositionReport, Sensor, SensorId, SensorKind, Time,
};
use tracker::{MotionModel, Tracker, TrackerConfig};

/// Metres that a unit of the plane stands for.
pub const UNIT_M: f64 = 100.0;
const MIDDLE: f64 = 150.0;
const STEPS: usize = 81;
/// GOSPA: cut-off in units; order 2, α 2.
const CUT_OFF: f64 = 10.0;
pub const RADAR: SensorId = SensorId { sac: 1, sic: 1 };

type Points = Vec<[f64; 2]>;

/// True and measured positions by step; the measured ones by run.
pub struct Scenario {
    truth: Vec<Points>,
    runs: Vec<Vec<Points>>,
}

/// Root mean squares over steps and runs, in units: of GOSPA and of its parts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Score {
    pub gospa: f64,
    pub location: f64,
    pub missed: f64,
    pub false_tracks: f64,
}

impl Scenario {
    /// `truth.csv` (`k,target,x,vx,y,vy`) and `meas.csv` (`mc,k,x,y`).
    pub fn read(folder: &Path) -> Self {
        let rows = |name: &str| -> Vec<Vec<f64>> {
            let text = std::fs::read_to_string(folder.join(name)).expect("a table");
            let row = |line: &str| line.split(',').map(|n| n.parse().expect("a number")).collect();
            text.lines().skip(1).map(row).collect()
        };
        let mut truth = vec![Points::new(); STEPS];
        for row in rows("truth.csv") {
            truth[row[0] as usize - 1].push([row[2], row[4]]);
        }
        let mut runs = Vec::new();
        for row in rows("meas.csv") {
            runs.resize_with(runs.len().max(row[0] as usize), || vec![Points::new(); STEPS]);
            runs[row[0] as usize - 1][row[1] as usize - 1].push([row[2], row[3]]);
        }
        Self { truth, runs }
    }

    /// Scores the tracker, as `config` has it, on the first `runs` sets of measurements.
    pub fn score(&self, config: &TrackerConfig, runs: usize) -> Score {
        let mut parts = [0.0; 3];
        let runs = runs.min(self.runs.len());
        for run in &self.runs[..runs] {
            for (truth, shown) in self.truth.iter().zip(track(run, config)) {
                let found = gospa2(truth, &shown);
                parts.iter_mut().zip(found).for_each(|(sum, part)| *sum += part);
            }
        }
        let root = |sum: f64| (sum / (runs * STEPS) as f64).sqrt();
        let [location, missed, false_tracks] = parts;
        Score {
            gospa: root(parts.iter().sum()),
            location: root(location),
            missed: root(missed),
            false_tracks: root(false_tracks),
        }
    }
}

/// What the scenario says of itself: straight flight with density 0.02, detection 0.9, ten false
/// plots a scan; births three in the first scan and 0.005 in each later one, about a normal density
/// of deviation 150 from its middle.
pub fn config() -> TrackerConfig {
    let area_m2 = (300.0 * UNIT_M).powi(2);
    let straight = |share| MotionModel {
        rests_within_s: 0.0,
        acceleration_density: 0.02 * UNIT_M * UNIT_M,
        turn_density: 0.0,
        entry_turn: 0.0,
        share,
    };
    let never = MotionModel { entry_turn: 0.1, turn_density: 1e-4, ..straight(0.0) };
    let births = |expected: f64| expected / (std::f64::consts::TAU * (150.0 * UNIT_M).powi(2));
    TrackerConfig {
        models: [straight(0.4), straight(0.3), straight(0.3), never, never],
        output_interval_s: None,
        speed_prior_sd_mps: UNIT_M,
        gate: 20.0,
        detection_probability: 0.9,
        clutter_density: 10.0 / area_m2,
        birth_density: births(0.005),
        standing_density: births(3.0),
        confirm_primary: 2,
        confirm_score: 0.0,
        primary_speed_min_mps: 0.0,
        // a target missed three times in a row is rather gone
        end_bounds_s: (0.5, 2.5),
        report_sd_min_m: 1.0,
        report_time_sd_s: 0.0,
        ..TrackerConfig::default()
    }
}

/// The radar in the middle of the plane, a look a second.
pub fn radar() -> Sensor {
    Sensor {
        id: RADAR,
        name: "plane".to_owned(),
        kind: SensorKind::Radar,
        site: Some(origin()),
        period_s: Some(1.0),
        accuracy: PlotAccuracy::default(),
        range_max_m: None,
        view: surveillance::View::default(),
        receivers: Box::default(),
    }
}

fn origin() -> Geodetic {
    Geodetic::from_degrees(0.0, 0.0, 0.0).expect("a valid position")
}

/// Of each look a second apart, plots and when they were made.
pub fn plots(look: usize, points: &[[f64; 2]]) -> (Time, Vec<Plot>) {
    let (now, plane) = (Time::from_unix_seconds(1e6 + look as f64), LocalFrame::at(origin()));
    (now, points.iter().map(|point| plot(&plane, *point, now)).collect())
}

/// Where a track is in the plane.
pub fn place(track: &surveillance::Track) -> [f64; 2] {
    let at = LocalFrame::at(origin()).enu_from_ecef(track.position.to_ecef());
    [MIDDLE + at.east / UNIT_M, MIDDLE + at.north / UNIT_M]
}

/// What the tracker shows after each step.
fn track(run: &[Points], config: &TrackerConfig) -> Vec<Points> {
    let mut tracker = Tracker::new(config.clone());
    tracker.set_sensor(radar());
    let mut events = Vec::new();
    let mut step_of = |(step, points): (usize, &Points)| {
        let (now, plots) = plots(step, points);
        tracker.observe(&plots, &mut events);
        tracker.flush(&mut events);
        tracker.advance(now, &mut events);
        tracker.tracks().map(|track| place(&track.at(Some(now)))).collect()
    };
    run.iter().enumerate().map(&mut step_of).collect()
}

fn plot(plane: &LocalFrame, [x, y]: [f64; 2], time: Time) -> Plot {
    let east = (x - MIDDLE) * UNIT_M;
    let north = (y - MIDDLE) * UNIT_M;
    let at = plane.geodetic_from_enu(Enu { east, north, up: 0.0 });
    Plot {
        measurement: Some(Measurement::Geodetic(PositionReport {
            latitude_rad: at.latitude_rad,
            longitude_rad: at.longitude_rad,
            height_m: Some(at.height_m),
            horizontal_sd_m: Some(UNIT_M),
        })),
        ..Plot::bare(RADAR, time, PlotOrigin::Primary)
    }
}

/// Squared GOSPA in its parts (location, missed, false): the cheapest of all ways to pair.
fn gospa2(truth: &[[f64; 2]], shown: &[[f64; 2]]) -> [f64; 3] {
    fn cheapest(truth: &[[f64; 2]], shown: &[[f64; 2]], taken: u64) -> (f64, usize) {
        let Some((first, rest)) = truth.split_first() else { return (0.0, 0) };
        let half = 0.5 * CUT_OFF * CUT_OFF;
        let cost = |(sum, pairs): (f64, usize)| sum - 2.0 * half * pairs as f64;
        let mut best = cheapest(rest, shown, taken);
        for (index, there) in shown.iter().enumerate().take(64) {
            let d2 = (first[0] - there[0]).powi(2) + (first[1] - there[1]).powi(2);
            if taken & (1 << index) == 0 && d2 < CUT_OFF * CUT_OFF {
                let (sum, pairs) = cheapest(rest, shown, taken | 1 << index);
                if cost((sum + d2, pairs + 1)) < cost(best) {
                    best = (sum + d2, pairs + 1);
                }
            }
        }
        best
    }
    let (location, pairs) = cheapest(truth, shown, 0);
    let each = 0.5 * CUT_OFF * CUT_OFF;
    [location, each * (truth.len() - pairs) as f64, each * (shown.len() - pairs) as f64]
}
