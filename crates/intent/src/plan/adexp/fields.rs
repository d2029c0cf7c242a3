//! The values of fields, each by its keyword.

use super::super::icao::fields::{
    FLIGHT, RADIO, SURVEILLANCE, codes, elapsed, flight, is_designator, mode_3a, route,
};
use super::super::icao::other;
use super::super::message::{Aircraft, Equipment, FlightRules, FlightType, SsrCode, Wake};
use super::super::source::{Reader, joined};
use super::super::values::digits;
use super::super::{Date, Indicator, Level, Name, Route};
use super::{Elapsed, Fault, Location, Other, ProfilePoint, TimeOfDay};
use geodesy::Geodetic;
use surveillance::{Callsign, Time};

/// Most points of RTEPTS, and of positions with a name, that are kept.
const POINTS_MAX: usize = 400;

/// What a message says, whatever its title.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// Keywords that were there once already.
    pub(super) seen: Vec<&'static str>,
    pub(super) callsign: Option<Callsign>,
    pub(super) code: Option<SsrCode>,
    pub(super) rules: Option<FlightRules>,
    pub(super) kind: Option<FlightType>,
    pub(super) aircraft: Option<Aircraft>,
    pub(super) equipment: Option<Equipment>,
    pub(super) departure: Option<Location>,
    pub(super) off_block: Option<TimeOfDay>,
    pub(super) delayed: Option<TimeOfDay>,
    pub(super) take_off: Option<TimeOfDay>,
    pub(super) route: Option<Route>,
    pub(super) destination: Option<Location>,
    pub(super) elapsed: Option<Elapsed>,
    pub(super) alternates: Vec<Location>,
    pub(super) arrival: Option<Location>,
    pub(super) arrival_name: Option<String>,
    pub(super) landing: Option<TimeOfDay>,
    pub(super) other: Other,
    pub(super) profile: Vec<ProfilePoint>,
    number: Option<u8>,
    wake: Option<Wake>,
    places: Vec<(Name, Option<f64>, Option<f64>)>,
    context: Context,
}

/// What the parts of a compound field belong to.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Context {
    #[default]
    Outside,
    /// Within RTEPTS.
    Points,
    /// A position that gets a name.
    Geo,
    /// Another list: skipped.
    Skipped,
}

/// Keywords that stand once in a message.
const ONCE: &[&str] = &[
    "ARCID", "SSRCODE", "FLTRUL", "FLTTYP", "NBARC", "ARCTYP", "WKTRC", "CEQPT", "SEQPT", "ADEP",
    "EOBT", "EOBD", "NEWEOBT", "ATD", "ROUTE", "ADES", "TTLEET", "ALTRNT1", "ALTRNT2", "ADARR",
    "ADARRZ", "ATA", "ARCADDR",
];

impl Fields {
    pub(super) fn read(reader: &mut Reader<'_>, text: &str) -> Self {
        let mut fields = Self::default();
        for (keyword, value) in super::lexed(text) {
            match keyword {
                "BEGIN" => {
                    fields.context =
                        if value == "RTEPTS" { Context::Points } else { Context::Skipped };
                }
                "END" => fields.context = Context::Outside,
                "GEO" => fields.context = Context::Geo,
                _ if fields.context == Context::Skipped => {}
                _ if fields.context == Context::Points && fields.point(reader, keyword, value) => {}
                _ if fields.context == Context::Geo && fields.geo(reader, keyword, value) => {}
                _ => {
                    if fields.context == Context::Geo {
                        fields.context = Context::Outside;
                    }
                    fields.field(reader, keyword, value);
                }
            }
        }
        fields.finish(reader, text);
        fields
    }

    fn field(&mut self, reader: &mut Reader<'_>, keyword: &str, value: &str) {
        if let Some(once) = ONCE.iter().find(|once| **once == keyword) {
            if self.seen.contains(once) {
                reader.say(value, once, Fault::Repeated { text: keyword.to_owned() });
                return;
            }
            self.seen.push(once);
        }
        let place = Location::new(value);
        const PLACE: &str = "a location indicator";
        const TIME: &str = "a time";
        match keyword {
            "ARCID" => {
                self.callsign = reader.need(flight(value), value, "ARCID", FLIGHT);
            }
            "SSRCODE" => {
                let code = value.strip_prefix('A').and_then(mode_3a);
                self.code =
                    reader.need(code, value, "SSRCODE", "A and a Mode 3/A code").map(SsrCode);
            }
            "FLTRUL" => {
                let wanted = "flight rules I, V, Y or Z";
                self.rules = reader.need(FlightRules::new(value), value, "FLTRUL", wanted);
            }
            "FLTTYP" => {
                let wanted = "a type of flight S, N, G, M or X";
                self.kind = reader.need(FlightType::new(value), value, "FLTTYP", wanted);
            }
            "NBARC" => {
                let number = value.parse().ok().filter(|number| (1..100).contains(number));
                let wanted = "a number of aircraft from 1 to 99";
                self.number = reader.need(number, value, "NBARC", wanted);
            }
            "ARCTYP" => {
                let right = is_designator(value).then(|| value.to_owned());
                let designator = reader.need(right, value, "ARCTYP", "a type of aircraft");
                self.aircraft =
                    designator.map(|designator| Aircraft { number: 1, designator, wake: None });
            }
            "WKTRC" => {
                let wanted = "a wake turbulence category L, M, H or J";
                self.wake = reader.need(Wake::new(value), value, "WKTRC", wanted);
            }
            "CEQPT" => {
                let found = codes(reader, value, &joined(value), ("CEQPT", RADIO));
                self.equipment.get_or_insert_default().radio = found;
            }
            "SEQPT" => {
                let found = codes(reader, value, &joined(value), ("SEQPT", SURVEILLANCE));
                self.equipment.get_or_insert_default().surveillance = found;
            }
            "ADEP" => self.departure = reader.need(place, value, "ADEP", PLACE),
            "ADES" => self.destination = reader.need(place, value, "ADES", PLACE),
            "ADARR" => self.arrival = reader.need(place, value, "ADARR", PLACE),
            "ADARRZ" => {
                self.arrival_name = Some(other::single_spaced(value));
                self.arrival = self.arrival.or(Some(Location::NONE));
            }
            "ALTRNT1" => self.alternates.extend(reader.need(place, value, "ALTRNT1", PLACE)),
            "ALTRNT2" => self.alternates.extend(reader.need(place, value, "ALTRNT2", PLACE)),
            "EOBT" => self.off_block = reader.need(TimeOfDay::new(value), value, "EOBT", TIME),
            "NEWEOBT" => self.delayed = reader.need(TimeOfDay::new(value), value, "NEWEOBT", TIME),
            "ATD" => self.take_off = reader.need(TimeOfDay::new(value), value, "ATD", TIME),
            "ATA" => self.landing = reader.need(TimeOfDay::new(value), value, "ATA", TIME),
            "EOBD" => other::add(reader, &mut self.other, (Indicator::Dof, "EOBD"), value),
            "TTLEET" => self.elapsed = elapsed(reader, value, value, "TTLEET"),
            "ROUTE" => self.route = Some(route(reader, value, ["ROUTE"; 3])),
            "ARCADDR" => other::add(reader, &mut self.other, (Indicator::Code, "ARCADDR"), value),
            "EETFIR" | "EETPT" => self.estimate(reader, keyword, value),
            _ => {
                if let Some(indicator) = indicator_of(keyword) {
                    other::add(reader, &mut self.other, (indicator, indicator.as_str()), value);
                }
            }
        }
    }

    /// `-EETFIR UAAA 0012`.
    fn estimate(&mut self, reader: &mut Reader<'_>, keyword: &str, value: &str) {
        let field = if keyword == "EETFIR" { "EETFIR" } else { "EETPT" };
        let before = self.other.estimates.len();
        let word = joined(value);
        other::estimate(reader, &mut self.other, (value, field), &word);
        if self.other.estimates.len() == before {
            return;
        }
        let items = &mut self.other.items;
        match items.iter_mut().find(|(said, _)| *said == Indicator::Eet) {
            Some((_, text)) => {
                text.push(' ');
                text.push_str(&word);
            }
            None => items.push((Indicator::Eet, word)),
        }
    }

    /// A part of a point of RTEPTS; `false` if it is none.
    fn point(&mut self, reader: &mut Reader<'_>, keyword: &str, value: &str) -> bool {
        match keyword {
            "PT" | "AD" | "VEC" => {}
            "PTID" | "ADID" => {
                let Some(name) = reader.need(Name::new(value), value, "PTID", "a name") else {
                    return true;
                };
                if self.profile.len() < POINTS_MAX {
                    let new = ProfilePoint { name, position: None, level: None, over: None };
                    self.profile.push(new);
                } else {
                    reader.say(value, "RTEPTS", Fault::TooMany { what: "points", max: POINTS_MAX });
                    self.context = Context::Skipped;
                }
            }
            "FL" => {
                let level = reader.need(Level::new(value), value, "FL", "a level");
                if let Some(point) = self.profile.last_mut() {
                    point.level = level;
                }
            }
            "ETO" => {
                let over = reader.need(instant(value), value, "ETO", "a time, YYMMDDHHMMSS");
                let known = self.profile.iter().rev().skip(1).find_map(|point| point.over);
                let early = over.zip(known).is_some_and(|(over, known)| over < known);
                let Some(point) = self.profile.last_mut() else { return true };
                if early {
                    let name = point.name.to_string();
                    let before = "the point in front of it".to_owned();
                    reader.say(value, "ETO", Fault::Backwards { point: name, before });
                } else {
                    point.over = over;
                }
            }
            _ => {}
        }
        true
    }

    /// A part of a named position; `false` if it is none.
    fn geo(&mut self, reader: &mut Reader<'_>, keyword: &str, value: &str) -> bool {
        let degrees = |width, letters| angle_deg(value, width, letters);
        match keyword {
            "GEOID" => {
                let name = reader.need(Name::new(value), value, "GEOID", "a name");
                if let Some(name) = name.filter(|_| self.places.len() < POINTS_MAX) {
                    self.places.push((name, None, None));
                }
            }
            "LATTD" => {
                let found = degrees(2, ["N", "S"]);
                let found = reader.need(found, value, "LATTD", "a latitude");
                if let Some(place) = self.places.last_mut() {
                    place.1 = found;
                }
            }
            "LONGTD" => {
                let found = degrees(3, ["E", "W"]);
                let found = reader.need(found, value, "LONGTD", "a longitude");
                if let Some(place) = self.places.last_mut() {
                    place.2 = found;
                }
            }
            _ => return false,
        }
        true
    }

    /// What was said in parts is put together.
    fn finish(&mut self, reader: &mut Reader<'_>, text: &str) {
        match &mut self.aircraft {
            Some(aircraft) => {
                aircraft.number = self.number.unwrap_or(1);
                aircraft.wake = self.wake;
            }
            None if self.wake.is_some() && !self.seen.contains(&"ARCTYP") => {
                let title = text.get(..6).unwrap_or(text);
                reader.say(title, "ARCTYP", Fault::Missing);
            }
            None => {}
        }
        self.places.sort_by_key(|place| place.0);
        for point in &mut self.profile {
            let known = self.places.binary_search_by_key(&point.name, |place| place.0);
            let place = known.ok().map(|at| self.places[at]);
            point.position =
                place.and_then(|(_, north, east)| Geodetic::from_degrees(north?, east?, 0.0));
        }
    }
}

/// Keywords of field 18 that are not spelt as there.
fn indicator_of(keyword: &str) -> Option<Indicator> {
    Some(match keyword {
        "DEPZ" => Indicator::Dep,
        "DESTZ" => Indicator::Dest,
        "ALTNZ" => Indicator::Altn,
        "TYPZ" => Indicator::Typ,
        "PER" | "PERF" => Indicator::Per,
        "ORGN" => Indicator::Orgn,
        "RTE" | "CODE" | "DOF" | "EET" | "DEP" | "DEST" | "ALTN" | "TYP" => return None,
        _ => return Indicator::new(keyword),
    })
}

/// `YYMMDDHHMMSS`, or to the minute.
fn instant(text: &str) -> Option<Time> {
    let (date, time) = text.split_at_checked(6)?;
    let (minute, second) = time.split_at_checked(4)?;
    let second = if second.is_empty() { 0 } else { digits(second, 2).filter(|s| *s < 60)? };
    Some(Date::new(date)?.at(TimeOfDay::new(minute)?).plus_seconds(f64::from(second)))
}

/// Degrees of `DDMMSS` or `DDMM` and a letter; `width` digits for the degrees.
fn angle_deg(text: &str, width: usize, letters: [&str; 2]) -> Option<f64> {
    let (number, letter) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let value = digits(number, number.len())?;
    let (degrees, minutes, seconds) = match number.len().checked_sub(width)? {
        4 => (value / 10_000, value / 100 % 100, value % 100),
        2 => (value / 100, value % 100, 0),
        _ => return None,
    };
    let right = minutes < 60 && seconds < 60;
    let angle_deg = f64::from(degrees * 3600 + minutes * 60 + seconds) / 3600.0;
    let sign = letters.iter().position(|known| *known == letter)?;
    let angle_deg = if sign == 0 { angle_deg } else { -angle_deg };
    let limit_deg = if width == 2 { 90.0 } else { 180.0 };
    (right && angle_deg.abs() <= limit_deg).then_some(angle_deg)
}
