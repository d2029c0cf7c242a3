//! A threshold's value as the file says it, and where it goes.

use super::table::{Key, OF_VOLUME, TABLE};
use super::{SeverityName, no_such_key};
use crate::config::check::Step;
use ::intent::airspace::Kind;
use alert::Severity;
use alert::rules::area::Watched;
use alert::rules::conflict::{ConflictConfig, FormationLimits, Region, Thresholds, Volume};
use alert::rules::terrain::Inhibited;
use geodesy::Geodetic;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use surveillance::Mode3A;
use toml::{Table, Value};

/// Volumes of one node at most, and places where a rule is silent.
const PLACES_MAX: usize = 200;
/// Codes of one list at most: there are no more.
const CODES_MAX: usize = 4_096;

/// Where a value goes.
pub(in crate::config) enum Slot<'a> {
    Real(&'a mut f64),
    Byte(&'a mut u8),
    Short(&'a mut u16),
    Whole(&'a mut u32),
    Count(&'a mut usize),
    Flag(&'a mut bool),
    Codes(&'a mut Vec<Mode3A>),
    Ranges(&'a mut Vec<(Mode3A, Mode3A)>),
    Kinds(&'a mut Vec<Kind>),
    Watched(&'a mut Vec<Watched>),
    Parties(&'a mut Vec<String>),
    Formations(&'a mut Option<FormationLimits>),
    Volumes(&'a mut Vec<Volume>),
    Inhibited(&'a mut Vec<Inhibited>),
}

/// Where below a key something is wrong, and what and what to do.
pub(in crate::config) type Fault = (Vec<Step>, String);

fn here(problem: String) -> Fault {
    (Vec::new(), problem)
}

fn at(step: Step, (mut below, problem): Fault) -> Fault {
    below.insert(0, step);
    (below, problem)
}

fn at_key(key: &str, problem: String) -> Fault {
    at(Step::Key(key.to_owned()), here(problem))
}

impl Slot<'_> {
    /// Takes what the file gives for a key.
    pub(super) fn take<S>(self, key: &Key<S>, value: &Value) -> Result<(), Fault> {
        let number = || number(value, key.range).map_err(here);
        let whole = || number().and_then(|found| whole(found).map_err(here));
        match self {
            Slot::Real(to) => *to = number()? * key.scale,
            Slot::Byte(to) => *to = whole()? as u8,
            Slot::Short(to) => *to = whole()? as u16,
            Slot::Whole(to) => *to = whole()?,
            Slot::Count(to) => *to = whole()? as usize,
            Slot::Flag(to) => *to = flag(value).map_err(here)?,
            Slot::Codes(to) => *to = each(value, CODES_MAX, |one| code(text(one)?))?,
            Slot::Ranges(to) => *to = each(value, CODES_MAX, |one| codes(text(one)?))?,
            Slot::Kinds(to) => *to = each(value, PLACES_MAX, |one| kind(text(one)?))?,
            Slot::Watched(to) => *to = watched(value)?,
            Slot::Parties(to) => *to = each(value, PLACES_MAX, |one| party(text(one)?))?,
            Slot::Formations(to) => {
                let left_alone = flag(value).map_err(here)?;
                *to = ConflictConfig::default().formation.filter(|_| left_alone);
            }
            Slot::Volumes(to) => {
                let en_route = to.last().and_then(|volume| volume.thresholds);
                let given = tables(value, |table| volume(table, en_route))?;
                to.splice(0..0, given);
            }
            Slot::Inhibited(to) => *to = tables(value, inhibited)?,
        }
        Ok(())
    }

    /// A number as it stands, in SI.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Slot::Real(of) => Some(**of),
            Slot::Byte(of) => Some(f64::from(**of)),
            Slot::Short(of) => Some(f64::from(**of)),
            Slot::Whole(of) => Some(f64::from(**of)),
            Slot::Count(of) => Some(**of as f64),
            _ => None,
        }
    }

    /// Sets a number in SI, the next lower whole one where it must be whole.
    pub(super) fn set(self, si: f64) {
        match self {
            Slot::Real(to) => *to = si,
            Slot::Byte(to) => *to = si as u8,
            Slot::Short(to) => *to = si as u16,
            Slot::Whole(to) => *to = si as u32,
            Slot::Count(to) => *to = si as usize,
            _ => {}
        }
    }

    pub(super) fn is_whole(&self) -> bool {
        matches!(self, Slot::Byte(_) | Slot::Short(_) | Slot::Whole(_) | Slot::Count(_))
    }
}

fn number(value: &Value, (least, most): (f64, f64)) -> Result<f64, String> {
    let found = match value {
        Value::Integer(whole) => *whole as f64,
        Value::Float(real) => *real,
        other => return Err(format!("{other} is no number; give one")),
    };
    if found.is_nan() || found < least {
        let remedy = match least {
            f64::MIN_POSITIVE => "a number above 0".to_owned(),
            _ => format!("at least {least}"),
        };
        return Err(format!("{found} is too small; give {remedy}"));
    }
    if found > most {
        return Err(format!("{found} is too large; give at most {most}"));
    }
    Ok(found)
}

fn whole(found: f64) -> Result<u32, String> {
    match found.fract() == 0.0 && found <= f64::from(u32::MAX) {
        true => Ok(found as u32),
        false => Err(format!("{found} is no whole number; give one")),
    }
}

fn flag(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("{value} is neither; give true or false"))
}

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| format!("{value} is no text; write it in quotes"))
}

fn code(text: &str) -> Result<Mode3A, String> {
    let octal = text.len() == 4 && text.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
    let bits = u16::from_str_radix(text, 8).ok().filter(|_| octal);
    bits.map(Mode3A::new)
        .ok_or_else(|| format!("{text:?} is no code; write four digits 0 to 7, as \"7000\""))
}

fn codes(text: &str) -> Result<(Mode3A, Mode3A), String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let run = (code(first)?, code(last)?);
    match run.0 <= run.1 {
        true => Ok(run),
        false => Err(format!("{text:?} ends before it begins; write the lower code first")),
    }
}

const KINDS: [&str; 12] = [
    "fir",
    "ctr",
    "tma",
    "cta",
    "restricted",
    "prohibited",
    "danger",
    "reserved",
    "corridor",
    "territory",
    "uas",
    "atz",
];

fn kind(word: &str) -> Result<Kind, String> {
    if KINDS.contains(&word) {
        return Ok(Kind::from_word(word));
    }
    Err(format!("{word:?} is no kind of airspace; the kinds are {}", KINDS.join(", ")))
}

fn party(text: &str) -> Result<String, String> {
    let known = text.parse::<accord::PartyId>();
    known.map(|_| text.to_owned()).map_err(|why| why.to_string())
}

fn each<T>(
    value: &Value,
    most: usize,
    of: impl Fn(&Value) -> Result<T, String>,
) -> Result<Vec<T>, Fault> {
    let Some(items) = value.as_array() else {
        return Err(here(format!("{value} is no list; write it in brackets")));
    };
    if items.len() > most {
        return Err(here(format!("more than {most}; leave some out")));
    }
    let one = |(place, item)| of(item).map_err(|problem| at(Step::Index(place), here(problem)));
    items.iter().enumerate().map(one).collect()
}

fn watched(value: &Value) -> Result<Vec<Watched>, Fault> {
    let Some(table) = value.as_table() else {
        let problem = format!("{value} is no table; write it as {{ danger = \"caution\" }}");
        return Err(here(problem));
    };
    let one = |(word, value): (&String, &Value)| {
        let wrong = |problem| at_key(word, problem);
        let severity = value.clone().try_into::<SeverityName>().map_err(|_| {
            wrong(format!("{value} is no severity; give \"advisory\", \"caution\" or \"warning\""))
        })?;
        Ok(Watched { kind: kind(word).map_err(wrong)?, severity: Severity::from(severity) })
    };
    table.iter().map(one).collect()
}

fn tables<T>(value: &Value, of: impl Fn(&Given<'_>) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    if items.is_empty() || items.len() > PLACES_MAX {
        let problem = format!("no list of 1 to {PLACES_MAX} tables; write each in [[ ]]");
        return Err(here(problem));
    }
    let one = |(place, item): (usize, &Value)| {
        let table = item.as_table().ok_or_else(|| here("no table; write it in [[ ]]".to_owned()));
        table.and_then(|table| of(&Given(table))).map_err(|fault| at(Step::Index(place), fault))
    };
    items.iter().enumerate().map(one).collect()
}

/// Keys of a table within a list.
struct Given<'a>(&'a Table);

impl Given<'_> {
    fn only(&self, keys: &[&str]) -> Result<(), Fault> {
        match self.0.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(key) => Err(at_key(key, no_such_key(keys.iter().copied()))),
            None => Ok(()),
        }
    }

    fn get<T>(
        &self,
        key: &str,
        of: impl Fn(&Value) -> Result<T, String>,
    ) -> Result<Option<T>, Fault> {
        let read = |value| of(value).map_err(|problem| at_key(key, problem));
        self.0.get(key).map(read).transpose()
    }

    fn number(&self, key: &str, range: (f64, f64)) -> Result<Option<f64>, Fault> {
        self.get(key, |value| number(value, range))
    }

    /// The number, which must be there.
    fn needed(&self, key: &str, range: (f64, f64)) -> Result<f64, Fault> {
        self.number(key, range)?.ok_or_else(|| here(format!("{key} is missing; give it")))
    }

    fn place(&self, key: &str) -> Result<Option<Geodetic>, Fault> {
        self.get(key, |value| {
            let degrees = |item: &Value| item.as_float().or(item.as_integer().map(|n| n as f64));
            let pair = match value.as_array().map(Vec::as_slice) {
                Some([lat, lon]) => degrees(lat).zip(degrees(lon)),
                _ => None,
            };
            let place = pair.and_then(|(lat, lon)| Geodetic::from_degrees(lat, lon, 0.0));
            place.ok_or_else(|| {
                format!(
                    "{value} is no place; write latitude and longitude in degrees, as [47.5, 8.5]"
                )
            })
        })
    }
}

const LEVELS_FT: (f64, f64) = (-2_000.0, 200_000.0);
const RADIUS_NM: (f64, f64) = (0.1, 2_000.0);

fn volume(given: &Given<'_>, en_route: Option<Thresholds>) -> Result<Volume, Fault> {
    let own = ["name", "like", "silent", "centre", "radius_nm", "floor_ft", "ceiling_ft"];
    let keys: Vec<&str> = own.into_iter().chain(OF_VOLUME.iter().map(|(name, _)| *name)).collect();
    given.only(&keys)?;
    let name = given.get("name", |value| text(value).map(str::to_owned))?;
    let name = name.filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| here("it has no name; give it one".to_owned()))?;
    let silent = given.get("silent", flag)?.unwrap_or(false);
    let like = given.get("like", |value| match text(value)? {
        "en_route" => Ok(en_route.unwrap_or(Thresholds::en_route())),
        "terminal" => Ok(Thresholds::terminal()),
        "above_fl410" => Ok(Thresholds::above_rvsm()),
        other => {
            Err(format!("{other:?} is none; give \"en_route\", \"terminal\" or \"above_fl410\""))
        }
    })?;
    let mut thresholds = like.or(en_route).unwrap_or(Thresholds::en_route());
    for (name, of) in OF_VOLUME {
        let Some(key) = TABLE.iter().find(|key| key.rule == "conflict" && key.name == *name) else {
            continue;
        };
        if let Some(found) = given.number(name, key.range)? {
            if silent {
                let problem = "the volume is silent; leave this out, or silent".to_owned();
                return Err(at_key(name, problem));
            }
            of(&mut thresholds).into_iter().for_each(|to| *to = found * key.scale);
        }
    }
    let region = match (given.place("centre")?, given.number("radius_nm", RADIUS_NM)?) {
        (None, None) => Region::Everywhere,
        (Some(centre), Some(nm)) => Region::Circle { centre, radius_m: nm * METRES_PER_NM },
        (Some(_), None) => {
            return Err(at_key("centre", "radius_nm is missing; give it".to_owned()));
        }
        (None, Some(_)) => {
            return Err(at_key("radius_nm", "centre is missing; give it".to_owned()));
        }
    };
    let floor_ft = given.number("floor_ft", LEVELS_FT)?.unwrap_or(f64::NEG_INFINITY);
    let ceiling_ft = given.number("ceiling_ft", LEVELS_FT)?.unwrap_or(f64::INFINITY);
    if ceiling_ft <= floor_ft {
        let problem = format!("{ceiling_ft} is not above floor_ft = {floor_ft}; give more");
        return Err(at_key("ceiling_ft", problem));
    }
    Ok(Volume {
        name,
        region,
        floor_m: floor_ft * METRES_PER_FOOT,
        ceiling_m: ceiling_ft * METRES_PER_FOOT,
        thresholds: Some(thresholds).filter(|_| !silent),
    })
}

fn inhibited(given: &Given<'_>) -> Result<Inhibited, Fault> {
    const CYLINDER: [&str; 3] = ["centre", "radius_nm", "top_ft"];
    const APPROACH: [&str; 7] = [
        "threshold",
        "threshold_ft",
        "course_deg",
        "length_nm",
        "half_width_nm",
        "half_angle_deg",
        "lower_edge_deg",
    ];
    if let Some(centre) = given.place("centre")? {
        given.only(&CYLINDER)?;
        let radius_m = given.needed("radius_nm", RADIUS_NM)? * METRES_PER_NM;
        let top_m = given.needed("top_ft", LEVELS_FT)? * METRES_PER_FOOT;
        return Ok(Inhibited::Cylinder { centre, radius_m, top_m });
    }
    let Some(threshold) = given.place("threshold")? else {
        let problem = "it has no place; give centre of a circle, or threshold of a runway";
        return Err(here(problem.to_owned()));
    };
    given.only(&APPROACH)?;
    let or = |key, range, own: f64| Ok(given.number(key, range)?.unwrap_or(own));
    Ok(Inhibited::Approach {
        threshold,
        threshold_m: given.needed("threshold_ft", LEVELS_FT)? * METRES_PER_FOOT,
        course_rad: given.needed("course_deg", (0.0, 360.0))?.to_radians(),
        length_m: or("length_nm", (0.1, 50.0), 10.0)? * METRES_PER_NM,
        half_width_m: or("half_width_nm", (0.01, 5.0), 0.25)? * METRES_PER_NM,
        half_angle_rad: or("half_angle_deg", (0.0, 45.0), 3.0)?.to_radians(),
        lower_edge_rad: or("lower_edge_deg", (0.0, 10.0), 2.0)?.to_radians(),
    })
}
