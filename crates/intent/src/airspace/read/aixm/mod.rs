//! AIXM 5.1 and 5.1.1: airspaces, aerodromes, designated points and navaids of a message.
//!
//! Of each feature the BASELINE time slice of the highest sequence counts; other time slices are
//! named as passed over. Axes follow `srsName`: latitude first for EPSG:4326, longitude first for
//! CRS84, as OGC 12-028r1 (use of GML for aviation data) has it. Elements are told apart by their
//! local names. What points elsewhere (`xlink:href` to a border or another airspace) is not
//! followed: such an airspace is left out and named.

mod airspace;
mod curve;
mod tree;

use super::values::time;
use super::{Reading, Understood};
use crate::airspace::{Aerodrome, Fault, Period, Point, PointKind};
use curve::Axes;
use geodesy::Geodetic;
use geodesy::units::METRES_PER_FOOT;
use tree::{Element, Members};

/// Line, element and fault.
type Found = (u32, String, Fault);

/// Reads AIXM. Defects are named by the element they stand in.
pub fn aixm(bytes: &[u8]) -> Understood {
    let mut reading = match Reading::of(bytes) {
        Ok(reading) => reading,
        Err(refused) => return refused,
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        let fault = Fault::Unreadable { why: "not UTF-8".to_owned() };
        reading.note(None, "file", None, fault);
        return reading.end();
    };
    let mut any = false;
    for member in Members::of(text) {
        match member {
            Ok(feature) => {
                any = true;
                take(&feature, &mut reading);
            }
            Err((line, fault)) => reading.note(Some(line), "file", None, fault),
        }
    }
    if !any && reading.understood.defects.is_empty() {
        let what = "an Airspace, AirportHeliport, DesignatedPoint or Navaid";
        reading.note(None, "file", None, Fault::Missing { what });
    }
    reading.end()
}

fn take(feature: &Element, reading: &mut Reading) {
    let Some(slice) = baseline(feature, reading) else { return };
    let name = ["name", "designator"].iter().find_map(|key| slice.text_of(key)).map(str::to_owned);
    let taken = match feature.name.as_str() {
        "Airspace" => airspace::take(slice, reading),
        "AirportHeliport" => {
            aerodrome(slice).map(|found| reading.understood.aerodromes.push(found))
        }
        _ => point(slice, &feature.name).map(|found| reading.understood.points.push(found)),
    };
    if let Err((line, field, fault)) = taken {
        reading.note(Some(line), &field, name.as_deref(), fault);
    }
}

/// The baseline that counts. Names the time slices that are passed over.
fn baseline<'a>(feature: &'a Element, reading: &mut Reading) -> Option<&'a Element> {
    let slices = feature.children_of("timeSlice").flat_map(|property| property.children.iter());
    let mut best: Option<(u32, &Element)> = None;
    for slice in slices {
        match slice.text_of("interpretation") {
            Some("BASELINE") | None => {
                let number = slice.text_of("sequenceNumber").and_then(|text| text.parse().ok());
                let number = number.unwrap_or(0);
                if best.is_none_or(|(highest, _)| number >= highest) {
                    best = Some((number, slice));
                }
            }
            Some(other) => {
                let name = slice.text_of("name").or_else(|| slice.text_of("designator"));
                reading.note(Some(slice.line), "interpretation", name, Fault::unknown(other));
            }
        }
    }
    if best.is_none() {
        let fault = Fault::Missing { what: "a BASELINE time slice" };
        reading.note(Some(feature.line), &feature.name, None, fault);
    }
    best.map(|(_, slice)| slice)
}

/// When the time slice holds.
fn validity(slice: &Element) -> Result<Period, Found> {
    let Some(period) = slice.child("validTime").and_then(|valid| valid.child("TimePeriod")) else {
        return Ok(Period::ALWAYS);
    };
    let end = |key: &str| {
        let Some(text) = period.text_of(key).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let wanted = "an instant of UTC such as 2026-12-01T08:00:00Z";
        let wrong = || (period.line, key.to_owned(), Fault::value(text, wanted));
        // AIXM times are UTC; older files leave out the Z.
        let zoned = time(text).or_else(|| time(&format!("{text}Z")));
        zoned.map(Some).ok_or_else(wrong)
    };
    let period_of = Period { from: end("beginPosition")?, until: end("endPosition")? };
    match (period_of.from, period_of.until) {
        (Some(from), Some(until)) if until <= from => {
            let (from, until) = (from.to_string(), until.to_string());
            Err((period.line, "endPosition".to_owned(), Fault::TimesUpsideDown { from, until }))
        }
        _ => Ok(period_of),
    }
}

/// The position of a point in `holder`, with its elevation over the sea if told.
fn place(slice: &Element, holder: &str) -> Result<(Geodetic, Option<f64>), Found> {
    let missing = |what| (slice.line, holder.to_owned(), Fault::Missing { what });
    let property = slice.child(holder).ok_or_else(|| missing("the position"))?;
    let point = property.children.first().ok_or_else(|| missing("the position"))?;
    let axes = Axes::of(point, Axes::LatitudeFirst)?;
    let pos = point.child("pos").ok_or_else(|| missing("gml:pos"))?;
    let places = axes.positions(pos)?;
    let [position] = places[..] else {
        return Err((pos.line, "pos".to_owned(), Fault::value(&pos.text, "one position")));
    };
    let elevation_m = match point.child("elevation").filter(|own| !own.text.trim().is_empty()) {
        None => None,
        Some(own) => {
            let value = own.text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
            let wrong = || (own.line, "elevation".to_owned(), Fault::value(&own.text, "a number"));
            let scale = if own.attribute("uom") == Some("FT") { METRES_PER_FOOT } else { 1.0 };
            Some(value.ok_or_else(wrong)? * scale)
        }
    };
    Ok((position.at_height(elevation_m.unwrap_or(0.0)), elevation_m))
}

fn aerodrome(slice: &Element) -> Result<Aerodrome, Found> {
    let (position, elevation_m) = place(slice, "ARP")?;
    let indicator = slice.text_of("locationIndicatorICAO").or_else(|| slice.text_of("designator"));
    let missing = || {
        let fault = Fault::Missing { what: "the location indicator" };
        (slice.line, "locationIndicatorICAO".to_owned(), fault)
    };
    Ok(Aerodrome {
        indicator: indicator.ok_or_else(missing)?.to_ascii_uppercase(),
        iata: slice.text_of("designatorIATA").map(str::to_owned),
        name: slice.text_of("name").unwrap_or_default().to_owned(),
        state: None,
        position,
        elevation_known: elevation_m.is_some(),
    })
}

fn point(slice: &Element, feature: &str) -> Result<Point, Found> {
    let (position, _) = place(slice, "location")?;
    let missing = || {
        let fault = Fault::Missing { what: "the designator" };
        (slice.line, "designator".to_owned(), fault)
    };
    let kind = match feature {
        "DesignatedPoint" => PointKind::Waypoint,
        _ => PointKind::from_word(slice.text_of("type").unwrap_or("OTHER")),
    };
    Ok(Point {
        ident: slice.text_of("designator").ok_or_else(missing)?.to_ascii_uppercase(),
        name: slice.text_of("name").map(str::to_owned),
        kind,
        position: position.at_height(0.0),
    })
}
