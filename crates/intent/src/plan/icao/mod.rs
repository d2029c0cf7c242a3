//! ICAO messages: PANS-ATM (Doc 4444) appendix 2 (what messages are made of) and appendix 3 (fields).
//!
//! A message stands in parentheses and its fields begin with hyphens; around it may stand the lines
//! of the AFTN (Annex 10 volume II). [`fields`] reads each field, [`other`] field 18.

pub(crate) mod fields;
pub(crate) mod other;
pub(crate) mod written;

pub use written::write;

use super::source::Reader;
use super::{Amendment, Arrival, Change, Fault, Flight, Location, Message, Plan};
use surveillance::Callsign;

/// Most amendments of one CHG that are kept: each field once would be eight.
const AMENDMENTS_MAX: usize = 16;

/// Reads the message whose parenthesis is at `start`; nothing of it is at or after `limit`.
pub(crate) fn read_at(reader: &mut Reader<'_>, start: usize, limit: usize) {
    let region = &reader.text()[start + 1..limit];
    let region = region.find("NNNN").map_or(region, |end| &region[..end]);
    let body = match end_of(region) {
        Some(end) => &region[..end],
        None => {
            reader.say_at(reader.line_at(start), "3", Fault::Unended);
            region
        }
    };
    message(reader, body);
}

/// Where the next message begins: a parenthesis, three letters and a hyphen or a message number.
pub(crate) fn next_start(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'(', &bytes[from..]).map(|at| from + at).find(|at| {
        let rest = &bytes[at + 1..];
        let letters = rest.iter().take(10).take_while(|c| c.is_ascii_uppercase()).count();
        match rest.get(letters) {
            Some(b'-') => letters == 3,
            Some(b'/') => letters > 3,
            Some(c) if c.is_ascii_whitespace() => {
                letters == 3 && rest[letters..].trim_ascii_start().first() == Some(&b'-')
            }
            _ => false,
        }
    })
}

/// The closing parenthesis: the first that ends a line, or else the last; a remark may have others.
fn end_of(region: &str) -> Option<usize> {
    let ends_line = |at: &usize| {
        let rest = region[at + 1..].trim_start_matches([' ', '\r']);
        rest.is_empty() || rest.starts_with(['\n', '('])
    };
    let mut all = memchr::memchr_iter(b')', region.as_bytes());
    all.find(ends_line).or_else(|| region.rfind(')'))
}

fn message(reader: &mut Reader<'_>, body: &str) {
    let line = reader.line_of(body.trim_start());
    let (head, rest) = body.split_once('-').unwrap_or(body.split_at(body.len()));
    let head = head.trim();
    let kind = head.get(..3).unwrap_or(head);
    let read = match kind {
        "FPL" => filed(reader, head, rest),
        "CHG" => changed(reader, head, rest),
        "CNL" => flight(reader, head, rest).map(Message::Cancelled),
        "DLA" => flight(reader, head, rest)
            .and_then(|flight| timed(reader, head, flight))
            .map(Message::Delayed),
        "DEP" => flight(reader, head, rest)
            .and_then(|flight| timed(reader, head, flight))
            .map(Message::Departed),
        "ARR" => arrived(reader, head, rest),
        _ => {
            let kind = super::defect::excerpt(kind);
            reader.say(head, "3", Fault::Kind { kind });
            None
        }
    };
    if let Some(message) = read {
        reader.reading.messages.push((line, message));
    }
}

/// `value`, or the defect that the message cannot be used without it.
fn usable<T>(
    reader: &mut Reader<'_>,
    head: &str,
    value: Option<T>,
    field: &'static str,
    what: &'static str,
) -> Option<T> {
    if value.is_none() {
        reader.say(head, field, Fault::Unusable { what });
    }
    value
}

fn filed(reader: &mut Reader<'_>, head: &str, rest: &str) -> Option<Message> {
    let mut parts = rest.splitn(8, '-');
    let mut part = |reader: &mut Reader<'_>, field| {
        let part = parts.next();
        if part.is_none() {
            reader.say(head, field, Fault::Missing);
        }
        part
    };
    let identification = part(reader, "7");
    let identification = identification.and_then(|part| fields::identification(reader, part));
    let rules = part(reader, "8").map(|part| fields::rules(reader, part)).unwrap_or_default();
    let aircraft = part(reader, "9").and_then(|part| fields::aircraft(reader, part));
    let equipment = part(reader, "10").map(|part| fields::equipment(reader, part));
    let departure = part(reader, "13").and_then(|part| {
        let departure = fields::departure(reader, part)?;
        if departure.1.is_none() && super::source::joined(part).len() == 4 {
            reader.say(part, "13b", Fault::Missing);
        }
        Some(departure)
    });
    let route = part(reader, "15")
        .map(|part| fields::route(reader, part, fields::ROUTE_FIELDS))
        .unwrap_or_default();
    let destination = part(reader, "16").and_then(|part| {
        let destination = fields::destination(reader, part)?;
        if destination.1.is_none() && super::source::joined(part).len() == 4 {
            reader.say(part, "16b", Fault::Missing);
        }
        Some(destination)
    });
    let tail = part(reader, "18").unwrap_or(&head[head.len()..]);
    let (other, supplement) = other::split_supplement(tail);
    let other = other::read(reader, other);
    let (callsign, code) = usable(reader, head, identification, "7", "callsign")?;
    let (departure, off_block) = usable(reader, head, departure, "13", "aerodrome of departure")?;
    let (destination, elapsed, alternates) =
        usable(reader, head, destination, "16", "aerodrome of destination")?;
    let plan = Plan {
        callsign,
        code,
        rules: rules.0,
        kind: rules.1,
        aircraft,
        equipment: equipment.unwrap_or_default(),
        departure,
        off_block,
        route,
        destination,
        elapsed,
        alternates,
        other,
        supplement: supplement.map(other::single_spaced),
        profile: Vec::new(),
    };
    fields::agree(reader, head, &plan);
    Some(Message::Filed(Box::new(plan)))
}

/// Fields 7, 13, 16 and 18, by which CNL, DLA and DEP find their plan.
fn flight(reader: &mut Reader<'_>, head: &str, rest: &str) -> Option<Flight> {
    let mut parts = rest.splitn(4, '-');
    let identification = parts.next().and_then(|part| fields::identification(reader, part));
    let departure = parts.next().and_then(|part| fields::departure(reader, part));
    let destination = parts.next().and_then(|part| fields::destination(reader, part));
    let other = parts.next().map(|part| other::read(reader, part)).unwrap_or_default();
    flight_of(
        reader,
        head,
        (identification, departure),
        destination.map(|found| found.0),
        other.date,
    )
}

type Identification = Option<(Callsign, Option<super::SsrCode>)>;
type Departure = Option<(Location, Option<super::TimeOfDay>)>;

fn flight_of(
    reader: &mut Reader<'_>,
    head: &str,
    (identification, departure): (Identification, Departure),
    destination: Option<Location>,
    date: Option<super::Date>,
) -> Option<Flight> {
    let (callsign, code) = usable(reader, head, identification, "7", "callsign")?;
    let (departure, time) = usable(reader, head, departure, "13", "aerodrome of departure")?;
    Some(Flight { callsign, code, departure, time, destination, date })
}

/// DLA and DEP say nothing without a time.
fn timed(reader: &mut Reader<'_>, head: &str, flight: Flight) -> Option<Flight> {
    usable(reader, head, flight.time, "13b", "time")?;
    Some(flight)
}

fn changed(reader: &mut Reader<'_>, head: &str, rest: &str) -> Option<Message> {
    let mut parts = Parts::of(rest);
    let identification = parts.next().and_then(|part| fields::identification(reader, part));
    let departure = parts.next().and_then(|part| fields::departure(reader, part));
    let destination = parts.next().and_then(|part| fields::destination(reader, part));
    let mut date = None;
    let mut amendments = Vec::new();
    for part in parts {
        let Some((number, content)) = fields::amendment(part) else {
            if amendments.is_empty() && date.is_none() {
                date = other::read(reader, part).date;
            } else {
                reader.say(part, "22", Fault::not(part, "an amended field"));
            }
            continue;
        };
        if amendments.len() == AMENDMENTS_MAX {
            reader.say(part, "22", Fault::TooMany { what: "amendments", max: AMENDMENTS_MAX });
            break;
        }
        amendments.extend(amendment(reader, number, content));
    }
    if amendments.is_empty() {
        reader.say(head, "22", Fault::Missing);
        return None;
    }
    let destination = destination.map(|found| found.0);
    let flight = flight_of(reader, head, (identification, departure), destination, date)?;
    Some(Message::Changed(Change { flight, amendments }))
}

/// The fields of a CHG: hyphens within a field 18 or an amendment do not part it, unless a field's
/// number follows.
struct Parts<'t> {
    rest: Option<&'t str>,
    taken: usize,
}

impl<'t> Parts<'t> {
    fn of(rest: &'t str) -> Self {
        Self { rest: Some(rest), taken: 0 }
    }
}

impl<'t> Iterator for Parts<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let rest = self.rest?;
        self.taken += 1;
        let fixed = self.taken < 4;
        let end = memchr::memchr_iter(b'-', rest.as_bytes())
            .find(|at| fixed || fields::amendment(&rest[at + 1..]).is_some());
        self.rest = end.map(|end| &rest[end + 1..]);
        Some(end.map_or(rest, |end| &rest[..end]))
    }
}

fn amendment(reader: &mut Reader<'_>, number: &str, content: &str) -> Option<Amendment> {
    match number {
        "7" => fields::identification(reader, content)
            .map(|(callsign, code)| Amendment::Identification(callsign, code)),
        "8" => {
            let (rules, kind) = fields::rules(reader, content);
            rules.map(|rules| Amendment::Rules(rules, kind))
        }
        "9" => fields::aircraft(reader, content).map(Amendment::Aircraft),
        "10" => Some(Amendment::Equipment(fields::equipment(reader, content))),
        "13" => fields::departure(reader, content)
            .map(|(departure, time)| Amendment::Departure(departure, time)),
        "15" => Some(Amendment::Route(fields::route(reader, content, fields::ROUTE_FIELDS))),
        "16" => fields::destination(reader, content).map(|(destination, elapsed, alternates)| {
            Amendment::Destination(destination, elapsed, alternates)
        }),
        "18" => Some(Amendment::Other(other::read(reader, content))),
        _ => {
            reader.say(number, "22", Fault::not(number, "a field that can be amended"));
            None
        }
    }
}

fn arrived(reader: &mut Reader<'_>, head: &str, rest: &str) -> Option<Message> {
    let parts: Vec<&str> = rest.splitn(5, '-').collect();
    let (parts, date) = match parts.split_last() {
        Some((last, before)) if before.len() > 2 && other::is_other(last) => {
            (before, other::read(reader, last).date)
        }
        _ => (&parts[..], None),
    };
    let identification = parts.first().and_then(|part| fields::identification(reader, part));
    let departure = parts.get(1).and_then(|part| fields::departure(reader, part));
    let destination = match parts {
        [_, _, destination, _, ..] => fields::destination(reader, destination).map(|found| found.0),
        _ => None,
    };
    let arrival = match parts {
        [_, _, arrival] | [_, _, _, arrival, ..] => fields::arrival(reader, arrival),
        _ => {
            reader.say(head, "17", Fault::Missing);
            None
        }
    };
    let flight = flight_of(reader, head, (identification, departure), destination, date)?;
    let (aerodrome, time, name) = usable(reader, head, arrival, "17", "arrival")?;
    Some(Message::Arrived(Arrival { flight, aerodrome, time, name }))
}
