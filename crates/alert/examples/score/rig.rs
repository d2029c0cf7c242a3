//! Aircraft with truth, what a sensor makes of them, and what the board shows.

use crate::support::{Chance, Stage, degrees};
use alert::{Board, BoardConfig, Firings, Rule, Scene, Subject};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_FPM, MPS_PER_KNOT};
use geodesy::{Enu, Geodetic, LocalFrame};
use surveillance::{
    Address, Codes, Measurement, Mode3A, Phase, Plot, PlotAccuracy, PlotOrigin, PositionReport,
    PressureAltitude, Sensor, SensorId, SensorKind, Time, Track, Velocity,
};
use tracker::{Tracker, TrackerConfig};

/// Where the truth is drawn: metres east and north of here.
pub(crate) fn frame() -> LocalFrame {
    LocalFrame::at(degrees(42.0, 74.0))
}

/// True state at one second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct State {
    pub(crate) east_m: f64,
    pub(crate) north_m: f64,
    pub(crate) height_m: f64,
    pub(crate) east_mps: f64,
    pub(crate) north_mps: f64,
    pub(crate) climb_mps: f64,
}

impl State {
    pub(crate) fn place(&self) -> Geodetic {
        let enu = Enu { east: self.east_m, north: self.north_m, up: 0.0 };
        frame().geodetic_from_enu(enu).at_height(self.height_m)
    }

    pub(crate) fn lateral_m(&self, other: &State) -> f64 {
        (self.east_m - other.east_m).hypot(self.north_m - other.north_m)
    }
}

/// How an aircraft flies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Aircraft {
    /// Where it would be at `at_s` on its first course.
    pub(crate) at_nm: [f64; 2],
    pub(crate) at_s: f64,
    pub(crate) course_deg: f64,
    pub(crate) speed_kt: f64,
    /// At the beginning.
    pub(crate) level_ft: f64,
    pub(crate) climb_fpm: f64,
    /// Where it levels off; beyond reach if it does not.
    pub(crate) to_ft: f64,
    /// Turns so many degrees at 1.5° a second from here on, s.
    pub(crate) turn: Option<(f64, f64)>,
}

impl Aircraft {
    /// Truth at each second.
    pub(crate) fn fly(&self, duration_s: usize, chance: &mut Chance) -> Vec<State> {
        let mut course_rad = self.course_deg.to_radians();
        let speed_mps = self.speed_kt * MPS_PER_KNOT;
        let [east_nm, north_nm] = self.at_nm;
        let back_m = speed_mps * self.at_s;
        let mut state = State {
            east_m: east_nm * METRES_PER_NM - back_m * course_rad.sin(),
            north_m: north_nm * METRES_PER_NM - back_m * course_rad.cos(),
            height_m: self.level_ft * METRES_PER_FOOT,
            east_mps: 0.0,
            north_mps: 0.0,
            climb_mps: 0.0,
        };
        let mut turned_deg = 0.0;
        // Climbs and descents are not steady: 150 ft/min over some twenty seconds.
        let mut wobble_mps = 0.0;
        (0..duration_s)
            .map(|second| {
                if let Some((from_s, by_deg)) = self.turn
                    && second as f64 >= from_s
                    && turned_deg < f64::abs(by_deg)
                {
                    turned_deg += 1.5;
                    course_rad += 1.5_f64.to_radians() * by_deg.signum();
                }
                wobble_mps = 0.95 * wobble_mps + chance.normal(150.0 * MPS_PER_FPM * 0.31);
                let to_go_m = self.to_ft * METRES_PER_FOOT - state.height_m;
                let rate_mps = self.climb_fpm * MPS_PER_FPM;
                // Levels off over the last eight seconds of its rate.
                let limited_mps = rate_mps.abs().min(to_go_m.abs() / 8.0);
                let climbs = to_go_m * rate_mps > 0.0 && limited_mps > 0.3;
                state.climb_mps =
                    if climbs { limited_mps.copysign(rate_mps) + wobble_mps } else { 0.0 };
                state.east_mps = speed_mps * course_rad.sin();
                state.north_mps = speed_mps * course_rad.cos();
                let now = state;
                state.east_m += state.east_mps;
                state.north_m += state.north_mps;
                state.height_m += state.climb_mps;
                now
            })
            .collect()
    }
}

/// Who sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Eye {
    AdsB,
    Radar,
}

impl Eye {
    pub(crate) const BOTH: [Self; 2] = [Self::AdsB, Self::Radar];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AdsB => "ADS-B 1 s",
            Self::Radar => "radar 5 s",
        }
    }

    fn sensor(self) -> Sensor {
        let site = frame().geodetic_from_enu(Enu { east: 0.0, north: -90_000.0, up: 0.0 });
        Sensor {
            id: SensorId { sac: 1, sic: if self == Self::AdsB { 2 } else { 1 } },
            name: self.name().to_owned(),
            kind: if self == Self::AdsB { SensorKind::AdsB } else { SensorKind::Radar },
            site: (self == Self::Radar).then(|| site.at_height(0.0)),
            period_s: (self == Self::Radar).then_some(5.0),
            accuracy: PlotAccuracy {
                range_m: 60.0,
                azimuth_rad: 0.07_f64.to_radians(),
                elevation_rad: 1.0,
            },
            range_max_m: Some(400_000.0),
            view: surveillance::View::default(),
            receivers: Box::default(),
        }
    }

    /// The plot of one aircraft at one second, if there is one. `told_m` is its pressure altitude.
    fn plot(
        self,
        (index, state, told_m): (usize, &State, Option<f64>),
        second: usize,
        now: Time,
        chance: &mut Chance,
    ) -> Option<Plot> {
        let sensor = self.sensor();
        if self == Self::Radar && second % 5 != index % 5 {
            return None;
        }
        let step_m = if self == Self::AdsB { 25.0 } else { 100.0 } * METRES_PER_FOOT;
        let pressure_altitude = told_m.map(|metres| PressureAltitude {
            altitude_m: (metres / step_m).round() * step_m,
            step_m,
        });
        let code = Mode3A::new(0o2101 + index as u16);
        let mut plot =
            Plot { pressure_altitude, ..Plot::bare(sensor.id, now, PlotOrigin::Secondary) };
        plot.codes = Codes { mode_3a: Some(code), ..Codes::default() };
        match sensor.site {
            None => {
                plot.origin = PlotOrigin::AdsB;
                plot.codes.address = Some(Address::icao(0x60_1000 + index as u32));
                let sd_m = 20.0;
                let east_m = state.east_m + chance.normal(sd_m);
                let north_m = state.north_m + chance.normal(sd_m);
                let place = State { east_m, north_m, ..*state }.place();
                plot.measurement = Some(Measurement::Geodetic(PositionReport {
                    latitude_rad: place.latitude_rad,
                    longitude_rad: place.longitude_rad,
                    height_m: None,
                    horizontal_sd_m: Some(sd_m),
                }));
                let step_mps = 64.0 * MPS_PER_FPM;
                let rate_mps = state.climb_mps + chance.normal(60.0 * MPS_PER_FPM);
                plot.velocity = Some(Velocity {
                    horizontal: Some(Enu {
                        east: state.east_mps + chance.normal(1.0),
                        north: state.north_mps + chance.normal(1.0),
                        up: 0.0,
                    }),
                    vertical_rate_mps: told_m.map(|_| (rate_mps / step_mps).round() * step_mps),
                });
            }
            Some(site) => {
                let polar = LocalFrame::at(site).polar_from_ecef(state.place().to_ecef());
                plot.measurement = Some(Measurement::Polar {
                    slant_range_m: polar.slant_range_m + chance.normal(60.0),
                    azimuth_rad: geodesy::wrap_tau(
                        polar.azimuth_rad + chance.normal(0.07_f64.to_radians()),
                    ),
                    elevation_rad: None,
                });
            }
        }
        Some(plot)
    }
}

/// An alert that opened.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    pub(crate) rule: Rule,
    pub(crate) at_s: f64,
}

/// What rules are given at one second.
pub(crate) type Evaluate<'a> = &'a mut dyn FnMut(&Scene<'_>, &mut Firings);

/// When a run begins, UTC.
pub(crate) fn begin() -> Time {
    Time::from_unix_seconds(1_780_000_000.0)
}

/// Flies truth past a sensor and returns what opened on the board, in order. `told_m` gives the
/// pressure altitude that an aircraft of a true height tells; `know` completes the subjects.
pub(crate) fn run(
    truth: &[Vec<State>],
    eye: Eye,
    told_m: &dyn Fn(f64) -> Option<f64>,
    know: &dyn for<'a> Fn(Subject<'a>) -> Subject<'a>,
    chance: &mut Chance,
    evaluate: Evaluate<'_>,
) -> Vec<Opened> {
    let mut tracker = Tracker::new(TrackerConfig::default());
    tracker.set_sensor(eye.sensor());
    let mut board = Board::new(BoardConfig::default());
    let (mut events, mut firings, mut opened) = (Vec::new(), Firings::new(), Vec::new());
    for second in 0..truth[0].len() {
        let now = begin().plus_seconds(second as f64);
        let plots: Vec<Plot> = truth
            .iter()
            .enumerate()
            .filter_map(|(index, states)| {
                let state = &states[second];
                eye.plot((index, state, told_m(state.height_m)), second, now, chance)
            })
            .collect();
        tracker.observe(&plots, &mut events);
        tracker.flush(&mut events);
        tracker.advance(now, &mut events);
        events.clear();
        step(&tracker, now, &mut board, &mut firings, know, evaluate);
        for id in &board.changes().opened {
            let alert = board.get(*id).expect("what opened is there");
            let at_s = second as f64;
            opened.push(Opened { rule: alert.key.rule, at_s });
        }
    }
    opened
}

/// One evaluation of what a tracker believes.
pub(crate) fn step(
    tracker: &Tracker,
    now: Time,
    board: &mut Board,
    firings: &mut Firings,
    know: &dyn for<'a> Fn(Subject<'a>) -> Subject<'a>,
    evaluate: Evaluate<'_>,
) -> usize {
    let stage = Stage { running_s: board.running_s(now), ..Stage::new(shown(tracker, now), now) };
    let subjects: Vec<_> = stage.subjects().into_iter().map(know).collect();
    firings.clear();
    evaluate(&stage.scene(&subjects), firings);
    board.update(firings, &[], now);
    subjects.len()
}

/// Tracks as the picture has them.
fn shown(tracker: &Tracker, now: Time) -> Vec<Track> {
    tracker
        .tracks()
        .filter(|track| track.phase() != Phase::Tentative)
        .map(|track| track.at(Some(now)))
        .collect()
}

/// One line of a table.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) runs: u32,
    pub(crate) due: u32,
    pub(crate) told: u32,
    pub(crate) in_vain: u32,
    pub(crate) flown_s: f64,
    pub(crate) warned_s: Vec<f64>,
}

impl Row {
    /// Takes a run: when what is warned of came about, and when it was told.
    pub(crate) fn take(&mut self, came_s: Option<f64>, told_s: Option<f64>, flown_s: f64) {
        self.runs += 1;
        self.flown_s += flown_s;
        match (came_s, told_s) {
            (Some(came_s), told_s) => {
                self.due += 1;
                if let Some(told_s) = told_s {
                    self.told += 1;
                    self.warned_s.push(came_s - told_s);
                }
            }
            (None, Some(_)) => self.in_vain += 1,
            (None, None) => {}
        }
    }

    pub(crate) fn print(&mut self, name: &str, eye: &str) {
        self.warned_s.sort_by(f64::total_cmp);
        let at = |share| crate::table::quantile(&self.warned_s, share);
        let late = self.warned_s.iter().filter(|s| **s < 0.0).count();
        let share = crate::table::share(self.told, self.due);
        println!(
            "| {name} | {eye} | {} | {share} | {late} | {} | {} | {} | {:.2} |",
            self.runs,
            at(0.5),
            at(0.05),
            self.in_vain,
            f64::from(self.in_vain) * 3_600.0 / self.flown_s
        );
    }
}

pub(crate) fn heading(title: &str) {
    println!("\n### {title}\n");
    println!(
        "| encounter | sensor | runs | told, of those due | late | warned before, s, median | at least, \
         95 % | \
         told in vain | in vain an hour flown |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
}

/// Whose number a track is does not matter to a subject without a plan.
pub(crate) fn bare<'a>(subject: Subject<'a>) -> Subject<'a> {
    subject
}
