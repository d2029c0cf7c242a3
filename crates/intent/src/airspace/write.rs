//! Airspaces written as GeoJSON, for map viewers and for [`super::read::geojson`].

use super::geometry::{Foot, Vec3, cross, dot, sum, unit};
use super::read::STRAIGHT_ERROR_M;
use super::{Activation, Airspace, Airspaces, Daily, Limit, Period};
use geodesy::SEMI_MAJOR_M;
use geodesy::units::METRES_PER_FOOT;
use serde_json::{Map, Value, json};
use std::fmt::Write;
use surveillance::Time;

/// The airspaces as a FeatureCollection, one to a line. Circles and corridors are drawn; a corridor
/// as one polygon for each leg. Sides have corners put in, so that straight lines of a map stay
/// within [`STRAIGHT_ERROR_M`] of them; longitudes run on over the antimeridian, past 180°. Times of
/// day that hold only for a while are written as `notice`, for the format has no word for them.
pub fn to_geojson(airspaces: &Airspaces) -> String {
    let mut text = "{\"type\":\"FeatureCollection\",\"features\":[".to_owned();
    for (index, (id, airspace)) in airspaces.iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        let parts: Vec<Vec<Vec<[f64; 2]>>> = airspaces
            .outlines(id)
            .map(|part| part.map(|outline| drawn(&outline)).collect())
            .collect();
        let feature = json!({
            "type": "Feature",
            "properties": properties(airspace),
            "geometry": { "type": "MultiPolygon", "coordinates": parts },
        });
        // Writing to a String cannot fail.
        _ = write!(text, "{feature}");
    }
    text.push_str("\n]}\n");
    text
}

fn properties(airspace: &Airspace) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut put = |key: &str, value: Value| properties.insert(key.to_owned(), value);
    put("name", json!(airspace.name));
    put("kind", json!(airspace.kind.word()));
    put("lower", json!(limit(airspace.limits.lower)));
    put("upper", json!(limit(airspace.limits.upper)));
    if let Some(class) = airspace.class {
        put("class", json!(class.letter().to_string()));
    }
    if let Some(party) = &airspace.party {
        put("party", json!(party));
    }
    match &airspace.activation {
        Activation::Always => {}
        Activation::Periods(periods) => {
            put("active", periods.iter().map(period).collect());
        }
        Activation::Daily(daily) if daily.iter().all(|own| own.valid == Period::ALWAYS) => {
            put("active", daily.iter().map(pattern).collect());
        }
        Activation::Daily(_) | Activation::ByNotice => {
            put("active", json!("notice"));
        }
    }
    properties
}

/// The limit without loss: in feet or levels where it is a whole number of them, else in metres.
fn limit(limit: Limit) -> String {
    let whole = |metres: f64, step: f64| {
        let steps = metres / (METRES_PER_FOOT * step);
        ((steps - steps.round()).abs() < 1e-6).then_some(steps.round())
    };
    match limit {
        Limit::FlightLevel(metres) if whole(metres, 100.0).is_none() => match whole(metres, 1.0) {
            Some(feet) => format!("{feet} ft STD"),
            None => format!("{metres} m STD"),
        },
        Limit::Amsl(metres) if whole(metres, 1.0).is_none() => format!("{metres} m MSL"),
        Limit::Agl(metres) if whole(metres, 1.0).is_none() => format!("{metres} m AGL"),
        other => other.to_string(),
    }
}

fn period(period: &Period) -> Value {
    let end = |at: Option<Time>| at.map_or("NONE".to_owned(), |at| at.to_string());
    json!(format!("{}/{}", end(period.from), end(period.until)))
}

fn pattern(daily: &Daily) -> Value {
    const DAYS: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    let days: Vec<&str> =
        (0..7).filter(|day| daily.days & (1 << day) != 0).map(|day| DAYS[day]).collect();
    let clock = |second: u32| format!("{:02}:{:02}", second / 3600, second / 60 % 60);
    json!(format!("{} {}-{}", days.join(" "), clock(daily.from_s), clock(daily.until_s)))
}

/// Longitudes and latitudes of a closed outline, degrees to the centimetre, the first again at the
/// end.
fn drawn(outline: &[Vec3]) -> Vec<[f64; 2]> {
    let mut line: Vec<[f64; 2]> = Vec::new();
    for (from, to) in outline.iter().zip(outline.iter().cycle().skip(1)) {
        let begin = degrees(*from, line.last().map_or(0.0, |last| last[0]));
        line.push(begin);
        follow(*from, *to, begin, 10, &mut line);
    }
    let Some(first) = line.first().copied() else { return line };
    let end = degrees(outline[0], line.last().map_or(0.0, |last| last[0]));
    line.push(end);
    if (end[0] - first[0]).abs() > 180.0 {
        // It goes round a pole: along the edge of the map, there and back.
        let pole = 90.0_f64.copysign(line.iter().map(|p| p[1]).sum());
        line.push([end[0], pole]);
        line.push([first[0], pole]);
        line.push(first);
    }
    let [west, east] = line
        .iter()
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], p| [low.min(p[0]), high.max(p[0])]);
    let turn = (f64::midpoint(west, east) / 360.0).round() * 360.0;
    let rounded = |x: f64| (x * 1e7).round() / 1e7;
    line.iter().map(|p| [rounded(p[0] - turn), rounded(p[1])]).collect()
}

/// Puts in corners where the straight line of a map is not near enough to the great ellipse.
fn follow(from: Vec3, to: Vec3, begin: [f64; 2], left: u32, line: &mut Vec<[f64; 2]>) {
    let end = degrees(to, begin[0]);
    let Some(middle) = unit(sum(from, to)).filter(|_| left > 0) else { return };
    let between = [f64::midpoint(begin[0], end[0]), f64::midpoint(begin[1], end[1])];
    let Some(straight) = geodesy::Geodetic::from_degrees(between[1], between[0], 0.0) else {
        return;
    };
    let normal = cross(from, to);
    let away_m =
        SEMI_MAJOR_M * dot(normal, Foot::of(straight).unit).abs() / dot(normal, normal).sqrt();
    if away_m > STRAIGHT_ERROR_M {
        follow(from, middle, begin, left - 1, line);
        let corner = degrees(middle, begin[0]);
        line.push(corner);
        follow(middle, to, corner, left - 1, line);
    }
}

/// Longitude and latitude, the longitude within half a turn of the one before.
fn degrees(direction: Vec3, before: f64) -> [f64; 2] {
    let position = Foot::in_direction(direction).position();
    let longitude = position.longitude_deg();
    [longitude - ((longitude - before) / 360.0).round() * 360.0, position.latitude_deg()]
}
