//! What targets say of themselves: ADS-B with its faults, and Remote ID.

use super::sight::hearing;
use super::{TruePlot, bare, is_out, level, over_ground, purpose, stamped};
use crate::random::Random;
use crate::spec::{Adsb, Jamming, JammingEffect, RemoteId, Spec};
use crate::traffic::Target;
use geodesy::{Enu, Geodetic, LocalFrame};
use surveillance::{
    AdsbQuality, Codes, EmitterCategory, Measurement, Plot, PlotOrigin, PositionReport, SensorId,
    Time, Velocity,
};

/// Scatter of positions where satellite navigation is degraded, metres per axis.
const DEGRADED_SD_M: f64 = 2_000.0;

pub(super) fn adsb(
    adsb: &Adsb,
    index: u64,
    id: SensorId,
    spec: &Spec,
    targets: &[Target],
    plots: &mut Vec<TruePlot>,
) {
    let mut dragged_left = spec.spoofing.iter().map(|s| s.dragged).collect::<Vec<_>>();
    for (number, target) in (0_u32..).zip(targets).filter(|(_, target)| target.adsb) {
        let mut random = Random::of(spec.seed, &[purpose::ADSB, index, u64::from(number)]);
        let late_s = if random.chance(adsb.late_share) { adsb.late_s } else { 0.0 };
        let dragged = dragged_left.iter().position(|left| *left > 0 && target.real);
        if let Some(spoofing) = dragged {
            dragged_left[spoofing] -= 1;
        }
        let mut t_s = random.between(0.0, adsb.period_s);
        while t_s <= spec.duration_s {
            if let Some(report) = Report::of(target, t_s, late_s)
                && !is_out(&adsb.outages_s, t_s)
                && is_heard(&adsb.stations, adsb.range_max_km, &report)
            {
                let drift = dragged.map_or([0.0; 2], |spoofing| drift(spec, spoofing, t_s));
                let plot = report.adsb(adsb, target, spec, drift, &mut random);
                plots.extend(plot.map(|plot| TruePlot {
                    plot: stamped(
                        Plot { sensor: id, ..plot },
                        t_s,
                        t_s,
                        adsb.latency_s,
                        &mut random,
                    ),
                    target: target.real.then_some(number),
                }));
            }
            t_s += adsb.period_s * random.between(0.8, 1.2);
        }
    }
}

/// How far a dragged target's reports are from it by now, metres east and north.
fn drift(spec: &Spec, spoofing: usize, t_s: f64) -> [f64; 2] {
    let spoofing = &spec.spoofing[spoofing];
    let ended = spoofing.to_s.is_some_and(|to_s| t_s > to_s);
    let since_s = if ended { 0.0 } else { (t_s - spoofing.from_s).max(0.0) };
    spoofing.drift_mps.map(|mps| mps * since_s)
}

fn is_heard(stations: &[[f64; 3]], range_km: f64, report: &Report) -> bool {
    stations.is_empty() || hearing(stations, range_km, report.now.to_ecef()).next().is_some()
}

/// What a target knows of itself.
struct Report {
    /// Where it is.
    now: Geodetic,
    /// Where it says it is, before noise.
    said: Geodetic,
    velocity: Enu,
    t_s: f64,
}

impl Report {
    fn of(target: &Target, t_s: f64, late_s: f64) -> Option<Self> {
        let (at, velocity, _) = target.path.at(t_s)?;
        let now = at.to_geodetic();
        let velocity = over_ground(now, velocity);
        let said = if late_s > 0.0 { target.path.at(t_s - late_s)?.0.to_geodetic() } else { now };
        Some(Self { now, said, velocity, t_s })
    }

    fn adsb(
        &self,
        adsb: &Adsb,
        target: &Target,
        spec: &Spec,
        drift_m: [f64; 2],
        random: &mut Random,
    ) -> Option<Plot> {
        let jammed = spec.jamming.iter().filter(|jamming| self.is_jammed(jamming));
        let effect = jammed.map(|jamming| jamming.effect).next();
        let (sd_m, quality) = match effect {
            Some(JammingEffect::Lost) => return None,
            Some(JammingEffect::Degraded) => (DEGRADED_SD_M, quality(2, 3)),
            None => (adsb.sd_m, quality(8, accuracy_category(adsb.sd_m))),
        };
        let sd_mps = adsb.velocity_sd_mps;
        let position = self.position(sd_m, drift_m, effect.is_none().then_some(sd_m), random);
        Some(Plot {
            measurement: Some(Measurement::Geodetic(position)),
            codes: Codes {
                address: Some(target.address),
                mode_3a: Some(target.mode_3a),
                callsign: target.callsign,
                ..Codes::default()
            },
            pressure_altitude: Some(level(self.now.height_m, 25.0, spec)),
            velocity: Some(Velocity {
                horizontal: Some(Enu {
                    east: self.velocity.east + sd_mps * random.normal(),
                    north: self.velocity.north + sd_mps * random.normal(),
                    up: 0.0,
                }),
                vertical_rate_mps: Some(self.velocity.up + 0.3 * random.normal()),
            }),
            quality,
            ..Plot::bare(SensorId { sac: 0, sic: 0 }, Time::EPOCH, PlotOrigin::AdsB)
        })
    }

    fn position(
        &self,
        sd_m: f64,
        [east, north]: [f64; 2],
        told_sd_m: Option<f64>,
        random: &mut Random,
    ) -> PositionReport {
        let off = Enu {
            east: east + sd_m * random.normal(),
            north: north + sd_m * random.normal(),
            up: 0.0,
        };
        let there = LocalFrame::at(self.said).geodetic_from_enu(off);
        PositionReport {
            latitude_rad: there.latitude_rad,
            longitude_rad: there.longitude_rad,
            height_m: Some(self.said.height_m + 1.5 * sd_m.min(20.0) * random.normal()),
            horizontal_sd_m: told_sd_m,
        }
    }

    fn is_jammed(&self, jamming: &Jamming) -> bool {
        let lasts = self.t_s >= jamming.from_s && jamming.to_s.is_none_or(|to_s| self.t_s <= to_s);
        let middle = Geodetic::from_degrees(jamming.lat, jamming.lon, self.now.height_m);
        let middle = middle.expect("the file was checked").to_ecef();
        lasts && middle.distance_m(self.now.to_ecef()) <= 1e3 * jamming.radius_km
    }
}

fn quality(nic: u8, nac_p: u8) -> AdsbQuality {
    AdsbQuality {
        version: Some(2),
        nic: Some(nic),
        nac_p: Some(nac_p),
        nac_v: Some(2),
        sil: Some(3),
    }
}

/// The best NACp whose 95 % radius (DO-260B table 2-71) this standard deviation keeps.
fn accuracy_category(sd_m: f64) -> u8 {
    match 2.448 * sd_m {
        radius_m if radius_m <= 3.0 => 11,
        radius_m if radius_m <= 10.0 => 10,
        radius_m if radius_m <= 30.0 => 9,
        radius_m if radius_m <= 92.6 => 8,
        radius_m if radius_m <= 185.2 => 7,
        _ => 6,
    }
}

pub(super) fn remote_id(
    remote: &RemoteId,
    index: u64,
    id: SensorId,
    spec: &Spec,
    targets: &[Target],
    plots: &mut Vec<TruePlot>,
) {
    for (number, target) in (0_u32..).zip(targets).filter(|(_, target)| target.remote_id) {
        let mut random = Random::of(spec.seed, &[purpose::REMOTE_ID, index, u64::from(number)]);
        let mut t_s = random.between(0.0, remote.period_s);
        while t_s <= spec.duration_s {
            if let Some(report) = Report::of(target, t_s, 0.0)
                && random.chance(remote.pd)
                && is_heard(&remote.stations, remote.range_max_km, &report)
            {
                let position =
                    report.position(remote.sd_m, [0.0; 2], Some(remote.sd_m), &mut random);
                let plot = Plot {
                    measurement: Some(Measurement::Geodetic(position)),
                    // A serial number is no address; a number of its own stands for it.
                    codes: Codes {
                        address: Some(surveillance::Address::remote_id(0x80_0000 + number)),
                        ..Codes::default()
                    },
                    velocity: Some(Velocity {
                        horizontal: Some(Enu { up: 0.0, ..report.velocity }),
                        vertical_rate_mps: Some(report.velocity.up),
                    }),
                    category: Some(EmitterCategory::Unmanned),
                    ..bare(id, PlotOrigin::RemoteId)
                };
                let plot = stamped(plot, t_s, t_s, remote.latency_s, &mut random);
                plots.push(TruePlot { plot, target: Some(number) });
            }
            t_s += remote.period_s;
        }
    }
}
