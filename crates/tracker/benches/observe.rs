//! Plots per CPU-second through [`Tracker::observe`]: the public S200 scenario where it is at
//! hand, and synthetic loads of 1,000 and 20,000 targets seen by three radars and ADS-B.
//!
//! `cargo bench -p tracker`. Single-threaded and never waiting, so elapsed time is CPU time on a
//! machine with a core to spare. Each figure is the best of three runs.

#![expect(clippy::print_stdout, reason = "a benchmark's output")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::Scenario;
use geodesy::{Enu, Geodesic, Geodetic, LocalFrame};
use std::time::Instant;
use surveillance::{
    Address, Codes, Measurement, Mode3A, Plot, PlotAccuracy, PlotOrigin, PositionReport,
    PressureAltitude, Sensor, SensorId, SensorKind, Time, Velocity,
};
use tracker::{BYTES_PER_TRACK, Tracker, TrackerConfig};

fn main() {
    println!("at most {BYTES_PER_TRACK} bytes a track");
    if let Some(folder) = common::shared("S200") {
        let scenario = Scenario::read(&folder);
        measure("S200", &scenario.sensors, &scenario.plots);
    }
    for targets in [1_000, 20_000] {
        let (sensors, plots) = synthetic(targets);
        measure(&format!("{targets} targets"), &sensors, &plots);
    }
}

fn measure(name: &str, sensors: &[Sensor], plots: &[Plot]) {
    let mut best = f64::INFINITY;
    let mut shown = 0;
    for _ in 0..3 {
        let mut tracker = Tracker::new(TrackerConfig::default());
        sensors.iter().for_each(|sensor| tracker.set_sensor(sensor.clone()));
        let mut events = Vec::new();
        let start = Instant::now();
        for batch in plots.chunk_by(|a, b| tick(a) == tick(b)) {
            tracker.observe(batch, &mut events);
            tracker.advance(batch[batch.len() - 1].received, &mut events);
            events.clear();
        }
        best = best.min(start.elapsed().as_secs_f64());
        shown = tracker.tracks().count();
    }
    let rate = plots.len() as f64 / best;
    println!("{name}: {} plots, {shown} tracks, {rate:.0} plots per CPU-second", plots.len());
}

/// A tenth of a second of receipt: how a node would hand plots over.
fn tick(plot: &Plot) -> i64 {
    plot.received.unix_nanos().div_euclid(100_000_000)
}

/// Straight flights over 500 km by 500 km for a minute; the whole density of plots at once.
fn synthetic(targets: u32) -> (Vec<Sensor>, Vec<Plot>) {
    let centre = Geodetic::from_degrees(50.0, 15.0, 0.0).expect("a valid position");
    let frame = LocalFrame::at(centre);
    let sensors: Vec<Sensor> = (0..3).map(|i| radar(i, centre)).chain([receiver()]).collect();
    let mut random = Random(7);
    let mut plots = Vec::new();
    for target in 0..targets {
        let aircraft = Aircraft::new(target, &mut random);
        for (index, sensor) in sensors.iter().enumerate() {
            if index == 3 && target % 5 > 2 {
                continue; // three in five have ADS-B
            }
            let period_s = sensor.period_s.unwrap_or(2.0);
            let mut t_s = random.between(0.0, period_s);
            while t_s < 60.0 {
                plots.extend(aircraft.plot(sensor, &frame, t_s, &mut random));
                t_s += period_s;
            }
        }
    }
    plots.sort_by_key(|plot| plot.received);
    (sensors, plots)
}

fn radar(index: u8, centre: Geodetic) -> Sensor {
    let line = Geodesic { distance_m: 150_000.0, bearing_rad: f64::from(index) * 2.1 };
    Sensor {
        id: SensorId { sac: 1, sic: index },
        name: format!("R{index}"),
        kind: SensorKind::Radar,
        site: Some(centre.travel(line).at_height(400.0)),
        period_s: Some(f64::from(index + 1) * 4.0),
        accuracy: PlotAccuracy::default(),
        range_max_m: Some(470_000.0),
    }
}

fn receiver() -> Sensor {
    Sensor {
        id: SensorId { sac: 1, sic: 9 },
        name: "AD".to_owned(),
        kind: SensorKind::AdsB,
        site: None,
        period_s: None,
        accuracy: PlotAccuracy::default(),
        range_max_m: None,
    }
}

struct Aircraft {
    number: u32,
    start: [f64; 2],
    velocity: [f64; 2],
    height_m: f64,
}

impl Aircraft {
    fn new(number: u32, random: &mut Random) -> Self {
        let heading = random.between(0.0, std::f64::consts::TAU);
        let speed_mps = random.between(100.0, 260.0);
        Self {
            number,
            start: [random.between(-250e3, 250e3), random.between(-250e3, 250e3)],
            velocity: [speed_mps * heading.sin(), speed_mps * heading.cos()],
            height_m: random.between(2_000.0, 12_000.0),
        }
    }

    fn plot(
        &self,
        sensor: &Sensor,
        frame: &LocalFrame,
        t_s: f64,
        random: &mut Random,
    ) -> Option<Plot> {
        let [east, north] = [0, 1].map(|i| self.start[i] + t_s * self.velocity[i]);
        let flat = frame.geodetic_from_enu(Enu { east, north, up: 0.0 });
        let here = flat.at_height(self.height_m);
        let time = Time::EPOCH.plus_seconds(1e6 + t_s);
        let address = Address::icao(0x10_0000 + self.number);
        let mode_3a = Mode3A::new((self.number % 4_000) as u16);
        let level = PressureAltitude { altitude_m: self.height_m, step_m: 7.62 };
        let bare = Plot {
            received: time.plus_seconds(random.between(0.1, 0.9)),
            codes: Codes { address: Some(address), mode_3a: Some(mode_3a), ..Codes::default() },
            pressure_altitude: Some(level),
            ..Plot::bare(sensor.id, time, PlotOrigin::Secondary)
        };
        let Some(site) = sensor.site else {
            return Some(self.report(bare, here, random));
        };
        let seen = LocalFrame::at(site).polar_from_ecef(here.to_ecef());
        let heard = random.between(0.0, 1.0) < 0.9 && seen.slant_range_m < 450_000.0;
        // the second radar has no Mode S; one target in twelve has no transponder
        let mut plot = bare;
        if sensor.id.sic == 1 {
            plot.codes.address = None;
        }
        if self.number % 12 == 5 {
            plot.codes = Codes::default();
            plot.pressure_altitude = None;
            plot.origin = PlotOrigin::Primary;
        }
        plot.measurement = Some(Measurement::Polar {
            slant_range_m: seen.slant_range_m + 70.0 * random.normal(),
            azimuth_rad: seen.azimuth_rad + 0.0012 * random.normal(),
            elevation_rad: None,
        });
        heard.then_some(plot)
    }

    fn report(&self, bare: Plot, here: Geodetic, random: &mut Random) -> Plot {
        Plot {
            origin: PlotOrigin::AdsB,
            measurement: Some(Measurement::Geodetic(PositionReport {
                latitude_rad: here.latitude_rad + 1.6e-6 * random.normal(),
                longitude_rad: here.longitude_rad + 2.4e-6 * random.normal(),
                height_m: Some(here.height_m),
                horizontal_sd_m: Some(10.0),
            })),
            velocity: Some(Velocity {
                horizontal: Some(Enu { east: self.velocity[0], north: self.velocity[1], up: 0.0 }),
                vertical_rate_mps: Some(0.0),
            }),
            ..bare
        }
    }
}

/// xorshift64*: the same load on every machine.
struct Random(u64);

impl Random {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        low + (high - low) * bits as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let (a, b) = (self.between(1e-12, 1.0), self.between(0.0, std::f64::consts::TAU));
        (-2.0 * a.ln()).sqrt() * b.cos()
    }
}
