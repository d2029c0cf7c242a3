//! Curves of GML 3.2 as AIXM uses them (OGC 12-028r1).
//!
//! Straight pieces of a `GeodesicString` or `Geodesic` are geodesics; those of a `LineStringSegment`
//! or `LinearRing` are straight in latitude and longitude. Angles of an arc are bearings, clockwise
//! from north, where latitude is the first axis, and anticlockwise from east where longitude is; an
//! arc goes from its start angle to its end angle in the sense that leads there without passing
//! either twice, so that one over north ends past 360° or begins below 0°.

use super::super::Reading;
use super::super::geojson::{Position, straightened};
use super::super::values::degrees;
use super::Found;
use super::tree::Element;
use crate::airspace::Fault;
use crate::airspace::geometry::{SIZE_MAX_M, arc, arc_sides};
use geodesy::Geodetic;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use std::f64::consts::{FRAC_PI_2, TAU};

/// Order of the axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axes {
    /// EPSG:4326.
    LatitudeFirst,
    /// OGC:CRS84.
    LongitudeFirst,
}

impl Axes {
    /// By the element's own `srsName`, or as outside it.
    pub(super) fn of(element: &Element, outside: Axes) -> Result<Axes, Found> {
        let Some(name) = element.attribute("srsName") else { return Ok(outside) };
        if name.ends_with("CRS84") {
            Ok(Axes::LongitudeFirst)
        } else if name.ends_with("4326") {
            Ok(Axes::LatitudeFirst)
        } else {
            let fault = Fault::value(name, "EPSG:4326 or CRS84");
            Err((element.line, "srsName".to_owned(), fault))
        }
    }

    /// All positions of a `pos` or `posList`.
    pub(super) fn positions(self, list: &Element) -> Result<Vec<Geodetic>, Found> {
        let axes = Axes::of(list, self)?;
        let wrong = |text: &str| {
            let fault = Fault::value(text, "pairs of numbers such as 42.5 74.25");
            (list.line, list.name.clone(), fault)
        };
        let mut numbers = Vec::new();
        for word in list.text.split_ascii_whitespace() {
            let number = word.parse::<f64>().ok().filter(|number| number.is_finite());
            numbers.push(number.ok_or_else(|| wrong(word))?);
        }
        if numbers.is_empty() || numbers.len() % 2 != 0 {
            return Err(wrong(&list.text));
        }
        let place = |pair: &[f64]| {
            let [latitude, longitude] = match axes {
                Axes::LatitudeFirst => [pair[0], pair[1]],
                Axes::LongitudeFirst => [pair[1], pair[0]],
            };
            degrees(latitude, longitude).map_err(|fault| (list.line, list.name.clone(), fault))
        };
        numbers.chunks_exact(2).map(place).collect()
    }
}

/// Corners of an `exterior` or `interior`.
pub(super) fn ring(
    boundary: &Element,
    axes: Axes,
    reading: &mut Reading,
) -> Result<Vec<Geodetic>, Found> {
    let what = "a LinearRing or a Ring of curves";
    let missing = || (boundary.line, boundary.name.clone(), Fault::Missing { what });
    let ring = boundary.children.first().ok_or_else(missing)?;
    let axes = Axes::of(ring, axes)?;
    match ring.name.as_str() {
        "LinearRing" => straight(ring, axes, reading),
        "Ring" => {
            let mut corners = Vec::new();
            for member in ring.children_of("curveMember") {
                curve(member, axes, &mut corners, reading)?;
            }
            Ok(corners)
        }
        _ => Err(missing()),
    }
}

/// Appends the points of the curve in a property.
pub(super) fn curve(
    property: &Element,
    axes: Axes,
    corners: &mut Vec<Geodetic>,
    reading: &mut Reading,
) -> Result<(), Found> {
    let missing = |line, what| (line, property.name.clone(), Fault::Missing { what });
    if let Some(href) = property.attribute("href") {
        let fault = Fault::value(href, "a curve in this place; others are not followed");
        return Err((property.line, property.name.clone(), fault));
    }
    let curve = property.children.first().ok_or_else(|| missing(property.line, "a curve"))?;
    let axes = Axes::of(curve, axes)?;
    match curve.name.as_str() {
        "LineString" => corners.extend(straight(curve, axes, reading)?),
        _ => {
            let segments = curve.child("segments");
            let segments = segments.ok_or_else(|| missing(curve.line, "gml:segments"))?;
            for segment in &segments.children {
                self::segment(segment, axes, corners, reading)?;
            }
        }
    }
    Ok(())
}

fn segment(
    segment: &Element,
    axes: Axes,
    corners: &mut Vec<Geodetic>,
    reading: &mut Reading,
) -> Result<(), Found> {
    match segment.name.as_str() {
        "GeodesicString" | "Geodesic" => corners.extend(listed(segment, axes)?),
        "LineStringSegment" => corners.extend(straight(segment, axes, reading)?),
        "ArcByCenterPoint" | "CircleByCenterPoint" => {
            let found = by_centre(segment, axes)?;
            let sides = arc_sides(found.radius_m, found.angle_rad().abs());
            let named = |fault| (segment.line, segment.name.clone(), fault);
            reading.spend(sides + 1).map_err(named)?;
            corners.extend(found.drawn());
        }
        other => {
            let wanted =
                "GeodesicString, LineStringSegment, ArcByCenterPoint or CircleByCenterPoint";
            return Err((segment.line, segment.name.clone(), Fault::value(other, wanted)));
        }
    }
    Ok(())
}

/// Positions of a `posList`, or of each `pos` and `pointProperty`.
fn listed(holder: &Element, axes: Axes) -> Result<Vec<Geodetic>, Found> {
    let axes = Axes::of(holder, axes)?;
    let mut places = Vec::new();
    for child in &holder.children {
        match child.name.as_str() {
            "posList" | "pos" => places.extend(axes.positions(child)?),
            "pointProperty" => {
                for point in &child.children {
                    places.extend(listed(point, axes)?);
                }
            }
            _ => {}
        }
    }
    if places.is_empty() {
        let fault = Fault::Missing { what: "gml:posList or gml:pos" };
        return Err((holder.line, holder.name.clone(), fault));
    }
    Ok(places)
}

/// As [`listed`], with corners between that keep it straight in latitude and longitude.
fn straight(holder: &Element, axes: Axes, reading: &mut Reading) -> Result<Vec<Geodetic>, Found> {
    let places: Vec<Position> = listed(holder, axes)?.into_iter().map(Position::from).collect();
    straightened(&places, false, reading).map_err(|fault| (holder.line, holder.name.clone(), fault))
}

/// An arc or circle.
pub(super) struct ByCentre {
    pub(super) centre: Geodetic,
    pub(super) radius_m: f64,
    /// Bearings at which it starts and ends; `None` of a circle.
    bearings_rad: Option<(f64, f64)>,
}

impl ByCentre {
    fn angle_rad(&self) -> f64 {
        self.bearings_rad.map_or(TAU, |(from, to)| to - from)
    }

    fn drawn(&self) -> Vec<Geodetic> {
        let (centre, radius_m) = (self.centre, self.radius_m);
        match self.bearings_rad {
            None => arc(centre, radius_m, 0.0, TAU),
            Some((from, to)) if to >= from => arc(centre, radius_m, from, to),
            Some((from, to)) => {
                let mut corners = arc(centre, radius_m, to, from);
                corners.reverse();
                corners
            }
        }
    }

    pub(super) fn is_circle(&self) -> bool {
        self.bearings_rad.is_none()
    }
}

/// Reads `ArcByCenterPoint` or `CircleByCenterPoint`.
pub(super) fn by_centre(segment: &Element, axes: Axes) -> Result<ByCentre, Found> {
    let axes = Axes::of(segment, axes)?;
    let centres = listed(segment, axes)?;
    let [centre] = centres[..] else {
        let fault = Fault::Missing { what: "one centre, not several" };
        return Err((segment.line, segment.name.clone(), fault));
    };
    let missing = |what| (segment.line, segment.name.clone(), Fault::Missing { what });
    let radius = segment.child("radius").ok_or_else(|| missing("gml:radius"))?;
    let radius_m = length_m(radius)?;
    if segment.name == "CircleByCenterPoint" {
        return Ok(ByCentre { centre, radius_m, bearings_rad: None });
    }
    let angle = |name: &'static str| {
        let element = segment.child(name).ok_or_else(|| missing("its start and end angles"))?;
        let value = number(element)?;
        let radians =
            if element.attribute("uom") == Some("rad") { value } else { value.to_radians() };
        if radians.abs() > 2.0 * TAU {
            let fault = Fault::value(&element.text, "an angle within two turns");
            return Err((element.line, name.to_owned(), fault));
        }
        Ok(match axes {
            Axes::LatitudeFirst => radians,
            Axes::LongitudeFirst => FRAC_PI_2 - radians,
        })
    };
    let (from, to) = (angle("startAngle")?, angle("endAngle")?);
    // More than a turn is a turn.
    let to = from + (to - from).clamp(-TAU, TAU);
    Ok(ByCentre { centre, radius_m, bearings_rad: Some((from, to)) })
}

/// A length in the unit its `uom` names, metres.
pub(super) fn length_m(element: &Element) -> Result<f64, Found> {
    let scale = match element.attribute("uom").unwrap_or("M") {
        "NM" | "[nmi_i]" | "NMI" => METRES_PER_NM,
        "M" | "m" => 1.0,
        "KM" | "km" => 1_000.0,
        "FT" | "[ft_i]" | "ft" => METRES_PER_FOOT,
        other => {
            let fault = Fault::value(other, "NM, M, KM or FT");
            return Err((element.line, "uom".to_owned(), fault));
        }
    };
    let metres = number(element)? * scale;
    if metres > 0.0 && metres < SIZE_MAX_M {
        Ok(metres)
    } else {
        Err((element.line, element.name.clone(), Fault::Size { metres }))
    }
}

fn number(element: &Element) -> Result<f64, Found> {
    let value = element.text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    let wrong = || (element.line, element.name.clone(), Fault::value(&element.text, "a number"));
    value.ok_or_else(wrong)
}
