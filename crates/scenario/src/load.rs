//! Plots of very many targets, cheaply: three rotating radars and ADS-B over straight flights.
//!
//! For measuring speed, not accuracy: no clutter, no turns. [`Load::batch`] gives what arrives in
//! one tick of a tenth of a second, so that 100,000 targets need no more memory than the targets.

use crate::random::Random;
use geodesy::{Enu, Geodesic, Geodetic, LocalFrame};
use std::f64::consts::TAU;
use surveillance::{
    Address, AdsbQuality, Codes, Measurement, Mode3A, Plot, PlotAccuracy, PlotOrigin,
    PositionReport, PressureAltitude, Sensor, SensorId, SensorKind, Time, Velocity,
};

/// Seconds of one tick.
pub const TICK_S: f64 = 0.1;
/// Seconds from measurement to receipt.
const LATENCY_S: f64 = 0.3;
/// Seconds between two ADS-B reports of one target.
const REPORT_PERIOD_S: f64 = 2.0;
/// Radius of the circle on which the radars stand, metres.
const RADARS_OFF_CENTRE_M: f64 = 150e3;
/// Reach of each radar, metres of slant range.
const REACH_M: f64 = 450e3;
const PERIODS_S: [f64; 3] = [4.0, 8.0, 12.0];
const RECEIVER: SensorId = SensorId { sac: 1, sic: 4 };
/// Begin of the load's time: some instant, the same for all.
const START: Time = Time::from_unix_nanos(1_800_000_000_000_000_000);

/// A load of straight flights in a square around a point.
#[derive(Debug, Clone)]
pub struct Load {
    seed: u64,
    frame: LocalFrame,
    sensors: Vec<Sensor>,
    sites: Vec<LocalFrame>,
    targets: Vec<Target>,
    /// For each sensor: the targets by the tick of its turn in which they are due.
    due: Vec<Vec<Vec<u32>>>,
}

#[derive(Debug, Clone)]
struct Target {
    start: [f64; 2],
    velocity: [f64; 2],
    height_m: f64,
    /// One in twelve has no transponder.
    silent: bool,
    /// Three in five report by ADS-B.
    reports: bool,
}

impl Load {
    /// So many targets in a square of `half_width_m` around `centre`: 250 km and a thousand targets
    /// is a busy sky, 100,000 in the same square is beyond any.
    pub fn new(targets: u32, half_width_m: f64, centre: Geodetic, seed: u64) -> Self {
        let frame = LocalFrame::at(centre);
        let sensors: Vec<Sensor> =
            (0..3).map(|index| radar(index, centre)).chain([receiver()]).collect();
        let sites = sensors.iter().filter_map(|sensor| sensor.site).map(LocalFrame::at).collect();
        let targets = (0..targets).map(|number| Target::new(number, half_width_m, seed)).collect();
        let mut load = Self { seed, frame, sensors, sites, targets, due: Vec::new() };
        load.due = (0..4).map(|sensor| load.turn(sensor)).collect();
        load
    }

    /// The sensors, as the tracker takes them.
    pub fn sensors(&self) -> &[Sensor] {
        &self.sensors
    }

    /// The instant at which this tick ends.
    pub fn tick_end(tick: u64) -> Time {
        START.plus_seconds(LATENCY_S + (tick + 1) as f64 * TICK_S)
    }

    /// Appends what arrives in one tick, in order of arrival; any tick may be asked, in any order.
    pub fn batch(&self, tick: u64, plots: &mut Vec<Plot>) {
        let first = plots.len();
        for (sensor, ticks) in self.due.iter().enumerate() {
            let due = &ticks[(tick % ticks.len() as u64) as usize];
            for (place, number) in due.iter().enumerate() {
                let within = (place as f64 + 0.5) / due.len() as f64;
                let t_s = (tick as f64 + within) * TICK_S;
                plots.extend(self.plot(sensor, *number, t_s, tick));
            }
        }
        plots[first..].sort_by_key(|plot| plot.received);
    }

    /// The targets by tick of a sensor's turn: a radar's by azimuth, a receiver's by chance.
    fn turn(&self, sensor: usize) -> Vec<Vec<u32>> {
        let period_s = PERIODS_S.get(sensor).copied().unwrap_or(REPORT_PERIOD_S);
        let count = (period_s / TICK_S).round() as usize;
        let mut keyed: Vec<(f64, u32)> = (0..)
            .zip(&self.targets)
            .filter(|(_, target)| sensor < 3 || target.reports)
            .map(|(number, target)| {
                let share = match self.sites.get(sensor) {
                    Some(site) => {
                        let here = self.frame.ecef_from_enu(target.at(0.0));
                        site.polar_from_ecef(here).azimuth_rad / TAU
                    }
                    None => Random::of(self.seed, &[2, u64::from(number)]).unit(),
                };
                (share, number)
            })
            .collect();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut ticks = vec![Vec::new(); count];
        for (share, number) in keyed {
            ticks[((share * count as f64) as usize).min(count - 1)].push(number);
        }
        ticks
    }

    fn plot(&self, sensor: usize, number: u32, t_s: f64, tick: u64) -> Option<Plot> {
        let target = &self.targets[number as usize];
        let mut random = Random::of(self.seed, &[sensor as u64, u64::from(number), tick]);
        let flat = self.frame.ecef_from_enu(target.at(t_s));
        let time = START.plus_seconds(t_s);
        let codes = Codes {
            address: (sensor != 1).then_some(Address::icao(0x10_0000 + number)),
            mode_3a: Some(Mode3A::new((number % 4_000) as u16)),
            ..Codes::default()
        };
        let level = PressureAltitude { altitude_m: target.height_m, step_m: 7.62 };
        let heard = Plot {
            received: time.plus_seconds(LATENCY_S),
            codes,
            pressure_altitude: Some(level),
            ..Plot::bare(self.sensors[sensor].id, time, PlotOrigin::Secondary)
        };
        let Some(site) = self.sites.get(sensor) else {
            return Some(target.report(heard, flat.to_geodetic(), &mut random));
        };
        let seen = site.polar_from_ecef(flat);
        if !random.chance(0.9) || seen.slant_range_m > REACH_M {
            return None;
        }
        let measurement = Some(Measurement::Polar {
            slant_range_m: (seen.slant_range_m + 70.0 * random.normal()).max(1.0),
            azimuth_rad: geodesy::wrap_tau(seen.azimuth_rad + 0.0012 * random.normal()),
            elevation_rad: None,
        });
        Some(if target.silent {
            let (codes, origin) = (Codes::default(), PlotOrigin::Primary);
            Plot { measurement, codes, origin, pressure_altitude: None, ..heard }
        } else {
            Plot { measurement, ..heard }
        })
    }
}

impl Target {
    fn new(number: u32, half_width_m: f64, seed: u64) -> Self {
        let mut random = Random::of(seed, &[1, u64::from(number)]);
        let heading_rad = random.between(0.0, TAU);
        let speed_mps = random.between(100.0, 260.0);
        let mut across = || random.between(-half_width_m, half_width_m);
        Self {
            start: [across(), across()],
            velocity: [speed_mps * heading_rad.sin(), speed_mps * heading_rad.cos()],
            height_m: random.between(2_000.0, 12_000.0),
            silent: number % 12 == 5,
            reports: number % 5 < 3 && number % 12 != 5,
        }
    }

    /// In the frame of the load; its height is above the ellipsoid, so up falls with distance.
    fn at(&self, t_s: f64) -> Enu {
        let [east, north] = [0, 1].map(|axis| self.start[axis] + t_s * self.velocity[axis]);
        let sag_m = (east * east + north * north) / (2.0 * geodesy::SEMI_MAJOR_M);
        Enu { east, north, up: self.height_m - sag_m }
    }

    fn report(&self, heard: Plot, here: Geodetic, random: &mut Random) -> Plot {
        let metre_rad = 1.0 / geodesy::SEMI_MAJOR_M;
        Plot {
            origin: PlotOrigin::AdsB,
            measurement: Some(Measurement::Geodetic(PositionReport {
                latitude_rad: here.latitude_rad + 10.0 * metre_rad * random.normal(),
                longitude_rad: here.longitude_rad
                    + 10.0 * metre_rad / here.latitude_rad.cos() * random.normal(),
                height_m: Some(here.height_m),
                horizontal_sd_m: Some(10.0),
            })),
            velocity: Some(Velocity {
                horizontal: Some(Enu { east: self.velocity[0], north: self.velocity[1], up: 0.0 }),
                vertical_rate_mps: Some(0.0),
            }),
            quality: AdsbQuality {
                nic: Some(8),
                nac_p: Some(10),
                nac_v: Some(2),
                sil: Some(3),
                version: Some(2),
            },
            ..heard
        }
    }
}

fn radar(index: u8, centre: Geodetic) -> Sensor {
    let line =
        Geodesic { distance_m: RADARS_OFF_CENTRE_M, bearing_rad: f64::from(index) * TAU / 3.0 };
    Sensor {
        id: SensorId { sac: 1, sic: index + 1 },
        name: format!("R{}", index + 1),
        kind: SensorKind::Radar,
        site: Some(centre.travel(line).at_height(400.0)),
        period_s: Some(PERIODS_S[usize::from(index)]),
        accuracy: PlotAccuracy::default(),
        range_max_m: Some(REACH_M),
        view: surveillance::View::default(),
        receivers: Box::default(),
    }
}

fn receiver() -> Sensor {
    Sensor {
        id: RECEIVER,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn load() -> Load {
        let centre = Geodetic::from_degrees(50.0, 15.0, 0.0).unwrap();
        Load::new(600, 200e3, centre, 7)
    }

    #[test]
    fn each_target_is_heard_once_a_turn_by_each_sensor_that_can() {
        let load = load();
        let mut plots = Vec::new();
        // 24 s: six, three and two turns of the radars, twelve reports.
        (0..240).for_each(|tick| load.batch(tick, &mut plots));
        let of = |sic: u8| plots.iter().filter(|plot| plot.sensor.sic == sic).count() as f64;
        for (sic, turns) in [(1, 6.0), (2, 3.0), (3, 2.0)] {
            let expected = 600.0 * turns * 0.9;
            assert!((of(sic) / expected - 1.0).abs() < 0.05, "sensor {sic}: {}", of(sic));
        }
        let reporting = load.targets.iter().filter(|target| target.reports).count() as f64;
        assert_eq!(of(4), 12.0 * reporting);
        assert!(plots.is_sorted_by_key(|plot| plot.received));
    }

    #[test]
    fn plots_lie_where_their_target_flies() {
        let load = load();
        let mut plots = Vec::new();
        (100..140).for_each(|tick| load.batch(tick, &mut plots));
        for plot in plots.iter().filter(|plot| plot.sensor.sic == 1) {
            let Some(address) = plot.codes.address else { continue };
            let target = &load.targets[(address.bits() - 0x10_0000) as usize];
            let here = load.frame.ecef_from_enu(target.at(plot.time.seconds_since(START)));
            let seen = load.sites[0].polar_from_ecef(here);
            let Some(Measurement::Polar { slant_range_m, .. }) = plot.measurement else { panic!() };
            assert!((slant_range_m - seen.slant_range_m).abs() < 6.0 * 70.0);
            assert!((here.to_geodetic().height_m - target.height_m).abs() < 60.0);
        }
    }
}
