//! Fields 7 to 17 and 22 (PANS-ATM appendix 3), each from its text without the hyphen.
//!
//! Fields of fixed form may be broken over lines anywhere; words of a route only between them.

use super::super::message::EquipmentCode;
use super::super::route::{ELEMENTS_MAX, speed_and_rest};
use super::super::source::{Reader, joined};
use super::super::values::digits;
use super::super::{
    Aircraft, Elapsed, Element, Equipment, Fault, FlightRules, FlightType, Indicator, Level,
    Location, Plan, Route, SsrCode, TimeOfDay, Wake,
};
use surveillance::{Callsign, Mode3A};

/// Longest elapsed time that is believed, minutes.
pub(crate) const ELAPSED_MAX_MIN: u16 = 48 * 60;

/// Codes of field 10a.
pub(crate) const RADIO: &[&str] = &[
    "N", "S", "A", "B", "C", "D", "E1", "E2", "E3", "F", "G", "H", "I", "J1", "J2", "J3", "J4",
    "J5", "J6", "J7", "K", "L", "M1", "M2", "M3", "O", "P1", "P2", "P3", "P4", "P5", "P6", "P7",
    "P8", "P9", "R", "T", "U", "V", "W", "X", "Y", "Z",
];
/// Codes of field 10b.
pub(crate) const SURVEILLANCE: &[&str] = &[
    "N", "A", "C", "E", "H", "I", "L", "P", "S", "X", "B1", "B2", "U1", "U2", "V1", "V2", "D1",
    "G1",
];

/// Names of the parts of field 15.
pub(crate) const ROUTE_FIELDS: [&str; 3] = ["15a", "15b", "15c"];

/// What [`flight`] reads, in words.
pub(crate) const FLIGHT: &str = "a callsign of one to seven letters and digits";

/// The callsign of field 7a (ICAO Doc 4444, appendix 3), in which no space stands.
pub(crate) fn flight(text: &str) -> Option<Callsign> {
    if text.len() > 7 || text.contains(' ') { None } else { Callsign::new(text) }
}

/// Field 7.
pub(crate) fn identification(
    reader: &mut Reader<'_>,
    part: &str,
) -> Option<(Callsign, Option<SsrCode>)> {
    let text = joined(part);
    let (name, code) = text.split_once('/').map_or((&text[..], None), |(a, b)| (a, Some(b)));
    let callsign = reader.need(flight(name), part, "7a", FLIGHT);
    let code = code.and_then(|code| {
        let found = code.strip_prefix('A').and_then(mode_3a);
        reader.need(found, part, "7b", "A and a Mode 3/A code").map(SsrCode)
    });
    callsign.map(|callsign| (callsign, code))
}

/// Four octal digits.
pub(crate) fn mode_3a(text: &str) -> Option<Mode3A> {
    digits(text, 4)?;
    u16::from_str_radix(text, 8).ok().map(Mode3A::new)
}

/// Field 8.
pub(crate) fn rules(
    reader: &mut Reader<'_>,
    part: &str,
) -> (Option<FlightRules>, Option<FlightType>) {
    let text = joined(part);
    let (rules, kind) = text.split_at_checked(1).unwrap_or((&text, ""));
    let rules = reader.need(FlightRules::new(rules), part, "8a", "flight rules I, V, Y or Z");
    if kind.is_empty() {
        return (rules, None);
    }
    (rules, reader.need(FlightType::new(kind), part, "8b", "a type of flight S, N, G, M or X"))
}

/// Field 9.
pub(crate) fn aircraft(reader: &mut Reader<'_>, part: &str) -> Option<Aircraft> {
    let text = joined(part);
    let (kind, wake) = text.split_once('/').map_or((&text[..], None), |(a, b)| (a, Some(b)));
    let width = kind.bytes().take_while(u8::is_ascii_digit).count();
    let (number, designator) = kind.split_at(width);
    let number = if number.is_empty() { Some(1) } else { number.parse().ok() };
    let number = reader.need(
        number.filter(|number| (1..100).contains(number)),
        part,
        "9a",
        "a number of aircraft from 1 to 99",
    );
    let right = is_designator(designator).then(|| designator.to_owned());
    let designator = reader.need(right, part, "9b", "a type of aircraft")?;
    let wake = match wake {
        Some(wake) => {
            let wanted = "a wake turbulence category L, M, H or J";
            reader.need(Wake::new(wake), part, "9c", wanted)
        }
        None => {
            reader.say(part, "9c", Fault::Missing);
            None
        }
    };
    Some(Aircraft { number: number.unwrap_or(1), designator, wake })
}

pub(crate) fn is_designator(text: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit();
    (2..=4).contains(&text.len())
        && text.bytes().all(allowed)
        && text.as_bytes()[0].is_ascii_uppercase()
}

/// Field 10.
pub(crate) fn equipment(reader: &mut Reader<'_>, part: &str) -> Equipment {
    let text = joined(part);
    let (radio, surveillance) = text.split_once('/').unwrap_or_else(|| {
        reader.say(part, "10b", Fault::Missing);
        (&text, "")
    });
    Equipment {
        radio: codes(reader, part, radio, ("10a", RADIO)),
        surveillance: codes(reader, part, surveillance, ("10b", SURVEILLANCE)),
    }
}

pub(crate) fn codes(
    reader: &mut Reader<'_>,
    part: &str,
    text: &str,
    (field, known): (&'static str, &[&str]),
) -> Vec<EquipmentCode> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let numbered = rest.get(..2).filter(|code| known.contains(code));
        let single = rest.get(..1).filter(|code| known.contains(code));
        let Some(code) = numbered.or(single) else {
            reader.say(part, field, Fault::not(rest, "codes of equipment"));
            break;
        };
        debug_assert!(first.is_ascii(), "every known code is");
        rest = &rest[code.len()..];
        match EquipmentCode::new(code) {
            Some(code) if !found.contains(&code) => found.push(code),
            _ => reader.say(part, field, Fault::Repeated { text: code.to_owned() }),
        }
    }
    found
}

/// Field 13.
pub(crate) fn departure(
    reader: &mut Reader<'_>,
    part: &str,
) -> Option<(Location, Option<TimeOfDay>)> {
    let text = joined(part);
    let (place, time) = text.split_at_checked(4).unwrap_or((&text, ""));
    let place = reader.need(Location::new(place), part, "13a", "a location indicator");
    let time = match time {
        "" => None,
        time => {
            let found = TimeOfDay::new(time);
            if found.is_none() {
                reader.say(part, "13b", Fault::not(time, "a time"));
            }
            found
        }
    };
    place.map(|place| (place, time))
}

/// Field 15. The fields to name are those of speed, level and route.
pub(crate) fn route(
    reader: &mut Reader<'_>,
    part: &str,
    [speed_field, level_field, route_field]: [&'static str; 3],
) -> Route {
    let mut words = part.split_whitespace().peekable();
    let mut route = Route::default();
    let first = words.peek().copied().unwrap_or_default();
    match speed_and_rest(first) {
        Some((speed, rest)) => {
            words.next();
            route.speed = Some(speed);
            let level = match rest {
                "" => words.next_if(|word| Level::new(word).is_some()).unwrap_or_default(),
                rest => rest,
            };
            route.level = Level::new(level);
            if route.level.is_none() {
                reader.say(first, level_field, Fault::not(level, "a level"));
            }
        }
        None => {
            reader.say(
                if first.is_empty() { part } else { first },
                speed_field,
                Fault::not(first, "a speed"),
            );
            if Element::new(first).is_none() {
                words.next();
            }
        }
    }
    for word in words {
        if route.elements.last() == Some(&Element::Truncated) {
            reader.say(word, route_field, Fault::unexpected(word));
            break;
        }
        if route.elements.len() == ELEMENTS_MAX {
            reader.say(word, route_field, Fault::TooMany { what: "elements", max: ELEMENTS_MAX });
            break;
        }
        route.elements.extend(reader.need(
            Element::new(word),
            word,
            route_field,
            "part of a route",
        ));
    }
    route
}

/// Field 16.
pub(crate) fn destination(
    reader: &mut Reader<'_>,
    part: &str,
) -> Option<(Location, Option<Elapsed>, Vec<Location>)> {
    let text = joined(part);
    let (place, rest) = text.split_at_checked(4).unwrap_or((&text, ""));
    let place = reader.need(Location::new(place), part, "16a", "a location indicator");
    let timed = rest.starts_with(|c: char| c.is_ascii_digit());
    let (time, mut rest) =
        if timed { rest.split_at_checked(4).unwrap_or((rest, "")) } else { ("", rest) };
    let elapsed = if timed { elapsed(reader, part, time, "16b") } else { None };
    let mut alternates = Vec::new();
    while !rest.is_empty() {
        let (alternate, after) = rest.split_at_checked(4).unwrap_or((rest, ""));
        let Some(alternate) = Location::new(alternate).filter(|_| alternates.len() < 2) else {
            let what = if alternates.len() < 2 {
                Fault::not(rest, "a location indicator")
            } else {
                Fault::unexpected(rest)
            };
            reader.say(part, "16c", what);
            break;
        };
        alternates.push(alternate);
        rest = after;
    }
    place.map(|place| (place, elapsed, alternates))
}

/// An elapsed time above nothing and up to 48 hours.
pub(crate) fn elapsed(
    reader: &mut Reader<'_>,
    part: &str,
    text: &str,
    field: &'static str,
) -> Option<Elapsed> {
    let found = Elapsed::new(text);
    let believed = found.filter(|found| (1..=ELAPSED_MAX_MIN).contains(&found.minutes()));
    if believed.is_none() {
        let wanted =
            if found.is_some() { "an elapsed time of 0001 to 4800" } else { "an elapsed time" };
        reader.say(part, field, Fault::not(text, wanted));
    }
    believed
}

/// Field 17.
pub(crate) fn arrival(
    reader: &mut Reader<'_>,
    part: &str,
) -> Option<(Location, TimeOfDay, Option<String>)> {
    let mut words = part.split_whitespace();
    let mut fixed = words.next().unwrap_or_default().to_owned();
    if fixed.len() == 4 {
        fixed.push_str(words.next().unwrap_or_default());
    }
    let (place, time) = fixed.split_at_checked(4).unwrap_or((&fixed, ""));
    let place = reader.need(Location::new(place), part, "17a", "a location indicator");
    let found = TimeOfDay::new(time);
    if found.is_none() {
        reader.say(part, "17b", Fault::not(time, "a time"));
    }
    let name = words.collect::<Vec<_>>().join(" ");
    Some((place?, found?, (!name.is_empty()).then_some(name)))
}

/// Field 22: the number of the field that is amended, and its new content.
pub(crate) fn amendment(part: &str) -> Option<(&str, &str)> {
    let part = part.trim_start();
    let width = part.bytes().take(3).take_while(u8::is_ascii_digit).count();
    let (number, rest) = part.split_at(width);
    (1..=2).contains(&width).then_some(())?;
    Some((number, rest.trim_start().strip_prefix('/')?))
}

/// What the fields demand of one another.
pub(crate) fn agree(reader: &mut Reader<'_>, head: &str, plan: &Plan) {
    let said = |indicator| plan.other.get(indicator).is_some();
    let mut needs = |missing: bool, field, what, needs| {
        if missing {
            reader.say(head, field, Fault::Needs { what, needs });
        }
    };
    let nowhere = |place| place == Location::NONE;
    needs(nowhere(plan.departure) && !said(Indicator::Dep), "18 DEP", "ZZZZ in field 13a", "DEP/");
    needs(
        nowhere(plan.destination) && !said(Indicator::Dest),
        "18 DEST",
        "ZZZZ in field 16a",
        "DEST/",
    );
    let unlisted = plan.aircraft.as_ref().is_some_and(|aircraft| aircraft.designator == "ZZZZ");
    needs(unlisted && !said(Indicator::Typ), "18 TYP", "ZZZZ in field 9b", "TYP/");
    let alternate = plan.alternates.iter().any(|place| nowhere(*place));
    needs(alternate && !said(Indicator::Altn), "18 ALTN", "ZZZZ in field 16c", "ALTN/");
    let area = plan.equipment.radio.iter().any(|code| code.as_str() == "R");
    needs(area && !said(Indicator::Pbn), "18 PBN", "R in field 10a", "PBN/");
    needs(!area && said(Indicator::Pbn), "10a", "PBN/ in field 18", "R");
}
