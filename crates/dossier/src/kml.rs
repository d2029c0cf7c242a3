//! Where the tracks were, as KML 2.2 (OGC 07-147r2): a line and a first and last place each.

use crate::{Dossier, Point, TrackPath, escaped};
use std::fmt::Write;

/// The tracks of the incident.
pub(crate) fn tracks(dossier: &Dossier<'_>) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <kml xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document>\n",
    );
    let incident = dossier.incident;
    let name = escaped(&format!("{:#} {}", incident.id(), incident.title()));
    let _ = write!(
        out,
        "<name>{name}</name>\n\
         <description>Positions in WGS-84; heights are pressure altitudes on the standard \
         atmosphere. Times in UTC.</description>\n\
         <Style id=\"track\"><LineStyle><color>ffe9b456</color><width>3</width></LineStyle></Style>\n"
    );
    for track in dossier.tracks {
        put_track(track, &mut out);
    }
    out.push_str("</Document>\n</kml>\n");
    out
}

fn put_track(track: &TrackPath, out: &mut String) {
    let points: Vec<&Point> = track.points.iter().filter(|point| is_place(point)).collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    let name = escaped(&track.name);
    let told = escaped(&format!("{} {}", track.label, track.identity));
    let _ =
        write!(out, "<Folder>\n<name>{name}</name>\n<description>{}</description>\n", told.trim());
    for (what, point) in [("first", first), ("last", last)] {
        let _ = writeln!(
            out,
            "<Placemark><name>{name} {what} seen</name><TimeStamp><when>{}</when></TimeStamp>\
             <Point>{}<coordinates>{}</coordinates></Point></Placemark>",
            point.at,
            mode(std::slice::from_ref(point)),
            coordinates(point),
        );
    }
    for line in lines(&points) {
        let (begin, end) = (line[0].at, line[line.len() - 1].at);
        let text: Vec<String> = line.iter().map(|point| coordinates(point)).collect();
        let _ = writeln!(
            out,
            "<Placemark><name>{name}</name><TimeSpan><begin>{begin}</begin><end>{end}</end>\
             </TimeSpan><styleUrl>#track</styleUrl><LineString>{}<coordinates>{}</coordinates>\
             </LineString></Placemark>",
            mode(&line),
            text.join(" "),
        );
    }
    out.push_str("</Folder>\n");
}

fn is_place(point: &Point) -> bool {
    let numbers = [point.latitude_rad, point.longitude_rad, point.level_m.unwrap_or(0.0)];
    numbers.iter().all(|number| number.is_finite())
}

/// Lines of two points or more, cut where the antimeridian is crossed: a viewer would draw such a
/// step around the world.
fn lines<'p>(points: &[&'p Point]) -> Vec<Vec<&'p Point>> {
    let mut lines: Vec<Vec<&Point>> = Vec::new();
    for point in points {
        let last = lines.last_mut().filter(|line| {
            let before = line[line.len() - 1].longitude_rad;
            (before - point.longitude_rad).abs() <= std::f64::consts::PI
        });
        match last {
            Some(line) => line.push(point),
            None => lines.push(vec![point]),
        }
    }
    lines.retain(|line| line.len() > 1);
    lines
}

/// Heights are told where all are known.
fn mode(points: &[&Point]) -> &'static str {
    if points.iter().all(|point| point.level_m.is_some()) {
        "<altitudeMode>absolute</altitudeMode>"
    } else {
        "<altitudeMode>clampToGround</altitudeMode>"
    }
}

/// Longitude, latitude, height: degrees to a centimetre, metres.
fn coordinates(point: &Point) -> String {
    let (longitude, latitude) = (point.longitude_rad.to_degrees(), point.latitude_rad.to_degrees());
    format!("{longitude:.7},{latitude:.7},{:.1}", point.level_m.unwrap_or(0.0))
}
