//! Aerodromes and points from CSV: the tables of `airportsdata` and OurAirports, by the names of
//! their columns, in any order.

use super::values::degrees;
use super::{Reading, Understood};
use crate::airspace::{Aerodrome, Fault, Point, PointKind};
use csv::{ReaderBuilder, StringRecord};
use geodesy::Geodetic;
use geodesy::units::METRES_PER_FOOT;

/// Reads aerodromes: `icao` (or `ident`), `lat` and `lon` (or `latitude_deg`, `longitude_deg`), and
/// where there are such columns `iata`, `name`, `country`, `elevation` in feet.
pub fn aerodromes_csv(bytes: &[u8]) -> Understood {
    const COLUMNS: [&[&str]; 7] = [
        &["icao", "icao_code", "gps_code", "ident"],
        &["lat", "latitude_deg", "latitude"],
        &["lon", "longitude_deg", "longitude"],
        &["iata", "iata_code"],
        &["name"],
        &["country", "iso_country"],
        &["elevation", "elevation_ft"],
    ];
    table(bytes, &COLUMNS, |[indicator, lat, lon, iata, name, state, elevation], understood| {
        let elevation_m = match elevation {
            "" => None,
            text => Some(number("elevation", text)? * METRES_PER_FOOT),
        };
        let position = position(lat, lon)?.at_height(elevation_m.unwrap_or(0.0));
        understood.aerodromes.push(Aerodrome {
            indicator: indicator.to_ascii_uppercase(),
            iata: given(iata),
            name: name.to_owned(),
            state: given(state),
            position,
            elevation_known: elevation_m.is_some(),
        });
        Ok(())
    })
}

/// Reads points: `ident`, `latitude_deg` and `longitude_deg` (or `lat`, `lon`), and where there are
/// such columns `type` (VOR, VOR-DME, NDB, …; a waypoint without it) and `name`.
pub fn points_csv(bytes: &[u8]) -> Understood {
    const COLUMNS: [&[&str]; 5] = [
        &["ident", "name_code"],
        &["latitude_deg", "lat", "latitude"],
        &["longitude_deg", "lon", "longitude"],
        &["type", "kind"],
        &["name"],
    ];
    table(bytes, &COLUMNS, |[ident, lat, lon, kind, name], understood| {
        understood.points.push(Point {
            ident: ident.to_ascii_uppercase(),
            name: given(name),
            kind: PointKind::from_word(kind),
            position: position(lat, lon)?,
        });
        Ok(())
    })
}

type Row<const N: usize> = fn([&str; N], &mut Understood) -> Result<(), (&'static str, Fault)>;

/// The first three columns must be there; what is not reads as empty.
fn table<const N: usize>(bytes: &[u8], columns: &[&[&str]; N], row: Row<N>) -> Understood {
    let mut reading = match Reading::of(bytes) {
        Ok(reading) => reading,
        Err(refused) => return refused,
    };
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(bytes);
    let headers = reader.headers().cloned().unwrap_or_default();
    let mut places = [None; N];
    for (place, names) in places.iter_mut().zip(columns) {
        let column = |name: &&str| {
            headers.iter().position(|header| header.trim().eq_ignore_ascii_case(name))
        };
        *place = names.iter().find_map(column);
    }
    let needed = places.iter().zip(columns).take(3).find(|(place, _)| place.is_none());
    if let Some((_, names)) = needed {
        reading.note(Some(1), names[0], None, Fault::Missing { what: "the column" });
        return reading.end();
    }
    let mut record = StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(why) => {
                let line = why.position().map(|position| position.line() as u32);
                let fault = Fault::Unreadable { why: super::quoted(&why.to_string()) };
                reading.note(line, "row", None, fault);
                if why.is_io_error() {
                    break;
                }
                continue;
            }
        }
        let line = record.position().map(|position| position.line() as u32);
        let fields =
            places.map(|place| place.and_then(|at| record.get(at)).unwrap_or_default().trim());
        if fields[0].is_empty() {
            reading.note(line, columns[0][0], None, Fault::Missing { what: "the identifier" });
        } else if let Err((field, fault)) = row(fields, &mut reading.understood) {
            reading.note(line, field, Some(fields[0]), fault);
        }
    }
    reading.end()
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn number(field: &'static str, text: &str) -> Result<f64, (&'static str, Fault)> {
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
    value.ok_or_else(|| (field, Fault::value(text, "a number")))
}

fn position(latitude: &str, longitude: &str) -> Result<Geodetic, (&'static str, Fault)> {
    let (latitude, longitude) = (number("latitude", latitude)?, number("longitude", longitude)?);
    degrees(latitude, longitude).map_err(|fault| ("latitude", fault))
}
