//! `plots.csv`: what the sensors said, in order of arrival.

use super::meta::{SENSORS_MAX, sensor_id};
use super::table::{self, Row};
use super::{BadRows, FormError, Meta, MetaSensor};
use geodesy::{Enu, wrap_pi, wrap_tau};
use rustc_hash::FxHashMap;
use std::io::BufRead;
use surveillance::{
    Address, AdsbQuality, Arrivals, Callsign, Codes, Measurement, Mode3A, Plot, PlotAccuracy,
    PlotOrigin, PositionReport, PressureAltitude, Sensor, SensorKind, Time, Velocity,
};

/// The columns of `plots.csv`: times in seconds, metres, degrees, m/s; Mode 3/A octal, address hex.
/// A radar's row has range and azimuth, a reported position's has `lat` and `lon`, one of times of arrival a
/// column `arrivals`: `0:0.0 3:1204.7`.
pub const PLOT_COLUMNS: &str =
    "id,t_arr,t,sensor,range_m,az_deg,el_deg,alt_m,mode_a,mode_s,lat,lon,hgeo_m,ve,vn,vu";

/// The plots of a scenario and the sensors that made them.
#[derive(Debug, Clone)]
pub struct PlotTable {
    /// The sensors of `meta.json`, then those that only the plots name.
    pub sensors: Vec<Sensor>,
    /// In order of arrival.
    pub plots: Vec<Plot>,
    /// What was left out.
    pub bad: BadRows,
}

/// Times that a scenario may bear, seconds: up to the year 2262.
const TIME_MAX_S: f64 = 9.2e9;

/// Reads `plots.csv`. A sensor that `meta` does not list and that reports positions is taken for
/// an ADS-B receiver (`AD`).
pub fn read_plots(file: &str, text: impl BufRead, meta: &Meta) -> Result<PlotTable, FormError> {
    let mut sensors = meta.sensors.clone();
    let mut by_name: FxHashMap<String, usize> = FxHashMap::default();
    for (index, known) in sensors.iter().enumerate() {
        if by_name.insert(known.sensor.name.clone(), index).is_some() {
            let problem = format!("sensor {:?} is listed twice in meta.json", known.sensor.name);
            return Err(FormError::wrong(file, problem));
        }
    }
    let nac_v = velocity_category(meta.report_velocity_sd_mps);
    let mut plots = Vec::new();
    let bad = table::read(file, text, &["t_arr", "t", "sensor"], |row| {
        let name = row.text("sensor").ok_or("sensor is missing")?;
        let index = match by_name.get(name) {
            Some(index) => *index,
            None if row.text("lat").is_some() && sensors.len() < SENSORS_MAX => {
                by_name.insert(name.to_owned(), sensors.len());
                sensors.push(receiver(name, sensors.len(), meta));
                sensors.len() - 1
            }
            None => return Err(format!("sensor {name:?} is not in meta.json")),
        };
        plots.push(read_plot(row, &sensors[index], nac_v)?);
        Ok(())
    })?;
    plots.sort_by_key(|plot: &Plot| plot.received);
    let sensors = sensors.into_iter().map(|known| known.sensor).collect();
    Ok(PlotTable { sensors, plots, bad })
}

/// NACv whose bound this error keeps (DO-260B table 2-36: 95 % below 10, 3, 1, 0.3 m/s).
fn velocity_category(sd_mps: f64) -> u8 {
    match 2.0 * sd_mps {
        error if error < 0.3 => 4,
        error if error < 1.0 => 3,
        error if error < 3.0 => 2,
        error if error < 10.0 => 1,
        _ => 0,
    }
}

fn receiver(name: &str, index: usize, meta: &Meta) -> MetaSensor {
    let sensor = Sensor {
        id: sensor_id(index),
        name: name.to_owned(),
        kind: SensorKind::AdsB,
        site: None,
        period_s: None,
        accuracy: PlotAccuracy::default(),
        range_max_m: None,
        view: surveillance::View::default(),
        receivers: Box::default(),
    };
    let level_step_m = 25.0 * geodesy::units::METRES_PER_FOOT;
    MetaSensor { sensor, level_step_m, report_sd_m: meta.report_sd_m, remote_ids: false }
}

/// `0:0.0 3:1204.7`: receivers of the sensor's list and when each heard it, metres of light's way.
fn arrivals(text: &str, from: &MetaSensor) -> Result<Measurement, String> {
    let each = text.split_ascii_whitespace().map(|each| {
        let (receiver, heard_m) = each.split_once(':')?;
        let known = |r: &u8| usize::from(*r) < from.sensor.receivers.len();
        Some((receiver.parse().ok().filter(known)?, heard_m.parse().ok()?))
    });
    let each: Option<Vec<(u8, f64)>> = each.collect();
    let arrivals = each.and_then(Arrivals::new).map(Measurement::Arrivals);
    arrivals.ok_or_else(|| {
        format!("arrivals {text:?} is no list of two receivers or more with their metres, such as 0:0.0 1:812.5")
    })
}

fn read_plot(row: &Row<'_>, from: &MetaSensor, nac_v: u8) -> Result<Plot, String> {
    let received = Time::from_unix_seconds(row.needed("t_arr", -TIME_MAX_S, TIME_MAX_S)?);
    let time = Time::from_unix_seconds(row.needed("t", -TIME_MAX_S, TIME_MAX_S)?);
    let mode_3a = row.whole("mode_a", 8, 0o7777)?.map(|code| Mode3A::new(code as u16));
    let address = row
        .whole("mode_s", 16, 0xff_ffff)?
        .map(|bits| if from.remote_ids { Address::remote_id(bits) } else { Address::icao(bits) });
    let level = row.number_within("alt_m", -2_000.0, 60_000.0)?;
    let category = |name: &str| row.whole(name, 10, 15).map(|value| value.map(|value| value as u8));
    let (nic, nac_p, sil) = (category("nic")?, category("nac_p")?, category("sil")?);
    let measurement = match from.sensor.kind {
        SensorKind::Radar => Measurement::Polar {
            slant_range_m: row.needed("range_m", 0.0, 2e6)?,
            azimuth_rad: wrap_tau(row.needed("az_deg", -720.0, 720.0)?.to_radians()),
            elevation_rad: row.number_within("el_deg", -90.0, 90.0)?.map(f64::to_radians),
        },
        SensorKind::Mlat if row.text("arrivals").is_some() => {
            arrivals(row.text("arrivals").unwrap_or_default(), from)?
        }
        _ => Measurement::Geodetic(PositionReport {
            latitude_rad: row.needed("lat", -90.0, 90.0)?.to_radians(),
            longitude_rad: wrap_pi(row.needed("lon", -360.0, 360.0)?.to_radians()),
            height_m: row.number_within("hgeo_m", -2_000.0, 100_000.0)?,
            // What its own category of accuracy says comes before what is usual of its sensor.
            horizontal_sd_m: row
                .number_within("sd_m", 0.1, 1e5)?
                .or_else(|| nac_p.is_none().then_some(from.report_sd_m)),
        }),
    };
    let origin = match from.sensor.kind {
        SensorKind::AdsB => PlotOrigin::AdsB,
        SensorKind::Mlat => PlotOrigin::Mlat,
        SensorKind::RemoteId => PlotOrigin::RemoteId,
        _ if mode_3a.is_some() || address.is_some() || level.is_some() => PlotOrigin::Secondary,
        _ => PlotOrigin::Primary,
    };
    let over_ground = row.number("ve")?.zip(row.number("vn")?);
    let climb = row.number("vu")?;
    let velocity = (over_ground.is_some() || climb.is_some()).then(|| Velocity {
        horizontal: over_ground.map(|(east, north)| Enu { east, north, up: 0.0 }),
        vertical_rate_mps: climb,
    });
    let adsb = origin.is_claim();
    Ok(Plot {
        received,
        measurement: Some(measurement),
        codes: Codes {
            address,
            mode_3a,
            callsign: row.text("callsign").and_then(Callsign::new),
            ..Codes::default()
        },
        pressure_altitude: level
            .map(|altitude_m| PressureAltitude { altitude_m, step_m: from.level_step_m }),
        velocity,
        range_rate_mps: row.number_within("range_rate_mps", -2_000.0, 2_000.0)?,
        quality: AdsbQuality {
            nic,
            nac_p,
            nac_v: adsb.then_some(nac_v),
            sil,
            ..AdsbQuality::default()
        },
        ..Plot::bare(from.sensor.id, time, origin)
    })
}
