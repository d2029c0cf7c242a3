//! The whole of what stands as GeoJSON (RFC 7946), CSV (RFC 4180), KML (OGC 12-007r2) and GeoParquet.
//!
//! `id` is the consumer's number of an object; a value that was not told is absent, in CSV empty.

use crate::values::{
    course_deg, emitter_code, level_ft, position_deg, radius_95_m, rate_fpm, speed_kt,
};
use crate::{Mirror, Object};
use serde::Serialize;
use std::fmt::Write as _;

/// One object's values, in the order of the columns.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) callsign: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) level_ft: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) on_ground: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) speed_kt: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) course_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rate_fpm: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) category: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) radius_95_m: Option<f64>,
    pub(crate) time: String,
}

pub(crate) fn row(object: &Object) -> Row {
    let item = &object.item;
    let told = &item.told;
    Row {
        address: told.address.map(|address| address.to_string()),
        callsign: told.callsign.map(|callsign| callsign.to_string()),
        code: told.mode_3a.map(|code| code.to_string()),
        level_ft: level_ft(item),
        on_ground: told.on_ground,
        speed_kt: speed_kt(item),
        course_deg: course_deg(item),
        rate_fpm: rate_fpm(item),
        identity: told.identity.map(picture::Identity::name),
        category: told.category.map(emitter_code),
        radius_95_m: told.position_rad.and_then(|_| radius_95_m(item)),
        time: item.time.to_string(),
    }
}

/// A row with its number and place, for who has no geometry beside it.
#[derive(Debug, Serialize)]
pub(crate) struct Placed {
    id: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    lat_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lon_deg: Option<f64>,
    #[serde(flatten)]
    row: Row,
}

pub(crate) fn placed(object: &Object) -> Placed {
    let place = position_deg(&object.item);
    Placed {
        id: object.item.number.0,
        lat_deg: place.map(|[lat, _]| lat),
        lon_deg: place.map(|[_, lon]| lon),
        row: row(object),
    }
}

#[derive(Debug, Serialize)]
struct Feature {
    r#type: &'static str,
    id: u32,
    geometry: Option<Point>,
    properties: Row,
}

#[derive(Debug, Serialize)]
struct Point {
    r#type: &'static str,
    coordinates: [f64; 2],
}

#[derive(Debug, Serialize)]
struct Collection {
    r#type: &'static str,
    /// When it was told, and by whom.
    time: String,
    from: String,
    features: Vec<Feature>,
}

fn feature(object: &Object) -> Feature {
    let point = |[lat, lon]: [f64; 2]| Point { r#type: "Point", coordinates: [lon, lat] };
    Feature {
        r#type: "Feature",
        id: object.item.number.0,
        geometry: position_deg(&object.item).map(point),
        properties: row(object),
    }
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("every field has a JSON form")
}

/// A `FeatureCollection`; `None` while nothing was told.
pub fn geojson(mirror: &Mirror) -> Option<Vec<u8>> {
    let time = mirror.slot()?.to_string();
    let from = mirror.from()?.to_string();
    let features = mirror.tracks().map(|object| feature(object)).collect();
    Some(json(&Collection { r#type: "FeatureCollection", time, from, features }))
}

/// A header and a line for each object; `None` while nothing was told.
pub fn csv(mirror: &Mirror) -> Option<Vec<u8>> {
    mirror.slot()?;
    let mut out = String::from(
        "id,time,lat_deg,lon_deg,address,callsign,code,level_ft,on_ground,speed_kt,course_deg,\
         rate_fpm,identity,category,radius_95_m\r\n",
    );
    fn text(value: Option<impl ToString>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    for object in mirror.tracks() {
        let row = row(object);
        let place = position_deg(&object.item);
        let fields = [
            row.time,
            text(place.map(|[lat, _]| lat)),
            text(place.map(|[_, lon]| lon)),
            text(row.address),
            text(row.callsign),
            text(row.code),
            text(row.level_ft),
            text(row.on_ground),
            text(row.speed_kt),
            text(row.course_deg),
            text(row.rate_fpm),
            text(row.identity),
            text(row.category),
            text(row.radius_95_m),
        ];
        let _ = write!(out, "{},{}", object.item.number.0, fields.join(","));
        out.push_str("\r\n");
    }
    Some(out.into_bytes())
}

/// GeoParquet 1.1: a row for each object, with the columns of the CSV; `None` while nothing was told.
pub fn geoparquet(mirror: &Mirror) -> Option<Vec<u8>> {
    crate::geoparquet::file(mirror)
}

/// A placemark for each object whose position was told; `None` while nothing was told. Heights are
/// pressure altitudes, so places are put on the ground and the level is said in words.
pub fn kml(mirror: &Mirror) -> Option<Vec<u8>> {
    let (slot, from) = (mirror.slot()?, mirror.from()?);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\">\
         <Document><name>{from} at {slot}</name>\n",
    );
    for object in mirror.tracks() {
        let item = &object.item;
        let Some([lat, lon]) = position_deg(item) else { continue };
        let number = format!("TN {}", item.number.0);
        let name = item.told.callsign.map_or(number, |callsign| callsign.to_string());
        let parts = [
            item.told.identity.map(|identity| identity.to_string()),
            item.told.address.map(|address| format!("address {address}")),
            item.told.mode_3a.map(|code| format!("code {code}")),
            level_ft(item).map(|feet| format!("{feet} ft")),
            speed_kt(item).map(|speed| format!("{speed} kt")),
            course_deg(item).map(|course| format!("course {course}°")),
        ];
        let said = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let time = item.time;
        let _ = writeln!(
            out,
            "<Placemark id=\"tn{}\"><name>{name}</name><description>{said}</description>\
             <TimeStamp><when>{time}</when></TimeStamp><Point><coordinates>{lon},{lat}</coordinates>\
             </Point></Placemark>",
            item.number.0,
        );
    }
    out.push_str("</Document></kml>\n");
    Some(out.into_bytes())
}
