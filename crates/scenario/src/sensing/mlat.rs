//! Multilateration: positions whose error is that of the geometry, or times of arrival.

use super::sight::hearing;
use super::{TruePlot, bare, level, purpose, stamped};
use crate::random::Random;
use crate::spec::{Mlat, Spec, Transponder};
use crate::traffic::Target;
use geodesy::units::METRES_PER_LIGHT_NS;
use geodesy::{Ecef, Enu, Geodetic, LocalFrame};
use surveillance::{Arrivals, Codes, Measurement, Plot, PlotOrigin, PositionReport, SensorId};

/// Antennas that a transmission must reach to be told as times of arrival.
const HEARD_MIN: usize = 2;
/// Fewer antennas give no position.
const ANTENNAS_MIN: usize = 4;
/// Beyond this the system gives no position, metres.
const SD_MAX_M: f64 = 1_000.0;

pub(super) fn plots(
    mlat: &Mlat,
    index: u64,
    id: SensorId,
    spec: &Spec,
    targets: &[Target],
    plots: &mut Vec<TruePlot>,
) {
    let squitters = |target: &&Target| target.transponder == Transponder::ModeS && target.real;
    let stations: Vec<Ecef> = (mlat.stations.iter())
        .filter_map(|[lat, lon, height_m]| Geodetic::from_degrees(*lat, *lon, *height_m))
        .map(Geodetic::to_ecef)
        .collect();
    for (number, target) in (0_u32..).zip(targets).filter(|(_, target)| squitters(target)) {
        let mut random = Random::of(spec.seed, &[purpose::MLAT, index, u64::from(number)]);
        let mut t_s = random.between(0.0, mlat.period_s);
        while t_s <= spec.duration_s {
            let plot = target.path.at(t_s).and_then(|(at, _, _)| {
                let heard: Vec<usize> = hearing(&mlat.stations, mlat.range_max_km, at)
                    .filter(|_| random.chance(mlat.pd))
                    .collect();
                let frame = LocalFrame::at(at.to_geodetic());
                let sd_m = arrival_sd_m(mlat);
                let measurement = if mlat.arrivals {
                    arrivals(at, &stations, &heard, sd_m, &mut random)?
                } else {
                    let heard: Vec<Ecef> = heard.iter().map(|each| stations[*each]).collect();
                    position(&frame, covariance(&frame, &heard, sd_m)?, &mut random)
                };
                let plot = Plot {
                    measurement: Some(measurement),
                    codes: Codes {
                        address: Some(target.address),
                        mode_3a: Some(target.mode_3a),
                        callsign: target.callsign,
                        ..Codes::default()
                    },
                    pressure_altitude: Some(level(frame.origin().height_m, 25.0, spec)),
                    ..bare(id, PlotOrigin::Mlat)
                };
                Some(stamped(plot, t_s, t_s, mlat.latency_s, &mut random))
            });
            plots.extend(plot.map(|plot| TruePlot { plot, target: Some(number) }));
            t_s += mlat.period_s;
        }
    }
}

/// Standard deviation of a time of arrival, metres of light's way.
pub(super) fn arrival_sd_m(mlat: &Mlat) -> f64 {
    mlat.time_sd_ns * METRES_PER_LIGHT_NS
}

fn arrivals(
    at: Ecef,
    stations: &[Ecef],
    heard: &[usize],
    sd_m: f64,
    random: &mut Random,
) -> Option<Measurement> {
    if heard.len() < HEARD_MIN {
        return None;
    }
    let each = heard.iter().filter_map(|station| {
        let heard_m = at.distance_m(stations[*station]) + sd_m * random.normal();
        Some((u8::try_from(*station).ok()?, heard_m))
    });
    Arrivals::new(each).map(Measurement::Arrivals)
}

fn position(
    frame: &LocalFrame,
    [east_m2, cross_m2, north_m2]: [f64; 3],
    random: &mut Random,
) -> Measurement {
    // Cholesky: noise with this covariance
    let east_sd_m = east_m2.sqrt();
    let along = cross_m2 / east_sd_m;
    let (a, b) = (random.normal(), random.normal());
    let north_m = along * a + (north_m2 - along * along).max(0.0).sqrt() * b;
    let there = frame.geodetic_from_enu(Enu { east: east_sd_m * a, north: north_m, up: 0.0 });
    Measurement::Geodetic(PositionReport {
        latitude_rad: there.latitude_rad,
        longitude_rad: there.longitude_rad,
        height_m: None,
        horizontal_sd_m: Some(((east_m2 + north_m2) / 2.0).sqrt()),
    })
}

/// Covariance of the horizontal position (east-east, east-north, north-north, m²) from times of
/// arrival with this error and an unknown time of sending; the height is known from Mode C. `None`
/// with too few antennas or where they lie so that it is worthless.
fn covariance(frame: &LocalFrame, heard: &[Ecef], sd_m: f64) -> Option<[f64; 3]> {
    if heard.len() < ANTENNAS_MIN {
        return None;
    }
    let ways: Vec<[f64; 2]> = (heard.iter())
        .map(|station| {
            let way = frame.enu_from_ecef(*station);
            let length_m = way.east.hypot(way.north).hypot(way.up).max(1.0);
            [way.east / length_m, way.north / length_m]
        })
        .collect();
    // The time of sending drops out with the mean.
    let mean = [0, 1].map(|axis| ways.iter().map(|w| w[axis]).sum::<f64>() / ways.len() as f64);
    let information = ways.iter().fold([0.0; 3], |sum, way| {
        let [e, n] = [way[0] - mean[0], way[1] - mean[1]];
        [sum[0] + e * e, sum[1] + e * n, sum[2] + n * n]
    });
    let [ee, en, nn] = information;
    let determinant = ee * nn - en * en;
    let scale = sd_m * sd_m / determinant;
    let covariance = [nn * scale, -en * scale, ee * scale];
    (determinant > 1e-9 && covariance[0] + covariance[2] < SD_MAX_M * SD_MAX_M)
        .then_some(covariance)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition: the inverse of HᵀH with the time of sending as a third unknown, by hand for a
    /// square of antennas about the target: each axis has two, so sd²·(1/2).
    #[test]
    fn a_square_of_antennas_gives_half_the_variance_on_each_axis() {
        let frame = LocalFrame::at(Geodetic::from_degrees(60.0, 10.0, 0.0).unwrap());
        let station = |east: f64, north: f64| frame.ecef_from_enu(Enu { east, north, up: 0.0 });
        let stations =
            [station(1e4, 0.0), station(-1e4, 0.0), station(0.0, 1e4), station(0.0, -1e4)];
        let [ee, en, nn] = covariance(&frame, &stations, 3.0).unwrap();
        assert!((ee - 4.5).abs() < 1e-9 && (nn - 4.5).abs() < 1e-9 && en.abs() < 1e-9);
        assert_eq!(covariance(&frame, &stations[..3], 3.0), None);
    }
}
