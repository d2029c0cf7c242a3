//! Straight flights over 500 km by 500 km, seen by three radars and an ADS-B receiver that may
//! each be off: loads for benchmarks, known answers for tests.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "a module shared by tests and bench; each uses its part"
)]

#[path = "random.rs"]
mod random;

use geodesy::{Enu, Geodesic, Geodetic, LocalFrame};
use random::Random;
use surveillance::{
    Address, Codes, Measurement, Mode3A, Plot, PlotAccuracy, PlotOrigin, PositionReport,
    PressureAltitude, Sensor, SensorId, SensorKind, Time, Velocity,
};

/// What a radar measures too much.
#[derive(Debug, Clone, Copy, Default)]
pub struct Errors {
    pub range_m: f64,
    pub gain: f64,
    pub azimuth_rad: f64,
    pub time_s: f64,
}

#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub targets: u32,
    pub duration_s: f64,
    pub centre_deg: (f64, f64),
    pub errors: [Errors; 3],
    /// Of five targets, so many have ADS-B.
    pub adsb_of_five: u32,
    /// Every so many-th target's reports are this late, seconds.
    pub late: Option<(u32, f64)>,
    /// Every so many-th target's reports drift north of it after a minute, m/s.
    pub spoofed: Option<(u32, f64)>,
}

impl Default for Load {
    fn default() -> Self {
        Self {
            targets: 1_000,
            duration_s: 60.0,
            centre_deg: (50.0, 15.0),
            errors: [Errors::default(); 3],
            adsb_of_five: 3,
            late: None,
            spoofed: None,
        }
    }
}

/// Sensors, and their plots in order of arrival.
pub fn synthetic(load: &Load) -> (Vec<Sensor>, Vec<Plot>) {
    let (latitude, longitude) = load.centre_deg;
    let centre = Geodetic::from_degrees(latitude, longitude, 0.0).expect("a valid position");
    let frame = LocalFrame::at(centre);
    let sensors: Vec<Sensor> = (0..3).map(|i| radar(i, centre)).chain([receiver()]).collect();
    let mut random = Random::new(7);
    let mut plots = Vec::new();
    for target in 0..load.targets {
        let aircraft = Aircraft::new(target);
        for (index, sensor) in sensors.iter().enumerate() {
            if index == 3 && target % 5 >= load.adsb_of_five {
                continue;
            }
            let period_s = sensor.period_s.unwrap_or(2.0);
            let mut t_s = random.between(0.0, period_s);
            while t_s < load.duration_s {
                plots.extend(aircraft.plot(sensor, &frame, t_s, load, &mut random));
                t_s += period_s;
            }
        }
    }
    plots.sort_by_key(|plot| plot.received);
    (sensors, plots)
}

/// Where a target truly is.
pub fn truth(load: &Load, target: u32, t_s: f64) -> (Address, Geodetic) {
    let (latitude, longitude) = load.centre_deg;
    let centre = Geodetic::from_degrees(latitude, longitude, 0.0).expect("a valid position");
    let here = Aircraft::new(target).position(&LocalFrame::at(centre), t_s);
    (Address::icao(0x10_0000 + target), here)
}

/// The instant `t_s` seconds into a load.
pub fn instant(t_s: f64) -> Time {
    Time::EPOCH.plus_seconds(1e6 + t_s)
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
        view: surveillance::View::default(),
        receivers: Box::default(),
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
        view: surveillance::View::default(),
        receivers: Box::default(),
    }
}

struct Aircraft {
    number: u32,
    start: [f64; 2],
    velocity: [f64; 2],
    height_m: f64,
}

impl Aircraft {
    fn new(number: u32) -> Self {
        let random = &mut Random::new(u64::from(number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        (0..4).for_each(|_| {
            random.between(0.0, 1.0);
        });
        let heading = random.between(0.0, std::f64::consts::TAU);
        let speed_mps = random.between(100.0, 260.0);
        Self {
            number,
            start: [random.between(-250e3, 250e3), random.between(-250e3, 250e3)],
            velocity: [speed_mps * heading.sin(), speed_mps * heading.cos()],
            height_m: random.between(2_000.0, 12_000.0),
        }
    }

    fn position(&self, frame: &LocalFrame, t_s: f64) -> Geodetic {
        let [east, north] = [0, 1].map(|i| self.start[i] + t_s * self.velocity[i]);
        frame.geodetic_from_enu(Enu { east, north, up: 0.0 }).at_height(self.height_m)
    }

    fn plot(
        &self,
        sensor: &Sensor,
        frame: &LocalFrame,
        t_s: f64,
        load: &Load,
        random: &mut Random,
    ) -> Option<Plot> {
        let late_s = match load.late {
            Some((each, late_s)) if sensor.site.is_none() && self.number.is_multiple_of(each) => {
                late_s
            }
            _ => 0.0,
        };
        let true_s = t_s - late_s;
        let here = self.position(frame, true_s);
        let time = instant(t_s);
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
            let mut report = self.report(bare, here, random);
            if let (Some((each, drift_mps)), Some(Measurement::Geodetic(position))) =
                (load.spoofed, &mut report.measurement)
                && self.number.is_multiple_of(each)
            {
                position.latitude_rad += drift_mps * (t_s - 60.0).max(0.0) / 6.37e6;
            }
            return Some(report);
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
        let errors = &load.errors[usize::from(sensor.id.sic)];
        plot.time = plot.time.plus_seconds(errors.time_s);
        let range_m = seen.slant_range_m * (1.0 + errors.gain) + errors.range_m;
        plot.measurement = Some(Measurement::Polar {
            slant_range_m: range_m + 70.0 * random.normal(),
            azimuth_rad: seen.azimuth_rad + errors.azimuth_rad + 0.0012 * random.normal(),
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
