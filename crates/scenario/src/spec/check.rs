//! From text to a [`Spec`] that can be simulated, or to one line that says why not.

use super::{Spec, Traffic};
use std::ops::RangeInclusive;
use surveillance::Callsign;
use thiserror::Error;

/// What is wrong with a scenario file, and what to do: one line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}:{line}:{column}: {key}: {problem}")]
pub struct SpecError {
    /// The file as it was named.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// The key, or what stands there.
    pub key: String,
    /// What is wrong; what to do.
    pub problem: String,
}

/// Most targets: what is simulated with full truth is kept in memory.
const TARGETS_MAX: u32 = 20_000;
/// Longest scenario, seconds.
const DURATION_MAX_S: f64 = 86_400.0;
/// Most target seconds.
const TARGET_SECONDS_MAX: f64 = 2e7;
const HEIGHTS_M: RangeInclusive<f64> = -500.0..=30_000.0;
const LATITUDES: RangeInclusive<f64> = -90.0..=90.0;
const LONGITUDES: RangeInclusive<f64> = -180.0..=360.0;
const SHARE: RangeInclusive<f64> = 0.0..=1.0;
const SECONDS: RangeInclusive<f64> = 0.0..=DURATION_MAX_S;

impl Spec {
    /// Reads and checks the text of the file called `file`.
    pub fn parse(file: &str, text: &str) -> Result<Self, SpecError> {
        let spec: Self = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let (line, column) = line_and_column(text, start);
            let here = text.lines().nth(line - 1).unwrap_or("");
            let key = here.split('=').next().unwrap_or("").trim();
            let key = if key.is_empty() { "the file" } else { key };
            SpecError {
                file: file.to_owned(),
                line,
                column,
                key: key.to_owned(),
                problem: in_our_words(error.message()),
            }
        })?;
        let mut checks = Checks { wrong: None };
        checks.spec(&spec);
        match checks.wrong {
            None => Ok(spec),
            Some(Wrong { table, index, key, problem }) => {
                let (line, column) = place_of(text, table, index, &key);
                let path = match (table, index) {
                    ("", _) => key,
                    (table, None) => format!("{table}.{key}"),
                    (table, Some(index)) => format!("{table}[{index}].{key}"),
                };
                Err(SpecError { file: file.to_owned(), line, column, key: path, problem })
            }
        }
    }
}

fn in_our_words(message: &str) -> String {
    let line = message.trim().replace('\n', "; ").replace('`', "");
    match line.strip_prefix("unknown field ").and_then(|rest| rest.split_once(", expected ")) {
        Some((_, keys)) => {
            let keys = keys.strip_prefix("one of ").unwrap_or(keys);
            format!("no such key; the keys here are {keys}")
        }
        None => format!("{line}; see schemas/scenario.schema.json"),
    }
}

fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// Where `key` of the table stands; the head of the table where the key is not written.
fn place_of(text: &str, table: &str, index: Option<usize>, key: &str) -> (usize, usize) {
    let head = match index {
        Some(_) => format!("[[{table}]]"),
        None => format!("[{table}]"),
    };
    let mut left = index.map_or(1, |index| index + 1);
    let mut inside = table.is_empty();
    let mut found = (1, 1);
    let key = key.split('.').next().unwrap_or(key);
    for (number, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        let column = line.chars().count() - trimmed.chars().count() + 1;
        if trimmed.starts_with('[') {
            if inside {
                return found;
            }
            if trimmed.starts_with(&head) {
                left -= 1;
                inside = left == 0;
                found = (number + 1, column);
            }
        } else if inside
            && trimmed
                .split('=')
                .next()
                .is_some_and(|name| name.trim_end().trim_matches('"') == key)
        {
            return (number + 1, column);
        }
    }
    found
}

struct Wrong {
    table: &'static str,
    index: Option<usize>,
    key: String,
    problem: String,
}

/// The first thing that is wrong.
struct Checks {
    wrong: Option<Wrong>,
}

/// One table of the file.
struct At<'a> {
    checks: &'a mut Checks,
    table: &'static str,
    index: Option<usize>,
}

impl Checks {
    fn at(&mut self, table: &'static str, index: Option<usize>) -> At<'_> {
        At { checks: self, table, index }
    }

    fn spec(&mut self, spec: &Spec) {
        let mut root = self.at("", None);
        root.within("duration_s", spec.duration_s, 1.0..=DURATION_MAX_S);
        root.within("grid_s", spec.grid_s, 0.1..=spec.duration_s.max(0.1));
        let mut area = self.at("area", None);
        area.within("lat", spec.area.lat, LATITUDES);
        area.within("lon", spec.area.lon, LONGITUDES);
        area.within("half_width_km", spec.area.half_width_km, 0.5..=3_000.0);
        area.within("level_offset_m", spec.area.level_offset_m, -2_000.0..=2_000.0);
        let mut score = self.at("score", None);
        score.within("gate_m", spec.score.gate_m, 1.0..=100_000.0);
        score.within("cutoff_m", spec.score.cutoff_m, 1.0..=100_000.0);
        self.traffic(spec);
        self.sensors(spec);
        for (index, jamming) in spec.jamming.iter().enumerate() {
            let mut at = self.at("jamming", Some(index));
            at.within("lat", jamming.lat, LATITUDES);
            at.within("lon", jamming.lon, LONGITUDES);
            at.within("radius_km", jamming.radius_km, 0.1..=2_000.0);
            at.within("from_s", jamming.from_s, SECONDS);
        }
        for (index, spoofing) in spec.spoofing.iter().enumerate() {
            let mut at = self.at("spoofing", Some(index));
            at.within("ghosts", f64::from(spoofing.ghosts), 0.0..=1_000.0);
            at.within("from_s", spoofing.from_s, SECONDS);
            for drift in spoofing.drift_mps {
                at.within("drift_mps", drift, -1_000.0..=1_000.0);
            }
        }
    }

    fn traffic(&mut self, spec: &Spec) {
        let count = spec.traffic.iter().fold(0_u32, |sum, t| sum.saturating_add(t.count));
        for (index, traffic) in spec.traffic.iter().enumerate() {
            let mut at = self.at("traffic", Some(index));
            at.one_traffic(traffic);
            if count > TARGETS_MAX || f64::from(count) * spec.duration_s > TARGET_SECONDS_MAX {
                let most = TARGETS_MAX.min((TARGET_SECONDS_MAX / spec.duration_s) as u32);
                at.wrong("count", format!("{count} targets in all; give at most {most}"));
            }
        }
        for (index, flight) in spec.flight.iter().enumerate() {
            let mut at = self.at("flight", Some(index));
            at.within("speed_mps", flight.speed_mps, 1.0..=1_000.0);
            at.within("from_s", flight.from_s, SECONDS);
            if flight.route.len() < 2 {
                at.wrong("route", "it needs two points or more".into());
            }
            flight.route.iter().for_each(|point| at.point("route", *point));
            at.parses("callsign", flight.callsign.as_ref(), "1 to 8 of A-Z and 0-9", |text| {
                Callsign::new(text).is_some()
            });
            at.parses("address", flight.address.as_ref(), "six hex digits", |text| {
                text.len() == 6 && u32::from_str_radix(text, 16).is_ok()
            });
            at.parses("squawk", flight.squawk.as_ref(), "four octal digits", |text| {
                text.len() == 4 && u16::from_str_radix(text, 8).is_ok()
            });
        }
    }

    fn sensors(&mut self, spec: &Spec) {
        for (index, radar) in spec.radar.iter().enumerate() {
            let mut at = self.at("radar", Some(index));
            at.name(&radar.name);
            at.within("lat", radar.lat, LATITUDES);
            at.within("lon", radar.lon, LONGITUDES);
            at.within("height_m", radar.height_m, HEIGHTS_M);
            at.within("period_s", radar.period_s, 0.5..=60.0);
            at.within("range_max_km", radar.range_max_km, 1.0..=1_000.0);
            at.within("range_min_km", radar.range_min_km, 0.0..=radar.range_max_km.max(0.0));
            at.within("range_sd_m", radar.range_sd_m, 0.5..=5_000.0);
            at.within("azimuth_sd_deg", radar.azimuth_sd_deg, 1e-4..=5.0);
            at.within("elevation_sd_deg", radar.elevation_sd_deg, 1e-4..=5.0);
            if let Some(degrees) = radar.elevation_max_deg {
                at.within("elevation_max_deg", degrees, 1.0..=90.0);
            }
            if let Some(sd_mps) = radar.range_rate_sd_mps {
                at.within("range_rate_sd_mps", sd_mps, 0.1..=50.0);
            }
            at.within("pd", radar.pd, SHARE);
            at.within("pd_primary", radar.pd_primary, SHARE);
            at.within("clutter", radar.clutter, 0.0..=20_000.0);
            at.within("garbling", radar.garbling, SHARE);
            at.within("resolution_m", radar.resolution_m, 0.0..=10_000.0);
            at.within("resolution_deg", radar.resolution_deg, 0.0..=10.0);
            for mask in &radar.horizon_deg {
                at.within("horizon_deg", *mask, -10.0..=80.0);
            }
            at.latency(radar.latency_s);
            let bias = radar.bias;
            at.within("bias.range_m", bias.range_m, -10_000.0..=10_000.0);
            at.within("bias.range_gain", bias.range_gain, -0.1..=0.1);
            at.within("bias.azimuth_deg", bias.azimuth_deg, -30.0..=30.0);
            at.within("bias.elevation_deg", bias.elevation_deg, -10.0..=10.0);
            at.within("bias.time_s", bias.time_s, -60.0..=60.0);
        }
        for (index, adsb) in spec.adsb.iter().enumerate() {
            let mut at = self.at("adsb", Some(index));
            at.name(&adsb.name);
            at.reporter(&adsb.stations, adsb.range_max_km, adsb.period_s);
            at.within("sd_m", adsb.sd_m, 0.1..=10_000.0);
            at.within("velocity_sd_mps", adsb.velocity_sd_mps, 0.0..=50.0);
            at.within("late_share", adsb.late_share, SHARE);
            at.within("late_s", adsb.late_s, 0.0..=10.0);
            at.latency(adsb.latency_s);
        }
        for (index, mlat) in spec.mlat.iter().enumerate() {
            let mut at = self.at("mlat", Some(index));
            at.name(&mlat.name);
            at.reporter(&mlat.stations, mlat.range_max_km, mlat.period_s);
            at.within("time_sd_ns", mlat.time_sd_ns, 0.1..=10_000.0);
            at.within("pd", mlat.pd, SHARE);
            at.latency(mlat.latency_s);
            if mlat.stations.len() < 4 {
                at.wrong("stations", "it needs four antennas or more".into());
            }
        }
        for (index, remote) in spec.remote_id.iter().enumerate() {
            let mut at = self.at("remote_id", Some(index));
            at.name(&remote.name);
            at.reporter(&remote.stations, remote.range_max_km, remote.period_s);
            at.within("sd_m", remote.sd_m, 0.1..=1_000.0);
            at.within("pd", remote.pd, SHARE);
            at.latency(remote.latency_s);
        }
        let radars = spec.radar.iter().map(|s| &s.name).enumerate().map(|(i, n)| ("radar", i, n));
        let adsb = spec.adsb.iter().map(|s| &s.name).enumerate().map(|(i, n)| ("adsb", i, n));
        let mlat = spec.mlat.iter().map(|s| &s.name).enumerate().map(|(i, n)| ("mlat", i, n));
        let remote =
            spec.remote_id.iter().map(|s| &s.name).enumerate().map(|(i, n)| ("remote_id", i, n));
        let mut ids = std::collections::BTreeSet::new();
        let given = spec.radar.iter().map(|s| s.id).enumerate().map(|(i, id)| ("radar", i, id));
        let given =
            given.chain(spec.adsb.iter().map(|s| s.id).enumerate().map(|(i, id)| ("adsb", i, id)));
        for (table, index, id) in given {
            if let Some([sac, sic]) = id
                && !ids.insert((sac, sic))
            {
                let problem = format!("{sac}/{sic} is another sensor's; give another");
                self.at(table, Some(index)).wrong("id", problem);
            }
        }
        let mut names = std::collections::BTreeSet::new();
        for (table, index, name) in radars.chain(adsb).chain(mlat).chain(remote) {
            if !names.insert(name) {
                let problem = format!("{name:?} is another sensor's name; give another");
                self.at(table, Some(index)).wrong("name", problem);
            }
        }
        if names.is_empty() {
            let problem = "there is no sensor; add a [[radar]] or an [[adsb]]".into();
            self.at("", None).wrong("radar", problem);
        }
    }
}

impl At<'_> {
    fn wrong(&mut self, key: &str, problem: String) {
        let (table, index) = (self.table, self.index);
        self.checks.wrong.get_or_insert(Wrong { table, index, key: key.to_owned(), problem });
    }

    fn within(&mut self, key: &str, value: f64, bounds: RangeInclusive<f64>) {
        if !bounds.contains(&value) {
            let (least, most) = (bounds.start(), bounds.end());
            self.wrong(key, format!("{value} is out of bounds; give {least} to {most}"));
        }
    }

    fn range(&mut self, key: &str, value: Option<[f64; 2]>, bounds: RangeInclusive<f64>) {
        let Some([least, most]) = value else { return };
        self.within(key, least, bounds.clone());
        self.within(key, most, bounds);
        if least > most {
            self.wrong(key, format!("[{least}, {most}] is no range; give the lesser first"));
        }
    }

    fn latency(&mut self, latency_s: [f64; 2]) {
        self.range("latency_s", Some(latency_s), 0.0..=600.0);
    }

    fn name(&mut self, name: &str) {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if name.is_empty() || name.len() > 32 || !name.chars().all(plain) {
            self.wrong("name", format!("{name:?} is no name; give letters, digits, - _ ."));
        }
    }

    fn point(&mut self, key: &str, [lat, lon, height_m]: [f64; 3]) {
        self.within(key, lat, LATITUDES);
        self.within(key, lon, LONGITUDES);
        self.within(key, height_m, HEIGHTS_M);
    }

    fn reporter(&mut self, stations: &[[f64; 3]], range_max_km: f64, period_s: f64) {
        stations.iter().for_each(|station| self.point("stations", *station));
        self.within("range_max_km", range_max_km, 0.1..=1_000.0);
        self.within("period_s", period_s, 0.1..=600.0);
    }

    fn parses(&mut self, key: &str, text: Option<&String>, wanted: &str, good: fn(&str) -> bool) {
        if let Some(text) = text.filter(|text| !good(text)) {
            self.wrong(key, format!("{text:?} is none; give {wanted}"));
        }
    }

    fn one_traffic(&mut self, traffic: &Traffic) {
        self.range("speed_mps", traffic.speed_mps, 1.0..=1_000.0);
        self.range("height_m", traffic.height_m, HEIGHTS_M);
        self.range("turn_g", traffic.turn_g, 0.01..=9.0);
        self.within("group", f64::from(traffic.group.unwrap_or(1)), 1.0..=1_000.0);
        self.within("spacing_m", traffic.spacing_m.unwrap_or(1.0), 1.0..=20_000.0);
        for (key, share) in [
            ("splits", Some(traffic.splits)),
            ("silent", traffic.silent),
            ("mode_s", traffic.mode_s),
            ("adsb", traffic.adsb),
            ("shared_codes", Some(traffic.shared_codes)),
            ("remote_id", Some(traffic.remote_id)),
        ] {
            self.within(key, share.unwrap_or(0.0), SHARE);
        }
        if let Some([lat, lon]) = traffic.centre {
            self.point("centre", [lat, lon, 0.0]);
        }
        self.within("half_width_km", traffic.half_width_km.unwrap_or(1.0), 0.1..=3_000.0);
    }
}
