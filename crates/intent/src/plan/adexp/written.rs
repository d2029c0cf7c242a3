//! Messages as ADEXP, a field a line.

use super::super::message::{EquipmentCode, SsrCode};
use super::super::{Amendment, Flight, Indicator, Message, Other, Plan};
use std::fmt::{Display, Write};
use surveillance::Time;

/// The message in ADEXP; read again, it says the same. Field 19 has no place there and is left out.
pub fn write(message: &Message) -> String {
    let mut text = Text(String::new());
    match message {
        Message::Filed(plan) => text.plan(plan),
        Message::Changed(change) => {
            text.flight("ICHG", &change.flight, Some("EOBT"));
            change.amendments.iter().for_each(|amendment| text.amendment(amendment));
        }
        Message::Cancelled(about) => text.flight("ICNL", about, Some("EOBT")),
        Message::Delayed(about) => text.flight("IDLA", about, Some("EOBT")),
        Message::Departed(about) => text.flight("IDEP", about, Some("ATD")),
        Message::Arrived(arrival) => {
            text.flight("IARR", &arrival.flight, Some("EOBT"));
            text.field("ADARR", arrival.aerodrome);
            if let Some(name) = &arrival.name {
                text.field("ADARRZ", unhyphenated(name));
            }
            text.field("ATA", arrival.time);
        }
    }
    text.0
}

struct Text(String);

impl Text {
    fn field(&mut self, keyword: &str, value: impl Display) {
        let _infallible = writeln!(self.0, "-{keyword} {value}");
    }

    fn maybe(&mut self, keyword: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.field(keyword, value);
        }
    }

    fn flight(&mut self, title: &str, about: &Flight, time: Option<&str>) {
        self.field("TITLE", title);
        self.field("ARCID", about.callsign);
        self.maybe("SSRCODE", about.code.map(|SsrCode(code)| format!("A{code}")));
        self.field("ADEP", about.departure);
        self.maybe("ADES", about.destination);
        self.maybe("EOBD", about.date);
        if let Some(keyword) = time {
            self.maybe(keyword, about.time);
        }
    }

    fn plan(&mut self, plan: &Plan) {
        self.field("TITLE", "IFPL");
        self.field("ARCID", plan.callsign);
        self.maybe("SSRCODE", plan.code.map(|SsrCode(code)| format!("A{code}")));
        self.field("ADEP", plan.departure);
        self.field("ADES", plan.destination);
        self.maybe("EOBT", plan.off_block);
        self.rules(plan.rules, plan.kind);
        self.aircraft(plan.aircraft.as_ref());
        self.equipment(&plan.equipment);
        self.maybe("TTLEET", plan.elapsed);
        self.alternates(&plan.alternates);
        self.field("ROUTE", &plan.route);
        self.other(&plan.other, true);
        self.profile(plan);
    }

    fn rules(
        &mut self,
        rules: Option<super::super::FlightRules>,
        kind: Option<super::super::FlightType>,
    ) {
        self.maybe("FLTRUL", rules);
        self.maybe("FLTTYP", kind);
    }

    fn aircraft(&mut self, aircraft: Option<&super::super::Aircraft>) {
        let Some(aircraft) = aircraft else { return };
        if aircraft.number > 1 {
            self.field("NBARC", aircraft.number);
        }
        self.field("ARCTYP", &aircraft.designator);
        self.maybe("WKTRC", aircraft.wake);
    }

    fn equipment(&mut self, equipment: &super::super::Equipment) {
        let text = |codes: &[EquipmentCode]| {
            let text: String = codes.iter().map(ToString::to_string).collect();
            (!text.is_empty()).then_some(text)
        };
        self.maybe("CEQPT", text(&equipment.radio));
        self.maybe("SEQPT", text(&equipment.surveillance));
    }

    fn alternates(&mut self, alternates: &[super::super::Location]) {
        for (keyword, place) in ["ALTRNT1", "ALTRNT2"].into_iter().zip(alternates) {
            self.field(keyword, place);
        }
    }

    fn other(&mut self, other: &Other, dated: bool) {
        for (indicator, text) in &other.items {
            let text = &unhyphenated(text);
            match indicator {
                Indicator::Dof if !dated => {}
                Indicator::Dof => self.field("EOBD", text),
                Indicator::Code => self.field("ARCADDR", text),
                Indicator::Dep => self.field("DEPZ", text),
                Indicator::Dest => self.field("DESTZ", text),
                Indicator::Altn => self.field("ALTNZ", text),
                Indicator::Typ => self.field("TYPZ", text),
                Indicator::Eet => {
                    for entry in &other.estimates {
                        let fir = entry.name.len() == 4;
                        let keyword = if fir { "EETFIR" } else { "EETPT" };
                        self.field(keyword, format!("{} {}", entry.name, entry.elapsed));
                    }
                }
                _ => self.field(indicator.as_str(), text),
            }
        }
    }

    fn profile(&mut self, plan: &Plan) {
        for point in &plan.profile {
            if let Some(position) = point.position {
                let (north, east) = (position.latitude_deg(), position.longitude_deg());
                let (latitude, longitude) = (angle(north, 2, "NS"), angle(east, 3, "EW"));
                let name = point.name;
                self.field("GEO", format!("-GEOID {name} -LATTD {latitude} -LONGTD {longitude}"));
            }
        }
        if plan.profile.is_empty() {
            return;
        }
        self.field("BEGIN", "RTEPTS");
        for point in &plan.profile {
            let _infallible = write!(self.0, "-PT -PTID {}", point.name);
            if let Some(level) = point.level {
                let _infallible = write!(self.0, " -FL {level}");
            }
            if let Some(over) = point.over {
                let _infallible = write!(self.0, " -ETO {}", instant(over));
            }
            self.0.push('\n');
        }
        self.field("END", "RTEPTS");
    }

    fn amendment(&mut self, amendment: &Amendment) {
        match amendment {
            Amendment::Rules(rules, kind) => self.rules(Some(*rules), *kind),
            Amendment::Aircraft(aircraft) => self.aircraft(Some(aircraft)),
            Amendment::Equipment(equipment) => self.equipment(equipment),
            Amendment::Route(route) => self.field("ROUTE", route),
            Amendment::Destination(_, elapsed, alternates) => {
                self.maybe("TTLEET", *elapsed);
                self.alternates(alternates);
            }
            Amendment::Other(other) => self.other(other, false),
            Amendment::Departure(_, time) => self.maybe("NEWEOBT", *time),
            // ADEXP finds the flight by its callsign and has no field for a new one.
            Amendment::Identification(..) => {}
        }
    }
}

/// Words without the hyphens in front of them, which would begin another field.
fn unhyphenated(text: &str) -> String {
    let words = text.split(' ').map(|word| word.trim_start_matches('-'));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn instant(time: Time) -> String {
    let seconds = time.time_of_day().as_secs();
    let date = super::super::Date::of(time).map(|date| date.to_string()).unwrap_or_default();
    format!("{date}{:02}{:02}{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn angle(angle_deg: f64, width: usize, letters: &str) -> String {
    let seconds = (angle_deg.abs() * 3600.0).round() as u64;
    let letter = if angle_deg < 0.0 { &letters[1..] } else { &letters[..1] };
    format!("{:0width$}{:02}{:02}{letter}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
