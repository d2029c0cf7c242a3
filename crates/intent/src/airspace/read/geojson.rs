//! GeoJSON (RFC 7946): features with these properties.
//!
//! | property | what it says |
//! |---|---|
//! | `name` | the name |
//! | `kind` | `fir`, `ctr`, `tma`, `cta`, `restricted`, `prohibited`, `danger`, `reserved`, `corridor`, `territory`, `uas`, `atz` or another word |
//! | `lower`, `upper` | limits as charts write them: `GND`, `4500 ft MSL`, `900 m AGL`, `FL095`, `UNL`; a FIR and a territory need none |
//! | `class`, `party` | `A`–`G`; ISO 3166 alpha-3 or an organisation's id |
//! | `active` | `always` (also where it is left out), `notice`, or a list of `2026-12-01T08:00Z/2026-12-01T16:00Z` and `MON-FRI 06:00-16:00` |
//! | `radius_m` | of a `Point`: it is a circle |
//! | `width_m` | of a `LineString`: it is a corridor of that width |
//!
//! A line between two positions is straight in longitude and latitude (RFC 7946 §3.1.1), so corners
//! are put in where that is more than [`STRAIGHT_ERROR_M`] from the geodesic. Between longitudes
//! more than 180° apart it goes the short way, over the antimeridian; longitudes up to ±360° are
//! taken, as many a writer does who goes over it.

use super::values::{limit, patterns};
use super::{Reading, Understood};
use crate::airspace::geometry::{Foot, cross, dot};
use crate::airspace::{Activation, Airspace, Class, Fault, Geometry, Kind, Limit, Limits, Polygon};
use geodesy::{Geodetic, SEMI_MAJOR_M};
use serde::Deserialize;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// How far a straight line of the map may be from the sides that stand for it, metres.
pub const STRAIGHT_ERROR_M: f64 = 2.0;
/// How often a line is halved at most.
const HALVINGS_MAX: u32 = 12;

/// What a map viewer or an editor puts beside ours.
const PASSED_OVER: [&str; 6] = ["id", "description", "comment", "title", "source", "remarks"];

/// Reads GeoJSON. Defects are named by the property or member they are in.
pub fn geojson(bytes: &[u8]) -> Understood {
    read(bytes, None)
}

/// Reads GeoJSON of borders or regions that others made: each feature is of this kind and from the
/// ground without end where it does not say otherwise, and other properties are passed over. Its
/// name is the first it has of `name`, `NAME`, `ADMIN`, `id`, `ISO_A3`.
pub fn geojson_of(bytes: &[u8], kind: &Kind) -> Understood {
    read(bytes, Some(kind))
}

#[derive(Deserialize)]
struct Object<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    features: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    properties: Option<BTreeMap<Cow<'a, str>, &'a RawValue>>,
    #[serde(borrow)]
    geometry: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Drawn<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    coordinates: Option<&'a RawValue>,
}

fn read(bytes: &[u8], kind: Option<&Kind>) -> Understood {
    let mut reading = match Reading::of(bytes) {
        Ok(reading) => reading,
        Err(refused) => return refused,
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(why) => {
            let line = 1 + bytes[..why.valid_up_to()].iter().filter(|c| **c == b'\n').count();
            let fault = Fault::Unreadable { why: "not UTF-8".to_owned() };
            reading.note(Some(line as u32), "file", None, fault);
            return reading.end();
        }
    };
    let source = Source::of(text);
    let object: Object<'_> = match serde_json::from_str(text) {
        Ok(object) => object,
        Err(why) => {
            reading.note(Some(why.line() as u32), "file", None, unreadable(&why));
            return reading.end();
        }
    };
    match (object.kind.as_deref(), object.features) {
        (Some("FeatureCollection"), Some(features)) => {
            for feature in features {
                let line = source.line(feature.get());
                match source.parse(feature) {
                    Ok(object) => take(object, line, kind, &source, &mut reading),
                    Err((line, fault)) => reading.note(Some(line), "feature", None, fault),
                }
            }
        }
        (Some("Feature"), None) => {
            let feature = Object { features: None, ..object };
            take(feature, 1, kind, &source, &mut reading);
        }
        _ => {
            let fault = Fault::Missing { what: "a FeatureCollection with features, or a Feature" };
            reading.note(Some(1), "type", None, fault);
        }
    }
    reading.end()
}

/// The text and where its lines begin.
struct Source<'a> {
    text: &'a str,
    ends: Vec<usize>,
}

impl<'a> Source<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, ends: text.match_indices('\n').map(|(at, _)| at).collect() }
    }

    /// Line of a part of the text.
    fn line(&self, part: &str) -> u32 {
        let at = (part.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        1 + self.ends.partition_point(|end| *end < at) as u32
    }

    fn parse<T: Deserialize<'a>>(&self, part: &'a RawValue) -> Result<T, (u32, Fault)> {
        serde_json::from_str(part.get()).map_err(|why| {
            (self.line(part.get()) + (why.line() as u32).saturating_sub(1), unreadable(&why))
        })
    }
}

fn unreadable(why: &serde_json::Error) -> Fault {
    Fault::Unreadable { why: super::quoted(&why.to_string()) }
}

/// Line, property and fault.
type Found = (u32, &'static str, Fault);

fn take(
    feature: Object<'_>,
    line: u32,
    kind: Option<&Kind>,
    source: &Source<'_>,
    reading: &mut Reading,
) {
    let properties = Properties {
        of: feature.properties.unwrap_or_default(),
        line,
        source,
        foreign: kind.is_some(),
    };
    let name = properties.name();
    match properties.airspace(name.as_deref(), kind, feature.geometry, reading) {
        Ok(airspace) => reading.take(airspace, &[]),
        Err((line, field, fault)) => reading.note(Some(line), field, name.as_deref(), fault),
    }
    if !properties.foreign {
        for (key, value) in properties.of.iter().filter(|(key, _)| !known(key)) {
            let line = source.line(value.get());
            reading.note(Some(line), key, name.as_deref(), Fault::unknown(key));
        }
    }
}

fn known(key: &str) -> bool {
    let ours =
        ["name", "kind", "lower", "upper", "class", "party", "active", "radius_m", "width_m"];
    let style = ["stroke", "fill", "marker-"].iter().any(|style| key.starts_with(style));
    ours.contains(&key) || PASSED_OVER.contains(&key) || style
}

struct Properties<'a, 'b> {
    of: BTreeMap<Cow<'a, str>, &'a RawValue>,
    line: u32,
    source: &'b Source<'a>,
    /// Made by others: names vary, and what is not known is passed over.
    foreign: bool,
}

impl<'a> Properties<'a, '_> {
    fn name(&self) -> Option<String> {
        let names: &[&'static str] =
            if self.foreign { &["name", "NAME", "ADMIN", "id", "ISO_A3"] } else { &["name"] };
        let texts = names.iter().filter_map(|name| self.text(name).ok().flatten());
        texts.map(Cow::into_owned).find(|text| !text.trim().is_empty())
    }

    /// `None` where the property is left out or null.
    fn value<T: Deserialize<'a>>(
        &self,
        key: &'static str,
        wanted: &'static str,
    ) -> Result<Option<T>, Found> {
        let Some(raw) = self.of.get(key).filter(|raw| raw.get() != "null") else { return Ok(None) };
        let wrong = || (self.source.line(raw.get()), key, Fault::value(raw.get(), wanted));
        serde_json::from_str(raw.get()).map(Some).map_err(|_| wrong())
    }

    fn text(&self, key: &'static str) -> Result<Option<Cow<'a, str>>, Found> {
        self.value::<Text<'a>>(key, "a text").map(|text| text.map(|text| text.0))
    }

    fn limit(&self, key: &'static str) -> Result<Option<Limit>, Found> {
        let line = || self.of.get(key).map_or(self.line, |raw| self.source.line(raw.get()));
        let text = self.text(key)?;
        text.map(|text| limit(&text).map_err(|fault| (line(), key, fault))).transpose()
    }

    fn limits(&self, kind: &Kind) -> Result<Limits, Found> {
        let (lower, upper) = (self.limit("lower")?, self.limit("upper")?);
        let open = self.foreign || matches!(kind, Kind::Fir | Kind::Territory);
        let missing = |field, what| (self.line, field, Fault::Missing { what });
        Ok(Limits {
            lower: lower
                .or(open.then_some(Limit::Surface))
                .ok_or_else(|| missing("lower", "the lower limit"))?,
            upper: upper
                .or(open.then_some(Limit::Unlimited))
                .ok_or_else(|| missing("upper", "the upper limit"))?,
        })
    }

    fn activation(&self) -> Result<Activation, Found> {
        const WANTED: &str = "always, notice or a list of texts";
        let Some(raw) = self.of.get("active").filter(|raw| raw.get() != "null") else {
            return Ok(Activation::Always);
        };
        let at = self.source.line(raw.get());
        if raw.get().starts_with('[') {
            let texts: Vec<Text<'a>> = self.value("active", WANTED)?.unwrap_or_default();
            let texts = texts.iter().map(|text| &*text.0);
            return patterns(texts).map_err(|fault| (at, "active", fault));
        }
        match self.text("active")?.as_deref() {
            Some("always") => Ok(Activation::Always),
            Some("notice") => Ok(Activation::ByNotice),
            Some(other) => patterns([other].into_iter()).map_err(|fault| (at, "active", fault)),
            None => Ok(Activation::Always),
        }
    }

    fn airspace(
        &self,
        name: Option<&str>,
        kind: Option<&Kind>,
        geometry: Option<&'a RawValue>,
        reading: &mut Reading,
    ) -> Result<Airspace, Found> {
        let missing = |field, what| (self.line, field, Fault::Missing { what });
        let name = name.ok_or_else(|| missing("name", "the name"))?;
        let kind = self
            .text("kind")?
            .map(|word| Kind::from_word(&word))
            .or_else(|| kind.cloned())
            .ok_or_else(|| missing("kind", "the kind"))?;
        let class = self.text("class")?;
        let letter = class.map(|letter| {
            let wrong = || (self.line, "class", Fault::value(&letter, "a letter from A to G"));
            Class::from_letter(&letter).ok_or_else(wrong)
        });
        let geometry = geometry.ok_or_else(|| missing("geometry", "the geometry"))?;
        let at = self.source.line(geometry.get());
        let drawn: Drawn<'a> =
            self.source.parse(geometry).map_err(|(line, fault)| (line, "geometry", fault))?;
        Ok(Airspace {
            class: letter.transpose()?,
            party: self.text("party")?.map(Cow::into_owned),
            activation: self.activation()?,
            line: Some(self.line),
            ..Airspace::new(
                name,
                kind.clone(),
                self.limits(&kind)?,
                self.geometry(&drawn, at, reading)?,
            )
        })
    }

    fn geometry(
        &self,
        drawn: &Drawn<'a>,
        at: u32,
        reading: &mut Reading,
    ) -> Result<Geometry, Found> {
        let wrong = |fault| (at, "coordinates", fault);
        let coordinates =
            drawn.coordinates.ok_or_else(|| wrong(Fault::Missing { what: "coordinates" }))?;
        let fail = |(line, fault)| (line, "coordinates", fault);
        let size = |key, what| {
            self.value::<f64>(key, "a number of metres")?.ok_or((
                self.line,
                key,
                Fault::Missing { what },
            ))
        };
        match &*drawn.kind {
            "Polygon" => {
                let rings = self.source.parse(coordinates).map_err(fail)?;
                let polygon = polygon(rings, reading).map_err(wrong)?;
                Ok(Geometry::Polygons(vec![polygon]))
            }
            "MultiPolygon" => {
                let polygons: Vec<Vec<Vec<Position>>> =
                    self.source.parse(coordinates).map_err(fail)?;
                let polygons: Result<Vec<Polygon>, Fault> =
                    polygons.into_iter().map(|rings| polygon(rings, reading)).collect();
                Ok(Geometry::Polygons(polygons.map_err(wrong)?))
            }
            "Point" => {
                let centre: Position = self.source.parse(coordinates).map_err(fail)?;
                Ok(Geometry::Circle {
                    centre: centre.place().map_err(wrong)?,
                    radius_m: size("radius_m", "the radius of a circle round the Point")?,
                })
            }
            "LineString" => {
                let line: Vec<Position> = self.source.parse(coordinates).map_err(fail)?;
                Ok(Geometry::Corridor {
                    line: straightened(&line, false, reading).map_err(wrong)?,
                    half_width_m: size("width_m", "the width of a corridor along the LineString")?
                        / 2.0,
                })
            }
            other => Err(wrong(Fault::value(other, "Polygon, MultiPolygon, Point or LineString"))),
        }
    }
}

fn polygon(rings: Vec<Vec<Position>>, reading: &mut Reading) -> Result<Polygon, Fault> {
    let mut rings = rings.into_iter().map(|ring| straightened(&ring, true, reading));
    let outer = rings.next().unwrap_or_else(|| Ok(Vec::new()))?;
    Ok(Polygon { outer, holes: rings.collect::<Result<_, _>>()? })
}

/// The positions with others between them where a straight line of the map needs them.
pub(super) fn straightened(
    line: &[Position],
    closed: bool,
    reading: &mut Reading,
) -> Result<Vec<Geodetic>, Fault> {
    let mut corners = Vec::with_capacity(line.len());
    for (index, position) in line.iter().enumerate() {
        corners.push(position.place()?);
        let next = match line.get(index + 1) {
            Some(next) => next,
            None if closed => &line[0],
            None => break,
        };
        let mut to = next.0;
        let across = to[0] - position.0[0];
        // All the way round is a parallel; more than half the way is the other way.
        if across.abs() > 180.0 && across.abs() != 360.0 {
            to[0] -= (across / 360.0).round() * 360.0;
        }
        let before = corners.len();
        halve(position.0, to, HALVINGS_MAX, &mut corners)?;
        reading.spend(corners.len() - before)?;
    }
    Ok(corners)
}

fn halve(
    from: [f64; 2],
    to: [f64; 2],
    left: u32,
    corners: &mut Vec<Geodetic>,
) -> Result<(), Fault> {
    let between = [f64::midpoint(from[0], to[0]), f64::midpoint(from[1], to[1])];
    let middle = Position(between).place()?;
    let [a, b] = [Position(from).place()?, Position(to).place()?].map(|p| Foot::of(p).unit);
    let normal = cross(a, b);
    let height = dot(normal, Foot::of(middle).unit).abs();
    let bent_m = SEMI_MAJOR_M * height / dot(normal, normal).sqrt();
    let round = (to[0] - from[0]).abs() > 120.0 && between[1].abs() < 90.0;
    if left > 0 && (bent_m > STRAIGHT_ERROR_M || round) {
        halve(from, between, left - 1, corners)?;
        corners.push(middle);
        halve(between, to, left - 1, corners)?;
    }
    Ok(())
}

/// Longitude and latitude, degrees; a height after them is passed over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position([f64; 2]);

impl From<Geodetic> for Position {
    fn from(place: Geodetic) -> Self {
        Self([place.longitude_deg(), place.latitude_deg()])
    }
}

impl Position {
    fn place(self) -> Result<Geodetic, Fault> {
        let [longitude_deg, latitude_deg] = self.0;
        Geodetic::from_degrees(latitude_deg, longitude_deg, 0.0)
            .filter(|_| longitude_deg.abs() <= 360.0)
            .ok_or(Fault::OutOfRange { latitude_deg, longitude_deg })
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = Position;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a position of longitude and latitude")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut of: A) -> Result<Position, A::Error> {
                let short = || serde::de::Error::invalid_length(0, &self);
                let longitude = of.next_element()?.ok_or_else(short)?;
                let latitude = of.next_element()?.ok_or_else(short)?;
                while of.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Position([longitude, latitude]))
            }
        }
        from.deserialize_seq(Pair)
    }
}

/// A text, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
