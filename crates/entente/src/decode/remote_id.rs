//! Remote ID broadcasts in radio captures, one line each.

use super::Lines;
use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT};
use recording::container::Frame;
use remote_id::{
    Broadcast, HeightReference, Link, Location, Message, Point, Stamp, Status, System, decode,
};
use serde::Serialize;

/// One broadcast. What it does not say is left out.
#[derive(Debug, Default, Serialize)]
struct Line {
    /// When it was captured, UTC.
    time: Option<String>,
    /// By which way it came.
    remote_id: &'static str,
    /// Who sent it.
    transmitter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    counter: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signal_dbm: Option<i8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    also: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ua_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    /// Seconds since the full hour at which the position was measured, as told.
    #[serde(skip_serializing_if = "Option::is_none")]
    measured_s: Option<f64>,
    /// The same as an instant, where the format tells one.
    #[serde(skip_serializing_if = "Option::is_none")]
    measured: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lat_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lon_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy_m: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    altitude_ft: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    geometric_height_ft: Option<f64>,
    /// Above `height_above`.
    #[serde(skip_serializing_if = "Option::is_none")]
    height_ft: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height_above: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ground_speed_kt: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    track_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vertical_rate_fpm: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator_lat_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator_lon_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    take_off_lat_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    take_off_lon_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    self_id: Option<String>,
    /// Pages of authentication in it. Not verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication_pages: Option<u32>,
}

/// The Remote ID in one captured frame; frames without any give no line.
pub(super) fn frame(frame: &Frame<'_>, lines: &mut Lines<'_>) {
    let Some(link) = i32::try_from(frame.link_type).ok().and_then(Link::of_capture) else {
        return lines.defect("link_type_unsupported");
    };
    decode(link, frame.bytes, &mut |found| match found {
        Ok(broadcast) => {
            let time = frame.time.map(|time| time.to_string());
            lines.json(&Line { time, ..line(&broadcast) });
        }
        Err(defect) => lines.defect(defect.name()),
    });
}

fn line(broadcast: &Broadcast) -> Line {
    let mut line = Line {
        remote_id: broadcast.transport.name(),
        transmitter: broadcast.transmitter.to_string(),
        counter: broadcast.counter,
        signal_dbm: broadcast.signal_dbm,
        ..Line::default()
    };
    for message in &broadcast.messages {
        match message {
            Message::BasicId(basic) => {
                line.ua_type = Some(format!("{:?}", basic.ua_type));
                match (basic.id, &line.id) {
                    (Some(id), None) => {
                        line.id = Some(id.to_string());
                        line.id_kind = Some(id.kind().name());
                    }
                    (Some(id), Some(_)) => line.also = Some(format!("{id:?}")),
                    (None, _) => {}
                }
            }
            Message::Location(location) => tell_location(&mut line, location),
            Message::System(system) => tell_system(&mut line, system),
            Message::OperatorId(told) => line.operator_id = said(told.text.as_str()),
            Message::SelfId(told) => line.self_id = said(told.text.as_str()),
            Message::Authentication(_) => {
                line.authentication_pages = Some(line.authentication_pages.unwrap_or(0) + 1);
            }
        }
    }
    line
}

fn tell_location(line: &mut Line, location: &Location) {
    line.status = match location.status {
        Status::Undeclared => None,
        Status::Ground => Some("ground"),
        Status::Airborne => Some("airborne"),
        Status::Emergency => Some("emergency"),
        Status::RemoteIdFailure => Some("remote_id_failure"),
        Status::Reserved(_) => Some("reserved"),
    };
    match location.stamp {
        Some(Stamp::TenthsOfHour(tenths)) => line.measured_s = Some(f64::from(tenths) / 10.0),
        Some(Stamp::At(time)) => line.measured = Some(time.to_string()),
        None => {}
    }
    (line.lat_deg, line.lon_deg) = degrees(location.point);
    line.accuracy_m = location.horizontal_accuracy_m;
    line.altitude_ft = location.pressure_altitude_m.map(|m| rounded(m / METRES_PER_FOOT, 0));
    line.geometric_height_ft = location.height_geometric_m.map(|m| rounded(m / METRES_PER_FOOT, 0));
    line.height_ft = location.height_m.map(|m| rounded(m / METRES_PER_FOOT, 0));
    line.height_above = location.height_m.map(|_| match location.height_reference {
        HeightReference::TakeOff => "take-off",
        HeightReference::Ground => "ground",
    });
    line.ground_speed_kt = location.speed_mps.map(|v| rounded(v / MPS_PER_KNOT, 3));
    line.track_deg = location.course_rad.map(|rad| rounded(rad.to_degrees(), 3));
    line.vertical_rate_fpm = location.vertical_rate_mps.map(|v| rounded(v / MPS_PER_FPM, 0));
}

fn tell_system(line: &mut Line, system: &System) {
    (line.operator_lat_deg, line.operator_lon_deg) = degrees(system.operator);
    (line.take_off_lat_deg, line.take_off_lon_deg) = degrees(system.take_off);
}

fn degrees(point: Option<Point>) -> (Option<f64>, Option<f64>) {
    let degrees = |rad: f64| rounded(rad.to_degrees(), 7);
    (point.map(|p| degrees(p.latitude_rad)), point.map(|p| degrees(p.longitude_rad)))
}

fn said(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}
