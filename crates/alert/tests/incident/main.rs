//! Incidents: what people do about alerts, and how nodes hand them to each other.

mod bytes;
mod desk;
mod exchange;
mod names;

use alert::incident::{
    Act, Command, Deed, IncidentId, IncidentNote, Incidents, Kind, NodeName, Person, checklist,
};
use surveillance::Time;

fn at(seconds: f64) -> Time {
    "2026-11-28T14:30:00Z".parse::<Time>().expect("an instant").plus_seconds(seconds)
}

fn node(name: &str) -> NodeName {
    name.parse().expect("a node")
}

fn person(name: &str) -> Person {
    Person::new(name, Some("RAP-1")).expect("a person")
}

/// An incident of an unidentified track, opened by Kask.
fn open(book: &mut Incidents) -> IncidentId {
    let command = Command::Open {
        kind: Kind::Unidentified,
        title: "TN 2417, no transponder".to_owned(),
        alerts: vec![alert::AlertId(7)],
        tracks: Vec::new(),
        steps: checklist(Kind::Unidentified, &[]),
    };
    book.handle(&command, &person("Kask"), "", at(0.0)).expect("it can be opened")
}

fn on(incident: IncidentId, what: Deed) -> Command {
    Command::On { incident, what }
}

/// What is due, all of it let out.
fn said(book: &mut Incidents, now: Time) -> Vec<IncidentNote> {
    let due = book.due(now, |_| true);
    due.iter().filter_map(|note| book.let_out(note.to, note.number)).collect()
}

fn acts(book: &Incidents, id: IncidentId) -> Vec<&Act> {
    book.get(id).expect("it is there").log().iter().map(|entry| &entry.act).collect()
}
