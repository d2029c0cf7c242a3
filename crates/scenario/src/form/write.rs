//! A simulated scenario as the texts of its folder.

use super::{PLOT_COLUMNS, TRUTH_COLUMNS};
use crate::sensing::{Simulation, TruePlot};
use crate::spec::{Radar, Transponder};
use crate::traffic::Target;
use geodesy::{Geodetic, LocalFrame};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, Write};
use surveillance::{Address, Measurement, Sensor, SensorKind};

/// Instants of the truth at most a sample apart from the end still count.
const SLACK_S: f64 = 1e-9;

impl Simulation {
    /// `meta.json`. `sensors` are the radars; what else there is stands in `other_sensors`.
    pub fn meta_json(&self) -> String {
        let spec = &self.spec;
        let radars: Vec<Value> = spec.radar.iter().map(radar_json).collect();
        let others: Vec<Value> =
            self.sensors.iter().filter_map(|sensor| self.other_json(sensor)).collect();
        let radar = spec.radar.first();
        let adsb = spec.adsb.first();
        let meta = json!({
            "name": spec.name,
            "n": self.targets.iter().filter(|target| target.real).count(),
            "duration_s": spec.duration_s,
            "seed": spec.seed,
            "centre_deg": [spec.area.lat, spec.area.lon],
            "half_width_m": 1e3 * spec.area.half_width_km,
            "grid_s": spec.grid_s,
            "gate_m": spec.score.gate_m,
            "cutoff_m": spec.score.cutoff_m,
            "frame": "WGS-84; azimuth clockwise from true north at the radar; slant range \
                      geometric (no refraction); alt_m is pressure altitude, quantised 25 ft (Mode S, \
                      ADS-B) or 100 ft (Mode C)",
            "noise": {
                "range_sd_m": radar.map_or(70.0, |radar| radar.range_sd_m),
                "az_sd_deg": radar.map_or(0.07, |radar| radar.azimuth_sd_deg),
                "el_sd_deg": radar.map_or(0.15, |radar| radar.elevation_sd_deg),
                "adsb_sd_m": adsb.map_or(10.0, |adsb| adsb.sd_m),
                "adsb_vel_sd": adsb.map_or(0.7, |adsb| adsb.velocity_sd_mps),
            },
            "pd": radar.map_or(0.9, |radar| radar.pd),
            "pd_noncoop": radar.map_or(0.8, |radar| radar.pd_primary),
            "sensors": radars,
            "other_sensors": others,
        });
        format!("{meta:#}\n")
    }

    fn other_json(&self, sensor: &Sensor) -> Option<Value> {
        let spec = &self.spec;
        let named = |name: &str| name == sensor.name;
        let adsb = spec.adsb.iter().find(|adsb| named(&adsb.name));
        let remote = spec.remote_id.iter().find(|remote| named(&remote.name));
        let (kind, sd_m) = match (sensor.kind, adsb, remote) {
            (SensorKind::Radar, ..) => return None,
            (SensorKind::Mlat, ..) => ("mlat", None),
            (_, Some(adsb), _) => ("adsb", Some(adsb.sd_m)),
            (_, _, remote) => ("remote_id", remote.map(|remote| remote.sd_m)),
        };
        let mut value = json!({ "id": sensor.name, "kind": kind });
        if let Some(sd_m) = sd_m {
            value["report_sd_m"] = sd_m.into();
        }
        if let Some(receiver) = sensor.receivers.first() {
            let place = |site: Geodetic| [site.latitude_deg(), site.longitude_deg(), site.height_m];
            value["receivers"] = sensor.receivers.iter().map(|r| json!(place(r.site))).collect();
            value["arrival_sd_m"] = receiver.arrival_sd_m.into();
        }
        Some(value)
    }

    /// Whether plots carry their quality: quality indicators where satellite
    /// navigation is jammed, each position's own error where multilateration gives it.
    fn has_quality(&self) -> bool {
        !self.spec.jamming.is_empty() || !self.spec.mlat.is_empty()
    }

    fn has_arrivals(&self) -> bool {
        self.sensors.iter().any(|sensor| !sensor.receivers.is_empty())
    }

    fn has_range_rates(&self) -> bool {
        self.spec.radar.iter().any(|radar| radar.range_rate_sd_mps.is_some())
    }

    /// `plots.csv`.
    pub fn write_plots(&self, out: &mut impl Write) -> io::Result<()> {
        let (quality, range_rates) = (self.has_quality(), self.has_range_rates());
        let arrivals = self.has_arrivals();
        let quality_columns = if quality { ",sd_m,nic,nac_p,sil" } else { "" };
        let range_rate_column = if range_rates { ",range_rate_mps" } else { "" };
        let arrivals_column = if arrivals { ",arrivals" } else { "" };
        writeln!(out, "{PLOT_COLUMNS}{quality_columns}{range_rate_column}{arrivals_column}")?;
        let mut line = String::new();
        for (id, made) in self.plots.iter().enumerate() {
            line.clear();
            self.plot_line(&mut line, id, made);
            if quality {
                quality_fields(&mut line, made);
            }
            if range_rates {
                line.push(',');
                maybe(&mut line, made.plot.range_rate_mps, 1);
                line.pop();
            }
            if arrivals {
                line.push(',');
                arrivals_field(&mut line, made);
            }
            line.push('\n');
            out.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    fn plot_line(&self, line: &mut String, id: usize, made: &TruePlot) {
        let plot = &made.plot;
        let sensor = self.sensors.iter().find(|sensor| sensor.id == plot.sensor);
        let name = sensor.map_or("", |sensor| sensor.name.as_str());
        let (arrival_s, t_s) = (plot.received.unix_seconds(), plot.time.unix_seconds());
        put(line, format_args!("{id},{arrival_s:.3},{t_s:.4},{name},"));
        match plot.measurement {
            Some(Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad }) => {
                let azimuth_deg = azimuth_rad.to_degrees();
                put(line, format_args!("{slant_range_m:.1},{azimuth_deg:.4},"));
                maybe(line, elevation_rad.map(f64::to_degrees), 3);
            }
            _ => line.push_str(",,,"),
        }
        maybe(line, plot.pressure_altitude.map(|level| level.altitude_m), 1);
        let code = plot.codes.mode_3a.map(|code| code.to_string()).unwrap_or_default();
        let address = plot.codes.address.map(Address::bits);
        let address = address.map(|bits| format!("{bits:06x}")).unwrap_or_default();
        put(line, format_args!("{code},{address},"));
        if let Some(Measurement::Geodetic(report)) = plot.measurement {
            let lat_deg = report.latitude_rad.to_degrees();
            let lon_deg = report.longitude_rad.to_degrees();
            put(line, format_args!("{lat_deg:.6},{lon_deg:.6},"));
            maybe(line, report.height_m, 1);
        } else {
            line.push_str(",,,");
        }
        let over_ground = plot.velocity.and_then(|velocity| velocity.horizontal);
        maybe(line, over_ground.map(|v| v.east), 2);
        maybe(line, over_ground.map(|v| v.north), 2);
        maybe(line, plot.velocity.and_then(|velocity| velocity.vertical_rate_mps), 2);
        line.pop();
    }

    /// `plots_truth.csv`: the target of each plot, 0 for clutter and what is not there.
    pub fn write_plots_truth(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "id,truth_id")?;
        for (id, made) in self.plots.iter().enumerate() {
            writeln!(out, "{id},{}", made.target.map_or(0, |target| target + 1))?;
        }
        Ok(())
    }

    /// `aircraft.csv`.
    pub fn write_aircraft(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "truth_id,class,noncoop,mode_s,adsb,icao,mode_a,t_on,t_off")?;
        for (number, target) in self.real() {
            let (on_s, off_s) = target.path.span_s();
            writeln!(
                out,
                "{number},{},{},{},{},{:06x},{},{on_s:?},{:?}",
                target.class,
                u8::from(target.transponder == Transponder::None),
                u8::from(target.transponder == Transponder::ModeS),
                u8::from(target.adsb),
                target.address.bits(),
                target.mode_3a,
                off_s.min(self.spec.duration_s)
            )?;
        }
        Ok(())
    }

    /// `truth.csv`: every real target at every instant of the grid, within the area.
    pub fn write_truth(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{TRUTH_COLUMNS}")?;
        let area = self.spec.area;
        let centre = geodesy::Geodetic::from_degrees(area.lat, area.lon, 0.0);
        let plane = LocalFrame::at(centre.expect("the file was checked"));
        let half_m = 1e3 * area.half_width_km;
        let instants = (self.spec.duration_s / self.spec.grid_s + SLACK_S).floor() as u64;
        for step in 0..=instants {
            let t_s = step as f64 * self.spec.grid_s;
            for (number, target) in self.real() {
                let Some((at, velocity, manoeuvre)) = target.path.at(t_s) else { continue };
                let flat = plane.enu_from_ecef(at);
                if flat.east.abs() >= half_m || flat.north.abs() >= half_m {
                    continue;
                }
                let here = at.to_geodetic();
                let v = LocalFrame::at(here).rotate_from_ecef(velocity);
                writeln!(
                    out,
                    "{t_s:?},{number},{:.7},{:.7},{:.1},{:.2},{:.2},{:.2},{},{}",
                    here.latitude_deg(),
                    here.longitude_deg(),
                    here.height_m,
                    v.east,
                    v.north,
                    v.up,
                    self.coverage(target, here),
                    u8::from(manoeuvre)
                )?;
            }
        }
        Ok(())
    }

    /// The targets that are there, numbered from 1.
    fn real(&self) -> impl Iterator<Item = (u32, &Target)> {
        (1..).zip(&self.targets).filter(|(_, target)| target.real)
    }
}

fn radar_json(radar: &Radar) -> Value {
    let mode_s = radar.technique.mode_s();
    let mut told = json!({
        "id": radar.name,
        "period": radar.period_s,
        "h": radar.height_m,
        "rmax": 1e3 * radar.range_max_km,
        "el": radar.elevation,
        "mode_s": mode_s,
        "clutter": if radar.technique.primary() { radar.clutter } else { 0.0 },
        "lat_deg": radar.lat,
        "lon_deg": radar.lon,
        "range_sd_m": radar.range_sd_m,
        "az_sd_deg": radar.azimuth_sd_deg,
        "el_sd_deg": radar.elevation_sd_deg,
        "level_step_ft": if mode_s { 25.0 } else { 100.0 },
    });
    if !radar.horizon_deg.is_empty() {
        told["horizon_deg"] = radar.horizon_deg.clone().into();
    }
    if let Some(degrees) = radar.elevation_max_deg {
        told["el_max_deg"] = degrees.into();
    }
    told
}

fn put(line: &mut String, text: std::fmt::Arguments<'_>) {
    line.write_fmt(text).expect("a string takes all");
}

/// A number and a comma; the comma alone where there is none.
fn maybe(line: &mut String, value: Option<f64>, digits: usize) {
    if let Some(value) = value {
        put(line, format_args!("{value:.digits$}"));
    }
    line.push(',');
}

/// `0:0.0 3:1204.7`: each receiver's place in the sensor's list and how much later than the first it
/// heard it, metres of light's way.
fn arrivals_field(line: &mut String, made: &TruePlot) {
    let Some(Measurement::Arrivals(arrivals)) = made.plot.measurement else { return };
    for (index, (receiver, later_m)) in arrivals.iter().enumerate() {
        let space = if index > 0 { " " } else { "" };
        put(line, format_args!("{space}{receiver}:{later_m:.1}"));
    }
}

fn quality_fields(line: &mut String, made: &TruePlot) {
    let quality = made.plot.quality;
    let sd_m = match made.plot.measurement {
        Some(Measurement::Geodetic(report)) => report.horizontal_sd_m,
        _ => None,
    };
    line.push(',');
    maybe(line, sd_m, 1);
    for category in [quality.nic, quality.nac_p, quality.sil] {
        line.extend(category.map(|category| category.to_string()));
        line.push(',');
    }
    line.pop();
}
