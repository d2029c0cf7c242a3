//! A coverage study: one TOML file that names terrain, region, levels, sites and candidates.
//!
//! An error is one line: `file:line: key: what is wrong; what to do`.

use coverage::atmosphere::{N0_MEAN, Propagation};
use coverage::radio::{Detection, Link, PrimaryRadar, Swerling};
use coverage::site::{Limits, Method, Role, Site};
use coverage::terrain::Datum;
use geodesy::units::METRES_PER_NM;
use serde::Deserialize;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// What is wrong with a study, and what to do: one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StudyError(pub String);

/// A study as read and checked.
#[derive(Debug, Clone)]
pub struct Study {
    /// Files and folders of terrain.
    pub terrain: Vec<PathBuf>,
    /// Step of the working lattice, arc seconds.
    pub step_arcsec: f64,
    /// What heights in terrain files that do not say are counted from.
    pub heights: Datum,
    /// Polygon that areas are counted in.
    pub region: Option<PathBuf>,
    /// Flight levels looked at.
    pub levels: Vec<f64>,
    /// Aircraft fly at least so high above ground, metres.
    pub clearance_m: f64,
    /// How sites are swept.
    pub method: Method,
    /// Sites that stand.
    pub sites: Vec<Site>,
    /// Sites that might.
    pub candidates: Vec<Site>,
    /// Partners' shared coverage.
    pub shared: Vec<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    study: StudyTable,
    #[serde(default)]
    propagation: PropagationTable,
    #[serde(default, rename = "site")]
    sites: Vec<SiteTable>,
    #[serde(default, rename = "candidate")]
    candidates: Vec<SiteTable>,
    /// What sites have where they do not say.
    #[serde(default)]
    defaults: Defaults,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StudyTable {
    terrain: Vec<PathBuf>,
    #[serde(default)]
    step_arcsec: Option<Spanned<f64>>,
    heights: Option<Spanned<String>>,
    #[serde(default)]
    region: Option<PathBuf>,
    #[serde(default)]
    levels: Option<Spanned<Vec<f64>>>,
    #[serde(default)]
    clearance_m: Option<Spanned<f64>>,
    #[serde(default)]
    shared: Vec<PathBuf>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct PropagationTable {
    model: Option<Spanned<String>>,
    n0: Option<Spanned<f64>>,
    k: Option<Spanned<f64>>,
}

#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
struct Defaults {
    party: Option<String>,
    mast_m: Option<Spanned<f64>>,
    range_max_nm: Option<Spanned<f64>>,
    elevation_max_deg: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteTable {
    name: Spanned<String>,
    party: Option<String>,
    lat: Spanned<f64>,
    lon: Spanned<f64>,
    ground_m: Option<Spanned<f64>>,
    ground_ellipsoid_m: Option<Spanned<f64>>,
    mast_m: Option<Spanned<f64>>,
    role: Option<Spanned<String>>,
    range_min_nm: Option<Spanned<f64>>,
    range_max_nm: Option<Spanned<f64>>,
    elevation_min_deg: Option<Spanned<f64>>,
    elevation_max_deg: Option<Spanned<f64>>,
    #[serde(default)]
    sectors_deg: Vec<Spanned<[f64; 2]>>,
    horizon_deg: Option<Spanned<Vec<f64>>>,
    cost: Option<Spanned<f64>>,
    radar: Option<RadarTable>,
    link: Option<LinkTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RadarTable {
    peak_kw: Spanned<f64>,
    gain_db: Spanned<f64>,
    frequency_mhz: Spanned<f64>,
    pulse_us: Spanned<f64>,
    noise_figure_db: Spanned<f64>,
    loss_db: Spanned<f64>,
    pulses: Spanned<f64>,
    rcs_m2: Spanned<f64>,
    compression_db: Option<Spanned<f64>>,
    absorption_db_per_km: Option<Spanned<f64>>,
    swerling: Option<Spanned<u8>>,
    pd: Option<Spanned<f64>>,
    pfa: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkTable {
    power_dbm: Spanned<f64>,
    gain_db: Spanned<f64>,
    loss_db: Spanned<f64>,
    sensitivity_dbm: Spanned<f64>,
    /// Interrogator's power and the transponder's sensitivity; without them only the downlink counts.
    uplink_power_dbm: Option<Spanned<f64>>,
    transponder_dbm: Option<Spanned<f64>>,
}

/// Annex 10 vol. IV, 3.1.1.7.5: at least −69, at most −77 dBm.
const TRANSPONDER_DBM: f64 = -73.0;
/// Powers at an antenna and sensitivities, dBm: a femtowatt's millionth to a gigawatt.
const DBM: RangeInclusive<f64> = -180.0..=120.0;
/// A range by radio that is less than this is a mistake in the budget, metres.
const RADIO_MIN_M: f64 = 1000.0;

/// Where in the text, for an error.
struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
}

impl Reader<'_> {
    fn wrong<T>(
        &self,
        span: std::ops::Range<usize>,
        key: &str,
        problem: &str,
    ) -> Result<T, StudyError> {
        let line = 1 + self.text.get(..span.start).unwrap_or_default().matches('\n').count();
        Err(StudyError(format!("{}:{line}: {key}: {problem}", self.file.display())))
    }

    fn within(
        &self,
        value: &Spanned<f64>,
        key: &str,
        range: RangeInclusive<f64>,
    ) -> Result<f64, StudyError> {
        let number = *value.get_ref();
        if range.contains(&number) {
            return Ok(number);
        }
        let (low, high) = (range.start(), range.end());
        self.wrong(value.span(), key, &format!("{number} is out of range; give {low} to {high}"))
    }

    fn or(
        &self,
        value: &Option<Spanned<f64>>,
        key: &str,
        range: RangeInclusive<f64>,
        default: f64,
    ) -> Result<f64, StudyError> {
        value.as_ref().map_or(Ok(default), |value| self.within(value, key, range))
    }

    fn heights(&self, heights: &Option<Spanned<String>>) -> Result<Datum, StudyError> {
        match heights.as_ref().map(|heights| (heights.get_ref().as_str(), heights.span())) {
            None | Some(("geoid", _)) => Ok(Datum::Geoid),
            Some(("ellipsoid", _)) => Ok(Datum::Ellipsoid),
            Some((other, span)) => {
                let problem = format!("{other:?} is no datum; give geoid or ellipsoid");
                self.wrong(span, "study.heights", &problem)
            }
        }
    }

    fn propagation(&self, table: &PropagationTable) -> Result<Propagation, StudyError> {
        let n0 = self.or(&table.n0, "propagation.n0", 0.0..=500.0, N0_MEAN)?;
        let Some(model) = &table.model else {
            return Ok(match &table.k {
                None => Propagation::Exponential { n0 },
                Some(k) => {
                    Propagation::EffectiveEarth { k: self.within(k, "propagation.k", 0.5..=10.0)? }
                }
            });
        };
        match model.get_ref().as_str() {
            "exponential" => Ok(Propagation::Exponential { n0 }),
            "4/3" => Ok(Propagation::FOUR_THIRDS),
            "optical" => Ok(Propagation::OPTICAL),
            "k" => {
                let k = self.or(&table.k, "propagation.k", 0.5..=10.0, 4.0 / 3.0)?;
                Ok(Propagation::EffectiveEarth { k })
            }
            other => self.wrong(
                model.span(),
                "propagation.model",
                &format!("{other:?} is no model; give exponential, 4/3, optical or k"),
            ),
        }
    }

    fn site(&self, table: &SiteTable, defaults: &Defaults, kind: &str) -> Result<Site, StudyError> {
        let name = table.name.get_ref();
        let key = |key: &str| format!("{kind} {name:?} {key}");
        if name.is_empty() {
            return self.wrong(table.name.span(), &key("name"), "it is empty; give a name");
        }
        let mast = table.mast_m.as_ref().or(defaults.mast_m.as_ref()).cloned();
        let range = table.range_max_nm.as_ref().or(defaults.range_max_nm.as_ref()).cloned();
        let steepest =
            table.elevation_max_deg.as_ref().or(defaults.elevation_max_deg.as_ref()).cloned();
        let instrumented_m =
            self.or(&range, &key("range_max_nm"), 1.0..=300.0, 250.0)? * METRES_PER_NM;
        let radio_m = self.radio_m(table, &key)?;
        if radio_m < RADIO_MIN_M {
            let (span, part) = match &table.radar {
                Some(radar) => (radar.peak_kw.span(), "radar"),
                None => (table.name.span(), "link"),
            };
            let problem =
                format!("it reaches {radio_m:.0} m; give more power or gain, or fewer losses");
            return self.wrong(span, &key(part), &problem);
        }
        let degrees = |value: &Option<Spanned<f64>>, name: &str, default| {
            self.or(value, &key(name), -90.0..=90.0, default).map(f64::to_radians)
        };
        let role = match table.role.as_ref().map(|role| (role.get_ref().as_str(), role.span())) {
            None | Some(("alone", _)) => Role::Alone,
            Some(("multilateration", _)) => Role::Multilateration,
            Some((other, span)) => {
                let problem = format!("{other:?} is no role; give alone or multilateration");
                return self.wrong(span, &key("role"), &problem);
            }
        };
        let mut sectors = Vec::new();
        for sector in &table.sectors_deg {
            let [from, to] = *sector.get_ref();
            if ![from, to].iter().all(|a| (0.0..=360.0).contains(a)) {
                return self.wrong(
                    sector.span(),
                    &key("sectors_deg"),
                    "give azimuths from 0 to 360",
                );
            }
            if from == to || [from, to] == [360.0, 0.0] {
                let problem =
                    "it has no width; give from, clockwise to, as [300, 90], or leave it out";
                return self.wrong(sector.span(), &key("sectors_deg"), problem);
            }
            sectors.push((from.to_radians(), to.to_radians()));
        }
        let horizon_rad = match &table.horizon_deg {
            Some(h) if h.get_ref().len() == 360 && h.get_ref().iter().all(|e| e.abs() <= 90.0) => {
                Some(h.get_ref().iter().map(|e| e.to_radians()).collect())
            }
            Some(h) => {
                let problem = "give 360 elevations, one a degree of azimuth from north, -90 to 90";
                return self.wrong(h.span(), &key("horizon_deg"), problem);
            }
            None => None,
        };
        let latitude_deg = self.within(&table.lat, &key("lat"), -90.0..=90.0)?;
        let longitude_deg = self.within(&table.lon, &key("lon"), -180.0..=180.0)?;
        let ground_m = match (&table.ground_m, &table.ground_ellipsoid_m) {
            (Some(_), Some(also)) => {
                let problem = "ground_m is given too; give one of them";
                return self.wrong(also.span(), &key("ground_ellipsoid_m"), problem);
            }
            (Some(ground), None) => Some(self.within(ground, &key("ground_m"), -500.0..=9000.0)?),
            (None, Some(ground)) => {
                let over = self.within(ground, &key("ground_ellipsoid_m"), -600.0..=9000.0)?;
                Some(coverage::geoid::orthometric_m(latitude_deg, longitude_deg, over))
            }
            (None, None) => None,
        };
        let elevation_min_rad = degrees(&table.elevation_min_deg, "elevation_min_deg", -90.0)?;
        let elevation_max_rad = degrees(&steepest, "elevation_max_deg", 90.0)?;
        if elevation_min_rad >= elevation_max_rad {
            let span = table.elevation_min_deg.as_ref().map_or(table.name.span(), Spanned::span);
            let problem = "it is not below elevation_max_deg; lower it";
            return self.wrong(span, &key("elevation_min_deg"), problem);
        }
        let range_min_nm = self.or(&table.range_min_nm, &key("range_min_nm"), 0.0..=100.0, 0.0)?;
        let range_min_m = range_min_nm * METRES_PER_NM;
        let range_max_m = instrumented_m.min(radio_m);
        if range_min_m >= range_max_m {
            let span = table.range_min_nm.as_ref().map_or(table.name.span(), Spanned::span);
            let problem = format!(
                "{range_min_nm} is not below the range of {:.1} NM; lower it",
                range_max_m / METRES_PER_NM
            );
            return self.wrong(span, &key("range_min_nm"), &problem);
        }
        Ok(Site {
            name: name.clone(),
            party: table.party.clone().or(defaults.party.clone()).unwrap_or_else(|| "XXA".into()),
            latitude_deg,
            longitude_deg,
            ground_m,
            mast_m: self.or(&mast, &key("mast_m"), 0.0..=500.0, 20.0)?,
            role,
            limits: Limits {
                range_min_m,
                range_max_m,
                elevation_min_rad,
                elevation_max_rad,
                sectors,
            },
            horizon_rad,
            cost: self.or(&table.cost, &key("cost"), 1e-6..=1e12, 1.0)?,
        })
    }

    /// Range by the radar equation or the link budget, if one is given.
    fn radio_m(&self, table: &SiteTable, key: &dyn Fn(&str) -> String) -> Result<f64, StudyError> {
        let mut range_m = f64::INFINITY;
        if let Some(radar) = &table.radar {
            let swerling = match radar.swerling.as_ref().map(|s| (*s.get_ref(), s.span())) {
                None | Some((1, _)) => Swerling::Case1,
                Some((0, _)) => Swerling::Steady,
                Some((2, _)) => Swerling::Case2,
                Some((3, _)) => Swerling::Case3,
                Some((4, _)) => Swerling::Case4,
                Some((_, span)) => {
                    return self.wrong(span, &key("radar.swerling"), "give a case from 0 to 4");
                }
            };
            let positive =
                |value: &Spanned<f64>, name: &str| self.within(value, &key(name), 1e-6..=1e9);
            let wanted = Detection {
                probability: self.or(&radar.pd, &key("radar.pd"), 0.1..=0.99, 0.8)?,
                false_alarm: self.or(&radar.pfa, &key("radar.pfa"), 1e-9..=1e-3, 1e-6)?,
                pulses: self.within(&radar.pulses, &key("radar.pulses"), 1.0..=100.0)?,
                swerling,
            };
            let radar_rim = PrimaryRadar {
                peak_w: positive(&radar.peak_kw, "radar.peak_kw")? * 1e3,
                gain_db: self.within(&radar.gain_db, &key("radar.gain_db"), 0.0..=60.0)?,
                frequency_hz: positive(&radar.frequency_mhz, "radar.frequency_mhz")? * 1e6,
                bandwidth_hz: 1e6 / positive(&radar.pulse_us, "radar.pulse_us")?,
                compression_db: self.or(
                    &radar.compression_db,
                    &key("radar.compression_db"),
                    0.0..=60.0,
                    0.0,
                )?,
                noise_figure_db: self.within(
                    &radar.noise_figure_db,
                    &key("radar.noise_figure_db"),
                    0.0..=30.0,
                )?,
                loss_db: self.within(&radar.loss_db, &key("radar.loss_db"), 0.0..=60.0)?,
                absorption_db_per_km: self.or(
                    &radar.absorption_db_per_km,
                    &key("radar.absorption_db_per_km"),
                    0.0..=5.0,
                    0.0,
                )?,
            };
            let rcs_m2 = positive(&radar.rcs_m2, "radar.rcs_m2")?;
            range_m = radar_rim.range_m(rcs_m2, &wanted);
        }
        if let Some(link) = &table.link {
            let down = Link {
                power_dbm: self.within(&link.power_dbm, &key("link.power_dbm"), DBM)?,
                gain_db: self.within(&link.gain_db, &key("link.gain_db"), -30.0..=80.0)?,
                loss_db: self.within(&link.loss_db, &key("link.loss_db"), 0.0..=60.0)?,
                sensitivity_dbm: self.within(
                    &link.sensitivity_dbm,
                    &key("link.sensitivity_dbm"),
                    DBM,
                )?,
                frequency_hz: Link::DOWNLINK_HZ,
            };
            let transponder_dbm =
                self.or(&link.transponder_dbm, &key("link.transponder_dbm"), DBM, TRANSPONDER_DBM)?;
            let budget_m = match &link.uplink_power_dbm {
                None => down.range_m(),
                Some(power) => {
                    let up = Link {
                        power_dbm: self.within(power, &key("link.uplink_power_dbm"), DBM)?,
                        sensitivity_dbm: transponder_dbm,
                        frequency_hz: Link::UPLINK_HZ,
                        ..down
                    };
                    coverage::radio::secondary_range_m(&up, &down)
                }
            };
            range_m = range_m.min(budget_m);
        }
        Ok(range_m)
    }
}

impl Study {
    /// Reads and checks a study; paths in it are beside it.
    pub fn load(path: &Path) -> Result<Self, StudyError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            StudyError(format!("{}: cannot be read ({error}); name a study file", path.display()))
        })?;
        let reader = Reader { file: path, text: &text };
        let file: File = toml::from_str(&text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |s| 1 + text.get(..s.start).unwrap_or_default().matches('\n').count());
            let message = error.message().replace('\n', "; ");
            StudyError(format!(
                "{}:{line}: {message}; see docs/how-to/coverage.md for the keys",
                path.display()
            ))
        })?;
        let beside = |p: &PathBuf| path.parent().unwrap_or(Path::new("")).join(p);
        let mut sites = Vec::new();
        for (list, kind, into) in [(&file.sites, "site", 0), (&file.candidates, "candidate", 1)] {
            for table in list {
                let site = reader.site(table, &file.defaults, kind)?;
                if sites.iter().any(|(_, old): &(i32, Site)| old.name == site.name) {
                    let key = format!("{kind} {:?} name", site.name);
                    return reader.wrong(
                        table.name.span(),
                        &key,
                        "another has this name; give one of its own",
                    );
                }
                sites.push((into, site));
            }
        }
        let (sites, candidates): (Vec<_>, Vec<_>) =
            sites.into_iter().partition(|(into, _)| *into == 0);
        let levels = match &file.study.levels {
            None => vec![100.0, 150.0, 195.0, 245.0],
            Some(levels) => {
                let sound = |level: &f64| (1.0..=490.0).contains(level);
                if levels.get_ref().is_empty() || !levels.get_ref().iter().all(sound) {
                    return reader.wrong(
                        levels.span(),
                        "study.levels",
                        "give flight levels from 1 to 490",
                    );
                }
                levels.get_ref().clone()
            }
        };
        if file.study.terrain.is_empty() {
            return Err(StudyError(format!(
                "{}: study.terrain: it is empty; name files or folders of terrain",
                path.display()
            )));
        }
        Ok(Self {
            terrain: file.study.terrain.iter().map(beside).collect(),
            step_arcsec: reader.or(
                &file.study.step_arcsec,
                "study.step_arcsec",
                0.5..=300.0,
                15.0,
            )?,
            heights: reader.heights(&file.study.heights)?,
            region: file.study.region.as_ref().map(beside),
            levels,
            clearance_m: reader.or(
                &file.study.clearance_m,
                "study.clearance_m",
                0.0..=5000.0,
                300.0,
            )?,
            method: Method {
                propagation: reader.propagation(&file.propagation)?,
                ..Method::default()
            },
            sites: sites.into_iter().map(|(_, site)| site).collect(),
            candidates: candidates.into_iter().map(|(_, site)| site).collect(),
            shared: file.study.shared.iter().map(beside).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.toml");
        std::fs::write(&path, text).unwrap();
        let error = Study::load(&path).expect_err("it is wrong").to_string();
        error[error.find("s.toml").unwrap()..].to_owned()
    }

    #[test]
    fn an_error_names_file_line_key_and_remedy() {
        let head = "[study]\nterrain = [\"t.tif\"]\n";
        let site = "[[site]]\nname = \"A\"\nlat = 42.0\nlon = 74.0\n";
        let cases = [
            (
                format!("{head}[[site]]\nname = \"A\"\nlat = 142.0\nlon = 74.0\n"),
                "s.toml:5: site \"A\" lat: 142 is out of range; give -90 to 90",
            ),
            (
                format!("{head}{site}{site}"),
                "s.toml:8: site \"A\" name: another has this name; give one of its own",
            ),
            (
                format!("{head}levels = [0]\n{site}"),
                "s.toml:3: study.levels: give flight levels from 1 to 490",
            ),
            (format!("{head}{site}mast = 3\n"), "s.toml:7: unknown field `mast`"),
            (
                format!(
                    "{head}{site}link = {{ power_dbm = nan, gain_db = 6, loss_db = 3, sensitivity_dbm = -84 }}\n"
                ),
                "s.toml:7: site \"A\" link.power_dbm: NaN is out of range; give -180 to 120",
            ),
            (
                format!(
                    "{head}{site}link = {{ power_dbm = 10, gain_db = 0, loss_db = 20, sensitivity_dbm = -60 }}\n"
                ),
                "s.toml:4: site \"A\" link: it reaches 7 m; give more power or gain, or fewer losses",
            ),
            (
                format!("{head}{site}sectors_deg = [[10, 10]]\n"),
                "s.toml:7: site \"A\" sectors_deg: it has no width",
            ),
            (
                format!("{head}{site}range_max_nm = 60\nrange_min_nm = 80\n"),
                "s.toml:8: site \"A\" range_min_nm: 80 is not below the range of 60.0 NM; lower it",
            ),
            (
                format!("{head}heights = \"sea\"\n{site}"),
                "s.toml:3: study.heights: \"sea\" is no datum; give geoid or ellipsoid",
            ),
            (
                format!("{head}{site}ground_m = 3\nground_ellipsoid_m = 3\n"),
                "s.toml:8: site \"A\" ground_ellipsoid_m: ground_m is given too; give one of them",
            ),
            (
                format!("{head}[propagation]\nmodel = \"flat\"\n"),
                "s.toml:4: propagation.model: \"flat\" is no model; give exponential, 4/3, optical or k",
            ),
        ];
        for (text, expected) in cases {
            let found = said(&text);
            assert!(found.starts_with(expected), "{found}");
        }
    }
}
