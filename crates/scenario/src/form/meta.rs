//! `meta.json`: the sensors and the grid of a scenario.

use super::FormError;
use geodesy::Geodetic;
use serde_json::Value;
use surveillance::{PlotAccuracy, Receiver, Sensor, SensorId, SensorKind, View};

/// What `meta.json` tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Meta {
    /// Its name.
    pub name: String,
    /// Middle of the area that is scored.
    pub centre: Geodetic,
    /// Half the side of the square area that is scored, metres.
    pub half_width_m: f64,
    /// Farthest that a track may be from the target it is taken to follow, metres.
    pub gate_m: f64,
    /// Cut-off of GOSPA and OSPA, metres.
    pub cutoff_m: f64,
    /// Seconds between the instants of truth and tracks.
    pub grid_s: f64,
    /// Seconds from the first instant to the last; `None`: until the last plot.
    pub duration_s: Option<f64>,
    /// Standard deviation of a position that a target reports, metres per horizontal axis.
    pub report_sd_m: f64,
    /// Standard deviation of a velocity that a target reports, m/s per axis.
    pub report_velocity_sd_mps: f64,
    /// The sensors in their order.
    pub sensors: Vec<MetaSensor>,
}

/// One sensor of `meta.json`.
#[derive(Debug, Clone, PartialEq)]
pub struct MetaSensor {
    /// As the tracker takes it.
    pub sensor: Sensor,
    /// Step of its Mode C levels, metres.
    pub level_step_m: f64,
    /// Standard deviation of the positions it reports (ADS-B, multilateration), metres.
    pub report_sd_m: f64,
    /// Whether its addresses are none that ICAO allots (Remote ID).
    pub remote_ids: bool,
}

/// The sensors that a scenario may name, plots' own included.
pub(super) const SENSORS_MAX: usize = 1_000;
/// Half side of the area where `meta.json` tells none, metres.
const HALF_WIDTH_M: f64 = 250e3;
const METRES_PER_FOOT: f64 = geodesy::units::METRES_PER_FOOT;

impl Meta {
    /// Reads the text of the file called `file`. Needs `grid_s` and `sensors`, each with `id`,
    /// `lat_deg` and `lon_deg` (a radar's); the rest has defaults.
    pub fn parse(file: &str, text: &str) -> Result<Self, FormError> {
        let root: Value = serde_json::from_str(text)
            .map_err(|error| FormError::wrong(file, format!("it is no JSON: {error}")))?;
        let at = Place { file, path: String::new(), value: &root };
        let noise = at.child("noise");
        let defaults = PlotAccuracy::default();
        let common = Common {
            accuracy: PlotAccuracy {
                range_m: noise.positive("range_sd_m")?.unwrap_or(defaults.range_m),
                azimuth_rad: (noise.positive("az_sd_deg")?)
                    .map_or(defaults.azimuth_rad, f64::to_radians),
                elevation_rad: (noise.positive("el_sd_deg")?)
                    .map_or(defaults.elevation_rad, f64::to_radians),
            },
            report_sd_m: noise.positive("adsb_sd_m")?.unwrap_or(10.0),
        };
        let listed = at.needed("sensors")?;
        let Some(array) = listed.value.as_array() else {
            return Err(listed.wrong("is no list; give a list of sensors"));
        };
        if array.len() > SENSORS_MAX {
            return Err(listed.wrong(&format!("has more than {SENSORS_MAX} sensors")));
        }
        let empty = Vec::new();
        let others = at.child("other_sensors").value.as_array().unwrap_or(&empty);
        let places = (array.iter().enumerate().map(|(i, value)| (format!("sensors[{i}]"), value)))
            .chain(others.iter().enumerate().map(|(i, v)| (format!("other_sensors[{i}]"), v)));
        let mut sensors = Vec::new();
        for (index, (path, value)) in places.enumerate().take(SENSORS_MAX) {
            sensors.push(read_sensor(&Place { file, path, value }, index, &common)?);
        }
        let centre = match at.child("centre_deg").value {
            Value::Null => mean_site(&sensors),
            Value::Array(pair) => {
                let degree = |index: usize| pair.get(index).and_then(Value::as_f64);
                let point = degree(0).zip(degree(1));
                point.and_then(|(lat, lon)| Geodetic::from_degrees(lat, lon, 0.0)).ok_or_else(
                    || at.child("centre_deg").wrong("is no position; give [lat, lon] in degrees"),
                )?
            }
            _ => return Err(at.child("centre_deg").wrong("is no list; give [lat, lon]")),
        };
        let grid = at.needed("grid_s")?;
        let grid_s = grid.value.as_f64().filter(|s| (1e-3..=1e4).contains(s));
        let duration_s = at.positive("duration_s")?;
        if duration_s.is_some_and(|s| s > 1e7) {
            return Err(at.child("duration_s").wrong("is longer than 1e7 s"));
        }
        Ok(Self {
            name: at.child("name").value.as_str().unwrap_or("").to_owned(),
            centre,
            half_width_m: at.positive("half_width_m")?.unwrap_or(HALF_WIDTH_M),
            grid_s: grid_s.ok_or_else(|| grid.wrong("is no number of seconds, such as 4.0"))?,
            duration_s,
            gate_m: at.positive("gate_m")?.unwrap_or(2_000.0),
            cutoff_m: at.positive("cutoff_m")?.unwrap_or(1_000.0),
            report_sd_m: common.report_sd_m,
            report_velocity_sd_mps: noise.positive("adsb_vel_sd")?.unwrap_or(0.7),
            sensors,
        })
    }
}

struct Common {
    accuracy: PlotAccuracy,
    report_sd_m: f64,
}

/// A value of the file and the path that leads to it.
struct Place<'a> {
    file: &'a str,
    path: String,
    value: &'a Value,
}

impl<'a> Place<'a> {
    fn child(&self, key: &str) -> Place<'a> {
        let dot = if self.path.is_empty() { "" } else { "." };
        let path = format!("{}{dot}{key}", self.path);
        Place { file: self.file, path, value: self.value.get(key).unwrap_or(&Value::Null) }
    }

    fn wrong(&self, problem: &str) -> FormError {
        FormError::wrong(self.file, format!("{} {problem}", self.path))
    }

    fn needed(&self, key: &str) -> Result<Place<'a>, FormError> {
        let child = self.child(key);
        if child.value.is_null() { Err(child.wrong("is missing; add it")) } else { Ok(child) }
    }

    fn number(&self, key: &str) -> Result<Option<f64>, FormError> {
        let child = self.child(key);
        match child.value {
            Value::Null => Ok(None),
            value => match value.as_f64().filter(|number| number.is_finite()) {
                Some(number) => Ok(Some(number)),
                None => Err(child.wrong(&format!("is {value}; give a number"))),
            },
        }
    }

    fn positive(&self, key: &str) -> Result<Option<f64>, FormError> {
        match self.number(key)? {
            Some(number) if number <= 0.0 => {
                Err(self.child(key).wrong(&format!("is {number}; give a number above 0")))
            }
            number => Ok(number),
        }
    }
}

fn read_sensor(place: &Place<'_>, index: usize, common: &Common) -> Result<MetaSensor, FormError> {
    let id = place.needed("id")?;
    let name = match id.value {
        Value::String(name) if !name.is_empty() => name.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(id.wrong("is no name")),
    };
    let kind = match place.child("kind").value.as_str() {
        None | Some("radar") => SensorKind::Radar,
        Some("adsb") => SensorKind::AdsB,
        Some("remote_id") => SensorKind::RemoteId,
        Some("mlat") => SensorKind::Mlat,
        Some(other) => {
            let problem = format!("is {other:?}; give radar, adsb, mlat or remote_id");
            return Err(place.child("kind").wrong(&problem));
        }
    };
    if kind == SensorKind::Radar {
        place.needed("lat_deg")?;
        place.needed("lon_deg")?;
    }
    let (lat, lon) = (place.number("lat_deg")?, place.number("lon_deg")?);
    let height_m = place.number("h")?.unwrap_or(0.0);
    let site = match lat.zip(lon) {
        None => None,
        Some((lat, lon)) => Some(Geodetic::from_degrees(lat, lon, height_m).ok_or_else(|| {
            place.child("lat_deg").wrong(&format!("is {lat}; give degrees from -90 to 90"))
        })?),
    };
    let mode_s = place.child("mode_s").value.as_bool().unwrap_or(true);
    let level_step_ft = place.positive("level_step_ft")?;
    let degrees = |key: &str, otherwise: f64| -> Result<f64, FormError> {
        Ok(place.positive(key)?.map_or(otherwise, f64::to_radians))
    };
    let horizon_rad = match place.child("horizon_deg").value {
        Value::Null => Box::default(),
        Value::Array(sectors) => {
            let degrees = sectors.iter().map(|sector| sector.as_f64().map(f64::to_radians));
            let horizon = degrees.collect::<Option<Box<[f64]>>>();
            horizon.ok_or_else(|| place.child("horizon_deg").wrong("is no list of degrees"))?
        }
        _ => return Err(place.child("horizon_deg").wrong("is no list of degrees")),
    };
    let elevation_max_rad = place.positive("el_max_deg")?.map(f64::to_radians);
    let accuracy = PlotAccuracy {
        range_m: place.positive("range_sd_m")?.unwrap_or(common.accuracy.range_m),
        azimuth_rad: degrees("az_sd_deg", common.accuracy.azimuth_rad)?,
        elevation_rad: degrees("el_sd_deg", common.accuracy.elevation_rad)?,
    };
    Ok(MetaSensor {
        sensor: Sensor {
            id: sensor_id(index),
            name,
            kind,
            site,
            period_s: place.positive("period")?,
            accuracy,
            range_max_m: place.positive("rmax")?,
            view: View { horizon_rad, elevation_max_rad },
            receivers: receivers(place)?,
        },
        // Mode S gives 25 ft, Mode C 100 ft (ICAO Annex 10 volume IV 3.1.1.7.12.2.3, 3.1.2.6.5.4).
        level_step_m: METRES_PER_FOOT * level_step_ft.unwrap_or(if mode_s { 25.0 } else { 100.0 }),
        report_sd_m: place.positive("report_sd_m")?.unwrap_or(common.report_sd_m),
        remote_ids: place.child("kind").value == "remote_id",
    })
}

/// `receivers`, a list of `[lat, lon, height_m]`, and `arrival_sd_m` of each.
fn receivers(place: &Place<'_>) -> Result<Box<[Receiver]>, FormError> {
    let listed = place.child("receivers");
    let arrival_sd_m = place.positive("arrival_sd_m")?.unwrap_or(30.0);
    if listed.value.is_null() {
        return Ok(Box::default());
    }
    let site = |value: &Value| {
        let number = |index: usize| value.get(index).and_then(Value::as_f64);
        Geodetic::from_degrees(number(0)?, number(1)?, number(2)?)
    };
    let each = listed.value.as_array().filter(|each| each.len() <= 256).and_then(|each| {
        each.iter().map(|value| Some(Receiver { site: site(value)?, arrival_sd_m })).collect()
    });
    each.ok_or_else(|| listed.wrong("is no list of at most 256 times [lat, lon, height in m]"))
}

/// SAC/SIC of the sensor at this place of the list.
pub(crate) fn sensor_id(index: usize) -> SensorId {
    let (sac, sic) = (1 + index / 250, 1 + index % 250);
    SensorId { sac: sac.min(255) as u8, sic: sic as u8 }
}

fn mean_site(sensors: &[MetaSensor]) -> Geodetic {
    let sites: Vec<_> = sensors.iter().filter_map(|s| s.sensor.site).collect();
    let sum = sites.iter().map(|site| site.to_ecef()).reduce(|a, b| geodesy::Ecef {
        x_m: a.x_m + b.x_m,
        y_m: a.y_m + b.y_m,
        z_m: a.z_m + b.z_m,
    });
    let origin = Geodetic { latitude_rad: 0.0, longitude_rad: 0.0, height_m: 0.0 };
    sum.map_or(origin, |sum| sum.to_geodetic().at_height(0.0))
}
