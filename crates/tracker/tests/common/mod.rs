//! Reading the public scenarios (plots and sensors as CSV and JSON) as plots of this project.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "a module shared by test, example and bench; each uses its part"
)]

use flate2::read::GzDecoder;
use geodesy::{Enu, Geodetic};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use surveillance::{
    Address, AdsbQuality, Codes, Measurement, Mode3A, Plot, PlotAccuracy, PlotOrigin,
    PositionReport, PressureAltitude, Sensor, SensorId, SensorKind, Time, Velocity,
};

/// A scenario in order of arrival.
pub struct Scenario {
    pub sensors: Vec<Sensor>,
    pub plots: Vec<Plot>,
    pub grid_s: f64,
    pub duration_s: f64,
}

/// Where the shared data lie beside the workspace; `None`, said aloud, if they do not.
pub fn shared(scenario: &str) -> Option<PathBuf> {
    shared_file(scenario, "plots.csv.gz")
}

/// The same for a scenario that is known by another file.
pub fn shared_file(scenario: &str, file: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/tracking");
    let folder = root.join(scenario);
    if folder.join(file).is_file() {
        return Some(folder);
    }
    #[expect(clippy::print_stderr, reason = "says why nothing was checked")]
    {
        eprintln!("skipped: ../shared is absent");
    }
    None
}

impl Scenario {
    pub fn read(folder: &Path) -> Self {
        let meta: serde_json::Value =
            serde_json::from_reader(File::open(folder.join("meta.json")).expect("meta.json"))
                .expect("meta.json is JSON");
        let noise = &meta["noise"];
        let number =
            |value: &serde_json::Value, otherwise: f64| value.as_f64().unwrap_or(otherwise);
        let accuracy = PlotAccuracy {
            range_m: number(&noise["range_sd_m"], 70.0),
            azimuth_rad: number(&noise["az_sd_deg"], 0.08).to_radians(),
            elevation_rad: number(&noise["el_sd_deg"], 0.15).to_radians(),
        };
        let empty = Vec::new();
        let listed = meta["sensors"].as_array().unwrap_or(&empty);
        let mut sensors: Vec<Sensor> = (1u8..)
            .zip(listed)
            .map(|(sic, s)| Sensor {
                id: SensorId { sac: 1, sic },
                name: s["id"].as_str().unwrap_or("?").to_owned(),
                kind: SensorKind::Radar,
                site: Geodetic::from_degrees(
                    number(&s["lat_deg"], 0.0),
                    number(&s["lon_deg"], 0.0),
                    number(&s["h"], 0.0),
                ),
                period_s: s["period"].as_f64(),
                accuracy,
                range_max_m: s["rmax"].as_f64(),
                view: surveillance::View::default(),
                receivers: Box::default(),
            })
            .collect();
        sensors.push(Sensor {
            id: SensorId { sac: 1, sic: 200 },
            name: "AD".to_owned(),
            kind: SensorKind::AdsB,
            site: None,
            period_s: None,
            accuracy,
            range_max_m: None,
            view: surveillance::View::default(),
            receivers: Box::default(),
        });
        let report_sd_m = number(&noise["adsb_sd_m"], 10.0);
        let nac_v = if number(&noise["adsb_vel_sd"], 0.7) < 1.2 { 2 } else { 1 };
        let text = GzDecoder::new(File::open(folder.join("plots.csv.gz")).expect("plots"));
        let mut lines = BufReader::new(text).lines().map(|line| line.expect("plots are UTF-8"));
        let header: Vec<String> =
            lines.next().expect("a header").split(',').map(str::to_owned).collect();
        let mut plots: Vec<Plot> = lines
            .filter_map(|line| {
                let row = Row { header: &header, fields: line.split(',').collect() };
                row.plot(&sensors, report_sd_m, nac_v)
            })
            .collect();
        plots.sort_by_key(|plot| plot.received);
        Self {
            sensors,
            plots,
            grid_s: number(&meta["grid_s"], 4.0),
            duration_s: number(&meta["duration_s"], 0.0),
        }
    }
}

struct Row<'a> {
    header: &'a [String],
    fields: Vec<&'a str>,
}

impl Row<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        let index = self.header.iter().position(|column| column == name)?;
        self.fields.get(index).copied().filter(|field| !field.is_empty())
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.text(name)?.parse().ok()
    }

    fn plot(&self, sensors: &[Sensor], report_sd_m: f64, nac_v: u8) -> Option<Plot> {
        let sensor =
            sensors.iter().find(|sensor| Some(sensor.name.as_str()) == self.text("sensor"))?;
        let adsb = sensor.kind == SensorKind::AdsB;
        let mode_3a = self.text("mode_a").and_then(|code| u16::from_str_radix(code, 8).ok());
        let address = self.text("mode_s").and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let step_m = if sensor.period_s == Some(8.0) { 30.48 } else { 7.62 };
        let level = self.number("alt_m");
        let category = |name: &str| self.text(name).and_then(|text| text.parse().ok());
        let origin = if adsb {
            PlotOrigin::AdsB
        } else if mode_3a.is_some() || address.is_some() || level.is_some() {
            PlotOrigin::Secondary
        } else {
            PlotOrigin::Primary
        };
        let measurement = if adsb {
            Measurement::Geodetic(PositionReport {
                latitude_rad: self.number("lat")?.to_radians(),
                longitude_rad: self.number("lon")?.to_radians(),
                height_m: self.number("hgeo_m"),
                horizontal_sd_m: match self.number("sd_m") {
                    Some(told_m) => Some(told_m),
                    None if category("nac_p").is_some() => None,
                    None => Some(report_sd_m),
                },
            })
        } else {
            Measurement::Polar {
                slant_range_m: self.number("range_m")?,
                azimuth_rad: self.number("az_deg")?.to_radians(),
                elevation_rad: self.number("el_deg").map(f64::to_radians),
            }
        };
        let velocity = self.number("ve").zip(self.number("vn")).map(|(east, north)| Velocity {
            horizontal: Some(Enu { east, north, up: 0.0 }),
            vertical_rate_mps: self.number("vu"),
        });
        Some(Plot {
            received: Time::from_unix_seconds(self.number("t_arr")?),
            measurement: Some(measurement),
            codes: Codes {
                address: address.map(Address::icao),
                mode_3a: mode_3a.map(Mode3A::new),
                ..Codes::default()
            },
            pressure_altitude: level.map(|altitude_m| PressureAltitude { altitude_m, step_m }),
            velocity,
            quality: AdsbQuality {
                nic: category("nic"),
                nac_p: category("nac_p"),
                sil: category("sil"),
                nac_v: adsb.then_some(nac_v),
                ..AdsbQuality::default()
            },
            ..Plot::bare(sensor.id, Time::from_unix_seconds(self.number("t")?), origin)
        })
    }
}
