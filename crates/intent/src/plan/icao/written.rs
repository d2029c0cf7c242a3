//! Messages as ICAO text.

use super::super::{
    Aircraft, Amendment, Elapsed, Equipment, Flight, Location, Message, Other, Plan, SsrCode,
    TimeOfDay,
};
use std::fmt::Write;
use surveillance::Callsign;

/// The message as PANS-ATM appendix 3 writes it; read again, it says the same.
pub fn write(message: &Message) -> String {
    match message {
        Message::Filed(plan) => filed(plan),
        Message::Changed(change) => {
            let mut text = flight("CHG", &change.flight);
            for amendment in &change.amendments {
                let _infallible = write!(text, "\n-{}", amended(amendment));
            }
            text + ")"
        }
        Message::Cancelled(about) => flight("CNL", about) + ")",
        Message::Delayed(about) => flight("DLA", about) + ")",
        Message::Departed(about) => flight("DEP", about) + ")",
        Message::Arrived(arrival) => {
            let about = &arrival.flight;
            let mut text = format!("(ARR-{}", identification(about.callsign, about.code));
            let _infallible = write!(text, "-{}", departure(about.departure, about.time));
            if let Some(destination) = about.destination {
                let _infallible = write!(text, "-{destination}");
            }
            let _infallible = write!(text, "-{}{}", arrival.aerodrome, arrival.time);
            if let Some(name) = &arrival.name {
                let _infallible = write!(text, " {name}");
            }
            if let Some(date) = about.date {
                let _infallible = write!(text, "-DOF/{date}");
            }
            text + ")"
        }
    }
}

fn filed(plan: &Plan) -> String {
    let aircraft = plan.aircraft.as_ref().map(aircraft).unwrap_or_default();
    let rules = plan.rules.map(|rules| rules.as_str()).unwrap_or_default();
    let kind = plan.kind.map(|kind| kind.as_str()).unwrap_or_default();
    let supplement = plan.supplement.as_ref().map(|text| format!("-{text}"));
    format!(
        "(FPL-{}-{rules}{kind}\n-{aircraft}-{}\n-{}\n-{}\n-{}\n-{}{})",
        identification(plan.callsign, plan.code),
        equipment(&plan.equipment),
        departure(plan.departure, plan.off_block),
        plan.route,
        destination(plan.destination, plan.elapsed, &plan.alternates),
        other(&plan.other),
        supplement.unwrap_or_default(),
    )
}

fn flight(kind: &str, about: &Flight) -> String {
    let destination = about.destination.map(|place| place.to_string()).unwrap_or_default();
    let date = about.date.map_or("0".to_owned(), |date| format!("DOF/{date}"));
    format!(
        "({kind}-{}-{}-{destination}-{date}",
        identification(about.callsign, about.code),
        departure(about.departure, about.time),
    )
}

fn amended(amendment: &Amendment) -> String {
    match amendment {
        Amendment::Identification(callsign, code) => {
            format!("7/{}", identification(*callsign, *code))
        }
        Amendment::Rules(rules, kind) => {
            format!("8/{rules}{}", kind.map(|kind| kind.as_str()).unwrap_or_default())
        }
        Amendment::Aircraft(said) => format!("9/{}", aircraft(said)),
        Amendment::Equipment(said) => format!("10/{}", equipment(said)),
        Amendment::Departure(place, time) => format!("13/{}", departure(*place, *time)),
        Amendment::Route(route) => format!("15/{route}"),
        Amendment::Destination(place, elapsed, alternates) => {
            format!("16/{}", destination(*place, *elapsed, alternates))
        }
        Amendment::Other(said) => format!("18/{}", other(said)),
    }
}

pub(crate) fn identification(callsign: Callsign, code: Option<SsrCode>) -> String {
    code.map_or(callsign.to_string(), |SsrCode(code)| format!("{callsign}/A{code}"))
}

pub(crate) fn aircraft(aircraft: &Aircraft) -> String {
    let number = if aircraft.number > 1 { aircraft.number.to_string() } else { String::new() };
    let wake = aircraft.wake.map(|wake| format!("/{wake}")).unwrap_or_default();
    format!("{number}{}{wake}", aircraft.designator)
}

pub(crate) fn equipment(equipment: &Equipment) -> String {
    let text = |codes: &[super::super::message::EquipmentCode]| {
        codes.iter().map(ToString::to_string).collect::<String>()
    };
    format!("{}/{}", text(&equipment.radio), text(&equipment.surveillance))
}

fn departure(place: Location, time: Option<TimeOfDay>) -> String {
    format!("{place}{}", time.map(|time| time.to_string()).unwrap_or_default())
}

pub(crate) fn destination(
    place: Location,
    elapsed: Option<Elapsed>,
    alternates: &[Location],
) -> String {
    let mut text = format!("{place}{}", elapsed.map(|time| time.to_string()).unwrap_or_default());
    for alternate in alternates {
        let _infallible = write!(text, " {alternate}");
    }
    text
}

pub(crate) fn other(other: &Other) -> String {
    if other.items.is_empty() {
        return "0".to_owned();
    }
    let items = other.items.iter();
    let items = items.map(|(indicator, text)| format!("{}/{text}", indicator.as_str()));
    items.collect::<Vec<_>>().join(" ")
}
