//! What the sensors of a scenario make of its traffic.

mod mlat;
mod radar;
mod reports;
mod sight;

use crate::random::Random;
use crate::spec::Spec;
use crate::traffic::{Target, targets};
use geodesy::{Geodetic, LocalFrame};
use sight::Sight;
use surveillance::{
    Plot, PlotAccuracy, PressureAltitude, Receiver, Sensor, SensorId, SensorKind, Time, View,
};

/// A plot and the target it is of; `None` for clutter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TruePlot {
    /// What the sensor says.
    pub plot: Plot,
    /// Of which target, by its place in [`Simulation::targets`].
    pub target: Option<u32>,
}

/// A radar's beam points north.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NorthMark {
    /// Which radar's.
    pub sensor: SensorId,
    /// When, by its own clock.
    pub time: Time,
    /// When word of it arrives.
    pub received: Time,
    /// Seconds of a turn.
    pub period_s: f64,
}

/// A simulated scenario: what flew and what the sensors said. Time begins at [`Time::EPOCH`].
#[derive(Debug, Clone)]
pub struct Simulation {
    /// What was simulated.
    pub spec: Spec,
    /// What flew; spoofed targets last.
    pub targets: Vec<Target>,
    /// The sensors: radars, ADS-B, multilateration, Remote ID, each in the order of the file.
    pub sensors: Vec<Sensor>,
    /// In order of arrival.
    pub plots: Vec<TruePlot>,
}

/// Purposes of the streams.
pub(crate) mod purpose {
    pub(crate) const RADAR: u64 = 11;
    pub(crate) const ADSB: u64 = 12;
    pub(crate) const MLAT: u64 = 13;
    pub(crate) const REMOTE_ID: u64 = 14;
}

impl Simulation {
    /// Simulates a checked scenario: the same file gives the same plots.
    pub fn run(spec: &Spec) -> Self {
        let targets = targets(spec);
        let sensors = sensors(spec);
        let mut plots = Vec::new();
        let mut next = sensors.iter().map(|sensor| sensor.id);
        let mut id = || next.next().expect("there is a sensor for each of the file");
        for (index, radar) in spec.radar.iter().enumerate() {
            radar::scan(radar, index as u64, id(), spec, &targets, &mut plots);
        }
        for (index, adsb) in spec.adsb.iter().enumerate() {
            reports::adsb(adsb, index as u64, id(), spec, &targets, &mut plots);
        }
        for (index, mlat) in spec.mlat.iter().enumerate() {
            mlat::plots(mlat, index as u64, id(), spec, &targets, &mut plots);
        }
        for (index, remote) in spec.remote_id.iter().enumerate() {
            reports::remote_id(remote, index as u64, id(), spec, &targets, &mut plots);
        }
        plots.sort_by_key(|made: &TruePlot| {
            (made.plot.received, made.plot.time, made.plot.sensor, made.target)
        });
        Self { spec: spec.clone(), targets, sensors, plots }
    }

    /// The north marks of all radars, in order of arrival.
    pub fn north_marks(&self) -> Vec<NorthMark> {
        let radars = (0..).zip(&self.spec.radar).zip(&self.sensors);
        let mut marks: Vec<_> = radars
            .flat_map(|((index, radar), sensor)| {
                radar::north_marks(radar, index, sensor.id, &self.spec)
            })
            .collect();
        marks.sort_by_key(|mark| (mark.received, mark.sensor));
        marks
    }

    /// The party that runs each sensor, in the order of [`Self::sensors`], where the file says.
    pub fn parties(&self) -> Vec<Option<&str>> {
        let spec = &self.spec;
        let radars = spec.radar.iter().map(|radar| radar.party.as_deref());
        let mut parties: Vec<_> =
            radars.chain(spec.adsb.iter().map(|adsb| adsb.party.as_deref())).collect();
        parties.resize(self.sensors.len(), None);
        parties
    }

    /// What one sensor says, in order of arrival: a feed to play in its own time.
    pub fn feed(&self, sensor: SensorId) -> impl Iterator<Item = &Plot> {
        self.plots.iter().map(|made| &made.plot).filter(move |plot| plot.sensor == sensor)
    }

    /// Who could see a target there: the radars take turns in the lower three bits, everything that
    /// the target itself says is the fourth.
    pub fn coverage(&self, target: &Target, position: Geodetic) -> u32 {
        let spec = &self.spec;
        let point = position.to_ecef();
        let mut bits = 0;
        for (index, radar) in spec.radar.iter().enumerate() {
            let answers = target.transponder != crate::spec::Transponder::None;
            let seen = radar.technique.primary() || (radar.technique.secondary() && answers);
            if seen && Sight::of_radar(radar).sees(point).is_some() {
                bits |= 1 << (index % 3);
            }
        }
        let near = |stations: &[[f64; 3]], range_km: f64, least: usize| {
            sight::hearing(stations, range_km, point).count() >= least
        };
        let adsb =
            |s: &crate::spec::Adsb| s.stations.is_empty() || near(&s.stations, s.range_max_km, 1);
        let squitters = target.transponder == crate::spec::Transponder::ModeS;
        let mlat = |s: &crate::spec::Mlat| {
            near(&s.stations, s.range_max_km, if s.arrivals { 3 } else { 4 })
        };
        let says = (target.adsb && spec.adsb.iter().any(adsb))
            || (squitters && spec.mlat.iter().any(mlat))
            || (target.remote_id
                && spec.remote_id.iter().any(|s| near(&s.stations, s.range_max_km, 1)));
        bits | (u32::from(says) << 3)
    }
}

fn sensors(spec: &Spec) -> Vec<Sensor> {
    let mut sensors = Vec::new();
    let mut add = |(id, name): (Option<SensorId>, &str),
                   kind,
                   site,
                   period_s,
                   accuracy,
                   range_max_m,
                   view| {
        let id = id.unwrap_or(crate::form::sensor_id(sensors.len()));
        let name = name.to_owned();
        sensors.push(Sensor {
            id,
            name,
            kind,
            site,
            period_s,
            accuracy,
            range_max_m,
            view,
            receivers: Box::default(),
        });
    };
    let own = |id: Option<[u8; 2]>| id.map(|[sac, sic]| SensorId { sac, sic });
    for radar in &spec.radar {
        let accuracy = PlotAccuracy {
            range_m: radar.range_sd_m,
            azimuth_rad: radar.azimuth_sd_deg.to_radians(),
            elevation_rad: radar.elevation_sd_deg.to_radians(),
        };
        let site = Geodetic::from_degrees(radar.lat, radar.lon, radar.height_m);
        let (period_s, range_m) = (Some(radar.period_s), Some(1e3 * radar.range_max_km));
        let id = (own(radar.id), radar.name.as_str());
        add(id, SensorKind::Radar, site, period_s, accuracy, range_m, radar.view());
    }
    let (unknown, all) = (PlotAccuracy::default(), View::default);
    for adsb in &spec.adsb {
        add((own(adsb.id), &adsb.name), SensorKind::AdsB, None, None, unknown, None, all());
    }
    for mlat in &spec.mlat {
        add((None, &mlat.name), SensorKind::Mlat, None, Some(mlat.period_s), unknown, None, all());
    }
    for remote in &spec.remote_id {
        add((None, &remote.name), SensorKind::RemoteId, None, None, unknown, None, all());
    }
    let systems = sensors.iter_mut().filter(|sensor| sensor.kind == SensorKind::Mlat);
    for (sensor, mlat) in systems.zip(&spec.mlat).filter(|(_, mlat)| mlat.arrivals) {
        let receivers = mlat.stations.iter().filter_map(|[lat, lon, height_m]| {
            let site = Geodetic::from_degrees(*lat, *lon, *height_m)?;
            Some(Receiver { site, arrival_sd_m: mlat::arrival_sd_m(mlat) })
        });
        sensor.receivers = receivers.collect();
    }
    sensors
}

/// A pressure altitude as it is sent: in steps, above the area's own zero.
fn level(height_m: f64, step_ft: f64, spec: &Spec) -> PressureAltitude {
    let step_m = step_ft * geodesy::units::METRES_PER_FOOT;
    let altitude_m = height_m - spec.area.level_offset_m;
    PressureAltitude { altitude_m: (altitude_m / step_m).round() * step_m, step_m }
}

/// Whether an outage covers this second.
fn is_out(outages_s: &[[f64; 2]], t_s: f64) -> bool {
    outages_s.iter().any(|[from, to]| (*from..=*to).contains(&t_s))
}

/// `bare`, stamped and received.
fn stamped(
    bare: Plot,
    stamp_s: f64,
    made_s: f64,
    latency_s: [f64; 2],
    random: &mut Random,
) -> Plot {
    Plot {
        time: Time::from_unix_seconds(stamp_s),
        received: Time::from_unix_seconds(made_s + random.between(latency_s[0], latency_s[1])),
        ..bare
    }
}

/// Velocity over the ground at a point, east and north, and the climb, m/s.
fn over_ground(position: Geodetic, velocity: [f64; 3]) -> geodesy::Enu {
    LocalFrame::at(position).rotate_from_ecef(velocity)
}

/// A plot of this sensor that carries nothing yet.
fn bare(id: SensorId, origin: surveillance::PlotOrigin) -> Plot {
    Plot::bare(id, Time::EPOCH, origin)
}
