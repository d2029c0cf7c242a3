//! ADEXP (EUROCONTROL specification 107): a message is fields `-KEYWORD value`, lists stand between
//! `-BEGIN NAME` and `-END NAME`, and the parts of a compound field follow it: `-PT -PTID … -FL …`.
//!
//! Keywords that are not used here are skipped, as the specification asks of a reader.

mod fields;
mod written;

pub use written::write;

use super::source::Reader;
use super::{
    Amendment, Arrival, Change, Elapsed, Fault, Flight, Location, Message, Other, Plan,
    ProfilePoint, TimeOfDay,
};
use fields::Fields;

/// Where the next message begins: its `-TITLE`.
pub(crate) fn next_start(text: &str, from: usize) -> Option<usize> {
    let mut from = from;
    while let Some(found) = text.get(from..)?.find("-TITLE") {
        let at = from + found;
        let before = text[..at].chars().next_back();
        let after = text[at + 6..].chars().next();
        if before.is_none_or(char::is_whitespace) && after.is_some_and(char::is_whitespace) {
            return Some(at);
        }
        from = at + 6;
    }
    None
}

/// The fields of a text: keyword and value, both parts of it. A hyphen after white space begins one.
fn lexed(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let bytes = text.as_bytes();
    let begins = |at: usize| {
        let free = at == 0 || bytes[at - 1].is_ascii_whitespace();
        free && text[at + 1..].trim_start().starts_with(|c: char| c.is_ascii_uppercase())
    };
    let mut starts = memchr::memchr_iter(b'-', bytes).filter(move |at| begins(*at)).peekable();
    std::iter::from_fn(move || {
        let start = starts.next()?;
        let end = starts.peek().copied().unwrap_or(text.len());
        let field = text[start + 1..end].trim();
        let width = field.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let (keyword, value) = field.split_at(width);
        Some((keyword, value.trim()))
    })
}

/// Reads the message whose `-TITLE` is at `start`; nothing of it is at or after `limit`.
pub(crate) fn read_at(reader: &mut Reader<'_>, start: usize, limit: usize) {
    let text = &reader.text()[start..limit];
    let end = [text.find("NNNN"), text.find("\nZCZC")].into_iter().flatten().min();
    let text = &text[..end.unwrap_or(text.len())];
    let line = reader.line_at(start);
    let title = lexed(text).next().map_or("", |(_, value)| value);
    let fields = Fields::read(reader, text);
    let message = match title {
        "IFPL" | "FPL" => filed(reader, title, fields),
        "ICHG" | "CHG" => changed(reader, title, fields),
        "ICNL" | "CNL" => flight(reader, title, &fields, fields.off_block).map(Message::Cancelled),
        "IDLA" | "DLA" => {
            timed(reader, title, &fields, "EOBT", fields.delayed.or(fields.off_block))
                .map(Message::Delayed)
        }
        "IDEP" | "DEP" => {
            timed(reader, title, &fields, "ATD", fields.take_off.or(fields.off_block))
                .map(Message::Departed)
        }
        "IARR" | "ARR" => arrived(reader, title, fields),
        _ => {
            let kind = super::defect::excerpt(title);
            reader.say(title, "TITLE", Fault::Kind { kind });
            None
        }
    };
    if let Some(message) = message {
        reader.reading.messages.push((line, message));
    }
}

fn usable<T>(
    reader: &mut Reader<'_>,
    title: &str,
    value: Option<T>,
    field: &'static str,
    what: &'static str,
) -> Option<T> {
    if value.is_none() {
        reader.say(title, field, Fault::Unusable { what });
    }
    value
}

fn filed(reader: &mut Reader<'_>, title: &str, fields: Fields) -> Option<Message> {
    let callsign = usable(reader, title, fields.callsign, "ARCID", "callsign")?;
    let departure = usable(reader, title, fields.departure, "ADEP", "aerodrome of departure")?;
    let destination =
        usable(reader, title, fields.destination, "ADES", "aerodrome of destination")?;
    for (missing, field) in
        [(fields.off_block.is_none(), "EOBT"), (fields.route.is_none(), "ROUTE")]
    {
        if missing && !fields.seen.contains(&field) {
            reader.say(title, field, Fault::Missing);
        }
    }
    Some(Message::Filed(Box::new(Plan {
        callsign,
        code: fields.code,
        rules: fields.rules,
        kind: fields.kind,
        aircraft: fields.aircraft,
        equipment: fields.equipment.unwrap_or_default(),
        departure,
        off_block: fields.off_block,
        route: fields.route.unwrap_or_default(),
        destination,
        elapsed: fields.elapsed,
        alternates: fields.alternates,
        other: fields.other,
        supplement: None,
        profile: fields.profile,
    })))
}

/// What a message about a plan finds it by.
fn flight(
    reader: &mut Reader<'_>,
    title: &str,
    fields: &Fields,
    time: Option<TimeOfDay>,
) -> Option<Flight> {
    let callsign = usable(reader, title, fields.callsign, "ARCID", "callsign")?;
    let departure = usable(reader, title, fields.departure, "ADEP", "aerodrome of departure")?;
    let (code, destination, date) = (fields.code, fields.destination, fields.other.date);
    Some(Flight { callsign, code, departure, time, destination, date })
}

fn timed(
    reader: &mut Reader<'_>,
    title: &str,
    fields: &Fields,
    field: &'static str,
    time: Option<TimeOfDay>,
) -> Option<Flight> {
    usable(reader, title, time, field, "time")?;
    flight(reader, title, fields, time)
}

/// ICHG gives new values whole; those that say which flight it is are not new.
fn changed(reader: &mut Reader<'_>, title: &str, fields: Fields) -> Option<Message> {
    let flight = flight(reader, title, &fields, fields.off_block)?;
    let mut amendments = Vec::new();
    amendments
        .extend(fields.delayed.map(|time| Amendment::Departure(flight.departure, Some(time))));
    amendments.extend(fields.rules.map(|rules| Amendment::Rules(rules, fields.kind)));
    amendments.extend(fields.aircraft.map(Amendment::Aircraft));
    amendments.extend(fields.equipment.map(Amendment::Equipment));
    amendments.extend(fields.route.map(Amendment::Route));
    if let Some(destination) = fields.destination
        && (fields.elapsed.is_some() || !fields.alternates.is_empty())
    {
        amendments.push(Amendment::Destination(destination, fields.elapsed, fields.alternates));
    }
    let only_date = fields.other.items.iter().all(|item| item.0 == super::Indicator::Dof);
    if !only_date {
        amendments.push(Amendment::Other(fields.other));
    }
    if amendments.is_empty() {
        reader.say(title, "TITLE", Fault::Missing);
        return None;
    }
    Some(Message::Changed(Change { flight, amendments }))
}

fn arrived(reader: &mut Reader<'_>, title: &str, fields: Fields) -> Option<Message> {
    let flight = flight(reader, title, &fields, fields.off_block)?;
    let aerodrome = fields.arrival.or(fields.destination);
    let aerodrome = usable(reader, title, aerodrome, "ADARR", "aerodrome of arrival")?;
    let time = usable(reader, title, fields.landing, "ATA", "time of arrival")?;
    Some(Message::Arrived(Arrival { flight, aerodrome, time, name: fields.arrival_name }))
}
