//! What another parser reads in the same messages: `testdata/plan/make_aviconv.py` has how.

use intent::plan::{Element, EquipmentCode, Fix, Indicator, Message, Plan, read};

const FILED: &str = include_str!("../testdata/plan/filed.txt");
const AVICONV: &str = include_str!("../testdata/plan/aviconv.txt");

#[test]
fn plans_say_to_us_what_they_say_to_aviconv_fpl() {
    let reading = read(FILED.as_bytes());
    assert_eq!(reading.defects, []);
    let facts: Vec<String> = reading
        .messages
        .iter()
        .filter_map(|(_, message)| match message {
            Message::Filed(plan) => Some(facts(plan)),
            _ => None,
        })
        .collect();
    assert_eq!(facts.concat().trim_end(), AVICONV.trim_end());
}

fn facts(plan: &Plan) -> String {
    let aircraft = plan.aircraft.as_ref().expect("field 9");
    let sorted = |codes: &[EquipmentCode]| {
        let mut codes: Vec<&str> = codes.iter().map(EquipmentCode::as_str).collect();
        codes.sort_unstable();
        codes.join(" ")
    };
    let route: Vec<String> = plan.route.elements.iter().map(word).collect();
    let alternates: String = plan.alternates.iter().map(|place| format!(" {place}")).collect();
    let mut other: Vec<String> = plan
        .other
        .items
        .iter()
        .map(|(indicator, text)| format!("18 {} {text}\n", Indicator::as_str(*indicator)))
        .collect();
    other.sort_unstable();
    format!(
        "callsign {}\nrules {}{}\naircraft {} {} {}\nradio {}\nsurveillance {}\ndeparture {} {}\n\
         speed {} level {}\nroute {}\ndestination {} {}\nalternates{alternates}\n{}\n",
        plan.callsign,
        plan.rules.expect("field 8a"),
        plan.kind.expect("field 8b"),
        aircraft.number,
        aircraft.designator,
        aircraft.wake.expect("field 9c"),
        sorted(&plan.equipment.radio),
        sorted(&plan.equipment.surveillance),
        plan.departure,
        plan.off_block.expect("field 13b"),
        plan.route.speed.expect("field 15a"),
        plan.route.level.expect("field 15b"),
        route.join(" "),
        plan.destination,
        plan.elapsed.expect("field 16b"),
        other.concat(),
    )
}

/// As the other tool shows it: positions in degrees.
fn word(element: &Element) -> String {
    match element {
        Element::Fix(Fix::Position { latitude_min, longitude_min, .. }, None) => {
            let (north, east) = (f64::from(*latitude_min) / 60.0, f64::from(*longitude_min) / 60.0);
            format!("{north:.4},{east:.4}")
        }
        other => other.to_string(),
    }
}
