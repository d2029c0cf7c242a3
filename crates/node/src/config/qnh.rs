//! `[[alerts.qnh]]`: the air pressure around a place, so that a level tells an altitude.

use super::alerts::path;
use super::check::{self, Misfit, Step};
use super::{AlertsSection, ConfigError, IntentSection};
use alert::rules::{Qnh, QnhTable};
use geodesy::Geodetic;
use geodesy::units::METRES_PER_NM;
use intent::airspace::Places;
use serde::{Deserialize, Serialize};
use surveillance::Time;

/// Pressures that a node holds at most.
const QNH_MAX: usize = 1_000;
/// Mean-sea-level pressures that were ever measured, hPa: 870 (Typhoon Tip, 1979), 1084 (Agata, 1968).
const HPA: std::ops::RangeInclusive<f64> = 870.0..=1084.0;
/// Farther from where it was measured a pressure says nothing, NM.
const RADIUS_MAX_NM: f64 = 500.0;

/// `[[alerts.qnh]]`; of those that hold a place, the first counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QnhSection {
    /// Around this aerodrome of `intent.aerodromes`, by its ICAO indicator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aerodrome: Option<String>,
    /// Or around here: latitude, degrees north.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Longitude, degrees east.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// As far as this, NM.
    pub radius_nm: f64,
    /// Pressure reduced to the sea (QNH), hPa.
    pub hpa: f64,
    /// Until when it is believed, UTC: `2026-11-28T18:00:00Z`.
    pub until: String,
}

impl QnhSection {
    /// Checked but for the aerodrome; or the key that is wrong, and why.
    fn check(&self) -> Result<(), (&'static str, String)> {
        match (&self.aerodrome, self.lat, self.lon) {
            (Some(_), None, None) => {}
            (None, Some(lat), Some(lon)) => {
                if Geodetic::from_degrees(lat, lon, 0.0).is_none() {
                    let problem = format!("{lat} {lon} is no place; give degrees north and east");
                    return Err(("lat", problem));
                }
            }
            _ => {
                let problem = "give an aerodrome, or lat and lon, and not both".to_owned();
                return Err(("", problem));
            }
        }
        if !(self.radius_nm > 0.0 && self.radius_nm <= RADIUS_MAX_NM) {
            let problem = format!("{} is no radius; give up to {RADIUS_MAX_NM} NM", self.radius_nm);
            return Err(("radius_nm", problem));
        }
        if !HPA.contains(&self.hpa) {
            let (least, most) = (HPA.start(), HPA.end());
            let problem = format!("{} is no QNH; give {least} to {most} hPa", self.hpa);
            return Err(("hpa", problem));
        }
        self.until().map(|_| ())
    }

    fn until(&self) -> Result<Time, (&'static str, String)> {
        let wrong = |_| {
            let problem = format!("{:?} is no time; write 2026-11-28T18:00:00Z", self.until);
            ("until", problem)
        };
        self.until.parse::<Time>().map_err(wrong)
    }

    fn pressure(&self, places: &Places) -> Result<Qnh, (&'static str, String)> {
        let centre = match &self.aerodrome {
            Some(indicator) => {
                intent::plan::Places::aerodrome(places, indicator).ok_or_else(|| {
                    let problem = format!(
                        "{indicator:?} is none of the aerodromes of intent.aerodromes; give one of \
                     those, or lat and lon"
                    );
                    ("aerodrome", problem)
                })?
            }
            None => {
                let place = self.lat.zip(self.lon);
                let place = place.and_then(|(lat, lon)| Geodetic::from_degrees(lat, lon, 0.0));
                place.ok_or_else(|| ("lat", "give degrees north and east".to_owned()))?
            }
        };
        let radius_m = self.radius_nm * METRES_PER_NM;
        Ok(Qnh { centre, radius_m, hpa: self.hpa, until: self.until()? })
    }
}

impl AlertsSection {
    /// Checks the pressures but for what they call aerodromes.
    pub(super) fn check_qnh(&self) -> Result<(), Misfit> {
        if self.qnh.len() > QNH_MAX {
            let problem = format!("more than {QNH_MAX} pressures; leave some out");
            return Err((path(&["qnh"], None), problem));
        }
        let each = |(place, one): (usize, &QnhSection)| {
            one.check().map_err(|(key, problem)| (place_of(place, key), problem))
        };
        self.qnh.iter().enumerate().try_for_each(each)
    }

    /// The pressures, as rules ask for them; the first fault. `places` has the aerodromes.
    pub(crate) fn qnh_table(
        &self,
        places: &Places,
    ) -> Result<QnhTable, (usize, &'static str, String)> {
        let each = |(place, one): (usize, &QnhSection)| {
            one.pressure(places).map_err(|(key, problem)| (place, key, problem))
        };
        self.qnh.iter().enumerate().map(each).collect::<Result<_, _>>().map(QnhTable)
    }

    /// Checks that the aerodromes of the pressures are in the files.
    pub(super) fn qnh_places(
        &self,
        file: &str,
        text: &str,
        intent: &IntentSection,
    ) -> Result<(), ConfigError> {
        if self.qnh.iter().all(|one| one.aerodrome.is_none()) {
            return Ok(());
        }
        let setup = intent.setup(Time::EPOCH);
        self.qnh_table(&setup.places).map(|_| ()).map_err(|(place, key, problem)| {
            check::placed(file, text, (place_of(place, key), problem))
        })
    }
}

fn place_of(place: usize, key: &str) -> Vec<Step> {
    let mut path = path(&["qnh"], Some(place));
    if !key.is_empty() {
        path.push(Step::Key(key.to_owned()));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, parse};

    const QNH: &str = "[[alerts.qnh]]\nlat = 43.0\nlon = 74.5\nradius_nm = 60\nhpa = 1021\n\
                       until = \"2026-11-28T18:00:00Z\"\n";

    #[test]
    fn a_pressure_holds_about_its_place_until_its_time() {
        let alerts = parse("node.toml", QNH).unwrap().alerts;
        let table = alerts.qnh_table(&Places::default()).unwrap();
        let at = |latitude, time: &str| {
            let place = Geodetic::from_degrees(latitude, 74.5, 0.0).unwrap();
            table.at(place, time.parse().unwrap())
        };
        assert_eq!(at(43.9, "2026-11-28T17:59:00Z"), Some(1021.0));
        assert_eq!(at(44.1, "2026-11-28T17:59:00Z"), None, "66 NM off");
        assert_eq!(at(43.0, "2026-11-28T18:00:00Z"), None);
        let written = parse("node.toml", QNH).unwrap().to_toml();
        assert_eq!(parse("again.toml", &written).unwrap().alerts.qnh, alerts.qnh);
    }

    #[test]
    fn a_wrong_pressure_is_told_with_its_line_key_and_remedy() {
        let check = |from: &str, to: &str, expected: &str| {
            let error = parse("node.toml", &QNH.replace(from, to)).unwrap_err().to_string();
            assert!(error.starts_with("node.toml:") && error.contains(expected), "{error}");
        };
        check("1021", "29.92", "5:7: alerts.qnh[0].hpa: 29.92 is no QNH; give 870 to 1084 hPa");
        check(
            "18:00:00Z",
            "evening",
            "6:9: alerts.qnh[0].until: \"2026-11-28Tevening\" is no time",
        );
        check("= 60", "= 0", "4:13: alerts.qnh[0].radius_nm: 0 is no radius; give up to 500 NM");
        check("lat = 43.0\n", "", "alerts.qnh[0]: give an aerodrome, or lat and lon, and not both");
        check("lat = 43.0", "lat = 430", "2:7: alerts.qnh[0].lat: 430 74.5 is no place");
        check("hpa", "hpha", "alerts.qnh");
    }

    #[test]
    fn an_aerodrome_that_no_file_has_is_told_with_the_remedy() {
        let folder = std::env::temp_dir().join(format!("entente-qnh-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("node.toml");
        let text = QNH.replace("lat = 43.0\nlon = 74.5\n", "aerodrome = \"UCXX\"\n");
        std::fs::write(&file, text).unwrap();
        let error = Config::load(&file).unwrap_err().to_string();
        std::fs::remove_dir_all(&folder).unwrap();
        let expected = "2:13: alerts.qnh[0].aerodrome: \"UCXX\" is none of the aerodromes of";
        assert!(error.contains(expected), "{error}");
    }
}
