//! BaseStation lines (SBS, TCP port 30003): of each object that was told anew, what is known.
//!
//! Of the kinds of `MSG`, 1 has the callsign, 3 position and level, 4 velocity and climb rate, 5 the
//! level without a position, 6 the code; the ground is said where level or position is.

use crate::names::hexes;
use crate::values::{course_deg, level_ft, position_deg, rate_fpm, speed_kt};
use crate::{Mirror, Object};
use std::fmt::Write as _;

/// What is known of one object, as lines that end with CR and LF.
pub(crate) fn lines(object: &Object, hex: &str, slot_text: &str, out: &mut String) {
    let item = &object.item;
    let told = &item.told;
    let stamp = stamp(&item.time.to_string());
    let (level, place) = (level_ft(item), position_deg(item));
    let ground = told.on_ground.map_or("", |on_ground| if on_ground { "-1" } else { "0" });
    let mut line = |kind: u8, fields: [String; 8], ground: &str| {
        let [callsign, level, speed, course, lat, lon, rate, code] = fields;
        let emergency = match told.mode_3a.map(surveillance::Mode3A::bits) {
            Some(0o7500 | 0o7600 | 0o7700) if kind == 6 => "-1",
            Some(_) if kind == 6 => "0",
            _ => "",
        };
        let _ = write!(
            out,
            "MSG,{kind},1,1,{},1,{stamp},{slot_text},{callsign},{level},{speed},{course},{lat},{lon},\
             {rate},{code},,{emergency},,{ground}\r\n",
            hex.to_uppercase(),
        );
    };
    let none = || <[String; 8]>::default();
    let level = level.map(|level| level.to_string()).unwrap_or_default();
    if let Some(callsign) = told.callsign {
        let mut fields = none();
        fields[0] = callsign.to_string();
        line(1, fields, "");
    }
    if let Some([lat, lon]) = place {
        let mut fields = none();
        (fields[1], fields[4], fields[5]) = (level.clone(), lat.to_string(), lon.to_string());
        line(3, fields, ground);
    } else if !level.is_empty() {
        let mut fields = none();
        fields[1] = level.clone();
        line(5, fields, ground);
    }
    let (speed, rate) = (speed_kt(item), rate_fpm(item));
    if speed.is_some() || rate.is_some() {
        let text = |value: Option<String>| value.unwrap_or_default();
        let mut fields = none();
        fields[2] = text(speed.map(|speed| speed.to_string()));
        fields[3] = text(course_deg(item).map(|course| course.to_string()));
        fields[6] = text(rate.map(|rate| rate.to_string()));
        line(4, fields, "");
    }
    if let Some(code) = told.mode_3a {
        let mut fields = none();
        (fields[1], fields[7]) = (level, code.to_string());
        line(6, fields, "");
    }
}

/// All of `objects`.
pub(crate) fn text<'a>(mirror: &Mirror, objects: impl Iterator<Item = &'a Object>) -> Vec<u8> {
    let Some(slot) = mirror.slot() else { return Vec::new() };
    let (hexes, slot) = (hexes(mirror), stamp(&slot.to_string()));
    let mut out = String::new();
    for object in objects {
        lines(object, &hexes[&object.item.number], &slot, &mut out);
    }
    out.into_bytes()
}

/// Date and time, UTC, as `2026/11/24,12:00:00.250`, of an instant in RFC 3339.
fn stamp(text: &str) -> String {
    let (date, time) = text.trim_end_matches('Z').split_once('T').unwrap_or((text, ""));
    let (whole, part) = time.split_once('.').unwrap_or((time, ""));
    let millis: String = part.chars().chain("000".chars()).take(3).collect();
    format!("{},{whole}.{millis}", date.replace('-', "/"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_instant_is_cut_to_milliseconds() {
        assert_eq!(super::stamp("2026-11-24T12:00:00.2507Z"), "2026/11/24,12:00:00.250");
        assert_eq!(super::stamp("2026-11-24T12:00:00Z"), "2026/11/24,12:00:00.000");
    }
}
