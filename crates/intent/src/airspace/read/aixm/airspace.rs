//! The feature Airspace: each of its volumes becomes an airspace of that name.

use super::super::Reading;
use super::super::values::{clock_s, weekday};
use super::curve::{Axes, by_centre, curve, length_m, ring};
use super::tree::Element;
use super::{Found, validity};
use crate::airspace::{
    Activation, Airspace, Class, Daily, Fault, Geometry, Kind, Limit, Limits, Period, Polygon,
};
use geodesy::units::METRES_PER_FOOT;

const LIMIT_WANTED: &str = "GND, UNL or a number with uom FT, M or FL";

pub(super) fn take(slice: &Element, reading: &mut Reading) -> Result<(), Found> {
    let missing = |what| (slice.line, "Airspace".to_owned(), Fault::Missing { what });
    let name = slice.text_of("name").or_else(|| slice.text_of("designator"));
    let name = name.ok_or_else(|| missing("the name or designator"))?;
    let kind = Kind::from_word(slice.text_of("type").ok_or_else(|| missing("the type"))?);
    let layer = slice.child("class").and_then(|class| class.child("AirspaceLayerClass"));
    let class = layer.and_then(|layer| layer.text_of("classification"));
    let activation = activation(slice, validity(slice)?)?;
    let components: Vec<&Element> = slice
        .children_of("geometryComponent")
        .flat_map(|property| property.children.iter())
        .collect();
    if components.is_empty() {
        return Err(missing("a geometryComponent"));
    }
    // All are read before any counts: half of an airspace is a wrong one.
    let mut volumes = Vec::new();
    for component in components {
        if let Some(operation) = component.text_of("operation")
            && !matches!(operation, "BASE" | "UNION")
        {
            let fault = Fault::value(operation, "BASE or UNION; others are not worked out");
            return Err((component.line, "operation".to_owned(), fault));
        }
        let volume = component
            .child("theAirspaceVolume")
            .and_then(|property| property.child("AirspaceVolume"))
            .ok_or_else(|| missing("an AirspaceVolume"))?;
        volumes.push(Airspace {
            class: class.and_then(Class::from_letter),
            activation: activation.clone(),
            line: Some(slice.line),
            ..Airspace::new(name, kind.clone(), limits(volume)?, geometry(volume, reading)?)
        });
    }
    volumes.into_iter().for_each(|volume| reading.take(volume, &[]));
    Ok(())
}

fn limits(volume: &Element) -> Result<Limits, Found> {
    Ok(Limits {
        lower: limit(volume, "lowerLimit", "lowerLimitReference")?,
        upper: limit(volume, "upperLimit", "upperLimitReference")?,
    })
}

fn limit(volume: &Element, field: &str, reference_field: &str) -> Result<Limit, Found> {
    let missing = || (volume.line, field.to_owned(), Fault::Missing { what: "the limit" });
    let element = volume.child(field).ok_or_else(missing)?;
    let text = element.text.trim();
    match text {
        "" => return Err(missing()),
        "GND" => return Ok(Limit::Surface),
        "UNL" => return Ok(Limit::Unlimited),
        _ => {}
    }
    let wrong = |text: &str, wanted| (element.line, field.to_owned(), Fault::value(text, wanted));
    let value = text.parse::<f64>().ok().filter(|value| value.abs() < 1e6);
    let value = value.ok_or_else(|| wrong(text, LIMIT_WANTED))?;
    let uom = element.attribute("uom").unwrap_or("FT");
    let metres = match uom {
        // AIXM's word for no limit in its older tables.
        "FL" if value >= 999.0 => return Ok(Limit::Unlimited),
        "FL" => return Ok(Limit::FlightLevel(value * 100.0 * METRES_PER_FOOT)),
        "FT" => value * METRES_PER_FOOT,
        "M" => value,
        // Standard metres: tens of metres.
        "SM" => return Ok(Limit::FlightLevel(value * 10.0)),
        other => return Err(wrong(other, "uom FT, M, FL or SM")),
    };
    match volume.text_of(reference_field).unwrap_or("MSL") {
        "MSL" => Ok(Limit::Amsl(metres)),
        "SFC" if metres <= 0.0 => Ok(Limit::Surface),
        "SFC" => Ok(Limit::Agl(metres)),
        "STD" => Ok(Limit::FlightLevel(metres)),
        other => {
            let fault = Fault::value(other, "MSL, SFC or STD");
            Err((volume.line, reference_field.to_owned(), fault))
        }
    }
}

fn geometry(volume: &Element, reading: &mut Reading) -> Result<Geometry, Found> {
    let what = "a horizontalProjection, or a centreline with a width";
    let missing = || (volume.line, "AirspaceVolume".to_owned(), Fault::Missing { what });
    if let Some(line) = volume.child("centreline") {
        let width = volume.child("width").ok_or_else(missing)?;
        let mut corners = Vec::new();
        curve(line, Axes::LatitudeFirst, &mut corners, reading)?;
        return Ok(Geometry::Corridor { line: corners, half_width_m: length_m(width)? / 2.0 });
    }
    let projection = volume.child("horizontalProjection").ok_or_else(missing)?;
    let surface = projection.children.first().ok_or_else(missing)?;
    let axes = Axes::of(surface, Axes::LatitudeFirst)?;
    let patches: Vec<&Element> = match surface.child("patches") {
        Some(patches) => patches.children.iter().collect(),
        // A gml:Polygon is its own patch.
        None => vec![surface],
    };
    if let [patch] = patches[..]
        && let Some(circle) = circle(patch, axes)?
    {
        return Ok(circle);
    }
    let mut polygons = Vec::new();
    for patch in patches {
        let exterior = patch.child("exterior");
        let what = "gml:exterior";
        let exterior =
            exterior.ok_or_else(|| (patch.line, patch.name.clone(), Fault::Missing { what }))?;
        let outer = ring(exterior, axes, reading)?;
        let interiors = patch.children_of("interior");
        let holes: Result<Vec<_>, Found> =
            interiors.map(|interior| ring(interior, axes, reading)).collect();
        polygons.push(Polygon { outer, holes: holes? });
    }
    Ok(Geometry::Polygons(polygons))
}

/// A patch that is one whole circle stays one.
fn circle(patch: &Element, axes: Axes) -> Result<Option<Geometry>, Found> {
    let mut element = patch;
    let path = ["exterior", "Ring", "curveMember", "Curve", "segments", "CircleByCenterPoint"];
    let mut axes = axes;
    if patch.child("interior").is_some() {
        return Ok(None);
    }
    for name in path {
        match &element.children[..] {
            [only] if only.name == name => element = only,
            _ => return Ok(None),
        }
        axes = Axes::of(element, axes)?;
    }
    let found = by_centre(element, axes)?;
    Ok(found
        .is_circle()
        .then_some(Geometry::Circle { centre: found.centre, radius_m: found.radius_m }))
}

/// When it is active within its validity. Without a timetable it is active throughout.
fn activation(slice: &Element, valid: Period) -> Result<Activation, Found> {
    let activations: Vec<&Element> =
        slice.children_of("activation").flat_map(|property| property.children.iter()).collect();
    let mut daily = Vec::new();
    let mut throughout = activations.is_empty();
    for activation in &activations {
        let sheets: Vec<&Element> = activation
            .children_of("timeInterval")
            .flat_map(|property| property.children.iter())
            .collect();
        match activation.text_of("status") {
            Some("INACTIVE") => continue,
            Some("ACTIVE" | "IN_USE") | None => {}
            // Whatever else may become active does so by notice.
            Some(_) => return Ok(Activation::ByNotice),
        }
        throughout |= sheets.is_empty();
        for sheet in sheets {
            match timesheet(sheet, valid) {
                Some(found) => daily.push(found),
                // Sunrise, holidays, exceptions and parts of a year: in words a machine here does
                // not read, so whether it is active is not known.
                None => return Ok(Activation::ByNotice),
            }
        }
    }
    Ok(match (throughout, valid) {
        (true, Period::ALWAYS) => Activation::Always,
        (true, valid) => Activation::Periods(vec![valid]),
        (false, _) => Activation::Daily(daily),
    })
}

/// `None` for what is more than days of the week and times of UTC.
fn timesheet(sheet: &Element, valid: Period) -> Option<Daily> {
    const READ: [&str; 6] =
        ["timeReference", "day", "dayTil", "startTime", "endTime", "daylightSavingAdjust"];
    if sheet.children.iter().any(|child| !READ.contains(&child.name.as_str()) && used(child)) {
        return None;
    }
    if !matches!(sheet.text_of("timeReference"), Some("UTC") | None)
        || sheet.text_of("daylightSavingAdjust").is_some_and(|text| text == "YES")
    {
        return None;
    }
    let day = sheet.text_of("day").unwrap_or("ANY");
    let days = if day == "ANY" {
        Daily::EVERY_DAY
    } else {
        let first = weekday(day)?;
        let last = sheet.text_of("dayTil").map_or(Some(first), weekday)?;
        (0..=(last + 7 - first) % 7).fold(0, |all, step| all | 1 << ((first + step) % 7))
    };
    let from_s = sheet.text_of("startTime").map_or(Some(0), clock_s)?;
    let until_s = sheet.text_of("endTime").map_or(Some(86_400), clock_s)?;
    (from_s < 86_400).then_some(Daily { days, from_s, until_s, valid })
}

/// Whether an element says anything: a nil one does not, and "not excluded" is what is assumed.
fn used(element: &Element) -> bool {
    match element.text.trim() {
        "" => false,
        "NO" => element.name != "excluded",
        _ => true,
    }
}
